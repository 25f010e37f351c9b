/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_fp_scalar.c
 * Scalar floating-point arithmetic, compares and selects (DDI 0487, C4.1.96 "Floating-point data-processing
 * (1 source)" and kin) in half, single and double precision. The arithmetic itself is in fp.h. Conversions
 * are in op_fp_convert.c, moves of single and double precision in op_fpmove.c.
 */
#include "a64/scalar.h"

FP_OP(FMOV_H, RESULT(H(rn)))
FP_OP(FMOV_imm_H, RESULT(UIMM))

/* One source. FABS and FNEG only touch the sign: NaNs are as other values. */
#define SIGN_OP(bits, s, name, fn) FP_OP(name##_##s, RESULT(fp##bits##_##fn(s(rn))))
EACH_SIZE(SIGN_OP, FABS, abs)
EACH_SIZE(SIGN_OP, FNEG, neg)
#define UNARY(bits, s, name, fn) FP_OP(name##_##s, RESULT(fp##bits##_##fn(s(rn), FPCR, FPSR)))
EACH_SIZE(UNARY, FSQRT, sqrt)

/* Two sources. FNMUL negates what FMUL gives, NaNs included. */
#define BINARY(bits, s, name, fn) FP_OP(name##_##s, RESULT(fp##bits##_##fn(s(rn), s(rm), FPCR, FPSR)))
EACH_SIZE(BINARY, FMUL, mul)
EACH_SIZE(BINARY, FDIV, div)
EACH_SIZE(BINARY, FADD, add)
EACH_SIZE(BINARY, FSUB, sub)
EACH_SIZE(BINARY, FMAX, max)
EACH_SIZE(BINARY, FMIN, min)
EACH_SIZE(BINARY, FMAXNM, maxnm)
EACH_SIZE(BINARY, FMINNM, minnm)
#define NEGATED(bits, s, name, fn)                                                                         \
    FP_OP(name##_##s, RESULT(fp##bits##_neg(fp##bits##_##fn(s(rn), s(rm), FPCR, FPSR))))
EACH_SIZE(NEGATED, FNMUL, mul)

/* Three sources: the addend and the first factor are negated before they are multiplied and added. */
#define AS_IS(bits, x) (x)
#define NEG(bits, x) fp##bits##_neg(x)
#define FUSED(bits, s, name, addend, factor)                                                               \
    FP_OP(name##_##s,                                                                                      \
          RESULT(fp##bits##_muladd(addend(bits, s(ra)), factor(bits, s(rn)), s(rm), FPCR, FPSR)))
EACH_SIZE(FUSED, FMADD, AS_IS, AS_IS)
EACH_SIZE(FUSED, FMSUB, AS_IS, NEG)
EACH_SIZE(FUSED, FNMADD, NEG, NEG)
EACH_SIZE(FUSED, FNMSUB, NEG, AS_IS)

/* Compares; the E ones signal Invalid Operation for quiet NaNs too. */
#define NO_SIGNAL false
#define SIGNAL true
#define COMPARE(bits, s, name, signal)                                                                     \
    FP_OP(name##_##s, pe_set_nzcv(c, fp##bits##_compare(s(rn), s(rm), signal, FPCR, FPSR)))                \
    FP_OP(name##_zero_##s, pe_set_nzcv(c, fp##bits##_compare(s(rn), 0, signal, FPCR, FPSR)))
EACH_SIZE(COMPARE, FCMP, NO_SIGNAL)
EACH_SIZE(COMPARE, FCMPE, SIGNAL)
#define COND_COMPARE(bits, s, name, signal)                                                                \
    FP_OP(name##_##s, uint32_t nzcv = (uint32_t)ra << 28;                                                  \
          if (cond_holds(c, op)) nzcv = fp##bits##_compare(s(rn), s(rm), signal, FPCR, FPSR);              \
          pe_set_nzcv(c, nzcv))
EACH_SIZE(COND_COMPARE, FCCMP, NO_SIGNAL)
EACH_SIZE(COND_COMPARE, FCCMPE, SIGNAL)

FP_OP(FCSEL_H, RESULT(cond_holds(c, op) ? H(rn) : H(rm)))
FP_OP(FCSEL_S, RESULT(cond_holds(c, op) ? S(rn) : S(rm)))
FP_OP(FCSEL_D, RESULT(cond_holds(c, op) ? D(rn) : D(rm)))
