/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_trap.c
 * Emulating MSR and MRS from the syndrome (Arm ARM D19.2.37, ISS of a trapped MSR or MRS).
 *
 * Translation registers trap only until the guest turns its MMU on (HCR_EL2.TVM), which is when a
 * hypervisor may have to do cache maintenance; after that they are the guest's own.
 */
#include "sysreg_trap.h"

#include "esr.h"
#include "inject.h"
#include "sysreg.h"
#include "timer.h"
#include "vgic.h"
#include "vm.h"

/** Reads into, or writes from, `value`; returns false if the register has no such access. */
typedef bool emulate_fn(struct vm *vm, bool is_read, uint64_t *value);

/* The encoding space of ID registers: op0 3, op1 0, CRn 0, CRm 1 to 7. */
#define ID_SPACE ISS_SYSREG(3, 0, 0, 0, 0)
#define ID_SPACE_MASK ISS_SYSREG(3, 7, 15, 8, 0)

static bool ignore(struct vm *vm, bool is_read, uint64_t *value)
{
    (void)vm;
    *value = is_read ? 0 : *value;
    return true;
}

static bool cpacr(struct vm *vm, bool is_read, uint64_t *value)
{
    (void)vm;
    if (is_read) {
        *value = sysreg_read(CPACR_EL1);
    } else {
        sysreg_write(CPACR_EL1, *value);
    }
    return true;
}

/** The physical count, which a VM sees as its virtual one: its time starts at zero. */
static bool cntpct(struct vm *vm, bool is_read, uint64_t *value)
{
    *value = timer_count() - vm->vtimer.offset;
    return is_read;
}

/** A software generated interrupt: each VM has one vCPU, so the only target is itself. */
static bool sgi1r(struct vm *vm, bool is_read, uint64_t *value)
{
    uint64_t aff1 = FIELD_GET(vm->el1.vmpidr_el2, MPIDR_AFF1);

    if (is_read) {
        return false;
    }
    vm->stats.sgis++;
    if (FIELD_GET(*value, ICC_SGI1R_AFF1) == aff1 &&
        (FIELD_GET(*value, ICC_SGI1R_TARGETS) & BIT(0))) {
        vgic_pend(vm, (uint32_t)FIELD_GET(*value, ICC_SGI1R_INTID));
    }
    return true;
}

static const struct {
    uint64_t encoding;
    emulate_fn *emulate;
} others[] = {
#define TRAP_VM(reg, encoding)
#define TRAP_ID(reg, encoding, value)
#define TRAP_OTHER(reg, encoding, function) { encoding, function },
#include "sysreg_trap.def"
#undef TRAP_VM
#undef TRAP_ID
#undef TRAP_OTHER
};

static bool emulate_other(struct vm *vm, uint64_t encoding, bool is_read, uint64_t *value)
{
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (others[i].encoding == encoding && others[i].emulate(vm, is_read, value)) {
            vm->stats.other_sysregs++;
            return true;
        }
    }
    return false;
}

static uint64_t id_value(uint64_t encoding)
{
    switch (encoding) {
#define TRAP_VM(reg, encoding)
#define TRAP_ID(reg, encoding, value)                                                              \
    case encoding:                                                                                 \
        return value;
#define TRAP_OTHER(reg, encoding, function)
#include "sysreg_trap.def"
#undef TRAP_VM
#undef TRAP_ID
#undef TRAP_OTHER
    default:
        return 0;
    }
}

/** Writes a translation register for the VM; false if it is none. */
static bool write_vm_register(struct vm *vm, uint64_t encoding, uint64_t value)
{
    switch (encoding) {
#define TRAP_VM(reg, encoding)                                                                     \
    case encoding:                                                                                 \
        sysreg_write(reg, value);                                                                  \
        break;
#define TRAP_ID(reg, encoding, value)
#define TRAP_OTHER(reg, encoding, function)
#include "sysreg_trap.def"
#undef TRAP_VM
#undef TRAP_ID
#undef TRAP_OTHER
    default:
        return false;
    }
    if (encoding == ISS_SYSREG(3, 0, 1, 0, 0) && (value & SCTLR_M)) {
        vm->hcr &= ~HCR_TVM;
        sysreg_write(HCR_EL2, vm->hcr);
    }
    vm->stats.vm_writes++;
    return true;
}

void sysreg_trap(struct vm *vm, uint64_t esr)
{
    uint64_t encoding = esr & ISS_SYSREG_MASK;
    bool is_read = esr & ISS_SYSREG_DIR_READ;
    unsigned rt = (unsigned)FIELD_GET(esr, ISS_SYSREG_RT);
    uint64_t value = is_read ? 0 : vm_read_x(vm, rt);

    if (is_read && (encoding & ID_SPACE_MASK) == ID_SPACE) {
        value = id_value(encoding);
        vm->stats.id_reads++;
    } else if (!emulate_other(vm, encoding, is_read, &value) &&
               (is_read || !write_vm_register(vm, encoding, value))) {
        vm->stats.undefined++;
        inject_undefined(vm);
        return;
    }
    if (is_read) {
        vm_write_x(vm, rt, value);
    }
    vm_skip_instruction(vm);
}
