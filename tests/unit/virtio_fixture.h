/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtio_fixture.h
 * A driver for virtio devices in C, as small as it can be: it writes guest memory and registers as a guest
 * would, and lets modelled time pass without a PE that runs. The first queue of the first device is at
 * fixed places of RAM; everything can be set up wrongly on purpose.
 */
#pragma once

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/event.h"
#include "fixture.h"

#define VIRTIO_LAST UINT64_C(0x0a003e00)
#define GICD_BASE UINT64_C(0x08000000)

enum {
    R_MAGIC = 0x000,
    R_VERSION = 0x004,
    R_DEVICE_ID = 0x008,
    R_VENDOR = 0x00c,
    R_FEATURES = 0x010,
    R_FEATURES_SEL = 0x014,
    R_DRIVER_FEATURES = 0x020,
    R_DRIVER_FEATURES_SEL = 0x024,
    R_QUEUE_SEL = 0x030,
    R_QUEUE_NUM_MAX = 0x034,
    R_QUEUE_NUM = 0x038,
    R_QUEUE_READY = 0x044,
    R_NOTIFY = 0x050,
    R_INTERRUPT = 0x060,
    R_ACK = 0x064,
    R_STATUS = 0x070,
    R_DESC = 0x080,
    R_DRIVER = 0x090,
    R_DEVICE = 0x0a0,
    R_QUEUE_RESET = 0x0c0,
    R_GENERATION = 0x0fc,
    R_CONFIG = 0x100,
};
enum { ST_ACK = 1, ST_DRIVER = 2, ST_DRIVER_OK = 4, ST_FEATURES_OK = 8, ST_NEEDS_RESET = 64 };
enum { D_NEXT = 1, D_WRITE = 2, D_INDIRECT = 4 };

#define F_INDIRECT (UINT64_C(1) << 28)
#define F_EVENT_IDX (UINT64_C(1) << 29)
#define F_VERSION_1 (UINT64_C(1) << 32)
#define F_RING_RESET (UINT64_C(1) << 40)

/* A queue in RAM: each 64 KiB from QUEUE_RAM on has one. Buffers are from BUFFER on. */
#define QUEUE_RAM UINT64_C(0x40100000)
#define BUFFER UINT64_C(0x40200000)

struct driver {
    avs_machine *m;
    uint64_t base;  /* Of the window. */
    unsigned queue; /* That the calls below are for. */
    uint16_t num;
    uint16_t avail[2], used[2]; /* Indices of queue 0 and 1. */
    char log[1024];             /* What the machine said of the guest. */
    unsigned log_lines;
};

static inline uint32_t bus_get(avs_machine *m, uint64_t address, unsigned size)
{
    struct bus_region *r = bus_find(m->bus, pa(address));
    uint64_t val = 0;

    cr_assert_not_null(r);
    cr_assert(r->ops->read(r->dev, NULL, address - r->base, size, &val));
    return (uint32_t)val;
}

static inline void bus_set(avs_machine *m, uint64_t address, unsigned size, uint32_t val)
{
    struct bus_region *r = bus_find(m->bus, pa(address));

    cr_assert_not_null(r);
    cr_assert(r->ops->write(r->dev, NULL, address - r->base, size, val));
}

static inline uint32_t get(struct driver *d, unsigned reg)
{
    return bus_get(d->m, d->base + reg, 4);
}

static inline void set(struct driver *d, unsigned reg, uint32_t val)
{
    bus_set(d->m, d->base + reg, 4, val);
}

static inline void put_ram(struct driver *d, uint64_t address, const void *data, size_t len)
{
    cr_assert(bus_copy_in(d->m->bus, pa(address), data, len), "%#llx", (unsigned long long)address);
}

static inline void get_ram(struct driver *d, uint64_t address, void *data, size_t len)
{
    cr_assert(bus_copy_out(d->m->bus, pa(address), data, len), "%#llx", (unsigned long long)address);
}

static inline uint16_t ram16(struct driver *d, uint64_t address)
{
    uint16_t v;

    get_ram(d, address, &v, sizeof(v));
    return v;
}

static inline void set_ram16(struct driver *d, uint64_t address, uint16_t v)
{
    put_ram(d, address, &v, sizeof(v));
}

static inline uint64_t desc_ram(const struct driver *d)
{
    return QUEUE_RAM + 0x10000 * d->queue;
}

static inline uint64_t avail_ram(const struct driver *d)
{
    return desc_ram(d) + 0x4000;
}

static inline uint64_t used_ram(const struct driver *d)
{
    return desc_ram(d) + 0x8000;
}

static void on_driver_log(void *user, int level, const char *line)
{
    struct driver *d = user;

    if (level != 1)
        return;
    d->log_lines++;
    snprintf(d->log, sizeof(d->log), "%s", line);
}

/* A driver for the nth device that was attached. */
static inline struct driver driver_of(avs_machine *m, unsigned n)
{
    return (struct driver){ .m = m, .base = VIRTIO_LAST - 0x200 * n, .num = 16 };
}

/* Attaches, and fails the test with the reason when that is not possible. */
static inline void attach(avs_machine *m, const char *spec)
{
    cr_assert_eq(avs_attach(m, spec), AVS_OK, "%s", avs_last_error(m));
}

static inline uint64_t offered(struct driver *d)
{
    uint64_t low;

    set(d, R_FEATURES_SEL, 0);
    low = get(d, R_FEATURES);
    set(d, R_FEATURES_SEL, 1);
    return low | (uint64_t)get(d, R_FEATURES) << 32;
}

static inline void accept_features(struct driver *d, uint64_t features)
{
    set(d, R_DRIVER_FEATURES_SEL, 0);
    set(d, R_DRIVER_FEATURES, (uint32_t)features);
    set(d, R_DRIVER_FEATURES_SEL, 1);
    set(d, R_DRIVER_FEATURES, (uint32_t)(features >> 32));
}

/* Describes queue d->queue to the device; READY is left to the caller. */
static inline void place_queue(struct driver *d)
{
    const uint64_t area[3] = { desc_ram(d), avail_ram(d), used_ram(d) };

    set(d, R_QUEUE_SEL, d->queue);
    set(d, R_QUEUE_NUM, d->num);
    for (unsigned i = 0; i < 3; i++) {
        set(d, R_DESC + 0x10 * i, (uint32_t)area[i]);
        set(d, R_DESC + 0x10 * i + 4, (uint32_t)(area[i] >> 32));
    }
}

/* 3.1.1, with these features and `queues` queues; d->queue is 0 afterwards. */
static inline void driver_start(struct driver *d, uint64_t features, unsigned queues)
{
    avs_on_log(d->m, on_driver_log, d);
    set(d, R_STATUS, 0);
    set(d, R_STATUS, ST_ACK);
    set(d, R_STATUS, ST_ACK | ST_DRIVER);
    accept_features(d, features | F_VERSION_1);
    set(d, R_STATUS, ST_ACK | ST_DRIVER | ST_FEATURES_OK);
    cr_assert(get(d, R_STATUS) & ST_FEATURES_OK, "features: %s", d->log);
    for (d->queue = 0; d->queue < queues; d->queue++) {
        char zeros[0x10000] = { 0 };

        put_ram(d, desc_ram(d), zeros, sizeof(zeros));
        d->avail[d->queue] = d->used[d->queue] = 0;
        place_queue(d);
        set(d, R_QUEUE_READY, 1);
        cr_assert_eq(get(d, R_QUEUE_READY), 1, "queue %u: %s", d->queue, d->log);
    }
    d->queue = 0;
    set(d, R_STATUS, ST_ACK | ST_DRIVER | ST_FEATURES_OK | ST_DRIVER_OK);
}

static inline void put_desc(struct driver *d, uint64_t table, unsigned i, uint64_t address, uint32_t len,
                            uint16_t flags, uint16_t next)
{
    struct {
        uint64_t address;
        uint32_t len;
        uint16_t flags, next;
    } desc = { address, len, flags, next };

    put_ram(d, table + 16 * i, &desc, sizeof(desc));
}

/* Makes the chain that begins at `head` available, without telling the device. */
static inline void make_available(struct driver *d, uint16_t head)
{
    uint16_t *idx = &d->avail[d->queue];

    set_ram16(d, avail_ram(d) + 4 + 2 * (*idx % d->num), head);
    set_ram16(d, avail_ram(d) + 2, ++*idx);
}

static inline void offer(struct driver *d, uint16_t head)
{
    make_available(d, head);
    set(d, R_NOTIFY, d->queue);
}

/* Lets what is due within so many nanoseconds happen. Returns how much did; it must end some time. */
static inline unsigned pass(struct driver *d, uint64_t ns)
{
    const uint64_t end = machine_cycle_of_ns(d->m, machine_ns(d->m) + ns);
    unsigned count = 0;

    while (event_fire(d->m, end))
        cr_assert_lt(++count, 200000, "events without an end");
    d->m->sched.now = end;
    return count;
}

static inline unsigned pass_second(struct driver *d)
{
    return pass(d, UINT64_C(1000000000));
}

static inline uint16_t used_index(struct driver *d)
{
    return ram16(d, used_ram(d) + 2);
}

/* The next used entry; fails the test when there is none. Returns its length. */
static inline uint32_t take_used(struct driver *d, uint16_t head)
{
    uint16_t *idx = &d->used[d->queue];
    uint32_t entry[2];

    cr_assert_neq(used_index(d), *idx, "nothing was used; %s", d->log);
    get_ram(d, used_ram(d) + 4 + 8 * (*idx % d->num), entry, sizeof(entry));
    ++*idx;
    cr_assert_eq(entry[0], head, "chain %u was used, not %u", entry[0], head);
    return entry[1];
}

/* Whether the GIC sees the interrupt of the nth device's window as pending. */
static inline bool irq_pending(struct driver *d)
{
    unsigned intid = 48 + (unsigned)(d->base - UINT64_C(0x0a000000)) / 0x200;

    return bus_get(d->m, GICD_BASE + 0x200 + intid / 32 * 4, 4) >> intid % 32 & 1;
}

/* A file of `sectors` sectors, whose bytes are `fill` and the sector's number. */
static inline void make_disk(const char *path, unsigned sectors, uint8_t fill)
{
    FILE *f = fopen(path, "wb");

    cr_assert_not_null(f);
    for (unsigned i = 0; i < sectors; i++) {
        uint8_t sector[512];

        memset(sector, fill, sizeof(sector));
        memcpy(sector, &i, sizeof(i));
        cr_assert_eq(fwrite(sector, 1, sizeof(sector), f), sizeof(sector));
    }
    cr_assert_eq(fclose(f), 0);
}
