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
    WARM_UP_CYCLES = 24,
    MEASURED = 12,
    INSNS_MAX = 640,  /* Of all iterations of a chunk, about. */
    PIPE_RING = 1024, /* Cycles whose reservations are remembered. */
    BEGIN = 64,       /* The first cycle, so that what is subtracted from one stays positive. */
    FAR = 256,        /* More cycles of slack than anyone asks for. */
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
    /* Out of order. */
    uint32_t uops;
    uint32_t retired[PIPE_WINDOW_MAX]; /* By micro-operation. */
    struct {
        uint32_t cycle;
        uint32_t busy; /* Pipes. */
    } ring[PIPE_RING];
    uint32_t ticks[CHUNK_MAX];           /* Sums over the measured iterations, in cycles. */
    uint32_t previous;                   /* When the instruction before issued or retired. */
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

static void write_results(struct schedule *s, unsigned index, uint32_t issue)
{
    const struct pipe_insn *in = &s->in[index];

    for (unsigned i = 0; i < in->dest_count; i++) {
        unsigned k = in->insn_class;

        if (in->dest[i].base)
            k = in->load ? INSN_LOAD_BASE : INSN_STORE_BASE;
        s->value[in->dest[i].reg] = (struct value){
            .ready = issue + s->p->insn[k].latency,
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

/* The micro-operations of an instruction, with those of its base. */
struct uops {
    unsigned slots, count; /* `count` of them need a pipe. */
    struct pipe_uop uop[2 * PIPE_UOPS_MAX];
    uint8_t on[2 * PIPE_UOPS_MAX];
};

/* Those with the least choice come first, so that they find their pipe. */
static void add_uops(struct uops *u, const struct pipe_timing *t)
{
    u->slots += t->uop_count;
    for (unsigned i = 0; i < t->uop_count; i++) {
        unsigned at = u->count;

        if (!t->uop[i].pipes)
            continue;
        for (; at && __builtin_popcount(u->uop[at - 1].pipes) > __builtin_popcount(t->uop[i].pipes); at--)
            u->uop[at] = u->uop[at - 1];
        u->uop[at] = t->uop[i];
        u->count++;
    }
}

static void gather(struct uops *u, const struct pipe_timing *t, const struct pipe_timing *base)
{
    memset(u, 0, offsetof(struct uops, uop));
    memset(u->on, 0, sizeof(u->on));
    add_uops(u, t);
    if (base)
        add_uops(u, base);
}

static uint32_t busy_at(const struct schedule *s, uint32_t cycle)
{
    return s->ring[cycle % PIPE_RING].cycle == cycle ? s->ring[cycle % PIPE_RING].busy : 0;
}

/* The pipe of `pipes` that was used least lately and is free for `count` cycles; -1 when none is. Pipes are
 * reserved cycle by cycle, so that younger instructions fill gaps that older ones leave. */
static int free_pipe(const struct schedule *s, unsigned pipes, uint32_t at, unsigned count)
{
    int best = -1;

    for (unsigned i = 0; i < count && pipes; i++)
        pipes &= ~busy_at(s, at + i);
    for (unsigned k = 0; k < s->p->pipe_count; k++)
        if (pipes >> k & 1 && (best < 0 || s->free[k] < s->free[best]))
            best = (int)k;
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
static bool choose_pipes(const struct schedule *s, struct uops *u, uint32_t at)
{
    uint32_t taken = 0;

    for (unsigned i = 0; i < u->count; i++) {
        int k = free_pipe(s, u->uop[i].pipes & ~taken, at, u->uop[i].busy);

        if (k < 0)
            return false;
        u->on[i] = (uint8_t)k;
        taken |= 1u << k;
    }
    return true;
}

/* Takes pipes in the first cycle from `at` on that has them all. A choice that never comes out is possible
 * with masks that overlap crosswise alone; it ends with pipes that are shared. */
static uint32_t take_pipes(struct schedule *s, struct uops *u, uint32_t at)
{
    for (unsigned tries = 0; tries < PIPE_RING && !choose_pipes(s, u, at); tries++)
        at++;
    for (unsigned i = 0; i < u->count; i++)
        reserve(s, u->on[i], at, u->uop[i].busy);
    return at;
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
    struct uops u;

    gather(&u, t, base);
    at = max_u32(at, after_last_write(s, t, base));
    next_cycle(s, t->serial ? max_u32(at, s->done) : at);
    if (cycle_full(s, u.slots) || (t->first && s->slots < s->p->width))
        next_cycle(s, s->now + 1);
    at = take_pipes(s, &u, s->now);
    next_cycle(s, at);
    use_slots(s, u.slots);
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

static uint32_t place_out_of_order(struct schedule *s, unsigned index, uint32_t *issue)
{
    const struct pipe_insn *in = &s->in[index];
    const struct pipe_timing *t = timing_of(s, in);
    struct uops u;
    uint32_t at;

    gather(&u, t, base_timing(s, in));
    if (t->serial)
        next_cycle(s, max_u32(s->now, s->done));
    at = dispatch(s, u.slots);
    *issue = take_pipes(s, &u, max_u32(at + 1, operands_ready(s, in)));
    finish(s, t, *issue);
    for (unsigned i = 0; i < u.slots; i++)
        s->retired[s->uops++ % PIPE_WINDOW_MAX] = s->done;
    if (t->serial)
        next_cycle(s, max_u32(s->now, s->done));
    return s->done;
}

/* Schedules one more iteration; returns when its last instruction issued or, out of order, retired. */
static void iterate(struct schedule *s, bool measured)
{
    for (unsigned i = 0; i < s->n; i++) {
        uint32_t issue, moment;

        if (s->p->in_order)
            issue = moment = place_in_order(s, i);
        else
            moment = place_out_of_order(s, i, &issue);
        note_place(s, i, issue);
        write_results(s, i, issue);
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

/* Iterates until the time of an iteration has been the same thrice, or enough have been seen. Returns how
 * many are in the sums. */
static unsigned run(struct schedule *s)
{
    unsigned most = INSNS_MAX / s->n, same = 0;
    uint32_t begin, last = UINT32_MAX;

    most = most > MEASURED ? MEASURED : most < 2 ? 2 : most;
    warm_up(s);
    for (unsigned i = 0; i < most; i++) {
        begin = s->previous;
        iterate(s, true);
        same = s->previous - begin == last ? same + 1 : 0;
        last = s->previous - begin;
        if (same == 2)
            return i + 1;
    }
    return most;
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

/* What no schedule can undercut, in ticks: of each set of pipes that is asked for, the work that has no
 * other choice; and the slots. */
static uint32_t least_ticks(const struct schedule *s)
{
    uint32_t work[PIPE_MAX] = { 0 }, slots = 0, least;
    uint16_t set[PIPE_MAX];
    unsigned sets = 0;

    for (unsigned i = 0; i < s->n; i++) {
        struct uops u;

        gather(&u, timing_of(s, &s->in[i]), base_timing(s, &s->in[i]));
        slots += u.slots;
        for (unsigned j = 0; j < u.count; j++)
            sets = add_work(set, work, sets, &u.uop[j]);
    }
    least = max_u32((16 * slots + s->p->width - 1) / s->p->width,
                    (16 * s->n + s->p->decode - 1) / s->p->decode);
    for (unsigned i = 0; i < sets; i++) {
        uint32_t within = 0;

        for (unsigned j = 0; j < sets; j++)
            within += set[j] & ~set[i] ? 0 : work[j];
        least = max_u32(least, 16 * within / (unsigned)__builtin_popcount(set[i]));
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

        out[i].slack = (uint8_t)(slack < 255 ? slack : 255);
    }
}

/* Addresses that come from loads: registers that hold what was loaded, or was computed from it, in the
 * block or the one before. */
static void find_chains(const struct pipe_insn *in, unsigned n, struct pipe_result *out)
{
    bool loaded[PIPE_REG_COUNT] = { false };

    for (unsigned i = 0; i < 2 * n; i++) {
        const struct pipe_insn *k = &in[i % n];
        bool any = false, address = false;

        for (unsigned j = 0; j < k->source_count; j++) {
            any |= loaded[k->source[j].reg];
            address |= loaded[k->source[j].reg] && k->source[j].read == PIPE_READ_ADDRESS;
        }
        for (unsigned j = 0; j < k->dest_count; j++)
            loaded[k->dest[j].reg] = k->dest[j].base ? address : k->load || any;
        out[i % n].chained = (k->load || k->store) && address;
    }
}

static void schedule_chunk(const struct core_pipeline *p, const struct pipe_insn *in, unsigned n,
                           struct pipe_result *out)
{
    struct schedule s;

    memset(&s, 0, offsetof(struct schedule, placed));
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
    share_out(&s, run(&s), out);
    find_slack(&s, out);
    find_chains(in, n, out);
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
