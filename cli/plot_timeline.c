/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_timeline.c
 * Who ran when: a lane for each PE and Exception level 3 and 2, coloured by the trap's cause, and one for
 * each context that ran below. All of it follows from the traps: EL2 or EL3 has the PE from a trap's entry
 * to its exit, but for traps nested in it, and between two traps the context has it that the second one
 * interrupts. What a PE did before its first trap and after its last is not known, and left empty; so is
 * idle time within a handler, and which of EL1 and EL0 ran.
 */
#include <math.h>
#include <string.h>

#include "plot_timeline.h"

enum { LANES_MAX = 40, COLUMNS_PER_INCH = 150, END_ROWS = 256 };
#define LABELS_SHARE 0.3 /* The most of the width that labels take. */
/* A lane's height in inches, in one column and in two. */
#define LANE_IN 0.17
#define WIDE_LANE_IN 0.22
#define GUEST_COLOUR "#9fb4c7"

/* A trap that is being handled. */
struct open_trap {
    double exit;
    struct lane *lane; /* NULL: it began beyond the window. */
    unsigned cause;
};

struct pe {
    GArray *open; /* struct open_trap, the innermost last. */
    double at;    /* Up to where it is known who ran; negative: nothing yet. */
    bool done;    /* Beyond the window. */
};

struct timeline {
    struct plot *p;
    struct grid grid;
    GPtrArray *lanes, *pes, *causes; /* struct lane, struct pe, names */
    double cause_cycles[CAUSES_MAX];
    unsigned pes_done;
    double rows;
    bool whole; /* All rows were read. */
};

/* The order of columns in rows(). */
enum { COL_PE, COL_CONTEXT, COL_TO_EL, COL_CAUSE, COL_ENTRY, COL_EXIT };
static const char query[] =
    "SELECT pe, context, to_el, cause, entry_cycle, exit_cycle FROM v_trap ORDER BY id";
static const char ends_query[] =
    "SELECT MIN(entry_cycle), MAX(exit_cycle) FROM"
    " (SELECT * FROM (SELECT entry_cycle, exit_cycle FROM v_trap ORDER BY id LIMIT %d)"
    "  UNION ALL SELECT * FROM (SELECT entry_cycle, exit_cycle FROM v_trap ORDER BY id DESC LIMIT %d))";

static void pe_free(void *pe)
{
    g_array_free(((struct pe *)pe)->open, TRUE);
    g_free(pe);
}

static struct pe *pe_of(struct timeline *t, unsigned number)
{
    while (t->pes->len <= number) {
        struct pe *pe = g_new0(struct pe, 1);

        pe->open = g_array_new(FALSE, FALSE, sizeof(struct open_trap));
        pe->at = -1;
        g_ptr_array_add(t->pes, pe);
    }
    return t->pes->pdata[number];
}

/* The lane of EL2 or EL3, or with el 0 of a context. */
static struct lane *lane_of(struct timeline *t, unsigned pe, unsigned el, const char *context)
{
    g_autofree char *level = NULL;

    for (unsigned i = 0; i < t->lanes->len; i++) {
        struct lane *l = t->lanes->pdata[i];

        if (l->pe == pe && l->el == el && (el || !strcmp(l->name, context)))
            return l;
    }
    level = g_strdup_printf("EL%u", el);
    g_ptr_array_add(t->lanes, lane_new(&t->grid, pe, el, el ? level : context));
    return t->lanes->pdata[t->lanes->len - 1];
}

static unsigned cause_of(struct timeline *t, const char *name)
{
    for (unsigned i = 0; i < t->causes->len; i++)
        if (!strcmp(t->causes->pdata[i], name))
            return i;
    if (t->causes->len == CAUSES_MAX - 1)
        return CAUSES_MAX - 1;
    g_ptr_array_add(t->causes, g_strdup(name));
    return t->causes->len - 1;
}

static void add(struct timeline *t, struct lane *l, unsigned cause, double from, double to)
{
    double before = l->cycles;

    if (lane_add(&t->grid, l, cause, from, to) && l->el)
        t->cause_cycles[cause] += l->cycles - before;
}

static struct open_trap *innermost(const struct pe *pe)
{
    return pe->open->len ? &g_array_index(pe->open, struct open_trap, pe->open->len - 1) : NULL;
}

/* Ends the traps that have returned by then. */
static void leave(struct timeline *t, struct pe *pe, double cycle)
{
    struct open_trap *o;

    while ((o = innermost(pe)) && o->exit <= cycle) {
        if (o->lane)
            add(t, o->lane, o->cause, pe->at, o->exit);
        pe->at = fmax(pe->at, o->exit);
        g_array_set_size(pe->open, pe->open->len - 1);
    }
}

static void enter(struct timeline *t, unsigned number, const char *context, struct open_trap new,
                  double entry)
{
    struct pe *pe = pe_of(t, number);
    struct open_trap *o;

    leave(t, pe, entry);
    o = innermost(pe);
    if (o && o->lane)
        add(t, o->lane, o->cause, pe->at, entry);
    else if (!o && pe->at >= 0 && entry > t->grid.from && pe->at < t->grid.to)
        add(t, lane_of(t, number, 0, context), 0, pe->at, entry);
    pe->at = fmax(pe->at, entry);
    g_array_append_val(pe->open, new);
    t->pes_done += entry >= t->grid.to && !pe->done;
    pe->done = entry >= t->grid.to;
}

static const char *text(sqlite3_stmt *row, int column)
{
    const char *value = (const char *)sqlite3_column_text(row, column);

    return value ? value : "?";
}

static bool add_row(void *user, sqlite3_stmt *row)
{
    struct timeline *t = user;
    unsigned pe = (unsigned)sqlite3_column_int(row, COL_PE);
    double entry = sqlite3_column_double(row, COL_ENTRY);
    struct open_trap new = { .exit = fmax(entry, sqlite3_column_double(row, COL_EXIT)) };

    t->rows++;
    if (new.exit < t->grid.from) {
        pe_of(t, pe)->at = fmax(pe_of(t, pe)->at, new.exit);
        return true;
    }
    if (entry < t->grid.to) {
        new.lane = lane_of(t, pe, (unsigned)sqlite3_column_int(row, COL_TO_EL), NULL);
        new.cause = cause_of(t, text(row, COL_CAUSE));
        enter(t, pe, text(row, COL_CONTEXT), new, entry);
        return true;
    }
    if (!pe_of(t, pe)->done)
        enter(t, pe, text(row, COL_CONTEXT), (struct open_trap){ .exit = INFINITY }, entry);
    t->whole = t->pes_done < t->pes->len;
    return t->whole;
}

static bool add_ends(void *user, sqlite3_stmt *row)
{
    struct grid *g = user;

    if (sqlite3_column_type(row, 0) != SQLITE_NULL) {
        g->from = sqlite3_column_double(row, 0);
        g->to = sqlite3_column_double(row, 1);
    }
    return false;
}

/* The window: from the first trap to the last, or what the options say. */
static int find_window(struct timeline *t)
{
    g_autofree char *ends = g_strdup_printf(ends_query, END_ROWS, END_ROWS);
    struct plot *p = t->p;
    int status;

    t->grid.to = -1;
    status = db_query(p->db, ends, add_ends, &t->grid);
    if (status)
        return status;
    if (t->grid.to < 0)
        return cli_error("%s: nothing to plot: no traps in this ledger", p->db->path);
    status = plot_window(p, &t->grid.from, &t->grid.to);
    t->grid.to = plot_after(t->grid.from, t->grid.to);
    t->grid.columns = (unsigned)(COLUMNS_PER_INCH * p->width * (1 - LABELS_SHARE / 2));
    t->grid.column_cycles = (t->grid.to - t->grid.from) / t->grid.columns;
    return status;
}

static int by_place(const void *x, const void *y)
{
    const struct lane *a = *(const struct lane *const *)x, *b = *(const struct lane *const *)y;

    if (a->pe != b->pe)
        return a->pe < b->pe ? -1 : 1;
    return a->el != b->el ? (a->el > b->el ? -1 : 1) : strcmp(a->name, b->name);
}

/* Lanes without anything in the window are none. */
static int find_lanes(struct timeline *t)
{
    for (unsigned i = t->lanes->len; i-- > 0;)
        if (((struct lane *)t->lanes->pdata[i])->cycles <= 0)
            g_ptr_array_remove_index(t->lanes, i);
    g_ptr_array_sort(t->lanes, by_place);
    if (!t->lanes->len)
        return cli_error("%s: nothing to plot: no traps from cycle %.0f to %.0f", t->p->db->path,
                         t->grid.from, t->grid.to);
    if (t->lanes->len > LANES_MAX)
        plot_note(t->p, "Left out: %u lanes.", t->lanes->len - LANES_MAX);
    g_ptr_array_set_size(t->lanes, (int)MIN(t->lanes->len, LANES_MAX));
    return EXIT_OK;
}

/* The causes that took most of the time have colours. Returns how many the legend has. */
static unsigned find_styles(const struct timeline *t, unsigned *style_of, struct plot_legend *legend)
{
    double left[CAUSES_MAX];
    unsigned count = 0, others = 0;

    memcpy(left, t->cause_cycles, sizeof(left));
    for (unsigned c = 0; c < CAUSES_MAX; c++) {
        style_of[c] = LANE_OTHERS;
        others += left[c] > 0;
    }
    for (; count < LANE_COLOURS && count < others; count++) {
        unsigned best = 0;

        for (unsigned c = 1; c < CAUSES_MAX; c++)
            best = left[c] > left[best] ? c : best;
        style_of[best] = count;
        left[best] = 0;
        legend[count] = (struct plot_legend){ best < t->causes->len ? t->causes->pdata[best] : "others",
                                              plot_box_styles[count] };
    }
    if (others > count)
        legend[count++] = (struct plot_legend){ "others", plot_rest_style };
    return count;
}

static void draw_lanes(struct plot *p, const struct timeline *t)
{
    g_autoptr(GString) tics = g_string_new(NULL);

    for (unsigned i = 0; i < t->lanes->len; i++) {
        const struct lane *l = t->lanes->pdata[i];
        g_autofree char *label =
            t->pes->len > 1 ? g_strdup_printf("PE%u %s", l->pe, l->name) : g_strdup(l->name);
        g_autofree char *fit = plot_fit_text(p, label, p->left - 0.1);
        g_autofree char *name = plot_text(p, fit);

        g_string_append_printf(tics, "%s%s %.1f", i ? ", " : "", name, t->lanes->len - i - 0.5);
        if (i && l->pe != ((struct lane *)t->lanes->pdata[i - 1])->pe)
            plot_line(p,
                      "set arrow from graph 0,first %u to graph 1,first %u nohead lw 0.5 lc rgb '#222222'",
                      t->lanes->len - i, t->lanes->len - i);
    }
    plot_line(p, "set ytics (%s) scale 0 offset 0.5,0", tics->str);
    plot_line(p, "set yrange [0:%u]", t->lanes->len);
}

static struct plot_style lane_style(unsigned style)
{
    static const struct plot_style guest = { GUEST_COLOUR, "solid", 0, 0 };

    return style == LANE_GUEST ? guest : style == LANE_OTHERS ? plot_rest_style : plot_box_styles[style];
}

static void draw_data(struct plot *p, GString *data, unsigned style, const char *name, bool hatch)
{
    struct plot_style s = lane_style(style);
    unsigned block;

    if (!data)
        return;
    s.hatch = hatch ? s.hatch : 0;
    block = plot_block(p, name);
    g_string_append(p->data, data->str);
    plot_boxes(p, block, "1:3:1:2:3:4", &s, false, ", \\");
    g_string_free(data, TRUE);
}

static void draw(struct plot *p, const struct timeline *t, const unsigned *style_of,
                 const struct plot_legend *legend)
{
    struct lane_data data = { { NULL }, { NULL } };

    for (unsigned i = 0; i < t->lanes->len; i++)
        lane_write(&t->grid, t->lanes->pdata[i], style_of, t->lanes->len - 1 - i, &data);
    plot_time_axis(p, t->grid.from, t->grid.to);
    draw_lanes(p, t);
    plot_line(p, "set grid xtics back ls 100");
    plot_line(p, "plot \\");
    for (unsigned s = 0; s < LANE_STYLES; s++) {
        const char *name = s == LANE_GUEST ? "contexts" : s == LANE_OTHERS ? "others" : legend[s].label;

        draw_data(p, data.plain[s], s, name, false);
        draw_data(p, data.boxes[s], s, name, true);
    }
    plot_line(p, "  NaN notitle");
}

static void add_notes(struct plot *p, const struct timeline *t)
{
    g_autofree char *traps = db_run_value(p->db, "traps");
    g_autofree char *narrow = cli_grouped((uint64_t)lane_box_cycles(&t->grid));
    double all = traps ? g_ascii_strtod(traps, NULL) : 0;

    plot_note(p, "EL2 and EL3 by the trap's cause.");
    if (t->grid.merged)
        plot_note(p, "Of what is narrower than %s cycles, the height is the share of time.", narrow);
    if (t->whole && t->rows < all)
        plot_note(p, "The ledger has %.0f of %.0f traps: those between them are not seen.", t->rows, all);
}

static void draw_timeline(struct plot *p, const struct timeline *t)
{
    struct plot_legend legend[LANE_COLOURS + 1] = { 0 };
    unsigned style_of[CAUSES_MAX], count = find_styles(t, style_of, legend);
    double label = plot_text_width(p, "EL2", 1), height = 0;

    add_notes(p, t);
    for (unsigned i = 0; i < t->lanes->len; i++)
        label = fmax(label, plot_text_width(p, ((struct lane *)t->lanes->pdata[i])->name, 1) +
                                (t->pes->len > 1 ? plot_text_width(p, "PE0 ", 1) : 0));
    if (count)
        height = plot_legend_height(p, legend, count);
    p->left = fmin(label + 0.15, LABELS_SHARE * p->width);
    p->right = 0.2;
    p->top = plot_axis_top(p);
    p->bottom = plot_foot_height(p, height) + plot_axis_bottom(p);
    p->height = p->top + p->bottom + t->lanes->len * (p->args->columns == 1 ? LANE_IN : WIDE_LANE_IN);
    plot_begin(p);
    if (count)
        plot_legend_draw(p, legend, count, plot_foot_height(p, height), PLOT_BOXES);
    draw(p, t, style_of, legend);
}

static int read_traps(struct timeline *t)
{
    int status = find_window(t);

    t->whole = true;
    if (!status)
        status = db_query(t->p->db, query, add_row, t);
    for (unsigned i = 0; i < t->pes->len; i++)
        leave(t, t->pes->pdata[i], INFINITY);
    return status ? status : find_lanes(t);
}

int plot_timeline(struct plot *p)
{
    struct timeline t = { .p = p,
                          .lanes = g_ptr_array_new_with_free_func(lane_free),
                          .pes = g_ptr_array_new_with_free_func(pe_free),
                          .causes = g_ptr_array_new_with_free_func(g_free) };
    int status = read_traps(&t);

    if (!status)
        draw_timeline(p, &t);
    g_ptr_array_free(t.lanes, TRUE);
    g_ptr_array_free(t.pes, TRUE);
    g_ptr_array_free(t.causes, TRUE);
    return status;
}
