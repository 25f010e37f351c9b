/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file event.c
 * Events by a list: a machine has a handful, and looks through them only when one is armed, cancelled or
 * fires. The earliest is kept in m->next_event, where deadlines are computed from (core/run.c).
 */
#include "core/event.h"

#include "core/machine.h"
#include "core/path.h"
#include "core/sched.h"

enum { NS_PER_S = 1000000000 };

static struct event *earliest(const struct avs_machine *m)
{
    struct event *best = NULL;

    for (struct event *e = m->events; e; e = e->next)
        if (e->at != EVENT_NEVER && (!best || e->at < best->at))
            best = e;
    return best;
}

static void refresh(struct avs_machine *m)
{
    const struct event *e = earliest(m);

    m->next_event = e ? e->at : EVENT_NEVER;
    sched_changed(m);
}

void event_init(struct avs_machine *m, struct event *e, void (*fire)(void *user), void *user)
{
    struct event **last = &m->events;

    *e = (struct event){ .at = EVENT_NEVER, .fire = fire, .user = user };
    while (*last)
        last = &(*last)->next;
    *last = e;
}

void event_remove(struct avs_machine *m, struct event *e)
{
    struct event **at = &m->events;

    while (*at && *at != e)
        at = &(*at)->next;
    if (!*at)
        return;
    *at = e->next;
    refresh(m);
}

void event_arm(struct avs_machine *m, struct event *e, uint64_t cycle)
{
    e->at = cycle == EVENT_NEVER ? cycle - 1 : cycle;
    refresh(m);
}

void event_cancel(struct avs_machine *m, struct event *e)
{
    e->at = EVENT_NEVER;
    refresh(m);
}

bool event_fire(struct avs_machine *m, uint64_t cycle)
{
    struct event *e = m->next_event <= cycle ? earliest(m) : NULL;

    if (!e)
        return false;
    if (e->at > m->sched.now)
        m->sched.now = e->at;
    e->at = EVENT_NEVER;
    refresh(m);
    e->fire(e->user);
    return true;
}

uint64_t machine_cycle(const struct avs_machine *m)
{
    return m->sched.current ? path_cycles(m->sched.current) : m->sched.now;
}

uint64_t machine_arrival_cycle(struct avs_machine *m)
{
    if (likely(!m->path) || !m->sched.current)
        return machine_cycle(m) + m->device_late;
    return path_value(m, m->sched.current->index, PATH_ARRIVAL,
                      pe_cycles(m->sched.current) + m->device_late);
}

uint64_t machine_ns(const struct avs_machine *m)
{
    return scale_count(machine_cycle(m), NS_PER_S, machine_identity(m)->clock_hz);
}

uint64_t machine_cycle_of_ns(const struct avs_machine *m, uint64_t ns)
{
    const uint64_t hz = machine_identity(m)->clock_hz, whole = ns / NS_PER_S, part = ns % NS_PER_S;
    uint64_t cycles;

    if (__builtin_mul_overflow(whole, hz, &cycles) ||
        __builtin_add_overflow(cycles, (part * hz + NS_PER_S - 1) / NS_PER_S, &cycles))
        return EVENT_NEVER - 1;
    return cycles;
}
