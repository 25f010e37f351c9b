/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op.h
 * Decoded instructions. A page of guest memory that is executed has an array of these, one per word, found
 * by (pc >> 2) within the physical page, so that translation changes never touch it. An op stores the cost
 * of everything from itself to the end of its block (a straight run up to a branch, a context-changing
 * instruction or the page's end): entering a block adds one number, leaving early subtracts one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pe.h"
#include "timing/pipeline.h"

struct op;
/* A handler runs its op and all that follow. Tail build: returns NULL when the chain ends. Loop build:
 * returns the next op to run, NULL when the chain ends. */
typedef const struct op *(*op_fn)(struct pe *c, const struct op *op, uint64_t acc);

struct op {
    op_fn fn;
    int64_t imm;     /* Immediate, offset in bytes, or what the format says (a64/operands.c). */
    uint64_t suffix; /* Instructions << 32 | cycles, from this op to its block's end; 0: not decoded. */
    uint8_t r[4];    /* Rd/Rt, Rn, Rm, Ra/Rt2/Rs as register slots (REG_ZERO, REG_SINK, REG_SP). */
    uint32_t insn;   /* The encoding. */
};

enum { OPS_PER_PAGE = 1024 };

/* Sets of decoded ops: those of EL2/EL3 are not those of EL0/EL1 (their loads and stores may be the
 * tracking ones), and those of a guarded page (FEAT_BTI) know it. */
enum { CODE_SET_HYP = 1 << 0, CODE_SET_GUARDED = 1 << 1, CODE_SET_COUNT = 4 };

/* A physical page's decoded ops. ops[OPS_PER_PAGE] of a set leads to the next page. */
struct code_page {
    struct op *ops[CODE_SET_COUNT];
    const uint8_t *host;
};

enum { OPS_PER_LINE = 16, OP_LINES = OPS_PER_PAGE / OPS_PER_LINE };

/* A set of ops and what decoding them needs to know. code_page.ops[] and pe.code_ops point at `ops`. */
struct op_page {
    struct code_page *page;
    const struct a64_dispatcher *dispatch;
    unsigned set;
    op_fn line_fn[OP_LINES]; /* Handlers of the first ops of lines, where `line` is in their place. */
    op_fn mark_fn;           /* Handler of the op where `mark` is in its place. */
    op_fn *first_fn; /* By op: what `first` is in the place of; NULL: nobody asks what is executed. */
    struct pipe_note note[OPS_PER_PAGE]; /* For loads and stores that miss. */
    struct op ops[OPS_PER_PAGE + 1] __attribute__((aligned(64)));
};

static inline struct op_page *op_page_of(const struct op *ops)
{
    return (struct op_page *)((uintptr_t)ops - offsetof(struct op_page, ops));
}

/* The 64-byte line of the page that op is in; for ops[OPS_PER_PAGE] the first. */
static inline unsigned op_line(const struct op *ops, const struct op *op)
{
    return (unsigned)((uintptr_t)op - (uintptr_t)ops) / (sizeof(struct op) * OPS_PER_LINE) % OP_LINES;
}

/* What a64.def says of an instruction. */
enum a64_flags {
    A64_ENDS_BLOCK = 1 << 0, /* Control flow or context changes here. */
    A64_FP = 1 << 1,         /* Traps when FP/SIMD access is disabled. */
    A64_DIRECT = 1 << 2,     /* Direct branch: imm is the offset in bytes; has a twin for other pages. */
    A64_MEM = 1 << 3,        /* Load or store: has a twin for base SP, and tracking ones. */
    A64_INDIRECT = 1 << 4,   /* Sets PSTATE.BTYPE: has a twin for cores with FEAT_BTI, with this imm: */
    A64_RETURN = 1 << 5,     /* Return: predicted by the return stack. */
    A64_TRACKED = 1 << 6,    /* No load or store, and has tracking handlers. */
};

/* imm of an indirect branch's twin: the BTYPE that it sets, and whether it is in a guarded page. */
enum { A64_BTYPE = 3, A64_FROM_GUARDED = 4 };

struct a64_info {
    const char *name;     /* ADD_imm_64 */
    const char *pattern;  /* 32 characters of a64.def, bit 31 first: 0, 1, or the letter of a field. */
    const char *file;     /* The table that it is in: a64.def, ... */
    uint32_t mask, value; /* The fixed bits of the pattern. */
    uint16_t line;        /* In that file. */
    uint8_t kind;         /* enum insn_kind */
    uint8_t insn_class;   /* enum insn_class: what it is to a pipeline. */
    uint8_t flags;
    uint8_t feature;      /* enum a64_feature that brings it in. */
    uint8_t format;       /* enum a64_format. */
    uint16_t constrained; /* Bits 1 << enum a64_constrained: what may be CONSTRAINED UNPREDICTABLE. */
};

/* Index into the handler tables and a64_info (enum a64_id in a64/insn.h); A64_UNALLOCATED, which is 0, for
 * no instruction. Which features a core has is not asked here. */
unsigned a64_decode(uint32_t insn);
const struct a64_info *a64_info(unsigned id);
/* Fills imm and r of an op from its encoding, by the instruction's format. */
void a64_operands(unsigned id, uint32_t insn, struct op *out);

/* A page's ops: made when the page is first executed in a way of the set (CODE_SET_*). `host` is the page's
 * first byte. They never return NULL: without host memory they end the process. */
struct code_page *a64_page_new(const uint8_t *host);
struct op *a64_page_ops(struct avs_machine *m, struct code_page *p, unsigned set);
void a64_page_free(struct code_page *p);
/* Whether `ops` is a set of the page's, and whether it is one of a guarded page. */
bool a64_page_has(const struct code_page *p, const struct op *ops);
bool a64_ops_guarded(struct op *ops);
/* Words first..last of the page (0..1023) were written: forgets what was decoded from them. True when
 * anything was. */
bool a64_page_invalidate(struct code_page *p, unsigned first_slot, unsigned last_slot);
/* Listeners or the mark (core/interval.h) changed: gives what is decoded the handlers that it has to have
 * now. Costs stay. No handler may be running. */
void a64_page_renew(struct code_page *p, const struct pe *c);
/* Decodes from op's slot to the end of its block. Called by the `decode` handler. */
void a64_decode_block(struct pe *c, struct op *op);
/* The op is about to run, for the first time: tells, and puts its own handler in its place. Returns that.
 */
op_fn a64_first_run(struct pe *c, struct op *op);

/* For the `mark` handler: whether the interval's next point is reached before op. Then pc and acc are
 * exact. */
bool a64_mark_hit(struct pe *c, const struct op *op, uint64_t acc);

/* Disassembles one instruction; false (and ".inst 0x...") when it is none. */
bool a64_disas(uint64_t pc, uint32_t insn, char *buf, size_t len);

/* Sets of handlers: those that track GP and FP/SIMD loads and stores for state sets, and those that look at
 * caches and predictors. */
enum { A64_SET_TRACK = 1 << 0, A64_SET_TIMED = 1 << 1, A64_SET_COUNT = 4 };

/* Handler tables, one per dispatcher. */
struct a64_dispatcher {
    const char *name;
    const op_fn *ops[A64_SET_COUNT]; /* By instruction id. */
    const op_fn *alt[A64_SET_COUNT]; /* Twins, NULL where there is none: of direct branches for targets in
                            other pages, of indirect ones for FEAT_BTI, of loads and stores for base SP. */
    op_fn decode;                    /* In slots that are not decoded yet. */
    /* In place of an op's own handler, the outermost first: in ops that have not run yet, while somebody
     * asks (op_page.first_fn has what it is in the place of); in ops that may be the next point of the
     * run's interval (op_page.mark_fn); in the first op of a line, with timing (op_page.line_fn). */
    op_fn first, mark, line;
    op_fn page_end; /* In ops[OPS_PER_PAGE]. */
    op_fn stop;     /* Put in place of an op to stop exactly there (PE_EXIT_BREAK). */
    /* Runs from `op`, whose suffix has been added to acc, until the chain ends. */
    void (*run)(struct pe *c, const struct op *op, uint64_t acc);
};
extern const struct a64_dispatcher a64_dispatch_loop;
#ifdef AVS_HAVE_TAIL
extern const struct a64_dispatcher a64_dispatch_tail;
#endif
