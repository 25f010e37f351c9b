/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The kernels of the `int` benchmark. Each works on its own static data, builds it afresh from a
 * fixed seed, and returns a number that depends on all of its work; so every pass executes the same
 * instructions.
 */
#ifndef BENCH_INT_H
#define BENCH_INT_H

#include <stdint.h>

/** A step of a 64-bit linear congruential generator; returns its upper half. */
static inline uint32_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*state >> 32);
}

/** CRC-32 by table over 64 KiB, starting from `start`: byte loads, a dependent table load each. */
uint32_t kernel_crc(uint32_t start);

/** Inserts and looks up keys in an open-addressing hash table of 128 KiB. */
uint64_t kernel_hash(void);

/** Sorts a linked list of 4096 nodes by merging, then walks it. */
uint64_t kernel_list(void);

/** Sorts 8192 integers in place by quicksort with insertion sort at the leaves. */
uint64_t kernel_sort(void);

/** Multiplies two 48 by 48 integer matrices. */
uint64_t kernel_matrix(void);

/** Counts the words of a 48 KiB text in a dictionary of strings. */
uint64_t kernel_words(void);

/** Interprets a program of a small stack machine through a switch. */
uint64_t kernel_interpreter(void);

/** Packs 48 KiB by back references, unpacks it, and compares. */
uint64_t kernel_pack(void);

#endif
