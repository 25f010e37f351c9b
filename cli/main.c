/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file main.c
 * The armvsim command: picks the subcommand, and holds what all of them need.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "armvsim.h"
#include "cli.h"

static const struct command commands[] = {
#define COMMAND(name, args, summary) { #name, args, summary, cmd_##name },
#include "command.def"
#undef COMMAND
};

int cli_error(const char *fmt, ...)
{
    va_list args;

    fflush(stdout);
    va_start(args, fmt);
    fputs("armvsim: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    return EXIT_USAGE;
}

bool cli_options(const struct command *self, const GOptionEntry *entries, const char *description,
                 int *argc, char ***argv, int *status)
{
    g_autofree char *usage = g_strdup_printf("%s - %s", self->args, self->summary);
    g_autofree char *name = g_strdup_printf("armvsim %s", self->name);
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gboolean help = FALSE;
    const GOptionEntry help_entry[] = {
        { "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show this help", NULL }, G_OPTION_ENTRY_NULL
    };

    g_set_prgname(name);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_add_main_entries(context, help_entry, NULL);
    g_option_context_set_description(context, description);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        *status = cli_error("%s: %s (see armvsim %s --help)", self->name, error->message, self->name);
        return false;
    }
    if (!help)
        return true;
    text = g_option_context_get_help(context, TRUE, NULL);
    fputs(text, stdout);
    *status = EXIT_OK;
    return false;
}

bool cli_colour(int fd)
{
    const char *term = g_getenv("TERM");

    return isatty(fd) && !g_getenv("NO_COLOR") && term && strcmp(term, "dumb");
}

static void usage(FILE *to)
{
    fprintf(to,
            "Usage: armvsim COMMAND [OPTION...]\n\n"
            "A cycle-approximate ARMv8-A virtualization simulator: runs unmodified hypervisors and tells\n"
            "which traps and world switches happened, why, and what each cost.\n\nCommands:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fprintf(to, "\n'armvsim COMMAND --help' tells more of a command; 'armvsim --version' the version.\n");
}

/* The status of the whole program: what did not reach stdout is a failure, whatever else went well. */
static int finish(int status)
{
    errno = 0;
    if (!fflush(stdout) && !ferror(stdout))
        return status;
    return cli_error("stdout: %s", errno ? g_strerror(errno) : "write error");
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    signal(SIGXFSZ, SIG_IGN); /* A file that may not grow is a failed write, which says so. */
    if (argc < 2) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        usage(stdout);
        return finish(EXIT_OK);
    }
    if (!strcmp(argv[1], "--version")) {
        printf("armvsim %s\n", avs_version());
        return finish(EXIT_OK);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (!strcmp(argv[1], commands[i].name))
            return finish(commands[i].run(&commands[i], argc - 1, argv + 1));
    return cli_error("'%s' is not a command; see armvsim --help", argv[1]);
}
