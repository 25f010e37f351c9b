/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_pauth.c
 * Pointer authentication instructions (DDI 0487, C4.1.93 "Data-processing (1 source)", C4.1.88 hints and
 * branches). The hints use LR with SP or zero, or X17 with X16. What a code is, is in pauth.c.
 */
#include "a64/dispatch.h"
#include "a64/pauth.h"

/* A trap or a failed authentication, by PAC functions that do not know pc. */
static A64_COLD const struct op *a64_pauth_exc(A64_PARAMS)
{
    a64_sync(c, op, acc);
    c->exc.ret = c->pc;
    c->exc.insn = op->insn;
    END_EXC();
}

/* `done` is a call that works on the pointer p and is false when an exception is to be taken. */
#define PAUTH_OP(name, dest, source, done)                                                                 \
    OP(name, uint64_t p = (source); if (unlikely(!(done))) A64_CALL(a64_pauth_exc); X(dest) = p)

/* Each key's: register forms, those of a zero modifier (rn is the zero register), hints. */
#define PAUTH_KEY(key, zero)                                                                               \
    PAUTH_OP(PAC##key, rd, X(ra), pauth_add(c, PAUTH_##key, &p, X(rn)))                                    \
    PAUTH_OP(AUT##key, rd, X(ra), pauth_auth(c, PAUTH_##key, &p, X(rn), false))                            \
    PAUTH_OP(PAC##zero, rd, X(ra), pauth_add(c, PAUTH_##key, &p, 0))                                       \
    PAUTH_OP(AUT##zero, rd, X(ra), pauth_auth(c, PAUTH_##key, &p, 0, false))
#define PAUTH_HINTS(key)                                                                                   \
    PAUTH_OP(PAC##key##1716, 17, X(17), pauth_add(c, PAUTH_##key, &p, X(16)))                              \
    PAUTH_OP(PAC##key##SP, 30, X(30), pauth_add(c, PAUTH_##key, &p, X(REG_SP)))                            \
    PAUTH_OP(PAC##key##Z, 30, X(30), pauth_add(c, PAUTH_##key, &p, 0))                                     \
    PAUTH_OP(AUT##key##1716, 17, X(17), pauth_auth(c, PAUTH_##key, &p, X(16), false))                      \
    PAUTH_OP(AUT##key##SP, 30, X(30), pauth_auth(c, PAUTH_##key, &p, X(REG_SP), false))                    \
    PAUTH_OP(AUT##key##Z, 30, X(30), pauth_auth(c, PAUTH_##key, &p, 0, false))
PAUTH_KEY(IA, IZA)
PAUTH_KEY(IB, IZB)
PAUTH_KEY(DA, DZA)
PAUTH_KEY(DB, DZB)
PAUTH_HINTS(IA)
PAUTH_HINTS(IB)

PAUTH_OP(PACGA, rd, 0, pauth_generic(c, X(rn), X(rm), &p))
OP(XPACI, X(rd) = pauth_strip(c, X(ra), false))
OP(XPACD, X(rd) = pauth_strip(c, X(ra), true))
OP(XPACLRI, X(30) = pauth_strip(c, X(30), false))

/* Branches: target in rn, modifier in rm, which is the zero register or SP where the encoding has none. p
 * has a scope of its own, for what has an address is in the way of a tail call. */
#define PAUTH_TARGET(key)                                                                                  \
    {                                                                                                      \
        uint64_t p = X(rn);                                                                                \
        if (unlikely(!pauth_auth(c, PAUTH_##key, &p, X(rm), true)))                                        \
            A64_CALL(a64_pauth_exc);                                                                       \
        target = p;                                                                                        \
    }
#define PAUTH_BRANCH(name, key, ...) INDIRECT_OP(name, PAUTH_TARGET(key) __VA_ARGS__)
#define PAUTH_RETURN(name, key) RETURN_OP(name, PAUTH_TARGET(key))
#define LINK A64_LINK();
PAUTH_BRANCH(BRAA, IA)
PAUTH_BRANCH(BRAB, IB)
PAUTH_BRANCH(BRAAZ, IA)
PAUTH_BRANCH(BRABZ, IB)
PAUTH_BRANCH(BLRAA, IA, LINK)
PAUTH_BRANCH(BLRAB, IB, LINK)
PAUTH_BRANCH(BLRAAZ, IA, LINK)
PAUTH_BRANCH(BLRABZ, IB, LINK)
PAUTH_RETURN(RETAA, IA)
PAUTH_RETURN(RETAB, IB)

/* ERETAA, ERETAB: ELR_ELx keeps its code. */
static inline const struct op *a64_eret_auth(A64_PARAMS, enum pauth_key key)
{
    uint64_t target;

    if (unlikely(c->el == 0)) {
        a64_sync(c, op, acc);
        exc_undefined(c, op->insn);
        END_EXC();
    }
    target = exc_return_address(c);
    if (unlikely(!pauth_auth(c, key, &target, X(REG_SP), true)))
        A64_CALL(a64_pauth_exc);
    c->eret_pc = target;
    c->acc = acc;
    c->pc = a64_pc(c, op);
    return a64_leave(c, PE_EXIT_ERET);
}

END_OP(ERETAA, return a64_eret_auth(c, op, acc, PAUTH_IA);)
END_OP(ERETAB, return a64_eret_auth(c, op, acc, PAUTH_IB);)
