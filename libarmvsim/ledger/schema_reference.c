/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file schema_reference.c
 * Makes docs/schema.md: the introduction that is written by hand, and a section for each table and view
 * that SQLite itself finds in schema.sql, with the meanings of schema_doc.def. What is in one and not in
 * the other is an error, so the reference cannot leave anything out. Usage: schema-reference INTRODUCTION
 * >docs/schema.md
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/schema_sql.h"

/* The lines of schema_doc.def, in order: an object's, then its columns'. */
struct line {
    const char *object, *column, *type, *unit, *meaning;
};

static const struct line lines[] = {
#define OBJECT(name, meaning) { #name, NULL, NULL, NULL, meaning },
#define COLUMN(name, type, unit, meaning) { NULL, #name, type, unit, meaning },
#include "ledger/schema_doc.def"
#undef COLUMN
#undef OBJECT
};
enum { LINE_COUNT = sizeof(lines) / sizeof(lines[0]) };

static bool used[LINE_COUNT];
static unsigned faults;

static void fault(const char *object, const char *column, const char *what)
{
    fprintf(stderr, "schema-reference: %s%s%s: %s\n", object, column ? "." : "", column ? column : "",
            what);
    faults++;
}

static void must(sqlite3 *db, int rc)
{
    if (rc == SQLITE_OK)
        return;
    fprintf(stderr, "schema-reference: %s\n", sqlite3_errmsg(db));
    exit(2);
}

static int find_object(const char *name)
{
    for (int i = 0; i < LINE_COUNT; i++)
        if (lines[i].object && !strcmp(lines[i].object, name))
            return i;
    return -1;
}

static int find_column(int object, const char *name)
{
    for (int i = object + 1; i < LINE_COUNT && lines[i].column; i++)
        if (!strcmp(lines[i].column, name))
            return i;
    return -1;
}

/* A column that the schema has. Its type is the schema's, if that says one: views do not. */
static void print_column(const char *object, int at, const char *name, const char *declared)
{
    int i = find_column(at, name);

    if (i < 0) {
        fault(object, name, "not in schema_doc.def");
        return;
    }
    used[i] = true;
    if (*declared && sqlite3_stricmp(declared, lines[i].type))
        fault(object, name, "schema_doc.def has another type than the schema");
    printf("| `%s` | %s | %s | %s |\n", name, lines[i].type, lines[i].unit, lines[i].meaning);
}

static void print_object(sqlite3 *db, const char *name)
{
    sqlite3_stmt *s = NULL;
    int at = find_object(name);

    if (at < 0) {
        fault(name, NULL, "not in schema_doc.def");
        return;
    }
    used[at] = true;
    printf("\n### `%s`\n\n%s\n\n| column | type | unit | meaning |\n|---|---|---|---|\n", name,
           lines[at].meaning);
    must(db, sqlite3_prepare_v2(db, "SELECT name, type FROM pragma_table_info(?1)", -1, &s, NULL));
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    while (sqlite3_step(s) == SQLITE_ROW)
        print_column(name, at, (const char *)sqlite3_column_text(s, 0),
                     (const char *)sqlite3_column_text(s, 1));
    sqlite3_finalize(s);
}

static void print_all(sqlite3 *db, const char *type, const char *title)
{
    sqlite3_stmt *s = NULL;

    printf("\n## %s\n", title);
    must(db, sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = ?1 ORDER BY rowid", -1, &s,
                                NULL));
    sqlite3_bind_text(s, 1, type, -1, SQLITE_STATIC);
    while (sqlite3_step(s) == SQLITE_ROW)
        print_object(db, (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
}

static void print_file(const char *path)
{
    FILE *f = fopen(path, "r");
    int ch;

    if (!f) {
        perror(path);
        exit(2);
    }
    while ((ch = getc(f)) != EOF)
        putchar(ch);
    fclose(f);
}

static void check_lines(void)
{
    const char *object = "";

    for (int i = 0; i < LINE_COUNT; i++) {
        object = lines[i].object ? lines[i].object : object;
        if (!used[i])
            fault(object, lines[i].column, "not in the schema");
    }
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;

    if (argc != 2) {
        fputs("usage: schema-reference INTRODUCTION >docs/schema.md\n", stderr);
        return 2;
    }
    must(db, sqlite3_open(":memory:", &db));
    must(db, sqlite3_exec(db, LEDGER_SCHEMA_SQL, NULL, NULL, NULL));
    print_file(argv[1]);
    print_all(db, "table", "Tables");
    print_all(db, "view", "Views");
    sqlite3_close(db);
    check_lines();
    return faults ? 1 : 0;
}
