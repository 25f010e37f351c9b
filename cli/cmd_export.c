/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cmd_export.c
 * armvsim export: picks the form, opens the ledger and the output.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export.h"

static const struct form {
    const char *name, *summary;
    int (*write)(struct export *e);
} forms[] = {
#define EXPORT(name, summary) { #name, summary, export_##name },
#include "export.def"
#undef EXPORT
};

FILE *export_open(const char *path)
{
    FILE *f = strcmp(path, "-") ? fopen(path, "w") : stdout;

    if (!f)
        cli_error("%s: %s", path, g_strerror(errno));
    return f;
}

int export_close(FILE *f, const char *path, int status)
{
    struct stat st;
    bool ours, bad;

    if (f == stdout)
        return status; /* main() looks at stdout. */
    ours = !fstat(fileno(f), &st) && S_ISREG(st.st_mode);
    errno = 0;
    bad = ferror(f);
    bad |= fclose(f) != 0;
    if (bad && !status)
        status = cli_error("%s: %s", path, errno ? g_strerror(errno) : "write error");
    if (status && ours)
        unlink(path);
    return status;
}

const char *export_text(sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);

    return text ? (const char *)text : "";
}

static char *description(void)
{
    GString *text = g_string_new("Forms:\n");

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        g_string_append_printf(text, "  %-10s %s\n", forms[i].name, forms[i].summary);
    g_string_append(
        text, "\nOUT is a file, or - for stdout. CSV of several tables goes to a folder, a file each.");
    return g_string_free(text, FALSE);
}

static const struct form *find_form(const char *name)
{
    g_autoptr(GString) names = g_string_new(NULL);

    if (!name) {
        cli_error("export: --to FORM is needed (see armvsim export --help)");
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (!strcmp(forms[i].name, name))
            return &forms[i];
        g_string_append_printf(names, "%s%s", i ? ", " : "", forms[i].name);
    }
    cli_error("export: '%s' is not a form; there are %s", name, names->str);
    return NULL;
}

/* An option that the form would not look at is a mistake. */
static int check_options(const struct export *e, const struct form *form)
{
    const struct {
        const char *option, *form;
        bool given;
    } all[] = {
        { "--elf", "lcov", e->elves != NULL },
        { "--source-root", "lcov", e->source_root != NULL },
        { "--table", "csv", e->tables != NULL },
        { "--guest", "folded", e->guest },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].given && strcmp(form->name, all[i].form) != 0)
            return cli_error("export: %s is for --to %s", all[i].option, all[i].form);
    if (!strcmp(form->name, "lcov") && !e->elves)
        return cli_error("export: --to lcov needs --elf FILE (see armvsim export --help)");
    return e->path ? EXIT_OK : cli_error("export: -o OUT is needed (see armvsim export --help)");
}

static bool writes_folder(const struct export *e, const struct form *form)
{
    return form->write == export_csv && (!e->tables || g_strv_length(e->tables) > 1);
}

static int write_form(struct export *e, const struct form *form)
{
    if (writes_folder(e, form))
        return form->write(e);
    e->out = export_open(e->path);
    if (!e->out)
        return EXIT_USAGE;
    return export_close(e->out, e->path, form->write(e));
}

static int run(struct export *e, const char *to, int argc, char **argv)
{
    const struct form *form;
    int status;

    if (argc != 2)
        return cli_error("export: %s (see armvsim export --help)",
                         argc < 2 ? "a DB is needed" : "too many arguments");
    form = find_form(to);
    if (!form)
        return EXIT_USAGE;
    if ((status = check_options(e, form)) || (status = db_open(&e->db, argv[1])))
        return status;
    status = write_form(e, form);
    db_close(&e->db);
    return status;
}

int cmd_export(const struct command *self, int argc, char **argv)
{
    g_autofree char *text = description(), *to = NULL;
    struct export e = { 0 };
    int status = EXIT_OK;
    const GOptionEntry entries[] = {
        { "to", 0, 0, G_OPTION_ARG_STRING, &to, "The form", "FORM" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &e.path, "Where to write it", "OUT" },
        { "table", 0, 0, G_OPTION_ARG_STRING_ARRAY, &e.tables,
          "csv: only this table or view (may be repeated)", "NAME" },
        { "elf", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &e.elves,
          "lcov: an ELF file with lines, of the host or of a VM (may be repeated)", "FILE[@VMID]" },
        { "source-root", 0, 0, G_OPTION_ARG_FILENAME, &e.source_root,
          "lcov: the folder that relative names of source files are in", "DIR" },
        { "guest", 0, 0, G_OPTION_ARG_NONE, &e.guest, "folded: the time of guests, too", NULL },
        G_OPTION_ENTRY_NULL
    };

    if (cli_options(self, entries, text, &argc, &argv, &status))
        status = run(&e, to, argc, argv);
    g_strfreev(e.tables);
    g_strfreev(e.elves);
    g_free(e.source_root);
    g_free(e.path);
    return status;
}
