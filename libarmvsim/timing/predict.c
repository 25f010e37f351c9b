/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file predict.c
 * Making, emptying and freeing of branch predictors; predict.h has what branches do.
 */
#include "timing/predict.h"

#include <stdlib.h>
#include <string.h>

#include "timing/timing.h"

enum { WEAKLY_NOT_TAKEN = 2 };

/* No instruction is there: A64's are aligned. */
#define NO_ADDRESS UINT64_MAX

static uint32_t low_bits(unsigned n)
{
    return n < 32 ? (UINT32_C(1) << n) - 1 : UINT32_MAX;
}

/* Sets *table to `count` entries; NULL for none. */
static bool make_addresses(uint64_t **table, uint32_t count)
{
    *table = count ? malloc(count * sizeof(**table)) : NULL;
    return *table || !count;
}

static void forget_addresses(uint64_t *table, uint32_t last)
{
    for (uint32_t i = 0; table && i <= last; i++)
        table[i] = NO_ADDRESS;
}

bool predictor_init(struct predictor *p, const struct core_branch *b)
{
    *p = (struct predictor){ .history_mask = low_bits(b->history_bits),
                             .direction_mask = b->direction_entries - 1,
                             .target_mask = b->target_entries - 1,
                             .return_last = b->return_entries - 1,
                             .penalty = b->mispredict << TICK_SHIFT };
    p->direction = b->direction_entries ? malloc(b->direction_entries) : NULL;
    if ((b->direction_entries && !p->direction) || !make_addresses(&p->target, b->target_entries) ||
        !make_addresses(&p->returns, b->return_entries)) {
        predictor_free(p);
        return false;
    }
    predictor_flush(p);
    return true;
}

void predictor_free(struct predictor *p)
{
    free(p->direction);
    free(p->target);
    free(p->returns);
    *p = (struct predictor){ 0 };
}

void predictor_flush(struct predictor *p)
{
    if (p->direction)
        memset(p->direction, WEAKLY_NOT_TAKEN, (size_t)p->direction_mask + 1);
    forget_addresses(p->target, p->target_mask);
    forget_addresses(p->returns, p->return_last);
    p->history = 0;
    p->top = 0;
}
