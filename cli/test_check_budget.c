/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_check_budget.c
 * Budgets and SQL assertions on the ledger of a case. An exceeded budget says by how much, what most of it
 * was for, and which was the first event beyond it.
 */
#include <math.h>
#include <string.h>

#include "test.h"

enum {
    OFFENDERS = 5,
    LIST_CHARS = 120,
    TABLE_WIDTH = 100,
    SQL_OPS_MAX = 1000000000,
    SQL_OPS_STEP = 1000000
};

struct value {
    bool known;
    double number;
};

static bool take_value(void *user, sqlite3_stmt *row)
{
    struct value *v = user;

    v->known = sqlite3_column_type(row, 0) != SQLITE_NULL;
    v->number = sqlite3_column_double(row, 0);
    return false;
}

/* "(4.18 us)", when the budget is in time. */
static char *as_time(const struct budget *b, double cycles, double clock_hz)
{
    double ns = 1e9 * cycles / clock_hz;

    if (!b->is_time)
        return g_strdup("");
    return ns < 1e3   ? g_strdup_printf(" (%.4g ns)", ns)
           : ns < 1e6 ? g_strdup_printf(" (%.4g us)", ns / 1e3)
                      : g_strdup_printf(" (%.4g ms)", ns / 1e6);
}

/* How much more or less, "+6.1%" or, when that says little, "38 times". */
static char *excess(double measured, double limit)
{
    double percent = 100 * (measured - limit) / limit;

    if (!(limit > 0) || fabs(percent) < 0.05)
        return g_strdup("");
    if (percent >= 1000)
        return g_strdup_printf(": %.4g times as much", measured / limit);
    return g_strdup_printf(": %+.*f%%", fabs(percent) < 100 ? 1 : 0, percent);
}

/* "1,834 cycles", "12.5%", "40". */
static char *shown(const struct budget *b, double value, double clock_hz)
{
    g_autofree char *time = as_time(b, value, clock_hz);
    enum budget_dimension unit = budget_unit(b);
    g_autofree char *grouped = value < 1e15 ? cli_grouped((uint64_t)value) : NULL;
    g_autofree char *number = NULL;

    if (unit == DIM_SHARE)
        return g_strdup_printf("%.4g%%", 100 * value);
    if (grouped && value >= 100)
        number = g_strdup(grouped);
    else
        number = g_strdup_printf("%.4g", value);
    return g_strdup_printf("%s%s%s", number, unit == DIM_CYCLES ? " cycles" : "", time);
}

static void add_offenders(GString *why, struct db *db, const struct budget *b)
{
    g_autofree char *query = budget_offenders_query(b, db->clock_hz);
    g_autoptr(GString) text = g_string_new(NULL);
    struct table *t;

    if (!query)
        return;
    t = table_new("", "");
    t->limit = OFFENDERS;
    if (db_fill(db, query, t) == EXIT_OK && t->row_count) {
        table_write(text, &t, 1, FORMAT_TABLE, TABLE_WIDTH, false);
        test_indent(why, text->str + strspn(text->str, "\n"), "  ");
    }
    table_free(t);
}

static bool take_first(void *user, sqlite3_stmt *row)
{
    g_autofree char *cycles = cli_grouped((uint64_t)sqlite3_column_int64(row, 1));
    g_autofree char *insn = cli_grouped((uint64_t)sqlite3_column_int64(row, 3));
    g_autofree char *what =
        test_printable((const char *)sqlite3_column_text(row, 2), sqlite3_column_bytes(row, 2));

    g_string_append_printf(user, "the first beyond it: %s, %s cycles: %s, at instruction %s\n",
                           (const char *)sqlite3_column_text(row, 0), cycles, what, insn);
    return false;
}

static bool is_upper(const struct budget *b)
{
    return b->op == OP_LE || b->op == OP_LT;
}

static void add_first(GString *why, struct db *db, const struct budget *b)
{
    g_autofree char *query = budget_first_query(b, db->clock_hz);

    if (query)
        db_query(db, query, take_first, why);
}

static char *exceeded(struct db *db, const struct budget *b, double measured)
{
    double limit = budget_limit(b, db->clock_hz);
    g_autofree char *got = shown(b, measured, db->clock_hz);
    g_autofree char *allowed = shown(b, limit, db->clock_hz);
    g_autofree char *by = excess(measured, limit);
    GString *why = g_string_new(NULL);

    g_string_printf(why, "measured %s, %s %s %s%s\n", got, is_upper(b) ? "allowed" : "wanted",
                    budget_op_text(b->op), allowed, by);
    add_offenders(why, db, b);
    add_first(why, db, b);
    return g_string_free(why, FALSE);
}

static bool take_text(void *user, sqlite3_stmt *row)
{
    GString *out = user;
    g_autofree char *text =
        test_printable((const char *)sqlite3_column_text(row, 0), sqlite3_column_bytes(row, 0));

    if (out->len < LIST_CHARS)
        g_string_append_printf(out, "%s%s", out->len ? ", " : "", text);
    return true;
}

/* Contexts and functions are the guest's, so only the ledger knows them. */
static char *unknown_name(struct db *db, const struct budget *b)
{
    static const struct {
        const char *subject, *word, *query;
    } lists[] = {
        { "context.", "context", "SELECT DISTINCT context FROM v_el_time ORDER BY 1" },
        { "symbol.", "function", "SELECT symbol FROM v_trap_by_symbol WHERE symbol NOT LIKE '0x%'" },
    };
    g_autoptr(GString) known = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (strcmp(lists[i].subject, b->subject->name) != 0)
            continue;
        db_query(db, lists[i].query, take_text, known);
        if (!known->len)
            break;
        return g_strdup_printf("nothing to measure: no trap interrupted the %s '%s', only %s%s\n",
                               lists[i].word, b->name, known->str,
                               known->len < LIST_CHARS ? "" : " and others");
    }
    return g_strdup_printf("nothing to measure: there was no %s%s\n", b->name ? b->subject->name : "",
                           b->name ? b->name : b->subject->name);
}

static void check_budget(struct test_case *t, struct db *db, const struct budget *b)
{
    g_autofree char *query = budget_query(b);
    struct value measured = { 0 };
    char *why = NULL;

    if (b->is_time && !(db->clock_hz > 0))
        why = g_strdup("the ledger does not know the clock\n");
    else if (db_query(db, query, take_value, &measured) != EXIT_OK)
        why = g_strdup("the ledger cannot be asked\n");
    else if (!measured.known)
        why = unknown_name(db, b);
    else if (!budget_holds(b, measured.number, db->clock_hz))
        why = exceeded(db, b, measured.number);
    test_add_result(t, "budget", b->text, why);
}

void test_check_budgets(struct test_case *t, struct db *db)
{
    for (unsigned i = 0; i < t->budgets->len; i++)
        check_budget(t, db, t->budgets->pdata[i]);
}

/* Ends queries that would take minutes. */
static int too_long(void *user)
{
    unsigned *steps = user;

    return ++*steps > SQL_OPS_MAX / SQL_OPS_STEP;
}

static bool same_value(const char *got, const char *wanted)
{
    char *got_end, *wanted_end;
    double a = g_ascii_strtod(got, &got_end), b = g_ascii_strtod(wanted, &wanted_end);

    if (!strcmp(got, wanted))
        return true;
    return *got && *wanted && !*got_end && !*wanted_end && a >= b && a <= b;
}

/* Why the rows of a query are not the one value; NULL when they are. */
static char *compare_rows(sqlite3 *sql, sqlite3_stmt *stmt, const struct test_sql *q)
{
    int rc = sqlite3_step(stmt);
    const char *value;
    char *why = NULL;

    if (rc == SQLITE_DONE)
        return g_strdup_printf("gave no row, expected %s\n", q->wanted);
    if (rc != SQLITE_ROW)
        return g_strdup_printf("%s\n", rc == SQLITE_INTERRUPT ? "takes too long" : sqlite3_errmsg(sql));
    value = (const char *)sqlite3_column_text(stmt, 0);
    if (!same_value(value ? value : "NULL", q->wanted)) {
        g_autofree char *text =
            test_printable(value ? value : "NULL", value ? sqlite3_column_bytes(stmt, 0) : 4);

        why = g_strdup_printf("gave %s, expected %s\n", text, q->wanted);
    } else if (sqlite3_step(stmt) == SQLITE_ROW) {
        why = g_strdup("gave more than one row\n");
    }
    return why;
}

static void check_sql(struct test_case *t, struct db *db, const struct test_sql *q)
{
    sqlite3_stmt *stmt = NULL;
    unsigned steps = 0;
    char *why;

    sqlite3_progress_handler(db->sql, SQL_OPS_STEP, too_long, &steps);
    if (sqlite3_prepare_v2(db->sql, q->query, -1, &stmt, NULL) == SQLITE_OK)
        why = compare_rows(db->sql, stmt, q);
    else
        why = g_strdup_printf("%s\n", sqlite3_errmsg(db->sql));
    sqlite3_finalize(stmt);
    sqlite3_progress_handler(db->sql, 0, NULL, NULL);
    test_add_result(t, "sql", q->name, why);
}

void test_check_sql(struct test_case *t, struct db *db)
{
    for (unsigned i = 0; i < t->sql->len; i++)
        check_sql(t, db, t->sql->pdata[i]);
}
