/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_ladder.c
 * The latency ladder: what each operation costs on its way through the hypervisor, a rung each (hypercall,
 * trapped register, stage 2 abort, interrupt, world switch, ...), the cheapest at the bottom, on a
 * logarithmic axis. A rung has its median marked, and a bar from the 5th to the 99th percentile. Of several
 * ledgers each rung has a mark for each, of its own shape.
 */
#include <math.h>

#include "plot_series.h"

enum { RUNGS_MAX = 16, BAR_FROM = 5, BAR_MIDDLE = 50, BAR_TO = 99 };
#define SPREAD 0.66       /* Of a rung's height, what the marks of several ledgers take. */
#define LABELS_SHARE 0.45 /* The most of the width that labels take. */

struct ladder {
    GPtrArray *lists[PLOT_STYLES]; /* Of each ledger, its struct series. */
    GPtrArray *rungs;              /* struct series: the first ledger's that has one, cheapest first. */
    unsigned left_out;
};

static void add_rungs(struct ladder *l, const GPtrArray *list)
{
    for (unsigned i = 0; i < list->len; i++) {
        if (series_find(l->rungs, series_at(list, i)->label))
            continue;
        if (l->rungs->len < RUNGS_MAX)
            g_ptr_array_add(l->rungs, series_at(list, i));
        else
            l->left_out++;
    }
}

static int by_median(const void *x, const void *y)
{
    const struct series *a = *(const struct series *const *)x, *b = *(const struct series *const *)y;
    double p = series_quantile(a, BAR_MIDDLE), q = series_quantile(b, BAR_MIDDLE);

    return p != q ? (p > q) - (p < q) : g_strcmp0(a->label, b->label);
}

static int load(struct plot *p, struct ladder *l)
{
    const char *by = p->args->by ? p->args->by : "operation";
    int status = EXIT_OK;

    for (unsigned i = 0; i < p->source_count && !status; i++) {
        l->lists[i] = series_list();
        status = series_load(&p->sources[i].db, by, l->lists[i]);
        add_rungs(l, l->lists[i]);
    }
    g_ptr_array_sort(l->rungs, by_median);
    return status;
}

static double mark_y(const struct plot *p, unsigned rung, unsigned source)
{
    return rung + 1 + SPREAD * (0.5 - (source + 0.5) / p->source_count);
}

/* y, median, from, to. */
static void mark_data(struct plot *p, const struct ladder *l, unsigned source)
{
    for (unsigned r = 0; r < l->rungs->len; r++) {
        const struct series *s = series_find(l->lists[source], series_at(l->rungs, r)->label);

        if (s)
            g_string_append_printf(p->data, "%.4f %.10g %.10g %.10g\n", mark_y(p, r, source),
                                   series_quantile(s, BAR_MIDDLE), series_quantile(s, BAR_FROM),
                                   series_quantile(s, BAR_TO));
    }
}

/* The median as a rung shows it. */
static char *median_text(const struct series *s)
{
    return cli_grouped((uint64_t)series_quantile(s, BAR_MIDDLE));
}

/* The names at the left, and the median at the right, when there is one. */
static void draw_rungs(struct plot *p, const struct ladder *l)
{
    g_autoptr(GString) tics = g_string_new(NULL);

    for (unsigned r = 0; r < l->rungs->len; r++) {
        const struct series *s = series_at(l->rungs, r);
        g_autofree char *fit = plot_fit_text(p, s->label, p->left - 0.1);
        g_autofree char *name = plot_text(p, fit);
        g_autofree char *number = median_text(s);
        g_autofree char *median = plot_text(p, number);

        g_string_append_printf(tics, "%s%s %u", r ? ", " : "", name, r + 1);
        if (p->source_count == 1)
            plot_line(p, "set label %s at screen %.4f,first %u right", median, 1 - 0.05 / p->width, r + 1);
    }
    plot_line(p, "set ytics (%s) scale 0 offset 0.5,0", tics->str);
    plot_line(p, "set yrange [0.4:%.1f]", l->rungs->len + 0.6);
}

static void draw(struct plot *p, const struct ladder *l, double min, double max)
{
    g_autofree char *data = plot_data_name(p);

    plot_axis(p, min, max, true, "latency [cycles]");
    draw_rungs(p, l);
    plot_line(p, "set grid xtics ytics back ls 100");
    plot_line(p, "plot \\");
    for (unsigned i = 0; i < p->source_count; i++) {
        const struct plot_style *s = &plot_line_styles[i];
        unsigned block = plot_block(p, p->sources[i].label);

        mark_data(p, l, i);
        plot_line(p, "  %s index %u using 2:($4>$3?$1:NaN):3:4 with xerrorbars pt 0 lw 1.4 lc rgb '%s', \\",
                  data, block, s->colour);
        plot_line(p,
                  "  %s index %u using 2:1 with points pt %u ps " PLOT_POINT_SIZE " lw 1.2 lc rgb '%s'%s",
                  data, block, s->marker, s->colour, i + 1 < p->source_count ? ", \\" : "");
    }
}

static void lay_out(struct plot *p, const struct ladder *l, double legend)
{
    double line = plot_line_height(p), label = 0, rung = 0.06 + 0.1 * p->source_count;

    for (unsigned r = 0; r < l->rungs->len; r++)
        label = fmax(label, plot_text_width(p, series_at(l->rungs, r)->label, 1));
    p->left = fmin(label + 0.15, LABELS_SHARE * p->width);
    p->right = 0.2;
    for (unsigned r = 0; r < l->rungs->len && p->source_count == 1; r++) {
        g_autofree char *median = median_text(series_at(l->rungs, r));

        p->right = fmax(p->right, plot_text_width(p, median, 1) + 0.15);
    }
    p->top = plot_axis_top(p);
    p->bottom = plot_foot_height(p, legend) + plot_axis_bottom(p);
    p->height = p->top + p->bottom + l->rungs->len * fmax(rung, 1.4 * line);
}

/* From the least 5th percentile to the greatest 99th. */
static void find_range(const struct plot *p, const struct ladder *l, double *min, double *max)
{
    *min = INFINITY;
    *max = 0;
    for (unsigned i = 0; i < p->source_count; i++)
        for (unsigned r = 0; r < l->rungs->len; r++) {
            const struct series *s = series_find(l->lists[i], series_at(l->rungs, r)->label);

            *min = s ? fmin(*min, series_quantile(s, BAR_FROM)) : *min;
            *max = s ? fmax(*max, series_quantile(s, BAR_TO)) : *max;
        }
    plot_round_range(min, max);
}

static void draw_ladder(struct plot *p, const struct ladder *l)
{
    struct plot_legend legend[PLOT_STYLES];
    double min, max, height = 0;

    plot_note(p, "Marks: medians%s; bars: %dth to %dth percentile.",
              p->source_count == 1 ? ", with their number" : "", BAR_FROM, BAR_TO);
    if (l->left_out)
        plot_note(p, "Left out: %u that cost less.", l->left_out);
    series_note_idle(p, l->rungs);
    for (unsigned i = 0; i < p->source_count; i++)
        legend[i] = (struct plot_legend){ p->sources[i].label, plot_line_styles[i] };
    if (p->source_count > 1)
        height = plot_legend_height(p, legend, p->source_count);
    find_range(p, l, &min, &max);
    lay_out(p, l, height);
    plot_begin(p);
    if (p->source_count > 1)
        plot_legend_draw(p, legend, p->source_count, plot_foot_height(p, height), PLOT_MARKERS);
    draw(p, l, min, max);
}

int plot_ladder(struct plot *p)
{
    struct ladder l = { .rungs = g_ptr_array_new() };
    int status = load(p, &l);

    if (!status)
        draw_ladder(p, &l);
    for (unsigned i = 0; i < PLOT_STYLES; i++)
        if (l.lists[i])
            g_ptr_array_free(l.lists[i], TRUE);
    g_ptr_array_free(l.rungs, TRUE);
    return status;
}
