/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fp_compare.c
 * FPCompare and kin, FPMax, FPMin, FPMaxNum and FPMinNum (DDI 0487, shared/functions/float).
 */
#include "a64/fp_core.h"

#define NZCV_UNORDERED UINT32_C(0x30000000)
#define NZCV_EQUAL UINT32_C(0x60000000)
#define NZCV_LESS UINT32_C(0x80000000)
#define NZCV_GREATER UINT32_C(0x20000000)

/* FPCompare's flags; a signalling NaN is an invalid operation, and any NaN with signal_nans. */
static uint32_t compare(const struct fp_format *f, uint64_t a, uint64_t b, bool signal_nans, uint64_t fpcr,
                        uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr), y = fp_unpack(f, b, fpcr, fpsr);

    if (fp_is_nan(&x) || fp_is_nan(&y)) {
        if (signal_nans || x.class == FP_IS_SNAN || y.class == FP_IS_SNAN)
            *fpsr |= FPSR_IOC;
        return NZCV_UNORDERED;
    }
    int order = fp_order(&x, &y);
    return order < 0 ? NZCV_LESS : order > 0 ? NZCV_GREATER : NZCV_EQUAL;
}

/*
 * FPMax and FPMin, `least`: the greatest or least number, -0 being less than +0. What is flushed is a zero,
 * and no other number needs rounding.
 */
static uint64_t extreme(const struct fp_format *f, uint64_t a, uint64_t b, bool least, uint64_t fpcr,
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
static uint64_t extreme_number(const struct fp_format *f, uint64_t a, uint64_t b, bool least, uint64_t fpcr,
                               uint64_t *fpsr)
{
    struct fp_value x = fp_unpack(f, a, fpcr, fpsr), y = fp_unpack(f, b, fpcr, fpsr);

    if (x.class == FP_IS_QNAN && y.class != FP_IS_QNAN)
        a = fp_infinity(f, !least);
    else if (x.class != FP_IS_QNAN && y.class == FP_IS_QNAN)
        b = fp_infinity(f, !least);
    return extreme(f, a, b, least, fpcr, fpsr);
}

#define EXTREME(N, T, name, function, least)                                                               \
    T fp##N##_##name(T a, T b, uint64_t fpcr, uint64_t *fpsr)                                              \
    {                                                                                                      \
        return (T)function(&fp_format_##N, a, b, least, fpcr, fpsr);                                       \
    }
#define ORDER(N, T, name, signal_nans, accepted)                                                           \
    bool fp##N##_##name(T a, T b, uint64_t fpcr, uint64_t *fpsr)                                           \
    {                                                                                                      \
        uint32_t nzcv = compare(&fp_format_##N, a, b, signal_nans, fpcr, fpsr);                            \
        return accepted;                                                                                   \
    }
#define COMPARISONS(N, T)                                                                                  \
    EXTREME(N, T, min, extreme, true)                                                                      \
    EXTREME(N, T, max, extreme, false)                                                                     \
    EXTREME(N, T, minnm, extreme_number, true)                                                             \
    EXTREME(N, T, maxnm, extreme_number, false)                                                            \
    ORDER(N, T, eq, false, nzcv == NZCV_EQUAL)                                                             \
    ORDER(N, T, ge, true, nzcv == NZCV_EQUAL || nzcv == NZCV_GREATER)                                      \
    ORDER(N, T, gt, true, nzcv == NZCV_GREATER)                                                            \
    uint32_t fp##N##_compare(T a, T b, bool signal_nans, uint64_t fpcr, uint64_t *fpsr)                    \
    {                                                                                                      \
        return compare(&fp_format_##N, a, b, signal_nans, fpcr, fpsr);                                     \
    }

COMPARISONS(16, uint16_t)
COMPARISONS(32, uint32_t)
COMPARISONS(64, uint64_t)
