/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pmu.c
 * What the Performance Monitors count, and when they overflow (DDI 0487, D13; pseudocode CountPMUEvents,
 * AArch64.IncrementEventCounter, AArch64.IncrementCycleCounter, PMUOverflowCondition). Counters are brought
 * up to date when somebody looks or something changes that counting depends on. Overflows of instructions
 * and cycles that raise an interrupt are deadlines of the run loop; those of other events in
 * core/counter.def are looked for every few instructions when they are near.
 *
 *   PMEVTYPER<n>_EL0  31 30 29  28  27  26      15..0
 *                      P  U NSK NSU NSH  M     evtCount
 *
 * CONSTRAINED UNPREDICTABLE: MDCR_EL2.HPMN above PMCR_EL0.N stands for N, and 0 for 0 (FEAT_HPMN0); CHAIN
 * does not cross HPMN; cycles in WFI and WFE are not counted, for the clock stops. Not modelled: the export
 * of events (PMCR_EL0.X) and what comes with FEAT_PMUv3p7.
 */
#include "arch/pmu.h"

#include "arch/exception.h"
#include "arch/sysreg_table.h"
#include "core/path.h"
#include "gic/gic.h"
#include "timing/counts.h"

#define PMCR_E BIT(0)
#define PMCR_DP BIT(5)
#define PMCR_LP BIT(7)
#define MDCR_HPME BIT(7)
#define MDCR_HPMD BIT(17)
#define MDCR_HCCD BIT(23)
#define MDCR_HLP BIT(26)
#define MDCR3_SPME BIT(17)
#define MDCR3_SCCD BIT(23)
#define CYCLE_BIT (UINT32_C(1) << PMU_CYCLE_COUNTER)

/* Sources, in sets: the counters of core/counter.def, and what is beyond them. */
#define PMU_CTR(name) BIT(CTR_##name)
#define PMU_COUNTERS (BIT(CTR_COUNT) - 1)
#define PMU_INSNS BIT(61)
#define PMU_CYCLES BIT(62)
#define PMU_POSTED BIT(63)
#define PMU_BRANCHES                                                                                       \
    (PMU_CTR(branch_direct) | PMU_CTR(branch_conditional) | PMU_CTR(branch_indirect) |                     \
     PMU_CTR(branch_return))
#define PMU_MISPREDICTS                                                                                    \
    (PMU_CTR(mispredict_conditional) | PMU_CTR(mispredict_indirect) | PMU_CTR(mispredict_return))
/* Sources that count cycles: no more of them than there are. */
#define PMU_STALLS                                                                                         \
    (PMU_CTR(stall_fetch) | PMU_CTR(stall_walk_instr) | PMU_CTR(stall_mispredict) | PMU_CTR(stall_data) |  \
     PMU_CTR(stall_walk_data) | PMU_CTR(stall_store))

_Static_assert(CTR_COUNT < 61, "a bit for each source");

/* How often overflows of other sources are looked for: when an eighth of the events that are missing could
 * have happened, at one an instruction, or all of a stall's cycles; but not more often than this, of
 * either. */
enum { POLL_SHARE = 8, POLL_MIN = 32 };

static const struct pmu_event_info events[PMU_EVENT_COUNT] = {
#define PMU_EVENT(number, name, source, text) [PMU_##name] = { number, source, #name, text },
#include "arch/pmu_event.def"
#undef PMU_EVENT
};

const struct pmu_event_info *pmu_event_info(unsigned event)
{
    return event != PMU_NO_EVENT && event < PMU_EVENT_COUNT ? &events[event] : NULL;
}

bool pmu_has_event(const struct avs_machine *m, unsigned event)
{
    return !(events[event].source & PMU_COUNTERS & ~timing_counts_present(m));
}

uint64_t pmu_ceid(const struct avs_machine *m, unsigned n)
{
    uint64_t ids = 0;

    for (unsigned e = PMU_NO_EVENT + 1; e < PMU_EVENT_COUNT; e++)
        if (events[e].number / 32 == n && pmu_has_event(m, e))
            ids |= BIT(events[e].number % 32);
    return ids;
}

bool pmu_exists(const struct core_model *k)
{
    uint64_t dfr0 =
        k->id_set[SR_ID_AA64DFR0_EL1] ? k->id[SR_ID_AA64DFR0_EL1] : sysreg_table[SR_ID_AA64DFR0_EL1].reset;

    return bits(dfr0, 11, 8) != 0 && bits(dfr0, 11, 8) != 0xf;
}

/* Counters and their ranges. */

unsigned pmu_counter_count(const struct pe *c)
{
    return (unsigned)bits(c->sr[SR_PMCR_EL0], 15, 11);
}

unsigned pmu_first_range(const struct pe *c)
{
    unsigned n = pmu_counter_count(c), hpmn = (unsigned)bits(c->sr[SR_MDCR_EL2], 4, 0);

    return c->m->has_el2 && hpmn < n ? hpmn : n;
}

static uint32_t below(unsigned n)
{
    return (UINT32_C(1) << n) - 1;
}

/* Event counters that are EL2's own: the second range. */
static uint32_t reserved(const struct pe *c)
{
    return below(pmu_counter_count(c)) & ~below(pmu_first_range(c));
}

uint32_t pmu_accessible(const struct pe *c)
{
    uint32_t all = below(pmu_counter_count(c)) | CYCLE_BIT;

    return c->el < 2 && pe_el2_enabled(c) ? all & ~reserved(c) : all;
}

static unsigned value_reg(unsigned n)
{
    return n == PMU_CYCLE_COUNTER ? SR_PMCCNTR_EL0 : SR_PMEVCNTR0_EL0 + n;
}

static unsigned type_reg(unsigned n)
{
    return n == PMU_CYCLE_COUNTER ? SR_PMCCFILTR_EL0 : SR_PMEVTYPER0_EL0 + n;
}

static unsigned event_of(const struct pe *c, unsigned n)
{
    return n == PMU_CYCLE_COUNTER ? PMU_CPU_CYCLES : c->pmu.event[n];
}

static uint64_t *base_of(struct pe *c, unsigned n)
{
    return &c->pmu.base[n == PMU_CYCLE_COUNTER ? PMU_EVENT_COUNTERS : n];
}

/* Whether a counter overflows at 64 bits: the cycle counter (LC is RES1), event counters with FEAT_PMUv3p5.
 */
static bool is_long(const struct pe *c, unsigned n)
{
    if (n == PMU_CYCLE_COUNTER)
        return true;
    return n < pmu_first_range(c) ? c->sr[SR_PMCR_EL0] & PMCR_LP : c->sr[SR_MDCR_EL2] & MDCR_HLP;
}

/* Whether overflows of counter n are events of the next one. */
static bool is_chained(const struct pe *c, unsigned n)
{
    return n % 2 == 0 && n + 1 < pmu_counter_count(c) && c->pmu.event[n + 1] == PMU_CHAIN &&
           bit(c->pmu.counting, n + 1) && !is_long(c, n) && n + 1 != pmu_first_range(c);
}

/* When counting is allowed (CountPMUEvents). */

static uint32_t enabled(const struct pe *c)
{
    uint32_t on = (uint32_t)c->sr[SR_PMCNTENSET_EL0], second = reserved(c);

    if (!(c->sr[SR_PMCR_EL0] & PMCR_E))
        on &= second;
    if (!(c->sr[SR_MDCR_EL2] & MDCR_HPME))
        on &= ~second;
    return on;
}

/* The external debug interface's authentication signals override nothing here. */
static uint32_t prohibited(const struct pe *c)
{
    const uint64_t mdcr2 = c->sr[SR_MDCR_EL2], mdcr3 = c->sr[SR_MDCR_EL3];
    const bool secure = pe_is_secure(c), at_el2 = c->el == 2;
    uint32_t none = 0;

    if (secure && !(mdcr3 & MDCR3_SPME))
        none = ~UINT32_C(0);
    else if (at_el2 && (mdcr2 & MDCR_HPMD))
        none = ~reserved(c);
    if (!(c->sr[SR_PMCR_EL0] & PMCR_DP))
        none &= ~CYCLE_BIT;
    if ((secure && (mdcr3 & MDCR3_SCCD)) || (at_el2 && (mdcr2 & MDCR_HCCD)))
        none |= CYCLE_BIT;
    return none;
}

/* By PMEVTYPER<n>_EL0 or PMCCFILTR_EL0. Bits of ELs that are not there are RES0. */
static bool filtered(const struct pe *c, unsigned n)
{
    const uint64_t type = c->sr[type_reg(n)];
    const bool p = bit(type, 31), u = bit(type, 30), secure = pe_is_secure(c);

    switch (c->el) {
    case 0:
        return secure ? u : u != bit(type, 28);
    case 1:
        return secure ? p : p != bit(type, 29);
    case 2:
        return !bit(type, 27);
    default:
        return p != bit(type, 26);
    }
}

static uint32_t counting_now(const struct pe *c)
{
    uint32_t may = enabled(c) & ~prohibited(c), on = 0;

    for (; may; may &= may - 1) {
        unsigned n = (unsigned)__builtin_ctz(may);

        if (event_of(c, n) != PMU_NO_EVENT && !filtered(c, n))
            on |= UINT32_C(1) << n;
    }
    return on;
}

/* Counting. */

/* Once timing_counts_sync() has been called. */
static uint64_t source_value(struct pe *c, unsigned n)
{
    const uint64_t source = events[event_of(c, n)].source;
    uint64_t value = 0;

    if (source & PMU_INSNS)
        value += pe_insns(c);
    if (source & PMU_CYCLES)
        value += pe_cycles(c) - c->pmu.idle_cycles;
    for (uint64_t left = source & PMU_COUNTERS; left; left &= left - 1)
        value += c->ctr[__builtin_ctzll(left)];
    return likely(!c->m->path) ? value : path_value(c->m, c->index, PATH_COUNT, value);
}

/* Counts `more` events, as if one after the other. */
static void add(struct pe *c, unsigned n, uint64_t more)
{
    uint64_t *value = &c->sr[value_reg(n)], now = *value + more;
    uint32_t overflows = is_long(c, n) ? now < *value : (uint32_t)((now >> 32) - (*value >> 32));

    *value = now & c->sr_wmask[value_reg(n)];
    if (!overflows)
        return;
    c->sr[SR_PMOVSSET_EL0] |= BIT(n);
    if (n != PMU_CYCLE_COUNTER && is_chained(c, n))
        add(c, n + 1, overflows);
}

/* The interrupt is level-sensitive: PMOVSSET_EL0, PMINTENSET_EL1 and the range's enable. */
static void drive(struct pe *c)
{
    uint64_t raised = c->sr[SR_PMOVSSET_EL0] & c->sr[SR_PMINTENSET_EL1];
    uint32_t second = reserved(c);
    bool level = ((c->sr[SR_PMCR_EL0] & PMCR_E) && (raised & ~second)) ||
                 ((c->sr[SR_MDCR_EL2] & MDCR_HPME) && (raised & second));

    if (level == c->pmu.level)
        return;
    c->pmu.level = level;
    gic_set_ppi(c->m->gic, c->index, PMU_PPI, level);
}

void pmu_sync(struct pe *c)
{
    const uint64_t overflowed = c->sr[SR_PMOVSSET_EL0];

    if (c->pmu.counting)
        timing_counts_sync(c);
    for (uint32_t left = c->pmu.counting; left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctz(left);
        uint64_t now = source_value(c, n);

        add(c, n, now - *base_of(c, n));
        *base_of(c, n) = now;
    }
    if (c->sr[SR_PMOVSSET_EL0] != overflowed)
        drive(c);
}

/* Deadlines. */

static uint64_t sum(uint64_t a, uint64_t b)
{
    return a + b < a ? UINT64_MAX : a + b;
}

/* How many of its events a counter is from overflow; UINT64_MAX stands for all that many. */
static uint64_t to_overflow(const struct pe *c, unsigned n)
{
    uint64_t value = c->sr[value_reg(n)];

    if (!is_long(c, n))
        return (UINT64_C(1) << 32) - (uint32_t)value;
    return value ? 0 - value : UINT64_MAX;
}

/* The same in events of the counter below, whose overflows it counts. */
static uint64_t to_chained_overflow(const struct pe *c, unsigned n)
{
    uint64_t wraps = to_overflow(c, n) - 1;

    return wraps >> 32 ? UINT64_MAX : sum(wraps << 32, to_overflow(c, n - 1));
}

/* Notes when counter n, which raises an interrupt then, may overflow next. */
static void note_deadline(struct pe *c, unsigned n)
{
    uint64_t left, source;

    if (event_of(c, n) != PMU_CHAIN)
        left = to_overflow(c, n);
    else if (n % 2 && bit(c->pmu.counting, n - 1) && is_chained(c, n - 1))
        left = to_chained_overflow(c, n--);
    else
        return;
    source = events[event_of(c, n)].source;
    if (source & PMU_POSTED)
        return;
    if (source & PMU_STALLS)
        left = left > POLL_MIN ? left : POLL_MIN;
    if (source & (PMU_CYCLES | PMU_STALLS)) {
        left = sum(pe_cycles(c), left);
        c->pmu.next_cycle = left < c->pmu.next_cycle ? left : c->pmu.next_cycle;
        return;
    }
    if (!(source & PMU_INSNS))
        left = left / POLL_SHARE > POLL_MIN ? left / POLL_SHARE : POLL_MIN;
    left = sum(pe_insns(c), left);
    c->pmu.next_insn = left < c->pmu.next_insn ? left : c->pmu.next_insn;
}

static void set_deadlines(struct pe *c)
{
    uint32_t left = c->pmu.counting & (uint32_t)(c->sr[SR_PMINTENSET_EL1] & ~c->sr[SR_PMOVSSET_EL0]);

    c->pmu.next_cycle = c->pmu.next_insn = UINT64_MAX;
    for (; left; left &= left - 1)
        note_deadline(c, (unsigned)__builtin_ctz(left));
}

void pmu_update(struct pe *c)
{
    pmu_sync(c);
    set_deadlines(c);
}

/* Changes. */

static void note_use(struct pe *c)
{
    const bool used = (c->sr[SR_PMCNTENSET_EL0] | c->sr[SR_PMOVSSET_EL0]) != 0;

    if (used == c->pmu.used)
        return;
    c->pmu.used = used;
    sysreg_update_watched(c);
}

void pmu_changed(struct pe *c)
{
    const uint64_t cycle = c->pmu.next_cycle, insn = c->pmu.next_insn;

    pmu_sync(c);
    note_use(c);
    c->pmu.on = enabled(c) != 0;
    c->pmu.counting = counting_now(c);
    c->pmu.posting = false;
    if (c->pmu.counting)
        timing_counts_sync(c);
    for (uint32_t left = c->pmu.counting; left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctz(left);

        *base_of(c, n) = source_value(c, n);
        c->pmu.posting |= events[event_of(c, n)].source == PMU_POSTED;
    }
    drive(c);
    set_deadlines(c);
    if (c->pmu.next_cycle < cycle || c->pmu.next_insn < insn)
        pe_force(c);
}

void pmu_event_changed(struct pe *c, unsigned n)
{
    const unsigned number = (unsigned)bits(c->sr[SR_PMEVTYPER0_EL0 + n], 15, 0);

    c->pmu.event[n] = PMU_NO_EVENT;
    for (unsigned e = PMU_NO_EVENT + 1; e < PMU_EVENT_COUNT; e++)
        if (events[e].number == number && pmu_has_event(c->m, e))
            c->pmu.event[n] = (uint8_t)e;
}

void pmu_reset(struct pe *c)
{
    c->pmu.counting = 0;
    for (unsigned n = 0; n < PMU_EVENT_COUNTERS; n++)
        pmu_event_changed(c, n);
    pmu_changed(c);
}

/* Posted events. */

void pmu_post_to(struct pe *c, enum pmu_event event, uint32_t counters)
{
    for (uint32_t left = c->pmu.counting & counters & ~CYCLE_BIT; left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctz(left);

        if (c->pmu.event[n] == event)
            add(c, n, 1);
    }
    drive(c);
}

/* Taken locally (D14.1.1): to the same EL, or from EL0 to the EL that EL0's exceptions go to. */
static bool is_local(const struct pe *c)
{
    const unsigned to = c->exc.target_el;

    return to == c->el || (c->el == 0 && (to == 1 || (to == 2 && pe_in_host(c))));
}

/* The event of a kind of exception: taken locally, and not. */
static enum pmu_event exception_event(const struct pe *c, bool local)
{
    const unsigned ec = c->exc.ec;

    if (c->exc.type == EXC_IRQ)
        return local ? PMU_EXC_IRQ : PMU_EXC_TRAP_IRQ;
    if (c->exc.type == EXC_FIQ)
        return local ? PMU_EXC_FIQ : PMU_EXC_TRAP_FIQ;
    if (c->exc.type == EXC_SERROR || ec == EC_DABT_LOWER || ec == EC_DABT_SAME)
        return local ? PMU_EXC_DABORT : PMU_EXC_TRAP_DABORT;
    if (ec == EC_IABT_LOWER || ec == EC_IABT_SAME)
        return local ? PMU_EXC_PABORT : PMU_EXC_TRAP_PABORT;
    if (ec == EC_SMC && c->exc.target_el == 3)
        return PMU_EXC_SMC;
    if (ec == EC_HVC && c->exc.target_el == 2)
        return PMU_EXC_HVC;
    if (ec == EC_SVC && local)
        return PMU_EXC_SVC;
    return local ? PMU_EXC_UNDEF : PMU_EXC_TRAP_OTHER;
}

void pmu_exception(struct pe *c)
{
    pmu_post(c, PMU_EXC_TAKEN);
    pmu_post(c, exception_event(c, is_local(c)));
}

void pmu_written(struct pe *c, unsigned id)
{
    if (id == SR_CONTEXTIDR_EL1)
        pmu_post(c, PMU_CID_WRITE_RETIRED);
    if (id == SR_TTBR0_EL1 || id == SR_TTBR1_EL1)
        pmu_post(c, PMU_TTBR_WRITE_RETIRED);
}
