/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fp_estimate.c
 * Reciprocals: FPRecipEstimate, FPRSqrtEstimate, their steps, FPRecpX, and the integer estimates (DDI 0487,
 * shared/functions/float). An estimate has eight fraction bits whatever the format.
 */
#include "a64/fp_core.h"

/* RecipEstimate: of a/512, 256 <= a < 512, as r/256, 256 <= r < 512. */
static unsigned recip_estimate(unsigned a)
{
    unsigned reciprocal = (1U << 19) / (a * 2 + 1);

    return (reciprocal + 1) / 2;
}

/* RecipSqrtEstimate: of the root of a/512, 128 <= a < 512, as r/256, 256 <= r < 512. */
static unsigned rsqrt_estimate(unsigned a)
{
    unsigned b = 512;

    a = a < 256 ? a * 2 + 1 : (a | 1) * 2;
    while (a * (b + 1) * (b + 1) < 1U << 28)
        b++;
    return (b + 1) / 2;
}

uint32_t fp_unsigned_recip_estimate(uint32_t a)
{
    return a >> 31 ? recip_estimate(a >> 23) << 23 : UINT32_MAX;
}

uint32_t fp_unsigned_rsqrt_estimate(uint32_t a)
{
    return a >> 30 ? rsqrt_estimate(a >> 23) << 23 : UINT32_MAX;
}

static uint64_t pack_estimate(const struct fp_format *f, bool sign, int biased, unsigned estimate)
{
    uint64_t fraction = (uint64_t)(estimate & 0xff) << (f->fbits - 8), leading = UINT64_C(1) << f->fbits;

    if (biased > 0)
        return fp_with_sign(f, sign, (uint64_t)biased << f->fbits | fraction);
    return fp_with_sign(f, sign, (leading | fraction) >> (1 - biased));
}

/* The reciprocal of a number so small overflows, of one so large it is denormal. */
static uint64_t recip(const struct fp_format *f, uint64_t a, uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr);
    int bias = 1 - fp_min_exp(f);

    if (fp_is_nan(&x))
        return fp_nan(f, x.class, a, fpcr, fpsr);
    if (x.class == FP_IS_INFINITY)
        return fp_with_sign(f, x.sign, 0);
    if (x.class == FP_IS_ZERO) {
        *fpsr |= FPSR_DZC;
        return fp_infinity(f, x.sign);
    }
    if (x.exp < fp_min_exp(f) - 2) {
        *fpsr |= FPSR_OFC | FPSR_IXC;
        return fp_away(fp_rounding(fpcr), x.sign) ? fp_infinity(f, x.sign) : fp_max_normal(f, x.sign);
    }
    if (x.exp >= bias - 1 && fpcr & f->flush) {
        *fpsr |= FPSR_UFC;
        return fp_with_sign(f, x.sign, 0);
    }
    return pack_estimate(f, x.sign, bias - 1 - x.exp, recip_estimate((unsigned)(x.sig >> 55)));
}

/* Numbers in pairs of binades: the estimate of the upper one has a scaled fraction of 9 bits, the lower
 * one's 8. */
static uint64_t rsqrt(const struct fp_format *f, uint64_t a, uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr);
    int bias = 1 - fp_min_exp(f);

    if (fp_is_nan(&x))
        return fp_nan(f, x.class, a, fpcr, fpsr);
    if (x.class == FP_IS_ZERO) {
        *fpsr |= FPSR_DZC;
        return fp_infinity(f, x.sign);
    }
    if (x.sign)
        return fp_invalid(f, fpsr);
    if (x.class == FP_IS_INFINITY)
        return 0;
    unsigned scaled = (unsigned)(x.sig >> (x.exp & 1 ? 55 : 56));
    return pack_estimate(f, false, (2 * bias - 1 - x.exp) / 2, rsqrt_estimate(scaled));
}

/* FPRecpX: the exponent inverted, for scaling by about the reciprocal. */
static uint64_t recpx(const struct fp_format *f, uint64_t a, uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr);
    uint64_t top = (UINT64_C(1) << f->ebits) - 1, exp = a >> f->fbits & top;

    if (fp_is_nan(&x))
        return fp_nan(f, x.class, a, fpcr, fpsr);
    return fp_with_sign(f, x.sign, (exp ? ~exp & top : top - 1) << f->fbits);
}

static const struct fp_exact two = { .sig = (fp_u128)1 << 126, .exp = 1 };
static const struct fp_exact three = { .sig = (fp_u128)3 << 125, .exp = 1 };

/*
 * FPRecipStepFused and FPRSqrtStepFused: (minuend - a * b) * 2^scale. The first operand is negated before
 * NaNs are looked at; infinity times zero counts as 0.
 */
static uint64_t step(const struct fp_format *f, uint64_t a, uint64_t b, const struct fp_exact *minuend,
                     int scale, uint64_t fpcr, uint64_t *fpsr)
{
    uint64_t negated = a ^ fp_with_sign(f, true, 0), result;
    struct fp_value x = fp_unpack(f, negated, fpcr, fpsr), y = fp_unpack(f, b, fpcr, fpsr);
    bool infinity = x.class == FP_IS_INFINITY || y.class == FP_IS_INFINITY;
    bool zero = x.class == FP_IS_ZERO || y.class == FP_IS_ZERO;
    struct fp_exact product = { .exp = -FP_EXP_INFINITY };

    if (fp_nans(f, &x, negated, &y, b, fpcr, fpsr, &result))
        return result;
    if (infinity && !zero)
        return fp_infinity(f, x.sign != y.sign);
    if (!infinity)
        product = fp_product(&x, &y);
    return fp_sum(f, *minuend, product, scale, fp_rounding(fpcr), fpcr, fpsr);
}

#define UNARY(N, T, name, function)                                                                        \
    T fp##N##_##name(T a, uint64_t fpcr, uint64_t *fpsr)                                                   \
    {                                                                                                      \
        return (T)function(&fp_format_##N, a, fpcr, fpsr);                                                 \
    }
#define STEP(N, T, name, minuend, scale)                                                                   \
    T fp##N##_##name(T a, T b, uint64_t fpcr, uint64_t *fpsr)                                              \
    {                                                                                                      \
        return (T)step(&fp_format_##N, a, b, minuend, scale, fpcr, fpsr);                                  \
    }
#define RECIPROCALS(N, T)                                                                                  \
    UNARY(N, T, recip_estimate, recip)                                                                     \
    UNARY(N, T, rsqrt_estimate, rsqrt)                                                                     \
    UNARY(N, T, recpx, recpx)                                                                              \
    STEP(N, T, recip_step, &two, 0)                                                                        \
    STEP(N, T, rsqrt_step, &three, -1)

RECIPROCALS(16, uint16_t)
RECIPROCALS(32, uint32_t)
RECIPROCALS(64, uint64_t)
