/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file stage1.c
 * Stage 1: VA ranges, the walk, and its disabled form. DDI 0487, D8.2 (translation process), D8.3.1
 * (descriptors), D8.4.2 (hierarchical permissions); pseudocode AArch64.S1Walk, AArch64.VAIsOutOfRange,
 * AArch64.S1InvalidTxSZ, AArch64.S1DisabledOutput.
 *
 * Contexts hold every regime's TCR in the layout of TCR_EL1 (ctx.c), so there is one reading of it here. A
 * reserved granule encoding selects 4 KiB; a TxSZ outside 16..39 is a level 0 translation fault.
 *
 * Does NOT model: FEAT_LPA, FEAT_LVA, FEAT_TTST, FEAT_HAFDBS, SCR_EL3.SIF. TBID: fetch.c.
 */
#include "core/machine.h"
#include "mmu/state.h"
#include "mmu/walk.h"

/* One of the address ranges of a regime, from TTBRn and TCR. */
struct s1_range {
    uint64_t ttbr;
    uint8_t txsz;
    uint8_t page_shift;
    bool upper, tbi, epd, hpd;
};

/* What table descriptors take from everything below them. */
struct s1_tables {
    uint8_t ap;
    bool pxn, uxn, ns;
};

static struct s1_range range_of(const struct mmu_ctx *x, uint64_t vaddr)
{
    static const uint8_t tg0[4] = { 12, 16, 14, 12 };
    static const uint8_t tg1[4] = { 12, 14, 12, 16 };
    uint64_t tcr = x->key.tcr;

    bool upper = x->two_ranges && bit(vaddr, 55);

    if (upper)
        return (struct s1_range){ .ttbr = x->key.ttbr1,
                                  .txsz = (uint8_t)bits(tcr, 21, 16),
                                  .page_shift = tg1[bits(tcr, 31, 30)],
                                  .upper = true,
                                  .tbi = bit(tcr, 38),
                                  .epd = bit(tcr, 23),
                                  .hpd = bit(tcr, 42) };
    return (struct s1_range){ .ttbr = x->key.ttbr0,
                              .txsz = (uint8_t)bits(tcr, 5, 0),
                              .page_shift = tg0[bits(tcr, 15, 14)],
                              .tbi = bit(tcr, 37),
                              .epd = bit(tcr, 7),
                              .hpd = bit(tcr, 41) };
}

bool s1_input_ok(const struct pe *c, const struct mmu_ctx *x, uint64_t vaddr, struct mmu_fault *f)
{
    struct s1_range range = range_of(x, vaddr);
    unsigned top = range.tbi ? 55 : 63;

    if (!x->s1_on)
        return !bits(vaddr, top, walk_pa_bits(c)) || fault_s1(f, FSC_ADDRESS_SIZE, 0);
    if (range.txsz < 16 || range.txsz > 39)
        return fault_s1(f, FSC_TRANSLATION, 0);
    unsigned low = 64u - range.txsz;
    uint64_t want = range.upper ? MASK(top, low) >> low : 0;

    return bits(vaddr, top, low) == want || fault_s1(f, FSC_TRANSLATION, 0);
}

/* D8.4.2: APTable, PXNTable, UXNTable and NSTable hold for all that is reached through the table. */
static void add_table(struct s1_tables *t, const struct mmu_ctx *x, bool hpd, uint64_t desc)
{
    if (x->key.secure && bit(desc, 63))
        t->ns = true;
    if (hpd)
        return;
    t->ap |= (uint8_t)bits(desc, 62, 61);
    t->uxn |= bit(desc, 60);
    t->pxn |= bit(desc, 59);
}

static void leaf_permissions(struct s1_leaf *leaf, const struct mmu_ctx *x, const struct s1_tables *t,
                             uint64_t desc)
{
    bool user = bit(desc, 6) && !(t->ap & 1);
    bool read_only = bit(desc, 7) || (t->ap & 2);

    leaf->ap = (uint8_t)(user | read_only << 1);
    leaf->uxn = bit(desc, 54) || t->uxn;
    leaf->pxn = bit(desc, 53) || t->pxn;
    /* A Secure walk that went through Non-secure tables gives entries of the current ASID alone. */
    leaf->ng = x->two_ranges && (bit(desc, 11) || t->ns);
    leaf->ns = !x->key.secure || t->ns || bit(desc, 5);
}

static void leaf_of(struct pe *c, struct s1_leaf *leaf, const struct mmu_ctx *x, const struct walk *w,
                    const struct s1_tables *t, uint64_t desc)
{
    unsigned shift = walk_leaf_shift(w, desc);

    leaf->out = bits(desc, 47, shift) << shift;
    leaf->shift = (uint8_t)shift;
    leaf->level = w->level;
    leaf->attr = (uint8_t)(x->key.mair >> (8 * bits(desc, 4, 2)));
    leaf->sh = (uint8_t)bits(desc, 9, 8);
    leaf->gp = c->m->has_bti && (desc & DESC_GP);
    leaf_permissions(leaf, x, t, desc);
}

/* A descriptor of stage 1 is read at an IPA while stage 2 is on. */
static bool read_descriptor(struct pe *c, const struct mmu_ctx *x, const struct walk *w, uint64_t at,
                            bool ns, uint64_t *desc, struct mmu_fault *f)
{
    if (x->s2_on && !s2_descriptor(c, x, at, &at, f))
        return false;
    if (!walk_read(c, at, x->key.secure && !ns, desc))
        return fault_s1(f, FSC_EXTERNAL_WALK, w->level);
    return true;
}

static struct walk first_table(const struct pe *c, const struct mmu_ctx *x, const struct s1_range *range)
{
    unsigned ia_bits = 64u - range->txsz;
    unsigned stride = range->page_shift - 3u;
    unsigned levels = (ia_bits - range->page_shift + stride - 1) / stride;

    return (struct walk){ .page_shift = range->page_shift,
                          .oa_bits = (uint8_t)walk_oa_bits(c, (unsigned)bits(x->key.tcr, 34, 32)),
                          .level = (uint8_t)(4 - levels),
                          .index_top = (uint8_t)(ia_bits - 1) };
}

/* The level whose table the walk cache knows; 0 when it knows none. What comes before costs nothing. */
static unsigned known_level(struct pe *c, const struct tlb_key *k)
{
    const struct tlb_entry *e = c->memory ? tlb_lookup(&c->mmu->tlb.walk, k) : NULL;

    if (!e)
        return 0;
    c->ctr[CTR_walk_cache_hit]++;
    return e->s1.level;
}

static void know_level(struct pe *c, const struct tlb_key *k, const struct walk *w)
{
    tlb_insert(c, &c->mmu->tlb.walk, k, w->index_top + 1u,
               &(struct tlb_entry){ .cover = (uint8_t)(w->index_top + 1), .s1.level = w->level });
}

bool s1_walk(struct pe *c, const struct mmu_ctx *x, uint64_t vaddr, struct s1_leaf *leaf,
             struct mmu_fault *f)
{
    const struct tlb_key k = mmu_tlb_key(x, vaddr);
    const unsigned known = known_level(c, &k);
    struct s1_range range = range_of(x, vaddr);
    struct walk w = first_table(c, x, &range);
    struct s1_tables tables = { 0 };
    enum walk_step step;
    uint64_t desc;
    const unsigned first = w.level;

    f->stage2 = false;
    if (range.epd)
        return fault_s1(f, FSC_TRANSLATION, 0);
    if (!walk_start(&w, range.ttbr))
        return fault_s1(f, FSC_ADDRESS_SIZE, 0);
    do {
        c->mmu->walk_known = w.level < known;
        if (!read_descriptor(c, x, &w, walk_descriptor_at(&w, vaddr), tables.ns, &desc, f)) {
            c->mmu->walk_known = false;
            return false;
        }
        step = walk_step(&w, desc, f);
        if (step == WALK_NEXT)
            add_table(&tables, x, range.hpd, desc);
    } while (step == WALK_NEXT);
    c->mmu->walk_known = false;
    if (step == WALK_FAULT)
        return false;
    if (c->memory && w.level > first && w.level != known && c->mmu->tlb.walk.entries)
        know_level(c, &k, &w);
    leaf_of(c, leaf, x, &w, &tables, desc);
    return true;
}

void s1_flat(const struct mmu_ctx *x, uint64_t vaddr, unsigned shift, bool fetch, struct s1_leaf *leaf)
{
    bool cacheable = x->key.hcr & HCR_DC;

    *leaf = (struct s1_leaf){ .out = bits(vaddr, 55, shift) << shift,
                              .shift = (uint8_t)shift,
                              .attr = cacheable ? 0xff
                                      : fetch   ? 0x44
                                                : 0x00,
                              .sh = cacheable ? 0 : 2,
                              .ns = !x->key.secure };
}
