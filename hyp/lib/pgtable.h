/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pgtable.h
 * Translation tables in the VMSAv8-64 format with a 4 KiB granule (Arm ARM D8.3), for stage 1 of
 * EL2 and of EL1&0 and for stage 2. Lookup starts at level 1, so an input address has up to 39
 * bits. The format of the lower attributes differs per stage and is given ready made.
 *
 *    63    55 54 53 52  51 48 47              12 11 10 9  8 7  6 5    2 1 0
 *   +--------+--+--+---+-----+------------------+--+--+----+----+------+---+
 *   |        |XN|  |   |     |  output address  |nG|AF| SH | AP |  Attr|typ|
 *   +--------+--+--+---+-----+------------------+--+--+----+----+------+---+
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bits.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE BIT(PAGE_SHIFT)
#define BLOCK_SIZE BIT(21) /* what a level 2 entry maps */

#define PTE_VALID BIT(0)
#define PTE_TABLE BIT(1) /* at levels 1 and 2: table, not block; at level 3: page */
#define PTE_ADDRESS_MASK (MASK(48) & ~MASK(PAGE_SHIFT))
#define PTE_AF BIT(10)
#define PTE_SH_INNER (UL(3) << 8)
#define PTE_NG BIT(11)

/* Stage 1: index into MAIR_ELx, access, execute never. */
#define PTE_S1_DEVICE (UL(0) << 2)
#define PTE_S1_NORMAL (UL(1) << 2)
#define PTE_S1_EL0 BIT(6)
#define PTE_S1_READ_ONLY BIT(7)
#define PTE_S1_PXN BIT(53)
#define PTE_S1_UXN BIT(54)
#define PTE_EL2_RES1 BIT(6) /* AP[1] in a regime with one privilege level */
#define PTE_EL2_XN BIT(54)

/* Stage 2: memory type, access, execute never. */
#define PTE_S2_NORMAL (UL(0xf) << 2)
#define PTE_S2_READ (UL(1) << 6)
#define PTE_S2_WRITE (UL(2) << 6)
#define PTE_S2_XN BIT(54)

struct pgtable_page {
    uint64_t entry[512];
} __attribute__((aligned(4096)));
_Static_assert(sizeof(struct pgtable_page) == PAGE_SIZE, "a table fills one page");

struct pgtable {
    struct pgtable_page *pages; /* zeroed; the first is the root */
    size_t page_count;
    size_t used;
    uint64_t offset; /* address of a table for software, minus that for the walker */
};

/** Prepares a set of tables in `pages`, which must be zero. */
void pgtable_init(struct pgtable *table, struct pgtable_page *pages, size_t page_count);

/**
 * Maps [in, in + size) to `out`, by 2 MiB blocks where both are aligned. Not over a mapping.
 * Returns false when the tables are used up.
 */
bool pgtable_map(struct pgtable *table, uint64_t in, uint64_t out, uint64_t size_bytes,
                 uint64_t attributes);

/** Returns the level 3 descriptor of `in`, making its tables if needed; null if it cannot. */
uint64_t *pgtable_page_entry(struct pgtable *table, uint64_t in);

/** Returns what the walker must be given as the root. */
uint64_t pgtable_root(const struct pgtable *table);
