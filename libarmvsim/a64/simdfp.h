/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file simdfp.h
 * Words in which op_simdfp*.c state Advanced SIMD floating-point instructions (a64_simdfp.def). A family is
 * one expression of an element; it becomes a function for each element size over any number of lanes, which
 * the handlers of the arrangements call. A scalar is a vector of one lane. Lanes that are not there, the
 * upper half of a 64-bit vector among them, are cleared.
 */
#pragma once

#include "a64/dispatch.h"
#include "a64/fp.h"

/* What every function of fp.h takes last. */
#define FP_STATE c->sr[SR_FPCR], &c->sr[SR_FPSR]

#define LANES_PARAMS struct pe *c __attribute__((unused)), const struct op *op, unsigned lanes
#define LANES_INPUT(T, name, from) const T name __attribute__((unused)) = (from)

/* One size of a family: `value` of the elements n, m and d of Vn, Vm and Vd (m is that at m_index). */
#define LANES(name, bits, member, m_index, value)                                                          \
    static void name##_##bits(LANES_PARAMS)                                                                \
    {                                                                                                      \
        typedef uint##bits##_t T;                                                                          \
        union vreg out = { 0 };                                                                            \
        for (unsigned i = 0; i < lanes; i++) {                                                             \
            LANES_INPUT(T, n, V(rn).member[i]);                                                            \
            LANES_INPUT(T, m, V(rm).member[m_index]);                                                      \
            LANES_INPUT(T, d, V(rd).member[i]);                                                            \
            out.member[i] = (T)(value);                                                                    \
        }                                                                                                  \
        V(rd) = out;                                                                                       \
    }

/* Handlers of a family's arrangements: of singles and doubles, of halves, and scalars. */
#define VECTORS_SD(name, lanes_fn)                                                                         \
    FP_OP(name##_2S, lanes_fn##_32(c, op, 2))                                                              \
    FP_OP(name##_4S, lanes_fn##_32(c, op, 4))                                                              \
    FP_OP(name##_2D, lanes_fn##_64(c, op, 2))
#define VECTORS(name, lanes_fn)                                                                            \
    FP_OP(name##_4H, lanes_fn##_16(c, op, 4))                                                              \
    FP_OP(name##_8H, lanes_fn##_16(c, op, 8))                                                              \
    VECTORS_SD(name, lanes_fn)
#define SCALARS(name, lanes_fn)                                                                            \
    FP_OP(name##_H, lanes_fn##_16(c, op, 1))                                                               \
    FP_OP(name##_S, lanes_fn##_32(c, op, 1))                                                               \
    FP_OP(name##_D, lanes_fn##_64(c, op, 1))

/* A family in all sizes; shape(bits, what) is the value of an element. */
#define LANES_SD(name, m_index, shape, what)                                                               \
    LANES(name, 32, s, m_index, shape(32, what))                                                           \
    LANES(name, 64, d, m_index, shape(64, what))
#define LANES_HSD(name, m_index, shape, what)                                                              \
    LANES(name, 16, h, m_index, shape(16, what))                                                           \
    LANES_SD(name, m_index, shape, what)
