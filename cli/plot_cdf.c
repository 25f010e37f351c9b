/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_cdf.c
 * The cumulative distribution of trap latencies: a line for each cause; with one --cause, for each of its
 * registers and contexts; of several ledgers, for each ledger.
 */
#include <math.h>

#include "plot_series.h"

static struct plot_style style_of(unsigned i)
{
    return i < PLOT_STYLES ? plot_line_styles[i] : plot_rest_style;
}

/* A line of the cdf: from the least value at 0 up to 100 %. */
static void line_data(struct plot *p, const struct series *s)
{
    double sum = 0, start = INFINITY;

    for (unsigned i = 0; i < s->buckets->len; i++)
        start = fmin(start, series_bucket(s, i)->lo);
    g_string_append_printf(p->data, "%.10g 0\n", start);
    for (unsigned i = 0; i < s->buckets->len; i++) {
        sum += series_bucket(s, i)->count;
        g_string_append_printf(p->data, "%.10g %.10g\n", series_bucket(s, i)->hi, 100 * sum / s->bucketed);
    }
}

static void draw(struct plot *p, GPtrArray *all, double min, double max)
{
    g_autofree char *data = plot_data_name(p);
    g_autofree char *label = g_strdup_printf("%s [%%]", series_what(p));

    plot_axis(p, min, max, true, "latency [cycles]");
    plot_line(p, "set yrange [0:102]");
    plot_line(p, "set ytics 0,25,100 offset 0.5,0");
    plot_y_label(p, label);
    plot_line(p, "set grid xtics ytics back ls 100");
    plot_line(p, "plot \\");
    for (unsigned i = 0; i < all->len; i++) {
        const struct series *s = series_at(all, i);
        struct plot_style style = style_of(i);
        unsigned block = plot_block(p, s->label);

        line_data(p, s);
        plot_line(p, "  %s index %u using 1:2 with steps lw 2 lc rgb '%s' dt %s%s", data, block,
                  style.colour, style.dash, i + 1 < all->len ? ", \\" : "");
    }
}

static void lay_out(struct plot *p, double legend)
{
    double line = plot_line_height(p);

    p->left = plot_text_width(p, "100", 1) + 2.4 * line;
    p->right = 0.2;
    p->top = plot_axis_top(p);
    p->bottom = plot_foot_height(p, legend) + plot_axis_bottom(p);
    p->height = p->top + p->bottom + (p->args->columns == 1 ? 1.6 : 2.4);
}

int plot_cdf(struct plot *p)
{
    g_autoptr(GPtrArray) all = series_list();
    struct plot_legend legend[PLOT_STYLES + 1];
    double min, max, height;
    int status = series_load_shown(p, all);

    if (status)
        return status;
    series_range(all, &min, &max);
    series_note_idle(p, all);
    for (unsigned i = 0; i < all->len; i++)
        legend[i] = (struct plot_legend){ series_at(all, i)->label, style_of(i) };
    height = plot_legend_height(p, legend, all->len);
    lay_out(p, height);
    plot_begin(p);
    plot_legend_draw(p, legend, all->len, plot_foot_height(p, height), PLOT_LINES);
    draw(p, all, min, max);
    return EXIT_OK;
}
