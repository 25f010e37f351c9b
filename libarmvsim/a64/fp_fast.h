/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fp_fast.h
 * The host's arithmetic where it cannot be told from the manual's. IEEE 754 makes results equal; what
 * differs is NaNs, flushing, when a result is tiny, and how flags are kept. So these decline (return false)
 * unless:
 *  - FPCR rounds to nearest and does not flush: that is how the host computes, in its default environment;
 *  - the result is a number, and above the smallest normal one where it might have underflowed;
 *  - IXC is set already (flags are cumulative), or the result is proven exact.
 * A host that computes with excess precision always declines. test_fp.c compares them with fp_soft_*.
 */
#pragma once

#include <string.h>

#include "a64/fp.h"

#define FP_FAST_DECLARE(N, T, F, FBITS, INFINITE)                                                          \
    static inline F fp_fast_value##N(T a)                                                                  \
    {                                                                                                      \
        F x;                                                                                               \
        memcpy(&x, &a, sizeof(x));                                                                         \
        return x;                                                                                          \
    }                                                                                                      \
    static inline T fp_fast_bits##N(F x)                                                                   \
    {                                                                                                      \
        T a;                                                                                               \
        memcpy(&a, &x, sizeof(a));                                                                         \
        return a;                                                                                          \
    }                                                                                                      \
    static inline bool fp_fast_finite##N(T a)                                                              \
    {                                                                                                      \
        return fp##N##_abs(a) < (T)(INFINITE);                                                             \
    }                                                                                                      \
    /* Neither 0 nor denormal nor the smallest normal number, to which a tiny one may have been rounded.   \
     */                                                                                                    \
    static inline bool fp_fast_normal##N(T a)                                                              \
    {                                                                                                      \
        T least = ((T)1 << (FBITS)) + 1;                                                                   \
        return (T)(fp##N##_abs(a) - least) < (T)((INFINITE)-least);                                        \
    }
FP_FAST_DECLARE(32, uint32_t, float, 23, 0x7f800000)
FP_FAST_DECLARE(64, uint64_t, double, 52, UINT64_C(0x7ff0000000000000))

static inline bool fp_fast_ordinary(uint64_t fpcr)
{
    return __FLT_EVAL_METHOD__ == 0 && !(fpcr & (FPCR_FZ | UINT64_C(3) << FPCR_RMODE));
}

/* The product of two singles is exact as a double. */
static inline bool fp_fast_exact_mul32(float x, float y, float product)
{
    return (double)x * (double)y == (double)product;
}

/* Significands of m and n bits without their trailing zeros have a product of at most m + n bits. */
static inline bool fp_fast_exact_mul64(double x, double y, double product)
{
    uint64_t a = fp_fast_bits64(x) | UINT64_C(1) << 52, b = fp_fast_bits64(y) | UINT64_C(1) << 52;

    (void)product;
    return __builtin_ctzll(a) + __builtin_ctzll(b) >= 53;
}

/*
 * A sum has no tiny result that is not exact. Its error by Knuth's TwoSum is exact; should a step overflow,
 * the error is not 0. A product that is 0 is exact when a factor is 0.
 */
#define FP_FAST_ARITHMETIC(N, T, F, suffix)                                                                \
    static inline bool fp_fast_add##N(T a, T b, uint64_t fpcr, const uint64_t *fpsr, T *result)            \
    {                                                                                                      \
        F x = fp_fast_value##N(a), y = fp_fast_value##N(b), sum = x + y, part = sum - x;                   \
        *result = fp_fast_bits##N(sum);                                                                    \
        return fp_fast_ordinary(fpcr) && fp_fast_finite##N(*result) &&                                     \
               (*fpsr & FPSR_IXC || (x - (sum - part)) + (y - part) == 0);                                 \
    }                                                                                                      \
    /* The negated NaN is never seen: it makes no number. */                                               \
    static inline bool fp_fast_sub##N(T a, T b, uint64_t fpcr, const uint64_t *fpsr, T *result)            \
    {                                                                                                      \
        return fp_fast_add##N(a, fp##N##_neg(b), fpcr, fpsr, result);                                      \
    }                                                                                                      \
    static inline bool fp_fast_mul##N(T a, T b, uint64_t fpcr, const uint64_t *fpsr, T *result)            \
    {                                                                                                      \
        F x = fp_fast_value##N(a), y = fp_fast_value##N(b), product = x * y;                               \
        *result = fp_fast_bits##N(product);                                                                \
        if (!fp_fast_ordinary(fpcr))                                                                       \
            return false;                                                                                  \
        if (fp_fast_normal##N(*result))                                                                    \
            return *fpsr & FPSR_IXC || fp_fast_exact_mul##N(x, y, product);                                \
        return product == 0 && (x == 0 || y == 0);                                                         \
    }                                                                                                      \
    static inline bool fp_fast_mulx##N(T a, T b, uint64_t fpcr, const uint64_t *fpsr, T *result)           \
    {                                                                                                      \
        return fp_fast_mul##N(a, b, fpcr, fpsr, result);                                                   \
    }                                                                                                      \
    static inline bool fp_fast_div##N(T a, T b, uint64_t fpcr, const uint64_t *fpsr, T *result)            \
    {                                                                                                      \
        *result = fp_fast_bits##N(fp_fast_value##N(a) / fp_fast_value##N(b));                              \
        return *fpsr & FPSR_IXC && fp_fast_ordinary(fpcr) && fp_fast_normal##N(*result);                   \
    }                                                                                                      \
    static inline bool fp_fast_sqrt##N(T a, uint64_t fpcr, const uint64_t *fpsr, T *result)                \
    {                                                                                                      \
        if (!(*fpsr & FPSR_IXC) || !fp_fast_ordinary(fpcr) || !(fp_fast_value##N(a) > 0))                  \
            return false;                                                                                  \
        *result = fp_fast_bits##N(__builtin_sqrt##suffix(fp_fast_value##N(a)));                            \
        return fp_fast_finite##N(*result);                                                                 \
    }                                                                                                      \
    static inline bool fp_fast_muladd##N(T addend, T a, T b, uint64_t fpcr, const uint64_t *fpsr,          \
                                         T *result)                                                        \
    {                                                                                                      \
        if (!(*fpsr & FPSR_IXC) || !fp_fast_ordinary(fpcr))                                                \
            return false;                                                                                  \
        F z = fp_fast_value##N(addend);                                                                    \
        *result = fp_fast_bits##N(__builtin_fma##suffix(fp_fast_value##N(a), fp_fast_value##N(b), z));     \
        return fp_fast_normal##N(*result);                                                                 \
    }
FP_FAST_ARITHMETIC(32, uint32_t, float, f)
FP_FAST_ARITHMETIC(64, uint64_t, double, )

/* Comparisons and extremes round nothing; zeros of two signs are equal, and which is chosen is not ours. */
#define FP_FAST_COMPARISON(N, T, F)                                                                        \
    static inline bool fp_fast_order##N(T a, T b, uint64_t fpcr, int *order)                               \
    {                                                                                                      \
        F x = fp_fast_value##N(a), y = fp_fast_value##N(b);                                                \
        *order = (x > y) - (x < y);                                                                        \
        return !(fpcr & FPCR_FZ) && !__builtin_isunordered(x, y);                                          \
    }                                                                                                      \
    static inline bool fp_fast_extreme##N(T a, T b, bool least, uint64_t fpcr, T *result)                  \
    {                                                                                                      \
        int order;                                                                                         \
        bool comparable = fp_fast_order##N(a, b, fpcr, &order);                                            \
        *result = (order < 0) == least ? a : b;                                                            \
        return comparable && order != 0;                                                                   \
    }
FP_FAST_COMPARISON(32, uint32_t, float)
FP_FAST_COMPARISON(64, uint64_t, double)

/* Towards zero to what a signed integer holds: exactness is plain. From integers that are exact. */
#define FP_FAST_INTEGERS(N, T, F, FBITS)                                                                   \
    static inline bool fp_fast_to_integer##N(T a, bool is_unsigned, unsigned bits, uint64_t fpcr,          \
                                             uint64_t *fpsr, uint64_t *result)                             \
    {                                                                                                      \
        F x = fp_fast_value##N(a), limit = (F)(UINT64_C(1) << (bits - 1));                                 \
        if (fpcr & FPCR_FZ || !(x >= (is_unsigned ? 0 : -limit) && x < limit))                             \
            return false;                                                                                  \
        int64_t whole = (int64_t)x;                                                                        \
        *fpsr |= (F)whole == x ? 0 : FPSR_IXC;                                                             \
        *result = (uint64_t)whole & UINT64_MAX >> (64 - bits);                                             \
        return true;                                                                                       \
    }                                                                                                      \
    static inline bool fp_fast_from_integer##N(uint64_t a, unsigned bits, bool is_unsigned, T *result)     \
    {                                                                                                      \
        unsigned rest = 64 - bits;                                                                         \
        int64_t whole = is_unsigned ? (int64_t)(a << rest >> rest) : (int64_t)(a << rest) >> rest;         \
        *result = fp_fast_bits##N((F)whole);                                                               \
        int64_t limit = INT64_C(1) << (FBITS);                                                             \
        return whole >= (is_unsigned ? 0 : -limit) && whole <= limit;                                      \
    }
FP_FAST_INTEGERS(32, uint32_t, float, 23)
FP_FAST_INTEGERS(64, uint64_t, double, 52)

static inline bool fp_fast_widen(uint32_t a, uint64_t fpcr, uint64_t *result)
{
    *result = fp_fast_bits64((double)fp_fast_value32(a));
    return !(fpcr & FPCR_FZ) && fp_fast_finite32(a);
}

static inline bool fp_fast_narrow(uint64_t a, enum fp_rounding r, uint64_t fpcr, const uint64_t *fpsr,
                                  uint32_t *result)
{
    double x = fp_fast_value64(a);
    float narrow = (float)x;

    *result = fp_fast_bits32(narrow);
    return r == FP_TIEEVEN && fp_fast_ordinary(fpcr) && fp_fast_normal32(*result) &&
           (*fpsr & FPSR_IXC || (double)narrow == x);
}
