/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file insn.h
 * The instructions of a64.def as enums: A64_ADD_imm_64, ...; the features, operand formats and CONSTRAINED
 * UNPREDICTABLE cases that its columns name.
 */
#pragma once

#include "a64/op.h"

enum a64_id {
    A64_UNALLOCATED,
#define A64_INSN(name, ...) A64_##name,
#include "a64/a64_insn.inc"
#undef A64_INSN
    A64_ID_COUNT
};

enum a64_feature {
#define A64_FEATURE(name, ...) A64_FEAT_##name,
#include "a64/feature.def"
#undef A64_FEATURE
    A64_FEAT_COUNT
};

enum a64_format {
#define A64_FORMAT(name, ...) A64_FMT_##name,
#include "a64/format.def"
#undef A64_FORMAT
    A64_FMT_COUNT
};

enum a64_constrained {
#define A64_CONSTRAINED(name, ...) A64_CU_##name,
#include "a64/constrained.def"
#undef A64_CONSTRAINED
    A64_CU_COUNT
};

/* Whether the PE's core has a feature, by its ID registers. */
bool a64_has_feature(const struct pe *c, unsigned feature);
const char *a64_feature_name(unsigned feature);
/* The first case of `info` that the encoding is and that we make UNDEFINED; -1 when it is none. */
int a64_constrained_undef(const struct a64_info *info, uint32_t insn);
const char *a64_constrained_text(unsigned which);
