/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file event.h
 * Modelled time for what is outside of the PEs, and what happens at a time of it: device timers, delayed
 * completions, alarms. Time is counted in cycles of the modelled core from the machine's start; there is no
 * other clock. Events fire between instructions, at exactly their cycle, before any PE goes beyond it, and
 * among those of one cycle in the order in which they were made.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct avs_machine;

#define EVENT_NEVER UINT64_MAX

/* One thing that may happen. Lives in what it belongs to (a device's state). */
struct event {
    uint64_t at; /* Cycle; EVENT_NEVER while it is not armed. */
    void (*fire)(void *user);
    void *user;
    struct event *next; /* Of the machine, in the order of making. */
};

/* Makes *e known to the machine, not armed. */
void event_init(struct avs_machine *m, struct event *e, void (*fire)(void *user), void *user);
/* Takes *e from the machine before its memory goes. */
void event_remove(struct avs_machine *m, struct event *e);
/* Fires once at this cycle, or as soon as possible when it has passed. Arming again replaces the time. */
void event_arm(struct avs_machine *m, struct event *e, uint64_t cycle);
void event_cancel(struct avs_machine *m, struct event *e);

/* The modelled time now: of the PE that executes, or of the event that fires. */
uint64_t machine_cycle(const struct avs_machine *m);
/* When the device write that executes arrives at the device. */
uint64_t machine_arrival_cycle(struct avs_machine *m);
/* The same in nanoseconds, and the first cycle at which a time in nanoseconds is reached. */
uint64_t machine_ns(const struct avs_machine *m);
uint64_t machine_cycle_of_ns(const struct avs_machine *m, uint64_t ns);

/* value * to / from, rounded down, without overflow of the product: both frequencies are below 2^32. */
static inline uint64_t scale_count(uint64_t value, uint64_t to, uint64_t from)
{
    return value / from * to + value % from * to / from;
}

/* For the scheduler: fires the event that is due first, if that is at or before `cycle`. False: none is. */
bool event_fire(struct avs_machine *m, uint64_t cycle);
