/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file op_excl.c
 * Exclusives, load-acquire and store-release (DDI 0487, B2.17 "Synchronization and semaphores", C4.1.94).
 * The PE's monitor holds the physical address and size of the last load-exclusive and the value that it
 * read; a store-exclusive passes when they match and memory still has that value. So a store of another PE
 * in between that changes the value fails it, and one that writes the same value does not. PEs interleave
 * between instructions, so acquire and release order nothing more.
 */
#include "a64/dispatch.h"

/* AArch64.SetExclusiveMonitors. */
static inline void monitor_set(struct pe *c, pa_t phys, const uint8_t *host, unsigned bytes)
{
    c->excl_valid = true;
    c->excl_size = (uint8_t)bytes;
    c->excl_pa = phys.v;
    memcpy(c->excl_data, host, bytes);
}

/* AArch64.ExclusiveMonitorsPass, and the clearing of the monitor that follows. */
static inline bool monitor_passes(struct pe *c, pa_t phys, const uint8_t *host, unsigned bytes)
{
    bool pass = c->excl_valid && c->excl_size == bytes && c->excl_pa == phys.v &&
                !memcmp(c->excl_data, host, bytes);

    c->excl_valid = false;
    return pass;
}

/* One register. For stores rm is the status. */
#define LOAD_EXCL(name, bits)                                                                              \
    MEM_OP(name, ACCESS_ALIGNED, MEM_ATOMIC(host, phys, X(rn), (bits) / 8, false);                         \
           monitor_set(c, phys, host, (bits) / 8); uint##bits##_t v; memcpy(&v, host, sizeof(v));          \
           X(rd) = v)
#define STORE_EXCL(name, bits)                                                                             \
    MEM_OP(name, ACCESS_ALIGNED, MEM_ATOMIC(host, phys, X(rn), (bits) / 8, true);                          \
           bool pass = monitor_passes(c, phys, host, (bits) / 8);                                          \
           uint##bits##_t v = (uint##bits##_t)X(rd); if (pass) memcpy(host, &v, sizeof(v)); X(rm) = !pass)

/* A pair: one access of twice the size. */
#define LOAD_EXCL_PAIR(name, bits)                                                                         \
    MEM_OP(name, ACCESS_ALIGNED, MEM_ATOMIC(host, phys, X(rn), (bits) / 4, false);                         \
           monitor_set(c, phys, host, (bits) / 4); uint##bits##_t v[2]; memcpy(v, host, sizeof(v));        \
           X(rd) = v[0]; X(ra) = v[1])
#define STORE_EXCL_PAIR(name, bits)                                                                        \
    MEM_OP(name, ACCESS_ALIGNED, MEM_ATOMIC(host, phys, X(rn), (bits) / 4, true);                          \
           bool pass = monitor_passes(c, phys, host, (bits) / 4); uint##bits##_t v[2];                     \
           v[0] = (uint##bits##_t)X(rd); v[1] = (uint##bits##_t)X(ra);                                     \
           if (pass) memcpy(host, v, sizeof(v)); X(rm) = !pass)

#define ACQUIRE(name, bits) MEM_OP(name, ACCESS_ORDERED, MEM_RD(bits, v, X(rn)); TRACK_LD(rd); X(rd) = v)
#define RELEASE(name, bits) MEM_OP(name, ACCESS_ORDERED, MEM_WR(bits, X(rn), X(rd)); TRACK_ST(rd))

LOAD_EXCL(LDXRB_32, 8)
LOAD_EXCL(LDXRH_32, 16)
LOAD_EXCL(LDXR_32, 32)
LOAD_EXCL(LDXR_64, 64)
LOAD_EXCL(LDAXRB_32, 8)
LOAD_EXCL(LDAXRH_32, 16)
LOAD_EXCL(LDAXR_32, 32)
LOAD_EXCL(LDAXR_64, 64)
STORE_EXCL(STXRB_32, 8)
STORE_EXCL(STXRH_32, 16)
STORE_EXCL(STXR_32, 32)
STORE_EXCL(STXR_64, 64)
STORE_EXCL(STLXRB_32, 8)
STORE_EXCL(STLXRH_32, 16)
STORE_EXCL(STLXR_32, 32)
STORE_EXCL(STLXR_64, 64)
ACQUIRE(LDARB_32, 8)
ACQUIRE(LDARH_32, 16)
ACQUIRE(LDAR_32, 32)
ACQUIRE(LDAR_64, 64)
ACQUIRE(LDLARB_32, 8)
ACQUIRE(LDLARH_32, 16)
ACQUIRE(LDLAR_32, 32)
ACQUIRE(LDLAR_64, 64)
RELEASE(STLRB_32, 8)
RELEASE(STLRH_32, 16)
RELEASE(STLR_32, 32)
RELEASE(STLR_64, 64)
RELEASE(STLLRB_32, 8)
RELEASE(STLLRH_32, 16)
RELEASE(STLLR_32, 32)
RELEASE(STLLR_64, 64)
LOAD_EXCL_PAIR(LDXP_32, 32)
LOAD_EXCL_PAIR(LDXP_64, 64)
LOAD_EXCL_PAIR(LDAXP_32, 32)
LOAD_EXCL_PAIR(LDAXP_64, 64)
STORE_EXCL_PAIR(STXP_32, 32)
STORE_EXCL_PAIR(STXP_64, 64)
STORE_EXCL_PAIR(STLXP_32, 32)
STORE_EXCL_PAIR(STLXP_64, 64)
