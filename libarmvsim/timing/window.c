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

/* Would the core have come to the access (nominally `since` cycles after miss f) without f's data? */
static bool in_shadow(const struct window *w, const struct window_miss *f, uint64_t since, uint64_t insns)
{
    return w->in_order ? since < (uint64_t)f->slack + w->hit_latency : insns - f->insns < w->size;
}

/* In order: not before what an access beyond the shadow of f has to wait for. The core stood still from f's
 * use on: since - slack cycles of the way were behind it. */
static uint64_t after(const struct window *w, const struct window_miss *f, uint64_t since)
{
    uint64_t ready = f->ready > w->hit_latency ? f->ready - w->hit_latency : 0;

    return ready > f->dispatch + f->slack ? ready + since - f->slack : 0;
}

/* Moves a load's dispatch to behind what miss f holds up. */
static uint64_t behind(const struct window *w, const struct window_miss *f, const struct window_miss *e,
                       uint64_t dispatch)
{
    uint64_t since = e->nominal - f->nominal, t;

    if (!f->load || in_shadow(w, f, since, e->insns))
        return dispatch;
    t = after(w, f, since);
    return t > dispatch ? t : dispatch;
}

/* Out of order: forgets the late loads that have to have left the reorder buffer before `insns` has a place
 * in it, but for when the last of them did. */
static void retire(struct window *w, uint64_t insns)
{
    while (w->late_first != w->late_end) {
        const struct window_late *l = &w->late[w->late_first % WINDOW_LATE];

        if (insns - l->insns < w->size && w->late_end - w->late_first < WINDOW_LATE)
            return;
        w->retired = l->retired > w->retired ? l->retired : w->retired;
        w->late_first++;
    }
}

static uint64_t dispatch_of(struct window *w, const struct window_miss *e, uint64_t now)
{
    const struct window_miss *l = &w->latest;
    uint64_t dispatch = now;

    if (!l->load)
        return now;
    if (in_shadow(w, l, e->nominal - l->nominal, e->insns))
        dispatch = l->dispatch + (e->nominal - l->nominal);
    if (!w->in_order) {
        retire(w, e->insns);
        dispatch = w->retired > dispatch ? w->retired : dispatch;
    } else {
        dispatch = behind(w, l, e, dispatch);
        for (uint32_t i = 0; i < w->fill_count && dispatch < now; i++)
            dispatch = behind(w, &w->fill[i], e, dispatch);
    }
    return dispatch < now ? dispatch : now;
}

static unsigned producer_slot(uint64_t pc)
{
    return (pc >> 2) % WINDOW_PRODUCERS;
}

/* When an address is there that comes, over loads that were no later than a hit, from one that was late; 0
 * when none was. Instruction counts tell whether that was this very one. */
static uint64_t by_links(const struct window *w, const struct memory_access *a, uint64_t insns)
{
    const struct pipe_note *n = a->note;
    uint64_t pc = a->pc;
    int64_t since = 0;

    for (unsigned i = 0; i < WINDOW_LINKS_MAX && n->back; i++) {
        const struct window_producer *p;

        since += n->delay;
        insns -= n->back;
        pc += (uint64_t)(n->producer * 4);
        n += n->producer;
        p = &w->producer[producer_slot(pc)];
        if (p->pc == pc && p->insns == insns)
            return p->ready + (uint64_t)since;
        since += w->hit_latency;
    }
    return 0;
}

/* Likewise for a link of a chain when other blocks are part of the loop: the latest late load of its chain,
 * while that is awaited, and the nominal way from its data to here. */
static uint64_t by_chain(const struct window *w, const struct memory_access *a, const struct window_miss *e)
{
    const struct window_producer *latest = NULL;
    const struct pipe_note *n = a->note;
    uint64_t pc = a->pc, way;

    for (unsigned i = 0; i < WINDOW_LINKS_MAX && n->back; i++) {
        const struct window_producer *p;

        pc += (uint64_t)(n->producer * 4);
        n += n->producer;
        p = &w->producer[producer_slot(pc)];
        if (p->pc == pc && (!latest || p->insns > latest->insns))
            latest = p;
        if (n == a->note)
            break;
    }
    if (!latest || latest->ready <= e->dispatch)
        return 0;
    way = e->nominal - latest->nominal;
    return latest->ready + (way > w->hit_latency ? way - w->hit_latency : 0);
}

static uint64_t address_of(const struct window *w, const struct memory_access *a,
                           const struct window_miss *e)
{
    uint64_t t;

    if (!a->note || !a->note->back)
        return 0;
    t = by_links(w, a, e->insns);
    return t || !a->note->recurrent ? t : by_chain(w, a, e);
}

uint64_t window_issue(struct window *w, const struct memory_access *a, uint64_t now, uint64_t insns,
                      struct window_miss *e)
{
    uint64_t address;

    *e = (struct window_miss){
        .insns = insns, .nominal = now - w->stalled, .slack = a->note ? a->note->slack : 0, .load = true
    };
    e->dispatch = dispatch_of(w, e, now);
    address = address_of(w, a, e);
    if (address <= e->dispatch)
        return e->dispatch;
    if (w->in_order)
        e->dispatch = address;
    return address;
}

/* The fill buffer that a miss at `issue` takes: of those that are free the one that was used last, so that
 * each chain keeps to its own; else the first that will be. */
static uint32_t fill_for(const struct window *w, uint64_t issue)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < w->fill_count; i++) {
        uint64_t ready = w->fill[i].ready, least = w->fill[best].ready;

        if (least > issue ? ready < least : ready > least && ready <= issue)
            best = i;
    }
    return best;
}

uint64_t window_begin(const struct window *w, uint64_t issue)
{
    uint64_t free = w->fill[fill_for(w, issue)].ready;

    return free > issue ? free : issue;
}

void window_store(struct window *w, uint64_t issue, uint64_t ready)
{
    w->fill[fill_for(w, issue)] = (struct window_miss){ .dispatch = issue, .ready = ready };
}

static uint32_t hidden(const struct window *w, const struct memory_access *a, const struct window_miss *e)
{
    bool by_slack = w->in_order || (a->note && a->note->recurrent && e->slack < w->hide);

    return by_slack ? e->slack : w->hide;
}

uint32_t window_load(struct window *w, const struct memory_access *a, uint64_t now, uint64_t issue,
                     bool filled, const struct window_miss *e)
{
    uint64_t in_time = now + w->hit_latency + hidden(w, a, e);
    uint64_t stall = e->ready > in_time ? e->ready - in_time : 0;

    if (!filled && e->ready <= issue + w->hit_latency)
        return 0;
    w->latest = *e;
    w->done = e->ready > w->done ? e->ready : w->done;
    if (filled)
        w->fill[fill_for(w, issue + a->late)] = *e;
    w->late[w->late_end++ % WINDOW_LATE] =
        (struct window_late){ .insns = e->insns, .retired = e->ready - w->hit_latency };
    w->producer[producer_slot(a->pc)] = (struct window_producer){
        .pc = a->pc, .insns = e->insns, .nominal = e->nominal, .ready = e->ready
    };
    w->stalled += stall;
    return (uint32_t)stall;
}

uint32_t window_drain(struct window *w, uint64_t now)
{
    uint64_t stall = w->done > now ? w->done - now : 0;

    w->latest.load = false; /* Nothing that follows is dispatched in its shadow. */
    w->stalled += stall;
    return (uint32_t)stall;
}
