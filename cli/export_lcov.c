/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file export_lcov.c
 * Line coverage as LCOV's tracefile (geninfo(1)): the table `code` of a run with --coverage, joined with
 * the lines of ELF files. A line and a function count 1 when they were executed, how often is not known.
 */
#include <string.h>

#include "export.h"

static gint compare_text(gconstpointer a, gconstpointer b, gpointer user)
{
    (void)user;
    return strcmp(a, b);
}

/* FILE or FILE@VMID; a file whose name has an @ is found first. -1: the host's. */
static int split_elf(const char *spec, char **path, int *vmid)
{
    const char *at = strrchr(spec, '@');
    uint64_t n;

    *vmid = -1;
    if (!at || g_file_test(spec, G_FILE_TEST_EXISTS)) {
        *path = g_strdup(spec);
        return EXIT_OK;
    }
    if (!cli_number(at + 1, false, &n) || n > 0xffff)
        return cli_error("--elf '%s': FILE or FILE@VMID expected", spec);
    *path = g_strndup(spec, (gsize)(at - spec));
    *vmid = (int)n;
    return EXIT_OK;
}

/* Intervals come by address. */
static bool add_interval(void *user, sqlite3_stmt *row)
{
    GArray *all = user;
    const struct executed x = { (uint64_t)sqlite3_column_int64(row, 0),
                                (uint64_t)sqlite3_column_int64(row, 1) };
    struct executed *last = all->len ? &g_array_index(all, struct executed, all->len - 1) : NULL;

    if (last && x.lo <= last->hi)
        last->hi = MAX(last->hi, x.hi);
    else if (x.lo < x.hi)
        g_array_append_val(all, x);
    return true;
}

/* Addresses are signed in the database: the upper half is behind the lower. */
static int read_executed(struct db *db, int vmid, GArray *all)
{
    g_autofree char *owner = vmid < 0 ? g_strdup("IS NULL") : g_strdup_printf("= %d", vmid);
    g_autofree char *query =
        g_strdup_printf("SELECT c.lo, c.hi FROM code c JOIN context x ON x.id = c.context "
                        "WHERE x.vmid %s ORDER BY c.lo < 0, c.lo",
                        owner);

    return db_query(db, query, add_interval, all);
}

static int read_one(struct export *e, const char *spec, GTree *sources)
{
    g_autoptr(GArray) executed = g_array_new(FALSE, FALSE, sizeof(struct executed));
    g_autofree char *path = NULL;
    bool reached = false;
    int vmid, status;

    if ((status = split_elf(spec, &path, &vmid)) || (status = read_executed(&e->db, vmid, executed)) ||
        (status = export_read_lines(path, executed, e->source_root, sources, &reached)))
        return status;
    if (!reached)
        g_printerr("armvsim: %s: warning: nothing of it was executed by %s\n", path,
                   vmid < 0 ? "the host (a guest's is FILE@VMID)" : "this VM");
    return EXIT_OK;
}

static gboolean put_name(gpointer name, gpointer value, gpointer out)
{
    const struct source_function *f = value;

    fprintf(out, "FN:%u,%s\n", f->line, (const char *)name);
    return FALSE;
}

static gboolean put_hit(gpointer name, gpointer value, gpointer out)
{
    const struct source_function *f = value;

    fprintf(out, "FNDA:%d,%s\n", f->hit, (const char *)name);
    return FALSE;
}

static gboolean count_hit(gpointer name, gpointer value, gpointer count)
{
    const struct source_function *f = value;

    (void)name;
    *(unsigned *)count += f->hit;
    return FALSE;
}

static void put_functions(const struct source *s, FILE *out)
{
    unsigned hit = 0;

    g_tree_foreach(s->functions, put_name, out);
    g_tree_foreach(s->functions, put_hit, out);
    g_tree_foreach(s->functions, count_hit, &hit);
    fprintf(out, "FNF:%d\nFNH:%u\n", g_tree_nnodes(s->functions), hit);
}

static gboolean put_source(gpointer key, gpointer value, gpointer user)
{
    const struct source *s = value;
    unsigned found = 0, hit = 0;
    FILE *out = user;

    (void)key;
    fprintf(out, "TN:\nSF:%s\n", s->path);
    put_functions(s, out);
    for (guint i = 1; i < s->lines->len; i++) {
        if (!s->lines->data[i])
            continue;
        found++;
        hit += s->lines->data[i] - 1;
        fprintf(out, "DA:%u,%d\n", i, s->lines->data[i] - 1);
    }
    fprintf(out, "LF:%u\nLH:%u\nend_of_record\n", found, hit);
    return FALSE;
}

static bool found_row(void *user, sqlite3_stmt *row)
{
    (void)row;
    *(bool *)user = true;
    return false;
}

int export_lcov(struct export *e)
{
    GTree *sources = g_tree_new_full(compare_text, NULL, NULL, export_source_free);
    bool any = false;
    int status = db_query(&e->db, "SELECT 1 FROM code LIMIT 1", found_row, &any);

    if (!status && !any)
        status = cli_error("%s: has no coverage (run with --coverage)", e->db.path);
    for (char **elf = e->elves; *elf && !status; elf++)
        status = read_one(e, *elf, sources);
    if (!status)
        g_tree_foreach(sources, put_source, e->out);
    g_tree_destroy(sources);
    return status;
}
