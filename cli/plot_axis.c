/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_axis.c
 * Axes with tics of our own choosing: cycles below, the same in time above, linear and logarithmic.
 */
#include <math.h>

#include "plot.h"

enum { X_TICS = 6, TICS_MAX = 100 };
#define LOG_TIC_IN 0.33 /* The least of a logarithmic axis's length for each tic, in inches. */
/* A window whose beginning is more than this many times its length is counted from its beginning. */
#define FAR_OFF 20

struct unit {
    double scale; /* Of the axis's values, which are cycles, in one unit. */
    bool suffix;  /* 15k, 2M. */
};
static const struct unit cycles = { 1, true };

void plot_round_range(double *min, double *max)
{
    static const double steps[] = { 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10 };
    double low = pow(10, floor(log10(*min / 1.05))), high = pow(10, floor(log10(*max * 1.05)));
    size_t i = G_N_ELEMENTS(steps) - 1, j = 0;

    while (i && low * steps[i] > *min / 1.05)
        i--;
    while (j < G_N_ELEMENTS(steps) - 1 && high * steps[j] < *max * 1.05)
        j++;
    *min = low * steps[i];
    *max = high * steps[j];
}

/* "500", "15k", "1.5M"; times are as they are. */
static char *tic_text(double value, bool suffix)
{
    if (suffix && value >= 1e9)
        return g_strdup_printf("%.4gG", value / 1e9);
    if (suffix && value >= 1e6)
        return g_strdup_printf("%.4gM", value / 1e6);
    if (suffix && value >= 1e4)
        return g_strdup_printf("%.4gk", value / 1e3);
    return g_strdup_printf("%.4g", value);
}

static void add_tic(GString *tics, double value, double at, bool suffix)
{
    g_autofree char *text = tic_text(value, suffix);

    g_string_append_printf(tics, "%s'%s' %.10g", tics->len ? ", " : "", text, at);
}

/* Tics of a logarithmic axis: as many a decade as there is room for. */
static void log_tics(GString *tics, double min, double max, double inches, struct unit unit)
{
    static const struct {
        unsigned count;
        double steps[12];
    } kinds[] = {
        { 12, { 1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8 } },
        { 6, { 1, 1.5, 2, 3, 5, 7 } },
        { 3, { 1, 2, 5 } },
        { 2, { 1, 3 } },
        { 1, { 1 } },
    };
    unsigned k = 0;

    while (k < G_N_ELEMENTS(kinds) - 1 && log10(max / min) * kinds[k].count > inches / LOG_TIC_IN)
        k++;
    for (int e = (int)floor(log10(min)); e <= (int)floor(log10(max)); e++)
        for (unsigned i = 0; i < kinds[k].count; i++) {
            double value = pow(10, e) * kinds[k].steps[i];

            if (value >= min * 0.999 && value <= max * 1.001)
                add_tic(tics, value, value * unit.scale, unit.suffix);
        }
}

static double linear_step(double span, unsigned count)
{
    static const double steps[] = { 1, 2, 2.5, 5, 10 };
    /* Nothing is as wide as one. */
    double width = span > 0 ? span : 1, decade = pow(10, floor(log10(width / (count - 1)))), step = decade;

    for (size_t i = 0; i < G_N_ELEMENTS(steps) && width / step > count; i++)
        step = decade * steps[i];
    return step;
}

/* Tics in units, from..to, which the axis has `origin` further on. */
static void linear_tics(GString *tics, double from, double to, double origin, struct unit unit)
{
    double step = linear_step(to - from, X_TICS), first = ceil(from / step - 0.001);

    for (unsigned i = 0; i < TICS_MAX && (first + i) * step <= to + 0.001 * (to - from); i++)
        add_tic(tics, (first + i) * step, (first + i) * step * unit.scale + origin, unit.suffix);
}

char *plot_tics(double max, unsigned count)
{
    GString *tics = g_string_new(NULL);
    double step = linear_step(max, count);

    for (unsigned i = 0; i < TICS_MAX && i * step <= max * 1.001; i++)
        add_tic(tics, i * step, i * step, true);
    return g_string_free(tics, FALSE);
}

/* One of the two axes, "x" below and "x2" above, once its tics are known. */
static void axis(struct plot *p, const char *name, double min, double max, const char *tics,
                 const char *label)
{
    double line = plot_line_height(p), half = plot_text_width(p, label, 1) / 2;
    /* In the middle of the axis, but within the picture. */
    double middle = fmin((p->left + p->width - p->right) / 2, p->width - half - 0.03);
    bool above = name[1];

    plot_line(p, "set %srange [%.10g:%.10g]", name, min, max);
    plot_line(p, "set %stics (%s) offset 0,%s", name, tics, above ? "-0.4" : "0.4");
    plot_label(p, middle, above ? p->height - p->top + 1.95 * line : p->bottom - 1.95 * line, "center", 1,
               "#000000", label);
}

static void value_axis(struct plot *p, const char *name, double min, double max, struct unit unit,
                       const char *label, bool logarithmic)
{
    g_autoptr(GString) tics = g_string_new(NULL);

    if (logarithmic)
        log_tics(tics, min / unit.scale, max / unit.scale, p->width - p->left - p->right, unit);
    else
        linear_tics(tics, 0, max / unit.scale, 0, unit);
    if (logarithmic)
        plot_line(p, "set logscale %s", name);
    axis(p, name, min, max, tics->str, label);
}

void plot_plain_axis(struct plot *p, double max, const char *label)
{
    value_axis(p, "x", 0, max, (struct unit){ 1, false }, label, false);
}

double plot_axis_bottom(const struct plot *p)
{
    return 2.8 * plot_line_height(p);
}

double plot_axis_top(const struct plot *p)
{
    return p->clock_hz > 0 ? 2.6 * plot_line_height(p) : 0.1;
}

/* The largest unit of which the span has one at least. */
static const char *time_unit(double seconds, double *unit)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = { { "s", 1 }, { "ms", 1e-3 }, { "us", 1e-6 }, { "ns", 1e-9 } };
    size_t i = 0;

    while (i < G_N_ELEMENTS(units) - 1 && seconds < units[i].seconds)
        i++;
    *unit = units[i].seconds;
    return units[i].name;
}

void plot_axis(struct plot *p, double min, double max, bool logarithmic, const char *label)
{
    const char *name = "us";
    g_autofree char *time = NULL;
    double unit = 1e-6;

    value_axis(p, "x", min, max, cycles, label, logarithmic);
    if (p->clock_hz <= 0)
        return;
    if (!logarithmic)
        name = time_unit(max / p->clock_hz, &unit);
    time = g_strdup_printf("time [%s] at %.0f MHz", name, p->clock_hz / 1e6);
    plot_line(p, "set border 7");
    value_axis(p, "x2", min, max, (struct unit){ p->clock_hz * unit, logarithmic }, time, logarithmic);
}

/* A window that is far from 0 is counted from its beginning, which is the result; 0 for others. */
static double time_origin(double from, double to)
{
    return from > FAR_OFF * (to - from) ? floor(from) : 0;
}

static void time_tics(struct plot *p, const char *name, double from, double to, struct unit unit,
                      const char *what)
{
    g_autoptr(GString) tics = g_string_new(NULL);
    g_autofree char *label = NULL, *start = cli_grouped((uint64_t)from);
    double origin = time_origin(from, to);

    linear_tics(tics, (from - origin) / unit.scale, (to - origin) / unit.scale, origin, unit);
    label = origin > 0 ? g_strdup_printf("%s since cycle %s", what, start) : g_strdup(what);
    axis(p, name, from, to, tics->str, label);
}

void plot_time_grid(struct plot *p, double from, double to)
{
    g_autoptr(GString) tics = g_string_new(NULL);
    double origin = time_origin(from, to), step = linear_step(to - from, X_TICS),
           first = ceil((from - origin) / step - 0.001);

    for (unsigned i = 0; i < TICS_MAX && (first + i) * step + origin <= to + 0.001 * (to - from); i++)
        g_string_append_printf(tics, "%s'' %.10g", i ? ", " : "", (first + i) * step + origin);
    plot_line(p, "set xtics (%s)", tics->str);
}

void plot_time_axis(struct plot *p, double from, double to)
{
    g_autofree char *label = NULL;
    double unit;

    time_tics(p, "x", from, to, cycles, "time [cycles]");
    if (p->clock_hz <= 0)
        return;
    label = g_strdup_printf("time [%s] at %.0f MHz", time_unit((to - from) / p->clock_hz, &unit),
                            p->clock_hz / 1e6);
    plot_line(p, "set border 7");
    time_tics(p, "x2", from, to, (struct unit){ p->clock_hz * unit, false }, label);
}
