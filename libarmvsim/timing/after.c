/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file after.c
 * Bounded sets of what left, by open addressing with linear probing. When a set is full, what leaves later
 * is not remembered: the count is then too small, and the same on every host.
 */
#include "timing/after.h"

#include <string.h>

static uint32_t slot_of(uint64_t key)
{
    return (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 40) % AFTER_SLOTS;
}

void after_begin(struct after *a)
{
    if (!++a->era) { /* The sets' slots of 2^32 handlers ago must not come back. */
        memset(a->set, 0, sizeof(a->set));
        a->era = 1;
    }
    for (unsigned i = 0; i < AFTER_KIND_COUNT; i++)
        a->set[i].used = a->set[i].left = 0;
    memset(a->refills, 0, sizeof(a->refills));
    a->cycles = 0;
    a->line = a->entry = false;
    a->phase = AFTER_REMEMBERS;
}

/* The slot of a key, or the free one where it would be. */
static uint32_t find(const struct after *a, const struct after_set *s, uint64_t key)
{
    uint32_t at = slot_of(key);

    while (s->slot[at].era == a->era && s->slot[at].key != key)
        at = (at + 1) % AFTER_SLOTS;
    return at;
}

void after_put(struct after *a, enum after_kind kind, uint64_t key)
{
    struct after_set *s = &a->set[kind];
    uint32_t at = find(a, s, key);
    bool known = s->slot[at].era == a->era;

    if (known ? !s->slot[at].taken : s->used == AFTER_KEYS)
        return;
    s->used += !known;
    s->left++;
    s->slot[at].key = key;
    s->slot[at].era = a->era;
    s->slot[at].taken = false;
}

void after_take(struct after *a, enum after_kind kind, uint64_t key)
{
    struct after_set *s = &a->set[kind];
    uint32_t at = find(a, s, key);

    if (s->slot[at].era != a->era || s->slot[at].taken)
        return;
    s->slot[at].taken = true;
    s->left--;
    if (a->phase != AFTER_COUNTS)
        return;
    a->refills[kind]++;
    if (kind == AFTER_UTLB || kind == AFTER_TLB)
        a->entry = true;
    else
        a->line = true;
}

void after_add(struct after *a, uint32_t stall, uint32_t late)
{
    late = late < stall ? late : stall;
    a->cycles += (a->line ? stall - late : 0) + (a->entry ? late : 0);
    a->line = a->entry = false;
}
