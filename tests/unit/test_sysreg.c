/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_sysreg.c
 * System registers: which EL reaches what, masks and resets, HCR_EL2.E2H, side effects and costs.
 */
#include <stdio.h>
#include <string.h>

#include "sysreg_fixture.h"

#include "arch/sysreg_fn.h"
#include "arch/timer.h"
#include "fixture.h"
#include "mmu/mmu.h"
#include "mmu/state.h"

/* Which EL reaches what. */

Test(sysreg_access, by_exception_level)
{
    struct sr_rig r = sr_rig_el3();

    for (unsigned el = 0; el < 4; el++) {
        const unsigned regs[] = { SR_TPIDR_EL0, SR_TPIDR_EL1, SR_TPIDR_EL2, SR_TPIDR_EL3 };

        sr_el(&r, el);
        for (unsigned of = 0; of < 4; of++) {
            enum sysreg_path_kind kind = sysreg_path(r.c, el, true, regs[of])->kind;

            cr_assert_eq(kind, of > el ? SR_PATH_UNDEF : SR_PATH_DIRECT, "%s at EL%u",
                         sysreg_name(regs[of]), el);
            if (of > el)
                sr_expect_undefined(&r, regs[of], true);
        }
    }
    sr_rig_free(&r);
}

Test(sysreg_access, read_only_and_write_only)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    sr_expect_undefined(&r, SR_MIDR_EL1, true);
    sr_expect_undefined(&r, SR_ICC_EOIR1_EL1, false);
    sr_expect_undefined(&r, SR_OSLAR_EL1, false);
    sr_rig_free(&r);
}

Test(sysreg_access, registers_of_missing_els)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    sr_expect_undefined(&r, SR_SCR_EL3, false);
    sr_expect_undefined(&r, SR_SCTLR_EL12, false); /* No FEAT_VHE. */
    sr_expect_undefined(&r, SR_TTBR1_EL2, true);
    sr_expect_undefined(&r, SR_PAN, false);
    sr_expect_undefined(&r, SR_ICH_LR4_EL2, false); /* Four list registers. */
    sr_expect_undefined(&r, SR_ICH_AP1R1_EL2, false);
    sr_expect_undefined(&r, SR_DACR32_EL2, false);
    sr_expect_undefined(&r, SR_PMMIR_EL1, false); /* PMUv3 without FEAT_PMUv3p4. */
    sr_rig_free(&r);
    r = sr_rig("virt,virtualization=off", NULL);
    sr_el(&r, 1);
    sr_expect_undefined(&r, SR_HCR_EL2, false);
    cr_assert_eq(sr_get(&r, SR_RVBAR_EL1), 0);
    sr_rig_free(&r);
}

Test(sysreg_access, el2_registers_from_el3_without_el2_are_res0)
{
    struct sr_rig r = sr_rig("virt,virtualization=off,secure=on", NULL);

    sr_el(&r, 3);
    sr_set(&r, SR_HCR_EL2, ~UINT64_C(0));
    cr_assert_eq(sr_get(&r, SR_HCR_EL2), 0);
    sr_set(&r, SR_CNTHP_CTL_EL2, 3);
    cr_assert_eq(sr_get(&r, SR_CNTHP_CTL_EL2), 0);
    cr_assert_eq(sr_get(&r, SR_VPIDR_EL2), sr_get(&r, SR_MIDR_EL1));
    sr_expect_undefined(&r, SR_TLBI_ALLE2, true);
    cr_assert_eq(sr_set(&r, SR_TLBI_ALLE1, 0), SYSREG_RESYNC);
    sr_rig_free(&r);
}

Test(sysreg_access, unknown_encoding_is_undefined_and_logged)
{
    struct sr_rig r = sr_rig_el2();
    uint64_t val;

    sr_el(&r, 1);
    cr_assert_eq(sysreg_read(r.c, SR_NONE, sr_insn(SYSREG_ENC(3, 4, 1, 4, 0), true, 3), &val), SYSREG_EXC);
    cr_assert_eq(r.c->exc.ec, EC_UNKNOWN);
    cr_assert_eq(r.c->exc.cause, TRAP_NONE);
    sr_rig_free(&r);
}

struct log_capture {
    char text[256];
    int level;
};

static void capture(void *user, int level, const char *line)
{
    struct log_capture *l = user;

    l->level = level;
    snprintf(l->text, sizeof(l->text), "%s", line);
}

Test(sysreg_access, the_log_names_the_encoding)
{
    struct sr_rig r = sr_rig_el2();
    struct log_capture l = { "", -1 };
    uint64_t val;

    avs_on_log(r.m, capture, &l);
    sr_el(&r, 1);
    r.c->pc = 0x40001234;
    cr_assert_eq(sysreg_read(r.c, SR_NONE, sr_insn(SYSREG_ENC(3, 4, 1, 4, 0), true, 3), &val), SYSREG_EXC);
    cr_assert_eq(l.level, LOG_GUEST);
    cr_assert_neq(strstr(l.text, "S3_4_C1_C4_0"), NULL, "%s", l.text);
    cr_assert_neq(strstr(l.text, "EL1"), NULL, "%s", l.text);
    cr_assert_neq(strstr(l.text, "0x40001234"), NULL, "%s", l.text);
    sr_try_write(&r, SR_HCR_EL2, 0);
    cr_assert_neq(strstr(l.text, "HCR_EL2"), NULL, "%s", l.text);
    sr_rig_free(&r);
}

/* Identification. */

Test(sysreg_id, pfr0_says_which_els_there_are)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    cr_assert_eq(sr_get(&r, SR_ID_AA64PFR0_EL1) & 0xf00ffff, 0x1000111);
    sr_rig_free(&r);
    r = sr_rig_el3();
    sr_el(&r, 3);
    cr_assert_eq(sr_get(&r, SR_ID_AA64PFR0_EL1) & 0xffff, 0x1111);
    cr_assert_eq(sr_get(&r, SR_ID_PFR0_EL1), 0);
    cr_assert_eq(sr_get(&r, SR_S3_0_C0_C7_5), 0);
    sr_rig_free(&r);
}

Test(sysreg_id, nothing_is_promised_that_is_not_there)
{
    static const struct sr_id all[] = { { SR_ID_AA64ISAR0_EL1, ~UINT64_C(0) },
                                        { SR_ID_AA64MMFR1_EL1, 0x00300100 },
                                        { SR_NONE, 0 } };
    struct sr_rig r = sr_rig("virt,virtualization=on", all);

    sr_el(&r, 2);
    /* FEAT_TME and FEAT_TLBIOS are not there. */
    cr_assert_eq(sr_get(&r, SR_ID_AA64ISAR0_EL1) & (MASK(27, 24) | MASK(59, 56)), 0);
    cr_assert_eq(sr_get(&r, SR_ID_AA64MMFR1_EL1), 0x00100100);
    sr_expect_undefined(&r, SR_TLBI_VMALLE1OS, true);
    sr_expect_undefined(&r, SR_AT_S1E1RP, true);
    sr_rig_free(&r);
}

/* Whatever a core model says, every system instruction that is let through is one that mmu/ knows. */
Test(sysreg_id, every_tlbi_that_is_there_runs)
{
    static const struct sr_id all[] = { { SR_ID_AA64ISAR0_EL1, ~UINT64_C(0) },
                                        { SR_ID_AA64MMFR1_EL1, ~UINT64_C(0) },
                                        { SR_NONE, 0 } };
    struct sr_rig r = sr_rig("virt,virtualization=on,secure=on", all);
    unsigned count = 0;

    sr_el(&r, 3);
    r.c->sr[SR_SCR_EL3] |= SCR_NS;
    for (unsigned id = 0; id < SR_COUNT; id++) {
        if (sysreg_class(id) != SRC_tlb || sysreg_path(r.c, 3, true, id)->kind == SR_PATH_UNDEF)
            continue;
        cr_assert_eq(sr_set(&r, id, 0), SYSREG_RESYNC, "%s", sysreg_name(id));
        count++;
    }
    cr_assert_eq(count, 32);
    sr_rig_free(&r);
}

Test(sysreg_id, guests_see_the_virtual_ids)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    sr_set(&r, SR_VPIDR_EL2, 0x12345678);
    sr_set(&r, SR_VMPIDR_EL2, 0x80000003);
    cr_assert_neq(sr_get(&r, SR_MIDR_EL1), 0x12345678);
    sr_el(&r, 1);
    cr_assert_eq(sr_get(&r, SR_MIDR_EL1), 0x12345678);
    cr_assert_eq(sr_get(&r, SR_MPIDR_EL1), 0x80000003);
    sr_rig_free(&r);
}

Test(sysreg_id, aarch32_state_where_the_core_has_it)
{
    static const struct sr_id a32[] = { { SR_ID_AA64PFR0_EL1, 0x2222 }, { SR_NONE, 0 } };
    struct sr_rig r = sr_rig("virt,virtualization=on", a32);

    sr_el(&r, 2);
    sr_set(&r, SR_DACR32_EL2, 0x55);
    cr_assert_eq(sr_get(&r, SR_DACR32_EL2), 0x55);
    cr_assert_eq(sr_get(&r, SR_ID_AA64PFR0_EL1) & 0xffff, 0x0111); /* All the same not modelled. */
    sr_rig_free(&r);
}

Test(sysreg_id, ccsidr_follows_csselr)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    sr_set(&r, SR_CSSELR_EL1, 0);
    cr_assert_neq(sr_get(&r, SR_CCSIDR_EL1), 0);
    sr_set(&r, SR_CSSELR_EL1, 2);
    cr_assert_eq(sr_get(&r, SR_CCSIDR_EL1), 0x707fe07a);
    sr_set(&r, SR_CSSELR_EL1, 0xc); /* Level 7. */
    cr_assert_eq(sr_get(&r, SR_CCSIDR_EL1), 0);
    sr_rig_free(&r);
}

/* A Cortex-A57's, as QEMU has them: 32 KiB and 2 ways, 48 KiB and 3 ways, 2 MiB and 16 ways. */
Test(sysreg_id, ccsidr_is_the_models)
{
    avs_machine *m = fixture_machine(NULL, "cortex-a57");
    struct pe *c = &m->pe[0];

    c->sr[SR_CSSELR_EL1] = 0;
    cr_expect_eq(sysreg_rd_ccsidr(c, SR_CCSIDR_EL1), 0x701fe00a);
    c->sr[SR_CSSELR_EL1] = 1;
    cr_expect_eq(sysreg_rd_ccsidr(c, SR_CCSIDR_EL1), 0x201fe012);
    c->sr[SR_CSSELR_EL1] = 2;
    cr_expect_eq(sysreg_rd_ccsidr(c, SR_CCSIDR_EL1), 0x70ffe07a);
    m->model->memory.l2.size = 0;
    cr_expect_eq(sysreg_rd_ccsidr(c, SR_CCSIDR_EL1), 0);
    avs_machine_free(m);
}

Test(sysreg_id, dczid_tells_when_dc_zva_traps)
{
    struct sr_rig r = sr_rig_el2();

    r.c->sr[SR_SCTLR_EL1] |= BIT(14);
    sr_el(&r, 0);
    cr_assert_eq(sr_get(&r, SR_DCZID_EL0), 4);
    r.c->sr[SR_SCTLR_EL1] &= ~BIT(14);
    cr_assert_eq(sr_get(&r, SR_DCZID_EL0), 0x14);
    sr_el(&r, 1);
    cr_assert_eq(sr_get(&r, SR_DCZID_EL0), 4);
    r.c->sr[SR_HCR_EL2] |= BIT(28);
    cr_assert_eq(sr_get(&r, SR_DCZID_EL0), 0x14);
    sr_rig_free(&r);
}

/* Values. */

Test(sysreg_value, res0_and_res1_bits_keep)
{
    struct sr_rig r = sr_rig_el3();

    sr_el(&r, 3);
    sr_set(&r, SR_SCTLR_EL1, 0);
    cr_assert_eq(sr_get(&r, SR_SCTLR_EL1), 0x30d00980);
    sr_set(&r, SR_SCTLR_EL1, ~UINT64_C(0));
    cr_assert_eq(sr_get(&r, SR_SCTLR_EL1), 0x37dddb9f);
    sr_set(&r, SR_HCR_EL2, ~UINT64_C(0));
    cr_assert_eq(sr_get(&r, SR_HCR_EL2), 0x3dfffffff); /* No HCD with EL3, no E2H; RW is RAO. */
    sr_set(&r, SR_SCR_EL3, 0);
    cr_assert_eq(sr_get(&r, SR_SCR_EL3), 0x430);
    sr_set(&r, SR_VTTBR_EL2, ~UINT64_C(0));
    cr_assert_eq(sr_get(&r, SR_VTTBR_EL2), 0x00fffffffffffffe);
    sr_set(&r, SR_VBAR_EL2, ~UINT64_C(0));
    cr_assert_eq(sr_get(&r, SR_VBAR_EL2), ~UINT64_C(0x7ff));
    sr_set(&r, SR_CPTR_EL2, 0);
    cr_assert_eq(sr_get(&r, SR_CPTR_EL2), 0x33ff);
    sr_set(&r, SR_TCR_EL2, 0);
    cr_assert_eq(sr_get(&r, SR_TCR_EL2), 0x80800000);
    sr_rig_free(&r);
}

Test(sysreg_value, bits_of_features_come_with_them)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    sr_set(&r, SR_HCR_EL2, HCR_E2H | BIT(29));
    cr_assert_eq(sr_get(&r, SR_HCR_EL2), BIT(31) | BIT(29)); /* HCD is there without EL3. */
    sr_set(&r, SR_SPSR_EL1, ~UINT64_C(0));
    cr_assert_eq(sr_get(&r, SR_SPSR_EL1), 0xf03003df);
    sr_rig_free(&r);
    r = sr_rig_vhe();
    sr_el(&r, 2);
    sr_set(&r, SR_SPSR_EL1, ~UINT64_C(0));
    cr_assert_eq(sr_get(&r, SR_SPSR_EL1), 0xf07003df);
    sr_set(&r, SR_HCR_EL2, HCR_E2H);
    cr_assert_eq(sr_get(&r, SR_HCR_EL2), BIT(31) | HCR_E2H);
    sr_rig_free(&r);
}

/* HCR_EL2.E2H. */

Test(sysreg_e2h, redirects_el1_encodings_at_el2)
{
    struct sr_rig r = sr_rig_vhe();

    sr_el(&r, 2);
    r.c->sr[SR_VBAR_EL1] = 0x1000;
    r.c->sr[SR_VBAR_EL2] = 0x2000;
    cr_assert_eq(sysreg_path(r.c, 2, false, SR_VBAR_EL1)->slot, SR_VBAR_EL1);
    sr_expect_undefined(&r, SR_VBAR_EL12, false);
    cr_assert_eq(sr_set(&r, SR_HCR_EL2, HCR_E2H), SYSREG_RESYNC);
    cr_assert_eq(sr_get(&r, SR_VBAR_EL1), 0x2000);
    cr_assert_eq(sr_get(&r, SR_VBAR_EL12), 0x1000);
    sr_set(&r, SR_VBAR_EL12, 0x3000);
    cr_assert_eq(r.c->sr[SR_VBAR_EL1], 0x3000);
    cr_assert_eq(sysreg_path(r.c, 1, false, SR_VBAR_EL1)->slot, SR_VBAR_EL1);
    sr_set(&r, SR_HCR_EL2, 0);
    cr_assert_eq(sr_get(&r, SR_VBAR_EL1), 0x3000);
    sr_rig_free(&r);
}

Test(sysreg_e2h, layouts_of_cptr_tcr_and_cnthctl)
{
    struct sr_rig r = sr_rig_vhe();

    sr_el(&r, 2);
    sr_set(&r, SR_CNTHCTL_EL2, 0xfff);
    cr_assert_eq(sr_get(&r, SR_CNTHCTL_EL2), 0xff);
    sr_set(&r, SR_HCR_EL2, HCR_E2H);
    sr_set(&r, SR_CPACR_EL1, ~UINT64_C(0)); /* Is CPTR_EL2 here. */
    cr_assert_eq(sr_get(&r, SR_CPTR_EL2), 0x90300000);
    cr_assert_eq(r.c->sr[SR_CPACR_EL1], 0);
    sr_set(&r, SR_TCR_EL1, ~UINT64_C(0));
    cr_assert_eq(sr_get(&r, SR_TCR_EL2) & 0x67ffffffbf, 0x67ffffffbf);
    cr_assert_eq(r.c->sr[SR_TCR_EL1], 0);
    sr_set(&r, SR_CNTKCTL_EL1, 0xfff);
    cr_assert_eq(sr_get(&r, SR_CNTHCTL_EL2), 0xfff);
    sr_rig_free(&r);
}

Test(sysreg_e2h, timers_of_a_host_at_el0)
{
    struct sr_rig r = sr_rig_vhe();

    sr_el(&r, 2);
    sr_set(&r, SR_HCR_EL2, HCR_E2H | HCR_TGE);
    sr_set(&r, SR_CNTHCTL_EL2, 0xfff);
    sr_set(&r, SR_CNTHP_CVAL_EL2, 0x1234);
    sr_el(&r, 0);
    cr_assert_eq(sr_get(&r, SR_CNTP_CVAL_EL0), 0x1234);
    sr_rig_free(&r);
}

Test(sysreg_e2h, aliases_at_el3)
{
    static const struct sr_id vhe[] = { { SR_ID_AA64MMFR1_EL1, 0x100 }, { SR_NONE, 0 } };
    struct sr_rig r = sr_rig("virt,virtualization=on,secure=on", vhe);

    sr_el(&r, 3);
    sr_set(&r, SR_HCR_EL2, HCR_E2H);
    sr_expect_undefined(&r, SR_VBAR_EL12, false); /* EL2 is not enabled in Secure state. */
    sr_set(&r, SR_SCR_EL3, SCR_NS);
    r.c->sr[SR_VBAR_EL1] = 0x800;
    cr_assert_eq(sr_get(&r, SR_VBAR_EL12), 0x800);
    cr_assert_eq(sr_get(&r, SR_VBAR_EL1), 0x800); /* No redirection at EL3. */
    sr_set(&r, SR_HCR_EL2, 0);
    sr_expect_undefined(&r, SR_VBAR_EL12, false);
    sr_rig_free(&r);
}

/* PSTATE and stack pointers. */

Test(sysreg_special, pstate_views)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    sr_set(&r, SR_NZCV, 0xffffffff);
    cr_assert_eq(sr_get(&r, SR_NZCV), 0xf0000000);
    sr_set(&r, SR_NZCV, 0x60000000);
    cr_assert_eq(pe_nzcv(r.c), 0x60000000);
    sr_set(&r, SR_DAIF, 0x2c0);
    cr_assert_eq(r.c->daif, 0xb);
    cr_assert_eq(sr_get(&r, SR_DAIF), 0x2c0);
    cr_assert_eq(sr_get(&r, SR_CurrentEL), 8);
    cr_assert_eq(sr_get(&r, SR_SPSel), 1);
    sr_rig_free(&r);
}

Test(sysreg_special, stack_pointers)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    r.c->x[REG_SP] = 0x2222;
    sr_set(&r, SR_SP_EL0, 0x1000);
    sr_set(&r, SR_SP_EL1, 0x1111);
    sr_set(&r, SR_SPSel, 0);
    cr_assert_eq(r.c->x[REG_SP], 0x1000);
    sr_expect_undefined(&r, SR_SP_EL0, false);
    r.c->x[REG_SP] = 0x1008;
    sr_set(&r, SR_SPSel, 1);
    cr_assert_eq(r.c->x[REG_SP], 0x2222);
    cr_assert_eq(sr_get(&r, SR_SP_EL0), 0x1008);
    sr_el(&r, 1);
    cr_assert_eq(r.c->x[REG_SP], 0x1111);
    sr_expect_undefined(&r, SR_SP_EL1, false);
    sr_rig_free(&r);
}

/* MSR (immediate): op1<18:16> CRn=4 CRm<11:8> op2<7:5> Rt=31. */
static uint32_t msr_imm(unsigned op1, unsigned crm, unsigned op2)
{
    return 0xd500401fu | op1 << 16 | crm << 8 | op2 << 5;
}

Test(sysreg_special, immediates)
{
    struct sr_rig r = sr_rig_vhe();

    sr_el(&r, 1);
    r.c->daif = 0;
    cr_assert_eq(sysreg_write_imm(r.c, msr_imm(3, 0x6, 6)), SYSREG_OK); /* DAIFSet */
    cr_assert_eq(r.c->daif, 6);
    r.c->irq_lines = 0;
    cr_assert_eq(sysreg_write_imm(r.c, msr_imm(3, 0x2, 7)), SYSREG_OK); /* DAIFClr */
    cr_assert_eq(r.c->daif, 4);
    r.c->irq_lines = LINE_IRQ;
    cr_assert_eq(sysreg_write_imm(r.c, msr_imm(3, 0x4, 7)), SYSREG_RESYNC);
    cr_assert_eq(sysreg_write_imm(r.c, msr_imm(0, 1, 4)), SYSREG_OK); /* PAN */
    cr_assert(r.c->pan);
    cr_assert_eq(sysreg_write_imm(r.c, msr_imm(0, 0, 5)), SYSREG_OK); /* SPSel */
    cr_assert_eq(r.c->spsel, 0);
    cr_assert_eq(sysreg_write_imm(r.c, msr_imm(0, 1, 3)), SYSREG_EXC); /* UAO is not there. */
    cr_assert_eq(r.c->exc.ec, EC_UNKNOWN);
    sr_el(&r, 0);
    cr_assert_eq(sysreg_write_imm(r.c, msr_imm(0, 1, 5)), SYSREG_EXC);
    cr_assert_eq(r.c->exc.ec, EC_UNKNOWN);
    cr_assert_eq(sysreg_write_imm(r.c, msr_imm(3, 2, 6)), SYSREG_EXC); /* SCTLR_EL1.UMA is clear. */
    cr_assert_eq(r.c->exc.cause, TRAP_SCTLR_UMA);
    sr_rig_free(&r);
}

/* Side effects. */

Test(sysreg_effect, only_the_regime_that_runs_resyncs)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    cr_assert_eq(sr_set(&r, SR_TTBR0_EL1, 0x1000), SYSREG_OK);
    cr_assert(r.c->mmu->changed);
    cr_assert_eq(sr_set(&r, SR_SCTLR_EL1, 1), SYSREG_OK);
    cr_assert_eq(sr_set(&r, SR_VTTBR_EL2, 0x1000), SYSREG_OK);
    cr_assert_eq(sr_set(&r, SR_TTBR0_EL2, 0x1000), SYSREG_RESYNC);
    cr_assert_eq(sr_set(&r, SR_TTBR0_EL2, 0x1000), SYSREG_OK); /* Nothing changed. */
    sr_el(&r, 1);
    cr_assert_eq(sr_set(&r, SR_TTBR0_EL1, 0x2000), SYSREG_RESYNC);
    sr_rig_free(&r);
}

Test(sysreg_effect, hcr_virtual_interrupts_drive_their_line)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    sr_set(&r, SR_HCR_EL2, BIT(7) | BIT(4)); /* VI, IMO */
    cr_assert(r.c->irq_lines & LINE_HCR);
    sr_el(&r, 1);
    cr_assert_eq(sr_get(&r, SR_ISR_EL1), BIT(7));
    sr_el(&r, 2);
    cr_assert_eq(sr_get(&r, SR_ISR_EL1), 0);
    sr_set(&r, SR_HCR_EL2, BIT(4));
    cr_assert_not(r.c->irq_lines & LINE_HCR);
    sr_rig_free(&r);
}

Test(sysreg_effect, fp_and_sp_checks_follow)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 2);
    cr_assert_not(r.c->fp_trap);
    sr_set(&r, SR_CPTR_EL2, BIT(10));
    cr_assert(r.c->fp_trap);
    sr_set(&r, SR_SCTLR_EL2, BIT(3));
    cr_assert_eq(r.c->sp_check, 15);
    sr_set(&r, SR_SCTLR_EL2, 0);
    cr_assert_eq(r.c->sp_check, 0);
    sr_rig_free(&r);
}

Test(sysreg_effect, os_lock_and_claim_tags)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 1);
    cr_assert_eq(sr_get(&r, SR_OSLSR_EL1), 0xa);
    sr_set(&r, SR_OSLAR_EL1, 0);
    cr_assert_eq(sr_get(&r, SR_OSLSR_EL1), 0x8);
    sr_set(&r, SR_OSLAR_EL1, 1);
    cr_assert_eq(sr_get(&r, SR_OSLSR_EL1), 0xa);
    sr_set(&r, SR_DBGCLAIMSET_EL1, 0x5);
    cr_assert_eq(sr_get(&r, SR_DBGCLAIMSET_EL1), 0xff);
    sr_set(&r, SR_DBGCLAIMCLR_EL1, 0x4);
    cr_assert_eq(sr_get(&r, SR_DBGCLAIMCLR_EL1), 0x1);
    sr_rig_free(&r);
}

Test(sysreg_effect, state_sets_and_costs)
{
    struct sr_rig r = sr_rig_vhe();
    uint64_t before;

    sr_el(&r, 2);
    memset(r.c->sr_write_set, 0, sizeof(r.c->sr_write_set));
    before = pe_cycles(r.c);
    sr_set(&r, SR_TTBR0_EL1, 0x1000);
    cr_assert_eq(pe_cycles(r.c) - before, r.m->model->cost[COST_SR_WRITE]);
    cr_assert(r.c->sr_write_set[SR_TTBR0_EL1 / 64] & BIT(SR_TTBR0_EL1 % 64));
    before = pe_cycles(r.c);
    sr_set(&r, SR_ICH_LR0_EL2, 0);
    cr_assert_eq(pe_cycles(r.c) - before, r.m->model->cost[COST_SR_VGIC_WRITE]);
    sr_set(&r, SR_HCR_EL2, HCR_E2H);
    memset(r.c->sr_write_set, 0, sizeof(r.c->sr_write_set));
    sr_set(&r, SR_TTBR0_EL1, 0x3000); /* The register that it reaches is what was written. */
    cr_assert(r.c->sr_write_set[SR_TTBR0_EL2 / 64] & BIT(SR_TTBR0_EL2 % 64));
    cr_assert_not(r.c->sr_write_set[SR_TTBR0_EL1 / 64] & BIT(SR_TTBR0_EL1 % 64));
    sr_rig_free(&r);
}

/* What the workloads of the reference need to be fast: no trap, no side effect. */
Test(sysreg_effect, world_switch_registers_are_direct_at_el2)
{
    static const uint16_t regs[] = { SR_ELR_EL1,        SR_SPSR_EL1,  SR_ESR_EL1,   SR_FAR_EL1,
                                     SR_VBAR_EL1,       SR_TPIDR_EL0, SR_TPIDR_EL1, SR_TPIDRRO_EL0,
                                     SR_CONTEXTIDR_EL1, SR_PAR_EL1,   SR_ELR_EL2,   SR_SPSR_EL2,
                                     SR_ESR_EL2,        SR_FAR_EL2,   SR_HPFAR_EL2, SR_VMPIDR_EL2,
                                     SR_MDCR_EL2 };
    struct sr_rig r = sr_rig_el2();

    for (unsigned i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
        for (unsigned write = 0; write < 2; write++)
            cr_assert_eq(sysreg_path(r.c, 2, write, regs[i])->kind, SR_PATH_DIRECT, "%s",
                         sysreg_name(regs[i]));
    cr_assert_eq(sysreg_path(r.c, 2, false, SR_CNTKCTL_EL1)->kind,
                 SR_PATH_DIRECT);                                            /* A write: event streams. */
    cr_assert_eq(sysreg_path(r.c, 1, true, SR_FAR_EL1)->kind, SR_PATH_SLOW); /* HCR_EL2.TVM may trap it. */
    sr_rig_free(&r);
}
