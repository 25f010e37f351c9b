/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file batch_table.h
 * Rows of a batch as a virtual table of SQLite, so that one statement inserts many rows of one table
 * (INSERT INTO site SELECT c0, c1, ... FROM ledger_batch).
 */
#pragma once

#include <sqlite3.h>

#include "ledger/schema.h"

/* What the virtual table shows: some rows of one table. */
struct batch_source {
    const struct row *const *rows;
    unsigned count;
};

/* Names of tables, how many columns they have, and which of these are text and REAL. */
struct table_info {
    const char *name;
    unsigned columns;
    uint32_t texts, reals;
};
extern const struct table_info ledger_tables[TABLE_COUNT];

/* Registers the virtual table; src must outlive the connection. An SQLite result. */
int batch_table_register(sqlite3 *db, struct batch_source *src);
