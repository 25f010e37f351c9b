/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file prefetch.c
 * The streams of the L1D prefetcher (prefetch.h).
 */
#include "timing/prefetch.h"

#include <string.h>

enum { PAGE_LINES_SHIFT = AVS_PAGE_SHIFT - LINE_SHIFT };

void prefetch_init(struct prefetch *p, const struct core_memory *k)
{
    memset(p, 0, sizeof(*p));
    p->stream_count = k->prefetch_streams > MEMORY_STREAMS_MAX ? MEMORY_STREAMS_MAX : k->prefetch_streams;
    p->depth = k->prefetch_depth > MEMORY_DEPTH_MAX ? MEMORY_DEPTH_MAX : k->prefetch_depth;
    p->trigger = k->prefetch_trigger < 2 ? 2 : k->prefetch_trigger;
    if (!p->depth)
        p->stream_count = 0;
}

/* Misses that make this stream sure. More than a line apart they are always three at least, as on the
 * Cortex-A53 (DDI 0500, CPUACTLR_EL1.STRIDE). */
static uint32_t trigger(const struct prefetch *p, const struct prefetch_stream *s)
{
    bool next_line = s->stride == 1 || s->stride == -1;

    return next_line || p->trigger > 3 ? p->trigger : 3;
}

/* How many strides beyond the stream's latest line this one is; 0 when it is not on its way within `max`.
 */
static uint32_t strides(const struct prefetch_stream *s, uint64_t line, uint32_t max)
{
    int64_t d = (int64_t)(line - s->line);

    if (!s->stride || d % s->stride || d / s->stride < 1 || d / s->stride > max)
        return 0;
    return (uint32_t)(d / s->stride);
}

static uint64_t *slot(const struct prefetch *p, struct prefetch_stream *s, uint32_t i)
{
    return &s->ready[(s->head + i) % p->depth];
}

static bool is_near(uint64_t a, uint64_t b, uint64_t lines)
{
    return a - b + lines <= 2 * lines;
}

/* Could the line be the second of a stream that is not sure yet? */
static bool is_second(const struct prefetch *p, const struct prefetch_stream *s, uint64_t line)
{
    return s->count && s->count < trigger(p, s) && line != s->line &&
           is_near(line, s->line, PREFETCH_STRIDE_MAX);
}

/* The index of a stream that has prefetched this line, or whose next one it is; else `near` has that of one
 * that could take it for its second, if any. */
static uint32_t stream_of(const struct prefetch *p, uint64_t line, uint32_t *by, uint32_t *near)
{
    uint64_t reach = (uint64_t)PREFETCH_STRIDE_MAX * p->depth;

    *near = p->stream_count;
    for (uint32_t i = 0; i < p->stream_count; i++) {
        const struct prefetch_stream *s = &p->stream[i];

        if (!is_near(line, p->line[i], reach))
            continue;
        *by = strides(s, line, s->ahead ? s->ahead : 1);
        if (*by)
            return i;
        if (*near == p->stream_count && is_second(p, s, line))
            *near = i;
    }
    return p->stream_count;
}

static uint32_t oldest(const struct prefetch *p)
{
    uint32_t old = 0;

    for (uint32_t i = 1; i < p->stream_count; i++)
        old = p->used[i] < p->used[old] ? i : old;
    return old;
}

/* Makes the line the second of stream `near`, or else the first of the least recently used stream. */
static uint32_t train(struct prefetch *p, uint64_t line, uint32_t near)
{
    bool second = near < p->stream_count;
    uint32_t i = second ? near : oldest(p);
    struct prefetch_stream *s = &p->stream[i];

    s->stride = second ? (int64_t)(line - s->line) : 0;
    s->count = second ? 2 : 1;
    s->ahead = 0;
    return i;
}

/* Moves a stream on by `by` strides; returns when that line is there. */
static uint64_t advance(const struct prefetch *p, struct prefetch_stream *s, uint32_t by)
{
    uint64_t ready = PREFETCH_NOT;

    if (s->ahead) {
        ready = *slot(p, s, by - 1);
        s->head = (s->head + by) % p->depth;
        s->ahead -= by;
    }
    s->count += s->count < trigger(p, s);
    return ready;
}

bool prefetch_find(struct prefetch *p, uint64_t line, uint64_t *ready, struct prefetch_stream **out)
{
    uint32_t i, by, near;

    *out = NULL;
    *ready = PREFETCH_NOT;
    if (!p->stream_count)
        return false;
    i = stream_of(p, line, &by, &near);
    if (i < p->stream_count)
        *ready = advance(p, &p->stream[i], by);
    else
        i = train(p, line, near);
    p->stream[i].line = p->line[i] = line;
    p->used[i] = ++p->clock;
    *out = &p->stream[i];
    return *ready != PREFETCH_NOT;
}

bool prefetch_next(const struct prefetch *p, const struct prefetch_stream *s, uint64_t *line)
{
    if (!s || s->count < trigger(p, s) || s->ahead >= p->depth)
        return false;
    *line = s->line + (uint64_t)(s->stride * (int64_t)(s->ahead + 1));
    return *line >> PAGE_LINES_SHIFT == s->line >> PAGE_LINES_SHIFT;
}

void prefetch_push(const struct prefetch *p, struct prefetch_stream *s, uint64_t ready)
{
    *slot(p, s, s->ahead++) = ready;
}

void prefetch_drop(struct prefetch *p, uint64_t line)
{
    for (uint32_t i = 0; i < p->stream_count; i++) {
        uint32_t by = strides(&p->stream[i], line, p->stream[i].ahead);

        if (by)
            *slot(p, &p->stream[i], by - 1) = PREFETCH_NOT;
    }
}
