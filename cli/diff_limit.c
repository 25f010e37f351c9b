/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file diff_limit.c
 * --fail-above: which rises are too many for somebody's CI.
 */
#include <math.h>
#include <string.h>

#include "diff.h"

static const char *const limit_names[LIMIT_COUNT] = {
    [LIMIT_TOTAL] = "total", [LIMIT_SWITCHES] = "switches", [LIMIT_ANY] = "any", [LIMIT_MEAN] = "mean"
};

static bool parse_percent(const char *text, double *out)
{
    char *end;

    *out = g_ascii_strtod(text, &end);
    if (end == text || !isfinite(*out) || *out < 0)
        return false;
    return !*end || !strcmp(end, "%");
}

bool diff_limit_parse(const char *text, struct diff_limit *out)
{
    const char *equals = strchr(text, '=');

    out->of = LIMIT_TOTAL;
    if (!equals)
        return parse_percent(text, &out->percent);
    for (unsigned i = 0; i < LIMIT_COUNT; i++)
        if (strlen(limit_names[i]) == (size_t)(equals - text) &&
            !strncmp(text, limit_names[i], (size_t)(equals - text))) {
            out->of = (enum diff_limit_of)i;
            return parse_percent(equals + 1, &out->percent);
        }
    return false;
}

static void check(const struct diff_limit *limit, const char *what, double a, double b, GPtrArray *out)
{
    double rise = diff_percent(a, b);

    if (!(rise > limit->percent))
        return;
    if (isinf(rise))
        g_ptr_array_add(out, g_strdup_printf("%s: new; the limit is +%g%%", what, limit->percent));
    else
        g_ptr_array_add(out,
                        g_strdup_printf("%s: %+.1f%%; the limit is +%g%%", what, rise, limit->percent));
}

static double mean(const struct diff_side *s)
{
    return s->count ? (double)s->cycles / (double)s->count : 0;
}

static void check_row(const struct diff_limit *limit, const struct diff_row *r, GPtrArray *out)
{
    const struct diff_side *a = &r->side[SIDE_A], *b = &r->side[SIDE_B];
    g_autofree char *key = table_printable(r->key);
    g_autofree char *what =
        g_strdup_printf("%s, %s", key, limit->of == LIMIT_ANY ? "cycles" : "mean cycles");

    if (limit->of == LIMIT_ANY)
        check(limit, what, (double)a->cycles, (double)b->cycles, out);
    else if (a->count && b->count)
        check(limit, what, mean(a), mean(b), out);
}

static void check_total(const struct diff_limit *limit, const char *what, const struct diff_list *l,
                        GPtrArray *out)
{
    check(limit, what, (double)l->total[SIDE_A].cycles, (double)l->total[SIDE_B].cycles, out);
}

void diff_limit_check(const struct diff_limit *limit, const struct diff *d)
{
    if (limit->of == LIMIT_TOTAL)
        check_total(limit, "cycles in traps", d->causes, d->failed);
    else if (limit->of == LIMIT_SWITCHES)
        check_total(limit, "cycles in world switches", d->switches, d->failed);
    else
        for (unsigned i = 0; i < d->traps->rows->len; i++)
            check_row(limit, d->traps->rows->pdata[i], d->failed);
}
