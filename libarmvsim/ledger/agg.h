/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file agg.h
 * Exact aggregates of intervals with phases, and histograms of their lengths: 32 buckets per power of two,
 * each with the smallest and the largest value that fell into it, so that a bucket of one value is exact.
 */
#pragma once

#include <stdint.h>

enum { HIST_BUCKETS = 32, HIST_OCTAVES = 60 };

/* What a trap and a world switch have in common. */
struct span {
    uint64_t entry_insn, insns;
    uint64_t entry_cycle;         /* Before the entry's cost. */
    uint64_t entry, handler, ret; /* Cycles by phase. */
    uint64_t save, restore, idle; /* Parts of the handler's. */
};

struct hist_octave {
    struct {
        uint64_t count, lo, hi;
    } bucket[HIST_BUCKETS];
};

struct agg {
    uint64_t count, insns, entry, handler, ret, save, restore, idle, min, max;
    unsigned __int128 sq;
    struct hist_octave *octave[HIST_OCTAVES];
};

static inline uint64_t span_cycles(const struct span *s)
{
    return s->entry + s->handler + s->ret;
}

/* Adds one interval. Returns how many octaves were allocated (0 or 1). */
unsigned agg_add(struct agg *a, const struct span *s);
/* Back to empty; frees the octaves. */
void agg_reset(struct agg *a);
