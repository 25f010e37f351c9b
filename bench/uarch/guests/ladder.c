/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The latency ladder: a chase through a random cycle of lines, over working sets from 1 KiB to 64 MiB, in
 * 4 KiB pages and in 2 MiB blocks, with stage 1 alone and with both stages. Each cache is a plateau, each
 * TLB a step between the curves.
 */
#include "uarch.h"

#ifdef UARCH_QUICK /* No further than into DRAM. */
#define WORKING_SET_MAX (16 * MIB)
#define STEPS_AN_OCTAVE 1
#else
#define WORKING_SET_MAX ARENA_SIZE
#define STEPS_AN_OCTAVE 2
#endif
#define WORKING_SET_MIN (1 * KIB)
#define WARM_ROUNDS 4 /* Caches that replace at random need several to be full of the set. */
#define WARM_MAX (256 * KIB)
#define LOADS_MIN (2 * KIB)
#define LOADS_MAX (16 * KIB)

static struct {
    const char *series;
    struct mapping mapping;
} configs[] = {
    { "4 KiB pages", { .s1_start = 1, .s1_leaf = 3 } },
    { "4 KiB pages + stage 2",
      { .s1_start = 1, .s1_leaf = 3, .stage2 = true, .s2_start = 1, .s2_leaf = 3 } },
    { "2 MiB blocks", { .s1_start = 1, .s1_leaf = 2 } },
    { "2 MiB blocks + stage 2",
      { .s1_start = 1, .s1_leaf = 2, .stage2 = true, .s2_start = 1, .s2_leaf = 2 } },
};
#define CONFIGS (sizeof(configs) / sizeof(configs[0]))

/** A number of loads near to `nodes`, within limits, that `chase` can make. */
static uint64_t loads(uint64_t nodes, uint64_t min, uint64_t max)
{
    uint64_t n = nodes < min ? min : nodes > max ? max : nodes;

    return (n + 15) & ~15ull;
}

void bench_main(void)
{
    pmu_start();
    mapping_reset();
    for (unsigned i = 0; i < CONFIGS; i++)
        mapping_make(&configs[i].mapping, 0);
    for (uint64_t size = WORKING_SET_MIN; size <= WORKING_SET_MAX;
         size = next_size(size, STEPS_AN_OCTAVE)) {
        uint64_t nodes = size / LINE;

        chain_build(0, nodes, LINE);
        for (unsigned i = 0; i < CONFIGS; i++) {
            struct measure m = { .kernel = chase, .arg = (void *)ARENA_VA, .goes_on = true };

            m.warm = loads(WARM_ROUNDS * nodes, LOADS_MIN, WARM_MAX);
            m.count = loads(nodes, LOADS_MIN, LOADS_MAX);
            mapping_use(&configs[i].mapping);
            measure_run(&m);
            row("ladder", configs[i].series, size, m.cycles, m.count);
            check(m.result);
        }
    }
    check_report("ladder");
}
