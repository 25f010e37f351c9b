/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_insn.c
 * System instructions (DDI 0487, C5.3 to C5.5): cache maintenance by address translates and may fault.
 * Memory here is coherent: to the model of the caches all of it is a matter of time. TLBI and AT are in
 * mmu/.
 *
 * Not modelled: contents of caches. DC ZVA's stores are made by a64/, after this has allowed them.
 */
#include "arch/sysreg_table.h"
#include "core/path.h"
#include "mmu/access.h"
#include "mmu/mmu.h"
#include "timing/memory.h"

/* Set and way stand in the argument as CCSIDR_EL1 numbers them: the way in the topmost bits that it needs,
 * the set above the line's offset (C5.3, DC ISW). */
static uint32_t by_set_way(struct pe *c, enum memory_op op, uint64_t val)
{
    const struct core_memory *k = &machine_identity(c->m)->memory;
    const unsigned level = (unsigned)bits(val, 3, 1) + 1;
    const struct core_cache *cache = level == 1 ? &k->l1d : level == 2 ? &k->l2 : &k->l3;
    unsigned way_bits = 0;

    if (level > 3 || !cache->size)
        return 0;
    while (1u << way_bits < cache->ways)
        way_bits++;
    return memory_maintain_set(c->memory, op, level,
                               (uint32_t)(val & MASK(31 - (int)way_bits, 0)) >> LINE_SHIFT,
                               way_bits ? (uint32_t)val >> (32 - way_bits) : 0, pe_cycles(c));
}

enum sysreg_result sysreg_wr_cache_all(struct pe *c, unsigned id, uint64_t val)
{
    timing_charge(c, COST_CACHE_OP);
    if (!c->memory)
        return SYSREG_OK;
    if (id == SR_IC_IALLU || id == SR_IC_IALLUIS)
        memory_invalidate_instr(c->memory, id == SR_IC_IALLUIS);
    else
        pe_add_cycles(c, by_set_way(c,
                                    id == SR_DC_ISW   ? MEMORY_INVALIDATE
                                    : id == SR_DC_CSW ? MEMORY_CLEAN
                                                      : MEMORY_CLEAN_INVALIDATE,
                                    val));
    return SYSREG_OK;
}

/* By address; mem_cache_op() charges. */
enum sysreg_result sysreg_wr_dc_va(struct pe *c, unsigned id, uint64_t val)
{
    return mem_cache_op(c, id, val) ? SYSREG_OK : SYSREG_EXC;
}

enum sysreg_result sysreg_wr_at(struct pe *c, unsigned id, uint64_t val)
{
    return mmu_at(c, id, val) ? SYSREG_OK : SYSREG_EXC;
}

enum sysreg_result sysreg_wr_tlbi(struct pe *c, unsigned id, uint64_t val)
{
    mmu_tlbi(c, id, val);
    return SYSREG_RESYNC;
}
