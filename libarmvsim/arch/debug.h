/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file debug.h
 * Self-hosted debug (DDI 0487, chapter D2): software step, breakpoints, watchpoints. Who uses none pays
 * nothing: stepping makes the run loop look before each instruction; a page with a breakpoint stays out of
 * the fast fetch TLB, one with a watchpoint out of the fast data TLB.
 */
#pragma once

#include "core/pe.h"

/* debug.enabled: which kinds have an enabled one. */
enum { DEBUG_BREAKPOINTS = 1 << 0, DEBUG_WATCHPOINTS = 1 << 1 };

/* MDSCR_EL1, the OS lock, or a breakpoint or watchpoint register changed. */
void debug_changed(struct pe *c);
/* Between instructions while MDSCR_EL1.SS is set: PSTATE.SS after the one that has completed (SSAdvance).
 */
void debug_settle(struct pe *c);
/* Then, before the next: false with c->exc filled when a software step exception is pending. */
bool debug_step(struct pe *c);
/* PSTATE.SS after an exception return (DebugExceptionReturnSS), from the EL at which it is executed. */
bool debug_return_ss(const struct pe *c, uint64_t spsr);
/* Whether anything may match in the page of va. */
bool debug_page_broken(const struct pe *c, uint64_t va);
bool debug_page_watched(const struct pe *c, uint64_t va);
/* Before the instruction at c->pc, and before an access: false with c->exc filled for an exception. */
bool debug_check_fetch(struct pe *c);
bool debug_check_access(struct pe *c, uint64_t va, unsigned size, bool read, bool write, bool unpriv);
/* Where debug exceptions of the current state go: their EL and the control bit that sends them there. */
unsigned debug_target(const struct pe *c, uint16_t *cause);
