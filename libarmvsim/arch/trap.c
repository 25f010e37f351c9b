/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trap.c
 * Trap controls at work (DDI 0487: D1.3.7 "Traps and enables"; pseudocode AArch64.SystemAccessTrap,
 * AArch64.CheckForWFxTrap, AArch64.CheckFPAdvSIMDEnabled, AArch64.AdvSIMDFPAccessTrap): trap.def and
 * trap_group.def as tables, and the first control of a group that traps. The caller has found the access to
 * be defined at the current EL, for UNDEFINED comes before every trap.
 *
 * Not modelled: fine-grained traps (FEAT_FGT), nested virtualization (HCR_EL2.NV), Secure EL2, AArch32.
 */
#include "arch/trap.h"

#include "arch/exception.h"
#include "arch/sysreg_table.h"
#include "core/machine.h"

#define HCR_FMO BIT(3)
#define HCR_IMO BIT(4)
#define HCR_TGE BIT(27)
#define HCR_E2H BIT(34)

/* Words of the columns of trap.def. */
enum { E0 = 1, E1 = 2, E2 = 4, E3 = 8 };
enum { RD = 1, WR = 2, ANY = 3 };
enum { ZERO = 1, ONE = 2 };
#define SET(values) (values)

const struct trap_control trap_controls[TRAP_COUNT] = {
    [TRAP_NONE] = { .name = "none", .section = "no trap", .reg = SR_NONE },
#define TRAP(id_, reg_, field_, hi_, lo_, values_, from_, dir_, to_, when_, text_)                         \
    [TRAP_##id_] = {                                                                                       \
        .name = #reg_ "." #field_,                                                                         \
        .section = "DDI 0487 D24, " #reg_ "<" #hi_ ":" #lo_ ">: " text_,                                   \
        .line = __LINE__,                                                                                  \
        .reg = SR_##reg_,                                                                                  \
        .values = values_,                                                                                 \
        .lo = lo_,                                                                                         \
        .mask = (uint8_t)((2u << ((hi_) - (lo_))) - 1),                                                    \
        .from = from_,                                                                                     \
        .dir = dir_,                                                                                       \
        .to = to_,                                                                                         \
        .when = TRAP_WHEN_##when_,                                                                         \
    },
#define CAUSE(id_, name_, text_)                                                                           \
    [TRAP_##id_] = { .name = name_, .section = "DDI 0487 D1.3: " text_, .line = __LINE__, .reg = SR_NONE },
#include "arch/trap.def"
#undef TRAP
#undef CAUSE
};

/* The ids without their prefix, for trap_group.def. */
enum {
#define TRAP(id, ...) id = TRAP_##id,
#define CAUSE(id, ...)
#include "arch/trap.def"
#undef TRAP
#undef CAUSE
};

const struct trap_list trap_lists[TRAP_GROUP_COUNT] = {
    [TRAP_GROUP_NONE] = { .name = "NONE" },
#define TRAP_GROUP(name_, ...) [TRAP_GROUP_##name_] = { #name_, __LINE__, { __VA_ARGS__ } },
#include "arch/trap_group.def"
#undef TRAP_GROUP
};

_Static_assert(TRAP_COUNT <= 256, "struct trap_list keeps ids in bytes");

static bool when_holds(const struct pe *c, unsigned when)
{
    const bool el2 = pe_el2_enabled(c);
    const uint64_t hcr = pe_hcr(c);
    const bool host = (hcr & HCR_E2H) && (hcr & HCR_TGE);

    switch (when) {
#define TRAP_WHEN(name, expr)                                                                              \
    case TRAP_WHEN_##name:                                                                                 \
        return expr;
#include "arch/trap_when.def"
#undef TRAP_WHEN
    default:
        return false;
    }
}

static bool can_trap(const struct pe *c, const struct trap_control *t, unsigned el, bool write)
{
    if (!(t->from >> el & 1) || !(t->dir >> write & 1))
        return false;
    return t->to == 1 || (t->to == 2 ? c->m->has_el2 : c->m->has_el3);
}

unsigned trap_find(const struct pe *c, unsigned group, bool write)
{
    const struct trap_rule *r = sysreg_tables(c)->rules[c->el * 2 + write][group];

    for (; r->values; r++) {
        unsigned value = (unsigned)(c->sr[r->reg] >> r->lo) & r->mask;

        if ((r->values >> value & 1) && when_holds(c, r->when))
            return r->id;
    }
    return TRAP_NONE;
}

void trap_prepare(const struct pe *c, unsigned group, unsigned el, bool write,
                  struct trap_rule rules[TRAP_GROUP_MAX])
{
    unsigned count = 0;

    for (const uint8_t *id = trap_lists[group].id; *id; id++) {
        const struct trap_control *t = &trap_controls[*id];

        if (can_trap(c, t, el, write))
            rules[count++] = (struct trap_rule){ t->reg, t->values, t->lo, t->mask, *id, t->when };
    }
    rules[count] = (struct trap_rule){ 0 };
}

uint8_t trap_target(const struct pe *c, unsigned id)
{
    uint8_t to = trap_controls[id].to;

    return to == 1 && (pe_hcr(c) & HCR_TGE) ? 2 : to;
}

bool trap_check(struct pe *c, unsigned group, bool write, uint8_t ec, uint32_t iss)
{
    unsigned id = trap_find(c, group, write);

    if (!id)
        return false;
    exc_trap(c, (uint16_t)id, trap_target(c, id), ec, iss);
    return true;
}

void trap_fp_access(struct pe *c, uint32_t insn)
{
    /* ISS: CV = 1, COND = always. */
    const uint32_t iss = 1u << 24 | 0xeu << 20;
    unsigned id = trap_find(c, TRAP_GROUP_FP, false);
    uint8_t target;

    AVS_CHECK(id != TRAP_NONE);
    target = trap_target(c, id);
    if (trap_controls[id].to != target)
        exc_trap(c, (uint16_t)id, target, EC_UNKNOWN, 0);
    else
        exc_trap(c, (uint16_t)id, target, EC_FP_ACCESS, iss);
    c->exc.insn = insn;
}

const char *trap_name(unsigned cause)
{
    return cause < TRAP_COUNT ? trap_controls[cause].name : "?";
}

const char *trap_section(unsigned cause)
{
    return cause < TRAP_COUNT ? trap_controls[cause].section : "?";
}
