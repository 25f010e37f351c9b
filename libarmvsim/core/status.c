/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file status.c
 * Statuses, last errors, the log, and checks of our own invariants.
 */
#include "core/status.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/machine.h"

/* The error of calls that have no machine yet. Per thread, so it is not shared state between machines. */
static _Thread_local char thread_error[512];

static char *error_buffer(struct avs_machine *m)
{
    return m ? m->last_error : thread_error;
}

avs_status avs_fail(struct avs_machine *m, avs_status s, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(error_buffer(m), sizeof(thread_error), fmt, args);
    va_end(args);
    return s;
}

void status_move_error(const struct avs_machine *m)
{
    snprintf(thread_error, sizeof(thread_error), "%s", m->last_error);
}

const char *avs_last_error(const avs_machine *m)
{
    return m ? m->last_error : thread_error;
}

const char *avs_status_str(avs_status s)
{
    static const char *const text[] = {
        [AVS_OK] = "success",
        [AVS_ERR_ARG] = "bad argument",
        [AVS_ERR_NOMEM] = "out of memory",
        [AVS_ERR_IO] = "input/output error",
        [AVS_ERR_FORMAT] = "bad file format",
        [AVS_ERR_MODEL] = "bad core model",
        [AVS_ERR_BOARD] = "bad board or image layout",
        [AVS_ERR_DB] = "database error",
        [AVS_ERR_STATE] = "call out of order",
    };

    return (size_t)s < sizeof(text) / sizeof(text[0]) ? text[s] : "unknown status";
}

const char *avs_version(void)
{
    return AVS_VERSION;
}

void avs_log(struct avs_machine *m, enum log_level level, const char *fmt, ...)
{
    char line[512];
    va_list args;

    if (!m || !m->log || level > m->log_level)
        return;
    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    m->log(m->log_user, (int)level, line);
}

void avs_check_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "armvsim: internal error: %s:%d: check failed: %s\n", file, line, what);
    abort();
}
