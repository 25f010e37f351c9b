/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Builds and installs the address spaces of space.h. Tables are written once, before they are used,
 * through EL2's own cacheable mapping; DSB and TLBI come before the first ERET.
 */
#include "space.h"

#include "guest.h"

#define TABLE_ADDRESS 0x0000fffffffff000ull
#define POOL_PAGES 16

extern char image_text_start[], image_text_end[], image_data_start[], image_data_end[];

static uint64_t s1_pages[POOL_PAGES * TABLE_ENTRIES] __attribute__((aligned(4096)));
static uint64_t s2_pages[POOL_PAGES * TABLE_ENTRIES] __attribute__((aligned(4096)));

/** Takes one zeroed page. */
static uint64_t *pool_take(struct table_pool *pool)
{
    uint64_t *page = pool->next;

    if (page == pool->end) {
        console_print("bench: out of table pages\n");
        power_off();
    }
    pool->next += TABLE_ENTRIES;
    return page;
}

void stage_init(struct stage *stage, struct table_pool *pool)
{
    stage->pool = pool;
    stage->root = pool_take(pool);
}

/** Returns the table that `entry` points at, making it when there is none. */
static uint64_t *next_table(struct table_pool *pool, uint64_t *entry)
{
    uint64_t *table;

    if (*entry & 1)
        return (uint64_t *)((*entry & TABLE_ADDRESS) - pool->offset);
    table = pool_take(pool);
    *entry = ((uint64_t)table + pool->offset) | PAGE_VALID;
    return table;
}

uint64_t *stage_entry(const struct stage *stage, uint64_t in)
{
    uint64_t *table = stage->root;

    for (int shift = 30; shift > 12; shift -= 9)
        table = next_table(stage->pool, &table[in >> shift & (TABLE_ENTRIES - 1)]);
    return &table[in >> 12 & (TABLE_ENTRIES - 1)];
}

void stage_map(struct stage *stage, uint64_t in, uint64_t out, uint64_t size, uint64_t bits)
{
    for (uint64_t done = 0; done < size; done += PAGE_SIZE)
        *stage_entry(stage, in + done) = (out + done) | bits;
}

uint64_t stage_base(const struct stage *stage)
{
    return (uint64_t)stage->root + stage->pool->offset;
}

void space_map_text(struct el1_space *space)
{
    uint64_t text = (uint64_t)image_text_start;
    uint64_t size = (uint64_t)(image_text_end - image_text_start);

    stage_map(&space->s1, text, text + IPA_OFFSET, size, S1_TEXT);
    stage_map(&space->s2, text + IPA_OFFSET, text, size, S2_TEXT);
}

/** Maps the writable part of this image in both stages. */
static void space_map_data(struct el1_space *space)
{
    uint64_t data = (uint64_t)image_data_start;
    uint64_t size = (uint64_t)(image_data_end - image_data_start);

    stage_map(&space->s1, data, data + IPA_OFFSET, size, S1_DATA);
    stage_map(&space->s2, data + IPA_OFFSET, data, size, S2_DATA);
}

void space_init(struct el1_space *space)
{
    static struct table_pool s1_pool = { s1_pages, s1_pages + POOL_PAGES * TABLE_ENTRIES, IPA_OFFSET };
    static struct table_pool s2_pool = { s2_pages, s2_pages + POOL_PAGES * TABLE_ENTRIES, 0 };

    stage_init(&space->s1, &s1_pool);
    stage_init(&space->s2, &s2_pool);
    space->vmid = 1;
    space->asid = 1;
    space_map_text(space);
    space_map_data(space);
}

void space_install_defaults(void)
{
    WRITE_SYSREG(VBAR_EL1, el1_vectors);
    WRITE_SYSREG(CPACR_EL1, CPACR_FPEN);
    WRITE_SYSREG(CONTEXTIDR_EL1, 0);
    WRITE_SYSREG(TTBR1_EL1, 0);
    WRITE_SYSREG(AMAIR_EL1, 0);
    WRITE_SYSREG(CNTKCTL_EL1, 0);
    WRITE_SYSREG(MDSCR_EL1, 0);
    WRITE_SYSREG(CPTR_EL2, CPTR_EL2_RES1);
    WRITE_SYSREG(HSTR_EL2, 0);
    WRITE_SYSREG(CNTHCTL_EL2, CNTHCTL_EL1PCTEN_EL1PCEN);
    WRITE_SYSREG(CNTVOFF_EL2, 0);
    WRITE_SYSREG(VPIDR_EL2, 0x410fd034); /* the same on every model, for the checksums' sake */
    WRITE_SYSREG(VMPIDR_EL2, 0x80000000);
}

void space_install(const struct el1_space *space, uint64_t hcr_extra)
{
    space_install_defaults();
    WRITE_SYSREG(VTCR_EL2, VTCR_VALUE);
    WRITE_SYSREG(VTTBR_EL2, stage_base(&space->s2) | space->vmid << 48);
    WRITE_SYSREG(TTBR0_EL1, stage_base(&space->s1) | space->asid << 48);
    WRITE_SYSREG(TCR_EL1, TCR_EL1_VALUE);
    WRITE_SYSREG(MAIR_EL1, MAIR_VALUE);
    WRITE_SYSREG(SCTLR_EL1, SCTLR_EL1_VALUE);
    WRITE_SYSREG(HCR_EL2, HCR_RW | HCR_VM | HCR_IMO | HCR_FMO | HCR_AMO | hcr_extra);
    ISB();
    DSB(ishst);
    __asm__ volatile("tlbi alle1is" : : : "memory");
    DSB(ish);
    ISB();
}
