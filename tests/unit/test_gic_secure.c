/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_gic_secure.c
 * The CPU interface with two Security states (IHI 0069, 4.6, 4.8.1, 12.2): banks and what EL3 sees of them,
 * views of priorities, who may end and deactivate what. INTID 33 is in Group 0, 34 in Secure Group 1, 35 in
 * Non-secure Group 1.
 */
#include "gic_fixture.h"

#define SCR_FIQ BIT(2)
#define SCR_IRQ BIT(1)

enum { GROUP0 = 33, SECURE1 = 34, NONSECURE1 = 35 };

static void enter(struct pe *c, unsigned el, bool ns)
{
    c->el = (uint8_t)el;
    c->sr[SR_SCR_EL3] = (c->sr[SR_SCR_EL3] & ~BIT(0)) | ns;
    gic_update(c);
}

/* At EL3, with everything enabled. Priorities: 0x20, 0x40, 0xa0. */
static struct rig *secure(void)
{
    struct rig *r = rig_new((struct rig_config){ .el3 = true });

    enter(r->c, 3, false);
    rig_start(r);
    gicd_set(r, GICD_CTLR, 4, 7);
    gicd_set(r, GIC_IGROUPR + 4, 4, ~UINT32_C(6));
    gicd_set(r, GIC_IGRPMODR + 4, 4, 4);
    gicd_set(r, GIC_IPRIORITYR + 32, 4, 0xa04020a0);
    SYSSET(r->c, ICC_IGRPEN0_EL1, 1);
    SYSSET(r->c, ICC_IGRPEN1_EL3, 3);
    return r;
}

static void raise(struct rig *r, unsigned intid)
{
    gic_set_spi(r->m.gic, intid, true);
    gic_update(r->c);
}

Test(gic_secure, el3_sees_both_banks)
{
    struct rig *r = secure();
    struct pe *c = r->c;

    SYSSET(c, ICC_IGRPEN1_EL3, 1);
    enter(c, 1, false);
    cr_assert_eq(SYSGET(c, ICC_IGRPEN1_EL1), 0, "EnableGrp1S");
    SYSSET(c, ICC_IGRPEN1_EL1, 1);
    enter(c, 1, true);
    cr_assert_eq(SYSGET(c, ICC_IGRPEN1_EL1), 1, "EnableGrp1NS");
    SYSSET(c, ICC_IGRPEN1_EL1, 0);
    SYSSET(c, ICC_CTLR_EL1, 3);
    enter(c, 3, false);
    cr_assert_eq(SYSGET(c, ICC_IGRPEN1_EL3), 2);
    cr_assert_eq(SYSGET(c, ICC_CTLR_EL3) & 0x1f, 0x10, "EOImode_EL1NS; CBPR is EL3's to write");
    SYSSET(c, ICC_CTLR_EL3, 0x0b);
    cr_assert_eq(SYSGET(c, ICC_CTLR_EL1) & 3, 3, "CBPR_EL1S, EOImode_EL1S");
    enter(c, 3, true);
    cr_assert_eq(SYSGET(c, ICC_CTLR_EL1) & 3, 1, "CBPR_EL1NS");
    rig_free(r);
}

Test(gic_secure, binary_points_are_banked)
{
    struct rig *r = secure();
    struct pe *c = r->c;

    enter(c, 1, false);
    SYSSET(c, ICC_BPR1_EL1, 0);
    cr_assert_eq(SYSGET(c, ICC_BPR1_EL1), 2, "the Secure minimum");
    SYSSET(c, ICC_BPR1_EL1, 4);
    enter(c, 1, true);
    cr_assert_eq(SYSGET(c, ICC_BPR1_EL1), 3, "the Non-secure one");
    SYSSET(c, ICC_BPR1_EL1, 6);
    enter(c, 1, false);
    cr_assert_eq(SYSGET(c, ICC_BPR1_EL1), 4);
    rig_free(r);
}

Test(gic_secure, running_priority_in_the_nonsecure_view)
{
    struct rig *r = secure();
    struct pe *c = r->c;

    c->sr[SR_SCR_EL3] |= SCR_FIQ;
    enter(c, 1, true);
    raise(r, NONSECURE1);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), NONSECURE1);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0x40, "a0");
    enter(c, 3, false);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0);
    raise(r, GROUP0);
    cr_assert_eq(SYSGET(c, ICC_IAR0_EL1), GROUP0, "preempts");
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0x20);
    enter(c, 1, true);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0, "a Secure priority");
    SYSSET(c, ICC_EOIR1_EL1, NONSECURE1);
    enter(c, 3, false);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0x20, "Non-secure state ends no Group 0 interrupt");
    SYSSET(c, ICC_EOIR0_EL1, GROUP0);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0);
    enter(c, 1, true);
    SYSSET(c, ICC_EOIR1_EL1, NONSECURE1);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xff);
    rig_free(r);
}

Test(gic_secure, highest_pending_by_state)
{
    static const struct {
        unsigned intid, el;
        bool ns;
        unsigned hppir0, hppir1;
    } rows[] = {
        { GROUP0, 3, false, GROUP0, 1023 },        { GROUP0, 1, false, GROUP0, 1023 },
        { GROUP0, 1, true, 1023, 1023 },           { SECURE1, 3, false, 1020, SECURE1 },
        { SECURE1, 1, false, 1023, SECURE1 },      { SECURE1, 1, true, 1023, 1023 },
        { NONSECURE1, 3, true, 1021, NONSECURE1 }, { NONSECURE1, 1, false, 1023, 1023 },
        { NONSECURE1, 1, true, 1023, NONSECURE1 }, { NONSECURE1, 2, true, 1023, NONSECURE1 },
    };
    struct rig *r = secure();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        raise(r, rows[i].intid);
        enter(r->c, rows[i].el, rows[i].ns);
        cr_assert_eq(SYSGET(r->c, ICC_HPPIR0_EL1), rows[i].hppir0, "row %zu: HPPIR0", i);
        cr_assert_eq(SYSGET(r->c, ICC_HPPIR1_EL1), rows[i].hppir1, "row %zu: HPPIR1", i);
        gic_set_spi(r->m.gic, rows[i].intid, false);
    }
    rig_free(r);
}

Test(gic_secure, each_state_has_its_eoimode)
{
    struct rig *r = secure();
    struct pe *c = r->c;

    SYSSET(c, ICC_CTLR_EL3, BIT(2) | BIT(4)); /* EL3 and Non-secure EL1: split. */
    raise(r, GROUP0);
    cr_assert_eq(SYSGET(c, ICC_IAR0_EL1), GROUP0);
    SYSSET(c, ICC_EOIR0_EL1, GROUP0);
    cr_assert_eq(gicd_get(r, GIC_ISACTIVER + 4, 4), BIT(1), "EL3's EOImode_EL3");
    SYSSET(c, ICC_DIR_EL1, GROUP0);
    cr_assert_eq(gicd_get(r, GIC_ISACTIVER + 4, 4), 0);
    gic_set_spi(r->m.gic, GROUP0, false);
    enter(c, 1, false);
    raise(r, SECURE1);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), SECURE1);
    SYSSET(c, ICC_EOIR1_EL1, SECURE1);
    cr_assert_eq(gicd_get(r, GIC_ISACTIVER + 4, 4), 0, "Secure EL1 is not split");
    gic_set_spi(r->m.gic, SECURE1, false);
    enter(c, 1, true);
    raise(r, NONSECURE1);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), NONSECURE1);
    SYSSET(c, ICC_EOIR1_EL1, NONSECURE1);
    cr_assert_eq(gicd_get(r, GIC_ISACTIVER + 4, 4), BIT(3), "Non-secure EL1 is");
    rig_free(r);
}

Test(gic_secure, who_may_deactivate)
{
    static const struct {
        unsigned intid, el;
        bool ns;
        uint64_t scr;
        bool may;
    } rows[] = {
        { GROUP0, 3, false, SCR_FIQ | SCR_IRQ, true },
        { GROUP0, 1, false, 0, true },
        { GROUP0, 1, false, SCR_FIQ, false },
        { GROUP0, 1, true, 0, false },
        { SECURE1, 1, false, 0, true },
        { SECURE1, 1, false, SCR_IRQ, false },
        { SECURE1, 1, true, 0, false },
        { NONSECURE1, 1, true, SCR_FIQ, true },
        { NONSECURE1, 2, true, 0, true },
        { NONSECURE1, 1, true, SCR_IRQ, false },
        { NONSECURE1, 1, false, 0, true },
        { NONSECURE1, 3, true, SCR_IRQ, true },
    };
    struct rig *r = secure();

    SYSSET(r->c, ICC_CTLR_EL3, 0x1c);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t active = BIT(rows[i].intid % 32);

        gicd_set(r, GIC_ISACTIVER + 4, 4, active);
        r->c->sr[SR_SCR_EL3] = rows[i].scr;
        enter(r->c, rows[i].el, rows[i].ns);
        SYSSET(r->c, ICC_DIR_EL1, rows[i].intid);
        enter(r->c, 3, false);
        cr_assert_eq(gicd_get(r, GIC_ISACTIVER + 4, 4), rows[i].may ? 0 : active, "row %zu", i);
        gicd_set(r, GIC_ICACTIVER + 4, 4, active);
    }
    rig_free(r);
}

/* Special INTIDs in EOIR and DIR do nothing, wherever they are written. */
Test(gic_secure, special_intids_end_nothing)
{
    struct rig *r = secure();
    struct pe *c = r->c;

    raise(r, GROUP0);
    cr_assert_eq(SYSGET(c, ICC_IAR0_EL1), GROUP0);
    for (unsigned intid = 1020; intid < 1024; intid++) {
        SYSSET(c, ICC_EOIR0_EL1, intid);
        SYSSET(c, ICC_EOIR1_EL1, intid);
        SYSSET(c, ICC_DIR_EL1, intid);
    }
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0x20);
    cr_assert_eq(gicd_get(r, GIC_ISACTIVER + 4, 4), BIT(1));
    rig_free(r);
}

/* With CBPR, Group 1 preempts by ICC_BPR0. */
Test(gic_secure, common_binary_point)
{
    struct rig *r = secure();
    struct pe *c = r->c;

    gicd_set(r, GIC_IPRIORITYR + 35, 1, 0xa0);
    gicd_set(r, GIC_IPRIORITYR + 36, 1, 0x98);
    SYSSET(c, ICC_BPR0_EL1, 6);
    SYSSET(c, ICC_CTLR_EL3, 2); /* CBPR_EL1NS */
    enter(c, 1, true);
    cr_assert_eq(SYSGET(c, ICC_BPR1_EL1), 7);
    raise(r, NONSECURE1);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), NONSECURE1);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0x80, "bit 7 alone is the group priority");
    raise(r, 36);
    cr_assert_eq(c->irq_lines, 0);
    rig_free(r);
}
