/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file db_select.c
 * --cause and --context: names that users give, held against those that a ledger has. A VM's name stands
 * for all of its vCPUs ("vm1" for vm1.0 and vm1.1).
 */
#include "db.h"

static bool add_name(void *user, sqlite3_stmt *row)
{
    const char *name = (const char *)sqlite3_column_text(row, 0);

    if (name)
        g_ptr_array_add(user, g_strdup(name));
    return true;
}

/* All first columns of a query as a vector of texts; NULL when it failed, which was printed. */
static char **names_of(struct db *db, const char *query)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    if (db_query(db, query, add_name, names))
        return NULL;
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_steal(names, NULL);
}

static int unknown(struct db *db, const char *what, const char *name, const char *query)
{
    g_auto(GStrv) names = names_of(db, query);
    g_autofree char *joined = names ? g_strjoinv(", ", names) : NULL;
    g_autofree char *list = joined ? table_printable(joined) : NULL;

    if (!list)
        return EXIT_USAGE;
    return cli_error("%s: has no %s '%s'; there %s %s", db->path, what, name, *list ? "are" : "is",
                     *list ? list : "none");
}

static int expand(struct db *db, const char *what, char **wanted, const char *query, const char *all,
                  char ***out)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);

    for (char **name = wanted; wanted && *name; name++) {
        unsigned before = found->len;
        int status;

        db->text = *name;
        status = db_query(db, query, add_name, found);
        db->text = NULL;
        if (status)
            return status;
        if (found->len == before)
            return unknown(db, what, *name, all);
    }
    g_ptr_array_add(found, NULL);
    *out = wanted ? (char **)g_ptr_array_steal(found, NULL) : NULL;
    return EXIT_OK;
}

int db_select(struct db *db, char **causes, char **contexts)
{
    int status = expand(db, "cause", causes, "SELECT DISTINCT name FROM cause WHERE name = :text",
                        "SELECT DISTINCT name FROM cause ORDER BY name", &db->causes);

    if (status)
        return status;
    return expand(db, "context", contexts,
                  "SELECT DISTINCT name FROM context"
                  " WHERE name = :text OR SUBSTR(name, 1, LENGTH(:text) + 1) = :text || '.'",
                  "SELECT DISTINCT name FROM context ORDER BY name", &db->contexts);
}
