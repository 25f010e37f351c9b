/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fp_convert.c
 * Between formats, integers and fixed-point numbers: FPConvert, FPRoundInt, FPRoundIntN, FPToFixed,
 * FPToFixedJS, FixedToFP (DDI 0487, shared/functions/float), FPConvertBF of FEAT_BF16.
 */
#include "a64/fp_core.h"
#include "a64/fp_fast.h"

/* The magnitude of a number times 2^fbits, rounded to an integer: its low 64 bits and whether there are
 * more. */
struct integral {
    uint64_t magnitude;
    bool inexact, huge;
};

static struct integral round_to_integral(const struct fp_value *x, int fbits, enum fp_rounding r)
{
    int shift = 63 - x->exp - fbits;

    if (x->class == FP_IS_ZERO || fp_is_nan(x))
        return (struct integral){ 0 };
    if (x->class == FP_IS_INFINITY || shift <= -64)
        return (struct integral){ .huge = true };
    if (shift <= 0)
        return (struct integral){ .magnitude = x->sig << -shift, .huge = shift < 0 };
    uint64_t whole = shift < 64 ? x->sig >> shift : 0;
    uint64_t rest = shift < 64 ? x->sig << (64 - shift) : shift == 64 ? x->sig : 1;
    return (struct integral){ .magnitude = whole + fp_round_up(r, x->sign, whole & 1, rest),
                              .inexact = rest != 0 };
}

/* magnitude * 2^-fbits in the format. */
static uint64_t from_magnitude(const struct fp_format *f, bool sign, uint64_t magnitude, int fbits,
                               enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr)
{
    if (!magnitude)
        return fp_with_sign(f, sign, 0);
    int zeros = __builtin_clzll(magnitude);
    return fp_round(f, sign, 63 - zeros - fbits, magnitude << zeros, r, fpcr, fpsr);
}

static uint64_t round_int(const struct fp_format *f, uint64_t a, enum fp_rounding r, bool exact,
                          uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr);

    if (fp_is_nan(&x))
        return fp_nan(f, x.class, a, fpcr, fpsr);
    if (x.exp >= (int)f->fbits)
        return a;
    struct integral i = round_to_integral(&x, 0, r);
    if (i.inexact && exact)
        *fpsr |= FPSR_IXC;
    return from_magnitude(f, x.sign, i.magnitude, 0, FP_ZERO, fpcr, fpsr);
}

/* What does not fit, infinities and NaNs give the most negative integer. */
static uint64_t round_int_n(const struct fp_format *f, uint64_t a, enum fp_rounding r, unsigned bits,
                            uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr);
    struct integral i = round_to_integral(&x, 0, r);
    uint64_t limit = UINT64_C(1) << (bits - 1);

    if (fp_is_nan(&x) || i.huge || i.magnitude > limit - !x.sign) {
        *fpsr |= FPSR_IOC;
        return from_magnitude(f, true, limit, 0, FP_ZERO, fpcr, fpsr);
    }
    *fpsr |= i.inexact ? FPSR_IXC : 0;
    return from_magnitude(f, x.sign, i.magnitude, 0, FP_ZERO, fpcr, fpsr);
}

/* Saturated as SatQ does; a NaN is 0. */
uint64_t fp_soft_to_fixed(const struct fp_format *f, uint64_t a, unsigned fbits, bool is_unsigned,
                          unsigned bits, enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr);
    struct integral i = round_to_integral(&x, (int)fbits, r);
    uint64_t ones = UINT64_MAX >> (64 - bits);
    uint64_t limit = is_unsigned ? x.sign ? 0 : ones : (ones >> 1) + x.sign;

    if (fp_is_nan(&x) || i.huge || i.magnitude > limit) {
        *fpsr |= FPSR_IOC;
        return fp_is_nan(&x) ? 0 : limit;
    }
    *fpsr |= i.inexact ? FPSR_IXC : 0;
    return (x.sign ? 0 - i.magnitude : i.magnitude) & ones;
}

uint64_t fp_soft_from_fixed(const struct fp_format *f, uint64_t a, unsigned bits, unsigned fbits,
                            bool is_unsigned, enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr)
{
    uint64_t ones = UINT64_MAX >> (64 - bits);
    bool sign = !is_unsigned && a >> (bits - 1) & 1;
    uint64_t magnitude = (sign ? 0 - a : a) & ones;

    return from_magnitude(f, sign, magnitude, (int)fbits, r, fpcr, fpsr);
}

/* The host converts what fp_fast.h allows. Half precision is not among its types. */
#define FAST_TO(N)                                                                                         \
    uint64_t whole;                                                                                        \
    if (fbits == 0 && r == FP_ZERO && fp_fast_to_integer##N(a, is_unsigned, bits, fpcr, fpsr, &whole))     \
        return whole;
#define FAST_FROM(N, T)                                                                                    \
    T real;                                                                                                \
    if (fbits == 0 && fp_fast_from_integer##N(a, bits, is_unsigned, &real))                                \
        return real;
#define SLOW_TO(N)
#define SLOW_FROM(N, T)

#define INTEGERS(N, T, TRY)                                                                                \
    T fp##N##_round_int(T a, enum fp_rounding r, bool exact, uint64_t fpcr, uint64_t *fpsr)                \
    {                                                                                                      \
        return (T)round_int(&fp_format_##N, a, r, exact, fpcr, fpsr);                                      \
    }                                                                                                      \
    uint64_t fp##N##_to_fixed(T a, unsigned fbits, bool is_unsigned, unsigned bits, enum fp_rounding r,    \
                              uint64_t fpcr, uint64_t *fpsr)                                               \
    {                                                                                                      \
        TRY##_TO(N) return fp_soft_to_fixed(&fp_format_##N, a, fbits, is_unsigned, bits, r, fpcr, fpsr);   \
    }                                                                                                      \
    T fp##N##_from_fixed(uint64_t a, unsigned bits, unsigned fbits, bool is_unsigned, enum fp_rounding r,  \
                         uint64_t fpcr, uint64_t *fpsr)                                                    \
    {                                                                                                      \
        TRY##_FROM(N, T) return (T)fp_soft_from_fixed(&fp_format_##N, a, bits, fbits, is_unsigned, r,      \
                                                      fpcr, fpsr);                                         \
    }
INTEGERS(16, uint16_t, SLOW)
INTEGERS(32, uint32_t, FAST)
INTEGERS(64, uint64_t, FAST)

uint32_t fp32_round_int_n(uint32_t a, enum fp_rounding r, unsigned bits, uint64_t fpcr, uint64_t *fpsr)
{
    return (uint32_t)round_int_n(&fp_format_32, a, r, bits, fpcr, fpsr);
}

uint64_t fp64_round_int_n(uint64_t a, enum fp_rounding r, unsigned bits, uint64_t fpcr, uint64_t *fpsr)
{
    return round_int_n(&fp_format_64, a, r, bits, fpcr, fpsr);
}

uint32_t fp64_to_int32_js(uint64_t a, bool *exact, uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(&fp_format_64, a, fpcr, fpsr);
    struct integral i = round_to_integral(&x, 0, FP_ZERO);
    bool invalid = fp_is_nan(&x) || i.huge || i.magnitude > UINT64_C(0x7fffffff) + x.sign;

    *fpsr |= invalid ? FPSR_IOC : i.inexact ? FPSR_IXC : 0;
    /* -0 is not exact, and neither is a flushed denormal. */
    *exact = !invalid && !i.inexact && (x.class != FP_IS_ZERO || a == 0);
    return (uint32_t)(x.sign ? 0 - i.magnitude : i.magnitude);
}

/* FPConvertNaN keeps the sign and the fraction's upper bits. */
static uint64_t convert_nan(const struct fp_format *from, const struct fp_format *to,
                            const struct fp_value *x, uint64_t a, uint64_t fpcr, uint64_t *fpsr)
{
    uint64_t fraction = a << (64 - from->fbits) >> (64 - to->fbits);

    if (to->alternative) {
        *fpsr |= FPSR_IOC;
        return fp_with_sign(to, x->sign, 0);
    }
    return fp_nan(to, x->class, fp_infinity(to, x->sign) | fraction, fpcr, fpsr);
}

uint64_t fp_soft_convert(const struct fp_format *from, const struct fp_format *to, uint64_t a,
                         enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(from, a, fpcr, fpsr);

    if (fp_is_nan(&x))
        return convert_nan(from, to, &x, a, fpcr, fpsr);
    if (x.class == FP_IS_ZERO)
        return fp_with_sign(to, x.sign, 0);
    if (x.class == FP_IS_NONZERO)
        return fp_round(to, x.sign, x.exp, x.sig, r, fpcr, fpsr);
    if (!to->alternative)
        return fp_infinity(to, x.sign);
    *fpsr |= FPSR_IOC;
    return fp_infinity(to, x.sign) | ((UINT64_C(1) << to->fbits) - 1);
}

static const struct fp_format *half(uint64_t fpcr)
{
    return fpcr & FPCR_AHP ? &fp_format_16_alt : &fp_format_16_cv;
}

uint32_t fp16_to_fp32(uint16_t a, uint64_t fpcr, uint64_t *fpsr)
{
    return (uint32_t)fp_soft_convert(half(fpcr), &fp_format_32, a, FP_TIEEVEN, fpcr, fpsr);
}

uint64_t fp16_to_fp64(uint16_t a, uint64_t fpcr, uint64_t *fpsr)
{
    return fp_soft_convert(half(fpcr), &fp_format_64, a, FP_TIEEVEN, fpcr, fpsr);
}

uint16_t fp32_to_fp16(uint32_t a, uint64_t fpcr, uint64_t *fpsr)
{
    return (uint16_t)fp_soft_convert(&fp_format_32, half(fpcr), a, fp_rounding(fpcr), fpcr, fpsr);
}

uint64_t fp32_to_fp64(uint32_t a, uint64_t fpcr, uint64_t *fpsr)
{
    uint64_t result;

    if (fp_fast_widen(a, fpcr, &result))
        return result;
    return fp_soft_convert(&fp_format_32, &fp_format_64, a, FP_TIEEVEN, fpcr, fpsr);
}

uint16_t fp64_to_fp16(uint64_t a, uint64_t fpcr, uint64_t *fpsr)
{
    return (uint16_t)fp_soft_convert(&fp_format_64, half(fpcr), a, fp_rounding(fpcr), fpcr, fpsr);
}

uint32_t fp64_to_fp32(uint64_t a, enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr)
{
    uint32_t result;

    if (fp_fast_narrow(a, r, fpcr, fpsr, &result))
        return result;
    return (uint32_t)fp_soft_convert(&fp_format_64, &fp_format_32, a, r, fpcr, fpsr);
}

uint16_t fp32_to_bf16(uint32_t a, uint64_t fpcr, uint64_t *fpsr)
{
    return (uint16_t)fp_soft_convert(&fp_format_32, &fp_format_bf16, a, fp_rounding(fpcr), fpcr, fpsr);
}
