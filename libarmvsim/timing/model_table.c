/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file model_table.c
 * The keys of a .core file as tables (model_key.def, cost.def, sysreg*.def for [id]): which are known,
 * reading them into a core model, and showing them.
 */
#include <stddef.h>
#include <string.h>

#include "arch/sysreg.h"
#include "timing/pipeline_model.h"

enum { COST_MAX = 100000 };

enum key_kind { TEXT, NUMBER, LONG, BYTES, YESNO, REPLACEMENT };

static const struct model_key {
    const char *group, *key;
    size_t offset;
    enum key_kind kind;
    uint64_t min, max;
    const char *unit, *meaning;
} keys[] = {
#define KEY(group, key, field, kind, min, max, unit, meaning)                                              \
    { #group, key, offsetof(struct core_model, field), kind, min, max, unit, meaning },
#include "timing/model_key.def"
#undef KEY
};

static const struct {
    const char *key, *meaning;
} costs[COST_COUNT] = {
#define COST(name, key, dflt, text) [COST_##name] = { key, text },
#include "timing/cost.def"
#undef COST
};

/* Groups that other files read; ends with NULL. */
static const struct model_part *const parts[] = {
    &pipeline_model_parts[0],
    &pipeline_model_parts[1],
    &pipeline_model_parts[2],
    &pipeline_model_parts[3],
    NULL,
};

static const char *const yesno[] = { "no", "yes", NULL };
static const char *const replacements[] = {
    [CACHE_RANDOM] = "random", [CACHE_FIFO] = "fifo", [CACHE_LRU] = "lru", NULL
};

static const struct model_part *part_of(const char *group)
{
    for (const struct model_part *const *p = parts; *p; p++)
        if (!strcmp((*p)->group, group))
            return *p;
    return NULL;
}

static unsigned id_by_name(const char *name)
{
    for (unsigned id = 0; id < SR_COUNT; id++)
        if (!strcmp(sysreg_name(id), name))
            return id;
    return SR_NONE;
}

static bool is_cost_key(const char *key)
{
    for (unsigned i = 0; i < COST_COUNT; i++)
        if (!strcmp(key, costs[i].key))
            return true;
    return false;
}

bool model_knows_group(const char *group)
{
    if (!strcmp(group, "cost") || !strcmp(group, "id") || part_of(group))
        return true;
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
        if (!strcmp(group, keys[i].group))
            return true;
    return false;
}

bool model_knows_key(const char *group, const char *key)
{
    const struct model_part *part = part_of(group);

    if (part)
        return part->knows(key);
    if (!strcmp(group, "cost"))
        return is_cost_key(key);
    if (!strcmp(group, "id"))
        return id_by_name(key) != SR_NONE;
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
        if (!strcmp(group, keys[i].group) && !strcmp(key, keys[i].key))
            return true;
    return false;
}

static void check_keys(const struct model_reader *r, const char *group)
{
    g_auto(GStrv) names = g_key_file_get_keys(r->kf, group, NULL, NULL);
    const char *why = strcmp(group, "id") ? "unknown key" : "no such system register";

    for (char **n = names; n && *n; n++)
        if (!model_knows_key(group, *n))
            model_bad(r, group, *n, why);
}

static void check_groups(const struct model_reader *r)
{
    g_auto(GStrv) groups = g_key_file_get_groups(r->kf, NULL);

    for (char **g = groups; *g; g++) {
        if (model_knows_group(*g))
            check_keys(r, *g);
        else
            model_bad(r, *g, NULL, "unknown group");
    }
}

/* Whether the file says that there is no such cache: L2 or L3 of size 0, or no [l3]. */
static bool no_cache(const struct model_reader *r, const char *group)
{
    g_autofree char *size = NULL;

    if (strcmp(group, "l2") && strcmp(group, "l3"))
        return false;
    if (!g_key_file_has_group(r->kf, group))
        return !strcmp(group, "l3");
    size = g_key_file_get_value(r->kf, group, "size", NULL);
    return size && !strcmp(g_strstrip(size), "0");
}

static bool has_group(const struct model_reader *r, const char *group)
{
    if (g_key_file_has_group(r->kf, group))
        return true;
    model_bad(r, group, NULL, "the group is missing");
    return false;
}

static void read_text(const struct model_reader *r, const struct model_key *key, char **out)
{
    *out = g_key_file_get_value(r->kf, key->group, key->key, NULL);
    if (!*out)
        model_missing(r, key->group, key->key);
    else if (!*g_strstrip(*out))
        model_bad(r, key->group, key->key, "is empty");
}

static void read_key(const struct model_reader *r, const struct model_key *key, struct core_model *k)
{
    void *at = (char *)k + key->offset;
    uint64_t value = 0;
    unsigned word = 0;

    switch (key->kind) {
    case TEXT:
        read_text(r, key, at);
        break;
    case LONG:
        model_number(r, key->group, key->key, key->min, key->max, at);
        break;
    case NUMBER:
        model_number(r, key->group, key->key, key->min, key->max, &value);
        *(uint32_t *)at = (uint32_t)value;
        break;
    case BYTES:
        model_bytes(r, key->group, key->key, key->min, key->max, &value);
        *(uint32_t *)at = (uint32_t)value;
        break;
    case YESNO:
        model_word(r, key->group, key->key, yesno, &word);
        *(bool *)at = word;
        break;
    case REPLACEMENT:
        model_word(r, key->group, key->key, replacements, at);
        break;
    }
}

static void read_keys(const struct model_reader *r, struct core_model *k)
{
    const char *missing = "";

    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (!strcmp(missing, keys[i].group) || no_cache(r, keys[i].group))
            continue;
        if (has_group(r, keys[i].group))
            read_key(r, &keys[i], k);
        else
            missing = keys[i].group;
    }
}

static void read_costs(const struct model_reader *r, struct core_model *k)
{
    if (!has_group(r, "cost"))
        return;
    for (unsigned i = 0; i < COST_COUNT; i++)
        model_small(r, "cost", costs[i].key, 0, COST_MAX, &k->cost[i]);
}

static void read_ids(const struct model_reader *r, struct core_model *k)
{
    g_auto(GStrv) names = g_key_file_get_keys(r->kf, "id", NULL, NULL);

    for (char **n = names; n && *n; n++) {
        unsigned id = id_by_name(*n);

        if (id != SR_NONE)
            k->id_set[id] = !model_number(r, "id", *n, 0, UINT64_MAX, &k->id[id]);
    }
}

static void read_parts(const struct model_reader *r, struct core_model *k)
{
    for (const struct model_part *const *p = parts; *p; p++)
        if ((*p)->optional || has_group(r, (*p)->group))
            (*p)->read(r, k);
}

void model_read_table(const struct model_reader *r, struct core_model *k)
{
    check_groups(r);
    read_keys(r, k);
    read_costs(r, k);
    read_ids(r, k);
    read_parts(r, k);
}

static char *bytes_text(uint64_t n)
{
    if (n && n % (1 << 20) == 0)
        return g_strdup_printf("%uM", (unsigned)(n >> 20));
    if (n && n % (1 << 10) == 0)
        return g_strdup_printf("%uK", (unsigned)(n >> 10));
    return g_strdup_printf("%u", (unsigned)n);
}

static char *value_text(const struct core_model *k, const struct model_key *key)
{
    const void *at = (const char *)k + key->offset;

    switch (key->kind) {
    case TEXT:
        return g_strdup(*(char *const *)at);
    case LONG:
        return g_strdup_printf("%" G_GUINT64_FORMAT, *(const uint64_t *)at);
    case BYTES:
        return bytes_text(*(const uint32_t *)at);
    case YESNO:
        return g_strdup(yesno[*(const bool *)at]);
    case REPLACEMENT:
        return g_strdup(replacements[*(const uint32_t *)at]);
    default:
        return g_strdup_printf("%u", *(const uint32_t *)at);
    }
}

/* A cache that is not there is its size alone. */
static bool shown(const struct core_model *k, const struct model_key *key)
{
    return !strcmp(key->key, "size") || !((!strcmp(key->group, "l2") && !k->memory.l2.size) ||
                                          (!strcmp(key->group, "l3") && !k->memory.l3.size));
}

static void show_part(const struct model_part *p, GKeyFile *kf, model_show_fn fn, void *user)
{
    g_auto(GStrv) names = g_key_file_get_keys(kf, p->group, NULL, NULL);

    for (char **n = names; n && *n; n++) {
        g_autofree char *value = g_key_file_get_value(kf, p->group, *n, NULL);

        fn(user, p->group, *n, value, "", p->meaning ? p->meaning(*n) : "");
    }
}

static void show_costs(const struct core_model *k, model_show_fn fn, void *user)
{
    for (unsigned i = 0; i < COST_COUNT; i++) {
        g_autofree char *value = g_strdup_printf("%u", k->cost[i]);

        fn(user, "cost", costs[i].key, value, "cycles", costs[i].meaning);
    }
}

void model_show_table(const struct core_model *k, GKeyFile *kf, model_show_fn fn, void *user)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *value = value_text(k, &keys[i]);

        if (shown(k, &keys[i]))
            fn(user, keys[i].group, keys[i].key, value, keys[i].unit, keys[i].meaning);
    }
    for (const struct model_part *const *p = parts; *p; p++)
        show_part(*p, kf, fn, user);
    show_costs(k, fn, user);
    for (unsigned i = 0; i < SR_COUNT; i++) {
        g_autofree char *value = g_strdup_printf("0x%016" G_GINT64_MODIFIER "x", k->id[i]);

        if (k->id_set[i])
            fn(user, "id", sysreg_name(i), value, "", "");
    }
}
