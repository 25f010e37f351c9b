/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_compare.c
 * Grouped bars over several ledgers: a group for each cause (register, context, operation) that all of them
 * have, world switches among them, and a bar for each ledger, as long as the mean. Whiskers go from the 5th
 * to the 95th percentile: latencies are skewed, and a standard deviation would reach where no trap is.
 */
#include <math.h>

#include "plot_series.h"

enum { GROUPS_MAX = 12, WHISKER_FROM = 5, WHISKER_TO = 95 };
#define GROUP_BARS 0.82   /* Of a group's height, what its bars take. */
#define LABELS_SHARE 0.45 /* The most of the width that labels take. */
#define WHISKER "#222222"

struct chart {
    GPtrArray *lists[PLOT_STYLES]; /* Of each ledger, its struct series. */
    GPtrArray *groups;             /* Labels; those of lists[0]. */
    unsigned left_out, not_common;
    double unit[PLOT_STYLES]; /* Cycles per unit of the axis. */
};

static int load(struct plot *p, struct chart *c)
{
    const char *by = p->args->by ? p->args->by : "cause";
    int status = EXIT_OK;

    for (unsigned i = 0; i < p->source_count && !status; i++) {
        c->lists[i] = series_list();
        status = series_load(&p->sources[i].db, by, c->lists[i]);
    }
    return status;
}

static bool in_all(const struct plot *p, const struct chart *c, const char *label)
{
    for (unsigned i = 0; i < p->source_count; i++)
        if (!series_find(c->lists[i], label))
            return false;
    return true;
}

/* The groups: what all ledgers have, in the order of the first. */
static int find_groups(const struct plot *p, struct chart *c)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned common = 0;

    for (unsigned i = 0; i < p->source_count; i++)
        for (unsigned j = 0; j < c->lists[i]->len; j++)
            g_hash_table_add(seen, series_at(c->lists[i], j)->label);
    for (unsigned i = 0; i < c->lists[0]->len; i++) {
        char *label = series_at(c->lists[0], i)->label;

        if (!in_all(p, c, label))
            continue;
        if (common++ < GROUPS_MAX)
            g_ptr_array_add(c->groups, label);
    }
    c->left_out = common - c->groups->len;
    c->not_common = g_hash_table_size(seen) - common;
    if (!common)
        return cli_error("plot: nothing to compare: the ledgers have no %s in common",
                         p->args->by ? p->args->by : "cause");
    return EXIT_OK;
}

static int find_units(const struct plot *p, struct chart *c)
{
    bool us = !g_strcmp0(p->args->unit, "us");

    for (unsigned i = 0; i < p->source_count; i++) {
        const struct db *db = &p->sources[i].db;

        if (us && db->clock_hz <= 0)
            return cli_error("%s: --unit us: the ledger does not say how fast the clock is", db->path);
        c->unit[i] = us ? db->clock_hz / 1e6 : 1;
    }
    return EXIT_OK;
}

static const struct series *cell(const struct chart *c, unsigned group, unsigned source)
{
    return series_find(c->lists[source], c->groups->pdata[group]);
}

static double mean(const struct series *s)
{
    return (s->cycles - s->idle) / s->count;
}

/* The end of a whisker; where there can be none it is the mean, too. */
static double whisker(const struct series *s, double percent)
{
    return s->idle > 0 ? mean(s) : series_quantile(s, percent);
}

/* Where the bar's middle is: the first group and ledger are the uppermost. */
static double bar_y(const struct plot *p, const struct chart *c, unsigned group, unsigned source)
{
    return c->groups->len - group + GROUP_BARS * (0.5 - (source + 0.5) / p->source_count);
}

/* What stands behind the bar: as many digits as tell something. */
static char *value_text(double value)
{
    return value >= 100 ? cli_grouped((uint64_t)llround(value)) : g_strdup_printf("%.3g", value);
}

/* y, mean, from, to of the whisker. */
static void bar_data(struct plot *p, const struct chart *c, unsigned source)
{
    for (unsigned g = 0; g < c->groups->len; g++) {
        const struct series *s = cell(c, g, source);

        g_string_append_printf(p->data, "%.4f %.6g %.6g %.6g\n", bar_y(p, c, g, source),
                               mean(s) / c->unit[source], whisker(s, WHISKER_FROM) / c->unit[source],
                               whisker(s, WHISKER_TO) / c->unit[source]);
    }
}

static double bar_end(const struct chart *c, unsigned group, unsigned source)
{
    const struct series *s = cell(c, group, source);

    return fmax(mean(s), whisker(s, WHISKER_TO)) / c->unit[source];
}

static void draw_values(struct plot *p, const struct chart *c, unsigned source)
{
    for (unsigned g = 0; g < c->groups->len; g++) {
        g_autofree char *number = value_text(mean(cell(c, g, source)) / c->unit[source]);
        g_autofree char *text = plot_sized_text(p, number, 0.85);

        plot_line(p, "set label %s at first %.6g,%.4f left offset 0.4,0 font ',%.2f'", text,
                  bar_end(c, g, source), bar_y(p, c, g, source), 0.85 * p->label_pt);
    }
}

static void draw_groups(struct plot *p, const struct chart *c)
{
    g_autoptr(GString) tics = g_string_new(NULL);

    for (unsigned g = 0; g < c->groups->len; g++) {
        g_autofree char *fit = plot_fit_text(p, c->groups->pdata[g], p->left - 0.1);
        g_autofree char *name = plot_text(p, fit);

        g_string_append_printf(tics, "%s%s %u", g ? ", " : "", name, c->groups->len - g);
    }
    plot_line(p, "set ytics (%s) scale 0 offset 0.5,0", tics->str);
    plot_line(p, "set yrange [0.45:%.2f]", c->groups->len + 0.55);
}

static void draw_whiskers(struct plot *p, const char *data, unsigned block, double width,
                          const char *colour, const char *more)
{
    plot_line(p, "  %s index %u using 3:($4>$3?$1:NaN):3:4 with xerrorbars pt 0 lw %.1f lc rgb '%s'%s",
              data, block, width, colour, more);
}

static void draw(struct plot *p, const struct chart *c, double max)
{
    g_autofree char *data = plot_data_name(p);

    if (!g_strcmp0(p->args->unit, "us"))
        plot_plain_axis(p, max, "mean time [us]");
    else
        plot_axis(p, 0, max, false, "mean latency [cycles]");
    draw_groups(p, c);
    plot_line(p, "set grid xtics back ls 100");
    plot_line(p, "half = %.4f", 0.46 * GROUP_BARS / p->source_count);
    for (unsigned i = 0; i < p->source_count; i++)
        draw_values(p, c, i);
    plot_line(p, "plot \\");
    for (unsigned i = 0; i < p->source_count; i++) {
        unsigned block = plot_block(p, p->sources[i].label);

        bar_data(p, c, i);
        plot_boxes(p, block, "2:1:(0):2:($1-half):($1+half)", &plot_box_styles[i], false, ", \\");
        draw_whiskers(p, data, block, 2.8, "#ffffff", ", \\");
        draw_whiskers(p, data, block, 1.1, WHISKER, i + 1 < p->source_count ? ", \\" : "");
    }
}

static double lay_out(struct plot *p, const struct chart *c, double legend)
{
    double line = plot_line_height(p), label = 0, longest = 0, number = 0;

    for (unsigned g = 0; g < c->groups->len; g++) {
        label = fmax(label, plot_text_width(p, c->groups->pdata[g], 1));
        for (unsigned i = 0; i < p->source_count; i++) {
            g_autofree char *value = value_text(mean(cell(c, g, i)) / c->unit[i]);

            number = fmax(number, plot_text_width(p, value, 0.85));
            longest = fmax(longest, bar_end(c, g, i));
        }
    }
    p->left = fmin(label + 0.15, LABELS_SHARE * p->width);
    p->right = 0.2;
    p->top = g_strcmp0(p->args->unit, "us") ? plot_axis_top(p) : 0.1;
    p->bottom = plot_foot_height(p, legend) + plot_axis_bottom(p);
    p->height = p->top + p->bottom + 0.1 + c->groups->len * (0.1 + 1.05 * line * p->source_count);
    return (longest > 0 ? longest : 1) / (1 - (number + 0.15) / (p->width - p->left - p->right));
}

static void add_notes(struct plot *p, const struct chart *c)
{
    plot_note(p, "Bars: means; whiskers: %dth to %dth percentile.", WHISKER_FROM, WHISKER_TO);
    if (c->left_out)
        plot_note(p, "Left out: %u that cost less.", c->left_out);
    if (c->not_common)
        plot_note(p, "Not in all ledgers: %u.", c->not_common);
    for (unsigned i = 0; i < p->source_count; i++)
        for (unsigned g = 0; g < c->groups->len; g++)
            if (cell(c, g, i)->idle > 0) {
                plot_note(p, "Without idle time; bars that had some are without whiskers.");
                return;
            }
}

static void draw_chart(struct plot *p, const struct chart *c)
{
    struct plot_legend legend[PLOT_STYLES];
    double height, max;

    add_notes(p, c);
    for (unsigned i = 0; i < p->source_count; i++)
        legend[i] = (struct plot_legend){ p->sources[i].label, plot_box_styles[i] };
    height = plot_legend_height(p, legend, p->source_count);
    max = lay_out(p, c, height);
    plot_begin(p);
    plot_legend_draw(p, legend, p->source_count, plot_foot_height(p, height), PLOT_BOXES);
    draw(p, c, max);
}

int plot_compare(struct plot *p)
{
    struct chart c = { .groups = g_ptr_array_new() };
    int status = load(p, &c);

    if (!status && !(status = find_groups(p, &c)) && !(status = find_units(p, &c)))
        draw_chart(p, &c);
    for (unsigned i = 0; i < PLOT_STYLES; i++)
        if (c.lists[i])
            g_ptr_array_free(c.lists[i], TRUE);
    g_ptr_array_free(c.groups, TRUE);
    return status;
}
