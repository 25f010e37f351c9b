/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_check.c
 * What became of a case: how its run ended, then everything else that is expected of it.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "test.h"

enum { STDERR_LINES = 12 };

void test_add_result(struct test_case *t, const char *group, const char *title, char *why)
{
    struct test_result *r = g_new0(struct test_result, 1);

    r->group = g_strdup(group);
    r->title = g_strdup(title);
    r->why = why;
    t->failed_count += why != NULL;
    g_ptr_array_add(t->results, r);
}

/* A file of the case's; empty when it is not there. */
static GMappedFile *map(const struct test_case *t, const char *name, const char **text, gsize *len)
{
    g_autofree char *path = g_build_filename(t->dir, name, NULL);
    GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);

    *text = file && g_mapped_file_get_length(file) ? g_mapped_file_get_contents(file) : "";
    *len = file ? g_mapped_file_get_length(file) : 0;
    return file;
}

/* "ended by crash, exit status 3". */
static char *ending(const char *end, int status)
{
    if (status < 0)
        return g_strdup_printf("armvsim run was killed by signal %d (%s)", -status, g_strsignal(-status));
    if (!end)
        return g_strdup_printf("did not run: armvsim run has exit status %d", status);
    return g_strdup_printf("ended by %s, exit status %d", end, status);
}

static char *expected_ending(const struct test_expect *e)
{
    GString *out = g_string_new(e->end < END_COUNT ? test_end_names[e->end] : "power-off");

    if (e->exit_status >= 0 && e->end != END_LIMIT && e->end != END_CRASH && e->end != END_IDLE)
        g_string_append_printf(out, " with exit status %d", e->exit_status);
    return g_string_free(out, FALSE);
}

static bool ended_as_expected(const struct test_expect *e, const char *end, int status)
{
    unsigned i = 0;

    if (!end || status < 0)
        return false;
    while (i < END_COUNT && strcmp(test_end_names[i], end) != 0)
        i++;
    if (e->exit_status >= 0 && status != e->exit_status)
        return false;
    if (e->end == END_NORMAL)
        return i <= END_STOPPED;
    return i < END_COUNT && (e->end == END_COUNT || e->end == (enum test_end)i);
}

static void check_end(struct test_case *t, const char *end, const char *console, gsize console_len,
                      const char *err, gsize err_len)
{
    const struct test_expect *e = &t->expect;
    g_autofree char *expected = expected_ending(e);
    g_autofree char *got = ending(end, t->wait_status);
    g_autofree char *said = test_printable(err, MIN(err_len, (gsize)16384));
    g_autofree char *tail = test_tail(console, console_len, STDERR_LINES);
    GString *why;

    if (ended_as_expected(e, end, t->wait_status)) {
        test_add_result(t, "expect", "exit", NULL);
        return;
    }
    why = g_string_new(got);
    g_string_append_printf(why, "\nexpected: %s\n", e->end == END_COUNT ? "any end" : expected);
    if (!end || *said) {
        g_auto(GStrv) lines = g_strsplit(said, "\n", STDERR_LINES + 1);

        if (g_strv_length(lines) > STDERR_LINES) {
            g_free(lines[STDERR_LINES]);
            lines[STDERR_LINES] = g_strdup("...");
        }
        for (char **l = lines; *l; l++)
            if (**l || l[1])
                g_string_append_printf(why, "stderr: %s\n", *l);
    }
    if (end) {
        g_string_append(why, *tail ? "the console's last lines:\n" : "the console is empty\n");
        test_indent(why, tail, "  | ");
    }
    test_add_result(t, "expect", "exit", g_string_free(why, FALSE));
}

static bool take_count(void *user, sqlite3_stmt *row)
{
    *(int64_t *)user = sqlite3_column_int64(row, 0);
    return true;
}

static void measure(struct test_case *t, struct db *db)
{
    g_autofree char *cycles = db_run_value(db, "cycles");

    if (cycles && db->clock_hz > 0)
        t->time_ms = 1e3 * g_ascii_strtod(cycles, NULL) / db->clock_hz;
    db_query(db, "SELECT COALESCE(SUM(count), 0) FROM v_trap_agg", take_count, &t->traps);
}

/* The ledger of a run that ended, however it did. */
static bool open_ledger(const struct test_case *t, struct db *db)
{
    g_autofree char *path = g_build_filename(t->dir, "ledger.db", NULL);

    *db = (struct db){ 0 };
    return t->wait_status >= 0 && g_file_test(path, G_FILE_TEST_EXISTS) && db_open(db, path) == EXIT_OK;
}

void test_check(struct test_case *t, const struct test_options *o)
{
    const char *console, *err;
    gsize console_len, err_len;
    GMappedFile *console_file = map(t, "console.txt", &console, &console_len);
    GMappedFile *err_file = map(t, "stderr.txt", &err, &err_len);
    g_autofree char *end = NULL;
    struct db db;

    if (open_ledger(t, &db))
        end = db_run_value(&db, "end");
    check_end(t, end, console, console_len, err, err_len);
    t->console_tail = test_tail(console, console_len, STDERR_LINES);
    if (end) {
        measure(t, &db);
        test_check_texts(t, console, console_len, err, err_len);
        test_check_budgets(t, &db);
        test_check_sql(t, &db);
        test_check_golden(t, &db, o->update);
    }
    if (db.sql)
        db_close(&db);
    if (console_file)
        g_mapped_file_unref(console_file);
    if (err_file)
        g_mapped_file_unref(err_file);
}
