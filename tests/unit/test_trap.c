/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_trap.c
 * Trap controls: the tables' self-checks, every control of the tables by a register or instruction that it
 * guards, targets, priorities and syndromes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysreg_fixture.h"

/* The tables. */

Test(trap_table, is_sound)
{
    char why[256] = "";

    cr_assert(trap_check_controls(trap_controls, TRAP_COUNT, why, sizeof(why)), "%s", why);
    cr_assert(trap_check_groups(trap_lists, TRAP_GROUP_COUNT, why, sizeof(why)), "%s", why);
}

static void expect_found(struct trap_control bad, const char *text)
{
    struct trap_control copy[TRAP_COUNT];
    char why[256] = "", line[64];

    memcpy(copy, trap_controls, sizeof(copy));
    copy[TRAP_HCR_TTLB] = bad;
    snprintf(line, sizeof(line), "trap.def:%u: ", bad.line);
    cr_assert_not(trap_check_controls(copy, TRAP_COUNT, why, sizeof(why)), "%s: not found", text);
    cr_assert_neq(strstr(why, text), NULL, "%s does not say %s", why, text);
    cr_assert_neq(strstr(why, line), NULL, "%s does not name %s", why, line);
}

Test(trap_table, slips_are_found)
{
    struct trap_control bad = trap_controls[TRAP_HCR_TTLB];

    bad.lo = trap_controls[TRAP_HCR_TPU].lo;
    expect_found(bad, "the bits of HCR_EL2.TPU");
    bad = trap_controls[TRAP_HCR_TTLB];
    bad.values = 0x10;
    expect_found(bad, "values that the field does not have");
    bad = trap_controls[TRAP_HCR_TTLB];
    bad.from = 8;
    expect_found(bad, "a trap to a lower EL");
}

Test(trap_table, group_slips_are_found)
{
    struct trap_list copy[TRAP_GROUP_COUNT];
    char why[256] = "";

    memcpy(copy, trap_lists, sizeof(copy));
    copy[TRAP_GROUP_CTR].id[0] = TRAP_HCR_TID2;
    copy[TRAP_GROUP_CTR].id[1] = TRAP_SCTLR_UCT;
    cr_assert_not(trap_check_groups(copy, TRAP_GROUP_COUNT, why, sizeof(why)));
    cr_assert_neq(strstr(why, "CTR: SCTLR_EL1.UCT is out of order"), NULL, "%s", why);
    memcpy(copy, trap_lists, sizeof(copy));
    copy[TRAP_GROUP_TTLB].id[0] = TRAP_HCR_TPU;
    cr_assert_not(trap_check_groups(copy, TRAP_GROUP_COUNT, why, sizeof(why)));
    cr_assert_neq(strstr(why, "HCR_EL2.TTLB: in no group"), NULL, "%s", why);
}

/* Every register of a group is guarded, and every group but those of instructions guards one. */
Test(trap_table, groups_are_used)
{
    static const uint8_t instructions[] = { TRAP_GROUP_WFI, TRAP_GROUP_WFE, TRAP_GROUP_SMC,
                                            TRAP_GROUP_PAUTH, TRAP_GROUP_TRACE };
    bool used[TRAP_GROUP_COUNT] = { [TRAP_GROUP_NONE] = true };

    for (unsigned i = 0; i < sizeof(instructions); i++)
        used[instructions[i]] = true;
    for (unsigned id = 0; id < SR_COUNT; id++)
        used[sysreg_table[id].group] = true;
    for (unsigned g = 0; g < TRAP_GROUP_COUNT; g++)
        cr_assert(used[g], "trap_group.def:%u: %s guards nothing", trap_lists[g].line, trap_lists[g].name);
}

/* The controls and routing bits that the model promises. */
Test(trap_table, every_promised_control_is_there)
{
    static const char *const promised[] = {
        "HCR_EL2.TVM",         "HCR_EL2.TRVM",        "HCR_EL2.TID0",         "HCR_EL2.TID1",
        "HCR_EL2.TID2",        "HCR_EL2.TID3",        "HCR_EL2.TACR",         "HCR_EL2.TSW",
        "HCR_EL2.TPCP",        "HCR_EL2.TPU",         "HCR_EL2.TTLB",         "HCR_EL2.TDZ",
        "HCR_EL2.TWI",         "HCR_EL2.TWE",         "HCR_EL2.TSC",          "HCR_EL2.TIDCP",
        "HCR_EL2.HCD",         "HCR_EL2.TERR",        "HCR_EL2.TLOR",         "HCR_EL2.APK",
        "HCR_EL2.API",         "HCR_EL2.TGE",         "HCR_EL2.IMO",          "HCR_EL2.FMO",
        "HCR_EL2.AMO",         "CPTR_EL2.TFP",        "CPTR_EL2.FPEN",        "CPTR_EL2.TCPAC",
        "CPTR_EL2.TTA",        "CPTR_EL3.TFP",        "CPTR_EL3.TCPAC",       "CPTR_EL3.TTA",
        "CPACR_EL1.FPEN",      "CPACR_EL1.TTA",       "MDCR_EL2.TDE",         "MDCR_EL2.TDA",
        "MDCR_EL2.TDOSA",      "MDCR_EL2.TDRA",       "MDCR_EL2.TPM",         "MDCR_EL2.TPMCR",
        "MDCR_EL3.TPM",        "MDCR_EL3.TDA",        "MDCR_EL3.TDOSA",       "CNTHCTL_EL2.EL1PCTEN",
        "CNTHCTL_EL2.EL1PCEN", "CNTHCTL_EL2.EL1PTEN", "CNTHCTL_EL2.EL0PCTEN", "CNTHCTL_EL2.EL0VCTEN",
        "CNTHCTL_EL2.EL0PTEN", "CNTHCTL_EL2.EL0VTEN", "CNTKCTL_EL1.EL0PCTEN", "CNTKCTL_EL1.EL0VCTEN",
        "CNTKCTL_EL1.EL0PTEN", "CNTKCTL_EL1.EL0VTEN", "SCTLR_EL1.UCI",        "SCTLR_EL1.UCT",
        "SCTLR_EL1.UMA",       "SCTLR_EL1.DZE",       "SCTLR_EL1.nTWI",       "SCTLR_EL1.nTWE",
        "SCR_EL3.TWI",         "SCR_EL3.TWE",         "SCR_EL3.SMD",          "SCR_EL3.HCE",
        "SCR_EL3.ST",          "SCR_EL3.APK",         "SCR_EL3.API",          "SCR_EL3.TERR",
        "SCR_EL3.TLOR",        "SCR_EL3.IRQ",         "SCR_EL3.FIQ",          "SCR_EL3.EA",
        "ICH_HCR_EL2.TALL0",   "ICH_HCR_EL2.TALL1",   "ICH_HCR_EL2.TC",       "ICH_HCR_EL2.TDIR",
        "ICH_HCR_EL2.TSEI",    "ICC_SRE_EL2.Enable",  "ICC_SRE_EL3.Enable",   "PMUSERENR_EL0.EN",
        "MDSCR_EL1.TDCC",
    };

    for (unsigned i = 0; i < sizeof(promised) / sizeof(promised[0]); i++) {
        unsigned id = 0;

        while (id < TRAP_COUNT && strcmp(trap_name(id), promised[i]) != 0)
            id++;
        cr_assert_lt(id, TRAP_COUNT, "%s is missing", promised[i]);
    }
}

/* Each control by a register that it guards: without it the access goes through (or is another's), with it
 * it traps there, with that cause. A row sets `reg` to `on` for the trap and to `off` against it. */
struct row {
    unsigned cause;
    unsigned reg;
    uint64_t on, off;
    unsigned access;
    bool write;
    unsigned el;
    unsigned target;
};

#define ROW_ON(cause, reg, bit, access, write, el, target)                                                 \
    {                                                                                                      \
        TRAP_##cause, SR_##reg, BIT(bit), 0, SR_##access, write, el, target                                \
    }
#define ROW_OFF(cause, reg, bit, access, write, el, target)                                                \
    {                                                                                                      \
        TRAP_##cause, SR_##reg, 0, BIT(bit), SR_##access, write, el, target                                \
    }

static void expect_rows(struct sr_rig *r, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *w = &rows[i];
        const uint64_t saved = r->c->sr[w->reg];
        uint64_t val;

        sr_el(r, w->el);
        r->c->sr[w->reg] = (saved & ~(w->on | w->off)) | w->on;
        sr_expect_trap(r, w->access, w->write, w->cause, w->target);
        r->c->sr[w->reg] = (saved & ~(w->on | w->off)) | w->off;
        enum sysreg_result result =
            w->write ? sr_try_write(r, w->access, 0) : sr_try_read(r, w->access, &val);
        cr_assert(result != SYSREG_EXC || r->c->exc.cause != w->cause, "%s traps all the same",
                  trap_name(w->cause));
        r->c->sr[w->reg] = saved;
    }
}

Test(trap, el1_controls_of_el0)
{
    static const struct row rows[] = {
        ROW_OFF(SCTLR_UCT, SCTLR_EL1, 15, CTR_EL0, false, 0, 1),
        ROW_OFF(SCTLR_UMA, SCTLR_EL1, 9, DAIF, false, 0, 1),
        ROW_OFF(SCTLR_UMA, SCTLR_EL1, 9, DAIF, true, 0, 1),
        ROW_OFF(SCTLR_DZE, SCTLR_EL1, 14, DC_ZVA, true, 0, 1),
        ROW_OFF(SCTLR_UCI, SCTLR_EL1, 26, IC_IVAU, true, 0, 1),
        ROW_OFF(SCTLR_UCI, SCTLR_EL1, 26, DC_CVAU, true, 0, 1),
        ROW_OFF(SCTLR_UCI, SCTLR_EL1, 26, DC_CIVAC, true, 0, 1),
        ROW_OFF(CNTKCTL_EL0PCTEN, CNTKCTL_EL1, 0, CNTPCT_EL0, false, 0, 1),
        ROW_OFF(CNTKCTL_EL0VCTEN, CNTKCTL_EL1, 1, CNTVCT_EL0, false, 0, 1),
        ROW_OFF(CNTKCTL_EL0xCTEN, CNTKCTL_EL1, 1, CNTFRQ_EL0, false, 0, 1),
        ROW_OFF(CNTKCTL_EL0VTEN, CNTKCTL_EL1, 8, CNTV_CTL_EL0, true, 0, 1),
        ROW_OFF(CNTKCTL_EL0PTEN, CNTKCTL_EL1, 9, CNTP_CVAL_EL0, false, 0, 1),
        ROW_OFF(PMUSERENR_EN, PMUSERENR_EL0, 0, PMCR_EL0, true, 0, 1),
        ROW_OFF(PMUSERENR_SW, PMUSERENR_EL0, 1, PMSWINC_EL0, true, 0, 1),
        ROW_OFF(PMUSERENR_CR, PMUSERENR_EL0, 2, PMCCNTR_EL0, false, 0, 1),
        ROW_OFF(PMUSERENR_EN_WR, PMUSERENR_EL0, 0, PMCCNTR_EL0, true, 0, 1),
        ROW_OFF(PMUSERENR_ER, PMUSERENR_EL0, 3, PMXEVCNTR_EL0, false, 0, 1),
        ROW_OFF(PMUSERENR_ER_SEL, PMUSERENR_EL0, 3, PMSELR_EL0, true, 0, 1),
        ROW_ON(MDSCR_TDCC, MDSCR_EL1, 12, MDCCSR_EL0, false, 0, 1),
    };
    struct sr_rig r = sr_rig_el2();

    expect_rows(&r, rows, sizeof(rows) / sizeof(rows[0]));
    sr_rig_free(&r);
}

/* EL0's exceptions to EL1 go to EL2 with HCR_EL2.TGE; the control that fired stays the cause. */
Test(trap, el1_controls_go_to_el2_with_tge)
{
    struct sr_rig r = sr_rig_el2();

    r.c->sr[SR_HCR_EL2] |= HCR_TGE;
    sr_el(&r, 0);
    sr_expect_trap(&r, SR_CTR_EL0, false, TRAP_SCTLR_UCT, 2);
    sr_expect_trap(&r, SR_CNTVCT_EL0, false, TRAP_CNTKCTL_EL0VCTEN, 2);
    sr_rig_free(&r);
}

Test(trap, hcr_el2)
{
    static const struct sr_id ids[] = { { SR_ID_AA64ISAR1_EL1, 0x10 },
                                        { SR_ID_AA64MMFR1_EL1, 0x10000 },
                                        { SR_ID_AA64PFR0_EL1, 0x10000000 },
                                        { SR_NONE, 0 } };
    static const struct row rows[] = {
        ROW_ON(HCR_TID1, HCR_EL2, 16, REVIDR_EL1, false, 1, 2),
        ROW_ON(HCR_TID1, HCR_EL2, 16, AIDR_EL1, false, 1, 2),
        ROW_ON(HCR_TID2, HCR_EL2, 17, CTR_EL0, false, 1, 2),
        ROW_ON(HCR_TID2, HCR_EL2, 17, CSSELR_EL1, true, 1, 2),
        ROW_ON(HCR_TID2, HCR_EL2, 17, CCSIDR_EL1, false, 1, 2),
        ROW_ON(HCR_TID3, HCR_EL2, 18, ID_AA64PFR0_EL1, false, 1, 2),
        ROW_ON(HCR_TID3, HCR_EL2, 18, ID_PFR0_EL1, false, 1, 2),
        ROW_ON(HCR_TID3, HCR_EL2, 18, S3_0_C0_C7_7, false, 1, 2),
        ROW_ON(HCR_TACR, HCR_EL2, 21, ACTLR_EL1, true, 1, 2),
        ROW_ON(HCR_TSW, HCR_EL2, 22, DC_CISW, true, 1, 2),
        ROW_ON(HCR_TPCP, HCR_EL2, 23, DC_IVAC, true, 1, 2),
        ROW_ON(HCR_TPCP, HCR_EL2, 23, DC_CVAC, true, 1, 2),
        ROW_ON(HCR_TPU, HCR_EL2, 24, IC_IALLU, true, 1, 2),
        ROW_ON(HCR_TPU, HCR_EL2, 24, DC_CVAU, true, 1, 2),
        ROW_ON(HCR_TTLB, HCR_EL2, 25, TLBI_VMALLE1, true, 1, 2),
        ROW_ON(HCR_TTLB, HCR_EL2, 25, TLBI_VAE1IS, true, 1, 2),
        ROW_ON(HCR_TVM, HCR_EL2, 26, SCTLR_EL1, true, 1, 2),
        ROW_ON(HCR_TVM, HCR_EL2, 26, CONTEXTIDR_EL1, true, 1, 2),
        ROW_ON(HCR_TDZ, HCR_EL2, 28, DC_ZVA, true, 1, 2),
        ROW_ON(HCR_TRVM, HCR_EL2, 30, TTBR1_EL1, false, 1, 2),
        ROW_ON(HCR_TLOR, HCR_EL2, 35, LORC_EL1, true, 1, 2),
        ROW_ON(HCR_TERR, HCR_EL2, 36, ERRIDR_EL1, false, 1, 2),
        ROW_OFF(HCR_APK, HCR_EL2, 40, APIAKeyLo_EL1, true, 1, 2),
        ROW_ON(HCR_FMO_SGI, HCR_EL2, 3, ICC_SGI1R_EL1, true, 1, 2),
        ROW_ON(HCR_IMO_SGI, HCR_EL2, 4, ICC_SGI0R_EL1, true, 1, 2),
    };
    struct sr_rig r = sr_rig("virt,virtualization=on", ids);
    uint64_t val;

    expect_rows(&r, rows, sizeof(rows) / sizeof(rows[0]));
    /* Reads and writes apart. */
    r.c->sr[SR_HCR_EL2] |= HCR_TVM;
    sr_el(&r, 1);
    cr_assert_eq(sr_try_read(&r, SR_SCTLR_EL1, &val), SYSREG_OK);
    r.c->sr[SR_HCR_EL2] ^= HCR_TVM | BIT(30);
    cr_assert_neq(sr_try_write(&r, SR_TTBR0_EL1, 0), SYSREG_EXC);
    /* None of it at EL2 itself. */
    r.c->sr[SR_HCR_EL2] |= HCR_TVM;
    sr_el(&r, 2);
    sr_set(&r, SR_TTBR0_EL1, 0x4000);
    sr_rig_free(&r);
}

Test(trap, hcr_tidcp_takes_what_does_not_exist)
{
    struct sr_rig r = sr_rig_el2();
    const uint32_t insn = sr_insn(SYSREG_ENC(3, 1, 15, 2, 1), true, 5); /* S3_1_C15_C2_1 */
    uint64_t val;

    sr_el(&r, 1);
    cr_assert_eq(sysreg_read(r.c, SR_NONE, insn, &val), SYSREG_EXC);
    cr_assert_eq(r.c->exc.ec, EC_UNKNOWN);
    r.c->sr[SR_HCR_EL2] |= BIT(20);
    cr_assert_eq(sysreg_read(r.c, SR_NONE, insn, &val), SYSREG_EXC);
    cr_assert_eq(r.c->exc.ec, EC_SYSREG);
    cr_assert_eq(r.c->exc.cause, TRAP_HCR_TIDCP);
    cr_assert_eq(sysreg_read(r.c, SR_NONE, sr_insn(SYSREG_ENC(3, 0, 2, 5, 5), true, 5), &val), SYSREG_EXC);
    cr_assert_eq(r.c->exc.ec, EC_UNKNOWN); /* Not IMPLEMENTATION DEFINED: just not there. */
    sr_rig_free(&r);
}

Test(trap, cptr_mdcr_cnthctl_and_ich)
{
    static const struct row rows[] = {
        ROW_ON(CPTR_TCPAC, CPTR_EL2, 31, CPACR_EL1, true, 1, 2),
        ROW_ON(MDCR_TPMCR, MDCR_EL2, 5, PMCR_EL0, true, 1, 2),
        ROW_ON(MDCR_TPM, MDCR_EL2, 6, PMCCNTR_EL0, false, 1, 2),
        ROW_ON(MDCR_TPM, MDCR_EL2, 6, PMINTENSET_EL1, true, 1, 2),
        ROW_ON(MDCR_TDE, MDCR_EL2, 8, MDSCR_EL1, true, 1, 2),
        ROW_ON(MDCR_TDA, MDCR_EL2, 9, DBGBVR0_EL1, true, 1, 2),
        ROW_ON(MDCR_TDA, MDCR_EL2, 9, MDCCSR_EL0, false, 0, 2),
        ROW_ON(MDCR_TDOSA, MDCR_EL2, 10, OSLAR_EL1, true, 1, 2),
        ROW_ON(MDCR_TDRA, MDCR_EL2, 11, MDRAR_EL1, false, 1, 2),
        ROW_OFF(CNTHCTL_EL1PCTEN, CNTHCTL_EL2, 0, CNTPCT_EL0, false, 1, 2),
        ROW_OFF(CNTHCTL_EL1PCEN, CNTHCTL_EL2, 1, CNTP_CTL_EL0, true, 1, 2),
        ROW_ON(ICH_TC, ICH_HCR_EL2, 10, ICC_PMR_EL1, true, 1, 2),
        ROW_ON(ICH_TC, ICH_HCR_EL2, 10, ICC_SGI1R_EL1, true, 1, 2),
        ROW_ON(ICH_TALL0, ICH_HCR_EL2, 11, ICC_IAR0_EL1, false, 1, 2),
        ROW_ON(ICH_TALL1, ICH_HCR_EL2, 12, ICC_IGRPEN1_EL1, true, 1, 2),
        ROW_ON(ICH_TDIR, ICH_HCR_EL2, 14, ICC_DIR_EL1, true, 1, 2),
        ROW_OFF(SRE2_Enable, ICC_SRE_EL2, 3, ICC_SRE_EL1, false, 1, 2),
    };
    struct sr_rig r = sr_rig_el2();

    expect_rows(&r, rows, sizeof(rows) / sizeof(rows[0]));
    sr_rig_free(&r);
}

Test(trap, layouts_with_e2h)
{
    static const struct row guest[] = {
        ROW_OFF(CNTHCTL_EL1PCTEN_E2H, CNTHCTL_EL2, 10, CNTPCT_EL0, false, 1, 2),
        ROW_OFF(CNTHCTL_EL1PTEN, CNTHCTL_EL2, 11, CNTP_CTL_EL0, true, 1, 2),
        ROW_ON(CPTR_TCPAC, CPTR_EL2, 31, CPACR_EL1, true, 1, 2),
    };
    static const struct row host[] = {
        ROW_OFF(SCTLR2_UCT, SCTLR_EL2, 15, CTR_EL0, false, 0, 2),
        ROW_OFF(SCTLR2_DZE, SCTLR_EL2, 14, DC_ZVA, true, 0, 2),
        ROW_OFF(SCTLR2_UCI, SCTLR_EL2, 26, IC_IVAU, true, 0, 2),
        ROW_OFF(CNTHCTL_EL0PCTEN, CNTHCTL_EL2, 0, CNTPCT_EL0, false, 0, 2),
        ROW_OFF(CNTHCTL_EL0VCTEN, CNTHCTL_EL2, 1, CNTVCT_EL0, false, 0, 2),
        ROW_OFF(CNTHCTL_EL0xCTEN, CNTHCTL_EL2, 0, CNTFRQ_EL0, false, 0, 2),
        ROW_OFF(CNTHCTL_EL0VTEN, CNTHCTL_EL2, 8, CNTV_CTL_EL0, true, 0, 2),
        ROW_OFF(CNTHCTL_EL0PTEN, CNTHCTL_EL2, 9, CNTP_CTL_EL0, true, 0, 2),
    };
    struct sr_rig r = sr_rig_vhe();
    uint64_t val;

    sr_el(&r, 2);
    sr_set(&r, SR_HCR_EL2, HCR_E2H);
    sr_set(&r, SR_CNTHCTL_EL2, 0xf00);
    expect_rows(&r, guest, sizeof(guest) / sizeof(guest[0]));
    /* The bits of the other layout mean nothing: EL1PCTEN is bit 10 now, not 0. */
    sr_el(&r, 1);
    cr_assert_eq(sr_try_read(&r, SR_CNTPCT_EL0, &val), SYSREG_OK);
    sr_el(&r, 2);
    sr_set(&r, SR_HCR_EL2, HCR_E2H | HCR_TGE);
    sr_set(&r, SR_CNTHCTL_EL2, 0);
    expect_rows(&r, host, sizeof(host) / sizeof(host[0]));
    sr_el(&r, 0);
    sr_expect_trap(&r, SR_DAIF, false, TRAP_HCR_TGE_EL0, 2);
    /* TID2 leaves a host's EL0 alone, and so do SCTLR_EL1's controls. */
    r.c->sr[SR_HCR_EL2] |= BIT(17);
    r.c->sr[SR_SCTLR_EL2] |= BIT(15);
    cr_assert_eq(sr_try_read(&r, SR_CTR_EL0, &val), SYSREG_OK);
    sr_rig_free(&r);
}

Test(trap, el3)
{
    static const struct sr_id ids[] = { { SR_ID_AA64ISAR1_EL1, 0x10 },
                                        { SR_ID_AA64MMFR1_EL1, 0x10000 },
                                        { SR_ID_AA64PFR0_EL1, 0x10000000 },
                                        { SR_NONE, 0 } };
    static const struct row rows[] = {
        ROW_ON(CPTR3_TCPAC, CPTR_EL3, 31, CPTR_EL2, false, 2, 3),
        ROW_ON(CPTR3_TCPAC, CPTR_EL3, 31, CPACR_EL1, false, 1, 3),
        ROW_ON(MDCR3_TPM, MDCR_EL3, 6, PMCR_EL0, false, 2, 3),
        ROW_ON(MDCR3_TDA, MDCR_EL3, 9, MDCR_EL2, false, 2, 3),
        ROW_ON(MDCR3_TDOSA, MDCR_EL3, 10, OSDLR_EL1, false, 2, 3),
        ROW_ON(SCR_TLOR, SCR_EL3, 14, LORSA_EL1, false, 2, 3),
        ROW_ON(SCR_TERR, SCR_EL3, 15, ERRSELR_EL1, false, 2, 3),
        ROW_OFF(SCR_APK, SCR_EL3, 16, APIBKeyHi_EL1, false, 2, 3),
        ROW_ON(SCR_IRQ_ICC, SCR_EL3, 1, ICC_IAR1_EL1, false, 2, 3),
        ROW_ON(SCR_FIQ_ICC, SCR_EL3, 2, ICC_BPR0_EL1, false, 1, 3),
        ROW_OFF(SRE3_Enable, ICC_SRE_EL3, 3, ICC_SRE_EL2, false, 2, 3),
        { TRAP_SCR_IRQFIQ_ICC, SR_SCR_EL3, 6, 0, SR_ICC_PMR_EL1, true, 1, 3 },
        { TRAP_SCR_IRQFIQ_ICC, SR_SCR_EL3, 6, 0, SR_ICC_SGI1R_EL1, true, 2, 3 },
    };
    struct sr_rig r = sr_rig("virt,virtualization=on,secure=on", ids);
    uint64_t val;

    r.c->sr[SR_SCR_EL3] |= SCR_NS;
    expect_rows(&r, rows, sizeof(rows) / sizeof(rows[0]));
    /* One of two is not both. */
    r.c->sr[SR_SCR_EL3] |= 2;
    sr_el(&r, 2);
    cr_assert_eq(sr_try_read(&r, SR_ICC_PMR_EL1, &val), SYSREG_OK);
    /* At EL1 the virtual interface is not EL3's. */
    r.c->sr[SR_HCR_EL2] |= BIT(4);
    sr_el(&r, 1);
    cr_assert_eq(sr_try_read(&r, SR_ICC_HPPIR1_EL1, &val), SYSREG_OK);
    sr_rig_free(&r);
}

Test(trap, secure_timer)
{
    struct sr_rig r = sr_rig_el3();

    sr_el(&r, 1);
    sr_expect_undefined(&r, SR_CNTPS_CTL_EL1, false); /* Non-secure, before SCR_EL3.ST is asked. */
    sr_el(&r, 2);
    sr_expect_undefined(&r, SR_CNTPS_CTL_EL1, false);
    r.c->sr[SR_SCR_EL3] &= ~SCR_NS;
    sr_el(&r, 1);
    sr_expect_trap(&r, SR_CNTPS_CTL_EL1, false, TRAP_SCR_ST, 3);
    r.c->sr[SR_SCR_EL3] |= BIT(11);
    cr_assert_eq(sr_get(&r, SR_CNTPS_CTL_EL1) & 3, 0);
    sr_rig_free(&r);
}

Test(trap, el2_controls_need_el2_enabled)
{
    struct sr_rig r = sr_rig_el3();

    r.c->sr[SR_HCR_EL2] |= HCR_TVM;
    sr_el(&r, 1);
    sr_expect_trap(&r, SR_TTBR0_EL1, true, TRAP_HCR_TVM, 2);
    r.c->sr[SR_SCR_EL3] &= ~SCR_NS;
    sr_set(&r, SR_TTBR0_EL1, 0x1000);
    sr_rig_free(&r);
}

Test(trap, the_lowest_el_asks_first)
{
    struct sr_rig r = sr_rig_el3();

    r.c->sr[SR_MDCR_EL2] |= BIT(6);
    r.c->sr[SR_MDCR_EL3] |= BIT(6);
    sr_el(&r, 0);
    sr_expect_trap(&r, SR_PMCCNTR_EL0, false, TRAP_PMUSERENR_CR, 1);
    r.c->sr[SR_PMUSERENR_EL0] = 1;
    sr_expect_trap(&r, SR_PMCCNTR_EL0, false, TRAP_MDCR_TPM, 2);
    r.c->sr[SR_MDCR_EL2] &= ~BIT(6);
    sr_expect_trap(&r, SR_PMCCNTR_EL0, false, TRAP_MDCR3_TPM, 3);
    r.c->sr[SR_MDCR_EL3] &= ~BIT(6);
    (void)sr_get(&r, SR_PMCCNTR_EL0);
    sr_rig_free(&r);
}

Test(trap, undefined_comes_before_traps)
{
    struct sr_rig r = sr_rig_el2();

    r.c->sr[SR_HCR_EL2] |= BIT(18) | HCR_TVM;
    sr_el(&r, 0);
    sr_expect_undefined(&r, SR_ID_AA64PFR0_EL1, false);
    sr_el(&r, 1);
    sr_expect_undefined(&r, SR_ID_AA64PFR0_EL1, true);
    sr_rig_free(&r);
}

/* ISS of EC 0x18, bit by bit. */
Test(trap, syndrome)
{
    struct sr_rig r = sr_rig_el2();
    uint64_t val;

    r.c->sr[SR_HCR_EL2] |= HCR_TVM | BIT(18);
    r.c->pc = 0x1000;
    sr_el(&r, 1);
    sr_expect_trap(&r, SR_CONTEXTIDR_EL1, true, TRAP_HCR_TVM, 2);
    cr_assert_eq(r.c->exc.ec, EC_SYSREG);
    /* Op0 3, Op2 1, Op1 0, CRn 13, Rt 7, CRm 0, write. */
    cr_assert_eq(r.c->exc.iss, 3u << 20 | 1u << 17 | 0u << 14 | 13u << 10 | 7u << 5 | 0u << 1 | 0u);
    cr_assert_eq(r.c->exc.sysreg, SR_CONTEXTIDR_EL1);
    cr_assert_eq(r.c->exc.ret, 0x1000);
    cr_assert_neq(r.c->exc.insn, 0);
    cr_assert_eq(sr_try_read(&r, SR_ID_AA64MMFR2_EL1, &val), SYSREG_EXC);
    cr_assert_eq(r.c->exc.iss, 3u << 20 | 2u << 17 | 0u << 14 | 0u << 10 | 7u << 5 | 7u << 1 | 1u);
    cr_assert_eq(val, 0xdeadbeef, "a trapped read gives nothing");
    sr_rig_free(&r);
}

/* Instructions. */

Test(trap, wfi_and_wfe)
{
    struct sr_rig r = sr_rig_el3();

    r.c->sr[SR_SCTLR_EL1] |= BIT(16) | BIT(18);
    sr_el(&r, 0);
    cr_assert_not(trap_check(r.c, TRAP_GROUP_WFI, false, EC_WFX, 0));
    r.c->sr[SR_SCR_EL3] |= BIT(12);
    cr_assert(trap_check(r.c, TRAP_GROUP_WFI, false, EC_WFX, 0));
    cr_assert_eq(r.c->exc.cause, TRAP_SCR_TWI);
    cr_assert_not(trap_check(r.c, TRAP_GROUP_WFE, false, EC_WFX, 1));
    r.c->sr[SR_HCR_EL2] |= BIT(13) | BIT(14);
    cr_assert(trap_check(r.c, TRAP_GROUP_WFI, false, EC_WFX, 0));
    cr_assert_eq(r.c->exc.cause, TRAP_HCR_TWI);
    cr_assert_eq(r.c->exc.target_el, 2);
    cr_assert(trap_check(r.c, TRAP_GROUP_WFE, false, EC_WFX, 0x1e00001));
    cr_assert_eq(r.c->exc.cause, TRAP_HCR_TWE);
    cr_assert_eq(r.c->exc.iss, 0x1e00001);
    r.c->sr[SR_SCTLR_EL1] &= ~(BIT(16) | BIT(18));
    cr_assert(trap_check(r.c, TRAP_GROUP_WFI, false, EC_WFX, 0));
    cr_assert_eq(r.c->exc.cause, TRAP_SCTLR_nTWI);
    cr_assert_eq(r.c->exc.target_el, 1);
    cr_assert(trap_check(r.c, TRAP_GROUP_WFE, false, EC_WFX, 0));
    cr_assert_eq(r.c->exc.cause, TRAP_SCTLR_nTWE);
    sr_el(&r, 2);
    r.c->sr[SR_SCR_EL3] |= BIT(13);
    cr_assert(trap_check(r.c, TRAP_GROUP_WFE, false, EC_WFX, 0));
    cr_assert_eq(r.c->exc.cause, TRAP_SCR_TWE);
    sr_el(&r, 3);
    cr_assert_not(trap_check(r.c, TRAP_GROUP_WFE, false, EC_WFX, 0));
    sr_rig_free(&r);
}

static void expect_fp(struct sr_rig *r, unsigned el, unsigned cause, unsigned target, uint8_t ec,
                      uint32_t iss)
{
    sr_el(r, el);
    pe_update_fp_trap(r->c);
    cr_assert(r->c->fp_trap, "FP does not trap at EL%u by %s", el, trap_name(cause));
    trap_fp_access(r->c, 0x1e604020);
    cr_assert_eq(r->c->exc.cause, cause, "%s, not %s", trap_name(r->c->exc.cause), trap_name(cause));
    cr_assert_eq(r->c->exc.target_el, target);
    cr_assert_eq(r->c->exc.ec, ec);
    cr_assert_eq(r->c->exc.iss, iss);
    cr_assert_eq(r->c->exc.insn, 0x1e604020);
}

Test(trap, fp)
{
    struct sr_rig r = sr_rig_el3();
    struct pe *c = r.c;

    c->sr[SR_CPACR_EL1] = 0;
    expect_fp(&r, 1, TRAP_CPACR_FPEN, 1, EC_FP_ACCESS, 0x1e00000);
    expect_fp(&r, 0, TRAP_CPACR_FPEN, 1, EC_FP_ACCESS, 0x1e00000);
    c->sr[SR_CPACR_EL1] = 1 << 20;
    expect_fp(&r, 0, TRAP_CPACR_FPEN_EL0, 1, EC_FP_ACCESS, 0x1e00000);
    c->sr[SR_HCR_EL2] |= HCR_TGE; /* Then it is reported as an UNDEFINED instruction. */
    expect_fp(&r, 0, TRAP_CPACR_FPEN_EL0, 2, EC_UNKNOWN, 0);
    c->sr[SR_HCR_EL2] &= ~HCR_TGE;
    c->sr[SR_CPACR_EL1] = 3 << 20;
    sr_el(&r, 1);
    cr_assert_not(c->fp_trap);
    c->sr[SR_CPTR_EL2] |= BIT(10);
    expect_fp(&r, 1, TRAP_CPTR_TFP, 2, EC_FP_ACCESS, 0x1e00000);
    expect_fp(&r, 2, TRAP_CPTR_TFP, 2, EC_FP_ACCESS, 0x1e00000);
    c->sr[SR_CPTR_EL2] &= ~BIT(10);
    c->sr[SR_CPTR_EL3] |= BIT(10);
    expect_fp(&r, 1, TRAP_CPTR3_TFP, 3, EC_FP_ACCESS, 0x1e00000);
    expect_fp(&r, 3, TRAP_CPTR3_TFP, 3, EC_FP_ACCESS, 0x1e00000);
    sr_rig_free(&r);
}

Test(trap, fp_with_e2h)
{
    struct sr_rig r = sr_rig_vhe();
    struct pe *c = r.c;

    c->sr[SR_HCR_EL2] |= HCR_E2H;
    c->sr[SR_CPACR_EL1] = 3 << 20;
    c->sr[SR_CPTR_EL2] = 0;
    expect_fp(&r, 2, TRAP_CPTR_FPEN, 2, EC_FP_ACCESS, 0x1e00000);
    expect_fp(&r, 1, TRAP_CPTR_FPEN, 2, EC_FP_ACCESS, 0x1e00000);
    c->sr[SR_CPTR_EL2] = 1 << 20;
    sr_el(&r, 2);
    cr_assert_not(c->fp_trap);
    sr_el(&r, 0);
    cr_assert_not(c->fp_trap);
    c->sr[SR_HCR_EL2] |= HCR_TGE;
    expect_fp(&r, 0, TRAP_CPTR_FPEN_EL0, 2, EC_FP_ACCESS, 0x1e00000);
    sr_rig_free(&r);
}

/* What pe_update_fp_trap() says and what trap_fp_access() finds must agree, whatever the registers hold:
 * the second is only asked when the first said so. */
Test(trap, fp_summary_and_cause_agree)
{
    struct sr_rig rigs[] = { sr_rig_el2(), sr_rig_vhe(), sr_rig_el3() };

    for (unsigned i = 0; i < 3; i++) {
        struct pe *c = rigs[i].c;

        for (unsigned bits = 0; bits < 1u << 9; bits++) {
            if ((bits & 0x40) && i != 1)
                continue;
            c->sr[SR_CPACR_EL1] = (uint64_t)(bits & 3) << 20;
            c->sr[SR_CPTR_EL2] = (uint64_t)(bits >> 2 & 3) << 20 | (uint64_t)(bits >> 4 & 1) << 10;
            c->sr[SR_CPTR_EL3] = (uint64_t)(bits >> 5 & 1) << 10;
            c->sr[SR_HCR_EL2] = (bits & 0x40 ? HCR_E2H : 0) | (bits & 0x80 ? HCR_TGE : 0);
            c->sr[SR_SCR_EL3] = 0x430 | (bits >> 8);
            for (unsigned el = 0; el <= (i == 2 ? 3 : 2); el++) {
                if ((el == 1 && (bits & 0x80)) || (i == 2 && el == 2 && !(bits >> 8)))
                    continue; /* No EL1 under TGE, no EL2 in Secure state. */
                sr_el(&rigs[i], el);
                cr_assert_eq(c->fp_trap != 0, trap_find(c, TRAP_GROUP_FP, false) != TRAP_NONE,
                             "machine %u, case %#x at EL%u", i, bits, el);
            }
        }
        sr_rig_free(&rigs[i]);
    }
}

Test(trap, fpcr_is_behind_the_fp_controls)
{
    struct sr_rig r = sr_rig_el2();

    r.c->sr[SR_CPACR_EL1] = 0;
    sr_el(&r, 1);
    sr_expect_trap(&r, SR_FPCR, false, TRAP_CPACR_FPEN, 1);
    cr_assert_eq(r.c->exc.ec, EC_FP_ACCESS);
    cr_assert_eq(r.c->exc.sysreg, SR_FPCR);
    r.c->sr[SR_CPACR_EL1] = 3 << 20;
    sr_set(&r, SR_FPCR, ~UINT64_C(0));
    cr_assert_eq(sr_get(&r, SR_FPCR), 0x07c00000);
    sr_rig_free(&r);
}

Test(trap, names)
{
    cr_assert_str_eq(trap_name(TRAP_HCR_TVM), "HCR_EL2.TVM");
    cr_assert_str_eq(trap_name(TRAP_S2_TRANSLATION), "stage 2 translation");
    cr_assert_neq(strstr(trap_section(TRAP_HCR_TVM), "HCR_EL2<26:26>"), NULL);
    cr_assert_str_eq(trap_name(TRAP_COUNT), "?");
}
