/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file validate_plot.c
 * How far the models are from published values, as a bar chart: a bar for each row, rows of a machine below
 * its name, published and modelled values beside them, and the 10 % that count as met in grey. Fills tell
 * evidence from what is none, in print without colours too.
 */
#include <math.h>
#include <string.h>

#include "armvsim.h"
#include "validate.h"

#define HALF_BAR 0.34
#define LINE_IN 0.165 /* Inches from one line to the next. */
#define BAND_PERCENT 10
/* The axis ends here at most: longer bars are cut, their number tells their length. */
#define AXIS_MAX 100
#define AXIS_MIN 30
/* Beyond the longest bar there is room for its number. */
#define AXIS_ROOM 1.5
#define LABELS_SHARE 0.42 /* The most of the width that labels take. */
#define BAND "#e4e4e4"

/* By enum validate_basis. */
static const struct plot_style styles[BASIS_COUNT] = {
    [BASIS_MEASURED] = { "#0072b2", "solid", 0, 0 },
    [BASIS_CIRCULAR] = { "#e69f00", "solid", 1, 0 },
    [BASIS_RECALLED] = { "#bbbbbb", "solid", 2, 0 },
};
static const char *const meanings[BASIS_COUNT] = {
    [BASIS_MEASURED] = "evidence",
    [BASIS_CIRCULAR] = "circular: the model has a number from it",
    [BASIS_RECALLED] = "recalled: not found in a text",
};

/* A line of the figure: a machine's name, or a row. */
struct line {
    const char *machine; /* NULL: a row */
    const struct validate_row *row;
    double error;
};

struct chart {
    GArray *lines; /* struct line */
    double limit;  /* The axis is from -limit to limit. */
    bool used[BASIS_COUNT];
};

static void add_lines(struct chart *c, const GPtrArray *rows)
{
    const char *machine = "";

    for (unsigned i = 0; i < rows->len; i++) {
        struct line l = { .row = rows->pdata[i] };

        if (!l.row->selected || !validate_error(l.row, &l.error))
            continue;
        if (strcmp(machine, l.row->field[PUBLISHED_MACHINE])) {
            struct line name = { .machine = l.row->field[PUBLISHED_MACHINE] };

            machine = name.machine;
            g_array_append_val(c->lines, name);
        }
        g_array_append_val(c->lines, l);
        c->used[l.row->basis] = true;
        c->limit = fmax(c->limit, fabs(l.error));
    }
    c->limit = CLAMP(10 * ceil(1.1 * c->limit / 10), AXIS_MIN, AXIS_MAX);
}

static const struct line *line_at(const struct chart *c, unsigned i)
{
    return &g_array_index(c->lines, struct line, i);
}

/* The first line is the highest. */
static unsigned height_of(const struct chart *c, unsigned i)
{
    return c->lines->len - i;
}

/* The bars of one basis: y, from x, to x. */
static void bars_data(struct plot *p, const struct chart *c, enum validate_basis basis)
{
    for (unsigned i = 0; i < c->lines->len; i++) {
        const struct line *l = line_at(c, i);
        double error = CLAMP(l->error, -c->limit, c->limit);

        if (!l->machine && l->row->basis == basis)
            g_string_append_printf(p->data, "%u %.6g %.6g\n", height_of(c, i), fmin(0, error),
                                   fmax(0, error));
    }
}

static void draw_bars(struct plot *p, const struct chart *c, enum validate_basis basis, const char *data)
{
    const struct plot_style *s = &styles[basis];
    unsigned block = plot_block(p, validate_basis_names[basis]);

    bars_data(p, c, basis);
    plot_line(
        p,
        "  %s index %u using 2:1:2:3:($1-half):($1+half) with boxxyerror fs solid noborder fc rgb '%s', \\",
        data, block, s->colour);
    if (s->hatch)
        plot_line(
            p,
            "  %s index %u using 2:1:2:3:($1-half):($1+half) with boxxyerror fs transparent pattern %u "
            "noborder fc rgb '#ffffff', \\",
            data, block, plot_hatch(p, s->hatch));
}

/* "+5.1 %" at the bar's end, and what was published and modelled at the right edge. */
static void draw_values(struct plot *p, const struct chart *c, unsigned i)
{
    const struct line *l = line_at(c, i);
    double end = CLAMP(l->error, -c->limit, c->limit);
    g_autofree char *error = g_strdup_printf("%+.0f %%", l->error);
    g_autofree char *values = g_strdup_printf("%.4g \342\206\222 %.4g %s", l->row->published,
                                              l->row->modelled, l->row->field[PUBLISHED_UNIT]);
    g_autofree char *error_text = plot_text(p, error), *values_text = plot_text(p, values);

    plot_line(p, "set label %s at first %.6g,%u %s offset %s,0 front", error_text, end, height_of(c, i),
              end < 0 ? "right" : "left", end < 0 ? "-0.4" : "0.4");
    plot_line(p, "set label %s at graph 1,first %u left offset 1.5,0", values_text, height_of(c, i));
}

static char *label_of(const struct plot *p, const struct line *l)
{
    g_autofree char *fit =
        plot_fit_text(p, l->machine ? l->machine : l->row->field[PUBLISHED_OPERATION], p->left - 0.1);

    return plot_text(p, fit);
}

static void draw_labels(struct plot *p, const struct chart *c)
{
    g_autoptr(GString) tics = g_string_new(NULL);

    for (unsigned i = 0; i < c->lines->len; i++) {
        const struct line *l = line_at(c, i);
        g_autofree char *name = label_of(p, l);

        if (l->machine) {
            plot_line(p, "set label %s at screen %.4f,first %u left font ',%.2f'", name, 0.06 / p->width,
                      height_of(c, i), 1.1 * p->label_pt);
            continue;
        }
        g_string_append_printf(tics, "%s%s %u", tics->len ? ", " : "", name, height_of(c, i));
        draw_values(p, c, i);
    }
    plot_line(p, "set ytics (%s) scale 0 offset 0.5,0", tics->str);
}

static void draw(struct plot *p, const struct chart *c)
{
    g_autofree char *data = plot_data_name(p);
    double step = c->limit > 50 ? 50 : c->limit / 2, end = AXIS_ROOM * c->limit,
           middle = (p->left + p->width - p->right) / 2;

    plot_line(p, "set border 1");
    plot_line(p, "set xrange [%g:%g]", -end, end);
    plot_line(p, "set yrange [0.4:%.1f]", c->lines->len + 0.6);
    plot_line(p, "set xtics (%g, %g, 0, %g, %g) offset 0,0.4", -2 * step, -step, step, 2 * step);
    plot_line(p, "set format x '%%+.0f'");
    plot_label(p, middle, p->bottom - 1.95 * plot_line_height(p), "center", 1, "#000000",
               "error of the model [%]");
    plot_line(p,
              "set object rectangle from first %d,graph 0 to first %d,graph 1 behind fc rgb '" BAND
              "' fs solid noborder",
              -BAND_PERCENT, BAND_PERCENT);
    draw_labels(p, c);
    plot_line(p, "half = %.2f", HALF_BAR);
    plot_line(p, "plot \\");
    for (unsigned b = 0; b < BASIS_COUNT; b++)
        if (c->used[b])
            draw_bars(p, c, (enum validate_basis)b, data);
    plot_line(p, "  '+' using (0):1 with lines lc rgb '#222222' lw 0.6");
}

static unsigned legend_of(const struct chart *c, struct plot_legend *legend)
{
    unsigned count = 0;

    for (unsigned b = 0; b < BASIS_COUNT; b++)
        if (c->used[b])
            legend[count++] = (struct plot_legend){ meanings[b], styles[b] };
    return count;
}

static void lay_out(struct plot *p, const struct chart *c, double legend)
{
    double label = 0;

    for (unsigned i = 0; i < c->lines->len; i++)
        if (!line_at(c, i)->machine)
            label = fmax(label, plot_text_width(p, line_at(c, i)->row->field[PUBLISHED_OPERATION], 1));
    p->left = fmin(label + 0.15, LABELS_SHARE * p->width);
    p->right = plot_text_width(p, "9999 \342\206\222 9999 cycles", 1) + 0.2;
    p->top = 0.1;
    p->bottom = plot_foot_height(p, legend) + plot_axis_bottom(p);
    p->height = p->top + p->bottom + c->lines->len * LINE_IN;
}

static int draw_chart(const struct chart *c, struct plot *p)
{
    static const char caption[] =
        "armvsim " AVS_VERSION
        ", models validate. Grey: within 10 % of the published value. Behind the bars: published "
        "and modelled value. Rows published as 0 have no bar.";
    struct plot_legend legend[BASIS_COUNT];
    unsigned count = legend_of(c, legend);
    double height;

    plot_prepare_plain(p, caption);
    height = plot_legend_height(p, legend, count);
    lay_out(p, c, height);
    plot_begin(p);
    plot_legend_draw(p, legend, count, plot_foot_height(p, height), PLOT_BOXES);
    draw(p, c);
    return plot_render(p);
}

int validate_plot(const GPtrArray *rows, struct plot_args *a)
{
    struct chart c = { .lines = g_array_new(FALSE, FALSE, sizeof(struct line)) };
    struct plot p = { .args = a };
    int status;

    add_lines(&c, rows);
    status =
        c.lines->len ? draw_chart(&c, &p) : cli_error("validate: nothing to plot: no row has an error");
    plot_clear(&p);
    g_array_free(c.lines, TRUE);
    return status;
}
