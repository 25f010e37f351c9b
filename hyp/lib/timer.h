/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file timer.h
 * The generic timer (Arm ARM D12): the physical count, the EL2 physical timer and the EL1 virtual
 * timer.
 */
#pragma once

#include <stdint.h>

#include "barrier.h"
#include "sysreg.h"

/** Ticks of the system counter in a second. */
static inline uint64_t timer_frequency(void)
{
    return sysreg_read(CNTFRQ_EL0);
}

/** The physical count now; the barrier keeps it from being read early. */
static inline uint64_t timer_count(void)
{
    isb();
    return sysreg_read(CNTPCT_EL0);
}

/** The virtual count now. */
static inline uint64_t timer_virtual_count(void)
{
    isb();
    return sysreg_read(CNTVCT_EL0);
}

/** Makes the EL2 physical timer interrupt at `deadline`, a physical count. */
static inline void timer_el2_arm(uint64_t deadline)
{
    sysreg_write(CNTHP_CVAL_EL2, deadline);
    sysreg_write(CNTHP_CTL_EL2, CNT_CTL_ENABLE);
    isb();
}

/** Stops the EL2 physical timer. */
static inline void timer_el2_disarm(void)
{
    sysreg_write(CNTHP_CTL_EL2, 0);
    isb();
}

/** Makes the virtual timer interrupt `ticks` from now. */
static inline void timer_virtual_arm(uint64_t ticks)
{
    sysreg_write(CNTV_CVAL_EL0, timer_virtual_count() + ticks);
    sysreg_write(CNTV_CTL_EL0, CNT_CTL_ENABLE);
    isb();
}

/** Stops the virtual timer. */
static inline void timer_virtual_disarm(void)
{
    sysreg_write(CNTV_CTL_EL0, 0);
    isb();
}
