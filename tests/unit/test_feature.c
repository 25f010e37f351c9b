/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_feature.c
 * System features that an ID register brings in: prediction restriction (FEAT_SPECRES), DC CVADP
 * (FEAT_DPB2), random numbers (FEAT_RNG) and their trap (FEAT_RNG_TRAP), PSTATE.SSBS on exception entry
 * (FEAT_SSBS).
 */
#include "sysreg_fixture.h"

static const struct sr_id features[] = {
    { SR_ID_AA64ISAR0_EL1, UINT64_C(1) << 60 },     /* FEAT_RNG */
    { SR_ID_AA64ISAR1_EL1, UINT64_C(1) << 40 | 2 }, /* FEAT_SPECRES, FEAT_DPB2 */
    { SR_ID_AA64PFR1_EL1, UINT64_C(2) << 4 },       /* FEAT_SSBS2 */
    { SR_NONE, 0 },
};

static const unsigned rctx[] = { SR_CFP_RCTX, SR_DVP_RCTX, SR_CPP_RCTX };

Test(feature, without_them_nothing_is_there)
{
    struct sr_rig r = sr_rig_el2();

    sr_el(&r, 1);
    for (unsigned i = 0; i < 3; i++)
        sr_expect_undefined(&r, rctx[i], true);
    sr_expect_undefined(&r, SR_DC_CVADP, true);
    sr_expect_undefined(&r, SR_RNDR, false);
    sr_expect_undefined(&r, SR_RNDRRS, false);
    sr_set(&r, SR_SCTLR_EL1, ~UINT64_C(0));
    cr_expect_eq(sr_get(&r, SR_SCTLR_EL1) & (BIT(10) | BIT(44)), 0);
    sr_rig_free(&r);
}

/* EL0 needs SCTLR_EL1.EnRCTX, or a host's SCTLR_EL2.EnRCTX. */
Test(feature, prediction_restriction_at_el0)
{
    struct sr_rig r = sr_rig("virt,virtualization=on", features);

    for (unsigned i = 0; i < 3; i++) {
        r.c->sr[SR_SCTLR_EL1] = 0;
        sr_el(&r, 0);
        sr_expect_trap(&r, rctx[i], true, TRAP_SCTLR_EnRCTX, 1);
        sr_el(&r, 1);
        sr_set(&r, rctx[i], 0);
        sr_set(&r, SR_SCTLR_EL1, BIT(10));
        sr_el(&r, 0);
        sr_set(&r, rctx[i], 0);
    }
    sr_rig_free(&r);
}

Test(feature, prediction_restriction_at_el0_of_a_host)
{
    static const struct sr_id vhe[] = { { SR_ID_AA64ISAR1_EL1, UINT64_C(1) << 40 },
                                        { SR_ID_AA64MMFR1_EL1, 0x100 },
                                        { SR_NONE, 0 } };
    struct sr_rig r = sr_rig("virt,virtualization=on", vhe);

    sr_el(&r, 2);
    sr_set(&r, SR_HCR_EL2, HCR_E2H | HCR_TGE);
    sr_el(&r, 0);
    sr_expect_trap(&r, SR_CPP_RCTX, true, TRAP_SCTLR2_EnRCTX, 2);
    sr_el(&r, 2);
    sr_set(&r, SR_SCTLR_EL2, BIT(10));
    sr_el(&r, 0);
    sr_set(&r, SR_CPP_RCTX, 0);
    sr_rig_free(&r);
}

Test(feature, random_numbers_repeat_and_clear_the_flags)
{
    struct sr_rig a = sr_rig("virt", features), b = sr_rig("virt", features);
    uint64_t last = 0;

    b.m->seed = a.m->seed;
    for (unsigned i = 0; i < 100; i++) {
        unsigned id = i & 1 ? SR_RNDRRS : SR_RNDR;
        uint64_t x;

        pe_set_nzcv(a.c, 0xf0000000);
        x = sr_get(&a, id);
        cr_expect_eq(pe_nzcv(a.c), 0);
        cr_expect_neq(x, last);
        cr_expect_eq(x, sr_get(&b, id));
        last = x;
    }
    b.m->seed = a.m->seed + 1;
    cr_expect_neq(sr_get(&a, SR_RNDR), sr_get(&b, SR_RNDR));
    sr_rig_free(&a);
    sr_rig_free(&b);
}

static const unsigned random_numbers[] = { SR_RNDR, SR_RNDRRS };

#define RNDR_FIELD() bits(sr_get(&r, SR_ID_AA64ISAR0_EL1), 63, 60)

/* SCR_EL3.TRNDR: from every EL, EL3 included, to EL3 with EC 0x18. */
Test(feature, random_numbers_trap_to_el3)
{
    static const struct sr_id ids[] = { { SR_ID_AA64ISAR0_EL1, UINT64_C(1) << 60 },
                                        { SR_ID_AA64PFR1_EL1, UINT64_C(1) << 28 },
                                        { SR_NONE, 0 } };
    struct sr_rig r = sr_rig("virt,virtualization=on,secure=on", ids);

    for (unsigned i = 0; i < 8; i++) {
        sr_el(&r, 3);
        sr_set(&r, SR_SCR_EL3, SCR_NS);
        cr_expect_eq(RNDR_FIELD(), 1);
        sr_el(&r, i / 2);
        (void)sr_get(&r, random_numbers[i & 1]);
        sr_el(&r, 3);
        sr_set(&r, SR_SCR_EL3, SCR_NS | BIT(40));
        cr_expect_eq(RNDR_FIELD(), 1);
        sr_el(&r, i / 2);
        sr_expect_trap(&r, random_numbers[i & 1], false, TRAP_SCR_TRNDR, 3);
        cr_expect_eq(r.c->exc.ec, EC_SYSREG);
        cr_expect_eq(r.c->exc.iss, i & 1 ? 0x32c8e9 : 0x30c8e9);
    }
    sr_rig_free(&r);
}

/* Without FEAT_RNG there is nothing but the trap, and ID_AA64ISAR0_EL1 says what EL3 makes of it. */
Test(feature, random_numbers_by_the_trap_alone)
{
    static const struct sr_id ids[] = { { SR_ID_AA64PFR1_EL1, UINT64_C(1) << 28 }, { SR_NONE, 0 } };
    struct sr_rig r = sr_rig("virt,virtualization=on,secure=on", ids);

    for (unsigned i = 0; i < 8; i++) {
        sr_el(&r, 3);
        sr_set(&r, SR_SCR_EL3, SCR_NS);
        cr_expect_eq(RNDR_FIELD(), 0);
        sr_el(&r, i / 2);
        sr_expect_undefined(&r, random_numbers[i & 1], false);
        sr_el(&r, 3);
        sr_set(&r, SR_SCR_EL3, SCR_NS | BIT(40));
        sr_el(&r, i / 2 ? i / 2 : 1);
        cr_expect_eq(RNDR_FIELD(), 1);
        sr_el(&r, i / 2);
        sr_expect_trap(&r, random_numbers[i & 1], false, TRAP_SCR_TRNDR, 3);
    }
    sr_rig_free(&r);
}

/* Nor does a machine without EL3 have the trap. */
Test(feature, random_numbers_do_not_trap_without_el3)
{
    static const struct sr_id ids[] = { { SR_ID_AA64PFR1_EL1, UINT64_C(1) << 28 }, { SR_NONE, 0 } };
    struct sr_rig r = sr_rig("virt,virtualization=on", ids);

    sr_el(&r, 2);
    cr_expect_eq(bits(sr_get(&r, SR_ID_AA64PFR1_EL1), 31, 28), 0);
    sr_expect_undefined(&r, SR_RNDR, false);
    sr_rig_free(&r);
}

/* On entry PSTATE.SSBS is SCTLR_ELx.DSSBS; the old one is in SPSR_ELx. */
Test(feature, ssbs_on_exception_entry)
{
    struct sr_rig r = sr_rig("virt,virtualization=off", features);

    r.m->has_ssbs = true;
    sr_el(&r, 1);
    sr_set(&r, SR_SCTLR_EL1, BIT(44));
    exc_undefined(r.c, 0);
    exc_take(r.c);
    cr_expect(r.c->ssbs);
    cr_expect_eq(r.c->sr[SR_SPSR_EL1] & BIT(12), 0);
    sr_set(&r, SR_SCTLR_EL1, 0);
    exc_undefined(r.c, 0);
    exc_take(r.c);
    cr_expect_not(r.c->ssbs);
    cr_expect_eq(r.c->sr[SR_SPSR_EL1] & BIT(12), BIT(12));
    sr_rig_free(&r);
}
