/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file net_none.c
 * In the place of net_slirp.c in a build without libslirp: there is no network.
 */
#include "board/dev/net_user.h"

avs_status net_user_new(const struct net_user_config *cfg, struct net_user **out)
{
    *out = NULL;
    return avs_fail(cfg->m, AVS_ERR_ARG, "virtio-net: this armvsim was built without libslirp");
}

void net_user_free(struct net_user *n)
{
    (void)n;
}

void net_user_send(struct net_user *n, const uint8_t *frame, size_t len)
{
    (void)n;
    (void)frame;
    (void)len;
}
