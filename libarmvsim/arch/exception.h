/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file exception.h
 * Raising, routing, entering and returning from exceptions. The raise functions only fill c->exc (routing
 * included); the caller leaves its handler chain with PE_EXIT_EXCEPTION and the run loop calls exc_take().
 */
#pragma once

#include "core/pe.h"
#include "mmu/fault.h"

/* UNDEFINED instruction at c->pc: EC 0x00, to EL1, or EL2 with HCR_EL2.TGE (AArch64.UndefinedFault). */
void exc_undefined(struct pe *c, uint32_t insn);
/*
 * Exception-generating instructions at c->pc, with all checks of their pseudocode; c->acc counts them. True:
 * c->exc is filled. False: the board's PSCI took the call; execution goes on with the next instruction.
 */
bool exc_gen_svc(struct pe *c, uint16_t imm, uint32_t insn);
bool exc_gen_hvc(struct pe *c, uint16_t imm, uint32_t insn);
bool exc_gen_smc(struct pe *c, uint16_t imm, uint32_t insn);
bool exc_gen_brk(struct pe *c, uint16_t imm, uint32_t insn);
/* Whether WFI or WFE at c->pc traps (c->exc filled). It does not when it would not wait. */
bool arch_wfx_traps(struct pe *c, bool wfe, uint32_t insn);
/* Illegal execution state (PSTATE.IL), PC and SP alignment faults. */
void exc_illegal_state(struct pe *c);
void exc_pc_alignment(struct pe *c, uint64_t pc);
void exc_sp_alignment(struct pe *c);
/* A Branch Target exception (FEAT_BTI): `insn`, at c->pc, is no target for PSTATE.BTYPE. */
void exc_branch_target(struct pe *c, uint32_t insn);
/* A trap by a control bit: `cause` is the trap.def id, `target_el` where it goes, ec/iss the syndrome. */
void exc_trap(struct pe *c, uint16_t cause, uint8_t target_el, uint8_t ec, uint32_t iss);
/* A failed authentication under FEAT_FPAC (PACFailException): `key` is 0 to 3 for IA, IB, DA, DB. */
void exc_pac_fail(struct pe *c, uint32_t key);
/* A breakpoint, watchpoint or software step exception: `ec_lower` is its class from a lower EL. */
void exc_debug(struct pe *c, uint8_t ec_lower, uint32_t iss);
/* Data and instruction aborts from a translation, alignment or bus fault (AArch64.DataAbort). `iss_isv`
 * carries ISV..AR (bits <24:14>) of the access for stage-2 data aborts, or 0. c->pc is the instruction. */
void exc_data_abort(struct pe *c, const struct mmu_fault *f, uint32_t iss_isv);
void exc_insn_abort(struct pe *c, const struct mmu_fault *f);

/* An exception class in words ("instruction abort from ..."), or the kind of interrupt. Static string. */
const char *exc_text(enum exc_type type, uint8_t ec);

/* The interrupt that can be taken now, by priority and masking (D1.3.4); false when none. Fills c->exc. */
bool exc_interrupt(struct pe *c);
/* Whether a pending interrupt would end a WFI (D1.6.2): regardless of PSTATE masks. */
bool exc_wakes(const struct pe *c);
/* The same of a WFE (D1.6.1): only what is not masked. */
bool exc_wakes_wfe(const struct pe *c);

/* The address that taking c->exc would continue at. */
uint64_t exc_vector(const struct pe *c);
/* Takes c->exc: AArch64.TakeException, with its cost. Afterwards c->pc is the vector. */
void exc_take(struct pe *c);
/* ELR_ELx of the current EL. */
uint64_t exc_return_address(const struct pe *c);
/* Performs ERET at c->pc: AArch64.ExceptionReturn with IllegalExceptionReturn; to ELR_ELx, or to `pc`, which
 * is what ERETAA made of it. */
void exc_return(struct pe *c);
void exc_return_to(struct pe *c, uint64_t pc);

/* PSTATE as SPSR_ELx would hold it, and setting of it (AArch64 state only). */
uint64_t pe_pstate_spsr(const struct pe *c);
/* Changes EL and SP selection, banking SP; recomputes what depends on the EL (contexts, fp_trap). */
void pe_set_el(struct pe *c, unsigned el, unsigned spsel);
/* Recomputes c->fp_trap and c->sp_check after CPACR_EL1, CPTR_EL2/3, HCR_EL2 or an SCTLR_ELx changed. */
void pe_update_el_state(struct pe *c);
void pe_update_fp_trap(struct pe *c);
/* Whether the PE is in Secure state, and whether EL2 is enabled in the current Security state. */
bool pe_is_secure(const struct pe *c);
bool pe_el2_enabled(const struct pe *c);
/* Effective HCR_EL2: 0 when EL2 is not enabled; IMO/FMO/AMO read as 1 under TGE, etc. (D1.2). */
uint64_t pe_hcr(const struct pe *c);
/* True for EL2 with HCR_EL2.E2H, and EL0 under E2H+TGE (ELIsInHost, IsInHost). */
bool pe_in_host(const struct pe *c);
