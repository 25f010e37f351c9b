/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_simdfp.c
 * Advanced SIMD floating-point arithmetic and comparison (DDI 0487, C7.2; classes "three same",
 * "two-register miscellaneous", "across lanes", "scalar pairwise" and "by element" of C4.1.96): vectors and
 * scalars.
 */
#include "a64/simdfp.h"

/* Three registers of the same kind. */
#define BINARY(bits, fn) fp##bits##_##fn(n, m, FP_STATE)
#define ABS_DIFF(bits, fn) fp##bits##_abs(fp##bits##_sub(n, m, FP_STATE))
#define MULADD(bits, fn) fp##bits##_muladd(d, n, m, FP_STATE)
#define MULSUB(bits, fn) fp##bits##_muladd(d, fp##bits##_neg(n), m, FP_STATE)
#define TEST(bits, fn) fp##bits##_##fn(n, m, FP_STATE) ? -1 : 0
#define TEST_ABS(bits, fn) fp##bits##_##fn(fp##bits##_abs(n), fp##bits##_abs(m), FP_STATE) ? -1 : 0
#define SAME(name, shape, fn)                                                                              \
    LANES_HSD(name, i, shape, fn)                                                                          \
    VECTORS(name, name)
#define SAME_SCALAR(name, shape, fn)                                                                       \
    SAME(name, shape, fn)                                                                                  \
    SCALARS(name##_scalar, name)
SAME(FADD, BINARY, add)
SAME(FSUB, BINARY, sub)
SAME(FMUL, BINARY, mul)
SAME(FDIV, BINARY, div)
SAME(FMAX, BINARY, max)
SAME(FMIN, BINARY, min)
SAME(FMAXNM, BINARY, maxnm)
SAME(FMINNM, BINARY, minnm)
SAME(FMLA, MULADD, )
SAME(FMLS, MULSUB, )
SAME_SCALAR(FMULX, BINARY, mulx)
SAME_SCALAR(FABD, ABS_DIFF, )
SAME_SCALAR(FRECPS, BINARY, recip_step)
SAME_SCALAR(FRSQRTS, BINARY, rsqrt_step)
SAME_SCALAR(FCMEQ, TEST, eq)
SAME_SCALAR(FCMGE, TEST, ge)
SAME_SCALAR(FCMGT, TEST, gt)
SAME_SCALAR(FACGE, TEST_ABS, ge)
SAME_SCALAR(FACGT, TEST_ABS, gt)

/* By element: the same with one element of Vm. */
#define ELEMENT(name, shape, fn)                                                                           \
    LANES_HSD(name##_element, ra, shape, fn)                                                               \
    VECTORS(name##_element, name##_element)                                                                \
    SCALARS(name##_scalar_element, name##_element)
ELEMENT(FMLA, MULADD, )
ELEMENT(FMLS, MULSUB, )
ELEMENT(FMUL, BINARY, mul)
ELEMENT(FMULX, BINARY, mulx)

/* One source. */
#define PURE(bits, fn) fp##bits##_##fn(n)
#define UNARY(bits, fn) fp##bits##_##fn(n, FP_STATE)
#define TEST_0(bits, fn) fp##bits##_##fn(n, 0, FP_STATE) ? -1 : 0
#define TEST_0_REVERSED(bits, fn) fp##bits##_##fn(0, n, FP_STATE) ? -1 : 0
#define WITH_0(name, shape, fn)                                                                            \
    LANES_HSD(name##_zero, i, shape, fn)                                                                   \
    VECTORS(name##_zero, name##_zero)                                                                      \
    SCALARS(name##_scalar_zero, name##_zero)
SAME(FABS, PURE, abs)
SAME(FNEG, PURE, neg)
SAME(FSQRT, UNARY, sqrt)
SAME_SCALAR(FRECPE, UNARY, recip_estimate)
SAME_SCALAR(FRSQRTE, UNARY, rsqrt_estimate)
WITH_0(FCMEQ, TEST_0, eq)
WITH_0(FCMGE, TEST_0, ge)
WITH_0(FCMGT, TEST_0, gt)
WITH_0(FCMLE, TEST_0_REVERSED, ge)
WITH_0(FCMLT, TEST_0_REVERSED, gt)
LANES_HSD(FRECPX, i, UNARY, recpx)
SCALARS(FRECPX_scalar, FRECPX)
LANES(URECPE, 32, s, i, fp_unsigned_recip_estimate(n))
FP_OP(URECPE_2S, URECPE_32(c, op, 2))
FP_OP(URECPE_4S, URECPE_32(c, op, 4))
LANES(URSQRTE, 32, s, i, fp_unsigned_rsqrt_estimate(n))
FP_OP(URSQRTE_2S, URSQRTE_32(c, op, 2))
FP_OP(URSQRTE_4S, URSQRTE_32(c, op, 4))

/* Pairwise: neighbours of Vn, then neighbours of Vm. */
#define PAIRS(name, fn, bits, member)                                                                      \
    static void name##_##bits(LANES_PARAMS)                                                                \
    {                                                                                                      \
        const union vreg *n = &V(rn), *m = &V(rm);                                                         \
        union vreg out = { 0 };                                                                            \
        for (unsigned i = 0; i < lanes; i += 2) {                                                          \
            out.member[i / 2] = fp##bits##_##fn(n->member[i], n->member[i + 1], FP_STATE);                 \
            out.member[(lanes + i) / 2] = fp##bits##_##fn(m->member[i], m->member[i + 1], FP_STATE);       \
        }                                                                                                  \
        V(rd) = out;                                                                                       \
    }
/* Scalar pairwise: the two elements of Vn. */
#define SCALAR_PAIR(name, fn, bits, member, size)                                                          \
    FP_OP(name##_scalar_##size, union vreg out = { 0 };                                                    \
          out.member[0] = fp##bits##_##fn(V(rn).member[0], V(rn).member[1], FP_STATE); V(rd) = out)
#define PAIRWISE(name, fn)                                                                                 \
    PAIRS(name, fn, 16, h)                                                                                 \
    PAIRS(name, fn, 32, s)                                                                                 \
    PAIRS(name, fn, 64, d)                                                                                 \
    VECTORS(name, name)                                                                                    \
    SCALAR_PAIR(name, fn, 16, h, H)                                                                        \
    SCALAR_PAIR(name, fn, 32, s, S)                                                                        \
    SCALAR_PAIR(name, fn, 64, d, D)
PAIRWISE(FADDP, add)
PAIRWISE(FMAXP, max)
PAIRWISE(FMINP, min)
PAIRWISE(FMAXNMP, maxnm)
PAIRWISE(FMINNMP, minnm)

/* Across lanes, as Reduce does it: halves of halves, which decides whose NaN comes out. */
#define REDUCE(name, fn, bits, member)                                                                     \
    static void name##_##bits(LANES_PARAMS)                                                                \
    {                                                                                                      \
        union vreg v = V(rn), out = { 0 };                                                                 \
        for (; lanes > 1; lanes /= 2)                                                                      \
            for (unsigned i = 0; i < lanes; i += 2)                                                        \
                v.member[i / 2] = fp##bits##_##fn(v.member[i], v.member[i + 1], FP_STATE);                 \
        out.member[0] = v.member[0];                                                                       \
        V(rd) = out;                                                                                       \
    }
#define ACROSS(name, fn)                                                                                   \
    REDUCE(name, fn, 16, h)                                                                                \
    REDUCE(name, fn, 32, s)                                                                                \
    FP_OP(name##_4H, name##_16(c, op, 4))                                                                  \
    FP_OP(name##_8H, name##_16(c, op, 8))                                                                  \
    FP_OP(name##_4S, name##_32(c, op, 4))
ACROSS(FMAXV, max)
ACROSS(FMINV, min)
ACROSS(FMAXNMV, maxnm)
ACROSS(FMINNMV, minnm)
