/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pstate.c
 * PSTATE, entry to and return from exceptions (DDI 0487: D1.2, D1.3.2, D1.4; pseudocode
 * AArch64.TakeException, AArch64.ExceptionReturn, IllegalExceptionReturn, SetPSTATEFromPSR,
 * CheckFPAdvSIMDEnabled64).
 */
#include "arch/debug.h"
#include "arch/exception.h"
#include "arch/pmu.h"
#include "arch/regbits.h"
#include "core/machine.h"
#include "mmu/mmu.h"
#include "timing/memory.h"

/*
 * SPSR_ELx for an exception from AArch64 state:
 *
 *   31 30 29 28   24  23  22  21 20   12   11 10   9 8 7 6   4   3 2   1  0
 *    N  Z  C  V  DIT UAO PAN  SS IL  SSBS  BTYPE   D A I F   0   EL    0  SP
 */
#define SPSR_DIT BIT(24)
#define SPSR_UAO BIT(23)
#define SPSR_PAN BIT(22)
#define SPSR_SS BIT(21)
#define SPSR_IL BIT(20)
#define SPSR_SSBS BIT(12)

#define SCTLR_DSSBS BIT(44)

/* Registers of each EL, so that code indexes by EL instead of switching on it. EL0 has none. */
static const struct {
    uint16_t spsr, elr, esr, far, vbar, sctlr;
} el_regs[4] = {
    [1] = { SR_SPSR_EL1, SR_ELR_EL1, SR_ESR_EL1, SR_FAR_EL1, SR_VBAR_EL1, SR_SCTLR_EL1 },
    [2] = { SR_SPSR_EL2, SR_ELR_EL2, SR_ESR_EL2, SR_FAR_EL2, SR_VBAR_EL2, SR_SCTLR_EL2 },
    [3] = { SR_SPSR_EL3, SR_ELR_EL3, SR_ESR_EL3, SR_FAR_EL3, SR_VBAR_EL3, SR_SCTLR_EL3 },
};

bool pe_is_secure(const struct pe *c)
{
    return c->m->has_el3 && (c->el == 3 || !(c->sr[SR_SCR_EL3] & SCR_NS));
}

/* FEAT_SEL2 is not modelled: EL2 is Non-secure only. */
bool pe_el2_enabled(const struct pe *c)
{
    return c->m->has_el2 && (!c->m->has_el3 || (c->sr[SR_SCR_EL3] & SCR_NS));
}

uint64_t pe_hcr(const struct pe *c)
{
    return pe_el2_enabled(c) ? c->sr[SR_HCR_EL2] : 0;
}

bool pe_in_host(const struct pe *c)
{
    uint64_t hcr = pe_hcr(c);

    if (!(hcr & HCR_E2H))
        return false;
    return c->el == 2 || (c->el == 0 && (hcr & HCR_TGE));
}

uint64_t pe_pstate_spsr(const struct pe *c)
{
    return pe_nzcv(c) | (c->dit ? SPSR_DIT : 0) | (c->uao ? SPSR_UAO : 0) | (c->pan ? SPSR_PAN : 0) |
           (c->ss ? SPSR_SS : 0) | (c->il ? SPSR_IL : 0) | (c->ssbs ? SPSR_SSBS : 0) |
           (uint64_t)c->btype << 10 | (uint64_t)c->daif << 6 | (uint64_t)c->el << 2 | c->spsel;
}

/* CPACR_EL1.FPEN and, with E2H, CPTR_EL2.FPEN: 0b01 traps EL0 only, 0b11 nobody, the others everybody. */
static bool fpen_traps(uint64_t reg, bool el0)
{
    uint64_t fpen = bits(reg, 21, 20);

    return fpen == 1 ? el0 : fpen != 3;
}

void pe_update_fp_trap(struct pe *c)
{
    uint64_t hcr = pe_hcr(c);
    bool trap = false;

    if (c->el < 2 && !pe_in_host(c))
        trap = fpen_traps(c->sr[SR_CPACR_EL1], c->el == 0);
    if (c->el < 3 && pe_el2_enabled(c)) {
        if (hcr & HCR_E2H)
            trap |= fpen_traps(c->sr[SR_CPTR_EL2], c->el == 0 && (hcr & HCR_TGE));
        else
            trap |= (c->sr[SR_CPTR_EL2] & CPTR_TFP) != 0;
    }
    if (c->m->has_el3)
        trap |= (c->sr[SR_CPTR_EL3] & CPTR_TFP) != 0;
    c->fp_trap = trap;
}

void pe_update_el_state(struct pe *c)
{
    uint64_t sctlr = c->el           ? c->sr[el_regs[c->el].sctlr]
                     : pe_in_host(c) ? c->sr[SR_SCTLR_EL2]
                                     : c->sr[SR_SCTLR_EL1];

    c->sp_check = sctlr & (c->el ? SCTLR_SA : SCTLR_SA0) ? 15 : 0;
    pe_update_fp_trap(c);
}

void pe_set_el(struct pe *c, unsigned el, unsigned spsel)
{
    const bool moves = el != c->el;

    c->sp_el[c->spsel ? c->el : 0] = c->x[REG_SP];
    c->el = (uint8_t)el;
    c->spsel = (uint8_t)spsel;
    c->x[REG_SP] = c->sp_el[spsel ? el : 0];
    pe_update_el_state(c);
    mmu_select(c);
    if (unlikely(c->pmu.on) && moves)
        pmu_changed(c);
}

static uint64_t vector_offset(const struct pe *c)
{
    static const uint16_t by_type[] = {
        [EXC_SYNC] = 0x000,
        [EXC_IRQ] = 0x080,
        [EXC_FIQ] = 0x100,
        [EXC_SERROR] = 0x180,
    };
    uint64_t origin = c->exc.target_el > c->el ? 0x400 : c->spsel ? 0x200 : 0;

    return origin + by_type[c->exc.type];
}

uint64_t exc_vector(const struct pe *c)
{
    return c->sr[el_regs[c->exc.target_el].vbar] + vector_offset(c);
}

/* AArch64.ReportException. HPFAR_EL2.FIPA is IPA<47:12> in bits <39:4>. */
static void report(struct pe *c)
{
    const struct exc *e = &c->exc;

    if (e->type == EXC_IRQ || e->type == EXC_FIQ)
        return;
    c->sr[el_regs[e->target_el].esr] = (uint64_t)e->ec << 26 | (uint64_t)e->il << 25 | e->iss;
    if (e->far_valid)
        c->sr[el_regs[e->target_el].far] = e->far;
    if (e->ipa_valid && e->target_el == 2)
        c->sr[SR_HPFAR_EL2] = bits(e->ipa, 47, 12) << 4;
}

/* SCTLR_ELx.SPAN clear: PSTATE.PAN is set on entry (FEAT_PAN; SPAN is RES1 without it). */
static bool pan_on_entry(const struct pe *c, unsigned target)
{
    if (target == 1)
        return !(c->sr[SR_SCTLR_EL1] & SCTLR_SPAN);
    return target == 2 && (pe_hcr(c) & (HCR_E2H | HCR_TGE)) == (HCR_E2H | HCR_TGE) &&
           !(c->sr[SR_SCTLR_EL2] & SCTLR_SPAN);
}

void exc_take(struct pe *c)
{
    static const enum cost_class cost[] = { COST_EXC_ENTRY_EL1, COST_EXC_ENTRY_EL1, COST_EXC_ENTRY_EL2,
                                            COST_EXC_ENTRY_EL3 };
    unsigned target = c->exc.target_el;
    uint64_t vector = exc_vector(c);

    if (unlikely(c->pmu.posting))
        pmu_exception(c);
    c->sr[el_regs[target].spsr] = pe_pstate_spsr(c);
    c->sr[el_regs[target].elr] = c->exc.ret;
    report(c);
    if (c->m->has_pan && pan_on_entry(c, target))
        c->pan = true;
    c->daif = 0xf;
    c->il = c->ss = c->uao = false;
    c->debug.step_open = c->debug.stepped = false;
    c->ssbs = c->m->has_ssbs && (c->sr[el_regs[target].sctlr] & SCTLR_DSSBS);
    c->btype = 0;
    pe_set_el(c, target, 1);
    c->pc = vector;
    if (c->memory)
        pe_add_cycles(c, memory_serialize(c->memory, pe_cycles(c)));
    timing_charge(c, cost[target]);
}

/* IllegalExceptionReturn, for the states that exist here. */
static bool illegal_return(const struct pe *c, uint64_t spsr)
{
    unsigned el = (unsigned)bits(spsr, 3, 2);

    if (bit(spsr, 4) || bit(spsr, 1) || el > c->el || (el == 0 && bit(spsr, 0)))
        return true;
    if ((el == 2 && !c->m->has_el2) || (el == 3 && !c->m->has_el3))
        return true;
    if (el == 2 && !pe_el2_enabled(c))
        return true;
    return el == 1 && (pe_hcr(c) & HCR_TGE);
}

uint64_t exc_return_address(const struct pe *c)
{
    return c->sr[el_regs[c->el].elr];
}

void exc_return(struct pe *c)
{
    exc_return_to(c, exc_return_address(c));
}

void exc_return_to(struct pe *c, uint64_t pc)
{
    static const enum cost_class cost[] = { COST_ERET_EL1, COST_ERET_EL1, COST_ERET_EL2, COST_ERET_EL3 };
    uint64_t spsr = c->sr[el_regs[c->el].spsr];
    bool illegal = illegal_return(c, spsr), ss = debug_return_ss(c, spsr);

    if (c->memory)
        pe_add_cycles(c, memory_serialize(c->memory, pe_cycles(c)));
    timing_charge(c, cost[c->el]);
    pmu_post(c, PMU_EXC_RETURN);
    pe_set_nzcv(c, (uint32_t)spsr & 0xf0000000u);
    c->daif = (uint8_t)bits(spsr, 9, 6);
    c->pan = c->m->has_pan && (spsr & SPSR_PAN);
    c->uao = c->m->has_uao && (spsr & SPSR_UAO);
    c->dit = c->m->has_dit && (spsr & SPSR_DIT);
    c->ssbs = c->m->has_ssbs && (spsr & SPSR_SSBS);
    c->ss = ss;
    c->debug.step_open = c->debug.stepped = false;
    c->btype = c->m->has_bti && !illegal ? (uint8_t)bits(spsr, 11, 10) : 0; /* UNKNOWN when illegal. */
    c->excl_valid = false;                                                  /* ClearExclusiveLocal */
    c->event = true;                                                        /* SendEventLocal */
    c->il = illegal || (spsr & SPSR_IL);
    if (!illegal)
        pe_set_el(c, (unsigned)bits(spsr, 3, 2), (unsigned)bit(spsr, 0));
    else
        mmu_select(c); /* PAN may have changed. */
    c->pc = pc;
}
