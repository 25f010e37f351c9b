/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file input.h
 * Where the guest's UART gets its input from: a file, a script that answers what the guest prints, or the
 * keyboard.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "armvsim.h"

struct input;

struct input *input_new(avs_machine *m);
/* Each may be NULL. `file` "-" is standard input: the keyboard when that is a terminal, else all of it.
 * Returns an exit status, after a message. */
int input_open(struct input *in, const char *file, const char *script);
/* What the guest printed. */
void input_console(struct input *in, const char *bytes, size_t len);
/* Between two calls of avs_run(): hands on what was typed. False: the user or the script wants to quit. */
bool input_next(struct input *in);
/* After the run: the terminal is as it was. An exit status: the script was not finished. */
int input_close(struct input *in);
void input_free(struct input *in);
