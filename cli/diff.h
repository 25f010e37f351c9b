/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file diff.h
 * Two ledgers, A and B, side by side: what armvsim diff reads, decides and writes.
 */
#pragma once

#include "db.h"
#include "stats.h"
#include "table.h"

enum { SIDE_A, SIDE_B, SIDES };

enum diff_by {
#define DIFF_BY(name, ...) DIFF_BY_##name,
#include "diff.def"
#undef DIFF_BY
    DIFF_BY_COUNT
};

struct diff_kind {
    const char *name, *column, *title, *one, *many, *query;
};
extern const struct diff_kind diff_kinds[DIFF_BY_COUNT];

/* One side of a key. Cycles are those without waiting. */
struct diff_side {
    int64_t count, cycles;
    struct stats_sample sample;
};

struct diff_row {
    char *key;
    struct diff_side side[SIDES];
    double p; /* Of Welch's test on the means; NAN when it cannot be made. */
};

/* All keys of both ledgers, those with the largest change of cycles first. */
struct diff_list {
    const struct diff_kind *kind;
    GPtrArray *rows; /* struct diff_row */
    struct diff_side total[SIDES];
};

struct diff_list *diff_list_read(struct db *db, enum diff_by by, int *status);
void diff_list_free(struct diff_list *l);
bool diff_row_equal(const struct diff_row *r);
bool diff_row_significant(const struct diff_row *r);
/* Percent that b is more than a; INFINITY when there was nothing before, 0 when there still is not. */
double diff_percent(double a, double b);
/* What the table `run` says differently, columns item, text_a, text_b. */
struct table *diff_runs(struct db *db, int *status);
/* A number of the table `run`; false when either has none. */
bool diff_run_number(struct db *db, const char *key, int64_t value[SIDES]);

/* A limit of --fail-above. */
enum diff_limit_of { LIMIT_TOTAL, LIMIT_SWITCHES, LIMIT_ANY, LIMIT_MEAN, LIMIT_COUNT };
struct diff_limit {
    enum diff_limit_of of;
    double percent;
};
/* "5%", "any=5%". False when it is none. */
bool diff_limit_parse(const char *text, struct diff_limit *out);
struct diff {
    struct diff_list *traps, *switches;
    struct diff_list *causes; /* All traps, whatever they are compared by: for totals. May be `traps`. */
    struct table *runs;
    int64_t insns[SIDES], cycles[SIDES];
    bool has_insns, has_cycles, has_limits, all;
    int limit;         /* Rows of a table; -1 for the usual. */
    GPtrArray *failed; /* Lines. */
};
/* Appends a line to d->failed for all that is above the limit. */
void diff_limit_check(const struct diff_limit *limit, const struct diff *d);
/* "no difference: ...", or what changed. The caller frees it. */
char *diff_verdict(const struct diff *d);
void diff_print(const struct diff *d, enum table_format format);
