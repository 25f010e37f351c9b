/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file state.h
 * What the MMU of one PE keeps: the fast TLB, the contexts that its tags name, and the modelled TLB.
 */
#pragma once

#include "mmu/mmu.h"
#include "mmu/tlb.h"
#include "mmu/utlb.h"

/* Who accesses: each has a context of its own. PAN only matters to privileged data accesses. */
enum mmu_role {
    ROLE_EL0,
    ROLE_EL1,
    ROLE_EL2,
    ROLE_EL3,
    ROLE_EL1_PAN,
    ROLE_EL2_PAN,
    ROLE_EL1_UNPRIV,
    ROLE_EL2_UNPRIV, /* LDTR, STTR */
    ROLE_COUNT
};

/* The RAM or ROM that the last descriptor came from; the next is nearly always beside it. */
struct walk_window {
    uint64_t base, size;
    const uint8_t *host;
    bool secure_only;
    uint8_t region; /* bus_region.id */
};

/* The tags that an address of a context has. */
static inline struct tlb_key mmu_tlb_key(const struct mmu_ctx *x, uint64_t vaddr)
{
    return (
        struct tlb_key){ .addr = bits(vaddr, 55, 0), .asid = x->asid, .vmid = x->vmid, .tag = x->tlb_tag };
}

struct mmu_state {
    struct fast_slot dtlb[FAST_DATA_COUNT];
    struct fast_meta dmeta[FAST_DATA_COUNT];
    struct fast_fetch itlb[FAST_FETCH_COUNT];
    uint8_t role_ctx[ROLE_COUNT]; /* Context number of a role, 0 when not known. */
    bool changed;                 /* Registers changed since mmu_select(). */
    bool code_changed;            /* A store hit decoded code of the executing page. */
    unsigned ctx_count;           /* Live contexts. */
    unsigned generation;          /* Counts the times that all numbers were forgotten. */
    bool ctx_live[FAST_CTX_COUNT];
    struct mmu_ctx ctx[FAST_CTX_COUNT];
    uint16_t owner_head[UINT16_MAX + 1]; /* First slot + 1 of each owner. */
    struct tlb tlb;
    struct walk_window walk; /* Where descriptors are read from. */
    struct utlb utlb_data, utlb_instr;
    uint32_t space;     /* VMID and ASID of EL1&0 that they were last used with. */
    uint64_t redirects; /* As of the latest fetch that missed: charge_fetch_line(). */
    uint32_t late;      /* Cycles that translating the present access has taken. */
    bool walk_known;    /* The walk cache has this level: nothing is charged. */
};
