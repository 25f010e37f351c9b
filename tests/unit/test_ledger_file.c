/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_ledger_file.c
 * The ledger's file: identical bytes, which files may be replaced, full disks, killed runs, and that all
 * views answer.
 */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger_util.h"

static void many_traps(struct rig *r, unsigned count)
{
    r->c.el = 1;
    for (unsigned i = 0; i < count && !ledger_failed(r->l); i++) {
        rig_own(r, 1 + i % 2);
        rig_trap(r, 0x1000 + i % 512 * 4, 30 + i % 77);
    }
}

static char *contents(const char *path, gsize *len)
{
    char *bytes = NULL;

    cr_assert(g_file_get_contents(path, &bytes, len, NULL), "%s", path);
    return bytes;
}

static void expect_same_file(const char *a, const char *b)
{
    gsize la, lb;
    char *ba = contents(a, &la), *bb = contents(b, &lb);

    cr_expect_eq(la, lb);
    cr_expect(la == lb && !memcmp(ba, bb, la), "%s and %s differ", a, b);
    g_free(ba);
    g_free(bb);
}

/* More rows than a transaction holds, in two files, and in one that held another run before. */
Test(ledger_file, identical_runs_are_identical_bytes)
{
    struct rig *a = rig_open(), *b = rig_open();

    many_traps(b, 3000);
    rig_close(b);
    memset(&b->c, 0, sizeof(b->c));
    b->c.m = &b->m;
    b->c.cost = b->m.cost;
    cr_assert_eq(ledger_open_db(b->l, b->path), AVS_OK);
    many_traps(a, 100000);
    many_traps(b, 100000);
    rig_close(a);
    rig_close(b);
    expect_same_file(a->path, b->path);
    ASK_INT(a, 100000, "SELECT COUNT(*) FROM v_trap");
    ASK_TEXT(a, "ok", "PRAGMA integrity_check");
    rig_free(a);
    rig_free(b);
}

Test(ledger_file, header_and_meta)
{
    struct rig *r = rig_open();
    char *image = g_build_filename(r->dir, "image.elf", NULL);

    ASK_TEXT(r, "running", "SELECT value FROM run WHERE key = 'status'");
    ledger_set_meta(r->l, "board", "virt");
    g_file_set_contents(image, "abc", 3, NULL);
    cr_assert_eq(ledger_note_image(r->l, image), AVS_OK);
    g_unlink(image);
    cr_expect_eq(ledger_note_image(r->l, image), AVS_ERR_IO);
    r->m.stop = STOP_LIMIT;
    many_traps(r, 10);
    rig_close(r);
    ASK_INT(r, LEDGER_APPLICATION_ID, "PRAGMA application_id");
    ASK_INT(r, LEDGER_SCHEMA_VERSION, "PRAGMA user_version");
    ASK_INT(r, 4096, "PRAGMA page_size");
    ASK_TEXT(r, "complete", "SELECT value FROM run WHERE key = 'status'");
    ASK_TEXT(r, "virt", "SELECT value FROM run WHERE key = 'board'");
    ASK_TEXT(r, "limit", "SELECT value FROM run WHERE key = 'end'");
    ASK_TEXT(r, "image.elf", "SELECT value FROM run WHERE key = 'image'");
    ASK_TEXT(r, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
             "SELECT value FROM run WHERE key = 'image_sha256'");
    ASK_INT(r, 0, "SELECT COUNT(*) FROM run WHERE value LIKE '%/%'");
    g_free(image);
    rig_free(r);
}

/* A run that is stopped and goes on: the totals are of the whole. */
Test(ledger_file, finishes_twice)
{
    struct rig *r = rig_open();

    many_traps(r, 100);
    cr_assert_eq(ledger_finish(r->l), AVS_OK);
    ASK_TEXT(r, "complete", "SELECT value FROM run WHERE key = 'status'");
    many_traps(r, 2000);
    cr_assert_eq(ledger_finish(r->l), AVS_OK);
    rig_close(r);
    ASK_INT(r, 2100, "SELECT SUM(count) FROM v_trap_by_cause");
    ASK_TEXT(r, "2100", "SELECT value FROM run WHERE key = 'traps'");
    ASK_TEXT(r, "complete", "SELECT value FROM run WHERE key = 'status'");
    rig_free(r);
}

static void expect_refusal(struct rig *r, const char *path, avs_status want, const char *why)
{
    avs_status s = ledger_open_db(r->l, path);

    cr_expect_eq(s, want, "%s: status %d", path, s);
    cr_expect(g_str_has_prefix(r->m.last_error, path), "'%s' names %s", r->m.last_error, path);
    cr_expect(strstr(r->m.last_error, why), "'%s' says '%s'", r->m.last_error, why);
    cr_expect_null(strchr(r->m.last_error, '\n'));
}

Test(ledger_file, other_files_are_refused)
{
    struct rig *r = rig_new();
    char *missing = g_build_filename(r->dir, "no", "t.db", NULL);
    sqlite3 *db;

    g_file_set_contents(r->path, "my thesis", -1, NULL);
    expect_refusal(r, r->path, AVS_ERR_DB, "not an armvsim ledger; refusing to overwrite");
    cr_expect_eq(sqlite3_open(missing, &db), SQLITE_CANTOPEN);
    sqlite3_close(db);
    g_unlink(r->path);
    cr_assert_eq(sqlite3_open(r->path, &db), SQLITE_OK);
    sqlite3_exec(db, "CREATE TABLE mine(x); INSERT INTO mine VALUES(1)", NULL, NULL, NULL);
    sqlite3_close(db);
    expect_refusal(r, r->path, AVS_ERR_DB, "not an armvsim ledger; refusing to overwrite");
    ASK_INT(r, 1, "SELECT x FROM mine");
    expect_refusal(r, r->dir, AVS_ERR_IO, "is a directory");
    expect_refusal(r, missing, AVS_ERR_IO, g_strerror(ENOENT));
    expect_refusal(r, "/dev/null", AVS_ERR_IO, "not a regular file");
    expect_refusal(r, "", AVS_ERR_IO, "");
    g_free(missing);
    rig_free(r);
}

Test(ledger_file, empty_file_is_taken)
{
    struct rig *r = rig_new();

    g_file_set_contents(r->path, "", 0, NULL);
    cr_assert_eq(ledger_open_db(r->l, r->path), AVS_OK);
    rig_close(r);
    ASK_TEXT(r, "complete", "SELECT value FROM run WHERE key = 'status'");
    rig_free(r);
}

Test(ledger_file, locked_ledger_is_refused)
{
    struct rig *r = rig_open(), *other = rig_new();

    expect_refusal(other, r->path, AVS_ERR_DB, "locked");
    many_traps(r, 10);
    rig_close(r);
    ASK_INT(r, 10, "SELECT COUNT(*) FROM v_trap");
    rig_free(other);
    rig_free(r);
}

/* The file may not grow: as on a full disk, writes fail. The run stops, and what was committed is whole. */
Test(ledger_file, full_disk)
{
    struct rig *r = rig_open();
    struct rlimit limit = { 5 << 20, RLIM_INFINITY };

    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    many_traps(r, 2000000);
    cr_expect(ledger_failed(r->l));
    cr_expect_eq(r->m.stop, STOP_HOST_ERROR);
    cr_expect(g_str_has_prefix(r->m.last_error, r->path), "%s", r->m.last_error);
    cr_expect_eq(ledger_finish(r->l), AVS_ERR_DB);
    cr_expect_eq(ledger_close_db(r->l), AVS_ERR_DB);
    ASK_TEXT(r, "running", "SELECT value FROM run WHERE key = 'status'");
    ASK_TEXT(r, "ok", "PRAGMA integrity_check");
    ASK_INT(r, 1, "SELECT COUNT(*) > 10000 FROM v_trap");
    rig_free(r);
}

Test(ledger_file, no_room_for_the_schema)
{
    struct rig *r = rig_new();
    struct rlimit limit = { 8192, RLIM_INFINITY };

    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect_refusal(r, r->path, AVS_ERR_DB, "");
    cr_expect_not(g_file_test(r->path, G_FILE_TEST_EXISTS), "nothing half-written is left");
    rig_free(r);
}

Test(ledger_file, killed_run_stays_readable)
{
    struct rig *r = rig_new();
    pid_t child = fork();
    int status;

    if (child == 0) {
        ledger_open_db(r->l, r->path);
        ledger_hooks(r->l, &r->hooks);
        many_traps(r, 200000);
        kill(getpid(), SIGKILL);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status));
    /* The first reader that may write rolls back what was under way. */
    sqlite3 *db;

    cr_assert_eq(sqlite3_open(r->path, &db), SQLITE_OK);
    cr_expect_eq(sqlite3_exec(db, "SELECT COUNT(*) FROM trap", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    ASK_TEXT(r, "running", "SELECT value FROM run WHERE key = 'status'");
    ASK_TEXT(r, "ok", "PRAGMA integrity_check");
    ASK_INT(r, 1, "SELECT COUNT(*) >= 65536 FROM v_trap");
    /* And it may be replaced. */
    cr_expect_eq(ledger_open_db(r->l, r->path), AVS_OK, "%s", r->m.last_error);
    rig_close(r);
    ASK_INT(r, 0, "SELECT COUNT(*) FROM trap");
    rig_free(r);
}

/* Every view answers, also about a run in which nothing happened. */
Test(ledger_file, views_of_an_empty_run)
{
    struct rig *r = rig_open();
    char *views, **names;

    rig_close(r);
    views = rig_text(r, "SELECT group_concat(name, ' ') FROM sqlite_schema WHERE type = 'view'");
    names = g_strsplit(views, " ", -1);
    for (char **n = names; *n; n++) {
        char *sql = g_strdup_printf("SELECT COUNT(*) FROM (SELECT * FROM %s)", *n);

        cr_expect_neq(rig_int(r, sql), INT64_MIN, "%s", *n);
        g_free(sql);
    }
    g_strfreev(names);
    g_free(views);
    rig_free(r);
}
