/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file table.h
 * Tables of results and their four forms: aligned text for people, CSV, JSON and Markdown. Text and
 * Markdown round and group numbers and add a row of totals; CSV and JSON give every value as it is.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum column_kind {
    KIND_TEXT,
    KIND_INT,     /* 12,345 */
    KIND_REAL,    /* 1.234 */
    KIND_MEAN,    /* 12.3, and 1,234 when that is precise enough */
    KIND_SHARE,   /* A fraction: 12.3% */
    KIND_PERCENT, /* Percent: 12.3% */
    KIND_CHANGE,  /* Percent more or less: +12.3% */
    KIND_DELTA,   /* More or less: +1,234. */
    KIND_VERDICT, /* Text, in colour where there are colours: "met...", "missed...", others. */
    KIND_ANY,     /* As its value is: a text, a count, or a number. */
    KIND_UNIT,    /* Text that people read behind the column before it: "12 us". */
    KIND_ARROW,   /* Likewise, after an arrow: "1→2". */
};

/* What stands in the row of totals. MEAN is weighted by the column "count". */
enum column_total { TOTAL_NONE, TOTAL_SUM, TOTAL_MEAN, TOTAL_MIN, TOTAL_MAX };

struct column {
    const char *key, *heading;
    enum column_kind kind;
    enum column_total total;
    enum column_readers { FOR_ALL, FOR_PROGRAMS, FOR_PEOPLE } readers;
};

enum cell_type { CELL_NULL, CELL_INT, CELL_REAL, CELL_TEXT };

struct cell {
    enum cell_type type;
    int64_t i;
    double r;
    char *text; /* Owned, valid UTF-8. */
};

struct table {
    char *title, *note; /* `note` stands behind the title, dimmed; may be NULL. */
    char *empty;        /* What to say when there are no rows. */
    bool totals;        /* People see a row of totals. */
    unsigned limit;     /* Show no more rows than this; 0 for all. */
    unsigned column_count, row_count;
    struct column *columns;
    GArray *cells; /* struct cell, row by row. */
};

enum table_format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON, FORMAT_MARKDOWN, FORMAT_COUNT };

/* Reads "table", "csv", ... (NULL: table). False when it is none of them. */
bool table_format_parse(const char *text, enum table_format *out);
/* The same for --format of a command: an exit status, after a message. */
int table_format_option(const char *command, const char *text, enum table_format *out);

struct table *table_new(const char *title, const char *empty);
void table_free(struct table *t);
/* Adds columns by their keys of column.def, blanks between. Before the first row. "#key" is a column that
 * only CSV and JSON have, "@key" one that they have not. */
void table_columns(struct table *t, const char *keys);
/* The cells of the next row, from left to right. Texts are copied and may be NULL. */
void table_int(struct table *t, int64_t value);
void table_real(struct table *t, double value);
void table_text(struct table *t, const char *text);
void table_null(struct table *t);
/* A text made by printf. */
void table_printf(struct table *t, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* A cell of the table, and of its row of totals. */
const struct cell *table_cell(const struct table *t, unsigned row, unsigned column);
struct cell table_total(const struct table *t, unsigned column);
/* Rows that are shown: row_count, or limit when that is less. */
unsigned table_shown(const struct table *t);
/* A cell as people read it. The caller frees it. */
char *table_display(const struct column *column, const struct cell *cell);

/* Appends the tables to `out`. `width` is the most columns of text a table may take; `colour` is for
 * FORMAT_TABLE alone. */
void table_write(GString *out, struct table *const *tables, unsigned count, enum table_format format,
                 unsigned width, bool colour);
/* The forms of table_write(), in table_text.c and table_data.c. */
void table_write_text(GString *out, const struct table *t, unsigned width, bool colour);
void table_write_markdown(GString *out, const struct table *t);
void table_write_csv(GString *out, const struct table *t);
void table_write_json(GString *out, struct table *const *tables, unsigned count);
/* Columns of text on stdout: the terminal's, or 120 where it is none. */
unsigned table_width(void);
/* What comes from a ledger may be anything: a copy without control characters, that must not reach the
 * terminal, in valid UTF-8. The caller frees it. */
char *table_printable(const char *text);
/* Puts the tables on stdout, as wide as the terminal, in colour where that is wanted. */
void table_print(struct table *const *tables, unsigned count, enum table_format format);
