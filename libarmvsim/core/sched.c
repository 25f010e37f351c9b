/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sched.c
 * Turns of PEs (sched.h), waiting (DDI 0487, D1.6), and the exclusive monitors across turns: a PE loses its
 * monitor when its turn ends, as it may at any time (B2.17.4), so that no store of another PE can go
 * unnoticed, and gets the event of that. One that waits in WFE keeps its monitor, for a store to the marked
 * location has to wake it; whether there was one is looked for between turns, by the value.
 */
#include "core/sched.h"

#include <string.h>

#include "arch/exception.h"
#include "arch/timer.h"
#include "core/path.h"

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Whether a PE that waits has a reason to go on. */
static bool is_woken(struct pe *c)
{
    if (c->waiting == PE_WAITS_WFE)
        return c->event || exc_wakes_wfe(c);
    return exc_wakes(c);
}

/* The cycle at which waiting ends whatever the others do: by an event stream, or a timeout. */
static uint64_t own_end(const struct pe *c)
{
    const uint64_t timeout = c->wait_until ? c->wait_until : EVENT_NEVER;

    return c->waiting == PE_WAITS_WFE ? earlier(timeout, timer_next_event_cycle(c)) : timeout;
}

/* The cycle at which a PE can go on, as far as is known; EVENT_NEVER: not by itself. */
static uint64_t ready_at(struct pe *c)
{
    const uint64_t own = path_cycles(c);

    if (c->halted)
        return EVENT_NEVER;
    if (c->waiting == PE_RUNS)
        return own;
    if (is_woken(c))
        return c->wake_at == EVENT_NEVER ? own : later(own, c->wake_at);
    return later(own, earlier(timer_next_cycle(c), own_end(c)));
}

/* Skips modelled time to `cycle`. */
static void skip_to(struct pe *c, uint64_t cycle)
{
    const uint64_t now = path_cycles(c);
    uint64_t skipped;

    if (cycle <= now)
        return;
    skipped = path_own_cycles(c->m, cycle - now);
    pe_skip_cycles(c, skipped);
    c->pmu.idle_cycles += skipped;
    if (c->hooks && c->hooks->idle)
        c->hooks->idle(c->hooks->user, c, skipped);
}

static void stop_waiting(struct pe *c)
{
    if (c->waiting == PE_WAITS_WFE) {
        c->event = false;
        c->excl_valid = c->excl_valid && c->m->pe_count == 1; /* Others have had their turns since. */
    }
    c->waiting = PE_RUNS;
    c->wait_until = 0;
}

/* Brings a PE to the cycle that ready_at() found. False: a timer moved, but the PE waits on. */
static bool resume(struct pe *c, uint64_t cycle)
{
    if (c->waiting == PE_RUNS)
        return true;
    skip_to(c, cycle);
    timer_update(c);
    if (c->event_stream && c->waiting == PE_WAITS_WFE)
        timer_look_for_events(c);
    if (!is_woken(c) && !(c->wait_until && cycle >= c->wait_until))
        return false;
    stop_waiting(c);
    return true;
}

/* A store to a location that a PE marked and waits for (B2.17.5) sends it an event. */
static void watch_monitors(struct avs_machine *m, uint64_t cycle)
{
    for (unsigned i = 0; i < m->pe_count; i++) {
        struct pe *c = &m->pe[i];
        const uint8_t *host;

        if (c->waiting != PE_WAITS_WFE || !c->excl_valid || c->event)
            continue;
        host = bus_host(m->bus, pa(c->excl_pa), c->excl_size, false);
        if (host && !memcmp(host, c->excl_data, c->excl_size))
            continue;
        c->wake_at = cycle;
        c->event = true;
    }
}

/* Who goes on first, and when others do: those that execute, and those that wait, as far as is known. */
struct turn {
    struct pe *c;
    uint64_t at, next, wake;
};

static void note_other(struct turn *t, const struct pe *c, uint64_t at)
{
    if (c->waiting == PE_RUNS)
        t->next = earlier(t->next, at);
    else
        t->wake = earlier(t->wake, at);
}

/* Of equals, one that wakes before one that executes, and then the lowest number. */
static bool goes_before(const struct pe *c, uint64_t at, const struct turn *t)
{
    return at < t->at || (at == t->at && t->c && c->waiting != PE_RUNS && t->c->waiting == PE_RUNS);
}

static struct turn first_ready(struct avs_machine *m)
{
    struct turn t = { NULL, EVENT_NEVER, EVENT_NEVER, EVENT_NEVER };

    for (unsigned i = 0; i < m->pe_count; i++) {
        struct pe *c = &m->pe[i];
        const uint64_t at = ready_at(c);

        if (!goes_before(c, at, &t)) {
            note_other(&t, c, at);
            continue;
        }
        if (t.c)
            note_other(&t, t.c, t.at);
        t.c = c;
        t.at = at;
    }
    return t;
}

/* Nothing happens before `cycle`, and that is beyond the run's last one. */
static bool beyond_limit(struct avs_machine *m, uint64_t cycle)
{
    if (!m->max_cycles || cycle < m->max_cycles)
        return false;
    for (unsigned i = 0; i < m->pe_count; i++)
        if (m->pe[i].waiting != PE_RUNS && !m->pe[i].halted)
            skip_to(&m->pe[i], m->max_cycles);
    machine_stop(m, STOP_LIMIT);
    return true;
}

/* Whether some PE waits for a store that only the end of a turn can show. */
static bool any_watches(const struct avs_machine *m)
{
    for (unsigned i = 0; i < m->pe_count; i++)
        if (m->pe[i].waiting == PE_WAITS_WFE && m->pe[i].excl_valid)
            return m->pe_count > 1;
    return false;
}

/* The time up to which anything has happened. */
static uint64_t machine_last_cycle(const struct avs_machine *m)
{
    uint64_t last = m->sched.now;

    for (unsigned i = 0; i < m->pe_count; i++)
        last = later(last, m->pe[i].halted ? 0 : pe_cycles(&m->pe[i]));
    return last;
}

/* Whether no PE executes before `cycle`: each waits, or is off. */
static bool all_idle(const struct avs_machine *m)
{
    for (unsigned i = 0; i < m->pe_count; i++)
        if (!m->pe[i].halted && m->pe[i].waiting == PE_RUNS)
            return false;
    return true;
}

/* An interactive run waits as long as the machine does, or until there is input (avs_on_idle). */
static bool ask_for_input(struct avs_machine *m, uint64_t cycle)
{
    const uint64_t now = machine_last_cycle(m), hz = m->model->clock_hz;
    uint64_t ns = UINT64_MAX;

    if (!m->idle || cycle <= now || !all_idle(m))
        return false;
    if (cycle != EVENT_NEVER)
        ns = (uint64_t)((double)(cycle - now) / (double)hz * 1e9);
    return !m->idle(m->idle_user, ns);
}

/* On a path, what was answered is noted; and input may have been given. */
static bool input_first(struct avs_machine *m, uint64_t cycle)
{
    bool first = !path_follows(m) && ask_for_input(m, cycle);

    if (likely(!m->path))
        return first;
    first = path_value(m, 0, PATH_CHOICE, first);
    path_take_input(m);
    return first;
}

/* A slice goes no further than to where another PE wakes by itself: what is done to that one after comes
 * after. */
static void open_slice(struct avs_machine *m, const struct turn *t)
{
    uint64_t next = any_watches(m) ? earlier(t->next, path_cycles(t->c)) : t->next;

    m->sched.current = t->c;
    if (__builtin_add_overflow(next, m->sched.quantum, &m->sched.slice_end))
        m->sched.slice_end = EVENT_NEVER;
    m->sched.slice_end = earlier(m->sched.slice_end, t->wake);
}

bool sched_next(struct avs_machine *m)
{
    while (m->stop == STOP_NONE && !m->sched.current) {
        struct turn t;

        if (unlikely(m->path) && path_pauses(m))
            return false;
        t = first_ready(m);
        if (input_first(m, earlier(t.at, m->next_event)))
            m->stop = STOP_REQUEST;
        if (m->stop != STOP_NONE || beyond_limit(m, earlier(t.at, m->next_event)))
            return false;
        if (event_fire(m, t.at))
            continue;
        if (!t.c)
            machine_stop(m, STOP_IDLE);
        else if (resume(t.c, t.at))
            open_slice(m, &t);
    }
    return m->stop == STOP_NONE;
}

void sched_end(struct avs_machine *m)
{
    struct pe *c = m->sched.current;

    m->sched.current = NULL;
    if (m->pe_count == 1)
        return;
    watch_monitors(m, path_cycles(c));
    if (c->waiting == PE_WAITS_WFE || !c->excl_valid)
        return;
    c->excl_valid = false;
    c->event = true; /* Clearing a monitor sends one (D1.6.1): a WFE may be the next instruction. */
}

bool sched_wait_out(struct pe *c)
{
    uint64_t at;

    do {
        at = ready_at(c);
        if (at == EVENT_NEVER)
            return false;
    } while (!resume(c, at));
    return true;
}

void sched_changed(struct avs_machine *m)
{
    if (m->sched.current)
        pe_force(m->sched.current);
}

void sched_wake(struct pe *c)
{
    struct sched *s = &c->m->sched;
    const uint64_t now = machine_cycle(c->m);

    if (!is_woken(c))
        c->wake_at = now;
    s->slice_end = earlier(s->slice_end, later(now, path_cycles(c)) + s->quantum);
    sched_changed(c->m);
}

void sched_start(struct pe *c)
{
    c->halted = false;
    c->waiting = PE_WAITS_WFE; /* Until now, at which it has an event. */
    c->excl_valid = false;
    c->event = false;
    sched_wake(c);
    c->event = true;
}

void sched_finish(struct avs_machine *m)
{
    uint64_t end = 0;

    for (unsigned i = 0; i < m->pe_count; i++)
        end = later(end, m->pe[i].halted ? 0 : path_cycles(&m->pe[i]));
    for (unsigned i = 0; i < m->pe_count; i++)
        if (m->pe[i].waiting != PE_RUNS && !m->pe[i].halted)
            skip_to(&m->pe[i], end);
}

uint64_t sched_counter_cycle(struct pe *c)
{
    struct sched *s = &c->m->sched;

    if (c->m->pe_count > 1)
        return s->shown = later(s->shown, path_cycles(c));
    return path_cycles(c);
}
