/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file stats.h
 * Welch's t test of two means whose variances need not be equal (B. L. Welch, Biometrika 34, 1947), by the
 * sums that ledgers keep.
 */
#pragma once

/* What is known of some values: how many, their sum and the sum of their squares. */
struct stats_sample {
    double count, sum, squares;
};

double stats_mean(const struct stats_sample *s);
/* The unbiased variance; 0 for less than two values. */
double stats_variance(const struct stats_sample *s);
/* How likely a |t| at least this large is with so many degrees of freedom when there is no difference. */
double stats_student_p(double t, double freedom);
/* How likely means at least this far apart are when there is no difference; NAN for less than two values on
 * either side. Without any spread means that differ are certain (0), and equal ones are equal (1). */
double stats_welch_p(const struct stats_sample *a, const struct stats_sample *b);
