/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_gicv2.c
 * GICv2 (IHI 0048) with several PEs: banked registers, targets, SGIs by source; what one PE can see is
 * compared with QEMU in tests/asm/gicv2.S. And accesses of every size to every offset.
 */
#include "gicv2_fixture.h"

Test(gicv2, identification)
{
    struct rig *r = rig_new((struct rig_config){ .pe_count = 5, .gicv2 = true });

    cr_assert_eq(D_GET(r, 0, 0x4), 4 << 5 | 8, "five PEs, 288 INTIDs");
    cr_assert_eq(D_GET(r, 0, 0x8), 0x0200143b);
    cr_assert_eq(D_GET(r, 0, 0xfe8), 0x2b, "architecture 2");
    cr_assert_eq(C_GET(r, 3, 0xfc), 0x0202143b);
    cr_assert_eq(H_GET(r, GICH_VTR), 0x90000003);
    cr_assert_eq(D_GET(r, 0, 0xf30), 0);
    rig_free(r);
    r = rig_new((struct rig_config){ .el3 = true, .gicv2 = true });
    cr_assert_eq(D_GET(r, 0, 0x4), 1 << 10 | 8, "SecurityExtn");
    rig_free(r);
}

Test(gicv2, the_first_word_is_banked)
{
    struct rig *r = rig_new((struct rig_config){ .pe_count = 2, .gicv2 = true });

    D_SET(r, 0, GIC_ISENABLER, BIT(20));
    D_SET(r, 1, GIC_IPRIORITYR + 20, 0x50505050);
    cr_assert_eq(D_GET(r, 0, GIC_ISENABLER), 0x10ffff, "SGIs are always enabled");
    cr_assert_eq(D_GET(r, 1, GIC_ISENABLER), 0xffff);
    cr_assert_eq(D_GET(r, 0, GIC_IPRIORITYR + 20), 0);
    cr_assert_eq(D_GET(r, 1, GIC_IPRIORITYR + 20), 0x50505050);
    D_SET(r, 0, GIC_ISENABLER + 4, 3);
    cr_assert_eq(D_GET(r, 1, GIC_ISENABLER + 4), 3, "SPIs are everyone's");
    D_SET(r, 1, GIC_IGROUPR, 0xf);
    cr_assert_eq(D_GET(r, 0, GIC_IGROUPR), 0);
    C_SET(r, 1, GICC_PMR, 0x80);
    cr_assert_eq(C_GET(r, 0, GICC_PMR), 0);
    cr_assert_eq(C_GET(r, 1, GICC_PMR), 0x80);
    rig_free(r);
}

Test(gicv2, targets)
{
    struct rig *r = v2_start((struct rig_config){ .pe_count = 3 });
    struct pe *pe = r->m.pe;

    cr_assert_eq(D_GET(r, 2, GICD_ITARGETSR), 0x04040404, "an SGI's target is who reads");
    D_SET(r, 2, GICD_ITARGETSR, 0xffffffff);
    cr_assert_eq(D_GET(r, 2, GICD_ITARGETSR), 0x04040404, "and fixed");
    cr_assert(gicv2_gicd_mmio.write(r->m.gic, &pe[0], GICD_ITARGETSR + 41, 1, 0xfe));
    cr_assert_eq(D_GET(r, 0, GICD_ITARGETSR + 40), 0x01010601, "three PEs have three bits");
    gic_set_spi(r->m.gic, 41, true);
    cr_assert_eq(pe[0].irq_lines, 0);
    cr_assert_eq(pe[1].irq_lines, LINE_IRQ);
    cr_assert_eq(pe[2].irq_lines, LINE_IRQ, "1 of N: signalled to all targets");
    cr_assert_eq(C_GET(r, 2, GICC_IAR), 41);
    cr_assert_eq(pe[1].irq_lines, 0, "and taken by one");
    cr_assert_eq(C_GET(r, 1, GICC_IAR), 1023);
    C_SET(r, 2, GICC_EOIR, 41);
    cr_assert_eq(pe[1].irq_lines, LINE_IRQ, "the level is still there");
    D_SET(r, 0, GICD_ITARGETSR + 40, 0x01010001);
    cr_assert_eq(pe[1].irq_lines, 0, "no target");
    D_SET(r, 0, GICD_ITARGETSR + 40, 0x01010101);
    cr_assert_eq(pe[0].irq_lines, LINE_IRQ);
    cr_assert_eq(D_GET(r, 0, GICD_SPISR), 1 << 9, "the input");
    rig_free(r);
}

Test(gicv2, sgis_by_source)
{
    struct rig *r = v2_start((struct rig_config){ .pe_count = 3 });
    struct pe *pe = r->m.pe;

    D_SET(r, 2, GICD_SGIR, 1 << 16 | 5);
    D_SET(r, 1, GICD_SGIR, 1 << 16 | 5);
    cr_assert_eq(D_GET(r, 0, GICD_SPENDSGIR + 4), 0x0600, "from PEs 1 and 2");
    cr_assert_eq(D_GET(r, 1, GICD_SPENDSGIR + 4), 0);
    cr_assert_eq(D_GET(r, 0, GIC_ISPENDR), 1 << 5);
    cr_assert_eq(C_GET(r, 0, GICC_HPPIR), 1 << 10 | 5);
    cr_assert_eq(C_GET(r, 0, GICC_IAR), 1 << 10 | 5, "the lower source first");
    cr_assert_eq(D_GET(r, 0, GIC_ISACTIVER), 1 << 5);
    cr_assert_eq(D_GET(r, 0, GIC_ISPENDR), 1 << 5, "pending from the other");
    cr_assert_eq(pe[0].irq_lines, 0, "not while it is active");
    C_SET(r, 0, GICC_EOIR, 1 << 10 | 5);
    cr_assert_eq(pe[0].irq_lines, LINE_IRQ);
    cr_assert_eq(C_GET(r, 0, GICC_IAR), 2 << 10 | 5);
    C_SET(r, 0, GICC_EOIR, 2 << 10 | 5);
    cr_assert_eq(C_GET(r, 0, GICC_IAR), 1023);
    cr_assert_eq(D_GET(r, 0, GIC_ISPENDR), 0);
    rig_free(r);
}

Test(gicv2, sgi_filters)
{
    static const struct {
        uint32_t sgir;
        uint8_t pending[3]; /* From PE 1, by PE. */
    } cases[] = {
        { 0x00050003, { 2, 0, 2 } }, /* a list */
        { 0x00f80003, { 0, 0, 0 } }, /* PEs that are not there */
        { 0x01000003, { 2, 0, 2 } }, /* all but self; the list does not count */
        { 0x02050003, { 0, 2, 0 } }, /* self */
        { 0x03ff0003, { 0, 0, 0 } }, /* reserved */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rig *r = v2_start((struct rig_config){ .pe_count = 3 });

        D_SET(r, 1, GICD_SGIR, cases[i].sgir);
        for (unsigned n = 0; n < 3; n++)
            cr_expect_eq(D_GET(r, n, GICD_CPENDSGIR) >> 24, cases[i].pending[n], "case %zu, PE %u", i, n);
        rig_free(r);
    }
}

Test(gicv2, sgi_pending_bits_are_written_by_source)
{
    struct rig *r = v2_start((struct rig_config){ .pe_count = 3 });
    struct pe *pe = r->m.pe;

    D_SET(r, 2, GICD_SPENDSGIR + 8, 0xff000003);
    cr_assert_eq(D_GET(r, 2, GICD_SPENDSGIR + 8), 0x07000003, "sources that are there");
    cr_assert_eq(D_GET(r, 2, GIC_ISPENDR), 1 << 8 | 1 << 11);
    D_SET(r, 2, GIC_ICPENDR, 0xffff);
    cr_assert_eq(D_GET(r, 2, GIC_ISPENDR), 1 << 8 | 1 << 11, "ICPENDR leaves SGIs alone");
    cr_assert(gicv2_gicd_mmio.write(r->m.gic, &pe[2], GICD_CPENDSGIR + 11, 1, 0x05));
    cr_assert_eq(D_GET(r, 2, GICD_CPENDSGIR + 8), 0x02000003);
    D_SET(r, 2, GICD_CPENDSGIR + 8, 0xffffffff);
    cr_assert_eq(D_GET(r, 2, GIC_ISPENDR), 0);
    cr_assert_eq(pe[2].irq_lines, 0);
    rig_free(r);
}

Test(gicv2, lines_of_the_groups)
{
    struct rig *r = v2_start((struct rig_config){ 0 });
    struct pe *c = r->c;

    D_SET(r, 0, GIC_IGROUPR + 4, BIT(2));
    gic_set_spi(r->m.gic, 33, true);
    cr_assert_eq(c->irq_lines, LINE_IRQ, "group 0 is an IRQ without FIQEn");
    C_SET(r, 0, GICC_CTLR, 1 | 8);
    cr_assert_eq(c->irq_lines, LINE_FIQ);
    gic_set_spi(r->m.gic, 33, false);
    gic_set_spi(r->m.gic, 34, true);
    cr_assert_eq(c->irq_lines, 0, "group 1 is off");
    cr_assert_eq(C_GET(r, 0, GICC_HPPIR), 1023);
    C_SET(r, 0, GICC_CTLR, 3 | 8);
    cr_assert_eq(c->irq_lines, LINE_IRQ);
    cr_assert_eq(C_GET(r, 0, GICC_IAR), 1022, "AckCtl is 0");
    cr_assert_eq(C_GET(r, 0, GICC_AHPPIR), 34);
    cr_assert_eq(C_GET(r, 0, GICC_AIAR), 34);
    cr_assert_eq(C_GET(r, 0, GICC_NSAPR), 1 << 20);
    cr_assert_eq(C_GET(r, 0, GICC_APR), 0);
    C_SET(r, 0, GICC_AEOIR, 34);
    cr_assert_eq(C_GET(r, 0, GICC_RPR), 0xff);
    gic_set_spi(r->m.gic, 33, true);
    cr_assert_eq(C_GET(r, 0, GICC_IAR), 33);
    C_SET(r, 0, GICC_AEOIR, 33);
    cr_assert_eq(C_GET(r, 0, GICC_RPR), 0xa0, "the alias does not end group 0");
    rig_free(r);
}

/* Group 1's priorities are split by GICC_ABPR, less one, or with CBPR by GICC_BPR. */
Test(gicv2, binary_points)
{
    struct rig *r = v2_start((struct rig_config){ 0 });

    D_SET(r, 0, GIC_IGROUPR + 4, 0xffffffff);
    D_SET(r, 0, GIC_IPRIORITYR + 40, 0xa0a090a0);
    C_SET(r, 0, GICC_CTLR, 2);
    C_SET(r, 0, GICC_ABPR, 5); /* <7:5> */
    gic_set_spi(r->m.gic, 40, true);
    cr_assert_eq(C_GET(r, 0, GICC_AIAR), 40);
    gic_set_spi(r->m.gic, 41, true);
    cr_assert_eq(r->c->irq_lines, LINE_IRQ, "90 is in another group than a0");
    C_SET(r, 0, GICC_ABPR, 7); /* <7> */
    cr_assert_eq(r->c->irq_lines, 0);
    C_SET(r, 0, GICC_CTLR, 2 | 0x10);
    cr_assert_eq(r->c->irq_lines, LINE_IRQ, "CBPR: GICC_BPR is at its least");
    C_SET(r, 0, GICC_BPR, 7);
    cr_assert_eq(r->c->irq_lines, 0);
    cr_assert_eq(C_GET(r, 0, GICC_ABPR), 7);
    rig_free(r);
}

Test(gicv2, message_signalled_spis)
{
    struct rig *r = v2_start((struct rig_config){ 0 });

    cr_assert_eq(v2_get(&gicv2m_mmio, r, 0, 0x8), 80 << 16 | 64);
    v2_set(&gicv2m_mmio, r, 0, 0x40, 81);
    cr_assert_eq(D_GET(r, 0, GIC_ISPENDR + 8), 0, "a pulse on a level-sensitive input is gone");
    D_SET(r, 0, GIC_ICFGR + 4 * 5, 0xaaaaaaaa);
    v2_set(&gicv2m_mmio, r, 0, 0x40, 81);
    v2_set(&gicv2m_mmio, r, 0, 0x40, 79);
    v2_set(&gicv2m_mmio, r, 0, 0x40, 144);
    cr_assert_eq(D_GET(r, 0, GIC_ISPENDR + 8), BIT(81 - 64));
    cr_assert_eq(C_GET(r, 0, GICC_IAR), 81);
    rig_free(r);
}

Test(gicv2, undecoded_accesses)
{
    static const struct mmio_ops *const frames[] = { &gicv2_gicd_mmio, &gicc_mmio, &gich_mmio, &gicv_mmio,
                                                     &gicv2m_mmio };
    struct rig *r = v2_start((struct rig_config){ .pe_count = 8 });

    for (size_t f = 0; f < sizeof(frames) / sizeof(frames[0]); f++) {
        uint64_t val = 1;

        cr_expect(frames[f]->read(r->m.gic, r->c, 0x4, 8, &val));
        cr_expect_eq(val, 0, "%s: 64 bits", frames[f]->name);
        val = 1;
        cr_expect(frames[f]->read(r->m.gic, NULL, 0x2, 2, &val));
        cr_expect_eq(val, 0, "%s: 16 bits", frames[f]->name);
        cr_expect(frames[f]->write(r->m.gic, NULL, 0x70, 4, ~UINT64_C(0)));
        cr_expect(frames[f]->read(r->m.gic, NULL, 0x70, 4, &val));
        cr_expect_eq(val, 0, "%s: nothing there", frames[f]->name);
    }
    rig_free(r);
}

/* What must hold whatever was written; read from Secure state, which sees all. */
static void expect_sound(struct rig *r)
{
    uint64_t scr = r->c->sr[SR_SCR_EL3];

    r->c->sr[SR_SCR_EL3] = 0;
    for (unsigned n = 0; n < r->m.pe_count; n++) {
        uint32_t pending = D_GET(r, n, GIC_ISPENDR);

        for (unsigned i = 0; i < 16; i++) {
            uint32_t sources = D_GET(r, n, GICD_SPENDSGIR + (i & ~3U)) >> 8 * (i & 3) & 0xff;

            cr_assert_eq(bit(pending, i), sources != 0, "PE %u: SGI %u, sources %#x", n, i, sources);
            cr_assert_eq(sources >> r->m.pe_count, 0, "PE %u: SGI %u, sources %#x", n, i, sources);
        }
    }
    cr_assert_eq(D_GET(r, 0, GIC_ISENABLER) & 0xffff, 0xffff);
    cr_assert_eq(H_GET(r, GICH_ELRSR) & H_GET(r, GICH_EISR), 0);
    r->c->sr[SR_SCR_EL3] = scr;
}

/* Whole registers anywhere, by every PE in turn, and inputs in between. */
static void storm(struct rig *r, uint64_t seed)
{
    static const struct {
        const struct mmio_ops *ops;
        uint32_t size;
    } frames[] = {
        { &gicv2_gicd_mmio, GICV2_GICD_BYTES },
        { &gicc_mmio, GICC_BYTES },
        { &gich_mmio, GICH_BYTES },
        { &gicv_mmio, GICC_BYTES },
        { &gicv2m_mmio, GICV2M_BYTES },
    };
    uint64_t x = seed;

    for (unsigned i = 0; i < 60000; i++) {
        unsigned f, size;
        uint64_t off, val;

        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        f = (unsigned)(x >> 33) % 5;
        size = 1U << (x >> 40 & 3);
        size = x >> 50 & 7 ? 4 : size;
        off = (x >> 16) % (x >> 60 & 3 ? 0x200 : frames[f].size) & ~(uint64_t)(size - 1);
        val = x ^ x >> 29;
        r->m.pe[x >> 45 & 1].el = 1 + (x >> 47 & 1);
        if (x >> 62 & 1)
            frames[f].ops->read(r->m.gic, &r->m.pe[x >> 45 & 1], off, size, &val);
        else
            frames[f].ops->write(r->m.gic, &r->m.pe[x >> 45 & 1], off, size, val);
        gic_set_spi(r->m.gic, 32 + (unsigned)(x >> 20) % 256, x >> 63);
        if (i % 500 == 0)
            expect_sound(r);
    }
}

Test(gicv2, any_access_at_any_time)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct rig *r = v2_start((struct rig_config){ .pe_count = 2, .el3 = seed % 2 });

        r->m.pe[1].sr[SR_SCR_EL3] = 0; /* Secure, with EL3. */
        storm(r, seed * 77);
        rig_free(r);
    }
}
