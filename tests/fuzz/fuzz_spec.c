/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fuzz_spec.c
 * Specs of `armvsim test`, and budgets by themselves. An input is a spec; what it says is read, and nothing
 * is run.
 *
 * Each problem is one line that begins with the file's name; a spec without one has a case, whose queries
 * SQLite takes; a budget that is taken has a query, too.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cli/test.h"
#include "ledger/schema_sql.h"

enum { SPEC_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void failed(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s\n", what, detail);
    abort();
}

/* An empty ledger; made for the inputs that have a budget, since that takes longer than all else. */
static sqlite3 *empty_ledger(void)
{
    sqlite3 *sql = NULL;

    if (sqlite3_open(":memory:", &sql) != SQLITE_OK ||
        sqlite3_exec(sql, LEDGER_SCHEMA_SQL, NULL, NULL, NULL) != SQLITE_OK)
        failed("schema", "is not taken");
    return sql;
}

static void check_query(sqlite3 **sql, const char *text, const struct budget *b)
{
    g_autofree char *query = budget_query(b);
    sqlite3_stmt *stmt = NULL;

    *sql = *sql ? *sql : empty_ledger();
    if (sqlite3_prepare_v2(*sql, query, -1, &stmt, NULL) != SQLITE_OK)
        failed(text, sqlite3_errmsg(*sql));
    sqlite3_finalize(stmt);
}

/* Every line of the input as a budget. */
static void try_budgets(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 64);
    sqlite3 *sql = NULL;

    for (char **l = lines; *l; l++) {
        g_autofree char *why = NULL;
        struct budget b;
        bool taken = budget_parse(*l, &b, &why);

        if (taken == (why != NULL))
            failed("taken and refused at once", *l);
        if (taken)
            check_query(&sql, *l, &b);
        budget_clear(&b);
    }
    sqlite3_close(sql);
}

static void try_spec(const char *path)
{
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(test_case_free);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    char *define[] = { "image=/dev/null", NULL };
    struct test_options o = { .build = "/", .define = define, .jobs = 1 };
    struct spec *s = spec_read(path, problems);

    if (s)
        spec_cases(s, &o, cases, problems);
    for (unsigned i = 0; i < problems->len; i++)
        if (!g_str_has_prefix(problems->pdata[i], path))
            failed("a problem without its file", problems->pdata[i]);
    if (!problems->len && !cases->len)
        failed("neither a case nor a problem", path);
    g_ptr_array_set_size(cases, 0);
    if (s)
        spec_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, MIN(size, (size_t)SPEC_MAX));
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("armvsim-fuzz-XXXXXX.spec", &path, NULL);

    if (fd < 0 || write(fd, data, MIN(size, (size_t)SPEC_MAX)) < 0)
        failed("temporary file", "cannot be made");
    close(fd);
    try_budgets(text);
    try_spec(path);
    unlink(path);
    return 0;
}
