/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file timer.h
 * The Generic Timer (DDI 0487, chapter D12): the system counter derived from the PE's cycles, and the EL1
 * physical and virtual, EL2 physical (and, with FEAT_VHE, virtual) and EL3 timers as PPIs of the GIC, and
 * the event streams.
 */
#pragma once

#include "core/pe.h"

struct timer_state;

/* PPI INTIDs (the virt board's, which are the BSA's). */
enum {
    TIMER_PPI_HYP = 26,
    TIMER_PPI_VIRT = 27,
    TIMER_PPI_HYP_VIRT = 28,
    TIMER_PPI_SECURE = 29,
    TIMER_PPI_PHYS = 30,
};

struct timer_state *timer_new(struct pe *c, uint64_t clock_hz, uint64_t cntfrq_hz);
void timer_free(struct timer_state *t);
void timer_reset(struct pe *c);
/* The physical count now: cycles * CNTFRQ / clock. c->acc exact. */
uint64_t timer_count(const struct pe *c);
/* The cycle at which CNTVCT_EL0 is `value` or more: past or present when it is already, UINT64_MAX for
 * never. */
uint64_t timer_timeout_cycle(const struct pe *c, uint64_t value);
/* System register side, after access checks and traps. */
uint64_t timer_sysreg_read(struct pe *c, unsigned id);
void timer_sysreg_write(struct pe *c, unsigned id, uint64_t val);
/* After a change of what decides which event streams there are and which offset the physical count has: the
 * registers above, HCR_EL2.{E2H,TGE}, SCR_EL3. */
void timer_controls_changed(struct pe *c);
/* With c->event_stream: what the streams did until now, since this was last called, comes into c->event. To
 * be called before the Event Register is looked at or cleared. */
void timer_look_for_events(struct pe *c);
/* The cycle of the next event of a stream; UINT64_MAX when none will come. */
uint64_t timer_next_event_cycle(const struct pe *c);
/* Recomputes the timers' outputs at the current cycle and drives the PPIs. */
void timer_update(struct pe *c);
/* The cycle at which the next enabled, unexpired timer fires; UINT64_MAX when none will. */
uint64_t timer_next_cycle(const struct pe *c);
