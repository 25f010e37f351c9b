/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_vgic.c
 * The virtual interface: the list registers' state machine, ICV_* registers, maintenance (IHI 0069, 6).
 */
#include "gic_fixture.h"

#define HCR_FMO BIT(3)
#define HCR_IMO BIT(4)

#define LR_PENDING (UINT64_C(1) << 62)
#define LR_ACTIVE (UINT64_C(2) << 62)
#define LR_HW BIT(61)
#define LR_GROUP1 BIT(60)
#define LR_EOI BIT(41)
#define LR_PRIO(p) ((uint64_t)(p) << 48)
#define LR_PIN(p) ((uint64_t)(p) << 32)

#define VMCR_OPEN (UINT64_C(0xf8) << 24 | UINT64_C(3) << 18 | UINT64_C(2) << 21 | 3)
#define VMCR_VCBPR BIT(4)
#define VMCR_VEOIM BIT(9)

enum {
    EN = 1,
    UIE = 2,
    LRENPIE = 4,
    NPIE = 8,
    VGRP0EIE = 16,
    VGRP0DIE = 32,
    VGRP1EIE = 64,
    VGRP1DIE = 128
};

/* A hypervisor's PE: everything physical up, the virtual interface on and open for both groups. */
static struct rig *hyp(void)
{
    struct rig *r = rig_new((struct rig_config){ .lr_count = 4 });

    rig_start(r);
    r->c->sr[SR_HCR_EL2] = HCR_IMO | HCR_FMO;
    SYSSET(r->c, ICH_HCR_EL2, EN);
    SYSSET(r->c, ICH_VMCR_EL2, VMCR_OPEN);
    return r;
}

static void to_guest(struct rig *r)
{
    r->c->el = 1;
    gic_update(r->c);
}

static void to_hyp(struct rig *r)
{
    r->c->el = 2;
}

static uint64_t lr_of(uint64_t state, unsigned vintid, unsigned prio)
{
    return state | LR_GROUP1 | LR_PRIO(prio) | vintid;
}

Test(vgic, reset_and_identification)
{
    struct rig *r = rig_new((struct rig_config){ .lr_count = 4 });

    cr_assert_eq(SYSGET(r->c, ICH_VTR_EL2), UINT64_C(4) << 29 | 4 << 26 | 7 << 19 | 3);
    cr_assert_eq(SYSGET(r->c, ICH_VMCR_EL2), 2 << 21 | 3 << 18 | 8, "minimum binary points, VFIQEn");
    cr_assert_eq(SYSGET(r->c, ICH_ELRSR_EL2), 0xf);
    cr_assert_eq(SYSGET(r->c, ICH_HCR_EL2), 0);
    SYSSET(r->c, ICH_LR0_EL2, ~UINT64_C(0));
    cr_assert_eq(SYSGET(r->c, ICH_LR0_EL2), UINT64_C(0xf0f81fff0000ffff));
    SYSSET(r->c, ICH_LR0_EL2, ~UINT64_C(0) & ~LR_HW);
    cr_assert_eq(SYSGET(r->c, ICH_LR0_EL2), UINT64_C(0xd0f802000000ffff), "without HW: EOI only");
    SYSSET(r->c, ICH_LR4_EL2, lr_of(LR_PENDING, 40, 0));
    cr_assert_eq(SYSGET(r->c, ICH_LR4_EL2), 0, "there are four");
    SYSSET(r->c, ICH_HCR_EL2, ~UINT64_C(0));
    cr_assert_eq(SYSGET(r->c, ICH_HCR_EL2), 0xf8005cff);
    rig_free(r);
}

Test(vgic, pending_active_invalid)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    SYSSET(c, ICH_LR1_EL2, lr_of(LR_PENDING, 40, 0xa0));
    to_guest(r);
    cr_assert_eq(c->irq_lines, LINE_VIRQ);
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 40);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 40);
    cr_assert_eq(c->irq_lines, 0);
    cr_assert_eq(SYSGET(c, ICH_LR1_EL2), lr_of(LR_ACTIVE, 40, 0xa0));
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0);
    cr_assert_eq(SYSGET(c, ICH_AP1R0_EL2), BIT(0xa0 >> 3));
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023);
    SYSSET(c, ICC_EOIR1_EL1, 40);
    cr_assert_eq(SYSGET(c, ICH_LR1_EL2), lr_of(0, 40, 0xa0));
    cr_assert_eq(SYSGET(c, ICH_AP1R0_EL2), 0);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xff);
    cr_assert_eq(SYSGET(c, ICH_ELRSR_EL2), 0xf);
    rig_free(r);
}

Test(vgic, active_and_pending_is_taken_again_after_its_end)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    SYSSET(c, ICH_LR0_EL2, lr_of(LR_PENDING | LR_ACTIVE, 40, 0xa0));
    SYSSET(c, ICH_AP1R0_EL2, BIT(0xa0 >> 3));
    to_guest(r);
    cr_assert_eq(c->irq_lines, 0, "not while it is active");
    SYSSET(c, ICC_EOIR1_EL1, 40);
    cr_assert_eq(SYSGET(c, ICH_LR0_EL2), lr_of(LR_PENDING, 40, 0xa0));
    cr_assert_eq(c->irq_lines, LINE_VIRQ);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 40);
    rig_free(r);
}

Test(vgic, lines_follow_the_guests_and_the_hypervisors_writes)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    SYSSET(c, ICH_LR0_EL2, lr_of(LR_PENDING, 40, 0xa0));
    to_guest(r);
    SYSSET(c, ICC_PMR_EL1, 0xa0);
    cr_assert_eq(c->irq_lines, 0);
    cr_assert_eq(SYSGET(c, ICH_VMCR_EL2) >> 24, 0xa0, "ICV_PMR is VMCR.VPMR");
    SYSSET(c, ICC_PMR_EL1, 0xff);
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0xf8);
    cr_assert_eq(c->irq_lines, LINE_VIRQ);
    SYSSET(c, ICC_IGRPEN1_EL1, 0);
    cr_assert_eq(c->irq_lines, 0);
    SYSSET(c, ICC_IGRPEN1_EL1, 1);
    cr_assert_eq(c->irq_lines, LINE_VIRQ);
    to_hyp(r);
    SYSSET(c, ICH_HCR_EL2, 0);
    to_guest(r);
    cr_assert_eq(c->irq_lines, 0, "En off");
    to_hyp(r);
    SYSSET(c, ICH_HCR_EL2, EN);
    SYSSET(c, ICH_LR0_EL2, 0);
    to_guest(r);
    cr_assert_eq(c->irq_lines, 0, "withdrawn");
    rig_free(r);
}

Test(vgic, groups_and_hcr_choose_interface_and_line)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    SYSSET(c, ICH_LR0_EL2, LR_PENDING | LR_PRIO(0x80) | 41);
    SYSSET(c, ICH_LR1_EL2, lr_of(LR_PENDING, 40, 0xa0));
    to_guest(r);
    cr_assert_eq(c->irq_lines, LINE_VFIQ, "Group 0, and the only one signalled");
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023);
    cr_assert_eq(SYSGET(c, ICC_HPPIR1_EL1), 1023);
    cr_assert_eq(SYSGET(c, ICC_IAR0_EL1), 41);
    cr_assert_eq(SYSGET(c, ICC_AP0R0_EL1), BIT(0x80 >> 3));
    SYSSET(c, ICC_EOIR0_EL1, 41);
    cr_assert_eq(c->irq_lines, LINE_VIRQ);
    c->sr[SR_HCR_EL2] = HCR_FMO;
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023, "the physical one: IMO is off");
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0xf8, "still virtual by FMO");
    SYSSET(c, ICC_PMR_EL1, 0x10);
    c->sr[SR_HCR_EL2] = 0;
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0xf8, "the physical mask");
    c->sr[SR_HCR_EL2] = HCR_IMO;
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0x10);
    to_hyp(r);
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0xf8, "EL2 always has the physical one");
    rig_free(r);
}

Test(vgic, priority_order_then_list_register_number)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    SYSSET(c, ICH_LR0_EL2, lr_of(LR_PENDING, 50, 0xa0));
    SYSSET(c, ICH_LR1_EL2, lr_of(LR_PENDING, 51, 0x90));
    SYSSET(c, ICH_LR2_EL2, lr_of(LR_PENDING, 45, 0x90));
    to_guest(r);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 51);
    cr_assert_eq(c->irq_lines, 0, "equal priority does not preempt");
    SYSSET(c, ICC_EOIR1_EL1, 51);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 45);
    SYSSET(c, ICC_EOIR1_EL1, 45);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 50);
    rig_free(r);
}

Test(vgic, preemption_nests)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    SYSSET(c, ICH_LR0_EL2, lr_of(LR_PENDING, 50, 0xa0));
    to_guest(r);
    SYSSET(c, ICC_BPR1_EL1, 5); /* <7:5> */
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 50);
    to_hyp(r);
    SYSSET(c, ICH_LR1_EL2, lr_of(LR_PENDING, 51, 0x88));
    to_guest(r);
    cr_assert_eq(c->irq_lines, LINE_VIRQ);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 51);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0x80);
    SYSSET(c, ICC_EOIR1_EL1, 51);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0);
    to_hyp(r);
    SYSSET(c, ICH_LR1_EL2, lr_of(LR_PENDING, 52, 0xa0 - 8));
    to_guest(r);
    cr_assert_eq(c->irq_lines, LINE_VIRQ);
    SYSSET(c, ICC_BPR1_EL1, 7); /* <7>: one group from 0x80 up. */
    cr_assert_eq(c->irq_lines, 0);
    SYSSET(c, ICC_BPR0_EL1, 0);
    SYSSET(c, ICC_CTLR_EL1, 1); /* CBPR: ICV_BPR0, 2. */
    cr_assert_eq(c->irq_lines, LINE_VIRQ);
    cr_assert_eq(SYSGET(c, ICC_BPR1_EL1), 3);
    SYSSET(c, ICC_BPR1_EL1, 7);
    cr_assert_eq(SYSGET(c, ICC_BPR1_EL1), 3);
    rig_free(r);
}

Test(vgic, hw_deactivates_the_physical_interrupt)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    SYSSET(c, ICC_CTLR_EL1, 2); /* The hypervisor drops only. */
    gic_set_ppi(r->m.gic, 0, 27, true);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 27);
    SYSSET(c, ICC_EOIR1_EL1, 27);
    SYSSET(c, ICH_LR0_EL2, lr_of(LR_PENDING | LR_HW | LR_PIN(27), 77, 0xa0));
    to_guest(r);
    cr_assert_eq(c->irq_lines, LINE_VIRQ, "and no physical one: it is active");
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 77);
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ISACTIVER, 4), BIT(27));
    gic_set_ppi(r->m.gic, 0, 27, false);
    SYSSET(c, ICC_EOIR1_EL1, 77);
    cr_assert_eq(gicr_get(r, 0, SGI + GIC_ISACTIVER, 4), 0);
    cr_assert_eq(c->irq_lines, 0);
    gic_set_ppi(r->m.gic, 0, 27, true);
    cr_assert_eq(c->irq_lines, LINE_IRQ, "free to come again");
    rig_free(r);
}

Test(vgic, split_end_deactivates_by_dir)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    SYSSET(c, ICH_LR0_EL2, lr_of(LR_PENDING, 60, 0xa0));
    to_guest(r);
    SYSSET(c, ICC_CTLR_EL1, 2);
    cr_assert_eq(SYSGET(c, ICC_CTLR_EL1), 0x8402);
    cr_assert(SYSGET(c, ICH_VMCR_EL2) & VMCR_VEOIM);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 60);
    SYSSET(c, ICC_EOIR1_EL1, 60);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xff);
    cr_assert_eq(SYSGET(c, ICH_LR0_EL2), lr_of(LR_ACTIVE, 60, 0xa0));
    SYSSET(c, ICC_DIR_EL1, 60);
    cr_assert_eq(SYSGET(c, ICH_LR0_EL2), lr_of(0, 60, 0xa0));
    SYSSET(c, ICC_DIR_EL1, 60);
    cr_assert_eq(SYSGET(c, ICH_HCR_EL2), UINT64_C(1) << 27 | EN, "nothing to deactivate: counted");
    SYSSET(c, ICC_CTLR_EL1, 0);
    SYSSET(c, ICC_DIR_EL1, 60);
    cr_assert_eq(SYSGET(c, ICH_HCR_EL2), UINT64_C(1) << 27 | EN, "DIR is ignored without EOImode");
    rig_free(r);
}

Test(vgic, eoicount_counts_ends_that_no_list_register_has)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    to_guest(r);
    SYSSET(c, ICC_EOIR1_EL1, 60);
    cr_assert_eq(SYSGET(c, ICH_HCR_EL2), EN, "nothing was active");
    SYSSET(c, ICC_AP1R0_EL1, BIT(20));
    SYSSET(c, ICC_EOIR1_EL1, 60);
    cr_assert_eq(SYSGET(c, ICH_HCR_EL2), UINT64_C(1) << 27 | EN);
    to_hyp(r);
    SYSSET(c, ICH_HCR_EL2, UINT64_C(31) << 27 | EN);
    to_guest(r);
    SYSSET(c, ICC_AP1R0_EL1, BIT(20));
    SYSSET(c, ICC_EOIR1_EL1, 60);
    cr_assert_eq(SYSGET(c, ICH_HCR_EL2), EN, "wraps");
    rig_free(r);
}

Test(vgic, end_of_another_group_or_priority_only_drops)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    SYSSET(c, ICH_LR0_EL2, lr_of(LR_ACTIVE, 60, 0xa0));
    to_guest(r);
    SYSSET(c, ICC_AP1R0_EL1, BIT(0x80 >> 3));
    SYSSET(c, ICC_EOIR1_EL1, 60);
    cr_assert_eq(SYSGET(c, ICC_AP1R0_EL1), 0);
    cr_assert_eq(SYSGET(c, ICH_LR0_EL2), lr_of(LR_ACTIVE, 60, 0xa0));
    SYSSET(c, ICC_AP0R0_EL1, BIT(0xa0 >> 3));
    SYSSET(c, ICC_EOIR0_EL1, 60);
    cr_assert_eq(SYSGET(c, ICH_LR0_EL2), lr_of(LR_ACTIVE, 60, 0xa0));
    cr_assert_eq(SYSGET(c, ICH_HCR_EL2), EN);
    rig_free(r);
}

Test(vgic, special_intid_in_a_list_register)
{
    struct rig *r = hyp();

    SYSSET(r->c, ICH_LR0_EL2, lr_of(LR_PENDING, 1023, 0xa0));
    to_guest(r);
    cr_assert_eq(SYSGET(r->c, ICC_IAR1_EL1), 1023);
    cr_assert_eq(SYSGET(r->c, ICH_LR0_EL2), lr_of(0, 1023, 0xa0), "pending to invalid");
    cr_assert_eq(SYSGET(r->c, ICH_AP1R0_EL2), 0);
    rig_free(r);
}

/* The maintenance interrupt is taken at EL2, from the guest: PPI 25. */
static bool maintenance(struct rig *r)
{
    return gicr_get(r, 0, SGI + GIC_ISPENDR, 4) & BIT(25);
}

Test(vgic, maintenance_reasons)
{
    static const struct {
        unsigned hcr;
        uint64_t vmcr, lr0, lr1;
        unsigned misr;
    } rows[] = {
        { 0, VMCR_OPEN, 0, 0, 0 },
        { UIE, VMCR_OPEN, 0, 0, 2 },
        { UIE, VMCR_OPEN, LR_ACTIVE, 0, 2 },
        { UIE, VMCR_OPEN, LR_ACTIVE, LR_PENDING, 0 },
        { LRENPIE, VMCR_OPEN, 0, 0, 0 },
        { LRENPIE | 1U << 27, VMCR_OPEN, 0, 0, 4 },
        { NPIE, VMCR_OPEN, LR_ACTIVE, LR_ACTIVE, 8 },
        { NPIE, VMCR_OPEN, LR_ACTIVE, LR_PENDING, 0 },
        { NPIE, VMCR_OPEN, LR_ACTIVE | LR_PENDING, 0, 8 },
        { VGRP0EIE | VGRP0DIE, VMCR_OPEN, 0, 0, 16 },
        { VGRP0EIE | VGRP0DIE, VMCR_OPEN & ~1ULL, 0, 0, 32 },
        { VGRP1EIE | VGRP1DIE, VMCR_OPEN, 0, 0, 64 },
        { VGRP1EIE | VGRP1DIE, VMCR_OPEN & ~2ULL, 0, 0, 128 },
        { 0, VMCR_OPEN, LR_EOI, LR_ACTIVE | LR_EOI, 1 },
        { 0, VMCR_OPEN, LR_PENDING | LR_EOI, LR_HW | LR_EOI, 0 },
    };
    struct rig *r = hyp();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        SYSSET(r->c, ICH_VMCR_EL2, rows[i].vmcr);
        SYSSET(r->c, ICH_LR0_EL2, rows[i].lr0);
        SYSSET(r->c, ICH_LR1_EL2, rows[i].lr1);
        SYSSET(r->c, ICH_HCR_EL2, rows[i].hcr);
        cr_assert_eq(SYSGET(r->c, ICH_MISR_EL2), rows[i].misr, "row %zu", i);
        cr_assert_not(maintenance(r), "En is off");
        SYSSET(r->c, ICH_HCR_EL2, rows[i].hcr | EN);
        cr_assert_eq(maintenance(r), rows[i].misr != 0, "row %zu", i);
    }
    rig_free(r);
}

Test(vgic, eoi_maintenance_comes_at_the_guests_eoi)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    SYSSET(c, ICH_LR2_EL2, lr_of(LR_PENDING | LR_EOI, 61, 0xa0));
    to_guest(r);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 61);
    cr_assert_eq(c->irq_lines, 0);
    SYSSET(c, ICC_EOIR1_EL1, 61);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    to_hyp(r);
    cr_assert_eq(SYSGET(c, ICH_EISR_EL2), 4);
    cr_assert_eq(SYSGET(c, ICH_ELRSR_EL2), 0xb, "not empty until it was seen to");
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 25);
    SYSSET(c, ICH_LR2_EL2, 0);
    SYSSET(c, ICC_EOIR1_EL1, 25);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023, "the level fell with the list register");
    rig_free(r);
}

Test(vgic, changes_at_el2_cost_the_engine_no_stop)
{
    struct rig *r = hyp();
    struct pe *c = r->c;

    c->acc = 0;
    SYSSET(c, ICH_LR0_EL2, lr_of(LR_PENDING, 40, 0xa0));
    SYSSET(c, ICH_VMCR_EL2, VMCR_OPEN);
    cr_assert_eq(c->acc, 0);
    cr_assert_eq(c->irq_lines, 0);
    to_guest(r);
    cr_assert(c->acc & ACC_FORCE);
    rig_free(r);
}

/* Two VMs' state through one PE: what is saved and restored is all there is. */
Test(vgic, world_switch_keeps_vms_apart)
{
    struct rig *r = hyp();
    struct pe *c = r->c;
    uint64_t lr, vmcr, apr;

    SYSSET(c, ICH_LR0_EL2, lr_of(LR_PENDING, 40, 0xa0));
    to_guest(r);
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 40);
    SYSSET(c, ICC_PMR_EL1, 0xb0);
    to_hyp(r);
    lr = SYSGET(c, ICH_LR0_EL2);
    vmcr = SYSGET(c, ICH_VMCR_EL2);
    apr = SYSGET(c, ICH_AP1R0_EL2);
    SYSSET(c, ICH_LR0_EL2, lr_of(LR_PENDING, 70, 0xc0));
    SYSSET(c, ICH_VMCR_EL2, VMCR_OPEN);
    SYSSET(c, ICH_AP1R0_EL2, 0);
    to_guest(r);
    cr_assert_eq(c->irq_lines, LINE_VIRQ, "the first VM's running priority is not the second's");
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 70);
    SYSSET(c, ICC_EOIR1_EL1, 70);
    to_hyp(r);
    SYSSET(c, ICH_LR0_EL2, lr);
    SYSSET(c, ICH_VMCR_EL2, vmcr);
    SYSSET(c, ICH_AP1R0_EL2, apr);
    to_guest(r);
    cr_assert_eq(SYSGET(c, ICC_PMR_EL1), 0xb0);
    cr_assert_eq(SYSGET(c, ICC_RPR_EL1), 0xa0);
    SYSSET(c, ICC_EOIR1_EL1, 40);
    cr_assert_eq(SYSGET(c, ICH_LR0_EL2), lr_of(0, 40, 0xa0));
    rig_free(r);
}

struct seen {
    unsigned count;
    struct {
        unsigned event, vintid, pintid, lr;
    } e[8];
};

static void see(void *user, struct pe *c, unsigned event, uint32_t vintid, uint32_t pintid, unsigned lr)
{
    struct seen *s = user;

    (void)c;
    if (s->count < 8) {
        s->e[s->count].event = event;
        s->e[s->count].vintid = vintid;
        s->e[s->count].pintid = pintid;
        s->e[s->count].lr = lr;
    }
    s->count++;
}

Test(vgic, sixteen_list_registers)
{
    struct rig *r = rig_new((struct rig_config){ .lr_count = 16 });
    struct pe *c = r->c;

    rig_start(r);
    c->sr[SR_HCR_EL2] = HCR_IMO | HCR_FMO;
    SYSSET(c, ICH_HCR_EL2, EN);
    SYSSET(c, ICH_VMCR_EL2, VMCR_OPEN);
    cr_assert_eq(SYSGET(c, ICH_VTR_EL2) & 0x1f, 15);
    cr_assert_eq(SYSGET(c, ICH_ELRSR_EL2), 0xffff);
    for (unsigned n = 0; n < 16; n++)
        gic_sysreg_write(c, SR_ICH_LR0_EL2 + n, lr_of(LR_PENDING, 40 + n, 0xf0 - 8 * n));
    cr_assert_eq(SYSGET(c, ICH_ELRSR_EL2), 0);
    to_guest(r);
    for (unsigned n = 16; n-- > 0;) {
        cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 40 + n, "the last one has the highest priority");
        SYSSET(c, ICC_EOIR1_EL1, 40 + n);
    }
    cr_assert_eq(SYSGET(c, ICC_IAR1_EL1), 1023);
    cr_assert_eq(SYSGET(c, ICH_ELRSR_EL2), 0xffff);
    SYSSET(c, ICH_LR15_EL2, LR_EOI);
    cr_assert_eq(SYSGET(c, ICH_EISR_EL2), 0x8000);
    rig_free(r);
}

Test(vgic, hooks_tell_an_interrupts_life)
{
    static const unsigned want[][4] = {
        { VIRQ_LR_WRITTEN, 77, 27, 3 }, { VIRQ_ACKNOWLEDGED, 77, 27, 3 }, { VIRQ_COMPLETED, 77, 27, 3 },
        { VIRQ_MAINTENANCE, 0, 25, 0 }, { VIRQ_SIGNALLED, 0, 25, 0 },
    };
    struct rig *r = hyp();
    struct pe *c = r->c;
    struct seen s = { 0 };
    struct pe_hooks hooks = { .user = &s, .virq = see };

    c->hooks = &hooks;
    SYSSET(c, ICH_LR3_EL2, lr_of(LR_PENDING | LR_HW | LR_PIN(27), 77, 0xa0));
    SYSSET(c, ICH_LR2_EL2, 0);
    to_guest(r);
    SYSGET(c, ICC_IAR1_EL1);
    SYSSET(c, ICC_EOIR1_EL1, 77);
    to_hyp(r);
    SYSSET(c, ICH_HCR_EL2, EN | NPIE);
    cr_assert_eq(s.count, 5);
    for (unsigned i = 0; i < 5; i++) {
        cr_assert_eq(s.e[i].event, want[i][0], "event %u", i);
        cr_assert_eq(s.e[i].vintid, want[i][1], "event %u", i);
        cr_assert_eq(s.e[i].pintid, want[i][2], "event %u", i);
        cr_assert_eq(s.e[i].lr, want[i][3], "event %u", i);
    }
    rig_free(r);
}
