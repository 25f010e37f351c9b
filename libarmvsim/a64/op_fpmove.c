/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_fpmove.c
 * FP/SIMD moves without arithmetic (DDI 0487, C4.1.96): FMOV, MOVI and its kin, ORR (vector), which is MOV,
 * and element moves. A scalar or 64-bit result clears the rest of the register. Half precision is not here.
 */
#include "a64/dispatch.h"

/* Writes a whole register. */
static inline void set_v(union vreg *v, uint64_t low, uint64_t high)
{
    v->d[0] = low;
    v->d[1] = high;
}
#define SET(low, high) set_v(&V(rd), (low), (high))

FP_OP(FMOV_W_S, X(rd) = V(rn).s[0])
FP_OP(FMOV_S_W, SET(W(rn), 0))
FP_OP(FMOV_X_D, X(rd) = V(rn).d[0])
FP_OP(FMOV_D_X, SET(X(rn), 0))
FP_OP(FMOV_X_V1, X(rd) = V(rn).d[1])
FP_OP(FMOV_V1_X, V(rd).d[1] = X(rn))
FP_OP(FMOV_S, SET(V(rn).s[0], 0))
FP_OP(FMOV_D, SET(V(rn).d[0], 0))
FP_OP(FMOV_imm_S, SET(UIMM, 0))
FP_OP(FMOV_imm_D, SET(UIMM, 0))
FP_OP(ORR_vec_8B, SET(V(rn).d[0] | V(rm).d[0], 0))
FP_OP(ORR_vec_16B, SET(V(rn).d[0] | V(rm).d[0], V(rn).d[1] | V(rm).d[1]))

/* Modified immediates: imm is expanded to 64 bits, and inverted for MVNI and BIC. */
#define SIMD_IMM(name, first)                                                                              \
    FP_OP(name##_8B, SET(first(V(rd).d[0]), 0))                                                            \
    FP_OP(name##_16B, SET(first(V(rd).d[0]), first(V(rd).d[1])))
#define MOVE(d) UIMM
#define OR_WITH(d) ((d) | UIMM)
#define AND_WITH(d) ((d)&UIMM)
SIMD_IMM(MOVI_32, MOVE)
SIMD_IMM(MOVI_16, MOVE)
SIMD_IMM(MOVI_8, MOVE)
SIMD_IMM(MOVI_msl, MOVE)
SIMD_IMM(MVNI_32, MOVE)
SIMD_IMM(MVNI_16, MOVE)
SIMD_IMM(MVNI_msl, MOVE)
SIMD_IMM(FMOV_vec_S, MOVE)
SIMD_IMM(ORR_imm_32, OR_WITH)
SIMD_IMM(ORR_imm_16, OR_WITH)
SIMD_IMM(BIC_imm_32, AND_WITH)
SIMD_IMM(BIC_imm_16, AND_WITH)
FP_OP(MOVI_D, SET(UIMM, 0))
FP_OP(MOVI_2D, SET(UIMM, UIMM))
FP_OP(FMOV_vec_D, SET(UIMM, UIMM))

/* Elements: rm is the source's index, ra the destination's. */
#define REP8(x) ((uint8_t)(x)*UINT64_C(0x0101010101010101))
#define REP16(x) ((uint16_t)(x)*UINT64_C(0x0001000100010001))
#define REP32(x) ((uint32_t)(x)*UINT64_C(0x0000000100000001))
#define DUP(size, repeat, member)                                                                          \
    FP_OP(DUP_element_##size##_64, SET(repeat(V(rn).member[rm]), 0))                                       \
    FP_OP(DUP_element_##size##_128, uint64_t v = repeat(V(rn).member[rm]); SET(v, v))                      \
    FP_OP(DUP_general_##size##_64, SET(repeat(X(rn)), 0))                                                  \
    FP_OP(DUP_general_##size##_128, SET(repeat(X(rn)), repeat(X(rn))))
DUP(B, REP8, b)
DUP(H, REP16, h)
DUP(S, REP32, s)
FP_OP(DUP_element_D_128, uint64_t v = V(rn).d[rm]; SET(v, v))
FP_OP(DUP_general_D_128, SET(X(rn), X(rn)))

#define ELEMENT(size, type, member)                                                                        \
    FP_OP(DUP_scalar_##size, SET(V(rn).member[rm], 0))                                                     \
    FP_OP(INS_general_##size, V(rd).member[ra] = (type)X(rn))                                              \
    FP_OP(INS_element_##size, V(rd).member[ra] = V(rn).member[rm])                                         \
    FP_OP(UMOV_##size, X(rd) = V(rn).member[rm])
ELEMENT(B, uint8_t, b)
ELEMENT(H, uint16_t, h)
ELEMENT(S, uint32_t, s)
ELEMENT(D, uint64_t, d)
FP_OP(SMOV_B_32, X(rd) = (uint32_t)(int8_t)V(rn).b[rm])
FP_OP(SMOV_B_64, X(rd) = (uint64_t)(int8_t)V(rn).b[rm])
FP_OP(SMOV_H_32, X(rd) = (uint32_t)(int16_t)V(rn).h[rm])
FP_OP(SMOV_H_64, X(rd) = (uint64_t)(int16_t)V(rn).h[rm])
FP_OP(SMOV_S_64, X(rd) = (uint64_t)(int32_t)V(rn).s[rm])
