/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file progress.h
 * A progress line on the terminal for runs that take long. A ticker thread asks the run to stop now and
 * then; between two calls of avs_run() the line is drawn. The run itself is unchanged by that.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "armvsim.h"

struct progress;

/* `enabled` false makes everything below do nothing. */
struct progress *progress_new(avs_machine *m, bool enabled);
void progress_start(struct progress *p);
void progress_show(struct progress *p, uint64_t insns, uint64_t cycles, uint64_t clock_hz);
/* Takes the line away before something else is written. */
void progress_clear(struct progress *p);
/* Stops the ticker and takes the line away. */
void progress_end(struct progress *p);
void progress_free(struct progress *p);
