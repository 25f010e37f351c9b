/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file totals.c
 * Aggregates by class of traps and of world switches: kept in memory, written when the run ends, and before
 * that whenever a bound is reached. Rows of one class add up.
 */
#include <string.h>

#include "ledger/internal.h"

void agg_dict_init(struct agg_dict *d, unsigned words, uint32_t limit)
{
    memset(d, 0, sizeof(*d));
    dict_init(&d->dict, words, limit);
}

void agg_dict_destroy(struct agg_dict *d)
{
    for (uint32_t i = 0; i < d->capacity; i++)
        agg_reset(&d->agg[i]);
    g_free(d->agg);
    dict_destroy(&d->dict);
}

static void grow(struct agg_dict *d)
{
    uint32_t old = d->capacity;

    d->capacity = d->dict.capacity;
    d->agg = g_renew(struct agg, d->agg, d->capacity);
    memset(d->agg + old, 0, (d->capacity - old) * sizeof(*d->agg));
}

void agg_dict_add(struct ledger *l, struct agg_dict *d, uint32_t entry, const struct span *s)
{
    if (unlikely(entry >= d->capacity))
        grow(d);
    l->octaves += agg_add(&d->agg[entry], s);
    if (unlikely(l->octaves >= OCTAVE_LIMIT))
        totals_flush(l);
}

static void write_hist(struct ledger *l, enum ledger_table t, int64_t id, const struct agg *a)
{
    for (unsigned o = 0; o < HIST_OCTAVES; o++) {
        for (unsigned b = 0; a->octave[o] && b < HIST_BUCKETS; b++)
            if (a->octave[o]->bucket[b].count)
                ROW(l, t, id, (int64_t)a->octave[o]->bucket[b].lo, (int64_t)a->octave[o]->bucket[b].hi,
                    (int64_t)a->octave[o]->bucket[b].count);
    }
}

static void write_agg(struct ledger *l, enum ledger_table t, int64_t id, const struct agg *a)
{
    double sq = (double)a->sq;
    int64_t sq_bits;

    memcpy(&sq_bits, &sq, sizeof(sq_bits));
    ROW(l, t, id, (int64_t)a->count, (int64_t)a->insns, (int64_t)a->entry, (int64_t)a->handler,
        (int64_t)a->ret, (int64_t)a->idle, (int64_t)a->min, (int64_t)a->max, sq_bits, (int64_t)a->save,
        (int64_t)a->restore);
}

static void flush(struct ledger *l, struct agg_dict *d, enum ledger_table agg, enum ledger_table hist)
{
    for (uint32_t i = 0; i < d->capacity && i < d->dict.count; i++) {
        if (!d->agg[i].count)
            continue;
        write_agg(l, agg, dict_id(&d->dict, i), &d->agg[i]);
        write_hist(l, hist, dict_id(&d->dict, i), &d->agg[i]);
        agg_reset(&d->agg[i]);
    }
}

void totals_flush(struct ledger *l)
{
    flush(l, &l->trap_classes, TABLE_trap_agg, TABLE_trap_hist);
    flush(l, &l->switch_classes, TABLE_switch_agg, TABLE_switch_hist);
    virq_flush(l);
    aftermath_flush(l);
    l->octaves = 0;
}
