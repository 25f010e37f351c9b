/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file db_recover.c
 * Reading the ledger of a run that did not finish. Totals and histograms are written when a run ends; until
 * then there are only rows. They are computed here, in a temporary copy: the file itself is not touched.
 */
#include "db_recover.h"

#include <stddef.h>

/* v_trap and v_switch have no class, so this is of what they are made of. Time by Exception level, counters
 * and refills afterwards cannot be recovered. */
#define SUMS                                                                                               \
    " SELECT class, COUNT(*), SUM(insns), SUM(entry_cycles), SUM(handler_cycles), SUM(return_cycles),"     \
    " SUM(idle_cycles), MIN(cycles), MAX(cycles), SUM(1.0 * cycles * cycles), SUM(save_cycles),"           \
    " SUM(restore_cycles)"

static const char recover_sql[] =
    "BEGIN;"
    "DELETE FROM trap_agg; DELETE FROM trap_hist; DELETE FROM site_agg;"
    "DELETE FROM switch_agg; DELETE FROM switch_hist;"
    "CREATE TEMP TABLE t AS SELECT pe, class, site, entry_insn, entry_cycle, insns, entry_cycles,"
    " handler_cycles, return_cycles, idle_cycles, save_cycles, restore_cycles,"
    " entry_cycles + handler_cycles + return_cycles AS cycles FROM main.trap WHERE state = 0;"
    "CREATE TEMP VIEW w AS SELECT *, entry_cycles + handler_cycles + return_cycles AS cycles"
    " FROM main.world_switch;"
    "INSERT INTO main.trap_agg" SUMS " FROM temp.t GROUP BY class;"
    "INSERT INTO main.trap_hist SELECT class, cycles, cycles, COUNT(*) FROM temp.t GROUP BY class, cycles;"
    "INSERT INTO main.site_agg SELECT site, COUNT(*), SUM(cycles), MIN(cycles), MAX(cycles)"
    " FROM temp.t GROUP BY site;"
    "INSERT INTO main.switch_agg" SUMS " FROM temp.w GROUP BY class;"
    "INSERT INTO main.switch_hist SELECT class, cycles, cycles, COUNT(*) FROM temp.w GROUP BY class, "
    "cycles;"
    "INSERT OR REPLACE INTO main.run SELECT 'cycles', MAX(entry_cycle + cycles) FROM temp.t HAVING "
    "COUNT(*);"
    "INSERT OR REPLACE INTO main.run SELECT 'insns', SUM(last) FROM"
    " (SELECT MAX(entry_insn + insns) AS last FROM temp.t GROUP BY pe) HAVING COUNT(*);"
    "COMMIT;";

/* Copies all of `from` into `to`. */
static int copy(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int rc;

    if (!backup)
        return sqlite3_errcode(to);
    rc = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int db_recover(sqlite3 **db)
{
    sqlite3 *whole = NULL;
    /* No name: a temporary file that SQLite removes, in memory as long as it is small. */
    int rc = sqlite3_open_v2("", &whole, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

    if (rc == SQLITE_OK)
        rc = copy(*db, whole);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(whole, recover_sql, NULL, NULL, NULL);
    if (rc != SQLITE_OK) {
        sqlite3_close(whole);
        return rc;
    }
    sqlite3_close(*db);
    *db = whole;
    return SQLITE_OK;
}
