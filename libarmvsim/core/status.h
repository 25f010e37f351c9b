/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file status.h
 * Host-side errors: a status, and one line of text in the machine (or in a thread-local buffer before there
 * is one). Guest faults never come this way; our own bugs go through AVS_CHECK.
 */
#pragma once

#include "armvsim.h"

struct avs_machine;

/* Records "what: why" as the last error and returns s. m may be NULL. */
avs_status avs_fail(struct avs_machine *m, avs_status s, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Copies the last error of a machine that is about to go to the thread, for avs_last_error(NULL). */
void status_move_error(const struct avs_machine *m);

/* Log levels by whose fault it is. */
enum log_level {
    LOG_ERROR,   /* Ours or the host's. */
    LOG_GUEST,   /* The guest did something that it should not. */
    LOG_INFO,
    LOG_DEBUG,
};
void avs_log(struct avs_machine *m, enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Always-on check of an invariant of ours: prints where, the PE's state and position, and aborts. */
#define AVS_CHECK(cond) ((cond) ? (void)0 : avs_check_failed(__FILE__, __LINE__, #cond))
_Noreturn void avs_check_failed(const char *file, int line, const char *what);
