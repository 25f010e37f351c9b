/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_simd_misc.c
 * Advanced SIMD on integers, two registers (DDI 0487, C4.1.96 "Advanced SIMD two-register miscellaneous",
 * "... across lanes" and their scalar kin): one source, or one source and the destination.
 */
#include "a64/simd_int.h"

/* Element order in containers, as operations on the containers. */
#define SWAP_HALVES(x, n, mask) (((x) >> (n) & (mask)) | ((x) & (mask)) << (n))
#define BYTES UINT64_C(0x00ff00ff00ff00ff)
FP_OP(REV64_vec_B, LANES_B(u, D, COUNT_D, 0, __builtin_bswap64(a)); WRITE(out))
FP_OP(REV64_vec_H, LANES_B(u, D, COUNT_D, 0, SWAP_HALVES(__builtin_bswap64(a), 8, BYTES)); WRITE(out))
FP_OP(REV64_vec_S, LANES_B(u, D, COUNT_D, 0, a >> 32 | a << 32); WRITE(out))
FP_OP(REV32_vec_B, LANES_B(u, S, COUNT_S, 0, __builtin_bswap32(a)); WRITE(out))
FP_OP(REV32_vec_H, LANES_B(u, S, COUNT_S, 0, a >> 16 | a << 16); WRITE(out))
FP_OP(REV16_vec_B, LANES_B(u, D, COUNT_D, 0, SWAP_HALVES(a, 8, BYTES)); WRITE(out))

/* Bits of each byte: reversed, and counted side by side. */
static inline uint64_t rbit_bytes(uint64_t x)
{
    x = SWAP_HALVES(x, 1, UINT64_C(0x5555555555555555));
    x = SWAP_HALVES(x, 2, UINT64_C(0x3333333333333333));
    return SWAP_HALVES(x, 4, UINT64_C(0x0f0f0f0f0f0f0f0f));
}

static inline uint64_t count_bytes(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    return (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
}
FP_OP(RBIT_vec_B, LANES_B(u, D, COUNT_D, 0, rbit_bytes(a)); WRITE(out))
FP_OP(CNT_vec_B, LANES_B(u, D, COUNT_D, 0, count_bytes(a)); WRITE(out))
V2(D, NOT, u, ~a)

/* CountLeadingZeroBits; CountLeadingSignBits is that of what differs from the next bit, less one. */
#define CLZ(x) ((x) ? (unsigned)__builtin_clz(x) - (32 - BITS) : BITS)
BHS(V2, CLZ, u, CLZ(a))
BHS(V2, CLS, s, CLZ((U)(a ^ (a >> 1))) - 1)

BHSD(V2, ABS, s, a < 0 ? 0 - (U)a : (U)a)
BHSD(V2, NEG, u, 0 - a)
BHSD(V2, CMGT_zero, s, -(a > 0))
BHSD(V2, CMGE_zero, s, -(a >= 0))
BHSD(V2, CMEQ_zero, s, -(a == 0))
BHSD(V2, CMLE_zero, s, -(a <= 0))
BHSD(V2, CMLT_zero, s, -(a < 0))
S2(D, ABS, s, a < 0 ? 0 - (U)a : (U)a)
S2(D, NEG, u, 0 - a)
S2(D, CMGT_zero, s, -(a > 0))
S2(D, CMGE_zero, s, -(a >= 0))
S2(D, CMEQ_zero, s, -(a == 0))
S2(D, CMLE_zero, s, -(a <= 0))
S2(D, CMLT_zero, s, -(a < 0))

/* Saturating: the negative of a number is its difference from zero; sums of a signed and an unsigned
 * number. */
#define SAT_MISC(Z)                                                                                        \
    static inline s##Z sqneg_##Z(s##Z a, s##Z e __attribute__((unused)), u##Z *sat)                        \
    {                                                                                                      \
        return sqsub_##Z(0, a, sat);                                                                       \
    }                                                                                                      \
    static inline s##Z sqabs_##Z(s##Z a, s##Z e __attribute__((unused)), u##Z *sat)                        \
    {                                                                                                      \
        return a < 0 ? sqsub_##Z(0, a, sat) : a;                                                           \
    }                                                                                                      \
    static inline s##Z suqadd_##Z(s##Z a, s##Z e, u##Z *sat)                                               \
    {                                                                                                      \
        const u##Z limit = (u##Z) ~(u##Z)0 >> 1, room = (u##Z)(limit - (u##Z)e);                           \
        *sat = (u##Z)(*sat | ((u##Z)a > room));                                                            \
        return (s##Z)((u##Z)a > room ? limit : (u##Z)e + (u##Z)a);                                         \
    }                                                                                                      \
    static inline u##Z usqadd_##Z(u##Z a, u##Z e, u##Z *sat)                                               \
    {                                                                                                      \
        return (s##Z)a < 0 ? uqsub_##Z(e, (u##Z)(0 - a), sat) : uqadd_##Z(e, a, sat);                      \
    }
SAT_MISC(B)
SAT_MISC(H)
SAT_MISC(S)
SAT_MISC(D)
#define V2_SAT(Z, name, t, fn) V2(Z, name, t, fn##_##Z(a, e, &sat))
#define S2_SAT(Z, name, t, fn) S2(Z, name, t, fn##_##Z(a, e, &sat))
BHSD(V2_SAT, SQNEG, s, sqneg)
BHSD(V2_SAT, SQABS, s, sqabs)
BHSD(V2_SAT, SUQADD, s, suqadd)
BHSD(V2_SAT, USQADD, u, usqadd)
BHSD(S2_SAT, SQNEG, s, sqneg)
BHSD(S2_SAT, SQABS, s, sqabs)
BHSD(S2_SAT, SUQADD, s, suqadd)
BHSD(S2_SAT, USQADD, u, usqadd)

/* Between widths. */
#define VN_CLAMP(Z, W, name, t, clamp) VN(Z, W, name, t, clamp##_##Z(a, &sat))
#define SN_CLAMP(Z, W, name, t, clamp) SN(Z, W, name, t, clamp##_##Z(a, &sat))
BHS_WIDE(VN, XTN, u, a)
BHS_WIDE(VN_CLAMP, SQXTN, s, clamp_s)
BHS_WIDE(VN_CLAMP, SQXTUN, s, clamp_su)
BHS_WIDE(VN_CLAMP, UQXTN, u, clamp_u)
BHS_WIDE(SN_CLAMP, SQXTN, s, clamp_s)
BHS_WIDE(SN_CLAMP, SQXTUN, s, clamp_su)
BHS_WIDE(SN_CLAMP, UQXTN, u, clamp_u)
BHS_WIDE(WIDEN, SHLL, u, a << BITS / 2)

/* Neighbours added up in their container. */
#define PAIR_LONG(Z, W, name, t, ...)                                                                      \
    FP_OP(name##_vec_##Z, const union lanes vn = READ(rn);                                                 \
          LANES_LONG(t, W, COUNT_##W, vn.t##Z[2 * i], vn.t##Z[2 * i + 1], __VA_ARGS__); WRITE(out))
BHS_WIDE(PAIR_LONG, SADDLP, s, (U)a + (U)b)
BHS_WIDE(PAIR_LONG, UADDLP, u, a + b)
BHS_WIDE(PAIR_LONG, SADALP, s, (U)e + (U)a + (U)b)
BHS_WIDE(PAIR_LONG, UADALP, u, e + a + b)

/* Across lanes: b is the result so far. Of 64 bits, the lower half stands for the upper one too in those
 * that choose; in sums it is zero. */
#define LANES_ACROSS(Z, W, t, upper, ...)                                                                  \
    const union lanes vn = { .v.d = { V(rn).d[0], UIMM ? V(rn).d[1] : (upper) } };                         \
    union lanes out = { .v.d = { 0, 0 } };                                                                 \
    t##W b = vn.t##Z[0];                                                                                   \
    for (unsigned i = 1; i < COUNT_##Z; i++) {                                                             \
        const t##W a = vn.t##Z[i];                                                                         \
        b = (t##W)(__VA_ARGS__);                                                                           \
    }                                                                                                      \
    out.t##W[0] = b
#define ACROSS(Z, W, name, t, upper, ...)                                                                  \
    FP_OP(name##_##Z, LANES_ACROSS(Z, W, t, upper, __VA_ARGS__); V(rd) = out.v)
#define ACROSS_SAME(Z, name, t, ...) ACROSS(Z, Z, name, t, V(rn).d[0], __VA_ARGS__)
BHS_WIDE(ACROSS, SADDLV, s, 0, a + b)
BHS_WIDE(ACROSS, UADDLV, u, 0, a + b)
ACROSS(B, B, ADDV, u, 0, a + b)
ACROSS(H, H, ADDV, u, 0, a + b)
ACROSS(S, S, ADDV, u, 0, a + b)
BHS(ACROSS_SAME, SMAXV, s, a > b ? a : b)
BHS(ACROSS_SAME, UMAXV, u, a > b ? a : b)
BHS(ACROSS_SAME, SMINV, s, a < b ? a : b)
BHS(ACROSS_SAME, UMINV, u, a < b ? a : b)
