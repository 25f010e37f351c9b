/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file batch_table.h
 * A batch of rows as a virtual table of SQLite, so that one statement inserts all of a batch's rows of one
 * table (INSERT INTO trap SELECT c0, c1, ... FROM ledger_batch).
 */
#pragma once

#include <sqlite3.h>

#include "ledger/schema.h"

/* What the virtual table shows: the rows of `table` in `batch`. */
struct batch_source {
    const struct batch *batch;
    enum ledger_table table;
};

/* Names of tables, and which of their columns are text and REAL. */
struct table_info {
    const char *name;
    uint32_t texts, reals;
};
extern const struct table_info ledger_tables[TABLE_COUNT];

/* Registers the virtual table; src must outlive the connection. An SQLite result. */
int batch_table_register(sqlite3 *db, struct batch_source *src);
