/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sink_rows.c
 * Inserting rows as cheaply as SQLite can. One statement inserts all of a batch's rows of a table; what
 * they cost is a search of the table for each row, and a call for each column. So:
 *
 *   - the columns at the end that no row of the batch has are not inserted (they are NULL)
 *   - rows of tables that are numbered from 1 on without gaps (events) are sorted by their number, and
 * where the next ones follow the table's last, SQLite numbers them: it appends, and does not search
 */
#include "ledger/sink_rows.h"

#include <glib.h>
#include <string.h>

#include "core/bits.h"
#include "core/status.h"
#include "ledger/batch_table.h"

/* Fewer rows that could be appended go with their neighbours. */
enum { RUN_MIN = 16 };

/* How a row's number gets in: as its first column, or from SQLite. */
enum { NUMBERED, APPENDED, WAYS };

struct table_writer {
    sqlite3_stmt *insert[WAYS];
    unsigned columns; /* That they insert. */
    int64_t last;     /* The largest number in the table. */
};

struct row_writer {
    sqlite3 *db;
    struct batch_source source;
    struct table_writer table[TABLE_COUNT];
    const struct row *rows[ROWS_PER_BATCH];
};

static bool is_numbered(unsigned table)
{
    return table == TABLE_trap_row || table == TABLE_world_switch || table == TABLE_virq;
}

/* INSERT INTO t(columns) SELECT c0, c1, ... FROM ledger_batch; rows of the end of a run replace those of an
 * earlier end, after which it went on. */
static sqlite3_stmt *prepare_insert(sqlite3 *db, unsigned table, unsigned first, unsigned columns)
{
    const char *name = ledger_tables[table].name;
    const char *replace = table == TABLE_run || table == TABLE_counter ? "OR REPLACE " : "";
    g_autofree char *all = g_strdup_printf("SELECT * FROM %s", name), *sql = NULL;
    g_autoptr(GString) into = g_string_new(NULL), from = g_string_new(NULL);
    sqlite3_stmt *names = NULL, *insert = NULL;

    if (sqlite3_prepare_v2(db, all, -1, &names, NULL) != SQLITE_OK)
        return NULL;
    AVS_CHECK((unsigned)sqlite3_column_count(names) == ledger_tables[table].columns);
    for (unsigned i = first; i < columns; i++) {
        const char *comma = i > first ? ", " : "";

        g_string_append_printf(into, "%s%s", comma, sqlite3_column_name(names, (int)i));
        g_string_append_printf(from, "%sc%u", comma, i);
    }
    sqlite3_finalize(names);
    sql = g_strdup_printf("INSERT %sINTO %s(%s) SELECT %s FROM ledger_batch", replace, name, into->str,
                          from->str);
    sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &insert, NULL);
    return insert;
}

static void forget(struct table_writer *t)
{
    for (unsigned i = 0; i < WAYS; i++)
        sqlite3_finalize(t->insert[i]);
    memset(t->insert, 0, sizeof(t->insert));
}

/* Statements that insert the first `columns` columns. */
static bool prepare(struct row_writer *w, unsigned table, unsigned columns)
{
    struct table_writer *t = &w->table[table];

    if (t->columns == columns)
        return true;
    forget(t);
    t->columns = columns;
    t->insert[NUMBERED] = prepare_insert(w->db, table, 0, columns);
    if (is_numbered(table))
        t->insert[APPENDED] = prepare_insert(w->db, table, 1, columns);
    return t->insert[NUMBERED] && (t->insert[APPENDED] || !is_numbered(table));
}

struct row_writer *row_writer_new(sqlite3 *db)
{
    struct row_writer *w = g_new0(struct row_writer, 1);

    w->db = db;
    if (batch_table_register(db, &w->source) != SQLITE_OK) {
        g_free(w);
        return NULL;
    }
    for (unsigned t = 0; t < TABLE_COUNT; t++) {
        if (!prepare(w, t, ledger_tables[t].columns)) {
            row_writer_free(w);
            return NULL;
        }
    }
    return w;
}

void row_writer_free(struct row_writer *w)
{
    if (!w)
        return;
    for (unsigned t = 0; t < TABLE_COUNT; t++)
        forget(&w->table[t]);
    g_free(w);
}

static bool put_range(struct row_writer *w, sqlite3_stmt *insert, unsigned first, unsigned end)
{
    bool done;

    if (first == end)
        return true;
    w->source.rows = &w->rows[first];
    w->source.count = end - first;
    done = sqlite3_step(insert) == SQLITE_DONE;
    sqlite3_reset(insert);
    return done;
}

/* Rows come nearly in order: what was open for long comes late. */
static void sort(const struct row **rows, unsigned n)
{
    for (unsigned i = 1; i < n; i++) {
        const struct row *r = rows[i];
        unsigned at = i;

        for (; at && rows[at - 1]->v[0] > r->v[0]; at--)
            rows[at] = rows[at - 1];
        rows[at] = r;
    }
}

static bool put_numbered(struct row_writer *w, struct table_writer *t, unsigned n)
{
    unsigned done = 0;

    sort(w->rows, n);
    for (unsigned i = 0, end; i < n; i = end) {
        int64_t first = w->rows[i]->v[0], last = i ? w->rows[i - 1]->v[0] : 0;

        for (end = i + 1; end < n && w->rows[end]->v[0] == first + (end - i);)
            end++;
        if (first != (last > t->last ? last : t->last) + 1 || end - i < RUN_MIN)
            continue;
        if (!put_range(w, t->insert[NUMBERED], done, i) || !put_range(w, t->insert[APPENDED], i, end))
            return false;
        done = end;
    }
    if (w->rows[n - 1]->v[0] > t->last)
        t->last = w->rows[n - 1]->v[0];
    return put_range(w, t->insert[NUMBERED], done, n);
}

/* Up to the last column that is not NULL. */
static unsigned width(const struct row *r)
{
    uint32_t set = ~r->nulls & (uint32_t)MASK(r->columns - 1, 0);

    return set ? 32 - (unsigned)__builtin_clz(set) : 1;
}

static bool put_table(struct row_writer *w, const struct batch *b, unsigned table)
{
    struct table_writer *t = &w->table[table];
    const struct row *r = (const struct row *)(const void *)b->data;
    unsigned n = 0, columns = 0;

    for (unsigned i = 0; i < b->count; i++, r = row_next(r)) {
        if (r->table != table)
            continue;
        w->rows[n++] = r;
        columns = MAX(columns, width(r));
    }
    if (!prepare(w, table, columns))
        return false;
    return is_numbered(table) ? put_numbered(w, t, n) : put_range(w, t->insert[NUMBERED], 0, n);
}

bool row_writer_put(struct row_writer *w, const struct batch *b)
{
    for (unsigned t = 0; t < TABLE_COUNT; t++)
        if (b->table_count[t] && !put_table(w, b, t))
            return false;
    return true;
}
