/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file run.h
 * The run loop.
 */
#pragma once

#include "core/machine.h"

/* Runs the machine until m->stop is set. */
void machine_run(struct avs_machine *m);
/* Executes exactly one instruction (or takes one exception) on a PE; for debuggers and tests. */
void pe_step(struct pe *c);
