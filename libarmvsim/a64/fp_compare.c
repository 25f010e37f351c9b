/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fp_compare.c
 * FPCompare and kin, FPMax, FPMin, FPMaxNum and FPMinNum (DDI 0487, shared/functions/float).
 */
#include "a64/fp_core.h"
#include "a64/fp_fast.h"

#define NZCV_UNORDERED UINT32_C(0x30000000)
#define NZCV_EQUAL UINT32_C(0x60000000)
#define NZCV_LESS UINT32_C(0x80000000)
#define NZCV_GREATER UINT32_C(0x20000000)

static uint32_t nzcv_of(int order)
{
    return order < 0 ? NZCV_LESS : order > 0 ? NZCV_GREATER : NZCV_EQUAL;
}

/* FPCompare's flags; a signalling NaN is an invalid operation, and any NaN with signal_nans. */
uint32_t fp_soft_compare(const struct fp_format *f, uint64_t a, uint64_t b, bool signal_nans, uint64_t fpcr,
                         uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr), y = fp_unpack(f, b, fpcr, fpsr);

    if (fp_is_nan(&x) || fp_is_nan(&y)) {
        if (signal_nans || x.class == FP_IS_SNAN || y.class == FP_IS_SNAN)
            *fpsr |= FPSR_IOC;
        return NZCV_UNORDERED;
    }
    return nzcv_of(fp_order(&x, &y));
}

/*
 * FPMax and FPMin, `least`: the greatest or least number, -0 being less than +0. What is flushed is a zero,
 * and no other number needs rounding.
 */
uint64_t fp_soft_extreme(const struct fp_format *f, uint64_t a, uint64_t b, bool least, uint64_t fpcr,
                         uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr), y = fp_unpack(f, b, fpcr, fpsr);
    uint64_t result;

    if (fp_nans(f, &x, a, &y, b, fpcr, fpsr, &result))
        return result;
    int order = fp_order(&x, &y);
    if (order == 0)
        order = y.sign - x.sign;
    bool first = least ? order < 0 : order > 0;
    const struct fp_value *chosen = first ? &x : &y;
    return chosen->class == FP_IS_ZERO ? fp_with_sign(f, chosen->sign, 0) : first ? a : b;
}

/* FPMaxNum and FPMinNum: a single quiet NaN gives way to the number. */
uint64_t fp_soft_extreme_number(const struct fp_format *f, uint64_t a, uint64_t b, bool least,
                                uint64_t fpcr, uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr), y = fp_unpack(f, b, fpcr, fpsr);

    if (x.class == FP_IS_QNAN && y.class != FP_IS_QNAN)
        a = fp_infinity(f, !least);
    else if (x.class != FP_IS_QNAN && y.class == FP_IS_QNAN)
        b = fp_infinity(f, !least);
    return fp_soft_extreme(f, a, b, least, fpcr, fpsr);
}

/* The host compares what fp_fast.h allows. Half precision is not among its types. */
#define FAST_COMPARE(N)                                                                                    \
    int order;                                                                                             \
    if (fp_fast_order##N(a, b, fpcr, &order))                                                              \
        return nzcv_of(order);
#define FAST_EXTREME(N, T, least)                                                                          \
    T chosen;                                                                                              \
    if (fp_fast_extreme##N(a, b, least, fpcr, &chosen))                                                    \
        return chosen;
#define SLOW_COMPARE(N)
#define SLOW_EXTREME(N, T, least)

#define EXTREME(N, T, name, function, least, TRY)                                                          \
    T fp##N##_##name(T a, T b, uint64_t fpcr, uint64_t *fpsr)                                              \
    {                                                                                                      \
        TRY##_EXTREME(N, T, least) return (T)function(&fp_format_##N, a, b, least, fpcr, fpsr);            \
    }
#define ORDER(N, T, name, signal_nans, accepted)                                                           \
    bool fp##N##_##name(T a, T b, uint64_t fpcr, uint64_t *fpsr)                                           \
    {                                                                                                      \
        uint32_t nzcv = fp##N##_compare(a, b, signal_nans, fpcr, fpsr);                                    \
        return accepted;                                                                                   \
    }
#define COMPARISONS(N, T, TRY)                                                                             \
    uint32_t fp##N##_compare(T a, T b, bool signal_nans, uint64_t fpcr, uint64_t *fpsr)                    \
    {                                                                                                      \
        TRY##_COMPARE(N) return fp_soft_compare(&fp_format_##N, a, b, signal_nans, fpcr, fpsr);            \
    }                                                                                                      \
    EXTREME(N, T, min, fp_soft_extreme, true, TRY)                                                         \
    EXTREME(N, T, max, fp_soft_extreme, false, TRY)                                                        \
    EXTREME(N, T, minnm, fp_soft_extreme_number, true, TRY)                                                \
    EXTREME(N, T, maxnm, fp_soft_extreme_number, false, TRY)                                               \
    ORDER(N, T, eq, false, nzcv == NZCV_EQUAL)                                                             \
    ORDER(N, T, ge, true, nzcv == NZCV_EQUAL || nzcv == NZCV_GREATER)                                      \
    ORDER(N, T, gt, true, nzcv == NZCV_GREATER)

COMPARISONS(16, uint16_t, SLOW)
COMPARISONS(32, uint32_t, FAST)
COMPARISONS(64, uint64_t, FAST)
