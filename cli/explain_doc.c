/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file explain_doc.c
 * A document of sections with paragraphs and tables, as text, Markdown or JSON; and rows by column names.
 */
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"
#include "table_json.h"

enum { INDENT = 2, WIDTH_MAX = 100 };
#define BOLD "\033[1m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

static void free_value(void *value)
{
    sqlite3_value_free(value);
}

struct record *record_new(void)
{
    struct record *r = g_new0(struct record, 1);

    r->names = g_ptr_array_new_with_free_func(g_free);
    r->values = g_ptr_array_new_with_free_func(free_value);
    return r;
}

void doc_record_free(struct record *r)
{
    if (!r)
        return;
    g_ptr_array_free(r->names, TRUE);
    g_ptr_array_free(r->values, TRUE);
    g_free(r);
}

bool record_row(void *record, sqlite3_stmt *row)
{
    struct record *r = record;

    for (int c = 0; c < sqlite3_column_count(row); c++) {
        g_ptr_array_add(r->names, g_strdup(sqlite3_column_name(row, c)));
        g_ptr_array_add(r->values, sqlite3_value_dup(sqlite3_column_value(row, c)));
    }
    return false;
}

bool record_filled(const struct record *r)
{
    return r->names->len != 0;
}

static sqlite3_value *find(const struct record *r, const char *name)
{
    for (unsigned i = 0; i < r->names->len; i++)
        if (!strcmp(r->names->pdata[i], name))
            return r->values->pdata[i];
    return NULL;
}

bool record_has(const struct record *r, const char *name)
{
    sqlite3_value *value = find(r, name);

    return value && sqlite3_value_type(value) != SQLITE_NULL;
}

int64_t record_int(const struct record *r, const char *name)
{
    return record_has(r, name) ? sqlite3_value_int64(find(r, name)) : 0;
}

double record_real(const struct record *r, const char *name)
{
    return record_has(r, name) ? sqlite3_value_double(find(r, name)) : 0;
}

const char *record_text(const struct record *r, const char *name)
{
    return record_has(r, name) ? (const char *)sqlite3_value_text(find(r, name)) : "";
}

static void free_section(void *section)
{
    struct doc_section *s = section;

    g_free(s->title);
    g_ptr_array_free(s->lines, TRUE);
    table_free(s->table);
    g_free(s);
}

struct doc *doc_new(void)
{
    struct doc *d = g_new0(struct doc, 1);

    d->sections = g_ptr_array_new_with_free_func(free_section);
    return d;
}

void doc_free(struct doc *d)
{
    g_free(d->title);
    g_free(d->note);
    g_ptr_array_free(d->sections, TRUE);
    g_free(d);
}

struct doc_section *doc_section(struct doc *d, const char *title)
{
    struct doc_section *s = g_new0(struct doc_section, 1);

    s->title = g_strdup(title);
    s->lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(d->sections, s);
    return s;
}

void doc_line(struct doc_section *s, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = g_strdup_vprintf(fmt, args);
    va_end(args);
    g_ptr_array_add(s->lines, table_printable(text));
}

/* A paragraph, wrapped. */
static void append_wrapped(GString *out, const char *text, unsigned width)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    unsigned column = 0;

    for (char **word = words; *word; word++) {
        unsigned len = (unsigned)g_utf8_strlen(*word, -1);

        if (column && column + 1 + len > width) {
            g_string_append_c(out, '\n');
            column = 0;
        }
        g_string_append_printf(out, "%*s%s", column ? 1 : INDENT, "", *word);
        column += (column ? 1 : INDENT) + len;
    }
    g_string_append_c(out, '\n');
}

static void write_text(GString *out, const struct doc *d, unsigned width, bool colour)
{
    g_string_append_printf(out, "%s%s%s\n", colour ? BOLD : "", d->title, colour ? PLAIN : "");
    g_string_append_printf(out, "%s%s%s\n", colour ? DIM : "", d->note, colour ? PLAIN : "");
    for (unsigned i = 0; i < d->sections->len; i++) {
        const struct doc_section *s = d->sections->pdata[i];

        g_string_append_printf(out, "\n%s%s%s\n", colour ? BOLD : "", s->title, colour ? PLAIN : "");
        for (unsigned l = 0; l < s->lines->len; l++)
            append_wrapped(out, s->lines->pdata[l], MIN(width, WIDTH_MAX));
        if (s->table) {
            g_string_append_c(out, '\n');
            table_write_text(out, s->table, width, colour);
        }
    }
}

/* Ledgers' names must not become markup. */
static void append_escaped(GString *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("|*_`\\<", *text))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
}

static void write_markdown(GString *out, const struct doc *d)
{
    g_string_append(out, "# ");
    append_escaped(out, d->title);
    g_string_append(out, "\n\n");
    append_escaped(out, d->note);
    g_string_append_c(out, '\n');
    for (unsigned i = 0; i < d->sections->len; i++) {
        const struct doc_section *s = d->sections->pdata[i];

        g_string_append_printf(out, "\n## %s\n", s->title);
        for (unsigned l = 0; l < s->lines->len; l++) {
            g_string_append_c(out, '\n');
            append_escaped(out, s->lines->pdata[l]);
            g_string_append_c(out, '\n');
        }
        if (s->table) {
            g_string_append_c(out, '\n');
            table_write_markdown(out, s->table);
        }
    }
}

static void add_value(JsonBuilder *b, sqlite3_value *value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        json_builder_add_int_value(b, sqlite3_value_int64(value));
        break;
    case SQLITE_FLOAT:
        json_builder_add_double_value(b, sqlite3_value_double(value));
        break;
    case SQLITE_NULL:
        json_builder_add_null_value(b);
        break;
    default: {
        g_autofree char *text = g_utf8_make_valid((const char *)sqlite3_value_text(value), -1);
        json_builder_add_string_value(b, text);
    }
    }
}

static void add_section(JsonBuilder *b, const struct doc_section *s)
{
    json_builder_begin_object(b);
    json_builder_set_member_name(b, "title");
    json_builder_add_string_value(b, s->title);
    json_builder_set_member_name(b, "text");
    json_builder_begin_array(b);
    for (unsigned l = 0; l < s->lines->len; l++)
        json_builder_add_string_value(b, s->lines->pdata[l]);
    json_builder_end_array(b);
    if (s->table) {
        json_builder_set_member_name(b, "table");
        table_add_json(b, s->table);
    }
    json_builder_end_object(b);
}

static void write_json(GString *out, const struct doc *d, const struct record *trap)
{
    g_autoptr(JsonBuilder) b = json_builder_new();

    json_builder_begin_object(b);
    json_builder_set_member_name(b, "title");
    json_builder_add_string_value(b, d->title);
    json_builder_set_member_name(b, "trap");
    json_builder_begin_object(b);
    for (unsigned i = 0; i < trap->names->len; i++) {
        json_builder_set_member_name(b, trap->names->pdata[i]);
        add_value(b, trap->values->pdata[i]);
    }
    json_builder_end_object(b);
    json_builder_set_member_name(b, "sections");
    json_builder_begin_array(b);
    for (unsigned i = 0; i < d->sections->len; i++)
        add_section(b, d->sections->pdata[i]);
    json_builder_end_array(b);
    json_builder_end_object(b);
    table_append_json(out, b);
}

void doc_print(const struct doc *d, const struct record *trap, enum table_format format)
{
    GString *out = g_string_new(NULL);

    if (format == FORMAT_JSON)
        write_json(out, d, trap);
    else if (format == FORMAT_MARKDOWN)
        write_markdown(out, d);
    else
        write_text(out, d, table_width(), cli_colour(STDOUT_FILENO));
    (void)fwrite(out->str, 1, out->len, stdout);
    g_string_free(out, TRUE);
}
