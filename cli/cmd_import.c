/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_import.c
 * armvsim import: reads the files line by line, names what is malformed, and tells what came of it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "import.h"

enum { LINE_BYTES = 64 << 10, NAMED_LINES = 5, SHOWN_BYTES = 60 };

struct import {
    struct import_trace *trace;
    const char *path; /* Of the file that is read. */
    uint64_t line;
    GPtrArray *named; /* What is wrong with the first malformed lines. */
};

/* The first malformed lines are named. */
static void name_line(struct import *i, const char *why, const char *text)
{
    g_autofree char *shown = g_strndup(text, SHOWN_BYTES);
    g_autofree char *valid = g_utf8_make_valid(shown, -1);
    g_autofree char *clean = g_strescape(valid, NULL);

    if (i->named->len < NAMED_LINES)
        g_ptr_array_add(i->named,
                        g_strdup_printf("%s:%" G_GUINT64_FORMAT ": %s: \"%s\"%s", i->path, i->line, why,
                                        clean, strlen(text) > SHOWN_BYTES ? "..." : ""));
}

static void take_line(struct import *i, char *line, size_t len, bool whole)
{
    char start[SHOWN_BYTES + 2];
    const char *why;

    i->line++;
    g_strlcpy(start, line, sizeof(start));
    start[strcspn(start, "\n")] = 0;
    if (!whole || strlen(line) != len) {
        import_trace_malformed(i->trace);
        name_line(i, whole ? "a NUL byte in it" : "longer than 64 KiB", start);
        return;
    }
    line[strcspn(line, "\n")] = 0;
    why = import_trace_line(i->trace, line);
    if (why)
        name_line(i, why, start);
}

/* Reads on to the end of a line that is too long. */
static void skip_line(FILE *f)
{
    int c;

    while ((c = getc(f)) != EOF && c != '\n')
        continue;
}

/* One line into buf of LINE_BYTES, with its end: its length, 0 at the end of the file. */
static size_t read_line(FILE *f, char *buf, bool *whole)
{
    size_t len = 0;
    int c;

    while (len < LINE_BYTES - 1 && (c = getc(f)) != EOF) {
        buf[len++] = (char)c;
        if (c == '\n')
            break;
    }
    buf[len] = 0;
    *whole = len < LINE_BYTES - 1 || buf[len - 1] == '\n';
    return len;
}

static int read_lines(struct import *i, FILE *f)
{
    g_autofree char *buf = g_malloc(LINE_BYTES);
    size_t len;
    bool whole;

    while ((len = read_line(f, buf, &whole)) > 0 && !import_trace_error(i->trace)) {
        take_line(i, buf, len, whole);
        if (!whole)
            skip_line(f);
    }
    return ferror(f) ? cli_error("%s: %s", i->path, g_strerror(errno)) : EXIT_OK;
}

static int read_file(struct import *i, const char *path)
{
    FILE *f = strcmp(path, "-") ? fopen(path, "r") : stdin;
    int status;

    i->path = path;
    i->line = 0;
    if (!f)
        return cli_error("%s: %s", path, g_strerror(errno));
    status = read_lines(i, f);
    if (f != stdin)
        fclose(f);
    return status;
}

static void append_count(GString *out, uint64_t n, const char *what)
{
    g_autofree char *grouped = cli_grouped(n);

    if (n)
        g_string_append_printf(out, "%s%s %s", out->len ? ", " : "", grouped, what);
}

static void print_totals(const struct import_totals *t, bool quiet)
{
    g_autoptr(GString) lacks = g_string_new(NULL), got = g_string_new(NULL);

    append_count(lacks, t->malformed, "malformed lines");
    append_count(lacks, t->lost, "events that the tracer lost");
    append_count(lacks, t->unmatched_exits, "exits without an entry after them");
    append_count(lacks, t->unmatched_entries, "entries while a guest ran already");
    append_count(got, t->exits, "exits");
    append_count(got, t->entries, "entries");
    append_count(got, t->vcpus, "vCPUs");
    append_count(got, t->vms, "VMs");
    append_count(got, t->migrations, "migrations between CPUs");
    if (lacks->len)
        g_printerr("armvsim: import: %s\n", lacks->str);
    if (!quiet)
        g_printerr("armvsim: imported %s\n", got->str);
}

static int nothing_usable(const struct import *i, const struct import_totals *t)
{
    const char *first = i->named->len ? i->named->pdata[0] : NULL;

    return cli_error("import: no kvm_exit or kvm_entry of arm64 in %" G_GUINT64_FORMAT " lines%s%s",
                     t->lines, first ? ", the first malformed: " : "", first ? first : "");
}

static int finish(struct import *i, int status, bool quiet)
{
    g_autofree char *why = NULL;
    struct import_totals totals;

    if (!import_trace_end(i->trace, &totals, &why) && !status)
        return cli_error("%s", why);
    if (status)
        return status;
    if (totals.exits + totals.entries == 0)
        return nothing_usable(i, &totals);
    for (guint n = 0; n < i->named->len; n++)
        g_printerr("armvsim: %s\n", (char *)i->named->pdata[n]);
    print_totals(&totals, quiet);
    return EXIT_OK;
}

int cmd_import(const struct command *self, int argc, char **argv)
{
    static const char description[] = "FILE (- for stdin) is what perf script or trace-cmd report print of "
                                      "kvm:kvm_entry and kvm:kvm_exit on\n"
                                      "arm64; what kvm:kvm_guest_fault, kvm_handle_sys_reg, kvm_wfx_arm64 "
                                      "and their kin say makes causes exact.\n"
                                      "Several files are one trace, in this order.";
    g_autofree char *db = NULL;
    g_auto(GStrv) symbols = NULL;
    gboolean quiet = FALSE;
    struct import i = { 0 };
    int status = EXIT_OK;
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &db, "The ledger to write", "DB" },
        { "symbols", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &symbols,
          "Symbols of a VM's kernel (default: of VM 1; may be repeated)", "FILE[@VM]" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "Tell only what is wrong", NULL },
        G_OPTION_ENTRY_NULL
    };

    if (!cli_options(self, entries, description, &argc, &argv, &status))
        return status;
    if (argc < 2)
        return cli_error("import: a FILE is needed (see armvsim import --help)");
    if (!db)
        return cli_error("import: -o DB is needed (see armvsim import --help)");
    i.trace = import_trace_new(db, symbols);
    i.named = g_ptr_array_new_with_free_func(g_free);
    for (int n = 1; n < argc && !status && !import_trace_error(i.trace); n++)
        status = read_file(&i, argv[n]);
    status = finish(&i, status, quiet);
    g_ptr_array_unref(i.named);
    return status;
}
