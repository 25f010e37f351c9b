/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file walk.c
 * The steps that stage 1 and stage 2 walks have in common: granules, levels, descriptor types, output
 * address checks, and the reads themselves. DDI 0487, D8.2 and D8.3; pseudocode AArch64.TTBaseAddress,
 * AArch64.TTEntryAddress, AArch64.DecodeDescriptorType, AArch64.OAOutOfRange.
 *
 * Does NOT model: big-endian tables (SCTLR_ELx.EE), 52-bit addresses, hardware update of AF and dirty
 * state.
 */
#include "mmu/walk.h"

#include <endian.h>
#include <string.h>

#include "core/machine.h"
#include "mmu/charge.h"
#include "mmu/state.h"

/* The first level with blocks: 1 for 4 KiB granules, 2 for the others. */
static unsigned first_block_level(const struct walk *w)
{
    return w->page_shift == 12 ? 1 : 2;
}

/* log2 of how many adjacent entries a contiguous bit joins (D8.6.1). */
static unsigned contig_bits(const struct walk *w)
{
    if (w->page_shift == 14)
        return w->level == 3 ? 7 : 5;
    return w->page_shift == 12 ? 4 : 5;
}

unsigned walk_pa_bits(const struct pe *c)
{
    static const uint8_t bits_of[] = { 32, 36, 40, 42, 44, 48 };
    uint64_t range = bits(c->sr[SR_ID_AA64MMFR0_EL1], 3, 0);

    return range < sizeof(bits_of) ? bits_of[range] : 48;
}

unsigned walk_oa_bits(const struct pe *c, unsigned ps)
{
    static const uint8_t bits_of[8] = { 32, 36, 40, 42, 44, 48, 48, 48 };
    unsigned implemented = walk_pa_bits(c);

    return bits_of[ps & 7] < implemented ? bits_of[ps & 7] : implemented;
}

bool walk_start(struct walk *w, uint64_t table)
{
    unsigned size_log2 = w->index_top + 1 - walk_level_shift(w, w->level) + 3;

    w->base = bits(table, 47, 1) << 1;
    if (w->base >> w->oa_bits)
        return false;
    w->base = w->base >> size_log2 << size_log2;
    return true;
}

uint64_t walk_descriptor_at(const struct walk *w, uint64_t input)
{
    return w->base + (bits(input, w->index_top, walk_level_shift(w, w->level)) << 3);
}

unsigned walk_leaf_shift(const struct walk *w, uint64_t desc)
{
    return walk_level_shift(w, w->level) + (desc & DESC_CONTIG ? contig_bits(w) : 0);
}

static bool desc_is_leaf(const struct walk *w, uint64_t desc)
{
    if (w->level == 3)
        return bits(desc, 1, 0) == DESC_PAGE;
    return bits(desc, 1, 0) == DESC_BLOCK && w->level >= first_block_level(w);
}

static enum walk_step step_fault(const struct walk *w, unsigned fsc, struct mmu_fault *f)
{
    f->fsc = (uint8_t)(fsc + w->level);
    return WALK_FAULT;
}

enum walk_step walk_step(struct walk *w, uint64_t desc, struct mmu_fault *f)
{
    bool leaf = desc_is_leaf(w, desc);
    bool table = w->level < 3 && bits(desc, 1, 0) == DESC_TABLE;

    if (!leaf && !table)
        return step_fault(w, FSC_TRANSLATION, f);
    unsigned low = leaf ? walk_level_shift(w, w->level) : w->page_shift;
    uint64_t out = bits(desc, 47, low) << low;

    if (out >> w->oa_bits)
        return step_fault(w, FSC_ADDRESS_SIZE, f);
    if (leaf)
        return desc & DESC_AF ? WALK_LEAF : step_fault(w, FSC_ACCESS_FLAG, f);
    w->index_top = (uint8_t)(walk_level_shift(w, w->level) - 1);
    w->level++;
    w->base = out;
    return WALK_NEXT;
}

/* Points the window at the RAM or ROM that holds pa. */
static bool move_window(struct pe *c, uint64_t addr, bool secure)
{
    const struct bus_region *r = bus_find(c->m->bus, pa(addr));

    if (!r || !r->host || (r->secure_only && !secure))
        return false;
    c->mmu->walk = (struct walk_window){ r->base, r->size, r->host, r->secure_only, r->id };
    return true;
}

static void charge(struct pe *c, const struct walk_window *w, uint64_t addr)
{
    const uint64_t off = addr - w->base;
    struct line_map *lines;

    c->ctr[CTR_walk_access]++;
    if (!c->memory)
        return;
    lines = memory_lines(c->memory, w->region, off >> AVS_PAGE_SHIFT, w->size >> AVS_PAGE_SHIFT);
    if (lines)
        charge_walk_read(c, addr, lines);
}

bool walk_read(struct pe *c, uint64_t addr, bool secure, uint64_t *desc)
{
    const struct walk_window *w = &c->mmu->walk;
    uint64_t raw;

    if (unlikely(addr - w->base >= w->size || (w->secure_only && !secure))) {
        if (!move_window(c, addr, secure))
            return false;
    }
    if (!c->mmu->walk_known)
        charge(c, w, addr);
    memcpy(&raw, w->host + (addr - w->base), sizeof(raw));
    *desc = le64toh(raw);
    return true;
}
