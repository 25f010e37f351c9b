/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pmu.h
 * The Performance Monitors (Arm ARM D14): the cycle counter, and event counters that count one
 * event at one Exception level.
 */
#pragma once

#include <stdint.h>

#include "barrier.h"
#include "sysreg.h"

/* PMCR_EL0. */
#define PMCR_E BIT(0)
#define PMCR_P BIT(1)
#define PMCR_C BIT(2)
#define PMCR_LC BIT(6)
#define PMCR_N_SHIFT 11
#define PMCR_N_WIDTH 5

#define COUNTERS_MAX 31

/* Bit 31 of PMCNTENSET_EL0 is the cycle counter's. */
#define PMCNTEN_CYCLES BIT(31)

/* PMEVTYPER<n>_EL0 and PMCCFILTR_EL0: which Exception levels count. */
#define PMU_AT_EL1 BIT(30)                       /* U: not at EL0 */
#define PMU_AT_EL2 (BIT(31) | BIT(30) | BIT(27)) /* P, U, NSH */
#define PMU_EVERYWHERE BIT(27)

/* Events (D14.10). */
#define PMU_L1I_CACHE_REFILL 0x01U
#define PMU_L1I_TLB_REFILL 0x02U
#define PMU_L1D_CACHE_REFILL 0x03U
#define PMU_L1D_TLB_REFILL 0x05U
#define PMU_INST_RETIRED 0x08U
#define PMU_EXC_TAKEN 0x09U
#define PMU_MEM_ACCESS 0x13U
#define PMU_L2D_CACHE_REFILL 0x17U
#define PMU_BUS_ACCESS 0x19U
#define PMU_EXC_IRQ 0x86U

/** The number of event counters. */
static inline unsigned pmu_counters(void)
{
    return (unsigned)FIELD_GET(sysreg_read(PMCR_EL0), PMCR_N);
}

/** Makes counter `n` count `event` at the ELs of `filter`. */
static inline void pmu_select(unsigned n, uint64_t event, uint64_t filter)
{
    sysreg_write(PMSELR_EL0, n);
    isb();
    sysreg_write(PMXEVTYPER_EL0, event | filter);
    sysreg_write(PMCNTENSET_EL0, BIT(n));
}

/** What counter `n` has counted, without a barrier: what comes before may not be in it yet. */
static inline uint32_t pmu_read_raw(unsigned n)
{
    sysreg_write(PMSELR_EL0, n);
    return (uint32_t)sysreg_read(PMXEVCNTR_EL0);
}

/** Turns on the cycle counter, for every Exception level, and the selected event counters. */
static inline void pmu_start(void)
{
    sysreg_write(PMCCFILTR_EL0, PMU_EVERYWHERE);
    sysreg_write(PMCNTENSET_EL0, PMCNTEN_CYCLES);
    sysreg_write(PMCR_EL0, PMCR_E | PMCR_P | PMCR_C | PMCR_LC);
    isb();
}

/** Zeroes the cycle counter and the event counters. */
static inline void pmu_reset(void)
{
    sysreg_write(PMCR_EL0, PMCR_E | PMCR_P | PMCR_C | PMCR_LC);
}

/** The cycle counter, read after everything before is done. */
static inline uint64_t pmu_cycles(void)
{
    isb();
    return sysreg_read(PMCCNTR_EL0);
}
