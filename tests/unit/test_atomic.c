/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_atomic.c
 * What Unicorn cannot judge of FEAT_LSE and of structure loads and stores: minima and maxima of narrow
 * elements, faults of atomics, faults part-way through a structure.
 */
#include "a64/op.h"
#include "arch/exception.h"
#include "core/run.h"
#include "mmu_util.h"

#define VA UINT64_C(0x40000000)
#define RO_VA UINT64_C(0x40002000)
#define CODE_VA UINT64_C(0x41000000)
#define ESR_WNR BIT(6)

enum {
    LDADDAL_64 = 0xf8e10060, /* ldaddal x1, x0, [x3] */
    CASPAL_64 = 0x4860fc64,  /* caspal x0, x1, x4, x5, [x3] */
    LD4_4H = 0x0cdf0460,     /* ld4 {v0.4h-v3.4h}, [x3], #32 */
};

static struct world w;

/* VA and RO_VA are mapped, what follows them is not. */
static void setup(void)
{
    struct tables t;

    w = world_new(NULL);
    t = tables_new(&w, 12, 39, 1);
    map(&w, &t, VA, DATA_AT, 3, S1_RW | S1_NG);
    map(&w, &t, RO_VA, DATA_AT, 3, S1_RW | S1_NG | S1_RO);
    map(&w, &t, CODE_VA, FIXTURE_RAM, 3, S1_RW | S1_NG);
    use_s1(&w, &t, 1);
    mmu_context_changed(w.c);
    w.c->sr[SR_CPACR_EL1] = UINT64_C(3) << 20;
    pe_set_el(w.c, 1, 1);
    w.c->sr[SR_ID_AA64ISAR0_EL1] |= UINT64_C(2) << 20; /* FEAT_LSE */
}

static void teardown(void)
{
    world_free(&w);
}

TestSuite(atomic, .init = setup, .fini = teardown);

/* Each instruction has words of its own: it, and one that ends its block. */
static uint64_t step(uint32_t insn, uint64_t address)
{
    static uint64_t at;

    at = (at + 8) & 0xfff;
    fixture_code(w.m, FIXTURE_RAM + at, &insn, 1);
    w.c->x[3] = address;
    w.c->pc = CODE_VA + at;
    pe_step(w.c);
    return CODE_VA + at + 4;
}

/* In memory 0x807fff0180ff7f80, the operand 0x017f807f7fff807f: elements on both sides of the sign. */
Test(atomic, narrow_minima_and_maxima)
{
    static const struct {
        uint32_t insn;
        uint64_t old, left;
    } cases[] = {
        { 0x38214062, 0x80, 0x7f },             /* ldsmaxb w1, w2, [x3] */
        { 0x38215062, 0x80, 0x80 },             /* ldsminb */
        { 0x38216062, 0x80, 0x80 },             /* ldumaxb */
        { 0x38217062, 0x80, 0x7f },             /* lduminb */
        { 0x78214062, 0x7f80, 0x7f80 },         /* ldsmaxh */
        { 0x78215062, 0x7f80, 0x807f },         /* ldsminh */
        { 0x78216062, 0x7f80, 0x807f },         /* ldumaxh */
        { 0x78217062, 0x7f80, 0x7f80 },         /* lduminh */
        { 0xb8214062, 0x80ff7f80, 0x7fff807f }, /* ldsmax */
        { 0xb8215062, 0x80ff7f80, 0x80ff7f80 }, /* ldsmin */
        { 0xb8216062, 0x80ff7f80, 0x80ff7f80 }, /* ldumax */
        { 0xb8217062, 0x80ff7f80, 0x7fff807f }, /* ldumin */
    };

    w.c->x[1] = 0x017f807f7fff807f;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t mask = cases[i].insn >> 30 == 2 ? UINT32_MAX
                        : cases[i].insn >> 30    ? UINT16_MAX
                                                 : UINT8_MAX;
        const uint64_t before = 0x807fff0180ff7f80;

        write64(&w, DATA_AT, before);
        uint64_t next = step(cases[i].insn, VA);
        cr_expect_eq(w.c->pc, next);
        cr_expect_eq(w.c->x[2], cases[i].old, "0x%08x read 0x%lx", cases[i].insn, w.c->x[2]);
        cr_expect_eq(read64(&w, DATA_AT), (before & ~mask) | cases[i].left, "0x%08x left 0x%lx",
                     cases[i].insn, read64(&w, DATA_AT));
    }
}

/* FEAT_LOR: LDLAR and STLLR of each size, which Unicorn lacks. */
Test(atomic, limited_ordering)
{
    static const uint32_t load_byte = 0x08df7c62, store_byte = 0x089f7c61; /* ldlarb w2, stllrb w1, [x3] */
    const uint64_t old = 0x8182838485868788, new = 0x1112131415161718;

    w.c->sr[SR_ID_AA64MMFR1_EL1] |= BIT(16);
    w.c->x[1] = new;
    for (unsigned size = 0; size < 4; size++) {
        const uint64_t mask = size == 3 ? UINT64_MAX : BIT(8u << size) - 1;
        uint64_t next;

        write64(&w, DATA_AT, old);
        w.c->x[2] = UINT64_MAX;
        next = step(load_byte | size << 30, VA);
        cr_expect_eq(w.c->pc, next);
        cr_expect_eq(w.c->x[2], old & mask, "load of %u bytes: 0x%lx", 1u << size, w.c->x[2]);
        next = step(store_byte | size << 30, VA);
        cr_expect_eq(w.c->pc, next);
        cr_expect_eq(read64(&w, DATA_AT), (old & ~mask) | (new &mask), "store of %u bytes: 0x%lx",
                     1u << size, read64(&w, DATA_AT));
    }
    w.c->sr[SR_ESR_EL1] = 0;
    step(store_byte | 2u << 30, VA + 2);
    cr_expect_eq(w.c->sr[SR_ESR_EL1] & 0x3f, FSC_ALIGNMENT, "STLLR is aligned, as STLR is");
    w.c->sr[SR_ID_AA64MMFR1_EL1] &= ~MASK(19, 16);
    w.c->sr[SR_ESR_EL1] = 0;
    step(load_byte, VA);
    cr_expect_eq(w.c->sr[SR_ESR_EL1] >> 26, 0, "UNDEFINED without FEAT_LOR");
    cr_expect_neq(w.c->sr[SR_ESR_EL1], 0);
}

static void expect_abort(uint32_t insn, uint64_t address, unsigned fsc, bool write)
{
    w.c->sr[SR_ESR_EL1] = 0;
    w.c->x[0] = 7;
    step(insn, address);
    cr_expect_eq(w.c->sr[SR_ESR_EL1] >> 26, 0x25, "0x%08x at 0x%lx", insn, address);
    cr_expect_eq(w.c->sr[SR_ESR_EL1] & 0x3f, fsc, "0x%08x: ESR 0x%lx", insn, w.c->sr[SR_ESR_EL1]);
    cr_expect_eq(!!(w.c->sr[SR_ESR_EL1] & ESR_WNR), write, "0x%08x: ESR 0x%lx", insn, w.c->sr[SR_ESR_EL1]);
    cr_expect_eq(w.c->sr[SR_FAR_EL1], address);
    cr_expect_eq(w.c->x[0], 7);
}

/* Without FEAT_LSE2 atomics are aligned. They need permission to write, even a CAS that would not; WnR is 0
 * when a load would have faulted too (ISS encoding for Data Aborts). */
Test(atomic, faults)
{
    expect_abort(LDADDAL_64, VA + 4, FSC_ALIGNMENT, true);
    expect_abort(CASPAL_64, VA + 8, FSC_ALIGNMENT, true);
    expect_abort(LDADDAL_64, VA + 0x1000, 7, false);
    expect_abort(LDADDAL_64, RO_VA, 15, true);
    expect_abort(CASPAL_64, RO_VA, 15, true);
}

/* LD4 across the end of what is mapped: the fault is the second page's first element's, and nothing has
 * changed; then the same inside. */
Test(atomic, structure_load_faults_part_way)
{
    for (unsigned i = 0; i < 4; i++)
        w.c->v[i] = (union vreg){ .d = { i, ~(uint64_t)i } };
    step(LD4_4H, VA + 0xff0);
    cr_expect_eq(w.c->sr[SR_ESR_EL1] & 0x3f, 7);
    cr_expect_eq(w.c->sr[SR_FAR_EL1], VA + 0x1000);
    cr_expect_eq(w.c->x[3], VA + 0xff0, "no writeback");
    for (unsigned i = 0; i < 4; i++)
        cr_expect(w.c->v[i].d[0] == i && w.c->v[i].d[1] == ~(uint64_t)i, "v%u", i);
    write64(&w, DATA_AT + 0xfe0, 0x0004000300020001);
    step(LD4_4H, VA + 0xfe0);
    cr_expect_eq(w.c->x[3], VA + 0x1000);
    for (unsigned i = 0; i < 4; i++)
        cr_expect(w.c->v[i].h[0] == i + 1 && w.c->v[i].d[1] == 0, "v%u", i);
}
