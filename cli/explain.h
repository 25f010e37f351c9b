/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file explain.h
 * A trap in words: the document that armvsim explain makes, the row of a ledger that it is about, and who
 * writes which sections.
 */
#pragma once

#include "db.h"
#include "table.h"

/* A row of a query by column names. */
struct record {
    GPtrArray *names;  /* char * */
    GPtrArray *values; /* sqlite3_value * */
};

struct record *record_new(void);
void doc_record_free(struct record *r);
/* db_row_fn that fills a record from the first row. */
bool record_row(void *record, sqlite3_stmt *row);
/* Whether there was a row. */
bool record_filled(const struct record *r);
bool record_has(const struct record *r, const char *name);
int64_t record_int(const struct record *r, const char *name);
double record_real(const struct record *r, const char *name);
/* "" when it is NULL. */
const char *record_text(const struct record *r, const char *name);

struct doc_section {
    char *title;
    GPtrArray *lines;    /* char *: paragraphs. */
    struct table *table; /* Behind them; may be NULL. */
};

struct doc {
    char *title, *note;
    GPtrArray *sections;
};

struct doc *doc_new(void);
void doc_free(struct doc *d);
struct doc_section *doc_section(struct doc *d, const char *title);
void doc_line(struct doc_section *s, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
/* `trap` is what JSON has besides the words. */
void doc_print(const struct doc *d, const struct record *trap, enum table_format format);

struct explain {
    struct db *db;
    struct record *trap;  /* Of v_trap. */
    struct record *cause; /* Sums of all complete traps of the cause. */
    unsigned control;     /* enum trap_id */
    struct doc *doc;
    int status;
};

/* "12,345" of a column; the caller frees it. */
char *explain_number(int64_t n);
/* "symbol+0x10 (file.c:12)" of the columns PREFIX symbol, offset, file, line; NULL without a symbol. The
 * caller frees it. */
char *explain_place(const struct record *r, const char *prefix);
/* explain_why.c: what was interrupted, by which control, the syndrome. */
void explain_what(struct explain *e);
void explain_why(struct explain *e);
void explain_syndrome(struct explain *e);
void explain_advice(struct explain *e);
/* explain_how.c: what the handler did, what it took, what came of it. */
void explain_handler(struct explain *e);
void explain_cycles(struct explain *e);
void explain_after(struct explain *e);
void explain_switch(struct explain *e);
