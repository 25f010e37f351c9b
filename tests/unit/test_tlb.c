/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_tlb.c
 * What the modelled TLB remembers and forgets: tags, stale entries, each TLBI against each kind of entry,
 * sizes, replacement, and the fast-TLB slots that go with an entry.
 */
#include "mmu_util.h"
#include "timing/after.h"
#include "timing/memory.h"

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

TestSuite(tlb, .init = setup, .fini = teardown);
TestSuite(tlb_secure, .init = setup_secure, .fini = teardown);

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

Test(tlb, two_vms_with_one_va_and_asid_never_meet)
{
    struct vm a = vm_new(1, 7, OLD_PA, S1_RW | S1_NG), b = vm_new(2, 7, NEW_PA, S1_RW | S1_NG);
    struct vm g = vm_new(3, 7, NEW_PA + 0x1000, S1_RW); /* global: to its VMID alone */

    for (int round = 0; round < 3; round++) {
        enter(&a);
        cr_expect_eq(seen(1, VA), OLD_PA);
        enter(&b);
        cr_expect_eq(seen(1, VA), NEW_PA);
        enter(&g);
        cr_expect_eq(seen(1, VA), NEW_PA + 0x1000);
    }
    cr_expect_eq(w.c->ctr[CTR_tlb_miss], 3, "later rounds hit");
    cr_expect_eq(w.c->ctr[CTR_tlb_lookup], 9);
}

Test(tlb, sixteen_and_eight_bit_vmids)
{
    struct vm a = vm_new(0x102, 7, OLD_PA, S1_RW), b = vm_new(0x002, 7, NEW_PA, S1_RW);

    enter(&a);
    cr_expect_eq(seen(1, VA), OLD_PA);
    enter(&b);
    cr_expect_eq(seen(1, VA), NEW_PA);
    tlbi(SR_TLBI_ALLE1, 0);
    enter(&a);
    w.c->sr[SR_VTCR_EL2] &= ~BIT(19); /* VS: 8 bits, both are VMID 2 now */
    cr_expect_eq(seen(1, VA), OLD_PA);
    enter(&b);
    w.c->sr[SR_VTCR_EL2] &= ~BIT(19);
    cr_expect_eq(seen(1, VA), OLD_PA);
}

Test(tlb, asids_and_global_entries)
{
    struct vm a = vm_new(1, 7, OLD_PA, S1_RW | S1_NG), b = vm_new(1, 8, NEW_PA, S1_RW | S1_NG);

    map(&w, &a.s1, VA + 0x1000, OLD_PA, 3, S1_RW);
    map(&w, &b.s1, VA + 0x1000, NEW_PA, 3, S1_RW);
    enter(&a);
    cr_expect_eq(seen(1, VA), OLD_PA);
    cr_expect_eq(seen(1, VA + 0x1000), OLD_PA);
    enter(&b);
    cr_expect_eq(seen(1, VA), NEW_PA);
    cr_expect_eq(seen(1, VA + 0x1000), OLD_PA, "a global entry serves every ASID");
    w.c->sr[SR_TTBR1_EL1] = UINT64_C(7) << 48;
    w.c->sr[SR_TCR_EL1] |= BIT(22); /* A1: the ASID is TTBR1's */
    cr_expect_eq(seen(1, VA), OLD_PA);
}

Test(tlb, eight_bit_asids)
{
    struct vm a = vm_new(1, 0x107, OLD_PA, S1_RW | S1_NG), b = vm_new(1, 0x007, NEW_PA, S1_RW | S1_NG);

    enter(&a);
    cr_expect_eq(seen(1, VA), OLD_PA);
    enter(&b);
    cr_expect_eq(seen(1, VA), NEW_PA);
    w.c->sr[SR_TCR_EL1] &= ~BIT(36);
    tlbi(SR_TLBI_ALLE1, 0);
    cr_expect_eq(seen(1, VA), NEW_PA);
    w.c->sr[SR_TTBR0_EL1] = a.s1.base | UINT64_C(0x107) << 48;
    cr_expect_eq(seen(1, VA), NEW_PA, "AS is 0: the upper half of the ASID does not count");
}

Test(tlb, a_missing_tlbi_is_visible)
{
    struct vm a = vm_new(1, 7, OLD_PA, S1_RW | S1_NG);

    enter(&a);
    cr_expect_eq(seen(1, VA), OLD_PA);
    map(&w, &a.s1, VA, NEW_PA, 3, S1_RW | S1_NG);
    cr_expect_eq(seen(1, VA), OLD_PA);
    unmap(&w, &a.s1, VA, 3);
    cr_expect_eq(seen(1, VA), OLD_PA);
    tlbi(SR_TLBI_VAE1, by_va(VA, 7));
    EXPECT_FAULT(&w, 1, MMU_READ, VA, FSC_TRANSLATION + 3, false);
    map(&w, &a.s1, VA, NEW_PA, 3, S1_RW | S1_NG);
    cr_expect_eq(seen(1, VA), NEW_PA, "faults are never cached");
}

Test(tlb, stale_permissions_live_on_and_are_judged_by_the_current_context)
{
    struct vm a = vm_new(1, 7, OLD_PA, S1_RW | S1_RO);

    enter(&a);
    EXPECT_FAULT(&w, 1, MMU_WRITE, VA, FSC_PERMISSION + 3, false);
    map(&w, &a.s1, VA, OLD_PA, 3, S1_RW | S1_EL0);
    EXPECT_FAULT(&w, 1, MMU_WRITE, VA, FSC_PERMISSION + 3, false);
    tlbi(SR_TLBI_VMALLE1, 0);
    cr_expect(try_access(&w, 1, MMU_WRITE, VA));
    uint64_t misses = w.c->ctr[CTR_tlb_miss];
    cr_expect_not(access_how(&w, 1, HOW_PAN, MMU_WRITE, VA));
    cr_expect(try_access(&w, 0, MMU_WRITE, VA));
    w.c->sr[SR_SCTLR_EL1] |= BIT(19);
    cr_expect_not(try_access(&w, 0, MMU_FETCH, VA));
    cr_expect_eq(w.c->ctr[CTR_tlb_miss], misses, "all of these hit");
}

Test(tlb, entries_depend_on_the_stages_that_were_on)
{
    struct vm a = vm_new(1, 7, OLD_PA, S1_RW);

    map(&w, &a.s2, 0, NEW_PA, 2, S2_RW);
    enter(&a);
    cr_expect_eq(seen(1, VA), OLD_PA);
    w.c->sr[SR_SCTLR_EL1] = 0;
    cr_expect_eq(seen(1, VA), NEW_PA + VA);
    w.c->sr[SR_SCTLR_EL1] = 1;
    cr_expect_eq(seen(1, VA), OLD_PA);
    w.c->sr[SR_HCR_EL2] = 0;
    cr_expect_eq(seen(1, VA), OLD_PA);
    cr_expect_eq(w.c->ctr[CTR_tlb_miss], 3);
}

Test(tlb, an_entry_has_the_smaller_of_both_blocks_and_goes_with_the_larger)
{
    struct tables s2 = tables_new(&w, 12, 39, 1), s1 = tables_new(&w, 12, 39, 1);

    map(&w, &s1, 0x40000000, DATA_AT, 2, S1_RW | S1_NG);
    for (uint64_t at = TABLES_AT; at < TABLES_AT + 0x100000; at += 0x1000)
        map(&w, &s2, at, at, 3, S2_RW);
    map(&w, &s2, DATA_AT, OLD_PA, 3, S2_RW);
    map(&w, &s2, DATA_AT + 0x5000, OLD_PA + 0x9000, 3, S2_RW);
    use_s1(&w, &s1, 7);
    use_s2(&w, &s2, 1);
    EXPECT_PA(&w, 1, 0x40000008, OLD_PA + 8);
    EXPECT_PA(&w, 1, 0x40005008, OLD_PA + 0x9008);
    EXPECT_FAULT(&w, 1, MMU_READ, 0x40001008, FSC_TRANSLATION + 3, true);
    map(&w, &s1, 0x40000000, DATA_AT + 0x200000, 2, S1_RW | S1_NG);
    EXPECT_PA(&w, 1, 0x40005008, OLD_PA + 0x9008);
    tlbi(SR_TLBI_VAE1, by_va(0x401ff000, 7)); /* Any address in stage 1's block. */
    EXPECT_FAULT(&w, 1, MMU_READ, 0x40000008, FSC_TRANSLATION + 2, true);
    EXPECT_FAULT(&w, 1, MMU_READ, 0x40005008, FSC_TRANSLATION + 2, true);
}

/* Whether the fast TLB still serves a page. */
static bool fast_has(uint64_t vaddr, uint64_t ctx)
{
    return w.c->dtlb[fast_index(vaddr, ctx)].tag_r == (vaddr | ctx);
}

static void fill_fast(uint64_t vaddr, uint64_t ctx, uint8_t *page)
{
    fast_fill_data(w.c, vaddr, ctx,
                   &(struct fast_page){ .host = page,
                                        .lines = &line_map_all,
                                        .owner = w.r.owner,
                                        .readable = true,
                                        .writable = true,
                                        .unaligned = true });
}

Test(tlb, invalidation_drops_the_fast_slots_of_the_entry)
{
    struct vm a = vm_new(1, 7, OLD_PA, S1_RW | S1_NG);
    uint8_t page[1];

    map(&w, &a.s1, VA + 0x1000, OLD_PA, 3, S1_RW | S1_NG);
    enter(&a);
    for (uint64_t at = VA; at <= VA + 0x1000; at += 0x1000) {
        cr_assert(try_access(&w, 1, MMU_READ, at));
        fill_fast(at, 5, page);
        fast_fill_fetch(w.c, at, 6, NULL, &line_map_all, w.r.owner, false);
        cr_expect(fast_has(at, 5));
    }
    tlbi(SR_TLBI_VAE1, by_va(VA, 8));
    cr_expect(fast_has(VA, 5));
    tlbi(SR_TLBI_VAE1, by_va(VA, 7));
    cr_expect_not(fast_has(VA, 5));
    cr_expect_eq(w.c->itlb[fast_fetch_index(VA, 6)].tag, FAST_NONE);
    cr_expect(fast_has(VA + 0x1000, 5), "another entry's slot stays");
    cr_expect_neq(w.c->itlb[fast_fetch_index(VA + 0x1000, 6)].tag, FAST_NONE);
}

/* A handler that invalidates a translation makes the context walk again (timing/after.h). */
Test(tlb, an_entry_that_left_under_a_handler_is_its_aftermath)
{
    struct tables t = tables_new(&w, 12, 39, 1);
    static struct after a;

    map(&w, &t, VA, OLD_PA, 3, S1_RW);
    map(&w, &t, VA + 0x1000, OLD_PA, 3, S1_RW);
    use_s1(&w, &t, 5);
    w.c->after = &a;
    EXPECT_PA(&w, 1, VA, OLD_PA);
    after_begin(&a);
    tlbi(SR_TLBI_VAE1, by_va(VA, 5));
    a.phase = AFTER_COUNTS;
    EXPECT_PA(&w, 1, VA + 0x1000, OLD_PA);
    cr_expect_eq(a.refills[AFTER_TLB], 0, "a page that was not there");
    EXPECT_PA(&w, 1, VA, OLD_PA);
    EXPECT_PA(&w, 1, VA, OLD_PA);
    cr_expect_eq(a.refills[AFTER_TLB], 1, "%lu", a.refills[AFTER_TLB]);
    w.c->after = NULL;
}

Test(tlb, eviction_drops_the_fast_slots_of_the_victim)
{
    struct vm a = vm_new(1, 7, OLD_PA, S1_RW | S1_NG);
    unsigned ways = w.c->mmu->tlb.main.ways, sets = w.c->mmu->tlb.main.sets, gone = 0;
    uint8_t page[1];

    enter(&a);
    for (uint64_t n = 0; n <= ways; n++) {
        uint64_t at = VA + (n * sets << 12); /* All in one set. */
        map(&w, &a.s1, at, OLD_PA, 3, S1_RW | S1_NG);
        cr_assert(try_access(&w, 1, MMU_READ, at));
        if (n < ways)
            fill_fast(at, n + 1, page);
    }
    for (uint64_t n = 0; n < ways; n++)
        gone += !fast_has(VA + (n * sets << 12), n + 1);
    cr_expect_eq(gone, 1);
    cr_expect_eq(w.c->mmu->tlb.main.live, ways);
}

/* Whether PE 1 still translates by an entry after PE 0, at EL1, executed `op`; the tables have no mapping
 * left. */
static bool second_pe_keeps(struct pe pair[2], struct vm *a, unsigned op, uint64_t hcr)
{
    map(&w, &a->s1, VA, OLD_PA, 3, S1_RW);
    for (unsigned i = 0; i < 2; i++) {
        w.c = &pair[i];
        w.c->el = 1;
        enter(a);
        tlbi(SR_TLBI_ALLE1, 0);
        cr_expect_eq(seen(1, VA), OLD_PA);
    }
    unmap(&w, &a->s1, VA, 3);
    pair[0].sr[SR_HCR_EL2] |= hcr;
    mmu_tlbi(&pair[0], op, 0);
    w.c = &pair[0];
    cr_expect_not(try_access(&w, 1, MMU_READ, VA));
    w.c = &pair[1];
    return try_access(&w, 1, MMU_READ, VA);
}

Test(tlb, broadcast_reaches_every_pe_and_local_forms_do_not)
{
    avs_machine *other = fixture_machine(NULL, NULL); /* Lends its PE: two PEs on one bus. */
    struct pe *own = w.m->pe;
    struct vm a = vm_new(1, 7, OLD_PA, S1_RW);
    static struct pe pair[2];

    pair[0] = w.m->pe[0];
    pair[1] = w.m->pe[0];
    pair[1].mmu = other->pe[0].mmu;
    w.m->pe = pair;
    w.m->pe_count = 2;
    cr_expect(second_pe_keeps(pair, &a, SR_TLBI_VMALLE1, 0));
    cr_expect_not(second_pe_keeps(pair, &a, SR_TLBI_VMALLE1IS, 0));
    cr_expect_not(second_pe_keeps(pair, &a, SR_TLBI_VMALLE1, BIT(9)), "HCR_EL2.FB");
    w.m->pe = w.c = own;
    w.m->pe_count = 1;
    avs_machine_free(other);
}

static bool init_shape(struct tlb *t, unsigned entries, unsigned ways, uint64_t seed)
{
    return tlb_init(t, &(struct core_translation){ .tlb_entries = entries, .tlb_ways = ways }, seed);
}

Test(tlb, arrays_of_any_shape_and_equal_seeds)
{
    struct tlb a, b;

    cr_expect_not(init_shape(&a, 4, 0, 1));
    cr_expect_not(init_shape(&a, 3, 4, 1));
    cr_expect_not(init_shape(&a, 0xfff1, 1, 1));
    cr_assert(init_shape(&a, 50, 5, 9) && init_shape(&b, 50, 5, 9)); /* 10 sets */
    for (uint64_t n = 0; n < 1000; n++) {
        struct tlb_key k = { .addr = n * 7 << 12, .tag = REGIME_EL2 };
        struct tlb_entry body = { .global = true };
        a.main.backs_fast = b.main.backs_fast = false;
        tlb_insert(w.c, &a.main, &k, 12, &body);
        tlb_insert(w.c, &b.main, &k, 12, &body);
        cr_expect_not_null(tlb_lookup(&a.main, &k));
    }
    cr_expect_eq(a.main.live, 50);
    for (uint64_t n = 0; n < 1000; n++) {
        struct tlb_key k = { .addr = n * 7 << 12, .tag = REGIME_EL2 };
        cr_expect_eq(!tlb_lookup(&a.main, &k), !tlb_lookup(&b.main, &k));
    }
    tlb_free(&a);
    tlb_free(&b);
}

Test(tlb_secure, entries_from_non_secure_tables_belong_to_their_asid)
{
    struct tables t = tables_new(&w, 12, 39, 1);

    map(&w, &t, VA, OLD_PA, 3, S1_RW);
    map(&w, &t, VA + 0x200000, OLD_PA, 3, S1_RW);
    uint64_t at = desc_at(&w, &t, VA, 2);
    write64(&w, at, read64(&w, at) | BIT(63)); /* NSTable */
    w.c->sr[SR_SCR_EL3] = 0;
    use_s1(&w, &t, 7);
    seen(1, VA);
    seen(1, VA + 0x200000);
    uint64_t misses = w.c->ctr[CTR_tlb_miss];
    use_s1(&w, &t, 8);
    cr_expect_eq(seen(1, VA + 0x200000), OLD_PA);
    cr_expect_eq(w.c->ctr[CTR_tlb_miss] - misses, 0, "global");
    cr_expect_eq(seen(1, VA), OLD_PA);
    cr_expect_eq(w.c->ctr[CTR_tlb_miss] - misses, 1, "treated as not global");
}
