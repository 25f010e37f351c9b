/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_simd_element.c
 * Advanced SIMD on integers by one element of Vm (DDI 0487, C4.1.96 "Advanced SIMD vector x indexed
 * element", and its scalar kin), and what adds up products of bytes: dot products and matrix multiplies.
 */
#include "a64/simd_int.h"

#define V3_ELEMENT(Z, name, t, ...)                                                                        \
    FP_OP(name##_element_##Z, const t##Z element = ELEMENT_OF(rm, t, Z, ra);                               \
          LANES_B(t, Z, COUNT_##Z, element, __VA_ARGS__); WRITE(out))
#define S3_ELEMENT(Z, name, t, ...)                                                                        \
    FP_OP(name##_scalar_element_##Z, const t##Z element = ELEMENT_OF(rm, t, Z, ra);                        \
          LANES_B(t, Z, 1, element, __VA_ARGS__); V(rd) = out.v)
#define V3_ELEMENT_SAT(Z, name, fn) V3_ELEMENT(Z, name, s, fn##_##Z(a, b, &sat))
#define S3_ELEMENT_SAT(Z, name, fn) S3_ELEMENT(Z, name, s, fn##_##Z(a, b, &sat))
HS(V3_ELEMENT, MUL, u, (uint32_t)a *b)
HS(V3_ELEMENT, MLA, u, e + (uint32_t)a * b)
HS(V3_ELEMENT, MLS, u, e - (uint32_t)a * b)
HS(V3_ELEMENT_SAT, SQDMULH, sqdmulh)
HS(V3_ELEMENT_SAT, SQRDMULH, sqrdmulh)
HS(S3_ELEMENT_SAT, SQDMULH, sqdmulh)
HS(S3_ELEMENT_SAT, SQRDMULH, sqrdmulh)

#define V3_ELEMENT_RDM(Z, name, fn) V3_ELEMENT(Z, name, s, fn##_##Z(e, a, b, &sat))
#define S3_ELEMENT_RDM(Z, name, fn) S3_ELEMENT(Z, name, s, fn##_##Z(e, a, b, &sat))
HS(V3_ELEMENT_RDM, SQRDMLAH, sqrdmlah)
HS(V3_ELEMENT_RDM, SQRDMLSH, sqrdmlsh)
HS(S3_ELEMENT_RDM, SQRDMLAH, sqrdmlah)
HS(S3_ELEMENT_RDM, SQRDMLSH, sqrdmlsh)

/* Long. */
#define V3_ELEMENT_LONG(Z, W, name, t, ...)                                                                \
    FP_OP(name##_element_##Z, const t##Z element = ELEMENT_OF(rm, t, Z, ra);                               \
          const union lanes vn = READ_HALF(rn);                                                            \
          LANES_LONG(t, W, COUNT_##W, vn.t##Z[i], element, __VA_ARGS__); V(rd) = out.v)
#define S3_ELEMENT_LONG(Z, W, name, t, ...)                                                                \
    FP_OP(name##_scalar_element_##Z, const t##Z element = ELEMENT_OF(rm, t, Z, ra);                        \
          const union lanes vn = { V(rn) }; LANES_LONG(t, W, 1, vn.t##Z[i], element, __VA_ARGS__);         \
          V(rd) = out.v)
#define V3_ELEMENT_LONG_SAT(Z, W, name, fn) V3_ELEMENT_LONG(Z, W, name, s, fn##_##W(e, a, b, &sat))
#define S3_ELEMENT_LONG_SAT(Z, W, name, fn) S3_ELEMENT_LONG(Z, W, name, s, fn##_##W(e, a, b, &sat))
HS_WIDE(V3_ELEMENT_LONG, SMULL, s, (a * b))
HS_WIDE(V3_ELEMENT_LONG, UMULL, u, (a * b))
HS_WIDE(V3_ELEMENT_LONG, SMLAL, s, (U)e + (U)(a * b))
HS_WIDE(V3_ELEMENT_LONG, UMLAL, u, e + a * b)
HS_WIDE(V3_ELEMENT_LONG, SMLSL, s, (U)e - (U)(a * b))
HS_WIDE(V3_ELEMENT_LONG, UMLSL, u, e - a * b)
HS_WIDE(V3_ELEMENT_LONG_SAT, SQDMULL, sqdmull)
HS_WIDE(V3_ELEMENT_LONG_SAT, SQDMLAL, sqdmlal)
HS_WIDE(V3_ELEMENT_LONG_SAT, SQDMLSL, sqdmlsl)
HS_WIDE(S3_ELEMENT_LONG_SAT, SQDMULL, sqdmull)
HS_WIDE(S3_ELEMENT_LONG_SAT, SQDMLAL, sqdmlal)
HS_WIDE(S3_ELEMENT_LONG_SAT, SQDMLSL, sqdmlsl)

/* Adds products of bytes to each word of Vd. */
#define LANES_DOT(bytes, ...)                                                                              \
    const union lanes vn = { V(rn) }, vm = { V(rm) };                                                      \
    union lanes out = { V(rd) };                                                                           \
    for (unsigned i = 0; i < COUNT_S; i++) {                                                               \
        for (unsigned k = 0; k < (bytes); k++)                                                             \
            out.uS[i] += (uint32_t)(__VA_ARGS__);                                                          \
    }

/* Dot products of four bytes: s and t are the signs of Vn and Vm, `group` which four bytes of Vm. */
#define DOT(name, s, t, group)                                                                             \
    FP_OP(name, LANES_DOT(4, vn.s##B[4 * i + k] * vm.t##B[4 * (group) + k]); WRITE(out))
DOT(SDOT_vec, s, s, i)
DOT(UDOT_vec, u, u, i)
DOT(USDOT_vec, u, s, i)
DOT(SDOT_element, s, s, ra)
DOT(UDOT_element, u, u, ra)
DOT(USDOT_element, u, s, ra)
DOT(SUDOT_element, s, u, ra)

/* The 2 by 2 words of Vd plus the 2 by 8 bytes of Vn times the 8 by 2 of Vm, whose rows are its columns. */
#define MATRIX(name, s, t)                                                                                 \
    FP_OP(name, LANES_DOT(8, vn.s##B[8 * (i / 2) + k] * vm.t##B[8 * (i % 2) + k]); V(rd) = out.v)
MATRIX(SMMLA, s, s)
MATRIX(UMMLA, u, u)
MATRIX(USMMLA, u, s)
