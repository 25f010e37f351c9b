/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file plot_gnuplot.c
 * Runs gnuplot in a temporary folder and puts what it made in its place, whole or not at all. A TeX figure
 * is two files: the text, and NAME-inc.pdf, the graphics that it includes.
 */
#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "plot.h"

struct render {
    const struct plot *p;
    char *folder;     /* Where gnuplot works. */
    char *target_dir; /* Where the picture goes. */
};

static bool save(const struct render *r, const char *ext, const GString *text, int *status)
{
    g_autofree char *name = g_strconcat(r->p->args->base, ext, NULL);
    g_autofree char *path = g_build_filename(r->folder, name, NULL);
    g_autoptr(GError) error = NULL;

    if (!g_file_set_contents(path, text->str, (gssize)text->len, &error))
        *status = cli_error("plot: %s", error->message);
    return !error;
}

/* Cairo writes the time into a PDF: blanks, so that the same ledger gives the same file. */
static void remove_date(char *bytes, gsize len)
{
    static const char key[] = "/CreationDate (";

    for (gsize i = 0; i + sizeof(key) < len; i++) {
        if (memcmp(bytes + i, key, sizeof(key) - 1) != 0)
            continue;
        while (i < len && bytes[i] != ')' && bytes[i] != '\n')
            bytes[i++] = ' ';
        if (i < len && bytes[i] == ')')
            bytes[i] = ' ';
    }
}

/* Moves NAME`from` out of the folder to NAME`to` beside the picture. */
static int deliver(const struct render *r, const char *from, const char *to)
{
    g_autofree char *source_name = g_strconcat(r->p->args->base, from, NULL);
    g_autofree char *target_name = g_strconcat(r->p->args->base, to, NULL);
    g_autofree char *source = g_build_filename(r->folder, source_name, NULL);
    g_autofree char *target = g_build_filename(r->target_dir, target_name, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize len;

    if (!g_file_get_contents(source, &bytes, &len, &error) || !len)
        return cli_error("plot: gnuplot made no picture: %s", error ? error->message : "it is empty");
    if (g_str_has_suffix(from, ".pdf"))
        remove_date(bytes, len);
    if (!g_file_set_contents(target, bytes, (gssize)len, &error))
        return cli_error("%s: %s", target, error->message);
    return EXIT_OK;
}

/* The line of gnuplot's complaint that tells what is wrong. */
static int gnuplot_failed(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    const char *why = "it failed without a word";

    for (char **l = lines; *l; l++)
        if (*g_strstrip(*l) && **l != '^')
            why = *l;
    return cli_error("plot: gnuplot: %s", why);
}

static int run_gnuplot(const struct render *r, const char *program)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autofree char *script = g_strconcat("./", r->p->args->base, ".gp", NULL);
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *complaint = NULL;

    g_subprocess_launcher_set_cwd(launcher, r->folder);
    g_subprocess_launcher_setenv(launcher, "LC_ALL", "C.UTF-8", TRUE);
    /* -d: none of the user's own settings. */
    process = g_subprocess_launcher_spawn(launcher, &error, program, "-d", script, NULL);
    if (!process || !g_subprocess_communicate_utf8(process, NULL, NULL, NULL, &complaint, &error))
        return cli_error("plot: gnuplot: %s", error->message);
    return g_subprocess_get_successful(process) ? EXIT_OK : gnuplot_failed(complaint);
}

static int make(const struct render *r, const char *program)
{
    const char *ext = strrchr(r->p->args->path, '.');
    bool tex = !strcmp(r->p->args->ext, "tex");
    int status = EXIT_OK;

    if (!save(r, ".gp", r->p->script, &status) || !save(r, ".dat", r->p->data, &status))
        return status;
    if ((status = run_gnuplot(r, program)))
        return status;
    if (r->p->args->keep && ((status = deliver(r, ".gp", ".gp")) || (status = deliver(r, ".dat", ".dat"))))
        return status;
    if (tex && (status = deliver(r, "-inc.pdf", "-inc.pdf")))
        return status;
    return deliver(r, tex ? "-inc.tex" : ext, ext);
}

static void remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}

/* Finds out before the work whether the picture can be written where it is wanted. */
static int check_target(const struct render *r)
{
    const char *path = r->p->args->path;

    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return cli_error("%s: is a directory", path);
    if (access(r->target_dir, W_OK))
        return cli_error("%s: %s", path, g_strerror(errno));
    return EXIT_OK;
}

int plot_render(struct plot *p)
{
    g_autofree char *program = g_find_program_in_path("gnuplot");
    g_autofree char *dir = g_path_get_dirname(p->args->path);
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    struct render r = { .p = p, .target_dir = dir };
    int status = check_target(&r);

    if (status)
        return status;
    if (!program)
        return cli_error("plot: gnuplot is not installed (Debian: apt install gnuplot-nox)");
    folder = g_dir_make_tmp("armvsim-XXXXXX", &error);
    if (!folder)
        return cli_error("plot: %s", error->message);
    r.folder = folder;
    status = make(&r, program);
    remove_folder(folder);
    return status;
}
