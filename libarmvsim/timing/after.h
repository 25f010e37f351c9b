/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file after.h
 * The aftermath of traps: what a handler at EL2 or EL3 pushes out of a PE's caches and TLBs, and which of
 * it must be filled again afterwards. While a handler runs, lines and entries that leave are remembered, at
 * most AFTER_KEYS of each kind; after its return, each that is filled again counts once, with the cycles
 * for which the PE stands still for it. Only there while a ledger listens; all of it is on slow paths.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum after_kind { AFTER_L1I, AFTER_L1D, AFTER_L2, AFTER_UTLB, AFTER_TLB, AFTER_KIND_COUNT };
/* A power of two of slots, twice as many as keys, so that searches end. */
enum { AFTER_KEYS = 256, AFTER_SLOTS = 2 * AFTER_KEYS };

enum after_phase { AFTER_IDLE, AFTER_REMEMBERS, AFTER_COUNTS };

struct after_set {
    uint32_t used; /* Slots, those of keys that were taken out included. */
    uint32_t left; /* Keys. */
    struct {
        uint64_t key;
        uint32_t era; /* Of a slot in use: the set's. */
        bool taken;
    } slot[AFTER_SLOTS];
};

struct after {
    enum after_phase phase;
    uint32_t era;     /* Sets are emptied by beginning another. */
    bool line, entry; /* The access at hand fills one again: a line, an entry of a TLB. */
    uint64_t refills[AFTER_KIND_COUNT], cycles;
    struct after_set set[AFTER_KIND_COUNT];
};

/* A handler begins: what was remembered is forgotten, counts are zero. */
void after_begin(struct after *a);
/* The slow halves of the calls below. */
void after_put(struct after *a, enum after_kind kind, uint64_t key);
void after_take(struct after *a, enum after_kind kind, uint64_t key);
void after_add(struct after *a, uint32_t stall, uint32_t late);

/* Something left (evicted, invalidated, flushed): it counts while a handler runs. */
static inline void after_left(struct after *a, enum after_kind kind, uint64_t key)
{
    if (a && a->phase == AFTER_REMEMBERS)
        after_put(a, kind, key);
}

/* Something was filled. */
static inline void after_filled(struct after *a, enum after_kind kind, uint64_t key)
{
    if (a && a->set[kind].left)
        after_take(a, kind, key);
}

/* The PE stands still for an access: `stall` cycles, of them `late` for its translation. */
static inline void after_charge(struct after *a, uint32_t stall, uint32_t late)
{
    if (a && (a->line || a->entry))
        after_add(a, stall, late);
}
