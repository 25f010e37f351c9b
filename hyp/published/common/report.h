/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file report.h
 * What a measurement gives: samples, and one line on the console for each quantity:
 *
 *     NAME MEAN UNIT min MINIMUM max MAXIMUM n SAMPLES
 *
 * with numbers in decimal, two digits after the point.
 */
#pragma once

#include <stdint.h>

struct samples {
    uint64_t min, max, sum;
    uint64_t count;
};

/** Takes one sample up; a zeroed struct has none. */
void samples_add(struct samples *samples, uint64_t value);

/** Prints the line of `samples`, each of which is `scale` / `divisor` units. */
void report_scaled(const char *name, const struct samples *samples, const char *unit,
                   uint64_t scale, uint64_t divisor);

/** Prints the line of samples that are in units already. */
void report(const char *name, const struct samples *samples, const char *unit);

/** Prints the line of samples that are ticks of the system counter, in ns. */
void report_ticks(const char *name, const struct samples *samples);

/** Prints a line of text and turns the machine off. */
void give_up(const char *why) __attribute__((noreturn));

/** Prints the last line and turns the machine off. */
void finish(void) __attribute__((noreturn));

/** Turns the machine off: PSCI, or at EL3 the board's power switch. */
void power_off(void) __attribute__((noreturn));
