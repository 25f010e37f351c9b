/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtio_mmio.c
 * The MMIO transport (OASIS virtio 1.2, 4.2): a window of registers that is empty, with DeviceID 0, until a
 * device is plugged in before the run. Version 2 only: QEMU's virt board shows version 1 ("legacy") unless
 * it is told -global virtio-mmio.force-legacy=false, and then the same as here. The interrupt output is
 * high while InterruptStatus is not zero; the device tree calls it edge-triggered, as QEMU's does.
 *
 * Rules that a driver breaks without harm are logged and have no effect: accesses of another width than the
 * register's (read as zero), writes to read-only registers and the other way round, changes of a queue that
 * is ready. Not modelled: shared memory regions (there are none, which reads as all ones).
 */
#include "board/dev/virtio_mmio.h"

#include <glib.h>
#include <string.h>

#include "board/boardfile.h"
#include "board/dev/virtio.h"
#include "board/dt.h"

enum { MAGIC = 0x74726976, VERSION = 2, VENDOR = 0x554d4551 /* As QEMU's. */ };
enum { CONFIG_OFFSET = 0x100, QUEUE_AREA = 0x80, QUEUE_AREA_STRIDE = 0x10 };

/* The selected queue, NULL when there is none of that number. */
static struct virtqueue *selected(struct virtio *v)
{
    return v->queue_sel < v->class->queue_count ? &v->queue[v->queue_sel] : NULL;
}

/* The same for registers that must not be written while it is ready (4.2.2.2). */
static struct virtqueue *selected_stopped(struct virtio *v)
{
    struct virtqueue *q = selected(v);

    if (!q)
        virtio_complain(v, "there is no queue %u to set up", v->queue_sel);
    else if (q->ready)
        virtio_complain(v, "queue %u is set up while it is ready", v->queue_sel);
    return q && !q->ready ? q : NULL;
}

static uint32_t word_of(uint64_t value, uint32_t sel)
{
    return sel < 2 ? (uint32_t)(value >> 32 * sel) : 0;
}

static void set_word(uint64_t *value, unsigned word, uint32_t val)
{
    *value = (*value & ~(UINT64_C(0xffffffff) << 32 * word)) | (uint64_t)val << 32 * word;
}

static uint32_t read_device_id(struct virtio *v)
{
    return v->class->device_id;
}

static uint32_t read_device_features(struct virtio *v)
{
    return word_of(v->features, v->features_sel);
}

static uint32_t read_queue_num_max(struct virtio *v)
{
    return selected(v) ? VQ_SIZE_MAX : 0;
}

static uint32_t read_queue_ready(struct virtio *v)
{
    return selected(v) && selected(v)->ready;
}

/* A reset of a queue is complete at once (2.6.1). */
static uint32_t read_zero(struct virtio *v)
{
    (void)v;
    return 0;
}

static uint32_t read_ones(struct virtio *v)
{
    (void)v;
    return ~0u;
}

static uint32_t read_interrupt_status(struct virtio *v)
{
    return v->interrupt_status;
}

static uint32_t read_status(struct virtio *v)
{
    return v->status;
}

static uint32_t read_config_generation(struct virtio *v)
{
    return v->config_generation;
}

static void write_features_sel(struct virtio *v, unsigned off, uint32_t val)
{
    (void)off;
    v->features_sel = val;
}

static void write_driver_features_sel(struct virtio *v, unsigned off, uint32_t val)
{
    (void)off;
    v->driver_features_sel = val;
}

static void write_driver_features(struct virtio *v, unsigned off, uint32_t val)
{
    (void)off;
    if (v->status & VIRTIO_FEATURES_OK)
        virtio_complain(v, "features are accepted after FEATURES_OK");
    else if (v->driver_features_sel < 2)
        set_word(&v->driver_features, v->driver_features_sel, val);
    else if (val)
        virtio_complain(v, "features above bit 63 were not offered");
}

static void write_queue_sel(struct virtio *v, unsigned off, uint32_t val)
{
    (void)off;
    v->queue_sel = val;
}

static void write_queue_num(struct virtio *v, unsigned off, uint32_t val)
{
    struct virtqueue *q = selected_stopped(v);

    (void)off;
    if (q)
        q->num = val;
}

static void write_queue_area(struct virtio *v, unsigned off, uint32_t val)
{
    struct virtqueue *q = selected_stopped(v);

    if (q)
        set_word(&q->area[(off - QUEUE_AREA) / QUEUE_AREA_STRIDE], off >> 2 & 1, val);
}

static void write_queue_ready(struct virtio *v, unsigned off, uint32_t val)
{
    struct virtqueue *q = selected(v);

    (void)off;
    if (!q)
        virtio_complain(v, "there is no queue %u to make ready", v->queue_sel);
    else if (val & 1)
        virtio_queue_enable(q);
    else
        virtio_queue_stop(q);
}

static void write_queue_reset(struct virtio *v, unsigned off, uint32_t val)
{
    struct virtqueue *q = selected(v);

    (void)off;
    if (!q || !virtio_has(v, VIRTIO_F_RING_RESET))
        virtio_complain(v, "queue %u cannot be reset", v->queue_sel);
    else if (val & 1)
        virtio_queue_stop(q);
}

static void write_queue_notify(struct virtio *v, unsigned off, uint32_t val)
{
    (void)off;
    virtio_kick(v, val);
}

static void write_interrupt_ack(struct virtio *v, unsigned off, uint32_t val)
{
    (void)off;
    virtio_interrupt(v, 0, val);
}

static void write_status(struct virtio *v, unsigned off, uint32_t val)
{
    (void)off;
    if (val == 0)
        virtio_reset(v);
    else
        virtio_set_status(v, val);
}

#define AREA(off) [(off) >> 2] = { NULL, write_queue_area }, [((off) + 4) >> 2] = { NULL, write_queue_area }

/* 4.2.2, by offset / 4: no function, no such access. Magic, version and vendor are there in empty windows
 * too. */
static const struct {
    uint32_t (*read)(struct virtio *v);
    void (*write)(struct virtio *v, unsigned off, uint32_t val);
} regs[CONFIG_OFFSET >> 2] = {
    [0x008 >> 2] = { read_device_id, NULL },
    [0x010 >> 2] = { read_device_features, NULL },
    [0x014 >> 2] = { NULL, write_features_sel },
    [0x020 >> 2] = { NULL, write_driver_features },
    [0x024 >> 2] = { NULL, write_driver_features_sel },
    [0x030 >> 2] = { NULL, write_queue_sel },
    [0x034 >> 2] = { read_queue_num_max, NULL },
    [0x038 >> 2] = { NULL, write_queue_num },
    [0x044 >> 2] = { read_queue_ready, write_queue_ready },
    [0x050 >> 2] = { NULL, write_queue_notify },
    [0x060 >> 2] = { read_interrupt_status, NULL },
    [0x064 >> 2] = { NULL, write_interrupt_ack },
    [0x070 >> 2] = { read_status, write_status },
    AREA(0x080),
    AREA(0x090),
    AREA(0x0a0),
    [0x0b0 >> 2] = { read_ones, NULL },
    [0x0b4 >> 2] = { read_ones, NULL },
    [0x0b8 >> 2] = { read_ones, NULL },
    [0x0bc >> 2] = { read_ones, NULL },
    [0x0c0 >> 2] = { read_zero, write_queue_reset },
    [0x0fc >> 2] = { read_config_generation, NULL },
};

/* What every window has: 0x000 to 0x00f, where DeviceID is that of the device. */
static uint32_t reg_read(struct virtio *v, unsigned off)
{
    static const uint32_t identity[4] = { MAGIC, VERSION, 0, VENDOR };

    if (off < sizeof(identity) && off != 8)
        return identity[off >> 2];
    if (!v->class)
        return 0;
    if (!regs[off >> 2].read) {
        virtio_complain(v, "offset %#x cannot be read", off);
        return 0;
    }
    return regs[off >> 2].read(v);
}

static uint32_t config_read(const struct virtio *v, unsigned off, unsigned size)
{
    uint32_t le = 0;

    if (!v->class)
        return 0;
    if (off + size > v->config_size)
        return ~0u >> (32 - 8 * size);
    memcpy(&le, v->config + off, size);
    return GUINT32_FROM_LE(le);
}

static bool window_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    struct virtio *v = dev;

    (void)c;
    if (size > 4)
        return false;
    if (off >= CONFIG_OFFSET) {
        *val = config_read(v, (unsigned)off - CONFIG_OFFSET, size);
    } else if (size != 4) {
        virtio_complain(v, "a read of %u bytes at offset %#x", size, (unsigned)off);
        *val = 0;
    } else {
        *val = reg_read(v, (unsigned)off);
    }
    return true;
}

static void config_write(struct virtio *v, unsigned off, unsigned size, uint32_t val)
{
    if (v->class->config_write && off + size <= v->config_size)
        v->class->config_write(v->dev, off, size, val);
    else
        virtio_complain(v, "the configuration space cannot be written at %#x", off);
}

static bool window_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    struct virtio *v = dev;

    (void)c;
    if (size > 4)
        return false;
    if (!v->class)
        return true;
    if (off >= CONFIG_OFFSET)
        config_write(v, (unsigned)off - CONFIG_OFFSET, size, (uint32_t)val);
    else if (size != 4 || !regs[off >> 2].write)
        virtio_complain(v, "a write of %u bytes at offset %#x", size, (unsigned)off);
    else
        regs[off >> 2].write(v, (unsigned)off, (uint32_t)val);
    return true;
}

const struct mmio_ops virtio_mmio = { "virtio-mmio", window_read, window_write };

void *virtio_mmio_create(const struct device_env *env)
{
    struct virtio *v = g_new0(struct virtio, 1);

    v->env = *env;
    return v;
}

void virtio_mmio_reset(void *dev)
{
    virtio_reset(dev);
}

void virtio_mmio_destroy(void *dev)
{
    virtio_destroy(dev);
    g_free(dev);
}

bool virtio_mmio_is_empty(const void *dev)
{
    return !((const struct virtio *)dev)->class;
}

avs_status virtio_mmio_plug(void *dev, const struct plug *p)
{
    const struct virtio_class *class = virtio_class_find(p->name);
    g_autofree char *known = virtio_class_names();

    if (!class)
        return plug_fail(p, "there is no such device; known: %s", known);
    return virtio_create(dev, class, p);
}

void virtio_mmio_node(struct dt_writer *w, const struct device_desc *d)
{
    dt_string(w, "compatible", "virtio,mmio");
    dt_spi(w, d->intid, IRQ_EDGE_RISING);
    dt_flag(w, "dma-coherent");
}
