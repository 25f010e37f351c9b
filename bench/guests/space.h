/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Address spaces for EL1: stage 1 and stage 2 tables of 4 KiB pages, and their installation. The
 * image is at the same VA as PA, but at an IPA that is IPA_OFFSET higher, so that mixing up the two
 * stages cannot go unnoticed.
 */
#ifndef BENCH_SPACE_H
#define BENCH_SPACE_H

#include <stdint.h>

#define PAGE_SIZE 4096ull
#define TABLE_ENTRIES 512
#define IPA_OFFSET 0x40000000ull

/* Descriptor bits of a page, Arm ARM D8.3. */
#define PAGE_VALID 3ull
#define PAGE_DEVICE (1ull << 2)    /* stage 1: AttrIndx 1 of MAIR_VALUE */
#define PAGE_READ_ONLY (1ull << 7) /* stage 1: AP[2] */
#define PAGE_INNER_SHAREABLE (3ull << 8)
#define PAGE_AF (1ull << 10)
#define PAGE_NG (1ull << 11)
#define PAGE_NO_EXEC (3ull << 53)

#define S1_DATA (PAGE_NO_EXEC | PAGE_NG | PAGE_AF | PAGE_INNER_SHAREABLE | PAGE_VALID)
#define S1_TEXT (PAGE_NG | PAGE_AF | PAGE_INNER_SHAREABLE | PAGE_READ_ONLY | PAGE_VALID)
#define S1_DEVICE (PAGE_NO_EXEC | PAGE_NG | PAGE_AF | PAGE_DEVICE | PAGE_VALID)

#define S2_NORMAL (15ull << 2) /* MemAttr: outer and inner write-back */
#define S2_READ (1ull << 6)
#define S2_WRITE (2ull << 6)
#define S2_NO_EXEC (1ull << 54)
#define S2_TEXT (PAGE_AF | PAGE_INNER_SHAREABLE | S2_READ | S2_NORMAL | PAGE_VALID)
#define S2_DATA (S2_TEXT | S2_WRITE | S2_NO_EXEC)

/** Pages for tables. A table at address `p` of EL2 is at `p + offset` for the walker. */
struct table_pool {
    uint64_t *next;
    uint64_t *end;
    uint64_t offset;
};

/** One stage of one address space, walked from level 1 (39 bits of input address). */
struct stage {
    uint64_t *root;
    struct table_pool *pool;
};

/** What EL1 sees: two stages and the identifiers that tag their translations. */
struct el1_space {
    struct stage s1;
    struct stage s2;
    uint64_t vmid;
    uint64_t asid;
};

/** Makes an empty stage with tables from `pool`. */
void stage_init(struct stage *stage, struct table_pool *pool);

/** Maps `size` bytes at `in` to `out` by 4 KiB pages with descriptor bits `bits`. */
void stage_map(struct stage *stage, uint64_t in, uint64_t out, uint64_t size, uint64_t bits);

/** Returns the level 3 entry of the page that holds `in`; its tables must exist. */
uint64_t *stage_entry(const struct stage *stage, uint64_t in);

/** The address of the stage's root table, as TTBR0_EL1 or VTTBR_EL2 wants it. */
uint64_t stage_base(const struct stage *stage);

/** Maps the text and read-only data of this image in both stages. */
void space_map_text(struct el1_space *space);

/** Makes a space with VMID 1 and ASID 1 that maps this image; tables come from its own pools. */
void space_init(struct el1_space *space);

/** Gives EL1 the registers that its translation does not depend on. */
void space_install_defaults(void);

/** Programs EL1 and stage 2 for `space`; HCR_EL2 gets RW, VM, IMO, FMO, AMO and `hcr_extra`. */
void space_install(const struct el1_space *space, uint64_t hcr_extra);

#endif
