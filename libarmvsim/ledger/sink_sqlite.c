/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sink_sqlite.c
 * The SQLite sink: a thread takes batches from the queue and inserts their rows (sink_rows.c), one
 * transaction per COMMIT_BATCHES full batches. Identical rows give identical files: page size,
 * encoding, order and transactions are fixed, and nothing of the host or the time is written.
 *
 * A rollback journal with synchronous=OFF keeps every committed transaction whole when the process is
 * killed or the disk fills up; only a crash of the host itself may lose them.
 */
#include <glib.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/queue.h"
#include "ledger/schema_sql.h"
#include "ledger/sink.h"
#include "ledger/sink_rows.h"

enum { COMMIT_BATCHES = 64, BUSY_MS = 5000 };

struct sink {
    sqlite3 *db;
    struct row_writer *rows;
    sqlite3_stmt *begin, *commit;
    struct queue queue;
    struct batch *filling;
    pthread_t thread;
    bool running;
    unsigned open_batches; /* Batches in the current transaction; the writer's. */
    atomic_bool failed;    /* `error` may be read once this is set. */
    char error[256];
    char *path;
};

/* Notes the first failure, with what SQLite and the host say. */
static void note_error(struct sink *s)
{
    int host = s->db ? sqlite3_system_errno(s->db) : 0;
    const char *why = s->db ? sqlite3_errmsg(s->db) : "out of memory";

    if (atomic_load(&s->failed))
        return;
    if (host && sqlite3_errcode(s->db) == SQLITE_IOERR)
        snprintf(s->error, sizeof(s->error), "%s (%s)", why, g_strerror(host));
    else
        snprintf(s->error, sizeof(s->error), "%s", why);
    atomic_store(&s->failed, true);
}

static bool run(struct sink *s, sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);

    if (rc != SQLITE_DONE)
        note_error(s);
    sqlite3_reset(stmt);
    return rc == SQLITE_DONE;
}

static bool write_batch(struct sink *s, const struct batch *b)
{
    if (!row_writer_put(s->rows, b)) {
        note_error(s);
        return false;
    }
    s->open_batches++;
    if (!b->commit && s->open_batches < COMMIT_BATCHES)
        return true;
    s->open_batches = 0;
    return run(s, s->commit) && run(s, s->begin);
}

/* The writer. After a failure it goes on taking batches, so that the producer never waits for ever. */
static void *writer(void *arg)
{
    struct sink *s = arg;
    const struct batch *b;

    while ((b = queue_pop(&s->queue))) {
        if (!atomic_load(&s->failed))
            write_batch(s, b);
        queue_done(&s->queue);
    }
    return NULL;
}

static bool exec(struct sink *s, const char *sql)
{
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    note_error(s);
    return false;
}

static sqlite3_stmt *prepare(struct sink *s, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        note_error(s);
    return stmt;
}

static bool prepare_all(struct sink *s)
{
    s->begin = prepare(s, "BEGIN IMMEDIATE");
    s->commit = prepare(s, "COMMIT");
    s->rows = row_writer_new(s->db);
    if (!s->rows)
        note_error(s);
    return s->begin && s->commit && s->rows;
}

static bool create_schema(struct sink *s)
{
    char *pragmas =
        g_strdup_printf("PRAGMA page_size=4096; PRAGMA encoding='UTF-8'; PRAGMA auto_vacuum=NONE;"
                        "PRAGMA journal_mode=DELETE; PRAGMA synchronous=OFF;"
                        "PRAGMA cache_size=-16384; PRAGMA cache_spill=OFF;"
                        "PRAGMA temp_store=MEMORY; PRAGMA automatic_index=OFF;"
                        "BEGIN IMMEDIATE; PRAGMA application_id=%d; PRAGMA user_version=%d;",
                        LEDGER_APPLICATION_ID, LEDGER_SCHEMA_VERSION);
    bool ok = exec(s, pragmas) && exec(s, LEDGER_SCHEMA_SQL) && exec(s, "COMMIT");

    g_free(pragmas);
    return ok;
}

static bool open_db(struct sink *s)
{
    /* ":memory:" and the like are file names to us. */
    char *path = s->path[0] == ':' ? g_strconcat("./", s->path, NULL) : g_strdup(s->path);
    int rc = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    g_free(path);
    if (rc != SQLITE_OK) {
        note_error(s);
        return false;
    }
    sqlite3_busy_timeout(s->db, BUSY_MS);
    return create_schema(s) && prepare_all(s) && run(s, s->begin);
}

static void close_db(struct sink *s)
{
    row_writer_free(s->rows);
    sqlite3_finalize(s->begin);
    sqlite3_finalize(s->commit);
    if (s->db && !sqlite3_get_autocommit(s->db))
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(s->db);
}

static void sink_free(struct sink *s)
{
    queue_destroy(&s->queue);
    g_free(s->path);
    g_free(s);
}

/* Signals stay with the embedder's threads; a write beyond RLIMIT_FSIZE is an error here, not a death. */
static bool start_writer(struct sink *s)
{
    sigset_t all, old;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    s->running = pthread_create(&s->thread, NULL, writer, s) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return s->running;
}

avs_status sink_open(struct avs_machine *m, const char *path, struct sink **out)
{
    struct sink *s;
    bool created;
    avs_status st = sink_prepare_file(m, path, &created);

    *out = NULL;
    if (st)
        return st;
    s = g_new0(struct sink, 1);
    s->path = g_strdup(path);
    queue_init(&s->queue);
    s->filling = queue_first(&s->queue);
    if (open_db(s) && start_writer(s)) {
        *out = s;
        return AVS_OK;
    }
    st = atomic_load(&s->failed) ? sink_fail(s, m)
                                 : avs_fail(m, AVS_ERR_DB, "%s: no thread to write it", path);
    close_db(s);
    if (created)
        unlink(path);
    sink_free(s);
    return st;
}

struct batch *sink_batch(struct sink *s)
{
    return s->filling;
}

struct batch *sink_push(struct sink *s)
{
    s->filling = queue_push(&s->queue);
    return s->filling;
}

void sink_commit(struct sink *s)
{
    s->filling->commit = 1;
    sink_push(s);
    queue_drain(&s->queue);
}

bool sink_failed(const struct sink *s)
{
    return atomic_load(&s->failed);
}

avs_status sink_fail(const struct sink *s, struct avs_machine *m)
{
    return avs_fail(m, AVS_ERR_DB, "%s: %s", s->path, s->error);
}

avs_status sink_close(struct sink *s, struct avs_machine *m)
{
    avs_status st = AVS_OK;

    sink_commit(s);
    queue_close(&s->queue);
    if (s->running)
        pthread_join(s->thread, NULL);
    if (sink_failed(s))
        st = sink_fail(s, m);
    close_db(s);
    sink_free(s);
    return st;
}
