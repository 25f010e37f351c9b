/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file model.c
 * Reading of .core key files (models/cores). Every key must be known and every number possible; what is
 * wrong is named with its line, because users write their own by copying one of ours.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sysreg.h"
#include "core/machine.h"
#include "timing/model_read.h"

enum { COST_MAX = 100000, TLB_ENTRIES_MAX = 16384, TLB_WAYS_MAX = 16, LR_MAX = 16 };
#define CLOCK_MAX UINT64_C(10000000000)

static const struct {
    const char *key;
    uint32_t dflt;
} cost_keys[COST_COUNT] = {
#define COST(name, key, dflt, text) [COST_##name] = { key, dflt },
#include "timing/cost.def"
#undef COST
};

const char *core_model_dir(void)
{
    const char *env = g_getenv("ARMVSIM_MODELS");

    if (env && *env)
        return env;
    return g_file_test(AVS_INSTALLED_MODELS, G_FILE_TEST_IS_DIR) ? AVS_INSTALLED_MODELS : AVS_SOURCE_MODELS;
}

/* The line on which `key` of `group` stands, 0 when it does not. */
static unsigned line_of(const struct model_reader *r, const char *group, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(r->text, "\n", -1);
    g_autofree char *head = g_strdup_printf("[%s]", group);
    bool inside = false;

    for (unsigned i = 0; lines[i]; i++) {
        g_strstrip(lines[i]);
        if (lines[i][0] == '[')
            inside = !strcmp(lines[i], head);
        if (inside && (!key || (g_str_has_prefix(lines[i], key) && strchr(" \t=", lines[i][strlen(key)]))))
            return i + 1;
    }
    return 0;
}

avs_status model_bad(const struct model_reader *r, const char *group, const char *key, const char *why)
{
    return avs_fail(r->m, AVS_ERR_MODEL, "%s:%u: [%s] %s: %s", r->path, line_of(r, group, key), group,
                    key ? key : "", why);
}

avs_status model_missing(const struct model_reader *r, const char *group, const char *key)
{
    return avs_fail(r->m, AVS_ERR_MODEL, "%s: [%s] %s is missing", r->path, group, key);
}

avs_status model_number(const struct model_reader *r, const char *group, const char *key, uint64_t min,
                        uint64_t max, uint64_t *out)
{
    g_autofree char *text = g_key_file_get_string(r->kf, group, key, NULL);
    g_autofree char *range = NULL;
    char *end;

    if (!text)
        return model_missing(r, group, key);
    g_strstrip(text);
    errno = 0;
    *out = g_ascii_strtoull(text, &end, 0);
    if (!*text || *end || errno || *text == '-' || *out < min || *out > max) {
        range = g_strdup_printf("'%s' is not a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                                text, min, max);
        return model_bad(r, group, key, range);
    }
    return AVS_OK;
}

avs_status model_small(const struct model_reader *r, const char *group, const char *key, unsigned min,
                       unsigned max, unsigned *out)
{
    uint64_t v = 0;
    avs_status s = model_number(r, group, key, min, max, &v);

    *out = (unsigned)v;
    return s;
}

static avs_status read_core(const struct model_reader *r, struct core_model *k)
{
    avs_status s;

    k->title = g_key_file_get_string(r->kf, "core", "title", NULL);
    if (!k->title)
        return model_missing(r, "core", "title");
    if ((s = model_number(r, "core", "clock-hz", 1000000, CLOCK_MAX, &k->clock_hz)) ||
        (s = model_small(r, "tlb", "entries", 1, TLB_ENTRIES_MAX, &k->translation.tlb_entries)) ||
        (s = model_small(r, "tlb", "ways", 1, TLB_WAYS_MAX, &k->translation.tlb_ways)) ||
        (s = model_small(r, "gic", "list-registers", 1, LR_MAX, &k->gic_lr_count)))
        return s;
    if (k->translation.tlb_entries % k->translation.tlb_ways)
        return model_bad(r, "tlb", "entries", "not a multiple of ways");
    if ((k->translation.tlb_entries / k->translation.tlb_ways) &
        (k->translation.tlb_entries / k->translation.tlb_ways - 1))
        return model_bad(r, "tlb", "entries", "entries / ways must be a power of two");
    return AVS_OK;
}

static avs_status read_costs(const struct model_reader *r, struct core_model *k)
{
    for (unsigned i = 0; i < COST_COUNT; i++) {
        avs_status s = model_small(r, "cost", cost_keys[i].key, 0, COST_MAX, &k->cost[i]);
        if (s)
            return s;
    }
    return AVS_OK;
}

static unsigned id_by_name(const char *name)
{
    for (unsigned id = 0; id < SR_COUNT; id++)
        if (!strcmp(sysreg_name(id), name))
            return id;
    return SR_NONE;
}

static avs_status read_ids(const struct model_reader *r, struct core_model *k)
{
    g_auto(GStrv) keys = g_key_file_get_keys(r->kf, "id", NULL, NULL);

    for (unsigned i = 0; keys && keys[i]; i++) {
        unsigned id = id_by_name(keys[i]);
        avs_status s;

        if (id == SR_NONE)
            return model_bad(r, "id", keys[i], "no such system register");
        if ((s = model_number(r, "id", keys[i], 0, UINT64_MAX, &k->id[id])))
            return s;
        k->id_set[id] = true;
    }
    return AVS_OK;
}

static bool is_cost_key(const char *key)
{
    for (unsigned i = 0; i < COST_COUNT; i++)
        if (!strcmp(key, cost_keys[i].key))
            return true;
    return false;
}

static bool known_key(const char *group, const char *key)
{
    static const char *const known[][2] = {
        { "core", "title" }, { "core", "clock-hz" },      { "tlb", "entries" },
        { "tlb", "ways" },   { "gic", "list-registers" },
    };

    if (!strcmp(group, "cost"))
        return is_cost_key(key);
    if (!strcmp(group, "id"))
        return true; /* read_ids() knows them. */
    for (unsigned i = 0; i < G_N_ELEMENTS(known); i++)
        if (!strcmp(group, known[i][0]) && !strcmp(key, known[i][1]))
            return true;
    return false;
}

static avs_status check_keys(const struct model_reader *r)
{
    static const char *const groups[] = { "core", "tlb", "gic", "cost", "id", NULL };
    g_auto(GStrv) present = g_key_file_get_groups(r->kf, NULL);

    for (unsigned i = 0; present[i]; i++) {
        g_auto(GStrv) keys = g_key_file_get_keys(r->kf, present[i], NULL, NULL);

        if (!g_strv_contains(groups, present[i]))
            return model_bad(r, present[i], NULL, "unknown group");
        for (unsigned j = 0; keys && keys[j]; j++)
            if (!known_key(present[i], keys[j]))
                return model_bad(r, present[i], keys[j], "unknown key");
    }
    return AVS_OK;
}

static avs_status read_all(const struct model_reader *r, struct core_model *k)
{
    avs_status s;

    if ((s = check_keys(r)) || (s = read_core(r, k)) || (s = read_costs(r, k)))
        return s;
    return read_ids(r, k);
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

static avs_status parse(struct model_reader *r, struct core_model *k)
{
    g_autoptr(GError) error = NULL;

    if (!g_key_file_load_from_data(r->kf, r->text, (gsize)-1, G_KEY_FILE_NONE, &error))
        return avs_fail(r->m, AVS_ERR_MODEL, "%s: %s", r->path, error->message);
    return read_all(r, k);
}

avs_status core_model_load(struct avs_machine *m, const char *name, struct core_model **out)
{
    g_autofree char *path = path_of(name);
    g_autofree char *base = g_path_get_basename(path);
    g_autoptr(GError) error = NULL;
    struct model_reader r = { .m = m, .path = path };
    struct core_model *k;
    avs_status s;

    *out = NULL;
    if (!strchr(name, '/') && !g_file_test(path, G_FILE_TEST_EXISTS))
        return unknown_core(m, name);
    if (!g_file_get_contents(path, &r.text, NULL, &error))
        return avs_fail(m, AVS_ERR_IO, "%s", error->message);
    k = g_new0(struct core_model, 1);
    k->name = g_str_has_suffix(base, ".core") ? g_strndup(base, strlen(base) - 5) : g_strdup(base);
    r.kf = g_key_file_new();
    s = parse(&r, k);
    g_key_file_free(r.kf);
    g_free(r.text);
    if (s) {
        core_model_free(k);
        return s;
    }
    *out = k;
    return AVS_OK;
}

void core_model_free(struct core_model *k)
{
    if (!k)
        return;
    g_free(k->name);
    g_free(k->title);
    g_free(k);
}
