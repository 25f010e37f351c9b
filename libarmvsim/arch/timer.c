/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file timer.c
 * The Generic Timer (DDI 0487, chapter D12): the physical count as an exact ratio of the PE's cycles, the
 * virtual count behind CNTVOFF_EL2, and five timers, each a CTL and a CVAL in c->sr[] and a level-sensitive
 * PPI. A write touches its own timer only; where that timer's next event is, is known at once, and the
 * engine is stopped only when it comes before the one that the run loop waits for.
 *
 * The event streams of the two counts cost nothing while a PE executes: what they did since the Event
 * Register was last cleared is worked out when a WFE looks at it. Of FEAT_ECV: the self-synchronized views
 * of the counts, CNTPOFF_EL2, the scale of the event streams. Does not model the memory-mapped timers and
 * what comes with nested virtualization (CNTHCTL_EL2.EL1NVPCT, EL1NVVCT).
 */
#include "arch/timer.h"

#include <stdlib.h>

#include "arch/exception.h"
#include "arch/regbits.h"
#include "core/path.h"
#include "gic/gic.h"

#define CTL_ENABLE BIT(0)
#define CTL_IMASK BIT(1)
#define CTL_ISTATUS BIT(2)

/* CNTKCTL_EL1 and CNTHCTL_EL2. */
#define CNT_EVNTEN BIT(2)
#define CNT_EVNTDIR BIT(3)
#define CNT_EVNTIS BIT(17)
#define CNTHCTL_ECV BIT(12)

enum { PHYS, VIRT, HYP, HYP_VIRT, SECURE, TIMER_COUNT };

/* One line a timer: its registers and its PPI. */
static const struct {
    uint16_t ctl, cval;
    uint8_t ppi;
} timers[TIMER_COUNT] = {
    [PHYS] = { SR_CNTP_CTL_EL0, SR_CNTP_CVAL_EL0, TIMER_PPI_PHYS },
    [VIRT] = { SR_CNTV_CTL_EL0, SR_CNTV_CVAL_EL0, TIMER_PPI_VIRT },
    [HYP] = { SR_CNTHP_CTL_EL2, SR_CNTHP_CVAL_EL2, TIMER_PPI_HYP },
    [HYP_VIRT] = { SR_CNTHV_CTL_EL2, SR_CNTHV_CVAL_EL2, TIMER_PPI_HYP_VIRT },
    [SECURE] = { SR_CNTPS_CTL_EL1, SR_CNTPS_CVAL_EL1, TIMER_PPI_SECURE },
};

/* What a register id means. */
enum view { VIEW_PLAIN, VIEW_CTL, VIEW_CVAL, VIEW_TVAL, VIEW_PCT, VIEW_VCT, VIEW_VOFF, VIEW_CONTROL };
static const struct {
    uint8_t view, timer;
} views[SR_COUNT] = {
    [SR_CNTPCT_EL0] = { VIEW_PCT, 0 },
    [SR_CNTVCT_EL0] = { VIEW_VCT, 0 },
    [SR_CNTPCTSS_EL0] = { VIEW_PCT, 0 },
    [SR_CNTVCTSS_EL0] = { VIEW_VCT, 0 },
    [SR_CNTVOFF_EL2] = { VIEW_VOFF, 0 },
    [SR_CNTPOFF_EL2] = { VIEW_CONTROL, 0 },
    [SR_CNTKCTL_EL1] = { VIEW_CONTROL, 0 },
    [SR_CNTHCTL_EL2] = { VIEW_CONTROL, 0 },
    [SR_CNTP_CTL_EL0] = { VIEW_CTL, PHYS },
    [SR_CNTP_CVAL_EL0] = { VIEW_CVAL, PHYS },
    [SR_CNTP_TVAL_EL0] = { VIEW_TVAL, PHYS },
    [SR_CNTV_CTL_EL0] = { VIEW_CTL, VIRT },
    [SR_CNTV_CVAL_EL0] = { VIEW_CVAL, VIRT },
    [SR_CNTV_TVAL_EL0] = { VIEW_TVAL, VIRT },
    [SR_CNTHP_CTL_EL2] = { VIEW_CTL, HYP },
    [SR_CNTHP_CVAL_EL2] = { VIEW_CVAL, HYP },
    [SR_CNTHP_TVAL_EL2] = { VIEW_TVAL, HYP },
    [SR_CNTHV_CTL_EL2] = { VIEW_CTL, HYP_VIRT },
    [SR_CNTHV_CVAL_EL2] = { VIEW_CVAL, HYP_VIRT },
    [SR_CNTHV_TVAL_EL2] = { VIEW_TVAL, HYP_VIRT },
    [SR_CNTPS_CTL_EL1] = { VIEW_CTL, SECURE },
    [SR_CNTPS_CVAL_EL1] = { VIEW_CVAL, SECURE },
    [SR_CNTPS_TVAL_EL1] = { VIEW_TVAL, SECURE },
};

/* The event stream of a count (D12.2.3), as the registers say now. */
struct stream {
    bool on, falling;
    uint8_t bit;     /* Of the count, whose change is an event. */
    uint64_t offset; /* Of the count that it looks at. */
};
enum { STREAM_COUNT = VIRT + 1 };

struct timer_state {
    uint64_t num, den; /* count = cycles * num / den, in lowest terms. */
    uint64_t cntfrq;
    uint64_t armed;           /* The deadline that the run loop has. */
    uint64_t at[TIMER_COUNT]; /* Cycle of the next change of the output; UINT64_MAX when there is none. */
    bool level[TIMER_COUNT];
    uint64_t physical_offset; /* Of EL1 and EL0: CNTPOFF_EL2 while it applies. */
    struct stream stream[STREAM_COUNT];
    uint64_t looked; /* Physical count up to which c->event has what the streams did. */
};

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t r = a % b;

        a = b;
        b = r;
    }
    return a;
}

struct timer_state *timer_new(struct pe *c, uint64_t clock_hz, uint64_t cntfrq_hz)
{
    struct timer_state *t = calloc(1, sizeof(*t));
    uint64_t g = gcd(clock_hz, cntfrq_hz);

    /* Below 2^32 Hz, so that no product of a remainder overflows. */
    AVS_CHECK(clock_hz && cntfrq_hz && clock_hz >> 32 == 0 && cntfrq_hz >> 32 == 0);
    if (!t)
        return NULL;
    t->num = cntfrq_hz / g;
    t->den = clock_hz / g;
    t->cntfrq = cntfrq_hz;
    t->armed = UINT64_MAX;
    for (unsigned i = 0; i < TIMER_COUNT; i++)
        t->at[i] = UINT64_MAX;
    c->timer = t;
    return t;
}

void timer_free(struct timer_state *t)
{
    free(t);
}

static uint64_t count_at(const struct timer_state *t, uint64_t cycle)
{
    return cycle / t->den * t->num + cycle % t->den * t->num / t->den;
}

uint64_t timer_count(const struct pe *c)
{
    return count_at(c->timer, path_cycles(c));
}

/* What software reads: of the one counter that all PEs share. */
static uint64_t shown_count(struct pe *c)
{
    return count_at(c->timer, sched_counter_cycle(c));
}

/* The first cycle at which the count is `count` or more; UINT64_MAX when that is beyond all time. */
static uint64_t cycle_of(const struct timer_state *t, uint64_t count)
{
    uint64_t whole = count / t->num, cycles;

    if (__builtin_mul_overflow(whole, t->den, &cycles) ||
        __builtin_add_overflow(cycles, (count % t->num * t->den + t->num - 1) / t->num, &cycles))
        return UINT64_MAX;
    return cycles;
}

/* The offset of a timer's own count: the virtual timer's is CNTVOFF_EL2, which is 0 without EL2. */
static uint64_t offset_of(const struct pe *c, unsigned i)
{
    if (i == PHYS)
        return c->timer->physical_offset;
    return i == VIRT && c->m->has_el2 ? c->sr[SR_CNTVOFF_EL2] : 0;
}

/* The same as an access to TVAL takes it: EL2 and EL3 see no physical offset (D24.10, CNTP_TVAL_EL0). */
static uint64_t access_offset(const struct pe *c, unsigned i)
{
    return i == PHYS && c->el >= 2 ? 0 : offset_of(c, i);
}

/* The virtual count's offset as this EL reads it: a host's EL2 and EL0 see the physical one (D12.2.2). */
static uint64_t virtual_offset(const struct pe *c)
{
    return pe_in_host(c) ? 0 : offset_of(c, VIRT);
}

uint64_t timer_timeout_cycle(const struct pe *c, uint64_t value)
{
    uint64_t now = timer_count(c) - virtual_offset(c), count;

    if (now >= value)
        return path_cycles(c);
    if (__builtin_add_overflow(timer_count(c), value - now, &count))
        return UINT64_MAX;
    return cycle_of(c->timer, count);
}

/* Whether the timer's condition is met at `count` (D12.2.4): an unsigned comparison. */
static bool is_met(const struct pe *c, unsigned i, uint64_t count)
{
    return count - offset_of(c, i) >= c->sr[timers[i].cval];
}

/* The count at which the condition changes next. False when it never does. */
static bool next_change(const struct pe *c, unsigned i, uint64_t count, uint64_t *change)
{
    uint64_t offset = offset_of(c, i);

    if (!is_met(c, i, count))
        return !__builtin_add_overflow(count, c->sr[timers[i].cval] - (count - offset), change);
    /* Met, and while the offset is ahead of the count only until the difference comes to 0. */
    *change = offset;
    return offset > count && c->sr[timers[i].cval];
}

static void drive(struct pe *c, unsigned i, bool level)
{
    if (level == c->timer->level[i])
        return;
    c->timer->level[i] = level;
    gic_set_ppi(c->m->gic, c->index, timers[i].ppi, level);
}

/* Brings one timer's output and its next event up to date. */
static void update_one(struct pe *c, unsigned i)
{
    struct timer_state *t = c->timer;
    uint64_t ctl = c->sr[timers[i].ctl], count, change;

    t->at[i] = UINT64_MAX;
    if ((ctl & (CTL_ENABLE | CTL_IMASK)) != CTL_ENABLE) {
        drive(c, i, false);
        return;
    }
    count = timer_count(c);
    if (next_change(c, i, count, &change))
        t->at[i] = cycle_of(t, change);
    if (t->at[i] < t->armed)
        pe_force(c);
    drive(c, i, is_met(c, i, count));
}

void timer_update(struct pe *c)
{
    for (unsigned i = 0; i < TIMER_COUNT; i++)
        if (c->timer->level[i] || (c->sr[timers[i].ctl] & CTL_ENABLE))
            update_one(c, i);
}

static bool is_host(const struct pe *c)
{
    return (~pe_hcr(c) & (HCR_E2H | HCR_TGE)) == 0;
}

/* CNTHCTL_EL2.ECV: CNTPOFF_EL2 applies below EL2, unless that is a host's, or SCR_EL3.ECVEn forbids it. */
static uint64_t find_physical_offset(const struct pe *c)
{
    if (!(c->sr[SR_CNTHCTL_EL2] & CNTHCTL_ECV) || !pe_el2_enabled(c) || is_host(c))
        return 0;
    return c->m->has_el3 && !(c->sr[SR_SCR_EL3] & SCR_ECVEN) ? 0 : c->sr[SR_CNTPOFF_EL2];
}

static struct stream make_stream(uint64_t control, uint64_t offset)
{
    return (struct stream){
        .on = control & CNT_EVNTEN,
        .falling = control & CNT_EVNTDIR,
        .bit = (uint8_t)(bits(control, 7, 4) + (control & CNT_EVNTIS ? 8 : 0)),
        .offset = offset,
    };
}

/* The first physical count after `count` at which a stream's bit changes in its direction; UINT64_MAX:
 * none. */
static uint64_t next_event(const struct stream *s, uint64_t count)
{
    const uint64_t period = UINT64_C(2) << s->bit, at = s->falling ? 0 : period / 2;
    uint64_t ahead = ((at - (count - s->offset) - 1) & (period - 1)) + 1, next;

    return __builtin_add_overflow(count, ahead, &next) ? UINT64_MAX : next;
}

void timer_look_for_events(struct pe *c)
{
    struct timer_state *t = c->timer;
    const uint64_t now = timer_count(c);

    for (unsigned i = 0; i < STREAM_COUNT; i++)
        if (t->stream[i].on && next_event(&t->stream[i], t->looked) <= now)
            c->event = true;
    t->looked = now;
}

uint64_t timer_next_event_cycle(const struct pe *c)
{
    const struct timer_state *t = c->timer;
    uint64_t first = UINT64_MAX, cycle;

    if (!c->event_stream)
        return UINT64_MAX;
    for (unsigned i = 0; i < STREAM_COUNT; i++) {
        if (!t->stream[i].on)
            continue;
        cycle = cycle_of(t, next_event(&t->stream[i], t->looked));
        first = cycle < first ? cycle : first;
    }
    return first;
}

/* The physical count's stream is that of EL2's view, without CNTPOFF_EL2 (D24.10, CNTHCTL_EL2.EVNTI); a
 * host has none of the virtual count (CNTKCTL_EL1). */
void timer_controls_changed(struct pe *c)
{
    struct timer_state *t = c->timer;
    const uint64_t offset = find_physical_offset(c);

    if (c->event_stream)
        timer_look_for_events(c);
    t->stream[PHYS] = make_stream(c->sr[SR_CNTHCTL_EL2], 0);
    t->stream[VIRT] = make_stream(is_host(c) ? 0 : c->sr[SR_CNTKCTL_EL1], offset_of(c, VIRT));
    t->looked = timer_count(c);
    c->event_stream = t->stream[PHYS].on || t->stream[VIRT].on;
    if (offset != t->physical_offset) {
        t->physical_offset = offset;
        update_one(c, PHYS);
    }
}

void timer_reset(struct pe *c)
{
    c->sr[SR_CNTFRQ_EL0] = c->timer->cntfrq;
    c->timer->armed = UINT64_MAX;
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        c->sr[timers[i].ctl] = 0;
        c->sr[timers[i].cval] = 0;
        update_one(c, i);
    }
    c->sr[SR_CNTVOFF_EL2] = 0;
    c->event_stream = false;
    timer_controls_changed(c);
}

uint64_t timer_next_cycle(const struct pe *c)
{
    struct timer_state *t = c->timer;
    uint64_t first = UINT64_MAX;

    for (unsigned i = 0; i < TIMER_COUNT; i++)
        if (t->at[i] < first)
            first = t->at[i];
    t->armed = first;
    return first;
}

/* ISTATUS of a disabled timer is UNKNOWN; it reads as 0. */
static uint64_t ctl_read(struct pe *c, unsigned i)
{
    uint64_t ctl = c->sr[timers[i].ctl] & (CTL_ENABLE | CTL_IMASK);

    return (ctl & CTL_ENABLE) && is_met(c, i, shown_count(c)) ? ctl | CTL_ISTATUS : ctl;
}

uint64_t timer_sysreg_read(struct pe *c, unsigned id)
{
    unsigned i = views[id].timer;

    switch ((enum view)views[id].view) {
    case VIEW_PCT:
        return shown_count(c) - access_offset(c, PHYS);
    case VIEW_VCT:
        return shown_count(c) - virtual_offset(c);
    case VIEW_CTL:
        return ctl_read(c, i);
    case VIEW_TVAL:
        return (uint32_t)(c->sr[timers[i].cval] - (shown_count(c) - access_offset(c, i)));
    default:
        return c->sr[id];
    }
}

void timer_sysreg_write(struct pe *c, unsigned id, uint64_t val)
{
    unsigned i = views[id].timer;

    switch ((enum view)views[id].view) {
    case VIEW_CTL:
        c->sr[id] = val & (CTL_ENABLE | CTL_IMASK);
        update_one(c, i);
        break;
    case VIEW_TVAL:
        c->sr[timers[i].cval] = shown_count(c) - access_offset(c, i) + (uint64_t)sext(val, 32);
        update_one(c, i);
        break;
    case VIEW_CVAL:
        c->sr[id] = val;
        update_one(c, i);
        break;
    case VIEW_VOFF:
        c->sr[id] = val;
        update_one(c, VIRT);
        timer_controls_changed(c);
        break;
    case VIEW_CONTROL:
        c->sr[id] = val;
        timer_controls_changed(c);
        break;
    case VIEW_PCT:
    case VIEW_VCT:
        break;
    default:
        c->sr[id] = val;
        break;
    }
}
