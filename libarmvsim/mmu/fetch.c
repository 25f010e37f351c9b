/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fetch.c
 * Instruction fetch by page: from a virtual address to the decoded ops of the physical page behind it. Runs
 * once per page entered that the fast fetch TLB does not know (DDI 0487: AArch64.CheckPCAlignment,
 * AArch64.BranchAddr, AArch64.MemSingle for IFETCH).
 */
#include "a64/op.h"
#include "arch/debug.h"
#include "arch/exception.h"
#include "core/machine.h"
#include "mmu/access.h"
#include "mmu/charge.h"
#include "mmu/state.h"

/* AArch64.BranchAddr: with TBI the top byte of a branch target is dropped, as a sign extension from bit 55
 * where the regime has two ranges. The key has every TBI where TCR_EL1 has TBI0 and TBI1.
 * TBID keeps the tag for instructions. */
static uint64_t branch_address(const struct mmu_ctx *x, uint64_t address)
{
    bool upper = x->two_ranges && bit(address, 55);

    if (!bit(x->key.tcr, upper ? 38 : 37) || bit(x->key.tcr, upper ? 52 : 51))
        return address;
    return upper ? address | MASK(63, 56) : address & MASK(55, 0);
}

/* Whether an address has a top byte that is one for data alone: out of range for a fetch (D8.8, TBID). */
static bool tagged_for_data(const struct mmu_ctx *x, uint64_t address)
{
    bool upper = x->two_ranges && bit(address, 55);

    return bit(x->key.tcr, upper ? 52 : 51) && bits(address, 63, 56) != (upper ? 0xff : 0);
}

static bool fetch_fault(struct pe *c, uint8_t fsc, uint64_t address)
{
    struct mmu_fault f = { .fsc = fsc, .va = address };

    exc_insn_abort(c, &f);
    return false;
}

/* The page's decoded ops for this EL's kind and for whether it is guarded here, made when first needed. */
static struct op *page_ops(struct pe *c, struct bus_region *region, uint64_t off, bool guarded)
{
    unsigned set = (c->el >= 2 ? CODE_SET_HYP : 0) | (guarded ? CODE_SET_GUARDED : 0);
    struct code_page **slot = &region->code[off >> AVS_PAGE_SHIFT];

    if (!*slot) {
        *slot = a64_page_new(region->host + (off & AVS_PAGE_MASK));
        for (unsigned i = 0; i < c->m->pe_count; i++)
            fast_protect_page(&c->m->pe[i], region->host + (off & AVS_PAGE_MASK));
    }
    return a64_page_ops(c->m, *slot, set);
}

void mem_fetch_owner(struct pe *c, uint16_t owner)
{
    if (utlb_enter(c, true, owner)) {
        c->ctr[CTR_utlb_instr_refill]++;
        c->mmu->late += c->m->model->translation.tlb_latency;
    }
    charge_late(c, true);
}

bool mem_fetch_page(struct pe *c, uint64_t address)
{
    const struct mmu_ctx *x = mmu_fetch_ctx(c);
    struct mmu_result r;
    struct mmu_fault f = { 0 };
    struct bus_region *region;

    address = branch_address(x, address);
    c->pc = address;
    if (address & 3) {
        exc_pc_alignment(c, address);
        return false;
    }
    if (tagged_for_data(x, address))
        return fetch_fault(c, x->s1_on ? FSC_TRANSLATION : FSC_ADDRESS_SIZE, address);
    if (!mmu_translate(c, x, va(address), MMU_FETCH, &r, &f)) {
        charge_late(c, true);
        exc_insn_abort(c, &f);
        return false;
    }
    mem_fetch_owner(c, r.owner);
    region = bus_find(c->m->bus, r.pa);
    if (!region || bus_to_device(region, false) || (region->secure_only && r.ns))
        return fetch_fault(c, FSC_EXTERNAL, address);
    c->code_ops = page_ops(c, region, r.pa.v - region->base, r.guarded);
    c->code_lines = charge_lines(c, x, &r, region, r.pa.v - region->base, true);
    c->code_va = address & AVS_PAGE_MASK;
    if (unlikely(c->hooks && c->hooks->fetch))
        c->hooks->fetch(c->hooks->user, c, region->host + ((r.pa.v - region->base) & AVS_PAGE_MASK));
    c->debug.page_broken = debug_page_broken(c, address);
    if (likely(!c->debug.page_broken))
        fast_fill_fetch(c, address, c->ictx, c->code_ops, c->code_lines, r.owner, r.guarded);
    return true;
}
