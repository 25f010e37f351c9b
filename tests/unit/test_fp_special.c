/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_fp_special.c
 * What Arm defines beyond IEEE 754 (DDI 0487, A1.5 and shared/functions/float), case by case: NaNs,
 * flushing, default NaN, alternative half precision, saturation, estimates. A line is a call, its value and
 * its flags.
 */
#include <criterion/criterion.h>

#include "a64/fp.h"

/* `s` in the call is the FPSR, clear before it. */
#define IS(call, value, flags)                                                                             \
    do {                                                                                                   \
        uint64_t s = 0, got = (call);                                                                      \
        cr_expect(got == (value) && s == (flags), "%s: %lx flags %lx", #call, (long)got, (long)s);         \
    } while (0)

/* Single precision. */
#define ONE 0x3f800000
#define TWO 0x40000000
#define THREE 0x40400000
#define INF 0x7f800000
#define DNAN 0x7fc00000
#define QNAN 0x7fc01234
#define QNAN2 0xffc00077
#define SNAN 0x7f800555
#define SNAN2 0xffa00001
#define MIN 0x00800000 /* The smallest normal number, the largest denormal, the smallest. */
#define DEN 0x007fffff
#define TINY 0x00000001
#define MAX 0x7f7fffff
#define NEG(x) ((x) | 0x80000000)
#define QUIET(x) ((x) | 0x00400000)

#define RP (UINT64_C(1) << FPCR_RMODE)
#define RM (UINT64_C(2) << FPCR_RMODE)
#define RZ (UINT64_C(3) << FPCR_RMODE)
#define OX (FPSR_OFC | FPSR_IXC)
#define UX (FPSR_UFC | FPSR_IXC)

Test(fp_special, nans)
{
    IS(fp32_add(QNAN, ONE, 0, &s), QNAN, 0);
    IS(fp32_add(ONE, QNAN2, 0, &s), QNAN2, 0);
    IS(fp32_add(QNAN, QNAN2, 0, &s), QNAN, 0);
    IS(fp32_add(QNAN, SNAN2, 0, &s), QUIET(SNAN2), FPSR_IOC);
    IS(fp32_add(SNAN, SNAN2, 0, &s), QUIET(SNAN), FPSR_IOC);
    IS(fp32_add(SNAN, QNAN2, 0, &s), QUIET(SNAN), FPSR_IOC);
    IS(fp32_add(QNAN2, ONE, FPCR_DN, &s), DNAN, 0);
    IS(fp32_add(SNAN2, ONE, FPCR_DN, &s), DNAN, FPSR_IOC);
    IS(fp32_sub(ONE, QNAN2, 0, &s), QNAN2, 0);
    IS(fp32_sqrt(SNAN2, 0, &s), QUIET(SNAN2), FPSR_IOC);
    IS(fp32_sqrt(QNAN2, FPCR_DN, &s), DNAN, 0);
    IS(fp32_add(QNAN, TINY, FPCR_FZ, &s), QNAN, FPSR_IDC);
    IS(fp16_mul(0x7d01, 0x3c00, 0, &s), 0x7f01, FPSR_IOC);
    IS(fp16_mul(0xfe01, 0x3c00, FPCR_DN, &s), 0x7e00, 0);
    IS(fp64_mul(UINT64_C(0xfff0000000000001), 0, 0, &s), UINT64_C(0xfff8000000000001), FPSR_IOC);
    IS(fp64_mul(UINT64_C(0xfff8000000000001), 0, FPCR_DN, &s), UINT64_C(0x7ff8000000000000), 0);
}

Test(fp_special, invalid_and_zero)
{
    IS(fp32_add(INF, NEG(INF), 0, &s), DNAN, FPSR_IOC);
    IS(fp32_sub(INF, INF, 0, &s), DNAN, FPSR_IOC);
    IS(fp32_sub(INF, NEG(INF), 0, &s), INF, 0);
    IS(fp32_add(ONE, NEG(INF), 0, &s), NEG(INF), 0);
    IS(fp32_mul(INF, NEG(0), 0, &s), DNAN, FPSR_IOC);
    IS(fp32_mulx(INF, NEG(0), 0, &s), NEG(TWO), 0);
    IS(fp32_mulx(0, INF, 0, &s), TWO, 0);
    IS(fp32_mulx(TWO, THREE, 0, &s), 0x40c00000, 0);
    IS(fp16_mulx(0xfc00, 0, 0, &s), 0xc000, 0);
    IS(fp64_mulx(0, UINT64_C(0x7ff0000000000000), 0, &s), UINT64_C(0x4000000000000000), 0);
    IS(fp32_mulx(INF, TINY, FPCR_FZ, &s), TWO, FPSR_IDC);
    IS(fp32_div(0, NEG(0), 0, &s), DNAN, FPSR_IOC);
    IS(fp32_div(INF, INF, 0, &s), DNAN, FPSR_IOC);
    IS(fp32_div(ONE, NEG(0), 0, &s), NEG(INF), FPSR_DZC);
    IS(fp32_div(INF, 0, 0, &s), INF, 0);
    IS(fp32_div(NEG(ONE), INF, 0, &s), NEG(0), 0);
    IS(fp32_div(ONE, TINY, FPCR_FZ, &s), INF, FPSR_DZC | FPSR_IDC);
    IS(fp32_sqrt(NEG(0), 0, &s), NEG(0), 0);
    IS(fp32_sqrt(NEG(ONE), 0, &s), DNAN, FPSR_IOC);
    IS(fp32_sqrt(NEG(TINY), FPCR_FZ, &s), NEG(0), FPSR_IDC);
    IS(fp32_sqrt(NEG(INF), 0, &s), DNAN, FPSR_IOC);
    IS(fp32_sqrt(INF, 0, &s), INF, 0);
    IS(fp32_add(ONE, NEG(ONE), 0, &s), 0, 0);
    IS(fp32_add(ONE, NEG(ONE), RM, &s), NEG(0), 0);
    IS(fp32_add(0, NEG(0), 0, &s), 0, 0);
    IS(fp32_add(0, NEG(0), RM, &s), NEG(0), 0);
    IS(fp32_add(NEG(0), NEG(0), 0, &s), NEG(0), 0);
    IS(fp32_sub(NEG(0), 0, 0, &s), NEG(0), 0);
}

Test(fp_special, flushing)
{
    IS(fp32_add(TINY, ONE, FPCR_FZ, &s), ONE, FPSR_IDC);
    IS(fp32_add(NEG(DEN), NEG(TINY), FPCR_FZ, &s), NEG(0), FPSR_IDC);
    IS(fp32_sub(MIN, MIN + 1, FPCR_FZ, &s), NEG(0), FPSR_UFC);
    IS(fp32_sub(MIN, MIN + 1, 0, &s), NEG(TINY), 0);
    IS(fp32_mul(MIN, 0x3f7fffff, FPCR_FZ, &s), 0, FPSR_UFC); /* Tiny before rounding. */
    IS(fp32_mul(MIN, 0x3f7fffff, 0, &s), MIN, UX);           /* Rounded up to it. */
    IS(fp32_mul(MIN, 0x3f000000, 0, &s), 0x00400000, 0);     /* Exact: no underflow. */
    IS(fp32_mul(TINY, 0x3f000000, 0, &s), 0, UX);
    IS(fp32_mul(TINY, 0x3f000001, 0, &s), TINY, UX);
    IS(fp32_mul(TINY, TINY, RP, &s), TINY, UX);
    IS(fp32_mul(NEG(TINY), TINY, RM, &s), NEG(TINY), UX);
    IS(fp32_mul(NEG(TINY), TINY, RP, &s), NEG(0), UX);
    IS(fp16_add(0x0001, 0x3c00, FPCR_FZ16, &s), 0x3c00, 0); /* Half precision has no IDC. */
    IS(fp16_add(0x0001, 0x0001, FPCR_FZ, &s), 0x0002, 0);
    IS(fp16_sub(0x0400, 0x0401, FPCR_FZ16, &s), 0x8000, FPSR_UFC);
    IS(fp32_add(TINY, TINY, FPCR_FZ16, &s), 2, 0);
    IS(fp64_add(1, 0, FPCR_FZ, &s), 0, FPSR_IDC);
    IS(fp32_min(DEN, NEG(TINY), FPCR_FZ, &s), NEG(0), FPSR_IDC);
    IS(fp32_compare(DEN, NEG(TINY), false, FPCR_FZ, &s), 0x60000000, FPSR_IDC);
    IS(fp32_to_fp64(TINY, FPCR_FZ, &s), 0, FPSR_IDC);
    IS(fp64_to_fp32(UINT64_C(0x3800000000000000), FP_TIEEVEN, FPCR_FZ, &s), 0, FPSR_UFC);
    IS(fp64_to_fp16(UINT64_C(0x3e70000000000000), FPCR_FZ | FPCR_FZ16, &s), 1, 0);
    IS(fp16_to_fp32(1, FPCR_FZ | FPCR_FZ16, &s), 0x33800000, 0);
    IS(fp32_to_fixed(TINY, 0, false, 32, FP_POSINF, FPCR_FZ, &s), 0, FPSR_IDC);
    IS(fp32_to_fixed(TINY, 0, false, 32, FP_POSINF, 0, &s), 1, FPSR_IXC);
    IS(fp32_round_int(NEG(TINY), FP_NEGINF, true, FPCR_FZ, &s), NEG(0), FPSR_IDC);
    IS(fp16_from_fixed(1, 32, 24, false, FP_TIEEVEN, FPCR_FZ16, &s), 0, FPSR_UFC);
}

Test(fp_special, overflow)
{
    IS(fp32_add(MAX, MAX, 0, &s), INF, OX);
    IS(fp32_add(MAX, MAX, RZ, &s), MAX, OX);
    IS(fp32_add(MAX, MAX, RM, &s), MAX, OX);
    IS(fp32_add(NEG(MAX), NEG(MAX), RM, &s), NEG(INF), OX);
    IS(fp32_add(NEG(MAX), NEG(MAX), RP, &s), NEG(MAX), OX);
    IS(fp64_to_fp32(UINT64_C(0x7fe0000000000000), FP_ODD, 0, &s), MAX, OX);
    IS(fp64_to_fp32(UINT64_C(0x3ff0000000000001), FP_ODD, 0, &s), ONE + 1, FPSR_IXC);
    IS(fp64_to_fp32(UINT64_C(0x0000000000000001), FP_ODD, 0, &s), TINY, UX);
    IS(fp16_add(0x7bff, 0x4c00, 0, &s), 0x7c00, OX); /* 65504 + 16 is a tie. */
    IS(fp16_add(0x7bff, 0x4bff, 0, &s), 0x7bff, FPSR_IXC);
}

Test(fp_special, fused)
{
    IS(fp32_muladd(QNAN, INF, 0, 0, &s), DNAN, FPSR_IOC);
    IS(fp32_muladd(QNAN2, ONE, 0, 0, &s), QNAN2, 0);
    IS(fp32_muladd(SNAN, INF, 0, 0, &s), QUIET(SNAN), FPSR_IOC);
    IS(fp32_muladd(QNAN, SNAN2, ONE, 0, &s), QUIET(SNAN2), FPSR_IOC);
    IS(fp32_muladd(QNAN, QNAN2, ONE, 0, &s), QNAN, 0);
    IS(fp32_muladd(ONE, QNAN2, QNAN, 0, &s), QNAN2, 0);
    IS(fp32_muladd(ONE, QNAN2, SNAN, 0, &s), QUIET(SNAN), FPSR_IOC);
    IS(fp32_muladd(QNAN2, ONE, ONE, FPCR_DN, &s), DNAN, 0);
    IS(fp32_muladd(ONE, INF, 0, 0, &s), DNAN, FPSR_IOC);
    IS(fp32_muladd(NEG(INF), INF, ONE, 0, &s), DNAN, FPSR_IOC);
    IS(fp32_muladd(INF, INF, ONE, 0, &s), INF, 0);
    IS(fp32_muladd(NEG(INF), MAX, MAX, 0, &s), NEG(INF), 0);
    IS(fp32_muladd(NEG(ONE), ONE, ONE, RM, &s), NEG(0), 0);
    IS(fp32_muladd(NEG(0), ONE, NEG(0), 0, &s), NEG(0), 0);
    IS(fp32_muladd(0, ONE, NEG(0), 0, &s), 0, 0);
    IS(fp16_muladd_long(QNAN, 0x7c00, 0, 0, &s), DNAN, FPSR_IOC);
    IS(fp16_muladd_long(ONE, 0x7d01, 0x3c00, 0, &s), 0x7fe02000, FPSR_IOC);
    IS(fp16_muladd_long(ONE, 0x3c01, 0x3c01, 0, &s), 0x40002004, 0);
    IS(fp16_muladd_long(ONE, 1, 0x3c00, FPCR_FZ16, &s), ONE, 0);
    IS(fp16_muladd_long(0, 1, 1, FPCR_FZ, &s), 0x27800000, 0);
    IS(fp16_muladd_long(TINY, 0, 1, FPCR_FZ, &s), 0, FPSR_IDC);
}

Test(fp_special, extremes)
{
    IS(fp32_max(QNAN, ONE, 0, &s), QNAN, 0);
    IS(fp32_maxnm(QNAN, ONE, 0, &s), ONE, 0);
    IS(fp32_maxnm(NEG(INF), QNAN, 0, &s), NEG(INF), 0);
    IS(fp32_minnm(QNAN, ONE, FPCR_DN, &s), ONE, 0);
    IS(fp32_minnm(QNAN, QNAN2, 0, &s), QNAN, 0);
    IS(fp32_minnm(QNAN, SNAN2, 0, &s), QUIET(SNAN2), FPSR_IOC);
    IS(fp32_minnm(SNAN, ONE, 0, &s), QUIET(SNAN), FPSR_IOC);
    IS(fp32_minnm(TINY, QNAN, FPCR_FZ, &s), 0, FPSR_IDC);
    IS(fp32_max(NEG(0), 0, 0, &s), 0, 0);
    IS(fp32_min(0, NEG(0), 0, &s), NEG(0), 0);
    IS(fp16_max(0x8000, 0xfc00, 0, &s), 0x8000, 0);
    IS(fp16_min(0x7c00, 0x3c00, 0, &s), 0x3c00, 0);
    IS(fp32_compare(QNAN, ONE, false, 0, &s), 0x30000000, 0);
    IS(fp32_compare(QNAN, ONE, true, 0, &s), 0x30000000, FPSR_IOC);
    IS(fp32_compare(SNAN, ONE, false, 0, &s), 0x30000000, FPSR_IOC);
    IS(fp32_eq(ONE, QNAN, 0, &s), 0, 0);
    IS(fp32_eq(ONE, SNAN, 0, &s), 0, FPSR_IOC);
    IS(fp32_ge(ONE, QNAN, 0, &s), 0, FPSR_IOC);
    IS(fp32_gt(QNAN, ONE, 0, &s), 0, FPSR_IOC);
    IS(fp16_ge(0xbc00, 0xc000, 0, &s), 1, 0);
    IS(fp16_compare(0x8000, 0, true, 0, &s), 0x60000000, 0);
}

Test(fp_special, integers)
{
    IS(fp32_to_fixed(QNAN, 0, false, 32, FP_ZERO, 0, &s), 0, FPSR_IOC);
    IS(fp32_to_fixed(INF, 0, false, 32, FP_ZERO, 0, &s), 0x7fffffff, FPSR_IOC);
    IS(fp32_to_fixed(NEG(INF), 0, false, 32, FP_ZERO, 0, &s), 0x80000000, FPSR_IOC);
    IS(fp32_to_fixed(NEG(ONE), 0, true, 64, FP_ZERO, 0, &s), 0, FPSR_IOC);
    IS(fp32_to_fixed(0xbf000000, 0, true, 64, FP_ZERO, 0, &s), 0, FPSR_IXC);
    IS(fp32_to_fixed(0xcf000000, 0, false, 32, FP_ZERO, 0, &s), 0x80000000, 0);
    IS(fp16_to_fixed(0x7bff, 0, false, 16, FP_ZERO, 0, &s), 0x7fff, FPSR_IOC);
    IS(fp16_to_fixed(0x7bff, 0, true, 16, FP_ZERO, 0, &s), 65504, 0);
    IS(fp16_to_fixed(0xbc00, 15, false, 16, FP_ZERO, 0, &s), 0x8000, 0);
    IS(fp32_round_int(SNAN, FP_ZERO, true, 0, &s), QUIET(SNAN), FPSR_IOC);
    IS(fp32_round_int(INF, FP_ZERO, true, 0, &s), INF, 0);
    IS(fp32_round_int(0x3f000000, FP_TIEAWAY, true, 0, &s), ONE, FPSR_IXC);
    IS(fp32_round_int(0xbf000000, FP_TIEEVEN, false, 0, &s), NEG(0), 0);
    IS(fp16_round_int(0x3e00, FP_TIEEVEN, true, 0, &s), 0x4000, FPSR_IXC);
    IS(fp32_round_int_n(QNAN, FP_ZERO, 32, 0, &s), 0xcf000000, FPSR_IOC);
    IS(fp32_round_int_n(INF, FP_ZERO, 64, 0, &s), 0xdf000000, FPSR_IOC);
    IS(fp64_round_int_n(UINT64_C(0x41e0000000000000), FP_ZERO, 32, 0, &s), UINT64_C(0xc1e0000000000000),
       FPSR_IOC);
    IS(fp64_round_int_n(UINT64_C(0xc1e0000000000000), FP_ZERO, 32, 0, &s), UINT64_C(0xc1e0000000000000), 0);
    IS(fp64_round_int_n(UINT64_C(0x8000000000000001), FP_ZERO, 32, 0, &s), UINT64_C(0x8000000000000000),
       FPSR_IXC);
}

/* A double's bits, the low word of FJCVTZS, its Z and its flags. */
static const struct {
    uint64_t a;
    uint32_t result;
    bool exact;
    uint64_t flags, fpcr;
} javascript[] = {
    { 0x0000000000000000, 0, true, 0, 0 },
    { 0x8000000000000000, 0, false, 0, 0 },
    { 0x0000000000000001, 0, false, FPSR_IXC, 0 },
    { 0x0000000000000001, 0, false, FPSR_IDC, FPCR_FZ },
    { 0x3ff0000000000000, 1, true, 0, 0 },
    { 0xbff8000000000000, 0xffffffff, false, FPSR_IXC, 0 },
    { 0x41e0000000000000, 0x80000000, false, FPSR_IOC, 0 },
    { 0xc1e0000000000000, 0x80000000, true, 0, 0 },
    { 0x41f0000000100000, 1, false, FPSR_IOC, 0 },
    { 0xc1f0000000100000, 0xffffffff, false, FPSR_IOC, 0 },
    { 0x4330000000000001, 1, false, FPSR_IOC, 0 },
    { 0x43e0000000000001, 0x800, false, FPSR_IOC, 0 },
    { 0x7fefffffffffffff, 0, false, FPSR_IOC, 0 },
    { 0x7ff0000000000000, 0, false, FPSR_IOC, 0 },
    { 0xfff8000000000001, 0, false, FPSR_IOC, 0 },
};

Test(fp_special, javascript_integers)
{
    for (size_t i = 0; i < sizeof(javascript) / sizeof(*javascript); i++) {
        uint64_t fpsr = 0;
        bool exact;
        uint32_t got = fp64_to_int32_js(javascript[i].a, &exact, javascript[i].fpcr, &fpsr);
        cr_expect(got == javascript[i].result && exact == javascript[i].exact &&
                      fpsr == javascript[i].flags,
                  "%lx: %x %d %lx", (long)javascript[i].a, got, exact, (long)fpsr);
    }
}

Test(fp_special, formats)
{
    IS(fp32_to_fp16(0x7fffe000, 0, &s), 0x7fff, 0);
    IS(fp32_to_fp16(SNAN, 0, &s), 0x7e00, FPSR_IOC);
    IS(fp32_to_fp64(NEG(SNAN), 0, &s), UINT64_C(0xfff800aaa0000000), FPSR_IOC);
    IS(fp16_to_fp64(0xfd01, 0, &s), UINT64_C(0xfffc040000000000), FPSR_IOC);
    IS(fp16_to_fp32(0xfe01, FPCR_DN, &s), DNAN, 0);
    IS(fp16_to_fp32(0xfe01, FPCR_AHP, &s), 0xc7c02000, 0); /* A number, there. */
    IS(fp32_to_fp16(QNAN2, FPCR_AHP, &s), 0x8000, FPSR_IOC);
    IS(fp32_to_fp16(NEG(INF), FPCR_AHP, &s), 0xffff, FPSR_IOC);
    IS(fp32_to_fp16(0x47ffe000, FPCR_AHP, &s), 0x7fff, 0);
    IS(fp32_to_fp16(0x48000000, FPCR_AHP, &s), 0x7fff, FPSR_IOC);
    IS(fp16_add(0x7c00, 0x3c00, FPCR_AHP, &s), 0x7c00, 0); /* For conversions alone. */
    IS(fp32_to_bf16(0x3f808000, 0, &s), 0x3f80, FPSR_IXC);
    IS(fp32_to_bf16(0x3f818000, 0, &s), 0x3f82, FPSR_IXC);
    IS(fp32_to_bf16(0x3f808000, RP, &s), 0x3f81, FPSR_IXC);
    IS(fp32_to_bf16(MAX, 0, &s), 0x7f80, OX);
    IS(fp32_to_bf16(SNAN, 0, &s), 0x7fc0, FPSR_IOC);
    IS(fp32_to_bf16(DEN, FPCR_FZ, &s), 0, FPSR_IDC);
    IS(fp32_to_bf16(DEN, 0, &s), 0x0080, UX);
    IS(fp32_to_bf16(NEG(INF), 0, &s), 0xff80, 0);
}

Test(fp_special, bfloat16)
{
    IS(bf16_muladd(ONE, 0x4000, 0x4040, 0, &s), 0x40e00000, 0);
    IS(bf16_muladd(ONE, 0x7f80, 0, 0, &s), DNAN, FPSR_IOC);
    cr_expect_eq(bf16_dot(ONE, 0x4000, 0x3f80, 0x4040, 0x4040), 0x41200000); /* 1 + 2*3 + 1*3 */
    cr_expect_eq(bf16_dot(TINY, 0, 0, 0, 0), 0);                             /* Flushes always. */
    cr_expect_eq(bf16_dot(0x2e800000, 0x3f80, 0, 0x3f80, 0), ONE + 1);       /* Rounds to odd. */
    cr_expect_eq(bf16_dot(NEG(ONE), 0x3f80, 0, 0x3f80, 0), 0);
    cr_expect_eq(bf16_dot(0, 0x7f00, 0, 0x7f00, 0), INF); /* Overflows. */
    cr_expect_eq(bf16_dot(QNAN2, 0x3f80, 0, 0x3f80, 0), DNAN);
    cr_expect_eq(bf16_dot(0, 0x7f80, 0x3f80, 0, 0x3f80), DNAN);
    cr_expect_eq(bf16_dot(0, 0x7f80, 0xff80, 0x3f80, 0x3f80), DNAN);
}

Test(fp_special, reciprocal_estimates)
{
    IS(fp32_recip_estimate(ONE, 0, &s), 0x3f7f8000, 0);
    IS(fp32_recip_estimate(THREE, 0, &s), 0x3eaa8000, 0);
    IS(fp32_recip_estimate(NEG(TWO), 0, &s), 0xbeff8000, 0);
    IS(fp32_recip_estimate(NEG(0), 0, &s), NEG(INF), FPSR_DZC);
    IS(fp32_recip_estimate(NEG(INF), 0, &s), NEG(0), 0);
    IS(fp32_recip_estimate(TINY, 0, &s), INF, OX);
    IS(fp32_recip_estimate(NEG(TINY), RP, &s), NEG(MAX), OX);
    IS(fp32_recip_estimate(TINY, RZ, &s), MAX, OX);
    IS(fp32_recip_estimate(TINY, FPCR_FZ, &s), INF, FPSR_DZC | FPSR_IDC);
    IS(fp32_recip_estimate(0x00200000, 0, &s), 0x7f7f8000, 0);
    IS(fp32_recip_estimate(MAX, 0, &s), 0x00200000, 0);
    IS(fp32_recip_estimate(MAX, FPCR_FZ, &s), 0, FPSR_UFC);
    IS(fp32_recip_estimate(0x7e800000, 0, &s), 0x007fc000, 0);
    IS(fp16_recip_estimate(0x3c00, 0, &s), 0x3bfc, 0);
    IS(fp16_recip_estimate(0x0001, 0, &s), 0x7c00, OX);
    IS(fp64_recip_estimate(UINT64_C(0x4008000000000000), 0, &s), UINT64_C(0x3fd5500000000000), 0);
}

Test(fp_special, root_and_exponent_estimates)
{
    IS(fp32_rsqrt_estimate(ONE, 0, &s), 0x3f7f8000, 0);
    IS(fp32_rsqrt_estimate(TWO, 0, &s), 0x3f348000, 0);
    IS(fp32_rsqrt_estimate(0x40800000, 0, &s), 0x3eff8000, 0);
    IS(fp32_rsqrt_estimate(NEG(0), 0, &s), NEG(INF), FPSR_DZC);
    IS(fp32_rsqrt_estimate(NEG(ONE), 0, &s), DNAN, FPSR_IOC);
    IS(fp32_rsqrt_estimate(INF, 0, &s), 0, 0);
    IS(fp32_rsqrt_estimate(TINY, 0, &s), 0x64b48000, 0);
    IS(fp64_rsqrt_estimate(UINT64_C(0x4000000000000000), 0, &s), UINT64_C(0x3fe6900000000000), 0);
    IS(fp32_recpx(THREE, 0, &s), 0x3f800000, 0);
    IS(fp32_recpx(NEG(INF), 0, &s), NEG(0), 0);
    IS(fp32_recpx(NEG(0), 0, &s), 0xff000000, 0);
    IS(fp32_recpx(TINY, FPCR_FZ, &s), 0x7f000000, FPSR_IDC);
    IS(fp32_recpx(SNAN, 0, &s), QUIET(SNAN), FPSR_IOC);
}

Test(fp_special, integer_estimates)
{
    cr_expect_eq(fp_unsigned_recip_estimate(0x80000000), 0xff800000);
    cr_expect_eq(fp_unsigned_recip_estimate(0x7fffffff), 0xffffffff);
    cr_expect_eq(fp_unsigned_recip_estimate(0xffffffff), 0x80000000);
    cr_expect_eq(fp_unsigned_rsqrt_estimate(0x3fffffff), 0xffffffff);
    cr_expect_eq(fp_unsigned_rsqrt_estimate(0x40000000), 0xff800000);
    cr_expect_eq(fp_unsigned_rsqrt_estimate(0xffffffff), 0x80000000);
}

Test(fp_special, steps)
{
    IS(fp32_recip_step(INF, NEG(0), 0, &s), TWO, 0);
    IS(fp32_recip_step(INF, ONE, 0, &s), NEG(INF), 0);
    IS(fp32_recip_step(ONE, ONE, 0, &s), ONE, 0);
    IS(fp32_recip_step(ONE, TWO, 0, &s), 0, 0);
    IS(fp32_recip_step(ONE, TWO, RM, &s), NEG(0), 0);
    IS(fp32_recip_step(QNAN, ONE, 0, &s), NEG(QNAN), 0);
    IS(fp32_recip_step(ONE, QNAN, 0, &s), QNAN, 0);
    IS(fp32_recip_step(ONE, SNAN, FPCR_DN, &s), DNAN, FPSR_IOC);
    IS(fp32_rsqrt_step(INF, 0, 0, &s), 0x3fc00000, 0);
    IS(fp32_rsqrt_step(NEG(INF), ONE, 0, &s), INF, 0);
    IS(fp32_rsqrt_step(ONE, ONE, 0, &s), ONE, 0);
    IS(fp32_rsqrt_step(ONE, THREE, 0, &s), 0, 0);
    IS(fp32_rsqrt_step(MAX, NEG(ONE), 0, &s), 0x7effffff, FPSR_IXC); /* Halved before it is rounded. */
    IS(fp16_recip_step(0x3c00, 0x3c00, 0, &s), 0x3c00, 0);
    IS(fp64_rsqrt_step(0, 0, 0, &s), UINT64_C(0x3ff8000000000000), 0);
}
