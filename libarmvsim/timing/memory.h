/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file memory.h
 * The memory system of the modelled cores: L1 caches of each PE, L2 and L3 of one or all, DRAM, the store
 * buffer and the prefetchers. It holds no data, which is always in the board's memory: what it knows is
 * where a line is, and so how long an access takes.
 *
 * Hits in L1 must cost the host next to nothing. So each PE has for each page of memory a struct line_map
 * with one bit a 64-byte line: is it in L1I, in L1D, and in L1D to be stored to. The engine tests the bit;
 * only when it is clear does it come here. L1 replacement takes no notice of hits (CACHE_RANDOM,
 * CACHE_FIFO).
 */
#pragma once

#include "core/addr.h"
#include "timing/timing.h"

enum { LINE_SHIFT = 6, LINE_SIZE = 64 };

/* One PE's view of one page of memory: bit n for the line at offset 64 n. */
struct line_map {
    uint64_t fetched; /* In L1I. */
    uint64_t present; /* In L1D: loads hit. */
    uint64_t owned;   /* In L1D, this PE's alone, and modified: stores hit. A subset of `present`. */
};
extern struct line_map line_map_all;        /* Always hits: nothing is modelled. Never written. */
extern const struct line_map line_map_none; /* Never hits: memory that is not cacheable. */

enum memory_kind {
    MEMORY_LOAD,
    MEMORY_STORE,
    MEMORY_FETCH,
    MEMORY_WALK, /* A descriptor read by a translation table walk. */
};

struct memory_access {
    enum memory_kind kind;
    uint64_t pa;
    struct line_map *map; /* Of the page; memory_lines(). */
    bool cacheable;       /* Normal Inner Write-Back, and the caches are on. */
    bool chained;         /* Its address comes from a load (struct pipe_result). */
    uint8_t slack;        /* struct pipe_result */
    uint32_t late;        /* Cycles that translation took before the access could begin. */
};

struct memory; /* One PE's side of it. */

/* The memory systems of a machine's PEs, by its core model; they share what the model says is shared. NULL
 * without host memory. `seed` is of the replacement's generator. */
struct memory **memory_new(const struct core_model *k, unsigned pe_count, uint64_t seed);
void memory_free(struct memory **m, unsigned pe_count);

/* The line map of a page of RAM or ROM that starts at host offset `page` of a region with `pages` pages;
 * made with the region's first use. `region` is any small number that names the region (below 64). */
struct line_map *memory_lines(struct memory *m, unsigned region, uint64_t page, uint64_t pages);

/* An access that the maps did not serve: finds the line, fills, evicts and prefetches, and returns by how
 * many cycles the PE stands still for it. `now` is the PE's cycle, `insns` its instruction count. */
uint32_t memory_access(struct memory *m, const struct memory_access *a, uint64_t now, uint64_t insns);

/* Cycles until every store that waits has completed: what DSB waits for. */
uint32_t memory_drain(struct memory *m, uint64_t now);

/* Maintenance by address: what DC and IC do to the line at pa, in all PEs or (IC IALLU) this one. They
 * return the cycles that the operation takes beyond its own. */
enum memory_op {
    MEMORY_CLEAN_POU,
    MEMORY_CLEAN,
    MEMORY_CLEAN_INVALIDATE,
    MEMORY_INVALIDATE,
    MEMORY_ZERO,
    MEMORY_INVALIDATE_INSTR
};
uint32_t memory_maintain(struct memory *m, enum memory_op op, struct line_map *map, uint64_t pa,
                         uint64_t now);
/* By set and way: level 1 or 2; and all of L1I, of one PE or all. */
uint32_t memory_maintain_set(struct memory *m, enum memory_op op, unsigned level, uint32_t set,
                             uint32_t way);
void memory_invalidate_instr(struct memory *m, bool all_pes);

/* Event counts, for c->ctr and the Performance Monitors. */
struct memory_counts {
    uint64_t l1i_refill, l1d_refill, l1d_writeback, l2_access, l2_refill, l2_writeback, l3_access,
        l3_refill, bus_access, prefetch, snoop, stall_data, stall_fetch, stall_store;
};
const struct memory_counts *memory_counts(const struct memory *m);
