/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file counts.c
 * Event counters of the timing model. Branches, loads and stores count in members of their own, which are
 * at hand where they execute; here these become lines of core/counter.def.
 */
#include "timing/counts.h"

#include "core/path.h"

_Static_assert(CTR_COUNT <= 64, "a set of counters is one word");

#define SET(name) BIT(CTR_##name)

/* By what part of the core they are of. */
#define SET_L1I (SET(l1i_refill) | SET(stall_fetch))
#define SET_L1D                                                                                            \
    (SET(l1d_walk) | SET(l1d_access) | SET(l1d_refill) | SET(l1d_writeback) | SET(stall_data) |            \
     SET(stall_store) | SET(snoop) | SET(prefetch) | SET(bus_access) | SET(mem_uncached))
#define SET_L2 (SET(l2_access) | SET(l2_refill) | SET(l2_writeback))
#define SET_L3 (SET(l3_access) | SET(l3_refill) | SET(l3_writeback))
#define SET_WALK_CACHE SET(walk_cache_hit)
#define SET_IPA_CACHE SET(ipa_cache_hit)
#define SET_CORE                                                                                           \
    (SET(mem_access) | SET(tlb_miss_instr) | SET(tlb_miss_data) | SET(stall_walk_instr) |                  \
     SET(stall_walk_data) | SET(branch_direct) | SET(branch_conditional) | SET(branch_indirect) |          \
     SET(branch_return) | SET(mispredict_conditional) | SET(mispredict_indirect) |                         \
     SET(mispredict_return) | SET(stall_mispredict))

uint64_t timing_counts_present(const struct avs_machine *m)
{
    const struct core_memory *mem = &machine_identity(m)->memory;
    const struct core_translation *t = &machine_identity(m)->translation;
    const struct {
        uint64_t set;
        bool present;
    } parts[] = {
        { SET_CORE, true },
        { SET_L1I, mem->l1i.size },
        { SET_L1D, mem->l1d.size },
        { SET_L2, mem->l2.size },
        { SET_L3, mem->l3.size },
        { SET(utlb_instr_refill), t->utlb_instr_entries },
        { SET(utlb_data_refill), t->utlb_data_entries },
        { SET_WALK_CACHE, t->walk_entries },
        { SET_IPA_CACHE, t->ipa_entries },
    };
    uint64_t present = ~UINT64_C(0);

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (machine_path_timing(m) == TIMING_NONE || !parts[i].present)
            present &= ~parts[i].set;
    return present;
}

void timing_counts_memory(struct pe *c, const struct memory_counts *k)
{
#define COPY(name) c->ctr[CTR_##name] = k->name
    COPY(l1i_refill);
    COPY(l1d_refill);
    COPY(l1d_writeback);
    COPY(l2_access);
    COPY(l2_refill);
    COPY(l2_writeback);
    COPY(l3_access);
    COPY(l3_refill);
    COPY(l3_writeback);
    COPY(bus_access);
    COPY(prefetch);
    COPY(snoop);
    COPY(stall_data);
    COPY(stall_fetch);
    COPY(stall_store);
#undef COPY
}

static void take_branches(struct pe *c, const struct predictor *p)
{
    const uint64_t wrong = p->conditional_wrong + p->indirect_wrong + p->returned_wrong;

    c->ctr[CTR_branch_direct] = p->direct;
    c->ctr[CTR_branch_conditional] = p->conditional;
    c->ctr[CTR_branch_indirect] = p->indirect;
    c->ctr[CTR_branch_return] = p->returned;
    c->ctr[CTR_mispredict_conditional] = p->conditional_wrong;
    c->ctr[CTR_mispredict_indirect] = p->indirect_wrong;
    c->ctr[CTR_mispredict_return] = p->returned_wrong;
    c->ctr[CTR_stall_mispredict] = wrong * p->penalty / ACC_CYCLE;
}

void timing_counts_sync(struct pe *c)
{
    take_branches(c, &c->predict);
    if (c->memory)
        timing_counts_memory(c, memory_counts(c->memory));
    c->ctr[CTR_mem_access] = c->mem_access;
    c->ctr[CTR_l1d_access] = c->mem_access - c->ctr[CTR_mem_uncached] + c->ctr[CTR_l1d_walk];
    c->ctr[CTR_tlb_miss_data] = c->ctr[CTR_tlb_miss] - c->ctr[CTR_tlb_miss_instr];
}
