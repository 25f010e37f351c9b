/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The console (PL011, Arm DDI 0183, by polling) and the line of a check: where the exception was taken to,
 * and of its registers those that the architecture defines for its class. Addresses are relative to the
 * checked code where they lie in it, so that lines do not change when a test grows.
 */
#include "macros.h"

#include <stdbool.h>
#include <stdint.h>

struct record {
    const char *name;
    uint64_t start, end;
    uint64_t spsr, x0, x1;
};

struct report {
    uint64_t el, vector, x0, esr, elr, spsr, far, hpfar, pstate;
};

extern struct report report;

void print(const char *text);
void print_value(const char *name, uint64_t value);
void print_line(const char *name, uint64_t value);
void report_print(const struct record *r);

#define UART ((volatile uint32_t *)0x09000000ul)
#define UART_FR 6
#define UART_CR 12
#define FR_TXFF 0x20u
#define CR_TXE_UARTEN 0x101u

void print(const char *text)
{
    UART[UART_CR] = CR_TXE_UARTEN;
    for (; *text; text++) {
        while (UART[UART_FR] & FR_TXFF)
            ;
        UART[0] = (unsigned char)*text;
    }
}

/** Prints ` name=` and `value` in hexadecimal without leading zeros. */
void print_value(const char *name, uint64_t value)
{
    char digits[17];
    char *p = digits + 16;

    *p = 0;
    do {
        *--p = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value);
    print(" ");
    print(name);
    print("=");
    print(p);
}

void print_line(const char *name, uint64_t value)
{
    bool own = *name == '!';

    print(own ? "!" : "-");
    print_value(name + own, value);
    print("\n");
}

/* An address in the checked code is printed as its offset. */
static void print_address(const struct record *r, const char *name, const char *name_rel, uint64_t value)
{
    if (value >= r->start && value <= r->end)
        print_value(name_rel, value - r->start);
    else
        print_value(name, value);
}

static bool has_stage2(void)
{
    uint64_t hcr;

    __asm__("mrs %0, HCR_EL2" : "=r"(hcr));
    return !(hcr & HCR_TGE);
}

static bool is_end(void)
{
    uint64_t ec = report.esr >> 26 & 63;

    return (ec == 0x15 || ec == 0x16 || ec == 0x17) && (report.esr & 0xffff) == CALL_END;
}

/* FAR_ELx is defined for aborts, watchpoints and misaligned PCs; HPFAR_EL2 for stage 2 faults, but for permissions only
 * on the walk of stage 1. */
static void print_fault(const struct record *r)
{
    uint64_t ec = report.esr >> 26 & 63, fsc = report.esr & 0x3f;
    bool abort = ec == 0x20 || ec == 0x21 || ec == 0x24 || ec == 0x25;
    bool s1ptw = report.esr & 0x80;

    if (abort || ec == 0x22 || ec == 0x34 || ec == 0x35)
        print_address(r, "far", "far+", report.far);
    if (report.el == 2 && has_stage2() && (ec == 0x20 || ec == 0x24) && fsc < 0x10 && (fsc < 0xc || s1ptw))
        print_value("hpfar", report.hpfar);
}

void report_print(const struct record *r)
{
    print(r->name);
    print(":");
    if (report.vector % 4 == 0 && is_end()) {
        print_value("ok x0", report.x0);
        print("\n");
        return;
    }
    print_value("el", report.el);
    print_value("vector", report.vector * 0x80);
    if (report.vector % 4 == 0)
        print_value("esr", report.esr);
    print_address(r, "elr", "elr+", report.elr);
    print_value("spsr", report.spsr);
    if (report.el == RUN_EL)
        print_value("daif", report.pstate);
    if (report.vector % 4 == 0)
        print_fault(r);
    print("\n");
}
