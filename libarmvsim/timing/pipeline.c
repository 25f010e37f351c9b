/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pipeline.c
 * The schedule of a block that follows itself for ever. Instructions are taken in program order and each is
 * put where it can begin: in order, no sooner than the one before; out of order, in the first cycle after
 * its dispatch in which its operands are there and its pipes are free, which is what issuing the oldest
 * first comes to. What repeats is the difference between two iterations; a block's cost is its mean, over a
 * number of iterations that most periods divide, unless it settles at once.
 *
 * Left out: the front end beyond the number of instructions a cycle, limits of single issue queues, banks
 * and forwarding of stores to loads. Everything here is in whole cycles and bounded; nothing is allocated.
 */
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "timing/pipeline.h"

enum {
    CHUNK_MAX = 128, /* Longer blocks are scheduled in pieces. */
    WARM_UP = 2,
    WARM_UP_CYCLES = 12,
    MEASURED = 12,
    INSNS_MAX = 640, /* Of all iterations of a chunk, about. */
    PIPE_RING = 256, /* Cycles whose reservations are remembered. */
    BEGIN = 64,      /* The first cycle, so that what is subtracted from one stays positive. */
    FAR = 256,       /* More cycles of slack than anyone asks for. */
    NO_PRODUCER = 0xffff,
};

/* When a register's value is there, and who makes it. */
struct value {
    uint32_t ready;
    uint16_t producer; /* Place in the two last iterations. */
    uint8_t insn_class;
    bool base;
};

/* One of the last two iterations' instructions. */
struct placed {
    uint32_t issue;
    uint32_t slack;
    uint16_t producer[PIPE_SOURCES_MAX];
    uint32_t gap[PIPE_SOURCES_MAX]; /* From when the operand was there to the issue. */
};

struct schedule {
    const struct core_pipeline *p;
    const struct pipe_insn *in;
    unsigned n, iteration;
    struct value value[PIPE_REG_COUNT];
    /* In order: the cycle that issues, the slots left of it, and when the last result is written. Out of
     * order: the cycle that dispatches. */
    uint32_t now, slots, decodes, last_write;
    uint32_t done; /* When all that came before is finished. */
    uint32_t free[PIPE_MAX];
    uint32_t needed[PIPE_MAX]; /* Cycles of micro-operations that have no other pipe, an iteration. */
    /* Work of an iteration: slots, and cycles by set of pipes. */
    uint32_t slot_count, sets;
    uint32_t resident; /* Slots times cycles in the window, of an iteration in an empty machine. */
    uint32_t work[PIPE_MAX];
    uint16_t set[PIPE_MAX];
    uint32_t uops; /* Out of order: that have been dispatched. */
    struct {
        uint32_t cycle;
        uint32_t busy; /* Pipes. */
    } ring[PIPE_RING];
    uint32_t ticks[CHUNK_MAX]; /* Sums over the measured iterations, in cycles. */
    uint32_t previous;         /* When the instruction before issued or retired. */
    /* From here on nothing is read that was not written. */
    uint32_t retired[PIPE_WINDOW_MAX];   /* By micro-operation. */
    struct placed placed[2 * CHUNK_MAX]; /* The last iteration but one, and the last. */
};

static uint32_t max_u32(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static const struct pipe_timing *timing_of(const struct schedule *s, const struct pipe_insn *in)
{
    return &s->p->insn[in->insn_class];
}

/* What writing the base back adds; NULL for others. */
static const struct pipe_timing *base_timing(const struct schedule *s, const struct pipe_insn *in)
{
    for (unsigned i = 0; i < in->dest_count; i++)
        if (in->dest[i].base)
            return &s->p->insn[in->load ? INSN_LOAD_BASE : INSN_STORE_BASE];
    return NULL;
}

/* The first cycle in which a reader of that kind may issue. A result is never used in its own cycle, but
 * for a base, which the address generation has at once. */
static uint32_t ready_for(const struct schedule *s, const struct value *v, unsigned read)
{
    int advance = s->p->insn[v->insn_class].advance[read];
    unsigned latency = s->p->insn[v->insn_class].latency;

    if (v->base || advance <= 0)
        return v->ready + (uint32_t)(v->base ? 0 : -advance);
    return v->ready - ((unsigned)advance < latency ? (unsigned)advance : latency ? latency - 1 : 0);
}

static uint32_t operands_ready(const struct schedule *s, const struct pipe_insn *in)
{
    uint32_t t = 0;

    for (unsigned i = 0; i < in->source_count; i++)
        t = max_u32(t, ready_for(s, &s->value[in->source[i].reg], in->source[i].read));
    return t;
}

static struct placed *place_of(struct schedule *s, unsigned index)
{
    return &s->placed[(s->iteration & 1) * s->n + index];
}

/* Remembers who waited for whom, which slack is made of. */
static void note_place(struct schedule *s, unsigned index, uint32_t issue)
{
    struct placed *at = place_of(s, index);
    const struct pipe_insn *in = &s->in[index];

    at->issue = issue;
    for (unsigned i = 0; i < in->source_count; i++) {
        const struct value *v = &s->value[in->source[i].reg];

        at->producer[i] = v->producer;
        at->gap[i] = issue - ready_for(s, v, in->source[i].read);
    }
}

static void write_results(struct schedule *s, unsigned index, uint32_t issue, uint32_t base_issue)
{
    const struct pipe_insn *in = &s->in[index];

    for (unsigned i = 0; i < in->dest_count; i++) {
        unsigned k = in->insn_class;

        if (in->dest[i].base)
            k = in->load ? INSN_LOAD_BASE : INSN_STORE_BASE;
        s->value[in->dest[i].reg] = (struct value){
            .ready = (in->dest[i].base ? base_issue : issue) + s->p->insn[k].latency,
            .producer = (uint16_t)((s->iteration & 1) * s->n + index),
            .insn_class = (uint8_t)k,
            .base = in->dest[i].base,
        };
    }
}

static void finish(struct schedule *s, const struct pipe_timing *t, uint32_t issue)
{
    s->done = max_u32(s->done, issue + t->latency);
}

/* How many micro-operations of a class need a pipe; they come first (core_pipeline). */
static unsigned piped(const struct pipe_timing *t)
{
    unsigned n = 0;

    while (n < t->uop_count && t->uop[n].pipes)
        n++;
    return n;
}

static uint32_t busy_at(const struct schedule *s, uint32_t cycle)
{
    return s->ring[cycle % PIPE_RING].cycle == cycle ? s->ring[cycle % PIPE_RING].busy : 0;
}

/* The pipe of `pipes` that is free in a cycle: the one that is least needed by what has no choice, and of
 * these the one that was used least lately; -1 when none is. Pipes are reserved cycle by cycle, so that
 * younger instructions fill gaps that older ones leave. One that keeps its pipe busy begins without knowing
 * who comes while it does; the bound of least_ticks() accounts for both. */
static int free_pipe(const struct schedule *s, unsigned pipes, uint32_t at)
{
    int best = -1;

    pipes &= ~busy_at(s, at);
    for (; pipes; pipes &= pipes - 1) {
        int k = __builtin_ctz(pipes);

        if (best < 0 || s->needed[k] < s->needed[best] ||
            (s->needed[k] == s->needed[best] && s->free[k] < s->free[best]))
            best = k;
    }
    return best;
}

static void reserve(struct schedule *s, unsigned pipe, uint32_t cycle, unsigned count)
{
    s->free[pipe] = cycle + count;
    for (unsigned i = 0; i < count; i++, cycle++) {
        if (s->ring[cycle % PIPE_RING].cycle != cycle) {
            s->ring[cycle % PIPE_RING].cycle = cycle;
            s->ring[cycle % PIPE_RING].busy = 0;
        }
        s->ring[cycle % PIPE_RING].busy |= 1u << pipe;
    }
}

/* Chooses pipes for all micro-operations in one cycle; false when some find none. */
static bool choose_pipes(const struct schedule *s, const struct pipe_timing *t, uint32_t at,
                         uint32_t *taken, uint8_t *on)
{
    for (unsigned i = 0; i < piped(t); i++) {
        int k = free_pipe(s, t->uop[i].pipes & ~*taken, at);

        if (k < 0)
            return false;
        on[i] = (uint8_t)k;
        *taken |= 1u << k;
    }
    return true;
}

/* In order: takes pipes in the first cycle from `at` on that has them all. A choice that never comes out is
 * possible with masks that overlap crosswise alone; it ends with pipes that are shared. */
static uint32_t take_together(struct schedule *s, const struct pipe_timing *t,
                              const struct pipe_timing *base, uint32_t at)
{
    uint8_t on[PIPE_UOPS_MAX] = { 0 }, base_on[PIPE_UOPS_MAX] = { 0 };

    for (unsigned tries = 0; tries < PIPE_RING; tries++, at++) {
        uint32_t taken = 0;

        if (choose_pipes(s, t, at, &taken, on) && (!base || choose_pipes(s, base, at, &taken, base_on)))
            break;
    }
    for (unsigned i = 0; i < piped(t); i++)
        reserve(s, on[i], at, t->uop[i].busy);
    for (unsigned i = 0; base && i < piped(base); i++)
        reserve(s, base_on[i], at, base->uop[i].busy);
    return at;
}

/* Out of order: each micro-operation goes when it can; returns when the last does. */
static uint32_t take_each(struct schedule *s, const struct pipe_timing *t, uint32_t at)
{
    uint32_t last = at;

    for (unsigned i = 0; i < piped(t); i++) {
        uint32_t when = at;
        int k;

        while ((k = free_pipe(s, t->uop[i].pipes, when)) < 0)
            when++;
        reserve(s, (unsigned)k, when, t->uop[i].busy);
        last = max_u32(last, when);
    }
    return last;
}

static void next_cycle(struct schedule *s, uint32_t cycle)
{
    if (cycle == s->now)
        return;
    s->now = cycle;
    s->slots = s->p->width;
    s->decodes = s->p->decode;
}

/* The first cycle in which an instruction's results would be written after those before it. */
static uint32_t after_last_write(const struct schedule *s, const struct pipe_timing *t,
                                 const struct pipe_timing *base)
{
    unsigned soonest = base && base->latency < t->latency ? base->latency : t->latency;

    if (!s->p->ordered_write || t->unordered)
        return 0;
    return s->last_write > soonest ? s->last_write - soonest : 0;
}

static unsigned slots_of(const struct pipe_timing *t, const struct pipe_timing *base)
{
    return t->uop_count + (base ? base->uop_count : 0u);
}

/* Uses up the slots of an instruction that begins in this cycle; those over its width spill over. */
static void use_slots(struct schedule *s, unsigned uops)
{
    s->decodes--;
    while (uops > s->slots) {
        uops -= s->slots;
        next_cycle(s, s->now + 1);
    }
    s->slots -= uops;
}

/* Whether an instruction has to wait for the next cycle: it is not split unless it is wider than a cycle.
 */
static bool cycle_full(const struct schedule *s, unsigned uops)
{
    return !s->slots || !s->decodes || (uops > s->slots && uops <= s->p->width);
}

static uint32_t place_in_order(struct schedule *s, unsigned index)
{
    const struct pipe_insn *in = &s->in[index];
    const struct pipe_timing *t = timing_of(s, in), *base = base_timing(s, in);
    uint32_t at = max_u32(s->now, operands_ready(s, in));
    unsigned slots = slots_of(t, base);

    at = max_u32(at, after_last_write(s, t, base));
    next_cycle(s, t->serial ? max_u32(at, s->done) : at);
    if (cycle_full(s, slots) || (t->first && s->slots < s->p->width))
        next_cycle(s, s->now + 1);
    at = take_together(s, t, base, s->now);
    note_place(s, index, at);
    write_results(s, index, at, at);
    next_cycle(s, at);
    use_slots(s, slots);
    finish(s, t, at);
    if (t->serial)
        next_cycle(s, max_u32(s->now, s->done));
    if (!t->unordered)
        s->last_write = at + t->latency;
    return at;
}

/* The cycle of an instruction's dispatch, which waits for room in the window. */
static uint32_t dispatch(struct schedule *s, unsigned uops)
{
    uint32_t at = s->now;

    if (s->uops + uops > s->p->window)
        at = max_u32(at, s->retired[(s->uops + uops - 1 - s->p->window) % PIPE_WINDOW_MAX]);
    next_cycle(s, at);
    if (cycle_full(s, uops))
        next_cycle(s, s->now + 1);
    at = s->now;
    use_slots(s, uops);
    return at;
}

static uint32_t place_out_of_order(struct schedule *s, unsigned index)
{
    const struct pipe_insn *in = &s->in[index];
    const struct pipe_timing *t = timing_of(s, in), *base = base_timing(s, in);
    uint32_t at, dispatched, issue, base_issue;
    unsigned slots = slots_of(t, base);

    if (t->serial)
        next_cycle(s, max_u32(s->now, s->done));
    at = dispatch(s, slots);
    dispatched = at;
    at = max_u32(at + 1, operands_ready(s, in));
    issue = take_each(s, t, at);
    base_issue = base ? take_each(s, base, at) : issue;
    finish(s, t, issue);
    if (!s->iteration)
        s->resident += slots * (s->done - dispatched);
    for (; slots; slots--)
        s->retired[s->uops++ % PIPE_WINDOW_MAX] = s->done;
    if (t->serial)
        next_cycle(s, max_u32(s->now, s->done));
    note_place(s, index, issue);
    write_results(s, index, issue, base_issue);
    return s->done;
}

/* Schedules one more iteration; returns when its last instruction issued or, out of order, retired. */
static void iterate(struct schedule *s, bool measured)
{
    for (unsigned i = 0; i < s->n; i++) {
        uint32_t moment = s->p->in_order ? place_in_order(s, i) : place_out_of_order(s, i);

        /* In order, the time until this one issued is the one before's; out of order, its own. */
        if (measured)
            s->ticks[s->p->in_order ? (i + s->n - 1) % s->n : i] += moment - s->previous;
        s->previous = moment;
    }
    s->iteration++;
}

/* The first iterations find an empty machine. Out of order it takes some cycles until what limits the block
 * has the others waiting for it. */
static void warm_up(struct schedule *s)
{
    for (unsigned i = 0; i < WARM_UP; i++)
        iterate(s, false);
    if (s->p->in_order)
        return;
    for (unsigned done = WARM_UP * s->n; done < INSNS_MAX && s->previous < BEGIN + WARM_UP_CYCLES;
         done += s->n)
        iterate(s, false);
}

/* Measures up to `most` iterations; returns how many, and whether the last four were two times the same
 * two. */
static unsigned measure(struct schedule *s, unsigned most, bool *settled)
{
    uint32_t took[4] = { 0 };

    memset(s->ticks, 0, sizeof(s->ticks[0]) * s->n);
    *settled = false;
    for (unsigned i = 0; i < most; i++) {
        uint32_t begin = s->previous;

        iterate(s, true);
        took[i & 3] = s->previous - begin;
        *settled = i >= 3 && (i & 1) && took[0] == took[2] && took[1] == took[3];
        if (*settled)
            return i + 1;
    }
    return most;
}

/* Iterates until the times of iterations repeat, or enough have been seen: what has not settled by then
 * counts as warming up, once. Returns how many are in the sums. */
static unsigned run(struct schedule *s)
{
    unsigned most = INSNS_MAX / s->n, count;
    bool settled;

    most = most > MEASURED ? MEASURED : most < 2 ? 2 : most;
    warm_up(s);
    count = measure(s, most, &settled);
    if (settled || 2 * MEASURED * s->n > INSNS_MAX)
        return count;
    return measure(s, 2 * MEASURED, &settled);
}

/* Adds a micro-operation's work to that of its set of pipes; returns how many sets there are. What finds no
 * place any more is left out of the bound. */
static unsigned add_work(uint16_t *set, uint32_t *work, unsigned sets, const struct pipe_uop *uop)
{
    unsigned i = 0;

    while (i < sets && set[i] != uop->pipes)
        i++;
    if (i == PIPE_MAX)
        return sets;
    set[i] = uop->pipes;
    work[i] += uop->busy;
    return i < sets ? sets : sets + 1;
}

/* An instruction's part in what pipes are needed for. */
static void count_work(struct schedule *s, const struct pipe_timing *t)
{
    s->slot_count += t->uop_count;
    for (unsigned i = 0; i < piped(t); i++) {
        unsigned pipes = t->uop[i].pipes;

        if (!(pipes & (pipes - 1)))
            s->needed[__builtin_ctz(pipes)] += t->uop[i].busy;
        s->sets = add_work(s->set, s->work, s->sets, &t->uop[i]);
    }
}

static void count_all_work(struct schedule *s)
{
    for (unsigned i = 0; i < s->n; i++) {
        const struct pipe_timing *base = base_timing(s, &s->in[i]);

        count_work(s, timing_of(s, &s->in[i]));
        if (base)
            count_work(s, base);
    }
}

/* What no schedule can undercut, in ticks: of each set of pipes that is asked for, the work that has no
 * other choice; the slots; and the window, in which everything stays until it retires. */
static uint32_t least_ticks(const struct schedule *s)
{
    uint32_t least = max_u32((16 * s->slot_count + s->p->width - 1) / s->p->width,
                             (16 * s->n + s->p->decode - 1) / s->p->decode);

    if (s->p->window)
        least = max_u32(least, 16 * s->resident / s->p->window);
    for (unsigned i = 0; i < s->sets; i++) {
        uint32_t within = 0;

        for (unsigned j = 0; j < s->sets; j++)
            within += s->set[j] & ~s->set[i] ? 0 : s->work[j];
        least = max_u32(least, 16 * within / (unsigned)__builtin_popcount(s->set[i]));
    }
    return least;
}

/* Ticks from sums of cycles, so that each prefix is rounded and all add up to the rounded total. Out of
 * order, where queues fill for long before their pipe decides, the total is at least what the pipes need.
 */
static void share_out(const struct schedule *s, unsigned iterations, struct pipe_result *out)
{
    uint64_t sum = 0, given = 0, total = 0, ticks;

    for (unsigned i = 0; i < s->n; i++)
        total += s->ticks[i];
    ticks = (total * 16 + iterations / 2) / iterations;
    if (!s->p->in_order)
        ticks = max_u32((uint32_t)ticks, least_ticks(s));
    for (unsigned i = 0; i < s->n; i++) {
        uint64_t until;

        sum += s->ticks[i];
        until = total ? (sum * ticks + total / 2) / total : ticks * (i + 1) / s->n;
        out[i].ticks = (uint32_t)(until - given);
        given = until;
    }
}

/* What the last iteration's instructions are left with by those that come after: what the iteration before
 * was left with by this one, and no more, because a chain through all iterations has nothing to give.
 * Without a reader it is, out of order, what the window hides. */
static void begin_slack(struct schedule *s, unsigned last)
{
    struct placed *mine = &s->placed[last * s->n], *before = &s->placed[!last * s->n];
    uint32_t hidden = s->p->in_order ? FAR : s->p->window / s->p->width;

    for (unsigned i = 0; i < s->n; i++)
        mine[i].slack = before[i].slack = hidden;
    for (unsigned i = 0; i < s->n; i++)
        for (unsigned j = 0; j < s->in[i].source_count; j++) {
            unsigned who = mine[i].producer[j];

            if (who != NO_PRODUCER && who / s->n != last && mine[i].gap[j] < mine[who % s->n].slack)
                mine[who % s->n].slack = mine[i].gap[j];
        }
}

/* An instruction's slack is the least over its readers of the cycles that they did not wait for it and, out
 * of order, of their own: backwards through the last two iterations. */
static void find_slack(struct schedule *s, struct pipe_result *out)
{
    unsigned last = (s->iteration - 1) & 1;

    begin_slack(s, last);
    for (unsigned k = 0; k < 2 * s->n; k++) {
        unsigned it = k < s->n ? last : !last, index = s->n - 1 - k % s->n;
        const struct placed *at = &s->placed[it * s->n + index];

        for (unsigned i = 0; i < s->in[index].source_count; i++) {
            unsigned who = at->producer[i];
            uint32_t slack = at->gap[i] + (s->p->in_order ? 0 : at->slack);

            /* The producers of the earlier iteration's that are older still are not kept any more. */
            if (who == NO_PRODUCER || (it != last && who / s->n == last))
                continue;
            if (slack < s->placed[who].slack)
                s->placed[who].slack = slack;
        }
    }
    for (unsigned i = 0; i < s->n; i++) {
        uint32_t slack = s->placed[!last * s->n + i].slack;

        out[i].note.slack = (slack < PIPE_SLACK_MAX ? slack : PIPE_SLACK_MAX) & PIPE_SLACK_MAX;
    }
}

static void schedule_chunk(const struct core_pipeline *p, const struct pipe_insn *in, unsigned n,
                           struct pipe_result *out)
{
    struct schedule s;

    memset(&s, 0, offsetof(struct schedule, retired));
    s.p = p;
    s.in = in;
    s.n = n;
    s.slots = p->width;
    s.decodes = p->decode;
    s.now = s.previous = BEGIN;
    for (unsigned i = 0; i < PIPE_REG_COUNT; i++) {
        s.value[i].ready = BEGIN;
        s.value[i].producer = NO_PRODUCER;
    }
    count_all_work(&s);
    share_out(&s, run(&s), out);
    find_slack(&s, out);
    pipe_find_chains(p, in, n, out);
}

void pipeline_schedule(const struct core_pipeline *p, const struct pipe_insn *in, unsigned n,
                       struct pipe_result *out)
{
    for (unsigned done = 0; done < n; done += CHUNK_MAX)
        schedule_chunk(p, in + done, n - done < CHUNK_MAX ? n - done : CHUNK_MAX, out + done);
}

uint32_t pipeline_price(const struct core_pipeline *p, enum insn_class k)
{
    const struct pipe_insn one = { .insn_class = (uint8_t)k };
    struct pipe_result r;

    pipeline_schedule(p, &one, 1, &r);
    return r.ticks;
}
