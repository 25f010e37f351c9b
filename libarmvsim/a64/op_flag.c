/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_flag.c
 * FEAT_FlagM and FEAT_FlagM2 (DDI 0487, C6.2 CFINV, RMIF, SETF8, SETF16, AXFLAG, XAFLAG), and SB (FEAT_SB),
 * which has nothing to wait for: no instruction here is speculative.
 */
#include "a64/dispatch.h"

/* The flags as booleans. */
#define FLAG_Z (c->flag_z == 0)
#define FLAG_C (c->flag_c != 0)
#define FLAG_V (c->flag_v < 0)

static inline void set_flags(struct pe *c, bool n, bool z, bool carry, bool v)
{
    c->flag_n = n ? -1 : 0;
    c->flag_z = !z;
    c->flag_c = carry;
    c->flag_v = v ? -1 : 0;
}

OP(CFINV, c->flag_c ^= 1)
OP(XAFLAG, set_flags(c, !FLAG_C && !FLAG_Z, FLAG_Z &&FLAG_C, FLAG_C || FLAG_Z, !FLAG_C && FLAG_Z))
OP(AXFLAG, set_flags(c, false, FLAG_Z || FLAG_V, FLAG_C && !FLAG_V, false))

/* RMIF: bits of Xn rotated right by rm go to the flags that the mask ra names. */
static inline uint32_t rotate_right(uint64_t x, unsigned by)
{
    return (uint32_t)(by ? x >> by | x << (64 - by) : x);
}
OP(RMIF, pe_set_nzcv(c, ((pe_nzcv(c) >> 28 & ~(uint32_t)ra) | (rotate_right(X(rn), rm) & ra)) << 28))

/* SETF: as if the 8 or 16 bits were a result whose next bit is the one that did not fit. C stays. */
#define SETF(bits)                                                                                         \
    set_flags(c, X(rn) >> ((bits)-1) & 1, !(uint##bits##_t)X(rn), FLAG_C,                                  \
              (X(rn) >> (bits) ^ X(rn) >> ((bits)-1)) & 1)
OP(SETF8, SETF(8))
OP(SETF16, SETF(16))

OP(SB, )
