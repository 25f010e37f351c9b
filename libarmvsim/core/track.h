/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file track.h
 * What a handler at EL2 or EL3 does with the registers of the context that it interrupted: its saves, as
 * they happen, and its latest loads. The engine's tracking handlers write it, the ledger reads it
 * (ledger/phase.c says what save and restore phases are). Without a ledger nobody comes here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arch/sysreg_ids.h"

struct pe;
union vreg;

enum { TRACK_GAP = 16, TRACK_LOADS = 256, TRACK_SR_WORDS = (SR_COUNT + 63) / 64 };
/* Sets of registers: bit n for Xn, 32 + n for Qn. */
enum { TRACK_X31 = 31, TRACK_Q = 32 };

/* A load, or a write of a system register: when it began, modulo 2^31 instructions and 2^32 ticks; what it
 * loaded, as a set, or BIT(TRACK_X31) and the number of the system register. */
struct track_load {
    uint32_t insn, tick;
    uint64_t regs;
};

/* What is known of the interrupted context's system registers: their values when the handler first read
 * them, for those in `known`. */
struct track_values {
    uint64_t known[TRACK_SR_WORDS];
    uint64_t sr[SR_COUNT];
};

struct reg_track {
    /* Registers that the handler has neither stored nor loaded, read nor written so far: bit n for Xn, 32 +
     * n for Qn; empty when its prologue is over. */
    uint64_t held;
    uint64_t held_sr[TRACK_SR_WORDS];
    bool saving;        /* The prologue is not over. */
    uint32_t save_insn; /* Instruction count after the latest save, at first on entry, modulo 2^32. */
    uint64_t save_tick; /* The tick then. */
    const uint64_t *x;  /* X0-X30 and Q0-Q31 as the context left them. */
    const union vreg *v;
    struct track_values *values; /* NULL: not wanted. */
    uint32_t first, count; /* Loads of this handler: [first, count), the latest of them in the ring. */
    struct track_load load[TRACK_LOADS];
};

/* Distance of two instruction counts as they are kept here. */
static inline uint32_t track_distance(uint32_t from, uint32_t to)
{
    return (to - from) & 0x7fffffff;
}

/* The handler stored Xn, or Qn, some of which it had not touched: bit n. `acc`: after the store. */
void track_save(struct pe *c, uint64_t acc, uint32_t x);
void track_save_fp(struct pe *c, uint64_t acc, uint32_t q);
/* It read a system register that it had neither read nor written. */
void track_save_sr(struct pe *c, uint64_t acc, unsigned id);
