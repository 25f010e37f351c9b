/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_series.c
 * Reads distributions of trap latencies, grouped by what plot_by.def has. Numbers of traps and means are
 * those of the aggregates and exact; quantiles are upper bounds of the histogram's buckets, which are
 * values that occurred.
 */
#include "plot_series.h"

#include <math.h>
#include <string.h>

static const struct by {
    const char *name, *label, *where, *switches, *virqs, *what;
} bys[] = {
#define BY(name, label, where, switches, virqs, what) { #name, label, where, switches, virqs, what },
#include "plot_by.def"
};

/* The name of an operation, by the first line of plot_by.def that holds. */
static const char operation_sql[] = "CASE"
#define OPERATION(where, label) " WHEN " where " THEN '" label "'"
#include "plot_by.def"
                                    " ELSE LOWER(COALESCE(ec_name, 'other')) END";

static const char classes_sql[] =
    "WITH k AS (SELECT class, COALESCE(%s, '?') AS label FROM v_trap_class"
    " WHERE (%s) AND (:cause IS NULL OR cause IN (SELECT value FROM json_each(:cause))))";

/* Virtual interrupts, of virq_agg or virq_hist, by the stage in which the guest has to respond. */
#define VIRQS(columns, table)                                                                              \
    "  UNION ALL SELECT COALESCE(%s, '?'), " columns " FROM " table                                        \
    " WHERE stage = (SELECT id FROM virq_stage WHERE name = 'respond') AND %s AND :cause IS NULL"

static const char groups_sql[] =
    "%s SELECT label, SUM(count), SUM(cycles), SUM(idle) FROM"
    " (SELECT k.label AS label, a.count AS count, a.entry_cycles + "
    "a.handler_cycles + a.return_cycles AS cycles,"
    "  a.idle_cycles AS idle FROM trap_agg a JOIN k ON k.class = a.class"
    "  UNION ALL SELECT COALESCE(%s, '?'), count, cycles, idle_cycles FROM "
    "v_switch_agg WHERE %s AND :cause IS NULL" VIRQS(
        "count, cycles, 0",
        "virq_agg") ")"
                    " GROUP BY label HAVING SUM(count) > 0 ORDER BY SUM(cycles) - SUM(idle) DESC, label";

static const char buckets_sql[] =
    "%s SELECT label, lo, hi, SUM(count) FROM"
    " (SELECT k.label AS label, h.lo AS lo, h.hi AS hi, h.count AS count FROM trap_hist h"
    "  JOIN k ON k.class = h.class"
    "  UNION ALL SELECT COALESCE(%s, '?'), lo, hi, count FROM v_switch_hist WHERE %s AND :cause IS "
    "NULL" VIRQS("lo, hi, count",
                 "virq_hist") ")"
                              " GROUP BY label, lo, hi HAVING SUM(count) > 0 ORDER BY label, hi, lo";

static void series_free(void *p)
{
    struct series *s = p;

    g_free(s->label);
    g_array_free(s->buckets, TRUE);
    g_free(s);
}

static struct series *series_new(const char *label)
{
    struct series *s = g_new0(struct series, 1);

    s->label = g_strdup(label);
    s->buckets = g_array_new(FALSE, FALSE, sizeof(struct bucket));
    return s;
}

GPtrArray *series_list(void)
{
    return g_ptr_array_new_with_free_func(series_free);
}

struct series *series_at(const GPtrArray *list, unsigned i)
{
    return list->pdata[i];
}

struct series *series_find(const GPtrArray *list, const char *label)
{
    for (unsigned i = 0; i < list->len; i++)
        if (!strcmp(series_at(list, i)->label, label))
            return series_at(list, i);
    return NULL;
}

const struct bucket *series_bucket(const struct series *s, unsigned i)
{
    return &g_array_index(s->buckets, struct bucket, i);
}

static bool add_group(void *user, sqlite3_stmt *row)
{
    GPtrArray *list = user;
    struct series *s = series_new((const char *)sqlite3_column_text(row, 0));

    s->count = sqlite3_column_double(row, 1);
    s->cycles = sqlite3_column_double(row, 2);
    s->idle = sqlite3_column_double(row, 3);
    g_ptr_array_add(list, s);
    return true;
}

static bool add_bucket(void *user, sqlite3_stmt *row)
{
    /* A logarithmic axis has no zero. */
    struct bucket b = { fmax(1, sqlite3_column_double(row, 1)), fmax(1, sqlite3_column_double(row, 2)),
                        sqlite3_column_double(row, 3) };
    struct series *s = series_find(user, (const char *)sqlite3_column_text(row, 0));

    if (!s)
        return true;
    g_array_append_val(s->buckets, b);
    s->bucketed += b.count;
    return true;
}

static void add_list(GString *text, const char *item)
{
    g_string_append_printf(text, "%s%s", text->len ? ", " : "", item);
}

static bool add_name(void *user, sqlite3_stmt *row)
{
    add_list(user, (const char *)sqlite3_column_text(row, 0));
    return true;
}

static int nothing(struct db *db, const struct by *by)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *wanted = db->causes ? g_strjoinv(", ", db->causes) : NULL;
    int status =
        db_query(db, "SELECT DISTINCT cause FROM v_trap_hist WHERE cause IS NOT NULL ORDER BY cause",
                 add_name, names);

    if (status)
        return status;
    if (!names->len || !wanted)
        return cli_error("%s: nothing to plot: no %s in this ledger", db->path,
                         names->len || by->switches ? by->what : "traps");
    return cli_error("%s: nothing to plot: no %s caused by %s; causes are %s", db->path, by->what, wanted,
                     names->str);
}

const char *series_what(const struct plot *p)
{
    return g_strcmp0(p->args->by, "switch") ? "traps" : "world switches";
}

static const struct by *by_named(const char *name)
{
    size_t i = 0;

    while (strcmp(bys[i].name, name) != 0)
        i++;
    return &bys[i];
}

int series_load(struct db *db, const char *by_name, GPtrArray *list)
{
    const struct by *by = by_named(by_name);
    const char *switches = by->switches ? by->switches : "''", *any = by->switches ? "TRUE" : "FALSE";
    const char *virqs = by->virqs ? by->virqs : "''", *any_virqs = by->virqs ? "TRUE" : "FALSE";
    g_autofree char *classes =
        g_strdup_printf(classes_sql, by->label ? by->label : operation_sql, by->where);
    g_autofree char *groups = g_strdup_printf(groups_sql, classes, switches, any, virqs, any_virqs);
    g_autofree char *buckets = g_strdup_printf(buckets_sql, classes, switches, any, virqs, any_virqs);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    int status;

    if (db->causes && !strcmp(by->where, "FALSE"))
        return cli_error("plot: --cause with --by %s: only traps have a cause", by->name);
    status = db_query(db, groups, add_group, found);

    if (!status)
        status = db_query(db, buckets, add_bucket, found);
    for (unsigned i = 0; i < found->len; i++) {
        struct series *s = found->pdata[i];

        if (s->buckets->len)
            g_ptr_array_add(list, s);
        else
            series_free(s);
    }
    return status || list->len ? status : nothing(db, by);
}

int series_load_each(struct plot *p, GPtrArray *list)
{
    int status = EXIT_OK;

    for (unsigned i = 0; i < p->source_count && !status; i++) {
        g_autoptr(GPtrArray) one = series_list();

        status = series_load(&p->sources[i].db, "all", one);
        if (status)
            break;
        g_free(series_at(one, 0)->label);
        series_at(one, 0)->label = g_strdup(p->sources[i].label);
        g_ptr_array_add(list, g_ptr_array_steal_index(one, 0));
    }
    return status;
}

int series_load_shown(struct plot *p, GPtrArray *list)
{
    char **causes = p->args->causes;
    const char *by = p->args->by ? p->args->by : causes && !causes[1] ? "detail" : "cause";
    int status;

    if (p->source_count > 1 && p->args->by)
        return cli_error("plot: --by %s: of several ledgers each is one line", p->args->by);
    status = p->source_count > 1 ? series_load_each(p, list) : series_load(p->db, by, list);
    if (!status)
        series_merge_rest(list, PLOT_STYLES);
    return status;
}

static int by_hi(const void *a, const void *b)
{
    const struct bucket *x = a, *y = b;

    return (x->hi > y->hi) - (x->hi < y->hi);
}

void series_merge_rest(GPtrArray *list, unsigned keep)
{
    g_autofree char *label = NULL;
    struct series *rest;

    if (list->len <= keep + 1)
        return;
    label = g_strdup_printf("%u others", list->len - keep);
    rest = series_new(label);
    for (unsigned i = keep; i < list->len; i++) {
        struct series *s = series_at(list, i);

        g_array_append_vals(rest->buckets, s->buckets->data, s->buckets->len);
        rest->count += s->count;
        rest->bucketed += s->bucketed;
        rest->cycles += s->cycles;
        rest->idle += s->idle;
    }
    g_array_sort(rest->buckets, by_hi);
    g_ptr_array_remove_range(list, keep, list->len - keep);
    g_ptr_array_add(list, rest);
}

void series_range(const GPtrArray *list, double *min, double *max)
{
    *min = INFINITY;
    *max = 0;
    for (unsigned i = 0; i < list->len; i++) {
        struct series *s = series_at(list, i);

        for (unsigned j = 0; j < s->buckets->len; j++) {
            *min = fmin(*min, series_bucket(s, j)->lo);
            *max = fmax(*max, series_bucket(s, j)->hi);
        }
    }
    plot_round_range(min, max);
}

double series_quantile(const struct series *s, double percent)
{
    double sum = 0;

    for (unsigned i = 0; i < s->buckets->len; i++) {
        sum += series_bucket(s, i)->count;
        if (sum * 100 >= s->bucketed * percent)
            return series_bucket(s, i)->hi;
    }
    return 0;
}

void series_note_idle(struct plot *p, const GPtrArray *list)
{
    for (unsigned i = 0; i < list->len; i++)
        if (series_at(list, i)->idle > 0) {
            plot_note(p, "Lengths include time in which the hypervisor waited.");
            return;
        }
}
