/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Runs the list-register injections of lr.S: EL2 enables the system register interface and the
 * virtual CPU interface, EL1 its own side. 74 instructions an injection: 27 at EL1, 47 at EL2
 * (counted by bench/count).
 */
#include "guest.h"
#include "space.h"

BENCH_ITERATIONS(1000000);

void lr_el1(uint64_t iterations);

/** Enables ICC_* at EL2 and EL1 and the virtual CPU interface, with empty list registers. */
static void virtual_interface_init(void)
{
    WRITE_SYSREG(ICC_SRE_EL2, ICC_SRE_ALL);
    ISB();
    WRITE_SYSREG(ICH_LR0_EL2, 0);
    WRITE_SYSREG(ICH_LR1_EL2, 0);
    WRITE_SYSREG(ICH_LR2_EL2, 0);
    WRITE_SYSREG(ICH_LR3_EL2, 0);
    WRITE_SYSREG(ICH_AP0R0_EL2, 0);
    WRITE_SYSREG(ICH_AP1R0_EL2, 0);
    WRITE_SYSREG(ICH_VMCR_EL2, 0);
    WRITE_SYSREG(ICH_HCR_EL2, 1);
    ISB();
}

void bench_main(void)
{
    static struct el1_space space;
    uint64_t sum;

    space_init(&space);
    space_install(&space, 0);
    virtual_interface_init();
    sum = guest_enter((uint64_t)lr_el1, el1_stack_top, bench_iterations, 0);
    bench_report("lr", bench_iterations, "74", sum);
}
