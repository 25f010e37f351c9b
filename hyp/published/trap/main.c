/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file main.c
 * What every virtualization path is made of: an HVC from EL1 to EL2, and the return; and how long
 * the end of a virtual interrupt takes the guest, which writes GICV_EOIR without a trap.
 */
#include "barrier.h"
#include "board.h"
#include "el2.h"
#include "gicv2.h"
#include "mmio.h"
#include "pmu.h"
#include "report.h"
#include "sysreg.h"

#define WARMUP 50
#define SAMPLES 200
#define INTID_VIRTUAL 40U

/** Cycles from one reading of the counter to the next, each with one reading's own time in it. */
struct trap_times {
    uint64_t empty; /* nothing in between */
    uint64_t entry, leave, whole;
};

void trap(struct trap_times *times);
extern char trap_vectors[];

static void measure_trap(void)
{
    struct samples empty = { 0 }, entry = { 0 }, leave = { 0 }, whole = { 0 };
    struct trap_times times;

    for (unsigned i = 0; i < WARMUP + SAMPLES; i++) {
        trap(&times);
        if (i >= WARMUP) {
            samples_add(&empty, times.empty);
            samples_add(&entry, times.entry - times.empty);
            samples_add(&leave, times.leave - times.empty);
            samples_add(&whole, times.whole);
        }
    }
    report("trap.empty", &empty, "cycles");
    report("trap.entry", &entry, "cycles");
    report("trap.return", &leave, "cycles");
    report("trap.whole", &whole, "cycles");
}

/** Has EL2 make the virtual interrupt pending. */
static void inject(void)
{
    register uint64_t x0 __asm__("x0") = GICH_LR_PENDING | INTID_VIRTUAL;

    __asm__ volatile("hvc #0" : "+r"(x0)::"x1", "x2", "memory");
}

static void measure_completion(void)
{
    struct samples samples = { 0 };
    uint64_t began, took;
    uint32_t intid;

    mmio_write32(BOARD_GICC + GICC_PMR, 0xff);
    mmio_write32(BOARD_GICC + GICC_CTLR, (uint32_t)GICC_CTLR_ENABLE);
    for (unsigned i = 0; i < WARMUP + SAMPLES; i++) {
        inject();
        intid = mmio_read32(BOARD_GICC + GICC_IAR);
        if (intid != INTID_VIRTUAL) {
            give_up("the virtual interrupt is not there");
        }
        dsb_sy();
        began = pmu_cycles();
        isb();
        mmio_write32(BOARD_GICC + GICC_EOIR, intid);
        took = pmu_cycles() - began;
        if (i >= WARMUP) {
            samples_add(&samples, took);
        }
    }
    report("trap.virtual_eoi", &samples, "cycles");
}

static void guest(void)
{
    measure_trap();
    measure_completion();
    finish();
}

int main(void);

int main(void)
{
    pmu_start();
    el2_prepare_guest(HCR_FMO | HCR_IMO | HCR_AMO);
    mmio_write32(BOARD_GICH + GICH_HCR, (uint32_t)GICH_HCR_EN);
    sysreg_write(VBAR_EL2, (uint64_t)trap_vectors);
    el2_enter(guest, el2_guest_stack());
}
