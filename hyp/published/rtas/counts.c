/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file counts.c
 * Rounds of PMU events (Arm ARM D14).
 */
#include "counts.h"

#include "pmu.h"

static uint32_t raw[COUNTERS_MAX][COUNTS_SAMPLES];

unsigned counts_start(const struct count *counts, unsigned total, unsigned first)
{
    unsigned end = first + pmu_counters();

    end = end - first < COUNTERS_MAX ? end : first + COUNTERS_MAX;
    end = end < total ? end : total;
    for (unsigned i = first; i < end; i++) {
        pmu_select(i - first, counts[i].event, counts[i].filter);
    }
    pmu_start();
    return end;
}

void counts_read(unsigned n, unsigned sample)
{
    for (unsigned i = 0; i < n; i++) {
        raw[i][sample] = pmu_read_raw(i);
    }
}

void counts_take(struct count *counts, unsigned first, unsigned end, unsigned from, unsigned to)
{
    for (unsigned i = first; i < end; i++) {
        for (unsigned sample = from; sample < to; sample++) {
            samples_add(&counts[i].samples, raw[i - first][sample]);
        }
    }
}

void counts_report(const struct count *counts, unsigned total)
{
    for (unsigned i = 0; i < total; i++) {
        report(counts[i].name, &counts[i].samples, "events");
    }
}
