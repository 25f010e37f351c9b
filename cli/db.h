/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file db.h
 * Opening a ledger and asking it. All failures print one line, "armvsim: FILE: reason", and are EXIT_USAGE.
 */
#pragma once

#include <sqlite3.h>

#include "cli.h"
#include "table.h"

struct db {
    sqlite3 *sql;
    char *path;
    double clock_hz;  /* Of the run; 0 when the ledger does not say. */
    char **causes;    /* What :cause selects in queries; NULL for all. */
    char **contexts;  /* What :context selects. */
    const char *text; /* :text */
    int64_t id;       /* :id */
};

/* A row of a query. False ends the query, as a success. */
typedef bool (*db_row_fn)(void *user, sqlite3_stmt *row);

/* Opens a ledger for reading. An unfinished one opens with a warning on stderr. */
int db_open(struct db *db, const char *path);
void db_close(struct db *db);
/**
 * Runs a query and calls fn for each row. Parameters: :clock_hz (NULL when unknown), :cause and :context,
 * JSON arrays of db->causes and db->contexts or NULL, :text and :id. Function:
 * STATE_REGISTERS(reg_class.id), how many registers of a class can be in a state set.
 */
int db_query(struct db *db, const char *query, db_row_fn fn, void *user);
/* Selects causes and contexts for :cause and :context, NULL for all. Names that are not there are errors.
 */
int db_select(struct db *db, char **causes, char **contexts);
/* Fills a table, whose columns are those of the query, named by the keys of column.def. */
int db_fill(struct db *db, const char *query, struct table *t);
/* A value of the table `run`, NULL when there is none. The caller frees it. */
char *db_run_value(struct db *db, const char *key);
/* The first 12 hex digits of the SHA-256 of the file. The caller frees it; NULL after a printed error. */
char *db_hash(struct db *db);
