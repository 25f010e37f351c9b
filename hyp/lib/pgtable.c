/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pgtable.c
 * Building translation tables (Arm ARM D8.3). New descriptors replace invalid ones only, so no
 * TLB maintenance is needed here; what unmaps must do it (break before make, D8.14.1). It also
 * runs with the MMU off at a load address: it holds no pointers in initialised data.
 */
#include "pgtable.h"

#include "barrier.h"

#define LEVEL_BITS 9
#define LEVEL_FIRST 1
#define LEVEL_BLOCK 2
#define LEVEL_LAST 3

void pgtable_init(struct pgtable *table, struct pgtable_page *pages, size_t page_count)
{
    table->pages = pages;
    table->page_count = page_count;
    table->used = 1;
    table->offset = 0;
}

uint64_t pgtable_root(const struct pgtable *table)
{
    return (uint64_t)table->pages - table->offset;
}

static uint64_t *entry_at(struct pgtable_page *page, int level, uint64_t in)
{
    int shift = PAGE_SHIFT + LEVEL_BITS * (LEVEL_LAST - level);

    return &page->entry[(in >> shift) & MASK(LEVEL_BITS)];
}

/** Follows a table descriptor, or makes the table where the entry is invalid. */
static struct pgtable_page *next_table(struct pgtable *table, uint64_t *entry)
{
    struct pgtable_page *page;

    if (*entry & PTE_VALID) {
        page = (struct pgtable_page *)((*entry & PTE_ADDRESS_MASK) + table->offset);
        return (*entry & PTE_TABLE) ? page : NULL;
    }
    if (table->used == table->page_count) {
        return NULL;
    }
    page = &table->pages[table->used++];
    *entry = ((uint64_t)page - table->offset) | PTE_VALID | PTE_TABLE;
    return page;
}

/** Walks to the entry of `in` at `level`. */
static uint64_t *walk(struct pgtable *table, uint64_t in, int level)
{
    struct pgtable_page *page = table->pages;

    for (int at = LEVEL_FIRST; at < level && page; at++) {
        page = next_table(table, entry_at(page, at, in));
    }
    return page ? entry_at(page, level, in) : NULL;
}

bool pgtable_map(struct pgtable *table, uint64_t in, uint64_t out, uint64_t size_bytes,
                 uint64_t attributes)
{
    uint64_t end = in + size_bytes;

    while (in < end) {
        bool block = ((in | out) & (BLOCK_SIZE - 1)) == 0 && end - in >= BLOCK_SIZE;
        uint64_t *entry = walk(table, in, block ? LEVEL_BLOCK : LEVEL_LAST);
        uint64_t step = block ? BLOCK_SIZE : PAGE_SIZE;

        if (!entry) {
            return false;
        }
        *entry = out | attributes | PTE_VALID | PTE_AF | (block ? 0 : PTE_TABLE);
        in += step;
        out += step;
    }
    dsb_ishst();
    isb();
    return true;
}

uint64_t *pgtable_page_entry(struct pgtable *table, uint64_t in)
{
    return walk(table, in, LEVEL_LAST);
}
