/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file keyboard.h
 * The terminal as the guest's console: every key goes to the guest, but Ctrl-A x ends the run, as with
 * QEMU's -nographic.
 */
#pragma once

#include <stdbool.h>

#include "armvsim.h"

struct keyboard;

/* Puts standard input, a terminal, into raw mode; until keyboard_close(), exit, or a deadly signal. */
struct keyboard *keyboard_open(avs_machine *m);
/* Hands on what was typed. False after Ctrl-A x. */
bool keyboard_next(struct keyboard *k);
void keyboard_close(struct keyboard *k);
