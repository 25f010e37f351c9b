/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pmu.h
 * The Performance Monitors, PMUv3 (DDI 0487, chapter D13): a cycle counter and up to six event counters of
 * a PE. What the counters count is pmu_event.def. Values are computed when somebody looks: while a counter
 * runs, its register holds its value of the last sync, and `base` what its source was then. Nothing is done
 * anywhere while no counter is enabled.
 */
#pragma once

#include "core/pe.h"

struct core_model;

/* The INTID of overflow interrupts (the virt board's, which is the BSA's), and the cycle counter's bit in
 * PMCNTENSET_EL0 and its kin. */
enum { PMU_PPI = 23, PMU_CYCLE_COUNTER = 31 };

enum pmu_event {
    PMU_NO_EVENT,
#define PMU_EVENT(number, name, source, text) PMU_##name,
#include "arch/pmu_event.def"
#undef PMU_EVENT
    PMU_EVENT_COUNT
};

/* An event's number, name and meaning; NULL at and beyond PMU_EVENT_COUNT, and for PMU_NO_EVENT. */
struct pmu_event_info {
    uint16_t number;
    uint64_t source; /* A set of counters by 1 << CTR_, and of pmu.c's other sources. */
    const char *name, *text;
};
const struct pmu_event_info *pmu_event_info(unsigned event);

/* Whether the machine's cores have an event; PMCEID<n>_EL0: which of the common ones. */
bool pmu_has_event(const struct avs_machine *m, unsigned event);
uint64_t pmu_ceid(const struct avs_machine *m, unsigned n);
/* Whether a core has PMUv3: ID_AA64DFR0_EL1.PMUVer. */
bool pmu_exists(const struct core_model *k);

/* PMCR_EL0.N as it is implemented, and the event counters below MDCR_EL2.HPMN: the first range. */
unsigned pmu_counter_count(const struct pe *c);
unsigned pmu_first_range(const struct pe *c);
/* Whether the counters of that bit mask exist for the EL that runs: EL1 and EL0 see the first range alone.
 */
uint32_t pmu_accessible(const struct pe *c);

void pmu_reset(struct pe *c);
/* Brings the counters' registers up to the present instruction and cycle. c->acc exact. */
void pmu_sync(struct pe *c);
/* The EL, or a register that counting depends on, has changed. Registers that hold a count or say how it is
 * done are only written after pmu_sync(). */
void pmu_changed(struct pe *c);
/* PMEVTYPER<n>_EL0 has changed. */
void pmu_event_changed(struct pe *c, unsigned n);
/* For the run loop, at deadlines and before it waits: overflows become interrupts. */
void pmu_update(struct pe *c);

/* One event, which is PMU_POSTED, has happened; `counters` says whose counters alone may see it. */
void pmu_post_to(struct pe *c, enum pmu_event event, uint32_t counters);

static inline void pmu_post(struct pe *c, enum pmu_event event)
{
    if (unlikely(c->pmu.posting))
        pmu_post_to(c, event, ~UINT32_C(0));
}

/* c->exc is about to be taken; a register was written by the name `id`. */
void pmu_exception(struct pe *c);
void pmu_written(struct pe *c, unsigned id);
