/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_switches.c
 * World switches over time, in two panels: how many there were in each interval, as a rate, and how long
 * they took, without idle time: a mark for each, by pair of contexts, or, of very many, the median of each
 * interval within a band from the 5th to the 95th percentile.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot.h"

enum {
    POINTS_MAX = 1500, /* More are a band. */
    PAIRS_MAX = 5,     /* Pairs of contexts that have a mark of their own. */
    BINS_MAX = 60,
    BIN_SWITCHES = 4, /* There are so many bins that one has this many on average. */
    BAND_FROM = 5,
    BAND_TO = 95,
    Y_TICS = 4,
};
#define BAND "#a6cee8"
#define MIDDLE "#0072b2"
#define BARS "#0072b2"
#define GAP_IN 0.14 /* Between the panels. */

struct sw {
    double at, cycles; /* When it began, and its length without idle time. */
    unsigned pair;
};

struct pair {
    char *label;
    unsigned count, style;
};

struct switches {
    GArray *all; /* struct sw, by id */
    GArray *pairs;
    double from, to, idle;
    unsigned bins;
};

static const char query[] =
    "SELECT COALESCE(from_context, '?') || ' → ' || COALESCE(to_context, '?'), entry_cycle,"
    " cycles - COALESCE(idle_cycles, 0), COALESCE(idle_cycles, 0) FROM v_switch ORDER BY id";

static struct sw *sw_at(const struct switches *s, unsigned i)
{
    return &g_array_index(s->all, struct sw, i);
}

static struct pair *pair_at(const struct switches *s, unsigned i)
{
    return &g_array_index(s->pairs, struct pair, i);
}

static void pair_clear(void *p)
{
    g_free(((struct pair *)p)->label);
}

static unsigned pair_of(struct switches *s, const char *label)
{
    struct pair new = { .label = NULL };
    unsigned i = 0;

    while (i < s->pairs->len && strcmp(pair_at(s, i)->label, label) != 0)
        i++;
    if (i == s->pairs->len) {
        new.label = g_strdup(label);
        g_array_append_val(s->pairs, new);
    }
    pair_at(s, i)->count++;
    return i;
}

static bool add_row(void *user, sqlite3_stmt *row)
{
    struct switches *s = user;
    struct sw new = { .at = sqlite3_column_double(row, 1),
                      .cycles = fmax(0, sqlite3_column_double(row, 2)) };

    if (new.at < s->from || new.at > s->to)
        return true;
    new.pair = pair_of(s, (const char *)sqlite3_column_text(row, 0));
    s->idle += sqlite3_column_double(row, 3);
    g_array_append_val(s->all, new);
    return true;
}

/* Without --from and --to the window is from the first switch to the last one's end. */
static void find_window(const struct plot *p, struct switches *s)
{
    double first = INFINITY, last = 0;

    for (unsigned i = 0; i < s->all->len; i++) {
        first = fmin(first, sw_at(s, i)->at);
        last = fmax(last, sw_at(s, i)->at + fmax(1, sw_at(s, i)->cycles));
    }
    s->from = p->args->from ? s->from : first;
    s->to = plot_after(s->from, p->args->to ? s->to : last);
    s->bins = CLAMP(s->all->len / BIN_SWITCHES, 1, BINS_MAX);
}

static int by_count(const void *x, const void *y)
{
    const struct pair *a = *(const struct pair *const *)x, *b = *(const struct pair *const *)y;

    return a->count != b->count ? (a->count < b->count ? 1 : -1) : strcmp(a->label, b->label);
}

/* The most frequent pairs have marks of their own, the others share one. Returns the entries of the legend.
 */
static unsigned find_styles(struct switches *s, struct plot_legend *legend)
{
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    unsigned own;

    for (unsigned i = 0; i < s->pairs->len; i++)
        g_ptr_array_add(order, pair_at(s, i));
    g_ptr_array_sort(order, by_count);
    own = order->len > PAIRS_MAX + 1 ? PAIRS_MAX : order->len;
    for (unsigned i = 0; i < order->len; i++) {
        struct pair *pair = order->pdata[i];

        pair->style = MIN(i, own);
        if (i < own)
            legend[i] = (struct plot_legend){ pair->label, plot_line_styles[i] };
    }
    if (own < order->len)
        legend[own] = (struct plot_legend){ "others", plot_rest_style };
    return own + (own < order->len);
}

static double bin_start(const struct switches *s, unsigned bin)
{
    return s->from + (s->to - s->from) * bin / s->bins;
}

static unsigned bin_of(const struct switches *s, const struct sw *sw)
{
    return MIN((unsigned)((sw->at - s->from) / (s->to - s->from) * s->bins), s->bins - 1);
}

/* From, to, switches per unit of time. Returns the greatest rate. */
static double rate_data(struct plot *p, const struct switches *s, double unit_cycles)
{
    unsigned count[BINS_MAX] = { 0 };
    double top = 0;

    for (unsigned i = 0; i < s->all->len; i++)
        count[bin_of(s, sw_at(s, i))]++;
    for (unsigned b = 0; b < s->bins; b++) {
        double rate = count[b] * unit_cycles * s->bins / (s->to - s->from);

        top = fmax(top, rate);
        g_string_append_printf(p->data, "%.12g %.12g %.6g\n", bin_start(s, b), bin_start(s, b + 1), rate);
    }
    return top;
}

/* When, how long: the switches of one style. */
static void point_data(struct plot *p, const struct switches *s, unsigned style)
{
    for (unsigned i = 0; i < s->all->len; i++)
        if (pair_at(s, sw_at(s, i)->pair)->style == style)
            g_string_append_printf(p->data, "%.12g %.10g\n", sw_at(s, i)->at, sw_at(s, i)->cycles);
}

static int by_value(const void *x, const void *y)
{
    const double *a = x, *b = y;

    return (*a > *b) - (*a < *b);
}

/* The nearest rank of a sorted list. */
static double percentile(const double *sorted, unsigned count, double percent)
{
    return sorted[MIN((unsigned)fmax(0, ceil(percent * count / 100) - 1), count - 1)];
}

/* Middle of the interval, quantiles; an empty line where there was no switch. Returns the greatest value.
 */
static double band_data(struct plot *p, const struct switches *s)
{
    g_autofree double *values = g_new(double, s->all->len);
    double top = 0;

    for (unsigned b = 0; b < s->bins; b++) {
        unsigned count = 0;

        for (unsigned i = 0; i < s->all->len; i++)
            if (bin_of(s, sw_at(s, i)) == b)
                values[count++] = sw_at(s, i)->cycles;
        if (!count) {
            g_string_append_c(p->data, '\n');
            continue;
        }
        qsort(values, count, sizeof(*values), by_value);
        top = fmax(top, percentile(values, count, BAND_TO));
        g_string_append_printf(p->data, "%.12g %.10g %.10g %.10g\n",
                               (bin_start(s, b) + bin_start(s, b + 1)) / 2,
                               percentile(values, count, BAND_FROM), percentile(values, count, 50),
                               percentile(values, count, BAND_TO));
    }
    return top;
}

/* Margins of a panel between y0 and y1 inches, its y axis and that axis's label. */
static void panel(struct plot *p, double y0, double y1, double top, const char *label)
{
    double end = top > 0 ? top : 1;
    g_autofree char *tics = plot_tics(1.05 * end, Y_TICS);

    plot_line(p, "set tmargin at screen %.4f", y1 / p->height);
    plot_line(p, "set bmargin at screen %.4f", y0 / p->height);
    plot_line(p, "set yrange [0:%.10g]", 1.08 * end);
    plot_line(p, "set ytics (%s) offset 0.5,0", tics);
    plot_y_label_at(p, y0, y1, label);
}

static void draw_rates(struct plot *p, const struct switches *s, double y0)
{
    g_autofree char *data = plot_data_name(p);
    double ms = p->clock_hz > 0 ? p->clock_hz / 1e3 : 1e6;
    unsigned block = plot_block(p, "rate");
    double top = rate_data(p, s, ms);

    panel(p, y0, p->height - p->top, top, p->clock_hz > 0 ? "switches per ms" : "switches per Mcycle");
    plot_line(p, "set grid xtics ytics back ls 100");
    plot_line(
        p,
        "plot %s index %u using 1:3:1:2:(0):3 with boxxyerror fs solid border lc rgb '#ffffff' lw 0.3 "
        "fc rgb '" BARS "'",
        data, block);
    plot_line(p, "unset label");
    plot_line(p, "unset arrow");
    plot_line(p, "unset object");
}

static void draw_points(struct plot *p, const struct switches *s, unsigned styles, double y1)
{
    g_autofree char *data = plot_data_name(p);
    double top = 0;

    for (unsigned i = 0; i < s->all->len; i++)
        top = fmax(top, sw_at(s, i)->cycles);
    panel(p, p->bottom, y1, top, "cycles");
    plot_line(p, "plot \\");
    for (unsigned i = 0; i < styles; i++) {
        const struct plot_style *style =
            i < PAIRS_MAX || styles <= PAIRS_MAX + 1 ? &plot_line_styles[i] : &plot_rest_style;
        unsigned block = plot_block(p, "lengths");

        point_data(p, s, i);
        plot_line(p, "  %s index %u using 1:2 with points pt %u ps 0.3 lw 0.8 lc rgb '%s'%s", data, block,
                  style->marker, style->colour, i + 1 < styles ? ", \\" : "");
    }
}

static void draw_band(struct plot *p, const struct switches *s, double y1)
{
    g_autofree char *data = plot_data_name(p);
    unsigned block = plot_block(p, "lengths");
    double top = band_data(p, s);

    panel(p, p->bottom, y1, top, "cycles");
    plot_line(p, "plot %s index %u using 1:2:4 with filledcurves fc rgb '" BAND "' fs solid noborder, \\",
              data, block);
    plot_line(p, "  %s index %u using 1:3 with lines lw 1.6 lc rgb '" MIDDLE "'", data, block);
}

static int load(struct plot *p, struct switches *s)
{
    int status;

    s->from = 0;
    s->to = INFINITY;
    if ((status = plot_window(p, &s->from, &s->to)) || (status = db_query(p->db, query, add_row, s)))
        return status;
    if (!s->all->len && (p->args->from || p->args->to))
        return cli_error("%s: nothing to plot: no world switches from %s to %s", p->db->path,
                         p->args->from ? p->args->from : "the start",
                         p->args->to ? p->args->to : "the end");
    if (!s->all->len)
        return cli_error("%s: nothing to plot: no world switches in this ledger", p->db->path);
    find_window(p, s);
    return EXIT_OK;
}

static void draw_switches(struct plot *p, struct switches *s)
{
    struct plot_legend legend[PAIRS_MAX + 1];
    bool band = s->all->len > POINTS_MAX;
    unsigned styles = find_styles(s, legend);
    double line = plot_line_height(p), panel_in = p->args->columns == 1 ? 0.85 : 1.2, height, middle;

    plot_note(p, "Above: rates; below: lengths%s%s.", s->idle > 0 ? " without idle time" : "",
              band ? ", median and 5 to 95 % of each interval" : "");
    height = band ? 0 : plot_legend_height(p, legend, styles);
    p->left = plot_text_width(p, "10.5k", 1) + 2.2 * line;
    p->right = 0.2;
    p->top = plot_axis_top(p);
    p->bottom = plot_foot_height(p, height) + plot_axis_bottom(p);
    p->height = p->top + p->bottom + 2 * panel_in + GAP_IN;
    plot_begin(p);
    middle = p->bottom + panel_in;
    plot_line(p, "set multiplot");
    if (!band)
        plot_legend_draw(p, legend, styles, plot_foot_height(p, height), PLOT_MARKERS);
    plot_time_axis(p, s->from, s->to);
    plot_time_grid(p, s->from, s->to);
    draw_rates(p, s, middle + GAP_IN);
    plot_time_axis(p, s->from, s->to);
    plot_line(p, "unset label");
    plot_line(p, "unset x2tics");
    if (band)
        draw_band(p, s, middle);
    else
        draw_points(p, s, styles, middle);
    plot_line(p, "unset multiplot");
}

int plot_switches(struct plot *p)
{
    struct switches s = { .all = g_array_new(FALSE, FALSE, sizeof(struct sw)),
                          .pairs = g_array_new(FALSE, FALSE, sizeof(struct pair)) };
    int status;

    g_array_set_clear_func(s.pairs, pair_clear);
    status = load(p, &s);
    if (!status)
        draw_switches(p, &s);
    g_array_free(s.all, TRUE);
    g_array_free(s.pairs, TRUE);
    return status;
}
