/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_pauth_ld.c
 * Loads through an authenticated pointer (DDI 0487, C6.2 LDRAA, LDRAB). The pointer written back is the
 * authenticated one.
 */
#include "a64/dispatch.h"
#include "a64/pauth.h"

/* What raises an exception does so in the slow twin, where pc is exact. p has a scope of its own, for what
 * has an address is in the way of a tail call. */
#define LDRA(name, key, ...)                                                                               \
    MEM_OP(                                                                                                \
        name, 0, uint64_t at; {                                                                            \
            uint64_t p = X(rn);                                                                            \
            if (unlikely(!pauth_auth(c, PAUTH_##key, &p, 0, true))) {                                      \
                if (!MEM_SLOW)                                                                             \
                    A64_CALL(slow_);                                                                       \
                c->exc.insn = op->insn;                                                                    \
                END_EXC();                                                                                 \
            }                                                                                              \
            at = p + UIMM;                                                                                 \
        } MEM_RD(64, v, at);                                                                               \
        TRACK_LD(rd); __VA_ARGS__; X(rd) = v)
LDRA(LDRAA_off, DA, (void)0)
LDRA(LDRAB_off, DB, (void)0)
LDRA(LDRAA_pre, DA, X(rn) = at)
LDRA(LDRAB_pre, DB, X(rn) = at)
