/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file task.h
 * The EL0 task's assembly functions.
 */
#pragma once

#include <stdint.h>

/** Runs the task; its result is the exit status. */
uint64_t task_main(void);

/** System calls, task_abi.h. */
void task_print(const char *line);
uint64_t task_null(void);

/** Loads from `va`; returns what is there, or the fault's code. */
uint64_t task_read(uint64_t va);

/** Holds a pattern in all registers through preemptions; returns 0 if it stayed. pattern.S */
uint64_t pattern_hold(uint64_t seed, const volatile uint64_t *preemptions, uint64_t enough,
                      volatile uint64_t *done, const volatile uint64_t *other_done);
