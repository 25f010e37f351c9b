/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file agg.c
 * Exact aggregates and histograms.
 */
#include "ledger/agg.h"

#include <glib.h>
#include <string.h>

/* The octave of a value: 0 for 0..31, then one for each power of two. */
static unsigned octave_of(uint64_t v)
{
    return v < HIST_BUCKETS ? 0 : 63 - (unsigned)__builtin_clzll(v) - 4;
}

static unsigned bucket_of(uint64_t v, unsigned octave)
{
    return (unsigned)(octave ? v >> (octave - 1) : v) & (HIST_BUCKETS - 1);
}

static unsigned hist_add(struct agg *a, uint64_t v)
{
    unsigned o = octave_of(v), b = bucket_of(v, o), made = 0;
    struct hist_octave *oct = a->octave[o];

    if (!oct) {
        oct = a->octave[o] = g_new0(struct hist_octave, 1);
        made = 1;
    }
    if (!oct->bucket[b].count++) {
        oct->bucket[b].lo = oct->bucket[b].hi = v;
        return made;
    }
    if (v < oct->bucket[b].lo)
        oct->bucket[b].lo = v;
    if (v > oct->bucket[b].hi)
        oct->bucket[b].hi = v;
    return made;
}

unsigned agg_add(struct agg *a, const struct span *s)
{
    uint64_t cycles = span_cycles(s);

    if (!a->count || cycles < a->min)
        a->min = cycles;
    if (cycles > a->max)
        a->max = cycles;
    a->count++;
    a->insns += s->insns;
    a->entry += s->entry;
    a->handler += s->handler;
    a->ret += s->ret;
    a->save += s->save;
    a->restore += s->restore;
    a->idle += s->idle;
    a->sq += (unsigned __int128)cycles * cycles;
    return hist_add(a, cycles);
}

void agg_reset(struct agg *a)
{
    for (unsigned i = 0; i < HIST_OCTAVES; i++)
        g_free(a->octave[i]);
    memset(a, 0, sizeof(*a));
}
