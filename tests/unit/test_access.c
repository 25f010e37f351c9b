/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_access.c
 * Data accesses beside and behind the fast TLB: misaligned ones in every translation context, across pages,
 * with alignment checking, to Device memory; and contexts that come back.
 */
#include "a64/op.h"
#include "arch/exception.h"
#include "core/run.h"
#include "mmu/access.h"
#include "mmu_util.h"

#define VA UINT64_C(0x40000000)
#define CODE_VA UINT64_C(0x41000000)
#define LDR_X0_X1 0xf9400020u

static struct world w;

static void setup(void)
{
    w = world_new(NULL);
    cr_assert(
        mem_fetch_page(w.c, FIXTURE_RAM)); /* What a load or store is noted for is looked up at its pc. */
}

static void teardown(void)
{
    world_free(&w);
}

TestSuite(access, .init = setup, .fini = teardown);

/* Two pages side by side in VA whose PAs are apart, and code, under an ASID. */
static struct tables two_pages(void)
{
    struct tables t = tables_new(&w, 12, 39, 1);

    map(&w, &t, VA, DATA_AT, 3, S1_RW | S1_NG);
    map(&w, &t, VA + 0x1000, DATA_AT + 0x5000, 3, S1_RW | S1_NG);
    map(&w, &t, CODE_VA, FIXTURE_RAM, 3, S1_RW | S1_NG);
    return t;
}

static void use(const struct tables *t, unsigned asid)
{
    use_s1(&w, t, asid);
    mmu_context_changed(w.c);
    pe_set_el(w.c, 1, 1);
}

static uint64_t load_by_engine(uint64_t from)
{
    w.c->x[1] = from;
    w.c->pc = CODE_VA;
    pe_step(w.c);
    return w.c->x[0];
}

/* The numbers of contexts are part of what an access compares: no number may make a misaligned access look
 * like an aligned one, in particular not across the page's end. */
Test(access, misaligned_across_pages_in_many_contexts)
{
    static const uint32_t ldr = LDR_X0_X1;
    struct tables t = two_pages();

    fixture_code(w.m, FIXTURE_RAM, &ldr, 1);
    write64(&w, DATA_AT + 0xff8, 0x1111111111111111);
    write64(&w, DATA_AT + 0x5000, 0x2222222222222222);
    write64(&w, DATA_AT + 0x1000, 0xdeaddeaddeaddead);
    for (unsigned asid = 1; asid < 200; asid++) {
        use(&t, asid);
        cr_assert_eq(load_by_engine(VA + 0xff8), 0x1111111111111111, "ASID %u: aligned", asid);
        cr_assert_eq(load_by_engine(VA + 0xffc), 0x2222222211111111, "ASID %u: %#lx", asid, w.c->x[0]);
        cr_assert_eq(load_by_engine(VA + 0xff9), 0x2211111111111111, "ASID %u: %#lx", asid, w.c->x[0]);
        cr_assert_eq(load_by_engine(VA + 0xfff), 0x2222222222222211, "ASID %u: %#lx", asid, w.c->x[0]);
    }
}

Test(access, alignment_checking_faults_in_many_contexts)
{
    static const uint32_t ldr = LDR_X0_X1;
    struct tables t = two_pages();

    fixture_code(w.m, FIXTURE_RAM, &ldr, 1);
    for (unsigned asid = 1; asid < 200; asid++) {
        use(&t, asid);
        w.c->sr[SR_SCTLR_EL1] |= BIT(1); /* A */
        mmu_context_changed(w.c);
        mmu_select(w.c);
        load_by_engine(VA + 8);
        cr_assert_eq(w.c->pc, CODE_VA + 4, "ASID %u: aligned", asid);
        for (unsigned off = 1; off < 8; off++) {
            w.c->sr[SR_ESR_EL1] = 0;
            load_by_engine(VA + off);
            cr_assert_eq(w.c->sr[SR_ESR_EL1] & 0x3f, FSC_ALIGNMENT, "ASID %u, offset %u", asid, off);
        }
    }
}

Test(access, misaligned_to_device_memory_faults)
{
    struct tables t = two_pages();
    uint64_t v;

    map(&w, &t, VA + 0x2000, DATA_AT, 3, S1_RW | ATTR(1)); /* RAM as Device-nGnRnE */
    use(&t, 1);
    cr_assert(mem_fetch_page(w.c, CODE_VA)); /* A fault's syndrome looks at the instruction. */
    cr_expect(mem_read(w.c, VA + 0x2008, 8, 0, &v));
    cr_expect(mem_read(w.c, VA + 0x2008, 8, 0, &v), "again, by the fast TLB");
    cr_expect_not(mem_read(w.c, VA + 0x2004, 8, 0, &v));
    cr_expect_eq(w.c->exc.iss & 0x3f, FSC_ALIGNMENT);
}

/* A switch away and back finds the context's number, and with it its slots, again. */
Test(access, a_context_that_comes_back_has_its_slots)
{
    struct tables t = two_pages();
    uint64_t v, misses, first;

    use(&t, 1);
    first = w.c->dctx;
    cr_assert(mem_read(w.c, VA, 8, 0, &v));
    use(&t, 2);
    cr_expect_neq(w.c->dctx, first);
    use(&t, 1);
    cr_expect_eq(w.c->dctx, first);
    misses = w.c->ctr[CTR_tlb_lookup];
    cr_assert(mem_read(w.c, VA, 8, 0, &v));
    cr_expect_eq(w.c->ctr[CTR_tlb_lookup], misses, "the fast TLB served it");
}

/* More contexts than numbers: all are forgotten, none is confused. */
Test(access, more_contexts_than_numbers)
{
    struct tables t[3];
    uint64_t v;

    for (unsigned i = 0; i < 3; i++) {
        t[i] = tables_new(&w, 12, 39, 1);
        map(&w, &t[i], VA, DATA_AT + 0x1000 * i, 3, S1_RW | S1_NG);
        write64(&w, DATA_AT + 0x1000 * i, i);
    }
    for (unsigned n = 0; n < 1000; n++) {
        use(&t[n % 3], 1 + n);
        cr_assert(mem_read(w.c, VA, 8, 0, &v));
        cr_assert_eq(v, n % 3, "switch %u read %lu", n, v);
    }
}
