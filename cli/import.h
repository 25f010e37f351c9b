/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file import.h
 * armvsim import: text of `perf script` and `trace-cmd report` with KVM's tracepoints of arm64, line by
 * line, to a ledger. import_line.c takes lines apart, import_cause.c knows what the events say of an exit,
 * and import_trace.c makes traps of exits and entries.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arch/exc.h"

enum { IMPORT_COMM_BYTES = 32 };

enum import_kind { IMPORT_NOTHING, IMPORT_EVENT, IMPORT_LOST, IMPORT_BAD };
enum import_source { SOURCE_UNKNOWN, SOURCE_PERF, SOURCE_FTRACE };

/* A line, taken apart. Texts are in the line, or constants. */
struct import_line {
    enum import_source source;
    char comm[IMPORT_COMM_BYTES];
    int64_t pid, tid; /* pid -1: not told. */
    unsigned cpu;
    uint64_t ns;
    const char *event; /* "kvm_exit" */
    const char *text;  /* What the event says. */
    uint64_t lost;     /* Events. */
    const char *why;   /* What is wrong with the line. */
};

/* Takes a line without its end apart; changes it. */
enum import_kind import_line(char *line, struct import_line *out);

/* What is known of an exit, from kvm_exit and the events after it. */
struct import_exit {
    struct exc exc;
    uint64_t pc, ns;
    uint64_t idle_ns;
    bool iss_known;
};

/* kvm_exit's text. False: it is not arm64's. */
bool import_exit_text(const char *text, struct import_exit *x);
/* kvm_entry's text. */
bool import_entry_text(const char *text, uint64_t *pc);
/* Another event of the thread before its next entry. *known: whether it is one that can tell something; the
 * result is false when it is and its text is not as it should be. */
bool import_refine(const char *event, const char *text, struct import_exit *x, bool *known);
/* The control bit behind the exit, as far as it is certain, and the register, into x->exc. */
void import_attribute(struct import_exit *x);

/* The trace so far. */
struct import_trace;

struct import_totals {
    uint64_t lines, malformed, exits, entries, other, lost, unmatched_exits, unmatched_entries, migrations;
    unsigned vcpus, vms;
    enum import_source source;
};

/* The ledger is created at the first exit or entry. `symbols`: FILE[@VMID]... or NULL. */
struct import_trace *import_trace_new(const char *path, char **symbols);
/* A line, which is changed. NULL, or what is wrong with it. */
const char *import_trace_line(struct import_trace *t, char *line);
/* A line that is none: too long, or with a NUL. */
void import_trace_malformed(struct import_trace *t);
/* Why nothing more can be written; NULL: it can. */
const char *import_trace_error(const struct import_trace *t);
/* Ends it and closes the ledger. False with the reason in *why. */
bool import_trace_end(struct import_trace *t, struct import_totals *totals, char **why);
