/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_simd_long.c
 * Advanced SIMD on integers, three registers of two widths (DDI 0487, C4.1.96 "Advanced SIMD three
 * different" and its scalar kin): long (Vn and Vm narrow), wide (Vm narrow), narrowing (Vd narrow).
 */
#include "a64/simd_int.h"

#define V3_LONG(Z, W, name, t, ...)                                                                        \
    FP_OP(name##_vec_##Z, const union lanes vn = READ_HALF(rn), vm = READ_HALF(rm);                        \
          LANES_LONG(t, W, COUNT_##W, vn.t##Z[i], vm.t##Z[i], __VA_ARGS__); V(rd) = out.v)
#define S3_LONG(Z, W, name, t, ...)                                                                        \
    FP_OP(name##_scalar_##Z, const union lanes vn = { V(rn) }, vm = { V(rm) };                             \
          LANES_LONG(t, W, 1, vn.t##Z[i], vm.t##Z[i], __VA_ARGS__); V(rd) = out.v)
#define V3_WIDE(Z, W, name, t, ...)                                                                        \
    FP_OP(name##_vec_##Z, const union lanes vn = { V(rn) }, vm = READ_HALF(rm);                            \
          LANES_LONG(t, W, COUNT_##W, vn.t##W[i], vm.t##Z[i], __VA_ARGS__); V(rd) = out.v)
/* The upper half of each wide result of Vn and Vm. */
#define LANES_HIGH(Z, W, ...)                                                                              \
    const union lanes vn = { V(rn) }, vm = { V(rm) };                                                      \
    union lanes out = { .v.d = { 0, 0 } };                                                                 \
    for (unsigned i = 0; i < COUNT_##W; i++) {                                                             \
        const u##W a = vn.u##W[i], b = vm.u##W[i];                                                         \
        out.u##Z[i] = (u##Z)((u##W)(__VA_ARGS__) >> BITS_##Z);                                             \
    }
#define V3_NARROW(Z, W, name, ...)                                                                         \
    FP_OP(name##_vec_##Z, enum { HALF_BITS = BITS_##Z }; LANES_HIGH(Z, W, __VA_ARGS__); WRITE_HALF(out))
#define HALF_PLACE (UINT32_C(1) << (HALF_BITS - 1))

BHS_WIDE(V3_LONG, SADDL, s, (U)a + (U)b)
BHS_WIDE(V3_LONG, UADDL, u, a + b)
BHS_WIDE(V3_LONG, SSUBL, s, (U)a - (U)b)
BHS_WIDE(V3_LONG, USUBL, u, a - b)
BHS_WIDE(V3_WIDE, SADDW, s, (U)a + (U)b)
BHS_WIDE(V3_WIDE, UADDW, u, a + b)
BHS_WIDE(V3_WIDE, SSUBW, s, (U)a - (U)b)
BHS_WIDE(V3_WIDE, USUBW, u, a - b)
BHS_WIDE(V3_NARROW, ADDHN, a + b)
BHS_WIDE(V3_NARROW, RADDHN, a + b + HALF_PLACE)
BHS_WIDE(V3_NARROW, SUBHN, a - b)
BHS_WIDE(V3_NARROW, RSUBHN, a - b + HALF_PLACE)
BHS_WIDE(V3_LONG, SABDL, s, ABS_DIFF(a, b))
BHS_WIDE(V3_LONG, UABDL, u, ABS_DIFF(a, b))
BHS_WIDE(V3_LONG, SABAL, s, (U)e + ABS_DIFF(a, b))
BHS_WIDE(V3_LONG, UABAL, u, e + ABS_DIFF(a, b))
BHS_WIDE(V3_LONG, SMULL, s, (a * b))
BHS_WIDE(V3_LONG, UMULL, u, (a * b))
BHS_WIDE(V3_LONG, SMLAL, s, (U)e + (U)(a * b))
BHS_WIDE(V3_LONG, UMLAL, u, e + a * b)
BHS_WIDE(V3_LONG, SMLSL, s, (U)e - (U)(a * b))
BHS_WIDE(V3_LONG, UMLSL, u, e - a * b)
V3_LONG(B, H, PMULL, u, simd_pmul((uint8_t)a, (uint8_t)b))
#define V3_LONG_SAT(Z, W, name, fn) V3_LONG(Z, W, name, s, fn##_##W(e, a, b, &sat))
#define S3_LONG_SAT(Z, W, name, fn) S3_LONG(Z, W, name, s, fn##_##W(e, a, b, &sat))
HS_WIDE(V3_LONG_SAT, SQDMULL, sqdmull)
HS_WIDE(V3_LONG_SAT, SQDMLAL, sqdmlal)
HS_WIDE(V3_LONG_SAT, SQDMLSL, sqdmlsl)
HS_WIDE(S3_LONG_SAT, SQDMULL, sqdmull)
HS_WIDE(S3_LONG_SAT, SQDMLAL, sqdmlal)
HS_WIDE(S3_LONG_SAT, SQDMLSL, sqdmlsl)
