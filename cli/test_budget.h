/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_budget.h
 * Budgets: "hvc.p99 <= 2100". How one is read, and the query that measures it; test_budget.def has the
 * words.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum budget_dimension { DIM_NONE, DIM_COUNT, DIM_CYCLES, DIM_SHARE, DIM_TIME };
enum budget_op { OP_LE, OP_GE, OP_EQ, OP_NE, OP_LT, OP_GT, OP_COUNT };

struct budget_kind {
    const char *name, *stats, *default_stat, *agg, *hist, *offenders, *first;
};
struct budget_subject {
    const char *name;
    const struct budget_kind *kind;
    const char *what;
    enum budget_dimension dimension;
    const char *meaning;
};
struct budget_stat {
    const char *name;
    enum budget_dimension dimension;
    const char *sql, *meaning;
};

struct budget {
    const struct budget_subject *subject;
    const struct budget_stat *stat;
    char *name; /* What a subject such as "cause." goes on with; NULL for others. */
    char *text; /* As it was written. */
    char *left; /* What is measured: "hvc.p99". */
    enum budget_op op;
    double value; /* In cycles, events or a fraction; ns when `is_time`. */
    bool is_time;
    bool is_of_part; /* Of [budget VALUE]: the reader of specs sets it. */
};

/* Reads one; budget_clear() is due in any case. False with the reason in *why, which the caller frees. */
bool budget_parse(const char *text, struct budget *out, char **why);
void budget_clear(struct budget *b);
const char *budget_op_text(enum budget_op op);
/* What the stat is measured in. */
enum budget_dimension budget_unit(const struct budget *b);
/* The limit in the stat's own unit, at this clock. */
double budget_limit(const struct budget *b, double clock_hz);
bool budget_holds(const struct budget *b, double measured, double clock_hz);
/* The query that gives one value, or NULL when there is nothing to measure. The caller frees these. */
char *budget_query(const struct budget *b);
/* What explains an exceeded budget at this clock; NULL when there is no such query. */
char *budget_offenders_query(const struct budget *b, double clock_hz);
char *budget_first_query(const struct budget *b, double clock_hz);
/* All the words, for people. */
char *budget_help(void);
