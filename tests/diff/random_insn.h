/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file random_insn.h
 * Reproducible random instructions and operands for the comparisons with other engines. All draw from a
 * seed that they advance.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "a64/op.h"

/* Registers that loads and stores are made to use for addresses. */
enum {
    REG_ALIGNED = 25, /* A multiple of 16, for what has no offset. */
    REG_POSITIVE = 26,
    REG_OFFSET = 27,
    REG_BASE = 28,
};

uint64_t random_next(uint64_t *seed);
/* Values that find carries and overflows more often than random ones. */
uint64_t random_value(uint64_t *seed);
/* A number of ebits and fbits of exponent and fraction: zeros, denormals, infinities, NaNs of both kinds,
 * the limits of every format, and integers and halves of all sizes, all likely. */
uint64_t random_float(uint64_t *seed, unsigned ebits, unsigned fbits);
/* 64 bits of one format. */
enum random_format { RANDOM_DOUBLES, RANDOM_SINGLES, RANDOM_HALVES, RANDOM_BFLOATS, RANDOM_FORMATS };
uint64_t random_floats(uint64_t *seed, enum random_format format);
/* Eight bytes of lanes of some size, each small, at a limit, or random. */
uint64_t random_lanes(uint64_t *seed);
/* What FPCR can hold, of what results depend on. */
uint64_t random_fpcr(uint64_t *seed);

/* Puts a number into the bits of a letter of a64.def's pattern, lowest first. */
uint32_t insn_set_letter(uint32_t insn, const char *pattern, char letter, uint64_t value);
/* An encoding of a line, random where the line is not fixed; it may decode as another line or as none. */
uint32_t insn_random(uint64_t *seed, const struct a64_info *info);

bool insn_is_exclusive(const struct a64_info *info);
/* Always aligned: LDXR, LDAR, LSE and kin, without an offset; LDAPUR and STLUR. */
bool insn_is_plain_base(const struct a64_info *info);
bool insn_is_literal(const struct a64_info *info);
/* Points the address fields of a load or store at REG_ALIGNED, or at `base` with REG_OFFSET or
 * REG_POSITIVE; at one of the next 16 words when it is relative to PC. */
uint32_t insn_aim(uint64_t *seed, const struct a64_info *info, uint32_t insn, unsigned base);
/* Whether it adds a pointer authentication code, which is not PACGA. */
bool insn_adds_code(const struct a64_info *info);
/* XPACI, and AUTxx for PACxx, of the same register. */
uint32_t insn_strip(uint32_t pac_insn);
uint32_t insn_authenticate(uint32_t pac_insn);

static inline bool insn_starts(const struct a64_info *info, const char *with)
{
    return !strncmp(info->name, with, strlen(with));
}
