/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file machine.h
 * The machine: PEs, bus, GIC, board, core model, and the state of a run. Everything is reachable from here;
 * there are no mutable globals, so any number of machines can live in one process.
 */
#pragma once

#include <stdarg.h>

#include "armvsim.h"
#include "board/bus.h"
#include "core/event.h"
#include "core/hooks.h"
#include "core/interval.h"
#include "core/pe.h"
#include "core/sched.h"
#include "core/status.h"
#include "core/tap.h"
#include "timing/timing.h"

struct gic;
struct board;
struct pl011;
struct symtab;
struct ledger;
struct path;
struct recipe;
struct record;
struct a64_dispatcher;

/* Why the machine stopped; more than one PE exit. */
enum machine_stop {
    STOP_NONE,
    STOP_POWER_OFF,  /* PSCI SYSTEM_OFF, or semihosting exit: `exit_status`. */
    STOP_RESET,      /* PSCI SYSTEM_RESET. */
    STOP_LIMIT,      /* max_insns or max_cycles. */
    STOP_CRASH,      /* The guest can only fail: `crash_reason`. */
    STOP_IDLE,       /* Every PE waits or is off, and nothing will ever wake one. */
    STOP_REQUEST,    /* avs_stop(), console end, a callback. */
    STOP_HOST_ERROR, /* The ledger or the host failed: `last_error`. */
    STOP_PAUSE,      /* Between portions of a path (core/path.h): the slice stays open. */
};

struct avs_machine {
    struct core_model *model;
    struct core_model *identity;  /* Of the machine that is followed; NULL: `model` (core/path.h). */
    enum timing_mode path_timing; /* Of that machine. */
    struct path *path;            /* NULL: neither follows nor is followed. */
    uint32_t device_late;         /* Cycles until the device write that executes arrives. */
    struct memory **memory;       /* Caches by PE; NULL with TIMING_NONE. */
    struct bus *bus;
    struct gic *gic;
    struct board *board;
    unsigned pe_count;
    struct pe *pe; /* pe_count of them. */
    enum timing_mode timing;
    const struct a64_dispatcher *dispatcher;
    uint32_t cost[COST_COUNT]; /* In ticks: the model's, or all zero with TIMING_NONE. */
    uint64_t seed;
    uint64_t rtc_epoch; /* Seconds since 1970 at modelled time 0. */
    bool has_el2, has_el3;
    bool has_gicv2;                                    /* A GICv2: no ICC_ and ICH_ registers. */
    bool has_pan, has_uao, has_dit, has_ssbs, has_bti; /* FEAT_*, from the core's ID registers. */
    uint64_t max_insns, max_cycles;

    struct sched sched;
    struct event *events; /* All of them; the first that is due is at next_event. */
    uint64_t next_event;

    enum machine_stop stop;
    int exit_status; /* Of the guest, for STOP_POWER_OFF. */
    char crash_reason[256];
    volatile int stop_requested; /* Set by avs_stop(), from any thread or a signal handler. */

    struct pe_hooks hooks; /* Copied to c->hooks when anything listens. */
    struct interval interval;
    struct symtab *symbols;
    struct ledger *ledger;
    struct tap tap;        /* Recorder or replay. */
    struct recipe *recipe; /* What the machine was made from: replay/recipe.h. */
    struct record *record; /* NULL: the run is not recorded. */

    void (*console)(void *user, const char *bytes, size_t len);
    void *console_user;
    void (*errors)(void *user, const char *bytes, size_t len); /* Semihosting's error output. */
    void *errors_user;
    bool (*idle)(void *user, uint64_t ns);
    void *idle_user;
    void (*log)(void *user, int level, const char *line);
    void *log_user;
    enum log_level log_level;
    char last_error[512];
    char symbol_text[256];
    bool loaded;
};

/* Stops the run at the next instruction boundary that the engine offers, with a reason. */
void machine_stop(struct avs_machine *m, enum machine_stop why);
/* The guest cannot go on (no vector mapped, jump into nothing): STOP_CRASH with a text. */
void machine_crash(struct avs_machine *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Puts one PE into its reset state, by its parts. */
void machine_reset_pe(struct pe *c);
/* As avs_symbol(), in the context of PE c. */
const char *machine_symbol(struct avs_machine *m, const struct pe *c, uint64_t address);
/* Console output of the guest's UART. */
void machine_console(struct avs_machine *m, const char *bytes, size_t len);
