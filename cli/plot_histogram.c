/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_histogram.c
 * Histograms of trap latencies, one below the other: one for each cause; with one --cause, for each of its
 * registers and contexts; of several ledgers, for each ledger.
 */
#include <math.h>

#include "plot_series.h"

enum { BINS = 60 };
#define COLOUR "#0072b2"
/* Of a panel's height: what its bars may take, and where its heading is. */
#define PANEL_BARS 0.62
#define PANEL_HEAD 0.80

/* Puts a bucket into its bin, or spreads it over the bins between its least and its greatest value. */
static void fill_bins(const struct bucket *b, double min, double ratio, double *bins)
{
    double from = log(b->lo / min) / ratio, to = log(b->hi / min) / ratio;
    int first = CLAMP((int)from, 0, BINS - 1), last = CLAMP((int)to, 0, BINS - 1);

    if (first == last) {
        bins[first] += b->count;
        return;
    }
    for (int i = first; i <= last; i++)
        bins[i] += b->count * (fmin(to, i + 1) - fmax(from, i)) / (to - from);
}

static void panel_head(struct plot *p, const struct series *s, double base, double min, double max)
{
    g_autofree char *count = cli_grouped((uint64_t)s->count);
    g_autofree char *p50 = cli_grouped((uint64_t)series_quantile(s, 50));
    g_autofree char *p99 = cli_grouped((uint64_t)series_quantile(s, 99));
    g_autofree char *text = g_strdup_printf("n %s, p50 %s, p99 %s", count, p50, p99);
    g_autofree char *stats = plot_sized_text(p, text, 0.9);
    double room = p->width - p->left - p->right - plot_text_width(p, text, 0.9) - 0.1;
    g_autofree char *fit = plot_fit_text(p, s->label, room);
    g_autofree char *label = plot_text(p, fit);

    plot_line(p, "set label %s at first %.10g,%.3f left offset 0.3,0 font ',%.2f'", label, min,
              base + PANEL_HEAD, p->label_pt);
    plot_line(p, "set label %s at first %.10g,%.3f right font ',%.2f' tc rgb '#444444'", stats, max,
              base + PANEL_HEAD, 0.9 * p->label_pt);
    plot_line(p, "set arrow from first %.10g,%.3f to first %.10g,%.3f nohead lw 0.5 lc rgb '#222222'", min,
              base, max, base);
}

/* One panel: bars of the share of the traps, the highest as high as there is room. */
static void panel(struct plot *p, const struct series *s, double base, double min, double max,
                  GString *tics)
{
    double bins[BINS] = { 0 }, ratio = log(max / min) / BINS, top = 0;

    for (unsigned i = 0; i < s->buckets->len; i++)
        fill_bins(series_bucket(s, i), min, ratio, bins);
    for (unsigned i = 0; i < BINS; i++)
        top = fmax(top, bins[i]);
    plot_block(p, s->label);
    for (unsigned i = 0; i < BINS; i++)
        if (bins[i] > 0)
            g_string_append_printf(p->data, "%.6g %.6g %.6g %.3f %.6g\n", min * exp(i * ratio),
                                   min * exp((i + 1) * ratio), 100 * bins[i] / s->bucketed, base,
                                   base + PANEL_BARS * bins[i] / top);
    g_string_append_printf(tics, "%s'0' %.3f, '%.0f' %.3f", tics->len ? ", " : "", base,
                           100 * top / s->bucketed, base + PANEL_BARS);
    panel_head(p, s, base, min, max);
}

static void draw(struct plot *p, GPtrArray *all, double min, double max)
{
    g_autoptr(GString) tics = g_string_new(NULL);
    g_autofree char *data = plot_data_name(p);
    g_autofree char *label = g_strdup_printf("share of the %s [%%]", series_what(p));

    plot_axis(p, min, max, true, "latency [cycles]");
    for (unsigned i = 0; i < all->len; i++)
        panel(p, series_at(all, i), all->len - 1 - i, min, max, tics);
    plot_line(p, "set yrange [0:%u]", all->len);
    plot_line(p, "set ytics (%s) offset 0.5,0", tics->str);
    plot_y_label(p, label);
    plot_line(p, "set grid xtics back ls 100");
    plot_line(
        p, "plot for [i=0:%u] %s index i using 1:4:1:2:4:5 with boxxyerror fs solid noborder fc rgb '%s'",
        all->len - 1, data, COLOUR);
}

int plot_histogram(struct plot *p)
{
    g_autoptr(GPtrArray) all = series_list();
    double min, max, line = plot_line_height(p);
    int status = series_load_shown(p, all);

    if (status)
        return status;
    series_range(all, &min, &max);
    series_note_idle(p, all);
    p->left = plot_text_width(p, "100", 1) + 2.4 * line;
    p->right = 0.2;
    p->top = plot_axis_top(p);
    p->bottom = plot_foot_height(p, 0) + plot_axis_bottom(p);
    p->height = p->top + p->bottom + all->len * (p->args->columns == 1 ? 0.55 : 0.62);
    plot_begin(p);
    draw(p, all, min, max);
    return EXIT_OK;
}
