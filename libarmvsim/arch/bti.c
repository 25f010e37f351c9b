/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file bti.c
 * Branch Target Identification (FEAT_BTI; DDI 0487, D8.4 "Branch Target Identification"; pseudocode
 * BranchTargetCheck, BTypeCompatible_BTI, BTypeCompatible_PACIXSP, AArch64.BranchTargetException). An
 * indirect branch leaves its kind in PSTATE.BTYPE; in a guarded page (bit 50 of the stage 1 descriptor) the
 * next instruction has to be one for that kind.
 *
 * c->btype is what PSTATE.BTYPE is between two instructions, and not 0 only where someone may see it: the
 * handlers (a64/dispatch.h) leave it 0 when the target is nothing special. The exceptions whose
 * SPSR_ELx.BTYPE is architected (AArch64.TakeException) are all taken before the target executes, but for
 * BRK's; that of the others may be 0 and is.
 */
#include "arch/bti.h"

#include "arch/exception.h"
#include "core/bits.h"

#define SCTLR_BT0 35 /* EL0 */
#define SCTLR_BT1 36 /* EL1 to EL3; BT of SCTLR_EL2 and SCTLR_EL3 */

/* BTYPE: 0b01 a jump by X16 or X17, or from a page that is not guarded; 0b10 a call; 0b11 another jump. */
enum { AFTER_VENEER = 1, AFTER_CALL = 2, AFTER_JUMP = 3 };

static bool is_breakpoint(uint32_t insn)
{
    return (insn & 0xffe0001f) == 0xd4200000;
}

static bool is_halt(uint32_t insn)
{
    return (insn & 0xffe0001f) == 0xd4400000;
}

/* SCTLR_ELx.BT*: PACIASP and PACIBSP are no targets of jumps. */
static bool pacixsp_is_call_target_alone(const struct pe *c)
{
    static const uint16_t sctlr[4] = { SR_SCTLR_EL1, SR_SCTLR_EL1, SR_SCTLR_EL2, SR_SCTLR_EL3 };
    unsigned id = c->el == 0 && pe_in_host(c) ? SR_SCTLR_EL2 : sctlr[c->el];

    return bit(c->sr[id], c->el ? SCTLR_BT1 : SCTLR_BT0);
}

bool bti_compatible(const struct pe *c, unsigned btype, uint32_t insn)
{
    switch (insn) {
    case 0xd503241f: /* BTI */
        return false;
    case 0xd503245f: /* BTI c */
        return btype != AFTER_JUMP;
    case 0xd503249f: /* BTI j */
        return btype != AFTER_CALL;
    case 0xd50324df: /* BTI jc */
        return true;
    case 0xd503233f: /* PACIASP */
    case 0xd503237f: /* PACIBSP */
        return btype != AFTER_JUMP || !pacixsp_is_call_target_alone(c);
    default:
        return is_breakpoint(insn) || is_halt(insn);
    }
}

bool bti_enter(struct pe *c, uint32_t insn, bool guarded)
{
    if (guarded && !bti_compatible(c, c->btype, insn)) {
        exc_branch_target(c, insn);
        return false;
    }
    if (!is_breakpoint(insn))
        c->btype = 0;
    return true;
}
