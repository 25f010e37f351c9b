/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Output on the PL011 (Arm DDI 0183) by polling, the one line of result, and the report of an
 * unexpected exception. Used at EL2 only, where devices are mapped flat.
 */
#include "guest.h"

#define UART_BASE 0x09000000ull
#define UART_DR 0x000
#define UART_FR 0x018
#define UART_LCR_H 0x02c
#define UART_CR 0x030
#define FR_TXFF (1u << 5)
#define LCR_H_8N1_FIFO 0x70u
#define CR_TXE_UARTEN 0x101u

/** Returns a register of the UART. */
static volatile uint32_t *uart(uint64_t offset)
{
    return (volatile uint32_t *)(UART_BASE + offset);
}

/** Sends one character when there is room. */
static void console_putc(char c)
{
    while (*uart(UART_FR) & FR_TXFF)
        ;
    *uart(UART_DR) = (unsigned char)c;
}

void console_print(const char *text)
{
    *uart(UART_LCR_H) = LCR_H_8N1_FIFO;
    *uart(UART_CR) = CR_TXE_UARTEN;
    while (*text)
        console_putc(*text++);
}

void console_print_hex(uint64_t value)
{
    console_print("0x");
    for (int shift = 60; shift >= 0; shift -= 4)
        console_putc("0123456789abcdef"[value >> shift & 15]);
}

/** Prints `value` in decimal. */
static void console_print_decimal(uint64_t value)
{
    char digits[21];
    char *p = digits + sizeof(digits) - 1;

    *p = '\0';
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    console_print(p);
}

void bench_report(const char *name, uint64_t iterations, const char *insns, uint64_t checksum)
{
    console_print("bench ");
    console_print(name);
    console_print(" iterations=");
    console_print_decimal(iterations);
    console_print(" insns_per_iteration=");
    console_print(insns);
    console_print(" checksum=");
    console_print_hex(checksum);
    console_print("\n");
}

/** Prints a name and a value. */
static void print_register(const char *name, uint64_t value)
{
    console_print(name);
    console_print_hex(value);
}

void el2_crash(uint64_t vector)
{
    print_register("bench: unexpected exception, vector ", vector);
    print_register(" ESR_EL2=", READ_SYSREG(ESR_EL2));
    print_register(" ELR_EL2=", READ_SYSREG(ELR_EL2));
    print_register(" FAR_EL2=", READ_SYSREG(FAR_EL2));
    print_register(" HPFAR_EL2=", READ_SYSREG(HPFAR_EL2));
    print_register(" ESR_EL1=", READ_SYSREG(ESR_EL1));
    print_register(" ELR_EL1=", READ_SYSREG(ELR_EL1));
    print_register(" FAR_EL1=", READ_SYSREG(FAR_EL1));
    console_print("\n");
    power_off();
}
