/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file utlb.c
 * Filling and emptying of the micro-TLBs (utlb.h).
 */
#include "mmu/utlb.h"

#include <string.h>

#include "core/bits.h"
#include "mmu/fast.h"
#include "mmu/state.h"
#include "timing/after.h"

void utlb_init(struct utlb *u, unsigned entries)
{
    memset(u, 0, sizeof(*u));
    u->size = entries < UTLB_ENTRIES_MAX ? entries : UTLB_ENTRIES_MAX;
}

static struct utlb *utlb_of(struct pe *c, bool fetch)
{
    return fetch ? &c->mmu->utlb_instr : &c->mmu->utlb_data;
}

static bool is_in(const struct utlb *u, uint16_t owner)
{
    return u->in[owner / 64] >> (owner % 64) & 1;
}

/* For timing/after.h: the main TLB's entry, and which of the two has it. */
static uint64_t name_of(const struct pe *c, bool fetch, uint16_t owner)
{
    return tlb_entry_name(&c->mmu->tlb.main.entry[owner]) * 2 + fetch;
}

static void leave(struct pe *c, struct utlb *u, bool fetch, uint16_t owner)
{
    if (c->after)
        after_left(c->after, AFTER_UTLB, name_of(c, fetch, owner));
    u->in[owner / 64] &= ~BIT(owner % 64);
    fast_park_owner(c, owner, fetch);
}

bool utlb_enter(struct pe *c, bool fetch, uint16_t owner)
{
    struct utlb *u = utlb_of(c, fetch);

    if (!u->size || owner == FAST_OWNER_FLAT || is_in(u, owner))
        return false;
    if (u->count < u->size) {
        u->owner[u->count++] = owner;
    } else {
        leave(c, u, fetch, u->owner[u->next]);
        u->owner[u->next] = owner;
        u->next = u->next + 1 < u->size ? u->next + 1 : 0;
    }
    u->in[owner / 64] |= BIT(owner % 64);
    if (c->after)
        after_filled(c->after, AFTER_UTLB, name_of(c, fetch, owner));
    return true;
}

/* The entry's place becomes the newest's: the ring closes up from the oldest on. */
static void take_out(struct pe *c, bool fetch, uint16_t owner)
{
    struct utlb *u = utlb_of(c, fetch);
    uint16_t left[UTLB_ENTRIES_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < u->count; i++) {
        uint16_t o = u->owner[(u->next + i) % u->count];
        if (o != owner)
            left[count++] = o;
    }
    memcpy(u->owner, left, count * sizeof(*left));
    u->count = count;
    u->next = 0;
    u->in[owner / 64] &= ~BIT(owner % 64);
    if (c->after)
        after_left(c->after, AFTER_UTLB, name_of(c, fetch, owner));
}

void utlb_forget(struct pe *c, uint16_t owner)
{
    if (is_in(&c->mmu->utlb_data, owner))
        take_out(c, false, owner);
    if (is_in(&c->mmu->utlb_instr, owner))
        take_out(c, true, owner);
}

static void empty(struct pe *c, struct utlb *u, bool fetch)
{
    for (uint32_t i = 0; i < u->count; i++)
        leave(c, u, fetch, u->owner[i]);
    u->count = u->next = 0;
}

void utlb_flush(struct pe *c)
{
    empty(c, &c->mmu->utlb_data, false);
    empty(c, &c->mmu->utlb_instr, true);
}
