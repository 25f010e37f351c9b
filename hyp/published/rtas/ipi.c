/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ipi.c
 * The price of an SGI between two PEs, as the RTAS'23 measurements define it: how long the store
 * to GICD_SGIR keeps its sender, and how long after it began the target's handler reads the
 * counter. Between samples both invalidate L1I and overwrite L1D; the target waits in WFI.
 */
#include <stdbool.h>

#include "barrier.h"
#include "board.h"
#include "counts.h"
#include "irq.h"
#include "pmu.h"
#include "smccc.h"
#include "timer.h"

#define WARMUP 10
#define SAMPLES 50
#define INTID_IPI 3U
#define PSCI_CPU_ON UL(0xc4000003)

#define L1D_SIZE 32768
#define LINE_SIZE 64

enum { COUNTED = 2 };
static struct count sent[COUNTED] = {
    { "ipi.sender_inst_retired_el1", PMU_INST_RETIRED, PMU_AT_EL1, { 0 } },
    { "ipi.sender_l1i_refill_el1", PMU_L1I_CACHE_REFILL, PMU_AT_EL1, { 0 } },
};
static struct count received[COUNTED] = {
    { "ipi.target_l1i_refill_el1", PMU_L1I_CACHE_REFILL, PMU_AT_EL1, { 0 } },
    { "ipi.target_exc_taken_el1", PMU_EXC_TAKEN, PMU_AT_EL1, { 0 } },
};

static volatile uint8_t buffer[2][L1D_SIZE] __attribute__((aligned(L1D_SIZE)));
static uint64_t stored[WARMUP + SAMPLES], delivered[WARMUP + SAMPLES];
static uint32_t sent_raw[COUNTED][WARMUP + SAMPLES], received_raw[COUNTED][WARMUP + SAMPLES];
static volatile uint64_t sent_at, received_at;
static volatile unsigned taken;
static volatile unsigned counted = COUNTED;
static volatile uint64_t target = 1;
static volatile bool target_ready, handled, sender_done, target_done;

extern uint32_t conduit_is_hvc;
void secondary_entry(void);

static inline uint64_t count_now(void)
{
    return sysreg_read(CNTPCT_EL0);
}

/** Its first reading ends the window. */
static inline void read_counts(uint32_t (*raw)[WARMUP + SAMPLES])
{
    for (unsigned i = 0; i < counted; i++) {
        raw[i][taken] = pmu_read_raw(i);
    }
}

/* What is a function of its own begins a line of code, as one of another object file may. */
#define OWN_LINE __attribute__((noinline, aligned(LINE_SIZE)))

OWN_LINE static void overwrite(unsigned pe)
{
    for (unsigned i = 0; i < L1D_SIZE; i += LINE_SIZE) {
        buffer[pe][i] = (uint8_t)i;
    }
}

OWN_LINE static void read_received(void)
{
    read_counts(received_raw);
}

OWN_LINE static void wait_for_ipi(void)
{
    target_ready = true;
    wfi();
}

OWN_LINE static void hand_over(void)
{
    target_done = true;
}

/** On the target. */
static bool on_ipi(unsigned intid)
{
    (void)intid;
    received_at = count_now();
    target_ready = false;
    handled = true;
    dsb_ish();
    __asm__ volatile("sev" ::: "memory");
    read_received();
    delivered[taken] = received_at - sent_at;
    pmu_reset();
    while (!sender_done) {
    }
    sender_done = false;
    __asm__ volatile("ic iallu" ::: "memory");
    hand_over();
    return false; /* who called ends it */
}

void secondary_main(uint64_t pe);

void secondary_main(uint64_t pe)
{
    gic_on();
    counts_start(received, COUNTED, 0);
    gic_enable(INTID_IPI);
    irq_on();
    while (true) {
        overwrite((unsigned)pe);
        wait_for_ipi();
    }
}

/**
 * The counter is read again where the call returns to: of the lines that the window is counted to
 * have, only those of gic_send_sgi() are between the readings (models/PUBLISHED.md).
 *
 * As there, the sender reads its counts only when it is warm; here the last rounds of the warm-up
 * go that way already, so that its code is in L2.
 */
static void sample(bool warming_up)
{
    uint64_t after;

    handled = false;
    while (!target_ready) {
    }
    pmu_reset();
    sent_at = count_now();
    gic_send_sgi(target, INTID_IPI);
    after = count_now();
    if (!warming_up) {
        read_counts(sent_raw);
        stored[taken] = after - sent_at;
    }
    while (!handled) {
        __asm__ volatile("wfe" ::: "memory");
    }
    __asm__ volatile("ic iallu" ::: "memory");
    overwrite(0);
    sender_done = true;
    while (!target_done) {
    }
    target_done = false;
    taken++;
}

/** Waits, longer each time, so that samples begin at different phases of the counter. */
OWN_LINE static void pause_ticks(uint64_t ticks)
{
    uint64_t until = count_now() + ticks;

    while (count_now() < until) {
    }
}

static uint64_t cpu_on(uint64_t pe, uint64_t entry)
{
    register uint64_t x0 __asm__("x0") = PSCI_CPU_ON;
    register uint64_t x1 __asm__("x1") = pe;
    register uint64_t x2 __asm__("x2") = entry;
    register uint64_t x3 __asm__("x3") = pe;

    if (conduit_is_hvc) {
        __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"memory");
    } else {
        __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"memory");
    }
    return x0;
}

/* Aligned, so that the call and both readings around it are in one line. */
int main(void) __attribute__((aligned(LINE_SIZE)));

/** Prints samples without those of the warm-up. */
static void print(const char *name, const uint64_t *values)
{
    struct samples samples = { 0 };

    for (unsigned i = WARMUP; i < WARMUP + SAMPLES; i++) {
        samples_add(&samples, values[i]);
    }
    report_ticks(name, &samples);
}

static void print_counts(struct count *counts, uint32_t (*raw)[WARMUP + SAMPLES])
{
    for (unsigned i = 0; i < COUNTED; i++) {
        for (unsigned n = WARMUP; n < WARMUP + SAMPLES; n++) {
            samples_add(&counts[i].samples, raw[i][n]);
        }
    }
    counts_report(counts, COUNTED);
}

int main(void)
{
    uint64_t apart = timer_frequency() / 10000;
    bool warming_up = true;

    irq_set_handler(INTID_IPI, on_ipi);
    gic_on();
    if (cpu_on(1, (uint64_t)secondary_entry) != 0) {
        give_up("two PEs are needed");
    }
    counts_start(sent, COUNTED, 0);
    while (taken < WARMUP + SAMPLES) {
        sample(warming_up);
        warming_up = taken < WARMUP / 2;
        pause_ticks(apart + taken);
    }
    print("sgir.store", stored);
    print("ipi.latency", delivered);
    print_counts(sent, sent_raw);
    print_counts(received, received_raw);
    return 0;
}
