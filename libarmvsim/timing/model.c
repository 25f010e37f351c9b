/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file model.c
 * Core models by name: their files (models/cores), read with every problem found (model_read.h), because
 * users write their own by copying one of ours.
 */
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "timing/model_read.h"

const char *core_model_dir(void)
{
    const char *env = g_getenv("ARMVSIM_MODELS");

    if (env && *env)
        return env;
    return g_file_test(AVS_INSTALLED_MODELS, G_FILE_TEST_IS_DIR) ? AVS_INSTALLED_MODELS : AVS_SOURCE_MODELS;
}

/* The file of a name: itself when it is a path, else NAME.core in the models' folder. */
static char *path_of(const char *name)
{
    g_autofree char *file = NULL;

    if (strchr(name, '/') || g_str_has_suffix(name, ".core"))
        return g_strdup(name);
    file = g_strconcat(name, ".core", NULL);
    return g_build_filename(core_model_dir(), "cores", file, NULL);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static avs_status unknown_core(struct avs_machine *m, const char *name)
{
    g_autofree char *folder = g_build_filename(core_model_dir(), "cores", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *list = NULL;
    const char *entry;

    while (dir && (entry = g_dir_read_name(dir)))
        if (g_str_has_suffix(entry, ".core"))
            g_ptr_array_add(names, g_strndup(entry, strlen(entry) - 5));
    g_ptr_array_sort(names, by_name);
    g_ptr_array_add(names, NULL);
    list = g_strjoinv(", ", (char **)names->pdata);
    return avs_fail(m, AVS_ERR_MODEL, "core '%s' is unknown; known are %s", name, list);
}

static int by_line(const void *a, const void *b)
{
    const struct model_problem *x = a, *y = b;

    return (x->line > y->line) - (x->line < y->line);
}

static void free_problem(void *p)
{
    g_free(((struct model_problem *)p)->text);
}

/* Problems are left in r->found; *k is complete when there are none. */
static void read_text(struct model_reader *r, struct core_model *k)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *why = NULL;

    model_scan(r);
    if (r->found->problems->len)
        return;
    if (!g_key_file_load_from_data(r->kf, r->text, (gsize)-1, G_KEY_FILE_NONE, &error)) {
        why = g_strdup_printf("%s: %s", r->path, error->message);
        model_bad_line(r, 0, why);
        return;
    }
    model_apply_sets(r);
    model_read_table(r, k);
    if (!r->found->problems->len)
        model_check(r, k);
}

static avs_status load_text(struct model_reader *r, const char *name)
{
    g_autoptr(GError) error = NULL;
    gsize length = 0;

    if (!strchr(name, '/') && !g_file_test(r->path, G_FILE_TEST_EXISTS))
        return unknown_core(r->m, name);
    if (!g_file_get_contents(r->path, &r->text, &length, &error))
        return avs_fail(r->m, AVS_ERR_IO, "%s", error->message);
    if (strlen(r->text) != length || !g_utf8_validate(r->text, (gssize)length, NULL))
        return avs_fail(r->m, AVS_ERR_MODEL, "%s: is not a text file in UTF-8", r->path);
    return AVS_OK;
}

static struct core_model *new_model(const struct model_reader *r)
{
    struct core_model *k = g_new0(struct core_model, 1);
    g_autofree char *base = g_path_get_basename(r->path);

    k->name = g_str_has_suffix(base, ".core") ? g_strndup(base, strlen(base) - 5) : g_strdup(base);
    k->overrides = r->sets && *r->sets ? g_strjoinv("; ", (char **)r->sets) : NULL;
    return k;
}

/* Reads `name` for whoever calls; fills r, which clear_reader() frees. The first problem is the error; NULL
 * then is the model. */
static avs_status read_model(struct model_reader *r, const char *name, struct core_model **out)
{
    GArray *problems = r->found->problems;
    struct core_model *k;
    avs_status s;

    *out = NULL;
    if ((s = load_text(r, name)))
        return s;
    r->kf = g_key_file_new();
    k = new_model(r);
    read_text(r, k);
    if (!problems->len) {
        *out = k;
        return AVS_OK;
    }
    core_model_free(k);
    g_array_sort(problems, by_line);
    return avs_fail(r->m, AVS_ERR_MODEL, "%s", g_array_index(problems, struct model_problem, 0).text);
}

static void init_reader(struct model_reader *r, struct model_list *list, struct avs_machine *m, char *path,
                        const char *const *sets)
{
    list->problems = g_array_new(FALSE, FALSE, sizeof(struct model_problem));
    g_array_set_clear_func(list->problems, free_problem);
    *r = (struct model_reader){ .m = m, .path = path, .sets = sets, .found = list };
}

static void clear_reader(struct model_reader *r)
{
    if (r->kf)
        g_key_file_free(r->kf);
    g_free(r->text);
    g_array_free(r->found->problems, TRUE);
}

avs_status core_model_load_set(struct avs_machine *m, const char *name, const char *const *sets,
                               struct core_model **out)
{
    g_autofree char *path = path_of(name);
    struct model_list list;
    struct model_reader r;
    avs_status s;

    init_reader(&r, &list, m, path, sets);
    s = read_model(&r, name, out);
    clear_reader(&r);
    return s;
}

avs_status core_model_load(struct avs_machine *m, const char *name, struct core_model **out)
{
    return core_model_load_set(m, name, NULL, out);
}

avs_status core_model_problems(const char *name, GPtrArray *lines)
{
    g_autofree char *path = path_of(name);
    struct core_model *k;
    struct model_list list;
    struct model_reader r;
    avs_status s;

    init_reader(&r, &list, NULL, path, NULL);
    s = read_model(&r, name, &k);
    for (unsigned i = 0; i < list.problems->len; i++)
        g_ptr_array_add(lines, g_strdup(g_array_index(list.problems, struct model_problem, i).text));
    clear_reader(&r);
    core_model_free(k);
    return s;
}

avs_status core_model_show(const char *name, model_show_fn fn, void *user)
{
    g_autofree char *path = path_of(name);
    struct core_model *k;
    struct model_list list;
    struct model_reader r;
    avs_status s;

    init_reader(&r, &list, NULL, path, NULL);
    s = read_model(&r, name, &k);
    if (!s)
        model_show_table(k, r.kf, fn, user);
    clear_reader(&r);
    core_model_free(k);
    return s;
}

struct core_model *core_model_copy(const struct core_model *k)
{
    struct core_model *copy = g_new(struct core_model, 1);

    *copy = *k;
    copy->name = g_strdup(k->name);
    copy->title = g_strdup(k->title);
    copy->overrides = g_strdup(k->overrides);
    return copy;
}

bool core_model_equal(const struct core_model *a, const struct core_model *b)
{
    return !g_strcmp0(a->name, b->name) && !g_strcmp0(a->overrides, b->overrides);
}

void core_model_free(struct core_model *k)
{
    if (!k)
        return;
    g_free(k->name);
    g_free(k->title);
    g_free(k->overrides);
    g_free(k);
}
