/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file record.h
 * Recording of a run: what the calls of armvsim.h need of it.
 */
#pragma once

#include "core/machine.h"

/* Begins a recording of a machine that has not run yet. */
avs_status record_open(struct avs_machine *m, const char *path);
/* Ends it where the run is; a run that was stopped from outside goes on to its next instruction first. */
avs_status record_close(struct avs_machine *m);
/* Without the end: for a machine that goes. */
void record_free(struct avs_machine *m);
/* What avs_on_idle() sets: the recorder looks first. */
void record_on_idle(struct record *r, avs_idle_fn fn, void *user);
/* avs_run() begins; and ends: true when it was the recorder alone that stopped the run. */
void record_run(struct record *r);
bool record_goes_on(struct record *r);

/* Where state hashes are, in recordings: at instructions, ever further apart. */
enum { RECORD_FIRST_INTERVAL = 1 << 16, RECORD_PER_INTERVAL = 64 };
