/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file demo_memory.c
 * Steps about memory: pages that come at first touch and go back, a page that is mapped again and
 * again, and accesses outside the VM.
 */
#include "esr.h"
#include "kernel.h"
#include "layout.h"
#include "pgtable.h"

#define LAZY_PAGES (GUEST_LAZY_SIZE / PAGE_SIZE)
#define REMAP_COUNT 100

/* Outside the VM: where the VMs' memory is physically, which is no IPA of either. */
#define FOREIGN_IPA 0x42000000UL

static volatile uint64_t *lazy_word(uint64_t page)
{
    return (volatile uint64_t *)KERNEL_VA(GUEST_LAZY_IPA + page * PAGE_SIZE);
}

/** What this VM leaves in a lazy page; never zero, never what the other VM leaves. */
static uint64_t mark(uint64_t page)
{
    return (kernel.info->vm_id << 32) | (page + 1);
}

/** Touches every `step`-th page: it must be zero, and gets this VM's mark. */
static unsigned touch_pages(unsigned step)
{
    unsigned fresh = 0;

    for (uint64_t page = 0; page < LAZY_PAGES; page += step) {
        fresh += *lazy_word(page) == 0;
        *lazy_word(page) = mark(page);
    }
    return fresh;
}

/**
 * The pages that one VM gives back come to the other: a stale TLB entry, or a page that is not
 * scrubbed, would show a mark instead of zero.
 */
void demo_lazy(void)
{
    unsigned fresh = touch_pages(1);
    unsigned kept = 0;

    for (uint64_t page = 0; page < LAZY_PAGES; page += 2) {
        hypercall(HC_RELEASE, GUEST_LAZY_IPA + page * PAGE_SIZE);
    }
    hypercall(HC_BARRIER, 0);
    fresh += touch_pages(2);
    for (uint64_t page = 0; page < LAZY_PAGES; page++) {
        kept += *lazy_word(page) == mark(page);
    }
    report("memory: %u pages came zeroed at first touch, %u marks intact", fresh, kept);
}

/** Maps one virtual page to two pages in turn; each time the right mark must be behind it. */
void demo_remap(void)
{
    unsigned right = 0;

    for (uint64_t i = 0; i < REMAP_COUNT; i++) {
        mmu_map_window(GUEST_LAZY_IPA + (i % 2) * PAGE_SIZE, false);
        right += *(const volatile uint64_t *)WINDOW_VA == mark(i % 2);
    }
    report("memory: %u of %u remaps of one page seen at once", right, REMAP_COUNT);
}

static void print_probe(const char *what, uint64_t esr)
{
    print_line("probe: %s gave EC 0x%lx, fault status 0x%lx", what, FIELD_GET(esr, ESR_EC),
               FIELD_GET(esr, ISS_ABT_FSC));
}

void demo_probes(void)
{
    hypercall(HC_WAIT_TURN, 0);
    mmu_map_window(FOREIGN_IPA, false);
    print_probe("read outside the VM", trap_probe(probe_read, WINDOW_VA));
    print_probe("write outside the VM", trap_probe(probe_write, WINDOW_VA));
    mmu_map_window(FOREIGN_IPA, true);
    print_probe("fetch outside the VM", trap_probe(probe_fetch, WINDOW_VA));
    print_probe("write to a read-only page", trap_probe(probe_write, KERNEL_VA(GUEST_INFO_IPA)));
    print_probe("PMU register", trap_probe(probe_pmu, 0));
    hypercall(HC_PASS_TURN, 0);
}
