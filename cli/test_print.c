/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_print.c
 * Results for people: a line a case, below it what failed and why, and the count of both at the end.
 */
#include <stdio.h>

#include "test.h"

#define GREEN "\033[32m"
#define RED "\033[1;31m"
#define DIM "\033[2m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

static void print_line(const struct test_case *t, int width, bool colour)
{
    g_autofree char *traps = cli_grouped((uint64_t)t->traps);
    const char *mark = t->failed_count ? RED : GREEN;

    printf("%s%-6s%s  %-*s  %s%10.3f ms  %11s traps  %3u checks%s%s%s\n", colour ? mark : "",
           t->failed_count ? "FAILED" : "ok", colour ? PLAIN : "", width, t->name, colour ? DIM : "",
           t->time_ms, traps, t->results->len, t->updated ? ", updated " : "", t->updated ? t->updated : "",
           colour ? PLAIN : "");
}

static void print_reason(const struct test_result *r, bool colour)
{
    g_autoptr(GString) out = g_string_new(NULL);

    g_string_printf(out, "        %s%s: %s%s\n", colour ? BOLD : "", r->group, r->title,
                    colour ? PLAIN : "");
    test_indent(out, r->why, "          ");
    fputs(out->str, stdout);
}

void test_print_case(const struct test_case *t, int width, bool colour)
{
    print_line(t, width, colour);
    for (unsigned i = 0; i < t->results->len; i++) {
        const struct test_result *r = t->results->pdata[i];

        if (r->why)
            print_reason(r, colour);
    }
    fflush(stdout);
}

void test_print_total(const GPtrArray *cases, bool colour)
{
    g_autoptr(GString) names = g_string_new(NULL);
    unsigned failed = 0;

    for (unsigned i = 0; i < cases->len; i++) {
        const struct test_case *t = cases->pdata[i];

        if (!t->failed_count)
            continue;
        g_string_append_printf(names, "%s%s", failed ? ", " : ": ", t->name);
        failed++;
    }
    printf("%s%u passed, %u failed%s%s\n", colour ? (failed ? RED : GREEN) : "", cases->len - failed,
           failed, colour ? PLAIN : "", names->str);
}
