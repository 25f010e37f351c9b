/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Prints how many rows the tables of an SQLite database hold in all.
 *
 * usage: dbrows FILE
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

/** Says why, and ends. */
static _Noreturn void fail(const char *file, const char *why)
{
    fprintf(stderr, "dbrows: %s: %s\n", file, why);
    exit(2);
}

/** Returns the number of rows of `table`. */
static long long count_rows(sqlite3 *db, const char *file, const unsigned char *table)
{
    char *sql = sqlite3_mprintf("SELECT count(*) FROM \"%w\"", table);
    sqlite3_stmt *statement = NULL;
    long long rows;

    if (!sql || sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        fail(file, sqlite3_errmsg(db));
    rows = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return rows;
}

int main(int argc, char **argv)
{
    static const char tables[] = "SELECT name FROM sqlite_master WHERE type = 'table'";
    sqlite3_stmt *statement = NULL;
    long long rows = 0;
    sqlite3 *db = NULL;
    int step;

    if (argc != 2) {
        fprintf(stderr, "usage: dbrows FILE\n");
        return 2;
    }
    if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, tables, -1, &statement, NULL) != SQLITE_OK)
        fail(argv[1], sqlite3_errmsg(db));
    while ((step = sqlite3_step(statement)) == SQLITE_ROW)
        rows += count_rows(db, argv[1], sqlite3_column_text(statement, 0));
    if (step != SQLITE_DONE)
        fail(argv[1], sqlite3_errmsg(db));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    printf("%lld\n", rows);
    return 0;
}
