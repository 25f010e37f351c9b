/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file block.c
 * Decoded pages. Blocks are decoded when they are first entered: from the slot to the instruction that ends
 * the block, the page's end, or an op that is decoded already, whose block this one then runs into. Two
 * facts hold at all times and everything else follows from them:
 *
 *   - after a decoded op that does not end its block comes a decoded op, or the page's end
 *   - an op's suffix is its own cost plus that of the next, or its own alone when it ends the block
 *
 * So an op whose suffix counts one instruction is the last of its block.
 */
#include <stdlib.h>

#include "a64/insn.h"
#include "core/bits.h"
#include "core/machine.h"

struct code_page *a64_page_new(const uint8_t *host)
{
    struct code_page *p = calloc(1, sizeof(*p));

    AVS_CHECK(p);
    p->host = host;
    return p;
}

struct op *a64_page_ops(struct avs_machine *m, struct code_page *p, unsigned set)
{
    struct op_page *o;

    if (p->ops[set])
        return p->ops[set];
    o = aligned_alloc(64, sizeof(*o));
    AVS_CHECK(o);
    *o = (struct op_page){ .page = p, .dispatch = m->dispatcher, .set = set };
    for (unsigned i = 0; i < OPS_PER_PAGE; i++)
        o->ops[i].fn = m->dispatcher->decode;
    o->ops[OPS_PER_PAGE].fn = m->dispatcher->page_end;
    p->ops[set] = o->ops;
    return o->ops;
}

void a64_page_free(struct code_page *p)
{
    if (!p)
        return;
    for (unsigned set = 0; set < CODE_SET_COUNT; set++) {
        if (!p->ops[set])
            continue;
        free(op_page_of(p->ops[set])->first_fn);
        free(op_page_of(p->ops[set]));
    }
    free(p);
}

bool a64_page_has(const struct code_page *p, const struct op *ops)
{
    for (unsigned set = 0; set < CODE_SET_COUNT; set++)
        if (ops && p->ops[set] == ops)
            return true;
    return false;
}

bool a64_ops_guarded(struct op *ops)
{
    return op_page_of(ops)->set & CODE_SET_GUARDED;
}

static bool is_decoded(const struct op *op)
{
    return op->suffix != 0;
}

static bool ends_block(const struct op *op)
{
    return op->suffix >> 32 == 1;
}

static void forget(struct op_page *o, struct op *op)
{
    op->fn = o->dispatch->decode;
    op->suffix = 0;
}

static bool invalidate_set(struct op_page *o, unsigned first, unsigned last)
{
    bool any = false;

    for (unsigned i = first; i <= last; i++) {
        any |= is_decoded(&o->ops[i]);
        forget(o, &o->ops[i]);
    }
    /* What runs into the first word counts it in its suffix. */
    for (unsigned i = first; any && i-- > 0 && is_decoded(&o->ops[i]) && !ends_block(&o->ops[i]);)
        forget(o, &o->ops[i]);
    return any;
}

bool a64_page_invalidate(struct code_page *p, unsigned first_slot, unsigned last_slot)
{
    bool any = false;

    for (unsigned set = 0; set < CODE_SET_COUNT; set++)
        if (p->ops[set])
            any |= invalidate_set(op_page_of(p->ops[set]), first_slot, last_slot);
    return any;
}

/* What an instruction of a feature that the core lacks is: a hint is a NOP (C6.2 HINT), others are none. */
static unsigned without_feature(uint32_t insn)
{
    return (insn & 0xfffff01f) == 0xd503201f ? A64_HINT : A64_UNALLOCATED;
}

/* The instruction that a word is on this core: what it lacks, and what is CONSTRAINED UNPREDICTABLE and
 * ours to refuse (then *refused is why, else negative), is unallocated. */
static unsigned id_for(const struct pe *c, uint32_t insn, int *refused)
{
    unsigned id = a64_decode(insn);
    const struct a64_info *info = a64_info(id);

    *refused = -1;
    if (!a64_has_feature(c, info->feature))
        return without_feature(insn);
    if (info->constrained)
        *refused = a64_constrained_undef(info, insn);
    return *refused < 0 ? id : A64_UNALLOCATED;
}

static unsigned decode_for(const struct pe *c, uint32_t insn)
{
    int refused;
    unsigned id = id_for(c, insn, &refused);

    if (refused >= 0)
        avs_log(c->m, LOG_GUEST, "%s (0x%08x) is CONSTRAINED UNPREDICTABLE, here UNDEFINED: %s",
                a64_info(a64_decode(insn))->name, insn, a64_constrained_text((unsigned)refused));
    return id;
}

/* PSTATE.BTYPE after an indirect branch (BTypeNext of BR, BLR and their kin, C6.2): 0b10 after a call;
 * after a jump 0b11, but 0b01 by X16 or X17, which veneers use, and from a page that is not guarded. */
static unsigned btype_next(uint32_t insn, bool guarded)
{
    unsigned n = (unsigned)bits(insn, 9, 5);

    if (bit(insn, 21))
        return 2;
    return guarded && n != 16 && n != 17 ? 3 : 1;
}

/* Whether the op needs its twin: a branch out of the page or, with FEAT_BTI, to a register; an access with
 * base SP. */
static bool wants_alt(const struct pe *c, const struct a64_info *info, const struct op *op, unsigned slot)
{
    int64_t target = slot + (op->imm >> 2);

    if (info->flags & A64_INDIRECT)
        return c->m->has_bti;

    if (info->flags & A64_DIRECT)
        return target < 0 || target >= OPS_PER_PAGE;
    return (info->flags & A64_MEM) && op->r[1] == REG_SP;
}

/* Has the op tell when it is executed for the first time. */
static void watch_first(struct op_page *o, struct op *op, unsigned slot)
{
    if (!o->first_fn) {
        o->first_fn = calloc(OPS_PER_PAGE, sizeof(*o->first_fn));
        AVS_CHECK(o->first_fn);
    }
    o->first_fn[slot] = op->fn;
    op->fn = o->dispatch->first;
}

/* The handler of a decoded op, and those that stand in its place. */
static void set_handler(const struct pe *c, struct op_page *o, struct op *op, unsigned slot, unsigned id)
{
    unsigned set =
        ((o->set & CODE_SET_HYP) && c->hooks ? A64_SET_TRACK : 0) | (c->memory ? A64_SET_TIMED : 0);

    op->fn = (wants_alt(c, a64_info(id), op, slot) ? o->dispatch->alt : o->dispatch->ops)[set][id];
    if (c->memory && slot % OPS_PER_LINE == 0) {
        o->line_fn[slot / OPS_PER_LINE] = op->fn;
        op->fn = o->dispatch->line;
    }
    if (unlikely(slot + 1 == c->m->interval.mark)) {
        o->mark_fn = op->fn;
        op->fn = o->dispatch->mark;
    }
    if (c->hooks && c->hooks->executed)
        watch_first(o, op, slot);
}

void a64_page_renew(struct code_page *p, const struct pe *c)
{
    for (unsigned set = 0; set < CODE_SET_COUNT; set++) {
        struct op_page *o = p->ops[set] ? op_page_of(p->ops[set]) : NULL;
        int refused;

        for (unsigned slot = 0; o && slot < OPS_PER_PAGE; slot++)
            if (is_decoded(&o->ops[slot]))
                set_handler(c, o, &o->ops[slot], slot, id_for(c, o->ops[slot].insn, &refused));
    }
}

bool a64_mark_hit(struct pe *c, const struct op *op, uint64_t acc)
{
    const uint64_t pc = c->code_va + (uint64_t)(op - c->code_ops) * 4, before = c->acc;

    c->acc = acc - op->suffix;
    if (interval_hit(c, pc)) {
        c->pc = pc;
        return true;
    }
    c->acc = before;
    return false;
}

op_fn a64_first_run(struct pe *c, struct op *op)
{
    struct op_page *o = op_page_of(c->code_ops);
    const unsigned slot = (unsigned)(op - o->ops);

    op->fn = o->first_fn[slot];
    if (c->hooks && c->hooks->executed)
        c->hooks->executed(c->hooks->user, c, o->page->host, slot);
    return op->fn;
}

/* Decodes one op; returns whether it ends its block. Its suffix is its own cost for now. */
static bool decode_op(const struct pe *c, struct op_page *o, struct op *op, unsigned slot)
{
    const uint8_t *b = o->page->host + slot * 4;
    uint32_t insn = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    unsigned id = decode_for(c, insn);
    bool guarded = o->set & CODE_SET_GUARDED;
    const struct a64_info *info = a64_info(id);

    a64_operands(id, insn, op);
    if (info->flags & A64_INDIRECT)
        op->imm = btype_next(insn, guarded) | (guarded ? A64_FROM_GUARDED : 0);
    op->suffix = ACC_INSN + ACC_CYCLE; /* With TIMING_NONE; else schedule() finds out. */
    set_handler(c, o, op, slot, id);
    return info->flags & A64_ENDS_BLOCK;
}

/* Puts the costs of n ops from `first` on, which were just decoded, in their suffixes, and notes what loads
 * and stores need to know when they miss. */
static void schedule_run(const struct pe *c, struct op_page *o, unsigned first, unsigned n)
{
    struct pipe_insn in[OPS_PER_PAGE];
    struct pipe_result out[OPS_PER_PAGE];

    for (unsigned i = 0; i < n; i++) {
        const uint32_t insn = o->ops[first + i].insn;

        pipe_insn_of(insn, decode_for(c, insn), &in[i]);
    }
    if (n)
        pipeline_schedule(&c->m->model->pipeline, in, n, out);
    for (unsigned i = 0; i < n; i++) {
        o->ops[first + i].suffix = ACC_INSN + out[i].ticks;
        o->note[first + i] = out[i].note;
    }
}

/* Where a block whose last op is at `last` branches back to when that is within it; else its first op. */
static unsigned loop_start(const struct op_page *o, unsigned first, unsigned last)
{
    const struct op *op = &o->ops[last];
    const int64_t target = (int64_t)last + (op->imm >> 2);

    if (!(a64_info(a64_decode(op->insn))->flags & A64_DIRECT) || target < first || target > last)
        return first;
    return (unsigned)target;
}

/* A loop that code before it falls into is scheduled by itself, for it is what repeats. */
static void schedule(const struct pe *c, struct op_page *o, unsigned first, unsigned n)
{
    const unsigned loop = n ? loop_start(o, first, first + n - 1) : first;

    schedule_run(c, o, first, loop - first);
    schedule_run(c, o, loop, first + n - loop);
}

void a64_decode_block(struct pe *c, struct op *op)
{
    struct op_page *o = op_page_of(c->code_ops);
    unsigned first = (unsigned)(op - o->ops), slot = first;
    bool ended = false;
    uint64_t rest;

    while (!ended && slot < OPS_PER_PAGE && !is_decoded(&o->ops[slot])) {
        ended = decode_op(c, o, &o->ops[slot], slot);
        slot++;
    }
    c->ctr[CTR_decode] += slot - first;
    if (c->memory)
        schedule(c, o, first, slot - first);
    for (rest = ended ? 0 : o->ops[slot].suffix; slot-- > first; rest = o->ops[slot].suffix)
        o->ops[slot].suffix += rest;
}
