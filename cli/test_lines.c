/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_lines.c
 * The lines of a spec: a key file whose [budget] has expressions for lines. Values are taken as they are
 * written, without the escapes of GLib's key files, so that regular expressions need no second backslash;
 * and lists may go on in another line with the same key.
 */
#include <string.h>

#include "test.h"

enum { SPEC_BYTES_MAX = 1 << 20 };

static const char *const groups[] = { "test", "run", "matrix", "expect", "budget", "sql", "golden" };

void test_problem(GPtrArray *problems, const struct spec *s, const struct spec_line *l, const char *fmt,
                  ...)
{
    GString *out = g_string_new(s->path);
    va_list args;

    if (l)
        g_string_append_printf(out, ":%u: [%s%s%s]%s%s", l->number, l->group, *l->only ? " " : "", l->only,
                               l->key ? " " : "", l->key ? l->key : "");
    g_string_append(out, ": ");
    va_start(args, fmt);
    g_string_append_vprintf(out, fmt, args);
    va_end(args);
    /* Each case of a matrix finds the same ones. */
    if (g_ptr_array_find_with_equal_func(problems, out->str, g_str_equal, NULL))
        g_string_free(out, TRUE);
    else
        g_ptr_array_add(problems, g_string_free(out, FALSE));
}

/* What is wrong with a line that has no group or is none. */
static void bad_line(GPtrArray *problems, const struct spec *s, unsigned number, const char *why)
{
    g_ptr_array_add(problems, g_strdup_printf("%s:%u: %s", s->path, number, why));
}

static void line_free(void *data)
{
    struct spec_line *l = data;

    g_free(l->group);
    g_free(l->only);
    g_free(l->key);
    g_free(l->value);
    g_free(l->text);
    g_free(l);
}

void spec_free(void *spec)
{
    struct spec *s = spec;

    g_ptr_array_free(s->lines, TRUE);
    g_free(s->path);
    g_free(s->folder);
    g_free(s->name);
    g_free(s);
}

const struct spec_line *spec_find(const struct spec *s, const char *group, const char *key)
{
    for (unsigned i = 0; i < s->lines->len; i++) {
        const struct spec_line *l = s->lines->pdata[i];

        if (l->key && !strcmp(l->group, group) && !strcmp(l->key, key))
            return l;
    }
    return NULL;
}

char **spec_list(const char *value)
{
    GPtrArray *parts = g_ptr_array_new();
    GString *part = g_string_new(NULL);

    for (const char *c = value;; c++) {
        if (c[0] == '\\' && c[1] == ';') {
            g_string_append_c(part, *++c);
            continue;
        }
        if (*c && *c != ';') {
            g_string_append_c(part, *c);
            continue;
        }
        g_strstrip(part->str);
        if (*part->str)
            g_ptr_array_add(parts, g_strdup(part->str));
        g_string_truncate(part, 0);
        if (!*c)
            break;
    }
    g_string_free(part, TRUE);
    g_ptr_array_add(parts, NULL);
    return (char **)g_ptr_array_free(parts, FALSE);
}

static bool is_group(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        if (!strcmp(groups[i], name))
            return true;
    return false;
}

/* Reads "[budget cortex-a53]" into the two texts, which stay as they are after a problem. */
static void read_header(const struct spec *s, unsigned number, char *text, char **group, char **only,
                        GPtrArray *problems)
{
    size_t len = strlen(text);
    g_autofree char *inside = len > 1 ? g_strstrip(g_strndup(text + 1, len - 2)) : g_strdup("");
    char *blank = strchr(inside, ' ');
    g_autofree char *why = NULL;
    g_autofree char *known = NULL;

    if (text[len - 1] != ']') {
        bad_line(problems, s, number, "a group ends with ']'; a value that goes on has its key again");
        return;
    }
    if (blank)
        *blank = 0;
    g_free(*group);
    g_free(*only);
    *group = g_strdup(inside);
    *only = g_strstrip(g_strdup(blank ? blank + 1 : ""));
    known = g_strjoinv("], [",
                       (char *[]){ "test", "run", "matrix", "expect", "budget", "sql", "golden", NULL });
    if (!is_group(inside))
        why = g_strdup_printf("there is no group [%s]; there are [%s]", inside, known);
    else if (**only && strcmp(inside, "budget") != 0)
        why = g_strdup_printf("[%s] has no parts by a value of [matrix]; only [budget VALUE] has", inside);
    if (why)
        bad_line(problems, s, number, why);
}

static void add_line(struct spec *s, unsigned number, const char *text, const char *group, const char *only,
                     GPtrArray *problems)
{
    bool is_budget = !strcmp(group, "budget");
    const char *equals = strchr(text, '=');
    struct spec_line *l;

    if (!*group) {
        bad_line(problems, s, number, "a [GROUP] comes first, such as [run]");
        return;
    }
    if (!is_budget && (!equals || equals == text)) {
        bad_line(problems, s, number, "neither KEY = VALUE nor a [GROUP]");
        return;
    }
    l = g_new0(struct spec_line, 1);
    l->number = number;
    l->group = g_strdup(group);
    l->only = g_strdup(only);
    l->text = g_strdup(text);
    if (!is_budget) {
        l->key = g_strchomp(g_strndup(text, (gsize)(equals - text)));
        l->value = g_strstrip(g_strdup(equals + 1));
    }
    g_ptr_array_add(s->lines, l);
}

static void read_lines(struct spec *s, const char *contents, GPtrArray *problems)
{
    g_auto(GStrv) lines = g_strsplit(contents, "\n", -1);
    g_autofree char *group = g_strdup("");
    g_autofree char *only = g_strdup("");

    for (unsigned i = 0; lines[i]; i++) {
        char *text = g_strstrip(lines[i]);

        if (*text == '[')
            read_header(s, i + 1, text, &group, &only, problems);
        else if (*text && *text != '#' && (!*group || is_group(group)))
            add_line(s, i + 1, text, group, only, problems);
    }
}

struct spec *spec_read(const char *path, GPtrArray *problems)
{
    struct spec *s = g_new0(struct spec, 1);
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    g_autofree char *base = g_path_get_basename(path);
    g_autofree char *contents = NULL;
    g_autoptr(GError) error = NULL;
    gsize len = 0;

    s->path = g_strdup(path);
    s->folder = g_path_get_dirname(absolute);
    s->name = g_str_has_suffix(base, ".spec") ? g_strndup(base, strlen(base) - 5) : g_strdup(base);
    s->lines = g_ptr_array_new_with_free_func(line_free);
    if (!g_file_get_contents(path, &contents, &len, &error))
        g_ptr_array_add(problems, g_strdup_printf("%s: %s", path, g_strerror(errno)));
    else if (len > SPEC_BYTES_MAX)
        g_ptr_array_add(problems, g_strdup_printf("%s: larger than 1 MiB, which no spec is", path));
    else if (!g_utf8_validate(contents, (gssize)len, NULL))
        g_ptr_array_add(problems, g_strdup_printf("%s: not a text (not UTF-8)", path));
    else {
        read_lines(s, contents, problems);
        return s;
    }
    spec_free(s);
    return NULL;
}
