/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virq.c
 * Lives of virtual interrupts: list register written, acknowledged by the guest, completed. A hypervisor
 * may write list registers before it has set VTTBR_EL2 to their guest, so whose they are is settled when a
 * guest starts to run. Saving and restoring list registers over a world switch does not begin a new life:
 * one life is a (context, vINTID) from its first write to its completion. A list register that is pending
 * while the interrupt is active is the next life's first write; that life begins when this one completes.
 * IHI 0069, chapter 6. Maintenance interrupts are not recorded.
 */
#include <string.h>

#include "gic/gic.h"
#include "ledger/internal.h"

static void write_life(struct ledger *l, unsigned pe, const struct virq_life *v, bool completed,
                       uint64_t eoi)
{
    struct row *r = row_add(l, TABLE_virq);

    r->v[0] = (int64_t)++l->virq_count;
    r->v[1] = pe;
    r->v[2] = v->context;
    r->v[3] = v->vintid;
    r->v[4] = v->pintid;
    r->v[5] = (int64_t)v->lr_cycle;
    r->v[6] = (int64_t)v->ack_cycle;
    r->v[7] = (int64_t)eoi;
    r->nulls = (v->pintid ? 0 : BIT(4)) | (v->acked ? 0 : BIT(6)) | (completed ? 0 : BIT(7)) | BIT(8) |
               BIT(9) | BIT(10);
}

static struct virq_life *life_find(struct ledger *l, int64_t context, uint32_t vintid)
{
    for (unsigned i = 0; i < l->life_count; i++)
        if (l->lives[i].vintid == vintid && l->lives[i].context == context)
            return &l->lives[i];
    return NULL;
}

/* Takes a life out; the order of the others stays. */
static void life_end(struct ledger *l, struct virq_life *v, unsigned pe, bool completed, uint64_t eoi)
{
    write_life(l, pe, v, completed, eoi);
    l->life_count--;
    memmove(v, v + 1, (size_t)(&l->lives[l->life_count] - v) * sizeof(*v));
}

/* An injection of what is active already waits for the end of that. */
static void life_again(struct virq_life *v, const struct lr_slot *s)
{
    if (v->again || !v->acked || !s->pending)
        return;
    v->again = true;
    v->again_pintid = s->pintid;
    v->again_cycle = s->cycle;
}

static void life_begin(struct ledger *l, unsigned pe, int64_t context, const struct lr_slot *s)
{
    struct virq_life *v = life_find(l, context, s->vintid);

    if (v) {
        life_again(v, s);
        return;
    }
    if (l->life_count == VIRQ_LIVES)
        life_end(l, &l->lives[0], pe, false, 0);
    l->lives[l->life_count++] = (struct virq_life){
        .context = context, .vintid = s->vintid, .pintid = s->pintid, .lr_cycle = s->cycle
    };
}

static void life_complete(struct ledger *l, struct virq_life *v, unsigned pe, uint64_t cycle)
{
    struct lr_slot again = { .vintid = v->vintid, .pintid = v->again_pintid, .cycle = v->again_cycle };
    int64_t context = v->context;
    bool lives_on = v->again;

    life_end(l, v, pe, true, cycle);
    if (lives_on)
        life_begin(l, pe, context, &again);
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

static void written(struct pe_track *t, unsigned lr, const struct pe *c, uint32_t vintid, uint32_t pintid)
{
    struct lr_slot *s = &t->lr[lr];

    t->fresh_count += !s->fresh;
    *s = (struct lr_slot){ .fresh = true,
                           .pending = bit(c->sr[SR_ICH_LR0_EL2 + lr], 62),
                           .vintid = vintid,
                           .pintid = pintid,
                           .cycle = pe_cycles(c) };
}

void virq_event(void *user, struct pe *c, unsigned event, uint32_t vintid, uint32_t pintid, unsigned lr)
{
    struct ledger *l = user;
    struct pe_track *t = &l->track[c->index];
    struct virq_life *v;

    if (event == VIRQ_LR_WRITTEN) {
        written(t, lr % LIST_REGISTERS, c, vintid, pintid);
        return;
    }
    if (event != VIRQ_ACKNOWLEDGED && event != VIRQ_COMPLETED)
        return;
    v = life_find(l, context_id(l, t, c, c->el), vintid);
    if (!v)
        return;
    if (event == VIRQ_COMPLETED) {
        life_complete(l, v, c->index, pe_cycles(c));
    } else if (!v->acked) {
        v->acked = true;
        v->ack_cycle = pe_cycles(c);
    }
}

void virq_close_all(struct ledger *l)
{
    while (l->life_count)
        life_end(l, &l->lives[0], 0, false, 0);
}
