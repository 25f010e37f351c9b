/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_pmu.c
 * The registers of the Performance Monitors (DDI 0487, D24.5), and MDCR_EL2 and MDCR_EL3, on which counting
 * depends too. What they do is in pmu.c.
 *
 *   PMCNTENSET_EL0, PMOVSSET_EL0 and PMINTENSET_EL1 share storage with the registers that clear them; bit
 * <31> is the cycle counter's.
 *
 * Event counters that an EL has no access to, be it by number or by PMSELR_EL0, are RAZ/WI (CONSTRAINED
 * UNPREDICTABLE; those beyond PMCR_EL0.N are UNDEFINED by number).
 */
#include "arch/pmu.h"
#include "arch/sysreg_table.h"
#include "core/machine.h"

#define PMCR_P BIT(1)
#define PMCR_C BIT(2)

/* Stores what counting depends on. */
static enum sysreg_result store(struct pe *c, unsigned id, uint64_t val)
{
    pmu_sync(c);
    c->sr[id] = val;
    pmu_changed(c);
    return SYSREG_OK;
}

/* PMCCFILTR_EL0 and PMCCNTR_EL0. */
enum sysreg_result sysreg_wr_pmcount(struct pe *c, unsigned id, uint64_t val)
{
    return store(c, id, val);
}

/* MDCR_EL2 and MDCR_EL3, and CONTEXTIDR_EL1, whose writes are an event. */
enum sysreg_result sysreg_wr_pmwatched(struct pe *c, unsigned id, uint64_t val)
{
    return store(c, id, val);
}

/* N is MDCR_EL2.HPMN for EL1 and EL0 where EL2 is enabled. */
uint64_t sysreg_rd_pmcr(struct pe *c, unsigned id)
{
    unsigned n = (unsigned)__builtin_popcount(pmu_accessible(c)) - 1;

    return deposit(c->sr[id], 15, 11, n);
}

/* P (the event counters that are accessible to zero) and C (the cycle counter to zero) read as zero. */
enum sysreg_result sysreg_wr_pmcr(struct pe *c, unsigned id, uint64_t val)
{
    pmu_sync(c);
    for (unsigned n = 0; (val & PMCR_P) && n < PMU_EVENT_COUNTERS; n++)
        if (bit(pmu_accessible(c), n))
            c->sr[SR_PMEVCNTR0_EL0 + n] = 0;
    if (val & PMCR_C)
        c->sr[SR_PMCCNTR_EL0] = 0;
    return store(c, id, val & ~(PMCR_P | PMCR_C));
}

/* One bit a counter: PMCNTENSET_EL0, PMINTENSET_EL1, PMOVSSET_EL0, and their twins. */
uint64_t sysreg_rd_pmset(struct pe *c, unsigned id)
{
    return c->sr[id] & pmu_accessible(c);
}

enum sysreg_result sysreg_wr_pmset(struct pe *c, unsigned id, uint64_t val)
{
    pmu_sync(c);
    return store(c, id, c->sr[id] | (val & pmu_accessible(c)));
}

static enum sysreg_result clear(struct pe *c, unsigned id, uint64_t val)
{
    pmu_sync(c);
    return store(c, id, c->sr[id] & ~(val & pmu_accessible(c)));
}

uint64_t sysreg_rd_pmcntenclr(struct pe *c, unsigned id)
{
    (void)id;
    return sysreg_rd_pmset(c, SR_PMCNTENSET_EL0);
}

enum sysreg_result sysreg_wr_pmcntenclr(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    return clear(c, SR_PMCNTENSET_EL0, val);
}

uint64_t sysreg_rd_pmintenclr(struct pe *c, unsigned id)
{
    (void)id;
    return sysreg_rd_pmset(c, SR_PMINTENSET_EL1);
}

enum sysreg_result sysreg_wr_pmintenclr(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    return clear(c, SR_PMINTENSET_EL1, val);
}

uint64_t sysreg_rd_pmovsset(struct pe *c, unsigned id)
{
    pmu_sync(c);
    return sysreg_rd_pmset(c, id);
}

uint64_t sysreg_rd_pmovsclr(struct pe *c, unsigned id)
{
    (void)id;
    return sysreg_rd_pmovsset(c, SR_PMOVSSET_EL0);
}

enum sysreg_result sysreg_wr_pmovsclr(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    return clear(c, SR_PMOVSSET_EL0, val);
}

enum sysreg_result sysreg_wr_pmswinc(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    pmu_post_to(c, PMU_SW_INCR, (uint32_t)val & pmu_accessible(c));
    return SYSREG_OK;
}

uint64_t sysreg_rd_pmccntr(struct pe *c, unsigned id)
{
    pmu_sync(c);
    return c->sr[id];
}

/* The event counter of a PMEVCNTR<n>_EL0 or PMEVTYPER<n>_EL0: n<4:3> in CRm<1:0>, n<2:0> in op2. */
static unsigned counter_of(unsigned id)
{
    return (sysreg_crm(sysreg_table[id].enc) & 3) << 3 | sysreg_op2(sysreg_table[id].enc);
}

static unsigned selected(const struct pe *c)
{
    return (unsigned)bits(c->sr[SR_PMSELR_EL0], 4, 0);
}

static bool is_event_counter(const struct pe *c, unsigned n)
{
    return n != PMU_CYCLE_COUNTER && bit(pmu_accessible(c), n);
}

static uint64_t read_counter(struct pe *c, unsigned n)
{
    if (!is_event_counter(c, n))
        return 0;
    pmu_sync(c);
    return c->sr[SR_PMEVCNTR0_EL0 + n];
}

static enum sysreg_result write_counter(struct pe *c, unsigned n, uint64_t val)
{
    if (!is_event_counter(c, n))
        return SYSREG_OK;
    return store(c, SR_PMEVCNTR0_EL0 + n, val & c->sr_wmask[SR_PMEVCNTR0_EL0 + n]);
}

static uint64_t read_type(const struct pe *c, unsigned n)
{
    return is_event_counter(c, n) ? c->sr[SR_PMEVTYPER0_EL0 + n] : 0;
}

static enum sysreg_result write_type(struct pe *c, unsigned n, uint64_t val)
{
    if (!is_event_counter(c, n))
        return SYSREG_OK;
    pmu_sync(c);
    c->pmu.counting &= ~(UINT32_C(1) << n); /* What it counted is no more its source. */
    c->sr[SR_PMEVTYPER0_EL0 + n] = val & c->sr_wmask[SR_PMEVTYPER0_EL0 + n];
    pmu_event_changed(c, n);
    pmu_changed(c);
    return SYSREG_OK;
}

uint64_t sysreg_rd_pmevcntr(struct pe *c, unsigned id)
{
    return read_counter(c, counter_of(id));
}

enum sysreg_result sysreg_wr_pmevcntr(struct pe *c, unsigned id, uint64_t val)
{
    return write_counter(c, counter_of(id), val);
}

uint64_t sysreg_rd_pmevtyper(struct pe *c, unsigned id)
{
    return read_type(c, counter_of(id));
}

enum sysreg_result sysreg_wr_pmevtyper(struct pe *c, unsigned id, uint64_t val)
{
    return write_type(c, counter_of(id), val);
}

uint64_t sysreg_rd_pmxevcntr(struct pe *c, unsigned id)
{
    (void)id;
    return read_counter(c, selected(c));
}

enum sysreg_result sysreg_wr_pmxevcntr(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    return write_counter(c, selected(c), val);
}

/* PMXEVTYPER_EL0 is PMCCFILTR_EL0 when PMSELR_EL0 selects the cycle counter. */
uint64_t sysreg_rd_pmxevtyper(struct pe *c, unsigned id)
{
    (void)id;
    return selected(c) == PMU_CYCLE_COUNTER ? c->sr[SR_PMCCFILTR_EL0] : read_type(c, selected(c));
}

enum sysreg_result sysreg_wr_pmxevtyper(struct pe *c, unsigned id, uint64_t val)
{
    (void)id;
    if (selected(c) == PMU_CYCLE_COUNTER)
        return store(c, SR_PMCCFILTR_EL0, val & c->sr_wmask[SR_PMCCFILTR_EL0]);
    return write_type(c, selected(c), val);
}
