/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file words.h
 * The encodings over which the decoder is compared with other decoders: random words; and for every line of
 * the tables of instructions random and corner values of its fields, and words one or two fixed bits away
 * from it. Always the same words in the same order.
 */
#pragma once

#include <stdint.h>

/* At least this many of them are random or have random fields; corners come on top. */
enum { WORDS_FULL = 10000000 };

/* `line` is the id of the line that the word was made for, A64_UNALLOCATED when it is random. */
typedef void words_fn(void *to, uint32_t insn, unsigned line);

/* What ARMVSIM_TEST_WORDS says, else WORDS_FULL. */
unsigned long words_wanted(void);
/* Calls use() for `sampled` sampled encodings and all corners. */
void words_each(unsigned long sampled, words_fn *use, void *to);
/* The line that the word of that index was made for. */
unsigned words_line(unsigned long sampled, unsigned long index);
