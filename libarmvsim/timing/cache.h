/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cache.h
 * The tags of one cache: which lines it has, in which ways, and which way a new one takes. Physically
 * indexed, lines of 64 bytes. An L1 cache's way remembers the line map whose bit stands for it, so that
 * dropping the line clears the bit; whether an L1D line is dirty is in the map (`owned`), of other caches
 * in the tag. No data, no time.
 */
#pragma once

#include "timing/timing.h"

struct line_map;

/* tag: (line + 1) << 1 | dirty, 0 when the way is empty: pages that calloc gives are empty ways. */
struct cache_way {
    uint64_t tag;
    union {
        struct line_map *map; /* L1 */
        uint64_t used;        /* CACHE_LRU: the cache's clock at the latest use. */
    };
};

struct cache {
    struct cache_way *way; /* sets * ways */
    uint8_t *next;         /* CACHE_FIFO: the way that a set fills next. */
    uint32_t sets, ways;
    enum cache_replacement replacement;
    uint64_t random, clock;
};

/* False when the geometry is impossible or without host memory; cache_free() is allowed all the same. */
bool cache_init(struct cache *c, const struct core_cache *g, uint64_t seed);
void cache_free(struct cache *c);
/* The way that has the line, or NULL. */
struct cache_way *cache_find(const struct cache *c, uint64_t line);
/* A hit: what least recently used goes by. */
void cache_touch(struct cache *c, struct cache_way *w);
/* The way that `line` is to take: an empty one, else the victim. It still has what it had. */
struct cache_way *cache_victim(struct cache *c, uint64_t line);
void cache_fill(struct cache *c, struct cache_way *w, uint64_t line, bool dirty);

static inline bool cache_valid(const struct cache_way *w)
{
    return w->tag != 0;
}

static inline uint64_t cache_line_of(const struct cache_way *w)
{
    return (w->tag >> 1) - 1;
}

static inline bool cache_dirty(const struct cache_way *w)
{
    return w->tag & 1;
}

static inline void cache_set_dirty(struct cache_way *w, bool dirty)
{
    w->tag = (w->tag & ~UINT64_C(1)) | dirty;
}

static inline void cache_drop(struct cache_way *w)
{
    w->tag = 0;
}
