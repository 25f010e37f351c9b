/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fuzz_virtio.c
 * Virtio devices as a driver that knows no limits sees them: registers in any order, rings and descriptors
 * that change at any time, time that passes. An input is a list of steps, a byte that chooses and its
 * arguments. The disk is memory of the host's; the network is restricted.
 *
 * After every step, a queue that is at work must be ready and of a device that lives, with its event armed;
 * a device that needs a reset must be still; and what is left to do must come to an end.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "board/dev/virtio.h"
#include "core/machine.h"

#define RAM UINT64_C(0x40000000)
#define RINGS (RAM + 0x100000)
#define LAST_WINDOW UINT64_C(0x0a003e00)
enum { DEVICES = 4, STEPS_MAX = 200, DISK_BYTES = 1 << 20, QUEUE_NUM = 8, RING_BYTES = 0x1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
    const uint8_t *data;
    size_t left;
    avs_machine *m;
    unsigned device; /* Which one is driven. */
};

/* The next bytes of the input as a number; zeros behind its end. */
static uint64_t next(struct fuzz *f, unsigned bytes)
{
    uint64_t val = 0;

    for (unsigned i = 0; i < bytes && f->left; i++, f->left--)
        val |= (uint64_t)*f->data++ << 8 * i;
    return val;
}

static struct virtio *window(const struct fuzz *f, unsigned device)
{
    return bus_find(f->m->bus, pa(LAST_WINDOW - 0x200 * device))->dev;
}

static void set(struct fuzz *f, unsigned off, unsigned size, uint64_t val)
{
    struct bus_region *r = bus_find(f->m->bus, pa(LAST_WINDOW - 0x200 * f->device));

    r->ops->write(r->dev, NULL, off, size, val);
}

static void put(struct fuzz *f, uint64_t at, uint64_t val, unsigned bytes)
{
    bus_copy_in(f->m->bus, pa(at), &val, bytes);
}

static uint64_t ring(const struct fuzz *f, unsigned queue)
{
    return RINGS + (f->device * VIRTIO_QUEUES_MAX + queue) * 3 * RING_BYTES;
}

/* ---- Steps ---- */

static void step_device(struct fuzz *f)
{
    f->device = (unsigned)next(f, 1) % DEVICES;
}

static void step_register(struct fuzz *f)
{
    unsigned off = (unsigned)next(f, 1) * 4 & 0xfc, how = (unsigned)next(f, 1);

    set(f, off, 4, next(f, 1 + (how & 3)));
}

static void step_access(struct fuzz *f)
{
    struct bus_region *r = bus_find(f->m->bus, pa(LAST_WINDOW - 0x200 * f->device));
    unsigned how = (unsigned)next(f, 1), size = 1u << (how & 3), off = (unsigned)next(f, 2) & 0x1ff & -size;
    uint64_t val;

    if (how & 4)
        set(f, off, size, next(f, size));
    else
        r->ops->read(r->dev, NULL, off, size, &val);
}

/* Brings the device up as its driver does, with some features. */
static void step_start(struct fuzz *f)
{
    static const unsigned bits[] = { 28, 29, 40 };
    unsigned how = (unsigned)next(f, 1);
    uint64_t features = VIRTIO_F_VERSION_1;

    for (unsigned i = 0; i < 3; i++)
        features |= (uint64_t)(how >> i & 1) << bits[i];
    set(f, 0x70, 4, 0);
    for (unsigned word = 0; word < 2; word++) {
        set(f, 0x24, 4, word);
        set(f, 0x20, 4, features >> 32 * word & 0xffffffff);
    }
    set(f, 0x70, 4, VIRTIO_FEATURES_OK);
    for (unsigned q = 0; q < VIRTIO_QUEUES_MAX; q++) {
        set(f, 0x30, 4, q);
        set(f, 0x38, 4, QUEUE_NUM);
        for (unsigned area = 0; area < VQ_AREAS; area++)
            set(f, 0x80 + 0x10 * area, 4, ring(f, q) + area * RING_BYTES);
        put(f, ring(f, q) + RING_BYTES, 0, 4);
        set(f, 0x44, 4, 1);
    }
    set(f, 0x70, 4, VIRTIO_DRIVER_OK);
}

/* A descriptor with an address that makes some sense. */
static void step_descriptor(struct fuzz *f)
{
    unsigned how = (unsigned)next(f, 1), where = (unsigned)next(f, 1);
    uint64_t at = ring(f, how & 1) + where % (4 * QUEUE_NUM) * 16, address = RAM + next(f, 3);

    if (how & 2)
        address = ring(f, how & 1) + (address & 0xff0);
    if ((how & 0x3c) == 0x3c)
        address = next(f, 8);
    put(f, at, address, 8);
    put(f, at + 8, how & 0x40 ? next(f, 4) : next(f, 1) * 16, 4);
    put(f, at + 12, next(f, 1) & 7, 2);
    put(f, at + 14, next(f, 1) % (QUEUE_NUM + 1), 2);
}

/* The header of a disk's request. */
static void step_header(struct fuzz *f)
{
    uint64_t at = RAM + next(f, 3);

    put(f, at, next(f, 1) & 15, 8);
    put(f, at + 8, next(f, 2), 8);
}

static void step_offer(struct fuzz *f)
{
    unsigned how = (unsigned)next(f, 1), queue = how & 1;
    uint64_t avail = ring(f, queue) + RING_BYTES;
    uint16_t index = 0;

    bus_copy_out(f->m->bus, pa(avail + 2), &index, sizeof(index));
    put(f, avail + 4 + 2 * (index % QUEUE_NUM), next(f, 1) % (QUEUE_NUM + (how & 0x80 ? 1 : 0)), 2);
    put(f, avail + 2, (uint64_t)index + 1 + (how >> 5 & 1), 2);
    set(f, 0x50, 4, queue);
}

static void step_memory(struct fuzz *f)
{
    uint64_t at = RINGS + next(f, 2) % (DEVICES * VIRTIO_QUEUES_MAX * 3 * RING_BYTES);

    put(f, at, next(f, 4), 4);
}

/* Up to 65 us; what is due then is done. */
static void step_time(struct fuzz *f)
{
    uint64_t end = machine_cycle_of_ns(f->m, machine_ns(f->m) + next(f, 2));

    while (event_fire(f->m, end))
        ;
    f->m->sched.now = end;
}

static void (*const steps[])(struct fuzz *f) = {
    step_device,     step_register, step_access, step_start, step_descriptor, step_descriptor,
    step_descriptor, step_header,   step_offer,  step_offer, step_memory,     step_time,
};

/* ---- What must hold ---- */

static void check_device(const struct virtio *v)
{
    bool dead = v->status & VIRTIO_NEEDS_RESET, live = v->status & VIRTIO_DRIVER_OK;

    for (unsigned i = 0; i < v->class->queue_count; i++) {
        const struct virtqueue *q = &v->queue[i];

        if (q->busy != (q->work.at != EVENT_NEVER) || (q->busy && (dead || !live || !q->ready))) {
            fprintf(stderr, "%s: queue %u: busy %d, ready %d, status %#x\n", v->class->name, i, q->busy,
                    q->ready, v->status);
            abort();
        }
    }
}

static void check(const struct fuzz *f)
{
    for (unsigned i = 0; i < DEVICES; i++)
        check_device(window(f, i));
}

/* With the devices left alone, everything ends; 4 GiB in steps is the longest that one chain takes. */
static void run_out(struct fuzz *f)
{
    for (unsigned n = 0; n < 20000; n++) {
        if (!event_fire(f->m, EVENT_NEVER - 1))
            return;
    }
    for (f->device = 0; f->device < DEVICES; f->device++)
        set(f, 0x70, 4, 0);
    for (unsigned n = 0; n < 1000; n++) {
        if (!event_fire(f->m, EVENT_NEVER - 1))
            return;
    }
    fprintf(stderr, "events without an end\n");
    abort();
}

static void attach(avs_machine *m, const char *spec)
{
    if (avs_attach(m, spec) != AVS_OK) {
        fprintf(stderr, "%s\n", avs_last_error(m));
        abort();
    }
}

/* Without a network there is a second console in its place. */
static avs_machine *new_machine(int disk)
{
    avs_machine *m;
    char spec[64];

    if (avs_machine_new(NULL, &m) != AVS_OK)
        abort();
    snprintf(spec, sizeof(spec), "virtio-blk,file=/proc/self/fd/%d", disk);
    attach(m, spec);
    attach(m, "virtio-rng");
    attach(m, "virtio-console");
    if (avs_attach(m, "virtio-net") != AVS_OK)
        attach(m, "virtio-console");
    return m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int disk = memfd_create("disk", MFD_CLOEXEC);
    struct fuzz f = { .data = data, .left = size };

    if (disk < 0 || ftruncate(disk, DISK_BYTES))
        abort();
    f.m = new_machine(disk);
    for (unsigned n = 0; n < STEPS_MAX && f.left; n++) {
        steps[next(&f, 1) % (sizeof(steps) / sizeof(steps[0]))](&f);
        check(&f);
    }
    run_out(&f);
    check(&f);
    avs_machine_free(f.m);
    close(disk);
    return 0;
}
