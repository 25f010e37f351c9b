/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file progress.c
 * The progress line of `armvsim run` (progress.h).
 */
#include "progress.h"

#include <glib.h>
#include <stdio.h>

enum { TICK_US = 500 * 1000 };

struct progress {
    avs_machine *m;
    bool enabled, shown, ending;
    GThread *thread;
    GMutex lock;
    GCond end;
    gint64 started_us;
};

struct progress *progress_new(avs_machine *m, bool enabled)
{
    struct progress *p = g_new0(struct progress, 1);

    p->m = m;
    p->enabled = enabled;
    g_mutex_init(&p->lock);
    g_cond_init(&p->end);
    return p;
}

static gpointer ticker(gpointer user)
{
    struct progress *p = user;
    gint64 next = g_get_monotonic_time() + TICK_US;

    g_mutex_lock(&p->lock);
    while (!p->ending) {
        if (g_cond_wait_until(&p->end, &p->lock, next))
            continue;
        avs_stop(p->m);
        next += TICK_US;
    }
    g_mutex_unlock(&p->lock);
    return NULL;
}

void progress_start(struct progress *p)
{
    p->started_us = g_get_monotonic_time();
    if (p->enabled)
        p->thread = g_thread_new("progress", ticker, p);
}

void progress_show(struct progress *p, uint64_t insns, uint64_t cycles, uint64_t clock_hz)
{
    double seconds = (double)(g_get_monotonic_time() - p->started_us) / 1e6;

    if (!p->enabled || seconds < 1)
        return;
    fprintf(stderr, "\r\033[K%.0f s: %.0f M instructions (%.0f MIPS), guest time %.3f s", seconds,
            (double)insns / 1e6, (double)insns / 1e6 / seconds, (double)cycles / (double)clock_hz);
    fflush(stderr);
    p->shown = true;
}

void progress_clear(struct progress *p)
{
    if (!p->shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    p->shown = false;
}

void progress_end(struct progress *p)
{
    if (p->thread) {
        g_mutex_lock(&p->lock);
        p->ending = true;
        g_cond_signal(&p->end);
        g_mutex_unlock(&p->lock);
        g_thread_join(p->thread);
        p->thread = NULL;
    }
    progress_clear(p);
}

void progress_free(struct progress *p)
{
    g_mutex_clear(&p->lock);
    g_cond_clear(&p->end);
    g_free(p);
}
