/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file channel.h
 * The bandwidth of a cache or of DRAM: a way out that takes one line each interval.
 *
 * What one PE asks for goes one after the other. Demands go before prefetches, which use what is idle: a
 * demand waits for demands, and for the prefetched line that is being sent, but not for those that queue
 * behind it. They all get later by it; a prefetch that has been given its cycle already keeps it, and those
 * that follow make up for it. Demands come in program order, but those whose addresses come from loads have
 * later cycles than what follows them: times in which the channel is idle until then are remembered, and
 * taken by what follows.
 *
 * The clocks of PEs differ by up to a quantum, so that one clock for all would make the slower PE wait for
 * what the faster does in its future; what they take from each other is counted by epochs instead: a line
 * that comes to a full epoch waits for the next one that has room. Epochs further back than the ring of
 * them reaches are taken as free.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    CHANNEL_PES = 8,
    CHANNEL_EPOCHS = 32,
    CHANNEL_EPOCH_SHIFT = 10,
    CHANNEL_UNIT_SHIFT = 4,
    CHANNEL_GAPS = 8
};

struct channel_epoch {
    uint64_t number;
    uint32_t total, used[CHANNEL_PES]; /* Sixteenths of a cycle: by all, and by each. */
    uint32_t demand;                   /* Of `total`, not by prefetches. */
};

/* One PE's clocks of a channel, in sixteenths of a cycle. */
struct channel_clock {
    uint64_t demand; /* When the next demand can go. */
    uint64_t all;    /* When all that queues is through. */
    struct {
        uint64_t from, to;
    } idle[CHANNEL_GAPS]; /* Ring: before lines that came for later than that. */
    unsigned next;
    uint64_t waited; /* The latest epoch that had no room for this PE's line. */
};

struct channel {
    uint32_t interval; /* Between two lines, in sixteenths of a cycle; 0: no limit. */
    bool shared;       /* Several PEs use it. */
    struct channel_clock clock[CHANNEL_PES];
    struct channel_epoch epoch[CHANNEL_EPOCHS];
};

enum channel_use { CHANNEL_DEMAND, CHANNEL_PREFETCH };

/* Sends a line of PE `pe` that is there at cycle t; returns the cycle at which it goes. */
uint64_t channel_take(struct channel *ch, unsigned pe, enum channel_use use, uint64_t t);
