/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_simdfp.c
 * Advanced SIMD floating-point that Unicorn 2.0.1 lacks (BFloat16) or does otherwise than the manual, one
 * instruction at a time with small integers, whose results are exact; and which features bring what in. The
 * rest is in diff/test_unicorn.c.
 */
#include "fixture.h"

#include "a64/fp.h"
#include "a64/insn.h"
#include "mmu/access.h"

static avs_machine *m;
static struct pe *c;

static void start(void)
{
    m = fixture_machine("virt,virtualization=off", "cortex-a53");
    c = &m->pe[0];
    c->sr[SR_ID_AA64PFR0_EL1] |= UINT64_C(0x11) << 16;
    c->sr[SR_ID_AA64ISAR1_EL1] |= UINT64_C(1) << 16 | UINT64_C(1) << 44;
    c->fp_trap = 0;
}

static void stop(void)
{
    avs_machine_free(m);
}

/* Executes one instruction, then UDF. */
static void execute(uint32_t insn)
{
    static uint64_t at = FIXTURE_RAM;
    const uint32_t words[] = { insn, 0 };
    const struct op *op;

    at += sizeof(words);
    fixture_code(m, at, words, 2);
    cr_assert(mem_fetch_page(c, at));
    c->pc = at;
    c->acc = 0;
    c->sr[SR_FPSR] = 0;
    op = c->code_ops + (at >> 2) % OPS_PER_PAGE;
    m->dispatcher->run(c, op, op->suffix);
    cr_assert_eq(c->exit, PE_EXIT_EXCEPTION);
    cr_assert_eq(c->pc, at + 4, "0x%08x is not executed", insn);
}

static uint32_t single(int x)
{
    union {
        float f;
        uint32_t bits;
    } u = { .f = (float)x };
    return u.bits;
}

Test(simdfp, bfloat16_products, .init = start, .fini = stop)
{
    static const int n[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, k[8] = { 2, 3, 5, 7, 1, 4, 6, 8 };
    static const struct {
        uint32_t insn;
        int out[4];
    } cases[] = {
        { 0x6e42fc20, { 108, 243, 329, 506 } }, /* bfdot v0.4s, v1.8h, v2.8h */
        { 0x2e42fc20, { 108, 243, 0, 0 } },     /* bfdot v0.2s, v1.4h, v2.4h */
        { 0x4f42f820, { 109, 219, 329, 439 } }, /* bfdot v0.4s, v1.8h, v2.2h[2] */
        { 0x0f42f820, { 109, 219, 0, 0 } },     /* bfdot v0.2s, v1.4h, v2.2h[2] */
        { 0x2ec2fc20, { 102, 215, 305, 442 } }, /* bfmlalb v0.4s, v1.8h, v2.8h */
        { 0x6ec2fc20, { 106, 228, 324, 464 } }, /* bfmlalt v0.4s, v1.8h, v2.8h */
        { 0x0fe2f820, { 106, 218, 330, 442 } }, /* bfmlalb v0.4s, v1.8h, v2.h[6] */
        { 0x4ff2f020, { 114, 228, 342, 456 } }, /* bfmlalt v0.4s, v1.8h, v2.h[3] */
        { 0x6e42ec20, { 151, 259, 419, 535 } }, /* bfmmla v0.4s, v1.8h, v2.8h */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (unsigned e = 0; e < 8; e++) {
            c->v[1].h[e] = (uint16_t)(single(n[e]) >> 16);
            c->v[2].h[e] = (uint16_t)(single(k[e]) >> 16);
        }
        for (unsigned e = 0; e < 4; e++)
            c->v[0].s[e] = single(100 * (int)(e + 1));
        execute(cases[i].insn);
        for (unsigned e = 0; e < 4; e++)
            cr_expect_eq(c->v[0].s[e], single(cases[i].out[e]), "0x%08x: element %u is 0x%08x",
                         cases[i].insn, e, c->v[0].s[e]);
        cr_expect_eq(c->sr[SR_FPSR], 0);
    }
}

/* Ties to even, a negative number, and a signalling NaN, which becomes quiet. */
Test(simdfp, bfloat16_conversions, .init = start, .fini = stop)
{
    static const union vreg in = { .s = { 0x3f808000, 0x3f818000, 0xc0000000, 0x7f800001 } };
    const uint64_t out = UINT64_C(0x7fc0c0003f823f80), old = UINT64_C(0x0123456789abcdef);

    c->v[1] = in;
    c->v[0].d[0] = c->v[0].d[1] = old;
    execute(0x4ea16820); /* bfcvtn2 v0.8h, v1.4s */
    cr_expect_eq(c->v[0].d[0], old);
    cr_expect_eq(c->v[0].d[1], out);
    cr_expect_eq(c->sr[SR_FPSR], FPSR_IOC | FPSR_IXC);
    execute(0x0ea16820); /* bfcvtn v0.4h, v1.4s */
    cr_expect_eq(c->v[0].d[0], out);
    cr_expect_eq(c->v[0].d[1], 0);
    c->v[0].d[1] = old;
    execute(0x1e634020); /* bfcvt h0, s1 */
    cr_expect_eq(c->v[0].d[0], 0x3f80);
    cr_expect_eq(c->v[0].d[1], 0);
    cr_expect_eq(c->sr[SR_FPSR], FPSR_IXC);
}

/* Unicorn takes part of the upper half into FPSR: signalling NaNs there must not be seen. */
Test(simdfp, fcmla_by_element_of_64_bits, .init = start, .fini = stop)
{
    static const union vreg n = { .h = { 0x3c00, 0x4000, 0x3c00, 0x4000, 0x7c01, 0x7c01, 0x7c01, 0x7c01 } };
    static const union vreg k = { .h = { 0, 0, 0x4200, 0x4400 } };

    c->v[0] = (union vreg){ .d = { 0, 1 } };
    c->v[1] = n;
    c->v[2] = k;
    execute(0x2f623020); /* fcmla v0.4h, v1.4h, v2.h[1], #90 */
    cr_expect_eq(c->v[0].d[0], UINT64_C(0x4600c8004600c800));
    cr_expect_eq(c->v[0].d[1], 0);
    cr_expect_eq(c->sr[SR_FPSR], 0);
}

/* Unicorn extends the sign beyond the half. */
Test(simdfp, fcvtzs_of_a_half_clears_the_rest, .init = start, .fini = stop)
{
    c->v[1].d[0] = 0xbc00;
    c->v[0].d[1] = 1;
    execute(0x5f1cfc20); /* fcvtzs h0, h1, #4 */
    cr_expect_eq(c->v[0].d[0], 0xfff0);
    cr_expect_eq(c->v[0].d[1], 0);
}

Test(simdfp, features, .init = start, .fini = stop)
{
    const uint64_t with_halves = c->sr[SR_ID_AA64PFR0_EL1];

    cr_expect(a64_has_feature(c, A64_FEAT_FP16_SIMD));
    cr_expect(a64_has_feature(c, A64_FEAT_FCMA_FP16));
    c->sr[SR_ID_AA64PFR0_EL1] = with_halves & ~(UINT64_C(0xff) << 16);
    cr_expect_not(a64_has_feature(c, A64_FEAT_FP16_SIMD));
    cr_expect_not(a64_has_feature(c, A64_FEAT_FCMA_FP16));
    cr_expect(a64_has_feature(c, A64_FEAT_FCMA));
    c->sr[SR_ID_AA64PFR0_EL1] = with_halves | UINT64_C(0xff) << 16;
    cr_expect_not(a64_has_feature(c, A64_FEAT_FP16_SIMD));
    c->sr[SR_ID_AA64PFR0_EL1] = with_halves;
    c->sr[SR_ID_AA64ISAR1_EL1] &= ~(UINT64_C(0xf) << 16);
    cr_expect_not(a64_has_feature(c, A64_FEAT_FCMA_FP16));
    cr_expect_eq(a64_info(a64_decode(0x4e421420))->feature,
                 A64_FEAT_FP16_SIMD); /* fadd v0.8h, v1.8h, v2.8h */
    cr_expect_eq(a64_info(a64_decode(0x6f7f5841))->feature, A64_FEAT_FCMA_FP16); /* fcmla v1.8h, ... */
    cr_expect_eq(a64_info(a64_decode(0x4e22d420))->feature, A64_FEAT_FP); /* fadd v0.4s, v1.4s, v2.4s */
}
