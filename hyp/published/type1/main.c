/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file main.c
 * Null hypercalls to a hypervisor that lives at EL2 alone, measured by the guest with the cycle
 * counter, as for ISCA'16.
 */
#include "barrier.h"
#include "el2.h"
#include "hyper.h"
#include "pmu.h"
#include "report.h"
#include "sysreg.h"

#define WARMUP 50
#define SAMPLES 200

static void measure_hypercall(void)
{
    struct samples samples = { 0 };
    uint64_t began, took;

    for (unsigned i = 0; i < WARMUP + SAMPLES; i++) {
        register uint64_t x0 __asm__("x0") = 0;
        register uint64_t x16 __asm__("x16") = 17;

        began = pmu_cycles();
        isb();
        __asm__ volatile("hvc %1" : "+r"(x0) : "i"(HYPERCALL_TAG), "r"(x16) : "memory");
        took = pmu_cycles() - began;
        if (i >= WARMUP) {
            samples_add(&samples, took);
        }
    }
    report("type1.hypercall", &samples, "cycles");
}

static void guest(void)
{
    measure_hypercall();
    finish();
}

int main(void);

int main(void)
{
    pmu_start();
    el2_prepare_guest(HCR_FMO | HCR_IMO | HCR_AMO);
    sysreg_write(VBAR_EL2, (uint64_t)hyper_vectors);
    el2_enter(guest, el2_guest_stack());
}
