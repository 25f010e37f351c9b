/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_stats.c
 * Welch's test against values of Student's distribution that any table has, and against samples worked out
 * by hand.
 */
#include <criterion/criterion.h>
#include <math.h>

#include "stats.h"

static struct stats_sample sample(const double *values, unsigned count)
{
    struct stats_sample s = { .count = count };

    for (unsigned i = 0; i < count; i++) {
        s.sum += values[i];
        s.squares += values[i] * values[i];
    }
    return s;
}

/* Two-sided quantiles of Student's distribution. */
Test(stats, student)
{
    static const struct {
        double freedom, t, p;
    } known[] = {
        { 1, 1, 0.5 },
        { 1, 12.7062047, 0.05 },
        { 2, 4.30265273, 0.05 },
        { 9, 2.26215716, 0.05 },
        { 9, 3.24983554, 0.01 },
        { 30, 2.74999565, 0.01 },
        { 120, 2.61742114, 0.01 },
        { 1e7, 2.57582930, 0.01 },
        { 5, 0, 1 },
    };

    for (unsigned i = 0; i < sizeof(known) / sizeof(*known); i++)
        cr_expect(fabs(stats_student_p(known[i].t, known[i].freedom) - known[i].p) < 1e-6,
                  "t = %g with %g degrees: p = %.9g, not %g", known[i].t, known[i].freedom,
                  stats_student_p(known[i].t, known[i].freedom), known[i].p);
    cr_expect(stats_student_p(60, 1e6) < 1e-100, "a tail far out is not small: %g",
              stats_student_p(60, 1e6));
    cr_expect(stats_student_p(2, 7) == stats_student_p(-2, 7), "the sides are not alike");
}

/* Means 3 and 4, variances 2.5 and 10 of five each: t = 1 / sqrt(2.5), 2.5^2 / ((0.25 + 4) / 4) degrees. */
Test(stats, welch)
{
    static const double one[] = { 1, 2, 3, 4, 5 }, two[] = { 0, 2, 4, 6, 8 };
    struct stats_sample a = sample(one, 5), b = sample(two, 5);

    cr_expect(stats_mean(&b) == 4 && fabs(stats_variance(&b) - 10) < 1e-12, "mean %g, variance %g",
              stats_mean(&b), stats_variance(&b));
    cr_expect(fabs(stats_welch_p(&a, &b) - stats_student_p(1 / sqrt(2.5), 6.25 * 4 / 4.25)) < 1e-12,
              "p = %g", stats_welch_p(&a, &b));
    cr_expect(stats_welch_p(&a, &b) == stats_welch_p(&b, &a), "the order matters");
    cr_expect(fabs(stats_welch_p(&a, &a) - 1) < 1e-12, "the same differs: p = %g", stats_welch_p(&a, &a));
}

Test(stats, no_spread)
{
    const struct stats_sample seven = { 3, 21, 147 }, eight = { 4, 32, 256 }, lone = { 1, 7, 49 },
                              none = { 0 };
    /* 0.1 many times does not sum up exactly. */
    const struct stats_sample rounded = { 1e6, 1e5, 1e4 * (1 + 1e-15) };

    cr_expect(stats_welch_p(&seven, &eight) == 0, "7 and 8 without any spread do differ");
    cr_expect(stats_welch_p(&seven, &seven) == 1, "7 is 7");
    cr_expect(isnan(stats_welch_p(&lone, &eight)) && isnan(stats_welch_p(&eight, &none)),
              "one value says nothing of its spread");
    cr_expect(stats_variance(&rounded) == 0, "rounding is taken for spread: %g", stats_variance(&rounded));
}
