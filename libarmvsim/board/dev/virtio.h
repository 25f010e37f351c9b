/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtio.h
 * Virtio devices (OASIS virtio 1.2) between their transport and their kinds: the state that the driver
 * sees, split virtqueues, and what a kind of device has to be able to do. Each queue takes one chain at a
 * time and works on it in steps, each at a modelled time after the one before: what a guest asks for with
 * one notify never keeps the host busy for longer than a step.
 */
#pragma once

#include "board/device.h"
#include "board/plug.h"
#include "core/event.h"

enum { VQ_SIZE_MAX = 1024, VIRTIO_QUEUES_MAX = 2, VIRTIO_CONFIG_MAX = 64 };
/* What one step moves at most. */
enum { VIRTIO_STEP_BYTES = 64 << 10 };

/* Device status (2.1). */
enum {
    VIRTIO_ACKNOWLEDGE = 1,
    VIRTIO_DRIVER = 2,
    VIRTIO_DRIVER_OK = 4,
    VIRTIO_FEATURES_OK = 8,
    VIRTIO_NEEDS_RESET = 64,
    VIRTIO_FAILED = 128,
};

/* Feature bits of queues and transport (6). */
#define VIRTIO_F_INDIRECT_DESC (UINT64_C(1) << 28)
#define VIRTIO_F_EVENT_IDX (UINT64_C(1) << 29)
#define VIRTIO_F_VERSION_1 (UINT64_C(1) << 32)
#define VIRTIO_F_RING_RESET (UINT64_C(1) << 40)

struct virtio;

/* A piece of guest memory, checked to be RAM (or ROM, for what the device only reads). */
struct vq_segment {
    uint64_t pa;
    uint32_t len;
};

/* A chain of descriptors that the driver made available. */
struct vq_chain {
    uint16_t head;
    unsigned out_count, in_count; /* seg[]: first what the device reads, behind it what it writes. */
    uint64_t out_bytes, in_bytes;
    uint64_t written; /* For the used ring: set by the device. */
    struct vq_segment seg[VQ_SIZE_MAX];
};

enum vq_area { VQ_DESC, VQ_DRIVER, VQ_DEVICE, VQ_AREAS };

struct virtqueue {
    struct virtio *v;
    unsigned index;
    bool ready;
    uint32_t num;            /* As written; checked when the queue is made ready. */
    uint64_t area[VQ_AREAS]; /* Descriptor table, available ring, used ring. */
    uint16_t next_avail, next_used;
    bool busy;           /* `chain` is at hand, and `work` armed. */
    uint64_t done;       /* The device's: how far it is in the chain; 0 at first. */
    uint64_t next_bytes; /* What its next step moves, for the time until then. */
    struct event work;
    struct vq_chain chain;
};

enum virtio_step { VIRTIO_DONE, VIRTIO_MORE };

/* A kind of device. */
struct virtio_class {
    const char *name;
    uint32_t device_id;
    unsigned queue_count;
    uint64_t features;           /* Besides those of every device. */
    uint32_t request_ns, kib_ns; /* A chain's modelled time: so much, and for each KiB in it so much. */
    const char *const *keys;     /* That --device may give; ends with NULL. */
    avs_status (*create)(struct virtio *v, const struct plug *p, void **dev);
    void (*destroy)(void *dev);
    /* The driver reset the device: forgets what is at hand. NULL: nothing ever is. */
    void (*reset)(void *dev);
    /* Whether this queue's next chain is wanted now; NULL: always. */
    bool (*wants)(void *dev, unsigned queue);
    /* A step of the queue's chain, of at most VIRTIO_STEP_BYTES; VIRTIO_MORE sets q->next_bytes, DONE sets
     * q->chain.written. */
    enum virtio_step (*step)(void *dev, struct virtqueue *q);
    /* The driver wrote to the configuration space; NULL: it cannot. */
    void (*config_write)(void *dev, unsigned off, unsigned size, uint32_t val);
};

/* A window, and the device in it. */
struct virtio {
    struct device_env env;
    const struct virtio_class *class; /* NULL: empty. */
    void *dev;
    uint64_t features;        /* Offered. */
    uint64_t driver_features; /* Accepted. */
    uint32_t status, interrupt_status, config_generation;
    uint32_t features_sel, driver_features_sel, queue_sel;
    uint8_t config[VIRTIO_CONFIG_MAX];
    unsigned config_size;
    struct virtqueue *queue; /* class->queue_count of them. */
};

/* The kind of that name, NULL when there is none; all names, which the caller frees. */
const struct virtio_class *virtio_class_find(const char *name);
char *virtio_class_names(void);

/* Puts a device into an empty window, and takes it away. */
avs_status virtio_create(struct virtio *v, const struct virtio_class *class, const struct plug *p);
void virtio_destroy(struct virtio *v);
/* For device kinds: whether a feature is in use; a change of the configuration space (the driver is told).
 */
bool virtio_has(const struct virtio *v, uint64_t feature);
void virtio_config_set(struct virtio *v, unsigned off, const void *bytes, unsigned len);
/* There may be work for a queue: the driver notified, or the device has something for it. */
void virtio_kick(struct virtio *v, unsigned queue);
/* The driver broke the rules: the device needs a reset and does nothing until then (2.1.2). */
void virtio_fail(struct virtio *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A rule was broken, but it does no harm. */
void virtio_complain(const struct virtio *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* For the transport: the status register, interrupts, queues. */
void virtio_reset(struct virtio *v);
void virtio_set_status(struct virtio *v, uint32_t status);
void virtio_interrupt(struct virtio *v, uint32_t raise, uint32_t acknowledge);
void virtio_queue_enable(struct virtqueue *q);
void virtio_queue_stop(struct virtqueue *q);

/* virtqueue.c */
enum vq_pop { VQ_EMPTY, VQ_CHAIN, VQ_BAD };
/* NULL when the driver's description of the queue is possible, otherwise what is wrong with it. */
const char *vq_check(struct virtqueue *q);
/* Takes the next available chain to q->chain. VQ_BAD: the device has failed. */
enum vq_pop vq_pop(struct virtqueue *q);
/* Gives q->chain back; true when the driver wants an interrupt for it. */
bool vq_push(struct virtqueue *q);
/* Whether the driver is to notify of more. */
void vq_want_notify(struct virtqueue *q, bool yes);
/* From what the device reads of the chain, into what it writes, `at` bytes from the begin of that; returns
 * how many there were. */
size_t vq_read(struct virtqueue *q, uint64_t at, void *to, size_t len);
size_t vq_write(struct virtqueue *q, uint64_t at, const void *from, size_t len);

/* The kinds. */
extern const struct virtio_class virtio_blk, virtio_console, virtio_net, virtio_rng;
