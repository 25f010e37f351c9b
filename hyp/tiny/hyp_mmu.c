/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hyp_mmu.c
 * Stage 1 of the EL2 translation regime (Arm ARM D8.3): everything at its physical address, code
 * read-only, all else execute-never. Built with the MMU off; start.S turns it on.
 */
#include "hyp_mmu.h"

#include "console.h"
#include "gicv3.h"
#include "layout.h"
#include "pgtable.h"
#include "pl011.h"

#define HYP_TABLES 8

#define ATTR_COMMON (PTE_EL2_RES1 | PTE_SH_INNER)
#define ATTR_CODE (ATTR_COMMON | PTE_S1_NORMAL | PTE_S1_READ_ONLY)
#define ATTR_RODATA (ATTR_CODE | PTE_EL2_XN)
#define ATTR_DATA (ATTR_COMMON | PTE_S1_NORMAL | PTE_EL2_XN)
#define ATTR_DEVICE (PTE_EL2_RES1 | PTE_S1_DEVICE | PTE_EL2_XN)

extern const char hyp_text_start[], hyp_rodata_start[], hyp_data_start[];
extern const char guest_image_start[], guest_image_end[];

struct pgtable_page hyp_stage1_tables[HYP_TABLES];

/** Maps [start, end) to itself. */
static bool map(struct pgtable *stage1, uint64_t start, uint64_t end, uint64_t attributes)
{
    return pgtable_map(stage1, start, start, end - start, attributes);
}

static bool map_image(struct pgtable *stage1)
{
    uint64_t text = (uint64_t)hyp_text_start;
    uint64_t rodata = (uint64_t)hyp_rodata_start;
    uint64_t data = (uint64_t)hyp_data_start;
    uint64_t guest = (uint64_t)guest_image_start;

    return map(stage1, text, rodata, ATTR_CODE) && map(stage1, rodata, data, ATTR_RODATA) &&
           map(stage1, data, guest, ATTR_DATA) &&
           map(stage1, guest, (uint64_t)guest_image_end, ATTR_RODATA);
}

static bool map_board(struct pgtable *stage1)
{
    return map(stage1, BOARD_GICD_PA, BOARD_GICD_PA + GICD_SIZE, ATTR_DEVICE) &&
           map(stage1, BOARD_GICR_PA, BOARD_GICR_PA + GICR_SIZE, ATTR_DEVICE) &&
           map(stage1, BOARD_UART_PA, BOARD_UART_PA + PL011_SIZE, ATTR_DEVICE) &&
           map(stage1, VM_RAM_PA(0), VM_RAM_PA(VM_COUNT), ATTR_DATA) &&
           map(stage1, LAZY_POOL_PA, LAZY_POOL_PA + LAZY_POOL_SIZE, ATTR_DATA);
}

void hyp_mmu_build(void)
{
    struct pgtable stage1;

    pgtable_init(&stage1, hyp_stage1_tables, HYP_TABLES);
    if (!map_image(&stage1) || !map_board(&stage1)) {
        hyp_panic("no EL2 stage 1 tables left");
    }
}
