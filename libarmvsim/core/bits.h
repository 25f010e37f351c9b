/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file bits.h
 * Bit-field helpers, spelled like the manual's slices: bits(x, 31, 26) is x<31:26>.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define BIT(n) (UINT64_C(1) << (n))
/* MASK(hi, lo): a word with bits <hi:lo> set. */
#define MASK(hi, lo) ((~UINT64_C(0) >> (63 - (hi))) & (~UINT64_C(0) << (lo)))

static inline uint64_t bits(uint64_t x, unsigned hi, unsigned lo)
{
    return (x >> lo) & (~UINT64_C(0) >> (63 - (hi - lo)));
}

static inline bool bit(uint64_t x, unsigned n)
{
    return (x >> n) & 1;
}

/* Sign-extends the low `width` bits of x. */
static inline int64_t sext(uint64_t x, unsigned width)
{
    return (int64_t)(x << (64 - width)) >> (64 - width);
}

static inline uint64_t deposit(uint64_t x, unsigned hi, unsigned lo, uint64_t field)
{
    return (x & ~MASK(hi, lo)) | ((field << lo) & MASK(hi, lo));
}

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
