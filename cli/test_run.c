/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_run.c
 * Runs the cases: each is an `armvsim run` in a process and a folder of its own, so that nothing a guest
 * does can reach the tests. Some run at once; they are reported in their order, whichever ends first.
 */
#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

enum { PROGRESS_CHARS = 78 }; /* In one line of any terminal. */

struct runner {
    GPtrArray *cases;
    const struct test_options *options;
    test_done_fn done;
    void *user;
    char *self, *folder; /* This program; where the cases' folders are. */
    GMainLoop *loop;
    GPtrArray *running; /* GSubprocess */
    unsigned next, shown, ended;
    bool interrupted, is_terminal;
    int status;
};

struct job {
    struct runner *runner;
    struct test_case *test;
};

/* A folder's name out of a case's: what shells and file systems like. */
static char *folder_name(const char *name)
{
    char *out = g_strdup(name);
    size_t len;

    for (char *c = out; *c; c++)
        if (!g_ascii_isalnum(*c) && !strchr("._-", *c))
            *c = '-';
    len = strlen(out);
    while (len && out[len - 1] == '-')
        out[--len] = 0;
    return out;
}

/* Removes a folder with the files in it. */
static void remove_folder(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        g_unlink(file);
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(path);
}

/* "3 of 12: " and what runs. */
static void show_progress(const struct runner *r)
{
    g_autoptr(GString) line = NULL;

    if (!r->is_terminal)
        return;
    line = g_string_new(NULL);
    g_string_printf(line, "%u of %u", r->ended, r->cases->len);
    for (unsigned i = 0; i < r->next && line->len < PROGRESS_CHARS; i++) {
        const struct test_case *t = r->cases->pdata[i];

        if (!t->is_done)
            g_string_append_printf(line, "%c %s", strchr(line->str, ':') ? ',' : ':', t->name);
    }
    g_printerr("\r\033[K%.*s", PROGRESS_CHARS, line->str);
}

static void clear_progress(const struct runner *r)
{
    if (r->is_terminal)
        g_printerr("\r\033[K");
}

/* What is ready at the front of the list. */
static void show_done(struct runner *r)
{
    while (!r->interrupted && r->shown < r->cases->len) {
        struct test_case *t = r->cases->pdata[r->shown];

        if (!t->is_done)
            break;
        clear_progress(r);
        test_check(t, r->options);
        r->done(r->user, t);
        if (!r->options->keep)
            remove_folder(t->dir);
        r->shown++;
    }
}

static bool copy_drives(struct test_case *t, GPtrArray *argv, GError **error)
{
    for (unsigned i = 0; i < t->drives->len; i++) {
        g_autofree char *name = g_strdup_printf("drive%u.img", i);
        g_autofree char *path = g_build_filename(t->dir, name, NULL);
        g_autoptr(GFile) from = g_file_new_for_path(t->drives->pdata[i]);
        g_autoptr(GFile) to = g_file_new_for_path(path);

        if (!g_file_copy(from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error))
            return false;
        g_ptr_array_add(argv, g_strconcat("--drive=", path, NULL));
    }
    return true;
}

static GPtrArray *command_line(const struct runner *r, struct test_case *t, GError **error)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *db = g_build_filename(t->dir, "ledger.db", NULL);

    g_unlink(db);
    g_ptr_array_add(argv, g_strdup(r->self));
    g_ptr_array_add(argv, g_strdup("run"));
    g_ptr_array_add(argv, g_strdup("--quiet"));
    g_ptr_array_add(argv, g_strconcat("--db=", db, NULL));
    if (!copy_drives(t, argv, error)) {
        g_ptr_array_free(argv, TRUE);
        return NULL;
    }
    for (unsigned i = 0; i < t->args->len; i++)
        g_ptr_array_add(argv, g_strdup(t->args->pdata[i]));
    g_ptr_array_add(argv, NULL);
    return argv;
}

/* The models' folder, should its name be relative: the case runs in the spec's. */
static void set_environment(GSubprocessLauncher *launcher)
{
    const char *models = g_getenv("ARMVSIM_MODELS");
    g_autofree char *absolute = models && *models ? g_canonicalize_filename(models, NULL) : NULL;

    if (absolute)
        g_subprocess_launcher_setenv(launcher, "ARMVSIM_MODELS", absolute, TRUE);
}

static GSubprocess *spawn(const struct runner *r, struct test_case *t, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_autofree char *console = g_build_filename(t->dir, "console.txt", NULL);
    g_autofree char *err = g_build_filename(t->dir, "stderr.txt", NULL);
    GPtrArray *argv = command_line(r, t, error);
    GSubprocess *process;

    if (!argv)
        return NULL;
    g_subprocess_launcher_set_stdout_file_path(launcher, console);
    g_subprocess_launcher_set_stderr_file_path(launcher, err);
    g_subprocess_launcher_set_cwd(launcher, t->spec->folder);
    set_environment(launcher);
    process = g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, error);
    g_ptr_array_free(argv, TRUE);
    return process;
}

static void start_more(struct runner *r);

static void on_end(GObject *object, GAsyncResult *result, void *user)
{
    GSubprocess *process = G_SUBPROCESS(object);
    struct job *job = user;
    struct runner *r = job->runner;

    g_subprocess_wait_finish(process, result, NULL);
    job->test->wait_status = g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process)
                                                                 : -g_subprocess_get_term_sig(process);
    job->test->is_done = true;
    g_free(job);
    r->ended++;
    g_ptr_array_remove(r->running, process);
    show_done(r);
    start_more(r);
    show_progress(r);
    if (!r->running->len)
        g_main_loop_quit(r->loop);
}

/* The host fails: nothing that comes after would be better. */
static void host_failed(struct runner *r, const char *why)
{
    clear_progress(r);
    r->status = cli_error("test: %s", why);
    r->interrupted = true;
}

/* Whether a case that was started before has this folder: "a[b]" and "a-b" would share one. */
static bool is_taken(const struct runner *r, const char *dir)
{
    for (unsigned i = 0; i + 1 < r->next; i++)
        if (!strcmp(((const struct test_case *)r->cases->pdata[i])->dir, dir))
            return true;
    return false;
}

static bool make_dir(struct runner *r, struct test_case *t)
{
    g_autofree char *name = folder_name(t->name);
    g_autofree char *dir = g_build_filename(r->folder, name, NULL);
    g_autofree char *why = NULL;

    if (is_taken(r, dir))
        t->dir = g_strdup_printf("%s-%u", dir, r->next);
    else
        t->dir = g_steal_pointer(&dir);
    if (!g_mkdir_with_parents(t->dir, 0777))
        return true;
    why = g_strdup_printf("%s: %s", t->dir, g_strerror(errno));
    host_failed(r, why);
    return false;
}

static void start(struct runner *r, struct test_case *t)
{
    g_autoptr(GError) error = NULL;
    GSubprocess *process;
    struct job *job;

    if (!make_dir(r, t))
        return;
    process = spawn(r, t, &error);
    if (!process) {
        host_failed(r, error->message);
        return;
    }
    job = g_new(struct job, 1);
    *job = (struct job){ r, t };
    g_ptr_array_add(r->running, process);
    g_subprocess_wait_async(process, NULL, on_end, job);
}

static void start_more(struct runner *r)
{
    while (!r->interrupted && r->next < r->cases->len && r->running->len < (unsigned)r->options->jobs)
        start(r, r->cases->pdata[r->next++]);
}

static gboolean on_signal(void *user)
{
    struct runner *r = user;

    r->interrupted = true;
    r->status = EXIT_INTERRUPT;
    for (unsigned i = 0; i < r->running->len; i++)
        g_subprocess_send_signal(r->running->pdata[i], SIGTERM);
    return G_SOURCE_CONTINUE;
}

static void run_loop(struct runner *r)
{
    guint interrupt = g_unix_signal_add(SIGINT, on_signal, r);
    guint terminate = g_unix_signal_add(SIGTERM, on_signal, r);

    start_more(r);
    show_progress(r);
    if (r->running->len)
        g_main_loop_run(r->loop);
    clear_progress(r);
    g_source_remove(interrupt);
    g_source_remove(terminate);
}

/* Folders of cases that were never shown. */
static void clean_up(const struct runner *r)
{
    if (r->options->keep)
        return;
    for (unsigned i = r->shown; i < r->cases->len; i++) {
        const struct test_case *t = r->cases->pdata[i];

        if (t->dir)
            remove_folder(t->dir);
    }
    g_rmdir(r->folder);
}

int test_run_all(GPtrArray *cases, const struct test_options *o, test_done_fn done, void *user)
{
    g_autoptr(GError) error = NULL;
    struct runner r = { .cases = cases, .options = o, .done = done, .user = user };

    r.folder =
        o->keep ? g_canonicalize_filename(o->keep, NULL) : g_dir_make_tmp("armvsim-test-XXXXXX", &error);
    if (!r.folder)
        return cli_error("test: %s", error->message);
    r.self = g_file_read_link("/proc/self/exe", NULL);
    r.is_terminal = isatty(STDERR_FILENO) && cli_colour(STDERR_FILENO);
    r.loop = g_main_loop_new(NULL, FALSE);
    r.running = g_ptr_array_new_with_free_func(g_object_unref);
    run_loop(&r);
    clean_up(&r);
    g_ptr_array_free(r.running, TRUE);
    g_main_loop_unref(r.loop);
    g_free(r.self);
    g_free(r.folder);
    return r.status;
}
