/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file validate.h
 * armvsim models validate: published measurements (models/published.csv), the runs by which each is made on
 * a core model (models/validate.keys), and what the models make of them.
 */
#pragma once

#include "cli.h"
#include "plot.h"
#include "table.h"

/* Fields of a line of published.csv, in order. */
enum published_field {
    PUBLISHED_ID,
    PUBLISHED_SOURCE,
    PUBLISHED_MACHINE,
    PUBLISHED_CORE,
    PUBLISHED_OPERATION,
    PUBLISHED_UNIT,
    PUBLISHED_VALUE,
    PUBLISHED_CONFIDENCE,
    PUBLISHED_FIELDS,
};

/* What a row says of the model. */
enum validate_basis {
    BASIS_MEASURED, /* It is evidence. */
    BASIS_CIRCULAR, /* The model has a number from it: it has to be met, and is no evidence. */
    BASIS_RECALLED, /* The published value was not found in a text: context, no target. */
    BASIS_COUNT,
};
extern const char *const validate_basis_names[BASIS_COUNT];

/* One published value, and what its program measured on the model. */
struct validate_row {
    char **field; /* [PUBLISHED_FIELDS] */
    double published;
    char *result; /* The line of the program's output with its value; NULL: no run measures it. */
    enum validate_basis basis;
    bool selected, modelled_known;
    double modelled; /* In the row's unit. */
};

/* One run of a program. */
struct validate_run {
    char *name, *image, *cpu, *board, **set;
    unsigned smp;
    GPtrArray *rows; /* struct validate_row *, not owned. */
};

struct validation {
    GPtrArray *rows; /* struct validate_row *, in the file's order. */
    GPtrArray *runs; /* struct validate_run * */
};

/* What the user asked for; all may be NULL. */
struct validate_args {
    char **machines, **only;
    char *plot;
};

/* The command, behind `armvsim models`. */
int validate_models(const struct validate_args *a, enum table_format format);

/* Reads the two files of the models' folder. EXIT_OK, or EXIT_USAGE after a printed error. */
int validation_read(struct validation *v);
void validation_clear(struct validation *v);
/* Runs the programs that measure selected rows. EXIT_OK also when a program had no value for a row. */
int validation_run(struct validation *v);

/* Percent by which the model is off; false when there is none: no result, or a published 0. */
bool validate_error(const struct validate_row *r, double *percent);
/* Within 10 % of the published value, of a published 0 within half an event. */
bool validate_met(const struct validate_row *r);

/* Adds the table of the last comparison of blocks (models/blocks.csv). EXIT_FAILED: a core is off by too
 * much. */
int validate_blocks(GPtrArray *tables);

/* A bar chart of the selected rows' errors; of rows that have one. */
int validate_plot(const GPtrArray *rows, struct plot_args *a);
