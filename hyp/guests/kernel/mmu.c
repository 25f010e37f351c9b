/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file mmu.c
 * The guest's stage 1 (Arm ARM D8.3): kernel, devices and special pages in the upper half; an
 * identity mapping for start-up and then the task in the lower half. mmu_build() runs at the IPA.
 */
#include "barrier.h"
#include "gicv3.h"
#include "kernel.h"
#include "pgtable.h"
#include "pl011.h"

#define KERNEL_TABLES 12
#define IDENTITY_TABLES 2
#define TASK_TABLES 4

#define ATTR_NORMAL (PTE_S1_NORMAL | PTE_SH_INNER | PTE_S1_UXN)
#define ATTR_CODE (ATTR_NORMAL | PTE_S1_READ_ONLY)
#define ATTR_RODATA (ATTR_CODE | PTE_S1_PXN)
#define ATTR_DATA (ATTR_NORMAL | PTE_S1_PXN)
#define ATTR_DEVICE (PTE_S1_DEVICE | PTE_S1_UXN | PTE_S1_PXN)
#define ATTR_TASK (PTE_S1_NORMAL | PTE_SH_INNER | PTE_S1_EL0 | PTE_NG | PTE_S1_PXN)
#define ATTR_TASK_CODE (ATTR_TASK | PTE_S1_READ_ONLY)
#define ATTR_TASK_DATA (ATTR_TASK | PTE_S1_UXN)
#define ATTR_TASK_RODATA (ATTR_TASK_DATA | PTE_S1_READ_ONLY)

extern char kernel_text_start[], kernel_text_end[], kernel_rodata_end[], kernel_data_end[];
extern char kernel_bss_start[], kernel_bss_end[];
extern char task_text_start[], task_data_start[], task_data_end[];

struct pgtable_page kernel_tables[KERNEL_TABLES];
struct pgtable_page identity_tables[IDENTITY_TABLES];
static struct pgtable_page task_tables[TASK_TABLES];
static uint64_t *window_entry; /* in the upper half */

/** Maps [start, end), given as IPAs, into the upper half. */
static bool map_kernel(struct pgtable *table, const char *start, const char *end,
                       uint64_t attributes)
{
    uint64_t ipa = (uint64_t)start;

    return pgtable_map(table, KERNEL_VA(ipa), ipa, (uint64_t)end - ipa, attributes);
}

static bool map_device(struct pgtable *table, uint64_t ipa, uint64_t size_bytes)
{
    return pgtable_map(table, KERNEL_VA(ipa), ipa, size_bytes, ATTR_DEVICE);
}

static bool build_kernel(struct pgtable *table)
{
    return map_kernel(table, kernel_text_start, kernel_text_end, ATTR_CODE) &&
           map_kernel(table, kernel_text_end, kernel_rodata_end, ATTR_RODATA) &&
           map_kernel(table, kernel_rodata_end, kernel_data_end, ATTR_DATA) &&
           map_kernel(table, kernel_bss_start, kernel_bss_end, ATTR_DATA) &&
           map_device(table, GUEST_UART_IPA, PL011_SIZE) &&
           map_device(table, GUEST_GICD_IPA, GICD_SIZE) &&
           map_device(table, GUEST_GICR_IPA, GICR_SIZE) &&
           pgtable_map(table, KERNEL_VA(GUEST_LAZY_IPA), GUEST_LAZY_IPA, GUEST_LAZY_SIZE,
                       ATTR_DATA) &&
           pgtable_map(table, KERNEL_VA(GUEST_INFO_IPA), GUEST_INFO_IPA, PAGE_SIZE, ATTR_DATA);
}

static bool build_task(struct pgtable *table)
{
    uint64_t text = (uint64_t)task_text_start;
    uint64_t data = (uint64_t)task_data_start;
    uint64_t end = (uint64_t)task_data_end;

    return pgtable_map(table, TASK_VA, text, data - text, ATTR_TASK_CODE) &&
           pgtable_map(table, TASK_VA + data - text, data, end - data, ATTR_TASK_DATA) &&
           pgtable_map(table, TASK_INFO_VA, GUEST_INFO_IPA, PAGE_SIZE, ATTR_TASK_RODATA) &&
           pgtable_map(table, TASK_SHARED_VA, GUEST_SHARED_IPA, PAGE_SIZE, ATTR_TASK_DATA);
}

void mmu_build(void)
{
    struct pgtable kernel_half, identity, task;
    uint64_t *entry;

    pgtable_init(&kernel_half, kernel_tables, KERNEL_TABLES);
    pgtable_init(&identity, identity_tables, IDENTITY_TABLES);
    pgtable_init(&task, task_tables, TASK_TABLES);
    entry = pgtable_page_entry(&kernel_half, WINDOW_VA);
    window_entry = (uint64_t *)KERNEL_VA((uint64_t)entry);
    if (!entry || !build_kernel(&kernel_half) || !build_task(&task) ||
        !pgtable_map(&identity, GUEST_RAM_IPA, GUEST_RAM_IPA, GUEST_RAM_SIZE, ATTR_NORMAL)) {
        smccc_hvc(PSCI_SYSTEM_OFF, 0);
    }
}

void mmu_use_task_tables(void)
{
    uint64_t root = (uint64_t)task_tables - KERNEL_OFFSET;

    sysreg_write(TTBR0_EL1, root | (TASK_ASID << TTBR_ASID_SHIFT));
    isb();
    tlbi_vmalle1is();
    dsb_ish();
    isb();
}

void mmu_map_window(uint64_t ipa, bool executable)
{
    *window_entry = 0;
    dsb_ishst();
    tlbi_vaae1is(WINDOW_VA);
    dsb_ish();
    isb();
    *window_entry = ipa | (executable ? ATTR_CODE : ATTR_DATA) | PTE_AF | PTE_TABLE | PTE_VALID;
    dsb_ishst();
    isb();
}
