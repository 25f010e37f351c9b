/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hypercall_trap.c
 * Calls from the guest, by HVC and by SMC (SMCCC, DEN0028; PSCI, DEN0022). The ABI is hypercall.h.
 */
#include "hypercall_trap.h"

#include "sched.h"
#include "smccc.h"
#include "stage2.h"
#include "vgic.h"
#include "vm.h"

static uint64_t doorbell(struct vm *vm, uint64_t target)
{
    if (target == 0 || target > VM_COUNT) {
        return HC_ERROR_ARGUMENT;
    }
    vm->stats.hc_doorbell++;
    vgic_pend(&hyp.vm[target - 1], GUEST_INTID_DOORBELL);
    return 0;
}

static uint64_t release(struct vm *vm, uint64_t ipa)
{
    if (!stage2_release(vm, ipa)) {
        return HC_ERROR_ARGUMENT;
    }
    vm->stats.hc_release++;
    return 0;
}

/** Calls that wait or give way; the result is zero. */
static void call_scheduler(struct vm *vm, uint64_t function)
{
    if (function == HC_YIELD) {
        vm->stats.hc_yield++;
        hyp.reschedule = true;
    } else if (function == HC_WAIT_TURN) {
        vm->stats.hc_turn++;
        sched_wait_turn(vm);
    } else if (function == HC_PASS_TURN) {
        vm->stats.hc_turn++;
        sched_pass_turn(vm);
    } else {
        vm->stats.hc_barrier++;
        sched_barrier(vm);
    }
}

static uint64_t psci(struct vm *vm, uint64_t function)
{
    vm->stats.psci++;
    if (function == PSCI_SYSTEM_OFF) {
        sched_off(vm);
        return 0;
    }
    return PSCI_VERSION_1_1;
}

void hypercall_trap(struct vm *vm)
{
    uint64_t function = vm->regs.x[0];
    uint64_t result = 0;

    switch (function) {
    case HC_NULL:
        vm->stats.hc_null++;
        break;
    case HC_YIELD:
    case HC_WAIT_TURN:
    case HC_PASS_TURN:
    case HC_BARRIER:
        call_scheduler(vm, function);
        break;
    case HC_DOORBELL:
        result = doorbell(vm, vm->regs.x[1]);
        break;
    case HC_RELEASE:
        result = release(vm, vm->regs.x[1]);
        break;
    case PSCI_VERSION:
    case PSCI_SYSTEM_OFF:
        result = psci(vm, function);
        break;
    default:
        result = SMCCC_NOT_SUPPORTED;
        break;
    }
    vm->regs.x[0] = result;
}
