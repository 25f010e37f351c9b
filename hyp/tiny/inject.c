/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file inject.c
 * Does by software what the PE does when it takes a synchronous exception to EL1 (Arm ARM D1.4,
 * AArch64.TakeException()).
 */
#include "inject.h"

#include "esr.h"
#include "sysreg.h"
#include "vm.h"

/* Offsets into the vector table for synchronous exceptions, by where they come from. */
#define VECTOR_CURRENT_SP0 0x000U
#define VECTOR_CURRENT_SPX 0x200U
#define VECTOR_LOWER_A64 0x400U

static bool from_el0(const struct vm *vm)
{
    return (vm->regs.spsr & SPSR_MODE_MASK) == SPSR_EL0T;
}

static void take_to_el1(struct vm *vm, uint64_t ec, uint64_t iss)
{
    uint64_t vector = VECTOR_CURRENT_SP0;

    if (from_el0(vm)) {
        vector = VECTOR_LOWER_A64;
    } else if ((vm->regs.spsr & SPSR_MODE_MASK) == SPSR_EL1H) {
        vector = VECTOR_CURRENT_SPX;
    }
    sysreg_write(ESR_EL1, FIELD_PREP(ESR_EC, ec) | ESR_IL | iss);
    sysreg_write(ELR_EL1, vm->regs.elr);
    sysreg_write(SPSR_EL1, vm->regs.spsr);
    vm->regs.elr = sysreg_read(VBAR_EL1) + vector;
    vm->regs.spsr = (vm->regs.spsr & SPSR_NZCV) | SPSR_EL1H | SPSR_DAIF;
}

void inject_external_abort(struct vm *vm, uint64_t va, bool is_fetch)
{
    uint64_t same = is_fetch ? EC_IABT_SAME : EC_DABT_SAME;
    uint64_t lower = is_fetch ? EC_IABT_LOWER : EC_DABT_LOWER;

    sysreg_write(FAR_EL1, va);
    take_to_el1(vm, from_el0(vm) ? lower : same, FSC_EXTERNAL);
}

void inject_undefined(struct vm *vm)
{
    take_to_el1(vm, EC_UNKNOWN, 0);
}
