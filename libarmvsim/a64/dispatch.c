/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dispatch.c
 * A dispatcher: the tables of its handlers, and the handlers that are no instructions. Compiled once for
 * each, with A64_PREFIX naming the compilations of the op_*.c files that it runs.
 */
#include "a64/dispatch.h"
#include "a64/coverage.h"
#include "a64/insn.h"

#define HANDLER(name) extern const struct op *name(A64_PARAMS);
#define HANDLERS(name) HANDLER(name) HANDLER(name##_alt)

/* The compilations by what they are for: none of it, tracking, timing, both. */
#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define PLAIN A64_PREFIX
#define TRACK CAT(A64_PREFIX, _track)
#define TIMED CAT(A64_PREFIX, _timed)
#define TIMED_TRACK CAT(A64_PREFIX, _timed_track)
#define FN(set, name) A64_CAT(set, name)
#define ALT(set, name) A64_CAT(set, name##_alt)

#define DECLARE_PLAIN(name) HANDLER(FN(PLAIN, name))
#define DECLARE_RETURN(name) HANDLER(FN(PLAIN, name)) HANDLER(FN(TIMED, name))
#define DECLARE_BRANCH(name)                                                                               \
    DECLARE_RETURN(name)                                                                                   \
    HANDLER(ALT(PLAIN, name)) HANDLER(ALT(TIMED, name))
#define DECLARE_TRACKED(name) DECLARE_RETURN(name) HANDLER(FN(TRACK, name)) HANDLER(FN(TIMED_TRACK, name))
#define DECLARE_MEM(name)                                                                                  \
    DECLARE_TRACKED(name)                                                                                  \
    HANDLER(ALT(PLAIN, name))                                                                              \
    HANDLER(ALT(TIMED, name)) HANDLER(ALT(TRACK, name)) HANDLER(ALT(TIMED_TRACK, name))
#define A64_INSN(name, kind, ...) DECLARE_##kind(name)
DECLARE_PLAIN(UNALLOCATED)
#include "a64/a64_insn.inc"
#undef A64_INSN

/* Handlers by id. Branches come from the compilation `branch`, loads and stores from `mem`. */
#define OP_PLAIN(branch, mem, name) FN(PLAIN, name)
#define OP_RETURN(branch, mem, name) FN(branch, name)
#define OP_BRANCH(branch, mem, name) FN(branch, name)
#define OP_MEM(branch, mem, name) FN(mem, name)
#define OP_TRACKED(branch, mem, name) FN(mem, name)
#define ALT_PLAIN(branch, mem, name) NULL
#define ALT_RETURN(branch, mem, name) NULL
#define ALT_BRANCH(branch, mem, name) ALT(branch, name)
#define ALT_MEM(branch, mem, name) ALT(mem, name)
#define ALT_TRACKED(branch, mem, name) NULL

static const op_fn plain_ops[A64_ID_COUNT] = {
    [A64_UNALLOCATED] = FN(PLAIN, UNALLOCATED),
#define A64_INSN(name, kind, ...) [A64_##name] = OP_##kind(PLAIN, PLAIN, name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

static const op_fn plain_alt[A64_ID_COUNT] = {
#define A64_INSN(name, kind, ...) [A64_##name] = ALT_##kind(PLAIN, PLAIN, name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

static const op_fn track_ops[A64_ID_COUNT] = {
    [A64_UNALLOCATED] = FN(PLAIN, UNALLOCATED),
#define A64_INSN(name, kind, ...) [A64_##name] = OP_##kind(PLAIN, TRACK, name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

static const op_fn track_alt[A64_ID_COUNT] = {
#define A64_INSN(name, kind, ...) [A64_##name] = ALT_##kind(PLAIN, TRACK, name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

static const op_fn timed_ops[A64_ID_COUNT] = {
    [A64_UNALLOCATED] = FN(PLAIN, UNALLOCATED),
#define A64_INSN(name, kind, ...) [A64_##name] = OP_##kind(TIMED, TIMED, name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

static const op_fn timed_alt[A64_ID_COUNT] = {
#define A64_INSN(name, kind, ...) [A64_##name] = ALT_##kind(TIMED, TIMED, name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

static const op_fn timed_track_ops[A64_ID_COUNT] = {
    [A64_UNALLOCATED] = FN(PLAIN, UNALLOCATED),
#define A64_INSN(name, kind, ...) [A64_##name] = OP_##kind(TIMED, TIMED_TRACK, name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

static const op_fn timed_track_alt[A64_ID_COUNT] = {
#define A64_INSN(name, kind, ...) [A64_##name] = ALT_##kind(TIMED, TIMED_TRACK, name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

/* A slot that is not decoded: it came here with a suffix of 0 added. */
static const struct op *A64_FN(decode)(A64_PARAMS)
{
    a64_decode_block(c, (struct op *)op);
    A64_ENTER(op);
}

static A64_COLD const struct op *A64_FN(line_miss)(A64_PARAMS)
{
    const op_fn fn = op_page_of(c->code_ops)->line_fn[op_line(c->code_ops, op)];

    a64_sync(c, op, acc);
    charge_fetch_line(c, c->pc);
    acc = c->acc + op->suffix;
    A64_CALL(fn);
}

/* In place of the first op of a line, which is somewhere else: the line must be in L1I. */
static const struct op *A64_FN(line)(A64_PARAMS)
{
    const unsigned line = op_line(c->code_ops, op);
    const op_fn fn = op_page_of(c->code_ops)->line_fn[line];

    if (unlikely(!(c->code_lines->fetched >> line & 1)))
        A64_CALL(A64_FN(line_miss));
    A64_CALL(fn);
}

/* In place of an op that may be the next point of the run's interval. */
static const struct op *A64_FN(mark)(A64_PARAMS)
{
    const op_fn fn = op_page_of(c->code_ops)->mark_fn;

    if (unlikely(a64_mark_hit(c, op, acc)))
        return a64_leave(c, PE_EXIT_MARK);
    A64_CALL(fn);
}

/* In place of an op that is executed for the first time. */
static A64_COLD const struct op *A64_FN(first)(A64_PARAMS)
{
    const op_fn fn = a64_first_run(c, (struct op *)op);

    A64_CALL(fn);
}

/* After the page's last word. */
static const struct op *A64_FN(page_end)(A64_PARAMS)
{
    A64_JUMP(c->code_va + AVS_PAGE_SIZE);
}

/* In place of an op that must not run yet; its suffix is still there. */
static const struct op *A64_FN(stop)(A64_PARAMS)
{
    a64_sync(c, op, acc);
    return a64_leave(c, PE_EXIT_BREAK);
}

static void A64_FN(run)(struct pe *c, const struct op *op, uint64_t acc)
{
#if A64_TAIL
    op->fn(c, op, acc);
#elif defined(AVS_INSN_COVERAGE)
    a64_coverage_run(c, op, acc);
#else
    c->acc = acc;
    while (op)
        op = op->fn(c, op, c->acc);
#endif
}

#define STRING_(x) #x
#define STRING(x) STRING_(x)

const struct a64_dispatcher A64_CAT(dispatch, A64_PREFIX) = {
    .name = STRING(A64_PREFIX),
    .ops = { plain_ops, track_ops, timed_ops, timed_track_ops },
    .alt = { plain_alt, track_alt, timed_alt, timed_track_alt },
    .decode = A64_FN(decode),
    .line = A64_FN(line),
    .mark = A64_FN(mark),
    .first = A64_FN(first),
    .page_end = A64_FN(page_end),
    .stop = A64_FN(stop),
    .run = A64_FN(run),
};
