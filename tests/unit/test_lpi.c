/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_lpi.c
 * LPIs in the redistributors and at the CPU interfaces, physical and virtual (IHI 0069, 5.1). They are made
 * pending by pending tables and by a minimal mapping of the ITS: device 0, event n is LPI 8192 + n of PE 0.
 */
#include "its_util.h"

static struct its_log seen;

static struct rig *lpis_of(struct rig_config k)
{
    struct rig *r;

    k.its = true;
    r = rig_new(k);
    its_start(r, &seen);
    mapc(r, 0, 0);
    mapd(r, 0, 4);
    for (unsigned n = 0; n < 16; n++)
        mapti(r, 0, n, 8192 + n, 0);
    return r;
}

static struct rig *lpis(void)
{
    return lpis_of((struct rig_config){ 0 });
}

Test(lpi, registers_say_that_they_exist)
{
    struct rig *r = rig_new((struct rig_config){ .pe_count = 2, .its = true });
    struct rig *without = rig_new((struct rig_config){ 0 });

    cr_assert_eq(gicd_get(r, 0x4, 4) & BIT(17), BIT(17), "GICD_TYPER.LPIS");
    cr_assert_eq(gicd_get(r, 0x4, 4) >> 19 & 31, 15, "IDbits: 16");
    cr_assert_eq(gicr_get(r, 1, 0x8, 4) & 0x3f, 0x11, "GICR_TYPER.PLPIS, Last; no DirectLPI");
    cr_assert_eq(gicr_get(r, 0, GICR_CTLR, 4), 2, "CES");
    gicr_set(r, 0, GICR_CTLR, 4, 1);
    cr_assert_eq(gicr_get(r, 0, GICR_CTLR, 4), 3);
    cr_assert_eq(gicr_get(r, 1, GICR_CTLR, 4), 2, "each PE has its own");
    cr_assert_eq(gicd_get(without, 0x4, 4) & BIT(17), 0);
    cr_assert_eq(gicr_get(without, 0, 0x8, 8) & 1, 0);
    gicr_set(without, 0, GICR_CTLR, 4, 1);
    gicr_set(without, 0, GICR_PROPBASER, 8, CONFIG | 15);
    gicr_set(without, 0, GICR_PENDBASER, 8, PENDING);
    cr_assert_eq(gicr_get(without, 0, GICR_CTLR, 4), 0);
    cr_assert_eq(gicr_get(without, 0, GICR_PROPBASER, 8) | gicr_get(without, 0, GICR_PENDBASER, 8), 0);
    rig_free(r);
    rig_free(without);
}

Test(lpi, base_registers)
{
    struct rig *r = rig_new((struct rig_config){ .its = true });

    gicr_set(r, 0, GICR_PROPBASER, 8, ~UINT64_C(0));
    cr_assert_eq(gicr_get(r, 0, GICR_PROPBASER, 8), UINT64_C(0x070fffffffffff9f), "cacheability is kept");
    gicr_set(r, 0, GICR_PROPBASER, 4, 0x40100000 | 13);
    gicr_set(r, 0, GICR_PROPBASER + 4, 4, 3);
    cr_assert_eq(gicr_get(r, 0, GICR_PROPBASER, 8), UINT64_C(0x34010000d));
    cr_assert_eq(gicr_get(r, 0, GICR_PROPBASER + 4, 4), 3);
    gicr_set(r, 0, GICR_PENDBASER, 8, ~UINT64_C(0));
    cr_assert_eq(gicr_get(r, 0, GICR_PENDBASER, 8), UINT64_C(0x070fffffffff0f80), "PTZ reads as 0");
    gicr_set(r, 0, GICR_CTLR, 4, 1);
    gicr_set(r, 0, GICR_PROPBASER, 8, 0);
    gicr_set(r, 0, GICR_PENDBASER, 8, 0);
    cr_assert_eq(gicr_get(r, 0, GICR_PROPBASER, 8), UINT64_C(0x34010000d), "not while LPIs are enabled");
    cr_assert_eq(gicr_get(r, 0, GICR_PENDBASER, 8), UINT64_C(0x070fffffffff0f80));
    rig_free(r);
}

Test(lpi, edge_without_active_state)
{
    struct rig *r = lpis();
    struct pe *c = r->c;

    gic_its_msi(r->m.gic, 0, 5);
    gic_its_msi(r->m.gic, 0, 5);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    cr_assert_eq(SYSGET(c, ICC_HPPIR0_EL1), 1023, "Group 1");
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 8197);
    cr_assert_eq(SYSGET(c, ICC_AP1R0_EL1), BIT(0xa0 >> 3));
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0);
    gic_its_msi(r->m.gic, 0, 5);
    cr_assert_eq(c->irq_lines, 0, "its own priority does not preempt");
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 8197, "but it is pending again at once");
    SYSSET(c, ICC_EOIR1_EL1, 8197);
    take(c, 8197);
    expect_none(c, "two edges before the first acknowledge were one");
    rig_free(r);
}

Test(lpi, end_under_eoimode_needs_no_deactivation)
{
    struct rig *r = lpis();
    struct pe *c = r->c;

    SYSSET(c, ICC_CTLR_EL1, 2);
    gic_its_msi(r->m.gic, 0, 1);
    take(c, 8193);
    SYSSET(c, ICC_DIR_EL1, 8193);
    gic_its_msi(r->m.gic, 0, 1);
    take(c, 8193);
    SYSSET(c, ICC_EOIR1_EL1, 65536);
    rig_free(r);
}

Test(lpi, what_keeps_an_lpi_from_the_pe)
{
    struct rig *r = lpis();
    struct pe *c = r->c;

    gic_its_msi(r->m.gic, 0, 0);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    gicd_set(r, GICD_CTLR, 4, 0);
    expect_none(c, "GICD_CTLR.EnableGrp1");
    gicd_set(r, GICD_CTLR, 4, 2);
    SYSSET(c, ICC_IGRPEN1_EL1, 0);
    expect_none(c, "ICC_IGRPEN1");
    SYSSET(c, ICC_IGRPEN1_EL1, 1);
    gicr_set(r, 0, GICR_WAKER, 4, 2);
    expect_none(c, "GICR_WAKER");
    gicr_set(r, 0, GICR_WAKER, 4, 0);
    SYSSET(c, ICC_PMR_EL1, 0xa0);
    expect_none(c, "ICC_PMR");
    SYSSET(c, ICC_PMR_EL1, 0xff);
    take(c, 8192);
    lpi_config(r, 8193, 0xa0);
    gic_its_msi(r->m.gic, 0, 1);
    expect_none(c, "disabled in the table");
    rig_free(r);
}

Test(lpi, configuration_is_cached_until_inv)
{
    struct rig *r = lpis();
    struct pe *c = r->c;

    lpi_config(r, 8195, 0);
    gic_its_msi(r->m.gic, 0, 3);
    expect_none(c, "disabled");
    lpi_config(r, 8195, 0x41);
    gic_its_msi(r->m.gic, 0, 3);
    expect_none(c, "the table changed, but nothing was invalidated");
    event(r, CMD_INV, 0, 3, 0);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 8195);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0x40);
    SYSSET(c, ICC_EOIR1_EL1, 8195);
    lpi_config(r, 8195, 0x40);
    gic_its_msi(r->m.gic, 0, 3);
    cr_assert_eq(c->irq_lines, LINE_IRQ, "still enabled");
    invall(r, 0);
    expect_none(c, "INVALL");
    lpi_config(r, 8195, 0x41);
    invall(r, 0);
    take(c, 8195);
    rig_free(r);
}

Test(lpi, priorities_among_lpis_and_with_others)
{
    struct rig *r = lpis();
    struct pe *c = r->c;

    lpi_config(r, 8194, 0x91);
    lpi_config(r, 8196, 0x93); /* Bit 1 is RES1 in the table, and below PRIO_BITS nothing counts. */
    for (unsigned n = 0; n < 5; n++)
        gic_its_msi(r->m.gic, 0, 4 - n);
    gic_set_spi(r->m.gic, 40, true);
    take(c, 8194);
    take(c, 8196);
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 40, "the lowest INTID among equals");
    gicd_set(r, GIC_IPRIORITYR + 40, 1, 0xb0);
    take(c, 8192);
    gicd_set(r, GIC_IPRIORITYR + 40, 1, 0x80);
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 40);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 40);
    gic_set_spi(r->m.gic, 40, false);
    expect_none(c, "LPIs wait for the SPI");
    SYSSET(c, ICC_EOIR1_EL1, 40);
    take(c, 8193);
    take(c, 8195);
    expect_none(c, "all are taken");
    rig_free(r);
}

Test(lpi, preemption)
{
    struct rig *r = lpis();
    struct pe *c = r->c;

    lpi_config(r, 8199, 0x41);
    gic_its_msi(r->m.gic, 0, 0);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 8192);
    gic_its_msi(r->m.gic, 0, 7);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 8199);
    SYSSET(c, ICC_EOIR1_EL1, 8199);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0);
    SYSSET(c, ICC_EOIR1_EL1, 8192);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xff);
    rig_free(r);
}

Test(lpi, pending_table_is_read_when_enabled_and_written_when_disabled)
{
    struct rig *r = lpis();
    struct pe *c = r->c;

    gic_its_msi(r->m.gic, 0, 9);
    gic_its_msi(r->m.gic, 0, 2);
    take(c, 8194);
    ram_set(r, PENDING + 1023, 1, 0x5a);
    gicr_set(r, 0, GICR_CTLR, 4, 0);
    expect_none(c, "LPIs are disabled");
    cr_assert_eq(ram_get(r, PENDING + 1024, 8), BIT(9), "8201 is pending");
    cr_assert_eq(ram_get(r, PENDING + 1023, 1), 0x5a, "the first KiB is not ours");
    gic_its_msi(r->m.gic, 0, 1);
    ram_set(r, PENDING + 8191, 1, 0x80); /* 65535 */
    gicr_set(r, 0, GICR_PENDBASER, 8, PENDING);
    gicr_set(r, 0, GICR_CTLR, 4, 1);
    take(c, 8201);
    take(c, 65535);
    expect_none(c, "what comes while LPIs are disabled is lost");
    gicr_set(r, 0, GICR_CTLR, 4, 0);
    cr_assert_eq(ram_get(r, PENDING + 8191, 1), 0);
    ram_set(r, PENDING + 1024, 1, 1);
    gicr_set(r, 0, GICR_PENDBASER, 8, PENDING | PTZ);
    gicr_set(r, 0, GICR_CTLR, 4, 1);
    expect_none(c, "PTZ: the table is not read");
    rig_free(r);
}

Test(lpi, idbits_of_propbaser_bound_them)
{
    struct rig *r = lpis();

    mapti(r, 0, 15, 16384, 0);
    gicr_set(r, 0, GICR_CTLR, 4, 0);
    gicr_set(r, 0, GICR_PROPBASER, 8, CONFIG | 13); /* 14 bits: up to 16383. */
    gicr_set(r, 0, GICR_CTLR, 4, 1);
    gic_its_msi(r->m.gic, 0, 15);
    expect_none(r->c, "16384 is out of range");
    gic_its_msi(r->m.gic, 0, 14);
    take(r->c, 8206);
    gicr_set(r, 0, GICR_CTLR, 4, 0);
    gicr_set(r, 0, GICR_PROPBASER, 8, CONFIG | 12);
    gicr_set(r, 0, GICR_CTLR, 4, 1);
    gic_its_msi(r->m.gic, 0, 14);
    expect_none(r->c, "13 bits: there are no LPIs");
    rig_free(r);
}

Test(lpi, tables_outside_of_memory)
{
    struct rig *r = lpis();

    gicr_set(r, 0, GICR_CTLR, 4, 0);
    gicr_set(r, 0, GICR_PENDBASER, 8, NOWHERE);
    gicr_set(r, 0, GICR_PROPBASER, 8, NOWHERE | 15);
    gicr_set(r, 0, GICR_CTLR, 4, 1);
    cr_assert(strstr(seen.line, "GICR_PENDBASER: no memory"), "%s", seen.line);
    gic_its_msi(r->m.gic, 0, 0);
    expect_none(r->c, "no configuration: not enabled");
    cr_assert(strstr(seen.line, "GICR_PROPBASER: no memory for the configuration of LPI 8192"), "%s",
              seen.line);
    seen.count = 0;
    gic_its_msi(r->m.gic, 0, 1);
    cr_assert_eq(seen.count, 0, "said once");
    gicr_set(r, 0, GICR_CTLR, 4, 0);
    cr_assert_eq(seen.count, 1, "and the pending table again");
    rig_free(r);
}

Test(lpi, priorities_are_nonsecure_with_two_security_states)
{
    struct rig *r = lpis_of((struct rig_config){ .el3 = true });
    struct pe *c = r->c;

    c->el = 3;
    c->sr[SR_SCR_EL3] = 0;
    gicd_set(r, GICD_CTLR, 4, 0x37);
    gicr_set(r, 0, GICR_WAKER, 4, 0); /* Secure accesses only. */
    lpi_config(r, 8192, 0x41);
    gic_its_msi(r->m.gic, 0, 0);
    cr_assert_eq(c->irq_lines, LINE_FIQ, "Non-secure Group 1, seen from EL3");
    cr_assert_eq(SYSGET(c, ICC_HPPIR0_EL1), 1021, "a Non-secure interrupt");
    c->sr[SR_SCR_EL3] = 1;
    c->el = 2;
    gic_update(c);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    SYSSET(c, ICC_PMR_EL1, 0xff);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 8192);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0, "0x80 | 0x41 >> 1");
    SYSSET(c, ICC_EOIR1_EL1, 8192);
    rig_free(r);
}

Test(lpi, reset_forgets_everything)
{
    struct rig *r = lpis();

    gic_its_msi(r->m.gic, 0, 0);
    gic_reset(r->m.gic);
    cr_assert_eq(r->c->irq_lines, 0);
    cr_assert_eq(gicr_get(r, 0, GICR_CTLR, 4), 2);
    cr_assert_eq(gicr_get(r, 0, GICR_PROPBASER, 8) | gicr_get(r, 0, GICR_PENDBASER, 8), 0);
    cr_assert_eq(gits_get(r, GITS_CTLR, 4), BIT(31));
    cr_assert_eq(gits_get(r, GITS_CBASER, 8) | gits_get(r, GITS_CWRITER, 8) | gits_get(r, GITS_CREADR, 8),
                 0);
    cr_assert_eq(gits_get(r, GITS_BASER0, 8), UINT64_C(0x107) << 48);
    rig_free(r);
}

/* A model that finds the best LPI by looking at all. */
static unsigned best_of(const uint8_t *config, const bool *pending, unsigned count)
{
    unsigned best = 1023, best_prio = 0xff;

    for (unsigned n = 0; n < count; n++) {
        if (!pending[n] || !(config[n] & 1) || (config[n] & 0xfcU) >= best_prio)
            continue;
        best = 8192 + n;
        best_prio = config[n] & 0xfcU;
    }
    return best;
}

Test(lpi, choice_equals_a_scan)
{
    enum { COUNT = 1024 };
    struct rig *r = rig_new((struct rig_config){ .its = true });
    uint8_t config[COUNT];
    bool pending[COUNT] = { false };
    uint32_t seed = 7;

    its_start(r, &seen);
    mapc(r, 0, 0);
    mapd(r, 0, 10);
    memset(config, 0xa1, sizeof(config));
    for (unsigned n = 0; n < COUNT; n++)
        mapti(r, 0, n, 8192 + n, 0);
    for (unsigned step = 0; step < 20000; step++) {
        unsigned n;

        seed = seed * 1664525 + 1013904223;
        n = seed >> 8 & (COUNT - 1);
        if (seed >> 30 == 0) {
            config[n] = (uint8_t)(seed >> 18 & 0xf9); /* Five bits of priority, enable. */
            lpi_config(r, 8192 + n, config[n]);
            event(r, CMD_INV, 0, n, 0);
        } else {
            pending[n] = seed >> 30 != 1;
            event(r, pending[n] ? CMD_INT : CMD_CLEAR, 0, n, 0);
        }
        cr_assert_eq(SYSGET(r->c, ICC_HPPIR1_EL1), best_of(config, pending, COUNT), "step %u", step);
    }
    rig_free(r);
}

/* Virtual LPIs by list registers. */

#define LR(state, vintid) ((uint64_t)(state) << 62 | BIT(60) | UINT64_C(0xa0) << 48 | (vintid))

static struct rig *guest(void)
{
    struct rig *r = rig_new((struct rig_config){ .its = true });

    rig_start(r);
    r->c->sr[SR_HCR_EL2] = BIT(4) | BIT(3);
    SYSSET(r->c, ICH_HCR_EL2, 1);
    SYSSET(r->c, ICH_VMCR_EL2, UINT64_C(0xf8) << 24 | 3 << 18 | 2 << 21 | 3);
    return r;
}

struct lives {
    unsigned acknowledged, completed, vintid;
};

static void count_lives(void *user, struct pe *c, unsigned what, uint32_t vintid, uint32_t pintid,
                        unsigned lr)
{
    struct lives *l = user;

    (void)c, (void)pintid, (void)lr;
    l->vintid = vintid;
    l->acknowledged += what == VIRQ_ACKNOWLEDGED;
    l->completed += what == VIRQ_COMPLETED;
}

Test(lpi, virtual_ones_are_never_active)
{
    struct rig *r = guest();
    struct pe *c = r->c;
    struct lives lives = { 0 };
    struct pe_hooks hooks = { .user = &lives, .virq = count_lives };

    c->hooks = &hooks;
    SYSSET(c, ICH_LR1_EL2, LR(1, 9000));
    c->el = 1;
    gic_update(c);
    cr_assert_eq(c->irq_lines, LINE_VIRQ);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 9000);
    cr_assert_eq(SYSGET(c, ICH_LR1_EL2), LR(0, 9000), "straight to invalid");
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0);
    cr_assert_eq(SYSGET(c, ICH_ELRSR_EL2), 0xf);
    cr_assert_eq(lives.acknowledged, 1);
    SYSSET(c, ICC_EOIR1_EL1, 9000);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xff);
    cr_assert_eq(SYSGET(c, ICH_HCR_EL2), 1, "EOIcount does not count LPIs");
    cr_assert_eq(lives.completed, 1);
    cr_assert_eq(lives.vintid, 9000);
    SYSSET(c, ICH_VMCR_EL2, SYSGET(c, ICH_VMCR_EL2) | BIT(9)); /* VEOIM */
    SYSSET(c, ICC_DIR_EL1, 9000);
    cr_assert_eq(SYSGET(c, ICH_HCR_EL2), 1, "nor does a deactivation");
    rig_free(r);
}

Test(lpi, maintenance_of_virtual_ones_comes_at_the_acknowledge)
{
    struct rig *r = guest();
    struct pe *c = r->c;

    SYSSET(c, ICH_LR0_EL2, LR(1, 65535) | BIT(41));
    c->el = 1;
    gic_update(c);
    cr_assert_eq(SYSGET(c, ICH_EISR_EL2), 0);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 65535);
    cr_assert_eq(SYSGET(c, ICH_EISR_EL2), 1, "invalid, and EOI maintenance was asked for");
    rig_free(r);
}
