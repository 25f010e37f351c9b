/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_test.c
 * armvsim test: verdicts on hypervisors for CI. Specs say what to run and what is expected; all of them are
 * read and checked before the first runs.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

static const char description_head[] =
    "A SPEC is a key file NAME.spec, or a folder of them. Exit status: 0 all passed; 1 some failed; 2 a "
    "spec is\n"
    "wrong, and nothing was run; 130 interrupted. armvsim(1) has a spec's groups and keys.\n\n";

struct session {
    const struct test_options *options;
    GPtrArray *cases;
    int width;
    unsigned shown, failed;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Problems by file and line. */
static int by_line(const void *a, const void *b)
{
    return strverscmp(*(char *const *)a, *(char *const *)b);
}

/* The specs below a folder, by name; links are not followed into folders. */
static void add_folder(const char *path, GPtrArray *files)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    for (unsigned i = 0; i < names->len; i++) {
        const char *file = names->pdata[i];

        if (g_file_test(file, G_FILE_TEST_IS_DIR)) {
            if (!g_file_test(file, G_FILE_TEST_IS_SYMLINK))
                add_folder(file, files);
        } else if (g_str_has_suffix(file, ".spec")) {
            g_ptr_array_add(files, g_strdup(file));
        }
    }
}

/* A spec that is named twice, in whichever way, is run once. */
static void add_spec(const char *path, GPtrArray *specs, GPtrArray *problems)
{
    struct spec *s = spec_read(path, problems);
    bool is_known = false;

    for (unsigned i = 0; s && i < specs->len; i++) {
        const struct spec *other = specs->pdata[i];

        is_known |= !strcmp(other->name, s->name) && !strcmp(other->folder, s->folder);
    }
    if (is_known)
        spec_free(s);
    else if (s)
        g_ptr_array_add(specs, s);
}

static void find_specs(char **args, GPtrArray *specs, GPtrArray *problems)
{
    for (char **a = args; *a; a++) {
        g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);

        if (!g_file_test(*a, G_FILE_TEST_IS_DIR))
            g_ptr_array_add(files, g_strdup(*a));
        else
            add_folder(*a, files);
        if (!files->len)
            g_ptr_array_add(problems, g_strdup_printf("%s: no .spec file in this folder", *a));
        for (unsigned i = 0; i < files->len; i++)
            add_spec(files->pdata[i], specs, problems);
    }
}

/* Specs of one name in several folders are told apart by the folder. */
static void rename_twins(GPtrArray *specs)
{
    for (unsigned i = 0; i < specs->len; i++) {
        struct spec *s = specs->pdata[i];
        bool has_twin = false;

        for (unsigned k = 0; k < specs->len && !has_twin; k++) {
            g_autofree char *base = g_path_get_basename(((struct spec *)specs->pdata[k])->path);

            has_twin =
                k != i && g_str_has_prefix(base, s->name) && !strcmp(base + strlen(s->name), ".spec");
        }
        if (has_twin) {
            g_autofree char *folder = g_path_get_basename(s->folder);
            char *name = g_strconcat(folder, "/", s->name, NULL);

            g_free(s->name);
            s->name = name;
        }
    }
}

/* Two cases that were to write one golden file would undo each other. */
static void check_shared(const GPtrArray *cases, GPtrArray *problems)
{
    for (unsigned i = 0; i < cases->len; i++)
        for (unsigned k = 0; k < i; k++) {
            const struct test_case *a = cases->pdata[k], *b = cases->pdata[i];

            if (!strcmp(a->name, b->name))
                test_problem(problems, b->spec, NULL, "%s is there twice", b->name);
            else if (a->golden.path && !g_strcmp0(a->golden.path, b->golden.path))
                test_problem(
                    problems, b->spec, NULL,
                    "[golden] %s and %s have the same ledger; a variable such as ${cpu} parts them",
                    a->name, b->name);
        }
}

static void keep_matching(GPtrArray *cases, const char *pattern, GPtrArray *problems)
{
    for (unsigned i = 0; pattern && i < cases->len;) {
        const struct test_case *t = cases->pdata[i];

        if (g_pattern_match_simple(pattern, t->name) || g_pattern_match_simple(pattern, t->spec->name))
            i++;
        else
            g_ptr_array_remove_index(cases, i);
    }
    if (pattern && !cases->len && !problems->len)
        g_ptr_array_add(problems, g_strdup_printf("--only '%s': no case has such a name", pattern));
}

static void on_done(void *user, struct test_case *t)
{
    struct session *s = user;

    s->shown++;
    s->failed += t->failed_count > 0;
    if (s->options->tap)
        test_tap_case(t, s->shown);
    else
        test_print_case(t, s->width, cli_colour(STDOUT_FILENO));
}

static int run(struct session *s)
{
    int status;

    for (unsigned i = 0; i < s->cases->len; i++)
        s->width = MAX(s->width, (int)g_utf8_strlen(((struct test_case *)s->cases->pdata[i])->name, -1));
    if (s->options->tap)
        test_tap_plan(s->cases->len);
    status = test_run_all(s->cases, s->options, on_done, s);
    if (status)
        return status;
    if (!s->options->tap)
        test_print_total(s->cases, cli_colour(STDOUT_FILENO));
    if (s->options->junit)
        status = test_junit_write(s->options->junit, s->cases);
    return status ? status : s->failed ? EXIT_FAILED : EXIT_OK;
}

static int list(const GPtrArray *cases)
{
    for (unsigned i = 0; i < cases->len; i++) {
        const struct test_case *t = cases->pdata[i];
        const struct spec_line *l = spec_find(t->spec, "test", "description");

        printf("%s%s%s\n", t->name, l ? "  " : "", l ? l->value : "");
    }
    return EXIT_OK;
}

static int test(char **args, const struct test_options *o)
{
    g_autoptr(GPtrArray) specs = g_ptr_array_new_with_free_func(spec_free);
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(test_case_free);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    struct session s = { .options = o, .cases = cases };

    find_specs(args, specs, problems);
    rename_twins(specs);
    for (unsigned i = 0; i < specs->len; i++)
        spec_cases(specs->pdata[i], o, cases, problems);
    check_shared(cases, problems);
    keep_matching(cases, o->only, problems);
    g_ptr_array_sort(problems, by_line);
    for (unsigned i = 0; i < problems->len; i++)
        cli_error("%s", (const char *)problems->pdata[i]);
    if (problems->len)
        return EXIT_USAGE;
    return o->list ? list(cases) : run(&s);
}

static int check_options(const struct test_options *o)
{
    for (char **d = o->define; d && *d; d++) {
        const char *equals = strchr(*d, '=');

        if (!equals || equals == *d)
            return cli_error("test: --define '%s': NAME=VALUE expected", *d);
    }
    if (o->build && !g_file_test(o->build, G_FILE_TEST_IS_DIR))
        return cli_error("test: --build %s: no such folder", o->build);
    if (o->jobs < 1)
        return cli_error("test: --jobs %d: at least 1", o->jobs);
    return EXIT_OK;
}

static void free_options(struct test_options *o)
{
    g_free(o->build);
    g_free(o->keep);
    g_free(o->junit);
    g_free(o->only);
    g_strfreev(o->define);
}

int cmd_test(const struct command *self, int argc, char **argv)
{
    struct test_options o = { .jobs = (int)g_get_num_processors() };
    g_autofree char *budgets = budget_help();
    g_autofree char *text = g_strconcat(description_head, budgets, NULL);
    const GOptionEntry entries[] = {
        { "build", 0, 0, G_OPTION_ARG_FILENAME, &o.build, "What ${builddir} is in specs", "DIR" },
        { "define", 'D', 0, G_OPTION_ARG_STRING_ARRAY, &o.define, "Another variable for specs; repeatable",
          "NAME=VALUE" },
        { "only", 0, 0, G_OPTION_ARG_STRING, &o.only, "Only cases whose names fit a pattern with *",
          "PATTERN" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &o.jobs, "Cases that run at once (default: one a CPU)", "N" },
        { "tap", 0, 0, G_OPTION_ARG_NONE, &o.tap, "Results as TAP on standard output", NULL },
        { "junit", 0, 0, G_OPTION_ARG_FILENAME, &o.junit, "Write the results as JUnit XML, too", "FILE" },
        { "keep", 0, 0, G_OPTION_ARG_FILENAME, &o.keep,
          "Leave each case's ledger, console and standard error in DIR/CASE", "DIR" },
        { "update", 0, 0, G_OPTION_ARG_NONE, &o.update, "Write golden ledgers anew", NULL },
        { "list", 0, 0, G_OPTION_ARG_NONE, &o.list, "Name the cases and run nothing", NULL },
        G_OPTION_ENTRY_NULL
    };
    int status = EXIT_OK;

    if (cli_options(self, entries, text, &argc, &argv, &status)) {
        status = check_options(&o);
        if (!status && argc < 2)
            status = cli_error("test: a SPEC is needed (see armvsim test --help)");
        if (!status)
            status = test(argv + 1, &o);
    }
    free_options(&o);
    return status;
}
