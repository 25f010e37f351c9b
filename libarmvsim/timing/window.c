/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file window.c
 * The overlap of data misses (window.h).
 */
#include "timing/window.h"

#include <string.h>

void window_init(struct window *w, const struct core_model *k)
{
    const struct core_pipeline *p = &k->pipeline;
    uint32_t fills = k->memory.fills;

    memset(w, 0, sizeof(*w));
    w->in_order = p->in_order;
    w->size = p->in_order ? 0 : p->window;
    w->hide = w->size / (p->width ? p->width : 1);
    w->hit_latency = k->memory.l1d.latency;
    w->fill_count = !fills ? 1 : fills > MEMORY_FILLS_MAX ? MEMORY_FILLS_MAX : fills;
}

/* Would the core have come to the access (nominally `since` cycles after fill f) without f's data? */
static bool in_shadow(const struct window *w, const struct window_miss *f, uint64_t since, uint64_t insns)
{
    return w->in_order ? since < (uint64_t)f->slack + w->hit_latency : insns - f->insns < w->size;
}

/* Not before what an access beyond the shadow of f has to wait for. */
static uint64_t after(const struct window *w, const struct window_miss *f, uint64_t since)
{
    uint64_t ready = f->ready > w->hit_latency ? f->ready - w->hit_latency : 0;

    if (!w->in_order)
        return ready;
    /* The core stood still from f's use on: since - slack cycles of the way were behind it. */
    return ready > f->issue + f->slack ? ready + since - f->slack : 0;
}

/* Moves a load's issue to behind what miss f holds up. */
static uint64_t behind(const struct window *w, const struct window_miss *f, uint64_t nominal,
                       uint64_t insns, uint64_t issue)
{
    uint64_t since = nominal - f->nominal, t;

    if (!f->load || in_shadow(w, f, since, insns))
        return issue;
    t = after(w, f, since);
    return t > issue ? t : issue;
}

uint64_t window_issue(const struct window *w, const struct memory_access *a, uint64_t now, uint64_t insns)
{
    const struct window_miss *l = &w->latest;
    uint64_t nominal = now - w->stalled, issue = now;

    if (!l->load)
        return now;
    if (in_shadow(w, l, nominal - l->nominal, insns))
        issue = l->issue + (nominal - l->nominal);
    issue = behind(w, l, nominal, insns, issue);
    for (uint32_t i = 0; i < w->fill_count && issue < now; i++)
        issue = behind(w, &w->fill[i], nominal, insns, issue);
    issue = issue > now ? now : issue;
    return a->chained && l->ready > issue ? l->ready : issue;
}

static uint32_t first_free(const struct window *w)
{
    uint32_t first = 0;

    for (uint32_t i = 1; i < w->fill_count; i++)
        first = w->fill[i].ready < w->fill[first].ready ? i : first;
    return first;
}

uint64_t window_begin(const struct window *w, uint64_t issue)
{
    uint64_t free = w->fill[first_free(w)].ready;

    return free > issue ? free : issue;
}

void window_store(struct window *w, uint64_t issue, uint64_t ready)
{
    w->fill[first_free(w)] = (struct window_miss){ .issue = issue, .ready = ready };
}

uint32_t window_load(struct window *w, const struct memory_access *a, uint64_t now, uint64_t insns,
                     uint64_t issue, uint64_t ready, bool filled)
{
    uint64_t hidden = now + w->hit_latency + (w->in_order ? a->slack : w->hide);
    uint64_t stall = ready > hidden ? ready - hidden : 0;

    if (!filled && ready <= issue + w->hit_latency)
        return 0;
    w->latest = (struct window_miss){ .insns = insns,
                                      .nominal = now - w->stalled,
                                      .issue = issue,
                                      .ready = ready,
                                      .slack = a->slack,
                                      .load = true };
    if (filled)
        w->fill[first_free(w)] = w->latest;
    w->stalled += stall;
    return (uint32_t)stall;
}
