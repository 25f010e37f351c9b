/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtio_rng.c
 * The entropy device (OASIS virtio 1.2, 5.4): fills what it is given with bytes of a generator (SplitMix64)
 * that begins from the machine's seed and the device's window. So a run is the same again, and nothing that
 * a guest makes from these bytes is secret.
 */
#include <glib.h>

#include "board/dev/virtio.h"
#include "core/machine.h"

enum { REQUEST_NS = 2000, KIB_NS = 1000 };

struct rng {
    uint64_t state;
    uint8_t buffer[VIRTIO_STEP_BYTES];
};

static uint64_t next(struct rng *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void fill(struct rng *r, size_t len)
{
    for (size_t i = 0; i < len; i += sizeof(uint64_t)) {
        uint64_t word = next(r);

        for (size_t k = 0; k < sizeof(word); k++)
            r->buffer[i + k] = (uint8_t)(word >> 8 * k);
    }
}

static enum virtio_step rng_step(void *dev, struct virtqueue *q)
{
    const size_t len = (size_t)MIN(q->chain.in_bytes - q->done, VIRTIO_STEP_BYTES);
    struct rng *r = dev;

    fill(r, len);
    q->done += vq_write(q, q->done, r->buffer, len);
    q->next_bytes = q->chain.in_bytes - q->done;
    q->chain.written = q->done;
    return q->next_bytes ? VIRTIO_MORE : VIRTIO_DONE;
}

static avs_status rng_create(struct virtio *v, const struct plug *p, void **dev)
{
    struct rng *r = g_new0(struct rng, 1);

    (void)p;
    r->state = v->env.intid;
    r->state = next(r) ^ v->env.m->seed;
    *dev = r;
    return AVS_OK;
}

static void rng_destroy(void *dev)
{
    g_free(dev);
}

static const char *const rng_keys[] = { NULL };

const struct virtio_class virtio_rng = {
    .name = "virtio-rng",
    .device_id = 4,
    .queue_count = 1,
    .request_ns = REQUEST_NS,
    .kib_ns = KIB_NS,
    .keys = rng_keys,
    .create = rng_create,
    .destroy = rng_destroy,
    .step = rng_step,
};
