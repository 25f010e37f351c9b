/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_plot.c
 * armvsim plot: figures from a ledger. The kinds are in plot.def.
 */
#include <string.h>

#include "cli.h"
#include "db.h"
#include "plot.h"

static const struct {
    const char *name, *summary;
    int (*draw)(struct plot *p);
} kinds[] = {
#define KIND(name, summary) { #name, summary, plot_##name },
#include "plot.def"
#undef KIND
};

static char *description(void)
{
    GString *text = g_string_new("Kinds:\n");

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        g_string_append_printf(text, "  %-10s %s\n", kinds[i].name, kinds[i].summary);
    g_string_append(
        text, "\nThe caption below a figure names core, board, timing and the ledger (the first 12 digits "
              "of its\nSHA-256). A .tex figure includes a second file, NAME-inc.pdf.");
    return g_string_free(text, FALSE);
}

static int find_kind(const char *name, size_t *out)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (*out = 0; *out < G_N_ELEMENTS(kinds); ++*out) {
        if (!strcmp(kinds[*out].name, name))
            return EXIT_OK;
        g_string_append_printf(names, "%s%s", *out ? ", " : "", kinds[*out].name);
    }
    return cli_error("plot: '%s' is not a kind of plot; there are %s", name, names->str);
}

int plot_parse_output(struct plot_args *a)
{
    static const char *const known[] = { "pdf", "svg", "png", "tex" };
    g_autofree char *name = NULL;
    char *dot;

    if (!a->path)
        return cli_error("plot: -o FILE is needed (see armvsim plot --help)");
    name = g_path_get_basename(a->path);
    dot = strrchr(name, '.');
    for (size_t i = 0; dot && dot > name && i < G_N_ELEMENTS(known); i++)
        if (!g_ascii_strcasecmp(dot + 1, known[i]))
            a->ext = known[i];
    if (!dot || !a->ext || g_str_has_suffix(a->path, "/"))
        return cli_error("%s: a picture's name must end in .pdf, .svg, .png or .tex", a->path);
    *dot = 0;
    a->base = g_strdup(name);
    if (!strcmp(a->ext, "tex") &&
        name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")])
        return cli_error("%s: TeX can include only names of letters, digits, '.', '_' and '-'", a->path);
    return EXIT_OK;
}

static int plot(struct plot_args *a, const char *path, char **causes, size_t kind)
{
    struct db db;
    struct plot p = { .args = a, .db = &db };
    int status = db_open(&db, path);

    if (status)
        return status;
    db.causes = causes;
    if (!(status = plot_prepare(&p)) && !(status = kinds[kind].draw(&p)))
        status = plot_render(&p);
    plot_clear(&p);
    db_close(&db);
    return status;
}

static int check_and_plot(struct plot_args *a, int argc, char **argv, char **causes)
{
    size_t kind;
    int status;

    if (argc != 3)
        return cli_error("plot: %s (see armvsim plot --help)",
                         argc < 3 ? "a DB and a KIND are needed" : "too many arguments");
    if ((status = find_kind(argv[2], &kind)) || (status = plot_parse_output(a)))
        return status;
    if (a->columns != 1 && a->columns != 2)
        return cli_error("plot: --width %d: a figure is 1 or 2 columns wide", a->columns);
    return plot(a, argv[1], causes, kind);
}

int cmd_plot(const struct command *self, int argc, char **argv)
{
    g_autofree char *text = description();
    g_auto(GStrv) causes = NULL;
    struct plot_args a = { .columns = 1 };
    gboolean keep = FALSE;
    int status = EXIT_OK;
    const GOptionEntry entries[] = { { "output", 'o', 0, G_OPTION_ARG_FILENAME, &a.path,
                                       "The picture: .pdf, .svg, .png or .tex", "FILE" },
                                     { "cause", 0, 0, G_OPTION_ARG_STRING_ARRAY, &causes,
                                       "Only traps of this cause (may be repeated)", "C" },
                                     { "title", 0, 0, G_OPTION_ARG_STRING, &a.title,
                                       "A title above the plot", "T" },
                                     { "width", 0, 0, G_OPTION_ARG_INT, &a.columns,
                                       "Columns of a paper: 1 (3.5 in) or 2 (7.16 in)", "N" },
                                     { "keep", 0, 0, G_OPTION_ARG_NONE, &keep,
                                       "Leave gnuplot's script (.gp) and data (.dat) beside it", NULL },
                                     G_OPTION_ENTRY_NULL };

    if (cli_options(self, entries, text, &argc, &argv, &status)) {
        a.keep = keep;
        status = check_and_plot(&a, argc, argv, causes);
    }
    g_free(a.path);
    g_free(a.base);
    g_free(a.title);
    return status;
}
