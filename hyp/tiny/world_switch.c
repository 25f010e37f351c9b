/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file world_switch.c
 * The world switch: FP/SIMD, EL1 and EL0 system registers, virtual GIC, timer, traps and stage 2.
 *
 * The registers of EL1&0 have no effect at EL2, so they are written in any order; the ERET at the
 * end is the context synchronization event that makes all of them visible (Arm ARM D19.1.2).
 * Different VMIDs keep the VMs' TLB entries apart, so nothing is invalidated (D8.13).
 */
#include "world_switch.h"

#include "sysreg.h"
#include "vgic.h"
#include "vm.h"
#include "vtimer.h"

void fpsimd_save(struct fpsimd_state *state);
void fpsimd_restore(const struct fpsimd_state *state);

static void el1_save(struct el1_state *el1)
{
#define EL1_STATE(field, reg) el1->field = sysreg_read(reg);
#include "el1_state.def"
#undef EL1_STATE
}

static void el1_restore(const struct el1_state *el1)
{
#define EL1_STATE(field, reg) sysreg_write(reg, el1->field);
#include "el1_state.def"
#undef EL1_STATE
}

static void world_save(struct vm *from)
{
    fpsimd_save(&from->fpsimd);
    el1_save(&from->el1);
    vgic_save(from);
    vtimer_save(from);
}

void world_load(struct vm *to)
{
    sysreg_write(VTTBR_EL2, to->vttbr);
    sysreg_write(HCR_EL2, to->hcr);
    vtimer_restore(to);
    vgic_restore(to);
    el1_restore(&to->el1);
    fpsimd_restore(&to->fpsimd);
    sysreg_write(TPIDR_EL2, (uint64_t)to);
    hyp.loaded = to;
}

void world_switch(struct vm *from, struct vm *to)
{
    world_save(from);
    world_load(to);
}
