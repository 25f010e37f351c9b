/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fast.h
 * The fast TLB: VA page to host pointer, direct-mapped, tagged by translation context. It is a shortcut in
 * front of the modelled TLB (tlb.h) and never decides anything: a slot lives only while the modelled entry
 * that backs it (its `owner`) lives. Slots of one owner are linked, so that dropping an owner is exact and
 * cheap.
 *
 * A tag is the VA page and the number of the context; FAST_NONE never matches. The low bits are clear, so
 * that what an access compares, its address's low bits kept, equals no tag when it is misaligned. A slot
 * whose owner is not in the micro-TLB (mmu/utlb.h) is parked: FAST_PARKED in its tag, until an access
 * revives it.
 *
 *      63                                        12 11     10             4 3           0
 *     +--------------------------------------------+------+----------------+-------------+
 *     | virtual page                               |parked| context        | 0           |
 *     +--------------------------------------------+------+----------------+-------------+
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/addr.h"

struct pe;
struct op;
struct line_map;

enum {
    FAST_DATA_COUNT = 512,
    FAST_FETCH_COUNT = 256,
    FAST_CTX_COUNT = 64,      /* Context numbers 1..63; 0 is never a live context. */
    FAST_CTX_SHIFT = 4,       /* A tag holds number << 4: its low 4 bits are clear. */
    FAST_OWNER_FLAT = 0xffff, /* No modelled entry behind it: both stages off. */
    FAST_LINK_NONE = 0,       /* Slots are linked by number + 1. */
};

#define FAST_NONE UINT64_C(0xfff)
#define FAST_PARKED UINT64_C(0x800)

struct fast_slot {
    uint64_t tag_r;  /* Loads may use it. */
    uint64_t tag_w;  /* Stores may use it: FAST_NONE for read-only and for pages with decoded code. */
    uint64_t addend; /* Host address = VA + addend. */
    struct line_map *lines; /* Which of the page's lines are in L1D (timing/memory.h). */
};

/* What only the slow ways need to know of a data slot. */
struct fast_meta {
    uint16_t owner;      /* Modelled TLB entry. */
    uint16_t next, prev; /* Slots of the same owner: data slots are 1.., fetch slots follow them. */
    bool writable;       /* The translation allows stores, whatever tag_w says. */
    bool unaligned;      /* Normal memory and no alignment checking: misaligned accesses are fine too. */
};

struct fast_fetch {
    uint64_t tag;
    struct op *ops;         /* Decoded ops of the page. */
    struct line_map *lines; /* Which of the page's lines are in L1I. */
    uint16_t owner;
    uint16_t next, prev;
    bool guarded; /* A guarded page: indirect branches into it are checked (arch/bti.c). */
};

/* Slots by page, with the contexts spread: `ctx` is a tag's context field, as pe.dctx and pe.ictx hold it.
 */
static inline unsigned fast_index(uint64_t va, uint64_t ctx)
{
    return (unsigned)((va >> AVS_PAGE_SHIFT) ^ (ctx >> 1)) & (FAST_DATA_COUNT - 1);
}

static inline unsigned fast_fetch_index(uint64_t va, uint64_t ctx)
{
    return (unsigned)((va >> AVS_PAGE_SHIFT) ^ (ctx >> 1)) & (FAST_FETCH_COUNT - 1);
}

/* Drops every slot that modelled entry `owner` backs. Called by tlb.c on eviction and invalidation. */
void fast_drop_owner(struct pe *c, uint16_t owner);
/* Drops everything. */
void fast_drop_all(struct pe *c);
/* Takes the store permission away from slots that map this host page: it holds decoded code now. */
void fast_protect_page(struct pe *c, const uint8_t *host_page);
/* Fill the slot of a page. `host` is the host address of the page's first byte. */
struct fast_page {
    uint8_t *host;
    struct line_map *lines;
    uint16_t owner;
    bool readable, writable, has_code, unaligned;
};
void fast_fill_data(struct pe *c, uint64_t va, uint64_t ctx, const struct fast_page *page);
void fast_fill_fetch(struct pe *c, uint64_t va, uint64_t ctx, struct op *ops, struct line_map *lines,
                     uint16_t owner, bool guarded);
/* Parks every slot of an owner that left the micro-TLB of data accesses, or of fetches (mmu/utlb.h). */
void fast_park_owner(struct pe *c, uint16_t owner, bool fetch);
