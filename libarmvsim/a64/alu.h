/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file alu.h
 * Arithmetic that several data-processing ops share: results with flags (AddWithCarry in the pseudocode),
 * shifts and extensions of the second operand (ShiftReg, ExtendReg). Flags are kept as pe.h says: N and V
 * as the sign of a word, Z as "the result is zero".
 */
#pragma once

#include "a64/dispatch.h"

static inline uint64_t ror64(uint64_t x, unsigned n)
{
    return x >> (n & 63) | x << (-n & 63);
}

static inline uint32_t ror32(uint32_t x, unsigned n)
{
    return x >> (n & 31) | x << (-n & 31);
}

static inline uint64_t flags64(struct pe *c, uint64_t r, bool carry, uint64_t overflow)
{
    c->flag_n = (int64_t)r;
    c->flag_z = r;
    c->flag_c = carry;
    c->flag_v = (int64_t)overflow;
    return r;
}

static inline uint32_t flags32(struct pe *c, uint32_t r, bool carry, uint32_t overflow)
{
    c->flag_n = (int32_t)r;
    c->flag_z = r;
    c->flag_c = carry;
    c->flag_v = (int32_t)overflow;
    return r;
}

static inline uint64_t logic64(struct pe *c, uint64_t r)
{
    return flags64(c, r, false, 0);
}

static inline uint32_t logic32(struct pe *c, uint32_t r)
{
    return flags32(c, r, false, 0);
}

static inline uint64_t adds64(struct pe *c, uint64_t a, uint64_t b)
{
    uint64_t r = a + b;
    return flags64(c, r, r < a, (a ^ r) & (b ^ r));
}

static inline uint32_t adds32(struct pe *c, uint32_t a, uint32_t b)
{
    uint32_t r = a + b;
    return flags32(c, r, r < a, (a ^ r) & (b ^ r));
}

static inline uint64_t subs64(struct pe *c, uint64_t a, uint64_t b)
{
    uint64_t r = a - b;
    return flags64(c, r, a >= b, (a ^ b) & (a ^ r));
}

static inline uint32_t subs32(struct pe *c, uint32_t a, uint32_t b)
{
    uint32_t r = a - b;
    return flags32(c, r, a >= b, (a ^ b) & (a ^ r));
}

/* AddWithCarry; SBC is a + NOT(b) + C. */
static inline uint64_t adcs64(struct pe *c, uint64_t a, uint64_t b)
{
    uint64_t sum = a + b, r = sum + c->flag_c;
    return flags64(c, r, (sum < a) | (r < sum), (a ^ r) & (b ^ r));
}

static inline uint32_t adcs32(struct pe *c, uint32_t a, uint32_t b)
{
    uint64_t sum = (uint64_t)a + b + c->flag_c;
    uint32_t r = (uint32_t)sum;
    return flags32(c, r, sum >> 32, (a ^ r) & (b ^ r));
}

/* Whether the condition holds whose truth table (cond_truth in operands.c) is imm. */
static inline bool cond_holds(const struct pe *c, const struct op *op)
{
    return (IMM >> (pe_nzcv(c) >> 28)) & 1;
}

/* The second operand, shifted by ra; extended from 64 - ra bits, then shifted by imm. */
#define LSL64 (X(rm) << ra)
#define LSR64 (X(rm) >> ra)
#define ASR64 ((uint64_t)((int64_t)X(rm) >> ra))
#define ROR64 ror64(X(rm), ra)
#define LSL32 (W(rm) << ra)
#define LSR32 (W(rm) >> ra)
#define ASR32 ((uint32_t)((int32_t)W(rm) >> ra))
#define ROR32 ror32(W(rm), ra)
#define UXT64 (((X(rm) << ra) >> ra) << IMM)
#define SXT64 ((uint64_t)((int64_t)(X(rm) << ra) >> ra) << IMM)
#define UXT32 ((uint32_t)UXT64)
#define SXT32 ((uint32_t)SXT64)
