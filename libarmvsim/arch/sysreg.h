/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg.h
 * System registers and system instructions as data (sysreg.def) and the one way in for MRS, MSR and SYS:
 * existence, access by EL, traps (trap.def), redirection by HCR_EL2.E2H, RES0/RES1, side effects.
 * DDI 0487: chapters D23 (encodings), D24 (registers); pseudocode AArch64.CheckSystemAccess.
 */
#pragma once

#include "core/pe.h"

/* Class of a register, for costs and for the state sets of world switches. */
enum sysreg_class {
#define SYSREG_CLASS(name, text) SRC_##name,
#include "arch/sysreg_class.def"
#undef SYSREG_CLASS
    SRC_COUNT
};

/* The five encoding fields in one number: op0:op1:CRn:CRm:op2 as in bits <20:5> of MRS/MSR/SYS/SYSL. */
#define SYSREG_ENC(op0, op1, crn, crm, op2)                                                                \
    ((unsigned)((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2)))

/* How an EL reads or writes a register, prepared when the machine is made and when E2H changes. */
enum sysreg_path_kind {
    SR_PATH_UNDEF,  /* Not there, or not at this EL. */
    SR_PATH_DIRECT, /* No trap possible and no side effect: sr[slot]; a write obeys sr_wmask[slot]. */
    SR_PATH_SLOW,   /* Ask sysreg_read()/sysreg_write(). */
};
struct sysreg_path {
    uint8_t kind;
    uint8_t charge; /* enum cost_class to charge on each access; COST_FREE for none. */
    uint16_t slot;
};

static inline const struct sysreg_path *sysreg_path(const struct pe *c, unsigned el, bool write,
                                                    unsigned id)
{
    return &c->sr_path[(el * 2 + write) * SR_COUNT + id];
}

enum sysreg_result {
    SYSREG_OK,
    SYSREG_EXC,    /* c->exc is filled: undefined or trapped. */
    SYSREG_RESYNC, /* Done; translation, EL-dependent state or interrupts may have changed. */
};

/* The id of an encoding, SR_NONE when sysreg.def has none. */
unsigned sysreg_find(unsigned enc);
const char *sysreg_name(unsigned id);
unsigned sysreg_encoding(unsigned id);
enum sysreg_class sysreg_class(unsigned id);
const char *sysreg_class_name(enum sysreg_class k);
const char *sysreg_class_text(enum sysreg_class k);

/* Reads, writes: c->pc and c->acc exact, `insn` the instruction (its Rt for the syndrome). `id` may be
 * SR_NONE: UNDEFINED, and the log says which encoding. For SYS instructions `write` carries Xt. */
enum sysreg_result sysreg_read(struct pe *c, unsigned id, uint32_t insn, uint64_t *val);
enum sysreg_result sysreg_write(struct pe *c, unsigned id, uint32_t insn, uint64_t val);
/* MSR (immediate): SPSel, DAIFSet, DAIFClr, PAN, UAO, DIT, SSBS... by op1:CRm:op2 of the instruction. */
enum sysreg_result sysreg_write_imm(struct pe *c, uint32_t insn);

/* Traps of instructions that are no register accesses: enum trap_group of trap.def (WFI, WFE, ...).
 * True when it traps: c->exc is filled. */
bool trap_check(struct pe *c, unsigned group, bool write, uint8_t ec, uint32_t iss);
/* FP/SIMD access is disabled at the current EL (c->fp_trap): raises EC 0x07 with the bit that did it. */
void trap_fp_access(struct pe *c, uint32_t insn);
/* Name of a cause for people ("HCR_EL2.TVM") and the register, bit and manual's section behind it. */
const char *trap_name(unsigned cause);
const char *trap_section(unsigned cause);

/* Prepares c->sr_path and reset values for the PE's core model and EL configuration. The first call
 * allocates c->sr_path, which free() frees. */
void sysreg_reset(struct pe *c);
void sysreg_update_paths(struct pe *c);
/* c->pmu.used has changed: world switches write registers that matter to counters alone. */
void sysreg_update_watched(struct pe *c);
