/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file memory_store.c
 * Stores: they wait in the store buffer until their line is there, and the PE goes on unless it is full.
 *
 * Write streaming, as the Technical Reference Manuals describe it (Cortex-A53, DDI 0500, 6.2: read allocate
 * mode; Cortex-A76, 100798, A6.2.6): after a number of full lines in a row, upwards, stores are put
 * together to lines outside of L1D, which go to the next level without being read first. A line that is
 * left before it is full ends the mode, and is merged into the next level's. Whether the lines that started
 * it were full cannot be seen, because only the first store to a line comes here; a stride of one line that
 * stores less than a line starts it, and ends it with its first partial line.
 */
#include "timing/memory_impl.h"

uint64_t *store_slot(struct memory *m, uint64_t *t)
{
    struct store_buffer *s = &m->stores;
    uint64_t *first = s->ready;

    for (uint32_t i = 1; i < s->count; i++)
        if (s->ready[i] < *first)
            first = &s->ready[i];
    if (*first > *t)
        *t = *first;
    return first;
}

/* The bytes of its line that a store writes. */
static uint64_t bytes_of(const struct memory_access *a)
{
    unsigned from = a->pa % LINE_SIZE, to = from + a->size;

    if (!a->size)
        return 0;
    return MASK((to > LINE_SIZE ? LINE_SIZE : to) - 1, from);
}

uint64_t store_close(struct memory *m, uint64_t now)
{
    struct store_buffer *s = &m->stores;
    uint64_t *slot, t = now;

    if (!s->open)
        return now;
    s->open = false;
    slot = store_slot(m, &t);
    if (s->bytes != UINT64_MAX) {
        s->streaming = false;
        s->run = 0;
        *slot = level_read(m, 0, s->line, CHANNEL_DEMAND, t);
        level_write(m, 0, s->line, t);
        return t;
    }
    if (m->level_count)
        t = channel_take(&m->level[0]->channel, m->index, CHANNEL_DEMAND, t);
    *slot = level_write(m, 0, s->line, t);
    return t;
}

static void combine(struct memory *m, uint64_t line, uint64_t bytes, uint64_t t)
{
    struct store_buffer *s = &m->stores;

    if (!s->open) {
        snoop(m, line, true, t);
        s->line = line;
        s->bytes = 0;
        s->open = true;
    }
    s->bytes |= bytes;
}

/* Takes note of a store that missed: does it go on with lines one after the other? */
static void follow(struct memory *m, uint64_t line)
{
    struct store_buffer *s = &m->stores;

    if (line == s->run_line && s->run)
        return;
    s->run = s->run && line == s->run_line + 1 ? s->run + 1 : 1;
    s->run_line = line;
    s->streaming = m->write_streaming && s->run > m->write_streaming;
}

/* A store of `bytes` that missed L1D; true when it does not allocate. Moves *t to when the PE goes on. */
static bool stream(struct memory *m, uint64_t line, uint64_t bytes, uint64_t *t)
{
    struct store_buffer *s = &m->stores;

    if (s->open && line != s->line)
        *t = store_close(m, *t);
    follow(m, line);
    if (!s->streaming)
        return false;
    combine(m, line, bytes, *t);
    if (s->bytes == UINT64_MAX)
        *t = store_close(m, *t);
    return true;
}

/* When a line that was prefetched, or is not to be read, is this PE's alone. */
static uint64_t claim(struct memory *m, uint64_t line, uint64_t ready, uint64_t t)
{
    uint64_t snooped = t + m->snoop_latency;

    return snoop(m, line, true, t) != HELD_NONE && snooped > ready ? snooped : ready;
}

/* The line goes into L1D, read from below (not by DC ZVA) or taken from another PE. */
static void allocate(struct memory *m, struct line_map *map, uint64_t line, bool read, uint64_t *t)
{
    uint64_t *slot = store_slot(m, t), issue = *t, ready;
    struct prefetch_stream *s;

    if (!read) {
        *slot = claim(m, line, issue, issue);
        l1d_fill(m, map, line, true, issue);
        return;
    }
    if (prefetch_find(&m->prefetch, line, &ready, &s)) {
        ready = claim(m, line, demand_prefetched(m, ready, issue), issue);
    } else {
        issue = window_begin(&m->window, issue);
        ready = read_coherent(m, line, true, issue);
        window_store(&m->window, issue, ready);
        m->counts.l1d_refill++;
    }
    *slot = ready;
    l1d_fill(m, map, line, true, issue);
    prefetch_run(m, s, map, issue);
}

/* The line is there, but perhaps elsewhere as well. */
static void upgrade(struct memory *m, struct line_map *map, uint64_t line, uint64_t *t)
{
    map->owned |= line_bit(line);
    if (snoop(m, line, true, *t) != HELD_NONE) {
        uint64_t *slot = store_slot(m, t);

        *slot = *t + m->snoop_latency;
    }
}

/* Not cacheable: to DRAM; stores to the same line go with one that waits. */
static void store_nc(struct memory *m, uint64_t line, uint64_t *t)
{
    struct store_buffer *s = &m->stores;
    uint64_t *slot;

    if (line == s->nc_line && *t < s->nc_ready)
        return;
    slot = store_slot(m, t);
    *slot = dram_write(m, *t) + m->sys->dram_latency;
    s->nc_line = line;
    s->nc_ready = *slot;
}

static uint32_t stalled(struct memory *m, uint64_t now, uint64_t t)
{
    m->counts.stall_store += t - now;
    return (uint32_t)(t - now);
}

uint32_t memory_store(struct memory *m, const struct memory_access *a, uint64_t now)
{
    uint64_t line = a->pa >> LINE_SHIFT, t = now;

    /* A store is not through before it is translated. */
    if (a->late > m->window.hide)
        t += a->late - m->window.hide;
    if (!a->cacheable)
        store_nc(m, line, &t);
    else if (a->map->owned & line_bit(line))
        return stalled(m, now, t);
    else if (a->map->present & line_bit(line))
        upgrade(m, a->map, line, &t);
    else if (!stream(m, line, bytes_of(a), &t))
        allocate(m, a->map, line, true, &t);
    return stalled(m, now, t);
}

uint32_t memory_store_zero(struct memory *m, struct line_map *map, uint64_t line, uint64_t now)
{
    uint64_t t = now;

    if (map->owned & line_bit(line))
        return 0;
    if (map->present & line_bit(line))
        upgrade(m, map, line, &t);
    else if (!stream(m, line, UINT64_MAX, &t))
        allocate(m, map, line, false, &t);
    return stalled(m, now, t);
}

uint32_t memory_device(struct memory *m, bool write, uint32_t latency, uint64_t now)
{
    struct store_buffer *s = &m->stores;
    uint64_t t = now, *slot = write && m->device_posted ? store_slot(m, &t) : NULL;

    s->device_ready = (s->device_ready > t ? s->device_ready : t) + latency;
    if (slot) {
        *slot = s->device_ready;
        return stalled(m, now, t);
    }
    *(write ? &m->counts.stall_store : &m->counts.stall_data) += s->device_ready - now;
    return (uint32_t)(s->device_ready - now);
}

uint32_t memory_serialize(struct memory *m, uint64_t now)
{
    uint32_t stall = window_drain(&m->window, now);

    m->counts.stall_data += stall;
    return stall;
}

uint32_t memory_drain(struct memory *m, uint64_t now)
{
    const uint32_t loads = memory_serialize(m, now);
    uint64_t t;

    now += loads;
    t = store_close(m, now);
    for (uint32_t i = 0; i < m->stores.count; i++)
        if (m->stores.ready[i] > t)
            t = m->stores.ready[i];
    return loads + stalled(m, now, t);
}
