/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sink.h
 * Where rows go: an SQLite database, written by a thread of its own. The calls are for the thread that runs
 * the machine.
 */
#pragma once

#include "core/status.h"
#include "ledger/schema.h"

struct sink;

/* Creates or replaces the database at `path` and starts the writer. AVS_ERR_IO, AVS_ERR_DB. */
avs_status sink_open(struct avs_machine *m, const char *path, struct sink **out);
/* Writes what is left, stops the writer, closes the file; the failure of any of it, or of before. */
avs_status sink_close(struct sink *s, struct avs_machine *m);

/* The batch to fill. */
struct batch *sink_batch(struct sink *s);
/* Hands the batch over and returns the next one. */
struct batch *sink_push(struct sink *s);
/* Hands over what there is and waits until it is committed (or has failed). */
void sink_commit(struct sink *s);
/* Whether the writer failed; then sink_fail() puts the reason into the machine's last error. */
bool sink_failed(const struct sink *s);
avs_status sink_fail(const struct sink *s, struct avs_machine *m);

/* sink_file.c: whether `path` may become a ledger: nothing there, empty, or one of ours; makes it empty.
 * *created tells whether the file is new. */
avs_status sink_prepare_file(struct avs_machine *m, const char *path, bool *created);
