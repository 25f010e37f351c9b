/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file stage2.c
 * Stage 2 of the EL1&0 regime: IPA to PA. DDI 0487, D8.2.4 (initial lookup level, concatenated tables),
 * D8.3.1 (descriptors); pseudocode AArch64.S2Walk, AArch64.S2Translate, AArch64.S2InconsistentSL,
 * AArch64.IPAIsOutOfRange. Translations found are kept in the TLB's s2 array, tagged by VMID.
 *
 * A starting level that VTCR_EL2.SL0 cannot have, or that does not fit T0SZ, is a level 0 translation
 * fault.
 *
 * Does NOT model: Secure stage 2 (FEAT_SEL2), FEAT_S2FWB, FEAT_TTST, 52-bit addresses; of HCR_EL2.CD and
 * ID, all but time (ctx.c).
 */
#include "mmu/state.h"
#include "mmu/walk.h"

enum { TLB_TAG_S2_ARRAY = REGIME_EL10 | TLB_TAG_S2_ON };

/* SL0 counts levels up from the lowest that may start: 3, but 2 for 4 KiB granules. -1: reserved. */
static int start_level(const struct pe *c, unsigned page_shift, unsigned sl0)
{
    static const uint8_t min_pa_bits[] = { [12] = 44, [14] = 42, [16] = 44 };

    if (sl0 == 3 || (sl0 == 2 && walk_pa_bits(c) < min_pa_bits[page_shift]))
        return -1;
    return (int)((page_shift == 12 ? 2 : 3) - sl0);
}

/* The start level must resolve the input size with at most 16 concatenated tables. */
static bool size_fits(unsigned page_shift, int level, unsigned ia_bits)
{
    unsigned stride = page_shift - 3;
    unsigned min = (3 - (unsigned)level) * stride + page_shift + 1;

    return ia_bits >= min && ia_bits <= min + stride - 1 + 4;
}

/* The first table and the checks on VTCR_EL2, VTTBR_EL2 and the IPA that come before any read. */
static bool first_table(const struct pe *c, const struct mmu_ctx *x, uint64_t ipaddr, struct walk *w,
                        struct mmu_fault *f)
{
    static const uint8_t tg0[4] = { 12, 16, 14, 12 };
    uint64_t vtcr = x->key.vtcr;
    unsigned t0sz = (unsigned)bits(vtcr, 5, 0), ia_bits = 64 - t0sz;
    unsigned page_shift = tg0[bits(vtcr, 15, 14)];
    int level = start_level(c, page_shift, (unsigned)bits(vtcr, 7, 6));

    if (t0sz < 16 || t0sz > 39 || level < 0 || !size_fits(page_shift, level, ia_bits) || ipaddr >> ia_bits)
        return fault_s2(f, FSC_TRANSLATION, 0, ipaddr);
    *w = (struct walk){ .page_shift = (uint8_t)page_shift,
                        .oa_bits = (uint8_t)walk_oa_bits(c, (unsigned)bits(vtcr, 18, 16)),
                        .level = (uint8_t)level,
                        .index_top = (uint8_t)(ia_bits - 1) };
    return walk_start(w, x->key.vttbr) || fault_s2(f, FSC_ADDRESS_SIZE, 0, ipaddr);
}

static void leaf_of(const struct pe *c, const struct walk *w, uint64_t desc, struct s2_leaf *leaf)
{
    unsigned shift = walk_leaf_shift(w, desc);
    bool xnx = bits(c->sr[SR_ID_AA64MMFR1_EL1], 31, 28) != 0;

    *leaf = (struct s2_leaf){ .out = bits(desc, 47, shift) << shift,
                              .shift = (uint8_t)shift,
                              .level = w->level,
                              .ap = (uint8_t)bits(desc, 7, 6),
                              .xn = (uint8_t)(bits(desc, 54, 53) & (xnx ? 3 : 2)),
                              .memattr = (uint8_t)bits(desc, 5, 2),
                              .sh = (uint8_t)bits(desc, 9, 8) };
}

static bool walk_tables(struct pe *c, const struct mmu_ctx *x, uint64_t ipaddr, struct s2_leaf *leaf,
                        struct mmu_fault *f)
{
    enum walk_step step;
    struct walk w;
    uint64_t desc;

    if (!first_table(c, x, ipaddr, &w, f))
        return false;
    do {
        if (!walk_read(c, walk_descriptor_at(&w, ipaddr), false, &desc))
            return fault_s2(f, FSC_EXTERNAL_WALK, w.level, ipaddr);
        step = walk_step(&w, desc, f);
    } while (step == WALK_NEXT);
    if (step == WALK_FAULT)
        return fault_s2(f, f->fsc, 0, ipaddr);
    leaf_of(c, &w, desc, leaf);
    return true;
}

bool s2_find(struct pe *c, const struct mmu_ctx *x, uint64_t ipaddr, struct s2_leaf *leaf,
             struct mmu_fault *f)
{
    struct tlb_array *a = &c->mmu->tlb.s2;
    struct tlb_key k = { .addr = ipaddr, .vmid = x->vmid, .tag = TLB_TAG_S2_ARRAY };
    const struct tlb_entry *e = tlb_lookup(a, &k);

    if (e) {
        c->ctr[CTR_ipa_cache_hit] += !c->mmu->walk_known;
        *leaf = e->s2;
        return true;
    }
    if (!walk_tables(c, x, ipaddr, leaf, f))
        return false;
    if (!c->mmu->walk_known && a->entries)
        tlb_insert(c, a, &k, leaf->shift, &(struct tlb_entry){ .global = true, .s2 = *leaf });
    return true;
}

void s2_flat(uint64_t ipaddr, unsigned shift, struct s2_leaf *leaf)
{
    /* Normal Write-Back and Non-shareable take nothing away from stage 1. */
    *leaf = (struct s2_leaf){
        .out = ipaddr >> shift << shift, .shift = (uint8_t)shift, .ap = 3, .memattr = 15
    };
}

bool s2_descriptor(struct pe *c, const struct mmu_ctx *x, uint64_t ipaddr, uint64_t *phys,
                   struct mmu_fault *f)
{
    struct s2_leaf leaf;

    f->s1ptw = true;
    if (!s2_find(c, x, ipaddr, &leaf, f))
        return false;
    /* A walk reads; HCR_EL2.PTW forbids it Device memory (AArch64.S2CheckPermissions). */
    if (!(leaf.ap & 1) || ((x->key.hcr & HCR_PTW) && !(leaf.memattr >> 2)))
        return fault_s2(f, FSC_PERMISSION, leaf.level, ipaddr);
    f->s1ptw = false;
    *phys = leaf.out | low_bits(ipaddr, leaf.shift);
    return true;
}
