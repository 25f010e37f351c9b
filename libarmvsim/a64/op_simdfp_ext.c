/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_simdfp_ext.c
 * Advanced SIMD floating-point of later extensions (DDI 0487, C7.2): complex arithmetic (FEAT_FCMA), halves
 * multiplied into singles (FEAT_FHM), BFloat16 products (FEAT_BF16). Conversions are in op_simdfp_cvt.c.
 */
#include "a64/simdfp.h"

/* Complex numbers: an even element is the real part, the odd one above it the imaginary part. */

/* FCADD: adds Vm's number turned by 90 degrees, which is (-im, re), or by 270, (im, -re). */
#define COMPLEX_ADD(bits, member)                                                                          \
    static void FCADD_##bits(LANES_PARAMS)                                                                 \
    {                                                                                                      \
        const union vreg *n = &V(rn), *m = &V(rm);                                                         \
        union vreg out = { 0 };                                                                            \
        for (unsigned i = 0; i < lanes; i += 2) {                                                          \
            const uint##bits##_t re = m->member[i], im = m->member[i + 1];                                 \
            const uint##bits##_t to_re = IMM ? im : fp##bits##_neg(im);                                    \
            const uint##bits##_t to_im = IMM ? fp##bits##_neg(re) : re;                                    \
            out.member[i] = fp##bits##_add(n->member[i], to_re, FP_STATE);                                 \
            out.member[i + 1] = fp##bits##_add(n->member[i + 1], to_im, FP_STATE);                         \
        }                                                                                                  \
        V(rd) = out;                                                                                       \
    }
COMPLEX_ADD(16, h)
COMPLEX_ADD(32, s)
COMPLEX_ADD(64, d)
VECTORS(FCADD, FCADD)

/* FCMLA: adds one part of Vn's number, the real one when the rotation is 0 or 180 degrees, times Vm's
 * number turned by the rotation. Half of a complex product; two rotations make all of it. */
#define COMPLEX_MULADD(name, bits, member, m_index)                                                        \
    static void name##_##bits(LANES_PARAMS)                                                                \
    {                                                                                                      \
        const unsigned odd = IMM & 1;                                                                      \
        union vreg out = { 0 };                                                                            \
        for (unsigned i = 0; i < lanes; i += 2) {                                                          \
            const uint##bits##_t *const m = &V(rm).member[m_index];                                        \
            const uint##bits##_t n = V(rn).member[i + odd];                                                \
            uint##bits##_t to_re = m[odd], to_im = m[!odd];                                                \
            to_re = IMM == 1 || IMM == 2 ? fp##bits##_neg(to_re) : to_re;                                  \
            to_im = IMM >= 2 ? fp##bits##_neg(to_im) : to_im;                                              \
            out.member[i] = fp##bits##_muladd(V(rd).member[i], n, to_re, FP_STATE);                        \
            out.member[i + 1] = fp##bits##_muladd(V(rd).member[i + 1], n, to_im, FP_STATE);                \
        }                                                                                                  \
        V(rd) = out;                                                                                       \
    }
COMPLEX_MULADD(FCMLA, 16, h, i)
COMPLEX_MULADD(FCMLA, 32, s, i)
COMPLEX_MULADD(FCMLA, 64, d, i)
VECTORS(FCMLA, FCMLA)
COMPLEX_MULADD(FCMLA_element, 16, h, 2 * ra)
COMPLEX_MULADD(FCMLA_element, 32, s, 2 * ra)
FP_OP(FCMLA_element_4H, FCMLA_element_16(c, op, 4))
FP_OP(FCMLA_element_8H, FCMLA_element_16(c, op, 8))
FP_OP(FCMLA_element_4S, FCMLA_element_32(c, op, 4))

/* FMLAL and kin: halves of the lower or, for ..2, the upper part of the source (Vpart). */
#define HALVES(name, sign, m_index, n_index)                                                               \
    static void name##_lanes(LANES_PARAMS)                                                                 \
    {                                                                                                      \
        union vreg out = { 0 };                                                                            \
        for (unsigned i = 0; i < lanes; i++)                                                               \
            out.s[i] = fp16_muladd_long(V(rd).s[i], sign(V(rn).h[n_index]), V(rm).h[m_index], FP_STATE);   \
        V(rd) = out;                                                                                       \
    }                                                                                                      \
    FP_OP(name##_2S, name##_lanes(c, op, 2))                                                               \
    FP_OP(name##_4S, name##_lanes(c, op, 4))
HALVES(FMLAL, , i, i)
HALVES(FMLSL, fp16_neg, i, i)
HALVES(FMLAL2, , lanes + i, lanes + i)
HALVES(FMLSL2, fp16_neg, lanes + i, lanes + i)
HALVES(FMLAL_element, , ra, i)
HALVES(FMLSL_element, fp16_neg, ra, i)
HALVES(FMLAL2_element, , ra, lanes + i)
HALVES(FMLSL2_element, fp16_neg, ra, lanes + i)

/* BFDOT: each single takes the products of a pair; m_index is the pair of Vm. */
#define BF_DOT(name, m_index)                                                                              \
    static void name##_lanes(LANES_PARAMS)                                                                 \
    {                                                                                                      \
        union vreg out = { 0 };                                                                            \
        for (unsigned i = 0; i < lanes; i++) {                                                             \
            const uint16_t *const n = &V(rn).h[2 * i], *const m = &V(rm).h[2 * (m_index)];                 \
            out.s[i] = bf16_dot(V(rd).s[i], n[0], n[1], m[0], m[1]);                                       \
        }                                                                                                  \
        V(rd) = out;                                                                                       \
    }                                                                                                      \
    FP_OP(name##_2S, name##_lanes(c, op, 2))                                                               \
    FP_OP(name##_4S, name##_lanes(c, op, 4))
BF_DOT(BFDOT, i)
BF_DOT(BFDOT_element, ra)

/* BFMLALB, BFMLALT: the even (bottom) or odd (top) elements. */
#define BF_MULADD(name, m_index, n_index)                                                                  \
    static void name##_lanes(struct pe *c, const struct op *op)                                            \
    {                                                                                                      \
        union vreg out;                                                                                    \
        for (unsigned i = 0; i < 4; i++)                                                                   \
            out.s[i] = bf16_muladd(V(rd).s[i], V(rn).h[n_index], V(rm).h[m_index], FP_STATE);              \
        V(rd) = out;                                                                                       \
    }                                                                                                      \
    FP_OP(name##_4S, name##_lanes(c, op))
BF_MULADD(BFMLALB, 2 * i, 2 * i)
BF_MULADD(BFMLALT, 2 * i + 1, 2 * i + 1)
BF_MULADD(BFMLALB_element, ra, 2 * i)
BF_MULADD(BFMLALT_element, ra, 2 * i + 1)

/* BFMatMulAdd: Vd, 2 by 2 singles, takes Vn, 2 rows of 4, times Vm, 2 columns of 4. */
static void bf_matrix_muladd(union vreg *vd, const union vreg *vn, const union vreg *vm)
{
    union vreg sum = *vd;

    for (unsigned i = 0; i < 4; i++) {
        const uint16_t *row = &vn->h[i / 2 * 4], *column = &vm->h[i % 2 * 4];

        for (unsigned k = 0; k < 4; k += 2)
            sum.s[i] = bf16_dot(sum.s[i], row[k], row[k + 1], column[k], column[k + 1]);
    }
    *vd = sum;
}

FP_OP(BFMMLA_4S, bf_matrix_muladd(&V(rd), &V(rn), &V(rm)))
