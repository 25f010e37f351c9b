/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file console.c
 * Console lines on the board's PL011, and the end of the machine.
 */
#include "console.h"

#include <stdarg.h>
#include <stdint.h>

#include "barrier.h"
#include "format.h"
#include "layout.h"
#include "pl011.h"
#include "smccc.h"

static void uart_put(void *context, char c)
{
    pl011_putc(*(const uintptr_t *)context, c);
}

__attribute__((format(printf, 1, 0))) static void print_va(const char *format, va_list args)
{
    uintptr_t uart = BOARD_UART_PA;

    format_va(uart_put, &uart, format, args);
}

__attribute__((format(printf, 1, 2))) static void print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_va(format, args);
    va_end(args);
}

void console_init(void)
{
    pl011_init(BOARD_UART_PA);
}

void console_vm_line(unsigned vm_id, const char *line)
{
    print("[vm%u] %s\n", vm_id, line);
}

void hyp_print(const char *format, ...)
{
    va_list args;

    print("[hyp] ");
    va_start(args, format);
    print_va(format, args);
    va_end(args);
    print("\n");
}

void hyp_panic(const char *format, ...)
{
    va_list args;

    print("[hyp] panic: ");
    va_start(args, format);
    print_va(format, args);
    va_end(args);
    print("\n");
    hyp_off();
}

void hyp_off(void)
{
    pl011_flush(BOARD_UART_PA);
    dsb_sy();
    smccc_smc(PSCI_SYSTEM_OFF, 0);
    for (;;) {
        wfi();
    }
}
