/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sink_rows.h
 * Batches of rows into the tables of a database, inside the caller's transaction.
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

#include "ledger/schema.h"

struct row_writer;

/* NULL, with the connection's error set, when the database lacks a table. */
struct row_writer *row_writer_new(sqlite3 *db);
void row_writer_free(struct row_writer *w);
/* Inserts all rows of a batch. False with the connection's error set. */
bool row_writer_put(struct row_writer *w, const struct batch *b);
