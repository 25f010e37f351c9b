/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file irqlat.c
 * Latency of a timer interrupt: from the count that the virtual timer was set to, to the handler's
 * read of the counter, as the RTAS'23 measurements of static partitioning hypervisors define it.
 * The program is the same bare metal and as a hypervisor's guest.
 *
 * Each sample begins cold, as there: the handler ends by invalidating L1I, and until the next
 * interrupt a loop stores to every line of a buffer as large as L1D. What is not as there: the
 * interval is 1 ms instead of 10 ms, long enough for the loop to replace L1D dozens of times.
 */
#include <stdbool.h>

#include "board.h"
#include "counts.h"
#include "irq.h"
#include "pmu.h"
#include "timer.h"

#define WARMUP 10
#define SAMPLES 50
#define DELAY_LOOPS 15 /* after the end of interrupt, before the second reading */

#define L1D_SIZE 32768
#define LINE_SIZE 64

static struct count counts[] = {
    { NAME ".l1i_refill_el1", PMU_L1I_CACHE_REFILL, PMU_AT_EL1, { 0 } },
    { NAME ".l1i_refill_el2", PMU_L1I_CACHE_REFILL, PMU_AT_EL2, { 0 } },
    { NAME ".l1d_refill_el2", PMU_L1D_CACHE_REFILL, PMU_AT_EL2, { 0 } },
    { NAME ".l2d_refill_el2", PMU_L2D_CACHE_REFILL, PMU_AT_EL2, { 0 } },
    { NAME ".l1i_tlb_refill_el2", PMU_L1I_TLB_REFILL, PMU_AT_EL2, { 0 } },
    { NAME ".l1d_tlb_refill_el2", PMU_L1D_TLB_REFILL, PMU_AT_EL2, { 0 } },
    { NAME ".mem_access_el2", PMU_MEM_ACCESS, PMU_AT_EL2, { 0 } },
    { NAME ".bus_access_el2", PMU_BUS_ACCESS, PMU_AT_EL2, { 0 } },
    { NAME ".exc_taken_el1", PMU_EXC_TAKEN, PMU_AT_EL1, { 0 } },
    { NAME ".exc_taken_el2", PMU_EXC_TAKEN, PMU_AT_EL2, { 0 } },
    { NAME ".exc_irq_el1", PMU_EXC_IRQ, PMU_AT_EL1, { 0 } },
    { NAME ".inst_retired_el2", PMU_INST_RETIRED, PMU_AT_EL2, { 0 } },
};
#define COUNTS (sizeof(counts) / sizeof(counts[0]))

static volatile uint8_t buffer[L1D_SIZE] __attribute__((aligned(L1D_SIZE)));
static uint64_t began[WARMUP + SAMPLES], ended[WARMUP + SAMPLES];
static volatile unsigned taken;
static unsigned first, end;
static uint64_t next_tick, interval;

static void arm(void)
{
    sysreg_write(CNTV_TVAL_EL0, interval);
    sysreg_write(CNTV_CTL_EL0, CNT_CTL_ENABLE);
    next_tick = sysreg_read(CNTV_CVAL_EL0);
}

/** The counter as there: the physical one, and no barrier before it is read. */
static inline uint64_t count_now(void)
{
    return sysreg_read(CNTPCT_EL0);
}

static bool on_timer(unsigned intid)
{
    sysreg_write(CNTV_CTL_EL0, 0);
    began[taken] = count_now() - next_tick;
    gic_eoi(intid);
    for (volatile unsigned long i = 0; i < DELAY_LOOPS; i++) {
    }
    ended[taken] = count_now() - next_tick;
    counts_read(end - first, taken);
    taken++;
    if (taken < WARMUP + SAMPLES) {
        arm();
        pmu_reset();
    }
    __asm__ volatile("ic iallu" ::: "memory");
    return true;
}

static void measure(void)
{
    taken = 0;
    end = counts_start(counts, COUNTS, first);
    arm();
    while (taken < WARMUP + SAMPLES) {
        for (unsigned i = 0; i < L1D_SIZE; i += LINE_SIZE) {
            buffer[i] = (uint8_t)i;
        }
    }
}

int IRQLAT_MAIN(void);

int IRQLAT_MAIN(void)
{
    struct samples latency = { 0 }, latency_end = { 0 };

    interval = timer_frequency() / 1000;
    gic_on();
    irq_set_handler(INTID_CNTV, on_timer);
    gic_enable(INTID_CNTV);
    irq_on();
    do {
        measure();
        for (unsigned i = WARMUP; i < WARMUP + SAMPLES; i++) {
            samples_add(&latency, began[i]);
            samples_add(&latency_end, ended[i]);
        }
        counts_take(counts, first, end, WARMUP, WARMUP + SAMPLES);
        first = end;
    } while (first < COUNTS);
    report_ticks(NAME ".latency", &latency);
    report_ticks(NAME ".latency_eoi_loop", &latency_end);
    counts_report(counts, COUNTS);
    return 0;
}
