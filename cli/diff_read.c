/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file diff_read.c
 * Reading two ledgers by the same keys (diff.def), and what is different between their runs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

enum { HASH_DIGITS = 12 };
/* No run has more cycles; what a damaged ledger claims must not overflow sums. */
static const int64_t sane_max = INT64_C(1) << 50;
static const double significance = 0.01;

const struct diff_kind diff_kinds[DIFF_BY_COUNT] = {
#define DIFF_BY(name, column, title, one, many, query)                                                     \
    [DIFF_BY_##name] = { #name, #column, title, one, many, query },
#include "diff.def"
#undef DIFF_BY
};

double diff_percent(double a, double b)
{
    if (a == b)
        return 0;
    return a > 0 ? 100 * (b - a) / a : INFINITY;
}

bool diff_row_equal(const struct diff_row *r)
{
    const struct diff_side *a = &r->side[SIDE_A], *b = &r->side[SIDE_B];

    return a->count == b->count && a->cycles == b->cycles && a->sample.squares == b->sample.squares;
}

bool diff_row_significant(const struct diff_row *r)
{
    return !isnan(r->p) && r->p < significance;
}

struct reading {
    GHashTable *rows; /* By key; the list owns them. */
    struct diff_list *list;
    unsigned side;
};

static struct diff_row *row_of(struct reading *r, const char *key)
{
    struct diff_row *row = g_hash_table_lookup(r->rows, key);

    if (row)
        return row;
    row = g_new0(struct diff_row, 1);
    row->key = g_strdup(key);
    g_hash_table_insert(r->rows, row->key, row);
    g_ptr_array_add(r->list->rows, row);
    return row;
}

static int64_t sane(int64_t value)
{
    return CLAMP(value, 0, sane_max);
}

static bool add_row(void *user, sqlite3_stmt *stmt)
{
    struct reading *r = user;
    struct diff_side *side = &row_of(r, (const char *)sqlite3_column_text(stmt, 0))->side[r->side];
    struct diff_side *total = &r->list->total[r->side];

    side->count = sane(sqlite3_column_int64(stmt, 1));
    side->cycles = sane(sqlite3_column_int64(stmt, 2));
    side->sample.count = sqlite3_column_double(stmt, 3);
    side->sample.sum = sqlite3_column_double(stmt, 4);
    side->sample.squares = sqlite3_column_double(stmt, 5);
    total->count += side->count;
    total->cycles += side->cycles;
    return true;
}

static int by_change(gconstpointer pa, gconstpointer pb)
{
    const struct diff_row *a = *(struct diff_row *const *)pa, *b = *(struct diff_row *const *)pb;
    int64_t da = llabs(a->side[SIDE_B].cycles - a->side[SIDE_A].cycles);
    int64_t db = llabs(b->side[SIDE_B].cycles - b->side[SIDE_A].cycles);

    return da != db ? (da < db) - (da > db) : strcmp(a->key, b->key);
}

static void free_row(void *row)
{
    g_free(((struct diff_row *)row)->key);
    g_free(row);
}

struct diff_list *diff_list_read(struct db *db, enum diff_by by, int *status)
{
    struct diff_list *l = g_new0(struct diff_list, 1);
    struct reading r = { g_hash_table_new(g_str_hash, g_str_equal), l, SIDE_A };

    l->kind = &diff_kinds[by];
    l->rows = g_ptr_array_new_with_free_func(free_row);
    for (; !*status && r.side < SIDES; r.side++)
        *status = db_query(&db[r.side], l->kind->query, add_row, &r);
    g_hash_table_destroy(r.rows);
    for (unsigned i = 0; i < l->rows->len; i++) {
        struct diff_row *row = l->rows->pdata[i];

        row->p = stats_welch_p(&row->side[SIDE_A].sample, &row->side[SIDE_B].sample);
    }
    g_ptr_array_sort(l->rows, by_change);
    return l;
}

void diff_list_free(struct diff_list *l)
{
    if (!l)
        return;
    g_ptr_array_free(l->rows, TRUE);
    g_free(l);
}

static bool add_pair(void *user, sqlite3_stmt *stmt)
{
    const char *value = (const char *)sqlite3_column_text(stmt, 1);

    g_tree_insert(user, g_strdup((const char *)sqlite3_column_text(stmt, 0)), g_strdup(value ? value : ""));
    return true;
}

static int compare(gconstpointer a, gconstpointer b, gpointer user)
{
    (void)user;
    return strcmp(a, b);
}

/* Results of a run, not what it was of. */
static bool is_result(const char *key)
{
    static const char *const results[] = { "insns", "cycles", "traps", "world_switches", "virqs" };

    for (size_t i = 0; i < G_N_ELEMENTS(results); i++)
        if (!strcmp(key, results[i]))
            return true;
    return false;
}

static void add_difference(struct table *t, const char *key, const char *a, const char *b)
{
    int digits = strstr(key, "sha256") ? HASH_DIGITS : -1;

    if (is_result(key) || !strcmp(a, b))
        return;
    table_text(t, key);
    table_printf(t, "%.*s", digits, a);
    table_printf(t, "%.*s", digits, b);
}

struct merge {
    GTree *other;
    struct table *t;
    bool second;
};

static gboolean merge_key(gpointer key, gpointer value, gpointer user)
{
    struct merge *m = user;
    const char *other = g_tree_lookup(m->other, key);

    if (!m->second)
        add_difference(m->t, key, value, other ? other : "");
    else if (!other)
        add_difference(m->t, key, "", value);
    return FALSE;
}

struct table *diff_runs(struct db *db, int *status)
{
    struct table *t = table_new("What is different between the runs", "nothing");
    GTree *run[SIDES];

    table_columns(t, "item text_a text_b");
    for (unsigned i = 0; i < SIDES; i++) {
        run[i] = g_tree_new_full(compare, NULL, g_free, g_free);
        if (!*status)
            *status = db_query(&db[i], "SELECT key, value FROM run", add_pair, run[i]);
    }
    for (unsigned i = 0; i < SIDES; i++) {
        struct merge m = { run[!i], t, i };

        g_tree_foreach(run[i], merge_key, &m);
    }
    for (unsigned i = 0; i < SIDES; i++)
        g_tree_destroy(run[i]);
    return t;
}

bool diff_run_number(struct db *db, const char *key, int64_t value[SIDES])
{
    bool known = true;

    for (unsigned i = 0; i < SIDES; i++) {
        g_autofree char *text = db_run_value(&db[i], key);

        known = known && text;
        value[i] = text ? sane(g_ascii_strtoll(text, NULL, 10)) : 0;
    }
    return known;
}
