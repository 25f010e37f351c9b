/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file counts.h
 * From what the parts of the timing model count for themselves to the PE's event counters.
 */
#pragma once

#include "timing/memory.h"

/* Brings the counters in c->ctr that are counted elsewhere or follow from others up to date: before they
 * are read. */
void timing_counts_sync(struct pe *c);
/* The share of the memory system. */
void timing_counts_memory(struct pe *c, const struct memory_counts *k);

/* Which counters count anything in this machine, as a set of 1 << CTR_<name>: not those of a cache or
 * micro-TLB that the core does not have, nor any of the timing model's with --timing none. */
uint64_t timing_counts_present(const struct avs_machine *m);
