/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pipeline.h
 * What straight-line code costs on a core: its instructions are issued, in order or out of a window, to the
 * core's pipes, when their operands are ready. A block is scheduled as if it followed itself for ever,
 * until the time that one more takes is steady: what a loop costs, and near to what a block costs among
 * others like it. Everything hits and every branch is predicted here; what does not is charged when it
 * happens.
 *
 * Nothing of this runs but when a block is decoded.
 */
#pragma once

#include "timing/timing.h"

/* Registers as resources: 0..30 X, 31 SP, 32..63 V, then NZCV; XZR is none. */
enum { PIPE_REG_SP = 31, PIPE_REG_V = 32, PIPE_REG_NZCV = 64, PIPE_REG_COUNT = 65 };
enum { PIPE_SOURCES_MAX = 8, PIPE_DESTS_MAX = 6 };

/* One instruction as scheduling sees it. */
struct pipe_insn {
    uint8_t insn_class; /* enum insn_class */
    uint8_t source_count, dest_count;
    struct {
        uint8_t reg, read; /* enum pipe_read */
    } source[PIPE_SOURCES_MAX];
    struct {
        uint8_t reg;
        bool base; /* The written-back base of a load or store: INSN_LOAD_BASE, INSN_STORE_BASE. */
    } dest[PIPE_DESTS_MAX];
    bool load, store;
};

/* What scheduling finds out about one instruction of a block. */
struct pipe_result {
    uint32_t ticks; /* From this one's issue to the next one's; the last one's to the next iteration. */
    uint8_t slack;  /* Loads: cycles that the result could be late without delaying anything; 255: more. */
    bool chained;   /* Loads and stores: the address depends on a load of this block or the one before. */
};

/* The registers that an instruction reads and writes, and its class. */
void pipe_insn_of(uint32_t insn, unsigned id, struct pipe_insn *out);

/* Ticks that one more of a class costs among many that do not depend on each other. */
uint32_t pipeline_price(const struct core_pipeline *p, enum insn_class k);

/* Schedules in[0..n), n >= 1. */
void pipeline_schedule(const struct core_pipeline *p, const struct pipe_insn *in, unsigned n,
                       struct pipe_result *out);

/* The `chained` of in[0..n); part of pipeline_schedule(). */
void pipe_find_chains(const struct pipe_insn *in, unsigned n, struct pipe_result *out);
