/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file main.c
 * A null hypercall through a split-mode hypervisor, measured as for ISCA'16: the guest reads the
 * cycle counter before and after it, with barriers around each reading. Then the same with the
 * cycle counter read before and after each class of state, the whole then being longer.
 */
#include "barrier.h"
#include "board.h"
#include "el2.h"
#include "gicv2.h"
#include "host.h"
#include "mmio.h"
#include "pmu.h"
#include "report.h"
#include "sysreg.h"

#define WARMUP 50
#define SAMPLES 200

static const char *const class_names[CLASS_COUNT] = {
    [CLASS_EMPTY] = "split.empty",
    [CLASS_GP_SAVE] = "split.gp_save",
    [CLASS_GP_RESTORE] = "split.gp_restore",
    [CLASS_FP_SAVE] = "split.fp_save",
    [CLASS_FP_RESTORE] = "split.fp_restore",
    [CLASS_EL1_SAVE] = "split.el1_save",
    [CLASS_EL1_RESTORE] = "split.el1_restore",
    [CLASS_VGIC_SAVE] = "split.vgic_save",
    [CLASS_VGIC_RESTORE] = "split.vgic_restore",
    [CLASS_TIMER_SAVE] = "split.timer_save",
    [CLASS_TIMER_RESTORE] = "split.timer_restore",
    [CLASS_CONFIG_SAVE] = "split.config_save",
    [CLASS_CONFIG_RESTORE] = "split.config_restore",
    [CLASS_VM_SAVE] = "split.vm_save",
    [CLASS_VM_RESTORE] = "split.vm_restore",
};

static struct machine machine;
static struct thread thread = { .machine = &machine };
static struct vm vm = { .has_vgic = true };
static struct host_vcpu vcpu = { .vm = &vm, .thread = &thread, .features = { 1 << FEATURE_PSCI } };

static volatile uint64_t guest_cycles; /* what the guest's last hypercall took */

extern char lowvisor_vectors[];
void context_capture(struct context *context);

/** The guest: hypercalls without end; the host sees to the samples. */
static void guest(void)
{
    uint64_t began;

    for (;;) {
        register uint64_t x0 __asm__("x0") = 0x4b000000;

        began = pmu_cycles();
        isb();
        __asm__ volatile("hvc #0" : "+r"(x0)::"memory");
        guest_cycles = pmu_cycles() - began;
    }
}

static void run_plain(void)
{
    struct samples total = { 0 };

    for (unsigned i = 0; i < WARMUP + SAMPLES; i++) {
        host_run_once(&vcpu);
        if (i >= WARMUP) {
            samples_add(&total, guest_cycles);
        }
    }
    report("split.hypercall", &total, "cycles");
}

static void run_timed(void)
{
    struct samples classes[CLASS_COUNT] = { 0 };

    vcpu.timed = true;
    for (unsigned i = 0; i < WARMUP + SAMPLES; i++) {
        host_run_once(&vcpu);
        for (unsigned n = 0; i >= WARMUP && n < CLASS_COUNT; n++) {
            samples_add(&classes[n], vcpu.switched.took[n]);
        }
    }
    for (unsigned n = 0; n < CLASS_COUNT; n++) {
        report(class_names[n], &classes[n], "cycles");
    }
}

static void host(void)
{
    run_plain();
    run_timed();
    finish();
}

int main(void);

int main(void)
{
    struct vcpu *switched = &vcpu.switched;

    pmu_start();
    el2_prepare_guest(0);
    switched->hcr = HCR_RW | HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB |
                    HCR_BSU_INNER | HCR_TWI | HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_TSW;
    switched->vttbr = sysreg_read(VTTBR_EL2);
    switched->timer_enabled = 1;
    switched->gich = BOARD_GICH;
    switched->lr_count = (mmio_read32(BOARD_GICH + GICH_VTR) & GICH_VTR_LISTREGS_MASK) + 1;
    switched->vgic.hcr = (uint32_t)GICH_HCR_EN;
    context_capture(&switched->guest);
    switched->guest.pc = (uint64_t)guest;
    switched->guest.pstate = SPSR_GUEST;
    switched->guest.sp_el1 = el2_guest_stack();
    sysreg_write(VTTBR_EL2, 0);
    sysreg_write(HCR_EL2, HCR_RW);
    sysreg_write(VBAR_EL2, (uint64_t)lowvisor_vectors);
    isb();
    el2_enter(host, el2_host_stack());
}
