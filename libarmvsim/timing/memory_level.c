/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file memory_level.c
 * The ways of a line between L1, the caches below it, DRAM, and the L1D caches of other PEs. Modified lines
 * that another PE reads are written back and shared, as in MESI.
 */
#include "timing/memory_impl.h"

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

uint32_t level_latency(const struct memory *m, unsigned i)
{
    return i < m->level_count ? m->level[i]->latency : m->sys->dram_latency;
}

uint64_t dram_read(struct memory *m, enum channel_use use, uint64_t t)
{
    m->counts.bus_access++;
    return channel_take(&m->sys->dram, m->index, use, t) + m->sys->dram_latency;
}

uint64_t dram_write(struct memory *m, uint64_t t)
{
    m->counts.bus_access++;
    return channel_take(&m->sys->dram, m->index, CHANNEL_DEMAND, t);
}

/* Only L2 has a column in the ledger. */
static void tell_left(struct memory *m, unsigned i, const struct cache_way *w)
{
    if (m->level[i]->number == 2)
        after_left(m->after, AFTER_L2, cache_line_of(w));
}

void level_drop(struct memory *m, unsigned i, struct cache_way *w)
{
    tell_left(m, i, w);
    cache_drop(w);
}

uint64_t level_read(struct memory *m, unsigned i, uint64_t line, enum channel_use use, uint64_t t)
{
    struct memory_level *v;
    struct cache_way *w;
    uint64_t ready;

    if (i == m->level_count)
        return dram_read(m, use, t);
    v = m->level[i];
    m->level_counts[i].access++;
    t = channel_take(&v->channel, m->index, use, t);
    w = cache_find(&v->cache, line);
    if (w) {
        cache_touch(&v->cache, w);
        return t + v->latency;
    }
    m->level_counts[i].refill++;
    ready = level_read(m, i + 1, line, use, t);
    level_fill(m, i, line, false, t);
    return ready;
}

uint64_t level_fill(struct memory *m, unsigned i, uint64_t line, bool dirty, uint64_t t)
{
    struct cache *c = &m->level[i]->cache;
    struct cache_way *w = cache_victim(c, line);
    uint64_t taken = t;

    if (cache_valid(w) && cache_dirty(w)) {
        m->level_counts[i].writeback++;
        taken = level_write(m, i + 1, cache_line_of(w), t);
    }
    if (cache_valid(w))
        tell_left(m, i, w);
    cache_fill(c, w, line, dirty);
    if (m->level[i]->number == 2)
        after_filled(m->after, AFTER_L2, line);
    return taken;
}

uint64_t level_write(struct memory *m, unsigned i, uint64_t line, uint64_t t)
{
    struct cache_way *w;

    if (i == m->level_count)
        return dram_write(m, t);
    m->level_counts[i].access++;
    w = cache_find(&m->level[i]->cache, line);
    if (!w)
        return level_fill(m, i, line, true, t);
    cache_touch(&m->level[i]->cache, w);
    cache_set_dirty(w, true);
    return t;
}

/* What peer p's L1D has of a line. */
static enum held snoop_l1d(struct memory *p, uint64_t line, bool take, uint64_t t)
{
    struct cache_way *w = cache_find(&p->l1d, line);
    bool dirty;

    if (!w)
        return HELD_NONE;
    dirty = w->map->owned & line_bit(line);
    if (take) {
        l1d_drop(p, w);
    } else if (dirty) {
        w->map->owned &= ~line_bit(line);
        p->counts.l1d_writeback++;
        level_write(p, 0, line, t);
    }
    return dirty ? HELD_DIRTY : HELD_CLEAN;
}

/* What the caches below, of peer p alone, have of it. */
static enum held snoop_levels(struct memory *p, uint64_t line, bool take, uint64_t t)
{
    enum held held = HELD_NONE;

    for (unsigned i = 0; i < p->level_count && !p->level[i]->shared; i++) {
        struct cache_way *w = cache_find(&p->level[i]->cache, line);
        bool dirty = w && cache_dirty(w);

        if (!w)
            continue;
        if (take) {
            level_drop(p, i, w);
        } else if (dirty) {
            cache_set_dirty(w, false);
            p->level_counts[i].writeback++;
            level_write(p, i + 1, line, t);
        }
        held = dirty || held == HELD_DIRTY ? HELD_DIRTY : HELD_CLEAN;
    }
    return held;
}

enum held snoop(struct memory *m, uint64_t line, bool take, uint64_t t)
{
    enum held held = HELD_NONE;

    if (m->sys->pe_count == 1)
        return HELD_NONE;
    for (unsigned i = 0; i < m->sys->pe_count; i++) {
        struct memory *p = m->sys->pe[i];
        enum held l1, below;

        if (p == m)
            continue;
        if (take)
            prefetch_drop(&p->prefetch, line);
        l1 = snoop_l1d(p, line, take, t);
        below = snoop_levels(p, line, take, t);
        held = l1 > held ? l1 : held;
        held = below > held ? below : held;
    }
    m->counts.snoop += held == HELD_DIRTY;
    return held;
}

/* Another PE's line goes into the caches that are this PE's alone as well. */
static void fill_private(struct memory *m, uint64_t line, uint64_t t)
{
    for (unsigned i = 0; i < m->level_count && !m->level[i]->shared; i++)
        if (!cache_find(&m->level[i]->cache, line))
            level_fill(m, i, line, false, t);
}

uint64_t read_coherent(struct memory *m, uint64_t line, bool take, uint64_t t)
{
    enum held held = snoop(m, line, take, t);

    if (held == HELD_DIRTY) {
        fill_private(m, line, t);
        return t + m->snoop_latency;
    }
    if (held == HELD_CLEAN && take)
        return later(level_read(m, 0, line, CHANNEL_DEMAND, t), t + m->snoop_latency);
    return level_read(m, 0, line, CHANNEL_DEMAND, t);
}

void l1d_drop(struct memory *m, struct cache_way *w)
{
    uint64_t bit = line_bit(cache_line_of(w));

    after_left(m->after, AFTER_L1D, cache_line_of(w));
    w->map->present &= ~bit;
    w->map->owned &= ~bit;
    cache_drop(w);
}

void l1i_drop(struct memory *m, struct cache_way *w)
{
    after_left(m->after, AFTER_L1I, cache_line_of(w));
    w->map->fetched &= ~line_bit(cache_line_of(w));
    cache_drop(w);
}

void l1d_fill(struct memory *m, struct line_map *map, uint64_t line, bool owned, uint64_t t)
{
    struct cache_way *w = cache_victim(&m->l1d, line);

    if (cache_valid(w)) {
        uint64_t old = cache_line_of(w);
        bool dirty = w->map->owned & line_bit(old);

        l1d_drop(m, w);
        if (dirty) {
            m->counts.l1d_writeback++;
            level_write(m, 0, old, t);
        }
    }
    cache_fill(&m->l1d, w, line, false);
    w->map = map;
    map->present |= line_bit(line);
    after_filled(m->after, AFTER_L1D, line);
    if (owned)
        map->owned |= line_bit(line);
}

void l1i_fill(struct memory *m, struct line_map *map, uint64_t line)
{
    struct cache_way *w = cache_victim(&m->l1i, line);

    if (cache_valid(w))
        l1i_drop(m, w);
    cache_fill(&m->l1i, w, line, false);
    w->map = map;
    map->fetched |= line_bit(line);
    after_filled(m->after, AFTER_L1I, line);
}
