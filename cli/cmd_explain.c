/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_explain.c
 * armvsim explain: one trap of a ledger in words.
 */
#include <errno.h>
#include <string.h>

#include "arch/trap_ids.h"
#include "explain.h"
#include "explain_text.h"

static const char description[] = "TRAP is a number, or slowest, slowest:CAUSE, first, first:CAUSE. The "
                                  "slowest trap is that of most cycles,\n"
                                  "waiting left out.";

/* Of the rows themselves: v_trap joins names to each before one is chosen. */
#define OF_CAUSE "class IN (SELECT class FROM v_trap_class WHERE :text IS NULL OR cause = :text)"

static const struct selector {
    const char *name, *query;
} selectors[] = {
    { "slowest", "SELECT id FROM trap WHERE state = 0 AND " OF_CAUSE
                 " ORDER BY entry_cycles + handler_cycles + return_cycles - idle_cycles DESC, id LIMIT 1" },
    { "first", "SELECT id FROM trap WHERE " OF_CAUSE " ORDER BY id LIMIT 1" },
};
static const char by_id[] = "SELECT id FROM trap WHERE id = :id";
static const char range_query[] = "SELECT MIN(id) AS lo, MAX(id) AS hi, COUNT(*) AS count FROM trap";
static const char causes_query[] = "SELECT GROUP_CONCAT(cause, ', ') AS causes FROM (SELECT DISTINCT cause "
                                   "FROM v_trap_class ORDER BY cause)";
static const char trap_query[] = "SELECT * FROM v_trap WHERE id = :id";
static const char cause_query[] =
    "SELECT SUM(count) AS count, SUM(cycles) AS cycles, SUM(entry_cycles) AS entry_cycles,"
    " SUM(handler_cycles) AS handler_cycles, SUM(return_cycles) AS return_cycles, SUM(idle_cycles) AS "
    "idle_cycles,"
    " TOTAL(save_cycles) AS save_cycles, TOTAL(restore_cycles) AS restore_cycles FROM v_trap_agg WHERE "
    "cause = :text";

static int no_trap(struct db *db, const char *wanted)
{
    struct record *r = record_new();
    int status = db_query(db, range_query, record_row, r);

    if (!status && !record_int(r, "count"))
        status = cli_error("%s: has no traps", db->path);
    else if (!status)
        status =
            cli_error("%s: has no trap %s; it has %" G_GINT64_FORMAT " traps, from %" G_GINT64_FORMAT
                      " to %" G_GINT64_FORMAT,
                      db->path, wanted, record_int(r, "count"), record_int(r, "lo"), record_int(r, "hi"));
    doc_record_free(r);
    return status;
}

static int no_cause(struct db *db, const char *cause)
{
    struct record *r = record_new();
    int status = db_query(db, causes_query, record_row, r);

    if (!status && record_has(r, "causes")) {
        g_autofree char *causes = table_printable(record_text(r, "causes"));

        status = cli_error("%s: has no trap caused by '%s'; causes are %s", db->path, cause, causes);
    } else if (!status) {
        status = cli_error("%s: has no traps", db->path);
    }
    doc_record_free(r);
    return status;
}

/* Finds the trap's id by a query; `missing` tells of none. */
static int find(struct db *db, const char *query, const char *wanted,
                int (*missing)(struct db *, const char *))
{
    struct record *r = record_new();
    int status = db_query(db, query, record_row, r);

    if (!status && record_filled(r))
        db->id = record_int(r, "id");
    else if (!status)
        status = missing(db, wanted);
    doc_record_free(r);
    return status;
}

static int bad_trap(const char *text)
{
    return cli_error(
        "explain: '%s' is no trap: it can be a number, slowest, slowest:CAUSE, first or first:CAUSE", text);
}

static int select_number(struct db *db, const char *text)
{
    char *end;

    errno = 0;
    db->id = g_ascii_strtoll(text, &end, 10);
    if (!g_ascii_isdigit(*text) || *end)
        return bad_trap(text);
    return errno ? no_trap(db, text) : find(db, by_id, text, no_trap);
}

static int select_trap(struct db *db, const char *text)
{
    g_autofree char *name = g_strndup(text, strcspn(text, ":"));
    const char *cause = strchr(text, ':');
    int status;

    for (size_t i = 0; i < G_N_ELEMENTS(selectors); i++) {
        if (strcmp(selectors[i].name, name) != 0)
            continue;
        db->text = cause ? cause + 1 : NULL;
        status = find(db, selectors[i].query, db->text, db->text ? no_cause : no_trap);
        db->text = NULL;
        return status;
    }
    return select_number(db, text);
}

static void titles(struct explain *e)
{
    const struct record *t = e->trap;
    g_autofree char *base = g_path_get_basename(e->db->path);
    g_autofree char *core = db_run_value(e->db, "core");
    g_autofree char *text = g_strdup_printf(
        "Trap %" G_GINT64_FORMAT ": %s%s%s, from EL%d of %s to EL%d", record_int(t, "id"),
        record_text(t, "cause"), record_has(t, "register") ? ", " : "", record_text(t, "register"),
        (int)record_int(t, "from_el"), record_text(t, "context"), (int)record_int(t, "to_el"));

    e->doc->title = table_printable(text);
    e->doc->note = core && *core ? g_strdup_printf("%s, %s", base, core) : g_strdup(base);
}

static int explain(struct db *db, enum table_format format)
{
    struct explain e = { .db = db, .trap = record_new(), .cause = record_new(), .doc = doc_new() };

    e.status = db_query(db, trap_query, record_row, e.trap);
    db->text = record_text(e.trap, "cause");
    if (!e.status)
        e.status = db_query(db, cause_query, record_row, e.cause);
    db->text = NULL;
    e.control = why_find(record_text(e.trap, "cause"), record_text(e.trap, "section"),
                         record_has(e.trap, "register"));
    titles(&e);
    explain_what(&e);
    explain_why(&e);
    explain_syndrome(&e);
    explain_handler(&e);
    explain_cycles(&e);
    explain_after(&e);
    explain_switch(&e);
    explain_advice(&e);
    if (!e.status)
        doc_print(e.doc, e.trap, format);
    doc_free(e.doc);
    doc_record_free(e.trap);
    doc_record_free(e.cause);
    return e.status;
}

int cmd_explain(const struct command *self, int argc, char **argv)
{
    g_autofree char *format_text = NULL;
    int status = EXIT_OK;
    const GOptionEntry entries[] = { { "format", 0, 0, G_OPTION_ARG_STRING, &format_text,
                                       "table, json or markdown (default: table, as text)", "F" },
                                     G_OPTION_ENTRY_NULL };
    enum table_format format;
    struct db db;

    if (!cli_options(self, entries, description, &argc, &argv, &status))
        return status;
    if (argc != 3)
        return cli_error("explain: %s (see armvsim explain --help)",
                         argc < 3 ? "a DB and a TRAP are needed" : "too many arguments");
    if (!table_format_parse(format_text, &format) || format == FORMAT_CSV)
        return cli_error("explain: --format '%s': it can be table, json or markdown", format_text);
    if ((status = db_open(&db, argv[1])))
        return status;
    status = select_trap(&db, argv[2]);
    if (!status)
        status = explain(&db, format);
    db_close(&db);
    return status;
}
