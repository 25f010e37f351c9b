/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file track.c
 * Saves of the interrupted context's registers by a handler (track.h). Each register comes here once a
 * trap.
 */
#include "core/track.h"

#include "core/pe.h"

/* Takes an access that saves, and after which `now` instructions have retired, into the prologue; false
 * when that is over: more than TRACK_GAP instructions passed without a save, the one at hand not among
 * them. */
static inline bool in_prologue(struct reg_track *t, uint32_t now)
{
    if (likely(track_distance(t->save_insn, now) <= TRACK_GAP + 1))
        return true;
    t->saving = false;
    t->held = 0;
    return false;
}

static inline uint32_t insn_at(const struct pe *c, uint64_t acc)
{
    return (uint32_t)c->insn_base + (uint32_t)acc_insns(acc);
}

static inline void saved(struct pe *c, uint64_t acc, uint32_t now)
{
    c->track.save_insn = now;
    c->track.save_tick = c->tick_base + acc_ticks(acc);
}

void track_save(struct pe *c, uint64_t acc, uint32_t x)
{
    struct reg_track *t = &c->track;
    const uint32_t now = insn_at(c, acc);
    uint32_t first = (uint32_t)t->held & x;

    t->held &= ~(uint64_t)x;
    if (!in_prologue(t, now))
        return;
    for (; first; first &= first - 1) {
        unsigned i = (unsigned)__builtin_ctz(first);

        if (likely(c->x[i] == t->x[i])) {
            saved(c, acc, now);
            return;
        }
    }
}

void track_save_fp(struct pe *c, uint64_t acc, uint32_t q)
{
    struct reg_track *t = &c->track;
    const uint32_t now = insn_at(c, acc);
    uint32_t first = (uint32_t)(t->held >> TRACK_Q) & q;

    t->held &= ~((uint64_t)q << TRACK_Q);
    if (!in_prologue(t, now))
        return;
    for (; first; first &= first - 1) {
        unsigned i = (unsigned)__builtin_ctz(first);

        if (c->v[i].d[0] == t->v[i].d[0] && c->v[i].d[1] == t->v[i].d[1]) {
            saved(c, acc, now);
            return;
        }
    }
}

void track_save_sr(struct pe *c, uint64_t acc, unsigned id)
{
    struct track_values *v = c->track.values;

    c->track.held_sr[id / 64] &= ~BIT(id % 64);
    if (v) {
        v->known[id / 64] |= BIT(id % 64);
        v->sr[id] = id == SR_SP_EL0 ? c->sp_el[0] : id == SR_SP_EL1 ? c->sp_el[1] : c->sr[id];
    }
    if (c->track.saving && in_prologue(&c->track, insn_at(c, acc)))
        saved(c, acc, insn_at(c, acc));
}
