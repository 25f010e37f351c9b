/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file boardpath.c
 * Board files by name, and those that a board file includes: a board that is another one but for some keys
 * (other clocks, other access times) is a file with `include` and these keys. What a file does not say, the
 * included one does; nothing of it can be taken away.
 */
#include <string.h>

#include "board/boardfile.h"
#include "timing/timing.h"

enum { INCLUDES_MAX = 8 };

char *board_path(const char *name)
{
    if (strchr(name, '/') || g_str_has_suffix(name, ".board"))
        return g_strdup(name);
    return g_strdup_printf("%s/boards/%s.board", core_model_dir(), name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the boards in the models' folder. */
static char *boards_text(void)
{
    g_autofree char *folder = g_build_filename(core_model_dir(), "boards", NULL);
    GDir *dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *file;

    while (dir && (file = g_dir_read_name(dir))) {
        if (g_str_has_suffix(file, ".board"))
            g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".board")));
    }
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

static avs_status open_file(struct avs_machine *m, const char *name, const char *path, GKeyFile *kf)
{
    g_autoptr(GError) error = NULL;

    if (g_key_file_load_from_file(kf, path, G_KEY_FILE_NONE, &error))
        return AVS_OK;
    if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_autofree char *known = boards_text();

        return avs_fail(m, AVS_ERR_BOARD, "board \"%s\": there is no %s; known: %s", name, path, known);
    }
    return avs_fail(m, AVS_ERR_BOARD, "%s: %s", path, error->message);
}

/* Puts all keys of a file over those that are there. */
static void overlay(GKeyFile *over, GKeyFile *kf)
{
    g_auto(GStrv) groups = g_key_file_get_groups(over, NULL);

    for (char **g = groups; *g; g++) {
        g_auto(GStrv) keys = g_key_file_get_keys(over, *g, NULL, NULL);

        for (char **k = keys; k && *k; k++) {
            g_autofree char *value = g_key_file_get_value(over, *g, *k, NULL);

            g_key_file_set_value(kf, *g, *k, value);
        }
    }
}

/* The name of a file that `path` includes: names with '/' are seen from its folder. */
static char *included_name(GKeyFile *kf, const char *path)
{
    g_autofree char *name = g_key_file_get_string(kf, "board", "include", NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    if (!name)
        return NULL;
    g_strstrip(name);
    if ((strchr(name, '/') || g_str_has_suffix(name, ".board")) && !g_path_is_absolute(name))
        return g_build_filename(folder, name, NULL);
    return g_steal_pointer(&name);
}

static avs_status read_file(struct avs_machine *m, const char *name, GKeyFile *kf, unsigned depth)
{
    g_autofree char *path = board_path(name);
    g_autofree char *included = NULL;
    g_autoptr(GKeyFile) own = g_key_file_new();
    avs_status s = open_file(m, name, path, own);

    if (s)
        return s;
    included = included_name(own, path);
    if (included && depth == INCLUDES_MAX)
        return avs_fail(m, AVS_ERR_BOARD, "%s: [board] include: more than %d files include each other",
                        path, INCLUDES_MAX);
    if (included && (s = read_file(m, included, kf, depth + 1)))
        return s;
    g_key_file_remove_key(own, "board", "include", NULL);
    overlay(own, kf);
    return AVS_OK;
}

avs_status board_read_file(struct avs_machine *m, const char *name, GKeyFile *kf)
{
    return read_file(m, name, kf, 0);
}
