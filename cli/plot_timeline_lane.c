/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_timeline_lane.c
 * A lane of the timeline. What is as wide as BOX_COLUMNS of the picture's columns is a box from its first
 * cycle to its last. What is narrower is added up by column, which shows the share of its time as a height,
 * stacked by cause: so there are at most (columns * styles) objects a lane, however many traps there were.
 */
#include <math.h>

#include "plot_timeline.h"

#define BOX_COLUMNS 2
/* Of a box narrower than this, a hatch would leave little to be seen. */
#define HATCH_COLUMNS 12
/* A lane's boxes: their lower edge and height, of 1; heights are multiples of a step, and at least a few.
 */
#define LANE_BASE 0.1
#define LANE_HEIGHT 0.8
enum { HEIGHT_STEPS = 24, HEIGHT_LEAST = 4 };

/* What is open of a style while columns are written: equal neighbours become one. */
struct run {
    int first, low, high; /* first < 0: nothing */
};

struct lane *lane_new(const struct grid *g, unsigned pe, unsigned el, const char *name)
{
    struct lane *l = g_new0(struct lane, 1);

    l->pe = pe;
    l->el = el;
    l->name = g_strdup(name);
    l->share = g_new0(double, (gsize)g->columns *CAUSES_MAX);
    l->boxes = g_array_new(FALSE, FALSE, sizeof(struct box));
    return l;
}

void lane_free(void *lane)
{
    struct lane *l = lane;

    g_free(l->name);
    g_free(l->share);
    g_array_free(l->boxes, TRUE);
    g_free(l);
}

static double column_start(const struct grid *g, unsigned column)
{
    return g->from + column * g->column_cycles;
}

static void add_share(const struct grid *g, struct lane *l, unsigned cause, double from, double to)
{
    unsigned first = (unsigned)((from - g->from) / g->column_cycles);

    for (unsigned c = first; c < g->columns && column_start(g, c) < to; c++)
        l->share[c * CAUSES_MAX + cause] +=
            fmin(to, column_start(g, c + 1)) - fmax(from, column_start(g, c));
}

double lane_box_cycles(const struct grid *g)
{
    return BOX_COLUMNS * g->column_cycles;
}

bool lane_add(struct grid *g, struct lane *l, unsigned cause, double from, double to)
{
    struct box b = { fmax(from, g->from), fmin(to, g->to), cause };

    if (!(b.from < b.to))
        return false;
    l->cycles += b.to - b.from;
    if (b.to - b.from >= lane_box_cycles(g)) {
        g_array_append_val(l->boxes, b);
        return true;
    }
    g->merged = true;
    add_share(g, l, cause, b.from, b.to);
    return true;
}

static void write_box(GString **out, double from, double to, double low, double high)
{
    if (!*out)
        *out = g_string_new(NULL);
    g_string_append_printf(*out, "%.12g %.12g %.4f %.4f\n", from, to, low, high);
}

static double height_at(double y, int step)
{
    return y + LANE_BASE + LANE_HEIGHT * step / HEIGHT_STEPS;
}

static void end_run(const struct grid *g, struct run *r, unsigned column, double y, GString **out)
{
    if (r->first >= 0)
        write_box(out, column_start(g, (unsigned)r->first), column_start(g, column), height_at(y, r->low),
                  height_at(y, r->high));
    r->first = -1;
}

/* The edges, in steps, of the styles that are stacked in a column: edge[s]..edge[s + 1] is style s. */
static void stack(const struct grid *g, const struct lane *l, unsigned column, const unsigned *style_of,
                  int edge[LANE_STYLES + 1])
{
    double cycles[LANE_STYLES] = { 0 }, all = 0, sum = 0, steps;

    for (unsigned c = 0; c < CAUSES_MAX; c++) {
        cycles[style_of[c]] += l->share[column * CAUSES_MAX + c];
        all += l->share[column * CAUSES_MAX + c];
    }
    steps = all > 0 ? CLAMP(HEIGHT_STEPS * all / g->column_cycles, HEIGHT_LEAST, HEIGHT_STEPS) : 0;
    edge[0] = 0;
    for (unsigned s = 0; s < LANE_STYLES; s++) {
        sum += cycles[s];
        edge[s + 1] = all > 0 ? (int)lround(steps * sum / all) : 0;
    }
}

static void write_columns(const struct grid *g, const struct lane *l, const unsigned *style_of, double y,
                          GString **out)
{
    struct run runs[LANE_STYLES];
    int edge[LANE_STYLES + 1];

    for (unsigned s = 0; s < LANE_STYLES; s++)
        runs[s].first = -1;
    for (unsigned c = 0; c < g->columns; c++) {
        stack(g, l, c, style_of, edge);
        for (unsigned s = 0; s < LANE_STYLES; s++) {
            struct run *r = &runs[s];

            if (r->first >= 0 && r->low == edge[s] && r->high == edge[s + 1])
                continue;
            end_run(g, r, c, y, &out[s]);
            if (edge[s] < edge[s + 1])
                *r = (struct run){ (int)c, edge[s], edge[s + 1] };
        }
    }
    for (unsigned s = 0; s < LANE_STYLES; s++)
        end_run(g, &runs[s], g->columns, y, &out[s]);
}

void lane_write(const struct grid *g, const struct lane *l, const unsigned *style_of, double y,
                struct lane_data *out)
{
    static const unsigned guest[CAUSES_MAX] = { [0 ... CAUSES_MAX - 1] = LANE_GUEST };
    const unsigned *styles = l->el ? style_of : guest;

    write_columns(g, l, styles, y, out->plain);
    for (unsigned i = 0; i < l->boxes->len; i++) {
        const struct box *b = &g_array_index(l->boxes, struct box, i);
        bool wide = b->to - b->from >= HATCH_COLUMNS * g->column_cycles;

        write_box(wide ? &out->boxes[styles[b->cause]] : &out->plain[styles[b->cause]], b->from, b->to,
                  y + LANE_BASE, y + LANE_BASE + LANE_HEIGHT);
    }
}
