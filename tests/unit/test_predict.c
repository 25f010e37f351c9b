/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_predict.c
 * Branch prediction: what each of the predictors learns, and what it cannot.
 */
#include "core/bits.h"
#include "fixture.h"
#include "timing/predict.h"
#include "timing/timing.h"

enum { ENTRIES = 4096, HISTORY = 12, TARGETS = 256, RETURNS = 8, MISPREDICT = 9 };
#define PC UINT64_C(0xffff800008081230)

static const struct core_branch branch = { .direction_entries = ENTRIES,
                                           .history_bits = HISTORY,
                                           .target_entries = TARGETS,
                                           .return_entries = RETURNS,
                                           .mispredict = MISPREDICT };

static struct predictor made(const struct core_branch *b)
{
    struct predictor p;

    cr_assert(predictor_init(&p, b));
    return p;
}

/* A fixed sequence of 64-bit numbers. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* How often the branch that ends a loop of n iterations is wrong, in `rounds` of the loop. */
static unsigned loops(struct predictor *p, unsigned n, unsigned rounds)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < n * rounds; i++)
        wrong += predict_direction(p, PC, true, i % n != n - 1);
    return wrong;
}

/* Of 10000 outcomes that are taken with this probability in percent. */
static unsigned random_branch(struct predictor *p, unsigned taken_percent)
{
    uint64_t state = 88172645463325252;
    unsigned wrong = 0;

    for (unsigned i = 0; i < 10000; i++)
        wrong += predict_direction(p, PC, true, (next_random(&state) >> 32) % 100 < taken_percent);
    return wrong;
}

Test(predict_direction, counters_saturate)
{
    const struct core_branch no_history = { .direction_entries = 1 };
    struct predictor p = made(&no_history);
    static const struct {
        bool taken, wrong;
        uint8_t counter; /* After it. */
    } rows[] = {
        { false, false, 0 }, { false, false, 0 }, { true, true, 1 },   { true, true, 2 },
        { true, false, 3 },  { true, false, 3 },  { false, true, 2 },  { true, false, 3 },
        { false, true, 2 },  { false, true, 1 },  { false, false, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(predict_direction(&p, PC, false, rows[i].taken), rows[i].wrong, "row %zu", i);
        cr_expect_eq(p.direction[0], 2 * rows[i].counter, "row %zu: %u", i, p.direction[0]);
    }
    cr_expect_eq(p.conditional, sizeof(rows) / sizeof(rows[0]));
    cr_expect_eq(p.conditional_wrong, 5);
    predictor_free(&p);
}

Test(predict_direction, loops_within_the_history_are_learned)
{
    for (unsigned n = 1; n <= HISTORY; n++) {
        struct predictor p = made(&branch);

        loops(&p, n, 20);
        cr_expect_eq(loops(&p, n, 100), 0, "loop of %u", n);
        predictor_free(&p);
    }
}

Test(predict_direction, longer_loops_are_wrong_at_their_end_alone)
{
    for (unsigned n = HISTORY + 4; n < 200; n += 37) {
        struct predictor p = made(&branch);

        loops(&p, n, 20);
        cr_expect_eq(loops(&p, n, 100), 100, "loop of %u", n);
        predictor_free(&p);
    }
}

Test(predict_direction, chance_cannot_be_learned_and_bias_can)
{
    static const unsigned rows[][3] = {
        { 50, 4700, 5300 }, { 99, 100, 300 }, { 2, 200, 500 }, { 100, 0, 20 }
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct predictor p = made(&branch);
        unsigned wrong = random_branch(&p, rows[i][0]);

        cr_expect(wrong >= rows[i][1] && wrong <= rows[i][2], "%u percent: %u of 10000", rows[i][0], wrong);
        cr_expect_eq(p.conditional_wrong, wrong);
        predictor_free(&p);
    }
}

/* A branch that repeats what another one did: known by the history, not by its own address. */
Test(predict_direction, follows_another_branch)
{
    struct predictor p = made(&branch);
    uint64_t state = 1234567;
    unsigned wrong = 0;

    for (unsigned i = 0; i < 40000; i++) {
        bool taken = next_random(&state) >> 40 & 1;

        predict_direction(&p, PC, false, taken);
        wrong += predict_direction(&p, PC + 0x40, false, taken) && i >= 30000;
    }
    cr_expect_lt(wrong, 500, "%u of 10000", wrong);
    predictor_free(&p);
}

Test(predict_direction, static_without_a_table)
{
    const struct core_branch none = { .mispredict = 5 };
    struct predictor p = made(&none);

    for (unsigned i = 0; i < 3; i++) {
        cr_expect(!predict_direction(&p, PC, true, true));
        cr_expect(predict_direction(&p, PC, true, false));
        cr_expect(predict_direction(&p, PC, false, true));
        cr_expect(!predict_direction(&p, PC, false, false));
        predictor_flush(&p);
    }
    cr_expect_eq(p.conditional, 12);
    cr_expect_eq(p.conditional_wrong, 6);
    predictor_free(&p);
}

Test(predict_return, stack_of_calls)
{
    struct predictor p = made(&branch);

    for (unsigned depth = 1; depth <= RETURNS; depth++) {
        for (unsigned i = 0; i < depth; i++)
            predict_call(&p, PC + 16 * i);
        for (unsigned i = depth; i-- > 0;)
            cr_expect(!predict_return(&p, PC + 16 * i), "depth %u, level %u", depth, i);
    }
    predict_call(&p, PC);
    cr_expect(predict_return(&p, PC + 4), "not to where the call came from");
    cr_expect_eq(p.returned, RETURNS * (RETURNS + 1) / 2 + 1);
    cr_expect_eq(p.returned_wrong, 1);
    predictor_free(&p);
}

/* The deepest RETURNS calls return rightly; those above were overwritten. Any size is possible. */
Test(predict_return, overflow_loses_the_oldest)
{
    for (unsigned entries = 1; entries <= 9; entries++) {
        struct core_branch b = branch;
        struct predictor p;

        b.return_entries = entries;
        p = made(&b);
        for (unsigned i = 0; i < entries + 5; i++)
            predict_call(&p, PC + 16 * i);
        for (unsigned i = entries + 5; i-- > 0;)
            cr_expect_eq(predict_return(&p, PC + 16 * i), i < 5, "%u entries, level %u", entries, i);
        predictor_free(&p);
    }
}

Test(predict_return, none_without_entries)
{
    const struct core_branch none = { .mispredict = 5 };
    struct predictor p = made(&none);

    predict_call(&p, PC);
    cr_expect(predict_return(&p, PC));
    cr_expect(predict_indirect(&p, PC, PC + 64));
    cr_expect(predict_indirect(&p, PC, PC + 64));
    cr_expect_eq(p.returned_wrong, 1);
    cr_expect_eq(p.indirect_wrong, 2);
    predictor_free(&p);
}

/* How often an indirect branch is wrong, in 1000 times of going round these targets. */
static unsigned goes_round(struct predictor *p, const uint64_t *targets, unsigned n)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < 1000 * n; i++)
        wrong += predict_indirect(p, PC, targets[i % n]);
    return wrong;
}

Test(predict_indirect, targets_that_repeat_are_learned)
{
    static const uint64_t targets[] = { PC + 0x1000, PC + 0x1040, PC - 0x800, PC + 0x1234 };
    struct core_branch small = branch;

    small.history_bits = 0;
    for (unsigned n = 1; n <= 4; n++) {
        struct predictor p = made(&branch), q = made(&small);

        cr_expect_leq(goes_round(&p, targets, n), HISTORY + n, "%u targets", n);
        cr_expect_eq(goes_round(&p, targets, n), 0, "%u targets", n);
        cr_expect_eq(goes_round(&q, targets, n), n == 1 ? 1 : 1000 * n, "%u targets, no history", n);
        cr_expect_eq(p.indirect, 2000 * n);
        predictor_free(&p);
        predictor_free(&q);
    }
}

Test(predict, flush_forgets)
{
    static const uint64_t target[] = { PC + 0x400 };
    struct predictor p = made(&branch), fresh = made(&branch);
    unsigned trained, again;

    trained = loops(&p, 7, 50) + goes_round(&p, target, 1);
    predict_call(&p, PC);
    predictor_flush(&p);
    cr_expect_eq(memcmp(p.direction, fresh.direction, ENTRIES), 0);
    cr_expect_eq(memcmp(p.target, fresh.target, TARGETS * sizeof(*p.target)), 0);
    cr_expect_eq(p.history, 0);
    cr_expect(predict_return(&p, PC));
    predictor_flush(&p);
    again = loops(&p, 7, 50) + goes_round(&p, target, 1);
    cr_expect_eq(again, trained);
    cr_expect_gt(trained, 0);
    cr_expect_eq(p.conditional, 700, "counts stay");
    predictor_free(&p);
    predictor_free(&fresh);
}

Test(predict, repeats)
{
    unsigned wrong[2];

    for (unsigned i = 0; i < 2; i++) {
        struct predictor p = made(&branch);

        wrong[i] = random_branch(&p, 70) << 16 | loops(&p, 9, 100);
        predictor_free(&p);
    }
    cr_expect_eq(wrong[0], wrong[1]);
}

Test(predict, penalty_is_in_ticks)
{
    struct predictor p = made(&branch);

    cr_expect_eq(p.penalty, 16 * MISPREDICT);
    predictor_free(&p);
    cr_expect_null(p.direction);
    predictor_free(&p);
}
