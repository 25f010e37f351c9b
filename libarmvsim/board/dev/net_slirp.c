/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file net_slirp.c
 * User-mode networking by libslirp, in modelled time. Restricted, its own stack answers alone: DHCP, ARP,
 * ping to the gateway; nothing of the host is looked at, so runs are deterministic. Unrestricted, sockets
 * of the host are looked at every POLL_NS of modelled time while there are any; while all PEs wait, for as
 * long in real time, so that a guest that waits for the network does not run through its timeouts. Such a
 * run depends on the host and on what answers.
 *
 * Not modelled: IPv6 (libslirp's router advertisements come at random times), forwarding of host ports,
 * TFTP.
 */
#include <errno.h>
#include <glib.h>
#include <libslirp.h>
#include <poll.h>

#include "board/dev/net_user.h"
#include "core/machine.h"

enum { POLL_MS = 1, TIDY_MS = 500 };
enum { TIDY_ROUNDS = 130 }; /* As long as libslirp keeps an incomplete datagram, and a bit. */

#define NS_PER_MS UINT64_C(1000000)

struct net_user {
    struct net_user_config cfg;
    Slirp *slirp;
    struct event poll;
    unsigned rounds; /* To go until there is nothing to look after. */
    GArray *fds;     /* struct pollfd, of one round. */
};

/* libslirp's timers as events. */
struct timer {
    struct net_user *n;
    struct event event;
    SlirpTimerCb cb;
    void *cb_opaque;
};

static ssize_t send_packet(const void *buf, size_t len, void *opaque)
{
    struct net_user *n = opaque;

    n->cfg.receive(n->cfg.user, buf, len);
    return (ssize_t)len;
}

static void guest_error(const char *msg, void *opaque)
{
    const struct net_user *n = opaque;

    avs_log(n->cfg.m, LOG_GUEST, "virtio-net: %s", msg);
}

static int64_t clock_get_ns(void *opaque)
{
    const struct net_user *n = opaque;

    return (int64_t)machine_ns(n->cfg.m);
}

static void timer_fire(void *user)
{
    struct timer *t = user;

    t->cb(t->cb_opaque);
}

static void *timer_new(SlirpTimerCb cb, void *cb_opaque, void *opaque)
{
    struct timer *t = g_new0(struct timer, 1);

    t->n = opaque;
    t->cb = cb;
    t->cb_opaque = cb_opaque;
    event_init(t->n->cfg.m, &t->event, timer_fire, t);
    return t;
}

static void timer_free(void *timer, void *opaque)
{
    struct timer *t = timer;

    (void)opaque;
    event_remove(t->n->cfg.m, &t->event);
    g_free(t);
}

static void timer_mod(void *timer, int64_t expire_ms, void *opaque)
{
    struct timer *t = timer;
    struct avs_machine *m = t->n->cfg.m;

    (void)opaque;
    event_arm(m, &t->event, machine_cycle_of_ns(m, (uint64_t)MAX(expire_ms, 0) * NS_PER_MS));
}

static void ignore_fd(int fd, void *opaque)
{
    (void)fd;
    (void)opaque;
}

static void ignore_notify(void *opaque)
{
    (void)opaque;
}

static const SlirpCb callbacks = {
    .send_packet = send_packet,
    .guest_error = guest_error,
    .clock_get_ns = clock_get_ns,
    .timer_new = timer_new,
    .timer_free = timer_free,
    .timer_mod = timer_mod,
    .register_poll_fd = ignore_fd,
    .unregister_poll_fd = ignore_fd,
    .notify = ignore_notify,
};

/* ---- Looking after it ---- */

/* libslirp's names of poll()'s events. */
static const struct {
    int slirp;
    short host;
} poll_events[] = {
    { SLIRP_POLL_IN, POLLIN },   { SLIRP_POLL_OUT, POLLOUT }, { SLIRP_POLL_PRI, POLLPRI },
    { SLIRP_POLL_ERR, POLLERR }, { SLIRP_POLL_HUP, POLLHUP },
};

static int add_poll(int fd, int events, void *opaque)
{
    struct net_user *n = opaque;
    struct pollfd p = { .fd = fd };

    for (size_t i = 0; i < G_N_ELEMENTS(poll_events); i++)
        p.events |= events & poll_events[i].slirp ? poll_events[i].host : 0;
    g_array_append_val(n->fds, p);
    return (int)n->fds->len - 1;
}

static int get_revents(int index, void *opaque)
{
    const struct net_user *n = opaque;
    const struct pollfd *p = &g_array_index(n->fds, struct pollfd, index);
    int events = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(poll_events); i++)
        events |= p->revents & poll_events[i].host ? poll_events[i].slirp : 0;
    return events;
}

static bool all_wait(const struct avs_machine *m)
{
    for (unsigned i = 0; i < m->pe_count; i++) {
        if (!m->pe[i].halted && m->pe[i].waiting == PE_RUNS)
            return false;
    }
    return true;
}

/* The next round, so much from now at the latest. */
static void arm(struct net_user *n, uint64_t ms)
{
    struct avs_machine *m = n->cfg.m;
    const uint64_t at = machine_cycle_of_ns(m, machine_ns(m) + ms * NS_PER_MS);

    if (at < n->poll.at)
        event_arm(m, &n->poll, at);
}

/* One round: sockets of the host when there are any, and libslirp's own slow timers. With neither sockets
 * nor traffic for a while, there are no more rounds, so that a machine that waits for nothing is seen to.
 */
static void look(void *user)
{
    struct net_user *n = user;
    uint32_t timeout = UINT32_MAX;
    int result = 0;

    g_array_set_size(n->fds, 0);
    slirp_pollfds_fill(n->slirp, &timeout, add_poll, n);
    if (n->fds->len)
        result = poll((struct pollfd *)n->fds->data, n->fds->len, all_wait(n->cfg.m) ? POLL_MS : 0);
    slirp_pollfds_poll(n->slirp, result < 0, get_revents, n);
    if (n->fds->len)
        arm(n, POLL_MS);
    else if (n->rounds && n->rounds--)
        arm(n, TIDY_MS);
}

void net_user_send(struct net_user *n, const uint8_t *frame, size_t len)
{
    slirp_input(n->slirp, frame, (int)len);
    n->rounds = TIDY_ROUNDS;
    arm(n, n->cfg.restricted ? TIDY_MS : POLL_MS);
}

static struct in_addr ipv4(uint32_t address)
{
    return (struct in_addr){ .s_addr = GUINT32_TO_BE(address) };
}

avs_status net_user_new(const struct net_user_config *cfg, struct net_user **out)
{
    const SlirpConfig config = {
        .version = 1,
        .restricted = cfg->restricted,
        .in_enabled = true,
        .vnetwork = ipv4(0x0a000200),
        .vnetmask = ipv4(0xffffff00),
        .vhost = ipv4(0x0a000202),
        .vdhcp_start = ipv4(0x0a00020f),
        .vnameserver = ipv4(0x0a000203),
        .disable_host_loopback = cfg->restricted,
    };
    struct net_user *n = g_new0(struct net_user, 1);

    n->cfg = *cfg;
    n->fds = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
    event_init(cfg->m, &n->poll, look, n);
    n->slirp = slirp_new(&config, &callbacks, n);
    *out = n;
    if (n->slirp)
        return AVS_OK;
    net_user_free(n);
    *out = NULL;
    return avs_fail(cfg->m, AVS_ERR_NOMEM, "virtio-net: libslirp cannot be started");
}

void net_user_free(struct net_user *n)
{
    if (n->slirp)
        slirp_cleanup(n->slirp);
    event_remove(n->cfg.m, &n->poll);
    g_array_free(n->fds, TRUE);
    g_free(n);
}
