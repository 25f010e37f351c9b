/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file track.c
 * Saves of the interrupted context's registers by a handler (track.h). Each register comes here once a
 * trap.
 */
#include "core/track.h"

#include "core/pe.h"

/* Takes an access that saves, and is complete at `acc`, into the prologue; false when that is over: more
 * than TRACK_GAP instructions passed without a save, the one at hand not among them. */
static inline bool in_prologue(struct pe *c, uint64_t acc)
{
    struct reg_track *t = &c->track;
    uint32_t now = (uint32_t)(c->insn_base + acc_insns(acc));

    if (likely(track_distance(t->save_insn, now) <= TRACK_GAP + 1))
        return true;
    t->saving = false;
    t->held = 0;
    return false;
}

static inline void saved(struct pe *c, uint64_t acc)
{
    c->track.save_insn = (uint32_t)(c->insn_base + acc_insns(acc));
    c->track.save_tick = c->tick_base + acc_ticks(acc);
}

static inline bool is_unchanged(const struct pe *c, unsigned i)
{
    const struct reg_track *t = &c->track;

    if (i < TRACK_Q)
        return c->x[i] == t->x[i];
    i -= TRACK_Q;
    return c->v[i].d[0] == t->v[i].d[0] && c->v[i].d[1] == t->v[i].d[1];
}

void track_save(struct pe *c, uint64_t acc, uint64_t regs)
{
    uint64_t first = c->track.held & regs;

    c->track.held &= ~regs;
    if (!in_prologue(c, acc))
        return;
    for (; first; first &= first - 1) {
        if (is_unchanged(c, (unsigned)__builtin_ctzll(first))) {
            saved(c, acc);
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
    if (c->track.saving && in_prologue(c, acc))
        saved(c, acc);
}
