/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cli.h
 * What the subcommands of armvsim share: exit statuses, errors, and how a subcommand is declared.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Exit statuses, as the manual page documents them. */
enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,     /* A test or a budget failed. */
    EXIT_USAGE = 2,      /* Bad usage, a bad input file, or the host failed. */
    EXIT_CRASHED = 3,    /* The guest crashed. */
    EXIT_LIMIT = 124,    /* A limit was reached. */
    EXIT_INTERRUPT = 130,/* SIGINT or SIGTERM. */
};

struct command {
    const char *name;
    const char *args;    /* "IMAGE" */
    const char *summary; /* One line for `armvsim --help`. */
    int (*run)(const struct command *self, int argc, char **argv);
};

/* The subcommands; command.def has one line each. */
#define COMMAND(name, args, summary) int cmd_##name(const struct command *self, int argc, char **argv);
#include "command.def"
#undef COMMAND

/* Prints "armvsim: ..." on stderr and returns EXIT_USAGE. */
int cli_error(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/**
 * Parses the options of a subcommand (argv[0] is its name). Returns true to go on, with the positional
 * arguments left in argv and argc; false when the program is to exit with *status.
 */
bool cli_options(const struct command *self, const GOptionEntry *entries, const char *description,
                 int *argc, char ***argv, int *status);

/* Whether to use colour on this stream: a terminal, NO_COLOR not set, TERM not dumb. */
bool cli_colour(int fd);
/* "12,345,678". The caller frees it. */
char *cli_grouped(uint64_t n);
/* Parses a number with an optional K, M, G or T (powers of 1024 when `binary`, else of 1000). */
bool cli_number(const char *text, bool binary, uint64_t *out);
