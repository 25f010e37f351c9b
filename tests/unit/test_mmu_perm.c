/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_mmu_perm.c
 * Permissions of both stages as full matrices, memory attributes, and the regimes of EL2 and of a host.
 */
#include "mmu_util.h"

static struct world w;

static void setup(void)
{
    w = world_new(NULL);
}

static void teardown(void)
{
    world_free(&w);
}

TestSuite(mmu_perm, .init = setup, .fini = teardown);

static struct tables stage1(void)
{
    struct tables t = tables_new(&w, 12, 39, 1);

    w.c->sr[SR_HCR_EL2] = 0;
    use_s1(&w, &t, 1);
    return t;
}

static struct tables stage2(void)
{
    struct tables t = tables_new(&w, 12, 39, 1);

    w.c->sr[SR_SCTLR_EL1] = 0;
    use_s2(&w, &t, 1);
    return t;
}

static void forget(void)
{
    w.c->el = 2;
    mmu_tlbi(w.c, SR_TLBI_ALLE1, 0);
}

/* Permissions: tables of what EL1 and EL0 may do by AP[2:1]. */
static const uint8_t ap_el1[4] = { PERM_R | PERM_W, PERM_R | PERM_W, PERM_R, PERM_R };
static const uint8_t ap_el0[4] = { 0, PERM_R | PERM_W, 0, PERM_R };

static unsigned allowed_s1(unsigned ap, bool pxn, bool uxn, bool wxn, bool pan, bool el0)
{
    unsigned p = el0 ? ap_el0[ap] : ap_el1[ap];
    bool exec = el0 ? !uxn : !pxn && ap != 1;

    if (wxn && (p & PERM_W))
        exec = false;
    if (pan && !el0 && (ap & 1))
        p = 0;
    return p | (exec ? PERM_X : 0u);
}

static void expect_access(unsigned el, unsigned how, uint64_t vaddr, unsigned allowed, unsigned fsc,
                          bool s2)
{
    static const uint8_t need[] = {
        [MMU_READ] = PERM_R, [MMU_WRITE] = PERM_W, [MMU_FETCH] = PERM_X, [MMU_RW] = PERM_R | PERM_W
    };

    for (unsigned acc = 0; acc < 4; acc++) {
        bool ok = (allowed & need[acc]) == need[acc];

        cr_expect_eq(access_how(&w, el, acc == MMU_FETCH ? how & ~HOW_PAN : how, acc, vaddr), ok,
                     "EL%u access %u of %#lx, allowed %u", el, acc, vaddr, allowed);
        if (ok)
            continue;
        cr_expect_eq(w.f.fsc, fsc);
        cr_expect_eq(w.f.stage2, s2);
        cr_expect_eq(w.f.write, acc == MMU_WRITE || (acc == MMU_RW && (allowed & PERM_R)));
    }
}

Test(mmu_perm, stage1_permission_matrix)
{
    struct tables t = stage1();

    for (unsigned bitset = 0; bitset < 16; bitset++) {
        uint64_t attrs = S1_RW | (uint64_t)(bitset & 3) << 6 | (uint64_t)(bitset >> 2) << 53;
        map(&w, &t, (uint64_t)bitset << 12, DATA_AT, 3, attrs);
    }
    for (unsigned n = 0; n < 16 * 8; n++) {
        unsigned bitset = n & 15, ap = bitset & 3;
        bool pxn = bitset & 4, uxn = bitset & 8, wxn = n & 16, pan = n & 32, el0 = n & 64;

        w.c->sr[SR_SCTLR_EL1] = BIT(0) | (wxn ? BIT(19) : 0);
        expect_access(el0 ? 0 : 1, pan ? HOW_PAN : 0, (uint64_t)bitset << 12,
                      allowed_s1(ap, pxn, uxn, wxn, pan, el0), FSC_PERMISSION + 3, false);
    }
}

Test(mmu_perm, unprivileged_accesses_have_el0_permissions)
{
    struct tables t = stage1();

    map(&w, &t, 0x1000, DATA_AT, 3, S1_RW);
    map(&w, &t, 0x2000, DATA_AT, 3, S1_RW | S1_EL0);
    cr_expect(access_how(&w, 1, 0, MMU_READ, 0x1000));
    cr_expect_not(access_how(&w, 1, HOW_UNPRIV, MMU_READ, 0x1000));
    cr_expect(access_how(&w, 1, HOW_UNPRIV, MMU_WRITE, 0x2000));
    cr_expect(access_how(&w, 1, HOW_UNPRIV | HOW_PAN, MMU_WRITE, 0x2000), "PAN is of privileged accesses");
}

Test(mmu_perm, table_attributes_restrict_what_is_below)
{
    static const struct {
        unsigned bit;
        uint64_t attrs;
        unsigned el1, el0;
    } rows[] = {
        /* APTable[0]: no EL0 access; execution there is UXN's alone. */
        { 61, S1_EL0, PERM_R | PERM_W | PERM_X, PERM_X },
        /* APTable[1]: read-only. */
        { 62, S1_EL0, PERM_R | PERM_X, PERM_R | PERM_X },
        /* PXNTable, UXNTable. */
        { 59, S1_EL0 | S1_RO, PERM_R, PERM_R | PERM_X },
        { 60, S1_EL0 | S1_RO, PERM_R | PERM_X, PERM_R },
    };

    for (unsigned level = 1; level < 3; level++) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct tables t = stage1();

            map(&w, &t, 0x1000, DATA_AT, 3, S1_RW | rows[i].attrs);
            uint64_t at = desc_at(&w, &t, 0x1000, level);
            write64(&w, at, read64(&w, at) | BIT(rows[i].bit));
            forget();
            expect_access(1, 0, 0x1000, rows[i].el1, FSC_PERMISSION + 3, false);
            expect_access(0, 0, 0x1000, rows[i].el0, FSC_PERMISSION + 3, false);
        }
    }
}

Test(mmu_perm, stage2_permission_matrix)
{
    static const uint8_t el1_exec[4] = { 1, 0, 0, 1 }, el0_exec[4] = { 1, 1, 0, 0 };

    for (unsigned n = 0; n < 16 * 2; n++) {
        unsigned s2ap = n & 3, xn = n >> 2 & 3;
        bool xnx = n & 16;
        struct tables t = stage2();

        w.c->sr[SR_ID_AA64MMFR1_EL1] = xnx ? 0x10000120 : 0x120;
        map(&w, &t, 0x200000, DATA_AT, 2, ATTR_AF | ATTR(15) | s2ap << 6 | (uint64_t)xn << 53);
        forget();
        unsigned rw = (s2ap & 1 ? PERM_R : 0u) | (s2ap & 2 ? PERM_W : 0u);
        unsigned eff = xnx ? xn : xn & 2;
        expect_access(1, 0, 0x200123, rw | (el1_exec[eff] ? PERM_X : 0u), FSC_PERMISSION + 2, true);
        expect_access(0, 0, 0x200123, rw | (el0_exec[eff] ? PERM_X : 0u), FSC_PERMISSION + 2, true);
    }
}

Test(mmu_perm, attributes_of_both_stages_combine)
{
    static const struct {
        uint8_t s1, memattr, attr;
    } rows[] = {
        { 0xff, 0xf, 0xff }, { 0xff, 0x5, 0x44 }, { 0xff, 0xa, 0xbb }, { 0xff, 0x0, 0x00 },
        { 0xff, 0x3, 0x0c }, { 0x04, 0xf, 0x04 }, { 0x04, 0x0, 0x00 }, { 0x04, 0x3, 0x04 },
        { 0x0c, 0x1, 0x04 }, { 0x44, 0xf, 0x44 }, { 0xbb, 0xf, 0xbb }, { 0xbb, 0x5, 0x44 },
        { 0xf4, 0xf, 0xf4 }, { 0xff, 0x7, 0x4f }, { 0xee, 0xa, 0xaa },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_expect_eq(attr_combine(rows[i].s1, rows[i].memattr), rows[i].attr, "%#x with %#x: %#x",
                     rows[i].s1, rows[i].memattr, attr_combine(rows[i].s1, rows[i].memattr));
    cr_expect_eq(sh_combine(0xff, 3, 0), 3);
    cr_expect_eq(sh_combine(0xff, 0, 2), 2);
    cr_expect_eq(sh_combine(0xff, 0, 0), 0);
    cr_expect_eq(sh_combine(0x04, 0, 0), 2);
    cr_expect_eq(sh_combine(0x44, 3, 0), 2);
}

Test(mmu_perm, el2_has_one_range_and_one_privilege)
{
    struct tables t = tables_new(&w, 12, 39, 1);

    map(&w, &t, 0x1000, DATA_AT, 3, S1_RW | S1_EL0);
    map(&w, &t, 0x2000, DATA_AT, 3, S1_RW | S1_RO | BIT(53)); /* PXN is not for this regime. */
    map(&w, &t, 0x3000, DATA_AT, 3, S1_RW | BIT(54));
    w.c->sr[SR_TTBR0_EL2] = t.base;
    w.c->sr[SR_TCR_EL2] = 25 | UINT64_C(4) << 16;
    w.c->sr[SR_SCTLR_EL2] = BIT(0);
    expect_access(2, HOW_PAN, 0x1000, PERM_ALL, FSC_PERMISSION + 3, false);
    expect_access(2, 0, 0x2000, PERM_R | PERM_X, FSC_PERMISSION + 3, false);
    expect_access(2, 0, 0x3000, PERM_R | PERM_W, FSC_PERMISSION + 3, false);
    w.c->sr[SR_SCTLR_EL2] |= BIT(19);
    expect_access(2, 0, 0x1000, PERM_R | PERM_W, FSC_PERMISSION + 3, false);
    EXPECT_FAULT(&w, 2, MMU_READ, MASK(63, 39) | 0x1000, FSC_TRANSLATION, false);
}

Test(mmu_perm, el2_host_has_two_ranges_and_user_permissions)
{
    struct tables lo = tables_new(&w, 12, 39, 1), hi = tables_new(&w, 12, 39, 1);
    uint64_t high = MASK(63, 39) | 0x2000;

    map(&w, &lo, 0x1000, DATA_AT, 3, S1_RW | S1_EL0);
    map(&w, &hi, 0x2000, DATA_AT + 0x1000, 3, S1_RW);
    w.c->sr[SR_TTBR0_EL2] = lo.base;
    w.c->sr[SR_TTBR1_EL2] = hi.base;
    w.c->sr[SR_TCR_EL2] = 25 | UINT64_C(25) << 16 | tg1_field(12) | UINT64_C(4) << 32;
    w.c->sr[SR_SCTLR_EL2] = BIT(0);
    w.c->sr[SR_HCR_EL2] = BIT(34) | BIT(27); /* E2H, TGE */
    EXPECT_PA(&w, 2, high, DATA_AT + 0x1000);
    EXPECT_PA(&w, 0, 0x1000, DATA_AT);
    EXPECT_FAULT(&w, 0, MMU_READ, high, FSC_PERMISSION + 3, false);
    expect_access(2, HOW_PAN, 0x1000, 0, FSC_PERMISSION + 3, false);
    w.c->sr[SR_HCR_EL2] = BIT(34); /* Without TGE, EL0 is a guest's: EL1&0 with stage 1 off. */
    EXPECT_PA(&w, 0, 0x1000, 0x1000);
    EXPECT_PA(&w, 2, high, DATA_AT + 0x1000);
}
