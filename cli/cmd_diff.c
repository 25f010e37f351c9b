/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_diff.c
 * armvsim diff: two ledgers by cause, symbol, VM, ..., and whether somebody's limits were exceeded.
 */
#include <string.h>

#include "diff.h"

static const char description[] =
    "Compares what traps and world switches of two runs cost. Waiting (idle cycles) is left out: it gets\n"
    "longer when handlers get quicker. --fail-above P% (exit status 1) is about the sum of cycles in "
    "traps;\n"
    "switches=P%: that of world switches; any=P%: the cycles of any row, new ones included; mean=P%: the\n"
    "mean of any row.";

struct diff_args {
    char *by, *format;
    char **limits;
    int limit;
    gboolean all;
};

static int find_by(const char *by, enum diff_by *out)
{
    GString *choices = g_string_new(NULL);
    int status;

    for (*out = 0; *out < DIFF_BY_switches; ++*out) {
        if (!strcmp(diff_kinds[*out].name, by ? by : "cause")) {
            g_string_free(choices, TRUE);
            return EXIT_OK;
        }
        g_string_append_printf(choices, "%s%s", *out ? ", " : "", diff_kinds[*out].name);
    }
    status = cli_error("diff: --by '%s': it can be %s", by, choices->str);
    g_string_free(choices, TRUE);
    return status;
}

static int check_limits(const struct diff_args *args)
{
    struct diff_limit limit;

    for (char **text = args->limits; text && *text; text++)
        if (!diff_limit_parse(*text, &limit))
            return cli_error("diff: --fail-above '%s': it can be P%%, switches=P%%, any=P%% or mean=P%%",
                             *text);
    return EXIT_OK;
}

static void fail(const struct diff *d, char **limits)
{
    struct diff_limit limit;

    for (char **text = limits; text && *text; text++)
        if (diff_limit_parse(*text, &limit))
            diff_limit_check(&limit, d);
    for (unsigned i = 0; i < d->failed->len; i++)
        g_printerr("armvsim: diff: %s\n", (const char *)d->failed->pdata[i]);
}

static int compare(struct db *db, enum diff_by by, const struct diff_args *args, enum table_format format)
{
    struct diff d = { .all = args->all, .limit = args->limit, .has_limits = args->limits != NULL };
    int status = EXIT_OK;

    d.failed = g_ptr_array_new_with_free_func(g_free);
    d.traps = diff_list_read(db, by, &status);
    d.causes = by == DIFF_BY_cause ? d.traps : diff_list_read(db, DIFF_BY_cause, &status);
    d.switches = diff_list_read(db, DIFF_BY_switches, &status);
    d.runs = diff_runs(db, &status);
    d.has_insns = diff_run_number(db, "insns", d.insns);
    d.has_cycles = diff_run_number(db, "cycles", d.cycles);
    if (!status) {
        fail(&d, args->limits);
        diff_print(&d, format);
        status = d.failed->len ? EXIT_FAILED : EXIT_OK;
    }
    if (d.causes != d.traps)
        diff_list_free(d.causes);
    diff_list_free(d.traps);
    diff_list_free(d.switches);
    table_free(d.runs);
    g_ptr_array_free(d.failed, TRUE);
    return status;
}

static int open_and_compare(char **paths, enum diff_by by, const struct diff_args *args,
                            enum table_format format)
{
    struct db db[SIDES];
    int status = db_open(&db[SIDE_A], paths[0]);

    if (status)
        return status;
    status = db_open(&db[SIDE_B], paths[1]);
    if (!status) {
        status = compare(db, by, args, format);
        db_close(&db[SIDE_B]);
    }
    db_close(&db[SIDE_A]);
    return status;
}

static int check(const struct diff_args *args, int argc, char **argv)
{
    enum table_format format;
    enum diff_by by;
    int status;

    if (argc != 3)
        return cli_error("diff: %s (see armvsim diff --help)",
                         argc < 3 ? "two DBs are needed" : "too many arguments");
    if ((status = table_format_option("diff", args->format, &format)))
        return status;
    if (args->limit < -1)
        return cli_error("diff: --limit %d: not a number of rows", args->limit);
    if ((status = find_by(args->by, &by)) || (status = check_limits(args)))
        return status;
    return open_and_compare(argv + 1, by, args, format);
}

int cmd_diff(const struct command *self, int argc, char **argv)
{
    struct diff_args args = { .limit = -1 };
    const GOptionEntry entries[] = {
        { "by", 0, 0, G_OPTION_ARG_STRING, &args.by,
          "What to compare by: cause (default), register, symbol, line, context or vm", "WHAT" },
        { "format", 0, 0, G_OPTION_ARG_STRING, &args.format,
          "table, csv, json or markdown (default: table)", "F" },
        { "fail-above", 0, 0, G_OPTION_ARG_STRING_ARRAY, &args.limits,
          "Exit with 1 when cycles rise by more than P percent (may be repeated)", "[OF=]P%" },
        { "all", 0, 0, G_OPTION_ARG_NONE, &args.all, "List what is equal, too", NULL },
        { "limit", 0, 0, G_OPTION_ARG_INT, &args.limit, "Show only the first N rows; 0 for all", "N" },
        G_OPTION_ENTRY_NULL
    };
    int status = EXIT_OK;

    if (cli_options(self, entries, description, &argc, &argv, &status))
        status = check(&args, argc, argv);
    g_free(args.by);
    g_free(args.format);
    g_strfreev(args.limits);
    return status;
}
