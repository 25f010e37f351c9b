/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file recipe_files.c
 * The files of a recipe (recipe.h): taking their measure for a recording, and finding them again for a
 * replay, by contents. A core or board of the models is a file too, for another armvsim may have another
 * one.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "board/boardfile.h"
#include "replay/recipe.h"
#include "timing/timing.h"

enum { READ_BYTES = 64 << 10, DIGITS = 12 };

/* False with errno set. */
static bool sha256_of_file(const char *path, uint64_t *size, char **sha256)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree uint8_t *buffer = g_malloc(READ_BYTES);
    FILE *f = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? fopen(path, "rbe") : NULL;
    size_t n;

    *size = 0;
    if (!f) {
        errno = g_file_test(path, G_FILE_TEST_IS_DIR) ? EISDIR : errno ? errno : ENOENT;
        return false;
    }
    while ((n = fread(buffer, 1, READ_BYTES, f)) > 0) {
        g_checksum_update(sum, buffer, (gssize)n);
        *size += n;
    }
    fclose(f);
    *sha256 = g_strdup(g_checksum_get_string(sum));
    return true;
}

/* A board is what its file and those that it includes say together. */
static avs_status sha256_of_board(struct avs_machine *m, const char *name, uint64_t *size, char **sha256)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autofree char *text = NULL;
    avs_status s = board_read_file(m, name, keys);
    gsize len;

    if (s)
        return s;
    text = g_key_file_to_data(keys, &len, NULL);
    *size = len;
    *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, len);
    return AVS_OK;
}

/* Where an ingredient's contents are; NULL: it has none. */
static char *contents_path(const struct ingredient *i)
{
    g_autofree char *file = NULL;

    if (i->path || strcmp(i->role, "cpu"))
        return g_strdup(i->path);
    file = g_strconcat(i->text, ".core", NULL);
    return g_build_filename(core_model_dir(), "cores", file, NULL);
}

/* Of the file at `path`, or of the board. */
static avs_status measure(struct avs_machine *m, const struct ingredient *i, const char *path,
                          uint64_t *size, char **sha256)
{
    errno = 0;
    if (!strcmp(i->role, "board"))
        return sha256_of_board(m, path ? path : i->text, size, sha256);
    if (path && !sha256_of_file(path, size, sha256))
        return avs_fail(m, AVS_ERR_IO, "%s: %s", path, g_strerror(errno));
    return AVS_OK;
}

avs_status recipe_measure(struct recipe *r, struct avs_machine *m)
{
    for (guint n = 0; n < r->items->len; n++) {
        struct ingredient *i = r->items->pdata[n];
        g_autofree char *path = contents_path(i);
        avs_status s;

        if (!strcmp(i->role, "device") && strstr(i->text, "restrict=off"))
            return avs_fail(m, AVS_ERR_ARG,
                            "device \"%s\": what the host's network answers cannot be recorded", i->text);
        g_clear_pointer(&i->sha256, g_free);
        s = measure(m, i, path, &i->size, &i->sha256);
        if (s)
            return s;
    }
    return AVS_OK;
}

/* ---- Finding ---- */

/* "image kernel.bin"; roles of files are words. */
static char *file_text(const struct ingredient *i)
{
    return g_strdup_printf("%s %s", i->role, i->path ? i->path : i->text);
}

static avs_status changed(const struct ingredient *i, const char *path, const char *now)
{
    return avs_fail(NULL, AVS_ERR_FORMAT, "%s: is not the recorded %s: SHA-256 %.*s..., recorded %.*s...",
                    path, i->role, DIGITS, now, DIGITS, i->sha256);
}

/* One place where a file may be: AVS_OK with i->path set when it is the one. AVS_ERR_FORMAT: another is
 * there. */
static avs_status try_place(struct ingredient *i, const char *path)
{
    g_autofree char *sha256 = NULL;
    uint64_t size;
    avs_status s = measure(NULL, i, path, &size, &sha256);

    if (s)
        return AVS_ERR_IO;
    if (g_strcmp0(sha256, i->sha256))
        return changed(i, path, sha256);
    g_free(i->path);
    i->path = g_strdup(path);
    return AVS_OK;
}

static void add_place(GPtrArray *places, const char *dir, const char *path)
{
    g_autofree char *base = g_path_get_basename(path);

    g_ptr_array_add(places, g_build_filename(dir, base, NULL));
}

static avs_status locate_file(struct ingredient *i, const char *recording, const char *const *dirs)
{
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *beside = g_path_get_dirname(recording);
    g_autofree char *what = file_text(i);
    g_autofree char *why = NULL; /* Of a file that is another one. */

    for (const char *const *d = dirs; d && *d; d++)
        add_place(places, *d, i->path);
    add_place(places, beside, i->path);
    g_ptr_array_add(places, g_strdup(i->path));
    for (guint n = 0; n < places->len; n++) {
        const avs_status s = try_place(i, places->pdata[n]);

        if (s == AVS_OK)
            return s;
        if (s == AVS_ERR_FORMAT && !why)
            why = g_strdup(avs_last_error(NULL));
    }
    if (why)
        return avs_fail(NULL, AVS_ERR_FORMAT, "%s", why);
    return avs_fail(NULL, AVS_ERR_IO, "%s: not found beside %s, nor there; --input names other folders",
                    what, recording);
}

/* A core or a board of the models. */
static avs_status check_model(const struct ingredient *i)
{
    g_autofree char *path = contents_path(i), *sha256 = NULL;
    uint64_t size;
    avs_status s = measure(NULL, i, path, &size, &sha256);

    if (s || !sha256 || !g_strcmp0(sha256, i->sha256))
        return s;
    return changed(i, path ? path : i->text, sha256);
}

avs_status recipe_locate(struct recipe *r, const char *recording, const char *const *dirs)
{
    for (guint n = 0; n < r->items->len; n++) {
        struct ingredient *i = r->items->pdata[n];
        avs_status s;

        if (!i->sha256)
            continue;
        s = i->path ? locate_file(i, recording, dirs) : check_model(i);
        if (s)
            return s;
    }
    return AVS_OK;
}
