/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file runtime.c
 * The runtime of test programs. Compiled without FP and SIMD registers, so that it works on whatever subset
 * of the instruction set a simulator has.
 */
#include "runtime.h"

#define UART_DR (*(volatile uint32_t *)0x09000000)
#define UART_FR (*(volatile uint32_t *)0x09000018)
#define UART_CR (*(volatile uint32_t *)0x09000030)
#define FR_TXFF (1u << 5)
#define CR_ON 0x101u /* UARTEN, TXE */

void report_exception(uint64_t esr, uint64_t elr, uint64_t far);

static void put(char c)
{
    UART_CR = CR_ON;
    while (UART_FR & FR_TXFF) {
    }
    UART_DR = (uint8_t)c;
}

static void put_hex(uint64_t value, unsigned digits)
{
    while (digits--)
        put("0123456789abcdef"[value >> (digits * 4) & 15]);
}

static void put_decimal(uint32_t value)
{
    if (value > 9)
        put_decimal(value / 10);
    put((char)('0' + value % 10));
}

void vprint(const char *format, va_list args)
{
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            put(*f);
            continue;
        }
        switch (*++f) {
        case 's':
            for (const char *s = va_arg(args, const char *); *s; s++)
                put(*s);
            break;
        case 'u':
            put_decimal(va_arg(args, uint32_t));
            break;
        case 'x':
            put_hex(va_arg(args, uint32_t), 8);
            break;
        default:
            put_hex(va_arg(args, uint64_t), 16);
        }
    }
}

void print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprint(format, args);
    va_end(args);
}

void result(const char *what, uint64_t sum)
{
    print("%s %X\n", what, sum);
}

/* The word at ELR is what the exception is about, when fetching it is not. */
void report_exception(uint64_t esr, uint64_t elr, uint64_t far)
{
    uint32_t ec = (uint32_t)(esr >> 26);
    uint32_t insn = ec == 0x20 || ec == 0x21 || (elr & 3) ? 0 : *(const uint32_t *)elr;

    print("exception EC %x ESR %X ELR %X FAR %X instruction %x\n", ec, esr, elr, far, insn);
}

uint64_t fold(uint64_t sum, uint64_t value)
{
    return ((sum << 13 | sum >> 51) ^ value) * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

uint64_t fold_bytes(uint64_t sum, const void *from, size_t len)
{
    const uint8_t *b = from;

    for (size_t i = 0; i < len; i++)
        sum = fold(sum, b[i]);
    return sum;
}

uint64_t random64(void)
{
    static uint64_t state = UINT64_C(0x123456789abcdef1);

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * UINT64_C(0x2545f4914f6cdd1d);
}

void random_bytes(void *to, size_t len)
{
    uint8_t *b = to;

    for (size_t i = 0; i < len; i++)
        b[i] = (uint8_t)(random64() >> 40);
}

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    char *t = to;
    const char *f = from;

    for (size_t i = 0; i < len; i++)
        t[i] = f[i];
    return to;
}

void *memmove(void *to, const void *from, size_t len)
{
    char *t = to;
    const char *f = from;

    if ((uintptr_t)t - (uintptr_t)f >= len)
        return memcpy(to, from, len);
    while (len--)
        t[len] = f[len];
    return to;
}

void *memset(void *to, int byte, size_t len)
{
    char *t = to;

    for (size_t i = 0; i < len; i++)
        t[i] = (char)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a, *y = b;

    for (size_t i = 0; i < len; i++)
        if (x[i] != y[i])
            return x[i] - y[i];
    return 0;
}

size_t strlen(const char *s)
{
    size_t len = 0;

    while (s[len])
        len++;
    return len;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (uint8_t)*a - (uint8_t)*b;
}
