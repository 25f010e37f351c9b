/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Branch prediction: conditional branches by the period of their pattern and by how often they are taken,
 * indirect branches by their number of targets, returns by their depth. Rows ending in "mispredicted" are
 * the event BR_MIS_PRED for the same loop, where the core has it.
 */
#include "uarch.h"

#define TARGETS 256 /* branch.S has the same. */
#define TARGET_SIZE 32
#define DEPTH 64
#define DEPTH_CODE 16 /* Bytes of one function of return_chain. */
#define PERIOD_MAX 4096
#define TURNS (16 * KIB)
#define BR_MIS_PRED 0x10

kernel_fn branch_pattern, branch_random, branch_cyclic, branch_any, branch_returns;
extern const char cyclic_targets[], any_targets[], return_chain[];

/** Measures a kernel and prints cycles a branch and, perhaps, mispredictions a branch. */
static void branch_rows(const char *figure, const char *series, uint64_t x, struct measure *m,
                        uint64_t branches)
{
    m->warm = m->count = TURNS / branches;
    m->event[0] = BR_MIS_PRED;
    measure_run(m);
    row(figure, series, x, m->cycles, m->count * branches);
    if (pmu_has(BR_MIS_PRED)) {
        console_print("pmu ");
        row(figure, "mispredicted", x, m->events[0], m->count * branches);
    }
    check(m->result);
}

/** Conditional branches that repeat themselves. */
static void patterns(void)
{
    static uint8_t taken[PERIOD_MAX];

    for (unsigned i = 0; i < PERIOD_MAX; i++)
        taken[i] = (uint8_t)random_below(2);
    taken[0] = 1;
    for (uint64_t period = 1; period <= PERIOD_MAX; period = next_size(period, 2)) {
        struct {
            const uint8_t *taken;
            uint64_t period;
        } arg = { taken, period };
        struct measure m = { .kernel = branch_pattern, .arg = &arg };

        branch_rows("pattern", "cycles", period, &m, 1);
    }
}

/** Conditional branches without a pattern. */
static void probabilities(void)
{
    for (uint64_t percent = 0; percent <= 100; percent += 5) {
        uint64_t threshold = (percent << 24) / 100;
        struct measure m = { .kernel = branch_random, .arg = &threshold };

        branch_rows("random", "cycles", percent, &m, 1);
    }
}

/** Puts the numbers below TARGETS in random order: targets of real code are not evenly spaced either. */
static void shuffle(uint64_t *order)
{
    for (uint64_t i = 0; i < TARGETS; i++) {
        uint64_t j = random_below(i + 1);

        order[i] = order[j];
        order[j] = i;
    }
}

/** Indirect branches to n targets. */
static void indirect(const char *series, kernel_fn *kernel, const char *targets)
{
    static uint64_t order[TARGETS];

    shuffle(order);
    for (uint64_t i = 0; i < TARGETS; i++)
        order[i] = (uint64_t)targets + order[i] * TARGET_SIZE;
    for (uint64_t n = 1; n <= TARGETS; n = next_size(n, 2)) {
        struct {
            const uint64_t *targets;
            uint64_t n;
        } arg = { order, n };
        struct measure m = { .kernel = kernel, .arg = &arg };

        branch_rows("indirect", series, n, &m, 1);
    }
}

/** Calls and returns, nested. */
static void returns(void)
{
    for (uint64_t depth = 1; depth <= DEPTH; depth = next_size(depth, 4)) {
        uint64_t entry = (uint64_t)return_chain + (DEPTH + 1 - depth) * DEPTH_CODE;
        struct measure m = { .kernel = branch_returns, .arg = &entry };

        branch_rows("returns", "cycles", depth, &m, depth);
    }
}

void bench_main(void)
{
    static struct mapping mapping = { .s1_start = 1, .s1_leaf = 2 };

    pmu_start();
    mapping_reset();
    mapping_make(&mapping, 0);
    mapping_use(&mapping);
    patterns();
    probabilities();
    indirect("in turn", branch_cyclic, cyclic_targets);
    indirect("at random", branch_any, any_targets);
    returns();
    check_report("branch");
}
