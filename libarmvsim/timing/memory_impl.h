/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file memory_impl.h
 * What the files of the memory system share: one PE's side of it, and the ways between its levels. Cycles
 * here are those at which a load could use the data, so a level's latency is the whole one, L1's included;
 * what is charged is less L1's.
 */
#pragma once

#include "core/bits.h"
#include "timing/after.h"
#include "timing/cache.h"
#include "timing/channel.h"
#include "timing/memory.h"
#include "timing/prefetch.h"
#include "timing/window.h"

enum { LEVEL_COUNT_MAX = 2, MEMORY_PES_MAX = CHANNEL_PES };

/* A cache below L1: of one PE or of all. */
struct memory_level {
    struct cache cache;
    struct channel channel;
    uint32_t latency;
    unsigned number; /* 2 or 3 */
    bool shared;
};

struct level_counts {
    uint64_t access, refill, writeback;
};

/* What the PEs share. */
struct memory_system {
    struct memory *pe[MEMORY_PES_MAX];
    unsigned pe_count;
    struct memory_level *shared[LEVEL_COUNT_MAX];
    struct channel dram;
    uint32_t dram_latency; /* The whole latency. */
};

struct memory_region {
    struct line_map *map;
    uint64_t pages;
};

/* Lines prefetched for L1I. */
struct fetch_ahead {
    uint64_t line[MEMORY_FETCH_PREFETCH_MAX], ready[MEMORY_FETCH_PREFETCH_MAX];
    unsigned next;
};

/* Stores that wait (each entry: until when), and the line that stores which do not allocate put together.
 */
struct store_buffer {
    uint64_t ready[MEMORY_STORES_MAX];
    uint32_t count;
    uint64_t run_line; /* Of the latest store that missed. */
    uint32_t run;      /* How many lines in a row, that one included, stores have missed. */
    bool streaming;    /* They do not allocate. */
    bool open;         /* `line` is being put together, of the bytes in `bytes`. */
    uint64_t line, bytes;
    uint64_t device_ready;      /* When the latest device access is complete. */
    uint64_t nc_line, nc_ready; /* Not cacheable: the latest line stored to, and until when it merges. */
};

struct memory {
    struct memory_system *sys;
    unsigned index;
    struct cache l1i, l1d;
    uint32_t l1i_latency, l1d_latency, snoop_latency;
    uint32_t write_streaming, fetch_prefetch, walk_level;
    bool device_posted;
    struct memory_level *level[LEVEL_COUNT_MAX]; /* Those that there are, nearest first. */
    struct level_counts level_counts[LEVEL_COUNT_MAX];
    unsigned level_count;
    struct window window;
    struct prefetch prefetch;
    struct fetch_ahead ahead;
    struct store_buffer stores;
    uint32_t fetch_queue, fetch_rate; /* What is fetched ahead, and how much of it a cycle needs. */
    uint64_t drained;                 /* Instruction count at the latest fetch that missed. */
    uint64_t nc_fetch;                /* Not cacheable: the latest line fetched + 1. */
    struct memory_region region[MEMORY_REGIONS_MAX];
    struct memory_counts counts;
    struct after *after; /* Of this PE; NULL when nobody wants to know. */
};

static inline uint64_t line_bit(uint64_t line)
{
    return BIT(line % 64);
}

/* memory_level.c. `t`: when the level is asked; levels count from 0, the one below L1; `use`: of its
 * channel. */

/* Gets a line from level i on into the levels from i on; returns when it is there. */
uint64_t level_read(struct memory *m, unsigned i, uint64_t line, enum channel_use use, uint64_t t);
/* Puts a modified line into level i; returns when it has been taken. */
uint64_t level_write(struct memory *m, unsigned i, uint64_t line, uint64_t t);
/* Fills level i with a line; returns when what it had to make room for has been taken. */
uint64_t level_fill(struct memory *m, unsigned i, uint64_t line, bool dirty, uint64_t t);
uint64_t dram_read(struct memory *m, enum channel_use use, uint64_t t);
uint64_t dram_write(struct memory *m, uint64_t t);
/* The latency of level i, or DRAM's. */
uint32_t level_latency(const struct memory *m, unsigned i);
/* When a line that was prefetched to be there at `ready` is, as it is asked for at t: a demand takes the
 * place of a prefetch that still queues. */
static inline uint64_t demand_prefetched(const struct memory *m, uint64_t ready, uint64_t t)
{
    uint64_t latest = t + m->sys->dram_latency;

    return ready < latest ? ready : latest;
}

/* What the other PEs have of a line; after it they share it, or do not have it (`take`). */
enum held { HELD_NONE, HELD_CLEAN, HELD_DIRTY };
enum held snoop(struct memory *m, uint64_t line, bool take, uint64_t t);
/* Gets a line for L1D: from another PE that has modified it, or from below. */
uint64_t read_coherent(struct memory *m, uint64_t line, bool take, uint64_t t);

void l1d_fill(struct memory *m, struct line_map *map, uint64_t line, bool owned, uint64_t t);
void l1i_fill(struct memory *m, struct line_map *map, uint64_t line);
/* Forgets a line of m's L1D or L1I and its bits; nothing is written back. */
void l1d_drop(struct memory *m, struct cache_way *w);
void l1i_drop(struct memory *m, struct cache_way *w);
/* Forgets a line of m's level i. */
void level_drop(struct memory *m, unsigned i, struct cache_way *w);

/* memory_store.c */

/* A place in the store buffer; moves *t, the PE's cycle, to when one is free. */
uint64_t *store_slot(struct memory *m, uint64_t *t);
uint32_t memory_store(struct memory *m, const struct memory_access *a, uint64_t now);
/* DC ZVA: a whole line without reading it. */
uint32_t memory_store_zero(struct memory *m, struct line_map *map, uint64_t line, uint64_t now);
/* Sends the line that is being put together on its way; returns the cycle at which the PE goes on. */
uint64_t store_close(struct memory *m, uint64_t now);

/* memory.c: prefetches what an L1D miss at t makes its stream want. */
void prefetch_run(struct memory *m, struct prefetch_stream *s, const struct line_map *map, uint64_t t);
