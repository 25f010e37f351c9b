/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Memory-level parallelism: 1 to 16 chases that know nothing of each other, in sets of lines that fit L1D,
 * L2, and neither. What an access costs falls until the core has no more misses to wait for at once.
 */
#include "uarch.h"

#define CHASES_MAX 16
#define TURN_LOADS 4 /* Of each chain in a turn; parallel.S. */
#define WARM_ROUNDS 4
#define WARM_TURNS_MAX (8 * KIB)
#define COUNT_TURNS 256
#define ORDER_OFFSET (32 * MIB)

extern kernel_fn *const parallel_kernels[CHASES_MAX];

static const struct {
    const char *series;
    uint64_t size;
} sets[] = {
    { "16 KiB", 16 * KIB },
    { "256 KiB", 256 * KIB },
    { "16 MiB", 16 * MIB },
};

/** The links of the cycle through the set, in its order, behind the set. */
static const uint64_t *cycle_order(uint64_t nodes)
{
    uint64_t *order = (uint64_t *)(ARENA_PA + ORDER_OFFSET), link = ARENA_VA;

    for (uint64_t i = 0; i < nodes; i++) {
        order[i] = link;
        link = *(uint64_t *)(link - (ARENA_VA - ARENA_PA));
    }
    return order;
}

/** The chases of a set: in one cycle through all of it, as far from each other as they can be. */
static void chase_set(const char *series, uint64_t size)
{
    uint64_t heads[CHASES_MAX], nodes = size / LINE;
    const uint64_t *order;

    chain_build(0, nodes, LINE);
    order = cycle_order(nodes);
    for (unsigned k = 1; k <= CHASES_MAX; k++) {
        uint64_t warm = WARM_ROUNDS * (nodes / k / TURN_LOADS + 1);
        struct measure m = { .kernel = parallel_kernels[k - 1], .arg = heads, .count = COUNT_TURNS };

        for (unsigned i = 0; i < k; i++)
            heads[i] = order[i * nodes / k];
        m.warm = warm < WARM_TURNS_MAX / k ? warm : WARM_TURNS_MAX / k;
        measure_run(&m);
        row("parallel", series, k, m.cycles, COUNT_TURNS * TURN_LOADS * k);
        check(m.result);
    }
}

void bench_main(void)
{
    static struct mapping mapping = { .s1_start = 1, .s1_leaf = 1 };

    pmu_start();
    mapping_reset();
    mapping_make(&mapping, 0);
    mapping_use(&mapping);
    for (unsigned i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
        chase_set(sets[i].series, sets[i].size);
    check_report("parallel");
}
