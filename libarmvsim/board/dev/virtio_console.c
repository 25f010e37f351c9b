/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtio_console.c
 * The console device (OASIS virtio 1.2, 5.3) with port 0 and the emergency write. What the guest sends goes
 * to a file, or to the machine's console as the first UART's output does. There is no input: the receive
 * queue takes buffers and keeps them. Not modelled: more ports, the size of a window.
 */
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "board/dev/virtio.h"
#include "core/machine.h"

enum { REQUEST_NS = 2000, KIB_NS = 1000 };
enum { QUEUE_RECEIVE, QUEUE_TRANSMIT, QUEUE_COUNT };
enum { F_EMERG_WRITE = 1 << 2 };
enum { CONFIG_BYTES = 12, CONFIG_EMERG_WR = 8 };

struct console {
    struct virtio *v;
    char *path;
    FILE *out; /* NULL: the machine's console. */
    char buffer[VIRTIO_STEP_BYTES];
};

/* A file that cannot be written ends the run: its output would have a hole. */
static void put(struct console *c, const char *bytes, size_t len)
{
    struct avs_machine *m = c->v->env.m;

    if (!c->out) {
        machine_console(m, bytes, len);
    } else if (fwrite(bytes, 1, len, c->out) != len || fflush(c->out)) {
        avs_fail(m, AVS_ERR_IO, "%s: %s", c->path, strerror(errno));
        machine_stop(m, STOP_HOST_ERROR);
    }
}

static bool console_wants(void *dev, unsigned queue)
{
    (void)dev;
    return queue == QUEUE_TRANSMIT;
}

static enum virtio_step console_step(void *dev, struct virtqueue *q)
{
    struct console *c = dev;
    size_t len = vq_read(q, q->done, c->buffer, sizeof(c->buffer));

    if (len)
        put(c, c->buffer, len);
    q->done += len;
    q->next_bytes = q->chain.out_bytes - q->done;
    return q->next_bytes ? VIRTIO_MORE : VIRTIO_DONE;
}

/* 5.3.4: one character, at any time, without queues. */
static void console_config_write(void *dev, unsigned off, unsigned size, uint32_t val)
{
    char byte = (char)val;

    (void)size;
    if (off == CONFIG_EMERG_WR)
        put(dev, &byte, 1);
}

static void console_destroy(void *dev)
{
    struct console *c = dev;

    if (c->out)
        fclose(c->out);
    g_free(c->path);
    g_free(c);
}

static avs_status console_create(struct virtio *v, const struct plug *p, void **dev)
{
    static const uint8_t config[CONFIG_BYTES] = { 0 };
    const char *path = plug_get(p, "file");
    FILE *out = path ? fopen(path, "wbe") : NULL;
    struct console *c;

    if (path && !out)
        return avs_fail(v->env.m, AVS_ERR_IO, "%s: %s", path, strerror(errno));
    c = g_new0(struct console, 1);
    c->v = v;
    c->path = g_strdup(path);
    c->out = out;
    virtio_config_set(v, 0, config, sizeof(config));
    *dev = c;
    return AVS_OK;
}

static const char *const console_keys[] = { "file", NULL };

const struct virtio_class virtio_console = {
    .name = "virtio-console",
    .device_id = 3,
    .queue_count = QUEUE_COUNT,
    .features = F_EMERG_WRITE,
    .request_ns = REQUEST_NS,
    .kib_ns = KIB_NS,
    .keys = console_keys,
    .create = console_create,
    .destroy = console_destroy,
    .wants = console_wants,
    .step = console_step,
    .config_write = console_config_write,
};
