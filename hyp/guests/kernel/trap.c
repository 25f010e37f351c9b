/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trap.c
 * Synchronous exceptions in the guest: system calls, faults of the task, and faults that the
 * kernel provokes itself (Arm ARM D19.2.37).
 */
#include "esr.h"
#include "kernel.h"
#include "sysreg.h"

static void system_call(struct frame *frame)
{
    switch (frame->x[8]) {
    case SYS_EXIT:
        frame->elr = (uint64_t)task_exit;
        frame->spsr = SPSR_EL1H;
        break;
    case SYS_PRINT:
        report("%s", (const char *)frame->x[0]);
        break;
    case SYS_NULL:
        frame->x[0] = 0;
        break;
    default:
        frame->x[0] = SMCCC_NOT_SUPPORTED;
        break;
    }
}

void trap_task(struct frame *frame)
{
    uint64_t esr = sysreg_read(ESR_EL1);

    switch (FIELD_GET(esr, ESR_EC)) {
    case EC_SVC64:
        system_call(frame);
        break;
    case EC_DABT_LOWER:
        /* The task tried what it may not: it gets the fault's code, and goes on. */
        frame->x[0] = FIELD_GET(esr, ISS_ABT_FSC) & FSC_TYPE_MASK;
        frame->elr += 4;
        break;
    default:
        panic("task: ESR_EL1 0x%lx at 0x%lx", esr, frame->elr);
    }
}

void trap_kernel(struct frame *frame)
{
    uint64_t esr = sysreg_read(ESR_EL1);

    if (!kernel.probing) {
        panic("ESR_EL1 0x%lx FAR_EL1 0x%lx at 0x%lx", esr, sysreg_read(FAR_EL1), frame->elr);
    }
    kernel.probing = false;
    kernel.fault_esr = esr;
    frame->elr = frame->x[30];
}

void trap_unexpected(struct frame *frame)
{
    panic("unexpected exception: ESR_EL1 0x%lx at 0x%lx", sysreg_read(ESR_EL1), frame->elr);
}

uint64_t trap_probe(uint64_t (*access)(uint64_t va), uint64_t va)
{
    kernel.fault_esr = 0;
    kernel.probing = true;
    access(va);
    kernel.probing = false;
    return kernel.fault_esr;
}
