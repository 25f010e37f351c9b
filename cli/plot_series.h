/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_series.h
 * Distributions of latencies from a ledger's histograms, one a group of traps (plot_by.def).
 */
#pragma once

#include "plot.h"

struct bucket {
    double lo, hi, count;
};

struct series {
    char *label;
    GArray *buckets;            /* struct bucket, by hi; at least one. */
    double count, cycles, idle; /* Sums; idle is a part of cycles. */
    double bucketed;            /* The buckets' sum of count. */
};

/* A list of struct series that frees them. */
GPtrArray *series_list(void);
/**
 * Adds the traps of a ledger that --cause selects, grouped as plot_by.def names it, those that cost most
 * first. Grouped by operation, world switches are one of them; by switch they are all there is. None at all
 * is an error.
 */
int series_load(struct db *db, const char *by, GPtrArray *list);
/* One series for each ledger, named by its label. */
int series_load_each(struct plot *p, GPtrArray *list);
/* The groups of the only ledger, or one series for each of several: what cdf and histogram show. */
int series_load_shown(struct plot *p, GPtrArray *list);
/* Puts the series from `keep` on into one, unless that is only one. */
void series_merge_rest(GPtrArray *list, unsigned keep);
/* The smallest and the largest value of all, as a logarithmic axis has it. */
void series_range(const GPtrArray *list, double *min, double *max);
struct series *series_at(const GPtrArray *list, unsigned i);
struct series *series_find(const GPtrArray *list, const char *label);
const struct bucket *series_bucket(const struct series *s, unsigned i);
/* The smallest value that `percent` of the traps do not exceed. */
double series_quantile(const struct series *s, double percent);
/* What is shown: "traps", or "world switches". */
const char *series_what(const struct plot *p);
/* Says in the caption that lengths have idle time in them, when they do. */
void series_note_idle(struct plot *p, const GPtrArray *list);
