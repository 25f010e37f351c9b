/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_plot.c
 * armvsim plot: figures from ledgers. The kinds are in plot.def.
 */
#include <string.h>

#include "cli.h"
#include "db.h"
#include "plot.h"

static const struct kind {
    const char *name;
    unsigned flags;
    const char *by, *summary;
    int (*draw)(struct plot *p);
} kinds[] = {
#define KIND(name, flags, by, summary) { #name, flags, by, summary, plot_##name },
#include "plot.def"
#undef KIND
};

static char *description(void)
{
    GString *text = g_string_new("Kinds:\n");

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_string_append_printf(text, "  %-10s %s\n", kinds[i].name, kinds[i].summary);
        if (*kinds[i].by)
            g_string_append_printf(text, "  %-10s --by: %s\n", "", kinds[i].by);
    }
    g_string_append(
        text, "\nThe caption below a figure names core, board, timing and the ledger (the first 12 digits "
              "of its\nSHA-256). A .tex figure includes a second file, NAME-inc.pdf.");
    return g_string_free(text, FALSE);
}

static int find_kind(const char *name, const struct kind **out)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        *out = &kinds[i];
        if (!strcmp(kinds[i].name, name))
            return EXIT_OK;
        g_string_append_printf(names, "%s%s", i ? ", " : "", kinds[i].name);
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

static bool has_word(const char *words, const char *word)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);

    return g_strv_contains((const char *const *)list, word);
}

/* Options that a kind does not have are errors, not ignored. */
static int check_options(const struct kind *k, const struct plot_args *a)
{
    const struct {
        bool given;
        unsigned flag;
        const char *name;
    } options[] = { { a->causes, PLOT_CAUSE, "cause" },
                    { a->from, PLOT_WINDOW, "from" },
                    { a->to, PLOT_WINDOW, "to" },
                    { a->unit, PLOT_UNIT, "unit" },
                    { a->labels, PLOT_MANY, "label" } };

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (options[i].given && !(k->flags & options[i].flag))
            return cli_error("plot: %s has no --%s", k->name, options[i].name);
    if (a->by && !*k->by)
        return cli_error("plot: %s has no --by", k->name);
    if (a->by && !has_word(k->by, a->by))
        return cli_error("plot: %s --by %s: there are %s", k->name, a->by, k->by);
    if (a->unit && !has_word("cycles us", a->unit))
        return cli_error("plot: --unit %s: there are cycles and us", a->unit);
    if (a->columns != 1 && a->columns != 2)
        return cli_error("plot: --width %d: a figure is 1 or 2 columns wide", a->columns);
    return EXIT_OK;
}

static int check_ledgers(const struct kind *k, unsigned count)
{
    if (count > 1 && !(k->flags & PLOT_MANY))
        return cli_error("plot: %s shows one ledger, not %u", k->name, count);
    if (count < 2 && k->flags & PLOT_TWO)
        return cli_error("plot: %s needs two ledgers or more", k->name);
    if (count > PLOT_STYLES)
        return cli_error("plot: %u ledgers: at most %d can be told apart", count, PLOT_STYLES);
    return EXIT_OK;
}

static int plot(struct plot_args *a, const struct kind *k, char **paths, unsigned count)
{
    struct plot p = { .args = a };
    int status = plot_open(&p, paths, count);

    if (!status) {
        plot_prepare(&p);
        status = k->draw(&p);
    }
    if (!status)
        status = plot_render(&p);
    plot_clear(&p);
    plot_close(&p);
    return status;
}

static int check_and_plot(struct plot_args *a, int argc, char **argv)
{
    const struct kind *k;
    int status;

    if (argc < 3)
        return cli_error("plot: a DB and a KIND are needed (see armvsim plot --help)");
    if ((status = find_kind(argv[argc - 1], &k)) || (status = plot_parse_output(a)) ||
        (status = check_options(k, a)) || (status = check_ledgers(k, (unsigned)argc - 2)))
        return status;
    return plot(a, k, argv + 1, (unsigned)argc - 2);
}

static void args_clear(struct plot_args *a)
{
    char *texts[] = { a->path, a->base, a->title, a->by, a->from, a->to, a->unit };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_strfreev(a->labels);
    g_strfreev(a->causes);
}

int cmd_plot(const struct command *self, int argc, char **argv)
{
    g_autofree char *text = description();
    struct plot_args a = { .columns = 1 };
    gboolean keep = FALSE;
    int status = EXIT_OK;
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &a.path, "The picture: .pdf, .svg, .png or .tex",
          "FILE" },
        { "by", 0, 0, G_OPTION_ARG_STRING, &a.by, "What bars, lines or rungs are (see below)", "WHAT" },
        { "cause", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a.causes, "Only traps of this cause (may be repeated)",
          "C" },
        { "from", 0, 0, G_OPTION_ARG_STRING, &a.from, "Begin here: cycles, or with ns, us, ms, s", "TIME" },
        { "to", 0, 0, G_OPTION_ARG_STRING, &a.to, "End here", "TIME" },
        { "label", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a.labels, "What to call a ledger, once for each",
          "TEXT" },
        { "unit", 0, 0, G_OPTION_ARG_STRING, &a.unit, "Of compare: cycles (default) or us", "UNIT" },
        { "title", 0, 0, G_OPTION_ARG_STRING, &a.title, "A title above the plot", "T" },
        { "width", 0, 0, G_OPTION_ARG_INT, &a.columns, "Columns of a paper: 1 (3.5 in) or 2 (7.16 in)",
          "N" },
        { "keep", 0, 0, G_OPTION_ARG_NONE, &keep, "Leave gnuplot's script (.gp) and data (.dat) beside it",
          NULL },
        G_OPTION_ENTRY_NULL
    };

    if (cli_options(self, entries, text, &argc, &argv, &status)) {
        a.keep = keep;
        status = check_and_plot(&a, argc, argv);
    }
    args_clear(&a);
    return status;
}
