/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_gic.c
 * Distributor, redistributors and the physical CPU interface (IHI 0069).
 */
#include "fixture.h"
#include "gic_fixture.h"

static struct rig *one(void)
{
    struct rig *r = rig_new((struct rig_config){ 0 });

    rig_start(r);
    return r;
}

Test(gic, identification_registers)
{
    struct rig *r = rig_new((struct rig_config){ .pe_count = 3 });

    cr_assert_eq(gicd_get(r, 0xffe8, 4), 0x3b);
    cr_assert_eq(gicr_get(r, 1, 0xffe8, 4), 0x3b);
    cr_assert_eq(gicr_get(r, 0, 0xffe0, 4), 0x93);
    cr_assert_eq(gicd_get(r, 0x8, 4), 0x43b);
    cr_assert_eq(gicd_get(r, 0x4, 4) & 0x1f, 8, "288 INTIDs");
    cr_assert_eq(gicd_get(r, 0x4, 4) & BIT(10), 0, "one Security state");
    cr_assert_eq(gicd_get(r, 0x4, 4) & BIT(17), 0, "no LPIs");
    cr_assert_eq(gicd_get(r, 0xc, 4), 0);
    cr_assert_eq(gicd_get(r, GICD_CTLR, 4), 0x50, "DS, ARE");
    cr_assert_eq(gicr_get(r, 1, 0x8, 8), BIT(32) | 1 << 8);
    cr_assert_eq(gicr_get(r, 2, 0x8, 8), BIT(33) | 2 << 8 | BIT(4), "the last one");
    cr_assert_eq(gicr_get(r, 2, 0xc, 4), 2, "upper half");
    rig_free(r);
}

Test(gic, undecoded_offsets_read_as_zero_and_are_recorded)
{
    struct rig *r = one();

    cr_assert_eq(gicd_get(r, 0x5000, 4), 0);
    cr_assert_eq(gicd_get(r, 0x10, 4), 1, "STATUSR.RRD");
    gicd_set(r, 0x5000, 4, 1);
    gicd_set(r, 0x4, 4, 1);
    gicd_get(r, 0x40, 4);
    cr_assert_eq(gicd_get(r, 0x10, 4), 0xf);
    gicd_set(r, 0x10, 4, 0xf);
    cr_assert_eq(gicd_get(r, 0x10, 4), 0);
    cr_assert_eq(gicd_get(r, GIC_ISENABLER + 4, 1), 0, "ISENABLER is not byte-accessible");
    cr_assert_eq(gicd_get(r, GIC_ISENABLER, 4), 0, "SGIs and PPIs are the redistributor's");
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ISENABLER + 4, 4), 0, "and SPIs the distributor's");
    cr_assert_eq(gicd_get(r, GIC_ISENABLER + 9 * 4, 4), 0, "beyond the last SPI");
    rig_free(r);
}

Test(gic, register_fields)
{
    struct rig *r = one();

    gicd_set(r, GIC_ICENABLER + 4, 4, 0x0f);
    cr_assert_eq(gicd_get(r, GIC_ISENABLER + 4, 4), 0xfffffff0);
    cr_assert_eq(gicd_get(r, GIC_ICENABLER + 4, 4), 0xfffffff0);
    gicd_set(r, GIC_IPRIORITYR + 33, 1, 0x47);
    cr_assert_eq(gicd_get(r, GIC_IPRIORITYR + 33, 1), 0x40, "five bits are implemented");
    cr_assert_eq(gicd_get(r, GIC_IPRIORITYR + 32, 4), 0xa0a040a0);
    gicd_set(r, GIC_ICFGR + 8, 4, 0x80000008);
    cr_assert_eq(gicd_get(r, GIC_ICFGR + 8, 4), 0x80000008);
    gicr_set(r, 0, SGI + GIC_ICFGR, 4, 0);
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ICFGR, 4), 0xaaaaaaaa, "SGIs are edges");
    gicd_set(r, GICD_IROUTER + 8 * 40, 8, BIT(39) | BIT(31) | 0x7f000000 | 0x010203);
    cr_assert_eq(gicd_get(r, GICD_IROUTER + 8 * 40, 8), BIT(39) | BIT(31) | 0x010203);
    gicd_set(r, GICD_IROUTER + 8 * 40, 4, 5);
    cr_assert_eq(gicd_get(r, GICD_IROUTER + 8 * 40 + 4, 4), 0x80);
    cr_assert_eq(gicd_get(r, GICD_IROUTER + 8 * 40, 8), BIT(39) | 5);
    cr_assert_eq(gicd_get(r, GIC_IGRPMODR + 4, 4), 0, "RAZ with one Security state");
    rig_free(r);
}

Test(gic, level_sensitive_lifecycle)
{
    struct rig *r = one();
    struct pe *c = r->c;

    gic_set_spi(r->m.gic, 33, true);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    cr_assert(c->acc & ACC_FORCE, "the engine is made to look");
    cr_assert_eq(gicd_get(r, GIC_ISPENDR + 4, 4), 2);
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 33);
    cr_assert_eq(SYSGET(c, ICC_HPPIR0_EL1), 1023);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 33);
    cr_assert_eq(c->irq_lines, 0);
    cr_assert_eq(gicd_get(r, GIC_ISACTIVER + 4, 4), 2);
    cr_assert_eq(gicd_get(r, GIC_ISPENDR + 4, 4), 2, "active and pending: the input is still high");
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0);
    cr_assert_eq(SYSGET(c, ICC_AP1R0_EL1), BIT(0xa0 >> 3));
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023);
    SYSSET(c, ICC_EOIR1_EL1, 33);
    cr_assert_eq(c->irq_lines, LINE_IRQ, "pending again");
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xff);
    gic_set_spi(r->m.gic, 33, false);
    cr_assert_eq(c->irq_lines, 0);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023);
    rig_free(r);
}

Test(gic, edge_triggered_lifecycle)
{
    struct rig *r = one();
    struct pe *c = r->c;

    gicd_set(r, GIC_ICFGR + 8, 4, 2 << 4); /* INTID 34 */
    gic_set_spi(r->m.gic, 34, true);
    gic_set_spi(r->m.gic, 34, false);
    cr_assert_eq(c->irq_lines, LINE_IRQ, "the edge is kept");
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 34);
    cr_assert_eq(gicd_get(r, GIC_ISPENDR + 4, 4), 0);
    gic_set_spi(r->m.gic, 34, true);
    cr_assert_eq(gicd_get(r, GIC_ISPENDR + 4, 4), 4, "active and pending");
    SYSSET(c, ICC_EOIR1_EL1, 34);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 34);
    SYSSET(c, ICC_EOIR1_EL1, 34);
    cr_assert_eq(c->irq_lines, 0, "a high input is no new edge");
    gicd_set(r, GIC_ISPENDR + 4, 4, 4);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    gicd_set(r, GIC_ICPENDR + 4, 4, 4);
    cr_assert_eq(c->irq_lines, 0);
    rig_free(r);
}

Test(gic, what_keeps_an_interrupt_from_the_pe)
{
    struct rig *r = one();
    struct pe *c = r->c;

    gic_set_ppi(r->m.gic, 0, 27, true);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    gicd_set(r, GICD_CTLR, 4, 0);
    cr_assert_eq(c->irq_lines, 0, "GICD_CTLR.EnableGrp1");
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 1023);
    gicd_set(r, GICD_CTLR, 4, 2);
    SYSSET(c, ICC_IGRPEN1_EL1, 0);
    cr_assert_eq(c->irq_lines, 0, "ICC_IGRPEN1");
    SYSSET(c, ICC_IGRPEN1_EL1, 1);
    gicr_set(r, 0, GICR_WAKER, 4, 2);
    cr_assert_eq(gicr_get(r, 0, GICR_WAKER, 4), 6);
    cr_assert_eq(c->irq_lines, 0, "GICR_WAKER");
    gicr_set(r, 0, GICR_WAKER, 4, 0);
    cr_assert_eq(gicr_get(r, 0, GICR_WAKER, 4), 0);
    gicr_set(r, 0, SGI + GIC_ICENABLER, 4, BIT(27));
    cr_assert_eq(c->irq_lines, 0, "ICENABLER");
    gicr_set(r, 0, SGI + GIC_ISENABLER, 4, BIT(27));
    gicr_set(r, 0, SGI + GIC_ISACTIVER, 4, BIT(27));
    cr_assert_eq(c->irq_lines, 0, "ISACTIVER");
    gicr_set(r, 0, SGI + GIC_ICACTIVER, 4, BIT(27));
    SYSSET(c, ICC_PMR_EL1, 0xa0);
    cr_assert_eq(c->irq_lines, 0, "the mask is exclusive");
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 27, "HPPIR does not mask");
    SYSSET(c, ICC_PMR_EL1, 0xaf);
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0xa8);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    rig_free(r);
}

Test(gic, highest_priority_wins_and_lowest_intid_among_equals)
{
    struct rig *r = one();
    struct pe *c = r->c;

    gic_set_spi(r->m.gic, 200, true);
    gic_set_spi(r->m.gic, 100, true);
    gic_set_ppi(r->m.gic, 0, 30, true);
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 30);
    gicd_set(r, GIC_IPRIORITYR + 200, 1, 0x90);
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 200);
    gic_set_spi(r->m.gic, 200, false);
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 30);
    gic_set_ppi(r->m.gic, 0, 30, false);
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 100);
    gicd_set(r, GIC_ICENABLER + 12, 4, BIT(4));
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 1023);
    rig_free(r);
}

Test(gic, preemption_by_group_priority)
{
    struct rig *r = one();
    struct pe *c = r->c;

    gicd_set(r, GIC_IPRIORITYR + 40, 4, 0x909890a0); /* 40: a0, 42: 98, 43: 90 */
    SYSSET(c, ICC_BPR1_EL1, 4);                      /* Group priority is <7:4>. */
    cr_assert_eq(SYSGET(c, ICC_BPR1_EL1), 4);
    gic_set_spi(r->m.gic, 40, true);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 40);
    gic_set_spi(r->m.gic, 42, true);
    cr_assert_eq(c->irq_lines, LINE_IRQ, "98 preempts a0");
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 42);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0x90, "group priority of 98");
    gic_set_spi(r->m.gic, 43, true);
    cr_assert_eq(c->irq_lines, 0, "90 is in the same group priority");
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023);
    gic_set_spi(r->m.gic, 42, false);
    SYSSET(c, ICC_EOIR1_EL1, 42);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0);
    cr_assert_eq(c->irq_lines, LINE_IRQ, "43 now");
    SYSSET(c, ICC_BPR1_EL1, 0);
    cr_assert_eq(SYSGET(c, ICC_BPR1_EL1), 3, "minimum of Group 1");
    SYSSET(c, ICC_BPR0_EL1, 0);
    cr_assert_eq(SYSGET(c, ICC_BPR0_EL1), 2, "minimum of Group 0");
    SYSSET(c, ICC_CTLR_EL1, 1); /* CBPR */
    cr_assert_eq(SYSGET(c, ICC_BPR1_EL1), 3, "BPR0 + 1");
    SYSSET(c, ICC_BPR1_EL1, 7);
    cr_assert_eq(SYSGET(c, ICC_BPR1_EL1), 3, "ignored under CBPR");
    rig_free(r);
}

Test(gic, priority_drop_and_deactivation_are_split_by_eoimode)
{
    struct rig *r = one();
    struct pe *c = r->c;

    SYSSET(c, ICC_CTLR_EL1, 2);
    cr_assert_eq(SYSGET(c, ICC_CTLR_EL1), 0x8402, "A3V, five priority bits, EOImode");
    gic_set_spi(r->m.gic, 50, true);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 50);
    SYSSET(c, ICC_EOIR1_EL1, 50);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xff, "dropped");
    cr_assert_eq(gicd_get(r, GIC_ISACTIVER + 4, 4), BIT(18), "but active");
    cr_assert_eq(c->irq_lines, 0);
    SYSSET(c, ICC_DIR_EL1, 50);
    cr_assert_eq(gicd_get(r, GIC_ISACTIVER + 4, 4), 0);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    SYSSET(c, ICC_CTLR_EL1, 0);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 50);
    SYSSET(c, ICC_DIR_EL1, 50);
    cr_assert_eq(gicd_get(r, GIC_ISACTIVER + 4, 4), BIT(18), "DIR is ignored without EOImode");
    SYSSET(c, ICC_EOIR1_EL1, 1023);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0, "special INTIDs are ignored");
    SYSSET(c, ICC_EOIR0_EL1, 50);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0, "so is the other group's register");
    rig_free(r);
}

Test(gic, group_0_is_fiq_with_one_security_state)
{
    struct rig *r = one();
    struct pe *c = r->c;

    gicd_set(r, GICD_CTLR, 4, 3);
    gicd_set(r, GIC_IGROUPR + 4, 4, ~UINT32_C(1));
    SYSSET(c, ICC_IGRPEN0_EL1, 1);
    gic_set_spi(r->m.gic, 32, true);
    cr_assert_eq(c->irq_lines, LINE_FIQ);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023);
    cr_assert_eq(SYSGET(c, ICC_IAR0_EL1), 32);
    cr_assert_eq(SYSGET(c, ICC_AP0R0_EL1), BIT(0xa0 >> 3));
    cr_assert_eq(SYSGET(c, ICC_AP1R0_EL1), 0);
    SYSSET(c, ICC_EOIR0_EL1, 32);
    cr_assert_eq(SYSGET(c, ICC_AP0R0_EL1), 0);
    rig_free(r);
}

Test(gic, active_priorities_can_be_saved_and_restored)
{
    struct rig *r = one();
    struct pe *c = r->c;

    gic_set_spi(r->m.gic, 60, true);
    SYSSET(c, ICC_AP1R0_EL1, BIT(0x80 >> 3));
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0x80);
    cr_assert_eq(c->irq_lines, 0);
    SYSSET(c, ICC_AP1R0_EL1, 0);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    rig_free(r);
}

Test(gic, spis_go_where_irouter_says)
{
    struct rig *r = rig_new((struct rig_config){ .pe_count = 3 });
    struct pe *pe = r->m.pe;

    rig_start(r);
    gicd_set(r, GICD_IROUTER + 8 * 70, 8, 2);
    gic_set_spi(r->m.gic, 70, true);
    cr_assert_eq(pe[0].irq_lines | pe[1].irq_lines, 0);
    cr_assert_eq(pe[2].irq_lines, LINE_IRQ);
    gicd_set(r, GICD_IROUTER + 8 * 70, 8, 1);
    cr_assert_eq(pe[2].irq_lines, 0, "rerouted while pending");
    cr_assert_eq(pe[1].irq_lines, LINE_IRQ);
    gicd_set(r, GICD_IROUTER + 8 * 70, 8, 9);
    cr_assert_eq(pe[1].irq_lines, 0, "no such PE");
    gicd_set(r, GICD_IROUTER + 8 * 70, 8, BIT(31));
    cr_assert_eq(pe[0].irq_lines, LINE_IRQ, "1 of N");
    SYSSET(&pe[0], ICC_IGRPEN1_EL1, 0);
    cr_assert_eq(pe[0].irq_lines, 0);
    cr_assert_eq(pe[1].irq_lines, LINE_IRQ, "the next that takes part");
    cr_assert_eq(pe[2].irq_lines, 0);
    cr_assert_eq(SYSGET(&pe[1], ICC_IAR1_EL1), 70);
    SYSSET(&pe[0], ICC_IGRPEN1_EL1, 1);
    cr_assert_eq(pe[0].irq_lines, 0, "active elsewhere");
    rig_free(r);
}

Test(gic, sgis_reach_targets_and_all_but_self)
{
    struct rig *r = rig_new((struct rig_config){ .pe_count = 3 });
    struct pe *pe = r->m.pe;

    rig_start(r);
    SYSSET(&pe[0], ICC_SGI1R_EL1, UINT64_C(7) << 24 | 0x6);
    cr_assert_eq(pe[0].irq_lines, 0);
    for (unsigned i = 1; i < 3; i++) {
        cr_assert_eq(SYSGET(&pe[i], ICC_IAR1_EL1), 7);
        cr_assert_eq(SYSGET(&pe[i], ICC_IAR1_EL1), 1023);
        SYSSET(&pe[i], ICC_EOIR1_EL1, 7);
    }
    SYSSET(&pe[1], ICC_SGI1R_EL1, BIT(40) | UINT64_C(3) << 24);
    cr_assert_eq(pe[1].irq_lines, 0);
    cr_assert_eq(pe[0].irq_lines, LINE_IRQ);
    cr_assert_eq(pe[2].irq_lines, LINE_IRQ);
    SYSSET(&pe[0], ICC_SGI1R_EL1, BIT(16) | UINT64_C(5) << 24 | 1);
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ISPENDR, 4), BIT(3), "another Aff1 is another PE");
    SYSSET(&pe[0], ICC_SGI0R_EL1, UINT64_C(5) << 24 | 1);
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ISPENDR, 4), BIT(3), "configured in Group 1");
    rig_free(r);
}

Test(gic, message_based_spis)
{
    struct rig *r = one();
    struct pe *c = r->c;

    gicd_set(r, GIC_ICFGR + 8, 4, 2);
    gicd_set(r, 0x40, 4, 32);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 32, "an edge");
    SYSSET(c, ICC_EOIR1_EL1, 32);
    cr_assert_eq(c->irq_lines, 0);
    gicd_set(r, 0x40, 4, 33);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 33, "a level");
    SYSSET(c, ICC_EOIR1_EL1, 33);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    gicd_set(r, 0x48, 4, 33);
    cr_assert_eq(c->irq_lines, 0);
    gicd_set(r, 0x40, 4, 5);
    gicd_set(r, 0x40, 4, 1000);
    cr_assert_eq(c->irq_lines, 0, "no SPIs");
    rig_free(r);
}

/* Two Security states: rig_start's writes are Secure ones. */
static struct rig *secure(void)
{
    struct rig *r = rig_new((struct rig_config){ .el3 = true });

    r->c->el = 3;
    r->c->sr[SR_SCR_EL3] = 0;
    rig_start(r);
    gicd_set(r, GICD_CTLR, 4, 7);
    gicd_set(r, GIC_IGROUPR + 4, 4, ~UINT32_C(6)); /* 33: Group 0, 34: Secure Group 1. */
    gicd_set(r, GIC_IGRPMODR + 4, 4, 4);
    SYSSET(r->c, ICC_IGRPEN0_EL1, 1);
    SYSSET(r->c, ICC_IGRPEN1_EL3, 3);
    return r;
}

static void enter(struct pe *c, unsigned el, bool ns)
{
    c->el = (uint8_t)el;
    c->sr[SR_SCR_EL3] = (c->sr[SR_SCR_EL3] & ~BIT(0)) | ns;
    gic_update(c);
}

Test(gic, fiq_or_irq_by_group_and_security_state)
{
    static const struct {
        unsigned intid;
        uint32_t ns, s, el3; /* At EL1 Non-secure, EL1 Secure, EL3. */
    } rows[] = {
        { 33, LINE_FIQ, LINE_FIQ, LINE_FIQ },
        { 34, LINE_FIQ, LINE_IRQ, LINE_FIQ },
        { 35, LINE_IRQ, LINE_FIQ, LINE_FIQ },
    };
    struct rig *r = secure();

    for (unsigned i = 0; i < 3; i++) {
        gic_set_spi(r->m.gic, rows[i].intid, true);
        enter(r->c, 1, true);
        cr_assert_eq(r->c->irq_lines, rows[i].ns, "%u Non-secure", rows[i].intid);
        enter(r->c, 1, false);
        cr_assert_eq(r->c->irq_lines, rows[i].s, "%u Secure", rows[i].intid);
        enter(r->c, 3, false);
        cr_assert_eq(r->c->irq_lines, rows[i].el3, "%u EL3", rows[i].intid);
        gic_set_spi(r->m.gic, rows[i].intid, false);
    }
    rig_free(r);
}

Test(gic, acknowledge_by_security_state)
{
    struct rig *r = secure();
    struct pe *c = r->c;

    gic_set_spi(r->m.gic, 35, true); /* Non-secure Group 1 */
    cr_assert_eq(SYSGET(c, ICC_IAR0_EL1), 1021, "EL3 is told of a Non-secure one");
    enter(c, 1, false);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023, "not for Secure EL1");
    cr_assert_eq(SYSGET(c, ICC_HPPIR0_EL1), 1023);
    enter(c, 1, true);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 35);
    SYSSET(c, ICC_EOIR1_EL1, 35);
    gic_set_spi(r->m.gic, 35, false);

    gic_set_spi(r->m.gic, 34, true); /* Secure Group 1 */
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023, "not for Non-secure EL1");
    enter(c, 3, true);
    cr_assert_eq(SYSGET(c, ICC_IAR0_EL1), 1020);
    enter(c, 1, false);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 34);
    enter(c, 1, true);
    SYSSET(c, ICC_EOIR1_EL1, 34);
    enter(c, 1, false);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0, "Non-secure state cannot end it");
    SYSSET(c, ICC_EOIR1_EL1, 34);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xff);
    rig_free(r);
}

Test(gic, nonsecure_accesses_see_their_own)
{
    struct rig *r = secure();
    struct pe *c = r->c;

    gicd_set(r, GIC_NSACR + 8, 4, 1 << 2); /* INTID 33: may be set pending. */
    cr_assert_eq(gicd_get(r, GICD_CTLR, 4), 0x37);
    enter(c, 1, true);
    cr_assert_eq(gicd_get(r, GICD_CTLR, 4), 0x12);
    cr_assert_eq(gicd_get(r, GIC_IGROUPR + 4, 4), 0);
    cr_assert_eq(gicd_get(r, GIC_NSACR + 8, 4), 0);
    cr_assert_eq(gicd_get(r, GIC_ISENABLER + 4, 4), 0xfffffff9);
    gicd_set(r, GIC_ICENABLER + 4, 4, 0xffffffff);
    cr_assert_eq(gicd_get(r, GIC_IPRIORITYR + 32, 4), 0x40000040, "a0 in the Non-secure view");
    gicd_set(r, GIC_IPRIORITYR + 32, 4, 0x60606060);
    gicd_set(r, GIC_ISPENDR + 4, 4, 0x6);
    gicr_set(r, 0, GICR_WAKER, 4, 2);
    enter(c, 3, false);
    cr_assert_eq(gicd_get(r, GIC_ISENABLER + 4, 4), 6);
    cr_assert_eq(gicd_get(r, GIC_IPRIORITYR + 32, 4), 0xb0a0a0b0);
    cr_assert_eq(gicd_get(r, GIC_ISPENDR + 4, 4), 2, "NSACR opens 33 only");
    cr_assert_eq(gicr_get(r, 0, GICR_WAKER, 4), 0, "the Non-secure write was ignored");
    gicd_set(r, GICD_CTLR, 4, 0x47);
    cr_assert_eq(gicd_get(r, GICD_CTLR, 4), 0x53, "DS sticks, and leaves two groups");
    gicd_set(r, GICD_CTLR, 4, 0);
    cr_assert_eq(gicd_get(r, GICD_CTLR, 4), 0x50);
    rig_free(r);
}

Test(gic, nonsecure_view_of_the_cpu_interface)
{
    struct rig *r = secure();
    struct pe *c = r->c;

    c->sr[SR_SCR_EL3] |= BIT(2); /* FIQ: Group 0 is EL3's. */
    enter(c, 1, true);
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0xf0);
    SYSSET(c, ICC_PMR_EL1, 0x80);
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0x80);
    enter(c, 3, true);
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0xc0);
    SYSSET(c, ICC_PMR_EL1, 0x40);
    enter(c, 1, true);
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0);
    SYSSET(c, ICC_PMR_EL1, 0xff);
    enter(c, 3, true);
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0x40, "a Secure mask cannot be opened");
    SYSSET(c, ICC_CTLR_EL3, 0x1e);
    cr_assert_eq(SYSGET(c, ICC_CTLR_EL3), 0x841e);
    enter(c, 1, true);
    cr_assert_eq(SYSGET(c, ICC_CTLR_EL1), 0x8403, "the Non-secure bank");
    SYSSET(c, ICC_CTLR_EL1, 0);
    cr_assert_eq(SYSGET(c, ICC_CTLR_EL1), 0x8401, "CBPR is EL3's");
    enter(c, 1, false);
    cr_assert_eq(SYSGET(c, ICC_CTLR_EL1), 0x8402, "the Secure bank");
    rig_free(r);
}

Test(gic, sgis_and_security)
{
    struct rig *r = secure();
    struct pe *c = r->c;

    gicr_set(r, 0, SGI + GIC_IGROUPR, 4, ~UINT32_C(3)); /* SGI 0: Group 0, 1: Secure Group 1. */
    gicr_set(r, 0, SGI + GIC_IGRPMODR, 4, 2);
    enter(c, 1, true);
    SYSSET(c, ICC_SGI0R_EL1, 1);
    SYSSET(c, ICC_ASGI1R_EL1, UINT64_C(1) << 24 | 1);
    SYSSET(c, ICC_SGI1R_EL1, UINT64_C(2) << 24 | 1);
    enter(c, 3, false);
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ISPENDR, 4), 4, "only Non-secure Group 1");
    gicr_set(r, 0, SGI + GIC_NSACR, 4, 1 << 2 | 1);
    enter(c, 1, true);
    SYSSET(c, ICC_SGI0R_EL1, 1);
    SYSSET(c, ICC_ASGI1R_EL1, UINT64_C(1) << 24 | 1);
    enter(c, 3, false);
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ISPENDR, 4), 5, "1 opens Group 0 only");
    gicr_set(r, 0, SGI + GIC_NSACR, 4, 2 << 2 | 1);
    enter(c, 1, true);
    SYSSET(c, ICC_ASGI1R_EL1, UINT64_C(1) << 24 | 1);
    enter(c, 3, false);
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ISPENDR, 4), 7, "NSACR opened both");
    gicr_set(r, 0, SGI + GIC_ICPENDR, 4, 7);
    SYSSET(c, ICC_SGI1R_EL1, UINT64_C(1) << 24 | 1);
    SYSSET(c, ICC_ASGI1R_EL1, UINT64_C(3) << 24 | 1);
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ISPENDR, 4), 0xa);
    rig_free(r);
}

Test(gic, reset_forgets_everything)
{
    struct rig *r = one();

    gic_set_spi(r->m.gic, 33, true);
    gic_reset(r->m.gic);
    cr_assert_eq(r->c->irq_lines, 0);
    cr_assert_eq(gicd_get(r, GIC_ISENABLER + 4, 4), 0);
    cr_assert_eq(gicr_get(r, 0, GICR_WAKER, 4), 6);
    cr_assert_eq(SYSGET(r->c, ICC_PMR_EL1), 0);
    cr_assert_eq(SYSGET(r->c, ICC_SRE_EL1), 7);
    cr_assert_eq(SYSGET(r->c, ICC_SRE_EL2), 0xf);
    rig_free(r);
}

/* The cached choice equals one made from scratch, whatever the order of events. */
Test(gic, cached_choice_equals_a_rescan)
{
    struct rig *r = one();
    uint32_t seed = 12345;

    for (unsigned step = 0; step < 20000; step++) {
        unsigned intid, before;

        seed = seed * 1664525 + 1013904223;
        intid = 32 + (seed >> 8) % 256;
        switch (seed >> 29) {
        case 0:
        case 1:
            gic_set_spi(r->m.gic, intid, seed >> 28 & 1);
            break;
        case 2:
            gicd_set(r, GIC_IPRIORITYR + intid, 1, seed >> 16 & 0xf8);
            break;
        case 3:
            gicd_set(r, (seed >> 28 & 1 ? GIC_ISENABLER : GIC_ICENABLER) + intid / 32 * 4, 4,
                     BIT(intid % 32));
            break;
        case 4:
            gicd_set(r, (seed >> 28 & 1 ? GIC_ISACTIVER : GIC_ICACTIVER) + intid / 32 * 4, 4,
                     BIT(intid % 32));
            break;
        default:
            gic_set_ppi(r->m.gic, 0, 16 + intid % 16, seed >> 28 & 1);
            break;
        }
        before = (unsigned)SYSGET(r->c, ICC_HPPIR1_EL1);
        SYSSET(r->c, ICC_IGRPEN1_EL1, 1); /* Rescans. */
        cr_assert_eq(before, SYSGET(r->c, ICC_HPPIR1_EL1), "step %u", step);
    }
    rig_free(r);
}

Test(gic, is_on_the_virt_board_where_qemu_has_it)
{
    avs_machine *m = fixture_machine(NULL, NULL);
    struct bus_region *d = bus_find(m->bus, pa(0x08000000));
    struct bus_region *rd = bus_find(m->bus, pa(0x080a0000));
    uint64_t val = 0;

    cr_assert(d && d->ops == &gicd_mmio && d->base == 0x08000000 && d->size == 0x10000);
    cr_assert(rd && rd->ops == &gicr_mmio && rd->base == 0x080a0000);
    cr_assert(d->ops->read(d->dev, &m->pe[0], 4, 4, &val));
    cr_assert_eq(val & 0x1f, 8, "288 INTIDs");
    cr_assert_eq((SYSGET(&m->pe[0], ICH_VTR_EL2) & 0x1f) + 1, m->model->gic_lr_count);
    timer_sysreg_write(&m->pe[0], SR_CNTHP_CTL_EL2, 1);
    cr_assert(rd->ops->read(rd->dev, &m->pe[0], 0x10200, 4, &val));
    cr_assert_eq(val, BIT(26), "the EL2 timer is PPI 26 of PE 0");
    avs_machine_free(m);
}
