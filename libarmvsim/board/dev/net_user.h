/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file net_user.h
 * The network behind virtio-net: user-mode networking as QEMU's, with the same addresses (guest 10.0.2.15,
 * gateway 10.0.2.2, name server 10.0.2.3).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

struct net_user;

struct net_user_config {
    struct avs_machine *m;
    bool restricted; /* Nothing of the outside: runs stay deterministic. */
    /* A frame for the guest. Called while a frame is sent, and from events. */
    void (*receive)(void *user, const uint8_t *frame, size_t len);
    void *user;
};

/* AVS_ERR_ARG in a build without libslirp. */
avs_status net_user_new(const struct net_user_config *cfg, struct net_user **out);
void net_user_free(struct net_user *n);
/* A frame from the guest. */
void net_user_send(struct net_user *n, const uint8_t *frame, size_t len);
