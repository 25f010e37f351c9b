/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The address spaces of the microbenchmarks: pages and blocks of any level, walks that start where asked
 * (Arm ARM D8.2, with the 4 KiB granule). IPAs are PAs, but for the aliases.
 */
#include "uarch.h"

#define PAGE_BIT 2ull /* Of a descriptor of level 3; clear in a block's. */
#define ADDRESS_MASK 0x0000fffffffff000ull
#define S2_ALL (S2_TEXT | S2_WRITE)
#define S1_ALL (PAGE_AF | PAGE_INNER_SHAREABLE | PAGE_VALID)
#define S1_ARENA (S1_DATA)
#define IMAGE_PA 0x40000000ull
#define BLOCK_SIZE (2 * MIB)
#define ASID 1ull

#define TCR_EL1_HIGH (2ull << 30 | 3ull << 28 | 1ull << 26 | 1ull << 24) /* TG1, SH1, ORGN1, IRGN1 */
#define TCR_EL1_EPD1 (1ull << 23)
#define TCR_EL1_T1SZ (63ull << 16)

static struct table_pool s1_pool, s2_pool, high_pool;

/** What an entry of a level maps. */
static uint64_t level_size(unsigned level)
{
    return PAGE_SIZE << 9 * (3 - level);
}

/** A zeroed table. */
static uint64_t *table_take(struct table_pool *pool)
{
    uint64_t *table = pool->next;

    if (table == pool->end) {
        console_print("uarch: out of table pages\n");
        power_off();
    }
    for (unsigned i = 0; i < TABLE_ENTRIES; i++)
        table[i] = 0;
    pool->next += TABLE_ENTRIES;
    return table;
}

void mapping_reset(void)
{
    uint64_t *tables = (uint64_t *)TABLES_PA;

    s1_pool = (struct table_pool){ tables, tables + TABLES_SIZE / 8, 0 };
    s2_pool = (struct table_pool){ s1_pool.end, s1_pool.end + TABLES_SIZE / 8, 0 };
    tables = (uint64_t *)HIGH_TABLES_PA;
    high_pool = (struct table_pool){ tables, tables + TABLES_SIZE / 8, 0 };
}

/** The entry of level `leaf` for `in`; makes the tables on the way. */
static uint64_t *leaf_entry(const struct stage *stage, unsigned start, unsigned leaf, uint64_t in)
{
    uint64_t *table = stage->root;

    for (unsigned level = start; level < leaf; level++) {
        uint64_t *entry = &table[in / level_size(level) % TABLE_ENTRIES];

        if (!*entry)
            *entry = (uint64_t)table_take(stage->pool) | PAGE_VALID;
        table = (uint64_t *)(*entry & ADDRESS_MASK);
    }
    return &table[in / level_size(leaf) % TABLE_ENTRIES];
}

/** Maps `size` bytes by entries of level `leaf`; out + out_step * n is where the nth goes. */
static void map(const struct stage *stage, unsigned start, unsigned leaf, uint64_t in, uint64_t out,
                uint64_t out_step, uint64_t size, uint64_t bits)
{
    uint64_t entry_size = level_size(leaf);

    if (leaf != 3)
        bits &= ~PAGE_BIT;
    for (uint64_t done = 0; done < size; done += entry_size, out += out_step)
        *leaf_entry(stage, start, leaf, in + done) = (out & ~(entry_size - 1)) | bits;
}

/** Maps a range to where `out` says, contiguous. */
static void map_range(const struct stage *stage, unsigned start, unsigned leaf, uint64_t in, uint64_t out,
                      uint64_t size, uint64_t bits)
{
    map(stage, start, leaf, in, out, level_size(leaf), size, bits);
}

/** Bits of VA when stage 1 starts at a level. */
static unsigned va_bits(unsigned start)
{
    return start == 0 ? 48 : 39;
}

uint64_t mapping_high_va(const struct mapping *m)
{
    return ~0ull << va_bits(m->s1_start) | ARENA_VA;
}

/** Stage 2's tables: the image's block, stage 1's tables, the arena and its aliases. */
static void make_stage2(struct mapping *m, uint64_t aliases_size, uint64_t aliased)
{
    m->s2 = (struct stage){ table_take(&s2_pool), &s2_pool };
    map_range(&m->s2, m->s2_start, m->s2_leaf, ARENA_PA, ARENA_PA, ARENA_SIZE,
              m->s2_leaf > 1 ? S2_DATA : S2_ALL);
    if (m->s2_leaf == 1) /* The same block maps everything. */
        return;
    map_range(&m->s2, m->s2_start, 2, IMAGE_PA, IMAGE_PA, BLOCK_SIZE, S2_ALL);
    map_range(&m->s2, m->s2_start, m->s2_leaf, TABLES_PA, TABLES_PA, TABLES_SIZE, S2_DATA);
    map_range(&m->s2, m->s2_start, m->s2_leaf, HIGH_TABLES_PA, HIGH_TABLES_PA, TABLES_SIZE, S2_DATA);
    map(&m->s2, m->s2_start, m->s2_leaf, ALIAS_VA, aliased, 0, aliases_size, S2_DATA);
}

void mapping_make(struct mapping *m, uint64_t aliases)
{
    uint64_t alias_size = level_size(m->s1_leaf), aliased = ARENA_PA & ~(alias_size - 1);

    m->s1 = (struct stage){ table_take(&s1_pool), &s1_pool };
    map_range(&m->s1, m->s1_start, 2, IMAGE_PA, IMAGE_PA, BLOCK_SIZE, S1_ALL);
    map_range(&m->s1, m->s1_start, m->s1_leaf, ARENA_VA, ARENA_PA, ARENA_SIZE, S1_ARENA);
    map(&m->s1, m->s1_start, m->s1_leaf, ALIAS_VA, m->stage2 ? ALIAS_VA : aliased,
        m->stage2 ? alias_size : 0, aliases * alias_size, S1_ARENA);
    if (m->high) {
        m->s1_high = (struct stage){ table_take(&high_pool), &high_pool };
        map_range(&m->s1_high, m->s1_start, m->s1_leaf, ARENA_VA, ARENA_PA, ARENA_SIZE, S1_ARENA);
    }
    if (m->stage2)
        make_stage2(m, aliases * alias_size, aliased);
}

/** VTCR_EL2 of a stage 2 that starts at level 0 (48 bits of IPA) or 1 (39 bits). */
static uint64_t vtcr(unsigned start)
{
    uint64_t pa_bits = READ_SYSREG(ID_AA64MMFR0_EL1) & 7;
    uint64_t shared = VTCR_VALUE & ~(7ull << 16 | 3ull << 6 | 63);

    if (start == 0)
        return shared | pa_bits << 16 | 2ull << 6 | (pa_bits >= 5 ? 16 : 20);
    return shared | pa_bits << 16 | 1ull << 6 | 25;
}

void mapping_use(const struct mapping *m)
{
    uint64_t size = 64 - va_bits(m->s1_start), tcr = (TCR_EL1_VALUE & ~63ull) | size;

    if (m->high)
        tcr = (tcr & ~(TCR_EL1_EPD1 | TCR_EL1_T1SZ)) | TCR_EL1_HIGH | size << 16;
    space_install_defaults();
    WRITE_SYSREG(VTCR_EL2, vtcr(m->s2_start));
    WRITE_SYSREG(VTTBR_EL2, (m->stage2 ? stage_base(&m->s2) : 0) | (uint64_t)m->vmid << 48);
    WRITE_SYSREG(TTBR0_EL1, stage_base(&m->s1) | ASID << 48);
    WRITE_SYSREG(TTBR1_EL1, m->high ? stage_base(&m->s1_high) : 0);
    WRITE_SYSREG(TCR_EL1, tcr);
    WRITE_SYSREG(MAIR_EL1, MAIR_VALUE);
    WRITE_SYSREG(SCTLR_EL1, SCTLR_EL1_VALUE);
    WRITE_SYSREG(HCR_EL2, HCR_RW | (m->stage2 ? HCR_VM : 0));
    ISB();
    DSB(ishst);
    __asm__ volatile("tlbi alle1is" : : : "memory");
    DSB(ish);
    ISB();
}
