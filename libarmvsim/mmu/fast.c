/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fast.c
 * Filling and dropping of fast-TLB slots (fast.h). Slots of one owner form a list through slot numbers,
 * data slots first, so that the end of a modelled TLB entry ends exactly the slots that it backs.
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
        struct fast_meta *d = &s->dmeta[slot];
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

void fast_fill_data(struct pe *c, uint64_t va, uint64_t ctx, const struct fast_page *p)
{
    struct mmu_state *s = c->mmu;
    uint16_t slot = (uint16_t)fast_index(va, ctx);
    uint64_t page = va & AVS_PAGE_MASK;

    drop_slot(s, slot);
    if (!p->readable && (!p->writable || p->has_code))
        return;
    s->dtlb[slot] = (struct fast_slot){ .tag_r = p->readable ? page | ctx : FAST_NONE,
                                        .tag_w = p->writable && !p->has_code ? page | ctx : FAST_NONE,
                                        .addend = (uintptr_t)p->host - page,
                                        .lines = p->lines };
    s->dmeta[slot].writable = p->writable;
    s->dmeta[slot].unaligned = p->unaligned;
    link_slot(s, slot, p->owner);
}

void fast_fill_fetch(struct pe *c, uint64_t va, uint64_t ctx, struct op *ops, struct line_map *lines,
                     uint16_t owner, bool guarded)
{
    struct mmu_state *s = c->mmu;
    uint16_t i = (uint16_t)fast_fetch_index(va, ctx);

    drop_slot(s, (uint16_t)(FAST_DATA_COUNT + i));
    s->itlb[i].tag = (va & AVS_PAGE_MASK) | ctx;
    s->itlb[i].ops = ops;
    s->itlb[i].lines = lines;
    s->itlb[i].guarded = guarded;
    link_slot(s, (uint16_t)(FAST_DATA_COUNT + i), owner);
}

static void park(uint64_t *tag)
{
    if (*tag != FAST_NONE)
        *tag |= FAST_PARKED;
}

void fast_park_owner(struct pe *c, uint16_t owner, bool fetch)
{
    struct mmu_state *s = c->mmu;

    for (uint16_t link = s->owner_head[owner]; link != FAST_LINK_NONE;) {
        uint16_t slot = (uint16_t)(link - 1);

        if (slot >= FAST_DATA_COUNT && fetch)
            park(&s->itlb[slot - FAST_DATA_COUNT].tag);
        if (slot < FAST_DATA_COUNT && !fetch) {
            park(&s->dtlb[slot].tag_r);
            park(&s->dtlb[slot].tag_w);
        }
        link = *links_of(s, slot).next;
    }
}
