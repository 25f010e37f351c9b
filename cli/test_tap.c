/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_tap.c
 * Results as TAP, the Test Anything Protocol: a line a case, and why it failed as comments behind it.
 */
#include <stdio.h>

#include "test.h"

void test_tap_plan(unsigned count)
{
    printf("1..%u\n", count);
}

/* "#" begins a directive in a description, and "\" is how it is escaped. */
static char *escaped(const char *text)
{
    GString *out = g_string_new(NULL);

    for (const char *c = text; *c; c++) {
        if (*c == '#' || *c == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c);
    }
    return g_string_free(out, FALSE);
}

void test_tap_case(const struct test_case *t, unsigned number)
{
    g_autofree char *name = escaped(t->name);
    g_autoptr(GString) out = g_string_new(NULL);

    g_string_printf(out, "%s %u - %s\n", t->failed_count ? "not ok" : "ok", number, name);
    for (unsigned i = 0; i < t->results->len; i++) {
        const struct test_result *r = t->results->pdata[i];

        if (!r->why)
            continue;
        g_string_append_printf(out, "# %s: %s\n", r->group, r->title);
        test_indent(out, r->why, "#   ");
    }
    fputs(out->str, stdout);
    fflush(stdout);
}
