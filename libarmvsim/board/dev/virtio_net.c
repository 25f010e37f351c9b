/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtio_net.c
 * The network device (OASIS virtio 1.2, 5.1) with one pair of queues, in front of user-mode networking
 * (net_user.h). Frames for the guest wait in a queue of QUEUE_FRAMES for its buffers; more are dropped, as
 * a network card does. The link is always up. Modelled time is that of 10 Gbit/s and some microseconds.
 *
 * Not modelled: checksum and segmentation offload, merged buffers, the control queue (no filters: the
 * network has nobody else on it), several pairs of queues.
 */
#include <glib.h>
#include <string.h>

#include "board/dev/net_user.h"
#include "board/dev/virtio.h"
#include "core/machine.h"

enum { REQUEST_NS = 5000, KIB_NS = 800 };
enum { QUEUE_RECEIVE, QUEUE_TRANSMIT, QUEUE_COUNT };
enum { F_MAC = 1 << 5, F_STATUS = 1 << 16, LINK_UP = 1 };
enum { HEADER_BYTES = 12, HEADER_NUM_BUFFERS = 10, MAC_BYTES = 6 };
enum { FRAME_MIN = 14, FRAME_MAX = 1514, QUEUE_FRAMES = 256 };

struct net {
    struct virtio *v;
    struct net_user *user;
    GQueue frames; /* GBytes for the guest. */
    uint8_t buffer[FRAME_MAX];
};

/* From the network. */
static void net_receive(void *user, const uint8_t *frame, size_t len)
{
    struct net *n = user;

    if (!(n->v->status & VIRTIO_DRIVER_OK) || n->frames.length == QUEUE_FRAMES)
        return;
    g_queue_push_tail(&n->frames, g_bytes_new(frame, len));
    virtio_kick(n->v, QUEUE_RECEIVE);
}

static bool net_wants(void *dev, unsigned queue)
{
    const struct net *n = dev;

    return queue == QUEUE_TRANSMIT || n->frames.length;
}

/* 5.1.6.3: a header that promises nothing, then the frame, in one chain. */
static enum virtio_step to_guest(struct net *n, struct virtqueue *q)
{
    uint8_t header[HEADER_BYTES] = { [HEADER_NUM_BUFFERS] = 1 };
    GBytes *frame = g_queue_pop_head(&n->frames);
    gsize len;
    const uint8_t *bytes = g_bytes_get_data(frame, &len);

    if (q->chain.in_bytes >= HEADER_BYTES + len) {
        vq_write(q, 0, header, sizeof(header));
        vq_write(q, HEADER_BYTES, bytes, len);
        q->chain.written = HEADER_BYTES + len;
    } else {
        virtio_complain(n->v, "a buffer of %" G_GUINT64_FORMAT " bytes is too small for a frame",
                        q->chain.in_bytes);
    }
    g_bytes_unref(frame);
    return VIRTIO_DONE;
}

static enum virtio_step from_guest(struct net *n, struct virtqueue *q)
{
    const uint64_t bytes = q->chain.out_bytes;

    if (bytes < HEADER_BYTES + FRAME_MIN || bytes > HEADER_BYTES + FRAME_MAX) {
        virtio_complain(n->v, "%" G_GUINT64_FORMAT " bytes are not a header and a frame", bytes);
        return VIRTIO_DONE;
    }
    net_user_send(n->user, n->buffer, vq_read(q, HEADER_BYTES, n->buffer, sizeof(n->buffer)));
    return VIRTIO_DONE;
}

static enum virtio_step net_step(void *dev, struct virtqueue *q)
{
    return q->index == QUEUE_RECEIVE ? to_guest(dev, q) : from_guest(dev, q);
}

static void net_reset(void *dev)
{
    struct net *n = dev;

    g_queue_clear_full(&n->frames, (GDestroyNotify)g_bytes_unref);
}

static void net_destroy(void *dev)
{
    struct net *n = dev;

    net_user_free(n->user);
    net_reset(n);
    g_free(n);
}

/* As QEMU's: the last byte counts the machine's network devices. */
static void default_mac(unsigned index, uint8_t mac[MAC_BYTES])
{
    static const uint8_t first[MAC_BYTES] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };

    memcpy(mac, first, MAC_BYTES);
    mac[5] = (uint8_t)(mac[5] + index);
}

/* Six pairs of hexadecimal digits with colons between them, of one station. */
static bool parse_mac(const char *text, uint8_t mac[MAC_BYTES])
{
    for (unsigned i = 0; i < MAC_BYTES; i++, text += 3) {
        if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]) || text[2] != (i < 5 ? ':' : '\0'))
            return false;
        mac[i] = (uint8_t)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
    }
    return !(mac[0] & 1);
}

static void set_config(struct virtio *v, const uint8_t mac[MAC_BYTES])
{
    static const uint8_t status[2] = { LINK_UP, 0 };

    virtio_config_set(v, 0, mac, MAC_BYTES);
    virtio_config_set(v, MAC_BYTES, status, sizeof(status));
}

static avs_status net_create(struct virtio *v, const struct plug *p, void **dev)
{
    struct net *n = g_new0(struct net, 1);
    struct net_user_config cfg = { .m = v->env.m, .restricted = true, .receive = net_receive, .user = n };
    const char *mac_text = plug_get(p, "mac");
    uint8_t mac[MAC_BYTES];
    avs_status s;

    n->v = v;
    g_queue_init(&n->frames);
    default_mac(p->index, mac);
    s = plug_switch(p, "restrict", &cfg.restricted);
    if (!s && mac_text && !parse_mac(mac_text, mac))
        s = plug_fail(p, "mac=%s: XX:XX:XX:XX:XX:XX of one station expected", mac_text);
    if (!s)
        s = net_user_new(&cfg, &n->user);
    if (s) {
        g_free(n);
        return s;
    }
    set_config(v, mac);
    *dev = n;
    return AVS_OK;
}

static const char *const net_keys[] = { "mac", "restrict", NULL };

const struct virtio_class virtio_net = {
    .name = "virtio-net",
    .device_id = 1,
    .queue_count = QUEUE_COUNT,
    .features = F_MAC | F_STATUS,
    .request_ns = REQUEST_NS,
    .kib_ns = KIB_NS,
    .keys = net_keys,
    .create = net_create,
    .destroy = net_destroy,
    .reset = net_reset,
    .wants = net_wants,
    .step = net_step,
};
