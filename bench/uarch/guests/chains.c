/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Latency and reciprocal throughput of instructions, in cycles: chains.S has the loops and their list.
 */
#include "uarch.h"

#define TURNS 256
#define EXTRA_OPERATIONS 32 /* That the long loop has more than the short one. */

/** An entry of the table in chains.S; a null name ends it. */
extern const struct chain {
    const char *name;
    kernel_fn *latency[2], *throughput[2]; /* Short and long. */
} chains[];

/** Cycles of the operations that a long loop has more than a short one. */
static void measure_chain(const char *series, const char *name, kernel_fn *const loops[2])
{
    uint64_t cycles[2];

    if (!loops[0])
        return;
    for (unsigned i = 0; i < 2; i++) {
        struct measure m = { .kernel = loops[i], .warm = TURNS, .count = TURNS };

        measure_run(&m);
        cycles[i] = m.cycles;
    }
    row_named("chains", series, name, cycles[1] > cycles[0] ? cycles[1] - cycles[0] : 0,
              TURNS * EXTRA_OPERATIONS);
}

void bench_main(void)
{
    static struct mapping mapping = { .s1_start = 1, .s1_leaf = 2 };

    pmu_start();
    mapping_reset();
    mapping_make(&mapping, 0);
    mapping_use(&mapping);
    for (const struct chain *c = chains; c->name; c++) {
        measure_chain("latency", c->name, c->latency);
        measure_chain("throughput", c->name, c->throughput);
        check((uint64_t)c->name[0]);
    }
    check_report("chains");
}
