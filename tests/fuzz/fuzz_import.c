/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fuzz_import.c
 * Traces of real machines that a user gives (armvsim import): whatever the text, each line is taken or
 * named, and a ledger that comes of it is whole: one row an exit, every length and idle time possible,
 * traps of one CPU one after the other, and aggregates that are those of the rows.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cli/import.h"

enum { INPUT_BYTES_MAX = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void failed(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s\n", what, detail);
    abort();
}

static int64_t ask(sqlite3 *db, const char *query)
{
    sqlite3_stmt *stmt = NULL;
    int64_t n;

    if (sqlite3_prepare_v2(db, query, -1, &stmt, NULL) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_ROW)
        failed(query, sqlite3_errmsg(db));
    n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

static void check_ledger(const char *path, const struct import_totals *t)
{
    static const char *const never[] = {
        "SELECT COUNT(*) FROM v_trap WHERE cycles < 0 OR idle_cycles < 0 OR idle_cycles > cycles OR "
        "entry_cycle < 0",
        "SELECT COUNT(*) FROM (SELECT entry_cycle, LAG(exit_cycle) OVER (PARTITION BY pe ORDER BY id) AS "
        "before "
        "FROM v_trap) WHERE entry_cycle < before",
        "SELECT (SELECT COALESCE(SUM(count), 0) FROM v_trap_agg) <> "
        "(SELECT COUNT(*) FROM v_trap WHERE state = 'complete')",
        "SELECT (SELECT COALESCE(SUM(cycles), 0) FROM v_trap_agg) <> "
        "(SELECT COALESCE(SUM(cycles), 0) FROM v_trap WHERE state = 'complete')",
        "SELECT COUNT(*) FROM v_el_time WHERE cycles < 0",
        "SELECT COUNT(*) <> 1 FROM run WHERE key = 'status' AND value = 'complete'",
    };
    sqlite3 *db;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        failed(path, "cannot be opened");
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
        if (ask(db, never[i]))
            failed("the ledger", never[i]);
    if ((uint64_t)ask(db, "SELECT COUNT(*) FROM v_trap") != t->exits)
        failed("the ledger", "not a row for each exit");
    sqlite3_close(db);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = NULL, *why = NULL, *folder = NULL, *path = NULL;
    struct import_totals totals;
    struct import_trace *t;
    char *rest, *line;

    if (size > INPUT_BYTES_MAX)
        return 0;
    text = g_strndup((const char *)data, size);
    folder = g_dir_make_tmp("fuzz-import-XXXXXX", NULL);
    path = g_build_filename(folder, "db", NULL);
    t = import_trace_new(path, NULL);
    for (rest = text; (line = strsep(&rest, "\n"));)
        import_trace_line(t, line);
    if (!import_trace_end(t, &totals, &why))
        failed("import", why);
    if (totals.exits + totals.entries)
        check_ledger(path, &totals);
    unlink(path);
    g_rmdir(folder);
    return 0;
}
