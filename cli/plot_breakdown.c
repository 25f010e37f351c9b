/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_breakdown.c
 * Stacked bars of what the cycles of a mean world switch were for, by class of registers (one bar for each
 * pair of contexts), or of a mean trap by phase (one bar for each cause, and one for all world switches).
 * Of several ledgers the bars of one name stand together. Time in which the hypervisor waited (idle) is
 * left out; classes too thin to be seen, and those without a line in plot_part.def, are part of "other".
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
#define PART(name, label, colour, hatch) { #name, label, { colour, "solid", hatch, 0 } },
#include "plot_part.def"
#undef PART
};

enum { NAMES_MAX = 12 }; /* Bars of a ledger. */
/* Parts of less than this of every bar are shown as others. */
#define THIN 0.01
/* Half the thickness of a bar whose neighbours are 1 away. */
#define HALF_BAR 0.34
#define LABELS_SHARE 0.45 /* The most of the width that labels take. */

struct bar {
    char *name, *label;
    unsigned rank, source;
    double count, total, cycles[PART_COUNT];
};

struct bars {
    GArray *bars;     /* struct bar, the uppermost first. */
    GPtrArray *names; /* Of bars, in the order of ranks. */
    GPtrArray *left_out;
    unsigned source;
    double idle;
};

static const char by_class[] =
    "SELECT COALESCE(from_context, '?') || ' → ' || COALESCE(to_context, '?') AS pair, COALESCE(part, "
    "'other'), mean, switches FROM v_switch_breakdown"
    " ORDER BY SUM(mean) OVER (PARTITION BY from_context, to_context) * switches DESC, from_context, "
    "to_context, ord";

#define SUMS                                                                                               \
    "SUM(count) AS n, SUM(cycles) AS c, SUM(entry_cycles) AS e, SUM(handler_cycles) AS h,"                 \
    " SUM(return_cycles) AS r, SUM(idle_cycles) AS i, COALESCE(SUM(save_cycles), 0) AS s,"                 \
    " COALESCE(SUM(restore_cycles), 0) AS t"

static const char by_phase[] =
    "WITH a AS (SELECT COALESCE(cause, '?') AS name, " SUMS " FROM v_trap_agg"
    "           WHERE :cause IS NULL OR cause IN (SELECT value FROM json_each(:cause)) GROUP BY name"
    "           UNION ALL SELECT 'world switch', " SUMS " FROM v_switch_agg WHERE :cause IS NULL),"
    " p(ord, part) AS (VALUES (0, 'entry'), (1, 'save'), (2, 'handler'), (3, 'restore'), (4, 'idle'), (5, "
    "'return'))"
    "SELECT name, part, 1.0 * CASE part WHEN 'entry' THEN e WHEN 'save' THEN s WHEN 'handler' THEN h - i - "
    "s - t"
    "       WHEN 'restore' THEN t WHEN 'idle' THEN i ELSE r END / n, n"
    " FROM a JOIN p WHERE n > 0 ORDER BY c - i DESC, name, ord";

static enum part part_of(const char *name)
{
    for (unsigned i = 0; i < PART_COUNT; i++)
        if (!strcmp(parts[i].name, name))
            return (enum part)i;
    return PART_other;
}

static struct bar *bar_at(const struct bars *all, unsigned i)
{
    return &g_array_index(all->bars, struct bar, i);
}

static bool contains(const GPtrArray *names, const char *name, guint *rank)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)names, name, g_str_equal, rank);
}

/* Where bars of that name stand; false when there are too many. */
static bool find_rank(struct bars *all, const char *name, guint *rank)
{
    if (contains(all->names, name, rank))
        return true;
    if (all->names->len < NAMES_MAX) {
        *rank = all->names->len;
        g_ptr_array_add(all->names, g_strdup(name));
        return true;
    }
    if (!contains(all->left_out, name, NULL))
        g_ptr_array_add(all->left_out, g_strdup(name));
    return false;
}

/* The bar of a row, NULL when there are too many. Rows of one bar stand together. */
static struct bar *bar_of(struct bars *all, const char *name)
{
    struct bar *b = all->bars->len ? bar_at(all, all->bars->len - 1) : NULL;
    struct bar new = { .source = all->source };

    if (b && b->source == all->source && !strcmp(b->name, name))
        return b;
    if (!find_rank(all, name, &new.rank))
        return NULL;
    new.name = g_strdup(name);
    g_array_append_val(all->bars, new);
    return bar_at(all, all->bars->len - 1);
}

static bool add_row(void *user, sqlite3_stmt *row)
{
    struct bars *all = user;
    struct bar *b = bar_of(all, (const char *)sqlite3_column_text(row, 0));
    const char *part = (const char *)sqlite3_column_text(row, 1);
    double mean = fmax(0, sqlite3_column_double(row, 2));

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

static void bar_clear(void *p)
{
    struct bar *b = p;

    g_free(b->name);
    g_free(b->label);
}

static int by_place(const void *x, const void *y)
{
    const struct bar *a = x, *b = y;

    return a->rank != b->rank ? (a->rank > b->rank) - (a->rank < b->rank) : (int)a->source - (int)b->source;
}

static void merge_thin(struct bars *all, enum part part)
{
    for (unsigned i = 0; i < all->bars->len; i++)
        if (bar_at(all, i)->cycles[part] >= THIN * bar_at(all, i)->total)
            return;
    for (unsigned i = 0; i < all->bars->len; i++) {
        bar_at(all, i)->cycles[PART_other] += bar_at(all, i)->cycles[part];
        bar_at(all, i)->cycles[part] = 0;
    }
}

static bool is_used(const struct bars *all, enum part part)
{
    for (unsigned i = 0; i < all->bars->len; i++)
        if (bar_at(all, i)->cycles[part] > 0)
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
    for (unsigned i = 0; i < all->bars->len; i++) {
        const struct bar *b = bar_at(all, i);
        double from = 0;

        for (unsigned j = 0; j < part; j++)
            from += b->cycles[j];
        if (b->cycles[part] > 0)
            g_string_append_printf(p->data, "%u %.6g %.6g\n", all->bars->len - i, from,
                                   from + b->cycles[part]);
    }
}

static void draw_part(struct plot *p, const struct bars *all, enum part part, bool last)
{
    unsigned block = plot_block(p, parts[part].label);

    part_data(p, all, part);
    plot_boxes(p, block, "2:1:2:3:($1-half):($1+half)", &parts[part].style, true, last ? "" : ", \\");
}

/* The number behind the bar. */
static char *total_text(const struct bar *b)
{
    return cli_grouped((uint64_t)llround(b->total));
}

static void draw_labels(struct plot *p, const struct bars *all)
{
    g_autoptr(GString) tics = g_string_new(NULL);

    for (unsigned i = 0; i < all->bars->len; i++) {
        const struct bar *b = bar_at(all, i);
        g_autofree char *fit = plot_fit_text(p, b->label, p->left - 0.1);
        g_autofree char *name = plot_text(p, fit);
        g_autofree char *cycles = total_text(b);
        g_autofree char *total = plot_text(p, cycles);

        g_string_append_printf(tics, "%s%s %u", i ? ", " : "", name, all->bars->len - i);
        plot_line(p, "set label %s at first %.6g,%u left offset 0.4,0", total, b->total,
                  all->bars->len - i);
    }
    plot_line(p, "set ytics (%s) scale 0 offset 0.5,0", tics->str);
}

static void draw(struct plot *p, const struct bars *all, bool phases, double max)
{
    g_autofree char *label = g_strconcat("mean cycles of a ", phases ? "trap" : "world switch",
                                         all->idle > 0 ? ", without idle time" : NULL, NULL);
    unsigned last = 0;

    for (unsigned i = 0; i < PART_COUNT; i++)
        if (is_used(all, (enum part)i))
            last = i;
    plot_axis(p, 0, max, false, label);
    plot_line(p, "set yrange [0.4:%.1f]", all->bars->len + 0.6);
    draw_labels(p, all);
    plot_line(p, "set grid xtics back ls 100");
    plot_line(p, "half = %.2f", HALF_BAR);
    plot_line(p, "plot \\");
    for (unsigned i = 0; i < PART_COUNT; i++)
        if (is_used(all, (enum part)i))
            draw_part(p, all, (enum part)i, i == last);
}

static void lay_out(struct plot *p, const struct bars *all, double legend, double *max)
{
    double longest = 0, label = 0, number = 0;

    for (unsigned i = 0; i < all->bars->len; i++) {
        g_autofree char *total = total_text(bar_at(all, i));

        number = fmax(number, plot_text_width(p, total, 1));
        longest = fmax(longest, bar_at(all, i)->total);
        label = fmax(label, plot_text_width(p, bar_at(all, i)->label, 1));
    }
    p->left = fmin(label + 0.15, LABELS_SHARE * p->width);
    p->right = 0.2;
    p->top = plot_axis_top(p);
    p->bottom = plot_foot_height(p, legend) + plot_axis_bottom(p);
    p->height = p->top + p->bottom + 0.15 + all->bars->len * (p->args->columns == 1 ? 0.26 : 0.32);
    /* Room for the number behind the longest bar. */
    *max = longest / (1 - (number + 0.15) / (p->width - p->left - p->right));
}

static void draw_bars(struct plot *p, struct bars *all, bool phases)
{
    struct plot_legend legend[PART_COUNT];
    double height, max;
    unsigned count;

    for (unsigned i = 0; i < PART_COUNT && !phases; i++)
        merge_thin(all, (enum part)i);
    if (all->left_out->len)
        plot_note(p, "Left out: %u that cost less.", all->left_out->len);
    count = legend_of(all, legend);
    height = plot_legend_height(p, legend, count);
    lay_out(p, all, height, &max);
    plot_begin(p);
    plot_legend_draw(p, legend, count, plot_foot_height(p, height), PLOT_BOXES);
    draw(p, all, phases, max);
}

static int check(const struct plot *p, const struct bars *all, bool phases)
{
    const char *path = p->sources[all->source].db.path;
    g_autofree char *causes = p->args->causes ? g_strjoinv(", ", p->args->causes) : NULL;

    if (!all->bars->len || bar_at(all, all->bars->len - 1)->source != all->source)
        return causes ? cli_error("%s: nothing to plot: no traps caused by %s", path, causes)
                      : cli_error("%s: nothing to plot: no %s in this ledger", path,
                                  phases ? "traps" : "world switches");
    for (unsigned i = 0; i < all->bars->len; i++)
        if (bar_at(all, i)->total <= 0)
            return cli_error("%s: nothing to plot: %s without cycles", path,
                             phases ? "traps" : "world switches");
    return EXIT_OK;
}

static int load(struct plot *p, struct bars *all, bool phases)
{
    int status = EXIT_OK;

    for (all->source = 0; all->source < p->source_count && !status; all->source++) {
        status = db_query(&p->sources[all->source].db, phases ? by_phase : by_class, add_row, all);
        status = status ? status : check(p, all, phases);
    }
    g_array_sort(all->bars, by_place);
    for (unsigned i = 0; i < all->bars->len; i++) {
        struct bar *b = bar_at(all, i);

        b->label = p->source_count > 1 ? g_strconcat(b->name, ", ", p->sources[b->source].label, NULL)
                                       : g_strdup(b->name);
    }
    return status;
}

int plot_breakdown(struct plot *p)
{
    bool phases = !g_strcmp0(p->args->by, "phase");
    struct bars all = { .bars = g_array_new(FALSE, FALSE, sizeof(struct bar)),
                        .names = g_ptr_array_new_with_free_func(g_free),
                        .left_out = g_ptr_array_new_with_free_func(g_free) };
    int status;

    g_array_set_clear_func(all.bars, bar_clear);
    if (p->args->causes && !phases)
        status = cli_error("plot: breakdown has no --cause without --by phase: it shows world switches");
    else
        status = load(p, &all, phases);
    if (!status)
        draw_bars(p, &all, phases);
    g_array_free(all.bars, TRUE);
    g_ptr_array_free(all.names, TRUE);
    g_ptr_array_free(all.left_out, TRUE);
    return status;
}
