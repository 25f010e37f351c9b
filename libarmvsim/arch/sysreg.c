/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg.c
 * MRS, MSR and SYS that are more than a load or store of c->sr[]: UNDEFINED, traps, redirection, side
 * effects (DDI 0487: C5.1.2 and C5.1.3, D1.3.5; pseudocode AArch64.CheckSystemAccess,
 * AArch64.SystemAccessTrap, AArch64.SystemAccessTrapSyndrome). UNDEFINED comes before every trap.
 *
 * Not modelled: FEAT_IDST (ID registers at EL0 are UNDEFINED), fine-grained traps, 128-bit registers.
 */
#include "arch/sysreg.h"

#include "arch/exception.h"
#include "arch/pmu.h"
#include "arch/regbits.h"
#include "arch/sysreg_table.h"
#include "arch/trap.h"
#include "core/machine.h"
#include "gic/gic.h"

/* The encoding in an MRS, MSR or SYS instruction: op0<20:19> to op2<7:5>. */
static unsigned insn_encoding(uint32_t insn)
{
    return (unsigned)bits(insn, 20, 5);
}

/* ISS of EC 0x18: Op0<21:20> Op2<19:17> Op1<16:14> CRn<13:10> Rt<9:5> CRm<4:1> Direction<0>. */
static uint32_t insn_iss(uint32_t insn)
{
    unsigned enc = insn_encoding(insn);

    return sysreg_op0(enc) << 20 | sysreg_op2(enc) << 17 | sysreg_op1(enc) << 14 | sysreg_crn(enc) << 10 |
           (insn & 31) << 5 | sysreg_crm(enc) << 1 | (unsigned)bit(insn, 21);
}

static enum sysreg_result undefined(struct pe *c, unsigned id, uint32_t insn)
{
    unsigned enc = insn_encoding(insn);

    avs_log(c->m, LOG_GUEST, "UNDEFINED %s S%u_%u_C%u_C%u_%u (%s) at EL%u, pc 0x%llx",
            bit(insn, 21) ? "read of" : "write of", sysreg_op0(enc), sysreg_op1(enc), sysreg_crn(enc),
            sysreg_crm(enc), sysreg_op2(enc), id < SR_COUNT ? sysreg_name(id) : "unknown register", c->el,
            (unsigned long long)c->pc);
    exc_undefined(c, insn);
    return SYSREG_EXC;
}

static bool trapped(struct pe *c, unsigned id, unsigned group, uint32_t insn, bool write)
{
    unsigned control;

    if (group == TRAP_GROUP_FP) {
        if (!trap_find(c, group, write))
            return false;
        trap_fp_access(c, insn);
    } else {
        control = trap_find(c, group, write);
        if (!control)
            return false;
        exc_trap(c, (uint16_t)control, trap_target(c, control), EC_SYSREG, insn_iss(insn));
    }
    c->exc.insn = insn;
    c->exc.sysreg = (uint16_t)id;
    return true;
}

/* No such access, on this core. IMPLEMENTATION DEFINED encodings (CRn 11 and 15, D23.3.2) trap by
 * HCR_EL2.TIDCP, whether or not the core has a register there. */
static enum sysreg_result no_access(struct pe *c, unsigned id, uint32_t insn, bool write)
{
    unsigned enc = insn_encoding(insn), crn = sysreg_crn(enc);
    bool impdef = (sysreg_op0(enc) == 3 || sysreg_op0(enc) == 1) && (crn == 11 || crn == 15);

    if (impdef && trapped(c, id, TRAP_GROUP_TIDCP, insn, write))
        return SYSREG_EXC;
    return undefined(c, id, insn);
}

static bool undefined_now(const struct pe *c, unsigned how)
{
    return ((how & SRP_SP_EL0) && !c->spsel) || ((how & SRP_SECURE) && !pe_is_secure(c)) ||
           ((how & SRP_TRNDR) && !(c->sr[SR_SCR_EL3] & SCR_TRNDR)) ||
           ((how & SRP_NEEDS_EL2) && !pe_el2_enabled(c)) ||
           ((how & SRP_NEEDS_E2H) && !(c->sr[SR_HCR_EL2] & HCR_E2H));
}

/* An ICC_ name that reaches the virtual CPU interface costs what that does: it is state of the core, while
 * the physical interface talks to the distributor (IHI 0069, 2.3). */
static enum cost_class charge_now(const struct pe *c, unsigned charge, unsigned id)
{
    if (charge == COST_SR_GIC_READ && gic_sysreg_is_virtual(c, id))
        return COST_SR_VGIC_READ;
    if (charge == COST_SR_GIC_WRITE && gic_sysreg_is_virtual(c, id))
        return COST_SR_VGIC_WRITE;
    return (enum cost_class)charge;
}

/* Everything before the access itself. On SYSREG_OK, *slot is the register that it reaches; SR_NONE when it
 * is RES0 here. */
static enum sysreg_result check(struct pe *c, unsigned id, uint32_t insn, bool write, unsigned *slot)
{
    const struct sysreg_path *p;
    unsigned how;

    if (unlikely(id >= SR_COUNT))
        return no_access(c, SR_NONE, insn, write);
    p = sysreg_path(c, c->el, write, id);
    how = sysreg_tables(c)->how[p - c->sr_path];
    if (unlikely(p->kind == SR_PATH_UNDEF || undefined_now(c, how)))
        return no_access(c, id, insn, write);
    if ((how & SRP_GUARDED) && trapped(c, id, sysreg_table[id].group, insn, write))
        return SYSREG_EXC;
    if (p->charge != COST_FREE)
        timing_charge(c, charge_now(c, p->charge, id));
    *slot = (how & SRP_HOST_EL0) && pe_in_host(c) ? sysreg_table[id].other : p->slot;
    if (unlikely(how & SRP_RES0))
        *slot = SR_NONE;
    return SYSREG_OK;
}

enum sysreg_result sysreg_read(struct pe *c, unsigned id, uint32_t insn, uint64_t *val)
{
    unsigned slot = SR_NONE;
    enum sysreg_result r = check(c, id, insn, false, &slot);

    if (unlikely(r != SYSREG_OK))
        return r;
    if (unlikely(slot == SR_NONE)) {
        *val = c->sr[id];
        return SYSREG_OK;
    }
    c->sr_read_set[slot / 64] |= BIT(slot % 64);
    *val = sysreg_table[slot].read ? sysreg_table[slot].read(c, slot) : c->sr[slot];
    return SYSREG_OK;
}

enum sysreg_result sysreg_write(struct pe *c, unsigned id, uint32_t insn, uint64_t val)
{
    unsigned slot = SR_NONE;
    uint64_t mask;
    enum sysreg_result r = check(c, id, insn, true, &slot);

    if (unlikely(r != SYSREG_OK) || slot == SR_NONE)
        return r;
    c->sr_write_set[slot / 64] |= BIT(slot % 64);
    if (unlikely(c->pmu.posting))
        pmu_written(c, id);
    mask = c->sr_wmask[slot];
    val = (val & mask) | (c->sr[slot] & ~mask);
    if (sysreg_table[slot].write)
        return sysreg_table[slot].write(c, slot, val);
    c->sr[slot] = val;
    return SYSREG_OK;
}

/* MSR (immediate), C5.2: the PSTATE field by op1 and op2, and whether EL0 may write it. */
static const struct pstate_field {
    uint8_t op1, op2;
    bool el0;
    uint16_t reg;
    uint8_t lo; /* Of the field in the register. */
    uint8_t width;
} pstate_fields[] = {
    { 0, 3, false, SR_UAO, 23, 1 }, { 0, 4, false, SR_PAN, 22, 1 }, { 0, 5, false, SR_SPSel, 0, 1 },
    { 3, 1, true, SR_SSBS, 12, 1 }, { 3, 2, true, SR_DIT, 24, 1 },  { 3, 6, true, SR_DAIF, 6, 4 },
    { 3, 7, true, SR_DAIF, 6, 4 },
};

static const struct pstate_field *find_pstate_field(const struct pe *c, unsigned op1, unsigned op2)
{
    for (unsigned i = 0; i < sizeof(pstate_fields) / sizeof(pstate_fields[0]); i++) {
        const struct pstate_field *f = &pstate_fields[i];

        if (f->op1 == op1 && f->op2 == op2)
            return (f->el0 || c->el) && sysreg_tables(c)->present[f->reg] ? f : NULL;
    }
    return NULL;
}

enum sysreg_result sysreg_write_imm(struct pe *c, uint32_t insn)
{
    const unsigned op2 = (unsigned)bits(insn, 7, 5), crm = (unsigned)bits(insn, 11, 8);
    const struct pstate_field *f = find_pstate_field(c, (unsigned)bits(insn, 18, 16), op2);
    uint64_t field, val;

    if (!f)
        return undefined(c, SR_NONE, insn);
    if (f->reg == SR_DAIF && trapped(c, SR_DAIF, TRAP_GROUP_UMA, insn, true))
        return SYSREG_EXC;
    field = MASK(f->lo + f->width - 1, f->lo);
    val = (uint64_t)crm << f->lo & field;
    if (f->reg == SR_DAIF) /* DAIFSet and DAIFClr. */
        val = op2 == 6 ? (uint64_t)c->daif << 6 | val : (uint64_t)c->daif << 6 & ~val;
    return sysreg_table[f->reg].write(c, f->reg, val);
}
