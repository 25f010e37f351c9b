/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file utlb.h
 * The micro-TLBs of a PE: small, fully associative, in front of the main TLB, one for data accesses and one
 * for fetches. An entry is an entry of the main TLB with all its size. Replacement is first in, first out,
 * so that hits, which the fast TLB serves, leave no trace: a fast slot is live while its owner is in here,
 * and parked when it is not (mmu/fast.h). TLB maintenance empties both (Cortex-A53: DDI 0500, 5.2); so
 * does, on cores that say so, another ASID or VMID.
 *
 * A micro-TLB decides nothing but time. Does NOT model: entries smaller than the main TLB's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct pe;

enum { UTLB_ENTRIES_MAX = 64, UTLB_OWNERS = 65536 };

struct utlb {
    uint32_t size;  /* 0: not modelled, everything hits. */
    uint32_t count; /* In use; then the oldest is at `next`. */
    uint32_t next;
    uint16_t owner[UTLB_ENTRIES_MAX];
    uint64_t in[UTLB_OWNERS / 64]; /* Bit n: main TLB entry n is in. */
};

void utlb_init(struct utlb *u, unsigned entries);
/* An access by way of `owner`, the PE's data or `fetch` one. True when it was not in; it is now. */
bool utlb_enter(struct pe *c, bool fetch, uint16_t owner);
/* The main TLB's entry is about to end, and its fast slots with it. */
void utlb_forget(struct pe *c, uint16_t owner);
/* Empties both. */
void utlb_flush(struct pe *c);
