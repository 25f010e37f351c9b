/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file prefetch.h
 * Prefetchers: streams of L1D misses one stride apart, as the automatic prefetcher of the Cortex-A53
 * follows them (DDI 0500, 6.6.2: a fixed stride of up to four lines, up or down; stores begin streams,
 * too), and the lines after an L1I miss.
 *
 * A prefetched line waits outside of L1, with the cycle at which it will be there, until it is asked for.
 * So that first access comes to the memory system, sees how timely the prefetch was, and moves the stream
 * on.
 *
 * Streams follow physical addresses, and so do not prefetch beyond a page of 4 KiB, whose neighbour may
 * belong to anyone; an access that goes on with the stream in the next page finds it trained. Their fills
 * do not use up the fill buffers of demand misses.
 */
#pragma once

#include "timing/memory.h"

enum { PREFETCH_STRIDE_MAX = 4 };

struct prefetch_stream {
    uint64_t line;                    /* The latest that was asked for. */
    int64_t stride;                   /* Lines; 0 with the first miss. */
    uint32_t count;                   /* Misses in a row; 0: unused. */
    uint32_t ahead;                   /* Lines beyond `line` that have been prefetched. */
    uint32_t head;                    /* Where in `ready` the first of them is. */
    uint64_t ready[MEMORY_DEPTH_MAX]; /* Ring; PREFETCH_NOT: was not prefetched, or was lost. */
};
#define PREFETCH_NOT UINT64_MAX

struct prefetch {
    uint32_t stream_count, trigger, depth;
    uint64_t clock;
    uint64_t line[MEMORY_STREAMS_MAX]; /* Each stream's again, for a quick look at all. */
    uint64_t used[MEMORY_STREAMS_MAX]; /* The least recently used stream makes room for a new one. */
    struct prefetch_stream stream[MEMORY_STREAMS_MAX];
};

void prefetch_init(struct prefetch *p, const struct core_memory *k);
/* An L1D miss of a line: true with the cycle at which it is or will be there when it was prefetched. Either
 * way the line belongs to a stream then, which is returned (NULL: there is no prefetcher). */
bool prefetch_find(struct prefetch *p, uint64_t line, uint64_t *ready, struct prefetch_stream **out);
/* The next line that the stream wants; false when it is far enough ahead, not sure yet, or at its page's
 * end. Each has to be answered by prefetch_push(). */
bool prefetch_next(const struct prefetch *p, const struct prefetch_stream *s, uint64_t *line);
void prefetch_push(const struct prefetch *p, struct prefetch_stream *s, uint64_t ready);
/* The line is not to be found here any more. */
void prefetch_drop(struct prefetch *p, uint64_t line);
