/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_golden.c
 * Golden ledgers: the totals of a run as a small text that can be kept and reviewed beside the code. Counts
 * have to be the same, cycles to be near. A line is KIND COUNT CYCLES NAME; lines are in the order of their
 * names, so that a change shows in few of them.
 */
#include <math.h>
#include <string.h>

#include "test.h"

enum { DIFFERENCES = 20, TABLE_WIDTH = 110 };

static const char header[] =
    "# Golden ledger: counts are exact, cycles may differ by the tolerance of the spec.\n"
    "# `armvsim test --update` writes it anew.\n";

/* Functions without a symbol are one line: their addresses would change with every build. */
static const char query[] =
    "SELECT 'run' AS kind, 'whole run' AS name, 1 AS count, CAST(value AS INTEGER) AS cycles, 0 AS ord "
    "FROM run"
    " WHERE key = 'cycles'"
    " UNION ALL SELECT 'cause', cause, SUM(count), SUM(cycles), 1 FROM v_trap_by_cause GROUP BY cause"
    " UNION ALL SELECT 'symbol', CASE WHEN symbol LIKE '0x%' THEN '(no symbol)' ELSE symbol END AS s, "
    "SUM(count),"
    " SUM(cycles), 2 FROM v_trap_by_symbol GROUP BY s"
    " UNION ALL SELECT 'switch', from_context || ' -> ' || to_context, count, cycles, 3 FROM "
    "v_switch_by_pair"
    " ORDER BY ord, name";

struct entry {
    char *kind, *name;
    int64_t count, cycles;
};

/* Both ledgers' lines, and what they are of. */
struct ledger {
    GPtrArray *entries;
    char *core, *board;
};

static void entry_free(void *data)
{
    struct entry *e = data;

    g_free(e->kind);
    g_free(e->name);
    g_free(e);
}

static void ledger_init(struct ledger *l)
{
    *l = (struct ledger){ .entries = g_ptr_array_new_with_free_func(entry_free) };
}

static void ledger_clear(struct ledger *l)
{
    g_ptr_array_free(l->entries, TRUE);
    g_free(l->core);
    g_free(l->board);
}

static void add_entry(struct ledger *l, const char *kind, const char *name, int64_t count, int64_t cycles)
{
    struct entry *e = g_new0(struct entry, 1);

    e->kind = g_strdup(kind);
    e->name = g_strdup(name);
    e->count = count;
    e->cycles = cycles;
    g_ptr_array_add(l->entries, e);
}

static const struct entry *find_entry(const struct ledger *l, const struct entry *like)
{
    for (unsigned i = 0; i < l->entries->len; i++) {
        const struct entry *e = l->entries->pdata[i];

        if (!strcmp(e->kind, like->kind) && !strcmp(e->name, like->name))
            return e;
    }
    return NULL;
}

static bool take_entry(void *user, sqlite3_stmt *row)
{
    g_autofree char *name =
        test_printable((const char *)sqlite3_column_text(row, 1), sqlite3_column_bytes(row, 1));

    add_entry(user, (const char *)sqlite3_column_text(row, 0), name, sqlite3_column_int64(row, 2),
              sqlite3_column_int64(row, 3));
    return true;
}

static bool read_db(struct db *db, struct ledger *out)
{
    ledger_init(out);
    out->core = db_run_value(db, "core");
    out->board = db_run_value(db, "board");
    return db_query(db, query, take_entry, out) == EXIT_OK;
}

static char *to_text(const struct ledger *l)
{
    GString *out = g_string_new(header);

    g_string_append_printf(out, "core %s\nboard %s\n", l->core ? l->core : "", l->board ? l->board : "");
    for (unsigned i = 0; i < l->entries->len; i++) {
        const struct entry *e = l->entries->pdata[i];

        g_string_append_printf(out, "%-6s %9lld %12lld  %s\n", e->kind, (long long)e->count,
                               (long long)e->cycles, e->name);
    }
    return g_string_free(out, FALSE);
}

/* The next word of a line, and the line behind it. NULL when there is none. */
static char *next_word(char **line)
{
    char *word = *line + strspn(*line, " ");
    size_t len = strcspn(word, " ");

    if (!len)
        return NULL;
    *line = word + len + (word[len] != 0);
    word[len] = 0;
    return word;
}

static bool read_number(char **line, int64_t *out)
{
    const char *word = next_word(line);

    return word && g_ascii_string_to_signed(word, 10, 0, G_MAXINT64, out, NULL);
}

static bool read_line(struct ledger *l, char *line)
{
    const char *kind = next_word(&line);
    int64_t count, cycles;

    if (!strcmp(kind, "core") || !strcmp(kind, "board")) {
        char **to = *kind == 'c' ? &l->core : &l->board;

        g_free(*to);
        *to = g_strdup(g_strstrip(line));
        return true;
    }
    if (!read_number(&line, &count) || !read_number(&line, &cycles) || !*g_strstrip(line))
        return false;
    add_entry(l, kind, line, count, cycles);
    return true;
}

/* Reads a golden file. What is wrong with it; NULL when nothing is. */
static char *read_file(const char *path, struct ledger *out)
{
    g_autofree char *contents = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GError) error = NULL;

    ledger_init(out);
    if (!g_file_get_contents(path, &contents, NULL, &error))
        return g_strdup_printf("%s: %s\n`armvsim test --update` makes it\n", path, g_strerror(errno));
    lines = g_strsplit(contents, "\n", -1);
    for (unsigned i = 0; lines[i]; i++) {
        char *text = g_strstrip(lines[i]);

        if (*text && *text != '#' && !read_line(out, text))
            return g_strdup_printf("%s:%u: not a line KIND COUNT CYCLES NAME\n", path, i + 1);
    }
    return NULL;
}

static bool is_near(int64_t golden, int64_t got, double tolerance)
{
    return fabs((double)got - (double)golden) <= tolerance * (double)golden;
}

static void add_cells(struct table *t, const struct entry *golden, const struct entry *got)
{
    const struct entry *either = golden ? golden : got;

    table_text(t, either->kind);
    table_text(t, either->name);
    if (golden)
        table_int(t, golden->count);
    else
        table_null(t);
    if (got)
        table_int(t, got->count);
    else
        table_null(t);
    if (golden)
        table_int(t, golden->cycles);
    else
        table_null(t);
    if (got)
        table_int(t, got->cycles);
    else
        table_null(t);
    if (golden && got && golden->cycles)
        table_real(t, 100.0 * ((double)got->cycles - (double)golden->cycles) / (double)golden->cycles);
    else
        table_null(t);
}

/* Rows of what differs: the golden lines, then those that are new. */
static void fill_differences(struct table *t, const struct ledger *golden, const struct ledger *got,
                             double tolerance)
{
    for (unsigned i = 0; i < golden->entries->len; i++) {
        const struct entry *e = golden->entries->pdata[i], *other = find_entry(got, e);

        if (!other || other->count != e->count || !is_near(e->cycles, other->cycles, tolerance))
            add_cells(t, e, other);
    }
    for (unsigned i = 0; i < got->entries->len; i++)
        if (!find_entry(golden, got->entries->pdata[i]))
            add_cells(t, NULL, got->entries->pdata[i]);
}

static char *differences(const struct ledger *golden, const struct ledger *got, double tolerance)
{
    struct table *t = table_new("", "");
    g_autoptr(GString) text = g_string_new(NULL);
    GString *why = g_string_new(NULL);

    table_columns(t, "golden_kind name golden_count count golden_cycles cycles golden_change");
    fill_differences(t, golden, got, tolerance);
    if (t->row_count) {
        t->limit = DIFFERENCES;
        g_string_printf(why, "%u of %u lines differ (counts, or cycles by more than %g%%):\n", t->row_count,
                        MAX(golden->entries->len, got->entries->len), 100 * tolerance);
        table_write(text, &t, 1, FORMAT_TABLE, TABLE_WIDTH, false);
        test_indent(why, text->str + strspn(text->str, "\n"), "  ");
        g_string_append(why, "if that is as it should be: armvsim test --update\n");
    }
    table_free(t);
    return g_string_free(why, !why->len);
}

/* The two are of runs that can be compared. */
static char *compare(const struct ledger *golden, const struct ledger *got, double tolerance)
{
    if (g_strcmp0(golden->core, got->core) || g_strcmp0(golden->board, got->board))
        return g_strdup_printf("it is of core %s on board %s, the run of core %s on board %s\n",
                               golden->core ? golden->core : "?", golden->board ? golden->board : "?",
                               got->core, got->board);
    return differences(golden, got, tolerance);
}

static char *write_file(struct test_case *t, const struct ledger *got)
{
    g_autofree char *text = to_text(got);
    g_autofree char *before = NULL;
    g_autoptr(GError) error = NULL;

    if (g_file_get_contents(t->golden.path, &before, NULL, NULL) && !strcmp(before, text))
        return NULL;
    if (!g_file_set_contents(t->golden.path, text, -1, &error))
        return g_strdup_printf("%s\n", error->message);
    t->updated = g_path_get_basename(t->golden.path);
    return NULL;
}

/* What a run shows that went wrong is no model for others; budgets are another matter. */
static bool run_failed(const struct test_case *t)
{
    for (unsigned i = 0; i < t->results->len; i++) {
        const struct test_result *r = t->results->pdata[i];

        if (r->why && !strcmp(r->group, "expect"))
            return true;
    }
    return false;
}

void test_check_golden(struct test_case *t, struct db *db, bool update)
{
    g_autofree char *base = t->golden.path ? g_path_get_basename(t->golden.path) : NULL;
    struct ledger golden, got;
    char *why = NULL;

    if (!base)
        return;
    if (!read_db(db, &got)) {
        why = g_strdup("the ledger cannot be asked\n");
    } else if (update && run_failed(t)) {
        why = g_strdup("not updated, since the run is not as expected\n");
    } else if (update) {
        why = write_file(t, &got);
    } else {
        why = read_file(t->golden.path, &golden);
        if (!why)
            why = compare(&golden, &got, t->golden.tolerance);
        ledger_clear(&golden);
    }
    ledger_clear(&got);
    test_add_result(t, "golden", base, why);
}
