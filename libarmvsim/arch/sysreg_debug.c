/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_debug.c
 * Debug registers with side effects (DDI 0487, D24.3), and the Performance Monitors (D13, D24.5) with one
 * counter: PMCCNTR_EL0, which counts this PE's cycles exactly.
 *
 *   PMCNTENSET_EL0, PMOVSCLR_EL0 and PMINTENSET_EL1 share storage with their twins; bit <31>, C, is the
 *   cycle counter's.
 *
 * Not modelled: event counters (PMCR_EL0.N is 0), PMCCFILTR_EL0's filter, overflow (2^64 cycles).
 */
#include "arch/debug.h"
#include "arch/sysreg_table.h"
#include "core/machine.h"

#define PMCR_E BIT(0)
#define PMCR_P BIT(1)
#define PMCR_C BIT(2)
#define PM_CYCLES BIT(31)
#define OSLSR_OSLK BIT(1)
enum { PMSEL_CYCLES = 31 };

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

static bool counting(const struct pe *c)
{
    return (c->sr[SR_PMCR_EL0] & PMCR_E) && (c->sr[SR_PMCNTENSET_EL0] & PM_CYCLES);
}

/* While it counts, the stored value is the counter's minus the PE's cycles; else the counter's. */
static uint64_t cycle_offset(const struct pe *c)
{
    return counting(c) ? pe_cycles(c) : 0;
}

/* Changes PMCR_EL0 or PMCNTENSET_EL0, keeping the counter's value. */
static void set_control(struct pe *c, unsigned id, uint64_t val)
{
    uint64_t now = c->sr[SR_PMCCNTR_EL0] + cycle_offset(c);

    c->sr[id] = val;
    c->sr[SR_PMCCNTR_EL0] = now - cycle_offset(c);
}

/* PMCR_EL0: P (event counters to zero: none) and C (cycle counter to zero) read as zero. */
enum sysreg_result sysreg_wr_pmcr(struct pe *c, unsigned id, uint64_t val)
{
    set_control(c, id, val & ~(PMCR_P | PMCR_C));
    if (val & PMCR_C)
        c->sr[SR_PMCCNTR_EL0] = 0 - cycle_offset(c);
    return SYSREG_OK;
}

uint64_t sysreg_rd_pmccntr(struct pe *c, unsigned id)
{
    return c->sr[id] + cycle_offset(c);
}

enum sysreg_result sysreg_wr_pmccntr(struct pe *c, unsigned id, uint64_t val)
{
    c->sr[id] = val - cycle_offset(c);
    return SYSREG_OK;
}

enum sysreg_result sysreg_wr_pmcntenset(struct pe *c, unsigned id, uint64_t val)
{
    set_control(c, id, c->sr[id] | (val & PM_CYCLES));
    return SYSREG_OK;
}

uint64_t sysreg_rd_pmcntenclr(struct pe *c, unsigned id)
{
    (void)id;
    return c->sr[SR_PMCNTENSET_EL0];
}

enum sysreg_result sysreg_wr_pmcntenclr(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    set_control(c, SR_PMCNTENSET_EL0, c->sr[SR_PMCNTENSET_EL0] & ~(val & PM_CYCLES));
    return SYSREG_OK;
}

enum sysreg_result sysreg_wr_pmovsset(struct pe *c, unsigned id, uint64_t val)
{
    c->sr[id] |= val & PM_CYCLES;
    return SYSREG_OK;
}

uint64_t sysreg_rd_pmovsclr(struct pe *c, unsigned id)
{
    (void)id;
    return c->sr[SR_PMOVSSET_EL0];
}

enum sysreg_result sysreg_wr_pmovsclr(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    c->sr[SR_PMOVSSET_EL0] &= ~(val & PM_CYCLES);
    return SYSREG_OK;
}

enum sysreg_result sysreg_wr_pmintenset(struct pe *c, unsigned id, uint64_t val)
{
    c->sr[id] |= val & PM_CYCLES;
    return SYSREG_OK;
}

uint64_t sysreg_rd_pmintenclr(struct pe *c, unsigned id)
{
    (void)id;
    return c->sr[SR_PMINTENSET_EL1];
}

enum sysreg_result sysreg_wr_pmintenclr(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    c->sr[SR_PMINTENSET_EL1] &= ~(val & PM_CYCLES);
    return SYSREG_OK;
}

/* PMXEVTYPER_EL0 is PMCCFILTR_EL0 when PMSELR_EL0 selects the cycle counter; no event counter else. */
uint64_t sysreg_rd_pmxevtyper(struct pe *c, unsigned id)
{
    (void)id;
    return c->sr[SR_PMSELR_EL0] == PMSEL_CYCLES ? c->sr[SR_PMCCFILTR_EL0] : 0;
}

enum sysreg_result sysreg_wr_pmxevtyper(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    if (c->sr[SR_PMSELR_EL0] == PMSEL_CYCLES)
        c->sr[SR_PMCCFILTR_EL0] = val & c->sr_wmask[SR_PMCCFILTR_EL0];
    return SYSREG_OK;
}
