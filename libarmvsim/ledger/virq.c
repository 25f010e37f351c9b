/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virq.c
 * Lives of virtual interrupts: a physical interrupt is signalled, a list register written, the exception
 * taken and acknowledged by the guest, the interrupt completed, a maintenance interrupt taken for that. A
 * hypervisor may write list registers before it has set VTTBR_EL2 to their guest, so whose they are is
 * settled when a guest starts to run. Saving and restoring list registers over a world switch does not
 * begin a new life: one life is a (context, vINTID) from its first write to its completion. A list register
 * that is pending while the interrupt is active is the next life's first write; that life begins when this
 * one completes. IHI 0069, chapter 6.
 *
 * Which physical interrupt stands behind a list register is what its pINTID says (HW = 1); without one,
 * that which the handler was entered for that writes it. Virtual LPIs that the guest's writes cause have
 * none. Times of a signal are the machine's (core/event.h), others the PE's, which differ by no more than a
 * quantum.
 */
#include <string.h>

#include "core/path.h"
#include "gic/gic.h"
#include "ledger/internal.h"

enum {
#define STAGE(name, from, to, text) STAGE_##name,
#include "ledger/virq_stage.def"
#undef STAGE
    STAGE_COUNT
};

static const char *const stage_names[STAGE_COUNT][2] = {
#define STAGE(name, from, to, text) { #name, text },
#include "ledger/virq_stage.def"
#undef STAGE
};

void virq_write_static(struct ledger *l)
{
    for (unsigned i = 0; i < STAGE_COUNT; i++)
        ROW(l, TABLE_virq_stage, i, row_text(stage_names[i][0]), row_text(stage_names[i][1]));
}

static void stage_add(struct ledger *l, const struct virq_life *v, unsigned stage, uint64_t from,
                      uint64_t to)
{
    const uint64_t key[2] = { (uint64_t)v->context, (uint64_t)v->vintid << 8 | stage };
    const struct span s = { .handler = to - from };
    bool fresh;
    uint32_t entry;

    if (!from || to < from)
        return;
    entry = dict_find(&l->virq_stages.dict, key, &fresh);
    if (entry == DICT_FULL) {
        virq_flush(l);
        dict_clear(&l->virq_stages.dict);
        entry = dict_find(&l->virq_stages.dict, key, &fresh);
    }
    agg_dict_add(l, &l->virq_stages, entry, &s);
}

static void add_stages(struct ledger *l, const struct virq_life *v)
{
    const uint64_t phys = v->phys_cycle, lr = v->lr_cycle, taken = v->taken_cycle, ack = v->ack_cycle,
                   eoi = v->eoi_cycle, maint = v->maint_cycle, first = phys ? phys : lr;

#define STAGE(name, from, to, text) stage_add(l, v, STAGE_##name, from, to);
#include "ledger/virq_stage.def"
#undef STAGE
}

static void write_totals(struct ledger *l, const uint64_t *key, const struct agg *a)
{
    const int64_t context = (int64_t)key[0], vintid = (int64_t)(key[1] >> 8), stage = key[1] & 0xff;

    ROW(l, TABLE_virq_agg, context, vintid, stage, (int64_t)a->count, (int64_t)a->handler, (int64_t)a->min,
        (int64_t)a->max);
    for (unsigned o = 0; o < HIST_OCTAVES; o++) {
        for (unsigned b = 0; a->octave[o] && b < HIST_BUCKETS; b++)
            if (a->octave[o]->bucket[b].count)
                ROW(l, TABLE_virq_hist, context, vintid, stage, (int64_t)a->octave[o]->bucket[b].lo,
                    (int64_t)a->octave[o]->bucket[b].hi, (int64_t)a->octave[o]->bucket[b].count);
    }
}

void virq_flush(struct ledger *l)
{
    struct agg_dict *d = &l->virq_stages;

    for (uint32_t i = 0; i < d->capacity && i < d->dict.count; i++) {
        if (!d->agg[i].count)
            continue;
        write_totals(l, dict_key(&d->dict, i), &d->agg[i]);
        agg_reset(&d->agg[i]);
    }
}

static void write_life(struct ledger *l, unsigned pe, const struct virq_life *v)
{
    struct row *r = row_add(l, TABLE_virq);

    r->v[0] = (int64_t)++l->virq_count;
    r->v[1] = pe;
    r->v[2] = v->context;
    r->v[3] = v->vintid;
    r->v[4] = v->pintid;
    r->v[5] = (int64_t)v->lr_cycle;
    r->v[6] = (int64_t)v->ack_cycle;
    r->v[7] = (int64_t)v->eoi_cycle;
    r->v[8] = (int64_t)v->phys_cycle;
    r->v[9] = (int64_t)v->taken_cycle;
    r->v[10] = (int64_t)v->maint_cycle;
    r->nulls = (v->pintid ? 0 : BIT(4)) | (v->acked ? 0 : BIT(6)) | (v->completed ? 0 : BIT(7)) |
               (v->phys_cycle ? 0 : BIT(8)) | (v->taken_cycle ? 0 : BIT(9)) |
               (v->maint_cycle ? 0 : BIT(10));
    add_stages(l, v);
}

static void write_done(struct ledger *l, unsigned pe)
{
    struct virq_track *q = &l->track[pe].virq;

    if (q->has_done)
        write_life(l, pe, &q->done);
    q->has_done = q->maintenance = false;
}

static struct virq_life *life_find(struct ledger *l, int64_t context, uint32_t vintid)
{
    for (unsigned i = 0; i < l->life_count; i++)
        if (l->lives[i].vintid == vintid && l->lives[i].context == context)
            return &l->lives[i];
    return NULL;
}

/* Takes a life out; the order of the others stays. */
static void life_take(struct ledger *l, struct virq_life *v)
{
    l->life_count--;
    memmove(v, v + 1, (size_t)(&l->lives[l->life_count] - v) * sizeof(*v));
}

/* Writes the oldest life as it is. */
static void life_drop(struct ledger *l, unsigned pe)
{
    write_life(l, pe, &l->lives[0]);
    life_take(l, &l->lives[0]);
}

/* An injection of what is active already waits for the end of that. */
static void life_again(struct virq_life *v, const struct lr_slot *s)
{
    if (v->again || !v->acked || !s->pending)
        return;
    v->again = true;
    v->next = *s;
}

static void life_begin(struct ledger *l, unsigned pe, int64_t context, const struct lr_slot *s)
{
    struct virq_life *v = life_find(l, context, s->vintid);

    if (v) {
        life_again(v, s);
        return;
    }
    if (l->life_count == VIRQ_LIVES)
        life_drop(l, pe);
    l->lives[l->life_count++] = (struct virq_life){ .context = context,
                                                    .vintid = s->vintid,
                                                    .pintid = s->pintid,
                                                    .lr_cycle = s->cycle,
                                                    .phys_cycle = s->phys_cycle };
}

/* The row waits for the maintenance interrupt, which comes at once or not at all. */
static void life_complete(struct ledger *l, struct virq_life *v, unsigned pe, uint64_t cycle)
{
    struct virq_track *q = &l->track[pe].virq;

    write_done(l, pe);
    q->done = *v;
    q->done.completed = true;
    q->done.eoi_cycle = cycle;
    q->has_done = true;
    life_take(l, v);
    if (q->done.again)
        life_begin(l, pe, q->done.context, &q->done.next);
}

void virq_landed(struct ledger *l, struct pe_track *t, const struct pe *c)
{
    int64_t context = context_id(l, t, c, c->el);

    for (unsigned i = 0; i < LIST_REGISTERS; i++) {
        if (t->lr[i].fresh)
            life_begin(l, c->index, context, &t->lr[i]);
        t->lr[i].fresh = false;
    }
    t->fresh_count = 0;
}

static void signalled(struct virq_track *q, uint32_t pintid, uint64_t cycle)
{
    q->signal[q->next_signal].pintid = pintid;
    q->signal[q->next_signal].cycle = cycle;
    q->next_signal = (q->next_signal + 1) % VIRQ_SIGNALS;
}

/* The last signal of this interrupt, or of any when pintid is 0, up to `cycle`: its index, -1 for none. */
static int signal_find(const struct virq_track *q, uint32_t pintid, uint64_t cycle)
{
    for (unsigned n = 1; n <= VIRQ_SIGNALS; n++) {
        unsigned i = (q->next_signal + VIRQ_SIGNALS - n) % VIRQ_SIGNALS;

        if (q->signal[i].cycle && q->signal[i].cycle <= cycle && (!pintid || q->signal[i].pintid == pintid))
            return (int)i;
    }
    return -1;
}

/* Each signal is one interrupt's. */
static uint64_t signal_use(struct virq_track *q, uint32_t pintid, uint64_t now)
{
    int i = pintid ? signal_find(q, pintid, now) : -1;
    uint64_t cycle = i < 0 ? 0 : q->signal[i].cycle;

    if (i >= 0)
        q->signal[i].cycle = 0;
    return cycle;
}

void virq_exception(struct ledger *l, struct pe_track *t, const struct pe *c, const struct exc *exc,
                    uint64_t cycle)
{
    struct virq_track *q = &t->virq;
    int i;

    if (exc->virt) {
        q->taken_cycle = cycle;
        return;
    }
    if (c->el < 2)
        return;
    i = signal_find(q, 0, cycle);
    q->trap_signal = i < 0 ? 0 : q->signal[i].cycle;
    if (!q->maintenance)
        return;
    q->done.maint_cycle = cycle;
    write_done(l, c->index);
}

static void written(struct pe_track *t, unsigned lr, const struct pe *c, uint32_t vintid, uint32_t pintid)
{
    struct lr_slot *s = &t->lr[lr];
    const struct frame *f = t->depth ? &t->frame[t->depth - 1] : NULL;
    uint64_t phys = signal_use(&t->virq, pintid, pe_cycles(c));

    if (!pintid && f && f->exc.type != EXC_SYNC && f->to_el == c->el)
        phys = t->virq.trap_signal;
    t->fresh_count += !s->fresh;
    *s = (struct lr_slot){ .fresh = true,
                           .pending = bit(c->sr[SR_ICH_LR0_EL2 + lr], 62),
                           .vintid = vintid,
                           .pintid = pintid,
                           .cycle = pe_cycles(c),
                           .phys_cycle = phys };
}

static void acknowledged(struct pe_track *t, struct virq_life *v, uint64_t cycle)
{
    if (v->acked)
        return;
    v->acked = true;
    v->ack_cycle = cycle;
    if (t->virq.taken_cycle >= v->lr_cycle)
        v->taken_cycle = t->virq.taken_cycle;
    t->virq.taken_cycle = 0;
}

void virq_event(void *user, struct pe *c, unsigned event, uint32_t vintid, uint32_t pintid, unsigned lr)
{
    struct ledger *l = user;
    struct pe_track *t = &l->track[c->index];
    struct virq_life *v;

    switch (event) {
    case VIRQ_LR_WRITTEN:
        written(t, lr % LIST_REGISTERS, c, vintid, pintid);
        return;
    case VIRQ_SIGNALLED:
        signalled(&t->virq, pintid, path_own_now(c));
        return;
    case VIRQ_MAINTENANCE: /* In the write that completes, or it is for something else. */
        t->virq.maintenance = t->virq.has_done && t->virq.done.eoi_cycle == pe_cycles(c);
        return;
    default:
        v = life_find(l, context_id(l, t, c, c->el), vintid);
        break;
    }
    if (!v)
        return;
    if (event == VIRQ_COMPLETED)
        life_complete(l, v, c->index, pe_cycles(c));
    else
        acknowledged(t, v, pe_cycles(c));
}

void virq_close_all(struct ledger *l)
{
    for (unsigned i = 0; i < l->track_count; i++)
        write_done(l, i);
    while (l->life_count)
        life_drop(l, 0);
}
