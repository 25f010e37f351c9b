/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file interval.h
 * The part of a run that is observed: from one point of it to another. A point is a number of retired
 * instructions, of all PEs together, or an address, which is reached when a PE is about to execute it.
 * Hooks are installed inside the interval only; outside, the machine runs as fast as without a listener.
 * Points are exact and do not change the run: a count is a deadline of the run loop, an address a handler
 * (`mark`) in place of the ops with its offset in a page, which asks interval_hit().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

struct avs_machine;
struct pe;

enum interval_state {
    INTERVAL_WHOLE,   /* No points: the whole run. */
    INTERVAL_WAITING, /* `from` was not reached yet. */
    INTERVAL_OPEN,
    INTERVAL_CLOSED, /* `until` was reached. */
};

enum point_kind { POINT_NONE, POINT_INSN, POINT_ADDRESS };
enum { POINT_ANYWHERE = -2, POINT_HOST = -1 };

struct run_point {
    enum point_kind kind;
    uint64_t at; /* Instructions, or a virtual address. */
    int vmid;    /* Of an address: that VM's, POINT_HOST (contexts that have the host's symbols), or any. */
    char text[128];
};

struct interval {
    enum interval_state state;
    struct run_point from, until;
    /* `mark` stands in this slot of every page; 0 for none, else slot + 1. */
    unsigned mark;
    /* Where the interval began at an address, so that this same instruction does not end it. */
    const struct pe *began;
    uint64_t began_insns;
};

/* Reads a point of a run of `m`: "insn=N", "SYMBOL[+N][@VMID]", or an address in place of the symbol; NULL
 * is none. AVS_ERR_ARG: "WHAT TEXT: ..." says why it is none. */
avs_status point_parse(struct avs_machine *m, const char *what, const char *text, struct run_point *p);
/* Whether c, about to execute the instruction at pc, is at an address point. */
bool point_is_at(const struct run_point *p, const struct pe *c, uint64_t pc);

/* Sets both points, before a run or between two; NULL for the run's beginning and end. AVS_ERR_ARG names a
 * point that is none. */
avs_status interval_set(struct avs_machine *m, const char *from, const char *until);
bool interval_is_open(const struct avs_machine *m);
/* The number of instructions at which the interval begins or ends next; UINT64_MAX when none does. */
uint64_t interval_insns(const struct avs_machine *m);
/* Whether c, about to execute the op at pc, reaches the next point. */
bool interval_hit(const struct pe *c, uint64_t pc);
/* The next point is reached, by c, between two instructions: attaches or detaches. */
void interval_reached(struct pe *c);
/* Installs the hooks of who listens now, and the handlers that go with them. */
void machine_listen(struct avs_machine *m);
