/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_simd_same.c
 * Advanced SIMD on integers, three registers of the same type (DDI 0487, C4.1.96 "Advanced SIMD three
 * same", "Advanced SIMD scalar three same", and their extras of FEAT_RDM): vector and scalar. Shifts are in
 * op_simd_shift.c.
 */
#include "a64/simd_int.h"

BHSD(V3, ADD, u, a + b)
BHSD(V3, SUB, u, a - b)
S3(D, ADD, u, a + b)
S3(D, SUB, u, a - b)
BHSD(V3_SAT, SQADD, s, sqadd)
BHSD(V3_SAT, UQADD, u, uqadd)
BHSD(V3_SAT, SQSUB, s, sqsub)
BHSD(V3_SAT, UQSUB, u, uqsub)
BHSD(S3_SAT, SQADD, s, sqadd)
BHSD(S3_SAT, UQADD, u, uqadd)
BHSD(S3_SAT, SQSUB, s, sqsub)
BHSD(S3_SAT, UQSUB, u, uqsub)

/* Halving, without the carry that a sum needs. */
#define HALVE_SUM (a >> 1) + (b >> 1) + (a & b & 1)
#define HALVE_SUM_UP (a >> 1) + (b >> 1) + ((a | b) & 1)
#define HALVE_DIFFERENCE (a >> 1) - (b >> 1) - (~a & b & 1)
BHS(V3, SHADD, s, HALVE_SUM)
BHS(V3, UHADD, u, HALVE_SUM)
BHS(V3, SRHADD, s, HALVE_SUM_UP)
BHS(V3, URHADD, u, HALVE_SUM_UP)
BHS(V3, SHSUB, s, HALVE_DIFFERENCE)
BHS(V3, UHSUB, u, HALVE_DIFFERENCE)

BHSD(V3, CMGT_reg, s, -(a > b))
BHSD(V3, CMGE_reg, s, -(a >= b))
BHSD(V3, CMHI, u, -(a > b))
BHSD(V3, CMHS, u, -(a >= b))
BHSD(V3, CMEQ_reg, u, -(a == b))
BHSD(V3, CMTST, u, -((a & b) != 0))
S3(D, CMGT_reg, s, -(a > b))
S3(D, CMGE_reg, s, -(a >= b))
S3(D, CMHI, u, -(uint64_t)(a > b))
S3(D, CMHS, u, -(uint64_t)(a >= b))
S3(D, CMEQ_reg, u, -(uint64_t)(a == b))
S3(D, CMTST, u, -(uint64_t)((a & b) != 0))

BHS(V3, SMAX, s, a > b ? a : b)
BHS(V3, UMAX, u, a > b ? a : b)
BHS(V3, SMIN, s, a < b ? a : b)
BHS(V3, UMIN, u, a < b ? a : b)
BHS(V3, SABD, s, ABS_DIFF(a, b))
BHS(V3, UABD, u, ABS_DIFF(a, b))
BHS(V3, SABA, s, (U)e + ABS_DIFF(a, b))
BHS(V3, UABA, u, e + ABS_DIFF(a, b))

BHS(V3, MUL, u, (uint32_t)a *b)
BHS(V3, MLA, u, e + (uint32_t)a * b)
BHS(V3, MLS, u, e - (uint32_t)a * b)
V3(B, PMUL, u, simd_pmul(a, b))
HS(V3_SAT, SQDMULH, s, sqdmulh)
HS(V3_SAT, SQRDMULH, s, sqrdmulh)
HS(S3_SAT, SQDMULH, s, sqdmulh)
HS(S3_SAT, SQRDMULH, s, sqrdmulh)

#define V3_RDM(Z, name, fn) V3(Z, name, s, fn##_##Z(e, a, b, &sat))
#define S3_RDM(Z, name, fn) S3(Z, name, s, fn##_##Z(e, a, b, &sat))
HS(V3_RDM, SQRDMLAH, sqrdmlah)
HS(V3_RDM, SQRDMLSH, sqrdmlsh)
HS(S3_RDM, SQRDMLAH, sqrdmlah)
HS(S3_RDM, SQRDMLSH, sqrdmlsh)

/* Logic knows no elements. BSL chooses bits by the destination, BIT and BIF by Vm into the destination. */
V3(D, AND, u, (a & b))
V3(D, BIC, u, a & ~b)
V3(D, ORN, u, a | ~b)
V3(D, EOR, u, a ^ b)
V3(D, BSL, u, (a & e) | (b & ~e))
V3(D, BIT, u, (a & b) | (e & ~b))
V3(D, BIF, u, (a & ~b) | (e & b))

/* Pairwise: neighbours of Vm:Vn. With 64 bits that is 128, which fit the first register. */
#define LANES_PAIRWISE(Z, t, ...)                                                                          \
    enum { HALF = COUNT_##Z / 2 };                                                                         \
    const union lanes vm = { V(rm) }, vn = { .v.d = { V(rn).d[0], UIMM ? V(rn).d[1] : V(rm).d[0] } };      \
    union lanes out;                                                                                       \
    for (unsigned i = 0; i < COUNT_##Z; i++) {                                                             \
        const t##Z *from = i < HALF ? &vn.t##Z[2 * i] : &vm.t##Z[2 * (i - HALF)];                          \
        const t##Z a = from[0], b = from[1];                                                               \
        out.t##Z[i] = (t##Z)(__VA_ARGS__);                                                                 \
    }
#define PAIRWISE(Z, name, t, ...) FP_OP(name##_vec_##Z, LANES_PAIRWISE(Z, t, __VA_ARGS__); WRITE(out))
BHSD(PAIRWISE, ADDP, u, a + b)
BHS(PAIRWISE, SMAXP, s, a > b ? a : b)
BHS(PAIRWISE, UMAXP, u, a > b ? a : b)
BHS(PAIRWISE, SMINP, s, a < b ? a : b)
BHS(PAIRWISE, UMINP, u, a < b ? a : b)
FP_OP(ADDP_scalar_D, V(rd) = ((union vreg){ .d = { V(rn).d[0] + V(rn).d[1], 0 } }))
