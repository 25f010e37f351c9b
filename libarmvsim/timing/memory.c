/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file memory.c
 * The memory system of the PEs: making it, line maps, and the accesses that the maps did not serve, but for
 * stores (memory_store.c).
 */
#include "timing/memory_impl.h"

#include <stdlib.h>

enum { PAGE_LINES_SHIFT = AVS_PAGE_SHIFT - LINE_SHIFT };

struct line_map line_map_all = { .fetched = UINT64_MAX, .present = UINT64_MAX, .owned = UINT64_MAX };
const struct line_map line_map_none;

/* Does another PE have the line modified? The prefetcher leaves it alone then. */
static bool modified_elsewhere(const struct memory *m, uint64_t line)
{
    for (unsigned i = 0; i < m->sys->pe_count; i++) {
        const struct memory *p = m->sys->pe[i];
        const struct cache_way *w = p == m ? NULL : cache_find(&p->l1d, line);

        if (w && w->map->owned & line_bit(line))
            return true;
    }
    return false;
}

void prefetch_run(struct memory *m, struct prefetch_stream *s, const struct line_map *map, uint64_t t)
{
    uint64_t line;

    while (prefetch_next(&m->prefetch, s, &line)) {
        uint64_t ready = PREFETCH_NOT;

        if (!(map->present & line_bit(line)) && !modified_elsewhere(m, line)) {
            m->counts.prefetch++;
            ready = level_read(m, 0, line, CHANNEL_PREFETCH, t);
        }
        prefetch_push(&m->prefetch, s, ready);
    }
}

/* A load of a line that is not in L1D, at t; says when it can use the data and whether that took a fill
 * buffer, which one that was prefetched too late takes as well. */
static uint64_t load_miss(struct memory *m, struct line_map *map, uint64_t line, uint64_t t, bool *filled)
{
    struct prefetch_stream *s;
    uint64_t ready;

    if (m->stores.open && m->stores.line == line)
        store_close(m, t);
    if (!prefetch_find(&m->prefetch, line, &ready, &s)) {
        *filled = true;
        m->counts.l1d_refill++;
        t = window_begin(&m->window, t);
        ready = read_coherent(m, line, false, t);
    } else {
        *filled = ready > t + m->l1d_latency;
        t = *filled ? window_begin(&m->window, t) : t;
        ready = demand_prefetched(m, ready, t);
        if (ready < t + m->l1d_latency)
            ready = t + m->l1d_latency;
    }
    l1d_fill(m, map, line, false, t);
    prefetch_run(m, s, map, t);
    return ready;
}

static uint32_t load(struct memory *m, const struct memory_access *a, uint64_t now, uint64_t insns)
{
    uint64_t line = a->pa >> LINE_SHIFT, issue;
    bool hit = a->cacheable && a->map->present & line_bit(line), filled = false;
    struct window_miss e;
    uint32_t stall;

    if (hit && !a->late)
        return 0;
    issue = window_issue(&m->window, a, now, insns, &e);
    if (hit) {
        e.ready = issue + a->late + m->l1d_latency;
    } else if (a->cacheable) {
        e.ready = load_miss(m, a->map, line, issue + a->late, &filled);
    } else {
        filled = true;
        e.ready = dram_read(m, CHANNEL_DEMAND, window_begin(&m->window, issue + a->late));
    }
    stall = window_load(&m->window, a, now, issue, filled, &e);
    m->counts.stall_data += stall;
    return stall;
}

static uint64_t *ahead_of(struct fetch_ahead *f, uint64_t line)
{
    for (unsigned i = 0; i < MEMORY_FETCH_PREFETCH_MAX; i++)
        if (f->line[i] == line + 1)
            return &f->line[i];
    return NULL;
}

/* The lines after one that was fetched, to the end of its page. */
static void fetch_ahead_run(struct memory *m, const struct line_map *map, uint64_t line, uint64_t t)
{
    struct fetch_ahead *f = &m->ahead;

    for (uint64_t n = line + 1; n <= line + m->fetch_prefetch; n++) {
        if (n >> PAGE_LINES_SHIFT != line >> PAGE_LINES_SHIFT)
            return;
        if (map->fetched & line_bit(n) || ahead_of(f, n))
            continue;
        m->counts.prefetch++;
        m->counts.l1i_refill++;
        f->line[f->next] = n + 1;
        f->ready[f->next] = level_read(m, 0, n, CHANNEL_PREFETCH, t);
        f->next = (f->next + 1) % MEMORY_FETCH_PREFETCH_MAX;
    }
}

static uint64_t fetch_miss(struct memory *m, struct line_map *map, uint64_t line, uint64_t t)
{
    uint64_t *ahead = ahead_of(&m->ahead, line), ready;

    if (ahead) {
        ready = demand_prefetched(m, m->ahead.ready[ahead - m->ahead.line], t);
        *ahead = 0;
    } else {
        m->counts.l1i_refill++;
        ready = level_read(m, 0, line, CHANNEL_DEMAND, t);
    }
    l1i_fill(m, map, line);
    fetch_ahead_run(m, map, line, t);
    return ready;
}

bool memory_fetched_last(const struct memory *m, uint64_t pa)
{
    return m->nc_fetch == (pa >> LINE_SHIFT) + 1;
}

static uint64_t fetch_nc(struct memory *m, uint64_t line, uint64_t t)
{
    if (memory_fetched_last(m, line << LINE_SHIFT))
        return t;
    m->nc_fetch = line + 1;
    return dram_read(m, CHANNEL_DEMAND, t);
}

/* Cycles for which what was fetched ahead keeps the core busy. The front end gets ahead of it by about one
 * instruction for each that executes, after it was held up. */
static uint64_t fetched_ahead(const struct memory *m, const struct memory_access *a, uint64_t insns)
{
    uint64_t since = insns - m->drained;

    if (a->redirected)
        return 0;
    return (since < m->fetch_queue ? since : m->fetch_queue) / m->fetch_rate;
}

static uint32_t fetch(struct memory *m, const struct memory_access *a, uint64_t now, uint64_t insns)
{
    uint64_t line = a->pa >> LINE_SHIFT, t = now + a->late, ready = t, stall, hidden;

    if (!a->cacheable)
        ready = fetch_nc(m, line, t);
    else if (!(a->map->fetched & line_bit(line)))
        ready = fetch_miss(m, a->map, line, t);
    stall = (ready > t + m->l1i_latency ? ready - m->l1i_latency : t) - now;
    hidden = fetched_ahead(m, a, insns);
    stall = stall > hidden ? stall - hidden : 0;
    m->drained = insns;
    m->counts.stall_fetch += stall;
    return (uint32_t)stall;
}

static uint32_t walk(struct memory *m, const struct memory_access *a, uint64_t now)
{
    uint64_t line = a->pa >> LINE_SHIFT, t = now + a->late, ready;

    if (!a->cacheable)
        return (uint32_t)(dram_read(m, CHANNEL_DEMAND, t) - now);
    if (a->map->present & line_bit(line))
        return a->late + (m->walk_level == 1 ? m->l1d_latency : level_latency(m, 0));
    ready = read_coherent(m, line, false, t);
    if (m->walk_level == 1) {
        m->counts.l1d_refill++;
        l1d_fill(m, a->map, line, false, t);
    }
    return (uint32_t)(ready - now);
}

void memory_watch(struct memory *m, struct after *a)
{
    m->after = a;
}

uint32_t memory_access(struct memory *m, const struct memory_access *a, uint64_t now, uint64_t insns)
{
    if (a->map == &line_map_all)
        return 0;
    switch (a->kind) {
    case MEMORY_LOAD:
        return load(m, a, now, insns);
    case MEMORY_STORE:
        return memory_store(m, a, now);
    case MEMORY_FETCH:
        return fetch(m, a, now, insns);
    case MEMORY_WALK:
        return walk(m, a, now);
    }
    return 0;
}

struct line_map *memory_lines(struct memory *m, unsigned region, uint64_t page, uint64_t pages)
{
    struct memory_region *r = &m->region[region % MEMORY_REGIONS_MAX];

    if (!r->map) {
        r->map = calloc(pages, sizeof(*r->map));
        r->pages = r->map ? pages : 0;
    }
    return page < r->pages ? &r->map[page] : NULL;
}

const struct memory_counts *memory_counts(struct memory *m)
{
    for (unsigned i = 0; i < m->level_count; i++) {
        const struct level_counts *n = &m->level_counts[i];

        if (m->level[i]->number == 2) {
            m->counts.l2_access = n->access;
            m->counts.l2_refill = n->refill;
            m->counts.l2_writeback = n->writeback;
        } else {
            m->counts.l3_access = n->access;
            m->counts.l3_refill = n->refill;
            m->counts.l3_writeback = n->writeback;
        }
    }
    return &m->counts;
}
