/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file model_read.c
 * Values of a .core file and what is wrong with them. GLib's key files merge groups and keys that are there
 * twice and name no lines, so the text itself is looked through for both.
 */
#include "timing/model_read.h"

#include <errno.h>
#include <string.h>

/* The line on which `key` of `group` (or its heading) stands, 0 when it does not. */
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

/* Splits "core.GROUP.KEY=VALUE" ("core.KEY=VALUE" for [core]). False when it is not that. */
static bool split_set(const char *set, char **group, char **key, char **value)
{
    const char *name = g_str_has_prefix(set, "core.") ? set + 5 : NULL;
    const char *equals = name ? strchr(name, '=') : NULL;
    const char *dot = equals ? memchr(name, '.', (size_t)(equals - name)) : NULL;

    if (!equals)
        return false;
    *group = dot ? g_strndup(name, (gsize)(dot - name)) : g_strdup("core");
    name = dot ? dot + 1 : name;
    *key = g_strndup(name, (gsize)(equals - name));
    *value = g_strdup(equals + 1);
    return true;
}

/* The --set that a value came from (the last one counts), or NULL. */
static const char *set_of(const struct model_reader *r, const char *group, const char *key)
{
    const char *found = NULL;

    for (const char *const *s = r->sets; s && *s && key; s++) {
        g_autofree char *g = NULL, *k = NULL, *v = NULL;

        if (split_set(*s, &g, &k, &v) && !strcmp(g, group) && !strcmp(k, key))
            found = *s;
    }
    return found;
}

avs_status model_bad_line(const struct model_reader *r, unsigned line, const char *text)
{
    struct model_problem p = { .line = line };

    p.text = line ? g_strdup_printf("%s:%u: %s", r->path, line, text) : g_strdup(text);
    g_array_append_val(r->found->problems, p);
    return AVS_ERR_MODEL;
}

/* Values that do not fit together may do so because of a --set: then all of them are named. */
static char *blame_sets(const struct model_reader *r)
{
    g_autofree char *all = r->sets && *r->sets ? g_strjoinv(", --set ", (char **)r->sets) : NULL;

    return all ? g_strdup_printf(" (with --set %s)", all) : g_strdup("");
}

avs_status model_bad(const struct model_reader *r, const char *group, const char *key, const char *why)
{
    const char *set = set_of(r, group, key);
    unsigned line = line_of(r, group, key);
    g_autofree char *sets = blame_sets(r);
    g_autofree char *text = NULL;

    if (set)
        text = g_strdup_printf("--set %s: %s", set, why);
    else
        text = g_strdup_printf("%s%s[%s]%s%s: %s%s", line ? "" : r->path, line ? "" : ": ", group,
                               key ? " " : "", key ? key : "", why, sets);
    return model_bad_line(r, set ? 0 : line, text);
}

avs_status model_missing(const struct model_reader *r, const char *group, const char *key)
{
    g_autofree char *text = g_strdup_printf("[%s] %s: is missing", group, key);
    unsigned line = line_of(r, group, NULL);
    g_autofree char *named = line ? NULL : g_strdup_printf("%s: %s", r->path, text);

    return model_bad_line(r, line, named ? named : text);
}

static uint64_t unit_of(const char *unit)
{
    if (!strcmp(unit, "K"))
        return UINT64_C(1) << 10;
    if (!strcmp(unit, "M"))
        return UINT64_C(1) << 20;
    return strcmp(unit, "G") ? 0 : UINT64_C(1) << 30;
}

/* Decimal, 0x hexadecimal, 0 octal; with a unit when `units`. */
static bool parse_number(const char *text, bool units, uint64_t *out)
{
    uint64_t unit = 1;
    char *end;

    if (!g_ascii_isdigit(*text))
        return false;
    errno = 0;
    *out = g_ascii_strtoull(text, &end, 0);
    if (*end)
        unit = units ? unit_of(end) : 0;
    if (errno || !unit || *out > UINT64_MAX / unit)
        return false;
    *out *= unit;
    return true;
}

static avs_status number(const struct model_reader *r, const char *group, const char *key, bool units,
                         const uint64_t range[2], uint64_t *out)
{
    g_autofree char *text = g_key_file_get_value(r->kf, group, key, NULL);
    g_autofree char *why = NULL;

    *out = 0;
    if (!text)
        return model_missing(r, group, key);
    g_strstrip(text);
    if (parse_number(text, units, out) && *out >= range[0] && *out <= range[1])
        return AVS_OK;
    *out = 0;
    if (range[0] == range[1])
        why = g_strdup_printf("'%s' is not %" G_GUINT64_FORMAT ", the only value that is modelled", text,
                              range[0]);
    else
        why = g_strdup_printf("'%s' is not a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, text,
                              range[0], range[1]);
    return model_bad(r, group, key, why);
}

avs_status model_number(const struct model_reader *r, const char *group, const char *key, uint64_t min,
                        uint64_t max, uint64_t *out)
{
    return number(r, group, key, false, (uint64_t[]){ min, max }, out);
}

avs_status model_bytes(const struct model_reader *r, const char *group, const char *key, uint64_t min,
                       uint64_t max, uint64_t *out)
{
    return number(r, group, key, true, (uint64_t[]){ min, max }, out);
}

avs_status model_small(const struct model_reader *r, const char *group, const char *key, unsigned min,
                       unsigned max, unsigned *out)
{
    uint64_t v = 0;
    avs_status s = model_number(r, group, key, min, max, &v);

    *out = (unsigned)v;
    return s;
}

avs_status model_word(const struct model_reader *r, const char *group, const char *key,
                      const char *const *words, unsigned *out)
{
    g_autofree char *text = g_key_file_get_value(r->kf, group, key, NULL);
    g_autofree char *all = g_strjoinv(" or ", (char **)words);
    g_autofree char *why = NULL;

    *out = 0;
    if (!text)
        return model_missing(r, group, key);
    g_strstrip(text);
    for (unsigned i = 0; words[i]; i++) {
        *out = i;
        if (!strcmp(text, words[i]))
            return AVS_OK;
    }
    *out = 0;
    why = g_strdup_printf("'%s' is not %s", text, all);
    return model_bad(r, group, key, why);
}

/* Notes where a group or key is first; says so when it was there before. */
static void once(const struct model_reader *r, GHashTable *seen, const char *group, const char *key,
                 unsigned line)
{
    g_autofree char *name = g_strdup_printf("[%s]%s%s", group, key ? " " : "", key ? key : "");
    unsigned before = GPOINTER_TO_UINT(g_hash_table_lookup(seen, name));
    g_autofree char *text = NULL;

    if (!before) {
        g_hash_table_insert(seen, g_steal_pointer(&name), GUINT_TO_POINTER(line));
        return;
    }
    text = g_strdup_printf("%s: %s is already in line %u", name, key ? "the key" : "the group", before);
    model_bad_line(r, line, text);
}

/* What GLib takes as the name of a group or key, as far as a line of our form can be none. */
static bool is_name(const char *name)
{
    for (const char *c = name; *c; c++)
        if (*c == '[' || *c == ']' || g_ascii_iscntrl(*c))
            return false;
    return *name;
}

/* "[group]": the name, NULL when the line is none. */
static char *group_of(const char *line)
{
    const size_t length = strlen(line);
    g_autofree char *name =
        *line == '[' && line[length - 1] == ']' ? g_strndup(line + 1, length - 2) : NULL;

    return name && is_name(name) ? g_steal_pointer(&name) : NULL;
}

static void not_a_line(const struct model_reader *r, unsigned number, const char *line, bool has_equals)
{
    g_autofree char *text = g_strdup_printf("'%s%s' is not [group], key=value in a group, or # comment",
                                            line, has_equals ? "=..." : "");

    model_bad_line(r, number, text);
}

static void scan_line(const struct model_reader *r, GHashTable *seen, char *line, unsigned number,
                      char **group)
{
    char *equals = strchr(line, '=');
    char *heading = *line ? group_of(line) : NULL;

    if (heading) {
        g_free(*group);
        *group = heading;
        once(r, seen, heading, NULL, number);
        return;
    }
    if (!*line || *line == '#')
        return;
    if (equals)
        *equals = 0;
    if (equals && *group && is_name(g_strchomp(line))) {
        once(r, seen, *group, line, number);
        return;
    }
    not_a_line(r, number, line, equals);
}

void model_scan(const struct model_reader *r)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) lines = g_strsplit(r->text, "\n", -1);
    g_autofree char *group = NULL;

    for (unsigned i = 0; lines[i]; i++)
        scan_line(r, seen, g_strstrip(lines[i]), i + 1, &group);
}

static void apply_set(const struct model_reader *r, const char *set)
{
    g_autofree char *group = NULL, *key = NULL, *value = NULL, *text = NULL;

    if (strpbrk(set, "\r\n"))
        text = g_strdup("--set: core.GROUP.KEY=VALUE expected, in one line");
    else if (!g_utf8_validate(set, -1, NULL) || !split_set(set, &group, &key, &value))
        text =
            g_strdup_printf("--set '%s': core.GROUP.KEY=VALUE expected, or core.KEY=VALUE for [core]", set);
    else if (!model_knows_group(group))
        text = g_strdup_printf("--set %s: [%s] is not a group of a core model", set, group);
    else if (!model_knows_key(group, key))
        text = g_strdup_printf("--set %s: [%s] has no key '%s'", set, group, key);
    else
        g_key_file_set_value(r->kf, group, key, value);
    if (text)
        model_bad_line(r, 0, text);
}

void model_apply_sets(const struct model_reader *r)
{
    for (const char *const *s = r->sets; s && *s; s++)
        apply_set(r, *s);
}
