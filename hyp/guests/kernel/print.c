/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file print.c
 * Console lines of the guest, to the UART that its hypervisor emulates.
 */
#include <stdarg.h>

#include "barrier.h"
#include "format.h"
#include "kernel.h"
#include "pl011.h"

static void uart_put(void *context, char c)
{
    (void)context;
    pl011_putc(KERNEL_VA(GUEST_UART_IPA), c);
}

__attribute__((format(printf, 1, 0))) static void print_va(const char *format, va_list args)
{
    format_va(uart_put, NULL, format, args);
    uart_put(NULL, '\n');
}

void print_line(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_va(format, args);
    va_end(args);
}

void report(const char *format, ...)
{
    va_list args;

    hypercall(HC_WAIT_TURN, 0);
    va_start(args, format);
    print_va(format, args);
    va_end(args);
    hypercall(HC_PASS_TURN, 0);
}

void panic(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_va(format, args);
    va_end(args);
    for (;;) {
        hypercall(PSCI_SYSTEM_OFF, 0);
        wfi();
    }
}
