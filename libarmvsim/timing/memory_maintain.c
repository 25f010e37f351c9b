/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file memory_maintain.c
 * Cache maintenance (DDI 0487, D7.5.9): what DC and IC do to lines. The Point of Unification is the first
 * level below L1, that of Coherency DRAM. By address it reaches all PEs, as in one Inner Shareable
 * domain; by set and way only this PE's caches, and those that it shares.
 *
 * An operation that has something to write back takes a place in the store buffer until it is written; one
 * that has not takes no time but its own.
 */
#include "timing/memory_impl.h"

static bool invalidates(enum memory_op op)
{
    return op == MEMORY_CLEAN_INVALIDATE || op == MEMORY_INVALIDATE;
}

static bool cleans(enum memory_op op)
{
    return op != MEMORY_INVALIDATE;
}

/* One line of one L1D; says whether it had to be written. */
static bool maintain_l1d(struct memory *m, struct cache_way *w, enum memory_op op, uint64_t t)
{
    uint64_t line = cache_line_of(w);
    bool write = cleans(op) && w->map->owned & line_bit(line);

    if (write) {
        w->map->owned &= ~line_bit(line);
        m->counts.l1d_writeback++;
        level_write(m, 0, line, t);
    }
    if (invalidates(op))
        l1d_drop(m, w);
    return write;
}

/* One line of level i of one PE. */
static bool maintain_level(struct memory *m, unsigned i, struct cache_way *w, enum memory_op op, uint64_t t)
{
    bool write = cleans(op) && cache_dirty(w);

    if (write) {
        cache_set_dirty(w, false);
        m->level_counts[i].writeback++;
        level_write(m, i + 1, cache_line_of(w), t);
    }
    if (invalidates(op))
        level_drop(m, i, w);
    return write;
}

/* One line in all caches of one PE down to the point that the operation goes to. */
static bool maintain_pe(struct memory *m, uint64_t line, enum memory_op op, uint64_t t)
{
    struct cache_way *w = cache_find(&m->l1d, line);
    bool written = w && maintain_l1d(m, w, op, t);

    if (invalidates(op))
        prefetch_drop(&m->prefetch, line);
    for (unsigned i = 0; op != MEMORY_CLEAN_POU && i < m->level_count; i++) {
        w = cache_find(&m->level[i]->cache, line);
        written |= w && maintain_level(m, i, w, op, t);
    }
    return written;
}

static void drop_fetched(struct memory *m, uint64_t line)
{
    struct cache_way *w = cache_find(&m->l1i, line);

    if (w)
        l1i_drop(m, w);
    for (unsigned i = 0; i < MEMORY_FETCH_PREFETCH_MAX; i++)
        if (m->ahead.line[i] == line + 1)
            m->ahead.line[i] = 0;
    if (m->nc_fetch == line + 1)
        m->nc_fetch = 0;
}

/* What was written takes a place in the store buffer. */
static uint32_t post(struct memory *m, uint32_t latency, uint64_t now)
{
    uint64_t t = now, *slot = store_slot(m, &t);

    *slot = t + latency;
    m->counts.stall_store += t - now;
    return (uint32_t)(t - now);
}

uint32_t memory_maintain(struct memory *m, enum memory_op op, struct line_map *map, uint64_t pa,
                         uint64_t now)
{
    uint64_t line = pa >> LINE_SHIFT;
    bool written = false;

    if (op == MEMORY_ZERO)
        return memory_store_zero(m, map, line, now);
    if (op != MEMORY_INVALIDATE_INSTR && m->stores.open && m->stores.line == line)
        store_close(m, now);
    for (unsigned i = 0; i < m->sys->pe_count; i++) {
        if (op == MEMORY_INVALIDATE_INSTR)
            drop_fetched(m->sys->pe[i], line);
        else
            written |= maintain_pe(m->sys->pe[i], line, op, now);
    }
    if (!written)
        return 0;
    return post(m, op == MEMORY_CLEAN_POU ? level_latency(m, 0) : m->sys->dram_latency, now);
}

uint32_t memory_maintain_set(struct memory *m, enum memory_op op, unsigned level, uint32_t set,
                             uint32_t way, uint64_t now)
{
    struct cache *c = level == 1 ? &m->l1d : NULL;
    unsigned i = 0;
    struct cache_way *w;
    bool written;

    for (; level != 1 && i < m->level_count && !c; i++)
        if (m->level[i]->number == level)
            c = &m->level[i]->cache;
    if (!c || set >= c->sets || way >= c->ways)
        return 0;
    w = &c->way[(size_t)set * c->ways + way];
    if (!cache_valid(w))
        return 0;
    written = level == 1 ? maintain_l1d(m, w, op, now) : maintain_level(m, i - 1, w, op, now);
    return written ? post(m, level_latency(m, i), now) : 0;
}

static void invalidate_l1i(struct memory *m)
{
    size_t ways = (size_t)m->l1i.sets * m->l1i.ways;

    for (size_t i = 0; i < ways; i++)
        if (cache_valid(&m->l1i.way[i]))
            l1i_drop(m, &m->l1i.way[i]);
    m->ahead = (struct fetch_ahead){ 0 };
    m->nc_fetch = 0;
}

void memory_invalidate_instr(struct memory *m, bool all_pes)
{
    for (unsigned i = 0; i < m->sys->pe_count; i++)
        if (all_pes || m->sys->pe[i] == m)
            invalidate_l1i(m->sys->pe[i]);
}
