/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file aftermath.c
 * What traps cost after their return: refills of lines and entries that the handler pushed out
 * (timing/after.h), by trap and in total by class. A handler is the outermost one: what a nested trap
 * pushes out counts for the trap that it is nested in. Counted is from the ERET that leaves the outermost
 * handler to the PE's next trap, in whatever context is entered.
 */
#include <string.h>

#include "ledger/internal.h"
#include "timing/memory.h"

static void watch(struct pe *c, struct after *a)
{
    c->after = a;
    if (c->memory)
        memory_watch(c->memory, a);
}

void aftermath_open(struct ledger *l)
{
    for (unsigned i = 0; l->m->pe && i < l->track_count; i++) {
        l->track[i].after = g_new0(struct after, 1);
        watch(&l->m->pe[i], l->track[i].after);
    }
}

void aftermath_close(struct ledger *l)
{
    for (unsigned i = 0; i < l->track_count; i++) {
        if (!l->track[i].after)
            continue;
        watch(&l->m->pe[i], NULL);
        g_free(l->track[i].after);
    }
    g_free(l->after_sums);
    l->after_sums = NULL;
    l->after_capacity = 0;
}

static struct after_sum *sum_of(struct ledger *l, uint32_t entry)
{
    uint32_t old = l->after_capacity;

    if (unlikely(entry >= old)) {
        l->after_capacity = l->trap_classes.dict.capacity;
        l->after_sums = g_renew(struct after_sum, l->after_sums, l->after_capacity);
        memset(l->after_sums + old, 0, (l->after_capacity - old) * sizeof(*l->after_sums));
    }
    return &l->after_sums[entry];
}

static void write_sum(struct ledger *l, int64_t class, const struct after_sum *s)
{
    const uint64_t *n = s->refills;

    ROW(l, TABLE_after_agg, class, (int64_t)s->traps, (int64_t)n[AFTER_L1I], (int64_t)n[AFTER_L1D],
        (int64_t)n[AFTER_L2], (int64_t)n[AFTER_UTLB], (int64_t)n[AFTER_TLB], (int64_t)s->cycles);
}

static void add(struct ledger *l, const struct pe_track *t)
{
    const struct dict *d = &l->trap_classes.dict;
    const struct after *a = t->after;
    struct after_sum one = { .traps = 1, .cycles = a->cycles }, *s = &one;
    bool listed = t->after_class < d->count && dict_id(d, t->after_class) == t->after_class_id;

    memcpy(one.refills, a->refills, sizeof(one.refills));
    if (!listed) { /* The classes were written out and began anew since. */
        write_sum(l, t->after_class_id, &one);
        return;
    }
    s = sum_of(l, t->after_class);
    s->traps++;
    s->cycles += a->cycles;
    for (unsigned i = 0; i < AFTER_KIND_COUNT; i++)
        s->refills[i] += a->refills[i];
}

void aftermath_settle(struct ledger *l, struct pe_track *t)
{
    const struct after *a = t->after;
    const uint64_t *n = a ? a->refills : NULL;

    if (!a || a->phase != AFTER_COUNTS)
        return;
    t->after->phase = AFTER_IDLE;
    if (!(n[AFTER_L1I] | n[AFTER_L1D] | n[AFTER_L2] | n[AFTER_UTLB] | n[AFTER_TLB]))
        return;
    if (t->after_trap)
        ROW(l, TABLE_trap_after, (int64_t)t->after_trap, (int64_t)n[AFTER_L1I], (int64_t)n[AFTER_L1D],
            (int64_t)n[AFTER_L2], (int64_t)n[AFTER_UTLB], (int64_t)n[AFTER_TLB], (int64_t)a->cycles);
    add(l, t);
}

void aftermath_enter(struct ledger *l, struct pe_track *t)
{
    if (!t->after)
        return;
    aftermath_settle(l, t);
    after_begin(t->after);
}

void aftermath_leave(struct ledger *l, struct pe_track *t, uint64_t trap, uint32_t class)
{
    if (!t->after)
        return;
    t->after->phase = AFTER_COUNTS;
    t->after_trap = trap;
    t->after_class = class;
    t->after_class_id = dict_id(&l->trap_classes.dict, class);
}

void aftermath_flush(struct ledger *l)
{
    for (uint32_t i = 0; i < l->after_capacity && i < l->trap_classes.dict.count; i++) {
        struct after_sum *s = &l->after_sums[i];

        if (s->traps)
            write_sum(l, dict_id(&l->trap_classes.dict, i), s);
        memset(s, 0, sizeof(*s));
    }
}
