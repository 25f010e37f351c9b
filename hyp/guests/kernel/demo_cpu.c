/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file demo_cpu.c
 * Steps that make system registers, interrupts and calls trap.
 */
#include "barrier.h"
#include "gicv3.h"
#include "kernel.h"
#include "sysreg.h"
#include "timer.h"

#define TICK_COUNT 20
#define COUNTER_READS 50
#define SGI_COUNT 100
#define NULL_COUNT 1000
#define YIELD_COUNT 200
#define DOORBELL_COUNT 100
#define ID_READS 50

void demo_identify(void)
{
    uint64_t pfr0 = 0;
    uint64_t psci;

    for (unsigned i = 0; i < ID_READS; i++) {
        pfr0 = sysreg_read(ID_AA64PFR0_EL1);
    }
    psci = smccc_smc(PSCI_VERSION, 0);
    report("traps: ID_AA64PFR0_EL1 0x%lx has no EL2, MPIDR_EL1 0x%lx, PSCI %lu.%lu by SMC", pfr0,
           sysreg_read(MPIDR_EL1), psci >> 16, psci & MASK(16));
}

void demo_timer(void)
{
    unsigned in_order = 0;

    irq_timer_start();
    irq_wait(&kernel.ticks, TICK_COUNT);
    irq_timer_stop();
    for (unsigned i = 0; i < COUNTER_READS; i++) {
        uint64_t before = timer_virtual_count();
        uint64_t physical = timer_count();

        in_order += before <= physical && physical <= timer_virtual_count();
    }
    report("timer: %u interrupts in WFI, %u of %u trapped counter reads in order", TICK_COUNT,
           in_order, COUNTER_READS);
}

void demo_sgi(void)
{
    uint64_t aff1 = FIELD_GET(sysreg_read(MPIDR_EL1), MPIDR_AFF1);
    uint64_t sgi1r = FIELD_PREP(ICC_SGI1R_INTID, (uint64_t)GUEST_INTID_SGI) |
                     FIELD_PREP(ICC_SGI1R_AFF1, aff1) | FIELD_PREP(ICC_SGI1R_TARGETS, BIT(0));

    for (unsigned i = 1; i <= SGI_COUNT; i++) {
        sysreg_write(ICC_SGI1R_EL1, sgi1r);
        isb();
        irq_wait(&kernel.sgis, i);
    }
    report("interrupts: %lu SGIs sent to itself and taken", kernel.sgis);
}

void demo_hypercalls(void)
{
    uint64_t failed = 0;

    for (unsigned i = 0; i < NULL_COUNT; i++) {
        failed |= hypercall(HC_NULL, 0);
    }
    hypercall(HC_BARRIER, 0);
    for (unsigned i = 0; i < YIELD_COUNT; i++) {
        failed |= hypercall(HC_YIELD, 0);
    }
    report("hypercalls: %u null and %u yields %s", NULL_COUNT, YIELD_COUNT,
           failed ? "failed" : "done");
}

/** VM 1 rings, VM 2 answers: each wakes from WFI by the other's doorbell. */
void demo_doorbell(void)
{
    uint64_t other = kernel.info->vm_id % VM_COUNT + 1;

    hypercall(HC_BARRIER, 0);
    for (unsigned i = 1; i <= DOORBELL_COUNT; i++) {
        if (kernel.info->vm_id == 1) {
            hypercall(HC_DOORBELL, other);
            irq_wait(&kernel.doorbells, i);
        } else {
            irq_wait(&kernel.doorbells, i);
            hypercall(HC_DOORBELL, other);
        }
    }
    report("doorbells: %lu rung by vm%lu and answered", kernel.doorbells, other);
}
