/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dispatch.c
 * A dispatcher: the tables of its handlers, and the handlers that are no instructions. Compiled once for
 * each, with A64_PREFIX and A64_TRACK_PREFIX naming the two compilations of the op_*.c files that it runs.
 */
#include "a64/dispatch.h"
#include "a64/coverage.h"
#include "a64/insn.h"

#define A64_TRACK_FN(name) A64_CAT(A64_TRACK_PREFIX, name)
#define HANDLER(name) extern const struct op *name(A64_PARAMS);

#define DECLARE_PLAIN(name) HANDLER(A64_FN(name))
#define DECLARE_BRANCH(name) HANDLER(A64_FN(name)) HANDLER(A64_FN(name##_alt))
#define DECLARE_MEM(name)                                                                                  \
    HANDLER(A64_FN(name))                                                                                  \
    HANDLER(A64_FN(name##_alt)) HANDLER(A64_TRACK_FN(name)) HANDLER(A64_TRACK_FN(name##_alt))
#define A64_INSN(name, kind, ...) DECLARE_##kind(name)
DECLARE_PLAIN(UNALLOCATED)
#include "a64/a64_insn.inc"
#undef A64_INSN

/* Handlers by id: four tables from one list. */
#define ALT_PLAIN(name) NULL
#define ALT_BRANCH(name) A64_FN(name##_alt)
#define ALT_MEM(name) A64_FN(name##_alt)
#define TRACK_PLAIN(name) A64_FN(name)
#define TRACK_BRANCH(name) A64_FN(name)
#define TRACK_MEM(name) A64_TRACK_FN(name)
#define TRACK_ALT_PLAIN(name) NULL
#define TRACK_ALT_BRANCH(name) A64_FN(name##_alt)
#define TRACK_ALT_MEM(name) A64_TRACK_FN(name##_alt)

static const op_fn plain_ops[A64_ID_COUNT] = {
    [A64_UNALLOCATED] = A64_FN(UNALLOCATED),
#define A64_INSN(name, kind, ...) [A64_##name] = A64_FN(name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

static const op_fn plain_alt[A64_ID_COUNT] = {
#define A64_INSN(name, kind, ...) [A64_##name] = ALT_##kind(name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

static const op_fn track_ops[A64_ID_COUNT] = {
    [A64_UNALLOCATED] = A64_FN(UNALLOCATED),
#define A64_INSN(name, kind, ...) [A64_##name] = TRACK_##kind(name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

static const op_fn track_alt[A64_ID_COUNT] = {
#define A64_INSN(name, kind, ...) [A64_##name] = TRACK_ALT_##kind(name),
#include "a64/a64_insn.inc"
#undef A64_INSN
};

/* A slot that is not decoded: it came here with a suffix of 0 added. */
static const struct op *A64_FN(decode)(A64_PARAMS)
{
    a64_decode_block(c, (struct op *)op);
    A64_ENTER(op);
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
    .ops = { plain_ops, track_ops },
    .alt = { plain_alt, track_alt },
    .decode = A64_FN(decode),
    .page_end = A64_FN(page_end),
    .stop = A64_FN(stop),
    .run = A64_FN(run),
};
