/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test.h
 * armvsim test: specs, the cases they make, what is checked of each, and what became of it.
 */
#pragma once

#include <glib.h>

#include "cli.h"
#include "db.h"
#include "test_budget.h"

/* A line of a spec that says something. */
struct spec_line {
    unsigned number;
    char *group, *only; /* "[budget cortex-a53]": "budget" and "cortex-a53"; `only` is "" without one. */
    char *key, *value;  /* Of KEY = VALUE; NULL in [budget]. */
    char *text;         /* The whole line, without the blanks around it. */
};

struct spec {
    char *path, *folder, *name;
    GPtrArray *lines; /* struct spec_line */
};

/* A regular expression and where it is written. */
struct test_pattern {
    char *text;
    GRegex *regex;
    unsigned line;
};

/* How a run can end: a line of `run` in the ledger. */
enum test_end {
    END_POWER_OFF,
    END_RESET,
    END_STOPPED,
    END_LIMIT,
    END_CRASH,
    END_IDLE,
    END_COUNT,
    END_NORMAL
};

struct golden {
    char *path; /* NULL: none. */
    double tolerance;
};

struct test_sql {
    char *name, *query, *wanted;
};

/* What a case expects. */
struct test_expect {
    enum test_end end;                                       /* END_NORMAL: one of the first three. */
    int exit_status;                                         /* Of the process; -1: any. */
    GPtrArray *console, *console_not, *stderr_, *stderr_not; /* struct test_pattern */
    char *console_file;
};

/* One failed or passed check. */
struct test_result {
    char *title; /* "hvc.p99 <= 2100" */
    char *group; /* "budget" */
    char *why;   /* NULL when it passed; else lines of text. */
};

struct test_case {
    const struct spec *spec;
    char *name;        /* "tiny[cortex-a53]" */
    char **values;     /* Of [matrix]; NULL-terminated. */
    GPtrArray *args;   /* Of armvsim run, as texts. */
    GPtrArray *drives; /* Files that the run gets its own copy of. */
    GPtrArray *images; /* Files that symbols come from. */
    struct test_expect expect;
    GPtrArray *budgets; /* struct budget */
    GPtrArray *sql;     /* struct test_sql */
    struct golden golden;
    /* Of the run. */
    bool is_done;
    char *dir, *updated;
    int wait_status;    /* Exit status, or -signal. */
    GPtrArray *results; /* struct test_result */
    unsigned failed_count;
    double time_ms;
    int64_t traps;
    char *console_tail;
};

struct test_options {
    char *build, *keep, *junit, *only;
    char **define;
    int jobs;
    gboolean tap, update, list;
};

/* Problems of specs, "FILE:LINE: [GROUP] KEY: WHY", each once. */
void test_problem(GPtrArray *problems, const struct spec *s, const struct spec_line *l, const char *fmt,
                  ...) G_GNUC_PRINTF(4, 5);

/* Reads the lines of a spec; NULL after a problem with the file itself. test_lines.c */
struct spec *spec_read(const char *path, GPtrArray *problems);
void spec_free(void *spec);
/* A list's parts: split at ';', without blanks; "\;" is a semicolon. */
char **spec_list(const char *value);
const struct spec_line *spec_find(const struct spec *s, const char *group, const char *key);

/* Adds the cases of a spec. test_spec.c */
void spec_cases(const struct spec *s, const struct test_options *o, GPtrArray *cases, GPtrArray *problems);
void test_case_free(void *test);
/* Reads [run] into args, with the values of [matrix]. test_args.c */
struct spec_values; /* Variables, and the keys of [matrix]. */
struct spec_values {
    GHashTable *variables; /* name -> text */
    GHashTable *matrix;    /* key of [run] -> text */
};
void spec_run_args(const struct spec *s, const struct spec_values *v, struct test_case *out,
                   GPtrArray *problems);
bool spec_run_knows(const char *key);
/* Puts variables in; NULL after a problem. */
char *spec_expand(const struct spec *s, const struct spec_values *v, const struct spec_line *l,
                  const char *text, GPtrArray *problems);
/* An absolute path, relative ones being beside the spec. */
char *spec_path(const struct spec *s, const char *path);
/* Reads [expect], [budget], [sql] and [golden]. test_expect.c */
void spec_expectations(const struct spec *s, const struct spec_values *v, struct test_case *out,
                       GPtrArray *problems);

extern const char *const test_end_names[END_COUNT];

/* Runs cases, each in a process of its own; done() is called in the order of the cases. test_run.c */
typedef void (*test_done_fn)(void *user, struct test_case *test);
int test_run_all(GPtrArray *cases, const struct test_options *o, test_done_fn done, void *user);

/* Fills the case's results. test_check.c */
void test_check(struct test_case *t, const struct test_options *o);
void test_add_result(struct test_case *t, const char *group, const char *title, char *why);
/* test_check_console.c: lines of the file are what is matched. */
void test_check_texts(struct test_case *t, const char *console, gsize console_len, const char *err,
                      gsize err_len);
char *test_tail(const char *text, gsize len, unsigned lines);
/* test_check_budget.c */
void test_check_budgets(struct test_case *t, struct db *db);
void test_check_sql(struct test_case *t, struct db *db);
/* test_golden.c */
void test_check_golden(struct test_case *t, struct db *db, bool update);

/* What to show: no control characters, valid UTF-8. The caller frees it. */
char *test_printable(const char *bytes, gsize len);
/* Appends a text with `indent` before each of its lines. */
void test_indent(GString *out, const char *text, const char *indent);

/* For people, as TAP, as JUnit. */
void test_print_case(const struct test_case *t, int width, bool colour);
void test_print_total(const GPtrArray *cases, bool colour);
void test_tap_plan(unsigned count);
void test_tap_case(const struct test_case *t, unsigned number);
int test_junit_write(const char *path, const GPtrArray *cases);
