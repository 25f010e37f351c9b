/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file tlb.c
 * Lookup, replacement and invalidation of the modelled TLB (tlb.h). Entries of every size share one array,
 * each in the set that its own size selects; a mask of the sizes in use keeps lookups short. DDI 0487,
 * D8.16 and D8.17 (scope of TLB maintenance).
 *
 * Does NOT model: conflict aborts, locked entries, the time of a lookup.
 */
#include "mmu/tlb.h"

#include <stdlib.h>
#include <string.h>

#include "core/bits.h"
#include "mmu/fast.h"
#include "mmu/utlb.h"
#include "timing/after.h"
#include "timing/timing.h"

#define ADDR_NONE UINT64_MAX /* No address has bits above 55. */

static void array_reset(struct tlb_array *a)
{
    for (uint32_t i = 0; i < a->entries; i++)
        a->entry[i].addr = ADDR_NONE;
    if (a->valid)
        memset(a->valid, 0, (a->entries + 63) / 64 * sizeof(*a->valid));
    memset(a->of_shift, 0, sizeof(a->of_shift));
    a->live = a->split = 0;
    a->shifts = 0;
}

static bool array_init(struct tlb_array *a, unsigned entries, unsigned ways, uint64_t seed)
{
    *a = (struct tlb_array){ .ways = ways };
    if (!entries)
        return true; /* There is none: it never hits, and nothing is put in. */
    if (!ways || entries < ways || entries > TLB_MAX_ENTRIES)
        return false;
    a->sets = entries / ways;
    a->entries = a->sets * ways;
    a->random = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
    a->entry = calloc(a->entries, sizeof(*a->entry));
    a->valid = calloc((a->entries + 63) / 64, sizeof(*a->valid));
    if (!a->entry || !a->valid)
        return false;
    array_reset(a);
    return true;
}

static void array_free(struct tlb_array *a)
{
    free(a->entry);
    free(a->valid);
    *a = (struct tlb_array){ 0 };
}

bool tlb_init(struct tlb *t, const struct core_translation *k, uint64_t seed)
{
    bool main_ok = array_init(&t->main, k->tlb_entries, k->tlb_ways, seed);
    bool s1_ok = array_init(&t->s1, TLB_S1_ENTRIES, TLB_S1_WAYS, seed + 1);
    bool s2_ok = array_init(&t->s2, k->ipa_entries, k->ipa_ways, seed + 2);
    bool walk_ok = array_init(&t->walk, k->walk_entries, k->walk_ways, seed + 3);

    t->main.backs_fast = true;
    if (main_ok && s1_ok && s2_ok && walk_ok)
        return true;
    tlb_free(t);
    return false;
}

void tlb_free(struct tlb *t)
{
    array_free(&t->main);
    array_free(&t->s1);
    array_free(&t->s2);
    array_free(&t->walk);
}

void tlb_reset(struct tlb *t)
{
    array_reset(&t->main);
    array_reset(&t->s1);
    array_reset(&t->s2);
    array_reset(&t->walk);
}

static struct tlb_entry *set_of(struct tlb_array *a, uint64_t addr, unsigned shift)
{
    uint64_t page = addr >> shift;
    uint64_t set = (a->sets & (a->sets - 1)) ? page % a->sets : page & (a->sets - 1);

    return &a->entry[set * a->ways];
}

static uint64_t addr_word(uint64_t addr, unsigned shift)
{
    return addr >> shift << shift | shift;
}

struct tlb_entry *tlb_lookup(struct tlb_array *a, const struct tlb_key *k)
{
    for (uint64_t left = a->shifts; left; left &= left - 1) {
        unsigned shift = (unsigned)__builtin_ctzll(left);
        uint64_t word = addr_word(k->addr, shift);
        struct tlb_entry *e = set_of(a, k->addr, shift);

        for (struct tlb_entry *end = e + a->ways; e < end; e++) {
            if (e->addr == word && e->tag == k->tag && e->vmid == k->vmid &&
                (e->global || e->asid == k->asid))
                return e;
        }
    }
    return NULL;
}

uint64_t tlb_entry_name(const struct tlb_entry *e)
{
    return e->addr ^
           ((uint64_t)e->asid << 32 | (uint64_t)e->vmid << 8 | e->tag) * UINT64_C(0x9e3779b97f4a7c15);
}

static void count_entry(struct tlb_array *a, const struct tlb_entry *e, int by)
{
    unsigned shift = tlb_shift(e);
    uint32_t i = tlb_index(a, e);

    a->live += (uint32_t)by;
    a->split += e->cover > shift ? (uint32_t)by : 0;
    a->of_shift[shift] += (uint32_t)by;
    a->shifts = a->of_shift[shift] ? a->shifts | BIT(shift) : a->shifts & ~BIT(shift);
    a->valid[i / 64] ^= BIT(i % 64);
}

static void drop_entry(struct pe *c, struct tlb_array *a, struct tlb_entry *e)
{
    if (a->backs_fast) {
        after_left(c->after, AFTER_TLB, tlb_entry_name(e));
        utlb_forget(c, tlb_index(a, e));
    }
    count_entry(a, e, -1);
    e->addr = ADDR_NONE;
    if (a->backs_fast)
        fast_drop_owner(c, tlb_index(a, e));
}

/* xorshift64: the same seed gives the same victims on every host. */
static uint32_t next_random(struct tlb_array *a)
{
    a->random ^= a->random << 13;
    a->random ^= a->random >> 7;
    a->random ^= a->random << 17;
    return (uint32_t)(a->random >> 32);
}

static struct tlb_entry *victim(struct pe *c, struct tlb_array *a, struct tlb_entry *set)
{
    for (uint32_t w = 0; w < a->ways; w++) {
        if (set[w].addr == ADDR_NONE)
            return &set[w];
    }
    struct tlb_entry *e = &set[next_random(a) % a->ways];

    drop_entry(c, a, e);
    return e;
}

struct tlb_entry *tlb_insert(struct pe *c, struct tlb_array *a, const struct tlb_key *k, unsigned shift,
                             const struct tlb_entry *body)
{
    struct tlb_entry *e = victim(c, a, set_of(a, k->addr, shift));

    *e = *body;
    e->addr = addr_word(k->addr, shift);
    e->asid = body->global ? 0 : k->asid;
    e->vmid = k->vmid;
    e->tag = k->tag;
    if (e->cover < shift)
        e->cover = (uint8_t)shift;
    count_entry(a, e, 1);
    if (a->backs_fast)
        after_filled(c->after, AFTER_TLB, tlb_entry_name(e));
    return e;
}

static bool asid_matches(const struct tlb_entry *e, const struct tlb_match *m)
{
    switch (m->asid_rule) {
    case TLB_ASID_OR_GLOBAL:
        return e->global || e->asid == m->asid;
    case TLB_ASID_ONLY:
        return !e->global && e->asid == m->asid;
    default:
        return true;
    }
}

static bool address_matches(const struct tlb_entry *e, const struct tlb_match *m)
{
    uint64_t first = e->addr >> e->cover << e->cover;

    return first <= m->last && (first | (BIT(e->cover) - 1)) >= m->addr;
}

static bool entry_matches(const struct tlb_entry *e, const struct tlb_match *m)
{
    if (e->addr == ADDR_NONE || ((e->tag ^ m->tag) & TLB_TAG_OWNER))
        return false;
    if (m->by_vmid && e->vmid != m->vmid)
        return false;
    if (m->by_addr && !address_matches(e, m))
        return false;
    return asid_matches(e, m);
}

static void invalidate_everywhere(struct pe *c, struct tlb_array *a, const struct tlb_match *m)
{
    for (uint32_t word = 0; word < (a->entries + 63) / 64; word++) {
        for (uint64_t left = a->valid[word]; left; left &= left - 1) {
            struct tlb_entry *e = &a->entry[word * 64 + (unsigned)__builtin_ctzll(left)];
            if (entry_matches(e, m))
                drop_entry(c, a, e);
        }
    }
}

static void invalidate_sets(struct pe *c, struct tlb_array *a, const struct tlb_match *m)
{
    for (uint64_t left = a->shifts; left; left &= left - 1) {
        struct tlb_entry *set = set_of(a, m->addr, (unsigned)__builtin_ctzll(left));
        for (uint32_t w = 0; w < a->ways; w++) {
            if (entry_matches(&set[w], m))
                drop_entry(c, a, &set[w]);
        }
    }
}

void tlb_invalidate(struct pe *c, struct tlb_array *a, const struct tlb_match *m)
{
    if (!a->live)
        return;
    /* A block that was split for a smaller stage-2 page has entries in any set; so has a range. */
    if (m->by_addr && !a->split && (m->addr ^ m->last) >> 12 == 0)
        invalidate_sets(c, a, m);
    else
        invalidate_everywhere(c, a, m);
}
