/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fp_round.c
 * The formats, FPUnpack, FPRound and FPProcessNaNs (DDI 0487, shared/functions/float). Tininess is found
 * before rounding. Flushing an operand sets IDC, except in half precision; flushing a result sets UFC
 * alone.
 */
#include "a64/fp_core.h"

const struct fp_format fp_format_16 = { 5, 10, FPCR_FZ16, 0, false };
const struct fp_format fp_format_32 = { 8, 23, FPCR_FZ, FPSR_IDC, false };
const struct fp_format fp_format_64 = { 11, 52, FPCR_FZ, FPSR_IDC, false };
const struct fp_format fp_format_16_cv = { 5, 10, 0, 0, false };
const struct fp_format fp_format_16_alt = { 5, 10, 0, 0, true };
const struct fp_format fp_format_bf16 = { 8, 7, FPCR_FZ, FPSR_IDC, false };

static struct fp_value denormal(const struct fp_format *f, bool sign, uint64_t fraction)
{
    int zeros = __builtin_clzll(fraction);

    return (struct fp_value){ .sig = fraction << zeros,
                              .exp = fp_min_exp(f) + 63 - (int)f->fbits - zeros,
                              .sign = sign,
                              .class = FP_IS_NONZERO };
}

struct fp_value fp_unpack(const struct fp_format *f, uint64_t a, uint64_t fpcr, uint64_t *fpsr)
{
    uint64_t fraction = a & ((UINT64_C(1) << f->fbits) - 1);
    int top = (1 << f->ebits) - 1, exp = (int)(a >> f->fbits) & top;
    bool sign = a >> (f->ebits + f->fbits) & 1;

    if (exp == 0 && fraction && !(fpcr & f->flush))
        return denormal(f, sign, fraction);
    if (exp == 0) {
        *fpsr |= fraction ? f->denormal : 0;
        return (struct fp_value){ .exp = -FP_EXP_INFINITY, .sign = sign, .class = FP_IS_ZERO };
    }
    struct fp_value v = { .sig = FP_SIG_ONE | fraction << (63 - f->fbits),
                          .exp = exp - (top >> 1),
                          .sign = sign,
                          .class = FP_IS_NONZERO };
    if (exp == top && !f->alternative) {
        bool quiet = fraction >> (f->fbits - 1);
        v.exp = FP_EXP_INFINITY;
        v.class = !fraction ? FP_IS_INFINITY : quiet ? FP_IS_QNAN : FP_IS_SNAN;
    }
    return v;
}

int fp_order(const struct fp_value *x, const struct fp_value *y)
{
    bool x_negative = x->sign && x->class != FP_IS_ZERO, y_negative = y->sign && y->class != FP_IS_ZERO;

    if (x_negative != y_negative)
        return y_negative - x_negative;
    int above =
        x->exp != y->exp ? (x->exp > y->exp) - (x->exp < y->exp) : (x->sig > y->sig) - (x->sig < y->sig);
    return x_negative ? -above : above;
}

static uint64_t overflow(const struct fp_format *f, bool sign, enum fp_rounding r, uint64_t *fpsr)
{
    if (f->alternative) {
        *fpsr |= FPSR_IOC;
        return fp_with_sign(f, sign, (UINT64_C(1) << (f->ebits + f->fbits)) - 1);
    }
    *fpsr |= FPSR_OFC | FPSR_IXC;
    return fp_away(r, sign) ? fp_infinity(f, sign) : fp_max_normal(f, sign);
}

uint64_t fp_round(const struct fp_format *f, bool sign, int exp, uint64_t sig, enum fp_rounding r,
                  uint64_t fpcr, uint64_t *fpsr)
{
    int min_exp = fp_min_exp(f), shift = 63 - (int)f->fbits;
    uint64_t biased = 0;

    if (exp >= min_exp) {
        biased = (uint64_t)(exp - min_exp);
    } else if (fpcr & f->flush) {
        *fpsr |= FPSR_UFC;
        return fp_with_sign(f, sign, 0);
    } else {
        shift += min_exp - exp;
    }
    uint64_t whole = shift < 64 ? sig >> shift : 0;
    uint64_t rest = shift < 64 ? sig << (64 - shift) : shift == 64 ? sig : 1;

    if (exp < min_exp && rest)
        *fpsr |= FPSR_UFC;
    whole += fp_round_up(r, sign, whole & 1, rest);
    if (r == FP_ODD && rest)
        whole |= 1;
    /* A normal number's leading 1 and a carry out of the fraction both count the exponent up. */
    uint64_t result = (biased << f->fbits) + whole;
    if (result >> f->fbits >= (UINT64_C(1) << f->ebits) - !f->alternative)
        return overflow(f, sign, r, fpsr);
    *fpsr |= rest ? FPSR_IXC : 0;
    return fp_with_sign(f, sign, result);
}

uint64_t fp_nan(const struct fp_format *f, enum fp_class class, uint64_t a, uint64_t fpcr, uint64_t *fpsr)
{
    if (class == FP_IS_SNAN)
        *fpsr |= FPSR_IOC;
    return fpcr & FPCR_DN ? fp_default_nan(f) : a | UINT64_C(1) << (f->fbits - 1);
}

bool fp_nans(const struct fp_format *f, const struct fp_value *x, uint64_t a, const struct fp_value *y,
             uint64_t b, uint64_t fpcr, uint64_t *fpsr, uint64_t *result)
{
    if (!fp_is_nan(x) && !fp_is_nan(y))
        return false;
    if (fp_is_nan(x) && (x->class == FP_IS_SNAN || y->class != FP_IS_SNAN))
        *result = fp_nan(f, x->class, a, fpcr, fpsr);
    else
        *result = fp_nan(f, y->class, b, fpcr, fpsr);
    return true;
}

struct fp_exact fp_exact(const struct fp_value *x)
{
    return (struct fp_exact){ .sig = (fp_u128)x->sig << 63, .exp = x->exp, .sign = x->sign };
}

/* Of finite numbers. Significands have at most 53 bits, so the lowest bit of the product is 0. */
struct fp_exact fp_product(const struct fp_value *x, const struct fp_value *y)
{
    fp_u128 sig = (fp_u128)x->sig * y->sig;
    bool sign = x->sign != y->sign;

    if (!sig)
        return (struct fp_exact){ .exp = -FP_EXP_INFINITY, .sign = sign };
    if (sig >> 127)
        return (struct fp_exact){ .sig = sig >> 1, .exp = x->exp + y->exp + 1, .sign = sign };
    return (struct fp_exact){ .sig = sig, .exp = x->exp + y->exp, .sign = sign };
}

uint64_t fp_sum(const struct fp_format *f, struct fp_exact x, struct fp_exact y, int scale,
                enum fp_rounding r, uint64_t fpcr, uint64_t *fpsr)
{
    if (x.exp < y.exp || (x.exp == y.exp && x.sig < y.sig)) {
        struct fp_exact t = x;
        x = y;
        y = t;
    }
    int distance = x.exp - y.exp;
    fp_u128 small = distance < 128 ? y.sig >> distance : 0;
    if (y.sig && (distance >= 128 || small << distance != y.sig))
        small |= 1;
    fp_u128 sum = x.sign == y.sign ? x.sig + small : x.sig - small;
    if (!sum)
        return fp_with_sign(f, x.sign == y.sign ? x.sign : r == FP_NEGINF, 0);
    int zeros = sum >> 64 ? __builtin_clzll((uint64_t)(sum >> 64)) : 64 + __builtin_clzll((uint64_t)sum);
    return fp_round(f, x.sign, x.exp + 1 - zeros + scale, fp_jam(sum << zeros), r, fpcr, fpsr);
}
