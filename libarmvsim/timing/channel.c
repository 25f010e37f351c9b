/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file channel.c
 * When a line goes through a channel of limited bandwidth (channel.h).
 */
#include "timing/channel.h"

#include <stddef.h>

#include <string.h>

enum {
    EPOCH_UNITS = 1 << (CHANNEL_EPOCH_SHIFT + CHANNEL_UNIT_SHIFT),
    OF_LATE = CHANNEL_EPOCHS / 2 /* Epochs. */
};

static uint32_t beyond(uint32_t units)
{
    return units > EPOCH_UNITS ? units - EPOCH_UNITS : 0;
}

/* Epoch n, when opened now with what the one before it has too much; NULL when it is further back than is
 * remembered. */
static struct channel_epoch *epoch_of(struct channel *ch, uint64_t n)
{
    struct channel_epoch *e = &ch->epoch[n % CHANNEL_EPOCHS],
                         *before = &ch->epoch[(n - 1) % CHANNEL_EPOCHS];

    if (e->number > n)
        return NULL;
    if (e->number < n) {
        memset(e, 0, sizeof(*e));
        e->number = n;
        if (before->number == n - 1) {
            e->total = beyond(before->total);
            e->demand = beyond(before->demand);
        }
    }
    return e;
}

/* What is left in the epoch for those that wait, but for this PE. */
static uint32_t reserved(const struct channel *ch, const struct channel_epoch *e, unsigned pe)
{
    uint32_t waiting = 0, share, sum = 0;
    bool waits[CHANNEL_PES];

    for (unsigned i = 0; i < CHANNEL_PES; i++) {
        waits[i] = i != pe && ch->clock[i].waited && ch->clock[i].waited + OF_LATE > e->number;
        waiting += waits[i];
    }
    share = EPOCH_UNITS / (waiting + 1);
    for (unsigned i = 0; i < CHANNEL_PES; i++)
        if (waits[i] && e->used[i] < share)
            sum += share - e->used[i];
    return sum;
}

/* The first epoch from t on with room takes the line. */
static uint64_t share(struct channel *ch, unsigned pe, bool demand, uint64_t t)
{
    const unsigned shift = CHANNEL_EPOCH_SHIFT + CHANNEL_UNIT_SHIFT;

    for (unsigned tries = 0; tries < CHANNEL_EPOCHS; tries++) {
        struct channel_epoch *e = epoch_of(ch, t >> shift);

        if (!e)
            return t;
        if ((demand ? e->demand : e->total) + reserved(ch, e, pe) < EPOCH_UNITS) {
            e->total += ch->interval;
            e->demand += demand ? ch->interval : 0;
            e->used[pe] += ch->interval;
            return t;
        }
        ch->clock[pe].waited = e->number;
        t = (e->number + 1) << shift;
    }
    return t;
}

/* Puts a line into a time that was left idle; false when none has room for it. */
static bool fill_idle(struct channel_clock *k, uint32_t interval, uint64_t *t)
{
    for (unsigned i = 0; i < CHANNEL_GAPS; i++) {
        unsigned n = (k->next + i) % CHANNEL_GAPS; /* The oldest first. */
        uint64_t start = k->idle[n].from > *t ? k->idle[n].from : *t;

        if (start + interval > k->idle[n].to)
            continue;
        k->idle[n].from = start + interval;
        *t = start;
        return true;
    }
    return false;
}

/* Behind the demands, and behind the prefetched line that is on its way. */
static uint64_t after_demands(const struct channel_clock *k, uint32_t interval, uint64_t t)
{
    uint64_t start = k->demand > t ? k->demand : t;

    return k->all > start ? start + (k->all - start) % interval : start;
}

/* Moves the clocks on by a line that goes at `start`. */
static void note(struct channel_clock *k, uint32_t interval, bool demand, uint64_t start)
{
    if (start >= k->all + interval) {
        k->idle[k->next].from = k->all;
        k->idle[k->next].to = start;
        k->next = (k->next + 1) % CHANNEL_GAPS;
    }
    if (demand)
        k->demand = start + interval;
    k->all = (k->all > start ? k->all : start) + interval;
}

uint64_t channel_take(struct channel *ch, unsigned pe, enum channel_use use, uint64_t t)
{
    struct channel_clock *k = &ch->clock[pe];
    const bool demand = use == CHANNEL_DEMAND;
    uint64_t start = t << CHANNEL_UNIT_SHIFT;
    bool idle;

    if (!ch->interval)
        return t;
    idle = start < (demand ? k->demand : k->all) && fill_idle(k, ch->interval, &start);
    if (!idle && demand)
        start = after_demands(k, ch->interval, start);
    else if (!idle && k->all > start)
        start = k->all;
    if (ch->shared)
        start = share(ch, pe, demand, start);
    if (!idle)
        note(k, ch->interval, demand, start);
    return (start + (1 << CHANNEL_UNIT_SHIFT) - 1) >> CHANNEL_UNIT_SHIFT;
}
