/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file model_read.h
 * How the parts of a core model read their groups of a .core file, and how they say what is wrong with one:
 * with the file's name and the key's line.
 */
#pragma once

#include <glib.h>

#include "timing/timing.h"

struct model_reader {
    struct avs_machine *m;
    const char *path;
    char *text;
    GKeyFile *kf;
};

/* AVS_ERR_MODEL, "FILE:LINE: [GROUP] KEY: WHY". `key` may be NULL for the group itself. */
avs_status model_bad(const struct model_reader *r, const char *group, const char *key, const char *why);
avs_status model_missing(const struct model_reader *r, const char *group, const char *key);
/* A number in decimal, hexadecimal or octal, from min to max. */
avs_status model_number(const struct model_reader *r, const char *group, const char *key, uint64_t min,
                        uint64_t max, uint64_t *out);
avs_status model_small(const struct model_reader *r, const char *group, const char *key, unsigned min,
                       unsigned max, unsigned *out);

/* Groups that have a reader of their own: each knows its keys. */
struct model_part {
    const char *group;
    bool (*knows)(const char *key);
    avs_status (*read)(const struct model_reader *r, struct core_model *k);
};
