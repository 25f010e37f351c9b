/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_permute.c
 * Advanced SIMD permutes (DDI 0487, C7.2 EXT, TBL, TBX, UZP, TRN, ZIP). Results are made beside the
 * registers and written at the end, for the destination may be a source.
 */
#include "a64/dispatch.h"

/* EXT: 16 or 8 bytes from byte imm of n:m. */
static inline union vreg extract(const union vreg *low, const union vreg *high, unsigned from,
                                 unsigned bytes)
{
    uint8_t both[32];
    union vreg v = { .d = { 0, 0 } };

    memcpy(both, low, bytes);
    memcpy(both + bytes, high, bytes);
    memcpy(&v, both + from, bytes);
    return v;
}

FP_OP(EXT_8B, V(rd) = extract(&V(rn), &V(rm), (unsigned)IMM, 8))
FP_OP(EXT_16B, V(rd) = extract(&V(rn), &V(rm), (unsigned)IMM, 16))

/* TBL and TBX: bytes of `regs` registers from rn on, by the indices in rm; beyond the table stays what
 * `out` is. */
static inline union vreg look_up(const struct pe *c, const struct op *op, union vreg out, unsigned regs,
                                 unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        unsigned at = V(rm).b[i];
        if (at < 16 * regs)
            out.b[i] = V((rn + at / 16) & 31).b[at % 16];
    }
    if (bytes == 8)
        out.d[1] = 0;
    return out;
}

#define TABLE(n)                                                                                           \
    FP_OP(TBL_##n##_8B, V(rd) = look_up(c, op, (union vreg){ .d = { 0, 0 } }, n, 8))                       \
    FP_OP(TBL_##n##_16B, V(rd) = look_up(c, op, (union vreg){ .d = { 0, 0 } }, n, 16))                     \
    FP_OP(TBX_##n##_8B, V(rd) = look_up(c, op, V(rd), n, 8))                                               \
    FP_OP(TBX_##n##_16B, V(rd) = look_up(c, op, V(rd), n, 16))
TABLE(1)
TABLE(2)
TABLE(3)
TABLE(4)

/* Of `count` elements, e counts pairs: each line is where the result's elements 2e and 2e + 1 (for UZP, e
 * and e + count / 2) come from. */
#define PAIRS(name, member, count, first, second, from_first, from_second)                                 \
    FP_OP(                                                                                                 \
        name, union vreg v = { .d = { 0, 0 } }; const union vreg a = V(rn); const union vreg b = V(rm);    \
        for (unsigned e = 0; e < (count) / 2; e++) {                                                       \
            v.member[first] = from_first;                                                                  \
            v.member[second] = from_second;                                                                \
        } V(rd) = v)
#define PERMUTES(suffix, member, count)                                                                    \
    PAIRS(UZP1_##suffix, member, count, e, e + (count) / 2, a.member[2 * e], b.member[2 * e])              \
    PAIRS(UZP2_##suffix, member, count, e, e + (count) / 2, a.member[2 * e + 1], b.member[2 * e + 1])      \
    PAIRS(TRN1_##suffix, member, count, 2 * e, 2 * e + 1, a.member[2 * e], b.member[2 * e])                \
    PAIRS(TRN2_##suffix, member, count, 2 * e, 2 * e + 1, a.member[2 * e + 1], b.member[2 * e + 1])        \
    PAIRS(ZIP1_##suffix, member, count, 2 * e, 2 * e + 1, a.member[e], b.member[e])                        \
    PAIRS(ZIP2_##suffix, member, count, 2 * e, 2 * e + 1, a.member[e + (count) / 2],                       \
          b.member[e + (count) / 2])
PERMUTES(8B, b, 8)
PERMUTES(16B, b, 16)
PERMUTES(4H, h, 4)
PERMUTES(8H, h, 8)
PERMUTES(2S, s, 2)
PERMUTES(4S, s, 4)
PERMUTES(2D, d, 2)
