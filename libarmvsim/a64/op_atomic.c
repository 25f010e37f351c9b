/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_atomic.c
 * FEAT_LSE: atomic read-modify-write, swap, compare and swap (DDI 0487, C4.1.94, C6.2 LDADD, SWP, CAS,
 * CASP; pseudocode MemAtomic, MemAtomicCompareAndSwap); FEAT_LRCPC and FEAT_LRCPC2: load-acquire RCpc. PEs
 * interleave between instructions: the whole access is one, and acquire and release order nothing more.
 *
 * An atomic needs permission to read and to write whatever it will do, and an aligned address.
 */
#include "a64/dispatch.h"

/* Host memory of an atomic access: a slot of the fast TLB that serves loads and stores, or the slow way. */
#define ATOMIC_HOST(host, bytes)                                                                           \
    uint8_t *host;                                                                                         \
    if (MEM_SLOW) {                                                                                        \
        pa_t phys_;                                                                                        \
        host = mem_atomic(c, X(rn), (bytes), true, ACCESS_ATOMIC, &phys_);                                 \
        if (!host)                                                                                         \
            END_EXC();                                                                                     \
    } else {                                                                                               \
        const struct fast_slot *s_ = FAST_SLOT(X(rn));                                                     \
        const uint64_t tag_ = FAST_TAG(X(rn), (bytes));                                                    \
        if (unlikely(s_->tag_r != tag_ || s_->tag_w != tag_ || !A64_STORABLE(X(rn))))                      \
            A64_CALL(slow_);                                                                               \
        host = (uint8_t *)(uintptr_t)(X(rn) + s_->addend);                                                 \
    }                                                                                                      \
    accesses_ += 2;

/* Rt gets what was there, v; `result` is an expression of v and the operand s, whose signed kin is sint. */
#define FETCH(name, bits, result)                                                                          \
    MEM_OP(name, 0, ATOMIC_HOST(host, (bits) / 8) typedef int##bits##_t sint;                              \
           const uint##bits##_t s = (uint##bits##_t)X(rm); uint##bits##_t v; memcpy(&v, host, sizeof(v));  \
           const uint##bits##_t new_ = (uint##bits##_t)(result); memcpy(host, &new_, sizeof(new_));        \
           (void)sizeof(sint); X(rd) = v)
#define FETCH_ALL(name, result)                                                                            \
    FETCH(name##B_32, 8, result)                                                                           \
    FETCH(name##H_32, 16, result)                                                                          \
    FETCH(name##_32, 32, result)                                                                           \
    FETCH(name##_64, 64, result)
FETCH_ALL(LDADD, v + s)
FETCH_ALL(LDCLR, v & ~s)
FETCH_ALL(LDEOR, v ^ s)
FETCH_ALL(LDSET, v | s)
FETCH_ALL(LDSMAX, (sint)v > (sint)s ? v : s)
FETCH_ALL(LDSMIN, (sint)v < (sint)s ? v : s)
FETCH_ALL(LDUMAX, v > s ? v : s)
FETCH_ALL(LDUMIN, v < s ? v : s)
FETCH_ALL(SWP, s)

/* Rs, ra when read and rm when written, is compared; Rt, rd, is stored. */
#define COMPARE_SWAP(name, bits)                                                                           \
    MEM_OP(name, 0, ATOMIC_HOST(host, (bits) / 8) const uint##bits##_t new_ = (uint##bits##_t)X(rd);       \
           uint##bits##_t v; memcpy(&v, host, sizeof(v));                                                  \
           if (v == (uint##bits##_t)X(ra)) memcpy(host, &new_, sizeof(new_)); X(rm) = v)
COMPARE_SWAP(CASB_32, 8)
COMPARE_SWAP(CASH_32, 16)
COMPARE_SWAP(CAS_32, 32)
COMPARE_SWAP(CAS_64, 64)

/* Pairs: Rs is rm, Rt is rd; the second registers are ra (Rs written) and in imm (Rs read, Rt). */
#define RS2 (UIMM & 0xff)
#define RT2 (UIMM >> 8)
#define COMPARE_SWAP_PAIR(name, bits)                                                                      \
    MEM_OP(name, 0, ATOMIC_HOST(host, (bits) / 4) uint##bits##_t v[2]; memcpy(v, host, sizeof(v));         \
           const uint##bits##_t new_[2] = { (uint##bits##_t)X(rd), (uint##bits##_t)X(RT2) };               \
           if (v[0] == (uint##bits##_t)X(rm) && v[1] == (uint##bits##_t)X(RS2))                            \
               memcpy(host, new_, sizeof(new_));                                                           \
           X(rm) = v[0]; X(ra) = v[1])
COMPARE_SWAP_PAIR(CASP_32, 32)
COMPARE_SWAP_PAIR(CASP_64, 64)

#define LOAD(name, bits, conv, va)                                                                         \
    MEM_OP(name, ACCESS_ORDERED, MEM_RD(bits, v, va); TRACK_LD(rd); X(rd) = conv)
#define STORE(name, bits, va) MEM_OP(name, ACCESS_ORDERED, MEM_WR(bits, va, X(rd)); TRACK_ST(rd))
#define AT_BASE X(rn)
#define AT_IMM (X(rn) + UIMM)

LOAD(LDAPRB_32, 8, v, AT_BASE)
LOAD(LDAPRH_32, 16, v, AT_BASE)
LOAD(LDAPR_32, 32, v, AT_BASE)
LOAD(LDAPR_64, 64, v, AT_BASE)
LOAD(LDAPURB_32, 8, v, AT_IMM)
LOAD(LDAPURH_32, 16, v, AT_IMM)
LOAD(LDAPUR_32, 32, v, AT_IMM)
LOAD(LDAPUR_64, 64, v, AT_IMM)
LOAD(LDAPURSB_32, 8, (uint32_t)(int8_t)v, AT_IMM)
LOAD(LDAPURSB_64, 8, (uint64_t)(int8_t)v, AT_IMM)
LOAD(LDAPURSH_32, 16, (uint32_t)(int16_t)v, AT_IMM)
LOAD(LDAPURSH_64, 16, (uint64_t)(int16_t)v, AT_IMM)
LOAD(LDAPURSW_64, 32, (uint64_t)(int32_t)v, AT_IMM)
STORE(STLURB_32, 8, AT_IMM)
STORE(STLURH_32, 16, AT_IMM)
STORE(STLUR_32, 32, AT_IMM)
STORE(STLUR_64, 64, AT_IMM)
