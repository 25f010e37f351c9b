/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fp_mixed.c
 * Narrow factors and a single-precision sum: FPMulAddH of FEAT_FHM, BFMulAddH and BFDotAdd of FEAT_BF16
 * (DDI 0487, shared/functions/float). FEAT_EBF16 is not here.
 */
#include "a64/fp_core.h"

/* A half as a single of the same value. A NaN stays signalling and keeps what FPConvertNaN would keep. */
static uint32_t widen(uint16_t a, uint64_t fpcr)
{
    uint64_t fpsr = 0;
    struct fp_value x = fp_unpack(&fp_format_16, a, fpcr, &fpsr);

    if (fp_is_nan(&x))
        return (uint32_t)fp_infinity(&fp_format_32, x.sign) | (uint32_t)(a & 0x3ff) << 13;
    if (x.class != FP_IS_NONZERO)
        return (uint32_t)(x.class == FP_IS_ZERO ? fp_with_sign(&fp_format_32, x.sign, 0)
                                                : fp_infinity(&fp_format_32, x.sign));
    return (uint32_t)fp_round(&fp_format_32, x.sign, x.exp, x.sig, FP_ZERO, 0, &fpsr);
}

/* Every half is a zero or a normal single, so that single's FZ flushes the addend and the sum alone. */
uint32_t fp16_muladd_long(uint32_t addend, uint16_t a, uint16_t b, uint64_t fpcr, uint64_t *fpsr)
{
    return fp32_muladd(addend, widen(a, fpcr), widen(b, fpcr), fpcr, fpsr);
}

uint32_t bf16_muladd(uint32_t addend, uint16_t a, uint16_t b, uint64_t fpcr, uint64_t *fpsr)
{
    return fp32_muladd(addend, (uint32_t)a << 16, (uint32_t)b << 16, fpcr, fpsr);
}

/* BFMulH and BFAdd flush always, keep no NaN, round to odd but overflow to infinity, and set no flags. */
#define DOT_FPCR (FPCR_FZ | FPCR_DN)

static uint32_t dot_overflow(uint64_t result, uint64_t fpsr)
{
    return (uint32_t)(fpsr & FPSR_OFC ? result + 1 : result);
}

static uint32_t dot_mul(uint16_t a, uint16_t b)
{
    const struct fp_format *f = &fp_format_32;
    uint64_t fpsr = 0;
    struct fp_value x = fp_unpack(f, (uint64_t)a << 16, DOT_FPCR, &fpsr);
    struct fp_value y = fp_unpack(f, (uint64_t)b << 16, DOT_FPCR, &fpsr);

    if (x.class != FP_IS_NONZERO || y.class != FP_IS_NONZERO)
        return fp32_mul((uint32_t)a << 16, (uint32_t)b << 16, DOT_FPCR, &fpsr);
    struct fp_exact p = fp_product(&x, &y);
    uint64_t result = fp_round(f, p.sign, p.exp, fp_jam(p.sig << 1), FP_ODD, DOT_FPCR, &fpsr);
    return dot_overflow(result, fpsr);
}

static uint32_t dot_add(uint32_t a, uint32_t b)
{
    const struct fp_format *f = &fp_format_32;
    uint64_t fpsr = 0;
    struct fp_value x = fp_unpack(f, a, DOT_FPCR, &fpsr), y = fp_unpack(f, b, DOT_FPCR, &fpsr);

    if (x.class > FP_IS_NONZERO || y.class > FP_IS_NONZERO)
        return fp32_add(a, b, DOT_FPCR, &fpsr);
    uint64_t result = fp_sum(f, fp_exact(&x), fp_exact(&y), 0, FP_ODD, DOT_FPCR, &fpsr);
    return dot_overflow(result, fpsr);
}

uint32_t bf16_dot(uint32_t addend, uint16_t a0, uint16_t a1, uint16_t b0, uint16_t b1)
{
    return dot_add(addend, dot_add(dot_mul(a0, b0), dot_mul(a1, b1)));
}
