/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ctx.c
 * From system registers to a translation context: which regime an Exception level uses, which stages are
 * on, and the fields that a walk will read, each regime's TCR in the layout of TCR_EL1. DDI 0487, D8.1.2
 * (regimes), D8.2.2 (enabling stages); pseudocode TranslationRegime, AArch64.S1Enabled,
 * AArch64.GetS1TTWParams, AArch64.GetS2TTWParams.
 *
 * Does NOT model: Secure EL2 (FEAT_SEL2), so that Secure state has no stage 2.
 */
#include <string.h>

#include "arch/exception.h"
#include "arch/regbits.h"
#include "core/machine.h"
#include "mmu/walk.h"

#define TCR_A1 BIT(22)
#define TCR_AS BIT(36)

/* T0SZ, EPD0, TG0, T1SZ, A1, EPD1, TG1, IPS, AS, TBI0, TBI1, TBID0, TBID1 of TCR_EL1; HPD0 and HPD1. */
#define TCR_TOP_BYTE (MASK(38, 37) | MASK(52, 51))
#define TCR_USED (MASK(7, 0) | MASK(23, 14) | MASK(32 + 2, 30) | BIT(36) | TCR_TOP_BYTE)
#define TCR_HPD MASK(42, 41)
/* T0SZ, SL0, TG0, PS of VTCR_EL2. */
#define VTCR_USED (MASK(7, 0) | MASK(18, 14))

static const struct {
    uint16_t sctlr, tcr, ttbr0, ttbr1, mair;
} regs_of[] = {
    [REGIME_EL10] = { SR_SCTLR_EL1, SR_TCR_EL1, SR_TTBR0_EL1, SR_TTBR1_EL1, SR_MAIR_EL1 },
    [REGIME_EL20] = { SR_SCTLR_EL2, SR_TCR_EL2, SR_TTBR0_EL2, SR_TTBR1_EL2, SR_MAIR_EL2 },
    [REGIME_EL2] = { SR_SCTLR_EL2, SR_TCR_EL2, SR_TTBR0_EL2, SR_NONE, SR_MAIR_EL2 },
    [REGIME_EL3] = { SR_SCTLR_EL3, SR_TCR_EL3, SR_TTBR0_EL3, SR_NONE, SR_MAIR_EL3 },
};

bool mmu_secure_below_el3(const struct pe *c)
{
    return c->m->has_el3 && !bit(c->sr[SR_SCR_EL3], 0);
}

bool mmu_in_host(const struct pe *c)
{
    const uint64_t both = HCR_E2H | HCR_TGE;

    return pe_el2_enabled(c) && (c->sr[SR_HCR_EL2] & both) == both;
}

enum regime mmu_el2_regime(const struct pe *c)
{
    return c->sr[SR_HCR_EL2] & HCR_E2H ? REGIME_EL20 : REGIME_EL2;
}

bool mmu_asid16(const struct pe *c)
{
    return bits(c->sr[SR_ID_AA64MMFR0_EL1], 7, 4) == 2;
}

uint16_t mmu_current_vmid(const struct pe *c)
{
    bool wide = bits(c->sr[SR_ID_AA64MMFR1_EL1], 7, 4) == 2 && (c->sr[SR_VTCR_EL2] & VTCR_VS);

    if (!pe_el2_enabled(c))
        return 0;
    return (uint16_t)bits(c->sr[SR_VTTBR_EL2], wide ? 63 : 55, 48);
}

static enum regime regime_of(const struct pe *c, unsigned el)
{
    if (el == 3)
        return REGIME_EL3;
    if (el == 2)
        return mmu_el2_regime(c);
    return el == 0 && mmu_in_host(c) ? REGIME_EL20 : REGIME_EL10;
}

/* TCR_EL2 and TCR_EL3 of one VA range: PS, TBI, HPD and TBID move to where TCR_EL1 has IPS, TBI0, HPD0
 * and TBID0. */
static uint64_t tcr_as_el1(uint64_t tcr)
{
    return bits(tcr, 5, 0) | bits(tcr, 15, 14) << 14 | bits(tcr, 18, 16) << 32 |
           (uint64_t)bit(tcr, 20) << 37 | (uint64_t)bit(tcr, 24) << 41 | (uint64_t)bit(tcr, 29) << 51;
}

static uint64_t tcr_of(const struct pe *c, enum regime regime, bool two_ranges)
{
    uint64_t tcr = c->sr[regs_of[regime].tcr];
    bool hpds = bits(c->sr[SR_ID_AA64MMFR1_EL1], 15, 12) != 0;

    return (two_ranges ? tcr : tcr_as_el1(tcr)) & (TCR_USED | (hpds ? TCR_HPD : 0));
}

/* HCR_EL2 as the EL1&0 regime sees it: DC turns stage 2 on, and a host has none (D8.2.2). */
static uint64_t hcr_of(const struct pe *c, enum regime regime)
{
    uint64_t hcr = c->sr[SR_HCR_EL2];

    if (regime != REGIME_EL10 || !pe_el2_enabled(c))
        return 0;
    if (mmu_in_host(c))
        return HCR_TGE;
    if (hcr & HCR_DC)
        hcr |= HCR_VM;
    return hcr & (HCR_VM | HCR_PTW | HCR_DC | HCR_TGE);
}

static void build_stage1(const struct pe *c, struct mmu_ctx *x, enum regime regime)
{
    struct mmu_key *k = &x->key;

    k->tcr = tcr_of(c, regime, x->two_ranges);
    if (!x->s1_on) {
        k->tcr &= TCR_TOP_BYTE;
        return;
    }
    k->ttbr0 = c->sr[regs_of[regime].ttbr0];
    k->mair = c->sr[regs_of[regime].mair];
    if (!x->two_ranges)
        return;
    k->ttbr1 = c->sr[regs_of[regime].ttbr1];
    uint64_t ttbr = k->tcr & TCR_A1 ? k->ttbr1 : k->ttbr0;
    bool wide = mmu_asid16(c) && (k->tcr & TCR_AS);

    x->asid = (uint16_t)bits(ttbr, wide ? 63 : 55, 48);
}

static void build_stage2(const struct pe *c, struct mmu_ctx *x)
{
    x->vmid = mmu_current_vmid(c);
    x->key.vttbr = (uint64_t)x->vmid << 48;
    if (!x->s2_on)
        return;
    x->key.vttbr |= c->sr[SR_VTTBR_EL2] & MASK(47, 0);
    x->key.vtcr = c->sr[SR_VTCR_EL2] & VTCR_USED;
}

/* Whether data and fetches may be cached (D8.5.5): nobody but timing asks. */
static void build_caching(const struct pe *c, struct mmu_ctx *x, uint64_t sctlr)
{
    const uint64_t hcr = x->s2_on ? c->sr[SR_HCR_EL2] : 0;

    x->cache_data = (!x->s1_on || (sctlr & SCTLR_C)) && !(hcr & HCR_CD);
    x->cache_instr = (sctlr & SCTLR_I) && !(hcr & HCR_ID);
    x->key.sctlr |= (x->cache_data ? SCTLR_C : 0) | (x->cache_instr ? SCTLR_I : 0);
}

static uint8_t tag_of(const struct mmu_ctx *x)
{
    return (uint8_t)(x->key.regime | (x->key.secure ? TLB_TAG_SECURE : 0) |
                     (x->s1_on ? 0 : TLB_TAG_S1_OFF) | (x->s2_on ? TLB_TAG_S2_ON : 0));
}

void mmu_ctx_build(const struct pe *c, unsigned el, bool unpriv, bool pan, struct mmu_ctx *x)
{
    enum regime regime = regime_of(c, el);
    uint64_t sctlr = c->sr[regs_of[regime].sctlr];

    memset(x, 0, sizeof(*x)); /* Keys are compared as bytes. */
    x->two_ranges = regime == REGIME_EL10 || regime == REGIME_EL20;
    x->el0 = el == 0 || (unpriv && x->two_ranges);
    x->priv = !x->el0;
    x->pan = pan && x->priv && x->two_ranges;
    x->key.hcr = hcr_of(c, regime);
    x->s1_on = (sctlr & SCTLR_M) && !(x->key.hcr & (HCR_DC | HCR_TGE));
    x->s2_on = x->key.hcr & HCR_VM;
    x->wxn = x->s1_on && (sctlr & SCTLR_WXN);
    x->align_check = sctlr & SCTLR_A;
    x->key.sctlr = (sctlr & SCTLR_A) | (x->s1_on ? SCTLR_M : 0) | (x->wxn ? SCTLR_WXN : 0);
    build_caching(c, x, sctlr);
    x->key.regime = (uint8_t)regime;
    x->key.secure = regime == REGIME_EL3 || mmu_secure_below_el3(c);
    x->key.el0 = x->el0;
    x->key.pan = x->pan;
    build_stage1(c, x, regime);
    if (regime == REGIME_EL10)
        build_stage2(c, x);
    x->tlb_tag = tag_of(x);
}
