/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pipe_chain.c
 * Which loads and stores of a block have addresses that come from loads, and from which: a miss of one then
 * cannot overlap with a miss of the other, and the arithmetic between the two comes on top. Of several
 * loads that an address comes from the youngest counts, which most often is the last to be there.
 */
#include "timing/pipeline.h"

enum { DELAY_MAX = INT8_MAX };

/* A register's value as it comes from a load. */
struct origin {
    unsigned place; /* The load's, in two iterations, + 1; 0: from none. */
    int ready;      /* Cycles from when the load's data is there. */
    uint8_t insn_class;
    bool base; /* Written back: there for all readers at the same time. */
};

/* When a reader of that kind can have the value. */
static int ready_for(const struct core_pipeline *p, const struct origin *o, unsigned read)
{
    const struct pipe_timing *t = &p->insn[o->insn_class];
    int forwarded = t->latency ? t->latency - 1 : 0;

    if (o->base)
        return o->ready;
    return o->ready - (t->advance[read] < forwarded ? t->advance[read] : forwarded);
}

/* The younger of two origins, the later value of the same. */
static struct origin younger(struct origin a, struct origin b)
{
    if (a.place != b.place)
        return a.place > b.place ? a : b;
    return a.ready > b.ready ? a : b;
}

/* Where an instruction's operands come from, or those of them alone that make its address. */
static struct origin origin_of(const struct core_pipeline *p, const struct pipe_insn *k,
                               const struct origin *reg, bool address)
{
    struct origin all = { 0 };

    for (unsigned j = 0; j < k->source_count; j++) {
        struct origin o = reg[k->source[j].reg];

        if (!o.place || (address && k->source[j].read != PIPE_READ_ADDRESS))
            continue;
        o.ready = ready_for(p, &o, k->source[j].read);
        all = younger(all, o);
    }
    return all;
}

static void write_origins(const struct core_pipeline *p, const struct pipe_insn *k, unsigned place,
                          struct origin *reg)
{
    const struct origin address = origin_of(p, k, reg, true), any = origin_of(p, k, reg, false);

    for (unsigned j = 0; j < k->dest_count; j++) {
        bool base = k->dest[j].base;
        unsigned class = !base ? k->insn_class : k->load ? INSN_LOAD_BASE : INSN_STORE_BASE;
        struct origin o = base ? address : any;

        if (k->load && !base)
            o = (struct origin){ .place = place + 1 };
        else
            o.ready += p->insn[class].latency;
        o.insn_class = (uint8_t) class;
        o.base = base;
        reg[k->dest[j].reg] = o;
    }
}

static void note_producer(struct pipe_note *note, const struct origin *o, unsigned place, unsigned n)
{
    note->back = 0;
    if (!o->place)
        return;
    note->back = (uint8_t)(place - (o->place - 1));
    note->producer = (int8_t)((int)((o->place - 1) % n) - (int)(place % n));
    note->delay = (int8_t)(o->ready < DELAY_MAX ? o->ready : DELAY_MAX);
}

static bool is_recurrent(const struct pipe_result *out, unsigned n, unsigned i)
{
    unsigned at = i;

    for (unsigned steps = 0; steps < n && out[at].note.back; steps++) {
        at = (unsigned)((int)at + out[at].note.producer);
        if (at == i)
            return true;
    }
    return false;
}

void pipe_find_chains(const struct core_pipeline *p, const struct pipe_insn *in, unsigned n,
                      struct pipe_result *out)
{
    struct origin reg[PIPE_REG_COUNT] = { 0 };

    for (unsigned place = 0; place < 2 * n; place++) {
        const struct pipe_insn *k = &in[place % n];
        const struct origin o = k->load || k->store ? origin_of(p, k, reg, true) : (struct origin){ 0 };

        note_producer(&out[place % n].note, &o, place, n);
        write_origins(p, k, place, reg);
    }
    for (unsigned i = 0; i < n; i++)
        out[i].note.recurrent = is_recurrent(out, n, i);
}
