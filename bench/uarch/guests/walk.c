/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * What a TLB miss costs, by the levels that its walk goes through: stage 1 from level 0 or 1 to a block at
 * level 1 or 2 or a page at 3, alone or with a stage 2 of each kind (also from level 0 where the PA is
 * large enough). With n levels of stage 1 and m of stage 2 the architecture's walk makes (n + 1)(m + 1) - 1
 * accesses; fewer when what maps the tables maps the data as well, or was cached by the code's own walk.
 *
 * The load goes through TTBR1_EL1, whose tables share nothing with those that the code needs. Three cases:
 * nothing of it is in a TLB or walk cache, but the tables are in the data caches; the same with the tables
 * in DRAM; and only the last level forgotten, so that walk caches can help.
 */
#include "uarch.h"

#include <stddef.h>

#define SAMPLES 16
#define PARANGE_44 4
/* The word that is loaded: neither it nor its descriptors are in the first line of their pages, which all
 * would have in the same set of a cache. */
#define WORD_OFFSET 0x2a540ull
#define PATTERN 0x0123456789abcdefull
#define TABLE_PAGES 64 /* At most, of each kind, that a mapping uses. */

kernel_fn load_once, load_forget;

/** Cycles of one load, with calls and counting around it. */
static uint64_t one_load(const struct mapping *map, kernel_fn *before)
{
    struct measure m = { .kernel = load_once,
                         .before = before,
                         .arg = (void *)(mapping_high_va(map) + WORD_OFFSET),
                         .warm = before != NULL,
                         .count = 1 };

    measure_run(&m);
    check(m.result);
    return m.cycles;
}

/** Writes the lines of some tables back to memory, and drops them. */
static void evict(uint64_t from, uint64_t size)
{
    for (uint64_t line = from; line < from + size; line += LINE)
        __asm__ volatile("dc civac, %0" : : "r"(line) : "memory");
}

static void evict_tables(void)
{
    evict(TABLES_PA, TABLE_PAGES * PAGE_SIZE);
    evict(TABLES_PA + TABLES_SIZE, TABLE_PAGES * PAGE_SIZE);
    evict(HIGH_TABLES_PA, TABLE_PAGES * PAGE_SIZE);
    DSB(ish);
}

enum walk_case { WALK_WARM, WALK_COLD, WALK_LAST, WALK_CASES };
static const char *const figures[WALK_CASES] = { "walk-cached", "walk-dram", "walk-last" };

/** Cycles of a miss beyond those of a hit, added up over the samples. */
static uint64_t miss(const struct mapping *map, enum walk_case kind)
{
    uint64_t missed = 0, hit = 0;

    for (unsigned i = 0; i < SAMPLES; i++) {
        if (kind != WALK_LAST) {
            mapping_use(map); /* Invalidates all. */
            if (kind == WALK_COLD)
                evict_tables();
        }
        missed += one_load(map, kind == WALK_LAST ? load_forget : NULL);
        hit += one_load(map, load_once);
    }
    return missed > hit ? missed - hit : 0;
}

/** The rows of one mapping. */
static void walk(const char *series, const char *x, struct mapping *m)
{
    mapping_reset();
    mapping_make(m, 0);
    mapping_use(m);
    one_load(m, load_once);
    for (unsigned kind = 0; kind < WALK_CASES; kind++)
        row_named(figures[kind], series, x, miss(m, kind), SAMPLES);
}

/** Stage 1, by where its walk starts and ends; "from-to" names it. */
static const struct {
    const char *x;
    unsigned start, leaf;
} stage1[] = {
    { "1-1", 1, 1 }, { "1-2", 1, 2 }, { "1-3", 1, 3 }, { "0-2", 0, 2 }, { "0-3", 0, 3 },
};

/** Stage 2. */
static const struct {
    const char *series;
    bool on;
    unsigned start, leaf;
} stage2[] = {
    { "no stage 2", false, 1, 1 }, { "stage 2 1-1", true, 1, 1 }, { "stage 2 1-2", true, 1, 2 },
    { "stage 2 1-3", true, 1, 3 }, { "stage 2 0-3", true, 0, 3 },
};

void bench_main(void)
{
    bool from_0 = (READ_SYSREG(ID_AA64MMFR0_EL1) & 7) >= PARANGE_44;

    pmu_start();
    *(uint64_t *)(ARENA_PA + WORD_OFFSET) = PATTERN;
    for (unsigned two = 0; two < sizeof(stage2) / sizeof(stage2[0]); two++)
        for (unsigned one = 0; one < sizeof(stage1) / sizeof(stage1[0]); one++)
            if (stage2[two].start || from_0)
                walk(stage2[two].series, stage1[one].x,
                     &(struct mapping){ .s1_start = stage1[one].start,
                                        .s1_leaf = stage1[one].leaf,
                                        .high = true,
                                        .stage2 = stage2[two].on,
                                        .s2_start = stage2[two].start,
                                        .s2_leaf = stage2[two].leaf });
    check_report("walk");
}
