/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file stage2.c
 * Stage 2 of the EL1&0 regime (Arm ARM D8.3.1.2, VTCR_EL2 D19.2.156): 32-bit IPA, 4 KiB granule,
 * lookup from level 1. Each VM has its tables and its VMID. RAM is there from the start; the lazy
 * region is filled page by page from a pool, by translation faults, and can be given back.
 */
#include "stage2.h"

#include "barrier.h"
#include "cache.h"
#include "console.h"
#include "sysreg.h"
#include "vm.h"

#define ATTR_COMMON (PTE_S2_NORMAL | PTE_SH_INNER | PTE_S2_READ)
#define ATTR_RAM (ATTR_COMMON | PTE_S2_WRITE)
#define ATTR_DATA (ATTR_RAM | PTE_S2_XN)
#define ATTR_READ_ONLY (ATTR_COMMON | PTE_S2_XN)

#define LAZY_POOL_PAGES (VM_COUNT * GUEST_LAZY_SIZE / PAGE_SIZE)
_Static_assert(VM_COUNT *GUEST_LAZY_SIZE <= LAZY_POOL_SIZE, "the pool has the room");

static struct pgtable_page tables[VM_COUNT][STAGE2_TABLES];
static struct pgtable_page info_pages[VM_COUNT];
static struct pgtable_page shared_page;

/** Pages that no VM has, as a stack: the last that came back is the next to go. */
static struct {
    uint64_t free[LAZY_POOL_PAGES];
    size_t count;
} pool;

void stage2_init(void)
{
    for (size_t i = 0; i < LAZY_POOL_PAGES; i++) {
        pool.free[pool.count++] = LAZY_POOL_PA + i * PAGE_SIZE;
    }
    sysreg_write(VTCR_EL2, VTCR_RES1 | VTCR_PS_32 | TCR_TG0_4K | TCR_SH0_INNER | TCR_ORGN0_WBWA |
                               TCR_IRGN0_WBWA | VTCR_SL0_LEVEL1 | TCR_T0SZ(32));
    isb();
    tlbi_alle1is();
    dsb_ish();
    isb();
}

void stage2_create(struct vm *vm, unsigned index)
{
    struct pgtable *stage2 = &vm->stage2;

    pgtable_init(stage2, tables[index], STAGE2_TABLES);
    if (!pgtable_map(stage2, GUEST_RAM_IPA, VM_RAM_PA(index), GUEST_RAM_SIZE, ATTR_RAM) ||
        !pgtable_map(stage2, GUEST_INFO_IPA, (uint64_t)&info_pages[index], PAGE_SIZE,
                     ATTR_READ_ONLY) ||
        !pgtable_map(stage2, GUEST_SHARED_IPA, (uint64_t)&shared_page, PAGE_SIZE, ATTR_DATA)) {
        hyp_panic("vm%u: no stage 2 tables left", vm->id);
    }
    vm->vttbr = pgtable_root(stage2) | ((uint64_t)vm->id << VTTBR_VMID_SHIFT);
    vm->info = (struct guest_info *)&info_pages[index];
    vm->info->vm_id = vm->id;
}

static bool is_lazy(uint64_t ipa)
{
    return ipa - GUEST_LAZY_IPA < GUEST_LAZY_SIZE;
}

bool stage2_map_lazy(struct vm *vm, uint64_t ipa)
{
    uint64_t *entry;
    uint64_t page;

    if (!is_lazy(ipa) || pool.count == 0) {
        return false;
    }
    entry = pgtable_page_entry(&vm->stage2, ipa);
    if (!entry || (*entry & PTE_VALID)) {
        return false;
    }
    page = pool.free[--pool.count];
    cache_zero((void *)page, PAGE_SIZE);
    cache_flush((void *)page, PAGE_SIZE);
    *entry = page | ATTR_DATA | PTE_AF | PTE_TABLE | PTE_VALID;
    dsb_ishst();
    isb();
    vm->stats.lazy_pages++;
    return true;
}

bool stage2_release(struct vm *vm, uint64_t ipa)
{
    uint64_t *entry = is_lazy(ipa) ? pgtable_page_entry(&vm->stage2, ipa) : NULL;

    if (!entry || !(*entry & PTE_VALID)) {
        return false;
    }
    pool.free[pool.count++] = *entry & PTE_ADDRESS_MASK;
    *entry = 0;
    /* Stage 2 entries first, then what was combined from them (D8.14.5). */
    dsb_ishst();
    tlbi_ipas2e1is(ipa);
    dsb_ish();
    tlbi_vmalle1is();
    dsb_ish();
    isb();
    return true;
}
