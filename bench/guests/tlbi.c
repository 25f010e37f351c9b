/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Runs the remapping loop of tlbi.S: one VA, two pages, and EL1 owns its own tables. 16
 * instructions a remap (counted by bench/count).
 */
#include "guest.h"
#include "space.h"

BENCH_ITERATIONS(2000000);

#define REMAPPED_VA 0x60000000ull
#define REMAPPED_IPA 0xa0000000ull

static uint64_t pages[2][PAGE_SIZE / 8] __attribute__((aligned(4096)));

/** What EL1 is told, in the order in which tlbi.S loads it. */
struct remap {
    uint64_t va;
    uint64_t tlbi_operand;
    uint64_t *entry;
    uint64_t descriptor[2];
};

void tlbi_el1(uint64_t iterations, const struct remap *remap);

void bench_main(void)
{
    static struct el1_space space;
    struct remap remap;
    uint64_t sum;

    space_init(&space);
    stage_map(&space.s1, REMAPPED_VA, REMAPPED_IPA, PAGE_SIZE, S1_DATA);
    stage_map(&space.s2, REMAPPED_IPA, (uint64_t)pages, sizeof(pages), S2_DATA);
    space_install(&space, 0);
    pages[0][0] = 0x0123456789abcdef;
    pages[1][0] = 0xfedcba9876543210;
    remap.va = REMAPPED_VA;
    remap.tlbi_operand = REMAPPED_VA >> 12 | space.asid << 48;
    remap.entry = stage_entry(&space.s1, REMAPPED_VA);
    remap.descriptor[0] = (REMAPPED_IPA + PAGE_SIZE) | S1_DATA;
    remap.descriptor[1] = REMAPPED_IPA | S1_DATA;
    sum = guest_enter((uint64_t)tlbi_el1, el1_stack_top, bench_iterations, &remap);
    bench_report("tlbi", bench_iterations, "16", sum);
}
