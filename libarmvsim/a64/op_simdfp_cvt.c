/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_simdfp_cvt.c
 * Advanced SIMD floating-point conversion and rounding (DDI 0487, C7.2; classes "two-register
 * miscellaneous" and "shift by immediate" of C4.1.96), BFCVT, and FMOV of a half's modified immediate.
 */
#include "a64/simdfp.h"

#define FPCR_MODE fp_rounding(c->sr[SR_FPCR])

/* Rounding to integral: FPRoundInt and FPRoundIntN. */
#define ROUND(bits, mode) fp##bits##_round_int(n, (mode), false, FP_STATE)
#define ROUND_EXACT(bits, mode) fp##bits##_round_int(n, (mode), true, FP_STATE)
#define ROUND_32(bits, mode) fp##bits##_round_int_n(n, (mode), 32, FP_STATE)
#define ROUND_64(bits, mode) fp##bits##_round_int_n(n, (mode), 64, FP_STATE)
#define TO_INTEGRAL(name, shape, mode)                                                                     \
    LANES_HSD(name, i, shape, mode)                                                                        \
    VECTORS(name, name)
#define TO_INTEGRAL_N(name, shape, mode)                                                                   \
    LANES_SD(name, i, shape, mode)                                                                         \
    VECTORS_SD(name, name)
TO_INTEGRAL(FRINTN, ROUND, FP_TIEEVEN)
TO_INTEGRAL(FRINTM, ROUND, FP_NEGINF)
TO_INTEGRAL(FRINTP, ROUND, FP_POSINF)
TO_INTEGRAL(FRINTZ, ROUND, FP_ZERO)
TO_INTEGRAL(FRINTA, ROUND, FP_TIEAWAY)
TO_INTEGRAL(FRINTI, ROUND, FPCR_MODE)
TO_INTEGRAL(FRINTX, ROUND_EXACT, FPCR_MODE)
TO_INTEGRAL_N(FRINT32Z, ROUND_32, FP_ZERO)
TO_INTEGRAL_N(FRINT64Z, ROUND_64, FP_ZERO)
TO_INTEGRAL_N(FRINT32X, ROUND_32, FPCR_MODE)
TO_INTEGRAL_N(FRINT64X, ROUND_64, FPCR_MODE)

/* To and from integers as wide as the element; imm is the number of fraction bits, 0 where there are none.
 */
#define TO_SIGNED(bits, mode) fp##bits##_to_fixed(n, (unsigned)IMM, false, bits, (mode), FP_STATE)
#define TO_UNSIGNED(bits, mode) fp##bits##_to_fixed(n, (unsigned)IMM, true, bits, (mode), FP_STATE)
#define FROM_INT(bits, is_unsigned)                                                                        \
    fp##bits##_from_fixed(n, bits, (unsigned)IMM, (is_unsigned), FPCR_MODE, FP_STATE)
#define CONVERT(name, shape, what)                                                                         \
    LANES_HSD(name, i, shape, what)                                                                        \
    VECTORS(name, name)                                                                                    \
    SCALARS(name##_scalar, name)
#define CONVERT_FIXED(name, shape, what)                                                                   \
    CONVERT(name, shape, what)                                                                             \
    VECTORS(name##_fixed, name)                                                                            \
    SCALARS(name##_scalar_fixed, name)
CONVERT(FCVTNS, TO_SIGNED, FP_TIEEVEN)
CONVERT(FCVTNU, TO_UNSIGNED, FP_TIEEVEN)
CONVERT(FCVTMS, TO_SIGNED, FP_NEGINF)
CONVERT(FCVTMU, TO_UNSIGNED, FP_NEGINF)
CONVERT(FCVTPS, TO_SIGNED, FP_POSINF)
CONVERT(FCVTPU, TO_UNSIGNED, FP_POSINF)
CONVERT(FCVTAS, TO_SIGNED, FP_TIEAWAY)
CONVERT(FCVTAU, TO_UNSIGNED, FP_TIEAWAY)
CONVERT_FIXED(FCVTZS, TO_SIGNED, FP_ZERO)
CONVERT_FIXED(FCVTZU, TO_UNSIGNED, FP_ZERO)
CONVERT_FIXED(SCVTF, FROM_INT, false)
CONVERT_FIXED(UCVTF, FROM_INT, true)

/* Narrowing, into the lower half, the upper one cleared, or into the upper half, the lower one kept. */
#define NARROW(name, half, full, narrow, wide, lanes, value)                                               \
    static uint64_t name##_to_##narrow(struct pe *c, const struct op *op)                                  \
    {                                                                                                      \
        union vreg out = { 0 };                                                                            \
        for (unsigned i = 0; i < (lanes); i++) {                                                           \
            const uint64_t n = V(rn).wide[i];                                                              \
            out.narrow[i] = value;                                                                         \
        }                                                                                                  \
        return out.d[0];                                                                                   \
    }                                                                                                      \
    FP_OP(name##_##half, V(rd).d[0] = name##_to_##narrow(c, op); V(rd).d[1] = 0)                           \
    FP_OP(name##2_##full, V(rd).d[1] = name##_to_##narrow(c, op))
NARROW(FCVTN, 4H, 8H, h, s, 4, fp32_to_fp16((uint32_t)n, FP_STATE))
NARROW(FCVTN, 2S, 4S, s, d, 2, fp64_to_fp32(n, FPCR_MODE, FP_STATE))
NARROW(FCVTXN, 2S, 4S, s, d, 2, fp64_to_fp32(n, FP_ODD, FP_STATE))
NARROW(BFCVTN, 4H, 8H, h, s, 4, fp32_to_bf16((uint32_t)n, FP_STATE))
FP_OP(FCVTXN_scalar_S, V(rd).d[0] = fp64_to_fp32(V(rn).d[0], FP_ODD, FP_STATE); V(rd).d[1] = 0)
FP_OP(BFCVT_scalar_H, V(rd).d[0] = fp32_to_bf16(V(rn).s[0], FP_STATE); V(rd).d[1] = 0)

/* Widening, of the lower half or of the upper one. */
#define WIDEN(name, size, narrow, wide, lanes, first, fn)                                                  \
    static void name##_##narrow(struct pe *c, const struct op *op)                                         \
    {                                                                                                      \
        const union vreg n = V(rn);                                                                        \
        for (unsigned i = 0; i < (lanes); i++)                                                             \
            V(rd).wide[i] = fn(n.narrow[(first) + i], FP_STATE);                                           \
    }                                                                                                      \
    FP_OP(name##_##size, name##_##narrow(c, op))
WIDEN(FCVTL, 4S, h, s, 4, 0, fp16_to_fp32)
WIDEN(FCVTL, 2D, s, d, 2, 0, fp32_to_fp64)
WIDEN(FCVTL2, 4S, h, s, 4, 4, fp16_to_fp32)
WIDEN(FCVTL2, 2D, s, d, 2, 2, fp32_to_fp64)

FP_OP(FMOV_vec_H_8B, V(rd).d[0] = UIMM; V(rd).d[1] = 0)
FP_OP(FMOV_vec_H_16B, V(rd).d[0] = UIMM; V(rd).d[1] = UIMM)
