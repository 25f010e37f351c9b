/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plug.h
 * What is plugged into a board's empty windows before it runs: a text like "virtio-blk,file=disk.img",
 * taken apart. As on QEMU's command line, a value with a comma in it has the comma twice.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

enum { PLUG_KEYS_MAX = 16 };

struct plug {
    struct avs_machine *m;
    const char *text; /* As it was given, for messages. */
    char *name;       /* Of the kind of device. */
    unsigned index;   /* How many of that kind the board has already. */
    size_t count;
    char *keys[PLUG_KEYS_MAX], *values[PLUG_KEYS_MAX];
};

/* Takes a text apart: AVS_ERR_ARG when it is none. To be cleared in any case. */
avs_status plug_parse(struct plug *p, struct avs_machine *m, const char *text);
void plug_clear(struct plug *p);
/* Whether all keys are in `known`, which ends with NULL: AVS_ERR_ARG otherwise. */
avs_status plug_check_keys(const struct plug *p, const char *const *known);
/* The value of a key, NULL when it was not given. */
const char *plug_get(const struct plug *p, const char *key);
/* A key that is on or off: AVS_ERR_ARG for anything else; *out stays when it was not given. */
avs_status plug_switch(const struct plug *p, const char *key, bool *out);
/* AVS_ERR_ARG: 'device "TEXT": ' and why. */
avs_status plug_fail(const struct plug *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
