/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_memory_system.c
 * Fetches, walks, maintenance, and several PEs: who has a line, what it costs to get it from another.
 */
#include "memory_util.h"

static struct core_model k;
static struct memory **mem;
static struct core c[3];
static unsigned pes;

static void start(unsigned count)
{
    pes = count;
    mem = cores_new(&k, count, c);
}

static void setup(void)
{
    k = plain_model();
}

static void teardown(void)
{
    if (mem)
        memory_free(mem, pes);
    mem = NULL;
}

TestSuite(fetch, .init = setup, .fini = teardown);
TestSuite(walk, .init = setup, .fini = teardown);
TestSuite(maintain, .init = setup, .fini = teardown);
TestSuite(coherence, .init = setup, .fini = teardown);

enum { L1I_LATENCY = 1, MISS = L2_LATENCY + DRAM_CYCLES };

static const struct memory_counts *counts(unsigned pe)
{
    return memory_counts(c[pe].m);
}

static uint32_t do_fetch(uint64_t pa)
{
    return core_access(&c[0], access_of(&c[0], MEMORY_FETCH, pa));
}

static uint32_t do_walk(uint64_t pa)
{
    return core_access(&c[0], access_of(&c[0], MEMORY_WALK, pa));
}

static uint32_t maintain(enum memory_op op, uint64_t pa)
{
    return memory_maintain(c[0].m, op, map_of(c[0].m, pa), pa, c[0].now);
}

Test(fetch, stands_still_for_all_of_it)
{
    start(1);
    cr_expect_eq(do_fetch(RAM_AT), MISS - L1I_LATENCY);
    cr_expect(has_insn(c[0].m, RAM_AT));
    cr_expect_not(has(c[0].m, RAM_AT), "a fetch filled L1D");
    cr_expect_eq(do_load(&c[0], RAM_AT), L2_LATENCY - L1_LATENCY, "L2 is unified");
    cr_expect_eq(counts(0)->l1i_refill, 1);
    cr_expect_eq(counts(0)->stall_fetch, MISS - L1I_LATENCY);
    struct memory_access a = access_of(&c[0], MEMORY_FETCH, RAM_AT + 64);

    a.late = 20;
    cr_expect_eq(core_access(&c[0], a), MISS - L1I_LATENCY + 20);
    cr_expect_eq(core_access(&c[0], a), 20);
}

Test(fetch, victims_lose_their_bit)
{
    k.memory.l1i.replacement = CACHE_FIFO;
    start(1);
    for (unsigned i = 0; i < 3; i++) /* Two ways of 2 KiB. */
        do_fetch(RAM_AT + i * UINT64_C(2048));
    cr_expect_not(has_insn(c[0].m, RAM_AT));
    cr_expect(has_insn(c[0].m, RAM_AT + 2048));
    cr_expect(has_insn(c[0].m, RAM_AT + 4096));
}

Test(fetch, next_lines_are_prefetched)
{
    k.memory.fetch_prefetch = 1;
    k.memory.l1i.replacement = CACHE_FIFO;
    start(1);
    c[0].step = 16;
    cr_expect_eq(do_fetch(RAM_AT), MISS - L1I_LATENCY);
    cr_expect_not(has_insn(c[0].m, RAM_AT + 64));
    cr_expect_eq(do_fetch(RAM_AT + 64), 0, "asked for with the first line, there with it");
    cr_expect_eq(do_fetch(RAM_AT + 128), MISS - L1I_LATENCY - 16);
    cr_expect_eq(counts(0)->l1i_refill, 4, "one, and three that were fetched ahead");
    cr_expect_eq(counts(0)->prefetch, 3);
    do_fetch(RAM_AT + 0x11000 - 64);
    cr_expect_eq(counts(0)->prefetch, 3, "prefetched beyond the page");
    for (unsigned i = 2; i < 4; i++) /* Throws line 1 out. */
        do_fetch(RAM_AT + i * UINT64_C(0x10000) + 64);
    cr_assert_not(has_insn(c[0].m, RAM_AT + 64));
    cr_expect_eq(do_fetch(RAM_AT + 64), L2_LATENCY - L1I_LATENCY, "prefetched once, used twice");
}

Test(fetch, not_cacheable_keeps_one_line)
{
    start(1);
    struct memory_access a = access_of(&c[0], MEMORY_FETCH, RAM_AT);

    a.cacheable = false;
    a.map = (struct line_map *)&line_map_none;
    cr_expect_eq(core_access(&c[0], a), MISS - L1I_LATENCY);
    a.pa += 32;
    cr_expect_eq(core_access(&c[0], a), 0, "the line is still at hand");
    a.pa += 32;
    cr_expect_eq(core_access(&c[0], a), MISS - L1I_LATENCY);
    a.pa -= 64;
    cr_expect_eq(core_access(&c[0], a), MISS - L1I_LATENCY);
    cr_expect_eq(counts(0)->l1i_refill, 0);
    memory_invalidate_instr(c[0].m, false);
    cr_expect_eq(core_access(&c[0], a), MISS - L1I_LATENCY);
    maintain(MEMORY_INVALIDATE_INSTR, a.pa);
    cr_expect_eq(core_access(&c[0], a), MISS - L1I_LATENCY);
}

Test(walk, in_l1d)
{
    start(1);
    cr_expect_eq(do_walk(RAM_AT), MISS);
    cr_expect_eq(do_walk(RAM_AT + 8), L1_LATENCY);
    cr_expect(has(c[0].m, RAM_AT));
    cr_expect_eq(counts(0)->l1d_refill, 1);
    cr_expect_eq(counts(0)->stall_data, 0, "the walker waits, not the PE");
}

Test(walk, in_l2)
{
    k.memory.walk_level = 2;
    start(1);
    cr_expect_eq(do_walk(RAM_AT), MISS);
    cr_expect_not(has(c[0].m, RAM_AT));
    cr_expect_eq(do_walk(RAM_AT), L2_LATENCY);
    do_store(&c[0], RAM_AT + 4096);
    cr_expect_eq(do_walk(RAM_AT + 4096), L2_LATENCY, "what L1D has is found there");
    cr_expect_eq(counts(0)->l1d_refill, 1);
}

Test(walk, not_cacheable)
{
    start(1);
    struct memory_access a = access_of(&c[0], MEMORY_WALK, RAM_AT);

    a.cacheable = false;
    cr_expect_eq(core_access(&c[0], a), MISS);
    cr_expect_eq(core_access(&c[0], a), MISS);
}

Test(maintain, clean_to_the_point_of_unification)
{
    start(1);
    do_store(&c[0], RAM_AT);
    c[0].now += 1000;
    cr_expect_eq(maintain(MEMORY_CLEAN_POU, RAM_AT), 0, "it does not wait");
    cr_expect(has(c[0].m, RAM_AT));
    cr_expect_not(owns(c[0].m, RAM_AT));
    cr_expect_eq(counts(0)->l1d_writeback, 1);
    cr_expect_eq(counts(0)->l2_writeback, 0);
    cr_expect_eq(memory_drain(c[0].m, c[0].now), L2_LATENCY, "DSB does");
    cr_expect_eq(maintain(MEMORY_CLEAN_POU, RAM_AT), 0);
    cr_expect_eq(counts(0)->l1d_writeback, 1, "a clean line was written");
}

Test(maintain, clean_to_the_point_of_coherency)
{
    start(1);
    do_store(&c[0], RAM_AT);
    c[0].now += 1000;
    uint64_t bus = counts(0)->bus_access;

    maintain(MEMORY_CLEAN, RAM_AT);
    cr_expect(has(c[0].m, RAM_AT));
    cr_expect_not(owns(c[0].m, RAM_AT));
    cr_expect_eq(counts(0)->bus_access, bus + 1);
    cr_expect_eq(memory_drain(c[0].m, c[0].now), MISS);
}

Test(maintain, invalidate)
{
    static const struct {
        enum memory_op op;
        unsigned writes;
    } rows[] = { { MEMORY_CLEAN_INVALIDATE, 1 }, { MEMORY_INVALIDATE, 0 } };

    for (unsigned i = 0; i < 2; i++) {
        start(1);
        do_store(&c[0], RAM_AT);
        maintain(rows[i].op, RAM_AT);
        cr_expect_not(has(c[0].m, RAM_AT));
        cr_expect_not(owns(c[0].m, RAM_AT));
        cr_expect_eq(counts(0)->bus_access, 1 + rows[i].writes);
        c[0].now += 1000;
        cr_expect_eq(do_load(&c[0], RAM_AT), MISS - L1_LATENCY, "it is still somewhere");
        teardown();
    }
}

Test(maintain, reaches_all_pes)
{
    start(2);
    do_store(&c[1], RAM_AT);
    maintain(MEMORY_CLEAN_INVALIDATE, RAM_AT);
    cr_expect_not(has(c[1].m, RAM_AT));
    cr_expect_eq(counts(1)->l1d_writeback, 1);
    core_access(&c[1], access_of(&c[1], MEMORY_FETCH, RAM_AT));
    maintain(MEMORY_INVALIDATE_INSTR, RAM_AT);
    cr_expect_not(has_insn(c[1].m, RAM_AT));
}

Test(maintain, a_prefetched_instruction_line)
{
    k.memory.fetch_prefetch = 1;
    start(1);
    do_fetch(RAM_AT);
    maintain(MEMORY_INVALIDATE_INSTR, RAM_AT + 64);
    c[0].now += 1000;
    cr_expect_eq(do_fetch(RAM_AT + 64), L2_LATENCY - L1I_LATENCY);
}

Test(maintain, instructions)
{
    k.memory.fetch_prefetch = 1;
    start(2);
    for (unsigned pe = 0; pe < 2; pe++)
        core_access(&c[pe], access_of(&c[pe], MEMORY_FETCH, RAM_AT));
    memory_invalidate_instr(c[0].m, false);
    cr_expect_not(has_insn(c[0].m, RAM_AT));
    cr_expect(has_insn(c[1].m, RAM_AT));
    c[0].now += 1000;
    cr_expect_eq(do_fetch(RAM_AT + 64), L2_LATENCY - L1I_LATENCY, "what was prefetched is gone, too");
    memory_invalidate_instr(c[0].m, true);
    cr_expect_not(has_insn(c[1].m, RAM_AT));
}

Test(maintain, by_set_and_way)
{
    start(1);
    for (unsigned i = 0; i < 64; i++)
        do_store(&c[0], RAM_AT + i * UINT64_C(64));
    for (uint32_t set = 0; set < 16; set++)
        for (uint32_t way = 0; way < 4; way++)
            memory_maintain_set(c[0].m, MEMORY_CLEAN_INVALIDATE, 1, set, way, c[0].now);
    cr_expect_eq(map_of(c[0].m, RAM_AT)->present, 0);
    cr_expect_eq(counts(0)->l1d_writeback, 64);
    cr_expect_eq(counts(0)->l2_writeback, 0);
    for (uint32_t set = 0; set < 64; set++)
        for (uint32_t way = 0; way < 8; way++)
            memory_maintain_set(c[0].m, MEMORY_CLEAN, 2, set, way, c[0].now);
    cr_expect_eq(counts(0)->l2_writeback, 64);
    c[0].now += 100000;
    cr_expect_eq(do_load(&c[0], RAM_AT), L2_LATENCY - L1_LATENCY, "cleaned, not invalidated");
    /* Way 4 of set 0 would be way 0 of set 1. */
    do_load(&c[0], RAM_AT + 64);
    memory_maintain_set(c[0].m, MEMORY_CLEAN_INVALIDATE, 1, 0, 4, 0);
    memory_maintain_set(c[0].m, MEMORY_CLEAN_INVALIDATE, 1, 16, 0, 0);
    memory_maintain_set(c[0].m, MEMORY_CLEAN_INVALIDATE, 7, 1, 0, 0);
    cr_expect(has(c[0].m, RAM_AT + 64));
}

Test(coherence, a_load_gets_a_modified_line)
{
    start(2);
    do_store(&c[0], RAM_AT);
    c[1].now = c[0].now + 1000;
    cr_expect_eq(do_load(&c[1], RAM_AT), 30 - L1_LATENCY, "from the other PE");
    cr_expect(has(c[0].m, RAM_AT), "the owner keeps it");
    cr_expect_not(owns(c[0].m, RAM_AT), "but not alone");
    cr_expect_not(owns(c[1].m, RAM_AT));
    cr_expect_eq(counts(1)->snoop, 1);
    cr_expect_eq(counts(0)->l1d_writeback, 1);
}

Test(coherence, a_load_of_a_clean_line_takes_nothing)
{
    start(2);
    do_load(&c[0], RAM_AT);
    cr_expect_eq(do_load(&c[1], RAM_AT), L2_LATENCY - L1_LATENCY);
    cr_expect(has(c[0].m, RAM_AT));
    cr_expect_eq(counts(1)->snoop, 0);
}

Test(coherence, a_store_takes_the_line)
{
    start(3);
    do_load(&c[0], RAM_AT);
    do_load(&c[2], RAM_AT);
    c[1].now = 5000;
    cr_expect_eq(do_store(&c[1], RAM_AT), 0);
    cr_expect_not(has(c[0].m, RAM_AT));
    cr_expect_not(has(c[2].m, RAM_AT));
    cr_expect(owns(c[1].m, RAM_AT));
    cr_expect_eq(memory_drain(c[1].m, 5000), 30, "the others' answers");
    do_store(&c[0], RAM_AT);
    cr_expect_not(has(c[1].m, RAM_AT));
    cr_expect(owns(c[0].m, RAM_AT));
    cr_expect_eq(counts(0)->snoop, 1);
}

Test(coherence, an_upgrade_waits_in_the_store_buffer)
{
    start(2);
    do_load(&c[0], RAM_AT);
    do_load(&c[1], RAM_AT);
    uint64_t now = c[0].now;

    cr_expect_eq(do_store(&c[0], RAM_AT), 0);
    cr_expect_eq(memory_drain(c[0].m, now), 30);
    cr_expect(owns(c[0].m, RAM_AT));
    cr_expect_not(has(c[1].m, RAM_AT));
    cr_expect_eq(counts(0)->bus_access + counts(1)->bus_access, 1);
}

/* With an L2 of each PE's own, what one has written is found there, and what it had is gone after a store.
 */
Test(coherence, private_l2)
{
    k.memory.l2.shared = false;
    k.memory.l1d = cache_of(256, 4, L1_LATENCY);
    k.memory.l1d.replacement = CACHE_FIFO;
    start(2);
    do_store(&c[0], RAM_AT);
    for (unsigned i = 1; i < 5; i++)
        do_load(&c[0], RAM_AT + i * UINT64_C(4096));
    cr_assert_not(has(c[0].m, RAM_AT));
    cr_expect_eq(do_load(&c[1], RAM_AT), 30 - L1_LATENCY, "modified, in the other's L2");
    cr_expect_eq(counts(0)->l2_writeback, 1);
    for (unsigned i = 1; i < 5; i++)
        do_load(&c[1], RAM_AT + i * UINT64_C(0x100000));
    c[1].now += 1000;
    cr_expect_eq(do_load(&c[1], RAM_AT), L2_LATENCY - L1_LATENCY, "this PE's L2 has it now, too");
    do_store(&c[1], RAM_AT);
    c[0].now += 1000;
    cr_expect_eq(do_load(&c[0], RAM_AT), 30 - L1_LATENCY, "the old copy in L2 is no good");
    cr_expect_eq(counts(0)->snoop, 1);
}

/* What is read from its owner is written back, through a private L2 to what all share. */
Test(coherence, sharing_writes_back)
{
    for (unsigned shared = 0; shared < 2; shared++) {
        k.memory.l2.shared = shared;
        start(2);
        do_store(&c[0], RAM_AT);
        uint64_t bus = counts(0)->bus_access;

        do_load(&c[1], RAM_AT);
        cr_expect_eq(counts(0)->bus_access, bus + !shared, "shared %u", shared);
        memory_maintain(c[1].m, MEMORY_CLEAN, NULL, RAM_AT, c[1].now);
        cr_expect_eq(counts(0)->bus_access + counts(1)->bus_access, bus + 1, "written once (shared %u)",
                     shared);
        teardown();
    }
}

/* A store drops the others' copies in their own L2, clean ones, too. */
Test(coherence, a_store_drops_clean_copies_in_l2)
{
    k.memory.l2.shared = false;
    start(2);
    do_load(&c[0], RAM_AT);
    do_store(&c[1], RAM_AT);
    memory_maintain(c[1].m, MEMORY_CLEAN, NULL, RAM_AT, c[1].now);
    c[0].now += 1000;
    cr_expect_eq(do_load(&c[0], RAM_AT), MISS - L1_LATENCY);
}

Test(coherence, the_prefetcher_leaves_what_is_modified_elsewhere)
{
    k.memory.prefetch_streams = 2;
    k.memory.prefetch_trigger = 2;
    k.memory.prefetch_depth = 4;
    start(2);
    do_store(&c[1], RAM_AT + 192);
    do_load(&c[0], RAM_AT);
    do_load(&c[0], RAM_AT + 64);
    cr_expect_eq(counts(0)->prefetch, 3);
    cr_expect(owns(c[1].m, RAM_AT + 192));
}

Test(coherence, stores_that_do_not_allocate_or_read)
{
    k.memory.write_streaming = 1;
    start(2);
    do_load(&c[1], RAM_AT + 64);
    do_load(&c[1], RAM_AT + 0x1000);
    for (unsigned i = 0; i < 16; i++)
        do_store(&c[0], RAM_AT + i * UINT64_C(8));
    cr_expect_not(has(c[0].m, RAM_AT + 64), "it allocates");
    cr_expect_not(has(c[1].m, RAM_AT + 64), "the other PE still has what was stored over");
    c[0].now += 1000;
    maintain(MEMORY_ZERO, RAM_AT + 0x1000);
    cr_expect_not(has(c[1].m, RAM_AT + 0x1000));
    cr_expect_eq(memory_drain(c[0].m, c[0].now), 30);
}

Test(coherence, a_prefetched_line_is_claimed)
{
    k.memory.prefetch_streams = 2;
    k.memory.prefetch_trigger = 2;
    k.memory.prefetch_depth = 4;
    start(2);
    do_load(&c[1], RAM_AT + 128);
    do_load(&c[0], RAM_AT);
    do_load(&c[0], RAM_AT + 64);
    c[0].now += 1000;
    do_store(&c[0], RAM_AT + 128);
    cr_expect_not(has(c[1].m, RAM_AT + 128));
    cr_expect_eq(memory_drain(c[0].m, c[0].now), 30 - c[0].step);
}

/* L2 of all: a line in 20 cycles for each of two, in 10 for one. */
Test(coherence, l2_bandwidth_is_shared)
{
    k.memory.l2.interval = 10;
    k.memory.l2.latency = L1_LATENCY + 1;
    for (unsigned count = 1; count <= 2; count++) {
        start(2);
        for (unsigned pe = 0; pe < count; pe++)
            for (unsigned i = 0; i < 128; i++)
                do_load(&c[pe], RAM_AT + pe * UINT64_C(0x2000) + i * UINT64_C(64));
        uint64_t begin = c[0].now = c[1].now = 100000;

        c[0].step = c[1].step = 1;
        for (unsigned i = 0; i < 128 * 16; i++)
            for (unsigned pe = 0; pe < count; pe++)
                do_load(&c[pe], RAM_AT + pe * UINT64_C(0x2000) + i % 128 * UINT64_C(64));
        uint64_t lines = (counts(0)->l1d_refill - 128), each = (c[0].now - begin) / lines;

        cr_expect(each >= 10 * count - 1 && each <= 10 * count + 2, "%u PEs: %lu cycles a line", count,
                  (unsigned long)each);
        teardown();
    }
}

/* PEs do not throw out the same ways. */
Test(coherence, pes_have_seeds_of_their_own)
{
    start(2);
    for (unsigned i = 0; i < 512; i++)
        for (unsigned pe = 0; pe < 2; pe++)
            do_load(&c[pe], RAM_AT + i * UINT64_C(64));
    unsigned differ = 0;

    for (unsigned page = 0; page < 8; page++)
        differ += map_of(c[0].m, RAM_AT + page * UINT64_C(4096))->present !=
                  map_of(c[1].m, RAM_AT + page * UINT64_C(4096))->present;
    cr_expect(differ);
}

Test(coherence, a_store_drops_what_was_prefetched)
{
    k.memory.prefetch_streams = 2;
    k.memory.prefetch_trigger = 2;
    k.memory.prefetch_depth = 4;
    start(2);
    do_load(&c[0], RAM_AT);
    do_load(&c[0], RAM_AT + 64);
    cr_assert_eq(counts(0)->prefetch, 4);
    do_store(&c[1], RAM_AT + 128);
    c[0].now += 1000;
    cr_expect_eq(do_load(&c[0], RAM_AT + 128), 30 - L1_LATENCY, "not from the prefetcher");
    cr_expect_eq(do_load(&c[0], RAM_AT + 192), 0, "the rest of the stream is there");
}

/* Random accesses of three PEs to a few lines, against a table of who has what; L1D never evicts. */
struct naive_line {
    bool has[3], owns[3];
};

static void naive_access(struct naive_line *n, unsigned pe, bool store)
{
    for (unsigned i = 0; i < 3; i++) {
        if (i == pe)
            continue;
        n->has[i] &= !store;
        n->owns[i] = false;
    }
    n->has[pe] = true;
    n->owns[pe] |= store;
}

static void naive_maintain(struct naive_line *n, bool drop)
{
    for (unsigned i = 0; i < 3; i++) {
        n->has[i] &= !drop;
        n->owns[i] = false;
    }
}

Test(coherence, as_a_naive_table)
{
    struct naive_line n[64] = { { { false }, { false } } };
    uint64_t x = 3;

    start(3);
    for (unsigned i = 0; i < 100000; i++) {
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
        unsigned line = (unsigned)(x >> 58), pe = (unsigned)(x >> 40) % 3, what = (unsigned)(x >> 33) % 16;
        uint64_t pa = RAM_AT + line * UINT64_C(64);

        if (what < 2) {
            memory_maintain(c[pe].m, what ? MEMORY_CLEAN_INVALIDATE : MEMORY_CLEAN, NULL, pa, c[pe].now);
            naive_maintain(&n[line], what);
        } else {
            what < 8 ? do_store(&c[pe], pa) : do_load(&c[pe], pa);
            naive_access(&n[line], pe, what < 8);
        }
        for (unsigned p = 0; p < 3; p++) {
            cr_assert_eq(has(c[p].m, pa), n[line].has[p], "step %u: PE %u, line %u present", i, p, line);
            cr_assert_eq(owns(c[p].m, pa), n[line].owns[p], "step %u: PE %u, line %u owned", i, p, line);
        }
    }
}

/* One DRAM for all: two PEs that stream get half of it each. */
Test(coherence, dram_bandwidth_is_shared)
{
    k.memory.dram_bandwidth = 1600; /* A line in 40 cycles. */
    k.memory.dram_latency_ns = 10;
    uint64_t alone, both;

    start(2);
    for (unsigned i = 0; i < 2000; i++)
        do_load(&c[0], RAM_AT + i * UINT64_C(64));
    alone = c[0].now - 1000;
    teardown();
    start(2);
    for (unsigned i = 0; i < 2000; i++)
        for (unsigned pe = 0; pe < 2; pe++)
            do_load(&c[pe], RAM_AT + pe * UINT64_C(0x100000) + i * UINT64_C(64));
    both = c[0].now - 1000;
    cr_expect(alone >= 1999 * 40 && alone < 2000 * 42, "alone: %lu", (unsigned long)alone);
    cr_expect(both >= 2000 * 76 && both < 2000 * 84, "together: %lu", (unsigned long)both);
}
