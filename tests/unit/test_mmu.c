/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_mmu.c
 * Both stages of translation: geometry of every granule, faults by kind and level, address ranges, faults
 * on the walk itself. Permissions, attributes and regimes are test_mmu_perm.c; what the TLB remembers is
 * test_tlb.c; AT is test_at.c.
 */
#include "mmu_util.h"

static struct world w;

static void setup(void)
{
    w = world_new(NULL);
}

static void setup_secure(void)
{
    w = world_new("virt,secure=on");
}

static void teardown(void)
{
    world_free(&w);
}

TestSuite(mmu, .init = setup, .fini = teardown);
TestSuite(mmu_secure, .init = setup_secure, .fini = teardown);

/* A tree with a mapping, used as one stage while the other is off. */
struct stage {
    struct tables t;
    bool s2;
};

#define INPUT UINT64_C(0x0000076543a10000) /* Bits in every index of a 43-bit input. */

static struct stage stage_new(unsigned page_shift, unsigned ia_bits, unsigned start, bool s2)
{
    struct stage s = { tables_new(&w, page_shift, ia_bits, start), s2 };

    w.c->sr[SR_SCTLR_EL1] = 0;
    w.c->sr[SR_HCR_EL2] = 0;
    if (s2)
        use_s2(&w, &s.t, 1);
    else
        use_s1(&w, &s.t, 1);
    return s;
}

static void forget(void)
{
    w.c->el = 2;
    mmu_tlbi(w.c, SR_TLBI_ALLE1, 0);
}

static uint64_t leaf_attrs(const struct stage *s)
{
    return s->s2 ? S2_RW : S1_RW;
}

/* Every (granule, stage) with a 43-bit input: start level 0, or 1 for 64 KiB. */
static struct stage stage_of(unsigned n)
{
    static const uint8_t shift[] = { 12, 14, 16 };
    unsigned ps = shift[n % 3];

    if (n >= 3)
        return stage_new(ps, 43, 1, true);
    return stage_new(ps, 43, ps == 12 ? 0 : 1, false);
}
enum { STAGES = 6 };

static bool block_allowed(const struct tables *t, unsigned level)
{
    return level == 3 || level == 2 || (level == 1 && t->page_shift == 12);
}

Test(mmu, stage1_start_level_follows_the_input_size)
{
    /* First input size of each level, from the tables of D8.2.8 to D8.2.10. */
    static const struct {
        unsigned page_shift, level, min, max;
    } rows[] = {
        { 12, 0, 40, 48 }, { 12, 1, 31, 39 }, { 12, 2, 25, 30 }, { 14, 0, 48, 48 }, { 14, 1, 37, 47 },
        { 14, 2, 26, 36 }, { 14, 3, 25, 25 }, { 16, 1, 43, 48 }, { 16, 2, 30, 42 }, { 16, 3, 25, 29 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned ia = rows[i].min; ia <= rows[i].max; ia++) {
            uint64_t top = MASK(ia - 1, 16);
            struct stage s = stage_new(rows[i].page_shift, ia, rows[i].level, false);

            map(&w, &s.t, top, DATA_AT, 3, S1_RW);
            forget();
            uint64_t before = w.c->ctr[CTR_walk_access];
            EXPECT_PA(&w, 1, top + 0x123, DATA_AT + 0x123);
            cr_expect_eq(w.c->ctr[CTR_walk_access] - before, 4 - rows[i].level, "granule %u, %u bits",
                         rows[i].page_shift, ia);
            if (ia < 48)
                EXPECT_FAULT(&w, 1, MMU_READ, BIT(ia), FSC_TRANSLATION, false);
        }
    }
}

Test(mmu, stage1_input_size_out_of_16_to_39_is_a_level_0_fault)
{
    struct stage s = stage_new(12, 39, 1, false);

    map(&w, &s.t, 0x200000, DATA_AT, 3, S1_RW);
    EXPECT_PA(&w, 1, 0x200000, DATA_AT);
    static const unsigned bad[] = { 0, 12, 15, 40, 63 };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        w.c->sr[SR_TCR_EL1] = deposit(w.c->sr[SR_TCR_EL1], 5, 0, bad[i]);
        EXPECT_FAULT(&w, 1, MMU_READ, 0x200000, FSC_TRANSLATION, false);
    }
}

Test(mmu, stage2_start_level_and_size_must_agree)
{
    /* The input sizes that SL0's level can resolve, concatenating up to 16 tables. */
    static const struct {
        unsigned page_shift, level, min, max;
    } rows[] = {
        { 12, 0, 40, 48 }, { 12, 1, 31, 43 }, { 12, 2, 25, 34 }, { 14, 1, 37, 48 }, { 14, 2, 26, 40 },
        { 14, 3, 25, 29 }, { 16, 1, 43, 48 }, { 16, 2, 30, 46 }, { 16, 3, 25, 33 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned ia = 25; ia <= 48; ia++) {
            struct tables t = { rows[i].page_shift, ia, rows[i].level, TABLES_AT };
            bool fits = ia >= rows[i].min && ia <= rows[i].max;
            uint64_t top = MASK(ia - 1, 16) & MASK(43, 0);

            forget();
            w.next = TABLES_AT;
            if (fits) {
                t = tables_new(&w, t.page_shift, ia, t.start);
                map(&w, &t, top, DATA_AT, 3, S2_RW);
            }
            use_s2(&w, &t, 1);
            if (fits)
                EXPECT_PA(&w, 1, top + 8, DATA_AT + 8);
            else
                EXPECT_FAULT(&w, 1, MMU_READ, 0x1000, FSC_TRANSLATION, true);
            if (fits && ia < 44)
                EXPECT_FAULT(&w, 1, MMU_READ, BIT(ia), FSC_TRANSLATION, true);
            for (uint64_t at = TABLES_AT; at < w.next; at += 8)
                if (read64(&w, at))
                    write64(&w, at, 0);
        }
    }
}

Test(mmu, stage2_reserved_start_levels)
{
    struct tables t = tables_new(&w, 12, 44, 0);

    map(&w, &t, 0x1000, DATA_AT, 3, S2_RW);
    use_s2(&w, &t, 1);
    EXPECT_PA(&w, 1, 0x1000, DATA_AT);
    forget();
    w.c->sr[SR_ID_AA64MMFR0_EL1] = 0x1123; /* 42 bits: level 0 is too high */
    EXPECT_FAULT(&w, 1, MMU_READ, 0x1000, FSC_TRANSLATION, true);
    w.c->sr[SR_ID_AA64MMFR0_EL1] = 0x1124;
    w.c->sr[SR_VTCR_EL2] |= 3 << 6;
    EXPECT_FAULT(&w, 1, MMU_READ, 0x1000, FSC_TRANSLATION, true);
}

Test(mmu, concatenated_tables_choose_by_the_high_bits)
{
    struct tables t = tables_new(&w, 12, 43, 1);

    for (uint64_t n = 0; n < 16; n++)
        map(&w, &t, n << 39, DATA_AT + (n << 12), 3, S2_RW);
    use_s2(&w, &t, 3);
    w.c->sr[SR_VTTBR_EL2] |= 0x7000; /* Within the 16 tables: not part of the base. */
    for (uint64_t n = 0; n < 16; n++)
        EXPECT_PA(&w, 1, n << 39, DATA_AT + (n << 12));
    EXPECT_FAULT(&w, 1, MMU_READ, BIT(38), FSC_TRANSLATION + 1, true);
    cr_expect_eq(w.f.ipa, BIT(38));
}

Test(mmu, translation_faults_at_every_level)
{
    for (unsigned n = 0; n < STAGES; n++) {
        struct stage s = stage_of(n);

        map(&w, &s.t, INPUT, DATA_AT, 3, leaf_attrs(&s));
        EXPECT_PA(&w, 1, INPUT + 4, DATA_AT + 4);
        for (unsigned l = s.t.start; l <= 3; l++) {
            uint64_t at = desc_at(&w, &s.t, INPUT, l), good = read64(&w, at);

            forget();
            write64(&w, at, good & ~UINT64_C(1));
            EXPECT_FAULT(&w, 1, MMU_WRITE, INPUT + 4, FSC_TRANSLATION + l, s.s2);
            cr_expect(w.f.write && !w.f.s1ptw && !w.f.cm);
            if (s.s2)
                cr_expect_eq(w.f.ipa, INPUT + 4);
            if (l == 3 || !block_allowed(&s.t, l)) {
                write64(&w, at, (good & ~UINT64_C(3)) | 1 | ATTR_AF);
                EXPECT_FAULT(&w, 1, MMU_READ, INPUT, FSC_TRANSLATION + l, s.s2);
            }
            write64(&w, at, good);
            EXPECT_PA(&w, 1, INPUT + 4, DATA_AT + 4);
        }
    }
}

Test(mmu, address_size_faults_at_every_level)
{
    for (unsigned n = 0; n < STAGES; n++) {
        struct stage s = stage_of(n);

        map(&w, &s.t, INPUT, DATA_AT, 3, leaf_attrs(&s));
        for (unsigned l = s.t.start; l <= 3; l++) {
            uint64_t at = desc_at(&w, &s.t, INPUT, l), good = read64(&w, at);

            forget();
            write64(&w, at, good | BIT(44));
            EXPECT_FAULT(&w, 1, MMU_READ, INPUT, FSC_ADDRESS_SIZE + l, s.s2);
            write64(&w, at, (good | BIT(44)) & ~ATTR_AF); /* Comes before the access flag. */
            EXPECT_FAULT(&w, 1, MMU_READ, INPUT, FSC_ADDRESS_SIZE + l, s.s2);
            write64(&w, at, good);
        }
        EXPECT_PA(&w, 1, INPUT, DATA_AT);
        forget();
        w.c->sr[s.s2 ? SR_VTTBR_EL2 : SR_TTBR0_EL1] |= BIT(44);
        EXPECT_FAULT(&w, 1, MMU_READ, INPUT, FSC_ADDRESS_SIZE, s.s2);
    }
}

Test(mmu, output_size_is_the_smaller_of_ps_and_pa_range)
{
    struct stage s = stage_of(0);

    map(&w, &s.t, INPUT, BIT(40), 3, S1_RW);
    EXPECT_PA(&w, 1, INPUT, BIT(40));
    forget();
    w.c->sr[SR_TCR_EL1] = deposit(w.c->sr[SR_TCR_EL1], 34, 32, 2); /* 40 bits */
    EXPECT_FAULT(&w, 1, MMU_READ, INPUT, FSC_ADDRESS_SIZE + 3, false);
    w.c->sr[SR_TCR_EL1] = deposit(w.c->sr[SR_TCR_EL1], 34, 32, 5); /* 48 bits, of which 40 are there */
    w.c->sr[SR_ID_AA64MMFR0_EL1] = 0x1122;
    EXPECT_FAULT(&w, 1, MMU_READ, INPUT, FSC_ADDRESS_SIZE + 3, false);
}

Test(mmu, blocks_pages_and_access_flag_at_every_level)
{
    for (unsigned n = 0; n < STAGES; n++) {
        struct stage s = stage_of(n);

        for (unsigned l = 1; l <= 3; l++) {
            uint64_t in = BIT(42) + ((uint64_t)l << 36), out = BIT(40);
            uint64_t last = BIT(level_shift(&s.t, l)) - 8;

            if (!block_allowed(&s.t, l))
                continue;
            map(&w, &s.t, in, out, l, leaf_attrs(&s) & ~ATTR_AF);
            EXPECT_FAULT(&w, 1, MMU_READ, in + last, FSC_ACCESS_FLAG + l, s.s2);
            map(&w, &s.t, in, out, l, leaf_attrs(&s));
            EXPECT_PA(&w, 1, in + last, out + last);
            EXPECT_PA(&w, 1, in, out);
        }
    }
}

Test(mmu, external_aborts_on_the_walk)
{
    for (unsigned n = 0; n < STAGES; n++) {
        struct stage s = stage_of(n);

        map(&w, &s.t, INPUT, DATA_AT, 3, leaf_attrs(&s));
        for (unsigned l = s.t.start; l < 3; l++) {
            uint64_t at = desc_at(&w, &s.t, INPUT, l), good = read64(&w, at);

            write64(&w, at, BIT(43) | 3);
            EXPECT_FAULT(&w, 1, MMU_READ, INPUT, FSC_EXTERNAL_WALK + l + 1, s.s2);
            write64(&w, at, good);
        }
        w.c->sr[s.s2 ? SR_VTTBR_EL2 : SR_TTBR0_EL1] = 0x09000000; /* A device, not memory. */
        EXPECT_FAULT(&w, 1, MMU_READ, INPUT, FSC_EXTERNAL_WALK + s.t.start, s.s2);
    }
}

Test(mmu, contiguous_entries_cover_their_range)
{
    static const struct {
        unsigned page_shift, level, count_log2;
    } rows[] = { { 12, 1, 4 }, { 12, 2, 4 }, { 12, 3, 4 }, { 14, 2, 5 },
                 { 14, 3, 7 }, { 16, 2, 5 }, { 16, 3, 5 } };

    for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned n = (unsigned)(i / 2);
        struct stage s =
            stage_new(rows[n].page_shift, 43, rows[n].page_shift == 12 && !(i & 1) ? 0 : 1, i & 1);
        uint64_t size = BIT(level_shift(&s.t, rows[n].level)), count = BIT(rows[n].count_log2),
                 in = BIT(41);
        /* One entry of the group suffices to see how far its TLB entry reaches. */
        map(&w, &s.t, in + size, BIT(40) + size, rows[n].level, leaf_attrs(&s) | DESC_CONTIG);
        forget();
        EXPECT_PA(&w, 1, in + size, BIT(40) + size);
        EXPECT_PA(&w, 1, in, BIT(40));
        EXPECT_PA(&w, 1, in + count * size - 8, BIT(40) + count * size - 8);
        EXPECT_FAULT(&w, 1, MMU_READ, in + count * size, FSC_TRANSLATION + rows[n].level, s.s2);
    }
}

Test(mmu, upper_and_lower_range)
{
    struct tables lo = tables_new(&w, 12, 39, 1), hi = tables_new(&w, 16, 42, 2);
    uint64_t high = MASK(63, 42) | 0x30000;

    map(&w, &lo, 0x30000, DATA_AT, 3, S1_RW);
    map(&w, &hi, 0x30000, DATA_AT + 0x10000, 3, S1_RW);
    use_s1(&w, &lo, 1);
    w.c->sr[SR_TCR_EL1] = 25 | UINT64_C(22) << 16 | tg1_field(16) | UINT64_C(4) << 32;
    w.c->sr[SR_TTBR1_EL1] = hi.base;
    EXPECT_PA(&w, 1, 0x30010, DATA_AT + 0x10);
    EXPECT_PA(&w, 1, high + 0x10, DATA_AT + 0x10010);
    EXPECT_FAULT(&w, 1, MMU_READ, BIT(39), FSC_TRANSLATION, false);
    EXPECT_FAULT(&w, 1, MMU_READ, MASK(63, 43), FSC_TRANSLATION, false);
    EXPECT_FAULT(&w, 1, MMU_READ, high ^ BIT(50), FSC_TRANSLATION, false);
    EXPECT_FAULT(&w, 1, MMU_READ, 0x30010 | BIT(60), FSC_TRANSLATION, false);
    w.c->sr[SR_TCR_EL1] |= BIT(37); /* TBI0 */
    EXPECT_PA(&w, 1, 0x30010 | UINT64_C(0xa5) << 56, DATA_AT + 0x10);
    EXPECT_FAULT(&w, 1, MMU_READ, high ^ BIT(60), FSC_TRANSLATION, false);
    w.c->sr[SR_TCR_EL1] |= BIT(38); /* TBI1 */
    EXPECT_PA(&w, 1, (high + 0x10) ^ BIT(60), DATA_AT + 0x10010);
    forget();
    w.c->sr[SR_TCR_EL1] |= BIT(7) | BIT(23); /* EPD0, EPD1 */
    EXPECT_FAULT(&w, 1, MMU_READ, 0x30010, FSC_TRANSLATION, false);
    EXPECT_FAULT(&w, 1, MMU_READ, high, FSC_TRANSLATION, false);
}

Test(mmu, both_stages_together_report_the_right_stage)
{
    struct tables s2 = identity_s2(&w), s1 = tables_new(&w, 12, 39, 1);

    map(&w, &s1, 0x1000, DATA_AT + 0x200000, 3, S1_RW);
    map(&w, &s1, 0x2000, DATA_AT + 0x400000, 3, S1_RW | S1_RO);
    map(&w, &s1, 0x3000, BIT(35), 3, S1_RW | S1_RO);
    map(&w, &s2, DATA_AT + 0x200000, DATA_AT, 2, S2_RW & ~BIT(7));
    map(&w, &s2, DATA_AT + 0x400000, DATA_AT, 2, S2_RW & ~BIT(7));
    use_s1(&w, &s1, 1);
    use_s2(&w, &s2, 1);
    for (int hit = 0; hit < 2; hit++) {
        EXPECT_PA(&w, 1, 0x1008, DATA_AT + 8);
        cr_expect_eq(w.r.ipa.v, DATA_AT + 0x200008);
        EXPECT_FAULT(&w, 1, MMU_WRITE, 0x1008, FSC_PERMISSION + 2, true);
        cr_expect_eq(w.f.ipa, DATA_AT + 0x200008);
        cr_expect(w.f.write && !w.f.s1ptw);
        EXPECT_FAULT(&w, 1, MMU_WRITE, 0x2008, FSC_PERMISSION + 3, false);
        EXPECT_FAULT(&w, 1, MMU_WRITE, 0x3000, FSC_PERMISSION + 3, false); /* before stage 2's */
        EXPECT_FAULT(&w, 1, MMU_READ, 0x3010, FSC_TRANSLATION + 1, true);
        cr_expect_eq(w.f.ipa, BIT(35) + 0x10);
    }
}

Test(mmu, a_stage2_fault_on_the_walk_names_the_descriptor)
{
    struct tables s2 = tables_new(&w, 12, 39, 1), s1 = tables_new(&w, 12, 39, 1);

    map(&w, &s1, 0x765432000, DATA_AT, 3, S1_RW);
    use_s1(&w, &s1, 1);
    use_s2(&w, &s2, 1);
    map(&w, &s2, DATA_AT, DATA_AT, 3, S2_RW);
    for (unsigned l = 1; l <= 3; l++) {
        uint64_t at = desc_at(&w, &s1, 0x765432000, l), page = at & ~UINT64_C(0xfff);

        unmap(&w, &s2, page, 3);
        EXPECT_FAULT(&w, 1, MMU_WRITE, 0x765432010, FSC_TRANSLATION + 3, true);
        cr_expect(w.f.s1ptw && w.f.write);
        cr_expect_eq(w.f.ipa, at, "level %u: %#lx, not %#lx", l, w.f.ipa, at);
        map(&w, &s2, page, page, 3, S2_RW & ~ATTR_AF);
        EXPECT_FAULT(&w, 1, MMU_WRITE, 0x765432010, FSC_ACCESS_FLAG + 3, true);
        cr_expect(w.f.s1ptw);
        map(&w, &s2, page, page, 3, S2_RW & ~BIT(6)); /* write-only: a walk reads */
        EXPECT_FAULT(&w, 1, MMU_WRITE, 0x765432010, FSC_PERMISSION + 3, true);
        cr_expect(w.f.s1ptw);
        cr_expect_eq(w.f.ipa, at);
        forget();
        map(&w, &s2, page, page, 3, S2_RW);
    }
    EXPECT_PA(&w, 1, 0x765432010, DATA_AT + 0x10);
}

Test(mmu, protected_walks_do_not_read_device_memory)
{
    struct tables s2 = identity_s2(&w), s1 = tables_new(&w, 12, 39, 1);

    map(&w, &s1, 0x1000, DATA_AT, 3, S1_RW);
    map(&w, &s2, TABLES_AT & ~UINT64_C(0x1fffff), TABLES_AT & ~UINT64_C(0x1fffff), 2, S2_RW & ~ATTR(15));
    use_s1(&w, &s1, 1);
    use_s2(&w, &s2, 1);
    EXPECT_PA(&w, 1, 0x1000, DATA_AT);
    forget();
    w.c->sr[SR_HCR_EL2] |= BIT(2);
    EXPECT_FAULT(&w, 1, MMU_READ, 0x1000, FSC_PERMISSION + 2, true);
    cr_expect(w.f.s1ptw);
    cr_expect_eq(w.f.ipa, s1.base);
}

Test(mmu, stages_off)
{
    cr_expect(try_access(&w, 1, MMU_READ, 0x1234));
    cr_expect_eq(w.r.pa.v, 0x1234);
    cr_expect_eq(w.r.owner, FAST_OWNER_FLAT);
    cr_expect(w.r.type == MEM_DEVICE && w.r.attr == 0 && w.r.sh == 2);
    cr_expect(try_access(&w, 1, MMU_FETCH, 0x1234) && w.r.type == MEM_NORMAL);
    EXPECT_FAULT(&w, 1, MMU_READ, BIT(44), FSC_ADDRESS_SIZE, false);
    EXPECT_FAULT(&w, 2, MMU_READ, BIT(60), FSC_ADDRESS_SIZE, false);
    w.c->sr[SR_TCR_EL2] = BIT(20); /* TBI holds with translation off too. */
    EXPECT_PA(&w, 2, BIT(60) | 0x1000, 0x1000);
    cr_expect_eq(w.c->ctr[CTR_tlb_lookup], 0);

    struct tables s2 = identity_s2(&w);
    use_s2(&w, &s2, 1);
    cr_expect(try_access(&w, 1, MMU_READ, DATA_AT) && w.r.type == MEM_DEVICE);
    cr_expect(try_access(&w, 1, MMU_FETCH, DATA_AT) && w.r.type == MEM_NORMAL);
}

Test(mmu, default_cacheable)
{
    struct tables s2 = identity_s2(&w), s1 = tables_new(&w, 12, 39, 1);

    use_s1(&w, &s1, 1);
    use_s2(&w, &s2, 1);
    w.c->sr[SR_HCR_EL2] = BIT(12); /* DC: stage 1 off and stage 2 on whatever M and VM say */
    cr_expect(try_access(&w, 1, MMU_READ, DATA_AT));
    cr_expect(w.r.type == MEM_NORMAL && w.r.attr == 0xff && w.r.sh == 3);
    EXPECT_FAULT(&w, 1, MMU_READ, 0x1000, FSC_TRANSLATION + 1, true);
}

Test(mmu, tge_turns_stage_1_of_el1_off)
{
    struct tables t = tables_new(&w, 12, 39, 1);

    use_s1(&w, &t, 1);
    w.c->sr[SR_HCR_EL2] = BIT(27);
    EXPECT_PA(&w, 0, 0x1000, 0x1000);
}

Test(mmu_secure, nstable_makes_all_below_non_secure)
{
    struct tables t = tables_new(&w, 12, 39, 1);

    map(&w, &t, 0x1000, DATA_AT, 3, S1_RW);
    map(&w, &t, 0x2000, DATA_AT, 3, S1_RW | BIT(5));
    w.c->sr[SR_TTBR0_EL3] = t.base;
    w.c->sr[SR_TCR_EL3] = 25 | UINT64_C(4) << 16;
    w.c->sr[SR_SCTLR_EL3] = BIT(0);
    cr_expect(try_access(&w, 3, MMU_READ, 0x1000) && !w.r.ns);
    cr_expect(try_access(&w, 3, MMU_READ, 0x2000) && w.r.ns);
    uint64_t at = desc_at(&w, &t, 0x1000, 2);
    write64(&w, at, read64(&w, at) | BIT(63));
    w.c->el = 3;
    mmu_tlbi(w.c, SR_TLBI_ALLE3, 0);
    cr_expect(try_access(&w, 3, MMU_READ, 0x1000) && w.r.ns);
}

Test(mmu_secure, secure_el1_has_no_stage_2)
{
    struct tables s2 = tables_new(&w, 12, 39, 1);

    w.c->sr[SR_SCR_EL3] = 0;
    use_s2(&w, &s2, 1);
    EXPECT_PA(&w, 1, DATA_AT, DATA_AT);
    w.c->sr[SR_SCR_EL3] = 1;
    EXPECT_FAULT(&w, 1, MMU_READ, DATA_AT, FSC_TRANSLATION + 1, true);
}

Test(mmu_secure, secure_memory_holds_no_tables_for_a_non_secure_walk)
{
    const uint64_t secure_ram = 0x0e000000;

    w.c->sr[SR_SCR_EL3] = 1;
    w.c->sr[SR_TCR_EL1] = 25 | BIT(23) | UINT64_C(4) << 32 | UINT64_C(16) << 16;
    w.c->sr[SR_TTBR0_EL1] = secure_ram;
    w.c->sr[SR_SCTLR_EL1] = 1;
    write64(&w, secure_ram, DATA_AT | S1_RW | 1);
    EXPECT_FAULT(&w, 1, MMU_READ, 0x1000, FSC_EXTERNAL_WALK + 1, false);
    w.c->sr[SR_SCR_EL3] = 0;
    EXPECT_PA(&w, 1, 0x1000, bits(DATA_AT, 47, 30) << 30 | 0x1000);
    w.c->sr[SR_SCR_EL3] = 1; /* The window that the last walk left must not serve this one. */
    EXPECT_FAULT(&w, 1, MMU_READ, 0x1000, FSC_EXTERNAL_WALK + 1, false);
}
