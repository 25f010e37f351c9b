/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fp_arith.c
 * FPAdd, FPSub, FPMul, FPMulX, FPDiv, FPSqrt and FPMulAdd (DDI 0487, shared/functions/float).
 */
#include "a64/fp_core.h"
#include "a64/fp_fast.h"

/* FPSub differs in the sign of its second number, but not in that of a NaN. */
static uint64_t add(const struct fp_format *f, uint64_t a, uint64_t b, bool subtract, uint64_t fpcr,
                    uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr), y = fp_unpack(f, b, fpcr, fpsr);
    uint64_t result;

    if (fp_nans(f, &x, a, &y, b, fpcr, fpsr, &result))
        return result;
    y.sign ^= subtract;
    if (x.class == FP_IS_INFINITY && y.class == FP_IS_INFINITY && x.sign != y.sign)
        return fp_invalid(f, fpsr);
    if (x.class == FP_IS_INFINITY)
        return fp_infinity(f, x.sign);
    if (y.class == FP_IS_INFINITY)
        return fp_infinity(f, y.sign);
    return fp_sum(f, fp_exact(&x), fp_exact(&y), 0, fp_rounding(fpcr), fpcr, fpsr);
}

uint64_t fp_soft_add(const struct fp_format *f, uint64_t a, uint64_t b, uint64_t fpcr, uint64_t *fpsr)
{
    return add(f, a, b, false, fpcr, fpsr);
}

uint64_t fp_soft_sub(const struct fp_format *f, uint64_t a, uint64_t b, uint64_t fpcr, uint64_t *fpsr)
{
    return add(f, a, b, true, fpcr, fpsr);
}

/* FPMulX, `extended`, makes of infinity times zero a 2. */
static uint64_t mul(const struct fp_format *f, uint64_t a, uint64_t b, bool extended, uint64_t fpcr,
                    uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr), y = fp_unpack(f, b, fpcr, fpsr);
    bool infinity = x.class == FP_IS_INFINITY || y.class == FP_IS_INFINITY, sign = x.sign != y.sign;
    bool zero = x.class == FP_IS_ZERO || y.class == FP_IS_ZERO;
    uint64_t result;

    if (fp_nans(f, &x, a, &y, b, fpcr, fpsr, &result))
        return result;
    if (infinity && zero && extended)
        return fp_with_sign(f, sign, UINT64_C(1) << (f->ebits - 1 + f->fbits));
    if (infinity && zero)
        return fp_invalid(f, fpsr);
    if (infinity)
        return fp_infinity(f, sign);
    if (zero)
        return fp_with_sign(f, sign, 0);
    struct fp_exact p = fp_product(&x, &y);
    return fp_round(f, sign, p.exp, fp_jam(p.sig << 1), fp_rounding(fpcr), fpcr, fpsr);
}

uint64_t fp_soft_mul(const struct fp_format *f, uint64_t a, uint64_t b, uint64_t fpcr, uint64_t *fpsr)
{
    return mul(f, a, b, false, fpcr, fpsr);
}

uint64_t fp_soft_mulx(const struct fp_format *f, uint64_t a, uint64_t b, uint64_t fpcr, uint64_t *fpsr)
{
    return mul(f, a, b, true, fpcr, fpsr);
}

uint64_t fp_soft_div(const struct fp_format *f, uint64_t a, uint64_t b, uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr), y = fp_unpack(f, b, fpcr, fpsr);
    bool sign = x.sign != y.sign;
    uint64_t result;

    if (fp_nans(f, &x, a, &y, b, fpcr, fpsr, &result))
        return result;
    if (x.class == y.class && x.class != FP_IS_NONZERO)
        return fp_invalid(f, fpsr);
    if (x.class == FP_IS_NONZERO && y.class == FP_IS_ZERO)
        *fpsr |= FPSR_DZC;
    if (x.class == FP_IS_INFINITY || y.class == FP_IS_ZERO)
        return fp_infinity(f, sign);
    if (x.class == FP_IS_ZERO || y.class == FP_IS_INFINITY)
        return fp_with_sign(f, sign, 0);
    /* The quotient has 64 bits, the highest being 1; a remainder makes it inexact. */
    bool below = x.sig < y.sig;
    fp_u128 dividend = (fp_u128)x.sig << (63 + below);
    uint64_t quotient = (uint64_t)(dividend / y.sig);
    uint64_t sig = quotient | ((fp_u128)quotient * y.sig != dividend);
    return fp_round(f, sign, x.exp - y.exp - below, sig, fp_rounding(fpcr), fpcr, fpsr);
}

/* The root of x, 2^126 <= x < 2^128, bit by bit, with inexactness in its lowest bit. */
static uint64_t square_root(fp_u128 x)
{
    fp_u128 root = 0;

    for (fp_u128 bit = (fp_u128)1 << 126; bit; bit >>= 2) {
        bool fits = x >= root + bit;
        x -= fits ? root + bit : 0;
        root = (root >> 1) + (fits ? bit : 0);
    }
    return (uint64_t)root | (x != 0);
}

uint64_t fp_soft_sqrt(const struct fp_format *f, uint64_t a, uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr);
    bool odd = x.exp & 1;

    if (fp_is_nan(&x))
        return fp_nan(f, x.class, a, fpcr, fpsr);
    if (x.class == FP_IS_ZERO)
        return fp_with_sign(f, x.sign, 0);
    if (x.sign)
        return fp_invalid(f, fpsr);
    if (x.class == FP_IS_INFINITY)
        return a;
    uint64_t root = square_root((fp_u128)x.sig << (63 + odd));
    return fp_round(f, false, (x.exp - odd) / 2, root, fp_rounding(fpcr), fpcr, fpsr);
}

/* FPMulAdd of unpacked numbers, none of which is a NaN. */
static uint64_t muladd_numbers(const struct fp_format *f, const struct fp_value *z,
                               const struct fp_value *x, const struct fp_value *y, uint64_t fpcr,
                               uint64_t *fpsr)
{
    bool infinity = x->class == FP_IS_INFINITY || y->class == FP_IS_INFINITY, sign = x->sign != y->sign;
    bool zero = x->class == FP_IS_ZERO || y->class == FP_IS_ZERO;

    if (infinity && (zero || (z->class == FP_IS_INFINITY && z->sign != sign)))
        return fp_invalid(f, fpsr);
    if (infinity)
        return fp_infinity(f, sign);
    if (z->class == FP_IS_INFINITY)
        return fp_infinity(f, z->sign);
    return fp_sum(f, fp_exact(z), fp_product(x, y), 0, fp_rounding(fpcr), fpcr, fpsr);
}

/* FPProcessNaNs3 takes a signalling NaN before a quiet one, and among equals the addend first. */
uint64_t fp_soft_muladd(const struct fp_format *f, uint64_t addend, uint64_t a, uint64_t b, uint64_t fpcr,
                        uint64_t *fpsr)
{
    struct fp_value z = fp_unpack(f, addend, fpcr, fpsr);
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr), y = fp_unpack(f, b, fpcr, fpsr);
    bool nonsense = (x.class == FP_IS_INFINITY && y.class == FP_IS_ZERO) ||
                    (x.class == FP_IS_ZERO && y.class == FP_IS_INFINITY);
    bool signals = x.class == FP_IS_SNAN || y.class == FP_IS_SNAN;
    uint64_t result;

    if (z.class == FP_IS_QNAN && nonsense)
        return fp_invalid(f, fpsr);
    if (z.class == FP_IS_SNAN || (z.class == FP_IS_QNAN && !signals))
        return fp_nan(f, z.class, addend, fpcr, fpsr);
    if (fp_nans(f, &x, a, &y, b, fpcr, fpsr, &result))
        return result;
    return muladd_numbers(f, &z, &x, &y, fpcr, fpsr);
}

/* The host computes what fp_fast.h allows. Half precision is not among its types. */
#define FAST(attempt)                                                                                      \
    if (attempt)                                                                                           \
        return result;
#define SLOW(attempt)

#define BINARY(N, T, name, TRY)                                                                            \
    T fp##N##_##name(T a, T b, uint64_t fpcr, uint64_t *fpsr)                                              \
    {                                                                                                      \
        T result;                                                                                          \
        TRY(fp_fast_##name##N(a, b, fpcr, fpsr, &result))                                                  \
        result = (T)fp_soft_##name(&fp_format_##N, a, b, fpcr, fpsr);                                      \
        return result;                                                                                     \
    }
#define ARITHMETIC(N, T, TRY)                                                                              \
    BINARY(N, T, add, TRY)                                                                                 \
    BINARY(N, T, sub, TRY)                                                                                 \
    BINARY(N, T, mul, TRY)                                                                                 \
    BINARY(N, T, mulx, TRY)                                                                                \
    BINARY(N, T, div, TRY)                                                                                 \
    T fp##N##_sqrt(T a, uint64_t fpcr, uint64_t *fpsr)                                                     \
    {                                                                                                      \
        T result;                                                                                          \
        TRY(fp_fast_sqrt##N(a, fpcr, fpsr, &result))                                                       \
        result = (T)fp_soft_sqrt(&fp_format_##N, a, fpcr, fpsr);                                           \
        return result;                                                                                     \
    }                                                                                                      \
    T fp##N##_muladd(T addend, T a, T b, uint64_t fpcr, uint64_t *fpsr)                                    \
    {                                                                                                      \
        T result;                                                                                          \
        TRY(fp_fast_muladd##N(addend, a, b, fpcr, fpsr, &result))                                          \
        result = (T)fp_soft_muladd(&fp_format_##N, addend, a, b, fpcr, fpsr);                              \
        return result;                                                                                     \
    }

ARITHMETIC(16, uint16_t, SLOW)
ARITHMETIC(32, uint32_t, FAST)
ARITHMETIC(64, uint64_t, FAST)
