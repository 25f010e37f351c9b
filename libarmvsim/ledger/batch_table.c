/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file batch_table.c
 * The eponymous virtual table ledger_batch: columns c0..c16 of some rows of one table.
 * It exists only in the connection that writes; nothing of it is in the database file.
 */
#include "ledger/batch_table.h"

#include <string.h>

#include "core/bits.h"

const struct table_info ledger_tables[TABLE_COUNT] = {
#define T(name, columns, text, real) { #name, columns, text, real },
    LEDGER_TABLES(T)
#undef T
};

struct vtab {
    sqlite3_vtab base;
    const struct batch_source *src;
};

struct cursor {
    sqlite3_vtab_cursor base;
    const struct row *const *row, *const *end;
};

static int vt_connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out,
                      char **err)
{
    struct vtab *t;
    int rc =
        sqlite3_declare_vtab(db, "CREATE TABLE x(c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,c13,c14,c15,"
                                 "c16)");

    (void)argc, (void)argv, (void)err;
    if (rc != SQLITE_OK)
        return rc;
    t = sqlite3_malloc(sizeof(*t));
    if (!t)
        return SQLITE_NOMEM;
    memset(t, 0, sizeof(*t));
    t->src = aux;
    *out = &t->base;
    return SQLITE_OK;
}

static int vt_disconnect(sqlite3_vtab *t)
{
    sqlite3_free(t);
    return SQLITE_OK;
}

static int vt_best_index(sqlite3_vtab *t, sqlite3_index_info *info)
{
    (void)t;
    info->estimatedCost = ROWS_PER_BATCH;
    info->estimatedRows = ROWS_PER_BATCH;
    return SQLITE_OK;
}

static int vt_open(sqlite3_vtab *t, sqlite3_vtab_cursor **out)
{
    struct cursor *c = sqlite3_malloc(sizeof(*c));

    (void)t;
    if (!c)
        return SQLITE_NOMEM;
    memset(c, 0, sizeof(*c));
    *out = &c->base;
    return SQLITE_OK;
}

static int vt_close(sqlite3_vtab_cursor *c)
{
    sqlite3_free(c);
    return SQLITE_OK;
}

static int vt_filter(sqlite3_vtab_cursor *base, int n, const char *s, int argc, sqlite3_value **argv)
{
    struct cursor *c = (struct cursor *)base;
    const struct batch_source *src = ((struct vtab *)base->pVtab)->src;

    (void)n, (void)s, (void)argc, (void)argv;
    c->row = src->rows;
    c->end = c->row + src->count;
    return SQLITE_OK;
}

static int vt_next(sqlite3_vtab_cursor *base)
{
    ((struct cursor *)base)->row++;
    return SQLITE_OK;
}

static int vt_eof(sqlite3_vtab_cursor *base)
{
    const struct cursor *c = (const struct cursor *)base;

    return c->row >= c->end;
}

static int vt_column(sqlite3_vtab_cursor *base, sqlite3_context *out, int i)
{
    const struct row *r = *((const struct cursor *)base)->row;
    const struct table_info *t = &ledger_tables[r->table];
    double real;

    if (i >= r->columns || r->nulls & BIT(i))
        return SQLITE_OK; /* NULL is what a result is until it is set. */
    if (likely(!((t->texts | t->reals) & BIT(i)))) {
        sqlite3_result_int64(out, r->v[i]);
    } else if (t->reals & BIT(i)) {
        memcpy(&real, &r->v[i], sizeof(real));
        sqlite3_result_double(out, real);
    } else {
        sqlite3_result_text(out, (const char *)(uintptr_t)r->v[i], -1, SQLITE_STATIC);
    }
    return SQLITE_OK;
}

static int vt_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = (*((const struct cursor *)base)->row)->v[0];
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .xConnect = vt_connect,
    .xBestIndex = vt_best_index,
    .xDisconnect = vt_disconnect,
    .xDestroy = vt_disconnect,
    .xOpen = vt_open,
    .xClose = vt_close,
    .xFilter = vt_filter,
    .xNext = vt_next,
    .xEof = vt_eof,
    .xColumn = vt_column,
    .xRowid = vt_rowid,
};

int batch_table_register(sqlite3 *db, struct batch_source *src)
{
    return sqlite3_create_module(db, "ledger_batch", &module, src);
}
