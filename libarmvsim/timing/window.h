/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file window.h
 * How long a core stands still for its data misses: what overlaps with what.
 *
 * The engine charges a miss where it happens, all at once, while a core goes on behind it until its reorder
 * buffer is full, or, in order, until an instruction uses the data. So the cycle at which the next access
 * is seen is later than the one at which it would have been issued. The window knows both: `nominal` is the
 * PE's cycle less all that was charged for data misses, and an access that the core would have reached in
 * the shadow of the latest miss is dispatched as long after that miss as it nominally is. What it then
 * waits for:
 *
 * - out of order: no instruction is dispatched before the one `window` before it has left the reorder
 *   buffer; in order: none is issued before the data that an instruction ahead of it uses;
 * - an access whose address comes from a load that is late (its producer, struct pipe_note) waits for that
 *   load's data, and for the arithmetic between the two; when the producer was a hit, for its producer in
 *   turn. Independent chains so wait at the same time, each link for its own;
 * - a miss waits until one of the fill buffers is free; stores' misses use the same ones.
 *
 * Of the time until its data is there the core hides, in order, the load's slack. Out of order it hides
 * what it nominally needs to fill the reorder buffer at its full width: even if instructions wait for the
 * data, those behind them do not. All of the next iteration does when the load is a link of a chain of
 * loads
 * (`recurrent`); then it, too, hides the slack alone, by which the chain is shorter than the loop.
 *
 * A line counts as present as soon as it is asked for: a second load of it is not held up on its own.
 * Branches that wait for missing data, issue queues that run full before the reorder buffer, and producers
 * in other blocks are not modelled.
 */
#pragma once

#include "timing/memory.h"

enum { WINDOW_PRODUCERS = 64, WINDOW_LINKS_MAX = 16, WINDOW_LATE = 64 };

struct window_miss {
    uint64_t insns, nominal, ready; /* ready: a load could use the data. */
    uint64_t dispatch;              /* Out of order: without what its address waits for. */
    uint8_t slack;
    bool load;
};

/* The latest time that the load at `pc` was late. */
struct window_producer {
    uint64_t pc, insns, nominal, ready;
};

/* A late load that may be in the reorder buffer, and when it leaves it. */
struct window_late {
    uint64_t insns, retired;
};

struct window {
    bool in_order;
    uint32_t size, hide;  /* Out of order: the reorder buffer, and cycles until it is full. */
    uint32_t hit_latency; /* L1D's, which the schedule of instructions has already. */
    uint32_t fill_count;
    uint64_t stalled;                          /* Cycles charged for data misses so far. */
    uint64_t done;                             /* When the last of the late loads has its data. */
    struct window_miss latest;                 /* Load that was late, for any reason. */
    struct window_miss fill[MEMORY_FILLS_MAX]; /* The fill buffers: each one's latest miss. */
    struct window_late late[WINDOW_LATE];      /* Out of order: ring, in program order. */
    unsigned late_first, late_end;
    uint64_t retired; /* Out of order: when all of them that are older had left. */
    struct window_producer producer[WINDOW_PRODUCERS]; /* By the low bits of the instruction's address. */
};

void window_init(struct window *w, const struct core_model *k);
/* The cycle at which a load is issued; `e` has what window_load() wants to know. */
uint64_t window_issue(struct window *w, const struct memory_access *a, uint64_t now, uint64_t insns,
                      struct window_miss *e);
/* The cycle at which a miss that is issued at `issue` has a fill buffer. */
uint64_t window_begin(const struct window *w, uint64_t issue);
/* Notes that a store's miss has a fill buffer from `issue` until `ready`. */
void window_store(struct window *w, uint64_t issue, uint64_t ready);
/* Notes a load that was issued at `issue` and has its data at e->ready, and whether it has a fill buffer;
 * returns its stall. */
uint32_t window_load(struct window *w, const struct memory_access *a, uint64_t now, uint64_t issue,
                     bool filled, const struct window_miss *e);
/* The stall of what waits for all loads before it. */
uint32_t window_drain(struct window *w, uint64_t now);
