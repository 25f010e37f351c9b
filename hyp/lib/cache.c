/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cache.c
 * Cache maintenance by virtual address (Arm ARM D7.5.9). The line length is read from CTR_EL0,
 * the block of DC ZVA from DCZID_EL0, as the code must run on any core.
 */
#include "cache.h"

#include "barrier.h"
#include "string.h"
#include "sysreg.h"

static uintptr_t line_bytes(void)
{
    return 4UL << FIELD_GET(sysreg_read(CTR_EL0), CTR_DMINLINE);
}

void cache_flush(const void *start, size_t size_bytes)
{
    uintptr_t line = line_bytes();
    uintptr_t end = (uintptr_t)start + size_bytes;

    for (uintptr_t at = ALIGN_DOWN((uintptr_t)start, line); at < end; at += line) {
        __asm__ volatile("dc civac, %0" ::"r"(at) : "memory");
    }
    dsb_sy();
}

void cache_sync_code(void)
{
    __asm__ volatile("ic ialluis" ::: "memory");
    dsb_ish();
    isb();
}

void cache_zero(void *start, size_t size_bytes)
{
    uint64_t dczid = sysreg_read(DCZID_EL0);
    uintptr_t block = 4UL << FIELD_GET(dczid, DCZID_BS);
    uintptr_t end = (uintptr_t)start + size_bytes;

    if (dczid & DCZID_DZP) {
        memset(start, 0, size_bytes);
        return;
    }
    for (uintptr_t at = (uintptr_t)start; at < end; at += block) {
        __asm__ volatile("dc zva, %0" ::"r"(at) : "memory");
    }
}
