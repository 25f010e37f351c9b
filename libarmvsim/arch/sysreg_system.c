/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_system.c
 * Side effects of the registers that control a PE (DDI 0487, D24.2): translation contexts, traps of
 * FP/SIMD, SP alignment, interrupt routing, and the registers that timers and GIC own. What a write cannot
 * change for the EL that runs is only noted: world switches write scores of EL1 registers at EL2.
 */
#include "arch/exception.h"
#include "arch/regbits.h"
#include "arch/sysreg_table.h"
#include "arch/timer.h"
#include "core/machine.h"
#include "gic/gic.h"
#include "mmu/mmu.h"

/* HCR_EL2 bits that translation looks at: VM, SWIO, PTW, DC, TGE, CD, ID, E2H. */
#define HCR_XLAT (BIT(0) | BIT(1) | BIT(2) | BIT(12) | HCR_TGE | BIT(32) | BIT(33) | HCR_E2H)
/* And that interrupts do. */
#define HCR_ROUTE (HCR_FMO | HCR_IMO | HCR_AMO | HCR_TGE | HCR_E2H)
#define HCR_VIRTUAL (HCR_VF | HCR_VI | HCR_VSE)

/* CPTR_EL2 in its two layouts, and TCR_EL2's RES1 bits with E2H clear. */
#define CPTR_MASK UINT64_C(0x80100400)
#define CPTR_RES1 UINT64_C(0x000033ff)
#define CPTR_MASK_E2H UINT64_C(0x90300000)
#define TCR_RES1 UINT64_C(0x80800000)

/* The EL whose translation regime a register belongs to, by op1 of its encoding. */
static unsigned regime_el(unsigned id)
{
    unsigned op1 = sysreg_op1(sysreg_table[id].enc);

    return op1 == 4 ? 2 : op1 == 6 ? 3 : 1;
}

static bool is_stage2(unsigned id)
{
    return id == SR_VTTBR_EL2 || id == SR_VTCR_EL2;
}

/* TTBRn_ELx, TCR_ELx, MAIR_ELx, VTTBR_EL2, VTCR_EL2. */
enum sysreg_result sysreg_wr_xlat(struct pe *c, unsigned id, uint64_t val)
{
    if (c->sr[id] == val)
        return SYSREG_OK;
    c->sr[id] = val;
    mmu_context_changed(c);
    return c->el == regime_el(id) && !is_stage2(id) ? SYSREG_RESYNC : SYSREG_OK;
}

/* TCR_EL2 has TCR_EL1's layout with E2H, and TCR_EL3's without. */
enum sysreg_result sysreg_wr_tcr_el2(struct pe *c, unsigned id, uint64_t val)
{
    if (c->sr[SR_HCR_EL2] & HCR_E2H)
        return sysreg_wr_xlat(c, id, val & c->sr_wmask[SR_TCR_EL1]);
    return sysreg_wr_xlat(c, id, (val & c->sr_wmask[SR_TCR_EL3]) | TCR_RES1);
}

enum sysreg_result sysreg_wr_sctlr(struct pe *c, unsigned id, uint64_t val)
{
    enum sysreg_result r = sysreg_wr_xlat(c, id, val);

    if (r == SYSREG_RESYNC)
        pe_update_el_state(c);
    return r;
}

/* CPACR_EL1 and CPTR_EL3. */
enum sysreg_result sysreg_wr_cpacr(struct pe *c, unsigned id, uint64_t val)
{
    c->sr[id] = val;
    pe_update_fp_trap(c);
    return SYSREG_OK;
}

uint64_t sysreg_rd_cptr_el2(struct pe *c, unsigned id)
{
    if (c->sr[SR_HCR_EL2] & HCR_E2H)
        return c->sr[id] & CPTR_MASK_E2H;
    return (c->sr[id] & CPTR_MASK) | CPTR_RES1;
}

enum sysreg_result sysreg_wr_cptr_el2(struct pe *c, unsigned id, uint64_t val)
{
    c->sr[id] = val & (c->sr[SR_HCR_EL2] & HCR_E2H ? CPTR_MASK_E2H : CPTR_MASK);
    pe_update_fp_trap(c);
    return SYSREG_OK;
}

/* E2H changes what encodings reach and the EL2 regime; the rest at most what runs below EL2, and whether a
 * physical interrupt belongs to EL2. */
enum sysreg_result sysreg_wr_hcr(struct pe *c, unsigned id, uint64_t val)
{
    uint64_t changed = c->sr[id] ^ val;

    c->sr[id] = val;
    if (changed & HCR_E2H)
        sysreg_update_paths(c);
    if (changed & HCR_XLAT)
        mmu_context_changed(c);
    if (changed & (HCR_TGE | HCR_E2H))
        pe_update_el_state(c);
    if (changed & (HCR_TGE | HCR_E2H))
        timer_controls_changed(c);
    if (changed & HCR_VIRTUAL)
        pe_set_lines(c, LINE_HCR, val & HCR_VIRTUAL ? LINE_HCR : 0);
    if (changed & HCR_ROUTE)
        gic_update(c);
    return (changed & HCR_E2H) || ((changed & HCR_ROUTE) && c->irq_lines) ? SYSREG_RESYNC : SYSREG_OK;
}

/* SCR_EL3.NS changes the Security state that registers and translation below EL3 are taken for. */
enum sysreg_result sysreg_wr_scr(struct pe *c, unsigned id, uint64_t val)
{
    if (c->sr[id] == val)
        return SYSREG_OK;
    c->sr[id] = val;
    mmu_context_changed(c);
    pe_update_el_state(c);
    timer_controls_changed(c);
    gic_update(c);
    return SYSREG_RESYNC;
}

/* ISR_EL1: pending A<8>, I<7>, F<6>, physical or, at EL1 when HCR_EL2 routes them to EL2, virtual. */
uint64_t sysreg_rd_isr(struct pe *c, unsigned id)
{
    static const struct {
        uint32_t physical, virt;
        uint64_t route, hcr_virtual;
        unsigned bit;
    } kinds[] = {
        { LINE_SERR, 0, HCR_AMO, HCR_VSE, 8 },
        { LINE_IRQ, LINE_VIRQ, HCR_IMO, HCR_VI, 7 },
        { LINE_FIQ, LINE_VFIQ, HCR_FMO, HCR_VF, 6 },
    };
    uint64_t hcr = pe_hcr(c), isr = 0;

    (void)id;
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        bool virt = c->el == 1 && (hcr & kinds[i].route);
        bool pending = virt ? (c->irq_lines & kinds[i].virt) || (hcr & kinds[i].hcr_virtual)
                            : c->irq_lines & kinds[i].physical;

        isr |= (uint64_t)pending << kinds[i].bit;
    }
    return isr;
}

/* DISR_EL1 is VDISR_EL2 at EL1 when SError exceptions go to EL2 (FEAT_RAS). */
static unsigned disr_slot(const struct pe *c, unsigned id)
{
    return c->el == 1 && (pe_hcr(c) & HCR_AMO) ? SR_VDISR_EL2 : id;
}

uint64_t sysreg_rd_disr(struct pe *c, unsigned id)
{
    return c->sr[disr_slot(c, id)];
}

enum sysreg_result sysreg_wr_disr(struct pe *c, unsigned id, uint64_t val)
{
    c->sr[disr_slot(c, id)] = val;
    return SYSREG_OK;
}

/* CNTHCTL_EL2 has four more enables with E2H: EL0VTEN, EL0PTEN, EL1PCTEN, EL1PTEN in bits <11:8>. */
enum sysreg_result sysreg_wr_cnthctl(struct pe *c, unsigned id, uint64_t val)
{
    timer_sysreg_write(c, id, c->sr[SR_HCR_EL2] & HCR_E2H ? val : val & ~UINT64_C(0xf00));
    return SYSREG_OK;
}

uint64_t sysreg_rd_timer(struct pe *c, unsigned id)
{
    return timer_sysreg_read(c, id);
}

/* Timers drive the GIC, which drives c->irq_lines: the caller looks there. */
enum sysreg_result sysreg_wr_timer(struct pe *c, unsigned id, uint64_t val)
{
    timer_sysreg_write(c, id, val);
    return SYSREG_OK;
}

uint64_t sysreg_rd_gic(struct pe *c, unsigned id)
{
    return gic_sysreg_read(c, id);
}

enum sysreg_result sysreg_wr_gic(struct pe *c, unsigned id, uint64_t val)
{
    gic_sysreg_write(c, id, val);
    return SYSREG_OK;
}
