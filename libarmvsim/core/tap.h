/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file tap.h
 * Where a recorder, or what replays a recording, sits in a machine: it sees the machine at instructions
 * that it marks, each exception, and everything that comes from outside. None of that changes the run, to
 * the cycle.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pe;
struct exc;

#define TAP_NEVER UINT64_MAX

/* What the host does for semihosting, when that is not the console: the answer is an input of the run. */
struct tap_host {
    unsigned operation; /* SYS_OPEN, ...: the same in a replay. */
    int64_t result;     /* -1: failed, with... */
    int error_number;
    uint8_t *data; /* What was read, of `result` bytes; NULL: the operation reads nothing. */
    size_t size;   /* Room in data. */
};

/* NULL: nothing to do there, or nothing is known; `mark` is there when there is a mark. */
struct tap_ops {
    /** All PEs together have retired tap.mark_at instructions, or some more when the PEs waited; `c` is the
     * one that executes. Returns the next mark, which is later: TAP_NEVER for none. May stop the run. */
    uint64_t (*mark)(void *user, struct pe *c);
    /** An exception was taken; PSTATE and pc are those after. */
    void (*exception)(void *user, struct pe *c, const struct exc *exc, unsigned from_el, uint64_t from_pc);
    /** Console output is about to be handed out; and it was, with what the callback did of it. */
    void (*before_console)(void *user);
    void (*console)(void *user);
    /** Input for the console. True: it was kept, and is given to the board later. */
    bool (*input)(void *user, const char *bytes, size_t len);
    /** Semihosting is about to ask the host. True: the answer is known. */
    bool (*ask)(void *user, struct tap_host *h);
    /** The host has answered. */
    void (*told)(void *user, const struct tap_host *h);
};

struct tap {
    uint64_t mark_at;          /* TAP_NEVER: no mark. */
    const struct tap_ops *ops; /* NULL: nobody taps. */
    void *user;
};
