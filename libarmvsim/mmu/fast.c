/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fast.c
 * Filling and dropping of fast-TLB slots (fast.h). Slots of one owner form a list through slot numbers, data
 * slots first, so that the end of a modelled TLB entry ends exactly the slots that it backs.
 */
#include "mmu/fast.h"

#include "core/pe.h"
#include "mmu/state.h"

/* The links of a slot by its number, and what must be cleared for it never to match again. */
struct slot_links {
    uint16_t *owner, *next, *prev;
};

static struct slot_links links_of(struct mmu_state *s, uint16_t slot)
{
    if (slot < FAST_DATA_COUNT) {
        struct fast_slot *d = &s->dtlb[slot];
        return (struct slot_links){ &d->owner, &d->next, &d->prev };
    }
    struct fast_fetch *f = &s->itlb[slot - FAST_DATA_COUNT];
    return (struct slot_links){ &f->owner, &f->next, &f->prev };
}

static bool slot_live(const struct mmu_state *s, uint16_t slot)
{
    if (slot < FAST_DATA_COUNT)
        return s->dtlb[slot].tag_r != FAST_NONE || s->dtlb[slot].tag_w != FAST_NONE;
    return s->itlb[slot - FAST_DATA_COUNT].tag != FAST_NONE;
}

static void slot_clear(struct mmu_state *s, uint16_t slot)
{
    if (slot < FAST_DATA_COUNT) {
        s->dtlb[slot].tag_r = FAST_NONE;
        s->dtlb[slot].tag_w = FAST_NONE;
        return;
    }
    s->itlb[slot - FAST_DATA_COUNT].tag = FAST_NONE;
}

static void unlink_slot(struct mmu_state *s, uint16_t slot)
{
    struct slot_links l = links_of(s, slot);

    if (*l.prev != FAST_LINK_NONE)
        *links_of(s, (uint16_t)(*l.prev - 1)).next = *l.next;
    else
        s->owner_head[*l.owner] = *l.next;
    if (*l.next != FAST_LINK_NONE)
        *links_of(s, (uint16_t)(*l.next - 1)).prev = *l.prev;
}

static void link_slot(struct mmu_state *s, uint16_t slot, uint16_t owner)
{
    struct slot_links l = links_of(s, slot);

    *l.owner = owner;
    *l.prev = FAST_LINK_NONE;
    *l.next = s->owner_head[owner];
    if (*l.next != FAST_LINK_NONE)
        *links_of(s, (uint16_t)(*l.next - 1)).prev = (uint16_t)(slot + 1);
    s->owner_head[owner] = (uint16_t)(slot + 1);
}

static void drop_slot(struct mmu_state *s, uint16_t slot)
{
    if (!slot_live(s, slot))
        return;
    unlink_slot(s, slot);
    slot_clear(s, slot);
}

void fast_drop_owner(struct pe *c, uint16_t owner)
{
    struct mmu_state *s = c->mmu;

    while (s->owner_head[owner] != FAST_LINK_NONE)
        drop_slot(s, (uint16_t)(s->owner_head[owner] - 1));
}

void fast_drop_all(struct pe *c)
{
    for (uint16_t i = 0; i < FAST_DATA_COUNT + FAST_FETCH_COUNT; i++)
        drop_slot(c->mmu, i);
}

void fast_protect_page(struct pe *c, const uint8_t *host_page)
{
    for (unsigned i = 0; i < FAST_DATA_COUNT; i++) {
        struct fast_slot *d = &c->mmu->dtlb[i];
        uint64_t page = d->tag_w & AVS_PAGE_MASK;

        if (d->tag_w == FAST_NONE || page + d->addend != (uintptr_t)host_page)
            continue;
        if (d->tag_r != FAST_NONE)
            d->tag_w = FAST_NONE;
        else
            drop_slot(c->mmu, (uint16_t)i);
    }
}

void fast_fill_data(struct pe *c, uint64_t va, uint64_t ctx, uint8_t *host, uint16_t owner, bool readable,
                    bool writable, bool has_code, bool unaligned)
{
    struct mmu_state *s = c->mmu;
    uint16_t slot = (uint16_t)fast_index(va, ctx);
    struct fast_slot *d = &s->dtlb[slot];
    uint64_t page = va & AVS_PAGE_MASK;

    drop_slot(s, slot);
    if (!readable && (!writable || has_code))
        return;
    d->tag_r = readable ? page | ctx : FAST_NONE;
    d->tag_w = writable && !has_code ? page | ctx : FAST_NONE;
    d->addend = (uintptr_t)host - page;
    d->writable = writable;
    d->unaligned = unaligned;
    link_slot(s, slot, owner);
}

void fast_fill_fetch(struct pe *c, uint64_t va, uint64_t ctx, struct op *ops, uint16_t owner,
                     bool guarded)
{
    struct mmu_state *s = c->mmu;
    uint16_t i = (uint16_t)fast_fetch_index(va, ctx);

    drop_slot(s, (uint16_t)(FAST_DATA_COUNT + i));
    s->itlb[i].tag = (va & AVS_PAGE_MASK) | ctx;
    s->itlb[i].ops = ops;
    s->itlb[i].guarded = guarded;
    link_slot(s, (uint16_t)(FAST_DATA_COUNT + i), owner);
}
