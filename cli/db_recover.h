/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file db_recover.h
 * Totals for the ledger of a run that did not finish.
 */
#pragma once

#include <sqlite3.h>

/* Replaces *db by a temporary copy whose totals are computed from its rows. An SQLite result; *db stays as
 * it is when that is not SQLITE_OK. */
int db_recover(sqlite3 **db);
