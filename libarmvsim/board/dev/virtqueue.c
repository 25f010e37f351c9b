/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtqueue.c
 * Split virtqueues (OASIS virtio 1.2, 2.7), with indirect descriptors and notification suppression by flags
 * or by event index. Nothing in guest memory is believed: every index, address and length is checked where
 * it is used, a chain ends after as many descriptors as its table has, and whatever breaks the rules fails
 * the device. Devices reach memory as Non-secure masters: not the Secure memory of the board.
 *
 * An indirect table may be longer than the queue, which the letter of 2.7.5.3.1 forbids and drivers do; no
 * chain has more than VQ_SIZE_MAX segments. Descriptors of no bytes are allowed.
 */
#include <glib.h>
#include <string.h>

#include "board/dev/virtio.h"
#include "core/machine.h"

enum { DESC_NEXT = 1, DESC_WRITE = 2, DESC_INDIRECT = 4, DESC_BYTES = 16 };
enum { AVAIL_NO_INTERRUPT = 1, USED_NO_NOTIFY = 1 };
enum { RING_FLAGS = 0, RING_INDEX = 2, RING_ENTRIES = 4, AVAIL_ENTRY = 2, USED_ENTRY = 8 };

#define CHAIN_BYTES_MAX (UINT64_C(1) << 32) /* 2.7.5.2 */

struct desc {
    uint64_t address;
    uint32_t len;
    uint16_t flags, next;
};

/* Where the walk along a chain is. */
struct walk {
    uint64_t table;
    uint32_t count, at, steps;
    bool indirect;
};

static struct bus *bus_of(const struct virtqueue *q)
{
    return q->v->env.m->bus;
}

/* The host's bytes of guest memory, NULL when it is not all memory that a device can reach. */
static const uint8_t *reach(const struct virtqueue *q, uint64_t address, uint64_t len, bool for_write)
{
    const struct bus_region *r = bus_find(bus_of(q), pa(address));

    return r && !r->secure_only ? bus_host(bus_of(q), pa(address), len, for_write) : NULL;
}

/* Numbers of the rings, which vq_check() found to be in RAM. */
static uint16_t load16(const struct virtqueue *q, uint64_t address)
{
    uint16_t le = 0;

    bus_copy_out(bus_of(q), pa(address), &le, sizeof(le));
    return GUINT16_FROM_LE(le);
}

static void store16(const struct virtqueue *q, uint64_t address, uint16_t val)
{
    uint16_t le = GUINT16_TO_LE(val);

    bus_copy_in(bus_of(q), pa(address), &le, sizeof(le));
}

/* ---- Where a queue is ---- */

/* The areas of a queue (2.7, the table of sizes and alignments); with the event index behind the rings. */
static const struct {
    const char *name;
    unsigned align, fixed, entry;
    bool for_write;
} areas[VQ_AREAS] = {
    [VQ_DESC] = { "descriptor table", 16, 0, DESC_BYTES, false },
    [VQ_DRIVER] = { "available ring", 2, RING_ENTRIES + 2, AVAIL_ENTRY, false },
    [VQ_DEVICE] = { "used ring", 4, RING_ENTRIES + 2, USED_ENTRY, true },
};

const char *vq_check(struct virtqueue *q)
{
    if (q->num == 0 || q->num > VQ_SIZE_MAX || q->num & (q->num - 1))
        return "its size is not a power of two up to the maximum";
    for (unsigned i = 0; i < VQ_AREAS; i++) {
        if (q->area[i] % areas[i].align)
            return "an area is not aligned";
        if (!reach(q, q->area[i], areas[i].fixed + (uint64_t)areas[i].entry * q->num, areas[i].for_write))
            return "an area is not in RAM";
    }
    return NULL;
}

/* ---- Chains ---- */

static bool bad(struct virtqueue *q, const char *what, uint64_t number)
{
    virtio_fail(q->v, "queue %u: %s (%#" G_GINT64_MODIFIER "x)", q->index, what, number);
    return false;
}

static bool read_desc(struct virtqueue *q, const struct walk *w, struct desc *d)
{
    const uint64_t address = w->table + (uint64_t)w->at * DESC_BYTES;
    const uint8_t *host = reach(q, address, DESC_BYTES, false);

    if (!host)
        return bad(q, "a descriptor is not in RAM", address);
    memcpy(d, host, sizeof(*d));
    d->address = GUINT64_FROM_LE(d->address);
    d->len = GUINT32_FROM_LE(d->len);
    d->flags = GUINT16_FROM_LE(d->flags);
    d->next = GUINT16_FROM_LE(d->next);
    return true;
}

static bool add_segment(struct virtqueue *q, const struct desc *d)
{
    struct vq_chain *c = &q->chain;
    const bool in = d->flags & DESC_WRITE;

    if (!in && c->in_count)
        return bad(q, "the device can read a descriptor behind one that it can write", c->head);
    if (c->out_count + c->in_count == VQ_SIZE_MAX)
        return bad(q, "a chain is too long", c->head);
    if (d->len && !reach(q, d->address, d->len, in))
        return bad(q, "a buffer is not in RAM", d->address);
    c->seg[c->out_count + c->in_count] = (struct vq_segment){ d->address, d->len };
    c->out_count += !in;
    c->in_count += in;
    *(in ? &c->in_bytes : &c->out_bytes) += d->len;
    if (c->in_bytes + c->out_bytes > CHAIN_BYTES_MAX)
        return bad(q, "a chain has more than 4 GiB", c->head);
    return true;
}

static bool enter_indirect(struct virtqueue *q, struct walk *w, const struct desc *d)
{
    if (!virtio_has(q->v, VIRTIO_F_INDIRECT_DESC) || w->indirect || d->flags & DESC_NEXT)
        return bad(q, "an indirect descriptor where none may be", w->at);
    if (d->len == 0 || d->len % DESC_BYTES)
        return bad(q, "an indirect table of a length that is not possible", d->len);
    *w = (struct walk){ .table = d->address, .count = d->len / DESC_BYTES, .indirect = true };
    return true;
}

/* To the next descriptor; false at the end of the chain, and when it has none: then the device has failed.
 */
static bool advance(struct virtqueue *q, struct walk *w, const struct desc *d)
{
    if (!(d->flags & DESC_NEXT))
        return false;
    if (d->next >= w->count)
        return bad(q, "a descriptor that does not exist", d->next);
    if (++w->steps >= w->count)
        return bad(q, "a chain without an end", q->chain.head);
    w->at = d->next;
    return true;
}

static void read_chain(struct virtqueue *q)
{
    struct walk w = { .table = q->area[VQ_DESC], .count = q->num, .at = q->chain.head };
    struct desc d;
    bool more = true;

    while (more) {
        if (!read_desc(q, &w, &d))
            return;
        if (d.flags & DESC_INDIRECT)
            more = enter_indirect(q, &w, &d);
        else
            more = add_segment(q, &d) && advance(q, &w, &d);
    }
}

enum vq_pop vq_pop(struct virtqueue *q)
{
    const uint64_t ring = q->area[VQ_DRIVER];
    const uint16_t waiting = (uint16_t)(load16(q, ring + RING_INDEX) - q->next_avail);
    struct vq_chain *c = &q->chain;

    if (!waiting)
        return VQ_EMPTY;
    c->head = load16(q, ring + RING_ENTRIES + AVAIL_ENTRY * (q->next_avail & (q->num - 1)));
    c->out_count = c->in_count = 0;
    c->out_bytes = c->in_bytes = c->written = 0;
    if (waiting > q->num)
        bad(q, "more chains are available than it has descriptors", waiting);
    else if (c->head >= q->num)
        bad(q, "a descriptor that does not exist", c->head);
    else
        read_chain(q);
    if (q->v->status & VIRTIO_NEEDS_RESET)
        return VQ_BAD;
    q->next_avail++;
    return VQ_CHAIN;
}

/* ---- Back to the driver ---- */

/* 2.7.7.2: by the event index, an interrupt for exactly that entry; without it, for each unless it is
 * flagged. */
static bool wants_interrupt(struct virtqueue *q)
{
    const uint64_t ring = q->area[VQ_DRIVER];

    if (virtio_has(q->v, VIRTIO_F_EVENT_IDX))
        return load16(q, ring + RING_ENTRIES + AVAIL_ENTRY * q->num) == (uint16_t)(q->next_used - 1);
    return !(load16(q, ring + RING_FLAGS) & AVAIL_NO_INTERRUPT);
}

bool vq_push(struct virtqueue *q)
{
    const uint64_t ring = q->area[VQ_DEVICE];
    const uint32_t entry[2] = { GUINT32_TO_LE(q->chain.head),
                                GUINT32_TO_LE((uint32_t)MIN(q->chain.written, UINT32_MAX)) };

    bus_copy_in(bus_of(q), pa(ring + RING_ENTRIES + USED_ENTRY * (q->next_used & (q->num - 1))), entry,
                sizeof(entry));
    q->next_used++;
    store16(q, ring + RING_INDEX, q->next_used);
    return wants_interrupt(q);
}

void vq_want_notify(struct virtqueue *q, bool yes)
{
    const uint64_t ring = q->area[VQ_DEVICE];

    if (!virtio_has(q->v, VIRTIO_F_EVENT_IDX))
        store16(q, ring + RING_FLAGS, yes ? 0 : USED_NO_NOTIFY);
    else if (yes)
        store16(q, ring + RING_ENTRIES + USED_ENTRY * q->num, q->next_avail);
}

/* ---- The chain's bytes ---- */

/* The part of up to len bytes at `at` of count segments that lies in one; NULL behind the last. */
static const struct vq_segment *find(const struct vq_segment *seg, unsigned count, uint64_t *at)
{
    for (; count; seg++, count--) {
        if (*at < seg->len)
            return seg;
        *at -= seg->len;
    }
    return NULL;
}

size_t vq_read(struct virtqueue *q, uint64_t at, void *to, size_t len)
{
    const struct vq_segment *seg = q->chain.seg, *end = seg + q->chain.out_count, *s;
    size_t done = 0;

    for (s = find(seg, q->chain.out_count, &at); s && s < end && done < len; s++, at = 0) {
        size_t part = MIN(len - done, s->len - at);

        bus_copy_out(bus_of(q), pa(s->pa + at), (uint8_t *)to + done, part);
        done += part;
    }
    return done;
}

size_t vq_write(struct virtqueue *q, uint64_t at, const void *from, size_t len)
{
    const struct vq_segment *seg = q->chain.seg + q->chain.out_count, *end = seg + q->chain.in_count, *s;
    size_t done = 0;

    for (s = find(seg, q->chain.in_count, &at); s && s < end && done < len; s++, at = 0) {
        size_t part = MIN(len - done, s->len - at);

        bus_copy_in(bus_of(q), pa(s->pa + at), (const uint8_t *)from + done, part);
        done += part;
    }
    return done;
}
