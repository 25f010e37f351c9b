/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_spec.c
 * Specs become cases: one, or with [matrix] one for each combination of its values, the last key's changing
 * fastest.
 */
#include <string.h>

#include "test.h"

enum { CASES_MAX = 1000, AXES_MAX = 16 };

struct axis {
    const struct spec_line *line;
    char **values;
    unsigned count;
};

static void result_free(void *data)
{
    struct test_result *r = data;

    g_free(r->title);
    g_free(r->group);
    g_free(r->why);
    g_free(r);
}

static void pattern_free(void *data)
{
    struct test_pattern *p = data;

    g_free(p->text);
    if (p->regex)
        g_regex_unref(p->regex);
    g_free(p);
}

static void budget_free(void *data)
{
    budget_clear(data);
    g_free(data);
}

static void sql_free(void *data)
{
    struct test_sql *q = data;

    g_free(q->name);
    g_free(q->query);
    g_free(q->wanted);
    g_free(q);
}

static struct test_case *case_new(const struct spec *s)
{
    struct test_case *t = g_new0(struct test_case, 1);
    struct test_expect *e = &t->expect;
    GPtrArray **patterns[] = { &e->console, &e->console_not, &e->stderr_, &e->stderr_not };

    t->spec = s;
    t->args = g_ptr_array_new_with_free_func(g_free);
    t->drives = g_ptr_array_new_with_free_func(g_free);
    t->images = g_ptr_array_new_with_free_func(g_free);
    t->budgets = g_ptr_array_new_with_free_func(budget_free);
    t->sql = g_ptr_array_new_with_free_func(sql_free);
    t->results = g_ptr_array_new_with_free_func(result_free);
    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++)
        *patterns[i] = g_ptr_array_new_with_free_func(pattern_free);
    return t;
}

void test_case_free(void *test)
{
    struct test_case *t = test;
    GPtrArray *arrays[] = { t->args,
                            t->drives,
                            t->budgets,
                            t->sql,
                            t->results,
                            t->expect.console,
                            t->expect.console_not,
                            t->expect.stderr_,
                            t->expect.stderr_not,
                            t->images };

    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_ptr_array_free(arrays[i], TRUE);
    g_strfreev(t->values);
    g_free(t->name);
    g_free(t->expect.console_file);
    g_free(t->golden.path);
    g_free(t->dir);
    g_free(t->updated);
    g_free(t->console_tail);
    g_free(t);
}

/* NAME=VALUE of --define, and what is always there. */
static void define(struct spec_values *v, const struct spec *s, const struct test_options *o)
{
    v->variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    v->matrix = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(v->variables, g_strdup("specdir"), g_strdup(s->folder));
    if (o->build)
        g_hash_table_insert(v->variables, g_strdup("builddir"), g_canonicalize_filename(o->build, NULL));
    for (char **d = o->define; d && *d; d++) {
        const char *equals = strchr(*d, '=');

        g_hash_table_insert(v->variables, g_strndup(*d, (gsize)(equals - *d)), g_strdup(equals + 1));
    }
}

static void undefine(struct spec_values *v)
{
    g_hash_table_destroy(v->matrix);
    g_hash_table_destroy(v->variables);
}

/* The case of the given values of the axes. */
static void add_case(const struct spec *s, const struct test_options *o, const struct axis *axes,
                     unsigned count, const unsigned *at, GPtrArray *cases, GPtrArray *problems)
{
    struct test_case *t = case_new(s);
    g_autofree char *label = NULL;
    struct spec_values v;

    t->values = g_new0(char *, count + 1);
    define(&v, s, o);
    for (unsigned i = 0; i < count; i++) {
        char *value = axes[i].values[at[i]];

        t->values[i] = g_strdup(value);
        g_hash_table_insert(v.matrix, axes[i].line->key, value);
        g_hash_table_insert(v.variables, g_strdup(axes[i].line->key), g_strdup(value));
    }
    label = g_strjoinv(",", t->values);
    t->name = *label ? g_strdup_printf("%s[%s]", s->name, label) : g_strdup(s->name);
    spec_run_args(s, &v, t, problems);
    spec_expectations(s, &v, t, problems);
    undefine(&v);
    g_ptr_array_add(cases, t);
}

static bool has_value(const struct axis *axes, unsigned count, const char *value)
{
    for (unsigned i = 0; i < count; i++)
        if (g_strv_contains((const char *const *)axes[i].values, value))
            return true;
    return false;
}

/* [budget VALUE] of a value that no case has would never be looked at. */
static void check_parts(const struct spec *s, const struct axis *axes, unsigned count, GPtrArray *problems)
{
    for (unsigned i = 0; i < s->lines->len; i++) {
        const struct spec_line *l = s->lines->pdata[i];

        if (*l->only && !has_value(axes, count, l->only))
            test_problem(problems, s, l, "'%s' is not a value of [matrix], so no case has this budget",
                         l->only);
    }
}

static bool read_axis(const struct spec_line *l, struct axis *out)
{
    *out = (struct axis){ .line = l, .values = spec_list(l->value) };
    out->count = g_strv_length(out->values);
    if (!out->count)
        g_strfreev(out->values);
    return out->count;
}

static unsigned read_axes(const struct spec *s, struct axis axes[AXES_MAX], GPtrArray *problems)
{
    unsigned count = 0;

    for (unsigned i = 0; i < s->lines->len; i++) {
        const struct spec_line *l = s->lines->pdata[i];

        if (strcmp(l->group, "matrix") != 0)
            continue;
        if (!spec_run_knows(l->key))
            test_problem(problems, s, l, "[matrix] is of keys of [run], and this is none");
        else if (spec_find(s, "matrix", l->key) != l)
            test_problem(problems, s, l, "is there twice");
        else if (count == AXES_MAX)
            test_problem(problems, s, l, "more than %d keys in [matrix]", AXES_MAX);
        else if (read_axis(l, &axes[count]))
            count++;
        else
            test_problem(problems, s, l, "has no values");
    }
    return count;
}

static void check_test_group(const struct spec *s, GPtrArray *problems)
{
    for (unsigned i = 0; i < s->lines->len; i++) {
        const struct spec_line *l = s->lines->pdata[i];

        if (!strcmp(l->group, "test") && strcmp(l->key, "description") != 0)
            test_problem(problems, s, l, "no such key; there is description");
    }
}

void spec_cases(const struct spec *s, const struct test_options *o, GPtrArray *cases, GPtrArray *problems)
{
    struct axis axes[AXES_MAX];
    unsigned count = read_axes(s, axes, problems), at[AXES_MAX] = { 0 }, axis;
    guint64 total = 1;

    check_test_group(s, problems);
    for (unsigned i = 0; i < count; i++)
        total = MIN(total * axes[i].count, CASES_MAX + 1);
    if (total > CASES_MAX)
        test_problem(problems, s, axes[0].line, "more than %d cases", CASES_MAX);
    check_parts(s, axes, count, problems);
    for (guint64 i = 0; i < total && total <= CASES_MAX; i++) {
        add_case(s, o, axes, count, at, cases, problems);
        for (axis = count; axis-- && ++at[axis] == axes[axis].count;)
            at[axis] = 0;
    }
    for (unsigned i = 0; i < count; i++)
        g_strfreev(axes[i].values);
}
