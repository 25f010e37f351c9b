/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file export.h
 * armvsim export: a ledger in the forms of other programs. Each form reads the views and writes a stream,
 * so that what it holds in memory does not grow with the ledger.
 */
#pragma once

#include <stdio.h>

#include "db.h"

struct export
{
    struct db db;
    char *path;        /* -o */
    char **tables;     /* --table: NULL for all. */
    char **elves;      /* --elf FILE[@VMID] */
    char *source_root; /* --source-root; NULL: where relative names are. */
    gboolean guest;    /* --guest */
    FILE *out;         /* NULL for forms that write a folder. */
};

/* The forms; export.def has one line each. An exit status, after a printed error. */
#define EXPORT(name, summary) int export_##name(struct export *e);
#include "export.def"
#undef EXPORT

/* A file to write at `path` ("-": stdout). NULL after a printed error. */
FILE *export_open(const char *path);
/* Closes it; what did not reach the disk is an error, and the file is taken away. */
int export_close(FILE *f, const char *path, int status);
/* A column of a row as a text that is never NULL. */
const char *export_text(sqlite3_stmt *row, int column);

/* export_lines.c: the lines and functions of source files, and which were executed. */
struct source {
    char *path;
    GByteArray *lines; /* By line number: 0 has no code, 1 not executed, 2 executed. */
    GTree *functions;  /* Name to struct source_function. */
};

struct source_function {
    unsigned line;
    bool hit;
};

/* Intervals of executed code, ascending and apart. */
struct executed {
    uint64_t lo, hi;
};

/* Adds the line table of an ELF file to `sources` (path to struct source). `executed` is of struct
 * executed. *reached tells whether any of the file's code was executed. An exit status, after a printed
 * error. */
int export_read_lines(const char *elf, const GArray *executed, const char *root, GTree *sources,
                      bool *reached);
void export_source_free(void *source);
