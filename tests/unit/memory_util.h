/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file memory_util.h
 * A small core model for tests of the memory system, and a PE that runs nothing but accesses: it moves on
 * by `step` cycles and instructions from one to the next, and by what it is made to stand still.
 */
#pragma once

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/bits.h"
#include "timing/memory.h"

enum { L1_LATENCY = 4, L2_LATENCY = 14, L3_LATENCY = 40, DRAM_CYCLES = 100, TEST_PAGES = 4096 };
#define RAM_AT UINT64_C(0x80000000)

static inline struct core_cache cache_of(uint32_t size, uint32_t ways, uint32_t latency)
{
    return (struct core_cache){ .size = size, .ways = ways, .line = 64, .latency = latency };
}

/* In order, no prefetching, no limits of bandwidth, 1 GHz, so that nanoseconds are cycles. */
static inline struct core_model plain_model(void)
{
    struct core_model k = { .clock_hz = 1000000000, .pipeline = { .in_order = true, .width = 1 } };

    k.memory.l1i = cache_of(4096, 2, 1);
    k.memory.l1d = cache_of(4096, 4, L1_LATENCY);
    k.memory.l2 = cache_of(32768, 8, L2_LATENCY);
    k.memory.l2.shared = true;
    k.memory.dram_latency_ns = DRAM_CYCLES;
    k.memory.fills = 4;
    k.memory.store_buffer = 4;
    k.memory.walk_level = 1;
    k.memory.snoop_latency = 30;
    return k;
}

struct core {
    struct memory *m;
    uint64_t now, insns;
    uint32_t step;
};

static inline struct line_map *map_of(struct memory *m, uint64_t pa)
{
    return memory_lines(m, 0, (pa - RAM_AT) >> AVS_PAGE_SHIFT, TEST_PAGES);
}

/* Notes of loads without one, with a slack of n cycles; and of one that is its own producer, as `ldr x0,
 * [x0]` in a loop of `back` instructions is. */
#define NOTE_SLACK(n) (&(const struct pipe_note){ .slack = (n) })
#define NOTE_CHAIN(instructions) (&(const struct pipe_note){ .back = (instructions), .recurrent = 1 })

static inline struct memory_access access_of(struct core *c, enum memory_kind kind, uint64_t pa)
{
    return (struct memory_access){
        .kind = kind, .pa = pa, .map = map_of(c->m, pa), .cacheable = true, .size = 8
    };
}

/* Does the access as the engine does: asks the memory system only when the map's bit is clear. */
static inline uint32_t core_access(struct core *c, struct memory_access a)
{
    uint64_t bit = BIT(a.pa / 64 % 64);
    uint64_t bits = a.kind == MEMORY_FETCH   ? a.map->fetched
                    : a.kind == MEMORY_STORE ? a.map->owned
                                             : a.map->present;
    uint32_t stall = 0;

    if (!a.cacheable || a.late || a.kind == MEMORY_WALK || !(bits & bit))
        stall = memory_access(c->m, &a, c->now, c->insns);
    c->now += stall + c->step;
    c->insns += c->step;
    return stall;
}

static inline uint32_t do_load(struct core *c, uint64_t pa)
{
    return core_access(c, access_of(c, MEMORY_LOAD, pa));
}

static inline uint32_t do_store(struct core *c, uint64_t pa)
{
    return core_access(c, access_of(c, MEMORY_STORE, pa));
}

static inline bool has(struct memory *m, uint64_t pa)
{
    return map_of(m, pa)->present >> (pa / 64 % 64) & 1;
}

static inline bool owns(struct memory *m, uint64_t pa)
{
    return map_of(m, pa)->owned >> (pa / 64 % 64) & 1;
}

static inline bool has_insn(struct memory *m, uint64_t pa)
{
    return map_of(m, pa)->fetched >> (pa / 64 % 64) & 1;
}

/* A world of `count` cores that step by 10. */
static inline struct memory **cores_new(const struct core_model *k, unsigned count, struct core *c)
{
    struct memory **m = memory_new(k, count, 1);

    cr_assert_not_null(m, "the model's geometry was refused");
    for (unsigned i = 0; i < count; i++)
        c[i] = (struct core){ .m = m[i], .now = 1000, .insns = 1000, .step = 10 };
    return m;
}
