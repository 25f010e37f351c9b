/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file coverage.h
 * Which instructions were executed: for builds with the option insn-coverage, which have the loop alone.
 */
#pragma once

#include "a64/op.h"

/* The loop dispatcher's loop, noting every op that is executed. */
void a64_coverage_run(struct pe *c, const struct op *op, uint64_t acc);
