/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The translation ladder: dependent loads that go round N pages or blocks, all of which are the same
 * physical memory, so that the data are always in L1D and only translation can miss. (A chase through N
 * pages of their own misses in caches as well, often at the very same N: 512 pages need 512 lines.)
 * Micro-TLB, main TLB and walks of one and two stages are the steps; the tables themselves grow out of
 * the caches at the end.
 */
#include "uarch.h"

#ifdef UARCH_QUICK
#define PAGES_MAX (4 * KIB)
#else
#define PAGES_MAX (16 * KIB)
#endif
#define BLOCKS_MAX 512
#define WARM_ROUNDS 4
#define CANDIDATES 16
#define DESCRIPTORS_A_LINE 8
#define VISITS_MIN (2 * KIB)
#define VISITS_MAX (16 * KIB)

/** For visit() in tlb.S. */
struct visit {
    uint64_t base, limit, step;
};
kernel_fn visit;

static struct {
    const char *series;
    uint64_t size, count;
    struct mapping mapping;
} configs[] = {
    { "4 KiB pages", PAGE_SIZE, PAGES_MAX, { .s1_start = 1, .s1_leaf = 3 } },
    { "4 KiB pages + stage 2",
      PAGE_SIZE,
      PAGES_MAX,
      { .s1_start = 1, .s1_leaf = 3, .stage2 = true, .s2_start = 1, .s2_leaf = 3 } },
    { "2 MiB blocks", 2 * MIB, BLOCKS_MAX, { .s1_start = 1, .s1_leaf = 2 } },
    { "2 MiB blocks + stage 2",
      2 * MIB,
      BLOCKS_MAX,
      { .s1_start = 1, .s1_leaf = 2, .stage2 = true, .s2_start = 1, .s2_leaf = 2 } },
};

/** After how many steps modulo `count` one comes within eight of the start; 0 when some are never reached.
 */
static uint64_t first_return(uint64_t count, uint64_t step)
{
    uint64_t at = 0, first = count;

    for (uint64_t n = 1; n < count; n++) {
        at = at + step < count ? at + step : at + step - count;
        if (!at)
            return 0;
        if (first == count && (at < DESCRIPTORS_A_LINE || count - at < DESCRIPTORS_A_LINE))
            first = n;
    }
    return first;
}

/** A step, near to the golden section, that comes by every number below `count`, and late by those whose
 * descriptors share a line. */
static uint64_t golden_step(uint64_t count)
{
    uint64_t golden = count * 618 / 1000 + 1, best = 1, latest = 0;

    for (uint64_t step = golden; step < count && step < golden + CANDIDATES; step++) {
        uint64_t back = first_return(count, step);

        if (back > latest) {
            latest = back;
            best = step;
        }
    }
    return best;
}

/** A row of one configuration. */
static void visit_pages(const char *series, uint64_t count, uint64_t size)
{
    struct visit v = { ALIAS_VA, count * size, count > 1 ? golden_step(count) * size : 0 };
    struct measure m = { .kernel = visit, .arg = &v };

    m.count = count < VISITS_MIN ? VISITS_MIN : count > VISITS_MAX ? VISITS_MAX : count;
    m.warm = WARM_ROUNDS * (count < VISITS_MIN ? VISITS_MIN : count);
    measure_run(&m);
    row("tlb", series, count, m.cycles, m.count);
    check(m.result);
}

void bench_main(void)
{
    pmu_start();
    for (unsigned i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
        mapping_reset();
        mapping_make(&configs[i].mapping, configs[i].count);
        for (uint64_t count = 1; count <= configs[i].count; count = next_size(count, 4)) {
            mapping_use(&configs[i].mapping);
            visit_pages(configs[i].series, count, configs[i].size);
        }
    }
    check_report("tlb");
}
