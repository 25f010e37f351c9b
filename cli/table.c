/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file table.c
 * Building tables, their totals, and cells as people read them.
 */
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

enum { WIDTH_DEFAULT = 120, WIDTH_MIN = 80 };

static const struct column known_columns[] = {
#define COLUMN(key, heading, kind, total) { #key, heading, KIND_##kind, TOTAL_##total, FOR_ALL },
#include "column.def"
#undef COLUMN
};

bool table_format_parse(const char *text, enum table_format *out)
{
    static const char *const names[FORMAT_COUNT] = { "table", "csv", "json", "markdown" };

    *out = FORMAT_TABLE;
    for (unsigned i = 0; text && i < FORMAT_COUNT; i++) {
        *out = (enum table_format)i;
        if (!strcmp(text, names[i]))
            return true;
    }
    return !text;
}

int table_format_option(const char *command, const char *text, enum table_format *out)
{
    if (table_format_parse(text, out))
        return EXIT_OK;
    return cli_error("%s: --format '%s': it can be table, csv, json or markdown", command, text);
}

static void clear_cell(void *cell)
{
    g_free(((struct cell *)cell)->text);
}

struct table *table_new(const char *title, const char *empty)
{
    struct table *t = g_new0(struct table, 1);

    t->title = g_strdup(title);
    t->empty = g_strdup(empty);
    t->cells = g_array_new(FALSE, TRUE, sizeof(struct cell));
    g_array_set_clear_func(t->cells, clear_cell);
    return t;
}

void table_free(struct table *t)
{
    if (!t)
        return;
    g_free(t->title);
    g_free(t->note);
    g_free(t->empty);
    g_free(t->columns);
    g_array_free(t->cells, TRUE);
    g_free(t);
}

static const struct column *find_column(const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known_columns); i++)
        if (!strcmp(known_columns[i].key, key))
            return &known_columns[i];
    g_error("column '%s' is not in column.def", key);
}

void table_columns(struct table *t, const char *keys)
{
    g_auto(GStrv) words = g_strsplit(keys, " ", -1);

    for (unsigned i = 0; words[i]; i++) {
        bool marked = strchr("#@", *words[i]);
        struct column column = *find_column(words[i] + marked);

        if (marked)
            column.readers = *words[i] == '#' ? FOR_PROGRAMS : FOR_PEOPLE;
        t->columns = g_renew(struct column, t->columns, t->column_count + 1);
        t->columns[t->column_count++] = column;
    }
}

static void add(struct table *t, struct cell cell)
{
    g_array_append_val(t->cells, cell);
    t->row_count = t->cells->len / t->column_count;
}

void table_null(struct table *t)
{
    add(t, (struct cell){ .type = CELL_NULL });
}

void table_int(struct table *t, int64_t value)
{
    add(t, (struct cell){ .type = CELL_INT, .i = value, .r = (double)value });
}

void table_real(struct table *t, double value)
{
    add(t, (struct cell){ .type = CELL_REAL, .r = value });
}

char *table_printable(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_new(NULL);

    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(out, g_unichar_isprint(c) ? c : '?');
    }
    return g_string_free(out, FALSE);
}

void table_text(struct table *t, const char *text)
{
    if (text)
        add(t, (struct cell){ .type = CELL_TEXT, .text = table_printable(text) });
    else
        table_null(t);
}

void table_printf(struct table *t, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = g_strdup_vprintf(fmt, args);
    va_end(args);
    table_text(t, text);
}

const struct cell *table_cell(const struct table *t, unsigned row, unsigned column)
{
    return &g_array_index(t->cells, struct cell, row * t->column_count + column);
}

unsigned table_shown(const struct table *t)
{
    return t->limit && t->limit < t->row_count ? t->limit : t->row_count;
}

/* The weight of a row in a mean: its column "count". */
static double weight(const struct table *t, unsigned row)
{
    for (unsigned c = 0; c < t->column_count; c++)
        if (!strcmp(t->columns[c].key, "count"))
            return table_cell(t, row, c)->r;
    return 1;
}

static double fold(enum column_total total, double sum, double value, double w)
{
    switch (total) {
    case TOTAL_MIN:
        return fmin(sum, value);
    case TOTAL_MAX:
        return fmax(sum, value);
    case TOTAL_MEAN:
        return sum + value * w;
    case TOTAL_NONE:
    case TOTAL_SUM:
        break;
    }
    return sum + value;
}

struct cell table_total(const struct table *t, unsigned column)
{
    enum column_total total = t->columns[column].total;
    double sum = total == TOTAL_MIN ? INFINITY : 0, weights = 0;
    struct cell out = { .type = CELL_INT };
    unsigned count = 0;

    for (unsigned r = 0; r < t->row_count; r++) {
        const struct cell *cell = table_cell(t, r, column);
        if (cell->type != CELL_INT && cell->type != CELL_REAL)
            continue;
        sum = fold(total, sum, cell->r, weight(t, r));
        weights += weight(t, r);
        if (__builtin_add_overflow(out.i, cell->i, &out.i))
            out.i = cell->i > 0 ? INT64_MAX : INT64_MIN;
        count++;
        if (cell->type == CELL_REAL)
            out.type = CELL_REAL;
    }
    if (total == TOTAL_NONE || !count)
        return (struct cell){ .type = CELL_NULL };
    if (total == TOTAL_MEAN)
        return (struct cell){ .type = CELL_REAL, .r = weights > 0 ? sum / weights : 0 };
    if (total != TOTAL_SUM)
        out.i = (int64_t)sum;
    out.r = sum;
    return out;
}

static char *grouped(int64_t value)
{
    g_autofree char *digits = cli_grouped(value < 0 ? -(uint64_t)value : (uint64_t)value);

    return g_strdup_printf("%s%s", value < 0 ? "-" : "", digits);
}

/* A number to `decimals` places, its whole part grouped. */
static char *rounded(double value, int decimals)
{
    g_autofree char *plain = g_strdup_printf("%.*f", decimals, fabs(value));
    g_autofree char *whole = NULL;
    char *point = strchr(plain, '.');

    if (!(fabs(value) < 1e15))
        return g_strdup_printf("%g", value);
    whole = cli_grouped(g_ascii_strtoull(plain, NULL, 10));
    return g_strdup_printf("%s%s%s", value < 0 ? "-" : "", whole, point ? point : "");
}

/* To three decimal places at most: 0.833, 25, 1,120.5. */
static char *plain(double value)
{
    char *text = rounded(value, fabs(value) < 100 ? 3 : 1), *end = text + strlen(text);

    while (strchr(text, '.') && (end[-1] == '0' || end[-1] == '.')) {
        bool point = *--end == '.';

        *end = 0;
        if (point)
            break;
    }
    return text;
}

static char *rounded_mean(double value)
{
    return rounded(value, fabs(value) < 1000 && value != trunc(value) ? 1 : 0);
}

static char *signed_number(const struct cell *cell)
{
    g_autofree char *text = cell->type == CELL_INT ? grouped(cell->i) : rounded_mean(cell->r);

    return g_strconcat(cell->r > 0 ? "+" : "", text, NULL);
}

static char *display_number(enum column_kind kind, const struct cell *cell)
{
    switch (kind) {
    case KIND_SHARE:
        return g_strdup_printf("%.1f%%", cell->r * 100);
    case KIND_PERCENT:
        return g_strdup_printf("%.1f%%", cell->r);
    case KIND_CHANGE:
        return fabs(cell->r) < 0.05 ? g_strdup("0.0%") : g_strdup_printf("%+.1f%%", cell->r);
    case KIND_DELTA:
        return signed_number(cell);
    case KIND_MEAN:
        return rounded_mean(cell->r);
    case KIND_REAL:
        return rounded(cell->r, 3);
    default:
        return cell->type == CELL_INT ? grouped(cell->i) : plain(cell->r);
    }
}

char *table_display(const struct column *column, const struct cell *cell)
{
    switch (cell->type) {
    case CELL_TEXT:
        return g_strdup(cell->text);
    case CELL_INT:
    case CELL_REAL:
        return display_number(column->kind, cell);
    case CELL_NULL:
        break;
    }
    return g_strdup("");
}

void table_write(GString *out, struct table *const *tables, unsigned count, enum table_format format,
                 unsigned width, bool colour)
{
    if (format == FORMAT_JSON) {
        table_write_json(out, tables, count);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        if (i)
            g_string_append_c(out, '\n');
        if (format == FORMAT_CSV)
            table_write_csv(out, tables[i]);
        else if (format == FORMAT_MARKDOWN)
            table_write_markdown(out, tables[i]);
        else
            table_write_text(out, tables[i], width, colour);
    }
}

unsigned table_width(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
        return WIDTH_DEFAULT;
    return size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col;
}

void table_print(struct table *const *tables, unsigned count, enum table_format format)
{
    GString *out = g_string_new(NULL);

    table_write(out, tables, count, format, table_width(), cli_colour(STDOUT_FILENO));
    /* main() looks whether all of it got through. */
    (void)fwrite(out->str, 1, out->len, stdout);
    g_string_free(out, TRUE);
}
