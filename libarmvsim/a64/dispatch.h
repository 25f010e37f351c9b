/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dispatch.h
 * The two dispatchers, and the words in which op_*.c state what instructions mean. An op_*.c file is
 * compiled once per dispatcher (loads, stores and branches more often), with
 *
 *   A64_PREFIX  tail or loop, with _track, _timed, _timed_track: prefix of every handler
 *   A64_TAIL    1: handlers tail-call the next one; 0: they return it to a loop
 *   A64_TRACK   1: loads, stores, MRS and MSR note which registers they move (track_op.h)
 *   A64_TIMED   1: loads and stores look whether their line is in L1D, branches whether their target's is
 * in L1I, and whether they were predicted (timing/memory.h, predict.h)
 *
 * Handlers never touch pc or costs: an op that completes goes on with op + 1, whose cost is in the block's
 * suffix already. What leaves a block early takes back what was not executed (see op.h).
 */
#pragma once

#include <string.h>

#include "a64/op.h"
#include "a64/track_op.h"
#include "arch/bti.h"
#include "arch/exception.h"
#include "arch/sysreg.h"
#include "core/bits.h"
#include "core/pe.h"
#include "mmu/access.h"
#include "mmu/charge.h"
#include "timing/memory.h"
#include "timing/timing.h"

#define A64_CAT_(a, b) a64_##a##_##b
#define A64_CAT(a, b) A64_CAT_(a, b)
#define A64_FN(name) A64_CAT(A64_PREFIX, name)

#define A64_PARAMS struct pe *c, const struct op *op, uint64_t acc
#define A64_COLD __attribute__((noinline, cold))

#if A64_TAIL && defined(__clang__)
#define A64_GO(next) __attribute__((musttail)) return (next)->fn(c, (next), acc)
#define A64_CALL(fn) __attribute__((musttail)) return fn(c, op, acc)
#elif A64_TAIL
#define A64_GO(next) return (next)->fn(c, (next), acc)
#define A64_CALL(fn) return fn(c, op, acc)
#else
#define A64_GO(next) return (c->acc = acc, (next))
#define A64_CALL(fn) return fn(c, op, acc)
#endif

/* Registers and operands of the op at hand. X(rd) is an lvalue of 64 bits; W(rn) reads 32; W results are
 * stored through X, zero-extended. */
#define rd (op->r[0])
#define rn (op->r[1])
#define rm (op->r[2])
#define ra (op->r[3])
#define IMM (op->imm)
#define UIMM ((uint64_t)op->imm)
#define X(r) (c->x[r])
#define W(r) ((uint32_t)c->x[r])
#define V(n) (c->v[n])

static inline uint64_t a64_pc(const struct pe *c, const struct op *op)
{
    return c->code_va + (uint64_t)(op - c->code_ops) * 4;
}

/* Makes pc and acc exact: op has not been executed, nothing after it either. */
static inline void a64_sync(struct pe *c, const struct op *op, uint64_t acc)
{
    c->acc = acc - op->suffix;
    c->pc = a64_pc(c, op);
}

static inline const struct op *a64_leave(struct pe *c, enum pe_exit why)
{
    c->exit = why;
    return NULL;
}

/* A guard bit is set on the way into op's block: nothing of it is executed. */
static A64_COLD __attribute__((unused)) const struct op *a64_guard(A64_PARAMS)
{
    a64_sync(c, op, acc);
    c->arriving = false;
    return a64_leave(c, PE_EXIT_DEADLINE);
}

/* The same on arrival from somewhere else. */
static A64_COLD __attribute__((unused)) const struct op *a64_guard_arrival(A64_PARAMS)
{
    a64_sync(c, op, acc);
    c->arriving = true;
    return a64_leave(c, PE_EXIT_DEADLINE);
}

/* Enters a block: one add, one test. */
#define A64_ENTER(next)                                                                                    \
    do {                                                                                                   \
        op = (next);                                                                                       \
        acc += op->suffix;                                                                                 \
        if (unlikely(acc & ACC_GUARD))                                                                     \
            A64_CALL(a64_guard);                                                                           \
        A64_GO(op);                                                                                        \
    } while (0)

/* Enters a block somewhere else: its line must be in L1I. */
#if A64_TIMED
static A64_COLD __attribute__((unused)) const struct op *a64_arrive_miss(A64_PARAMS)
{
    if (op == c->code_ops + OPS_PER_PAGE) /* The next page's first op looks for its line. */
        A64_GO(op);
    a64_sync(c, op, acc);
    charge_fetch_line(c, c->pc);
    acc = c->acc + op->suffix;
    A64_GO(op);
}

#define A64_ARRIVE(next)                                                                                   \
    do {                                                                                                   \
        op = (next);                                                                                       \
        acc += op->suffix;                                                                                 \
        if (unlikely(acc & ACC_GUARD))                                                                     \
            A64_CALL(a64_guard_arrival);                                                                   \
        if (unlikely(!(c->code_lines->fetched >> op_line(c->code_ops, op) & 1)))                           \
            A64_CALL(a64_arrive_miss);                                                                     \
        A64_GO(op);                                                                                        \
    } while (0)
/* Costs acc a misprediction when `wrong`. */
#define A64_PREDICTED(wrong) (acc += (wrong) ? c->predict.penalty : 0)
#define A64_PREDICT(what) (what)
#else
#define A64_ARRIVE(next) A64_ENTER(next)
#define A64_PREDICTED(wrong) ((void)0)
#define A64_PREDICT(what) ((void)0)
#endif

/* Looks a branch target up in the current page and the fast fetch TLB. NULL: the run loop must. */
static inline const struct op *a64_lookup(struct pe *c, uint64_t target)
{
    const struct fast_fetch *f;

    if (likely((target ^ c->code_va) < AVS_PAGE_SIZE && !(target & 3)))
        return c->code_ops + ((target >> 2) & (OPS_PER_PAGE - 1));
    f = &c->itlb[fast_fetch_index(target, c->ictx)];
    if (unlikely(f->tag != ((target & AVS_PAGE_MASK) | c->ictx) || (target & 3)))
        return NULL;
    c->code_ops = f->ops;
    c->code_va = target & AVS_PAGE_MASK;
    c->code_lines = f->lines;
    return f->ops + ((target >> 2) & (OPS_PER_PAGE - 1));
}

/* Goes to a virtual address, after the op (a block's last) has completed. */
#define A64_JUMP(target)                                                                                   \
    do {                                                                                                   \
        uint64_t to_ = (target);                                                                           \
        const struct op *at_ = a64_lookup(c, to_);                                                         \
        if (unlikely(!at_)) {                                                                              \
            c->pc = to_;                                                                                   \
            c->acc = acc;                                                                                  \
            return a64_leave(c, PE_EXIT_RESYNC);                                                           \
        }                                                                                                  \
        A64_ARRIVE(at_);                                                                                   \
    } while (0)

/* a64_lookup for a branch that sets PSTATE.BTYPE, from a page of which `from` tells whether it is guarded:
 * NULL also when the target's page is. */
static inline __attribute__((unused)) const struct op *a64_lookup_unguarded(struct pe *c, uint64_t target,
                                                                            int64_t from)
{
    const struct fast_fetch *f;

    if (likely((target ^ c->code_va) < AVS_PAGE_SIZE && !(target & 3)))
        return from & A64_FROM_GUARDED ? NULL : c->code_ops + ((target >> 2) & (OPS_PER_PAGE - 1));
    f = &c->itlb[fast_fetch_index(target, c->ictx)];
    if (unlikely(f->tag != ((target & AVS_PAGE_MASK) | c->ictx) || (target & 3) || f->guarded))
        return NULL;
    c->code_ops = f->ops;
    c->code_va = target & AVS_PAGE_MASK;
    c->code_lines = f->lines;
    return f->ops + ((target >> 2) & (OPS_PER_PAGE - 1));
}

/* Whether PSTATE.BTYPE can be seen at a branch's target before that has executed: the target is not
 * decoded, so not known; a deadline, which may bring an interrupt; BRK. After that BTYPE is 0 again. */
#define A64_BRK_MASK 0xffe0001fu
#define A64_BRK_BITS 0xd4200000u
static inline bool a64_btype_seen(const struct op *at, uint64_t acc)
{
    return !at->suffix || (at->insn & A64_BRK_MASK) == A64_BRK_BITS || ((acc + at->suffix) & ACC_GUARD);
}

/* The end of a branch that sets BTYPE, to c->pc, where it may matter: in a guarded page what compilers put
 * at targets goes on at once; all else is the run loop's. */
static __attribute__((noinline, unused)) const struct op *a64_typed_branch(A64_PARAMS)
{
    const uint8_t btype = IMM & A64_BTYPE;
    const struct op *at = a64_lookup(c, c->pc);

    if (unlikely(!at || a64_btype_seen(at, acc) || !bti_compatible(c, btype, at->insn))) {
        c->btype = btype;
        c->acc = acc;
        return a64_leave(c, PE_EXIT_RESYNC);
    }
    A64_ARRIVE(at);
}

/* A64_JUMP of a branch that sets PSTATE.BTYPE, of which nearly always nobody sees anything. */
#define A64_JUMP_TYPED(target)                                                                             \
    do {                                                                                                   \
        uint64_t to_ = (target);                                                                           \
        const struct op *at_ = a64_lookup_unguarded(c, to_, IMM);                                          \
        if (unlikely(!at_ || a64_btype_seen(at_, acc))) {                                                  \
            c->pc = to_;                                                                                   \
            A64_CALL(a64_typed_branch);                                                                    \
        }                                                                                                  \
        A64_ARRIVE(at_);                                                                                   \
    } while (0)

/* OP: an instruction in the middle of a block, that cannot fault. */
#define OP(name, ...)                                                                                      \
    const struct op *A64_FN(name)(A64_PARAMS);                                                             \
    const struct op *A64_FN(name)(A64_PARAMS)                                                              \
    {                                                                                                      \
        {                                                                                                  \
            __VA_ARGS__;                                                                                   \
        }                                                                                                  \
        A64_GO(op + 1);                                                                                    \
    }

/* FP_OP: the same, behind the FP/SIMD access check. */
#define FP_OP(name, ...)                                                                                   \
    const struct op *A64_FN(name)(A64_PARAMS);                                                             \
    const struct op *A64_FN(name)(A64_PARAMS)                                                              \
    {                                                                                                      \
        if (unlikely(c->fp_trap))                                                                          \
            A64_CALL(a64_fp_trap);                                                                         \
        {                                                                                                  \
            __VA_ARGS__;                                                                                   \
        }                                                                                                  \
        A64_GO(op + 1);                                                                                    \
    }

/* BRANCH_OP: a conditional direct branch taken when `cond` holds; JUMP_OP: one that is always taken. imm is
 * the offset in bytes. The far twin (a64_..._alt) is for targets in another page; the near one steps within
 * the page's ops. */
#define BRANCH_OP(name, cond)                                                                              \
    BRANCH_OP_(name, cond, A64_PREDICTED(predict_direction(&c->predict, a64_pc(c, op), IMM < 0, taken_)))
#define JUMP_OP(name, ...) BRANCH_OP_(name, true, A64_PREDICT(predict_direct(&c->predict)); __VA_ARGS__)
#define BRANCH_OP_(name, cond, ...)                                                                        \
    const struct op *A64_FN(name)(A64_PARAMS);                                                             \
    const struct op *A64_FN(name##_alt)(A64_PARAMS);                                                       \
    const struct op *A64_FN(name)(A64_PARAMS)                                                              \
    {                                                                                                      \
        bool taken_ = (cond);                                                                              \
        {                                                                                                  \
            __VA_ARGS__;                                                                                   \
        }                                                                                                  \
        A64_ARRIVE(taken_ ? op + (IMM >> 2) : op + 1);                                                     \
    }                                                                                                      \
    const struct op *A64_FN(name##_alt)(A64_PARAMS)                                                        \
    {                                                                                                      \
        bool taken_ = (cond);                                                                              \
        {                                                                                                  \
            __VA_ARGS__;                                                                                   \
        }                                                                                                  \
        if (taken_)                                                                                        \
            A64_JUMP(a64_pc(c, op) + UIMM);                                                                \
        A64_ENTER(op + 1);                                                                                 \
    }

/* END_OP: ends a block. The body makes its own way out with A64_JUMP, A64_ENTER, END_EXC or END_EXIT. */
#define END_OP(name, ...)                                                                                  \
    const struct op *A64_FN(name)(A64_PARAMS);                                                             \
    const struct op *A64_FN(name)(A64_PARAMS)                                                              \
    {                                                                                                      \
        __VA_ARGS__                                                                                        \
    }

/* INDIRECT_OP: a branch to where the body leaves `target`. The twin, for cores with FEAT_BTI, sets
 * PSTATE.BTYPE; imm says to what. */
#define INDIRECT_OP(name, ...)                                                                             \
    END_OP(name, uint64_t target; __VA_ARGS__; A64_PREDICT_INDIRECT(target); A64_JUMP(target);)            \
    END_OP(name##_alt, uint64_t target; __VA_ARGS__; A64_PREDICT_INDIRECT(target); A64_JUMP_TYPED(target);)
#define A64_PREDICT_INDIRECT(target) A64_PREDICTED(predict_indirect(&c->predict, a64_pc(c, op), (target)))
/* RETURN_OP: the same, predicted by the return stack; it does not set BTYPE. */
#define RETURN_OP(name, ...)                                                                               \
    END_OP(name, uint64_t target; __VA_ARGS__; A64_PREDICTED(predict_return(&c->predict, target));         \
           A64_JUMP(target);)
/* In the body of a call: the return stack learns of it. */
#define A64_LINK() (c->x[30] = a64_pc(c, op) + 4, A64_PREDICT(predict_call(&c->predict, c->x[30])))

/* Leaves with c->exc filled; a64_sync() was called before, so op counts as not executed. */
#define END_EXC() return a64_leave(c, PE_EXIT_EXCEPTION)
/* Leaves after a block's last op completed. */
#define END_EXIT(why)                                                                                      \
    do {                                                                                                   \
        c->pc = a64_pc(c, op) + 4;                                                                         \
        c->acc = acc;                                                                                      \
        return a64_leave(c, (why));                                                                        \
    } while (0)

static A64_COLD __attribute__((unused)) const struct op *a64_fp_trap(A64_PARAMS)
{
    a64_sync(c, op, acc);
    trap_fp_access(c, op->insn);
    END_EXC();
}

/*
 * MEM_OP: a load or store. The body is compiled twice: in the handler, which uses the fast TLB and hands
 * over to its slow twin on the first access that misses; and in the slow twin, which starts the instruction
 * again with full accesses. So a body must not change state before its last access. The _alt handler is for
 * base SP and checks SP's alignment first. MEM_OP_FP is the same behind the FP/SIMD access check.
 *
 * In a body: MEM_RD(bits, var, va) and MEM_WR(bits, va, value) and their kin below, each of which counts in
 * `accesses_`, as MEM_ACCESS does (arch/pmu_event.def); TRACK_LD/TRACK_ST (track_op.h) name the registers.
 * `flags` are ACCESS_ flags; those that the fast TLB cannot serve always go the slow way (it serves aligned
 * accesses only, so an acquire or release needs no more than others).
 */
#define MEM_OP(name, flags, ...) MEM_OP_(name, flags, (void)0, __VA_ARGS__)
#define MEM_OP_FP(name, flags, ...) MEM_OP_(name, flags, MEM_FP_GUARD, __VA_ARGS__)

#define MEM_FP_GUARD                                                                                       \
    if (unlikely(c->fp_trap))                                                                              \
    A64_CALL(a64_fp_trap)

#define MEM_OP_(name, flags, guard, ...)                                                                   \
    const struct op *A64_FN(name)(A64_PARAMS);                                                             \
    const struct op *A64_FN(name##_alt)(A64_PARAMS);                                                       \
    static A64_COLD const struct op *A64_FN(name##_slow)(A64_PARAMS)                                       \
    {                                                                                                      \
        enum { MEM_SLOW = 1, MEM_FLAGS = (flags) };                                                        \
        const op_fn slow_ = NULL;                                                                          \
        const uint64_t suffix_ = op->suffix, rest_ = op[1].suffix;                                         \
        unsigned accesses_ = 0;                                                                            \
        (void)slow_;                                                                                       \
        a64_sync(c, op, acc);                                                                              \
        if (rn == REG_SP && !a64_sp_ok(c))                                                                 \
            END_EXC();                                                                                     \
        {                                                                                                  \
            __VA_ARGS__;                                                                                   \
        }                                                                                                  \
        A64_COUNT(accesses_);                                                                              \
        if (unlikely(mem_code_changed(c))) {                                                               \
            c->acc += suffix_ - rest_;                                                                     \
            c->pc += 4;                                                                                    \
            return a64_leave(c, PE_EXIT_RESYNC);                                                           \
        }                                                                                                  \
        acc = c->acc + suffix_;                                                                            \
        A64_GO(op + 1);                                                                                    \
    }                                                                                                      \
    const struct op *A64_FN(name)(A64_PARAMS)                                                              \
    {                                                                                                      \
        enum { MEM_SLOW = 0, MEM_FLAGS = (flags) };                                                        \
        const op_fn slow_ = A64_FN(name##_slow);                                                           \
        unsigned accesses_ = 0;                                                                            \
        guard;                                                                                             \
        if (MEM_FLAGS & ~ACCESS_ORDERED)                                                                   \
            A64_CALL(slow_);                                                                               \
        {                                                                                                  \
            __VA_ARGS__;                                                                                   \
        }                                                                                                  \
        A64_COUNT(accesses_);                                                                              \
        A64_GO(op + 1);                                                                                    \
    }                                                                                                      \
    const struct op *A64_FN(name##_alt)(A64_PARAMS)                                                        \
    {                                                                                                      \
        guard;                                                                                             \
        if (unlikely(c->x[REG_SP] & c->sp_check))                                                          \
            A64_CALL(A64_FN(name##_slow));                                                                 \
        A64_CALL(A64_FN(name));                                                                            \
    }

static inline __attribute__((unused)) bool a64_sp_ok(struct pe *c)
{
    if (!(c->x[REG_SP] & c->sp_check))
        return true;
    exc_sp_alignment(c);
    return false;
}

#if A64_TIMED
/* Whether the lines of the first and the last byte of an access, in the slot's page, are in L1D. A pair may
 * lie in two; no other access that gets here does. */
#define FAST_LINE(map, va) ((map) >> ((va) >> LINE_SHIFT & 63) & 1)
#define A64_READABLE(va) FAST_LINE(s_->lines->present, (va))
#define A64_STORABLE(va) FAST_LINE(s_->lines->owned, (va))
#define A64_COUNT(n) (c->mem_access += (n))
#else
#define A64_READABLE(va) true
#define A64_STORABLE(va) true
#define A64_COUNT(n) ((void)(n))
#endif

#define FAST_SLOT(va) (&c->dtlb[fast_index((va), c->dctx)])
/* What a slot's tag must be: misaligned accesses keep their low bits and so never match; the slow way
 * serves them, for it knows whether the memory type and SCTLR_ELx.A allow them. A pair matches by its
 * second element, which is in the page when the pair does not cross it. */
#define FAST_TAG(va, size) (((va) & (AVS_PAGE_MASK | ((size)-1))) | c->dctx)
#define FAST_TAG_PAIR(va, size) FAST_TAG((va) + (size), (size))

#define MEM_RD(nbits, var, va)                                                                             \
    uint##nbits##_t var;                                                                                   \
    do {                                                                                                   \
        const uint64_t va_ = (va);                                                                         \
        accesses_++;                                                                                       \
        if (MEM_SLOW) {                                                                                    \
            uint64_t val_;                                                                                 \
            if (!mem_read(c, va_, (nbits) / 8, MEM_FLAGS, &val_))                                          \
                END_EXC();                                                                                 \
            var = (uint##nbits##_t)val_;                                                                   \
        } else {                                                                                           \
            const struct fast_slot *s_ = FAST_SLOT(va_);                                                   \
            if (unlikely(s_->tag_r != FAST_TAG(va_, (nbits) / 8) || !A64_READABLE(va_)))                   \
                A64_CALL(slow_);                                                                           \
            memcpy(&var, (const void *)(uintptr_t)(va_ + s_->addend), sizeof(var));                        \
        }                                                                                                  \
    } while (0)

#define MEM_WR(nbits, va, value)                                                                           \
    do {                                                                                                   \
        const uint64_t va_ = (va);                                                                         \
        const uint##nbits##_t val_ = (uint##nbits##_t)(value);                                             \
        accesses_++;                                                                                       \
        if (MEM_SLOW) {                                                                                    \
            if (!mem_write(c, va_, (nbits) / 8, MEM_FLAGS, val_))                                          \
                END_EXC();                                                                                 \
        } else {                                                                                           \
            const struct fast_slot *s_ = FAST_SLOT(va_);                                                   \
            if (unlikely(s_->tag_w != FAST_TAG(va_, (nbits) / 8) || !A64_STORABLE(va_)))                   \
                A64_CALL(slow_);                                                                           \
            memcpy((void *)(uintptr_t)(va_ + s_->addend), &val_, sizeof(val_));                            \
        }                                                                                                  \
    } while (0)

/* A pair of loads is one check too. */
#define MEM_RD_PAIR(nbits, v1, v2, va)                                                                     \
    uint##nbits##_t v1, v2;                                                                                \
    do {                                                                                                   \
        const uint64_t pva_ = (va);                                                                        \
        accesses_ += 2;                                                                                    \
        if (MEM_SLOW) {                                                                                    \
            uint64_t one_, two_;                                                                           \
            if (!mem_read(c, pva_, (nbits) / 8, MEM_FLAGS, &one_) ||                                       \
                !mem_read(c, pva_ + (nbits) / 8, (nbits) / 8, MEM_FLAGS, &two_))                           \
                END_EXC();                                                                                 \
            v1 = (uint##nbits##_t)one_;                                                                    \
            v2 = (uint##nbits##_t)two_;                                                                    \
        } else {                                                                                           \
            const struct fast_slot *s_ = FAST_SLOT(pva_);                                                  \
            const uint##nbits##_t *p_;                                                                     \
            if (unlikely(s_->tag_r != FAST_TAG_PAIR(pva_, (nbits) / 8) || !A64_READABLE(pva_) ||           \
                         !A64_READABLE(pva_ + (nbits) / 8)))                                               \
                A64_CALL(slow_);                                                                           \
            p_ = (const uint##nbits##_t *)(uintptr_t)(pva_ + s_->addend);                                  \
            memcpy(&v1, p_, sizeof(v1));                                                                   \
            memcpy(&v2, p_ + 1, sizeof(v2));                                                               \
        }                                                                                                  \
    } while (0)

/* A pair of stores is one check: both halves must be writable before the first is written. */
#define MEM_WR_PAIR(nbits, va, v1, v2)                                                                     \
    do {                                                                                                   \
        const uint64_t pva_ = (va);                                                                        \
        const uint##nbits##_t one_ = (uint##nbits##_t)(v1), two_ = (uint##nbits##_t)(v2);                  \
        accesses_ += 2;                                                                                    \
        if (MEM_SLOW) {                                                                                    \
            if (!mem_probe_write(c, pva_, 2 * ((nbits) / 8), MEM_FLAGS) ||                                 \
                !mem_write(c, pva_, (nbits) / 8, MEM_FLAGS, one_) ||                                       \
                !mem_write(c, pva_ + (nbits) / 8, (nbits) / 8, MEM_FLAGS, two_))                           \
                END_EXC();                                                                                 \
        } else {                                                                                           \
            const struct fast_slot *s_ = FAST_SLOT(pva_);                                                  \
            uint##nbits##_t *p_;                                                                           \
            if (unlikely(s_->tag_w != FAST_TAG_PAIR(pva_, (nbits) / 8) || !A64_STORABLE(pva_) ||           \
                         !A64_STORABLE(pva_ + (nbits) / 8)))                                               \
                A64_CALL(slow_);                                                                           \
            p_ = (uint##nbits##_t *)(uintptr_t)(pva_ + s_->addend);                                        \
            memcpy(p_, &one_, sizeof(one_));                                                               \
            memcpy(p_ + 1, &two_, sizeof(two_));                                                           \
        }                                                                                                  \
    } while (0)

/* Q registers. */
#define MEM_RD_Q(var, va)                                                                                  \
    union vreg var;                                                                                        \
    do {                                                                                                   \
        const uint64_t va_ = (va);                                                                         \
        accesses_++;                                                                                       \
        if (MEM_SLOW) {                                                                                    \
            if (!mem_read128(c, va_, MEM_FLAGS, &var))                                                     \
                END_EXC();                                                                                 \
        } else {                                                                                           \
            const struct fast_slot *s_ = FAST_SLOT(va_);                                                   \
            if (unlikely(s_->tag_r != FAST_TAG(va_, 16) || !A64_READABLE(va_)))                            \
                A64_CALL(slow_);                                                                           \
            memcpy(&var, (const void *)(uintptr_t)(va_ + s_->addend), 16);                                 \
        }                                                                                                  \
    } while (0)

#define MEM_WR_Q(va, value)                                                                                \
    do {                                                                                                   \
        const uint64_t va_ = (va);                                                                         \
        accesses_++;                                                                                       \
        if (MEM_SLOW) {                                                                                    \
            if (!mem_write128(c, va_, MEM_FLAGS, &(value)))                                                \
                END_EXC();                                                                                 \
        } else {                                                                                           \
            const struct fast_slot *s_ = FAST_SLOT(va_);                                                   \
            if (unlikely(s_->tag_w != FAST_TAG(va_, 16) || !A64_STORABLE(va_)))                            \
                A64_CALL(slow_);                                                                           \
            memcpy((void *)(uintptr_t)(va_ + s_->addend), &(value), 16);                                   \
        }                                                                                                  \
    } while (0)

/* Pairs of Q registers. */
#define MEM_RD_Q_PAIR(v1, v2, va)                                                                          \
    union vreg v1, v2;                                                                                     \
    do {                                                                                                   \
        const uint64_t pva_ = (va);                                                                        \
        accesses_ += 2;                                                                                    \
        if (MEM_SLOW) {                                                                                    \
            if (!mem_read128(c, pva_, MEM_FLAGS, &v1) || !mem_read128(c, pva_ + 16, MEM_FLAGS, &v2))       \
                END_EXC();                                                                                 \
        } else {                                                                                           \
            const struct fast_slot *s_ = FAST_SLOT(pva_);                                                  \
            const char *p_;                                                                                \
            if (unlikely(s_->tag_r != FAST_TAG_PAIR(pva_, 16) || !A64_READABLE(pva_) ||                    \
                         !A64_READABLE(pva_ + 16)))                                                        \
                A64_CALL(slow_);                                                                           \
            p_ = (const char *)(uintptr_t)(pva_ + s_->addend);                                             \
            memcpy(&v1, p_, 16);                                                                           \
            memcpy(&v2, p_ + 16, 16);                                                                      \
        }                                                                                                  \
    } while (0)

#define MEM_WR_Q_PAIR(va, v1, v2)                                                                          \
    do {                                                                                                   \
        const uint64_t pva_ = (va);                                                                        \
        accesses_ += 2;                                                                                    \
        if (MEM_SLOW) {                                                                                    \
            if (!mem_probe_write(c, pva_, 32, MEM_FLAGS | ACCESS_VECTOR) ||                                \
                !mem_write128(c, pva_, MEM_FLAGS, &(v1)) || !mem_write128(c, pva_ + 16, MEM_FLAGS, &(v2))) \
                END_EXC();                                                                                 \
        } else {                                                                                           \
            const struct fast_slot *s_ = FAST_SLOT(pva_);                                                  \
            char *p_;                                                                                      \
            if (unlikely(s_->tag_w != FAST_TAG_PAIR(pva_, 16) || !A64_STORABLE(pva_) ||                    \
                         !A64_STORABLE(pva_ + 16)))                                                        \
                A64_CALL(slow_);                                                                           \
            p_ = (char *)(uintptr_t)(pva_ + s_->addend);                                                   \
            memcpy(p_, &(v1), 16);                                                                         \
            memcpy(p_ + 16, &(v2), 16);                                                                    \
        }                                                                                                  \
    } while (0)

/* Host memory of an atomic access, in bodies that always go the slow way (ACCESS_ALIGNED or ATOMIC). */
#define MEM_ATOMIC(host, phys, va, bytes, write)                                                           \
    pa_t phys;                                                                                             \
    uint8_t *host = mem_atomic(c, (va), (bytes), (write), MEM_FLAGS, &phys);                               \
    if (!host)                                                                                             \
        END_EXC();                                                                                         \
    accesses_++
