/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_at.c
 * Address translation instructions: PAR_EL1 after success and faults, and the faults that are taken
 * instead.
 */
#include "mmu_util.h"

static struct world w;
static struct tables s1, s2;

/* 0x1000 read-write, 0x2000 read-only for EL0 too, 0x3000 Device, 0x4000 with no stage 2, 0x5000 in a
 * block. */
static void setup(void)
{
    w = world_new(NULL);
    s1 = tables_new(&w, 12, 39, 1);
    s2 = identity_s2(&w);
    map(&w, &s1, 0x1000, DATA_AT + 0x200000, 3, S1_RW);
    map(&w, &s1, 0x2000, DATA_AT + 0x201000, 3, S1_RW | S1_RO | S1_EL0);
    map(&w, &s1, 0x3000, DATA_AT + 0x202000, 3, S1_RW | ATTR(2));
    map(&w, &s1, 0x4000, BIT(35), 3, S1_RW);
    map(&w, &s1, 0x400000, DATA_AT + 0x400000, 2, S1_RW);
    map(&w, &s2, DATA_AT + 0x200000, DATA_AT, 2, S2_RW & ~BIT(7));
    use_s1(&w, &s1, 1);
    use_s2(&w, &s2, 1);
    w.c->el = 2;
}

static void teardown(void)
{
    world_free(&w);
}

TestSuite(at, .init = setup, .fini = teardown);

static uint64_t at(unsigned op, uint64_t vaddr)
{
    w.c->sr[SR_PAR_EL1] = ~UINT64_C(0);
    cr_expect(mmu_at(w.c, op, vaddr), "AT of %#lx raised %#x", vaddr, w.c->exc.iss);
    return w.c->sr[SR_PAR_EL1];
}

static uint64_t ok(uint64_t phys, uint64_t attr, uint64_t sh)
{
    return attr << 56 | phys | BIT(11) | BIT(9) | sh << 7;
}

enum { PAR_S = 1 << 9, PAR_PTW = 1 << 8 };

static uint64_t fault(unsigned fsc, unsigned flags)
{
    return BIT(11) | flags | fsc << 1 | 1;
}

Test(at, stage_1_gives_the_ipa)
{
    cr_expect_eq(at(SR_AT_S1E1R, 0x1abc), ok(DATA_AT + 0x200000, 0xff, 3));
    cr_expect_eq(at(SR_AT_S1E1W, 0x1abc), ok(DATA_AT + 0x200000, 0xff, 3), "stage 2 is not asked");
    cr_expect_eq(at(SR_AT_S1E1R, 0x3000), ok(DATA_AT + 0x202000, 0x04, 2));
    cr_expect_eq(at(SR_AT_S1E1R, 0x4000), ok(BIT(35), 0xff, 3));
    cr_expect_eq(at(SR_AT_S1E1R, 0x412345), ok(DATA_AT + 0x412000, 0xff, 3));
    cr_expect_eq(at(SR_AT_S1E1W, 0x2000), fault(FSC_PERMISSION + 3, 0));
    cr_expect_eq(at(SR_AT_S1E0R, 0x2000), ok(DATA_AT + 0x201000, 0xff, 3));
    cr_expect_eq(at(SR_AT_S1E0W, 0x2000), fault(FSC_PERMISSION + 3, 0));
    cr_expect_eq(at(SR_AT_S1E0R, 0x1000), fault(FSC_PERMISSION + 3, 0));
    cr_expect_eq(at(SR_AT_S1E1R, 0x9000), fault(FSC_TRANSLATION + 3, 0));
    cr_expect_eq(at(SR_AT_S1E1R, BIT(39)), fault(FSC_TRANSLATION, 0));
}

Test(at, both_stages_give_the_pa)
{
    cr_expect_eq(at(SR_AT_S12E1R, 0x1abc), ok(DATA_AT, 0xff, 3));
    cr_expect_eq(at(SR_AT_S12E1W, 0x1abc), fault(FSC_PERMISSION + 2, PAR_S));
    cr_expect_eq(at(SR_AT_S12E0R, 0x2000), ok(DATA_AT + 0x1000, 0xff, 3));
    cr_expect_eq(at(SR_AT_S12E0W, 0x2000), fault(FSC_PERMISSION + 3, 0));
    cr_expect_eq(at(SR_AT_S12E1R, 0x4000), fault(FSC_TRANSLATION + 1, PAR_S));
    cr_expect_eq(at(SR_AT_S12E1R, 0x3000), ok(DATA_AT + 0x2000, 0x04, 2));
}

Test(at, stage_1_off)
{
    w.c->sr[SR_SCTLR_EL1] = 0;
    cr_expect_eq(at(SR_AT_S1E1R, 0x1000), ok(0x1000, 0, 2));
    cr_expect_eq(at(SR_AT_S12E1R, DATA_AT + 0x200000), ok(DATA_AT, 0, 2));
    cr_expect_eq(at(SR_AT_S1E1R, BIT(50)), fault(FSC_ADDRESS_SIZE, 0));
    w.c->sr[SR_HCR_EL2] = 0;
    cr_expect_eq(at(SR_AT_S12E1R, 0x1000), ok(0x1000, 0, 2));
}

Test(at, el2_and_host_regimes)
{
    struct tables t = tables_new(&w, 12, 39, 1);

    map(&w, &t, 0x1000, DATA_AT + 0x300000, 3, S1_RW);
    w.c->sr[SR_TTBR0_EL2] = t.base;
    w.c->sr[SR_TCR_EL2] = 25 | UINT64_C(4) << 16;
    w.c->sr[SR_SCTLR_EL2] = 1;
    cr_expect_eq(at(SR_AT_S1E2R, 0x1000), ok(DATA_AT + 0x300000, 0xff, 3));
    cr_expect_eq(at(SR_AT_S1E2W, 0x2000), fault(FSC_TRANSLATION + 3, 0));
    w.c->sr[SR_HCR_EL2] = BIT(34) | BIT(27);
    w.c->sr[SR_TCR_EL2] = 25 | BIT(23) | UINT64_C(25) << 16 | UINT64_C(4) << 32;
    cr_expect_eq(at(SR_AT_S1E1R, 0x1000), ok(DATA_AT + 0x300000, 0xff, 3), "EL1's form is the host's");
    cr_expect_eq(at(SR_AT_S1E0R, 0x1000), fault(FSC_PERMISSION + 3, 0));
    cr_expect_eq(at(SR_AT_S1E2R, 0x1000), ok(DATA_AT + 0x300000, 0xff, 3));
    cr_expect_eq(at(SR_AT_S12E1R, 0x1000), ok(0x1000, 0, 2), "EL1&0, whose stages are off under TGE");
    w.c->sr[SR_HCR_EL2] = BIT(34);
    cr_expect_eq(at(SR_AT_S1E1R, 0x9000), fault(FSC_TRANSLATION + 3, 0));
}

Test(at, pan_counts_in_the_p_forms_alone)
{
    w.c->pan = true;
    cr_expect_eq(at(SR_AT_S1E1R, 0x2000), ok(DATA_AT + 0x201000, 0xff, 3));
    cr_expect_eq(at(SR_AT_S1E1RP, 0x2000), fault(FSC_PERMISSION + 3, 0));
    w.c->pan = false;
    cr_expect_eq(at(SR_AT_S1E1RP, 0x2000), ok(DATA_AT + 0x201000, 0xff, 3));
}

Test(at, a_stage_2_fault_on_the_walk_is_taken_from_el1_and_reported_at_el2)
{
    uint64_t desc = desc_at(&w, &s1, 0x1000, 3);

    map(&w, &s2, desc & ~UINT64_C(0x1fffff), desc & ~UINT64_C(0x1fffff), 2, S2_RW & ~ATTR_AF);
    cr_expect_eq(at(SR_AT_S1E1R, 0x1000), fault(FSC_ACCESS_FLAG + 2, PAR_S | PAR_PTW));
    w.c->el = 1;
    w.c->sr[SR_PAR_EL1] = 0x55;
    cr_expect_not(mmu_at(w.c, SR_AT_S1E1R, 0x1000));
    cr_expect_eq(w.c->sr[SR_PAR_EL1], 0x55);
    cr_expect_eq(w.c->exc.target_el, 2);
    cr_expect_eq(w.c->exc.far, 0x1000);
    cr_expect_eq(w.c->exc.ipa & AVS_PAGE_MASK, s1.base, "the first descriptor is the first to fault");
    /* DFSC, WnR, S1PTW, CM */
    cr_expect_eq(w.c->exc.iss & 0x1ff, (FSC_ACCESS_FLAG + 2) | BIT(6) | BIT(7) | BIT(8));
}

Test(at, an_external_abort_on_the_walk_is_taken_at_any_el)
{
    w.c->sr[SR_HCR_EL2] = 0;
    w.c->sr[SR_TTBR0_EL1] = BIT(40);
    cr_expect_not(mmu_at(w.c, SR_AT_S1E1R, 0x1000));
    cr_expect_eq(w.c->exc.iss & 0x1ff, (FSC_EXTERNAL_WALK + 1) | BIT(6) | BIT(8));
}
