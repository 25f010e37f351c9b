/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file recipe.h
 * What a machine was made from, so that it can be made again: its options, and each input file with its
 * role, its name, its size and its SHA-256. Kept by every machine; written to recordings.
 */
#pragma once

#include <glib.h>

#include "replay/recfile.h"

struct ingredient {
    char *role; /* "cpu", "image": recipe.c has the list. */
    char *text; /* An option's value; of a file what else there is to say: "0x48000000". */
    char *path; /* As it was given; NULL: no file. */
    uint64_t size;
    char *sha256; /* NULL: not looked at yet. */
};

struct recipe {
    GPtrArray *items; /* struct ingredient, in the order of the calls. */
};

struct recipe *recipe_new(const avs_options *o);
struct recipe *recipe_copy(const struct recipe *r);
void recipe_free(struct recipe *r);
/* Notes a file. `text` may be NULL. */
void recipe_add_file(struct recipe *r, const char *role, const char *text, const char *path);
/* Notes a device, from the text that avs_attach() takes. */
void recipe_add_device(struct recipe *r, const char *spec);
/* Sets an option, whatever it was; NULL: its default. */
void recipe_set(struct recipe *r, const char *role, const char *value);
/* Another file in place of the one with this role; it is not compared with anything. */
void recipe_set_file(struct recipe *r, const char *role, const char *path);
const struct ingredient *recipe_find(const struct recipe *r, const char *role);

/* Takes the size and SHA-256 of every file. AVS_ERR_IO; AVS_ERR_ARG for what makes runs depend on the host.
 */
avs_status recipe_measure(struct recipe *r, struct avs_machine *m);
/* As records, and from one; NULL: it is none. */
void recipe_write(const struct recipe *r, struct rec_writer *w);
struct recipe *recipe_empty(void);
bool recipe_read(struct recipe *r, struct rec_cursor *payload);

/* Where to look for files: `dirs` (NULL-terminated, or NULL), then the folder of the recording, then the
 * name as it was given. Puts what has the right contents in place of the paths; one line for what was
 * changed and what is not there. */
avs_status recipe_locate(struct recipe *r, const char *recording, const char *const *dirs);
/* Makes the machine, with all that was loaded; disks are not written to, nor any other file. The image's
 * name for the guest is `image_name` (NULL: its path). It follows `leader`, if there is one. The failure's
 * text is avs_last_error(NULL)'s. */
avs_status recipe_build(const struct recipe *r, const char *image_name, struct avs_machine *leader,
                        struct avs_machine **out);
