/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file state.h
 * The state of a machine as numbers: each PE's by name, for comparing two machines, and as hashes, for
 * comparing a run with its recording. traces/FORMAT.md specifies the hashes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct avs_machine;
struct pe;

/* One number of a PE's state: "x" 5, "HCR_EL2" -1. */
struct state_item {
    const char *name;
    int index;    /* -1: the name alone. */
    uint64_t key; /* The same in every version: traces/FORMAT.md. */
    uint64_t value;
};

/* Calls fn for all of a PE's state that is not zero, in the same order always. */
void state_each(const struct pe *c, void (*fn)(void *user, const struct state_item *item), void *user);

/* The PEs': registers, PSTATE, system registers, counts, waiting. */
uint64_t state_hash_pes(const struct avs_machine *m);
/* RAM and flash: memory is taken in pieces of 2 MiB, each of which belongs to one of STATE_SLICES slices.
 */
enum { STATE_SLICES = 64 };
uint64_t state_hash_slice(struct avs_machine *m, unsigned slice);
uint64_t state_hash_memory(struct avs_machine *m);

/* The next value of a running digest; and of the exceptions' one, after one was taken. */
uint64_t state_mix(uint64_t digest, uint64_t value);
struct exc;
uint64_t state_mix_exception(uint64_t digest, const struct pe *c, const struct exc *exc, uint64_t from_pc);

/* Retired instructions of all PEs, and the latest cycle that anything has reached. */
uint64_t state_insns(const struct avs_machine *m);
uint64_t state_cycle(const struct avs_machine *m);
