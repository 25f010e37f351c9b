/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_report.c
 * armvsim report: tables from a ledger. What they are is in report.def.
 */
#include <string.h>

#include "cli.h"
#include "db.h"
#include "table.h"

enum { TOTALS = 1, OPTIONAL = 2, TOP = 4, WHOLE = 8, TOP_ROWS = 5 };

static const struct report {
    const char *name, *by, *title, *empty;
    unsigned flags;
    const char *query;
} reports[] = {
#define REPORT(name, by, title, empty, flags, query) { #name, by, title, empty, flags, query },
#include "report.def"
#undef REPORT
};

static const char description[] =
    "Reports: summary (default), traps (--by cause, register, symbol, line, context or vm), phases,\n"
    "aftermath, switches, state and breakdown and table3 (--by context: for each pair of contexts),\n"
    "needless, leaks, virqs (--by stage), time, counters (--by pe), exceptions.\n"
    "Durations are in cycles of the modelled core, and in us at its clock. CSV and JSON have all\n"
    "values unrounded.";

static const struct report *find(const char *name, const char *by)
{
    for (size_t i = 0; i < G_N_ELEMENTS(reports); i++)
        if (!strcmp(reports[i].name, name) && (!by || !strcmp(reports[i].by, by)))
            return &reports[i];
    return NULL;
}

/* "cause, register, ...": what `by` can be for a report, or the reports themselves when `name` is NULL. */
static char *choices(const char *name)
{
    const char *last = "";
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(reports); i++) {
        const char *choice = name ? reports[i].by : reports[i].name;

        if ((name && strcmp(reports[i].name, name) != 0) || !*choice || !strcmp(choice, last))
            continue;
        g_string_append_printf(out, "%s%s", out->len ? ", " : "", choice);
        last = choice;
    }
    return g_string_free(out, FALSE);
}

static int bad_choice(const char *name, const char *by)
{
    g_autofree char *reports_text = choices(NULL);
    g_autofree char *by_text = choices(name);

    if (!find(name, NULL))
        return cli_error("report: '%s' is not a report; there are %s", name, reports_text);
    if (!*by_text)
        return cli_error("report: %s has no --by", name);
    return cli_error("report: %s cannot be --by '%s'; it can be by %s", name, by, by_text);
}

static char *in_ns(const char *text)
{
    g_auto(GStrv) capital = g_strsplit(text, "Cycles", -1);
    g_autofree char *without = g_strjoinv("ns", capital);
    g_auto(GStrv) parts = g_strsplit(without, "cycles", -1);

    return g_strjoinv("ns", parts);
}

/* Titles and headings for a ledger whose cycles are nanoseconds: those of `armvsim import`. */
static void name_ns(struct table *t)
{
    char *title = in_ns(t->title);

    g_free(t->title);
    t->title = title;
    for (unsigned i = 0; i < t->column_count; i++) {
        g_autofree char *heading = in_ns(t->columns[i].heading);

        t->columns[i].heading = g_intern_string(heading);
    }
}

static bool is_ns(struct db *db)
{
    g_autofree char *unit = db_run_value(db, "cycle_unit");

    return !g_strcmp0(unit, "ns");
}

static int fill(struct db *db, const struct report *r, int limit, GPtrArray *tables)
{
    struct table *t = table_new(r->title, r->empty);
    int status = db_fill(db, r->query, t);

    if (is_ns(db))
        name_ns(t);
    t->totals = r->flags & TOTALS;
    if (limit >= 0 && !(r->flags & WHOLE))
        t->limit = (unsigned)limit;
    else if (r->flags & TOP)
        t->limit = TOP_ROWS;
    if (status || (!t->row_count && (r->flags & OPTIONAL)))
        table_free(t);
    else
        g_ptr_array_add(tables, t);
    return status;
}

/* The first table says which run this is. */
static void add_note(struct db *db, struct table *t)
{
    g_autofree char *base = g_path_get_basename(db->path);
    g_autofree char *core = db_run_value(db, "core");
    GString *note = g_string_new(base);

    if (core && *core)
        g_string_append_printf(note, ", %s", core);
    if (is_ns(db))
        g_string_append(note, ", in ns");
    else if (db->clock_hz > 0)
        g_string_append_printf(note, " at %.0f MHz", db->clock_hz / 1e6);
    t->note = g_string_free(note, FALSE);
}

static int print(struct db *db, const struct report *first, int limit, enum table_format format)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    int status = EXIT_OK;

    for (const struct report *r = first; !status && r < reports + G_N_ELEMENTS(reports); r++)
        if (!strcmp(r->name, first->name) && !strcmp(r->by, first->by))
            status = fill(db, r, limit, tables);
    if (status)
        return status;
    add_note(db, tables->pdata[0]);
    table_print((struct table *const *)tables->pdata, tables->len, format);
    return EXIT_OK;
}

/* Whether all tables of a report have this parameter. */
static bool takes(const struct report *first, const char *parameter)
{
    for (const struct report *r = first; r < reports + G_N_ELEMENTS(reports); r++)
        if (!strcmp(r->name, first->name) && !strcmp(r->by, first->by) && !strstr(r->query, parameter))
            return false;
    return true;
}

static int check_filters(const struct report *r, char **causes, char **contexts)
{
    const char *parts[] = { *r->by ? " --by " : "", r->by };

    if (causes && !takes(r, ":cause"))
        return cli_error("report: %s%s%s has no --cause", r->name, parts[0], parts[1]);
    if (contexts && !takes(r, ":context"))
        return cli_error("report: %s%s%s has no --context", r->name, parts[0], parts[1]);
    return EXIT_OK;
}

static int print_file(const char *path, const struct report *r, char **causes, char **contexts, int limit,
                      enum table_format format)
{
    struct db db;
    int status = db_open(&db, path);

    if (status)
        return status;
    status = db_select(&db, causes, contexts);
    if (!status)
        status = print(&db, r, limit, format);
    g_strfreev(db.causes);
    g_strfreev(db.contexts);
    db_close(&db);
    return status;
}

int cmd_report(const struct command *self, int argc, char **argv)
{
    g_autofree char *format_text = NULL;
    g_autofree char *by = NULL;
    g_auto(GStrv) causes = NULL;
    g_auto(GStrv) contexts = NULL;
    int limit = -1, status = EXIT_OK;
    const GOptionEntry entries[] = {
        { "format", 0, 0, G_OPTION_ARG_STRING, &format_text,
          "table, csv, json or markdown (default: table)", "F" },
        { "by", 0, 0, G_OPTION_ARG_STRING, &by,
          "What to group by: cause, register, symbol, line, context, vm, stage, pe", "WHAT" },
        { "cause", 0, 0, G_OPTION_ARG_STRING_ARRAY, &causes, "Only traps of this cause (may be repeated)",
          "C" },
        { "context", 0, 0, G_OPTION_ARG_STRING_ARRAY, &contexts,
          "Only this context, or VM with all its vCPUs (may be repeated)", "VM" },
        { "limit", 0, 0, G_OPTION_ARG_INT, &limit, "Show only the first N rows; 0 for all", "N" },
        G_OPTION_ENTRY_NULL
    };
    enum table_format format;
    const struct report *r;

    if (!cli_options(self, entries, description, &argc, &argv, &status))
        return status;
    if (argc < 2 || argc > 3)
        return cli_error("report: %s (see armvsim report --help)",
                         argc < 2 ? "a DB is needed" : "too many arguments");
    if ((status = table_format_option("report", format_text, &format)))
        return status;
    if (limit < -1)
        return cli_error("report: --limit %d: not a number of rows", limit);
    r = find(argc == 3 ? argv[2] : "summary", by);
    if (!r)
        return bad_choice(argc == 3 ? argv[2] : "summary", by);
    if ((status = check_filters(r, causes, contexts)))
        return status;
    return print_file(argv[1], r, causes, contexts, limit, format);
}
