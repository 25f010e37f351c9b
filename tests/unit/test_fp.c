/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_fp.c
 * Floating-point arithmetic against the host's own, which IEEE 754 makes the same but for what Arm adds
 * (NaNs, flushing, tininess before rounding): that, and special cases, by tables.
 */
#include <criterion/criterion.h>
#include <fenv.h>
#include <string.h>

#include "a64/fp_core.h"

#define ALL_FLAGS (FPSR_IOC | FPSR_DZC | FPSR_OFC | FPSR_UFC | FPSR_IXC)

static uint64_t random_state;

static uint64_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * UINT64_C(0x2545f4914f6cdd1d);
}

/* A pattern of ebits and fbits: exponents near ends and middle, fractions of few or many bits. */
static uint64_t random_float(unsigned ebits, unsigned fbits)
{
    uint64_t r = random_word(), top = (UINT64_C(1) << ebits) - 1, near = random_word();
    uint64_t centres[] = { 0, top, top / 2, top / 2, near >> 5, top - fbits, fbits, top / 2 + fbits };
    uint64_t exp = (centres[r & 7] + (r >> 3 & 7) - 3) & top;
    uint64_t fraction = random_word() & ((UINT64_C(1) << fbits) - 1);

    if (r >> 6 & 1)
        fraction = fraction >> (near % fbits) << (near % fbits);
    if ((r >> 7 & 3) == 0)
        fraction = (r >> 9 & 1) ? (UINT64_C(1) << fbits) - 1 : (r >> 10 & 1);
    return (r >> 11 & 1) << (ebits + fbits) | exp << fbits | fraction;
}

static const int host_rounding[] = { FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };

static uint64_t host_flags(void)
{
    int raised = fetestexcept(FE_ALL_EXCEPT);

    return (raised & FE_INVALID ? FPSR_IOC : 0) | (raised & FE_DIVBYZERO ? FPSR_DZC : 0) |
           (raised & FE_OVERFLOW ? FPSR_OFC : 0) | (raised & FE_UNDERFLOW ? FPSR_UFC : 0) |
           (raised & FE_INEXACT ? FPSR_IXC : 0);
}

enum op { ADD, SUB, MUL, DIV, SQRT, MULADD, OP_COUNT };

#define HOST(N, T, F, suffix)                                                                              \
    static F host_calculate##N(enum op op, volatile F x, volatile F y, volatile F z)                       \
    {                                                                                                      \
        switch (op) {                                                                                      \
        case ADD:                                                                                          \
            return x + y;                                                                                  \
        case SUB:                                                                                          \
            return x - y;                                                                                  \
        case MUL:                                                                                          \
            return x * y;                                                                                  \
        case DIV:                                                                                          \
            return x / y;                                                                                  \
        case SQRT:                                                                                         \
            return __builtin_sqrt##suffix(x);                                                              \
        default:                                                                                           \
            return __builtin_fma##suffix(x, y, z);                                                         \
        }                                                                                                  \
    }                                                                                                      \
    static T host##N(enum op op, T a, T b, T c, unsigned rmode, uint64_t *flags)                           \
    {                                                                                                      \
        F x, y, z;                                                                                         \
        volatile F r;                                                                                      \
        F result;                                                                                          \
        T bits;                                                                                            \
        memcpy(&x, &a, sizeof(x));                                                                         \
        memcpy(&y, &b, sizeof(y));                                                                         \
        memcpy(&z, &c, sizeof(z));                                                                         \
        fesetround(host_rounding[rmode]);                                                                  \
        feclearexcept(FE_ALL_EXCEPT);                                                                      \
        r = host_calculate##N(op, x, y, z);                                                                \
        *flags = host_flags();                                                                             \
        fesetround(FE_TONEAREST);                                                                          \
        result = r;                                                                                        \
        memcpy(&bits, &result, sizeof(bits));                                                              \
        return bits;                                                                                       \
    }                                                                                                      \
    static T ours##N(enum op op, T a, T b, T c, uint64_t fpcr, uint64_t *fpsr)                             \
    {                                                                                                      \
        switch (op) {                                                                                      \
        case ADD:                                                                                          \
            return fp##N##_add(a, b, fpcr, fpsr);                                                          \
        case SUB:                                                                                          \
            return fp##N##_sub(a, b, fpcr, fpsr);                                                          \
        case MUL:                                                                                          \
            return fp##N##_mul(a, b, fpcr, fpsr);                                                          \
        case DIV:                                                                                          \
            return fp##N##_div(a, b, fpcr, fpsr);                                                          \
        case SQRT:                                                                                         \
            return fp##N##_sqrt(a, fpcr, fpsr);                                                            \
        default:                                                                                           \
            return fp##N##_muladd(c, a, b, fpcr, fpsr);                                                    \
        }                                                                                                  \
    }                                                                                                      \
    static void against_host##N(unsigned ebits, unsigned fbits)                                            \
    {                                                                                                      \
        uint64_t infinity = ((UINT64_C(1) << ebits) - 1) << fbits, sign = UINT64_C(1) << (ebits + fbits);  \
        random_state = 0x5eed + (N);                                                                       \
        for (unsigned i = 0; i < 1200000; i++) {                                                           \
            T a = (T)random_float(ebits, fbits), b = (T)random_float(ebits, fbits);                        \
            T c = (T)random_float(ebits, fbits);                                                           \
            enum op op = (enum op)(i % OP_COUNT);                                                          \
            unsigned rmode = i / OP_COUNT & 3;                                                             \
            uint64_t flags, fpsr = 0;                                                                      \
            T theirs = host##N(op, a, b, c, rmode, &flags);                                                \
            T ours = ours##N(op, a, b, c, (uint64_t)rmode << FPCR_RMODE, &fpsr);                           \
            if ((theirs & ~sign) > infinity) { /* Which NaN is not IEEE's business. */                     \
                cr_assert((ours & ~sign) > infinity);                                                      \
                theirs = ours;                                                                             \
                /* Infinity times zero plus a quiet NaN is the implementation's choice. */                 \
                if (op == MULADD)                                                                          \
                    flags = fpsr;                                                                          \
            }                                                                                              \
            /* The smallest normal number, when rounded up to, is tiny before rounding alone. */           \
            if ((ours & ~sign) == UINT64_C(1) << fbits)                                                    \
                flags |= fpsr & FPSR_UFC;                                                                  \
            cr_assert(theirs == ours && flags == fpsr,                                                     \
                      "op %d mode %u of %lx %lx %lx: %lx flags %lx, not %lx flags %lx", (int)op, rmode,    \
                      (long)a, (long)b, (long)c, (long)ours, (long)fpsr, (long)theirs, (long)flags);       \
        }                                                                                                  \
    }

HOST(32, uint32_t, float, f)
HOST(64, uint64_t, double, )

Test(fp, single_is_the_hosts)
{
    against_host32(8, 23);
}

Test(fp, double_is_the_hosts)
{
    against_host64(11, 52);
}

/* Half precision against exact arithmetic: the host's result rounded to odd, then rounded here. */

static long double half_value(uint16_t a)
{
    int exp = a >> 10 & 31;
    long double x = __builtin_ldexpl((a & 0x3ff) | (exp ? 0x400 : 0), (exp ? exp : 1) - 25);

    return a >> 15 ? -x : x;
}

static uint16_t half_round(long double x, unsigned rmode, uint64_t *flags)
{
    uint16_t sign = __builtin_signbit(x) ? 0x8000 : 0;
    bool away = rmode == 0 || rmode == (sign ? 2 : 1);

    if (x == 0)
        return sign;
    int exp = __builtin_ilogbl(x) < -14 ? -14 : __builtin_ilogbl(x);
    volatile long double scaled = __builtin_ldexpl(x, 10 - exp);
    fesetround(host_rounding[rmode]);
    volatile long double whole = __builtin_rintl(scaled);
    fesetround(FE_TONEAREST);
    if (whole != scaled)
        *flags |= FPSR_IXC | (__builtin_ilogbl(x) < -14 ? FPSR_UFC : 0);
    uint64_t bits = (uint64_t)(whole < 0 ? -whole : whole) + ((uint64_t)(exp + 14) << 10);
    if (bits < 0x7c00)
        return sign | (uint16_t)bits;
    *flags |= FPSR_IXC | FPSR_OFC;
    return sign | (away ? 0x7c00 : 0x7bff);
}

static double host_odd(enum op op, double x, double y, double z)
{
    uint64_t bits;

    fesetround(FE_TOWARDZERO);
    feclearexcept(FE_ALL_EXCEPT);
    volatile double r = host_calculate64(op, x, y, z);
    bool inexact = fetestexcept(FE_INEXACT);
    fesetround(FE_TONEAREST);
    double result = r;
    memcpy(&bits, &result, sizeof(bits));
    bits |= inexact;
    memcpy(&result, &bits, sizeof(bits));
    return result;
}

static uint16_t ours16(enum op op, uint16_t a, uint16_t b, uint16_t c, uint64_t fpcr, uint64_t *fpsr)
{
    uint16_t (*const binary[])(uint16_t, uint16_t, uint64_t, uint64_t *) = { fp16_add, fp16_sub, fp16_mul,
                                                                             fp16_div };

    if (op == SQRT)
        return fp16_sqrt(a, fpcr, fpsr);
    return op == MULADD ? fp16_muladd(c, a, b, fpcr, fpsr) : binary[op](a, b, fpcr, fpsr);
}

/* Finite operands that give a number; an exact zero's sign is left to the other tests. */
Test(fp, half_is_exact_arithmetic_rounded)
{
    random_state = 0x5eed16;
    for (unsigned i = 0; i < 65536 * 6 * 6; i++) {
        enum op op = (enum op)(i >> 16) % OP_COUNT;
        uint16_t a = (uint16_t)i, b = (uint16_t)random_float(5, 10), c = (uint16_t)random_float(5, 10);
        unsigned rmode = (i >> 2 ^ i >> 9) & 3;
        uint64_t flags = 0, fpsr = 0;

        if ((a & 0x7c00) == 0x7c00 || (b & 0x7c00) == 0x7c00 || (c & 0x7c00) == 0x7c00 ||
            (op == DIV && !(b & 0x7fff)) || (op == SQRT && a >> 15))
            continue;
        double exact = host_odd(op, (double)half_value(a), (double)half_value(b), (double)half_value(c));
        uint16_t theirs = half_round(exact, rmode, &flags);
        uint16_t ours = ours16(op, a, b, c, (uint64_t)rmode << FPCR_RMODE, &fpsr);
        cr_assert((ours == theirs || (exact == 0 && !(ours & 0x7fff))) && flags == fpsr,
                  "op %d mode %u of %x %x %x: %x flags %lx, not %x flags %lx", (int)op, rmode, a, b, c,
                  ours, (long)fpsr, theirs, (long)flags);
    }
}

#define FLOAT_BITS(N, T, F)                                                                                \
    static T bits##N(F x)                                                                                  \
    {                                                                                                      \
        T bits;                                                                                            \
        memcpy(&bits, &x, sizeof(x));                                                                      \
        return bits;                                                                                       \
    }                                                                                                      \
    static F value##N(T bits)                                                                              \
    {                                                                                                      \
        F x;                                                                                               \
        memcpy(&x, &bits, sizeof(x));                                                                      \
        return x;                                                                                          \
    }
FLOAT_BITS(32, uint32_t, float)
FLOAT_BITS(64, uint64_t, double)

/* A number rounded to single by the host. */
static uint32_t host_narrow(volatile double x, unsigned rmode, uint64_t *flags)
{
    fesetround(host_rounding[rmode]);
    feclearexcept(FE_ALL_EXCEPT);
    volatile float narrow = (float)x;
    *flags = host_flags();
    fesetround(FE_TONEAREST);
    return bits32(narrow);
}

Test(fp, conversions_between_formats)
{
    random_state = 0x5eedc0;
    for (unsigned i = 0; i < 300000; i++) {
        uint64_t a = random_float(11, 52), narrow_flags = 0, half_flags = 0, fpsr = 0;
        uint64_t rmode = i & 3, fpcr = rmode << FPCR_RMODE;
        uint32_t s = (uint32_t)random_float(8, 23);

        if (value64(a) - value64(a) == 0) {
            uint32_t theirs = host_narrow(value64(a), (unsigned)rmode, &narrow_flags);
            uint32_t ours = fp64_to_fp32(a, fp_rounding(fpcr), fpcr, &fpsr);
            if ((ours & 0x7fffffff) == 0x00800000)
                narrow_flags |= fpsr & FPSR_UFC;
            cr_assert(ours == theirs && fpsr == narrow_flags, "%lx: %x %lx", (long)a, ours, (long)fpsr);
            fpsr = 0;
            uint16_t half = half_round(value64(a), (unsigned)rmode, &half_flags);
            cr_assert(fp64_to_fp16(a, fpcr, &fpsr) == half && fpsr == half_flags, "%lx", (long)a);
        }
        if (value32(s) - value32(s) == 0) {
            half_flags = fpsr = 0;
            uint16_t half = half_round(value32(s), (unsigned)rmode, &half_flags);
            cr_assert(fp32_to_fp16(s, fpcr, &fpsr) == half && fpsr == half_flags, "%x", s);
            cr_assert(fp32_to_fp64(s, fpcr, &fpsr) == bits64(value32(s)) && fpsr == half_flags);
        }
    }
    for (uint32_t h = 0; h < 0x10000; h++) {
        uint64_t fpsr = 0, alternative = h & 0x7c00;
        if ((h & 0x7c00) != 0x7c00) {
            cr_assert(fp16_to_fp64((uint16_t)h, FPCR_FZ | FPCR_FZ16, &fpsr) ==
                      bits64((double)half_value((uint16_t)h)));
            cr_assert(fp16_to_fp32((uint16_t)h, 0, &fpsr) == bits32((float)half_value((uint16_t)h)));
        }
        if (alternative) {
            cr_assert(fp16_to_fp32((uint16_t)h, FPCR_AHP, &fpsr) == bits32((float)half_value((uint16_t)h)));
            cr_assert(fp64_to_fp16(bits64((double)half_value((uint16_t)h)), FPCR_AHP, &fpsr) == h);
        }
        cr_assert(fpsr == 0);
    }
}

/* The host's rounding to an integer; to nearest, ties away, as the fifth. */
static long double host_integral(volatile long double x, unsigned mode)
{
    if (mode == FP_TIEAWAY)
        return __builtin_roundl(x);
    fesetround(host_rounding[mode]);
    volatile long double whole = __builtin_rintl(x);
    fesetround(FE_TONEAREST);
    return whole;
}

Test(fp, to_fixed_point)
{
    random_state = 0x5eedf1;
    for (unsigned i = 0; i < 600000; i++) {
        unsigned bits = (i & 1) ? 32 : 64, fbits = (i >> 1 & 1) ? (unsigned)random_word() % (bits + 1) : 0;
        bool is_unsigned = i >> 2 & 1, single = i >> 3 & 1;
        unsigned mode = i % 5;
        uint64_t a = single ? random_float(8, 23) : random_float(11, 52), fpsr = 0, flags = 0;
        long double x = single ? value32((uint32_t)a) : value64(a),
                    top = __builtin_ldexpl(1, (int)bits - !is_unsigned);

        if (x - x != 0)
            continue;
        uint64_t ours = single ? fp32_to_fixed((uint32_t)a, fbits, is_unsigned, bits, mode, 0, &fpsr)
                               : fp64_to_fixed(a, fbits, is_unsigned, bits, mode, 0, &fpsr);
        long double scaled = __builtin_ldexpl(x, (int)fbits), whole = host_integral(scaled, mode);
        long double bottom = is_unsigned ? 0 : -top;
        flags = whole >= top || whole < bottom ? FPSR_IOC : whole != scaled ? FPSR_IXC : 0;
        uint64_t theirs = whole >= top ? (uint64_t)(top - 1) : (uint64_t)(int64_t)bottom;
        if (whole < top && whole >= bottom)
            theirs = whole < 0 ? 0 - (uint64_t)-whole : (uint64_t)whole;
        theirs &= UINT64_MAX >> (64 - bits);
        cr_assert(ours == theirs && fpsr == flags,
                  "%lx fbits %u unsigned %d bits %u mode %u: %lx %lx, not %lx %lx", (long)a, fbits,
                  is_unsigned, bits, mode, (long)ours, (long)fpsr, (long)theirs, (long)flags);
    }
}

Test(fp, round_to_integral)
{
    random_state = 0x5eedf2;
    for (unsigned i = 0; i < 300000; i++) {
        uint64_t a = random_float(11, 52), fpsr = 0, n_fpsr = 0;
        unsigned mode = i % 5, bits = (i & 1) ? 32 : 64;

        if (value64(a) - value64(a) != 0)
            continue;
        uint64_t theirs = bits64((double)host_integral(value64(a), mode));
        uint64_t flags = theirs != a ? FPSR_IXC : 0;
        cr_assert(fp64_round_int(a, mode, true, 0, &fpsr) == theirs && fpsr == flags, "%lx %u", (long)a,
                  mode);
        double limit = __builtin_ldexp(1, (int)bits - 1);
        bool fits = value64(theirs) >= -limit && value64(theirs) < limit;
        uint64_t limited = fp64_round_int_n(a, mode, bits, 0, &n_fpsr);
        cr_assert(limited == (fits ? theirs : bits64(-limit)) && n_fpsr == (fits ? flags : FPSR_IOC), "%lx",
                  (long)a);
    }
}

Test(fp, from_fixed_point)
{
    random_state = 0x5eedf3;
    for (unsigned i = 0; i < 300000; i++) {
        uint64_t a = random_word() >> (random_word() & 63), fpsr = 0, flags = 0;
        unsigned bits = (i & 1) ? 32 : 64, fbits = (i >> 1 & 1) ? (unsigned)random_word() % (bits + 1) : 0;
        unsigned rmode = i >> 2 & 3;
        bool is_unsigned = i >> 4 & 1;

        a = (i >> 5 & 1) ? 0 - a : a;
        int64_t narrow = bits == 32 ? (int32_t)a : (int64_t)a;
        uint64_t natural = bits == 32 ? (uint32_t)a : a;
        volatile long double x =
            __builtin_ldexpl(is_unsigned ? (long double)natural : (long double)narrow, -(int)fbits);
        fesetround(host_rounding[rmode]);
        feclearexcept(FE_ALL_EXCEPT);
        volatile double d = (double)x;
        flags = host_flags();
        feclearexcept(FE_ALL_EXCEPT);
        volatile float f = (float)x;
        uint64_t float_flags = host_flags();
        fesetround(FE_TONEAREST);
        uint64_t ours = fp64_from_fixed(a, bits, fbits, is_unsigned, rmode, 0, &fpsr);
        cr_assert(ours == bits64(d) && fpsr == flags, "%lx %u %u", (long)a, bits, fbits);
        fpsr = 0;
        ours = fp32_from_fixed(a, bits, fbits, is_unsigned, rmode, 0, &fpsr);
        cr_assert(ours == bits32(f) && fpsr == float_flags, "%lx %u %u", (long)a, bits, fbits);
        fpsr = float_flags = 0;
        uint16_t half = half_round(x, rmode, &float_flags);
        ours = fp16_from_fixed(a, bits, fbits, is_unsigned, rmode, 0, &fpsr);
        cr_assert(ours == half && fpsr == float_flags, "%lx %u %u", (long)a, bits, fbits);
    }
}

Test(fp, comparisons_are_the_hosts)
{
    random_state = 0x5eedf4;
    for (unsigned i = 0; i < 300000; i++) {
        uint64_t a = random_float(11, 52),
                 b = (i & 3) ? random_float(11, 52) : a ^ (random_word() & (UINT64_C(1) << 63));
        uint64_t fpsr = 0;
        double x = value64(a), y = value64(b);

        if (x != x || y != y)
            continue;
        uint32_t nzcv = x < y ? 0x80000000 : x > y ? 0x20000000 : 0x60000000;
        cr_assert(fp64_compare(a, b, true, 0, &fpsr) == nzcv);
        cr_assert(fp64_eq(a, b, 0, &fpsr) == (x == y) && fp64_ge(a, b, 0, &fpsr) == (x >= y) &&
                  fp64_gt(a, b, 0, &fpsr) == (x > y));
        uint64_t least = x == y ? a | b : x < y ? a : b, greatest = x == y ? a & b : x > y ? a : b;
        cr_assert(fp64_min(a, b, 0, &fpsr) == least && fp64_minnm(a, b, 0, &fpsr) == least, "%lx %lx",
                  (long)a, (long)b);
        cr_assert(fp64_max(a, b, 0, &fpsr) == greatest && fp64_maxnm(a, b, 0, &fpsr) == greatest);
        cr_assert(fpsr == 0);
    }
}

/*
 * The host's help against none. Half of the second operands put products and quotients by the ends of the
 * range of exponents, where results become tiny or infinite.
 */
static uint64_t random_partner(const struct fp_format *f, uint64_t a, unsigned i)
{
    uint64_t top = (UINT64_C(1) << f->ebits) - 1, bias = top / 2, exp = a >> f->fbits & top, b;
    uint64_t wanted[] = { bias + 1 - exp, bias + top - 1 - exp, exp + bias - 1, exp - bias };

    b = random_float(f->ebits, f->fbits);
    if (i & 1)
        return b;
    exp = wanted[i >> 1 & 3] + (random_word() & 3) - 2;
    return (b & ~(top << f->fbits)) | (exp & top) << f->fbits;
}

#define FPCRS 4
static const uint64_t fast_fpcr[FPCRS] = { 0, 0, FPCR_DN, FPCR_FZ };

static uint64_t soft_arithmetic(const struct fp_format *f, enum op op, uint64_t a, uint64_t b, uint64_t c,
                                uint64_t fpcr, uint64_t *fpsr)
{
    fp_binary_fn *const binary[] = { fp_soft_add, fp_soft_sub, fp_soft_mul, fp_soft_div };

    if (op == SQRT)
        return fp_soft_sqrt(f, a, fpcr, fpsr);
    return op == MULADD ? fp_soft_muladd(f, c, a, b, fpcr, fpsr) : binary[op](f, a, b, fpcr, fpsr);
}

#define FAST(N, T)                                                                                         \
    static void fast_is_soft##N(enum op op)                                                                \
    {                                                                                                      \
        const struct fp_format *f = &fp_format_##N;                                                        \
        random_state = 0x5eedfa + op;                                                                      \
        for (unsigned i = 0; i < 1100000; i++) {                                                           \
            uint64_t a = random_float(f->ebits, f->fbits), b = random_partner(f, a, i);                    \
            uint64_t c = random_partner(f, b, i >> 4), fpcr = fast_fpcr[i >> 3 & 3];                       \
            uint64_t fast_fpsr = (i >> 5 & 1) ? FPSR_IXC : 0, soft_fpsr = fast_fpsr;                       \
            uint64_t fast = ours##N(op, (T)a, (T)b, (T)c, fpcr, &fast_fpsr);                               \
            uint64_t soft = soft_arithmetic(f, op, a, b, c, fpcr, &soft_fpsr);                             \
            cr_assert(fast == soft && fast_fpsr == soft_fpsr,                                              \
                      "op %d fpcr %lx of %lx %lx %lx: %lx, not %lx", (int)op, (long)fpcr, (long)a,         \
                      (long)b, (long)c, (long)fast, (long)soft);                                           \
        }                                                                                                  \
    }
FAST(32, uint32_t)
FAST(64, uint64_t)

Test(fp, fast_arithmetic_is_soft_arithmetic)
{
    for (enum op op = ADD; op < OP_COUNT; op++) {
        fast_is_soft32(op);
        fast_is_soft64(op);
    }
}

#define FAST_OTHERS(N, T)                                                                                  \
    static void fast_others_are_soft##N(unsigned i)                                                        \
    {                                                                                                      \
        const struct fp_format *f = &fp_format_##N;                                                        \
        uint64_t a = random_float(f->ebits, f->fbits), b = random_partner(f, a, i),                        \
                 fpcr = fast_fpcr[i >> 3 & 3];                                                             \
        uint64_t s = (i >> 5 & 1) ? FPSR_IXC : 0, t = s, whole = random_word() >> (random_word() & 63);    \
        unsigned bits = (i & 1) ? 32 : 64;                                                                 \
        bool is_unsigned = i >> 6 & 1;                                                                     \
        b = (i & 0x180) ? b : a;                                                                           \
        whole = (i >> 1 & 1) ? 0 - whole : whole;                                                          \
        cr_assert(fp##N##_compare((T)a, (T)b, i & 1, fpcr, &s) ==                                          \
                  fp_soft_compare(f, a, b, i & 1, fpcr, &t));                                              \
        cr_assert(fp##N##_max((T)a, (T)b, fpcr, &s) == fp_soft_extreme(f, a, b, false, fpcr, &t));         \
        cr_assert(fp##N##_min((T)a, (T)b, fpcr, &s) == fp_soft_extreme(f, a, b, true, fpcr, &t));          \
        cr_assert(fp##N##_maxnm((T)a, (T)b, fpcr, &s) ==                                                   \
                  fp_soft_extreme_number(f, a, b, false, fpcr, &t));                                       \
        cr_assert(fp##N##_minnm((T)a, (T)b, fpcr, &s) == fp_soft_extreme_number(f, a, b, true, fpcr, &t)); \
        cr_assert(fp##N##_mulx((T)a, (T)b, fpcr, &s) == fp_soft_mulx(f, a, b, fpcr, &t));                  \
        cr_assert(s == t, "%lx %lx: flags %lx, not %lx", (long)a, (long)b, (long)s, (long)t);              \
        s = t = (i >> 7 & 1) ? FPSR_IXC : 0;                                                               \
        cr_assert(fp##N##_to_fixed((T)a, 0, is_unsigned, bits, FP_ZERO, fpcr, &s) ==                       \
                  fp_soft_to_fixed(f, a, 0, is_unsigned, bits, FP_ZERO, fpcr, &t));                        \
        cr_assert(s == t, "%lx: flags %lx, not %lx", (long)a, (long)s, (long)t);                           \
        cr_assert(fp##N##_from_fixed(whole, bits, 0, is_unsigned, FP_TIEEVEN, fpcr, &s) ==                 \
                  fp_soft_from_fixed(f, whole, bits, 0, is_unsigned, FP_TIEEVEN, fpcr, &t));               \
        cr_assert(s == t, "%lx: flags %lx, not %lx", (long)whole, (long)s, (long)t);                       \
    }
FAST_OTHERS(32, uint32_t)
FAST_OTHERS(64, uint64_t)

Test(fp, fast_comparisons_and_integers_are_soft)
{
    random_state = 0x5eedfb;
    for (unsigned i = 0; i < 1100000; i++) {
        fast_others_are_soft32(i);
        fast_others_are_soft64(i);
    }
}

Test(fp, fast_conversions_are_soft)
{
    random_state = 0x5eedfc;
    for (unsigned i = 0; i < 1100000; i++) {
        uint32_t single = (uint32_t)random_float(8, 23);
        uint64_t a = random_float(11, 52), fpcr = fast_fpcr[i >> 3 & 3], s = (i >> 5 & 1) ? FPSR_IXC : 0,
                 t = s;
        const struct fp_format *narrow = &fp_format_32, *wide = &fp_format_64;

        if (i & 1) /* About the ends of single precision's range. */
            a = (a & UINT64_C(0x800fffffffffffff)) |
                (((i & 2) ? 1023 + 126 : 1023 - 151) + (random_word() & 31)) << 52;
        cr_assert(fp32_to_fp64(single, fpcr, &s) ==
                  fp_soft_convert(narrow, wide, single, FP_TIEEVEN, fpcr, &t));
        cr_assert(fp64_to_fp32(a, FP_TIEEVEN, fpcr, &s) ==
                  fp_soft_convert(wide, narrow, a, FP_TIEEVEN, fpcr, &t));
        cr_assert(s == t, "%x %lx: flags %lx, not %lx", single, (long)a, (long)s, (long)t);
    }
}
