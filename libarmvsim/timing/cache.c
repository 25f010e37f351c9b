/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cache.c
 * Lookup and replacement in the tags of a cache (cache.h).
 */
#include "timing/cache.h"

#include <stdlib.h>

#include "timing/memory.h"

bool cache_init(struct cache *c, const struct core_cache *g, uint64_t seed)
{
    *c = (struct cache){ .ways = g->ways, .replacement = (enum cache_replacement)g->replacement };
    if (!g->ways || g->ways > MEMORY_WAYS_MAX || g->line != LINE_SIZE || g->size % (g->ways * LINE_SIZE))
        return false;
    c->sets = g->size / (g->ways * LINE_SIZE);
    if (!c->sets)
        return false;
    c->random = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
    c->way = calloc((size_t)c->sets * c->ways, sizeof(*c->way));
    c->next = calloc(c->sets, sizeof(*c->next));
    return c->way && c->next;
}

void cache_free(struct cache *c)
{
    free(c->way);
    free(c->next);
    *c = (struct cache){ 0 };
}

static uint32_t set_of(const struct cache *c, uint64_t line)
{
    return (uint32_t)((c->sets & (c->sets - 1)) ? line % c->sets : line & (c->sets - 1));
}

struct cache_way *cache_find(const struct cache *c, uint64_t line)
{
    struct cache_way *w = &c->way[(size_t)set_of(c, line) * c->ways];

    for (struct cache_way *end = w + c->ways; w < end; w++)
        if (w->tag >> 1 == line + 1)
            return w;
    return NULL;
}

void cache_touch(struct cache *c, struct cache_way *w)
{
    if (c->replacement == CACHE_LRU)
        w->used = ++c->clock;
}

/* xorshift64: the same seed gives the same victims on every host. */
static uint32_t next_random(struct cache *c)
{
    c->random ^= c->random << 13;
    c->random ^= c->random >> 7;
    c->random ^= c->random << 17;
    return (uint32_t)(c->random >> 32);
}

static uint32_t oldest(const struct cache_way *set, uint32_t ways)
{
    uint32_t old = 0;

    for (uint32_t i = 1; i < ways; i++)
        if (set[i].used < set[old].used)
            old = i;
    return old;
}

static uint32_t victim_way(struct cache *c, const struct cache_way *set, uint32_t index)
{
    uint32_t way;

    switch (c->replacement) {
    case CACHE_LRU:
        return oldest(set, c->ways);
    case CACHE_FIFO:
        way = c->next[index];
        c->next[index] = (uint8_t)((way + 1) % c->ways);
        return way;
    case CACHE_RANDOM:
        break;
    }
    return (uint32_t)((uint64_t)next_random(c) * c->ways >> 32);
}

struct cache_way *cache_victim(struct cache *c, uint64_t line)
{
    uint32_t index = set_of(c, line);
    struct cache_way *set = &c->way[(size_t)index * c->ways];

    for (uint32_t i = 0; i < c->ways; i++)
        if (!cache_valid(&set[i]))
            return &set[i];
    return &set[victim_way(c, set, index)];
}

void cache_fill(struct cache *c, struct cache_way *w, uint64_t line, bool dirty)
{
    w->tag = (line + 1) << 1 | dirty;
    cache_touch(c, w);
}
