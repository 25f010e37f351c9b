/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_simd_shift.c
 * Advanced SIMD shifts of integers (DDI 0487, C4.1.96 "Advanced SIMD shift by immediate", "... three same",
 * and their scalar kin). Those by register take a signed amount from the lowest byte of each element;
 * negative is to the right.
 */
#include "a64/simd_int.h"

/*
 * Shifts of one element. Right ones may be as wide as the element or wider, n > 0; rounding adds half of
 * the last place, so what it carries is the last bit shifted out. Left ones saturate when shifting back
 * does not give the operand again.
 */
#define SHIFTS(Z)                                                                                          \
    static inline s##Z sshr_##Z(s##Z a, unsigned n)                                                        \
    {                                                                                                      \
        return (s##Z)(a >> (n < BITS_##Z ? n : BITS_##Z - 1));                                             \
    }                                                                                                      \
    static inline u##Z ushr_##Z(u##Z a, unsigned n)                                                        \
    {                                                                                                      \
        return (u##Z)(n < BITS_##Z ? a >> n : 0);                                                          \
    }                                                                                                      \
    static inline s##Z srshr_##Z(s##Z a, unsigned n)                                                       \
    {                                                                                                      \
        return (s##Z)(n < BITS_##Z ? (a >> n) + ((a >> (n - 1)) & 1) : 0);                                 \
    }                                                                                                      \
    static inline u##Z urshr_##Z(u##Z a, unsigned n)                                                       \
    {                                                                                                      \
        return (u##Z)(ushr_##Z(a, n) + (ushr_##Z(a, n - 1) & 1));                                          \
    }                                                                                                      \
    static inline u##Z ushl_##Z(u##Z a, unsigned n)                                                        \
    {                                                                                                      \
        return (u##Z)(n < BITS_##Z ? (uint64_t)a << n : 0);                                                \
    }                                                                                                      \
    static inline s##Z sshl_##Z(s##Z a, unsigned n)                                                        \
    {                                                                                                      \
        return (s##Z)ushl_##Z((u##Z)a, n);                                                                 \
    }                                                                                                      \
    static inline s##Z sqshl_##Z(s##Z a, unsigned n, u##Z *sat)                                            \
    {                                                                                                      \
        const s##Z r = sshl_##Z(a, n), over = (s##Z) - (sshr_##Z(r, n) != a);                              \
        return sat_limit_##Z(a, r, over, sat);                                                             \
    }                                                                                                      \
    static inline u##Z uqshl_##Z(u##Z a, unsigned n, u##Z *sat)                                            \
    {                                                                                                      \
        const u##Z r = ushl_##Z(a, n), mask = (u##Z) - (ushr_##Z(r, n) != a);                              \
        *sat = (u##Z)(*sat | mask);                                                                        \
        return (u##Z)(r | mask);                                                                           \
    }                                                                                                      \
    static inline u##Z sqshlu_##Z(s##Z a, unsigned n, u##Z *sat)                                           \
    {                                                                                                      \
        *sat = (u##Z)(*sat | (a < 0));                                                                     \
        return a < 0 ? 0 : uqshl_##Z((u##Z)a, n, sat);                                                     \
    }
SHIFTS(B)
SHIFTS(H)
SHIFTS(S)
SHIFTS(D)

/* By register: to the left by N, to the right by RIGHT. */
#define N ((unsigned)(int8_t)b)
#define RIGHT (0 - N)
#define BY_REG(family, Z, name, t, left, right)                                                            \
    family(Z, name, t, (int8_t)b >= 0 ? left##_##Z(a, N) : right##_##Z(a, RIGHT))
#define BY_REG_SAT(family, Z, name, t, left, right)                                                        \
    family(Z, name, t, (int8_t)b >= 0 ? left##_##Z(a, N, &sat) : right##_##Z(a, RIGHT))
#define V3_SHIFT(Z, ...) BY_REG(V3, Z, __VA_ARGS__)
#define V3_SHIFT_SAT(Z, ...) BY_REG_SAT(V3, Z, __VA_ARGS__)
#define S3_SHIFT(Z, ...) BY_REG(S3, Z, __VA_ARGS__)
#define S3_SHIFT_SAT(Z, ...) BY_REG_SAT(S3, Z, __VA_ARGS__)
BHSD(V3_SHIFT, SSHL, s, sshl, sshr)
BHSD(V3_SHIFT, USHL, u, ushl, ushr)
BHSD(V3_SHIFT, SRSHL, s, sshl, srshr)
BHSD(V3_SHIFT, URSHL, u, ushl, urshr)
BHSD(V3_SHIFT_SAT, SQSHL_reg, s, sqshl, sshr)
BHSD(V3_SHIFT_SAT, UQSHL_reg, u, uqshl, ushr)
BHSD(V3_SHIFT_SAT, SQRSHL, s, sqshl, srshr)
BHSD(V3_SHIFT_SAT, UQRSHL, u, uqshl, urshr)
S3_SHIFT(D, SSHL, s, sshl, sshr)
S3_SHIFT(D, USHL, u, ushl, ushr)
S3_SHIFT(D, SRSHL, s, sshl, srshr)
S3_SHIFT(D, URSHL, u, ushl, urshr)
BHSD(S3_SHIFT_SAT, SQSHL_reg, s, sqshl, sshr)
BHSD(S3_SHIFT_SAT, UQSHL_reg, u, uqshl, ushr)
BHSD(S3_SHIFT_SAT, SQRSHL, s, sqshl, srshr)
BHSD(S3_SHIFT_SAT, UQRSHL, u, uqshl, urshr)

/* By immediate: rm is the amount. ACC adds to the destination, INSERT keeps its bits where the shift of all
 * ones has none. */
#define V2_SHIFT(Z, name, t, shift) V2(Z, name, t, shift##_##Z(a, rm))
#define V2_SHIFT_SAT(Z, name, t, shift) V2(Z, name, t, shift##_##Z(a, rm, &sat))
#define V2_SHIFT_ACC(Z, name, t, shift) V2(Z, name, t, (U)e + (U)shift##_##Z(a, rm))
#define V2_SHIFT_INSERT(Z, name, t, shift)                                                                 \
    V2(Z, name, t, (e & ~shift##_##Z((U)-1, rm)) | shift##_##Z(a, rm))
#define S2_SHIFT(Z, name, t, shift) S2(Z, name, t, shift##_##Z(a, rm))
#define S2_SHIFT_SAT(Z, name, t, shift) S2(Z, name, t, shift##_##Z(a, rm, &sat))
#define S2_SHIFT_ACC(Z, name, t, shift) S2(Z, name, t, (U)e + (U)shift##_##Z(a, rm))
#define S2_SHIFT_INSERT(Z, name, t, shift)                                                                 \
    S2(Z, name, t, (e & ~shift##_##Z((U)-1, rm)) | shift##_##Z(a, rm))
BHSD(V2_SHIFT, SSHR, s, sshr)
BHSD(V2_SHIFT, USHR, u, ushr)
BHSD(V2_SHIFT, SRSHR, s, srshr)
BHSD(V2_SHIFT, URSHR, u, urshr)
BHSD(V2_SHIFT, SHL, u, ushl)
BHSD(V2_SHIFT_ACC, SSRA, s, sshr)
BHSD(V2_SHIFT_ACC, USRA, u, ushr)
BHSD(V2_SHIFT_ACC, SRSRA, s, srshr)
BHSD(V2_SHIFT_ACC, URSRA, u, urshr)
BHSD(V2_SHIFT_INSERT, SRI, u, ushr)
BHSD(V2_SHIFT_INSERT, SLI, u, ushl)
BHSD(V2_SHIFT_SAT, SQSHL_imm, s, sqshl)
BHSD(V2_SHIFT_SAT, UQSHL_imm, u, uqshl)
BHSD(V2_SHIFT_SAT, SQSHLU, s, sqshlu)
S2_SHIFT(D, SSHR, s, sshr)
S2_SHIFT(D, USHR, u, ushr)
S2_SHIFT(D, SRSHR, s, srshr)
S2_SHIFT(D, URSHR, u, urshr)
S2_SHIFT(D, SHL, u, ushl)
S2_SHIFT_ACC(D, SSRA, s, sshr)
S2_SHIFT_ACC(D, USRA, u, ushr)
S2_SHIFT_ACC(D, SRSRA, s, srshr)
S2_SHIFT_ACC(D, URSRA, u, urshr)
S2_SHIFT_INSERT(D, SRI, u, ushr)
S2_SHIFT_INSERT(D, SLI, u, ushl)
BHSD(S2_SHIFT_SAT, SQSHL_imm, s, sqshl)
BHSD(S2_SHIFT_SAT, UQSHL_imm, u, uqshl)
BHSD(S2_SHIFT_SAT, SQSHLU, s, sqshlu)

/* To half the width. */
#define NARROW_SHIFT(Z, W, name, t, shift) VN(Z, W, name, t, shift##_##W(a, rm))
#define NARROW_SHIFT_SAT(Z, W, name, t, clamp, shift)                                                      \
    VN(Z, W, name, t, clamp##_##Z(shift##_##W(a, rm), &sat))
#define NARROW_SHIFT_SAT_S(Z, W, name, t, clamp, shift)                                                    \
    SN(Z, W, name, t, clamp##_##Z(shift##_##W(a, rm), &sat))
BHS_WIDE(NARROW_SHIFT, SHRN, u, ushr)
BHS_WIDE(NARROW_SHIFT, RSHRN, u, urshr)
BHS_WIDE(NARROW_SHIFT_SAT, SQSHRN, s, clamp_s, sshr)
BHS_WIDE(NARROW_SHIFT_SAT, UQSHRN, u, clamp_u, ushr)
BHS_WIDE(NARROW_SHIFT_SAT, SQSHRUN, s, clamp_su, sshr)
BHS_WIDE(NARROW_SHIFT_SAT, SQRSHRN, s, clamp_s, srshr)
BHS_WIDE(NARROW_SHIFT_SAT, UQRSHRN, u, clamp_u, urshr)
BHS_WIDE(NARROW_SHIFT_SAT, SQRSHRUN, s, clamp_su, srshr)
BHS_WIDE(NARROW_SHIFT_SAT_S, SQSHRN, s, clamp_s, sshr)
BHS_WIDE(NARROW_SHIFT_SAT_S, UQSHRN, u, clamp_u, ushr)
BHS_WIDE(NARROW_SHIFT_SAT_S, SQSHRUN, s, clamp_su, sshr)
BHS_WIDE(NARROW_SHIFT_SAT_S, SQRSHRN, s, clamp_s, srshr)
BHS_WIDE(NARROW_SHIFT_SAT_S, UQRSHRN, u, clamp_u, urshr)
BHS_WIDE(NARROW_SHIFT_SAT_S, SQRSHRUN, s, clamp_su, srshr)

/* To twice the width. */
BHS_WIDE(WIDEN, SSHLL, s, (U)a << rm)
BHS_WIDE(WIDEN, USHLL, u, a << rm)
