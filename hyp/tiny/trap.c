/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trap.c
 * What comes in from a VM: the exception class decides who serves it (Arm ARM D19.2.37, EC).
 */
#include "trap.h"

#include "abort.h"
#include "console.h"
#include "esr.h"
#include "hypercall_trap.h"
#include "sched.h"
#include "sysreg.h"
#include "sysreg_trap.h"
#include "vm.h"

struct vm *trap_sync(struct vm *vm)
{
    uint64_t esr = sysreg_read(ESR_EL2);

    switch (FIELD_GET(esr, ESR_EC)) {
    case EC_WFX:
        vm_skip_instruction(vm);
        sched_wait_interrupt(vm);
        break;
    case EC_HVC64:
        hypercall_trap(vm);
        break;
    case EC_SMC64:
        vm_skip_instruction(vm);
        hypercall_trap(vm);
        break;
    case EC_SYSREG:
        sysreg_trap(vm, esr);
        break;
    case EC_IABT_LOWER:
    case EC_DABT_LOWER:
        abort_trap(vm, esr);
        break;
    default:
        hyp_panic("vm%u: ESR_EL2 0x%lx at 0x%lx", vm->id, esr, vm->regs.elr);
    }
    return sched_resume(vm);
}

struct vm *trap_irq(struct vm *vm)
{
    struct vm *next;

    sched_interrupt();
    next = sched_resume(vm);
    if (next != vm) {
        vm->info->preemptions++;
    }
    return next;
}

void trap_unexpected(uint64_t vector)
{
    hyp_panic("exception at vector 0x%lx: ESR_EL2 0x%lx ELR_EL2 0x%lx FAR_EL2 0x%lx", vector,
              sysreg_read(ESR_EL2), sysreg_read(ELR_EL2), sysreg_read(FAR_EL2));
}
