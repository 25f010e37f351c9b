/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file table_data.c
 * Tables for programs: CSV (RFC 4180, one heading line; tables are parted by an empty line) and JSON.
 * Values are as the ledger has them: no grouping, no rounding, no totals.
 */
#include "table_json.h"

#include <string.h>

static void append_csv_text(GString *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

static void append_csv(GString *out, const struct cell *cell)
{
    switch (cell->type) {
    case CELL_INT:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, cell->i);
        break;
    case CELL_REAL:
        g_string_append_printf(out, "%.10g", cell->r);
        break;
    case CELL_TEXT:
        append_csv_text(out, cell->text);
        break;
    case CELL_NULL:
        break;
    }
}

/* A row, or the heading line when `row` is -1. */
static void append_csv_row(GString *out, const struct table *t, int row)
{
    bool first = true;

    for (unsigned c = 0; c < t->column_count; c++) {
        if (t->columns[c].readers == FOR_PEOPLE)
            continue;
        g_string_append(out, first ? "" : ",");
        first = false;
        if (row < 0)
            g_string_append(out, t->columns[c].key);
        else
            append_csv(out, table_cell(t, (unsigned)row, c));
    }
    g_string_append_c(out, '\n');
}

void table_write_csv(GString *out, const struct table *t)
{
    for (int r = -1; r < (int)table_shown(t); r++)
        append_csv_row(out, t, r);
}

static void add_value(JsonBuilder *b, const struct cell *cell)
{
    switch (cell->type) {
    case CELL_INT:
        json_builder_add_int_value(b, cell->i);
        break;
    case CELL_REAL:
        json_builder_add_double_value(b, cell->r);
        break;
    case CELL_TEXT:
        json_builder_add_string_value(b, cell->text);
        break;
    case CELL_NULL:
        json_builder_add_null_value(b);
        break;
    }
}

static void add_row(JsonBuilder *b, const struct table *t, unsigned row)
{
    json_builder_begin_object(b);
    for (unsigned c = 0; c < t->column_count; c++) {
        if (t->columns[c].readers == FOR_PEOPLE)
            continue;
        json_builder_set_member_name(b, t->columns[c].key);
        add_value(b, table_cell(t, row, c));
    }
    json_builder_end_object(b);
}

void table_add_json(JsonBuilder *b, const struct table *t)
{
    json_builder_begin_object(b);
    json_builder_set_member_name(b, "title");
    json_builder_add_string_value(b, t->title);
    json_builder_set_member_name(b, "rows");
    json_builder_begin_array(b);
    for (unsigned r = 0; r < table_shown(t); r++)
        add_row(b, t, r);
    json_builder_end_array(b);
    json_builder_end_object(b);
}

void table_append_json(GString *out, JsonBuilder *b)
{
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = json_builder_get_root(b);

    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    json_generator_to_gstring(generator, out);
    g_string_append_c(out, '\n');
}

void table_write_json(GString *out, struct table *const *tables, unsigned count)
{
    g_autoptr(JsonBuilder) b = json_builder_new();

    json_builder_begin_object(b);
    json_builder_set_member_name(b, "tables");
    json_builder_begin_array(b);
    for (unsigned i = 0; i < count; i++)
        table_add_json(b, tables[i]);
    json_builder_end_array(b);
    json_builder_end_object(b);
    table_append_json(out, b);
}
