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
        if (before->number == n - 1 && before->total > EPOCH_UNITS)
            e->total = before->total - EPOCH_UNITS;
    }
    return e;
}

/* What is left in the epoch for those that wait, but for this PE. */
static uint32_t reserved(const struct channel *ch, const struct channel_epoch *e, unsigned pe)
{
    uint32_t waiting = 0, share, sum = 0;
    bool waits[CHANNEL_PES];

    for (unsigned i = 0; i < CHANNEL_PES; i++) {
        waits[i] = i != pe && ch->waited[i] && ch->waited[i] + OF_LATE > e->number;
        waiting += waits[i];
    }
    share = EPOCH_UNITS / (waiting + 1);
    for (unsigned i = 0; i < CHANNEL_PES; i++)
        if (waits[i] && e->used[i] < share)
            sum += share - e->used[i];
    return sum;
}

/* The first epoch from t on with room takes the line. */
static uint64_t share(struct channel *ch, unsigned pe, uint64_t t)
{
    const unsigned shift = CHANNEL_EPOCH_SHIFT + CHANNEL_UNIT_SHIFT;

    for (unsigned tries = 0; tries < CHANNEL_EPOCHS; tries++) {
        struct channel_epoch *e = epoch_of(ch, t >> shift);

        if (!e)
            return t;
        if (e->total + reserved(ch, e, pe) < EPOCH_UNITS) {
            e->total += ch->interval;
            e->used[pe] += ch->interval;
            return t;
        }
        ch->waited[pe] = e->number;
        t = (e->number + 1) << shift;
    }
    return t;
}

uint64_t channel_take(struct channel *ch, unsigned pe, uint64_t t)
{
    uint64_t start = t << CHANNEL_UNIT_SHIFT;

    if (!ch->interval)
        return t;
    if (ch->free[pe] > start)
        start = ch->free[pe];
    if (ch->shared)
        start = share(ch, pe, start);
    ch->free[pe] = start + ch->interval;
    return (start + (1 << CHANNEL_UNIT_SHIFT) - 1) >> CHANNEL_UNIT_SHIFT;
}
