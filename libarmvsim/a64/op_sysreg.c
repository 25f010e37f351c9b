/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_sysreg.c
 * Accesses to system registers, MRS and MSR (DDI 0487, C6.2). Most are loads and stores of plain storage
 * (arch/sysreg_path.c says which); all others ask arch/sysreg.c.
 */
#include "a64/dispatch.h"
#include "a64/insn.h"
#include "a64/sysreg_op.h"

/* The direct path of a register access at the current EL; NULL when sysreg.c must be asked. */
static inline const struct sysreg_path *direct_path(const struct pe *c, bool write, unsigned id)
{
    const struct sysreg_path *p;

    if (unlikely(id == SR_NONE))
        return NULL;
    p = sysreg_path(c, c->el, write, id);
    return likely(p->kind == SR_PATH_DIRECT) ? p : NULL;
}

static inline uint64_t path_cost(const struct pe *c, const struct sysreg_path *p)
{
    return p->charge == COST_FREE ? 0 : c->cost[p->charge];
}

/* The storage of a register that sysreg.c is asked for; where there is none, that of one that is no state.
 */
static inline __attribute__((unused)) unsigned slot_of(const struct pe *c, bool write, const struct op *op)
{
    return IMM == SR_NONE ? SR_CurrentEL : sysreg_path(c, c->el, write, (unsigned)IMM)->slot;
}

/* `val` ends before the way on, which could not be a jump while its address may be in use. */
static A64_COLD const struct op *a64_mrs_slow(A64_PARAMS)
{
    a64_sync(c, op, acc);
    {
        uint64_t val;

        if (sysreg_read(c, (unsigned)IMM, op->insn, &val) == SYSREG_EXC)
            END_EXC();
        X(rd) = val;
    }
    acc = c->acc + op->suffix;
    track_sr_read(c, acc - op[1].suffix, slot_of(c, false, op));
    A64_GO(op + 1);
}

/* The register is read in mid-block: a cost on top, and on. */
static inline const struct op *a64_mrs(A64_PARAMS)
{
    const struct sysreg_path *p = direct_path(c, false, (unsigned)IMM);

    if (unlikely(!p))
        A64_CALL(a64_mrs_slow);
    acc += path_cost(c, p);
    c->sr_read_set[p->slot / 64] |= BIT(p->slot % 64);
    X(rd) = c->sr[p->slot];
    track_sr_read(c, acc - op[1].suffix, p->slot);
    A64_GO(op + 1);
}

END_OP(MRS, A64_CALL(a64_mrs);)

static A64_COLD const struct op *a64_msr_slow(A64_PARAMS)
{
    a64_sync(c, op, acc);
    track_sr_write(c, c->acc, slot_of(c, true, op));
    AFTER_WRITE(sysreg_write(c, (unsigned)IMM, op->insn, X(rd)));
}

static inline const struct op *a64_msr(A64_PARAMS)
{
    const struct sysreg_path *p = direct_path(c, true, (unsigned)IMM);
    uint64_t mask;

    if (unlikely(!p))
        A64_CALL(a64_msr_slow);
    track_sr_write(c, acc - op->suffix, p->slot);
    acc += path_cost(c, p);
    mask = c->sr_wmask[p->slot];
    c->sr_write_set[p->slot / 64] |= BIT(p->slot % 64);
    c->sr[p->slot] = (X(rd) & mask) | (c->sr[p->slot] & ~mask);
    A64_ENTER(op + 1);
}

END_OP(MSR, A64_CALL(a64_msr);)
