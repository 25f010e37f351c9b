/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_memory_store.c
 * Stores and what streams: the store buffer, write streaming, prefetched streams of loads, bandwidth.
 */
#include "memory_one.h"

TestSuite(memory_store, .init = setup, .fini = teardown);
TestSuite(prefetch, .init = setup, .fini = teardown);

Test(memory_store, waits_only_when_the_buffer_is_full)
{
    start();
    c.step = 1;
    for (unsigned i = 0; i < 4; i++)
        cr_expect_eq(do_store(&c, RAM_AT + i * UINT64_C(4096)), 0, "store %u of 4 in a buffer of 4", i);
    cr_expect_eq(do_store(&c, RAM_AT + 4 * 4096), L2_LATENCY + DRAM_CYCLES - 4, "the first one's rest");
    cr_expect_eq(counts()->stall_store, L2_LATENCY + DRAM_CYCLES - 4);
}

Test(memory_store, misses_use_fill_buffers)
{
    k.memory.fills = 1;
    start();
    c.step = 0;
    do_store(&c, RAM_AT);
    do_store(&c, RAM_AT + 4096);
    cr_expect_eq(memory_drain(c.m, c.now), 2 * (L2_LATENCY + DRAM_CYCLES), "one after the other");
}

Test(memory_store, drain_waits_for_the_last)
{
    start();
    do_store(&c, RAM_AT);
    uint32_t wait = memory_drain(c.m, c.now);

    cr_expect_eq(wait, L2_LATENCY + DRAM_CYCLES - 10);
    c.now += wait;
    cr_expect_eq(memory_drain(c.m, c.now), 0);
}

/* Stores `lines` full lines in a row, 8 bytes at a time; returns the stall. */
static uint64_t store_lines(uint64_t from, unsigned lines)
{
    uint64_t stall = 0;

    for (unsigned i = 0; i < lines * 8; i++)
        stall += do_store(&c, from + i * UINT64_C(8));
    return stall;
}

Test(memory_store, streaming_begins_after_full_lines)
{
    k.memory.write_streaming = 4;
    start();
    store_lines(RAM_AT, 20);
    for (unsigned i = 0; i < 20; i++)
        cr_expect_eq(has(c.m, RAM_AT + i * UINT64_C(64)), i < 4, "line %u", i);
    cr_expect_eq(counts()->l1d_refill, 4);
    cr_expect_eq(counts()->bus_access, 4, "lines that are stored to in full were read");
    cr_expect_eq(counts()->l1d_writeback, 0);
    cr_expect_eq(counts()->l2_access, 20);
}

Test(memory_store, a_partial_line_ends_streaming)
{
    k.memory.write_streaming = 4;
    start();
    store_lines(RAM_AT, 8);
    do_store(&c, RAM_AT + 8 * 64);
    cr_expect_not(has(c.m, RAM_AT + 8 * 64));
    store_lines(RAM_AT + 9 * 64, 2);
    cr_expect(has(c.m, RAM_AT + 9 * 64), "still streaming after a partial line");
    cr_expect_eq(counts()->bus_access, 4 + 1 + 2, "the partial line is merged, the next ones allocate");
    do_load(&c, RAM_AT + 8 * 64);
    cr_expect_eq(counts()->bus_access, 7, "the partial line is in L2");
}

Test(memory_store, a_jump_ends_streaming)
{
    k.memory.write_streaming = 4;
    start();
    store_lines(RAM_AT, 8);
    do_store(&c, RAM_AT + 0x10000);
    cr_expect(has(c.m, RAM_AT + 0x10000));
}

Test(memory_store, a_load_of_the_line_ends_streaming)
{
    k.memory.write_streaming = 4;
    start();
    store_lines(RAM_AT, 8);
    do_store(&c, RAM_AT + 8 * 64);
    uint64_t access = counts()->l2_access;

    do_load(&c, RAM_AT + 8 * 64);
    cr_expect_eq(counts()->l2_access, access + 3, "read and written by the store, read by the load");
    cr_expect(has(c.m, RAM_AT + 8 * 64));
    do_store(&c, RAM_AT + 9 * 64);
    cr_expect(has(c.m, RAM_AT + 9 * 64));
}

Test(memory_store, no_streaming_when_the_model_has_none)
{
    start();
    store_lines(RAM_AT, 40);
    for (unsigned i = 0; i < 40; i++)
        cr_assert(has(c.m, RAM_AT + i * UINT64_C(64)));
}

Test(memory_store, a_partial_line_is_modified_in_l2)
{
    k.memory.write_streaming = 4;
    k.memory.l2.replacement = CACHE_FIFO;
    start();
    store_lines(RAM_AT, 4);
    do_store(&c, RAM_AT + 4 * 64);
    memory_drain(c.m, c.now);
    uint64_t written = counts()->l2_writeback;

    memory_maintain(c.m, MEMORY_CLEAN, NULL, RAM_AT + 4 * 64, c.now);
    cr_expect_eq(counts()->l2_writeback, written + 1);
}

Test(memory_store, drain_closes_the_line)
{
    k.memory.write_streaming = 4;
    start();
    store_lines(RAM_AT, 4);
    do_store(&c, RAM_AT + 4 * 64);
    c.now += 1000;
    cr_expect_eq(memory_drain(c.m, c.now), L2_LATENCY + DRAM_CYCLES, "the rest of the line has to be read");
}

Test(memory_store, maintenance_closes_the_line)
{
    k.memory.write_streaming = 4;
    start();
    store_lines(RAM_AT, 4);
    do_store(&c, RAM_AT + 4 * 64);
    uint64_t bus = counts()->bus_access;

    memory_maintain(c.m, MEMORY_CLEAN, NULL, RAM_AT + 4 * 64, c.now);
    cr_expect_eq(counts()->bus_access, bus + 2, "read into L2 and written from there");
}

Test(memory_store, late_translation)
{
    start();
    struct memory_access a = access_of(&c, MEMORY_STORE, RAM_AT);

    a.late = 25;
    cr_expect_eq(core_access(&c, a), 25, "in order, nothing goes on");
    cr_expect_eq(core_access(&c, a), 25);
    teardown();
    k.pipeline = (struct core_pipeline){ .in_order = false, .width = 2, .window = 40 };
    start();
    a = access_of(&c, MEMORY_STORE, RAM_AT);
    a.late = 25;
    cr_expect_eq(core_access(&c, a), 5, "the reorder buffer hides 20");
}

/* 1 GHz, 64 bytes a line: 6400 MB/s is a line in 10 cycles. */
Test(memory_store, streaming_runs_at_dram_bandwidth)
{
    k.memory.write_streaming = 4;
    k.memory.dram_bandwidth = 6400;
    start();
    c.step = 0;
    store_lines(RAM_AT, 1000); /* L2 has 512. */
    uint64_t begin = c.now;

    store_lines(RAM_AT + 1000 * 64, 2000);
    uint64_t each = (c.now - begin + 1000) / 2000;

    cr_expect_eq(each, 10, "a line takes %lu cycles", (unsigned long)each);
}

Test(memory_store, zeroing_reads_nothing)
{
    start();
    for (unsigned i = 0; i < 8; i++)
        cr_expect_eq(
            memory_maintain(c.m, MEMORY_ZERO, map_of(c.m, RAM_AT), RAM_AT + i * UINT64_C(64), c.now), 0);
    cr_expect_eq(counts()->bus_access, 0);
    cr_expect_eq(counts()->l1d_refill, 0);
    cr_expect(owns(c.m, RAM_AT + 7 * 64));
}

Test(memory_store, not_cacheable)
{
    start();
    struct memory_access a = access_of(&c, MEMORY_STORE, RAM_AT);

    a.cacheable = false;
    a.map = (struct line_map *)&line_map_none;
    c.step = 1;
    for (unsigned i = 0; i < 8; i++, a.pa += 8)
        cr_expect_eq(core_access(&c, a), 0);
    cr_expect_eq(counts()->bus_access, 1, "stores to one line were not put together");
    for (unsigned i = 0; i < 3; i++, a.pa += 64)
        cr_expect_eq(core_access(&c, a), 0);
    cr_expect_eq(counts()->bus_access, 4);
    cr_expect_gt(core_access(&c, a), 50, "a fifth line in a buffer of four");
    c.now += 1000;
    uint64_t bus = counts()->bus_access;

    core_access(&c, a);
    cr_expect_eq(counts()->bus_access, bus + 1, "put together with a store that is long through");
    a.kind = MEMORY_LOAD;
    c.step = 10;
    for (unsigned i = 0; i < 3; i++)
        cr_expect_geq(core_access(&c, a), L2_LATENCY + DRAM_CYCLES - L1_LATENCY, "loads are not kept");
}

static void with_prefetcher(void)
{
    k.memory.prefetch_streams = 4;
    k.memory.prefetch_trigger = 3;
    k.memory.prefetch_depth = 4;
}

Test(prefetch, hides_a_stream)
{
    with_prefetcher();
    start();
    c.step = 40; /* Four lines ahead are 160 cycles: more than the 114 of a miss. */
    for (int i = 0; i < 64; i++) {
        uint32_t stall = do_load(&c, RAM_AT + (uint64_t)i * 64);

        if (i < 3)
            cr_expect_eq(stall, L2_LATENCY + DRAM_CYCLES - L1_LATENCY, "line %d", i);
        else
            cr_expect_eq(stall, 0, "line %d stalls %u", i, stall);
    }
    cr_expect_eq(counts()->l1d_refill, 3);
    cr_expect_eq(counts()->prefetch, 61, "%lu prefetches in a page", (unsigned long)counts()->prefetch);
}

Test(prefetch, too_late_hides_in_part)
{
    with_prefetcher();
    start();
    c.step = 10;
    uint64_t begin;

    for (unsigned i = 0; i < 8; i++)
        do_load(&c, RAM_AT + i * UINT64_C(64));
    begin = c.now;
    for (unsigned i = 8; i < 48; i++)
        do_load(&c, RAM_AT + i * UINT64_C(64));
    /* Four lines in flight, and the one that is waited for: a line in a fifth of the latency. */
    uint64_t each = (c.now - begin) / 40;

    cr_expect(each >= 22 && each <= 25, "%lu cycles a line", (unsigned long)each);
}

Test(prefetch, not_beyond_bandwidth)
{
    with_prefetcher();
    k.memory.prefetch_depth = 16;
    k.memory.dram_bandwidth = 1600; /* A line in 40 cycles. */
    start();
    c.step = 10;
    uint64_t begin = c.now;

    for (unsigned i = 0; i < 640; i++)
        do_load(&c, RAM_AT + i * UINT64_C(64));
    uint64_t each = (c.now - begin) / 640;

    cr_expect(each >= 40 && each <= 44, "%lu cycles a line", (unsigned long)each);
}

/* A miss elsewhere waits for the line that is being sent, not for the fifteen that queue behind it. */
Test(prefetch, demands_go_first)
{
    with_prefetcher();
    k.memory.prefetch_depth = 16;
    k.memory.dram_bandwidth = 1600; /* A line in 40 cycles. */
    start();
    for (unsigned i = 0; i < 3; i++)
        do_load(&c, RAM_AT + i * UINT64_C(64));
    cr_assert_eq(counts()->prefetch, 16);
    uint32_t stall = do_load(&c, RAM_AT + 0x100000);

    cr_expect(stall <= L2_LATENCY + DRAM_CYCLES - L1_LATENCY + 40, "stalled for %u cycles", stall);
}

Test(prefetch, goes_on_in_the_next_page)
{
    with_prefetcher();
    start();
    c.step = 40;
    for (unsigned i = 0; i < 64; i++)
        do_load(&c, RAM_AT + i * UINT64_C(64));
    cr_expect_not(has(c.m, RAM_AT + 4096));
    cr_expect_eq(do_load(&c, RAM_AT + 4096), L2_LATENCY + DRAM_CYCLES - L1_LATENCY, "not prefetched");
    cr_expect_eq(do_load(&c, RAM_AT + 4096 + 64), 0, "prefetched when the one before it was asked for");
}

Test(prefetch, strides)
{
    static const struct {
        int stride;
        bool seen;
    } rows[] = { { 1, true }, { -1, true }, { 4, true }, { -3, true }, { 5, false }, { -5, false } };

    with_prefetcher();
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        start();
        uint64_t pa = RAM_AT + 4096 + (rows[r].stride < 0 ? 63 * 64 : 0);

        for (int i = 0; i < 6; i++)
            do_load(&c, pa + (uint64_t)(i * rows[r].stride * 64));
        cr_expect_eq(counts()->prefetch > 0, rows[r].seen, "stride %d", rows[r].stride);
        cr_expect_eq(counts()->l1d_refill, rows[r].seen ? 3 : 6, "stride %d", rows[r].stride);
        teardown();
    }
}

/* Two misses are enough for the next line, but not for another stride (Cortex-A53, CPUACTLR_EL1.STRIDE). */
Test(prefetch, two_misses_of_consecutive_lines)
{
    for (unsigned stride = 1; stride <= 2; stride++) {
        with_prefetcher();
        k.memory.prefetch_trigger = 2;
        start();
        for (unsigned i = 0; i < 8; i++)
            do_load(&c, RAM_AT + i * stride * UINT64_C(64));
        cr_expect_eq(counts()->l1d_refill, 1 + stride, "stride %u", stride);
        teardown();
    }
}

Test(prefetch, several_streams_at_once)
{
    with_prefetcher();
    start();
    for (unsigned i = 0; i < 16; i++)
        for (unsigned s = 0; s < 4; s++)
            do_load(&c, RAM_AT + s * UINT64_C(0x10000) + i * UINT64_C(64));
    cr_expect_eq(counts()->l1d_refill, 12, "%lu refills of 64 lines", (unsigned long)counts()->l1d_refill);
}

Test(prefetch, more_streams_than_it_follows)
{
    with_prefetcher();
    start();
    for (unsigned i = 0; i < 16; i++)
        for (unsigned s = 0; s < 5; s++)
            do_load(&c, RAM_AT + s * UINT64_C(0x10000) + i * UINT64_C(64));
    cr_expect_eq(counts()->l1d_refill, 80);
}

Test(prefetch, hits_between_do_not_disturb)
{
    with_prefetcher();
    start();
    for (unsigned i = 0; i < 10; i++) {
        do_load(&c, RAM_AT + i * UINT64_C(64));
        do_load(&c, RAM_AT);
        do_store(&c, RAM_AT + 8);
    }
    cr_expect_eq(counts()->l1d_refill, 3);
}

Test(prefetch, is_not_in_l1_before_it_is_asked_for)
{
    with_prefetcher();
    start();
    for (unsigned i = 0; i < 3; i++)
        do_load(&c, RAM_AT + i * UINT64_C(64));
    cr_expect_eq(counts()->prefetch, 4);
    for (unsigned i = 3; i < 8; i++)
        cr_expect_not(has(c.m, RAM_AT + i * UINT64_C(64)), "line %u", i);
}

/* A line is there no sooner than a hit in L1 would have it, and chained loads wait for it. */
Test(prefetch, a_line_that_is_there_is_a_hit)
{
    with_prefetcher();
    start();
    c.step = 400;
    for (unsigned i = 0; i < 5; i++)
        do_load(&c, RAM_AT + i * UINT64_C(64));
    struct memory_access a = access_of(&c, MEMORY_LOAD, RAM_AT + 5 * 64);

    a.late = 7;
    cr_expect_eq(core_access(&c, a), 7);
}

Test(prefetch, stores_train_it_too)
{
    with_prefetcher();
    start();
    for (unsigned i = 0; i < 8; i++)
        do_store(&c, RAM_AT + i * UINT64_C(64));
    cr_expect_eq(counts()->l1d_refill, 3);
}

Test(prefetch, invalidated_lines_are_gone)
{
    with_prefetcher();
    start();
    for (unsigned i = 0; i < 3; i++)
        do_load(&c, RAM_AT + i * UINT64_C(64));
    memory_maintain(c.m, MEMORY_INVALIDATE, NULL, RAM_AT + 3 * 64, c.now);
    c.now += 1000;
    cr_expect_eq(do_load(&c, RAM_AT + 3 * 64), L2_LATENCY + DRAM_CYCLES - L1_LATENCY);
}

/* Lines that are there already are left out, and the stream goes on behind them. */
Test(prefetch, skips_what_is_there)
{
    with_prefetcher();
    start();
    do_load(&c, RAM_AT + 4 * 64);
    c.now += 1000;
    do_load(&c, RAM_AT + 0x100000); /* Uses up what the first one trained. */
    for (unsigned i = 0; i < 4; i++)
        do_load(&c, RAM_AT + i * UINT64_C(64));
    uint64_t refills = counts()->l1d_refill;

    cr_expect_eq(counts()->prefetch, 3 + 1, "lines 3, 5 and 6, then 7");
    do_load(&c, RAM_AT + 5 * 64);
    do_load(&c, RAM_AT + 6 * 64);
    cr_expect_eq(counts()->l1d_refill, refills);
}
