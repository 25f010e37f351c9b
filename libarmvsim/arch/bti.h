/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file bti.h
 * Branch Target Identification (FEAT_BTI) at the target of an indirect branch; see bti.c.
 */
#pragma once

#include "core/pe.h"

/* BTypeCompatible: whether an instruction may be the first one after a branch that made PSTATE.BTYPE
 * `btype`. */
bool bti_compatible(const struct pe *c, unsigned btype, uint32_t insn);
/* The instruction at c->pc is about to execute while PSTATE.BTYPE is not 0. False: the page is guarded, and
 * c->exc is the Branch Target exception. */
bool bti_enter(struct pe *c, uint32_t insn, bool guarded);
