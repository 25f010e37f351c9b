/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_tlbi.c
 * Each TLBI against each kind of entry: regime, Security state, VMID, ASID, address, stage; what must go
 * and what must stay.
 */
#include "mmu_util.h"
#include "timing/timing.h"

static struct world w;

static void setup(void)
{
    w = world_new(NULL);
}

static void setup_secure(void)
{
    w = world_new("virt,secure=on");
    w.c->sr[SR_SCR_EL3] = 1;
}

static void teardown(void)
{
    world_free(&w);
}

TestSuite(tlbi, .init = setup, .fini = teardown);

static void tlbi(unsigned op, uint64_t arg)
{
    mmu_tlbi(w.c, op, arg);
}

static uint64_t by_va(uint64_t vaddr, uint64_t asid)
{
    return bits(vaddr, 55, 12) | asid << 48;
}

#define VA UINT64_C(0x5000)
#define OLD_PA DATA_AT
#define NEW_PA (DATA_AT + UINT64_C(0x200000))

/* The PA that a read gets; ~0 for a fault. */
static uint64_t seen(unsigned el, uint64_t vaddr)
{
    return try_access(&w, el, MMU_READ, vaddr) ? w.r.pa.v : ~UINT64_C(0);
}

/* A VM: its own stage 2 (RAM as it is), its own stage 1 with VA mapped to `out`. */
struct vm {
    struct tables s1, s2;
    unsigned vmid, asid;
};

static struct vm vm_new(unsigned vmid, unsigned asid, uint64_t out, uint64_t attrs)
{
    struct vm v = { tables_new(&w, 12, 39, 1), identity_s2(&w), vmid, asid };

    map(&w, &v.s1, VA, out, 3, attrs);
    return v;
}

static void enter(const struct vm *v)
{
    w.c->sr[SR_HCR_EL2] = 0;
    use_s1(&w, &v->s1, v->asid);
    use_s2(&w, &v->s2, v->vmid);
}

/* Every kind of entry, made before each TLBI; what remains is read from stale translations. */
enum kind {
    EL1_ASID7,
    EL1_ASID8,
    EL1_GLOBAL,
    EL1_OTHER_VA,
    EL1_OTHER_VMID,
    EL1_S1_OFF,
    EL2_ONE,
    EL20_ASID7,
    EL20_GLOBAL,
    EL3_ONE,
    S_EL1,
    KINDS
};
#define K(k) (1u << (k))
#define EL1_VM1 (K(EL1_ASID7) | K(EL1_ASID8) | K(EL1_GLOBAL) | K(EL1_OTHER_VA) | K(EL1_S1_OFF))
#define OTHER_VA (VA + UINT64_C(0x7000000))
#define GLOBAL_VA (VA + UINT64_C(0x1000))

static struct tables el_tables[2][KINDS], vm_s2;

static uint64_t kind_va(enum kind k)
{
    if (k == EL1_OTHER_VA)
        return OTHER_VA;
    if (k == EL1_S1_OFF)
        return DATA_AT + 0x400000;
    return k == EL1_GLOBAL || k == EL20_GLOBAL ? GLOBAL_VA : VA;
}

/* Registers under which entries of a kind are made and used, with old or new tables; returns the EL. */
static unsigned use_kind(enum kind k, bool fresh)
{
    const struct tables *t = &el_tables[fresh][k];
    uint64_t tcr = 25 | UINT64_C(4) << 16;

    w.c->sr[SR_SCR_EL3] = k == S_EL1 ? 0 : 1;
    w.c->sr[SR_HCR_EL2] = 0;
    w.c->sr[SR_SCTLR_EL2] = w.c->sr[SR_SCTLR_EL3] = BIT(0);
    use_s2(&w, &vm_s2, k == EL1_OTHER_VMID ? 2 : 1);
    use_s1(&w, t, k == EL1_ASID8 || k == EL1_GLOBAL ? 8 : 7);
    w.c->sr[SR_TTBR0_EL2] = t->base | UINT64_C(7) << 48;
    w.c->sr[SR_TTBR0_EL3] = t->base;
    w.c->sr[SR_TCR_EL2] = w.c->sr[SR_TCR_EL3] = tcr;
    if (k == EL1_S1_OFF)
        w.c->sr[SR_SCTLR_EL1] = 0;
    if (k == EL20_ASID7 || k == EL20_GLOBAL) {
        w.c->sr[SR_HCR_EL2] = BIT(34) | BIT(27);
        w.c->sr[SR_TCR_EL2] = 25 | UINT64_C(25) << 16 | BIT(36) | UINT64_C(4) << 32;
    }
    return k == EL3_ONE ? 3 : k >= EL2_ONE && k <= EL20_GLOBAL ? 2 : 1;
}

static void make_entries(void)
{
    const struct core_translation shape = {
        .tlb_entries = 512, .tlb_ways = 16, .ipa_entries = 64, .ipa_ways = 4
    };

    tlb_free(&w.c->mmu->tlb); /* One with room for all of them in one set. */
    cr_assert(tlb_init(&w.c->mmu->tlb, &shape, 1));
    vm_s2 = identity_s2(&w);
    for (int fresh = 0; fresh < 2; fresh++) {
        for (unsigned k = 0; k < KINDS; k++) {
            uint64_t global = k == EL1_GLOBAL || k == EL20_GLOBAL ? 0 : S1_NG;
            el_tables[fresh][k] = tables_new(&w, 12, 39, 1);
            map(&w, &el_tables[fresh][k], kind_va(k), fresh ? NEW_PA : OLD_PA, 3, S1_RW | global);
        }
    }
    map(&w, &vm_s2, kind_va(EL1_S1_OFF), OLD_PA, 2, S2_RW);
    for (unsigned k = 0; k < KINDS; k++) {
        unsigned el = use_kind(k, false);
        cr_assert_eq(seen(el, kind_va(k)), OLD_PA, "kind %u: %#x", k, w.f.fsc);
    }
    map(&w, &vm_s2, kind_va(EL1_S1_OFF), NEW_PA, 2, S2_RW);
    use_kind(EL1_S1_OFF, false); /* What stage 2 alone remembers would answer after the combined entry. */
    tlbi(SR_TLBI_IPAS2E1, kind_va(EL1_S1_OFF) >> 12);
}

/* Which kinds still translate as the old tables said. */
static unsigned survivors(void)
{
    unsigned set = 0;

    for (unsigned k = 0; k < KINDS; k++) {
        uint64_t got = seen(use_kind(k, true), kind_va(k));
        cr_expect(got == OLD_PA || got == NEW_PA, "kind %u: %#lx", k, got);
        set |= got == OLD_PA ? K(k) : 0;
    }
    return set;
}

struct tlbi_row {
    unsigned op;
    uint64_t arg;
    enum kind at; /* Executed with this kind's registers. */
    uint8_t el;
    unsigned killed;
};

#define ROWS(name, ...)                                                                                    \
    { SR_TLBI_##name, __VA_ARGS__ },                                                                       \
    {                                                                                                      \
        SR_TLBI_##name##IS, __VA_ARGS__                                                                    \
    }
#define EL20 (K(EL20_ASID7) | K(EL20_GLOBAL))

static void check_rows(const struct tlbi_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        setup_secure();
        make_entries();
        use_kind(rows[i].at, true);
        w.c->el = rows[i].el;
        tlbi(rows[i].op, rows[i].arg);
        unsigned left = survivors();
        cr_expect_eq(left, (K(KINDS) - 1) & ~rows[i].killed, "row %zu: killed %#x, wanted %#x", i,
                     (K(KINDS) - 1) & ~left, rows[i].killed);
        teardown();
    }
}

Test(tlbi_matrix, each_tlbi_of_el1_against_each_entry)
{
    const uint64_t va7 = by_va(VA, 7), va8 = by_va(VA, 8), g7 = by_va(GLOBAL_VA, 7);
    const struct tlbi_row rows[] = {
        ROWS(VMALLE1, 0, EL1_ASID7, 1, EL1_VM1),
        ROWS(VMALLE1, 0, EL1_OTHER_VMID, 1, K(EL1_OTHER_VMID)),
        ROWS(VMALLE1, 0, EL1_ASID7, 2, EL1_VM1),
        ROWS(VMALLE1, 0, EL20_ASID7, 2, EL20),
        ROWS(VMALLE1, 0, S_EL1, 1, K(S_EL1)),
        ROWS(VAE1, va7, EL1_ASID8, 1, K(EL1_ASID7)),
        ROWS(VAE1, va8, EL1_ASID7, 1, K(EL1_ASID8)),
        ROWS(VALE1, va7, EL1_ASID7, 2, K(EL1_ASID7)),
        ROWS(VAE1, g7, EL1_ASID7, 1, K(EL1_GLOBAL)),
        ROWS(VAE1, by_va(VA, 9), EL1_ASID7, 1, 0),
        ROWS(VAE1, va7 + 0x40, EL1_ASID7, 1, 0),
        ROWS(VAE1, va7, EL1_OTHER_VMID, 1, K(EL1_OTHER_VMID)),
        ROWS(VAE1, va7, EL20_ASID7, 2, K(EL20_ASID7)),
        ROWS(VALE1, g7, EL20_ASID7, 2, K(EL20_GLOBAL)),
        ROWS(VAE1, va7, S_EL1, 1, K(S_EL1)),
        ROWS(VAAE1, by_va(VA, 0), EL1_ASID7, 1, K(EL1_ASID7) | K(EL1_ASID8)),
        ROWS(VAALE1, by_va(OTHER_VA, 0), EL1_ASID7, 1, K(EL1_OTHER_VA)),
        ROWS(VAAE1, by_va(VA, 0), EL20_ASID7, 2, K(EL20_ASID7)),
        ROWS(VAAE1, by_va(DATA_AT + 0x5ff000, 0), EL1_ASID7, 1, K(EL1_S1_OFF)),
        ROWS(ASIDE1, UINT64_C(7) << 48, EL1_ASID8, 1, K(EL1_ASID7) | K(EL1_OTHER_VA)),
        ROWS(ASIDE1, 0, EL1_ASID7, 1, 0), /* A global entry has no ASID, not ASID 0. */
        ROWS(ASIDE1, UINT64_C(8) << 48, EL1_ASID7, 1, K(EL1_ASID8)),
        ROWS(ASIDE1, UINT64_C(7) << 48, EL20_ASID7, 2, K(EL20_ASID7)),
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

Test(tlbi_matrix, each_tlbi_of_el2_and_el3_against_each_entry)
{
    const uint64_t va7 = by_va(VA, 7);
    const struct tlbi_row rows[] = {
        ROWS(ALLE1, 0, EL1_ASID7, 2, EL1_VM1 | K(EL1_OTHER_VMID)),
        ROWS(ALLE1, 0, EL20_ASID7, 2, EL1_VM1 | K(EL1_OTHER_VMID)),
        ROWS(ALLE1, 0, S_EL1, 3, K(S_EL1)),
        ROWS(VMALLS12E1, 0, EL1_ASID7, 2, EL1_VM1),
        ROWS(VMALLS12E1, 0, EL1_OTHER_VMID, 2, K(EL1_OTHER_VMID)),
        ROWS(IPAS2E1, bits(OLD_PA, 47, 12), EL1_ASID7, 2, 0),
        ROWS(IPAS2LE1, bits(OLD_PA, 47, 12), EL1_ASID7, 2, 0),
        ROWS(ALLE2, 0, EL1_ASID7, 2, K(EL2_ONE)),
        ROWS(ALLE2, 0, EL20_ASID7, 2, EL20),
        ROWS(VAE2, by_va(VA, 3), EL2_ONE, 2, K(EL2_ONE)),
        ROWS(VALE2, va7 + 1, EL2_ONE, 2, 0),
        ROWS(VAE2, va7, EL20_ASID7, 2, K(EL20_ASID7)),
        ROWS(VALE2, by_va(VA, 8), EL20_ASID7, 2, 0),
        ROWS(ALLE3, 0, EL3_ONE, 3, K(EL3_ONE)),
        ROWS(VAE3, by_va(VA, 0), EL3_ONE, 3, K(EL3_ONE)),
        ROWS(VALE3, by_va(OTHER_VA, 0), EL3_ONE, 3, 0),
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

Test(tlbi_matrix, ranges)
{
    const uint64_t tg4k = UINT64_C(1) << 46, asid7 = UINT64_C(7) << 48, from = VA >> 12;
    const struct tlbi_row rows[] = {
        ROWS(RVAE1, asid7 | tg4k | from, EL1_ASID7, 1, K(EL1_ASID7) | K(EL1_GLOBAL)),
        ROWS(RVAE1, asid7 | tg4k | (from - 2), EL1_ASID7, 1, 0), /* 2 pages, up to VA */
        ROWS(RVAE1, asid7 | tg4k | UINT64_C(1) << 39 | (from - 2), EL1_ASID7, 1,
             K(EL1_ASID7) | K(EL1_GLOBAL)),
        ROWS(RVAALE1, tg4k | (from - 1), EL1_ASID7, 1, K(EL1_ASID7) | K(EL1_ASID8)),
        ROWS(RVAAE1, tg4k | UINT64_C(2) << 44 | UINT64_C(15) << 39, EL1_ASID7, 1, EL1_VM1 & ~K(EL1_S1_OFF)),
        ROWS(RVAE1, asid7 | from, EL1_ASID7, 1, 0), /* no granule */
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

Test(tlbi, by_ipa_invalidation_needs_a_vmalle1_after_it)
{
    struct vm a = vm_new(1, 7, DATA_AT + 0x400000, S1_RW);

    enter(&a);
    cr_expect_eq(seen(1, VA), DATA_AT + 0x400000);
    map(&w, &a.s2, DATA_AT + 0x400000, NEW_PA, 2, S2_RW);
    tlbi(SR_TLBI_VMALLE1, 0);
    cr_expect_eq(seen(1, VA), DATA_AT + 0x400000, "stage 2 alone is still cached");
    tlbi(SR_TLBI_IPAS2E1, (DATA_AT + 0x400000) >> 12);
    cr_expect_eq(seen(1, VA), DATA_AT + 0x400000, "the combined entry is still cached");
    tlbi(SR_TLBI_VMALLE1, 0);
    cr_expect_eq(seen(1, VA), NEW_PA);
}

Test(tlbi, by_ipa_invalidation_is_of_the_current_vmid_and_the_address)
{
    struct vm a = vm_new(1, 7, DATA_AT + 0x400000, S1_RW);

    enter(&a);
    seen(1, VA);
    map(&w, &a.s2, DATA_AT + 0x400000, NEW_PA, 2, S2_RW);
    tlbi(SR_TLBI_IPAS2E1IS, (DATA_AT + 0x200000) >> 12);
    w.c->sr[SR_VTTBR_EL2] ^= BIT(50);
    tlbi(SR_TLBI_IPAS2E1IS, (DATA_AT + 0x400000) >> 12);
    w.c->sr[SR_VTTBR_EL2] ^= BIT(50);
    tlbi(SR_TLBI_VMALLE1IS, 0);
    cr_expect_eq(seen(1, VA), DATA_AT + 0x400000);
    tlbi(SR_TLBI_IPAS2LE1IS, (DATA_AT + 0x5ff000) >> 12);
    tlbi(SR_TLBI_VMALLE1IS, 0);
    cr_expect_eq(seen(1, VA), NEW_PA);
}

Test(tlbi, vmalls12e1_takes_stage_2_of_its_vmid_alone)
{
    struct vm a = vm_new(1, 7, DATA_AT + 0x400000, S1_RW);

    enter(&a);
    seen(1, VA);
    map(&w, &a.s2, DATA_AT + 0x400000, NEW_PA, 2, S2_RW);
    w.c->sr[SR_VTTBR_EL2] ^= BIT(50);
    tlbi(SR_TLBI_VMALLS12E1, 0);
    w.c->sr[SR_VTTBR_EL2] ^= BIT(50);
    tlbi(SR_TLBI_VMALLE1, 0);
    cr_expect_eq(seen(1, VA), DATA_AT + 0x400000);
    tlbi(SR_TLBI_VMALLS12E1, 0);
    cr_expect_eq(seen(1, VA), NEW_PA);
}

Test(tlbi, stage_1_of_a_repeated_stage_2_fault_is_cached_and_invalidated)
{
    struct vm a = vm_new(1, 7, BIT(36), S1_RW | S1_NG);
    static const struct {
        unsigned op;
        uint64_t arg;
        bool kills;
    } rows[] = {
        { SR_TLBI_VAE1, VA >> 12 | UINT64_C(7) << 48, true },
        { SR_TLBI_VAE1, VA >> 12 | UINT64_C(8) << 48, false },
        { SR_TLBI_VAAE1, VA >> 12, true },
        { SR_TLBI_VAAE1, (VA >> 12) + 1, false },
        { SR_TLBI_ASIDE1, UINT64_C(7) << 48, true },
        { SR_TLBI_ASIDE1, UINT64_C(8) << 48, false },
        { SR_TLBI_VMALLE1, 0, true },
        { SR_TLBI_VMALLS12E1, 0, true },
        { SR_TLBI_ALLE1, 0, true },
        { SR_TLBI_IPAS2E1, BIT(36) >> 12, false },
        { SR_TLBI_ALLE2, 0, false },
    };

    enter(&a);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        map(&w, &a.s1, VA, BIT(36), 3, S1_RW | S1_NG);
        tlbi(SR_TLBI_ALLE1, 0);
        EXPECT_FAULT(&w, 1, MMU_READ, VA, FSC_TRANSLATION + 1, true);
        uint64_t walked = w.c->ctr[CTR_walk_access];
        EXPECT_FAULT(&w, 1, MMU_READ, VA, FSC_TRANSLATION + 1, true);
        cr_expect_eq(w.c->ctr[CTR_walk_access] - walked, 1, "one stage-2 descriptor");
        map(&w, &a.s1, VA, BIT(37), 3, S1_RW | S1_NG);
        tlbi(rows[i].op, rows[i].arg);
        EXPECT_FAULT(&w, 1, MMU_READ, VA, FSC_TRANSLATION + 1, true);
        cr_expect_eq(w.f.ipa, rows[i].kills ? BIT(37) : BIT(36), "row %zu", i);
    }
}
