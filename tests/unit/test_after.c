/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_after.c
 * The aftermath of a handler: what left while it ran and is filled again afterwards counts once, with its
 * cycles; nothing else does.
 */
#include "memory_one.h"
#include "timing/after.h"

static struct after a;

static void begin(void)
{
    memset(&a, 0, sizeof(a));
    after_begin(&a);
}

static void fill(enum after_kind kind, uint64_t key, uint32_t stall, uint32_t late)
{
    after_filled(&a, kind, key);
    after_charge(&a, stall, late);
}

Test(after, what_left_counts_once)
{
    begin();
    after_left(&a, AFTER_L1D, 7);
    after_left(&a, AFTER_L1D, 7);
    after_left(&a, AFTER_TLB, 8);
    a.phase = AFTER_COUNTS;
    after_left(&a, AFTER_L1D, 9); /* By the context itself. */
    fill(AFTER_L1D, 6, 100, 0);
    fill(AFTER_L1D, 9, 100, 0);
    fill(AFTER_L1I, 7, 100, 0);
    cr_expect_eq(a.cycles, 0);
    fill(AFTER_L1D, 7, 100, 30);
    fill(AFTER_L1D, 7, 100, 30);
    cr_expect_eq(a.refills[AFTER_L1D], 1);
    cr_expect_eq(a.cycles, 70, "the line, without its translation: %lu", a.cycles);
    fill(AFTER_TLB, 8, 100, 30);
    cr_expect_eq(a.refills[AFTER_TLB], 1);
    cr_expect_eq(a.cycles, 100, "the translation alone: %lu", a.cycles);
    after_begin(&a);
    a.phase = AFTER_COUNTS;
    fill(AFTER_L1D, 7, 100, 0);
    cr_expect_eq(a.refills[AFTER_L1D] + a.cycles, 0, "another handler: all is forgotten");
}

Test(after, what_the_handler_fills_again_is_no_loss)
{
    begin();
    after_left(&a, AFTER_L2, 1);
    fill(AFTER_L2, 1, 50, 0);
    after_left(&a, AFTER_L2, 2);
    fill(AFTER_L2, 2, 50, 0);
    after_left(&a, AFTER_L2, 2);
    a.phase = AFTER_COUNTS;
    fill(AFTER_L2, 1, 50, 0);
    fill(AFTER_L2, 2, 50, 0);
    cr_expect_eq(a.refills[AFTER_L2], 1);
    cr_expect_eq(a.cycles, 50);
}

Test(after, sets_are_bounded)
{
    begin();
    for (uint64_t i = 0; i < 4 * AFTER_KEYS; i++)
        after_left(&a, AFTER_L1I, i * 4096);
    a.phase = AFTER_COUNTS;
    for (uint64_t i = 0; i < 4 * AFTER_KEYS; i++)
        fill(AFTER_L1I, i * 4096, 1, 0);
    cr_expect_eq(a.refills[AFTER_L1I], AFTER_KEYS);
    cr_expect_eq(a.cycles, AFTER_KEYS);
}

TestSuite(after_memory, .init = setup, .fini = teardown);

/* 4 KiB of L1D: a sweep of 8 KiB pushes the line out of it. */
static void sweep_between(uint64_t bytes, uint64_t l1d, uint64_t l2)
{
    const uint64_t line = RAM_AT + UINT64_C(0x100000);
    uint32_t stall;

    k.memory.l1d.replacement = k.memory.l2.replacement = CACHE_FIFO;
    start();
    memory_watch(c.m, &a);
    do_load(&c, line);
    begin();
    for (uint64_t at = 0; at < bytes; at += 64)
        do_load(&c, RAM_AT + at);
    a.phase = AFTER_COUNTS;
    stall = do_load(&c, line + 64); /* A line that was never there. */
    after_charge(&a, stall, 0);
    cr_expect_eq(a.refills[AFTER_L1D] + a.refills[AFTER_L2] + a.cycles, 0);
    stall = do_load(&c, line);
    after_charge(&a, stall, 0);
    cr_expect_gt(counts()->l1d_refill, 2);
    cr_expect_eq(a.refills[AFTER_L1D], l1d, "%lu KiB: %lu", bytes >> 10, a.refills[AFTER_L1D]);
    cr_expect_eq(a.refills[AFTER_L2], l2, "%lu KiB: %lu", bytes >> 10, a.refills[AFTER_L2]);
    cr_expect_eq(a.cycles, l1d ? stall : 0);
}

Test(after_memory, nothing_is_pushed_out)
{
    sweep_between(64, 0, 0);
}

Test(after_memory, out_of_l1d)
{
    sweep_between(8192, 1, 0);
}
