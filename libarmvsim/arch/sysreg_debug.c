/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_debug.c
 * Debug registers with side effects (DDI 0487, D24.3). What they do is in debug.c.
 */
#include "arch/debug.h"
#include "arch/sysreg_table.h"
#include "core/machine.h"

#define OSLSR_OSLK BIT(1)

/* OSLAR_EL1 locks with 1 and unlocks with 0; OSLSR_EL1.OSLK tells. */
enum sysreg_result sysreg_wr_oslar(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    if (val & 1)
        c->sr[SR_OSLSR_EL1] |= OSLSR_OSLK;
    else
        c->sr[SR_OSLSR_EL1] &= ~OSLSR_OSLK;
    debug_changed(c);
    return SYSREG_RESYNC;
}

/* MDSCR_EL1, and the breakpoint and watchpoint registers. */
enum sysreg_result sysreg_wr_debug(struct pe *c, unsigned id, uint64_t val)
{
    c->sr[id] = val;
    debug_changed(c);
    return SYSREG_RESYNC;
}

/* Claim tags: SET reads which exist (all eight) and sets; CLR reads them and clears. */
uint64_t sysreg_rd_claimset(struct pe *c, unsigned id)
{
    (void)c;
    return sysreg_table[id].mask;
}

enum sysreg_result sysreg_wr_claimset(struct pe *c, unsigned id, uint64_t val)
{
    c->sr[SR_DBGCLAIMCLR_EL1] |= val & sysreg_table[id].mask;
    return SYSREG_OK;
}

enum sysreg_result sysreg_wr_claimclr(struct pe *c, unsigned id, uint64_t val)
{
    c->sr[id] &= ~(val & sysreg_table[id].mask);
    return SYSREG_OK;
}
