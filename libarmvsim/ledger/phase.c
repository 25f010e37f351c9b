/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file phase.c
 * The save and the restore phase of a handler, parts of its cycles.
 *
 * A save is the first store of an Xn or Qn that still has the value that it had when the handler was
 * entered, or the first read of a system register of the interrupted context that the handler has not
 * written. The save phase lasts from the handler's first instruction to the last save of its prologue,
 * which ends where more than TRACK_GAP instructions pass without a save. The engine finds it as it goes
 * (core/track.c).
 *
 * A restore is the last load of an Xn or Qn before the ERET, or the last write of a system register of a
 * context. The restore phase lasts from the first restore of the last run, in which no more than TRACK_GAP
 * instructions pass without one, to the ERET. It is found at the ERET, going back through the latest loads.
 *
 * What is stored or loaded on the way of a system register is no save or restore of its own, but stands in
 * the gap. Instructions of nested traps belong to no gap; their cycles belong to the phase that they
 * interrupt. A handler that does both at once has its restore phase after its save phase.
 */
#include <string.h>

#include "ledger/internal.h"

/* Columns of sysreg.def. */
enum { ACCESS_NA = 0, ACCESS_RO = 1, ACCESS_WO = 2, ACCESS_RW = 3, ACCESS_RH = 5 };

static const struct {
    uint8_t el1, el2, class;
} regs[SR_COUNT] = {
#define SYSREG(name, op0, op1, crn, crm, op2, e0, e1, e2, e3, cls, ...)                                    \
    [SR_##name] = { .el1 = ACCESS_##e1, .el2 = ACCESS_##e2, .class = SRC_##cls },
#include "arch/sysreg.def"
#undef SYSREG
};

/* What EL2 has for itself, whichever context it serves, and what an exception to it writes. */
static const uint16_t own_of_el2[] = {
    SR_SP_EL2,        SR_SCTLR_EL2,      SR_ACTLR_EL2,      SR_TTBR0_EL2,      SR_TTBR1_EL2,
    SR_TCR_EL2,       SR_MAIR_EL2,       SR_AMAIR_EL2,      SR_VBAR_EL2,       SR_TPIDR_EL2,
    SR_ESR_EL2,       SR_FAR_EL2,        SR_HPFAR_EL2,      SR_AFSR0_EL2,      SR_AFSR1_EL2,
    SR_RMR_EL2,       SR_CONTEXTIDR_EL2, SR_CNTHP_CTL_EL2,  SR_CNTHP_CVAL_EL2, SR_CNTHP_TVAL_EL2,
    SR_CNTHV_CTL_EL2, SR_CNTHV_CVAL_EL2, SR_CNTHV_TVAL_EL2,
};
/* What EL3 has of the world below. */
static const uint16_t kept_by_el3[] = { SR_ELR_EL3, SR_SPSR_EL3, SR_SCR_EL3, SR_CPTR_EL3, SR_MDCR_EL3 };

static bool is_contexts(unsigned id, unsigned el)
{
    if (regs[id].class == SRC_gic_cpu)
        return false;
    return regs[id].el1 == ACCESS_RW || regs[id].el2 == ACCESS_RW || (el == 3 && id == SR_SP_EL2);
}

void phase_init(struct ledger *l)
{
    for (unsigned i = 0; i < SR_COUNT; i++)
        for (unsigned el = 2; el <= 3; el++)
            if (bit(l->state_mask[i / 64], i % 64) && is_contexts(i, el))
                l->context_mask[el - 2][i / 64] |= BIT(i % 64);
    for (unsigned i = 0; i < G_N_ELEMENTS(own_of_el2); i++)
        l->context_mask[0][own_of_el2[i] / 64] &= ~BIT(own_of_el2[i] % 64);
    for (unsigned i = 0; i < G_N_ELEMENTS(kept_by_el3); i++)
        l->context_mask[1][kept_by_el3[i] / 64] |= BIT(kept_by_el3[i] % 64);
}

/* What the engine writes is about this frame from now on. */
static void watch(struct pe *c, struct frame *f)
{
    c->track.x = f->x;
    c->track.v = f->v;
    c->track.values = &f->values;
}

void phase_off(struct pe *c)
{
    c->track.held = 0;
    memset(c->track.held_sr, 0, sizeof(c->track.held_sr));
    c->track.values = NULL;
    c->track.saving = false;
}

void phase_begin(const struct ledger *l, struct pe_track *t, struct pe *c)
{
    struct frame *f = &t->frame[t->depth - 1];
    struct reg_track *k = &c->track;

    if (t->depth > 1)
        f[-1].parked = *k;
    memset(f->values.known, 0, sizeof(f->values.known));
    k->held = MASK(30, 0) | MASK(63, TRACK_Q);
    memcpy(k->held_sr, l->context_mask[f->to_el - 2], sizeof(k->held_sr));
    k->saving = true;
    k->save_insn = (uint32_t)pe_insns(c);
    k->save_tick = c->tick_base + acc_ticks(c->acc);
    k->first = k->count;
    watch(c, f);
}

void phase_resume(struct pe_track *t, struct pe *c, uint64_t nested_insns)
{
    struct reg_track *k = &c->track;
    struct frame *f;

    if (!t->depth) {
        phase_off(c);
        return;
    }
    f = &t->frame[t->depth - 1];
    *k = f->parked;
    k->save_insn += (uint32_t)nested_insns;
    for (unsigned i = 0; i < TRACK_LOADS; i++)
        k->load[i].insn += (uint32_t)nested_insns;
    watch(c, f);
}

void phase_moved(struct pe_track *t, struct pe *c)
{
    if (t->depth)
        watch(c, &t->frame[t->depth - 1]);
}

void phase_wait(struct pe *c)
{
    c->track.first = c->track.count;
}

/* Registers that were seen, going back from the ERET. */
struct seen {
    uint64_t xq, sr[SR_WORDS];
};

/* Whether an entry has a register that is seen for the first time: its last load, or the last write of a
 * system register of a context. */
static inline bool is_last(const uint64_t *mask, struct seen *s, uint64_t set)
{
    const unsigned sr = (unsigned)(set & ~BIT(TRACK_X31));
    uint64_t fresh;

    if (likely(!bit(set, TRACK_X31))) {
        fresh = set & ~s->xq;
        s->xq |= set;
        return fresh;
    }
    fresh = BIT(sr % 64) & mask[sr / 64] & ~s->sr[sr / 64];
    s->sr[sr / 64] |= fresh;
    return fresh;
}

/* The tick, modulo 2^32, at which the last run of restores begins; false when there is none. */
static bool restore_begins(const struct ledger *l, const struct frame *f, const struct pe *c,
                           uint32_t *tick)
{
    const struct reg_track *k = &c->track;
    const uint64_t *mask = l->context_mask[f->to_el - 2];
    struct seen seen = { 0 };
    uint32_t later = (uint32_t)pe_insns(c) - 1, oldest = k->count - k->first;
    const struct track_load *first = NULL;

    if (oldest > TRACK_LOADS)
        oldest = TRACK_LOADS;
    for (uint32_t back = 1; back <= oldest; back++) {
        const struct track_load *e = &k->load[(k->count - back) % TRACK_LOADS];

        if (track_distance(e->insn, later) > TRACK_GAP + 1)
            break;
        if (!is_last(mask, &seen, e->regs))
            continue;
        first = e;
        later = e->insn;
    }
    if (first)
        *tick = first->tick;
    return first;
}

void phase_end(const struct ledger *l, const struct frame *f, const struct pe *c, uint64_t return_cycle,
               struct span *s)
{
    const uint32_t cycle_mask = UINT32_MAX >> TICK_SHIFT;
    uint32_t tick;

    s->save = (c->track.save_tick >> TICK_SHIFT) - f->handler_cycle;
    s->save = s->save < s->handler ? s->save : s->handler;
    if (restore_begins(l, f, c, &tick))
        s->restore = ((uint32_t)return_cycle - (tick >> TICK_SHIFT)) & cycle_mask;
    if (s->restore > s->handler - s->save)
        s->restore = s->handler - s->save;
}
