/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file model_read.h
 * How the parts of a core model read their groups of a .core file, and how they say what is wrong with one:
 * with the file's name and the key's line, or with the --set that the value came from. Problems are
 * collected, so that a file's are shown together.
 */
#pragma once

#include <glib.h>

#include "timing/timing.h"

struct model_reader {
    struct avs_machine *m;
    const char *path;
    char *text;
    GKeyFile *kf;             /* With the values of `sets`. */
    const char *const *sets;  /* "core.GROUP.KEY=VALUE", NULL-terminated; may be NULL. */
    struct model_list *found; /* Problems so far. */
};

/* AVS_ERR_MODEL, "FILE:LINE: [GROUP] KEY: WHY". `key` may be NULL for the group itself. */
avs_status model_bad(const struct model_reader *r, const char *group, const char *key, const char *why);
avs_status model_missing(const struct model_reader *r, const char *group, const char *key);
/* A number in decimal, hexadecimal or octal, from min to max. */
avs_status model_number(const struct model_reader *r, const char *group, const char *key, uint64_t min,
                        uint64_t max, uint64_t *out);
avs_status model_small(const struct model_reader *r, const char *group, const char *key, unsigned min,
                       unsigned max, unsigned *out);
/* Likewise, with K, M or G (of 1024) behind it if one likes. */
avs_status model_bytes(const struct model_reader *r, const char *group, const char *key, uint64_t min,
                       uint64_t max, uint64_t *out);
/* One of words[0..]; *out is its index. */
avs_status model_word(const struct model_reader *r, const char *group, const char *key,
                      const char *const *words, unsigned *out);

/* Groups that have a reader of their own: each knows its keys. */
struct model_part {
    const char *group;
    bool (*knows)(const char *key);
    avs_status (*read)(const struct model_reader *r, struct core_model *k);
    bool optional;                           /* A file may lack the group; it is read all the same. */
    const char *(*meaning)(const char *key); /* For people; may be NULL. */
};

/* Between the files of the reader. */
struct model_list {
    GArray *problems; /* struct model_problem */
};
struct model_problem {
    unsigned line; /* 0: of no line. */
    char *text;
};
avs_status model_bad_line(const struct model_reader *r, unsigned line, const char *text);
/* Before the key file is parsed: what is no line of one, and groups and keys that are there twice. */
void model_scan(const struct model_reader *r);
/* Puts the values of --set into the key file. */
void model_apply_sets(const struct model_reader *r);
bool model_knows_group(const char *group);
bool model_knows_key(const char *group, const char *key);
void model_read_table(const struct model_reader *r, struct core_model *k);
/* What one key alone cannot tell. Call it when there are no problems. */
void model_check(const struct model_reader *r, const struct core_model *k);

/* Every problem of a file, as lines by line number; an empty array when it is good. AVS_ERR_IO when it
 * cannot be read, with no lines. */
avs_status core_model_problems(const char *name, GPtrArray *lines);

/* Each key of a model in the file's order of groups: the value as text, unit and meaning ("" for none). */
typedef void (*model_show_fn)(void *user, const char *group, const char *key, const char *value,
                              const char *unit, const char *meaning);
avs_status core_model_show(const char *name, model_show_fn fn, void *user);
void model_show_table(const struct core_model *k, GKeyFile *kf, model_show_fn fn, void *user);
