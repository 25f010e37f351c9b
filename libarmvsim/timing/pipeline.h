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

/* What a load or store has to know when it misses. Its address may come from a load (its producer) of its
 * block, or of the one before, which is taken to be the same block. */
enum { PIPE_SLACK_MAX = 127 };
struct pipe_note {
    uint8_t slack : 7; /* Loads: cycles that the result could be late without delaying anything, or more. */
    uint8_t recurrent : 1; /* Producers of producers lead back to it. */
    uint8_t back;          /* The producer is so many instructions back; 0: there is none. */
    int8_t producer;       /* And here, in instructions from this one on. */
    int8_t delay;          /* Cycles from when its data is there to when the address is. */
};

/* What scheduling finds out about one instruction of a block. */
struct pipe_result {
    uint32_t ticks; /* From this one's issue to the next one's; the last one's to the next iteration. */
    struct pipe_note note;
};

/* The registers that an instruction reads and writes, and its class. */
void pipe_insn_of(uint32_t insn, unsigned id, struct pipe_insn *out);

/* Ticks that one more of a class costs among many that do not depend on each other. */
uint32_t pipeline_price(const struct core_pipeline *p, enum insn_class k);

/* Schedules in[0..n), n >= 1. */
void pipeline_schedule(const struct core_pipeline *p, const struct pipe_insn *in, unsigned n,
                       struct pipe_result *out);

/* The producers of in[0..n), n <= 128; part of pipeline_schedule(). */
void pipe_find_chains(const struct core_pipeline *p, const struct pipe_insn *in, unsigned n,
                      struct pipe_result *out);
