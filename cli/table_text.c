/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file table_text.c
 * Tables for people: aligned text, numbers to the right, and Markdown. Columns without any value are left
 * out; when a table is too wide its widest texts are shortened in the middle, and when they have got short
 * enough, columns that matter less (column_drop.def) are left out and named below it.
 */
#include <string.h>

#include "table.h"

enum { GAP = 2, TEXT_MIN = 12, TEXT_ENOUGH = 22 };

static const char *const droppable[] = {
#define DROP(key) #key,
#include "column_drop.def"
#undef DROP
};

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define GREEN "\033[32m"
#define RED "\033[1;31m"
#define PLAIN "\033[0m"

/* What is shown: a matrix of texts, with the heading as its first row and the totals as its last. */
struct sheet {
    const struct table *t;
    unsigned rows, *width;
    bool totals, colour, *shown, *right;
    char **text; /* [row * column_count + column] */
};

static char **at(const struct sheet *s, unsigned row, unsigned column)
{
    return &s->text[row * s->t->column_count + column];
}

static bool is_number(const struct column *c)
{
    return c->kind != KIND_TEXT && c->kind != KIND_ANY && c->kind != KIND_VERDICT;
}

static bool has_values(const struct table *t, unsigned column)
{
    for (unsigned r = 0; r < t->row_count; r++)
        if (table_cell(t, r, column)->type != CELL_NULL)
            return true;
    return false;
}

static bool is_joined(const struct column *c)
{
    return c->kind == KIND_UNIT || c->kind == KIND_ARROW;
}

/* Appends a unit, or what is behind an arrow, to the text before it. */
static void join(struct sheet *s, unsigned row, unsigned column)
{
    const char *between = s->t->columns[column].kind == KIND_ARROW ? "→" : " ";
    char **before = at(s, row, column - 1), *joined, *text = *at(s, row, column);

    if (!*text)
        return;
    joined = g_strdup_printf("%s%s%s", *before, strcmp(text, "%") ? between : "", text);
    g_free(*before);
    *before = joined;
}

static void fill_column(struct sheet *s, unsigned c)
{
    const struct column *column = &s->t->columns[c];
    unsigned last = table_shown(s->t) + 1;

    *at(s, 0, c) = g_strdup(column->heading);
    for (unsigned r = 1; r < last; r++)
        *at(s, r, c) = table_display(column, table_cell(s->t, r - 1, c));
    if (s->totals) {
        struct cell total = table_total(s->t, c);
        *at(s, last, c) = table_display(column, &total);
    }
    s->shown[c] = !is_joined(column) && column->readers != FOR_PROGRAMS && has_values(s->t, c);
    s->right[c] = is_number(column);
    for (unsigned r = 0; is_joined(column) && r < s->rows; r++)
        join(s, r, c);
}

/* "Total" in the first column that is shown. */
static void name_totals(struct sheet *s)
{
    for (unsigned c = 0; s->totals && c < s->t->column_count; c++) {
        char **cell = at(s, s->rows - 1, c);

        if (!s->shown[c])
            continue;
        g_free(*cell);
        *cell = g_strdup("Total");
        return;
    }
}

static void measure(struct sheet *s)
{
    for (unsigned c = 0; c < s->t->column_count; c++) {
        s->width[c] = 0;
        for (unsigned r = 0; r < s->rows; r++)
            s->width[c] = MAX(s->width[c], (unsigned)g_utf8_strlen(*at(s, r, c), -1));
    }
}

static struct sheet sheet_new(const struct table *t)
{
    struct sheet s = { .t = t, .totals = t->totals && t->row_count > 1 };

    s.rows = table_shown(t) + 1 + s.totals;
    s.text = g_new0(char *, s.rows * t->column_count);
    s.shown = g_new0(bool, t->column_count);
    s.right = g_new0(bool, t->column_count);
    s.width = g_new0(unsigned, t->column_count);
    for (unsigned c = 0; c < t->column_count; c++)
        fill_column(&s, c);
    name_totals(&s);
    measure(&s);
    return s;
}

static void sheet_free(struct sheet *s)
{
    for (unsigned i = 0; i < s->rows * s->t->column_count; i++)
        g_free(s->text[i]);
    g_free(s->text);
    g_free(s->shown);
    g_free(s->right);
    g_free(s->width);
}

static unsigned total_width(const struct sheet *s)
{
    unsigned width = 0;

    for (unsigned c = 0; c < s->t->column_count; c++)
        if (s->shown[c])
            width += s->width[c] + (width ? GAP : 0);
    return width;
}

/* Narrows the widest columns of text, no further than to `least`, until the table fits. */
static bool narrow(struct sheet *s, unsigned limit, unsigned least)
{
    while (total_width(s) > limit) {
        unsigned widest = s->t->column_count;

        for (unsigned c = 0; c < s->t->column_count; c++)
            if (s->shown[c] && !s->right[c] && s->width[c] > least &&
                (widest == s->t->column_count || s->width[c] > s->width[widest]))
                widest = c;
        if (widest == s->t->column_count)
            return false;
        s->width[widest]--;
    }
    return true;
}

/* Leaves one column out. Returns its heading, NULL when there is none that could be missed. */
static const char *drop(struct sheet *s)
{
    for (size_t i = 0; i < G_N_ELEMENTS(droppable); i++)
        for (unsigned c = 0; c < s->t->column_count; c++)
            if (s->shown[c] && !strcmp(s->t->columns[c].key, droppable[i])) {
                s->shown[c] = false;
                return s->t->columns[c].heading;
            }
    return NULL;
}

/* Makes the table fit. Returns the headings of what is left out for it, "" for nothing. */
static GString *fit(struct sheet *s, unsigned limit)
{
    GString *dropped = g_string_new(NULL);
    const char *heading;

    while (!narrow(s, limit, TEXT_ENOUGH) && (heading = drop(s)))
        g_string_append_printf(dropped, "%s%s", dropped->len ? ", " : "", heading);
    narrow(s, limit, TEXT_MIN);
    return dropped;
}

/* "a long na...the end": both ends tell names apart. */
static void append_shortened(GString *out, const char *text, unsigned width)
{
    long len = g_utf8_strlen(text, -1), tail = (width - 1) / 2, head = width - 1 - tail;

    g_string_append_len(out, text, g_utf8_offset_to_pointer(text, head) - text);
    g_string_append(out, "…");
    g_string_append(out, g_utf8_offset_to_pointer(text, len - tail));
}

static void append_padding(GString *out, unsigned count)
{
    g_string_append_printf(out, "%*s", (int)count, "");
}

/* What stands before a cell's text, and is to be ended behind it; "" for most. */
static const char *cell_style(const struct sheet *s, unsigned row, unsigned c)
{
    const char *text = *at(s, row, c);

    if (!s->colour || !row || s->t->columns[c].kind != KIND_VERDICT)
        return "";
    return g_str_has_prefix(text, "met") ? GREEN : g_str_has_prefix(text, "missed") ? RED : DIM;
}

static void append_text(GString *out, const char *text, const char *style)
{
    g_string_append_printf(out, "%s%s%s", style, text, *style ? PLAIN : "");
}

static void append_cell(GString *out, const struct sheet *s, unsigned row, unsigned c, bool last)
{
    const char *text = *at(s, row, c);
    unsigned len = (unsigned)g_utf8_strlen(text, -1);

    if (len > s->width[c]) {
        append_shortened(out, text, s->width[c]);
        return;
    }
    if (s->right[c])
        append_padding(out, s->width[c] - len);
    append_text(out, text, cell_style(s, row, c));
    if (!s->right[c] && !last)
        append_padding(out, s->width[c] - len);
}

static unsigned last_shown(const struct sheet *s)
{
    unsigned last = 0;

    for (unsigned c = 0; c < s->t->column_count; c++)
        if (s->shown[c])
            last = c;
    return last;
}

static void append_row(GString *out, const struct sheet *s, unsigned row, const char *style)
{
    unsigned last = last_shown(s);
    bool first = true;
    gsize end;

    g_string_append(out, style);
    for (unsigned c = 0; c <= last; c++) {
        if (!s->shown[c])
            continue;
        append_padding(out, first ? 0 : GAP);
        append_cell(out, s, row, c, c == last);
        first = false;
    }
    for (end = out->len; end && out->str[end - 1] == ' '; end--)
        continue;
    g_string_truncate(out, end);
    g_string_append(out, *style ? PLAIN "\n" : "\n");
}

static bool has_heading(const struct table *t)
{
    for (unsigned c = 0; c < t->column_count; c++)
        if (*t->columns[c].heading)
            return true;
    return false;
}

static void append_rule(GString *out, const struct sheet *s)
{
    for (unsigned i = 0; i < total_width(s); i++)
        g_string_append(out, "─");
    g_string_append_c(out, '\n');
}

static void append_title(GString *out, const struct table *t, unsigned width, bool colour)
{
    g_string_append_printf(out, "%s%s%s", colour ? BOLD : "", t->title, colour ? PLAIN : "");
    if (t->note) {
        long len = g_utf8_strlen(t->title, -1) + GAP + g_utf8_strlen(t->note, -1);

        g_string_append_printf(out, "%s%s%s%s", len > (long)width ? "\n" : "  ", colour ? DIM : "", t->note,
                               colour ? PLAIN : "");
    }
    g_string_append_c(out, '\n');
}

static void append_dropped(GString *out, GString *dropped, bool colour)
{
    if (dropped->len)
        g_string_append_printf(out, "%s(too wide here for: %s)%s\n", colour ? DIM : "", dropped->str,
                               colour ? PLAIN : "");
    g_string_free(dropped, TRUE);
}

static void append_hidden(GString *out, const struct table *t)
{
    if (table_shown(t) < t->row_count)
        g_string_append_printf(out, "(%u more)\n", t->row_count - table_shown(t));
}

void table_write_text(GString *out, const struct table *t, unsigned width, bool colour)
{
    GString *dropped;
    struct sheet s;

    append_title(out, t, width, colour);
    if (!t->row_count) {
        g_string_append_printf(out, "%s\n", t->empty);
        return;
    }
    s = sheet_new(t);
    s.colour = colour;
    dropped = fit(&s, width);
    if (has_heading(t)) {
        append_row(out, &s, 0, colour ? BOLD : "");
        append_rule(out, &s);
    }
    for (unsigned r = 1; r < s.rows - s.totals; r++)
        append_row(out, &s, r, "");
    append_hidden(out, t);
    if (s.totals) {
        append_rule(out, &s);
        append_row(out, &s, s.rows - 1, colour ? BOLD : "");
    }
    append_dropped(out, dropped, colour);
    sheet_free(&s);
}

/* A cell of Markdown: a bar would end it, and the rest must not be taken for markup. */
static void append_markdown(GString *out, const char *text)
{
    g_string_append(out, " ");
    for (; *text; text++) {
        if (strchr("|*_`\\<", *text))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
    g_string_append(out, " |");
}

static void markdown_row(GString *out, const struct sheet *s, unsigned row)
{
    g_string_append_c(out, '|');
    for (unsigned c = 0; c < s->t->column_count; c++)
        if (s->shown[c])
            append_markdown(out, *at(s, row, c));
    g_string_append_c(out, '\n');
}

void table_write_markdown(GString *out, const struct table *t)
{
    struct sheet s;

    g_string_append_printf(out, "### %s\n\n", t->title);
    if (t->note)
        g_string_append_printf(out, "%s\n\n", t->note);
    if (!t->row_count) {
        g_string_append_printf(out, "%s\n", t->empty);
        return;
    }
    s = sheet_new(t);
    markdown_row(out, &s, 0);
    g_string_append_c(out, '|');
    for (unsigned c = 0; c < t->column_count; c++)
        if (s.shown[c])
            g_string_append(out, s.right[c] ? "---:|" : "---|");
    g_string_append_c(out, '\n');
    for (unsigned r = 1; r < s.rows; r++)
        markdown_row(out, &s, r);
    if (table_shown(t) < t->row_count)
        g_string_append_c(out, '\n');
    append_hidden(out, t);
    sheet_free(&s);
}
