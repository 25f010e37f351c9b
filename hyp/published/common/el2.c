/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file el2.c
 * The state that a guest starts with (Arm ARM D1.3.1): all of it at its identity addresses.
 */
#include "el2.h"

#include "barrier.h"
#include "board.h"
#include "mmu.h"
#include "sysreg.h"

extern char stacks[];

uint64_t el2_host_stack(void)
{
    return (uint64_t)stacks + 2 * STACK_SIZE;
}

uint64_t el2_guest_stack(void)
{
    return (uint64_t)stacks + 3 * STACK_SIZE;
}

void el2_prepare_guest(uint64_t hcr)
{
    uint64_t counters = sysreg_read(PMCR_EL0) >> 11 & 0x1f;

    mmu_el1_init();
    mmu_stage2_init();
    sysreg_write(CNTVOFF_EL2, 0);
    sysreg_write(CNTHCTL_EL2, CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN);
    sysreg_write(MDCR_EL2, counters);
    sysreg_write(VPIDR_EL2, sysreg_read(MIDR_EL1));
    sysreg_write(VMPIDR_EL2, sysreg_read(MPIDR_EL1));
    sysreg_write(HCR_EL2, hcr | HCR_RW | HCR_VM);
    isb();
}

void el2_enter(void (*entry)(void), uint64_t stack)
{
    sysreg_write(SP_EL1, stack);
    sysreg_write(ELR_EL2, (uint64_t)entry);
    sysreg_write(SPSR_EL2, SPSR_GUEST);
    isb();
    __asm__ volatile("eret" ::: "memory");
    __builtin_unreachable();
}
