/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file channel.h
 * The bandwidth of a cache or of DRAM: a way out that takes one line each interval.
 *
 * What one PE asks for goes one after the other, by a clock of when the channel is next free. The clocks of
 * PEs differ by up to a quantum, so that such a clock would make the slower PE wait for what the faster
 * does in its future; what they take from each other is counted by epochs instead: a line that comes to a
 * full epoch waits for the next one that has room. Epochs further back than the ring of them reaches are
 * taken as free.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { CHANNEL_PES = 8, CHANNEL_EPOCHS = 32, CHANNEL_EPOCH_SHIFT = 10, CHANNEL_UNIT_SHIFT = 4 };

struct channel_epoch {
    uint64_t number;
    uint32_t total, used[CHANNEL_PES]; /* Sixteenths of a cycle: by all, and by each. */
};

struct channel {
    uint32_t interval;            /* Between two lines, in sixteenths of a cycle; 0: no limit. */
    bool shared;                  /* Several PEs use it. */
    uint64_t free[CHANNEL_PES];   /* Sixteenths of a cycle: when this PE's next line can go. */
    uint64_t waited[CHANNEL_PES]; /* The latest epoch that had no room for this PE's line. */
    struct channel_epoch epoch[CHANNEL_EPOCHS];
};

/* Sends a line of PE `pe` that is there at cycle t; returns the cycle at which it goes. */
uint64_t channel_take(struct channel *ch, unsigned pe, uint64_t t);
