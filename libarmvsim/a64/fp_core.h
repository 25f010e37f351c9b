/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fp_core.h
 * What the fp_*.c files share: a format as a descriptor, a number taken out of its format (FPUnpack) and
 * put back by rounding (FPRound), and the choice of NaN results (FPProcessNaNs; DDI 0487,
 * shared/functions/float). The arithmetic between is in integers and exact but for a sticky lowest bit, so
 * one body serves all formats and nothing depends on the host's floating point.
 */
#pragma once

#include "a64/fp.h"

/*
 * A format: sign, exponent of ebits, fraction of fbits, in this order from the top bit down. `flush` is the
 * FPCR bit that flushes its denormals; `denormal` is the FPSR bit that a flushed operand sets, which half
 * precision has not. The alternative half precision has neither infinities nor NaNs.
 */
struct fp_format {
    unsigned ebits, fbits;
    uint64_t flush, denormal;
    bool alternative;
};

extern const struct fp_format fp_format_16, fp_format_32, fp_format_64;
extern const struct fp_format fp_format_16_cv;  /* Half precision in conversions: never flushed. */
extern const struct fp_format fp_format_16_alt; /* The same with FPCR.AHP. */
extern const struct fp_format fp_format_bf16;

/* FPType. */
enum fp_class { FP_IS_ZERO, FP_IS_NONZERO, FP_IS_INFINITY, FP_IS_QNAN, FP_IS_SNAN };

/* sig * 2^(exp - 63); bit 63 of sig is set in nonzero numbers. Zeros and infinities compare by exp, too. */
struct fp_value {
    uint64_t sig;
    int exp;
    bool sign;
    enum fp_class class;
};
#define FP_EXP_INFINITY 0x100000
#define FP_SIG_ONE (UINT64_C(1) << 63)

typedef unsigned __int128 fp_u128;

/* Bits 127:64 with whether anything is below as their lowest bit. */
static inline uint64_t fp_jam(fp_u128 x)
{
    return (uint64_t)(x >> 64) | ((uint64_t)x != 0);
}

static inline bool fp_is_nan(const struct fp_value *x)
{
    return x->class >= FP_IS_QNAN;
}

static inline int fp_min_exp(const struct fp_format *f)
{
    return 2 - (1 << (f->ebits - 1));
}

static inline uint64_t fp_with_sign(const struct fp_format *f, bool sign, uint64_t rest)
{
    return (uint64_t)sign << (f->ebits + f->fbits) | rest;
}

static inline uint64_t fp_infinity(const struct fp_format *f, bool sign)
{
    return fp_with_sign(f, sign, ((UINT64_C(1) << f->ebits) - 1) << f->fbits);
}

static inline uint64_t fp_max_normal(const struct fp_format *f, bool sign)
{
    return fp_infinity(f, sign) - 1;
}

static inline uint64_t fp_default_nan(const struct fp_format *f)
{
    return fp_infinity(f, false) | UINT64_C(1) << (f->fbits - 1);
}

/* The default NaN as the result of an invalid operation. */
static inline uint64_t fp_invalid(const struct fp_format *f, uint64_t *fpsr)
{
    *fpsr |= FPSR_IOC;
    return fp_default_nan(f);
}

/* Whether a result beyond the largest number is an infinity; also where directed rounding leads away from
 * 0. */
static inline bool fp_away(enum fp_rounding r, bool sign)
{
    return r == FP_TIEEVEN || r == FP_TIEAWAY || r == (sign ? FP_NEGINF : FP_POSINF);
}

/* Whether a magnitude grows to the next integer, whose lowest bit is `odd` and whose fraction is rest/2^64.
 */
static inline bool fp_round_up(enum fp_rounding r, bool sign, bool odd, uint64_t rest)
{
    if (r == FP_TIEEVEN)
        return rest > FP_SIG_ONE || (rest == FP_SIG_ONE && odd);
    if (r == FP_TIEAWAY)
        return rest >= FP_SIG_ONE;
    return rest && fp_away(r, sign);
}

/* Of two comparable numbers: negative, 0 or positive as x < y, x == y or x > y. */
int fp_order(const struct fp_value *x, const struct fp_value *y);

struct fp_value fp_unpack(const struct fp_format *f, uint64_t a, uint64_t fpcr, uint64_t *fpsr);

/* FPRound: of sig * 2^(exp - 63), sig having bit 63 set and any inexactness in bit 0. */
uint64_t fp_round(const struct fp_format *f, bool sign, int exp, uint64_t sig, enum fp_rounding r,
                  uint64_t fpcr, uint64_t *fpsr);

/* FPProcessNaN: the result when the operand `a` of this class is a NaN. */
uint64_t fp_nan(const struct fp_format *f, enum fp_class class, uint64_t a, uint64_t fpcr, uint64_t *fpsr);

/* FPProcessNaNs: whether one of two operands is a NaN, and the result then. */
bool fp_nans(const struct fp_format *f, const struct fp_value *x, uint64_t a, const struct fp_value *y,
             uint64_t b, uint64_t fpcr, uint64_t *fpsr, uint64_t *result);

/* An exact number: sig * 2^(exp - 126), bit 126 of sig being set, or 0. */
struct fp_exact {
    fp_u128 sig;
    int exp;
    bool sign;
};
struct fp_exact fp_exact(const struct fp_value *x);
struct fp_exact fp_product(const struct fp_value *x, const struct fp_value *y);

/* (x + y) * 2^scale, rounded once. A sum of opposites is +0, or -0 when rounding to minus infinity. */
uint64_t fp_sum(const struct fp_format *f, struct fp_exact x, struct fp_exact y, int scale,
                enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr);

/* The arithmetic without the host's help, with which test_fp.c compares it. */
typedef uint64_t fp_binary_fn(const struct fp_format *f, uint64_t a, uint64_t b, uint64_t fpcr,
                              uint64_t *fpsr);
fp_binary_fn fp_soft_add, fp_soft_sub, fp_soft_mul, fp_soft_mulx, fp_soft_div;
uint64_t fp_soft_sqrt(const struct fp_format *f, uint64_t a, uint64_t fpcr, uint64_t *fpsr);
uint64_t fp_soft_muladd(const struct fp_format *f, uint64_t addend, uint64_t a, uint64_t b, uint64_t fpcr,
                        uint64_t *fpsr);
uint32_t fp_soft_compare(const struct fp_format *f, uint64_t a, uint64_t b, bool signal_nans, uint64_t fpcr,
                         uint64_t *fpsr);
uint64_t fp_soft_extreme(const struct fp_format *f, uint64_t a, uint64_t b, bool least, uint64_t fpcr,
                         uint64_t *fpsr);
uint64_t fp_soft_extreme_number(const struct fp_format *f, uint64_t a, uint64_t b, bool least,
                                uint64_t fpcr, uint64_t *fpsr);
uint64_t fp_soft_to_fixed(const struct fp_format *f, uint64_t a, unsigned fbits, bool is_unsigned,
                          unsigned bits, enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr);
uint64_t fp_soft_from_fixed(const struct fp_format *f, uint64_t a, unsigned bits, unsigned fbits,
                            bool is_unsigned, enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr);
uint64_t fp_soft_convert(const struct fp_format *from, const struct fp_format *to, uint64_t a,
                         enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr);
