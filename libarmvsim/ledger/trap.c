/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trap.c
 * Traps: exceptions to EL2 or EL3 from a lower EL, up to the ERET that leaves the handler. Each PE has a
 * stack of open ones, because traps nest: an SMC that EL2 makes while it handles a trap is a trap to EL3 of
 * its own. A handler that is left by another way (EL3 returns to a lower EL over EL2's head, a PE is reset)
 * ends as abandoned; what is open when the run ends, as unfinished. Callbacks see complete ones alone.
 *
 * Not traps: exceptions to EL1, and those that EL2 or EL3 take from themselves; they are counted.
 */
#include <string.h>

#include "core/symtab.h"
#include "ledger/internal.h"

/* Pseudo exception classes of avs_trap.ec, which names every trap. */
enum { EC_OF_IRQ = 0xff, EC_OF_FIQ = 0xfe, EC_OF_SERROR = 0xfd };

static struct frame *top(struct pe_track *t)
{
    return t->depth ? &t->frame[t->depth - 1] : NULL;
}

static uint8_t public_ec(const struct exc *e)
{
    static const uint8_t pseudo[] = { 0, EC_OF_IRQ, EC_OF_FIQ, EC_OF_SERROR };

    return e->type == EXC_SYNC ? e->ec : pseudo[e->type];
}

static void tell(const struct ledger *l, const struct pe *c, const struct frame *f, const struct span *s)
{
    const struct exc *e = &f->exc;
    int vmid = (int)context_vmid(f->context_key);
    const struct symbol *symbol = symtab_find(l->m->symbols, vmid, f->pc);
    const avs_trap trap = {
        .pe = c->index,
        .from_el = f->from_el,
        .to_el = f->to_el,
        .vmid = (unsigned)vmid,
        .pc = f->pc,
        .ec = public_ec(e),
        .iss = e->iss,
        .va = e->far_valid ? e->far : ~UINT64_C(0),
        .ipa = e->ipa_valid ? e->ipa : ~UINT64_C(0),
        .cause = cause_name(e),
        .reg = e->sysreg < SR_COUNT ? sysreg_name(e->sysreg) : NULL,
        .symbol = symbol ? symbol->name : NULL,
        .symbol_offset = symbol ? f->pc - symbol->addr : 0,
        .entry_insn = s->entry_insn,
        .exit_insn = s->entry_insn + s->insns,
        .entry_cycle = s->entry_cycle,
        .exit_cycle = s->entry_cycle + span_cycles(s),
    };

    l->trap_fn(l->trap_user, &trap);
}

/* The interval of a trap that ends now; the last phase began at return_cycle. */
static struct span span_of(const struct pe *c, const struct frame *f, uint64_t return_cycle)
{
    struct span s = f->span;

    s.insns = pe_insns(c) - s.entry_insn;
    s.handler = return_cycle - f->handler_cycle;
    s.ret = pe_cycles(c) - return_cycle;
    return s;
}

/* Takes the top frame off; what its handler touched counts for the handler that it interrupted, too. */
static void pop(struct ledger *l, struct pe_track *t, struct pe *c)
{
    const struct frame *f = top(t);

    t->depth--;
    if (l->sink) {
        phase_resume(t, c, pe_insns(c) - f->span.entry_insn);
        touched_clear(c);
    }
    if (!t->depth)
        return;
    top(t)->span.idle += f->span.idle;
    if (l->sink)
        touched_merge(&top(t)->touched, &f->touched);
}

static void close_top(struct ledger *l, struct pe_track *t, struct pe *c, uint64_t eret_pc,
                      uint64_t return_cycle)
{
    struct frame *f = top(t);
    struct span s = span_of(c, f, return_cycle);
    bool switches = context_key(c, c->el) != f->context_key;
    uint64_t world_switch = 0;

    f->eret_pc = eret_pc;
    if (l->sink && (switches || t->depth > 1)) /* Else nobody will ask. */
        touched_add(&f->touched, c);
    if (l->sink)
        phase_end(l, f, c, return_cycle, &s);
    if (switches)
        world_switch = switch_record(l, t, c, f, &s);
    if (l->sink)
        trap_row_write(l, c, f, &s, TRAP_COMPLETE, world_switch);
    if (l->trap_fn)
        tell(l, c, f, &s);
    pop(l, t, c);
}

/* Ends the trap at `i`, somewhere in the stack, without a return. */
static void end_early(struct ledger *l, struct pe_track *t, struct pe *c, unsigned i, int state)
{
    struct frame *f = &t->frame[i];
    const struct span s = span_of(c, f, pe_cycles(c));

    if (l->sink)
        trap_row_write(l, c, f, &s, state, 0);
    memmove(f, f + 1, (t->depth - i - 1) * sizeof(*f));
    t->depth--;
    if (l->sink && i == t->depth)
        phase_resume(t, c, s.insns);
    else if (l->sink)
        phase_moved(t, c);
}

/* While `el` executes, no handler above it in its own Security state can be open. */
static void drop_stale(struct ledger *l, struct pe_track *t, struct pe *c, unsigned el)
{
    bool secure = context_is_secure(c, el);

    for (unsigned i = t->depth; i-- > 0;) {
        const struct frame *f = &t->frame[i];

        if (f->to_el > el && (f->to_el == 3 || f->secure == secure))
            end_early(l, t, c, i, TRAP_ABANDONED);
    }
}

static void snapshot(struct frame *f, struct pe_track *t, struct pe *c)
{
    if (t->depth > 1)
        touched_add(&t->frame[t->depth - 2].touched, c);
    touched_clear(c);
    f->touched.any = false;
    memcpy(f->x, c->x, sizeof(f->x));
    memcpy(f->v, c->v, sizeof(f->v));
}

/* One of each group of `sample` traps, by a generator of the machine's seed (SplitMix64). */
static bool is_sampled(struct ledger *l)
{
    uint64_t z;

    if (likely(l->sample == 1))
        return true;
    if (l->sample_at == l->sample) {
        z = l->sample_rng += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        l->sample_pick = (z ^ z >> 31) % l->sample;
        l->sample_at = 0;
    }
    return l->sample_at++ == l->sample_pick;
}

static void open_trap(struct ledger *l, struct pe_track *t, struct pe *c, const struct exc *exc,
                      unsigned from_el, uint64_t from_pc, uint64_t start_cycles)
{
    struct frame *f, *parent;

    if (t->depth)
        drop_stale(l, t, c, from_el);
    if (t->depth == FRAMES)
        end_early(l, t, c, 0, TRAP_ABANDONED);
    parent = top(t);
    f = &t->frame[t->depth++];
    f->id = ++l->trap_count;
    f->parent = parent ? parent->id : 0;
    f->logged = parent ? parent->logged : is_sampled(l);
    f->exc = *exc;
    f->from_el = from_el;
    f->to_el = c->el;
    f->secure = context_is_secure(c, c->el);
    f->context_key = context_key(c, from_el);
    f->pc = from_pc;
    f->vector_pc = c->pc;
    f->handler_cycle = pe_cycles(c);
    f->span = (struct span){ .entry_insn = pe_insns(c), .entry_cycle = start_cycles };
    f->span.entry = f->handler_cycle - start_cycles;
    if (!l->sink)
        return;
    f->context = context_id(l, t, c, from_el);
    if (t->depth == 1) {
        aftermath_enter(l, t);
        needless_stay(l, t, c);
    }
    snapshot(f, t, c);
    phase_begin(l, t, c);
}

void trap_exception(void *user, struct pe *c, const struct exc *exc, unsigned from_el, uint64_t from_pc,
                    uint64_t start_cycles)
{
    struct ledger *l = user;
    struct pe_track *t = &l->track[c->index];

    if (l->sink)
        context_account(l, t, c, from_el, start_cycles);
    if (l->sink && exc->type != EXC_SYNC)
        virq_exception(l, t, c, exc, start_cycles);
    if (c->el >= 2 && from_el < c->el)
        open_trap(l, t, c, exc, from_el, from_pc, start_cycles);
    else
        l->exceptions[exc->type & 3][from_el & 3][c->el & 3][exc->ec & 63]++;
}

void trap_eret(void *user, struct pe *c, unsigned from_el, uint64_t from_pc, uint64_t start_cycles)
{
    struct ledger *l = user;
    struct pe_track *t = &l->track[c->index];
    const struct frame *f = top(t);

    if (l->sink)
        context_account(l, t, c, from_el, pe_cycles(c));
    if (c->el >= from_el || from_el < 2)
        return;
    if (f && f->to_el == from_el)
        close_top(l, t, c, from_pc, start_cycles);
    if (t->depth)
        drop_stale(l, t, c, c->el);
    if (c->el < 2 && unlikely(t->fresh_count))
        virq_landed(l, t, c);
}

void trap_idle(void *user, struct pe *c, uint64_t cycles)
{
    struct ledger *l = user;
    struct pe_track *t = &l->track[c->index];
    struct frame *f = top(t);

    context_idle(l, t, c, cycles);
    phase_wait(c);
    if (f && f->to_el == c->el)
        f->span.idle += cycles;
}

void trap_close_all(struct ledger *l)
{
    for (unsigned i = 0; i < l->track_count; i++) {
        struct pe_track *t = &l->track[i];
        struct pe *c = &l->m->pe[i];

        context_account(l, t, c, c->el, pe_cycles(c));
        while (t->depth)
            end_early(l, t, c, 0, TRAP_UNFINISHED);
        aftermath_settle(l, t);
    }
}
