/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file console.h
 * The real console: whole lines, each with the name of who prints it.
 */
#pragma once

/** Prepares the board's UART. */
void console_init(void);

/** Prints a line as `[hyp] ...`; the newline is added. */
__attribute__((format(printf, 1, 2))) void hyp_print(const char *format, ...);

/** Prints a VM's complete line as `[vmN] ...`. */
void console_vm_line(unsigned vm_id, const char *line);

/** Prints a line and turns the machine off: the hypervisor cannot go on. */
__attribute__((noreturn, format(printf, 1, 2))) void hyp_panic(const char *format, ...);

/** Turns the machine off by PSCI SYSTEM_OFF (DEN0022 5.10). */
__attribute__((noreturn)) void hyp_off(void);
