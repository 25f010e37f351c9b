/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_gicv2_virt.c
 * GICH and GICV: what tests/asm/gicv2.S cannot see, as events for the ledger, state sets and lines; the
 * state machine itself is that of test_vgic.c.
 */
#include "gicv2_fixture.h"

#include <string.h>

#define LR_PENDING (1U << 28)
#define LR_ACTIVE (2U << 28)
#define LR_HW (1U << 31)
#define LR_GROUP1 (1U << 30)
#define LR_EOI (1U << 19)
#define LR_SOURCE(n) ((unsigned)(n) << 10)
#define LR_PIN(n) ((unsigned)(n) << 10)
#define LR_PRIO(p) ((unsigned)(p) >> 3 << 23)
#define VMCR_OPEN (0xf8000000U | 3 << 18 | 2 << 21 | 1)

struct noted {
    unsigned event, vintid, pintid, lr;
};

struct noted_events {
    struct noted seen[16];
    unsigned count;
};

static void note(void *user, struct pe *c, unsigned event, uint32_t vintid, uint32_t pintid, unsigned lr)
{
    struct noted_events *e = user;

    (void)c;
    cr_assert_lt(e->count, 16);
    e->seen[e->count++] = (struct noted){ event, vintid, pintid, lr };
}

static void expect_event(const struct noted_events *e, unsigned at, struct noted want)
{
    const struct noted *got = &e->seen[at];

    cr_assert_gt(e->count, at);
    cr_expect(got->event == want.event && got->vintid == want.vintid && got->pintid == want.pintid &&
                  got->lr == want.lr,
              "event %u is %u: vINTID %u, pINTID %u, LR %u", at, got->event, got->vintid, got->pintid,
              got->lr);
}

static struct rig *hyp(void)
{
    struct rig *r = v2_start((struct rig_config){ 0 });

    H_SET(r, GICH_HCR, 1);
    H_SET(r, GICH_VMCR, VMCR_OPEN);
    return r;
}

static void to_guest(struct rig *r)
{
    r->c->el = 1;
    gic_update(r->c);
}

Test(gicv2_virt, registers_keep_what_there_is)
{
    struct rig *r = v2_start((struct rig_config){ .lr_count = 4 });

    H_SET(r, GICH_HCR, 0xffffffff);
    cr_assert_eq(H_GET(r, GICH_HCR), 0xf80000ff);
    H_SET(r, GICH_VMCR, 0xffffffff);
    cr_assert_eq(H_GET(r, GICH_VMCR), 0xf8fc021f);
    H_SET(r, GICH_VMCR, 0);
    cr_assert_eq(H_GET(r, GICH_VMCR), 2 << 21 | 3 << 18, "the least binary points");
    H_SET(r, GICH_LR + 4, 0xffffffff);
    cr_assert_eq(H_GET(r, GICH_LR + 4), 0xff8fffff, "HW: all but <22:20>");
    H_SET(r, GICH_LR + 4, 0x7fffffff);
    cr_assert_eq(H_GET(r, GICH_LR + 4), 0x7f881fff, "EOI and CPUID");
    H_SET(r, GICH_LR + 16, LR_PENDING | 40);
    cr_assert_eq(H_GET(r, GICH_LR + 16), 0, "there are four");
    H_SET(r, GICH_APR, 0x00010001);
    cr_assert_eq(H_GET(r, GICH_APR), 0x00010001);
    cr_assert_eq(V_GET(r, GICC_APR), 0x00010001);
    cr_assert_eq(V_GET(r, GICC_NSAPR), 0);
    rig_free(r);
}

Test(gicv2_virt, a_life_is_told_to_the_hooks)
{
    struct rig *r = hyp();
    struct noted_events e = { .count = 0 };
    struct pe_hooks hooks = { .user = &e, .virq = note };

    r->c->hooks = &hooks;
    gic_set_spi(r->m.gic, 50, true);
    C_SET(r, 0, GICC_CTLR, 1 | 0x200);
    cr_assert_eq(C_GET(r, 0, GICC_IAR), 50);
    C_SET(r, 0, GICC_EOIR, 50);
    gic_set_spi(r->m.gic, 50, false);
    H_SET(r, GICH_LR + 8, LR_PENDING | LR_HW | LR_PIN(50) | LR_PRIO(0x80) | 33);
    to_guest(r);
    cr_assert_eq(r->c->irq_lines, LINE_VIRQ);
    cr_assert_eq(V_GET(r, GICC_IAR), 33);
    cr_assert_eq(D_GET(r, 0, GIC_ISACTIVER + 4), BIT(18));
    V_SET(r, GICC_EOIR, 33);
    cr_assert_eq(D_GET(r, 0, GIC_ISACTIVER + 4), 0, "the physical one is deactivated");
    expect_event(&e, 0, (struct noted){ VIRQ_SIGNALLED, 0, 50, 0 });
    expect_event(&e, 1, (struct noted){ VIRQ_LR_WRITTEN, 33, 50, 2 });
    expect_event(&e, 2, (struct noted){ VIRQ_ACKNOWLEDGED, 33, 50, 2 });
    expect_event(&e, 3, (struct noted){ VIRQ_COMPLETED, 33, 50, 2 });
    cr_assert_eq(e.count, 4);

    r->c->el = 2;
    H_SET(r, GICH_LR, LR_PENDING | LR_SOURCE(5) | LR_EOI | LR_PRIO(0x80) | 7);
    to_guest(r);
    cr_assert_eq(V_GET(r, GICC_IAR), 5 << 10 | 7);
    V_SET(r, GICC_EOIR, 5 << 10 | 7);
    expect_event(&e, 4, (struct noted){ VIRQ_LR_WRITTEN, 7, 0, 0 });
    expect_event(&e, 5, (struct noted){ VIRQ_ACKNOWLEDGED, 7, 0, 0 });
    expect_event(&e, 6, (struct noted){ VIRQ_COMPLETED, 7, 0, 0 });
    expect_event(&e, 7, (struct noted){ VIRQ_MAINTENANCE, 0, 25, 0 });
    cr_assert_eq(D_GET(r, 0, GIC_ISPENDR), BIT(25));
    rig_free(r);
}

/* The same virtual SGI from two PEs has two list registers. */
Test(gicv2_virt, sgis_are_ended_by_source)
{
    struct rig *r = hyp();

    H_SET(r, GICH_LR, LR_ACTIVE | LR_SOURCE(1) | LR_PRIO(0x80) | 3);
    H_SET(r, GICH_LR + 4, LR_ACTIVE | LR_SOURCE(2) | LR_PRIO(0x80) | 3);
    H_SET(r, GICH_APR, BIT(0x80 >> 3));
    to_guest(r);
    V_SET(r, GICC_EOIR, 2 << 10 | 3);
    cr_assert_eq(H_GET(r, GICH_LR), LR_ACTIVE | LR_SOURCE(1) | LR_PRIO(0x80) | 3);
    cr_assert_eq(H_GET(r, GICH_LR + 4), LR_SOURCE(2) | LR_PRIO(0x80) | 3);
    cr_assert_eq(H_GET(r, GICH_ELRSR), 0xe);
    H_SET(r, GICH_APR, BIT(0x80 >> 3));
    V_SET(r, GICC_EOIR, 3);
    cr_assert_eq(H_GET(r, GICH_HCR) >> 27, 1, "no list register has source 0");
    rig_free(r);
}

Test(gicv2_virt, group_0_is_virq_unless_fiqen)
{
    struct rig *r = hyp();

    H_SET(r, GICH_LR, LR_PENDING | LR_PRIO(0x80) | 40);
    to_guest(r);
    cr_assert_eq(r->c->irq_lines, LINE_VIRQ);
    V_SET(r, GICC_CTLR, 1 | 8);
    cr_assert_eq(r->c->irq_lines, LINE_VFIQ);
    cr_assert_eq(V_GET(r, GICC_CTLR), 9);
    r->c->el = 2;
    H_SET(r, GICH_LR, LR_PENDING | LR_GROUP1 | LR_PRIO(0x80) | 40);
    to_guest(r);
    cr_assert_eq(r->c->irq_lines, 0);
    cr_assert_eq(V_GET(r, GICC_IAR), 1023, "its group is off");
    V_SET(r, GICC_CTLR, 3 | 8);
    cr_assert_eq(r->c->irq_lines, LINE_VIRQ);
    cr_assert_eq(V_GET(r, GICC_IAR), 1022);
    cr_assert_eq(V_GET(r, GICC_AIAR), 40);
    V_SET(r, GICC_AEOIR, 40);
    cr_assert_eq(H_GET(r, GICH_APR), 0);
    rig_free(r);
}

/* A special INTID in a list register is read once and never becomes active. */
Test(gicv2_virt, special_intids)
{
    struct rig *r = hyp();

    H_SET(r, GICH_LR, LR_PENDING | LR_PRIO(0x80) | 1023);
    to_guest(r);
    cr_assert_eq(V_GET(r, GICC_IAR), 1023);
    cr_assert_eq(H_GET(r, GICH_LR), LR_PRIO(0x80) | 1023);
    cr_assert_eq(r->c->irq_lines, 0);
    cr_assert_eq(H_GET(r, GICH_APR), 0);
    rig_free(r);
}

static bool in(const uint64_t *set, unsigned id)
{
    return bit(set[id / 64], id % 64);
}

/* GICH accesses count as the System registers that they stand for. */
Test(gicv2_virt, accesses_are_in_state_sets)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    memset(c->sr_read_set, 0, sizeof(c->sr_read_set));
    memset(c->sr_write_set, 0, sizeof(c->sr_write_set));
    H_GET(r, GICH_LR + 4);
    H_GET(r, GICH_APR);
    H_SET(r, GICH_LR + 12, 0);
    H_SET(r, GICH_HCR, 0);
    H_SET(r, GICH_VMCR, 0);
    H_SET(r, GICH_LR + 16, 0);
    cr_expect(in(c->sr_read_set, SR_ICH_LR1_EL2));
    cr_expect(in(c->sr_read_set, SR_ICH_AP0R0_EL2));
    cr_expect(in(c->sr_write_set, SR_ICH_LR3_EL2));
    cr_expect(in(c->sr_write_set, SR_ICH_HCR_EL2));
    cr_expect(in(c->sr_write_set, SR_ICH_VMCR_EL2));
    cr_expect_not(in(c->sr_write_set, SR_ICH_LR4_EL2), "not there");
    cr_expect_not(in(c->sr_write_set, SR_ICH_LR1_EL2));
    rig_free(r);
}
