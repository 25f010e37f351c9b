/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_memory.c
 * What data accesses of one PE cost: the latencies of each level, what overlaps, prefetching, stores,
 * walks, fetches, maintenance, what is not cacheable; and that line maps tell what L1 has.
 */
#include "memory_one.h"

TestSuite(memory, .init = setup, .fini = teardown);

/* Average stall of a pointer chase over `lines` lines, in a scattered order, when all have been seen. */
static double chase(unsigned lines)
{
    const unsigned rounds = 8;
    uint64_t before;

    for (unsigned i = 0; i < lines; i++)
        do_load(&c, RAM_AT + i * UINT64_C(17) % lines * 64);
    before = counts()->stall_data;
    for (unsigned i = 0; i < rounds * lines; i++) {
        struct memory_access a = access_of(&c, MEMORY_LOAD, RAM_AT + i * UINT64_C(17) % lines * 64);

        a.note = NOTE_CHAIN(L1_LATENCY);
        core_access(&c, a);
    }
    return (double)(counts()->stall_data - before) / (rounds * lines);
}

Test(memory, latency_ladder)
{
    k.memory.l1d.replacement = k.memory.l2.replacement = CACHE_FIFO;
    k.memory.l3 = cache_of(262144, 16, L3_LATENCY);
    k.memory.l3.replacement = CACHE_LRU;
    start();
    c.step = L1_LATENCY;
    double l1 = chase(64), l2 = chase(256), l3 = chase(2048), dram = chase(16384);

    cr_expect_eq(l1, 0, "4 KiB of 4 KiB L1: %g", l1);
    cr_expect_eq(l2, L2_LATENCY - L1_LATENCY, "16 KiB in L2: %g", l2);
    cr_expect_eq(l3, L3_LATENCY - L1_LATENCY, "128 KiB in L3: %g", l3);
    cr_expect_eq(dram, L3_LATENCY + DRAM_CYCLES - L1_LATENCY, "1 MiB: %g", dram);
}

Test(memory, counts_of_levels)
{
    start();
    for (unsigned i = 0; i < 128; i++)
        do_load(&c, RAM_AT + i * UINT64_C(64));
    cr_expect_eq(counts()->l1d_refill, 128);
    cr_expect_eq(counts()->l2_access, 128);
    cr_expect_eq(counts()->l2_refill, 128);
    cr_expect_eq(counts()->bus_access, 128);
    cr_expect_eq(counts()->l3_access, 0);
    cr_expect_eq(counts()->l1d_writeback, 0);
}

Test(memory, out_of_order_chain_pays_all)
{
    k.pipeline = (struct core_pipeline){ .in_order = false, .width = 4, .window = 128 };
    start();
    c.step = L1_LATENCY;
    uint64_t begin = c.now;

    for (unsigned i = 0; i < 1000; i++) {
        struct memory_access a = access_of(&c, MEMORY_LOAD, RAM_AT + i * UINT64_C(4096));

        a.note = NOTE_CHAIN(L1_LATENCY);
        core_access(&c, a);
    }
    uint64_t each = (c.now - begin + 500) / 1000;

    cr_expect_eq(each, L2_LATENCY + DRAM_CYCLES, "a link of the chain takes %lu cycles",
                 (unsigned long)each);
}

/* Cycles a load of `count` chains side by side, a load of each in turn, with `delay` cycles of arithmetic
 * from one link's data to the next one's address; a loop of `back` instructions. */
static double chains(unsigned count, unsigned back, int delay)
{
    const struct pipe_note note = { .back = (uint8_t)back, .delay = (int8_t)delay, .recurrent = 1 };
    const unsigned links = 200;
    uint64_t begin;

    start();
    c.step = 1;
    begin = c.now;
    for (unsigned i = 0; i < links * count; i++) {
        struct memory_access a = access_of(&c, MEMORY_LOAD, RAM_AT + i % 2048 * UINT64_C(4096));

        a.pc = 0x1000 + i % count * 4;
        a.note = &note;
        core_access(&c, a);
        if (i % count == count - 1) { /* The rest of the loop. */
            c.now += back - count;
            c.insns += back - count;
        }
    }
    begin = c.now - begin;
    teardown();
    return (double)begin / (links * count);
}

Test(memory, chains_side_by_side_overlap)
{
    const double one = L2_LATENCY + DRAM_CYCLES;

    k.pipeline = (struct core_pipeline){ .in_order = false, .width = 4, .window = 128 };
    for (unsigned n = 1; n <= 8; n++) {
        double want = one / (n < 4 ? n : 4), each = chains(n, 16, 0); /* Four fill buffers. */

        cr_expect(each > want * 0.98 && each < want * 1.03, "%u chains: %g cycles a load, not %g", n, each,
                  want);
    }
}

Test(memory, arithmetic_of_a_chain_comes_on_top)
{
    k.pipeline = (struct core_pipeline){ .in_order = false, .width = 4, .window = 128 };
    double none = chains(1, 12, 0), some = chains(1, 12, 8);

    cr_expect(some - none > 7.5 && some - none < 8.5, "%g and %g cycles a link", none, some);
}

/* A link that hits hands on what the one before it waits for. */
Test(memory, a_chain_goes_on_through_hits)
{
    const struct pipe_note notes[2] = { { .back = 1, .producer = 1, .recurrent = 1 },
                                        { .back = 1, .producer = -1, .recurrent = 1 } };
    uint64_t begin;

    k.pipeline = (struct core_pipeline){ .in_order = false, .width = 4, .window = 128 };
    start();
    begin = c.now;
    for (unsigned i = 0; i < 100; i++) {
        struct memory_access a = access_of(&c, MEMORY_LOAD, RAM_AT + i * UINT64_C(4096));

        c.step = L1_LATENCY;
        a.pc = 0x1000;
        a.note = &notes[0];
        core_access(&c, a);
        c.insns -= L1_LATENCY - 2; /* This load and the one behind it, at 0x1004, which hits. */
        c.now += L1_LATENCY;
    }
    uint64_t each = (c.now - begin) / 100;

    cr_expect_eq(each, L2_LATENCY + DRAM_CYCLES + L1_LATENCY, "a miss and a hit take %lu cycles",
                 (unsigned long)each);
}

/* TLB hits that take some cycles leave no way behind the core's back: a miss after many of them is issued
 * when the reorder buffer lets it. */
Test(memory, a_long_chain_of_late_hits_leaves_no_lag)
{
    k.pipeline = (struct core_pipeline){ .in_order = false, .width = 4, .window = 8 };
    start();
    c.step = L1_LATENCY;
    do_load(&c, RAM_AT);
    for (unsigned i = 0; i < 500; i++) {
        struct memory_access a = access_of(&c, MEMORY_LOAD, RAM_AT);

        a.late = 20;
        a.note = NOTE_CHAIN(L1_LATENCY);
        core_access(&c, a);
    }
    uint32_t stall = do_load(&c, RAM_AT + 4096);

    /* Two links of 24 cycles are in the window with it. */
    cr_expect(stall >= L2_LATENCY + DRAM_CYCLES - L1_LATENCY - 2 * 24 - 2, "stalls for %u cycles", stall);
}

/* What the window hid of a miss comes to light where everything has to be done. */
Test(memory, serialize_waits_for_late_loads)
{
    k.pipeline = (struct core_pipeline){ .in_order = false, .width = 1, .window = 60 };
    start();
    uint32_t stall = do_load(&c, RAM_AT), rest;

    cr_assert_eq(stall, L2_LATENCY + DRAM_CYCLES - L1_LATENCY - 60);
    rest = memory_serialize(c.m, c.now);
    cr_expect_eq(rest, 60 + L1_LATENCY - c.step);
    c.now += rest;
    cr_expect_eq(memory_serialize(c.m, c.now), 0);
    do_load(&c, RAM_AT + 4096);
    cr_expect_eq(memory_drain(c.m, c.now), 60 + L1_LATENCY - c.step, "DSB does, too");
}

/* Cycles for each of 1000 independent misses, `step` instructions apart, of as many cycles. */
static uint64_t independent(uint32_t step)
{
    uint64_t begin;

    start();
    c.step = step;
    begin = c.now;
    for (unsigned i = 0; i < 1000; i++)
        do_load(&c, RAM_AT + i * UINT64_C(4096));
    return (c.now - begin + 500) / 1000;
}

Test(memory, overlap_is_limited_by_fill_buffers)
{
    k.pipeline = (struct core_pipeline){ .in_order = false, .width = 1, .window = 128 };
    uint64_t each = independent(4), want = (L2_LATENCY + DRAM_CYCLES) / 4;

    cr_expect(each >= want && each <= want + 1, "4 fill buffers: %lu cycles each, not %lu",
              (unsigned long)each, (unsigned long)want);
}

Test(memory, overlap_is_limited_by_the_window)
{
    k.pipeline = (struct core_pipeline){ .in_order = false, .width = 1, .window = 20 };
    k.memory.fills = 20;
    /* Misses are 10 instructions apart: two are in the window. */
    uint64_t each = independent(10), want = (L2_LATENCY + DRAM_CYCLES) / 2;

    cr_expect(each >= want - 5 && each <= want + 5, "2 in the window: %lu cycles each, not %lu",
              (unsigned long)each, (unsigned long)want);
}

Test(memory, a_wide_window_hides_what_it_can)
{
    k.pipeline = (struct core_pipeline){ .in_order = false, .width = 1, .window = 200 };
    start();
    cr_expect_eq(do_load(&c, RAM_AT), 0, "110 cycles, and 200 to fill the reorder buffer");
    teardown();
    k.pipeline.window = 60;
    start();
    cr_expect_eq(do_load(&c, RAM_AT), L2_LATENCY + DRAM_CYCLES - L1_LATENCY - 60);
}

Test(memory, in_order_without_slack_pays_each)
{
    start();
    for (unsigned i = 0; i < 100; i++)
        cr_assert_eq(do_load(&c, RAM_AT + i * UINT64_C(4096)), L2_LATENCY + DRAM_CYCLES - L1_LATENCY);
}

Test(memory, in_order_slack_hides)
{
    start();
    struct memory_access a = access_of(&c, MEMORY_LOAD, RAM_AT);

    a.note = NOTE_SLACK(30);
    cr_expect_eq(core_access(&c, a), L2_LATENCY + DRAM_CYCLES - L1_LATENCY - 30);
}

/* The second load is issued before the first one's data is used, so both wait at the same time. */
Test(memory, in_order_loads_before_the_use_overlap)
{
    start();
    c.step = 1;
    struct memory_access a = access_of(&c, MEMORY_LOAD, RAM_AT);
    uint32_t first, second;

    a.note = NOTE_SLACK(1);
    first = core_access(&c, a);
    a = access_of(&c, MEMORY_LOAD, RAM_AT + 4096);
    second = core_access(&c, a);
    cr_expect_eq(first, L2_LATENCY + DRAM_CYCLES - L1_LATENCY - 1);
    cr_expect_eq(second, 1, "%u more: issued a cycle later, used a cycle earlier after its issue", second);
    a = access_of(&c, MEMORY_LOAD, RAM_AT + 8192);
    c.now += 10;
    cr_expect_eq(core_access(&c, a), L2_LATENCY + DRAM_CYCLES - L1_LATENCY, "behind the use");
}

Test(memory, late_translation_delays)
{
    start();
    struct memory_access a = access_of(&c, MEMORY_LOAD, RAM_AT);

    a.late = 25;
    cr_expect_eq(core_access(&c, a), L2_LATENCY + DRAM_CYCLES - L1_LATENCY + 25);
    cr_expect_eq(core_access(&c, a), 25, "a hit in L1 is late as well");
    a.late = 0;
    cr_expect_eq(memory_access(c.m, &a, c.now, c.insns), 0);
}

/* Bits and ways, against what is counted: never more lines than L1D has, and a way for each. */
Test(memory, maps_tell_what_l1_has)
{
    uint64_t x = 99;

    start();
    for (unsigned i = 0; i < 20000; i++) {
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
        uint64_t pa = RAM_AT + (x >> 40) % (16 * 4096);

        (x >> 33) % 3 ? do_load(&c, pa) : do_store(&c, pa);
        cr_assert(has(c.m, pa), "access %u did not bring its line in", i);
        if (i % 64)
            continue;
        unsigned present = 0, owned = 0;

        for (unsigned page = 0; page < 16; page++) {
            struct line_map *map = map_of(c.m, RAM_AT + page * UINT64_C(4096));

            cr_assert_eq(map->owned & ~map->present, 0, "owned but not present");
            present += (unsigned)__builtin_popcountll(map->present);
            owned += (unsigned)__builtin_popcountll(map->owned);
        }
        cr_assert(present <= 64, "%u lines in an L1D of 64", present);
        cr_assert(i < 1000 || present == 64, "%u lines in a full L1D", present);
        cr_assert(owned <= present);
    }
}

Test(memory, modified_victims_are_written_back)
{
    k.memory.l1d = cache_of(256, 4, L1_LATENCY); /* One set. */
    k.memory.l1d.replacement = CACHE_FIFO;
    start();
    do_store(&c, RAM_AT);
    for (unsigned i = 1; i < 4; i++)
        do_load(&c, RAM_AT + i * UINT64_C(4096));
    cr_expect(owns(c.m, RAM_AT));
    do_load(&c, RAM_AT + 4 * 4096);
    cr_expect_not(has(c.m, RAM_AT), "the victim's bits are still set");
    cr_expect_not(owns(c.m, RAM_AT));
    cr_expect_eq(counts()->l1d_writeback, 1);
    do_load(&c, RAM_AT + 5 * 4096);
    cr_expect_eq(counts()->l1d_writeback, 1, "a clean victim was written");
}

Test(memory, modified_lines_go_down_to_dram)
{
    k.memory.l1d.replacement = k.memory.l2.replacement = CACHE_FIFO;
    start();
    for (unsigned i = 0; i < 2048; i++) /* Four times L2. */
        do_store(&c, RAM_AT + i * UINT64_C(64));
    cr_expect_eq(counts()->l1d_writeback, 2048 - 64);
    cr_expect(counts()->l2_writeback >= 2048 - 512 - 64 && counts()->l2_writeback <= 2048 - 512,
              "%lu lines written to DRAM", (unsigned long)counts()->l2_writeback);
}

Test(memory, first_store_to_a_clean_line_is_free)
{
    start();
    do_load(&c, RAM_AT);
    cr_expect_not(owns(c.m, RAM_AT));
    cr_expect_eq(do_store(&c, RAM_AT), 0);
    cr_expect(owns(c.m, RAM_AT));
    cr_expect_eq(memory_drain(c.m, c.now), 0);
}

Test(memory, no_memory_no_model)
{
    k.memory.l1d.ways = 0;
    cr_expect_null(memory_new(&k, 1, 1));
    k = plain_model();
    k.memory.l2.line = 128;
    cr_expect_null(memory_new(&k, 2, 1));
    cr_expect_null(memory_new(&k, 0, 1));
    cr_expect_null(memory_new(&k, 9, 1));
}

Test(memory, everything_hits_in_line_map_all)
{
    start();
    struct memory_access a = access_of(&c, MEMORY_LOAD, RAM_AT);

    a.map = &line_map_all;
    a.late = 9;
    cr_expect_eq(memory_access(c.m, &a, c.now, c.insns), 0);
    cr_expect_eq(line_map_all.present, UINT64_MAX);
    cr_expect_eq(line_map_none.present | line_map_none.owned | line_map_none.fetched, 0);
}

/* The same accesses: the same cycles. */
static uint64_t random_run(uint64_t seed, uint64_t *refills)
{
    uint64_t x = 5, end;

    k.memory.prefetch_streams = 4;
    k.memory.prefetch_trigger = 3;
    k.memory.prefetch_depth = 4;
    k.memory.write_streaming = 4;
    mem = memory_new(&k, 1, seed);
    c = (struct core){ .m = mem[0], .now = 1000, .insns = 1000, .step = 3 };
    for (unsigned i = 0; i < 50000; i++) {
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
        struct memory_access a = access_of(&c, (enum memory_kind)(x >> 62), RAM_AT + (x >> 40) % 65536);

        const struct pipe_note note = { .slack = x >> 50 & PIPE_SLACK_MAX, .back = x >> 61 & 1 ? 3 : 0 };

        a.pc = x >> 45 & 0x1c;
        a.note = &note;
        core_access(&c, a);
    }
    *refills = counts()->l1d_refill;
    end = c.now;
    teardown();
    return end;
}

Test(memory, deterministic)
{
    uint64_t refills[3];
    uint64_t a = random_run(1, &refills[0]), b = random_run(1, &refills[1]);

    cr_expect_eq(a, b, "one seed, %lu and %lu cycles", (unsigned long)a, (unsigned long)b);
    cr_expect_eq(refills[0], refills[1]);
    cr_expect_neq(a, random_run(2, &refills[2]), "the seed does not matter");
}
