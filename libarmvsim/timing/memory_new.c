/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file memory_new.c
 * Making and freeing the memory systems of a machine.
 */
#include "timing/memory_impl.h"

#include <stdlib.h>

static void level_free(struct memory_level *v)
{
    if (!v)
        return;
    cache_free(&v->cache);
    free(v);
}

static struct memory_level *level_new(const struct core_cache *g, unsigned number, uint64_t seed)
{
    struct memory_level *v = calloc(1, sizeof(*v));

    if (!v)
        return NULL;
    v->number = number;
    v->latency = g->latency;
    v->shared = g->shared;
    v->channel.interval = g->interval << CHANNEL_UNIT_SHIFT;
    if (cache_init(&v->cache, g, seed))
        return v;
    level_free(v);
    return NULL;
}

/* The level of cache g for the PE: its own or the one that is shared, made by the first PE. */
static bool add_level(struct memory *m, const struct core_cache *g, unsigned number, uint64_t seed)
{
    struct memory_level **shared = &m->sys->shared[number - 2], *v;

    if (!g->size)
        return true;
    v = g->shared && *shared ? *shared : level_new(g, number, seed + number);
    if (!v)
        return false;
    if (g->shared)
        *shared = v;
    v->channel.shared = g->shared && m->sys->pe_count > 1;
    m->level[m->level_count++] = v;
    return true;
}

static uint32_t at_most(uint32_t x, uint32_t max)
{
    return x < max ? x : max;
}

static bool init(struct memory *m, const struct core_model *k, uint64_t seed)
{
    const struct core_memory *c = &k->memory;
    bool l1 = cache_init(&m->l1i, &c->l1i, seed) & cache_init(&m->l1d, &c->l1d, seed + 1);

    m->l1i_latency = c->l1i.latency;
    m->l1d_latency = c->l1d.latency;
    m->snoop_latency = c->snoop_latency;
    m->write_streaming = c->write_streaming;
    m->fetch_prefetch = at_most(c->fetch_prefetch, MEMORY_FETCH_PREFETCH_MAX);
    m->fetch_queue = c->fetch_queue;
    m->device_posted = c->device_posted;
    m->fetch_rate = k->pipeline.in_order || k->pipeline.width < 4 ? 1 : k->pipeline.width / 2u;
    m->stores.count = at_most(c->store_buffer ? c->store_buffer : 1, MEMORY_STORES_MAX);
    window_init(&m->window, k);
    prefetch_init(&m->prefetch, c);
    if (!l1 || !add_level(m, &c->l2, 2, seed) || !add_level(m, &c->l3, 3, seed))
        return false;
    m->walk_level = m->level_count ? c->walk_level : 1;
    return true;
}

/* Time and bandwidth of DRAM in the core's cycles. */
static void init_dram(struct memory_system *s, const struct core_model *k)
{
    const struct core_memory *c = &k->memory;
    const struct core_cache *last = c->l3.size ? &c->l3 : c->l2.size ? &c->l2 : &c->l1d;
    uint64_t bytes_per_second = c->dram_bandwidth * UINT64_C(1000000);
    uint64_t line_units = k->clock_hz * (LINE_SIZE << CHANNEL_UNIT_SHIFT);

    s->dram_latency =
        last->latency + (uint32_t)((c->dram_latency_ns * k->clock_hz + 500000000) / 1000000000);
    s->dram.interval = bytes_per_second ? (uint32_t)(line_units / bytes_per_second) : 0;
    s->dram.shared = s->pe_count > 1;
}

static void free_pe(struct memory *m)
{
    cache_free(&m->l1i);
    cache_free(&m->l1d);
    for (unsigned i = 0; i < m->level_count; i++)
        if (!m->level[i]->shared)
            level_free(m->level[i]);
    for (unsigned i = 0; i < MEMORY_REGIONS_MAX; i++)
        free(m->region[i].map);
    free(m);
}

void memory_free(struct memory **m, unsigned pe_count)
{
    struct memory_system *s = m && pe_count && m[0] ? m[0]->sys : NULL;

    for (unsigned i = 0; m && i < pe_count; i++)
        if (m[i])
            free_pe(m[i]);
    for (unsigned i = 0; s && i < LEVEL_COUNT_MAX; i++)
        level_free(s->shared[i]);
    free(s);
    free(m);
}

struct memory **memory_new(const struct core_model *k, unsigned pe_count, uint64_t seed)
{
    struct memory **m = calloc(pe_count, sizeof(*m));
    struct memory_system *s = calloc(1, sizeof(*s));

    if (!m || !s || !pe_count || pe_count > MEMORY_PES_MAX) {
        free(s);
        free(m);
        return NULL;
    }
    s->pe_count = pe_count;
    init_dram(s, k);
    for (unsigned i = 0; i < pe_count; i++) {
        m[i] = s->pe[i] = calloc(1, sizeof(**m));
        if (!m[i] && !i)
            free(s);
        if (!m[i]) {
            memory_free(m, pe_count);
            return NULL;
        }
        m[i]->sys = s;
        m[i]->index = i;
        if (!init(m[i], k, seed + 16 * i)) {
            memory_free(m, pe_count);
            return NULL;
        }
    }
    return m;
}
