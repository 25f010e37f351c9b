/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file diff_write.c
 * What armvsim diff says: a verdict in a line, totals, and tables of what changed; what did not change is
 * counted in text, and folded away in Markdown (a comment of a pull request is read, not searched).
 */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "diff.h"

#define BOLD "\033[1m"
#define RED "\033[1;31m"
#define PLAIN "\033[0m"

enum { MARKDOWN_ROWS = 10 };

static double mean(const struct diff_side *s)
{
    return s->count ? (double)s->cycles / (double)s->count : 0;
}

static const char *row_status(const struct diff_row *r)
{
    if (!r->side[SIDE_A].count)
        return "added";
    if (!r->side[SIDE_B].count)
        return "gone";
    return diff_row_equal(r) ? "equal" : "changed";
}

static const char *row_mark(const struct diff_row *r)
{
    if (!r->side[SIDE_A].count)
        return "new";
    if (!r->side[SIDE_B].count)
        return "gone";
    if (diff_row_equal(r))
        return "=";
    return diff_row_significant(r) ? "*" : NULL;
}

static void add_percent(struct table *t, double a, double b)
{
    double percent = diff_percent(a, b);

    if (isinf(percent))
        table_null(t);
    else
        table_real(t, percent);
}

static void add_mean(struct table *t, const struct diff_side *s)
{
    if (s->count)
        table_real(t, mean(s));
    else
        table_null(t);
}

static void add_row(struct table *t, const struct diff_row *r)
{
    const struct diff_side *a = &r->side[SIDE_A], *b = &r->side[SIDE_B];

    table_text(t, r->key);
    table_text(t, row_status(r));
    table_int(t, a->count);
    table_int(t, b->count);
    table_int(t, b->count - a->count);
    add_percent(t, (double)a->count, (double)b->count);
    table_int(t, a->cycles);
    table_int(t, b->cycles);
    table_int(t, b->cycles - a->cycles);
    add_percent(t, (double)a->cycles, (double)b->cycles);
    add_mean(t, a);
    add_mean(t, b);
    if (a->count && b->count)
        add_percent(t, mean(a), mean(b));
    else
        table_null(t);
    if (isnan(r->p))
        table_null(t);
    else
        table_real(t, r->p);
    table_text(t, row_mark(r));
}

static struct table *rows_table(const struct diff_list *l, const char *title, const char *empty)
{
    g_autofree char *columns = g_strdup_printf(
        "%s #status count_a count_b count_change #count_percent cycles_a cycles_b cycles_change "
        "cycles_percent mean_a mean_b mean_percent #p @mark",
        l->kind->column);
    struct table *t = table_new(title, empty);

    table_columns(t, columns);
    t->totals = true;
    return t;
}

static unsigned equal_count(const struct diff_list *l)
{
    unsigned count = 0;

    for (unsigned i = 0; i < l->rows->len; i++)
        count += diff_row_equal(l->rows->pdata[i]);
    return count;
}

/* All equal keys as one row, so that totals are those of all. */
static void add_equal(struct table *t, const struct diff_list *l)
{
    g_autofree char *key = g_strdup_printf("(%u equal)", equal_count(l));
    struct diff_row sum = { .key = key, .p = NAN };

    for (unsigned i = 0; i < l->rows->len; i++) {
        const struct diff_row *r = l->rows->pdata[i];

        for (unsigned side = 0; side < SIDES && diff_row_equal(r); side++) {
            sum.side[side].count += r->side[side].count;
            sum.side[side].cycles += r->side[side].cycles;
        }
    }
    if (sum.side[SIDE_A].count)
        add_row(t, &sum);
}

/* The rows that changed, and what did not as one. */
static struct table *changed_rows(const struct diff_list *l)
{
    g_autofree char *empty =
        l->rows->len ? g_strdup_printf("no change: all %u %s are equal", l->rows->len, l->kind->many)
                     : g_strdup("neither ledger has any");
    struct table *t = rows_table(l, l->kind->title, empty);

    for (unsigned i = 0; i < l->rows->len; i++)
        if (!diff_row_equal(l->rows->pdata[i]))
            add_row(t, l->rows->pdata[i]);
    if (t->row_count)
        add_equal(t, l);
    return t;
}

static struct table *all_rows(const struct diff_list *l)
{
    struct table *t = rows_table(l, l->kind->title, "neither ledger has any");

    for (unsigned i = 0; i < l->rows->len; i++)
        add_row(t, l->rows->pdata[i]);
    return t;
}

static void add_total(struct table *t, const char *item, int64_t a, int64_t b)
{
    table_text(t, item);
    table_int(t, a);
    table_int(t, b);
    table_int(t, b - a);
    add_percent(t, (double)a, (double)b);
}

static void add_mean_total(struct table *t, const char *item, const struct diff_side total[SIDES])
{
    double a = mean(&total[SIDE_A]), b = mean(&total[SIDE_B]);

    if (!total[SIDE_A].count || !total[SIDE_B].count)
        return;
    table_text(t, item);
    table_real(t, a);
    table_real(t, b);
    table_real(t, b - a);
    add_percent(t, a, b);
}

static void add_totals(struct table *t, const struct diff_list *l, const char *const items[3])
{
    const struct diff_side *a = &l->total[SIDE_A], *b = &l->total[SIDE_B];

    add_total(t, items[0], a->count, b->count);
    add_total(t, items[1], a->cycles, b->cycles);
    add_mean_total(t, items[2], l->total);
}

static struct table *totals_table(const struct diff *d)
{
    static const char *const traps[] = { "Traps", "Cycles in traps", "Mean trap" };
    static const char *const switches[] = { "World switches", "Cycles in world switches",
                                            "Mean world switch" };
    struct table *t = table_new("Totals", "");

    table_columns(t, "item value_a value_b value_change value_percent");
    add_totals(t, d->causes, traps);
    add_totals(t, d->switches, switches);
    if (d->has_insns)
        add_total(t, "Instructions", d->insns[SIDE_A], d->insns[SIDE_B]);
    if (d->has_cycles)
        add_total(t, "Cycles", d->cycles[SIDE_A], d->cycles[SIDE_B]);
    return t;
}

static bool is_equal(const struct diff_list *l)
{
    return equal_count(l) == l->rows->len;
}

static void append_percent(GString *out, const char *what, double a, double b)
{
    double percent = diff_percent(a, b);
    g_autofree char *now = cli_grouped((uint64_t)b);

    if (isinf(percent))
        g_string_append_printf(out, "%s %s, from none", what, now);
    else if (a == b)
        g_string_append_printf(out, "%s the same", what);
    else
        g_string_append_printf(out, "%s %+.1f%%", what, percent);
}

/* ", 1 new": nothing when there are none. */
static void append_count(GString *out, unsigned count, const char *what, bool *first)
{
    if (!count)
        return;
    g_string_append_printf(out, "%s%u %s", *first ? ": " : ", ", count, what);
    *first = false;
}

static void append_moves(GString *out, const struct diff_list *l)
{
    unsigned more = 0, less = 0, added = 0, gone = 0;
    bool first = true;

    for (unsigned i = 0; i < l->rows->len; i++) {
        const struct diff_row *r = l->rows->pdata[i];
        const struct diff_side *a = &r->side[SIDE_A], *b = &r->side[SIDE_B];

        added += !a->count;
        gone += !b->count;
        more += a->count && b->count && b->cycles > a->cycles;
        less += a->count && b->count && b->cycles < a->cycles;
    }
    g_string_append_printf(out, " (%s", l->kind->many);
    append_count(out, more, "cost more", &first);
    append_count(out, less, "cost less", &first);
    append_count(out, added, "new", &first);
    append_count(out, gone, "gone", &first);
    g_string_append_printf(out, "%s%u equal)", first ? ": " : ", ", equal_count(l));
}

char *diff_verdict(const struct diff *d)
{
    const struct diff_side *traps = d->causes->total, *switches = d->switches->total;
    GString *out = g_string_new(d->failed->len ? "FAIL: " : d->has_limits ? "PASS: " : "");

    if (is_equal(d->causes) && is_equal(d->traps) && is_equal(d->switches)) {
        g_autofree char *trap_count = cli_grouped((uint64_t)traps[SIDE_A].count);
        g_autofree char *switch_count = cli_grouped((uint64_t)switches[SIDE_A].count);

        g_string_append_printf(out, "no difference in %s traps and %s world switches", trap_count,
                               switch_count);
        return g_string_free(out, FALSE);
    }
    append_percent(out, "cycles in traps", (double)traps[SIDE_A].cycles, (double)traps[SIDE_B].cycles);
    append_moves(out, d->traps);
    append_percent(out, "; in world switches", (double)switches[SIDE_A].cycles,
                   (double)switches[SIDE_B].cycles);
    return g_string_free(out, FALSE);
}

static void print_one(struct table *t, enum table_format format)
{
    table_print(&t, 1, format);
    table_free(t);
}

static void print_list_text(const struct diff *d, const struct diff_list *l)
{
    struct table *t = d->all ? all_rows(l) : changed_rows(l);

    t->limit = d->limit > 0 ? (unsigned)d->limit : 0;
    putchar('\n');
    print_one(t, FORMAT_TABLE);
}

static void print_text(const struct diff *d, const char *verdict)
{
    bool colour = cli_colour(STDOUT_FILENO);

    printf("%s%s%s\n\n", !colour ? "" : d->failed->len ? RED : BOLD, verdict, colour ? PLAIN : "");
    if (d->runs->row_count) {
        table_print(&d->runs, 1, FORMAT_TABLE);
        putchar('\n');
    }
    print_one(totals_table(d), FORMAT_TABLE);
    print_list_text(d, d->traps);
    print_list_text(d, d->switches);
    puts("\nCycles are without waiting. * means differ at 99% (Welch), = the same to the cycle.");
}

static void print_folded(struct table *t, const char *summary)
{
    printf("\n<details><summary>%s</summary>\n\n", summary);
    print_one(t, FORMAT_MARKDOWN);
    puts("\n</details>");
}

static void print_list_markdown(const struct diff *d, const struct diff_list *l)
{
    struct table *t = changed_rows(l);
    g_autofree char *summary = g_strdup_printf("All %u %s", l->rows->len, l->kind->many);

    t->limit = d->limit >= 0 ? (unsigned)d->limit : MARKDOWN_ROWS;
    putchar('\n');
    print_one(t, FORMAT_MARKDOWN);
    if (l->rows->len)
        print_folded(all_rows(l), summary);
}

static void print_markdown(const struct diff *d, const char *verdict)
{
    printf("**%s**\n\n", verdict);
    for (unsigned i = 0; i < d->failed->len; i++)
        printf("- %s\n%s", (const char *)d->failed->pdata[i], i + 1 == d->failed->len ? "\n" : "");
    if (d->runs->row_count) {
        table_print(&d->runs, 1, FORMAT_MARKDOWN);
        putchar('\n');
    }
    print_one(totals_table(d), FORMAT_MARKDOWN);
    print_list_markdown(d, d->traps);
    print_list_markdown(d, d->switches);
    puts("\nCycles are without waiting. \\* means differ at 99% (Welch), = the same to the cycle.");
}

/* For programs: every row of every table. */
static void print_data(const struct diff *d, const char *verdict, enum table_format format)
{
    struct table *summary = table_new("Verdict", "");
    struct table *tables[] = { summary, all_rows(d->traps), all_rows(d->switches), totals_table(d) };
    struct table *const with_runs[] = { tables[0], tables[1], tables[2], tables[3], d->runs };
    unsigned first = format == FORMAT_CSV;

    table_columns(summary, "verdict failed");
    table_text(summary, verdict);
    table_int(summary, d->failed->len);
    for (unsigned i = 1; i <= 2; i++)
        tables[i]->limit = d->limit > 0 ? (unsigned)d->limit : 0;
    table_print(with_runs + first, G_N_ELEMENTS(with_runs) - first, format);
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++)
        table_free(tables[i]);
}

void diff_print(const struct diff *d, enum table_format format)
{
    g_autofree char *verdict = diff_verdict(d);

    if (format == FORMAT_TABLE)
        print_text(d, verdict);
    else if (format == FORMAT_MARKDOWN)
        print_markdown(d, verdict);
    else
        print_data(d, verdict, format);
}
