/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_junit.c
 * Results as JUnit XML, as CI systems read it: a testsuite a spec, a testcase a case. Times are modelled
 * ones, so that the same results give the same file.
 */
#include <errno.h>
#include <string.h>

#include "test.h"

static char *escaped(const char *text)
{
    g_autofree char *shown = test_printable(text, strlen(text));

    return g_markup_escape_text(shown, -1);
}

static void add_failure(GString *out, const struct test_result *r)
{
    size_t len = strcspn(r->why, "\n");
    g_autofree char *first = g_strndup(r->why, len);
    g_autofree char *line = g_strdup_printf("%s: %s: %s", r->group, r->title, first);
    g_autofree char *message = escaped(line);
    g_autofree char *text = escaped(r->why);

    g_string_append_printf(out, "      <failure type=\"%s\" message=\"%s\">%s</failure>\n", r->group,
                           message, text);
}

static void add_case(GString *out, const struct test_case *t)
{
    g_autofree char *name = escaped(t->name);
    g_autofree char *suite = escaped(t->spec->name);
    g_autofree char *console = t->console_tail ? escaped(t->console_tail) : NULL;
    char seconds[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(seconds, sizeof(seconds), "%.6f", t->time_ms / 1e3);
    g_string_append_printf(out,
                           "    <testcase name=\"%s\" classname=\"%s\" time=\"%s\" assertions=\"%u\">\n",
                           name, suite, seconds, t->results->len);
    for (unsigned i = 0; i < t->results->len; i++) {
        const struct test_result *r = t->results->pdata[i];

        if (r->why)
            add_failure(out, r);
    }
    if (console && *console)
        g_string_append_printf(out, "      <system-out>%s</system-out>\n", console);
    g_string_append(out, "    </testcase>\n");
}

/* The cases of one spec, from the first on; how many they are. */
static unsigned add_suite(GString *out, const GPtrArray *cases, unsigned from)
{
    const struct spec *spec = ((const struct test_case *)cases->pdata[from])->spec;
    g_autofree char *name = escaped(spec->name);
    g_autofree char *file = escaped(spec->path);
    unsigned count = 0, failed = 0;

    for (unsigned i = from; i < cases->len; i++) {
        const struct test_case *t = cases->pdata[i];

        if (t->spec != spec)
            break;
        count++;
        failed += t->failed_count > 0;
    }
    g_string_append_printf(
        out, "  <testsuite name=\"%s\" file=\"%s\" tests=\"%u\" failures=\"%u\" errors=\"0\">\n", name,
        file, count, failed);
    for (unsigned i = from; i < from + count; i++)
        add_case(out, cases->pdata[i]);
    g_string_append(out, "  </testsuite>\n");
    return count;
}

int test_junit_write(const char *path, const GPtrArray *cases)
{
    g_autoptr(GString) out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    g_autoptr(GError) error = NULL;
    unsigned failed = 0;

    for (unsigned i = 0; i < cases->len; i++)
        failed += ((const struct test_case *)cases->pdata[i])->failed_count > 0;
    g_string_append_printf(out, "<testsuites tests=\"%u\" failures=\"%u\" errors=\"0\">\n", cases->len,
                           failed);
    for (unsigned i = 0; i < cases->len;)
        i += add_suite(out, cases, i);
    g_string_append(out, "</testsuites>\n");
    if (g_file_set_contents(path, out->str, (gssize)out->len, &error))
        return EXIT_OK;
    return cli_error("--junit %s: %s", path, g_strerror(errno));
}
