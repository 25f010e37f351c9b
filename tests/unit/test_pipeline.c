/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_pipeline.c
 * The schedule of blocks: on small pipelines made here, whose answers can be worked out by hand.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "a64/insn.h"
#include "fixture.h"
#include "timing/pipeline.h"

enum { ALU_PIPES = 0x3, LOAD_PIPE = 0x4, MUL_PIPE = 0x8 };

static void set_class(struct core_pipeline *p, unsigned class, unsigned latency, unsigned pipes,
                      unsigned busy)
{
    p->insn[class] = (struct pipe_timing){ .latency = (uint8_t)latency, .uop_count = 1 };
    p->insn[class].uop[0] = (struct pipe_uop){ .pipes = (uint16_t)pipes, .busy = (uint8_t)busy };
}

/* Two ALUs, a load and store pipe, a multiplier; branches need a slot alone. */
static struct core_pipeline make(bool in_order, unsigned width)
{
    struct core_pipeline p = { .in_order = in_order,
                               .width = (uint8_t)width,
                               .decode = (uint8_t)width,
                               .window = 64,
                               .pipe_count = 4 };

    for (unsigned k = 0; k < INSN_CLASS_COUNT; k++)
        set_class(&p, k, 1, ALU_PIPES, 1);
    set_class(&p, INSN_LOAD, 4, LOAD_PIPE, 1);
    set_class(&p, INSN_STORE, 1, LOAD_PIPE, 1);
    set_class(&p, INSN_MUL64, 5, MUL_PIPE, 2);
    set_class(&p, INSN_BRANCH_COND, 1, 0, 0);
    set_class(&p, INSN_ISB, 10, 0, 0);
    p.insn[INSN_ISB].serial = true;
    p.insn[INSN_LOAD_BASE].uop_count = p.insn[INSN_STORE_BASE].uop_count = 0;
    return p;
}

#define ADD(d, n, m) (0x8b000000u | (m) << 16 | (n) << 5 | (d))
#define SUBS(d, n, m) (0xeb000000u | (m) << 16 | (n) << 5 | (d))
#define ADD_LSL(d, n, m, by) (0x8b000000u | (m) << 16 | (by) << 10 | (n) << 5 | (d))
#define LDR(t, n) (0xf9400000u | (n) << 5 | (t))
#define LDR_POST(t, n) (0xf8408400u | (n) << 5 | (t))
#define STR(t, n) (0xf9000000u | (n) << 5 | (t))
#define MADD(d, n, m, a) (0x9b000000u | (m) << 16 | (a) << 10 | (n) << 5 | (d))
#define B_EQ 0x54000000u
#define ISB 0xd5033fdfu

static struct pipe_result results[1024];

/* Schedules `n` encodings; the ticks of all. */
static unsigned schedule(const struct core_pipeline *p, unsigned n, ...)
{
    struct pipe_insn in[64];
    unsigned ticks = 0;
    va_list ap;

    va_start(ap, n);
    for (unsigned i = 0; i < n; i++) {
        uint32_t insn = va_arg(ap, uint32_t);

        pipe_insn_of(insn, a64_decode(insn), &in[i]);
    }
    va_end(ap);
    pipeline_schedule(p, in, n, results);
    for (unsigned i = 0; i < n; i++)
        ticks += results[i].ticks;
    return ticks;
}

/* Both kinds of pipeline give these the same cycles. */
static const bool orders[] = { true, false };

Test(pipeline, a_dependent_chain_takes_its_latencies)
{
    for (unsigned i = 0; i < 2; i++) {
        struct core_pipeline p = make(orders[i], 2);

        cr_expect_eq(schedule(&p, 2, ADD(0, 0, 1), ADD(0, 0, 1)), 2 * 16);
        cr_expect_eq(schedule(&p, 2, MADD(0, 0, 1, 31), ADD(0, 0, 1)), 6 * 16);
        cr_expect_eq(schedule(&p, 1, LDR(0, 0)), 4 * 16);
    }
}

Test(pipeline, independent_instructions_take_the_width)
{
    for (unsigned i = 0; i < 2; i++) {
        struct core_pipeline two = make(orders[i], 2), one = make(orders[i], 1);

        cr_expect_eq(schedule(&two, 4, ADD(0, 9, 9), ADD(1, 9, 9), ADD(2, 9, 9), ADD(3, 9, 9)), 2 * 16);
        cr_expect_eq(schedule(&one, 4, ADD(0, 9, 9), ADD(1, 9, 9), ADD(2, 9, 9), ADD(3, 9, 9)), 4 * 16);
        cr_expect_eq(schedule(&two, 3, ADD(0, 9, 9), ADD(1, 9, 9), ADD(2, 9, 9)), 24);
    }
}

Test(pipeline, the_decoders_limit_counts_instructions)
{
    struct core_pipeline p = make(false, 8);

    p.decode = 1;
    cr_expect_eq(schedule(&p, 2, ADD(0, 9, 9), ADD(1, 9, 9)), 2 * 16);
}

Test(pipeline, a_pipe_takes_one_at_a_time)
{
    for (unsigned i = 0; i < 2; i++) {
        struct core_pipeline p = make(orders[i], 2);

        cr_expect_eq(schedule(&p, 2, LDR(0, 9), LDR(1, 9)), 2 * 16);
        cr_expect_eq(schedule(&p, 2, LDR(0, 9), STR(1, 9)), 2 * 16, "one pipe for both");
        cr_expect_eq(schedule(&p, 2, LDR(0, 9), ADD(1, 9, 9)), 16, "different pipes");
        cr_expect_eq(schedule(&p, 1, MADD(0, 9, 9, 9)), 2 * 16, "busy for two cycles");
    }
}

Test(pipeline, in_order_waits_and_out_of_order_goes_on)
{
    struct core_pipeline in = make(true, 2), out = make(false, 2);

    /* The sum waits for the load; what follows does not need it. */
    cr_expect_eq(schedule(&in, 4, LDR(0, 9), ADD(1, 0, 0), ADD(2, 9, 9), ADD(3, 9, 9)), 5 * 16);
    cr_expect_eq(schedule(&out, 4, LDR(0, 9), ADD(1, 0, 0), ADD(2, 9, 9), ADD(3, 9, 9)), 2 * 16);
}

Test(pipeline, a_small_window_lets_latency_through)
{
    struct core_pipeline p = make(false, 4);
    unsigned wide, narrow;

    p.insn[INSN_LOAD].latency = 40;
    p.insn[INSN_LOAD].uop[0].pipes = LOAD_PIPE | MUL_PIPE;
    wide = schedule(&p, 2, LDR(0, 9), ADD(1, 0, 0));
    p.window = 24;
    narrow = schedule(&p, 2, LDR(0, 9), ADD(1, 0, 0));
    cr_expect_gt(narrow, wide);
    /* Twelve loads in flight, each 40 cycles and a little. */
    cr_expect_geq(narrow, 40 * 16 / 12);
    cr_expect_leq(narrow, 48 * 16 / 12);
}

Test(pipeline, serial_instructions_drain_and_block)
{
    for (unsigned i = 0; i < 2; i++) {
        struct core_pipeline p = make(orders[i], 2);

        cr_expect_geq(schedule(&p, 2, LDR(0, 9), ISB), 14 * 16);
        cr_expect_leq(schedule(&p, 2, LDR(0, 9), ISB), 16 * 16);
    }
}

Test(pipeline, flags_are_an_operand)
{
    for (unsigned i = 0; i < 2; i++) {
        struct core_pipeline p = make(orders[i], 2);

        p.insn[INSN_ALU].latency = 3;
        cr_expect_eq(schedule(&p, 2, SUBS(31, 31, 1), B_EQ), orders[i] ? 3 * 16 : 16);
        p.insn[INSN_ALU].advance[PIPE_READ_FLAGS] = 2;
        cr_expect_eq(schedule(&p, 2, SUBS(31, 31, 1), B_EQ), 16);
    }
}

Test(pipeline, a_result_is_not_used_in_its_own_cycle)
{
    struct core_pipeline p = make(true, 2);

    p.insn[INSN_ALU].latency = 2;
    p.insn[INSN_ALU].advance[PIPE_READ_PLAIN] = 7;
    cr_expect_eq(schedule(&p, 2, ADD(0, 0, 1), ADD(0, 0, 1)), 2 * 16);
}

Test(pipeline, forwarding_is_by_the_kind_of_operand)
{
    struct core_pipeline p = make(true, 2);

    p.insn[INSN_ALU].latency = p.insn[INSN_ALU_SHIFT].latency = p.insn[INSN_ALU_LSL].latency = 3;
    for (unsigned k = INSN_ALU; k <= INSN_ALU_SHIFT; k++) {
        p.insn[k].advance[PIPE_READ_PLAIN] = 2;
        p.insn[k].advance[PIPE_READ_SHIFTED] = 1;
    }
    cr_expect_eq(schedule(&p, 1, ADD_LSL(0, 0, 1, 7)), 1 * 16);
    cr_expect_eq(schedule(&p, 1, ADD_LSL(0, 1, 0, 7)), 2 * 16);
    cr_expect_eq(schedule(&p, 2, ADD(0, 0, 1), LDR(3, 0)), 3 * 16, "an address has all of the latency");
    p.insn[INSN_ALU].advance[PIPE_READ_ADDRESS] = -1;
    cr_expect_eq(schedule(&p, 2, ADD(0, 0, 1), LDR(3, 0)), 4 * 16, "needed before");
}

Test(pipeline, accumulators_forward)
{
    struct core_pipeline p = make(false, 2);

    p.insn[INSN_MUL64].advance[PIPE_READ_ACC] = 3;
    cr_expect_eq(schedule(&p, 1, MADD(0, 1, 2, 0)), 2 * 16);
    cr_expect_eq(schedule(&p, 1, MADD(0, 0, 2, 1)), 5 * 16);
}

Test(pipeline, a_written_back_base_is_there_before_the_data)
{
    for (unsigned i = 0; i < 2; i++) {
        struct core_pipeline p = make(orders[i], 2);

        cr_expect_eq(schedule(&p, 1, LDR_POST(0, 1)), 16);
        p.insn[INSN_LOAD_BASE].latency = 2;
        cr_expect_eq(schedule(&p, 1, LDR_POST(0, 1)), 2 * 16);
    }
}

Test(pipeline, micro_operations_of_the_base_take_slots_and_pipes)
{
    struct core_pipeline p = make(false, 2);

    set_class(&p, INSN_LOAD_BASE, 1, ALU_PIPES, 1);
    cr_expect_eq(schedule(&p, 2, LDR_POST(0, 1), ADD(2, 9, 9)), 2 * 16, "not split between cycles");
}

Test(pipeline, ordered_writes_delay_the_shorter)
{
    struct core_pipeline p = make(true, 2);

    cr_expect_eq(schedule(&p, 2, LDR(0, 9), ADD(1, 9, 9)), 16);
    p.ordered_write = true;
    cr_expect_eq(schedule(&p, 2, LDR(0, 9), ADD(1, 9, 9)), 3 * 16, "the sum is written when the load is");
    p.insn[INSN_ALU].unordered = true;
    cr_expect_eq(schedule(&p, 2, LDR(0, 9), ADD(1, 9, 9)), 16);
}

Test(pipeline, wide_instructions_spill_over)
{
    for (unsigned i = 0; i < 2; i++) {
        struct core_pipeline p = make(orders[i], 2);

        p.insn[INSN_STORE].uop_count = 5;
        cr_expect_eq(schedule(&p, 1, STR(0, 9)), 40);
    }
}

Test(pipeline, ticks_are_where_the_time_goes)
{
    struct core_pipeline p = make(true, 2);

    schedule(&p, 4, LDR(0, 9), ADD(1, 0, 0), ADD(2, 9, 9), ADD(3, 9, 9));
    cr_expect_eq(results[0].ticks, 4 * 16, "the sum comes four cycles after the load");
    cr_expect_eq(results[1].ticks, 0, "issues with the next");
    cr_expect_eq(results[2].ticks, 16);
}

Test(pipeline, slack_is_what_a_load_can_be_late)
{
    struct core_pipeline in = make(true, 1), out = make(false, 2);

    schedule(&in, 2, LDR(0, 9), ADD(1, 0, 0));
    cr_expect_eq(results[0].note.slack, 0);
    schedule(&in, 6, LDR(0, 9), ADD(2, 9, 9), ADD(3, 9, 9), ADD(4, 9, 9), ADD(5, 9, 9), ADD(1, 0, 0));
    cr_expect_eq(results[0].note.slack, 1);
    schedule(&in, 2, LDR(0, 9), ADD(1, 9, 9));
    cr_expect_eq(results[0].note.slack, PIPE_SLACK_MAX, "nobody reads it");
    schedule(&out, 2, LDR(0, 9), ADD(1, 0, 0));
    cr_expect_eq(results[0].note.slack, 32, "the window hides 64 / 2 cycles");
    schedule(&out, 1, LDR(0, 0));
    cr_expect_eq(results[0].note.slack, 0, "each waits for the one before");
}

/* The producer of instruction `who`'s address, as its distance in the block, instructions back and delay.
 */
static void expect_producer(unsigned who, int producer, unsigned back, int delay, bool recurrent)
{
    const struct pipe_note *n = &results[who].note;

    cr_expect(n->back == back && n->producer == producer && n->delay == delay && n->recurrent == recurrent,
              "producer %d, %u back, delay %d, recurrent %d; not %d, %u, %d, %d", n->producer, n->back,
              n->delay, n->recurrent, producer, back, delay, recurrent);
}

Test(pipeline, producers_of_addresses_are_found)
{
    struct core_pipeline p = make(false, 2);

    schedule(&p, 1, LDR(0, 9));
    cr_expect_eq(results[0].note.back, 0);
    schedule(&p, 1, LDR(0, 0));
    expect_producer(0, 0, 1, 0, true);
    schedule(&p, 3, LDR(0, 9), ADD(1, 0, 2), STR(3, 1));
    cr_expect_eq(results[0].note.back, 0);
    expect_producer(2, -2, 2, 1, false);
    schedule(&p, 3, LDR(0, 9), ADD(0, 2, 2), LDR(3, 0));
    cr_expect_eq(results[2].note.back, 0, "overwritten");
    schedule(&p, 1, LDR_POST(0, 1));
    cr_expect_eq(results[0].note.back, 0, "the base is no loaded value");
    schedule(&p, 2, LDR(0, 9), STR(0, 8));
    cr_expect_eq(results[1].note.back, 0, "what is stored is no address");
    schedule(&p, 4, LDR(5, 0), ADD(0, 0, 5), ADD(0, 0, 4), SUBS(1, 1, 2));
    expect_producer(0, 0, 4, 2, true);
    schedule(&p, 4, LDR(0, 0), LDR(1, 1), LDR(0, 0), LDR(1, 1));
    expect_producer(0, 2, 2, 0, true);
    expect_producer(3, -2, 2, 0, true);
    schedule(&p, 3, LDR(0, 9), LDR(1, 0), ADD(2, 0, 1));
    expect_producer(1, -1, 1, 0, false);
    schedule(&p, 4, LDR(0, 9), LDR(1, 8), ADD(2, 1, 0), LDR(3, 2));
    expect_producer(3, -2, 2, 1, false); /* The younger of two. */
}

/* Random blocks: nothing negative, sums that are possible, and the same again. */
Test(pipeline, random_blocks_stay_possible)
{
    static struct pipe_insn in[1024];
    static struct pipe_result again[1024];
    uint64_t seed = 1;

    for (unsigned round = 0; round < 300; round++) {
        struct core_pipeline p = make(round & 1, 1 + round % 4);
        unsigned n = round < 290 ? 1 + round % 40 : 1024;
        uint64_t ticks = 0;

        for (unsigned i = 0; i < n;) {
            uint32_t insn;

            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            insn = (uint32_t)(seed >> 32);
            if (a64_decode(insn) != A64_UNALLOCATED)
                pipe_insn_of(insn, a64_decode(insn), &in[i++]);
        }
        pipeline_schedule(&p, in, n, results);
        pipeline_schedule(&p, in, n, again);
        for (unsigned i = 0; i < n; i++) {
            cr_assert_lt(results[i].ticks, 100 * 16);
            cr_assert_eq(results[i].ticks, again[i].ticks);
            cr_assert_eq(results[i].note.slack, again[i].note.slack);
            ticks += results[i].ticks;
        }
        cr_assert_geq(ticks + 1, UINT64_C(16) * n / p.width - 16);
    }
}
