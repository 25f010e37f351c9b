/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file irq.c
 * Interrupts of the guest: the same GICv3 driver as the hypervisor's, on an emulated distributor
 * and the virtual CPU interface (GIC IHI 0069 chapter 6).
 */
#include "barrier.h"
#include "gicv3.h"
#include "kernel.h"
#include "timer.h"

/* The timer's period is this part of a second: 100 us. */
#define TICKS_PER_SECOND 10000

static void irq_mask(void)
{
    __asm__ volatile("msr DAIFSet, #2" ::: "memory");
}

/** Unmasks interrupts; one that is pending has been taken when this returns. */
static void irq_unmask(void)
{
    __asm__ volatile("msr DAIFClr, #2\n\tisb" ::: "memory");
}

void irq_init(void)
{
    struct gic gic;

    gic_init(&gic, KERNEL_VA(GUEST_GICD_IPA), KERNEL_VA(GUEST_GICR_IPA));
    gic_cpu_init(false);
    gic_enable(&gic, GIC_INTID_CNTV);
    gic_enable(&gic, GUEST_INTID_SGI);
    gic_enable(&gic, GUEST_INTID_DOORBELL);
    irq_unmask();
}

/** One period is over: the line goes low before the interrupt is ended. */
static void timer_tick(void)
{
    if (!(sysreg_read(CNTV_CTL_EL0) & CNT_CTL_ISTATUS)) {
        return;
    }
    kernel.ticks++;
    timer_virtual_arm(kernel.period_ticks);
}

void irq_handle(struct frame *frame)
{
    uint32_t intid = gic_acknowledge();

    (void)frame;
    switch (intid) {
    case GIC_INTID_CNTV:
        timer_tick();
        break;
    case GUEST_INTID_SGI:
        kernel.sgis++;
        break;
    case GUEST_INTID_DOORBELL:
        kernel.doorbells++;
        break;
    default:
        return;
    }
    gic_eoi(intid);
}

void irq_timer_start(void)
{
    kernel.period_ticks = timer_frequency() / TICKS_PER_SECOND;
    timer_virtual_arm(kernel.period_ticks);
}

void irq_timer_stop(void)
{
    irq_mask();
    timer_virtual_disarm();
    irq_unmask();
}

void irq_wait(const volatile uint64_t *counter, uint64_t target)
{
    irq_mask();
    while (*counter < target) {
        wfi();
        irq_unmask();
        irq_mask();
    }
    irq_unmask();
}
