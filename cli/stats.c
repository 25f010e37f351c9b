/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file stats.c
 * Welch's t test. Student's distribution comes from the regularized incomplete beta function, and that from
 * its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22), evaluated by the
 * modified Lentz algorithm.
 */
#include "stats.h"

#include <math.h>

static const double tiny = 1e-300, precision = 1e-15;
enum { STEPS_MAX = 100000 };

double stats_mean(const struct stats_sample *s)
{
    return s->count > 0 ? s->sum / s->count : 0;
}

double stats_variance(const struct stats_sample *s)
{
    double around_mean = s->squares - s->sum * stats_mean(s);

    /* What is left of rounding is no spread. */
    if (s->count < 2 || around_mean <= s->squares * 1e-14)
        return 0;
    return around_mean / (s->count - 1);
}

static double not_zero(double x)
{
    return fabs(x) < tiny ? tiny : x;
}

/* The coefficient of step n (from 1) of the continued fraction. */
static double coefficient(int n, double x, double a, double b)
{
    double m = n / 2;

    if (n % 2)
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
}

static double beta_fraction(double x, double a, double b)
{
    double f = 1, c = 1, d = 0;

    for (int n = 1; n < STEPS_MAX; n++) {
        double k = coefficient(n, x, a, b);

        d = 1 / not_zero(1 + k * d);
        c = not_zero(1 + k / c);
        f *= c * d;
        if (fabs(c * d - 1) < precision)
            break;
    }
    return f;
}

/* I_x(a, b), for x from 0 to 1. */
static double incomplete_beta(double x, double a, double b)
{
    double front;

    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    /* The fraction converges quickly on this side only; the function is symmetric. */
    if (x < (a + 1) / (a + b + 2))
        return front / (a * beta_fraction(x, a, b));
    return 1 - front / (b * beta_fraction(1 - x, b, a));
}

double stats_student_p(double t, double freedom)
{
    return incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

double stats_welch_p(const struct stats_sample *a, const struct stats_sample *b)
{
    double va, vb, apart = stats_mean(a) - stats_mean(b);

    if (a->count < 2 || b->count < 2)
        return NAN;
    va = stats_variance(a) / a->count;
    vb = stats_variance(b) / b->count;
    if (va + vb <= 0)
        return apart != 0 ? 0 : 1;
    return stats_student_p(apart / sqrt(va + vb),
                           (va + vb) * (va + vb) / (va * va / (a->count - 1) + vb * vb / (b->count - 1)));
}
