/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_breakdown.c
 * The figure of world switches: one bar for each pair of contexts, stacked by what the cycles of a mean
 * switch were for. Time in which the hypervisor waited (idle) is left out; parts too thin to be seen, and
 * classes of registers without a line in plot_part.def, are part of "other".
 */
#include <math.h>
#include <string.h>

#include "plot.h"

enum part {
#define PART(name, label, colour, hatch) PART_##name,
#include "plot_part.def"
#undef PART
    PART_COUNT
};

static const struct {
    const char *name, *label;
    struct plot_style style;
} parts[PART_COUNT] = {
#define PART(name, label, colour, hatch) { #name, label, { colour, "solid", hatch } },
#include "plot_part.def"
#undef PART
};

enum { BARS_MAX = 12 };
/* Parts of less than this of every bar are shown as others. */
#define THIN 0.01
/* Half the thickness of a bar whose neighbours are 1 away. */
#define HALF_BAR 0.34

struct bar {
    char *label;
    double count, total, cycles[PART_COUNT];
};

struct bars {
    struct bar bar[BARS_MAX];
    unsigned count, left_out;
    double idle;
};

static const char query[] =
    "SELECT COALESCE(from_context, '?') || ' → ' || COALESCE(to_context, '?') AS pair, COALESCE(part, "
    "'other'), mean, switches FROM v_switch_breakdown"
    " ORDER BY SUM(mean) OVER (PARTITION BY from_context, to_context) * switches DESC, from_context, "
    "to_context, ord";

static enum part part_of(const char *name)
{
    for (unsigned i = 0; i < PART_COUNT; i++)
        if (!strcmp(parts[i].name, name))
            return (enum part)i;
    return PART_other;
}

/* The bar of a row, NULL when there are too many. Rows of one bar stand together. */
static struct bar *bar_of(struct bars *all, const char *label)
{
    struct bar *b = all->count ? &all->bar[all->count - 1] : NULL;

    if (b && !strcmp(b->label, label))
        return b;
    if (all->count == BARS_MAX) {
        all->left_out++;
        return NULL;
    }
    b = &all->bar[all->count++];
    b->label = g_strdup(label);
    return b;
}

static bool add_row(void *user, sqlite3_stmt *row)
{
    struct bars *all = user;
    struct bar *b = bar_of(all, (const char *)sqlite3_column_text(row, 0));
    const char *part = (const char *)sqlite3_column_text(row, 1);
    double mean = sqlite3_column_double(row, 2);

    if (!b)
        return true;
    b->count = sqlite3_column_double(row, 3);
    if (!strcmp(part, "idle")) {
        all->idle += mean;
        return true;
    }
    b->cycles[part_of(part)] += mean;
    b->total += mean;
    return true;
}

static void bars_clear(struct bars *all)
{
    for (unsigned i = 0; i < all->count; i++)
        g_free(all->bar[i].label);
}

static void merge_thin(struct bars *all, enum part part)
{
    for (unsigned i = 0; i < all->count; i++)
        if (all->bar[i].cycles[part] >= THIN * all->bar[i].total)
            return;
    for (unsigned i = 0; i < all->count; i++) {
        all->bar[i].cycles[PART_other] += all->bar[i].cycles[part];
        all->bar[i].cycles[part] = 0;
    }
}

static bool is_used(const struct bars *all, enum part part)
{
    for (unsigned i = 0; i < all->count; i++)
        if (all->bar[i].cycles[part] > 0)
            return true;
    return false;
}

static unsigned legend_of(const struct bars *all, struct plot_legend *legend)
{
    unsigned count = 0;

    for (unsigned i = 0; i < PART_COUNT; i++)
        if (is_used(all, (enum part)i))
            legend[count++] = (struct plot_legend){ parts[i].label, parts[i].style };
    return count;
}

/* The segments of one part, over all bars: y, from x, to x. */
static void part_data(struct plot *p, const struct bars *all, enum part part)
{
    for (unsigned i = 0; i < all->count; i++) {
        const struct bar *b = &all->bar[i];
        double from = 0;

        for (unsigned j = 0; j < part; j++)
            from += b->cycles[j];
        if (b->cycles[part] > 0)
            g_string_append_printf(p->data, "%u %.6g %.6g\n", all->count - i, from, from + b->cycles[part]);
    }
}

static void draw_part(struct plot *p, const struct bars *all, enum part part, const char *data, bool last)
{
    const struct plot_style *s = &parts[part].style;
    const char *more = last ? "" : ", \\";
    unsigned block = plot_block(p, parts[part].label);

    part_data(p, all, part);
    plot_line(
        p,
        "  %s index %u using 2:1:2:3:($1-half):($1+half) with boxxyerror fs solid border lc rgb '#ffffff' "
        "lw 0.4 fc rgb '%s'%s",
        data, block, s->colour, s->hatch ? ", \\" : more);
    if (s->hatch)
        plot_line(
            p,
            "  %s index %u using 2:1:2:3:($1-half):($1+half) with boxxyerror fs transparent pattern %u "
            "noborder fc rgb '#ffffff'%s",
            data, block, plot_hatch(p, s->hatch), more);
}

static void draw_labels(struct plot *p, const struct bars *all)
{
    g_autoptr(GString) tics = g_string_new(NULL);

    for (unsigned i = 0; i < all->count; i++) {
        const struct bar *b = &all->bar[i];
        g_autofree char *name = plot_text(p, b->label);
        g_autofree char *cycles = cli_grouped((uint64_t)llround(b->total));
        g_autofree char *total = plot_text(p, cycles);

        g_string_append_printf(tics, "%s%s %u", i ? ", " : "", name, all->count - i);
        plot_line(p, "set label %s at first %.6g,%u left offset 0.4,0", total, b->total, all->count - i);
    }
    plot_line(p, "set ytics (%s) scale 0 offset 0.5,0", tics->str);
}

static void draw(struct plot *p, const struct bars *all, double max)
{
    g_autofree char *data = plot_data_name(p);
    unsigned last = 0;

    for (unsigned i = 0; i < PART_COUNT; i++)
        if (is_used(all, (enum part)i))
            last = i;
    plot_axis(p, 0, max, false,
              all->idle > 0 ? "mean cycles of a world switch, without idle time"
                            : "mean cycles of a world switch");
    plot_line(p, "set yrange [0.4:%.1f]", all->count + 0.6);
    draw_labels(p, all);
    plot_line(p, "set grid xtics back ls 100");
    plot_line(p, "half = %.2f", HALF_BAR);
    plot_line(p, "plot \\");
    for (unsigned i = 0; i < PART_COUNT; i++)
        if (is_used(all, (enum part)i))
            draw_part(p, all, (enum part)i, data, i == last);
}

static void lay_out(struct plot *p, const struct bars *all, double legend, double *max)
{
    double line = plot_line_height(p), longest = 0, label = 0;

    for (unsigned i = 0; i < all->count; i++) {
        longest = fmax(longest, all->bar[i].total);
        label = fmax(label, plot_text_width(p, all->bar[i].label, 1));
    }
    p->left = fmin(label + 0.15, 0.5 * p->width);
    p->right = 0.2;
    p->top = p->db->clock_hz > 0 ? 2.6 * line : 0.1;
    p->bottom = plot_foot_height(p, legend) + 2.5 * line;
    p->height = p->top + p->bottom + 0.15 + all->count * (p->args->columns == 1 ? 0.26 : 0.32);
    /* Room for the number behind the longest bar. */
    *max = longest / (1 - (plot_text_width(p, "1,000,000", 1) + 0.1) / (p->width - p->left - p->right));
}

static int draw_bars(struct plot *p, struct bars *all)
{
    struct plot_legend legend[PART_COUNT];
    double height, max;
    unsigned count;

    if (!all->count)
        return cli_error("%s: nothing to plot: no world switches in this ledger", p->db->path);
    for (unsigned i = 0; i < all->count; i++)
        if (all->bar[i].total <= 0)
            return cli_error("%s: nothing to plot: world switches without cycles", p->db->path);
    for (unsigned i = 0; i < PART_COUNT; i++)
        merge_thin(all, (enum part)i);
    count = legend_of(all, legend);
    height = plot_legend_height(p, legend, count);
    lay_out(p, all, height, &max);
    plot_begin(p);
    plot_legend_draw(p, legend, count, plot_foot_height(p, height), true);
    draw(p, all, max);
    return EXIT_OK;
}

int plot_breakdown(struct plot *p)
{
    struct bars all = { 0 };
    int status;

    if (p->db->causes)
        return cli_error("plot: breakdown has no --cause: it shows world switches");
    status = db_query(p->db, query, add_row, &all);
    if (!status)
        status = draw_bars(p, &all);
    bars_clear(&all);
    return status;
}
