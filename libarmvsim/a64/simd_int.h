/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file simd_int.h
 * Words in which op_simd_*.c state Advanced SIMD instructions on integers: a register seen as lanes, loops
 * over lanes that the compiler vectorises, and what the manual's pseudocode does to one element (DDI 0487,
 * C7.2 and shared/functions: SatQ, SignedSatQ, Elem, Reduce). The same expression serves the vector form,
 * the scalar form and the form by element of an instruction.
 */
#pragma once

#include "a64/dispatch.h"
#include "a64/fp.h"

/* Lane types, and members of `union lanes` of the same name: s or u, and the size as the manual has it. */
typedef int8_t sB;
typedef int16_t sH;
typedef int32_t sS;
typedef int64_t sD;
typedef uint8_t uB;
typedef uint16_t uH;
typedef uint32_t uS;
typedef uint64_t uD;

typedef uint64_t simd_u64x2 __attribute__((vector_size(16)));

union lanes {
    union vreg v;
    simd_u64x2 x; /* All of them, for what the compiler does not see to be one operation. */
    sB sB[16];
    sH sH[8];
    sS sS[4];
    sD sD[2];
    uB uB[16];
    uH uH[8];
    uS uS[4];
    uD uD[2];
};

enum { COUNT_B = 16, COUNT_H = 8, COUNT_S = 4, COUNT_D = 2 };
enum { BITS_B = 8, BITS_H = 16, BITS_S = 32, BITS_D = 64 };

/* Formats with Q have all ones as imm for 128 bits, zero for 64: a mask of the upper half. What is masked
 * off reads as zero, so that it never saturates. */
static inline union lanes simd_read(union vreg v, uint64_t upper)
{
    const simd_u64x2 all = { v.d[0], v.d[1] }, mask = { UINT64_MAX, upper };

    return (union lanes){ .x = all & mask };
}

/* The half of a register that a long or wide form reads, in both halves. */
static inline union lanes simd_half(union vreg v, uint64_t upper)
{
    const uint64_t d = v.d[upper & 1];

    return (union lanes){ .v.d = { d, d } };
}

/* Stores 64 bits of narrow results: in the lower half, clearing the upper one, or in the upper half alone.
 */
static inline void simd_write_half(union vreg *v, uint64_t result, uint64_t upper)
{
    v->d[0] = upper ? v->d[0] : result;
    v->d[1] = result & upper;
}

#define READ(r) simd_read(V(r), UIMM)
#define READ_HALF(r) simd_half(V(r), UIMM)
#define WRITE(lanes) (V(rd) = simd_read((lanes).v, UIMM).v)
#define WRITE_HALF(lanes) simd_write_half(&V(rd), (lanes).v.d[0], UIMM)

/* In the expressions of families: T is the type of a result, U and S its unsigned and signed twin, BITS its
 * width; what is OR-ed into `sat`, or *sat of the functions below, sets FPSR.QC unless it is zero. */
#define LANE_WORDS(t, Z)                                                                                   \
    typedef t##Z T __attribute__((unused));                                                                \
    typedef u##Z U __attribute__((unused));                                                                \
    typedef s##Z S __attribute__((unused));                                                                \
    enum { BITS = BITS_##Z };                                                                              \
    U sat = 0
#define LANE_QC() (c->sr[SR_FPSR] |= sat ? FPSR_QC : 0)

/*
 * Loops over the lanes of a result. a and b are the sources' elements, as the result's type; e is the
 * destination's old one. Lanes from `count` on become zero.
 *   LANES3         a of Vn, b of Vm
 *   LANES_B        a of Vn, b the same value for all
 *   LANES_LONG     a and b as told, of any width
 */
#define LANES_LOOP(t, Z, count, first, second)                                                             \
    const union lanes vd = { V(rd) };                                                                      \
    union lanes out = { .v.d = { 0, 0 } };                                                                 \
    for (unsigned i = 0; i < (count); i++) {                                                               \
        const T a = (T)(first), b = (T)(second), e = vd.t##Z[i];                                           \
        (void)a, (void)b, (void)e;

#define LANES_END(t, Z, ...)                                                                               \
    out.t##Z[i] = (T)(__VA_ARGS__);                                                                        \
    }                                                                                                      \
    LANE_QC()

#define LANES3(t, Z, count, ...)                                                                           \
    LANE_WORDS(t, Z);                                                                                      \
    const union lanes vn = READ(rn), vm = READ(rm);                                                        \
    LANES_LOOP(t, Z, count, vn.t##Z[i], vm.t##Z[i])                                                        \
    LANES_END(t, Z, __VA_ARGS__)

#define LANES_B(t, Z, count, value, ...)                                                                   \
    LANE_WORDS(t, Z);                                                                                      \
    const union lanes vn = READ(rn);                                                                       \
    LANES_LOOP(t, Z, count, vn.t##Z[i], value)                                                             \
    LANES_END(t, Z, __VA_ARGS__)

#define LANES_LONG(t, W, count, first, second, ...)                                                        \
    LANE_WORDS(t, W);                                                                                      \
    LANES_LOOP(t, W, count, first, second)                                                                 \
    LANES_END(t, W, __VA_ARGS__)

/* One element of a register, as it is. */
#define ELEMENT_OF(r, t, Z, index) ((union lanes){ V(r) }.t##Z[index])

/* Families over sizes: BHSD(FAMILY, name, ...) is FAMILY(B, name, ...) FAMILY(H, name, ...) ... */
#define HS(family, ...) family(H, __VA_ARGS__) family(S, __VA_ARGS__)
#define BHS(family, ...) family(B, __VA_ARGS__) HS(family, __VA_ARGS__)
#define BHSD(family, ...) BHS(family, __VA_ARGS__) family(D, __VA_ARGS__)
/* The same with the size twice as wide. */
#define HS_WIDE(family, ...) family(H, S, __VA_ARGS__) family(S, D, __VA_ARGS__)
#define BHS_WIDE(family, ...) family(B, H, __VA_ARGS__) HS_WIDE(family, __VA_ARGS__)

/* V3, S3: three registers, vector and scalar. */
#define V3(Z, name, t, ...) FP_OP(name##_vec_##Z, LANES3(t, Z, COUNT_##Z, __VA_ARGS__); WRITE(out))
#define S3(Z, name, t, ...) FP_OP(name##_scalar_##Z, LANES3(t, Z, 1, __VA_ARGS__); V(rd) = out.v)
/* Of functions on one element: name##_B(a, b, &sat) and its kin. */
#define V3_SAT(Z, name, t, fn) V3(Z, name, t, fn##_##Z(a, b, &sat))
#define S3_SAT(Z, name, t, fn) S3(Z, name, t, fn##_##Z(a, b, &sat))

/* V2, S2: two registers. */
#define V2(Z, name, t, ...) FP_OP(name##_vec_##Z, LANES_B(t, Z, COUNT_##Z, 0, __VA_ARGS__); WRITE(out))
#define S2(Z, name, t, ...) FP_OP(name##_scalar_##Z, LANES_B(t, Z, 1, 0, __VA_ARGS__); V(rd) = out.v)

/* Results of half the width: a is of the wide type W, whose lanes fill a register whatever Q is. */
#define LANES_NARROW(Z, W, t, count, ...)                                                                  \
    LANE_WORDS(u, Z);                                                                                      \
    const union lanes vn = { V(rn) };                                                                      \
    union lanes out = { .v.d = { 0, 0 } };                                                                 \
    for (unsigned i = 0; i < (count); i++) {                                                               \
        const t##W a = vn.t##W[i];                                                                         \
        out.u##Z[i] = (U)(__VA_ARGS__);                                                                    \
    }                                                                                                      \
    LANE_QC()
#define VN(Z, W, name, t, ...)                                                                             \
    FP_OP(name##_vec_##Z, LANES_NARROW(Z, W, t, COUNT_##W, __VA_ARGS__); WRITE_HALF(out))
#define SN(Z, W, name, t, ...)                                                                             \
    FP_OP(name##_scalar_##Z, LANES_NARROW(Z, W, t, 1, __VA_ARGS__); V(rd) = out.v)

/* Results of twice the width, from half a register: a is of the wide type already. */
#define WIDEN(Z, W, name, t, ...)                                                                          \
    FP_OP(name##_vec_##Z, const union lanes vn = READ_HALF(rn);                                            \
          LANES_LONG(t, W, COUNT_##W, vn.t##Z[i], 0, __VA_ARGS__); V(rd) = out.v)

/* Absolute difference, without overflow. */
#define ABS_DIFF(a, b) ((a) > (b) ? (U)(a) - (U)(b) : (U)(b) - (U)(a))

/* Saturating addition and subtraction: overflow when the operands' signs and the result's say so. */
#define SIMD_SAT(Z)                                                                                        \
    static inline s##Z sat_limit_##Z(s##Z sign, s##Z result, s##Z over, u##Z *sat)                         \
    {                                                                                                      \
        const s##Z mask = (s##Z)(over >> (BITS_##Z - 1));                                                  \
        const s##Z limit = (s##Z)((sign >> (BITS_##Z - 1)) ^ (s##Z)((u##Z) ~(u##Z)0 >> 1));                \
        *sat = (u##Z)(*sat | (u##Z)mask);                                                                  \
        return (s##Z)((result & ~mask) | (limit & mask));                                                  \
    }                                                                                                      \
    static inline s##Z sqadd_##Z(s##Z a, s##Z b, u##Z *sat)                                                \
    {                                                                                                      \
        const s##Z r = (s##Z)((u##Z)a + (u##Z)b);                                                          \
        return sat_limit_##Z(a, r, (s##Z)((a ^ r) & (b ^ r)), sat);                                        \
    }                                                                                                      \
    static inline s##Z sqsub_##Z(s##Z a, s##Z b, u##Z *sat)                                                \
    {                                                                                                      \
        const s##Z r = (s##Z)((u##Z)a - (u##Z)b);                                                          \
        return sat_limit_##Z(a, r, (s##Z)((a ^ b) & (a ^ r)), sat);                                        \
    }                                                                                                      \
    static inline u##Z uqadd_##Z(u##Z a, u##Z b, u##Z *sat)                                                \
    {                                                                                                      \
        const u##Z r = (u##Z)(a + b), mask = (u##Z) - (r < a);                                             \
        *sat = (u##Z)(*sat | mask);                                                                        \
        return (u##Z)(r | mask);                                                                           \
    }                                                                                                      \
    static inline u##Z uqsub_##Z(u##Z a, u##Z b, u##Z *sat)                                                \
    {                                                                                                      \
        const u##Z mask = (u##Z) - (a < b);                                                                \
        *sat = (u##Z)(*sat | mask);                                                                        \
        return (u##Z)((a - b) & ~mask);                                                                    \
    }
SIMD_SAT(B)
SIMD_SAT(H)
SIMD_SAT(S)
SIMD_SAT(D)

/* SignedSatQ and UnsignedSatQ of a wider signed number, UnsignedSatQ of an unsigned one. */
#define SIMD_CLAMP(Z)                                                                                      \
    static inline s##Z clamp_s_##Z(int64_t x, u##Z *sat)                                                   \
    {                                                                                                      \
        const int64_t high = (int64_t)(UINT64_MAX >> (65 - BITS_##Z)), low = -high - 1;                    \
        *sat = (u##Z)(*sat | (u##Z)(x > high || x < low));                                                 \
        return (s##Z)(x > high ? high : x < low ? low : x);                                                \
    }                                                                                                      \
    static inline u##Z clamp_su_##Z(int64_t x, u##Z *sat)                                                  \
    {                                                                                                      \
        const int64_t high = (int64_t)(UINT64_MAX >> (64 - BITS_##Z));                                     \
        *sat = (u##Z)(*sat | (u##Z)(x > high || x < 0));                                                   \
        return (u##Z)(x > high ? high : x < 0 ? 0 : x);                                                    \
    }                                                                                                      \
    static inline u##Z clamp_u_##Z(uint64_t x, u##Z *sat)                                                  \
    {                                                                                                      \
        const uint64_t high = UINT64_MAX >> (64 - BITS_##Z);                                               \
        *sat = (u##Z)(*sat | (u##Z)(x > high));                                                            \
        return (u##Z)(x > high ? high : x);                                                                \
    }
SIMD_CLAMP(B)
SIMD_CLAMP(H)
SIMD_CLAMP(S)

/* The upper half of twice a product, half of everything so that 64 bits hold it: SQDMULH, SQRDMULH and,
 * with what is added to it, SQRDMLAH and SQRDMLSH. */
#define SIMD_DOUBLING(Z)                                                                                   \
    static inline s##Z sqdmulh_##Z(s##Z a, s##Z b, u##Z *sat)                                              \
    {                                                                                                      \
        return clamp_s_##Z((int64_t)a * b >> (BITS_##Z - 1), sat);                                         \
    }                                                                                                      \
    static inline s##Z sqrdmulh_##Z(s##Z a, s##Z b, u##Z *sat)                                             \
    {                                                                                                      \
        return clamp_s_##Z(((int64_t)a * b + (INT64_C(1) << (BITS_##Z - 2))) >> (BITS_##Z - 1), sat);      \
    }                                                                                                      \
    static inline s##Z sqrdmla_##Z(s##Z e, int64_t product, u##Z *sat)                                     \
    {                                                                                                      \
        const int64_t sum = (int64_t)e * (INT64_C(1) << (BITS_##Z - 1)) + product;                         \
        return clamp_s_##Z((sum + (INT64_C(1) << (BITS_##Z - 2))) >> (BITS_##Z - 1), sat);                 \
    }                                                                                                      \
    static inline s##Z sqrdmlah_##Z(s##Z e, s##Z a, s##Z b, u##Z *sat)                                     \
    {                                                                                                      \
        return sqrdmla_##Z(e, (int64_t)a * b, sat);                                                        \
    }                                                                                                      \
    static inline s##Z sqrdmlsh_##Z(s##Z e, s##Z a, s##Z b, u##Z *sat)                                     \
    {                                                                                                      \
        return sqrdmla_##Z(e, -(int64_t)a * b, sat);                                                       \
    }
SIMD_DOUBLING(H)
SIMD_DOUBLING(S)

/* The whole of twice a product, saturated, then added or subtracted: a and b are of half the type's width.
 */
#define SIMD_DOUBLING_LONG(W)                                                                              \
    static inline s##W sqdmull_##W(s##W e __attribute__((unused)), s##W a, s##W b, u##W *sat)              \
    {                                                                                                      \
        return sqadd_##W(a * b, a * b, sat);                                                               \
    }                                                                                                      \
    static inline s##W sqdmlal_##W(s##W e, s##W a, s##W b, u##W *sat)                                      \
    {                                                                                                      \
        return sqadd_##W(e, sqdmull_##W(e, a, b, sat), sat);                                               \
    }                                                                                                      \
    static inline s##W sqdmlsl_##W(s##W e, s##W a, s##W b, u##W *sat)                                      \
    {                                                                                                      \
        return sqsub_##W(e, sqdmull_##W(e, a, b, sat), sat);                                               \
    }
SIMD_DOUBLING_LONG(S)
SIMD_DOUBLING_LONG(D)

/* Polynomial product over {0, 1} of two bytes. */
static inline uint16_t simd_pmul(uint8_t a, uint8_t b)
{
    unsigned r = 0;

    for (unsigned i = 0; i < 8; i++)
        r ^= (unsigned)a << i & -(unsigned)(b >> i & 1);
    return (uint16_t)r;
}
