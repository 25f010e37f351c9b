/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_insn.c
 * System instructions (DDI 0487, C5.3 to C5.5): cache maintenance by address translates and may fault; by
 * set and way, and of all, it has nothing to do, for memory here is coherent. TLBI and AT are in mmu/.
 *
 * Not modelled: contents of caches. DC ZVA's stores are made by a64/, after this has allowed them.
 */
#include "arch/sysreg_table.h"
#include "core/machine.h"
#include "mmu/access.h"
#include "mmu/mmu.h"

enum sysreg_result sysreg_wr_cache_all(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    (void)val;
    timing_charge(c, COST_CACHE_OP);
    return SYSREG_OK;
}

/* By address; mem_cache_op() charges. */
enum sysreg_result sysreg_wr_dc_va(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    return mem_cache_op(c, val, false) ? SYSREG_OK : SYSREG_EXC;
}

/* DC IVAC needs permission to write. */
enum sysreg_result sysreg_wr_dc_ivac(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    return mem_cache_op(c, val, true) ? SYSREG_OK : SYSREG_EXC;
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
