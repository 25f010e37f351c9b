/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pmu_fixture.h
 * For tests of the Performance Monitors: bits and events, a machine of a given version, counters by number.
 */
#pragma once

#include "arch/pmu.h"
#include "sysreg_fixture.h"

#define PMCR_E BIT(0)
#define PMCR_P BIT(1)
#define PMCR_C BIT(2)
#define PMCR_DP BIT(5)
#define PMCR_LP BIT(7)
#define HPME BIT(7)
#define HPMD BIT(17)
#define SPME BIT(17)
#define CYCLES BIT(31)
#define NSH BIT(27)

enum {
    EVENT_SW_INCR = 0,
    EVENT_INSNS = 8,
    EVENT_CYCLES = 0x11,
    EVENT_CHAIN = 0x1e,
    EVENT_TLB_REFILL = 0x2d
};
enum { N = 6 };

static inline unsigned cntr(unsigned n)
{
    return SR_PMEVCNTR0_EL0 + n;
}

static inline unsigned typer(unsigned n)
{
    return SR_PMEVTYPER0_EL0 + n;
}

/* A machine whose core has that PMUVer. */
static inline struct sr_rig rig_of(const char *board, uint64_t version)
{
    const struct sr_id ids[] = { { SR_ID_AA64DFR0_EL1, 0x10305006 | version << 8 }, { SR_NONE, 0 } };
    struct sr_rig r = sr_rig(board, ids);

    pmu_reset(r.c);
    return r;
}

/* Counter n counts this event in every state that the type allows. */
static inline void start(struct sr_rig *r, unsigned n, uint64_t type)
{
    sr_set(r, typer(n), type);
    sr_set(r, SR_PMCNTENSET_EL0, BIT(n));
    sr_set(r, SR_PMCR_EL0, PMCR_E);
}
