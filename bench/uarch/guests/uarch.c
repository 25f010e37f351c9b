/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Measuring and printing for the microbenchmarks; see uarch.h. The cycle counter counts at EL1 alone
 * (PMCCFILTR_EL0.NSH is 0), so that what EL2 does in between is not in the figures.
 */
#include "uarch.h"

#define PMCR_E_P_C_LC (1u << 0 | 1u << 1 | 1u << 2 | 1u << 6)
#define PMCNTEN_C (1u << 31)

uint64_t el1_trampoline(uint64_t (*fn)(const void *), const void *arg);

static uint64_t checksum;

/** Prints `value` in decimal with at least `digits` digits. */
static void print_number(uint64_t value, unsigned digits)
{
    char text[24];
    char *p = text + sizeof(text) - 1;

    *p = '\0';
    for (unsigned n = 0; n < digits || value; n++, value /= 10)
        *--p = (char)('0' + value % 10);
    console_print(p);
}

/** The start of a row. */
static void row_open(const char *figure, const char *series)
{
    console_print("uarch ");
    console_print(figure);
    console_print(",");
    console_print(series);
    console_print(",");
}

/** The end of a row: a quotient, to a thousandth. */
static void row_close(uint64_t amount, uint64_t count)
{
    uint64_t thousandths = (amount * 1000 + count / 2) / count;

    console_print(",");
    print_number(thousandths / 1000, 1);
    console_print(".");
    print_number(thousandths % 1000, 3);
    console_print("\n");
}

void row(const char *figure, const char *series, uint64_t x, uint64_t amount, uint64_t count)
{
    row_open(figure, series);
    print_number(x, 1);
    row_close(amount, count);
}

void row_named(const char *figure, const char *series, const char *x, uint64_t amount, uint64_t count)
{
    row_open(figure, series);
    console_print(x);
    row_close(amount, count);
}

void check(uint64_t value)
{
    checksum = checksum_fold(checksum, value);
}

void check_report(const char *guest)
{
    console_print("check ");
    console_print(guest);
    console_print(",");
    console_print_hex(checksum);
    console_print("\n");
}

uint64_t random_below(uint64_t limit)
{
    static uint64_t state = 1;

    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (state >> 32) * limit >> 32;
}

uint64_t next_size(uint64_t size, unsigned steps_an_octave)
{
    uint64_t octave = 1ull << (63 - __builtin_clzll(size));

    return size + (octave / steps_an_octave ? octave / steps_an_octave : 1);
}

void pmu_start(void)
{
    uint64_t counters = READ_SYSREG(PMCR_EL0) >> 11 & 31;

    WRITE_SYSREG(MDCR_EL2, counters);
    WRITE_SYSREG(PMCCFILTR_EL0, 0);
    WRITE_SYSREG(PMCNTENSET_EL0, PMCNTEN_C | 3);
    WRITE_SYSREG(PMCR_EL0, PMCR_E_P_C_LC);
    ISB();
}

bool pmu_has(unsigned event)
{
    uint64_t id = event < 32 ? READ_SYSREG(PMCEID0_EL0) : READ_SYSREG(PMCEID1_EL0);

    return event < 64 && id >> event % 32 & 1;
}

uint64_t el1_call(uint64_t (*fn)(const void *), const void *arg)
{
    return guest_enter((uint64_t)el1_trampoline, el1_stack_top, (uint64_t)fn, arg);
}

/** At EL1. What it needs is in registers before it counts, so that the kernel's accesses are all. */
static uint64_t measure_el1(const void *arg)
{
    struct measure *m = (struct measure *)(uintptr_t)arg;
    kernel_fn *kernel = m->kernel;
    uint64_t count, start, end, result = 0, events[4];

    if (m->warm)
        result = (m->before ? m->before : kernel)(m->arg, m->warm);
    arg = *(const void *volatile *)&m->arg;
    if (m->goes_on)
        arg = (const void *)result;
    count = *(volatile uint64_t *)&m->count;
    events[0] = READ_SYSREG(PMEVCNTR0_EL0);
    events[1] = READ_SYSREG(PMEVCNTR1_EL0);
    start = cycles_now();
    result = kernel(arg, count);
    end = cycles_now();
    events[2] = READ_SYSREG(PMEVCNTR0_EL0);
    events[3] = READ_SYSREG(PMEVCNTR1_EL0);
    m->result = result;
    m->cycles = end - start;
    m->events[0] = events[2] - events[0];
    m->events[1] = events[3] - events[1];
    return 0;
}

void measure_run(struct measure *m)
{
    WRITE_SYSREG(PMEVTYPER0_EL0, m->event[0]);
    WRITE_SYSREG(PMEVTYPER1_EL0, m->event[1]);
    ISB();
    el1_call(measure_el1, m);
}

void chain_build(uint64_t offset, uint64_t nodes, uint64_t stride)
{
    uint64_t first = ARENA_PA + offset;

    for (uint64_t i = 0; i < nodes; i++)
        *(uint64_t *)(first + i * stride) = first + i * stride + (ARENA_VA - ARENA_PA);
    /* Sattolo's shuffle: always one cycle through all. */
    for (uint64_t i = nodes - 1; i > 0; i--) {
        uint64_t *one = (uint64_t *)(first + i * stride);
        uint64_t *other = (uint64_t *)(first + random_below(i) * stride);
        uint64_t link = *one;

        *one = *other;
        *other = link;
    }
}
