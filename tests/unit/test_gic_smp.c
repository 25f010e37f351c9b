/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_gic_smp.c
 * Interrupts among several PEs (IHI 0069, 2.2 affinity routing, 12.2 SGI generation): what is each PE's
 * own, what they share, and who gets what.
 */
#include "its_util.h"

static struct rig *smp(unsigned pe_count)
{
    struct rig *r = rig_new((struct rig_config){ .pe_count = pe_count });

    rig_start(r);
    return r;
}

/* ICC_SGI1R_EL1 with every affinity field. */
static uint64_t sgi(unsigned intid, unsigned aff3, unsigned aff2, unsigned aff1, unsigned targets)
{
    return (uint64_t)aff3 << 48 | (uint64_t)aff2 << 32 | (uint64_t)intid << 24 | aff1 << 16 | targets;
}

static unsigned pending_sgis(struct rig *r, unsigned n)
{
    return (unsigned)gicr_get(r, n, SGI + GIC_ISPENDR, 4) & 0xffff;
}

Test(gic_smp, sgis_by_all_affinity_levels)
{
    static const uint64_t mpidr[] = { 0x80000000, 0x80000103, 0x80020003, UINT64_C(0x0180000003) };
    struct rig *r = smp(4);

    for (unsigned n = 0; n < 4; n++)
        r->m.pe[n].sr[SR_MPIDR_EL1] = mpidr[n];
    SYSSET(r->c, ICC_SGI1R_EL1, sgi(1, 0, 0, 0, 0xffff));
    SYSSET(r->c, ICC_SGI1R_EL1, sgi(2, 0, 0, 1, 1 << 3));
    SYSSET(r->c, ICC_SGI1R_EL1, sgi(3, 0, 2, 0, 0xffff));
    SYSSET(r->c, ICC_SGI1R_EL1, sgi(4, 1, 0, 0, 0x0008));
    SYSSET(r->c, ICC_SGI1R_EL1, sgi(5, 0, 0, 1, 1 << 2));
    SYSSET(r->c, ICC_SGI1R_EL1, sgi(6, 0, 0, 1, 1 << 3) | UINT64_C(1) << 44);
    for (unsigned n = 0; n < 4; n++)
        cr_assert_eq(pending_sgis(r, n), 1U << (n + 1), "PE %u: %#x; range selectors are not there", n,
                     pending_sgis(r, n));
    rig_free(r);
}

Test(gic_smp, sgis_in_both_directions_and_to_oneself)
{
    struct rig *r = smp(2);

    SYSSET(&r->m.pe[1], ICC_SGI1R_EL1, sgi(9, 0, 0, 0, 3));
    for (unsigned n = 0; n < 2; n++) {
        cr_assert_eq(r->m.pe[n].irq_lines, LINE_IRQ, "PE %u", n);
        cr_assert_eq(SYSGET(&r->m.pe[n], ICC_IAR1_EL1), 9);
    }
    SYSSET(&r->m.pe[0], ICC_SGI1R_EL1, sgi(9, 0, 0, 0, 2));
    SYSSET(&r->m.pe[1], ICC_EOIR1_EL1, 9);
    cr_assert_eq(SYSGET(&r->m.pe[1], ICC_IAR1_EL1), 9, "pending again while it was active");
    SYSSET(&r->m.pe[0], ICC_EOIR1_EL1, 9);
    cr_assert_eq(SYSGET(&r->m.pe[0], ICC_IAR1_EL1), 1023);
    rig_free(r);
}

Test(gic_smp, sgis_wait_for_a_sleeping_redistributor)
{
    struct rig *r = smp(2);

    gicr_set(r, 1, GICR_WAKER, 4, 2);
    SYSSET(r->c, ICC_SGI1R_EL1, sgi(0, 0, 0, 0, 2));
    cr_assert_eq(r->m.pe[1].irq_lines, 0);
    cr_assert_eq(pending_sgis(r, 1), 1, "kept");
    gicr_set(r, 1, GICR_WAKER, 4, 0);
    cr_assert_eq(r->m.pe[1].irq_lines, LINE_IRQ);
    rig_free(r);
}

Test(gic_smp, irm_reaches_all_but_self_whatever_their_affinity)
{
    struct rig *r = smp(4);

    r->m.pe[3].sr[SR_MPIDR_EL1] = UINT64_C(0x0580040302);
    SYSSET(&r->m.pe[2], ICC_SGI1R_EL1, BIT(40) | sgi(15, 0, 0, 0, 0));
    for (unsigned n = 0; n < 4; n++)
        cr_assert_eq(pending_sgis(r, n), n == 2 ? 0 : 0x8000, "PE %u", n);
    rig_free(r);
}

Test(gic_smp, ppis_are_each_pes_own)
{
    struct rig *r = smp(2);

    gic_set_ppi(r->m.gic, 1, 27, true);
    cr_assert_eq(r->m.pe[0].irq_lines, 0);
    cr_assert_eq(r->m.pe[1].irq_lines, LINE_IRQ);
    cr_assert_eq(gicr_get(r, 1, SGI + GIC_ISPENDR, 4), BIT(27), "seen by the other PE");
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ISPENDR, 4), 0);
    cr_assert_eq(SYSGET(&r->m.pe[1], ICC_IAR1_EL1), 27);
    cr_assert_eq(gicr_get(r, 1, SGI + GIC_ISACTIVER, 4), BIT(27));
    gicr_set(r, 1, SGI + GIC_ICACTIVER, 4, BIT(27));
    cr_assert_eq(SYSGET(&r->m.pe[1], ICC_HPPIR1_EL1), 27, "pending again by its level");
    gicr_set(r, 0, SGI + GIC_ISACTIVER, 4, BIT(27));
    gic_set_ppi(r->m.gic, 0, 27, true);
    cr_assert_eq(SYSGET(&r->m.pe[0], ICC_HPPIR1_EL1), 1023, "active by a write");
    rig_free(r);
}

Test(gic_smp, ppis_may_be_edges)
{
    struct rig *r = smp(1);

    gicr_set(r, 0, SGI + GIC_ICFGR + 4, 4, BIT(2 * (20 - 16) + 1));
    gic_set_ppi(r->m.gic, 0, 20, true);
    gic_set_ppi(r->m.gic, 0, 20, false);
    take(r->c, 20);
    expect_none(r->c, "one edge is one interrupt");
    rig_free(r);
}

/* An SPI that is active on one PE can be deactivated by another one, and is pending for whoever it is
 * routed to. */
Test(gic_smp, spis_are_shared)
{
    struct rig *r = smp(2);
    struct pe *pe = r->m.pe;

    for (unsigned n = 0; n < 2; n++)
        SYSSET(&pe[n], ICC_CTLR_EL1, 2);
    gic_set_spi(r->m.gic, 50, true);
    cr_assert_eq(SYSGET(&pe[0], ICC_IAR1_EL1), 50);
    SYSSET(&pe[0], ICC_EOIR1_EL1, 50);
    gicd_set(r, GICD_IROUTER + 8 * 50, 8, 1);
    cr_assert_eq(pe[1].irq_lines, 0, "active");
    SYSSET(&pe[1], ICC_DIR_EL1, 50);
    cr_assert_eq(pe[1].irq_lines, LINE_IRQ);
    cr_assert_eq(pe[0].irq_lines, 0);
    cr_assert_eq(SYSGET(&pe[1], ICC_IAR1_EL1), 50);
    rig_free(r);
}

Test(gic_smp, one_of_n_goes_to_one)
{
    struct rig *r = smp(3);
    struct pe *pe = r->m.pe;

    for (unsigned i = 60; i < 64; i++) {
        gicd_set(r, GICD_IROUTER + 8 * i, 8, BIT(31));
        gic_set_spi(r->m.gic, i, true);
    }
    cr_assert_eq(pe[0].irq_lines, LINE_IRQ);
    cr_assert_eq(pe[1].irq_lines | pe[2].irq_lines, 0);
    gicr_set(r, 0, GICR_WAKER, 4, 2);
    cr_assert_eq(pe[0].irq_lines, 0);
    cr_assert_eq(pe[1].irq_lines, LINE_IRQ, "the first one that is awake");
    gicd_set(r, GIC_IGROUPR + 4, 4, ~(uint32_t)BIT(28)); /* 60: Group 0 */
    gicd_set(r, GICD_CTLR, 4, 3);
    SYSSET(&pe[2], ICC_IGRPEN0_EL1, 1);
    cr_assert_eq(SYSGET(&pe[2], ICC_IAR0_EL1), 60, "who has its group enabled");
    cr_assert_eq(SYSGET(&pe[1], ICC_IAR1_EL1), 61);
    rig_free(r);
}

Test(gic_smp, typer_numbers_pes_and_their_affinity)
{
    struct rig *r = smp(4);

    r->m.pe[2].sr[SR_MPIDR_EL1] = UINT64_C(0x0480030201);
    cr_assert_eq(gicr_get(r, 2, 0x8, 8), UINT64_C(0x04030201) << 32 | 2 << 8);
    cr_assert_eq(gicr_get(r, 3, 0x8, 4), 3 << 8 | 0x10, "Last");
    cr_assert_not(gicr_mmio.read(r->m.gic, r->c, 4 * 0x20000, 4, &(uint64_t){ 0 }), "no fifth one");
    cr_assert_not(gicr_mmio.write(r->m.gic, r->c, 4 * 0x20000 + 0x10100, 4, 1));
    rig_free(r);
}

/* The CPU interfaces share nothing. */
Test(gic_smp, cpu_interfaces_are_apart)
{
    struct rig *r = smp(2);
    struct pe *pe = r->m.pe;

    SYSSET(&pe[0], ICC_PMR_EL1, 0x80);
    SYSSET(&pe[0], ICC_BPR1_EL1, 5);
    SYSSET(&pe[0], ICC_CTLR_EL1, 2);
    SYSSET(&pe[0], ICH_LR0_EL2, UINT64_C(1) << 62 | BIT(60) | 40);
    cr_assert_eq(SYSGET(&pe[1], ICC_PMR_EL1), 0xf8);
    cr_assert_eq(SYSGET(&pe[1], ICC_BPR1_EL1), 3);
    cr_assert_eq(SYSGET(&pe[1], ICC_CTLR_EL1) & 2, 0);
    cr_assert_eq(SYSGET(&pe[1], ICH_LR0_EL2), 0);
    cr_assert_eq(SYSGET(&pe[1], ICH_ELRSR_EL2), 0xf);
    rig_free(r);
}

/* Work of one PE moves another one's line: with two, whatever they do, each interrupt is taken once. */
Test(gic_smp, every_spi_is_taken_once)
{
    struct rig *r = smp(4);
    uint32_t seed = 99;
    unsigned raised = 0, taken = 0;

    for (unsigned w = 2; w < 2 + 2 * 8; w++)
        gicd_set(r, GIC_ICFGR + 4 * w, 4, 0xaaaaaaaa);
    for (unsigned i = 32; i < 288; i++)
        gicd_set(r, GICD_IROUTER + 8 * i, 8, BIT(31));
    for (unsigned step = 0; step < 4000; step++) {
        struct pe *c;
        uint64_t intid;

        seed = seed * 1664525 + 1013904223;
        c = &r->m.pe[seed >> 30];
        if (seed & BIT(20)) {
            intid = 32 + (seed >> 8 & 0xff);
            raised += !(gicd_get(r, GIC_ISPENDR + 4 * ((uint32_t)intid / 32), 4) & BIT(intid % 32));
            gic_set_spi(r->m.gic, (unsigned)intid, true);
            gic_set_spi(r->m.gic, (unsigned)intid, false);
        } else if (seed & BIT(19)) {
            SYSSET(c, ICC_IGRPEN1_EL1, seed >> 18 & 1);
        } else if ((intid = SYSGET(c, ICC_IAR1_EL1)) != 1023) {
            taken++;
            SYSSET(c, ICC_EOIR1_EL1, intid);
        }
    }
    SYSSET(r->c, ICC_IGRPEN1_EL1, 1);
    for (uint64_t intid; (intid = SYSGET(r->c, ICC_IAR1_EL1)) != 1023; taken++)
        SYSSET(r->c, ICC_EOIR1_EL1, intid);
    cr_assert_eq(taken, raised);
    cr_assert_gt(taken, 200, "%u", taken);
    rig_free(r);
}
