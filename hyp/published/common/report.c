/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file report.c
 * The console of the programs here (report.h). One writer: whichever PE has measured.
 */
#include "report.h"

#include <stddef.h>

#include "board.h"
#include "format.h"
#include "pl011.h"
#include "sysreg.h"

static void put(void *context, char c)
{
    (void)context;
    pl011_putc(BOARD_UART, c);
}

static void print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    format_va(put, NULL, format, args);
    va_end(args);
}

void samples_add(struct samples *samples, uint64_t value)
{
    samples->min = samples->count == 0 || value < samples->min ? value : samples->min;
    samples->max = value > samples->max ? value : samples->max;
    samples->sum += value;
    samples->count++;
}

/** value * scale / divisor in hundredths, rounded to the nearest. */
static uint64_t hundredths(uint64_t value, uint64_t scale, uint64_t divisor)
{
    return (value * scale * 100 + divisor / 2) / divisor;
}

static void print_number(const char *before, uint64_t hundredth)
{
    print("%s%lu.%02lu", before, hundredth / 100, hundredth % 100);
}

void report_scaled(const char *name, const struct samples *samples, const char *unit,
                   uint64_t scale, uint64_t divisor)
{
    uint64_t count = samples->count ? samples->count : 1;

    print("%s", name);
    print_number(" ", hundredths(samples->sum, scale, divisor * count));
    print(" %s", unit);
    print_number(" min ", hundredths(samples->min, scale, divisor));
    print_number(" max ", hundredths(samples->max, scale, divisor));
    print(" n %lu\n", samples->count);
}

void report(const char *name, const struct samples *samples, const char *unit)
{
    report_scaled(name, samples, unit, 1, 1);
}

void report_ticks(const char *name, const struct samples *samples)
{
    uint64_t frequency = sysreg_read(CNTFRQ_EL0);

    /* In kHz, so that sums of ticks times 10^6 stay far from 2^64. */
    report_scaled(name, samples, "ns", 1000000, frequency / 1000);
}

void give_up(const char *why)
{
    print("failed: %s\n", why);
    power_off();
}

void finish(void)
{
    print("done\n");
    pl011_flush(BOARD_UART);
    power_off();
}
