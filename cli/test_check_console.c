/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_check_console.c
 * Patterns in the console and on standard error: those that have to come in order, and those that must not
 * come; and a console that has to be a file's contents.
 */
#include <string.h>

#include "test.h"

enum { TAIL_LINES = 8, LINE_CHARS = 200 };

/* A text to look in. */
struct text {
    const char *name; /* "console" */
    const char *bytes;
    gsize len;
};

static unsigned line_at(const struct text *t, gsize at)
{
    unsigned line = 1;

    for (gsize i = 0; i < at && i < t->len; i++)
        line += t->bytes[i] == '\n';
    return line;
}

/* The whole line around a place, printable and not too long. */
static char *whole_line(const struct text *t, gsize at)
{
    gsize from = at, to = at;
    char *line;

    while (from && t->bytes[from - 1] != '\n')
        from--;
    while (to < t->len && t->bytes[to] != '\n' && to - from < LINE_CHARS)
        to++;
    line = test_printable(t->bytes + from, to - from);
    return line;
}

/* The first match from `from` on. False without one; *why is set when matching itself failed. */
static bool find(const struct test_pattern *p, const struct text *t, gsize from, gsize *start, gsize *end,
                 char **why)
{
    g_autoptr(GMatchInfo) info = NULL;
    g_autoptr(GError) error = NULL;
    int first = 0, last = 0;

    if (t->len > G_MAXINT) {
        *why = g_strdup_printf("the %s is too large to be searched", t->name);
        return false;
    }
    if (!g_regex_match_full(p->regex, t->bytes, (gssize)t->len, (int)from, 0, &info, &error)) {
        if (error)
            *why = g_strdup_printf("'%s': %s", p->text, error->message);
        return false;
    }
    g_match_info_fetch_pos(info, 0, &first, &last);
    *start = (gsize)first;
    *end = (gsize)last;
    return true;
}

static bool contains(const struct text *t, const char *literal)
{
    gsize len = strlen(literal);

    for (gsize i = 0; i + len <= t->len; i++)
        if (!memcmp(t->bytes + i, literal, len))
            return true;
    return false;
}

/* What helps whoever wrote the pattern. */
static void add_hint(GString *why, const struct test_pattern *p, const struct text *t, gsize from)
{
    g_autofree char *ignored = NULL;
    gsize start, end;

    if (from && find(p, t, 0, &start, &end, &ignored))
        g_string_append_printf(
            why, "it is there before that, in line %u: patterns come in the order of the %s\n",
            line_at(t, start), t->name);
    else if (contains(t, p->text)) {
        g_autofree char *escaped = g_regex_escape_string(p->text, -1);

        g_string_append_printf(
            why,
            "the same text is there, but as a regular expression it means something else; "
            "write it as\n  %s\n",
            escaped);
    }
}

static char *missing(const struct test_pattern *p, const struct test_pattern *before, const struct text *t,
                     gsize from)
{
    GString *why = g_string_new(NULL);
    g_autofree char *tail = test_tail(t->bytes, t->len, TAIL_LINES);

    g_string_printf(why, "no match for '%s'", p->text);
    if (before)
        g_string_append_printf(why, " behind '%s', which is in line %u of the %s", before->text,
                               line_at(t, from ? from - 1 : 0), t->name);
    g_string_append_c(why, '\n');
    add_hint(why, p, t, from);
    if (*tail) {
        g_string_append_printf(why, "the last lines of the %s:\n", t->name);
        test_indent(why, tail, "  | ");
    } else {
        g_string_append_printf(why, "the %s is empty\n", t->name);
    }
    return g_string_free(why, FALSE);
}

/* Each one behind the match before it; what comes after one that is missing is not looked for. */
static void check_order(struct test_case *test, const GPtrArray *patterns, const struct text *t)
{
    const struct test_pattern *before = NULL;
    gsize from = 0, start;

    for (unsigned i = 0; i < patterns->len; i++) {
        const struct test_pattern *p = patterns->pdata[i];
        g_autofree char *title = g_strdup_printf("%s '%s'", t->name, p->text);
        char *why = NULL;
        bool found = find(p, t, from, &start, &from, &why);

        test_add_result(test, "expect", title, found || why ? why : missing(p, before, t, from));
        if (!found)
            return;
        before = p;
    }
}

static void check_absent(struct test_case *test, const GPtrArray *patterns, const struct text *t)
{
    for (unsigned i = 0; i < patterns->len; i++) {
        const struct test_pattern *p = patterns->pdata[i];
        g_autofree char *title = g_strdup_printf("%s-not '%s'", t->name, p->text);
        gsize start, end;
        char *why = NULL;

        if (find(p, t, 0, &start, &end, &why)) {
            g_autofree char *line = whole_line(t, start);

            why = g_strdup_printf("must not be there, but is in line %u of the %s:\n  | %s\n",
                                  line_at(t, start), t->name, line);
        }
        test_add_result(test, "expect", title, why);
    }
}

static char *first_difference(const struct text *got, const struct text *wanted)
{
    gsize at = 0;
    g_autofree char *got_line = NULL, *wanted_line = NULL;

    while (at < got->len && at < wanted->len && got->bytes[at] == wanted->bytes[at])
        at++;
    got_line = at < got->len ? whole_line(got, at) : g_strdup("(the console ends here)");
    wanted_line = at < wanted->len ? whole_line(wanted, at) : g_strdup("(the file ends here)");
    return g_strdup_printf("line %u differs from the file's:\n  - %s\n  + %s\n", line_at(got, at),
                           wanted_line, got_line);
}

static void check_file(struct test_case *test, const struct text *console)
{
    const char *path = test->expect.console_file;
    g_autofree char *base = g_path_get_basename(path);
    g_autofree char *title = g_strdup_printf("console-file %s", base);
    g_autofree char *contents = NULL;
    g_autoptr(GError) error = NULL;
    struct text wanted = { .name = "file" };
    char *why = NULL;

    if (!g_file_get_contents(path, &contents, &wanted.len, &error)) {
        test_add_result(test, "expect", title, g_strdup(error->message));
        return;
    }
    wanted.bytes = contents;
    if (wanted.len != console->len || memcmp(wanted.bytes, console->bytes, wanted.len) != 0)
        why = first_difference(console, &wanted);
    test_add_result(test, "expect", title, why);
}

void test_check_texts(struct test_case *t, const char *console, gsize console_len, const char *err,
                      gsize err_len)
{
    const struct test_expect *e = &t->expect;
    const struct text texts[] = { { "console", console, console_len }, { "stderr", err, err_len } };

    check_order(t, e->console, &texts[0]);
    check_absent(t, e->console_not, &texts[0]);
    if (e->console_file)
        check_file(t, &texts[0]);
    check_order(t, e->stderr_, &texts[1]);
    check_absent(t, e->stderr_not, &texts[1]);
}
