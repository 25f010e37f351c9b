/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file mmu.c
 * Identity maps (Arm ARM D8.3) for EL1, EL2, EL3 and stage 2. Blocks are enough: what is measured
 * here are paths, and the kernels and hypervisors whose paths these are map themselves so, too.
 */
#include "mmu.h"

#include "barrier.h"
#include "board.h"
#include "pgtable.h"
#include "report.h"
#include "sysreg.h"

#define PAGES 3        /* root, one table for devices, one for RAM */
#define STAGE2_PAGES 5 /* the same, and pages of the GIC and of the UART */

#define TCR_COMMON (TCR_T0SZ(32) | TCR_IRGN0_WBWA | TCR_ORGN0_WBWA | TCR_SH0_INNER | TCR_TG0_4K)
#define TCR_EPD1 BIT(23) /* TTBR1_EL1 is not walked */

static struct pgtable_page el1_pages[PAGES], el2_pages[PAGES], stage2_pages[STAGE2_PAGES];
static struct pgtable el1, el2, stage2;

static void build(struct pgtable *table, struct pgtable_page *pages, uint64_t device, uint64_t ram)
{
    if (table->used) {
        return;
    }
    pgtable_init(table, pages, PAGES);
    if (!pgtable_map(table, BOARD_DEVICES, BOARD_DEVICES, BOARD_DEVICES_SIZE, device) ||
        !pgtable_map(table, BOARD_RAM, BOARD_RAM, BOARD_RAM_SIZE, ram)) {
        give_up("no tables left");
    }
}

void mmu_el1_init(void)
{
    build(&el1, el1_pages, PTE_S1_DEVICE | PTE_S1_PXN | PTE_S1_UXN,
          PTE_S1_NORMAL | PTE_SH_INNER | PTE_S1_UXN);
    sysreg_write(TTBR0_EL1, pgtable_root(&el1));
    sysreg_write(TTBR1_EL1, 0);
    sysreg_write(TCR_EL1, TCR_COMMON | TCR_EPD1 | TCR_EL1_IPS_32);
    sysreg_write(MAIR_EL1, MAIR_VALUE);
    sysreg_write(CPACR_EL1, CPACR_FPEN);
    isb();
    __asm__ volatile("tlbi vmalle1; dsb nsh; isb" ::: "memory");
    sysreg_write(SCTLR_EL1, SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_I);
    isb();
}

/** EL2 with HCR_EL2.E2H clear, and EL3, whose registers have the same layout. */
static void build_el2(void)
{
    build(&el2, el2_pages, PTE_EL2_RES1 | PTE_S1_DEVICE | PTE_EL2_XN,
          PTE_EL2_RES1 | PTE_S1_NORMAL | PTE_SH_INNER);
}

static void el2_on(void)
{
    build_el2();
    sysreg_write(TTBR0_EL2, pgtable_root(&el2));
    sysreg_write(TCR_EL2, TCR_COMMON | TCR_EL2_RES1 | TCR_EL2_PS_32);
    sysreg_write(MAIR_EL2, MAIR_VALUE);
    isb();
    __asm__ volatile("tlbi alle2; dsb nsh; isb" ::: "memory");
    sysreg_write(SCTLR_EL2, SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_I);
    isb();
}

static void el3_on(void)
{
    build_el2();
    sysreg_write(TTBR0_EL3, pgtable_root(&el2));
    sysreg_write(TCR_EL3, TCR_COMMON | TCR_EL2_RES1);
    sysreg_write(MAIR_EL3, MAIR_VALUE);
    isb();
    __asm__ volatile("tlbi alle3; dsb nsh; isb" ::: "memory");
    sysreg_write(SCTLR_EL3, SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_I);
    isb();
}

void mmu_on(void)
{
    uint64_t el = sysreg_read(CurrentEL);

    if (el == CURRENTEL_EL1) {
        mmu_el1_init();
    } else if (el == CURRENTEL_EL2) {
        el2_on();
    } else {
        el3_on();
    }
}

#define S2_DEVICE (PTE_S2_READ | PTE_S2_WRITE | PTE_S2_XN | (UL(1) << 2))
#define S2_RAM (PTE_S2_NORMAL | PTE_S2_READ | PTE_S2_WRITE | PTE_SH_INNER)

/** The guest finds the GICv2's virtual CPU interface where the CPU interface is. */
static bool map_stage2(void)
{
    return pgtable_map(&stage2, BOARD_GICD, BOARD_GICD, PAGE_SIZE, S2_DEVICE) &&
           pgtable_map(&stage2, BOARD_GICC, BOARD_GICV, 2 * PAGE_SIZE, S2_DEVICE) &&
           pgtable_map(&stage2, BOARD_UART, BOARD_UART, PAGE_SIZE, S2_DEVICE) &&
           pgtable_map(&stage2, BOARD_RAM, BOARD_RAM, BOARD_RAM_SIZE, S2_RAM);
}

void mmu_stage2_init(void)
{
    pgtable_init(&stage2, stage2_pages, STAGE2_PAGES);
    if (!map_stage2()) {
        give_up("no stage 2 tables left");
    }
    sysreg_write(VTCR_EL2, VTCR_RES1 | TCR_COMMON | VTCR_SL0_LEVEL1 | VTCR_PS_32);
    sysreg_write(VTTBR_EL2, pgtable_root(&stage2) | (UL(1) << VTTBR_VMID_SHIFT));
    isb();
    __asm__ volatile("tlbi alle1; dsb nsh; isb" ::: "memory");
}
