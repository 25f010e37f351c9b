/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_validate.c
 * armvsim models validate: which rows, and the tables: published against modelled by machine, the mean
 * absolute errors, and the last comparison of blocks with llvm-mca (models/blocks.csv). People get a table
 * for each machine, programs one of all rows.
 */
#include <math.h>
#include <string.h>

#include "timing/timing.h"
#include "validate.h"

#define PEOPLE_COLUMNS "id published modelled measured_in error_percent verdict operation"
#define PROGRAM_COLUMNS                                                                                    \
    "id source machine core operation unit published modelled error_percent basis verdict"

static const char *machine_of(const struct validate_row *r)
{
    return r->field[PUBLISHED_MACHINE];
}

static const char *verdict(const struct validate_row *r)
{
    static const char *const met[] = { "missed", "met" };
    static const char *const met_circular[] = { "missed, circular", "met, circular" };

    if (!r->modelled_known)
        return "no result";
    if (r->basis == BASIS_RECALLED)
        return "recalled";
    return (r->basis == BASIS_CIRCULAR ? met_circular : met)[validate_met(r)];
}

static bool matches_machine(const struct validate_row *r, char **machines)
{
    g_autofree char *machine = g_ascii_strdown(machine_of(r), -1);

    for (char **m = machines; m && *m; m++) {
        g_autofree char *wanted = g_ascii_strdown(*m, -1);

        if (strstr(machine, wanted))
            return true;
    }
    return !machines;
}

static bool matches_id(const struct validate_row *r, char **only)
{
    for (char **o = only; o && *o; o++)
        if (g_pattern_match_simple(*o, r->field[PUBLISHED_ID]))
            return true;
    return !only;
}

/* The rows of the runs, in the runs' order: each a struct validate_row *. */
static GPtrArray *measured_rows(const struct validation *v)
{
    GPtrArray *rows = g_ptr_array_new();

    for (unsigned i = 0; i < v->runs->len; i++) {
        const struct validate_run *run = v->runs->pdata[i];

        for (unsigned j = 0; j < run->rows->len; j++)
            g_ptr_array_add(rows, run->rows->pdata[j]);
    }
    return rows;
}

/* Names of machines, each once, in the rows' order; texts are the rows'. */
static GPtrArray *machines_of(const GPtrArray *rows, bool all)
{
    GPtrArray *machines = g_ptr_array_new();

    for (unsigned i = 0; i < rows->len; i++) {
        const struct validate_row *r = rows->pdata[i];

        if ((all || r->selected) &&
            !g_ptr_array_find_with_equal_func(machines, machine_of(r), g_str_equal, NULL))
            g_ptr_array_add(machines, (void *)machine_of(r));
    }
    return machines;
}

/* Each filter has to name something that there is. */
static int check_filters(const struct validate_args *a, const GPtrArray *rows)
{
    for (char **m = a->machines; m && *m; m++) {
        char *one[] = { *m, NULL };
        bool found = false;

        for (unsigned i = 0; i < rows->len && !found; i++)
            found = matches_machine(rows->pdata[i], one);
        if (!found) {
            g_autoptr(GPtrArray) names = machines_of(rows, true);
            g_autofree char *list = NULL;

            g_ptr_array_add(names, NULL);
            list = g_strjoinv(", ", (char **)names->pdata);
            return cli_error("validate: --machine '%s': there are %s", *m, list);
        }
    }
    for (char **o = a->only; o && *o; o++) {
        char *one[] = { *o, NULL };
        bool found = false;

        for (unsigned i = 0; i < rows->len && !found; i++)
            found = matches_id(rows->pdata[i], one);
        if (!found)
            return cli_error("validate: --only '%s': no row of this id is measured", *o);
    }
    return EXIT_OK;
}

static int select_rows(const struct validate_args *a, const GPtrArray *rows)
{
    unsigned count = 0;
    int status = check_filters(a, rows);

    if (status)
        return status;
    for (unsigned i = 0; i < rows->len; i++) {
        struct validate_row *r = rows->pdata[i];

        r->selected = matches_machine(r, a->machines) && matches_id(r, a->only);
        count += r->selected;
    }
    return count ? EXIT_OK : cli_error("validate: no row has this machine and id");
}

static void modelled_cell(struct table *t, const struct validate_row *r)
{
    if (r->modelled_known)
        table_real(t, r->modelled);
    else
        table_null(t);
}

static void error_cell(struct table *t, const struct validate_row *r)
{
    double percent;

    if (validate_error(r, &percent))
        table_real(t, round(percent * 100) / 100);
    else
        table_null(t);
}

static void people_row(struct table *t, const struct validate_row *r)
{
    table_text(t, r->field[PUBLISHED_ID]);
    table_real(t, r->published);
    modelled_cell(t, r);
    table_text(t, r->field[PUBLISHED_UNIT]);
    error_cell(t, r);
    table_text(t, verdict(r));
    table_text(t, r->field[PUBLISHED_OPERATION]);
}

static void program_row(struct table *t, const struct validate_row *r)
{
    static const enum published_field texts[] = { PUBLISHED_ID,   PUBLISHED_SOURCE,    PUBLISHED_MACHINE,
                                                  PUBLISHED_CORE, PUBLISHED_OPERATION, PUBLISHED_UNIT };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        table_text(t, r->field[texts[i]]);
    table_real(t, r->published);
    modelled_cell(t, r);
    error_cell(t, r);
    table_text(t, validate_basis_names[r->basis]);
    table_text(t, verdict(r));
}

/* The selected rows of a machine, or of all (NULL). */
static struct table *rows_table(const GPtrArray *rows, const char *machine, const char *title,
                                const char *columns,
                                void (*add)(struct table *, const struct validate_row *))
{
    struct table *t = table_new(title, "no rows");

    table_columns(t, columns);
    for (unsigned i = 0; i < rows->len; i++) {
        const struct validate_row *r = rows->pdata[i];

        if (r->selected && (!machine || !strcmp(machine, machine_of(r))))
            add(t, r);
    }
    return t;
}

static void add_row_tables(GPtrArray *tables, const GPtrArray *rows, enum table_format format)
{
    g_autoptr(GPtrArray) machines = machines_of(rows, false);

    if (format == FORMAT_CSV || format == FORMAT_JSON) {
        g_ptr_array_add(tables, rows_table(rows, NULL, "Published", PROGRAM_COLUMNS, program_row));
        return;
    }
    for (unsigned i = 0; i < machines->len; i++)
        g_ptr_array_add(
            tables, rows_table(rows, machines->pdata[i], machines->pdata[i], PEOPLE_COLUMNS, people_row));
}

/* A line of the summary: one machine, or all (NULL). Only evidence is counted. */
static void summary_row(struct table *t, const GPtrArray *rows, const char *machine)
{
    double sum = 0, worst = 0, percent;
    unsigned count = 0, met = 0, with_error = 0;
    const char *worst_id = NULL;

    for (unsigned i = 0; i < rows->len; i++) {
        const struct validate_row *r = rows->pdata[i];

        if (!r->selected || r->basis != BASIS_MEASURED || (machine && strcmp(machine, machine_of(r))))
            continue;
        count++;
        met += validate_met(r);
        if (!validate_error(r, &percent))
            continue;
        with_error++;
        sum += fabs(percent);
        if (!worst_id || fabs(percent) > fabs(worst)) {
            worst = percent;
            worst_id = r->field[PUBLISHED_ID];
        }
    }
    if (!count)
        return;
    table_text(t, machine ? machine : "all");
    table_int(t, count);
    table_int(t, met);
    if (with_error) {
        table_real(t, round(100 * sum / with_error) / 100);
        table_real(t, round(100 * worst) / 100);
    } else {
        table_null(t);
        table_null(t);
    }
    table_text(t, worst_id);
}

static struct table *summary(const GPtrArray *rows)
{
    g_autoptr(GPtrArray) machines = machines_of(rows, false);
    struct table *t = table_new("Mean absolute error", "no row is evidence");

    t->note = g_strdup("of rows that are evidence, neither circular nor recalled, and not published as 0");
    table_columns(t, "machine rows met mean_error_percent worst_error_percent worst");
    for (unsigned i = 0; i < machines->len; i++)
        summary_row(t, rows, machines->pdata[i]);
    if (machines->len > 1)
        summary_row(t, rows, NULL);
    return t;
}

/* A choice of rows leaves the blocks out. */
static int print(const struct validate_args *a, const GPtrArray *rows, enum table_format format)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    int status = EXIT_OK;

    add_row_tables(tables, rows, format);
    g_ptr_array_add(tables, summary(rows));
    if (!a->machines && !a->only)
        status = validate_blocks(tables);
    if (status == EXIT_USAGE)
        return status;
    table_print((struct table *const *)tables->pdata, tables->len, format);
    for (unsigned i = 0; i < rows->len; i++) {
        const struct validate_row *r = rows->pdata[i];

        if (r->selected && r->basis != BASIS_RECALLED && !validate_met(r))
            status = EXIT_FAILED;
    }
    return status;
}

static int validate(const struct validate_args *a, struct validation *v, struct plot_args *picture,
                    enum table_format format)
{
    g_autoptr(GPtrArray) rows = NULL;
    int status = validation_read(v), plotted;

    if (status)
        return status;
    rows = measured_rows(v);
    if ((status = select_rows(a, rows)) || (status = validation_run(v)))
        return status;
    status = print(a, rows, format);
    if (picture->path && (plotted = validate_plot(rows, picture)))
        return plotted;
    return status;
}

int validate_models(const struct validate_args *a, enum table_format format)
{
    struct plot_args picture = { .path = a->plot, .columns = 2 };
    struct validation v = { 0 };
    int status = EXIT_OK;

    if (a->plot)
        status = plot_parse_output(&picture);
    if (!status)
        status = validate(a, &v, &picture, format);
    validation_clear(&v);
    g_free(picture.base);
    return status;
}
