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
 *
 * A line on its way counts as there: what misses pays for it, by how long it stands still. Caches are
 * mostly inclusive: what is filled into one is filled into those below it as well, and what is evicted
 * stays where else it is (no back-invalidation). Not modelled: the data side of DMA, snoops by instruction
 * fetches (which find a line in L2 as if DC CVAU had been done), banks and rows of DRAM.
 */
#pragma once

#include "core/addr.h"
#include "timing/pipeline.h"

enum { LINE_SHIFT = 6, LINE_SIZE = 64 };
/* What a core model can ask for at most; PEs and regions of a machine. */
enum {
    MEMORY_WAYS_MAX = 64,
    MEMORY_FILLS_MAX = 64,
    MEMORY_STORES_MAX = 64,
    MEMORY_STREAMS_MAX = 32,
    MEMORY_DEPTH_MAX = 32,
    MEMORY_FETCH_PREFETCH_MAX = 8,
    MEMORY_REGIONS_MAX = 64
};

/* One PE's view of one page of memory: bit n for the line at offset 64 n. */
struct line_map {
    uint64_t fetched; /* In L1I. */
    uint64_t present; /* In L1D: loads hit. */
    uint64_t owned;   /* In L1D, this PE's alone, and modified: stores hit. A subset of `present`. */
    uint64_t pa;      /* Of the page. */
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
    struct line_map *map; /* Of the page; memory_lines(). Any when not cacheable. */
    bool cacheable;       /* Normal Inner Write-Back, and the caches are on. */
    uint64_t pc; /* Loads: of the instruction, and what scheduling found out about it, in an array */
    const struct pipe_note *note; /* that has all of its block; NULL: nothing. */
    uint8_t size;    /* Stores: bytes, which lines that do not allocate are put together from. */
    bool redirected; /* Fetches: nothing was fetched ahead, since an exception or a wrong prediction. */
    uint32_t late;   /* Cycles that translation took before the access could begin; also of a hit. */
};

struct memory; /* One PE's side of it. */
struct after;

/* The memory systems of a machine's PEs, by its core model; they share what the model says is shared. NULL
 * without host memory. `seed` is of the replacement's generator. */
struct memory **memory_new(const struct core_model *k, unsigned pe_count, uint64_t seed);
void memory_free(struct memory **m, unsigned pe_count);

/* The line map of a page of RAM or ROM that starts at host offset `page` of a region with `pages` pages;
 * made with the region's first use. `region` is any small number that names the region. NULL without host
 * memory. */
struct line_map *memory_lines(struct memory *m, unsigned region, uint64_t page, uint64_t pages);

/* An access that the maps did not serve: finds the line, fills, evicts and prefetches, and returns by how
 * many cycles the PE stands still for it; the caller adds them to the PE's cycles. `now` is the PE's cycle,
 * `insns` its instruction count. A walk's access returns all its latency: the walker waits for it. */
uint32_t memory_access(struct memory *m, const struct memory_access *a, uint64_t now, uint64_t insns);
/* Whether a line that is not cacheable was the latest of its kind to be fetched: the core has it at hand. */
bool memory_fetched_last(const struct memory *m, uint64_t pa);

/* Tells `a` (timing/after.h) what leaves this PE's caches and is filled; NULL: nobody. */
void memory_watch(struct memory *m, struct after *a);

/* An access to a device that takes `latency` cycles. Device accesses follow each other; a read is waited
 * for, a write waits in the store buffer (early acknowledgement; DDI 0487, B2.7.3) where the core
 * has it so. Returns how long the PE
 * stands still. */
uint32_t memory_device(struct memory *m, bool write, uint32_t latency, uint64_t now);

/* Cycles until all late loads have their data, of which out of order a part was hidden: what an exception,
 * its return and ISB wait for. */
uint32_t memory_serialize(struct memory *m, uint64_t now);
/* Cycles until also every store and maintenance operation that waits has completed: what DSB waits for. */
uint32_t memory_drain(struct memory *m, uint64_t now);

/* Maintenance by address: what DC and IC do to the line at pa, in all PEs. It goes through the store buffer
 * and so returns only what the PE waits for a place there; DSB waits for the rest. `map` may be NULL but
 * for MEMORY_ZERO. */
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
/* By set and way: level 1 (L1D) to 3, of this PE. Sets and ways that are not there are left alone. */
uint32_t memory_maintain_set(struct memory *m, enum memory_op op, unsigned level, uint32_t set,
                             uint32_t way, uint64_t now);
/* All of L1I, of one PE or all. */
void memory_invalidate_instr(struct memory *m, bool all_pes);

/* Event counts, for c->ctr and the Performance Monitors, with the meanings that the Cortex-A76's manual
 * gives its events (100798, C2.3), but that L2D_CACHE has what snoops and maintenance write back, too. A
 * line is counted by the PE that asked for it. */
struct memory_counts {
    uint64_t l1i_refill; /* Lines that L1I asked for, those that it fetches ahead included. */
    uint64_t l1d_refill; /* Demand loads, stores and walks that missed L1D and were not prefetched. */
    uint64_t l1d_writeback;
    uint64_t l2_access, l2_refill, l2_writeback; /* Fills of L1, its write-backs, prefetches. */
    uint64_t l3_access, l3_refill, l3_writeback;
    uint64_t bus_access;                           /* Lines (not beats) read from or written to DRAM. */
    uint64_t prefetch;                             /* Lines prefetched for L1D and L1I. */
    uint64_t snoop;                                /* Lines that another PE had modified. */
    uint64_t stall_data, stall_fetch, stall_store; /* Cycles. */
};
const struct memory_counts *memory_counts(struct memory *m);
