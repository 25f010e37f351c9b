/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_fp.c
 * Floating-point arithmetic against the host's own, which IEEE 754 makes the same but for what Arm adds
 * (NaNs, flushing, tininess before rounding): that, and special cases, by tables.
 */
#include <criterion/criterion.h>
#include <fenv.h>
#include <string.h>

#include "a64/fp.h"

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
