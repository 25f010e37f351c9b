/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sched.h
 * Which PE executes, and for how long. PEs take turns on the host's one thread, so a run is the same on
 * every host. Each has a clock of its own; the PE that is furthest behind goes next, until it is a quantum
 * of cycles ahead of the others. So the clocks of PEs that execute are never further apart than a quantum
 * (and an instruction); a PE that waits, or is off, is brought forward when it goes on.
 *
 * What one PE does to another that waits (an interrupt, SEV) wakes it at exactly that time, and no PE executes
 * beyond the time at which another wakes by itself (a timer, a timeout, an event stream). What it does to
 * one that executes is seen at its next block, which may be up to a quantum early or late.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct avs_machine;
struct pe;

enum { SCHED_QUANTUM = 5000 }; /* Cycles, when the options name none. */

/* The scheduler's part of a machine. It outlives a run that was stopped, which then goes on unchanged. */
struct sched {
    struct pe *current; /* Whose slice it is; NULL while events fire. */
    uint64_t slice_end; /* Cycle at which it ends. */
    uint64_t quantum;   /* Cycles. */
    uint64_t now;       /* Of the event that fired last. */
    uint64_t shown;     /* The latest that the system counter was read at. */
};

/* Opens the next slice, or leaves the open one as it is; events that are due fire. False: m->stop is set.
 */
bool sched_next(struct avs_machine *m);
/* Ends the open slice. */
void sched_end(struct avs_machine *m);
/* Brings a PE that waits to the time at which it goes on, whatever the others do (for single steps). False
 * when nothing will ever wake it. */
bool sched_wait_out(struct pe *c);
/* An event or a PE's readiness changed: the open slice may have to end earlier. */
void sched_changed(struct avs_machine *m);
/* A PE that waits is about to get a reason to go on: an input line rises, an event comes. */
void sched_wake(struct pe *c);
/* A PE was turned on: it begins now. */
void sched_start(struct pe *c);
/* The run is over: PEs that wait have waited until the end of it. */
void sched_finish(struct avs_machine *m);
/* The time that the system counter shows to a PE. There is one counter for all of them, so what any PE has
 * read is no other's future (DDI 0487, D12.1.2). */
uint64_t sched_counter_cycle(struct pe *c);
