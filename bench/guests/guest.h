/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * What the bench guests share. Each guest defines bench_main(), called once at EL2 with stage 1 on,
 * and BENCH_ITERATIONS(); it prepares EL1, enters it, and reports.
 */
#ifndef BENCH_GUEST_H
#define BENCH_GUEST_H

#include "macros.h"
#include "regs.h"

#include <stdint.h>

/** The number of iterations, in a section of its own so that bench/count can replace it. */
#define BENCH_ITERATIONS(count)                                                                            \
    static const volatile uint64_t bench_iterations __attribute__((section(".iterations"), used)) = (count)

/** The registers of the interrupted EL1, as trap.S saves them. */
struct trap_frame {
    uint64_t x[31];
    uint64_t elr;
    uint64_t spsr;
};

/** The benchmark. When it returns, the machine powers off. */
void bench_main(void);

/** The trap handler of a benchmark that links trap.S. */
void el2_trap(struct trap_frame *frame);

/** Runs EL1 from `pc` with stack `sp` and two arguments until HVC #HVC_DONE; returns its x0. */
uint64_t guest_enter(uint64_t pc, void *sp, uint64_t x0, const void *x1);

/** Makes the pending guest_enter() return `result`. */
_Noreturn void guest_leave(uint64_t result);

/** Turns the machine off by PSCI. */
_Noreturn void power_off(void);

/** Prints the syndrome of an exception nobody expected, and turns the machine off. */
_Noreturn void el2_crash(uint64_t vector);

/** Prints the line that bench/run reads. */
void bench_report(const char *name, uint64_t iterations, const char *insns, uint64_t checksum);

/** Prints a string on the PL011. */
void console_print(const char *text);

/** Prints `value` as 0x and sixteen digits. */
void console_print_hex(uint64_t value);

/** One step of the checksum that the C parts use; the assembly parts do the same in one EOR. */
static inline uint64_t checksum_fold(uint64_t sum, uint64_t value)
{
    return (sum >> 7 | sum << 57) ^ value;
}

extern char el1_stack_top[];
extern char el1_vectors[];

#endif
