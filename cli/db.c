/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file db.c
 * Opening and asking ledgers: is it there, is it SQLite, is it ours, is it of a version that we know?
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db_recover.h"
#include "ledger/ledger.h"
#include "ledger/schema.h"

#define CLOCK_MAX_HZ 1e15
enum { BUSY_MS = 5000, HASH_DIGITS = 12 };

static int failed(struct db *db)
{
    return cli_error("%s: %s", db->path, sqlite3_errmsg(db->sql));
}

static const char sqlite_magic[16] = "SQLite format 3";

/* What the file is, before SQLite is asked: its own words for these are unclear. */
static int check_file(const char *path)
{
    char head[sizeof(sqlite_magic)];
    struct stat st;
    ssize_t len;
    int fd;

    if (stat(path, &st))
        return cli_error("%s: %s", path, g_strerror(errno));
    if (S_ISDIR(st.st_mode))
        return cli_error("%s: is a directory", path);
    if (!S_ISREG(st.st_mode))
        return cli_error("%s: not a regular file", path);
    if (!st.st_size)
        return cli_error("%s: is empty", path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cli_error("%s: %s", path, g_strerror(errno));
    len = read(fd, head, sizeof(head));
    close(fd);
    if (len != sizeof(head) || memcmp(head, sqlite_magic, sizeof(head)) != 0)
        return cli_error("%s: not an armvsim ledger (not an SQLite database)", path);
    return EXIT_OK;
}

/* Reads one integer. -1 when that fails. */
static int64_t pragma(struct db *db, const char *query)
{
    sqlite3_stmt *stmt = NULL;
    int64_t value = -1;

    if (sqlite3_prepare_v2(db->sql, query, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

static int connect(struct db *db, int flags)
{
    /* ":memory:" and the like are file names to us. */
    g_autofree char *path = g_strconcat(db->path[0] == ':' ? "./" : "", db->path, NULL);
    int rc = sqlite3_open_v2(path, &db->sql, flags, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(db->sql, 1);
        sqlite3_busy_timeout(db->sql, BUSY_MS);
        sqlite3_db_config(db->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        rc = sqlite3_exec(db->sql, "SELECT COUNT(*) FROM sqlite_schema", NULL, NULL, NULL);
    }
    return rc;
}

/* A run that was killed may have left a journal: only a writer can roll it back. */
static int open_ledger(struct db *db)
{
    int rc = connect(db, SQLITE_OPEN_READONLY);

    if (rc == SQLITE_READONLY_ROLLBACK || rc == SQLITE_READONLY_RECOVERY ||
        rc == SQLITE_READONLY_CANTINIT) {
        sqlite3_close(db->sql);
        rc = connect(db, SQLITE_OPEN_READWRITE);
    }
    return rc == SQLITE_OK ? EXIT_OK : failed(db);
}

/* SQLite takes a last page that is cut off for one that ends in zeros. */
static bool is_cut_off(struct db *db)
{
    struct stat st;

    return !stat(db->path, &st) &&
           st.st_size < pragma(db, "PRAGMA page_size") * pragma(db, "PRAGMA page_count");
}

static int check_schema(struct db *db)
{
    int64_t version = pragma(db, "PRAGMA user_version");

    if (is_cut_off(db))
        return cli_error("%s: malformed: the end of the file is missing", db->path);
    if (pragma(db, "PRAGMA application_id") != LEDGER_APPLICATION_ID)
        return cli_error("%s: not an armvsim ledger (another program's SQLite database)", db->path);
    if (version != LEDGER_SCHEMA_VERSION)
        return cli_error("%s: schema version %d; this armvsim reads version %d", db->path, (int)version,
                         LEDGER_SCHEMA_VERSION);
    return EXIT_OK;
}

/* STATE_REGISTERS(reg_class.id) */
static void state_registers(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    sqlite3_result_int(context, (int)ledger_state_registers((unsigned)sqlite3_value_int(values[0])));
}

/* A ledger that is empty, or has less than it seems to, says so. */
static void warn_of_interval(struct db *db)
{
    g_autofree char *interval = db_run_value(db, "interval");
    g_autofree char *from = db_run_value(db, "from");

    if (!g_strcmp0(interval, "never reached"))
        g_printerr("armvsim: %s: warning: --from %s was never reached: nothing was logged\n", db->path,
                   from);
    if (!g_strcmp0(interval, "waiting"))
        g_printerr("armvsim: %s: warning: --from %s has not been reached: nothing was logged\n", db->path,
                   from);
}

/* Of a run that did not finish. */
static int recover(struct db *db)
{
    g_autofree char *sample = db_run_value(db, "sample");
    g_autofree char *of =
        sample && strcmp(sample, "1") != 0 ? g_strdup_printf(" (one trap in %s)", sample) : g_strdup("");
    int rc;

    g_printerr("armvsim: %s: warning: the run has not finished; totals are of the rows that it wrote until "
               "now%s; time by EL and counters are missing\n",
               db->path, of);
    rc = db_recover(db->sql);
    return rc == SQLITE_OK ? EXIT_OK : cli_error("%s: %s", db->path, sqlite3_errstr(rc));
}

static int read_run(struct db *db)
{
    g_autofree char *status = db_run_value(db, "status");
    g_autofree char *clock = db_run_value(db, "clock_hz");

    db->clock_hz = clock ? g_ascii_strtod(clock, NULL) : 0;
    if (!(db->clock_hz > 0 && db->clock_hz < CLOCK_MAX_HZ))
        db->clock_hz = 0;
    warn_of_interval(db);
    return status && !strcmp(status, "complete") ? EXIT_OK : recover(db);
}

int db_open(struct db *db, const char *path)
{
    int status;

    *db = (struct db){ .path = g_strdup(path) };
    if ((status = check_file(path)) || (status = open_ledger(db)) || (status = check_schema(db)) ||
        (status = read_run(db)))
        db_close(db);
    else
        sqlite3_create_function(db->sql, "STATE_REGISTERS", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                state_registers, NULL, NULL);
    return status;
}

void db_close(struct db *db)
{
    sqlite3_close(db->sql);
    g_free(db->path);
    *db = (struct db){ 0 };
}

/* ["HVC", ...] for json_each(). */
static char *names_json(char **names)
{
    GString *out = g_string_new("[");

    for (char **c = names; *c; c++) {
        g_string_append(out, c == names ? "\"" : ",\"");
        for (const char *p = *c; *p; p++) {
            if (strchr("\"\\", *p))
                g_string_append_c(out, '\\');
            if ((unsigned char)*p >= ' ')
                g_string_append_c(out, *p);
        }
        g_string_append_c(out, '"');
    }
    g_string_append_c(out, ']');
    return g_string_free(out, FALSE);
}

static void bind_names(sqlite3_stmt *stmt, const char *parameter, char **names)
{
    int index = sqlite3_bind_parameter_index(stmt, parameter);

    if (index && names)
        sqlite3_bind_text(stmt, index, names_json(names), -1, g_free);
}

static void bind(struct db *db, sqlite3_stmt *stmt)
{
    int clock = sqlite3_bind_parameter_index(stmt, ":clock_hz");
    int text = sqlite3_bind_parameter_index(stmt, ":text");
    int id = sqlite3_bind_parameter_index(stmt, ":id");

    if (clock && db->clock_hz > 0)
        sqlite3_bind_double(stmt, clock, db->clock_hz);
    if (text && db->text)
        sqlite3_bind_text(stmt, text, db->text, -1, SQLITE_TRANSIENT);
    if (id)
        sqlite3_bind_int64(stmt, id, db->id);
    bind_names(stmt, ":cause", db->causes);
    bind_names(stmt, ":context", db->contexts);
}

int db_query(struct db *db, const char *query, db_row_fn fn, void *user)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->sql, query, -1, &stmt, NULL);

    if (rc != SQLITE_OK)
        return failed(db);
    bind(db, stmt);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
        if (!fn(user, stmt))
            break;
    rc = rc == SQLITE_DONE || rc == SQLITE_ROW ? EXIT_OK : failed(db);
    sqlite3_finalize(stmt);
    return rc;
}

static void add_columns(struct table *t, sqlite3_stmt *row)
{
    for (int c = 0; c < sqlite3_column_count(row); c++)
        table_columns(t, sqlite3_column_name(row, c));
}

static bool add_row(void *user, sqlite3_stmt *row)
{
    struct table *t = user;

    for (int c = 0; c < sqlite3_column_count(row); c++) {
        switch (sqlite3_column_type(row, c)) {
        case SQLITE_INTEGER:
            table_int(t, sqlite3_column_int64(row, c));
            break;
        case SQLITE_FLOAT:
            table_real(t, sqlite3_column_double(row, c));
            break;
        case SQLITE_NULL:
            table_null(t);
            break;
        default:
            table_text(t, (const char *)sqlite3_column_text(row, c));
        }
    }
    return true;
}

int db_fill(struct db *db, const char *query, struct table *t)
{
    sqlite3_stmt *stmt = NULL;

    /* The columns are needed even when there are no rows: for the heading line of CSV. */
    if (sqlite3_prepare_v2(db->sql, query, -1, &stmt, NULL) != SQLITE_OK)
        return failed(db);
    add_columns(t, stmt);
    sqlite3_finalize(stmt);
    return db_query(db, query, add_row, t);
}

char *db_run_value(struct db *db, const char *key)
{
    sqlite3_stmt *stmt = NULL;
    char *value = NULL;

    if (sqlite3_prepare_v2(db->sql, "SELECT value FROM run WHERE key = ?", -1, &stmt, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        value = g_strdup((const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return value;
}

char *db_hash(struct db *db)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    int fd = open(db->path, O_RDONLY | O_CLOEXEC);
    guchar buffer[65536];
    ssize_t len = -1;

    while (fd >= 0 && (len = read(fd, buffer, sizeof(buffer))) > 0)
        g_checksum_update(sum, buffer, len);
    if (fd >= 0)
        close(fd);
    if (len < 0) {
        cli_error("%s: %s", db->path, g_strerror(errno));
        return NULL;
    }
    return g_strndup(g_checksum_get_string(sum), HASH_DIGITS);
}
