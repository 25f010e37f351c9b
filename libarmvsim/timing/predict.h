/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file predict.h
 * Branch prediction of one PE: a table of two-bit counters indexed by address and global history for the
 * direction of conditional branches, a table of targets for indirect ones, a return stack. Direct branches
 * are always predicted. The handlers of branches in the engine do this inline, in every branch.
 */
#pragma once

#include "timing/timing.h"

struct predictor {
    uint8_t *direction; /* 0..3, taken from 2 on; direction_mask + 1 of them. */
    uint64_t *target;   /* Predicted target by index; target_mask + 1 of them. */
    uint64_t *returns;  /* Ring; return_mask + 1. */
    uint32_t direction_mask, history_mask, target_mask, return_mask;
    uint32_t history; /* Latest outcome in bit 0. */
    uint32_t top;     /* Of the return stack. */
    uint32_t penalty; /* Ticks of a misprediction. */
    uint64_t predicted, mispredicted, mispredicted_indirect, mispredicted_return;
};

/* False without host memory. */
bool predictor_init(struct predictor *p, const struct core_branch *b);
void predictor_free(struct predictor *p);
void predictor_flush(struct predictor *p);
