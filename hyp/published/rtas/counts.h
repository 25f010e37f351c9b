/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file counts.h
 * PMU events counted around each sample: as many at a time as there are counters, the rest in
 * later rounds.
 */
#pragma once

#include <stdint.h>

#include "report.h"

enum { COUNTS_SAMPLES = 64 };

struct count {
    const char *name;
    uint64_t event;  /* PMEVTYPER<n>_EL0.evtCount */
    uint64_t filter; /* PMEVTYPER<n>_EL0's filter bits */
    struct samples samples;
};

/** Selects counts[first] and on, and starts them; returns where the next round begins. */
unsigned counts_start(const struct count *counts, unsigned total, unsigned first);

/** Reads the first `n` counters, as sample number `sample`, below COUNTS_SAMPLES. */
void counts_read(unsigned n, unsigned sample);

/** Adds samples from `from` up to `to` of what counts[first .. end) counted. */
void counts_take(struct count *counts, unsigned first, unsigned end, unsigned from, unsigned to);

/** Prints all counts. */
void counts_report(const struct count *counts, unsigned total);
