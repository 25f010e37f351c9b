/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file switch.c
 * World switches: a trap that left context A and whose ERET enters another context B on the same PE.
 */
#include "ledger/internal.h"

static void tell(const struct ledger *l, const struct pe *c, const struct frame *f, const struct span *s)
{
    const avs_switch sw = {
        .pe = c->index,
        .from_vmid = context_vmid(f->context_key),
        .to_vmid = context_vmid(context_key(c, c->el)),
        .entry_insn = s->entry_insn,
        .exit_insn = s->entry_insn + s->insns,
        .entry_cycle = s->entry_cycle,
        .exit_cycle = s->entry_cycle + span_cycles(s),
    };

    if (l->switch_fn)
        l->switch_fn(l->switch_user, &sw);
}

static uint32_t class_find(struct ledger *l, int64_t from, int64_t to, int64_t set)
{
    struct dict *d = &l->switch_classes.dict;
    const uint64_t key[3] = { (uint64_t)from, (uint64_t)to, (uint64_t)set };
    bool fresh;
    uint32_t entry = dict_find(d, key, &fresh);

    if (entry == DICT_FULL) {
        totals_flush(l);
        dict_clear(d);
        entry = dict_find(d, key, &fresh);
    }
    if (fresh)
        ROW(l, TABLE_switch_class, dict_id(d, entry), from, to, set);
    return entry;
}

static void write_switch(struct ledger *l, struct pe_track *t, struct pe *c, const struct frame *f,
                         const struct span *s)
{
    uint32_t set = state_find(l, c, f, s->handler - s->idle);
    int64_t to = context_id(l, t, c, c->el);
    uint32_t class = class_find(l, f->context, to, dict_id(&l->state_sets, set));

    if (f->logged)
        ROW(l, TABLE_world_switch, (int64_t)l->switch_count, c->index, (int64_t)f->id,
            dict_id(&l->switch_classes.dict, class), (int64_t)s->entry_insn, (int64_t)s->entry_cycle,
            (int64_t)s->insns, (int64_t)s->entry, (int64_t)s->handler, (int64_t)s->ret, (int64_t)s->idle,
            (int64_t)s->save, (int64_t)s->restore);
    agg_dict_add(l, &l->switch_classes, class, s);
    needless_enter(l, t, c);
}

uint64_t switch_record(struct ledger *l, struct pe_track *t, struct pe *c, const struct frame *f,
                       const struct span *s)
{
    l->switch_count++;
    if (l->sink)
        write_switch(l, t, c, f, s);
    tell(l, c, f, s);
    return l->switch_count;
}
