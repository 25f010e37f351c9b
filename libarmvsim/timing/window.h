/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file window.h
 * How long a core stands still for its data misses: what overlaps with what.
 *
 * The engine charges a miss where it happens, all at once, while a core goes on behind it until its reorder
 * buffer is full, or, in order, until an instruction uses the data. So the cycle at which the next access
 * is seen is later than the one at which it would have been issued. The window knows both: `nominal` is the
 * PE's cycle less all that was charged for data misses, and an access that the core would have reached in
 * the shadow of the latest miss is issued as long after that miss as it nominally is. What it then waits
 * for:
 *
 * - out of order: no instruction is issued before the one `window` before it has left the reorder buffer;
 * in order: none before the data that an instruction ahead of it uses;
 * - an access whose address comes from a load (`chained`) waits for the latest missed load's data;
 * - a miss waits until one of the fill buffers is free; stores' misses use the same ones.
 *
 * Of the time until its data is there the core hides what it nominally needs to fill the reorder buffer, at
 * its full width, or the load's slack. A line counts as present as soon as it is asked for: a second load
 * of it is not held up on its own. Branches that wait for missing data, and issue queues that run full
 * before the reorder buffer, are not modelled.
 */
#pragma once

#include "timing/memory.h"

struct window_miss {
    uint64_t insns, nominal, issue, ready; /* ready: a load could use the data. */
    uint8_t slack;
    bool load;
};

struct window {
    bool in_order;
    uint32_t size, hide;  /* Out of order: the reorder buffer, and cycles until it is full. */
    uint32_t hit_latency; /* L1D's, which the schedule of instructions has already. */
    uint32_t fill_count;
    uint64_t stalled;                          /* Cycles charged for data misses so far. */
    struct window_miss latest;                 /* Load that was late, for any reason. */
    struct window_miss fill[MEMORY_FILLS_MAX]; /* The fill buffers: each one's latest miss. */
};

void window_init(struct window *w, const struct core_model *k);
/* The cycle at which a load is issued. */
uint64_t window_issue(const struct window *w, const struct memory_access *a, uint64_t now, uint64_t insns);
/* The cycle at which a miss that is issued at `issue` has a fill buffer. */
uint64_t window_begin(const struct window *w, uint64_t issue);
/* Notes that a store's miss has a fill buffer until `ready`. */
void window_store(struct window *w, uint64_t issue, uint64_t ready);
/* Notes a late load, and that it has a fill buffer (`filled`); returns its stall. */
uint32_t window_load(struct window *w, const struct memory_access *a, uint64_t now, uint64_t insns,
                     uint64_t issue, uint64_t ready, bool filled);
