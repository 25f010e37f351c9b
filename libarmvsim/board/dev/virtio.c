/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtio.c
 * What all virtio devices have in common (OASIS virtio 1.2, chapter 2): the status machine with feature
 * negotiation, interrupts, failing, and the work on queues in modelled time. A queue takes one chain, steps
 * through it, gives it back, takes the next; so requests of a queue complete in order, and their times and
 * their order are the same on every host. Not modelled: packed virtqueues, notification data, shared memory
 * regions, transitional ("legacy") drivers.
 */
#include "board/dev/virtio.h"

#include <glib.h>
#include <string.h>

#include "core/machine.h"
#include "gic/gic.h"

enum { INTERRUPT_USED = 1, INTERRUPT_CONFIG = 2 };

#define COMMON_FEATURES                                                                                    \
    (VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | VIRTIO_F_VERSION_1 | VIRTIO_F_RING_RESET)

static const struct virtio_class *const classes[] = { &virtio_blk, &virtio_console, &virtio_net,
                                                      &virtio_rng };

const struct virtio_class *virtio_class_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
        if (!strcmp(classes[i]->name, name))
            return classes[i];
    }
    return NULL;
}

char *virtio_class_names(void)
{
    GString *s = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(classes); i++)
        g_string_append_printf(s, "%s%s", i ? " " : "", classes[i]->name);
    return g_string_free(s, FALSE);
}

bool virtio_has(const struct virtio *v, uint64_t feature)
{
    return (v->driver_features & feature) == feature;
}

static void complain(const struct virtio *v, const char *what, const char *fmt, va_list args)
{
    g_autofree char *why = g_strdup_vprintf(fmt, args);

    avs_log(v->env.m, LOG_GUEST, "%s (INTID %u): %s%s", v->class ? v->class->name : "empty virtio window",
            v->env.intid, why, what);
}

void virtio_complain(const struct virtio *v, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    complain(v, "", fmt, args);
    va_end(args);
}

void virtio_interrupt(struct virtio *v, uint32_t raise, uint32_t acknowledge)
{
    bool before = v->interrupt_status;

    v->interrupt_status = (v->interrupt_status & ~acknowledge) | raise;
    if (before != (v->interrupt_status != 0))
        gic_set_spi(v->env.gic, v->env.intid, !before);
}

void virtio_config_set(struct virtio *v, unsigned off, const void *bytes, unsigned len)
{
    AVS_CHECK(off + len <= sizeof(v->config));
    v->config_size = MAX(v->config_size, off + len);
    if (!memcmp(v->config + off, bytes, len))
        return;
    memcpy(v->config + off, bytes, len);
    v->config_generation++;
    if (v->status & VIRTIO_DRIVER_OK)
        virtio_interrupt(v, INTERRUPT_CONFIG, 0);
}

void virtio_queue_stop(struct virtqueue *q)
{
    if (q->busy)
        event_cancel(q->v->env.m, &q->work);
    q->busy = false;
    q->ready = false;
    q->next_avail = q->next_used = 0;
}

void virtio_fail(struct virtio *v, const char *fmt, ...)
{
    va_list args;

    if (v->status & VIRTIO_NEEDS_RESET)
        return;
    va_start(args, fmt);
    complain(v, "; it needs a reset", fmt, args);
    va_end(args);
    v->status |= VIRTIO_NEEDS_RESET;
    for (unsigned i = 0; i < v->class->queue_count; i++) {
        if (v->queue[i].busy)
            event_cancel(v->env.m, &v->queue[i].work);
        v->queue[i].busy = false;
    }
    if (v->status & VIRTIO_DRIVER_OK)
        virtio_interrupt(v, INTERRUPT_CONFIG, 0);
}

static bool is_live(const struct virtio *v)
{
    return (v->status & (VIRTIO_DRIVER_OK | VIRTIO_NEEDS_RESET)) == VIRTIO_DRIVER_OK;
}

/* ---- Work on queues ---- */

/* The next step, when its bytes have had their time and `ns` more. */
static void arm(struct virtqueue *q, uint64_t ns)
{
    struct avs_machine *m = q->v->env.m;

    ns += MIN(q->next_bytes, VIRTIO_STEP_BYTES) * q->v->class->kib_ns >> 10;
    event_arm(m, &q->work, machine_cycle_of_ns(m, machine_ns(m) + MAX(ns, 1)));
}

/* Takes the next chain when there is one and it is wanted. While a queue works, notifies are not needed. */
static void take_next(struct virtqueue *q)
{
    const struct virtio_class *class = q->v->class;

    if (q->busy || !q->ready || !is_live(q->v) || (class->wants && !class->wants(q->v->dev, q->index)))
        return;
    switch (vq_pop(q)) {
    case VQ_CHAIN:
        q->busy = true;
        q->done = 0;
        q->next_bytes = q->chain.out_bytes + q->chain.in_bytes;
        vq_want_notify(q, false);
        arm(q, class->request_ns);
        break;
    case VQ_EMPTY:
        vq_want_notify(q, true);
        break;
    case VQ_BAD:
        break;
    }
}

static void finish(struct virtqueue *q)
{
    q->busy = false;
    if (vq_push(q))
        virtio_interrupt(q->v, INTERRUPT_USED, 0);
    take_next(q);
}

static void work(void *user)
{
    struct virtqueue *q = user;
    enum virtio_step step = q->v->class->step(q->v->dev, q);

    if (!is_live(q->v))
        return;
    if (step == VIRTIO_DONE)
        finish(q);
    else
        arm(q, 0);
}

void virtio_kick(struct virtio *v, unsigned queue)
{
    if (queue < v->class->queue_count)
        take_next(&v->queue[queue]);
    else
        virtio_complain(v, "there is no queue %u to notify", queue);
}

void virtio_queue_enable(struct virtqueue *q)
{
    const char *wrong;

    if (q->ready)
        return;
    wrong = vq_check(q);
    if (wrong) {
        virtio_fail(q->v, "queue %u: %s", q->index, wrong);
        return;
    }
    q->ready = true;
    q->next_avail = q->next_used = 0;
}

/* ---- Status (2.1, 3.1.1) ---- */

void virtio_reset(struct virtio *v)
{
    v->status = v->features_sel = v->driver_features_sel = v->queue_sel = 0;
    v->driver_features = 0;
    for (unsigned i = 0; v->class && i < v->class->queue_count; i++) {
        struct virtqueue *q = &v->queue[i];

        virtio_queue_stop(q);
        q->num = 0;
        memset(q->area, 0, sizeof(q->area));
    }
    if (v->class && v->class->reset)
        v->class->reset(v->dev);
    virtio_interrupt(v, 0, ~0u);
}

/* Whether the driver accepted what it may; FEATURES_OK stays clear otherwise (2.2.2). */
static bool features_fit(const struct virtio *v)
{
    if (v->driver_features & ~v->features)
        virtio_complain(v, "features %#" G_GINT64_MODIFIER "x were not offered",
                        v->driver_features & ~v->features);
    else if (!virtio_has(v, VIRTIO_F_VERSION_1))
        virtio_complain(v, "the driver does not accept VIRTIO_F_VERSION_1");
    else
        return true;
    return false;
}

/* Bits are only ever added, except by a reset. */
void virtio_set_status(struct virtio *v, uint32_t status)
{
    uint32_t added = status & ~v->status & (0xff & ~(uint32_t)VIRTIO_NEEDS_RESET);

    if (v->status & ~status & 0xff)
        virtio_complain(v, "status %#x clears bits of %#x without a reset", status, v->status);
    if (added & VIRTIO_FEATURES_OK && !features_fit(v))
        added &= ~(uint32_t)(VIRTIO_FEATURES_OK | VIRTIO_DRIVER_OK);
    if (added & VIRTIO_DRIVER_OK && !((v->status | added) & VIRTIO_FEATURES_OK)) {
        virtio_complain(v, "DRIVER_OK without FEATURES_OK");
        added &= ~(uint32_t)VIRTIO_DRIVER_OK;
    }
    v->status |= added;
    for (unsigned i = 0; added & VIRTIO_DRIVER_OK && i < v->class->queue_count; i++)
        take_next(&v->queue[i]);
}

/* ---- Making and unmaking ---- */

avs_status virtio_create(struct virtio *v, const struct virtio_class *class, const struct plug *p)
{
    avs_status s = plug_check_keys(p, class->keys);

    v->features = COMMON_FEATURES | class->features;
    v->config_size = 0;
    memset(v->config, 0, sizeof(v->config));
    if (!s)
        s = class->create(v, p, &v->dev);
    if (s)
        return s;
    v->class = class;
    v->config_generation = 0;
    v->queue = g_new0(struct virtqueue, class->queue_count);
    for (unsigned i = 0; i < class->queue_count; i++) {
        v->queue[i].v = v;
        v->queue[i].index = i;
        event_init(v->env.m, &v->queue[i].work, work, &v->queue[i]);
    }
    return AVS_OK;
}

void virtio_destroy(struct virtio *v)
{
    if (!v->class)
        return;
    for (unsigned i = 0; i < v->class->queue_count; i++)
        event_remove(v->env.m, &v->queue[i].work);
    v->class->destroy(v->dev);
    g_free(v->queue);
}
