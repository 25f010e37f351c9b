/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_expect.c
 * Reads what a spec expects: [expect], [budget], [sql] and [golden]. Expressions are compiled and queries
 * prepared here, so that mistakes show before anything runs.
 */
#define _GNU_SOURCE

#include <elf.h>
#include <string.h>

#include "ledger/schema_sql.h"
#include "test.h"

#define TOLERANCE_DEFAULT 0.01

const char *const test_end_names[END_COUNT] = {
    [END_POWER_OFF] = "power-off", [END_RESET] = "reset", [END_STOPPED] = "stopped",
    [END_LIMIT] = "limit",         [END_CRASH] = "crash", [END_IDLE] = "idle",
};

/* The exit status of `armvsim run` after each; the guest can choose that of the first. */
static const int end_status[END_COUNT] = {
    [END_LIMIT] = EXIT_LIMIT, [END_CRASH] = EXIT_CRASHED, [END_IDLE] = EXIT_CRASHED
};

struct reader {
    const struct spec *spec;
    const struct spec_values *values;
    struct test_case *out;
    GPtrArray *problems;
    bool has_exit;
};

static void add_pattern(struct reader *r, const struct spec_line *l, GPtrArray *to, const char *text)
{
    g_autoptr(GError) error = NULL;
    struct test_pattern *p = g_new0(struct test_pattern, 1);

    p->text = g_strdup(text);
    p->line = l->number;
    p->regex = g_regex_new(
        text, G_REGEX_RAW | G_REGEX_MULTILINE | G_REGEX_OPTIMIZE | G_REGEX_NEWLINE_ANYCRLF, 0, &error);
    g_ptr_array_add(to, p);
    if (error) {
        const char *at = g_strrstr(error->message, " at char ");

        test_problem(r->problems, r->spec, l, "'%s' is not a regular expression:%s", text,
                     at ? at : error->message);
    }
}

static void add_patterns(struct reader *r, const struct spec_line *l, GPtrArray *to)
{
    g_auto(GStrv) list = spec_list(l->value);

    if (!list[0])
        test_problem(r->problems, r->spec, l, "has no patterns");
    for (char **text = list; *text; text++)
        add_pattern(r, l, to, *text);
}

static bool end_named(const char *name, enum test_end *out)
{
    for (unsigned i = 0; i < END_COUNT; i++)
        if (!strcmp(test_end_names[i], name)) {
            *out = (enum test_end)i;
            return true;
        }
    return false;
}

/* exit = STATUS, or how the run ends. */
static void read_exit(struct reader *r, const struct spec_line *l)
{
    struct test_expect *e = &r->out->expect;
    uint64_t status;
    enum test_end end;

    r->has_exit = true;
    if (!strcmp(l->value, "any")) {
        e->exit_status = -1;
        e->end = END_COUNT;
    } else if (end_named(l->value, &end)) {
        e->end = end;
        e->exit_status = end_status[end];
    } else if (cli_number(l->value, false, &status) && status < 256) {
        e->exit_status = (int)status;
    } else {
        test_problem(r->problems, r->spec, l,
                     "'%s': a status from 0 to 255, power-off, reset, stopped, limit, crash, idle or any",
                     l->value);
    }
}

static void read_end(struct reader *r, const struct spec_line *l)
{
    struct test_expect *e = &r->out->expect;

    if (!end_named(l->value, &e->end))
        test_problem(r->problems, r->spec, l, "'%s': power-off, reset, stopped, limit, crash or idle",
                     l->value);
    else if (!r->has_exit)
        e->exit_status = end_status[e->end];
    else if (e->end > END_STOPPED)
        test_problem(r->problems, r->spec, l,
                     "a run that ends so has no exit status of its own; leave exit out");
}

static char *existing_file(struct reader *r, const struct spec_line *l, bool must)
{
    g_autofree char *value = spec_expand(r->spec, r->values, l, l->value, r->problems);
    char *path = value ? spec_path(r->spec, value) : NULL;

    if (path && must && !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        test_problem(r->problems, r->spec, l, "%s: no such file", path);
    return path;
}

/* Keys whose lines add up are lists; the others come once. */
static void read_expect(struct reader *r, const struct spec_line *l)
{
    struct test_expect *e = &r->out->expect;
    const struct {
        const char *key;
        GPtrArray *to;
    } lists[] = {
        { "console", e->console },
        { "console-not", e->console_not },
        { "stderr", e->stderr_ },
        { "stderr-not", e->stderr_not },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (!strcmp(lists[i].key, l->key)) {
            add_patterns(r, l, lists[i].to);
            return;
        }
    if (spec_find(r->spec, "expect", l->key) != l)
        test_problem(r->problems, r->spec, l, "is there twice");
    else if (!strcmp(l->key, "console-file"))
        e->console_file = existing_file(r, l, true);
    else if (strcmp(l->key, "exit") != 0 && strcmp(l->key, "end") != 0)
        test_problem(
            r->problems, r->spec, l,
            "no such key; there are exit, end, console, console-not, console-file, stderr and stderr-not");
}

/* Whether an ELF file has the text in one of its tables of strings, or nobody can tell. */
static bool may_have_symbol(const char *path, const char *name, bool *is_elf)
{
    GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);
    gsize len = file ? g_mapped_file_get_length(file) : 0;
    const char *bytes = len ? g_mapped_file_get_contents(file) : NULL;
    bool found = false;

    if (len > SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG)) {
        *is_elf = true;
        found = memmem(bytes, len, name, strlen(name) + 1);
    }
    if (file)
        g_mapped_file_unref(file);
    return found;
}

/* A mistyped function would never be interrupted, and so be within any budget. */
static void check_symbol(struct reader *r, const struct spec_line *l, const char *name)
{
    const GPtrArray *images = r->out->images;
    bool is_elf = false;

    for (unsigned i = 0; i < images->len; i++)
        if (may_have_symbol(images->pdata[i], name, &is_elf))
            return;
    if (is_elf)
        test_problem(r->problems, r->spec, l, "no function '%s' in the image, nor in symbols", name);
}

static struct budget *same_budget(GPtrArray *budgets, const struct budget *b)
{
    for (unsigned i = 0; i < budgets->len; i++) {
        struct budget *other = budgets->pdata[i];

        if (!strcmp(other->left, b->left) && other->op == b->op)
            return other;
    }
    return NULL;
}

/* A budget of a value of the matrix takes the place of the one for all cases. */
static void read_budget(struct reader *r, const struct spec_line *l)
{
    struct budget *b = g_new0(struct budget, 1), *before;
    g_autofree char *why = NULL;

    if (!budget_parse(l->text, b, &why)) {
        test_problem(r->problems, r->spec, l, "%s", why);
        budget_clear(b);
        g_free(b);
        return;
    }
    if (!strcmp(b->subject->name, "symbol."))
        check_symbol(r, l, b->name);
    b->is_of_part = *l->only != 0;
    before = same_budget(r->out->budgets, b);
    if (!before) {
        g_ptr_array_add(r->out->budgets, b);
        return;
    }
    if (before->is_of_part == b->is_of_part)
        test_problem(r->problems, r->spec, l, "'%s' and '%s': one of them is enough", before->text,
                     b->text);
    budget_clear(before);
    *before = *b;
    g_free(b);
}

/* Whether SQLite takes the query, of an empty ledger. */
static char *sql_problem(const char *query)
{
    sqlite3 *sql = NULL;
    sqlite3_stmt *stmt = NULL;
    const char *rest = "";
    char *why = NULL;

    if (sqlite3_open(":memory:", &sql) != SQLITE_OK ||
        sqlite3_exec(sql, LEDGER_SCHEMA_SQL, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(sql, query, -1, &stmt, &rest) != SQLITE_OK)
        why = g_strdup(sqlite3_errmsg(sql));
    else if (!stmt || sqlite3_column_count(stmt) != 1 || !sqlite3_stmt_readonly(stmt))
        why = g_strdup("a SELECT of one column is needed");
    else if (rest[strspn(rest, "; ")])
        why = g_strdup("only one statement can be there");
    sqlite3_finalize(stmt);
    sqlite3_close(sql);
    return why;
}

/* NAME = QUERY, which gives 1, or NAME = QUERY => VALUE. */
static void read_sql(struct reader *r, const struct spec_line *l)
{
    struct test_sql *q = g_new0(struct test_sql, 1);
    const char *arrow = g_strrstr(l->value, "=>");
    g_autofree char *why = NULL;

    q->name = g_strdup(l->key);
    q->query = arrow ? g_strndup(l->value, (gsize)(arrow - l->value)) : g_strdup(l->value);
    q->wanted = g_strstrip(g_strdup(arrow ? arrow + 2 : "1"));
    g_ptr_array_add(r->out->sql, q);
    why = sql_problem(q->query);
    if (why)
        test_problem(r->problems, r->spec, l, "%s", why);
    else if (spec_find(r->spec, "sql", l->key) != l)
        test_problem(r->problems, r->spec, l, "is there twice");
}

static void read_tolerance(struct reader *r, const struct spec_line *l)
{
    char *end;
    double percent = g_ascii_strtod(l->value, &end);

    if (!g_ascii_isdigit(*l->value) || strcmp(end, "%") != 0 || percent > 100)
        test_problem(r->problems, r->spec, l, "'%s': a share such as 2%%", l->value);
    else
        r->out->golden.tolerance = percent / 100;
}

static void read_golden(struct reader *r, const struct spec_line *l)
{
    if (spec_find(r->spec, "golden", l->key) != l)
        test_problem(r->problems, r->spec, l, "is there twice");
    else if (!strcmp(l->key, "ledger"))
        r->out->golden.path = existing_file(r, l, false);
    else if (!strcmp(l->key, "tolerance"))
        read_tolerance(r, l);
    else
        test_problem(r->problems, r->spec, l, "no such key; there are ledger and tolerance");
}

/* Each line of a group that is for this case, in two rounds: [budget VALUE] after [budget]. */
static void read_group(struct reader *r, const char *group, bool of_part,
                       void (*read)(struct reader *r, const struct spec_line *l))
{
    const char *const *values = (const char *const *)r->out->values;

    for (unsigned i = 0; i < r->spec->lines->len; i++) {
        const struct spec_line *l = r->spec->lines->pdata[i];

        if (!strcmp(l->group, group) && !*l->only != of_part &&
            (!*l->only || g_strv_contains(values, l->only)))
            read(r, l);
    }
}

void spec_expectations(const struct spec *s, const struct spec_values *v, struct test_case *out,
                       GPtrArray *problems)
{
    struct reader r = { .spec = s, .values = v, .out = out, .problems = problems };
    const struct spec_line *exit_line = spec_find(s, "expect", "exit"),
                           *end_line = spec_find(s, "expect", "end");

    out->expect.end = END_NORMAL;
    out->golden.tolerance = TOLERANCE_DEFAULT;
    if (exit_line)
        read_exit(&r, exit_line);
    if (end_line)
        read_end(&r, end_line);
    read_group(&r, "expect", false, read_expect);
    read_group(&r, "budget", false, read_budget);
    read_group(&r, "budget", true, read_budget);
    read_group(&r, "sql", false, read_sql);
    read_group(&r, "golden", false, read_golden);
    if (spec_find(s, "golden", "tolerance") && !spec_find(s, "golden", "ledger"))
        test_problem(problems, s, NULL, "[golden] has no ledger = FILE");
}
