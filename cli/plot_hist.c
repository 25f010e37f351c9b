/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_hist.c
 * Figures of the distribution of trap latencies, from the ledger's histograms: the cdf, and histograms.
 * Each cause is a series; with one --cause each of its registers and contexts is.
 */
#include <math.h>
#include <string.h>

#include "plot.h"

enum { BINS = 60 };
#define COLOUR "#0072b2"
/* Of a panel's height: what its bars may take, and where its heading is. */
#define PANEL_BARS 0.62
#define PANEL_HEAD 0.80

struct bucket {
    double lo, hi, count;
};

struct series {
    char *label;
    GArray *buckets; /* struct bucket, by hi. */
    double count;
};

static const char query[] =
    "WITH h AS (SELECT CASE WHEN json_array_length(:cause) = 1 THEN COALESCE(register || ', ', '') || "
    "context"
    "                  ELSE cause END AS label, lo, hi, SUM(count) AS n"
    "           FROM v_trap_hist"
    "           WHERE :cause IS NULL OR cause IN (SELECT value FROM json_each(:cause)) GROUP BY 1, lo, hi)"
    "SELECT label, lo, hi, n FROM h"
    " ORDER BY SUM(n * (lo + hi)) OVER (PARTITION BY label) DESC, label, hi, lo";

static void series_free(void *p)
{
    struct series *s = p;

    g_free(s->label);
    g_array_free(s->buckets, TRUE);
    g_free(s);
}

static struct series *series_new(const char *label)
{
    struct series *s = g_new0(struct series, 1);

    s->label = g_strdup(label);
    s->buckets = g_array_new(FALSE, FALSE, sizeof(struct bucket));
    return s;
}

static struct bucket *bucket(const struct series *s, unsigned i)
{
    return &g_array_index(s->buckets, struct bucket, i);
}

static bool add_row(void *user, sqlite3_stmt *row)
{
    GPtrArray *all = user;
    const char *label = (const char *)sqlite3_column_text(row, 0);
    /* A logarithmic axis has no zero. */
    struct bucket b = { fmax(1, sqlite3_column_double(row, 1)), fmax(1, sqlite3_column_double(row, 2)),
                        sqlite3_column_double(row, 3) };
    struct series *s = all->len ? all->pdata[all->len - 1] : NULL;

    label = label ? label : "?";
    if (!s || strcmp(s->label, label) != 0) {
        s = series_new(label);
        g_ptr_array_add(all, s);
    }
    g_array_append_val(s->buckets, b);
    s->count += b.count;
    return true;
}

static int by_hi(const void *a, const void *b)
{
    const struct bucket *x = a, *y = b;

    return (x->hi > y->hi) - (x->hi < y->hi);
}

/* Puts the series from `keep` on into one. */
static void merge_rest(GPtrArray *all, unsigned keep)
{
    g_autofree char *label = NULL;
    struct series *rest;

    if (all->len <= keep + 1)
        return;
    label = g_strdup_printf("%u others", all->len - keep);
    rest = series_new(label);
    for (unsigned i = keep; i < all->len; i++) {
        struct series *s = all->pdata[i];

        g_array_append_vals(rest->buckets, s->buckets->data, s->buckets->len);
        rest->count += s->count;
    }
    g_array_sort(rest->buckets, by_hi);
    g_ptr_array_remove_range(all, keep, all->len - keep);
    g_ptr_array_add(all, rest);
}

static bool add_name(void *user, sqlite3_stmt *row)
{
    GString *names = user;

    g_string_append_printf(names, "%s%s", names->len ? ", " : "",
                           (const char *)sqlite3_column_text(row, 0));
    return true;
}

static int nothing(struct plot *p)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *wanted = p->db->causes ? g_strjoinv(", ", p->db->causes) : NULL;
    int status = db_query(p->db, "SELECT DISTINCT cause FROM v_trap_hist ORDER BY cause", add_name, names);

    if (status)
        return status;
    if (!names->len)
        return cli_error("%s: nothing to plot: no traps in this ledger", p->db->path);
    return cli_error("%s: nothing to plot: no traps caused by %s; causes are %s", p->db->path, wanted,
                     names->str);
}

static int load(struct plot *p, GPtrArray *all, double *min, double *max)
{
    int status = db_query(p->db, query, add_row, all);

    if (status)
        return status;
    if (!all->len)
        return nothing(p);
    merge_rest(all, PLOT_STYLES);
    *min = INFINITY;
    *max = 0;
    for (unsigned i = 0; i < all->len; i++) {
        struct series *s = all->pdata[i];

        for (unsigned j = 0; j < s->buckets->len; j++) {
            *min = fmin(*min, bucket(s, j)->lo);
            *max = fmax(*max, bucket(s, j)->hi);
        }
    }
    plot_round_range(min, max);
    return EXIT_OK;
}

/* Above and below the axes: tics and labels of both x axes, and the foot. */
static void margins(struct plot *p, double legend)
{
    double line = plot_line_height(p);

    p->right = 0.2;
    p->top = p->db->clock_hz > 0 ? 2.6 * line : 0.1;
    p->bottom = plot_foot_height(p, legend) + 2.5 * line;
}

static struct plot_style style_of(unsigned i)
{
    return i < PLOT_STYLES ? plot_line_styles[i] : plot_rest_style;
}

/* A line of the cdf: from the least value at 0 up to 100 %. */
static void cdf_data(struct plot *p, const struct series *s)
{
    double sum = 0, start = INFINITY;

    for (unsigned i = 0; i < s->buckets->len; i++)
        start = fmin(start, bucket(s, i)->lo);
    g_string_append_printf(p->data, "%.10g 0\n", start);
    for (unsigned i = 0; i < s->buckets->len; i++) {
        sum += bucket(s, i)->count;
        g_string_append_printf(p->data, "%.10g %.10g\n", bucket(s, i)->hi, 100 * sum / s->count);
    }
}

static void cdf_draw(struct plot *p, GPtrArray *all, double min, double max)
{
    g_autofree char *data = plot_data_name(p);

    plot_axis(p, min, max, true, "latency [cycles]");
    plot_line(p, "set yrange [0:102]");
    plot_line(p, "set ytics 0,25,100 offset 0.5,0");
    plot_y_label(p, "traps [%]");
    plot_line(p, "set grid xtics ytics back ls 100");
    plot_line(p, "plot \\");
    for (unsigned i = 0; i < all->len; i++) {
        struct series *s = all->pdata[i];
        struct plot_style style = style_of(i);
        unsigned block = plot_block(p, s->label);

        cdf_data(p, s);
        plot_line(p, "  %s index %u using 1:2 with steps lw 2 lc rgb '%s' dt %s%s", data, block,
                  style.colour, style.dash, i + 1 < all->len ? ", \\" : "");
    }
}

int plot_cdf(struct plot *p)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(series_free);
    struct plot_legend legend[PLOT_STYLES + 1];
    double min = 0, max = 0, height;
    int status = load(p, all, &min, &max);

    if (status)
        return status;
    for (unsigned i = 0; i < all->len; i++)
        legend[i] = (struct plot_legend){ ((struct series *)all->pdata[i])->label, style_of(i) };
    height = plot_legend_height(p, legend, all->len);
    margins(p, height);
    p->left = plot_text_width(p, "100", 1) + 2.4 * plot_line_height(p);
    p->height = p->top + p->bottom + (p->args->columns == 1 ? 1.6 : 2.4);
    plot_begin(p);
    plot_legend_draw(p, legend, all->len, plot_foot_height(p, height), false);
    cdf_draw(p, all, min, max);
    return EXIT_OK;
}

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

/* The smallest value that `percent` of the traps do not exceed. */
static double quantile(const struct series *s, double percent)
{
    double sum = 0;

    for (unsigned i = 0; i < s->buckets->len; i++) {
        sum += bucket(s, i)->count;
        if (sum * 100 >= s->count * percent)
            return bucket(s, i)->hi;
    }
    return 0;
}

static void panel_head(struct plot *p, const struct series *s, double base, double min, double max)
{
    g_autofree char *count = cli_grouped((uint64_t)s->count);
    g_autofree char *p50 = cli_grouped((uint64_t)quantile(s, 50));
    g_autofree char *p99 = cli_grouped((uint64_t)quantile(s, 99));
    g_autofree char *text = g_strdup_printf("n %s, p50 %s, p99 %s", count, p50, p99);
    g_autofree char *stats = plot_sized_text(p, text, 0.9);
    g_autofree char *label = plot_text(p, s->label);

    plot_line(p, "set label %s at first %.10g,%.3f left font ',%.2f'", label, min, base + PANEL_HEAD,
              p->label_pt);
    plot_line(p, "set label %s at first %.10g,%.3f right font ',%.2f' tc rgb '#444444'", stats, max,
              base + PANEL_HEAD, 0.9 * p->label_pt);
    plot_line(p, "set arrow from first %.10g,%.3f to first %.10g,%.3f nohead lw 0.5 lc rgb '#222222'", min,
              base, max, base);
}

/* One panel: bars of the share of the class's traps, the highest as high as there is room. */
static void panel(struct plot *p, const struct series *s, double base, double min, double max,
                  GString *tics)
{
    double bins[BINS] = { 0 }, ratio = log(max / min) / BINS, top = 0;

    for (unsigned i = 0; i < s->buckets->len; i++)
        fill_bins(bucket(s, i), min, ratio, bins);
    for (unsigned i = 0; i < BINS; i++)
        top = fmax(top, bins[i]);
    plot_block(p, s->label);
    for (unsigned i = 0; i < BINS; i++)
        if (bins[i] > 0)
            g_string_append_printf(p->data, "%.6g %.6g %.6g %.3f %.6g\n", min * exp(i * ratio),
                                   min * exp((i + 1) * ratio), 100 * bins[i] / s->count, base,
                                   base + PANEL_BARS * bins[i] / top);
    g_string_append_printf(tics, "%s'0' %.3f, '%.0f' %.3f", tics->len ? ", " : "", base,
                           100 * top / s->count, base + PANEL_BARS);
    panel_head(p, s, base, min, max);
}

static void histogram_draw(struct plot *p, GPtrArray *all, double min, double max)
{
    g_autoptr(GString) tics = g_string_new(NULL);
    g_autofree char *data = plot_data_name(p);

    plot_axis(p, min, max, true, "latency [cycles]");
    for (unsigned i = 0; i < all->len; i++)
        panel(p, all->pdata[i], all->len - 1 - i, min, max, tics);
    plot_line(p, "set yrange [0:%u]", all->len);
    plot_line(p, "set ytics (%s) offset 0.5,0", tics->str);
    plot_y_label(p, "traps of the class [%]");
    plot_line(p, "set grid xtics back ls 100");
    plot_line(
        p, "plot for [i=0:%u] %s index i using 1:4:1:2:4:5 with boxxyerror fs solid noborder fc rgb '%s'",
        all->len - 1, data, COLOUR);
}

int plot_histogram(struct plot *p)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(series_free);
    double min = 0, max = 0;
    int status = load(p, all, &min, &max);

    if (status)
        return status;
    margins(p, 0);
    p->left = plot_text_width(p, "100", 1) + 2.4 * plot_line_height(p);
    p->height = p->top + p->bottom + all->len * (p->args->columns == 1 ? 0.55 : 0.62);
    plot_begin(p);
    histogram_draw(p, all, min, max);
    return EXIT_OK;
}
