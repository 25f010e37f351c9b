/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file db_recover.c
 * Reading the ledger of a run that did not finish. Totals and histograms are written when a run ends; until
 * then there are only rows. They are computed here into temporary tables of the same names, which hide
 * those of the file, and all views are made again on top of them: the file itself is not touched, and not
 * copied.
 *
 * Most rows say no more than their shape does, so these are counted by shape, in one pass, and not read one
 * by one.
 */
#include "db_recover.h"

#include <glib.h>
#include <stddef.h>

/* What hides the file's tables; before, `counted` is filled. Time by Exception level and event counters
 * cannot be recovered. */
#define SUMS                                                                                               \
    " SELECT class, SUM(n), SUM(n * insns), SUM(n * entry_cycles), SUM(n * handler_cycles),"               \
    " SUM(n * return_cycles), SUM(n * idle_cycles), MIN(cycles), MAX(cycles), SUM(1.0 * n * cycles * "     \
    "cycles),"                                                                                             \
    " SUM(n * save_cycles), SUM(n * restore_cycles)"
#define CYCLES "entry_cycles + handler_cycles + return_cycles AS cycles"

static const char count_rows[] = "SELECT shape FROM main.trap_row WHERE insns IS NULL";
static const char make_counted[] = "CREATE TEMP TABLE counted(shape INTEGER PRIMARY KEY, n INTEGER)";
static const char insert_counted[] = "INSERT INTO temp.counted VALUES(?1, ?2)";

static const char recover_sql[] =
    "CREATE TEMP VIEW recovered_trap AS SELECT c.n, s.class, s.site, s.insns, s.entry_cycles,"
    " s.handler_cycles, s.return_cycles, s.idle_cycles, s.save_cycles, s.restore_cycles, s." CYCLES
    " FROM temp.counted c JOIN main.trap_shape s ON s.id = c.shape WHERE s.state = 0"
    " UNION ALL SELECT 1, s.class, s.site, r.insns, r.entry_cycles, r.handler_cycles, r.return_cycles,"
    " r.idle_cycles, r.save_cycles, r.restore_cycles, r.entry_cycles + r.handler_cycles + r.return_cycles"
    " FROM main.trap_row r JOIN main.trap_shape s ON s.id = r.shape"
    " WHERE r.insns IS NOT NULL AND s.state = 0;"
    "CREATE TEMP VIEW recovered_switch AS SELECT *, 1 AS n, " CYCLES " FROM main.world_switch;"
    "CREATE TEMP TABLE trap_agg AS SELECT * FROM main.trap_agg WHERE 0;"
    "CREATE TEMP TABLE trap_hist AS SELECT * FROM main.trap_hist WHERE 0;"
    "CREATE TEMP TABLE site_agg AS SELECT * FROM main.site_agg WHERE 0;"
    "CREATE TEMP TABLE switch_agg AS SELECT * FROM main.switch_agg WHERE 0;"
    "CREATE TEMP TABLE switch_hist AS SELECT * FROM main.switch_hist WHERE 0;"
    "CREATE TEMP TABLE run(key TEXT PRIMARY KEY, value TEXT);"
    "INSERT INTO temp.run SELECT * FROM main.run;"
    "INSERT INTO temp.trap_agg" SUMS " FROM recovered_trap GROUP BY class;"
    "INSERT INTO temp.trap_hist SELECT class, cycles, cycles, SUM(n) FROM recovered_trap"
    " GROUP BY class, cycles;"
    "INSERT INTO temp.site_agg SELECT site, SUM(n), SUM(n * cycles), MIN(cycles), MAX(cycles)"
    " FROM recovered_trap GROUP BY site;"
    "INSERT INTO temp.switch_agg" SUMS " FROM recovered_switch GROUP BY class;"
    "INSERT INTO temp.switch_hist SELECT class, cycles, cycles, COUNT(*) FROM recovered_switch"
    " GROUP BY class, cycles;"
    "CREATE TEMP TABLE after_agg AS SELECT * FROM main.after_agg WHERE 0;"
    "INSERT INTO temp.after_agg SELECT s.class, COUNT(*), SUM(a.l1i), SUM(a.l1d), SUM(a.l2), SUM(a.utlb),"
    " SUM(a.tlb), SUM(a.cycles) FROM main.trap_after a JOIN main.trap_row r ON r.id = a.trap"
    " JOIN main.trap_shape s ON s.id = r.shape GROUP BY s.class;"
    /* The last row of each PE is not the last of all, but few of the last ones have it. */
    "CREATE TEMP TABLE last AS SELECT pe, MAX(entry_insn + insns) AS insns,"
    " MAX(entry_cycle + entry_cycles + handler_cycles + return_cycles) AS cycles FROM main.trap"
    " WHERE state = 0 AND id > (SELECT MAX(id) FROM main.trap_row) - 100000 GROUP BY pe;"
    "INSERT OR REPLACE INTO temp.run SELECT 'cycles', MAX(cycles) FROM temp.last HAVING COUNT(*);"
    "INSERT OR REPLACE INTO temp.run SELECT 'insns', SUM(insns) FROM temp.last HAVING COUNT(*);";

/* "CREATE VIEW x" of the file becomes one of the connection, which sees the tables that hide the file's. */
static const char list_views[] = "SELECT 'CREATE TEMP VIEW ' || substr(sql, 13) FROM main.sqlite_schema"
                                 " WHERE type = 'view' AND sql LIKE 'CREATE VIEW %' ORDER BY rowid";

/* How many rows that have nothing of their own there are of each shape. */
static int count_shapes(sqlite3 *db, GHashTable *counts)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(db, count_rows, -1, &s, NULL);

    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        gint64 shape, *n;

        rc = sqlite3_step(s);
        if (rc != SQLITE_ROW)
            break;
        shape = sqlite3_column_int64(s, 0);
        n = g_hash_table_lookup(counts, &shape);
        if (!n) {
            gint64 *key = g_memdup2(&shape, sizeof(shape));

            n = g_new0(gint64, 1);
            g_hash_table_insert(counts, key, n);
        }
        ++*n;
    }
    sqlite3_finalize(s);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int keep_counts(sqlite3 *db, GHashTable *counts)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_exec(db, make_counted, NULL, NULL, NULL);
    GHashTableIter i;
    gpointer shape, n;

    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, insert_counted, -1, &s, NULL);
    g_hash_table_iter_init(&i, counts);
    while (rc == SQLITE_OK && g_hash_table_iter_next(&i, &shape, &n)) {
        sqlite3_bind_int64(s, 1, *(gint64 *)shape);
        sqlite3_bind_int64(s, 2, *(gint64 *)n);
        sqlite3_step(s);
        rc = sqlite3_reset(s);
    }
    sqlite3_finalize(s);
    return rc;
}

static int count(sqlite3 *db)
{
    GHashTable *counts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    int rc = count_shapes(db, counts);

    if (rc == SQLITE_OK)
        rc = keep_counts(db, counts);
    g_hash_table_destroy(counts);
    return rc;
}

static int run_line(void *db, int n, char **values, char **names)
{
    (void)n, (void)names;
    return sqlite3_exec(db, values[0], NULL, NULL, NULL);
}

int db_recover(sqlite3 *db)
{
    int rc = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);

    if (rc == SQLITE_OK)
        rc = count(db);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, recover_sql, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, list_views, run_line, db, NULL);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    return rc;
}
