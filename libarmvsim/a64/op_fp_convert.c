/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_fp_convert.c
 * Scalar floating-point conversions (DDI 0487, C4.1.96): between precisions, to integral values, and to and
 * from integers and fixed-point numbers in general registers. The arithmetic itself is in fp.h.
 */
#include "a64/scalar.h"

/* FMOV of half precision from and to a general register. */
FP_OP(FMOV_W_H, X(rd) = H(rn))
FP_OP(FMOV_X_H, X(rd) = H(rn))
FP_OP(FMOV_H_W, RESULT((uint16_t)X(rn)))
FP_OP(FMOV_H_X, RESULT((uint16_t)X(rn)))

/* FCVT between precisions. */
FP_OP(FCVT_H_S, RESULT(fp32_to_fp16(S(rn), FPCR, FPSR)))
FP_OP(FCVT_H_D, RESULT(fp64_to_fp16(D(rn), FPCR, FPSR)))
FP_OP(FCVT_S_H, RESULT(fp16_to_fp32(H(rn), FPCR, FPSR)))
FP_OP(FCVT_S_D, RESULT(fp64_to_fp32(D(rn), fp_rounding(FPCR), FPCR, FPSR)))
FP_OP(FCVT_D_H, RESULT(fp16_to_fp64(H(rn), FPCR, FPSR)))
FP_OP(FCVT_D_S, RESULT(fp32_to_fp64(S(rn), FPCR, FPSR)))

/* FRINT: to an integral value; FRINTX alone signals Inexact. */
#define ROUND(bits, s, name, rounding, exact)                                                              \
    FP_OP(name##_##s, RESULT(fp##bits##_round_int(s(rn), rounding, exact, FPCR, FPSR)))
EACH_SIZE(ROUND, FRINTN, FP_TIEEVEN, false)
EACH_SIZE(ROUND, FRINTP, FP_POSINF, false)
EACH_SIZE(ROUND, FRINTM, FP_NEGINF, false)
EACH_SIZE(ROUND, FRINTZ, FP_ZERO, false)
EACH_SIZE(ROUND, FRINTA, FP_TIEAWAY, false)
EACH_SIZE(ROUND, FRINTX, fp_rounding(FPCR), true)
EACH_SIZE(ROUND, FRINTI, fp_rounding(FPCR), false)

/* FEAT_FRINTTS: to a value that an integer of 32 or 64 bits holds. */
#define ROUND_TO_SIZE(name, rounding, width)                                                               \
    FP_OP(name##_S, RESULT(fp32_round_int_n(S(rn), rounding, width, FPCR, FPSR)))                          \
    FP_OP(name##_D, RESULT(fp64_round_int_n(D(rn), rounding, width, FPCR, FPSR)))
ROUND_TO_SIZE(FRINT32Z, FP_ZERO, 32)
ROUND_TO_SIZE(FRINT32X, fp_rounding(FPCR), 32)
ROUND_TO_SIZE(FRINT64Z, FP_ZERO, 64)
ROUND_TO_SIZE(FRINT64X, fp_rounding(FPCR), 64)

/* To integers, with the rounding that the name says. */
#define TO_INT(bits, s, name, is_unsigned, rounding)                                                       \
    FP_OP(name##_W_##s, X(rd) = fp##bits##_to_fixed(s(rn), 0, is_unsigned, 32, rounding, FPCR, FPSR))      \
    FP_OP(name##_X_##s, X(rd) = fp##bits##_to_fixed(s(rn), 0, is_unsigned, 64, rounding, FPCR, FPSR))
EACH_SIZE(TO_INT, FCVTNS, false, FP_TIEEVEN)
EACH_SIZE(TO_INT, FCVTNU, true, FP_TIEEVEN)
EACH_SIZE(TO_INT, FCVTPS, false, FP_POSINF)
EACH_SIZE(TO_INT, FCVTPU, true, FP_POSINF)
EACH_SIZE(TO_INT, FCVTMS, false, FP_NEGINF)
EACH_SIZE(TO_INT, FCVTMU, true, FP_NEGINF)
EACH_SIZE(TO_INT, FCVTZS, false, FP_ZERO)
EACH_SIZE(TO_INT, FCVTZU, true, FP_ZERO)
EACH_SIZE(TO_INT, FCVTAS, false, FP_TIEAWAY)
EACH_SIZE(TO_INT, FCVTAU, true, FP_TIEAWAY)

/* FEAT_JSCVT: Z says that the value was a 32-bit integer, other than -0. */
FP_OP(FJCVTZS, bool exact; X(rd) = fp64_to_int32_js(D(rn), &exact, FPCR, FPSR);
      pe_set_nzcv(c, (uint32_t)exact << 30))

/* From integers, with FPCR's rounding. */
#define FROM_INT(bits, s, name, is_unsigned)                                                               \
    FP_OP(name##_##s##_W,                                                                                  \
          RESULT(fp##bits##_from_fixed(X(rn), 32, 0, is_unsigned, fp_rounding(FPCR), FPCR, FPSR)))         \
    FP_OP(name##_##s##_X,                                                                                  \
          RESULT(fp##bits##_from_fixed(X(rn), 64, 0, is_unsigned, fp_rounding(FPCR), FPCR, FPSR)))
EACH_SIZE(FROM_INT, SCVTF, false)
EACH_SIZE(FROM_INT, UCVTF, true)

/* Fixed point: rm is the number of fraction bits. */
#define TO_FIXED(bits, s, name, is_unsigned)                                                               \
    FP_OP(name##_W_##s, X(rd) = fp##bits##_to_fixed(s(rn), rm, is_unsigned, 32, FP_ZERO, FPCR, FPSR))      \
    FP_OP(name##_X_##s, X(rd) = fp##bits##_to_fixed(s(rn), rm, is_unsigned, 64, FP_ZERO, FPCR, FPSR))
EACH_SIZE(TO_FIXED, FCVTZS_fix, false)
EACH_SIZE(TO_FIXED, FCVTZU_fix, true)
#define FROM_FIXED(bits, s, name, is_unsigned)                                                             \
    FP_OP(name##_##s##_W,                                                                                  \
          RESULT(fp##bits##_from_fixed(X(rn), 32, rm, is_unsigned, fp_rounding(FPCR), FPCR, FPSR)))        \
    FP_OP(name##_##s##_X,                                                                                  \
          RESULT(fp##bits##_from_fixed(X(rn), 64, rm, is_unsigned, fp_rounding(FPCR), FPCR, FPSR)))
EACH_SIZE(FROM_FIXED, SCVTF_fix, false)
EACH_SIZE(FROM_FIXED, UCVTF_fix, true)
