/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file export_csv.c
 * Tables and views as CSV as RFC 4180 has it: lines end with CR LF, the first has the names. A field is
 * quoted when it has to be; NULL is nothing at all, an empty text is "".
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "export.h"

static void put_text(FILE *f, const char *text)
{
    if (*text && !strpbrk(text, ",\"\r\n")) {
        fputs(text, f);
        return;
    }
    fputc('"', f);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', f);
        fputc(*text, f);
    }
    fputc('"', f);
}

static bool put_row(void *user, sqlite3_stmt *row)
{
    FILE *f = user;

    for (int c = 0; c < sqlite3_column_count(row); c++) {
        if (c)
            fputc(',', f);
        if (sqlite3_column_type(row, c) == SQLITE_TEXT)
            put_text(f, export_text(row, c));
        else
            fputs(export_text(row, c), f);
    }
    fputs("\r\n", f);
    return !ferror(f);
}

static int put_heading(struct db *db, const char *query, FILE *f)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(db->sql, query, -1, &stmt, NULL) != SQLITE_OK)
        return cli_error("%s: %s", db->path, sqlite3_errmsg(db->sql));
    for (int c = 0; c < sqlite3_column_count(stmt); c++) {
        if (c)
            fputc(',', f);
        put_text(f, sqlite3_column_name(stmt, c));
    }
    fputs("\r\n", f);
    sqlite3_finalize(stmt);
    return EXIT_OK;
}

static int put_table(struct db *db, const char *table, FILE *f)
{
    char *query = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
    int status = put_heading(db, query, f);

    if (!status)
        status = db_query(db, query, put_row, f);
    sqlite3_free(query);
    return status;
}

static bool add_name(void *user, sqlite3_stmt *row)
{
    g_ptr_array_add(user, g_strdup(export_text(row, 0)));
    return true;
}

/* Tables and views of the ledger, by name. */
static int list_tables(struct db *db, GPtrArray *names)
{
    return db_query(db,
                    "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE "
                    "'sqlite\\_%' ESCAPE '\\' ORDER BY name",
                    add_name, names);
}

static bool has_name(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (!strcmp(names->pdata[i], name))
            return true;
    return false;
}

static int check_names(const struct export *e, const GPtrArray *known)
{
    for (char **t = e->tables; t && *t; t++)
        if (!has_name(known, *t))
            return cli_error("%s: has no table or view '%s'", e->db.path, *t);
    return EXIT_OK;
}

static int put_file(struct export *e, const char *table)
{
    g_autofree char *name = g_strconcat(table, ".csv", NULL);
    g_autofree char *path = g_build_filename(e->path, name, NULL);
    FILE *f = export_open(path);

    return f ? export_close(f, path, put_table(&e->db, table, f)) : EXIT_USAGE;
}

static int put_folder(struct export *e, const GPtrArray *known)
{
    int status = EXIT_OK;

    if (!strcmp(e->path, "-"))
        return cli_error("export: stdout takes one --table of CSV");
    if (g_mkdir_with_parents(e->path, 0777))
        return cli_error("%s: %s", e->path, g_strerror(errno));
    for (guint i = 0; !e->tables && !status && i < known->len; i++)
        status = put_file(e, known->pdata[i]);
    for (char **t = e->tables; t && *t && !status; t++)
        status = put_file(e, *t);
    return status;
}

int export_csv(struct export *e)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);
    int status;

    if ((status = list_tables(&e->db, known)) || (status = check_names(e, known)))
        return status;
    return e->out ? put_table(&e->db, e->tables[0], e->out) : put_folder(e, known);
}
