/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file track_op.h
 * How tracking handlers (A64_TRACK) note the registers that they move: for state sets in c->gp_store_set
 * and its kin, for save and restore phases in c->track (core/track.h). In all other handlers these are
 * nothing.
 *
 * In the body of a MEM_OP, after its accesses: TRACK_ST(r), TRACK_LD(r), for pairs TRACK_ST2(r, r2) and
 * TRACK_LD2(r, r2), for FP/SIMD registers the same with _FP. The slow twin has costs in c->acc that `acc`
 * does not know yet.
 */
#pragma once

#include "core/pe.h"

#if A64_TRACK
#define TRACK_AFTER (MEM_SLOW ? c->acc + (op->suffix - op[1].suffix) : acc - op[1].suffix)
#define TRACK_BEFORE (acc - op->suffix)
#define TRACK_X_BIT(r) ((uint32_t)(UINT64_C(1) << (r)) & 0x7fffffff)
#define TRACK_Q_BIT(r) (UINT32_C(1) << (r))

static inline __attribute__((unused)) void track_store(struct pe *c, uint64_t acc, uint32_t x)
{
    c->gp_store_set |= x & ~c->gp_load_set;
    if (unlikely((uint32_t)c->track.held & x))
        track_save(c, acc, x);
}

static inline __attribute__((unused)) void track_store_fp(struct pe *c, uint64_t acc, uint32_t q)
{
    c->fp_store_set |= q & ~c->fp_load_set;
    if (unlikely((uint32_t)(c->track.held >> TRACK_Q) & q))
        track_save_fp(c, acc, q);
}

static inline __attribute__((unused)) void track_load(struct pe *c, uint64_t acc, uint32_t x)
{
    c->gp_load_set |= x;
    track_write(c, acc, x);
}

static inline __attribute__((unused)) void track_load_fp(struct pe *c, uint64_t acc, uint32_t q)
{
    c->fp_load_set |= q;
    track_write(c, acc, (uint64_t)q << TRACK_Q);
}

#define TRACK_ST(r) track_store(c, TRACK_AFTER, TRACK_X_BIT(r))
#define TRACK_ST2(r, r2) track_store(c, TRACK_AFTER, TRACK_X_BIT(r) | TRACK_X_BIT(r2))
#define TRACK_ST_FP(r) track_store_fp(c, TRACK_AFTER, TRACK_Q_BIT(r))
#define TRACK_ST2_FP(r, r2) track_store_fp(c, TRACK_AFTER, TRACK_Q_BIT(r) | TRACK_Q_BIT(r2))
#define TRACK_LD(r) track_load(c, TRACK_BEFORE, TRACK_X_BIT(r))
#define TRACK_LD2(r, r2) track_load(c, TRACK_BEFORE, TRACK_X_BIT(r) | TRACK_X_BIT(r2))
#define TRACK_LD_FP(r) track_load_fp(c, TRACK_BEFORE, TRACK_Q_BIT(r))
#define TRACK_LD2_FP(r, r2) track_load_fp(c, TRACK_BEFORE, TRACK_Q_BIT(r) | TRACK_Q_BIT(r2))

/* System registers, by storage slot. `after`: acc when the access is complete. */
static inline __attribute__((unused)) void track_sr_read(struct pe *c, uint64_t after, unsigned slot)
{
    if (unlikely(c->track.held_sr[slot / 64] >> (slot % 64) & 1))
        track_save_sr(c, after, slot);
}

static inline __attribute__((unused)) void track_sr_write(struct pe *c, uint64_t before, unsigned slot)
{
    c->track.held_sr[slot / 64] &= ~(UINT64_C(1) << (slot % 64));
    track_write_sr(c, before, slot);
}
#else
#define TRACK_ST(r) ((void)0)
#define TRACK_ST2(r, r2) ((void)0)
#define TRACK_ST_FP(r) ((void)0)
#define TRACK_ST2_FP(r, r2) ((void)0)
#define TRACK_LD(r) ((void)0)
#define TRACK_LD2(r, r2) ((void)0)
#define TRACK_LD_FP(r) ((void)0)
#define TRACK_LD2_FP(r, r2) ((void)0)
#define track_sr_read(c, after, slot) ((void)0)
#define track_sr_write(c, before, slot) ((void)0)
#endif
