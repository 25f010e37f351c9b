/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file exception.c
 * Synchronous exceptions: which class and syndrome, and to which Exception level (DDI 0487: D1.3.1, D1.3.5;
 * pseudocode AArch64.Abort, AArch64.UndefinedFault, AArch64.CallSupervisor,
 * AArch64.CheckForSMCUndefOrTrap). Not modelled: AArch32 state below, nested virtualization routing,
 * halting debug.
 */
#include "arch/exception.h"

#include <string.h>

#include "arch/debug.h"
#include "arch/regbits.h"
#include "arch/sysreg.h"
#include "arch/trap_ids.h"
#include "core/machine.h"

static void fill(struct pe *c, uint8_t ec, uint32_t iss, uint8_t target, uint16_t cause)
{
    memset(&c->exc, 0, sizeof(c->exc));
    c->exc.type = EXC_SYNC;
    c->exc.ec = ec;
    c->exc.iss = iss;
    c->exc.il = true;
    c->exc.target_el = target;
    c->exc.cause = cause;
    c->exc.sysreg = SR_NONE;
    c->exc.ret = c->pc;
}

/* The usual target: the current EL, EL1 from EL0, EL2 from EL0 with HCR_EL2.TGE. */
static void fill_usual(struct pe *c, uint8_t ec, uint32_t iss)
{
    bool tge = c->el == 0 && (pe_hcr(c) & HCR_TGE);

    fill(c, ec, iss, c->el >= 1 ? c->el : tge ? 2 : 1, tge ? TRAP_TGE : TRAP_NONE);
}

void exc_undefined(struct pe *c, uint32_t insn)
{
    fill_usual(c, EC_UNKNOWN, 0);
    c->exc.insn = insn;
}

bool exc_gen_svc(struct pe *c, uint16_t imm, uint32_t insn)
{
    fill_usual(c, EC_SVC, imm);
    c->ss = false; /* SSAdvance */
    c->exc.insn = insn;
    c->exc.ret = c->pc + 4;
    return true;
}

static bool undefined(struct pe *c, uint32_t insn)
{
    c->acc -= ACC_INSN;
    exc_undefined(c, insn);
    return true;
}

bool exc_gen_hvc(struct pe *c, uint16_t imm, uint32_t insn)
{
    const struct avs_machine *m = c->m;
    bool enabled = m->has_el3 ? c->sr[SR_SCR_EL3] & SCR_HCE : !(c->sr[SR_HCR_EL2] & HCR_HCD);

    if (c->el != 0 && c->psci && c->psci(c, true))
        return false;
    if (!m->has_el2 || c->el == 0 || (c->el < 3 && pe_is_secure(c)) || !enabled)
        return undefined(c, insn);
    fill(c, EC_HVC, imm, c->el == 3 ? 3 : 2, TRAP_HVC);
    c->ss = false;
    c->exc.insn = insn;
    c->exc.ret = c->pc + 4;
    return true;
}

bool exc_gen_smc(struct pe *c, uint16_t imm, uint32_t insn)
{
    const struct avs_machine *m = c->m;
    /* The board's PSCI by SMC stands for firmware at an EL3 that nobody else sees. */
    bool firmware = m->has_el3 || (c->psci && m->has_el2);
    bool trapped = c->el == 1 && (pe_hcr(c) & HCR_TSC);

    if (c->el == 0)
        return undefined(c, insn);
    if (firmware && trapped) {
        c->acc -= ACC_INSN;
        fill(c, EC_SMC, imm, 2, TRAP_HCR_TSC);
        c->exc.insn = insn;
        return true;
    }
    if (c->psci && c->psci(c, false))
        return false;
    if (!m->has_el3 || (c->sr[SR_SCR_EL3] & SCR_SMD))
        return undefined(c, insn);
    fill(c, EC_SMC, imm, 3, TRAP_SMC_EL3);
    c->ss = false;
    c->exc.insn = insn;
    c->exc.ret = c->pc + 4;
    return true;
}

/* AArch64.SoftwareBreakpoint. The preferred return address is the BRK itself. */
bool exc_gen_brk(struct pe *c, uint16_t imm, uint32_t insn)
{
    uint16_t cause;
    uint8_t target = (uint8_t)debug_target(c, &cause);

    fill(c, EC_BRK, imm, target, cause);
    c->exc.insn = insn;
    return true;
}

void exc_debug(struct pe *c, uint8_t ec_lower, uint32_t iss)
{
    uint16_t cause;
    uint8_t target = (uint8_t)debug_target(c, &cause);

    /* ..._SAME follows ..._LOWER. */
    fill(c, target == c->el ? ec_lower + 1 : ec_lower, iss, target, cause);
}

bool arch_wfx_traps(struct pe *c, bool wfe, uint32_t insn)
{
    /* ISS: CV = 1, COND = always, TI = 0 for WFI and 1 for WFE. */
    uint32_t iss = 1u << 24 | 0xeu << 20 | wfe;

    /* WFIT and WFET: TI is 2 and 3, RV = 1, RN is the register. */
    if (bits(insn, 15, 12) == 1)
        iss |= (uint32_t)bits(insn, 4, 0) << 5 | 1u << 2 | 2u;
    if (wfe ? c->event : exc_wakes(c))
        return false;
    if (!trap_check(c, wfe ? TRAP_GROUP_WFE : TRAP_GROUP_WFI, false, EC_WFX, iss))
        return false;
    c->exc.insn = insn;
    return true;
}

void exc_illegal_state(struct pe *c)
{
    fill_usual(c, EC_ILLEGAL, 0);
}

void exc_branch_target(struct pe *c, uint32_t insn)
{
    fill_usual(c, EC_BTI, c->btype);
    c->exc.insn = insn;
}

void exc_pc_alignment(struct pe *c, uint64_t pc)
{
    fill_usual(c, EC_PC_ALIGN, 0);
    c->exc.far = pc;
    c->exc.far_valid = true;
}

void exc_sp_alignment(struct pe *c)
{
    fill_usual(c, EC_SP_ALIGN, 0);
}

void exc_pac_fail(struct pe *c, uint32_t key)
{
    fill_usual(c, EC_PACFAIL, key);
}

void exc_trap(struct pe *c, uint16_t cause, uint8_t target_el, uint8_t ec, uint32_t iss)
{
    fill(c, ec, iss, target_el, cause);
}

const char *exc_text(enum exc_type type, uint8_t ec)
{
    static const char *const classes[64] = {
#define EC(value, name, text) [value] = text,
#include "arch/ec.def"
#undef EC
    };
    static const char *const interrupts[] = { NULL, "IRQ", "FIQ", "SError" };

    if (type != EXC_SYNC)
        return interrupts[type];
    return ec < 64 && classes[ec] ? classes[ec] : "exception of an unknown class";
}

static uint16_t stage2_cause(uint8_t fsc)
{
    switch (fsc & 0x3c) {
    case FSC_TRANSLATION:
        return TRAP_S2_TRANSLATION;
    case FSC_PERMISSION:
        return TRAP_S2_PERMISSION;
    case FSC_ACCESS_FLAG:
        return TRAP_S2_ACCESS_FLAG;
    case FSC_ADDRESS_SIZE:
        return TRAP_S2_ADDRESS_SIZE;
    default:
        return TRAP_S2_OTHER;
    }
}

static bool is_external(uint8_t fsc)
{
    return (fsc & 0x38) == FSC_EXTERNAL;
}

/* AArch64.Abort: routing of data and instruction aborts, FAR and HPFAR. */
static void fill_abort(struct pe *c, const struct mmu_fault *f, uint8_t ec_lower, uint32_t iss)
{
    bool external = is_external(f->fsc);
    bool to_el3 = c->m->has_el3 && external && (c->sr[SR_SCR_EL3] & SCR_EA);

    fill_usual(c, ec_lower, iss | f->fsc | (uint32_t)f->s1ptw << 7);
    if (to_el3 && c->el < 3) {
        c->exc.target_el = 3;
        c->exc.cause = TRAP_SCR_EA;
    } else if (f->stage2 && c->el < 2) {
        c->exc.target_el = 2;
        c->exc.cause = stage2_cause(f->fsc);
        c->exc.ipa_valid = true;
    } else if (external && c->el < 2 && (pe_hcr(c) & HCR_TEA)) {
        c->exc.target_el = 2;
        c->exc.cause = TRAP_HCR_TEA;
    }
    if (c->exc.target_el == c->el)
        c->exc.ec++; /* ..._SAME follows ..._LOWER. */
    c->exc.s1ptw = f->s1ptw;
    c->exc.far = f->va;
    c->exc.far_valid = true;
    c->exc.ipa = f->ipa;
}

void exc_data_abort(struct pe *c, const struct mmu_fault *f, uint32_t iss_isv)
{
    uint32_t iss = (uint32_t)f->write << 6 | (uint32_t)f->cm << 8;

    if (f->stage2 && !f->s1ptw && !f->cm)
        iss |= iss_isv;
    fill_abort(c, f, EC_DABT_LOWER, iss);
}

void exc_insn_abort(struct pe *c, const struct mmu_fault *f)
{
    fill_abort(c, f, EC_IABT_LOWER, 0);
}
