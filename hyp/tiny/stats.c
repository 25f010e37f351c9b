/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file stats.c
 * Prints the counters of stats.def.
 */
#include "stats.h"

#include "console.h"
#include "vm.h"

static void print_row(const char *text, uint64_t vm1, uint64_t vm2)
{
    hyp_print("%-44s %6lu %6lu", text, vm1, vm2);
}

void stats_print(void)
{
    const struct vm_stats *vm1 = &hyp.vm[0].stats;
    const struct vm_stats *vm2 = &hyp.vm[1].stats;

    hyp_print("%-44s %6s %6s", "events caused by the guests", "vm1", "vm2");
#define STAT(field, text) print_row(text, vm1->field, vm2->field);
#include "stats.def"
#undef STAT
}
