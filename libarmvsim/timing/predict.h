/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file predict.h
 * Branch prediction of one PE: a table of two-bit counters indexed by address and global history for the
 * direction of conditional branches (gshare), a table of targets for indirect ones, a return stack. Direct
 * branches are always predicted. No core's documentation says how its predictors hash: these are the
 * textbook's, of the sizes that documentation has.
 *
 * The handlers of branches in the engine call the functions here, in every branch: they are a few host
 * instructions each. What returns a bool returns whether the prediction was wrong, which costs
 * `penalty`. Wrong paths are not executed; so nothing is predicted but what retires.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct core_branch;

/* Conditional branches touch the first 40 bytes alone. */
struct predictor {
    uint8_t *direction; /* 0, 2, 4, 6; 4 and 6 predict taken. direction_mask + 1 of them; NULL: static. */
    uint32_t history;   /* Latest outcome in bit 0. */
    uint32_t history_mask; /* The bits that are kept. */
    uint32_t direction_mask;
    uint32_t penalty;     /* Ticks of a misprediction. */
    uint64_t conditional; /* Branches by kind, and how many of them were predicted wrongly. */
    uint64_t conditional_wrong;
    uint64_t direct;   /* B and BL; never wrong. */
    uint64_t *target;  /* Predicted target by index; target_mask + 1 of them. NULL: none. */
    uint64_t *returns; /* Ring of return addresses; `return_last` + 1 of them. NULL: none. */
    uint32_t target_mask, return_last;
    uint32_t top;                      /* The latest in the ring. */
    uint64_t indirect, indirect_wrong; /* BR, BLR and the like. */
    uint64_t returned, returned_wrong; /* RET and the like. */
};

/* The next of a counter, by outcome and counter: bits <2:0> of this, shifted right by 8 * taken + counter.
 */
#define PREDICT_NEXT UINT32_C(0x1f320)

/* B, BL. */
static inline void predict_direct(struct predictor *p)
{
    p->direct++;
}

/* A conditional branch at pc, whose target is below pc (`backward`). Cores without a table predict those
 * taken and others not. */
static inline bool predict_direction(struct predictor *p, uint64_t pc, bool backward, bool taken)
{
    const uint32_t history = p->history;
    bool wrong;

    p->conditional++;
    if (__builtin_expect(!p->direction, 0)) {
        wrong = taken != backward;
    } else {
        uint8_t *counter = &p->direction[((uint32_t)(pc >> 2) ^ history) & p->direction_mask];

        p->history = (history << 1 | taken) & p->history_mask;
        wrong = *counter >> 2 != taken;
        *counter = PREDICT_NEXT >> (8 * taken + *counter) & 6;
    }
    p->conditional_wrong += wrong;
    return wrong;
}

/* A call, besides the branch that it is. The ring's oldest is lost when it is full. */
static inline void predict_call(struct predictor *p, uint64_t return_address)
{
    if (__builtin_expect(!p->returns, 0))
        return;
    p->top = p->top == p->return_last ? 0 : p->top + 1;
    p->returns[p->top] = return_address;
}

/* RET. An empty ring predicts what it still holds. */
static inline bool predict_return(struct predictor *p, uint64_t target)
{
    bool wrong = true;

    p->returned++;
    if (__builtin_expect(p->returns != 0, 1)) {
        wrong = p->returns[p->top] != target;
        p->top = p->top ? p->top - 1 : p->return_last;
    }
    p->returned_wrong += wrong;
    return wrong;
}

/* BR and BLR at pc. The target becomes part of the history, so that the next one's can depend on it. */
static inline bool predict_indirect(struct predictor *p, uint64_t pc, uint64_t target)
{
    bool wrong = true;

    p->indirect++;
    if (__builtin_expect(p->target != 0, 1)) {
        uint64_t *predicted = &p->target[((uint32_t)(pc >> 2) ^ p->history) & p->target_mask];

        wrong = *predicted != target;
        *predicted = target;
        p->history = (p->history << 1 ^ (uint32_t)(target >> 2)) & p->history_mask;
    }
    p->indirect_wrong += wrong;
    return wrong;
}

/* By a core's [branch] group. One of zeros predicts conditional branches statically, and no indirect branch
 * and return. False without host memory. */
bool predictor_init(struct predictor *p, const struct core_branch *b);
void predictor_free(struct predictor *p);
/* Forgets everything but the counts. */
void predictor_flush(struct predictor *p);
