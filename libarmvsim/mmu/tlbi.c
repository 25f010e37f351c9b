/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file tlbi.c
 * TLB maintenance instructions (DDI 0487, D8.17 and C5.5; pseudocode AArch64.TLBI_*). Each is one line:
 * what it matches, in which regime, and which arrays of the TLB it looks at.
 *
 *   TLBI of                     main  s1   s2   (the walk cache goes with s1, micro-TLBs are emptied)
 *   stage 1 (VMALL, VA*, ASID)   x    x          the current VMID; combined entries too
 *   both stages (VMALLS12, ALL)  x    x    x
 *   stage 2 by IPA (IPAS2*)                x     combined entries stay: a VMALLE1 must follow
 *
 * By-address forms for the last level alone (VAL*, IPAS2L*) leave the walk cache as it is. TTL hints are
 * not looked at. Not modelled: nXS forms, RPA forms.
 *
 * Existence at the current EL, traps and costs belong to the system register side.
 */
#include "arch/exception.h"
#include "core/machine.h"
#include "mmu/state.h"
#include "mmu/walk.h"

enum tlbi_kind {
    TLBI_NONE,
    TLBI_ALL,
    TLBI_VMALL,
    TLBI_VMALLS12,
    TLBI_VA,
    TLBI_VAA,
    TLBI_ASID,
    TLBI_IPA,
};

struct tlbi_op {
    uint8_t kind;
    uint8_t el;     /* Whose regime: 1 to 3. */
    bool broadcast; /* To every PE: they share one Inner (and Outer) Shareable domain. */
    bool range;     /* FEAT_TLBIRANGE: the argument gives first address and length. */
    bool last;      /* The last level alone: tables stay known. */
};

#define ALL_DOMAINS(name, ...)                                                                             \
    [SR_TLBI_##name] = { __VA_ARGS__ }, [SR_TLBI_##name##IS] = { __VA_ARGS__, .broadcast = true },         \
    [SR_TLBI_##name##OS] = { __VA_ARGS__, .broadcast = true }

static const struct tlbi_op tlbi_ops[SR_COUNT] = {
    ALL_DOMAINS(VMALLE1, .kind = TLBI_VMALL, .el = 1),
    ALL_DOMAINS(VAE1, .kind = TLBI_VA, .el = 1),
    ALL_DOMAINS(ASIDE1, .kind = TLBI_ASID, .el = 1),
    ALL_DOMAINS(VAAE1, .kind = TLBI_VAA, .el = 1),
    ALL_DOMAINS(VALE1, .kind = TLBI_VA, .el = 1, .last = true),
    ALL_DOMAINS(VAALE1, .kind = TLBI_VAA, .el = 1, .last = true),
    ALL_DOMAINS(RVAE1, .kind = TLBI_VA, .el = 1, .range = true),
    ALL_DOMAINS(RVAAE1, .kind = TLBI_VAA, .el = 1, .range = true),
    ALL_DOMAINS(RVALE1, .kind = TLBI_VA, .el = 1, .range = true, .last = true),
    ALL_DOMAINS(RVAALE1, .kind = TLBI_VAA, .el = 1, .range = true, .last = true),
    ALL_DOMAINS(IPAS2E1, .kind = TLBI_IPA, .el = 1),
    ALL_DOMAINS(IPAS2LE1, .kind = TLBI_IPA, .el = 1, .last = true),
    ALL_DOMAINS(RIPAS2E1, .kind = TLBI_IPA, .el = 1, .range = true),
    ALL_DOMAINS(RIPAS2LE1, .kind = TLBI_IPA, .el = 1, .range = true, .last = true),
    ALL_DOMAINS(ALLE1, .kind = TLBI_ALL, .el = 1),
    ALL_DOMAINS(VMALLS12E1, .kind = TLBI_VMALLS12, .el = 1),
    ALL_DOMAINS(ALLE2, .kind = TLBI_ALL, .el = 2),
    ALL_DOMAINS(VAE2, .kind = TLBI_VA, .el = 2),
    ALL_DOMAINS(VALE2, .kind = TLBI_VA, .el = 2, .last = true),
    ALL_DOMAINS(RVAE2, .kind = TLBI_VA, .el = 2, .range = true),
    ALL_DOMAINS(RVALE2, .kind = TLBI_VA, .el = 2, .range = true, .last = true),
    ALL_DOMAINS(ALLE3, .kind = TLBI_ALL, .el = 3),
    ALL_DOMAINS(VAE3, .kind = TLBI_VA, .el = 3),
    ALL_DOMAINS(VALE3, .kind = TLBI_VA, .el = 3, .last = true),
    ALL_DOMAINS(RVAE3, .kind = TLBI_VA, .el = 3, .range = true),
    ALL_DOMAINS(RVALE3, .kind = TLBI_VA, .el = 3, .range = true, .last = true),
};

/* The stage 1 and by-ASID forms of EL1 work on EL2&0 while a host owns EL0. ALLE1, VMALLS12E1 and IPAS2E1
 * are always of EL1&0. */
static enum regime regime_of(const struct pe *c, const struct tlbi_op *t)
{
    bool stage1 = t->kind != TLBI_ALL && t->kind != TLBI_VMALLS12 && t->kind != TLBI_IPA;

    if (t->el == 3)
        return REGIME_EL3;
    if (t->el == 2)
        return mmu_el2_regime(c);
    return stage1 && mmu_in_host(c) ? REGIME_EL20 : REGIME_EL10;
}

/* TLBIRange: a base in units of the granule TG, and (NUM + 1) * 2^(5 * SCALE + 1) granules from it. */
static void set_range(const struct tlbi_op *t, uint64_t arg, struct tlb_match *m)
{
    unsigned shift = 10 + 2 * (unsigned)bits(arg, 47, 46);
    uint64_t length = (bits(arg, 43, 39) + 1) << (5 * bits(arg, 45, 44) + 1) << shift;
    uint64_t base = bits(arg, 36, 0) << shift;

    if (t->kind != TLBI_IPA)
        base = bits((uint64_t)sext(base, 37 + shift), 55, 0);
    m->addr = base;
    m->last = base + length - 1;
}

static void set_addresses(const struct tlbi_op *t, uint64_t arg, struct tlb_match *m)
{
    m->by_addr = t->kind == TLBI_VA || t->kind == TLBI_VAA || t->kind == TLBI_IPA;
    if (t->range) {
        set_range(t, arg, m);
        return;
    }
    m->addr = bits(arg, t->kind == TLBI_IPA ? 35 : 43, 0) << 12;
    m->last = m->addr | ~AVS_PAGE_MASK;
}

/* A range whose granule is reserved names nothing. */
static bool names_nothing(const struct pe *c, const struct tlbi_op *t, uint64_t arg)
{
    return (t->range && !bits(arg, 47, 46)) || (t->kind == TLBI_IPA && !pe_el2_enabled(c));
}

static struct tlb_match match_of(const struct pe *c, const struct tlbi_op *t, uint64_t arg)
{
    enum regime regime = regime_of(c, t);
    bool secure = regime == REGIME_EL3 || mmu_secure_below_el3(c);
    struct tlb_match m = { .tag = (uint8_t)(regime | (secure ? TLB_TAG_SECURE : 0)) };

    m.by_vmid = regime == REGIME_EL10 && t->kind != TLBI_ALL;
    m.vmid = mmu_current_vmid(c);
    set_addresses(t, arg, &m);
    if (regime == REGIME_EL2 || regime == REGIME_EL3)
        return m;
    m.asid = (uint16_t)bits(arg, mmu_asid16(c) ? 63 : 55, 48);
    if (t->kind == TLBI_VA)
        m.asid_rule = TLB_ASID_OR_GLOBAL;
    else if (t->kind == TLBI_ASID)
        m.asid_rule = TLB_ASID_ONLY;
    return m;
}

static void invalidate(struct pe *c, const struct tlbi_op *t, const struct tlb_match *m)
{
    struct tlb *tlb = &c->mmu->tlb;
    bool of_el10 = (m->tag & TLB_TAG_REGIME) == REGIME_EL10;

    if (t->kind != TLBI_IPA) {
        tlb_invalidate(c, &tlb->main, m);
        tlb_invalidate(c, &tlb->s1, m);
        if (!t->last)
            tlb_invalidate(c, &tlb->walk, m);
    }
    if (of_el10 && (t->kind == TLBI_IPA || t->kind == TLBI_VMALLS12 || t->kind == TLBI_ALL))
        tlb_invalidate(c, &tlb->s2, m);
    utlb_flush(c);
}

void mmu_tlbi(struct pe *c, unsigned op, uint64_t arg)
{
    const struct tlbi_op *t = &tlbi_ops[op];
    bool all_pes = t->broadcast || (c->el == 1 && pe_el2_enabled(c) && (c->sr[SR_HCR_EL2] & HCR_FB));

    AVS_CHECK(t->kind != TLBI_NONE);
    c->ctr[CTR_tlbi]++;
    if (names_nothing(c, t, arg))
        return;
    struct tlb_match m = match_of(c, t, arg);

    if (!all_pes) {
        invalidate(c, t, &m);
        return;
    }
    for (unsigned i = 0; i < c->m->pe_count; i++)
        invalidate(&c->m->pe[i], t, &m);
}
