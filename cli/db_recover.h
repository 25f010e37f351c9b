/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file db_recover.h
 * Totals for the ledger of a run that did not finish.
 */
#pragma once

#include <sqlite3.h>

/* Gives the connection temporary tables and views that hide the file's, with totals of its rows. An SQLite
 * result. */
int db_recover(sqlite3 *db);
