/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * What the assembly tests are written with. A test is straight code at the run's EL (EL2, or EL3 when RUN_EL
 * is 3): `set` writes a control register, `check` runs a few instructions at an EL and prints one line about
 * the exception that ended them, `reset` puts every control back. lib.S and report.c are the machinery.
 */
#ifndef ASM_MACROS_H
#define ASM_MACROS_H

#ifndef RUN_EL
#define RUN_EL 2
#endif
#ifndef GIC_VERSION
#define GIC_VERSION 3
#endif

/* SPSR_ELx of where a check runs: the mode, with D, A, I and F masked. */
#define EL0T 0x3c0
#define EL1T 0x3c4
#define EL1H 0x3c5
#define EL2T 0x3c8
#define EL2H 0x3c9
#define EL3H 0x3cd

/* Immediates of the calls that are the machinery's own. */
#define CALL_END 0x7fff /* the checked instructions ran through */
#define CALL_EL1 0x7ffe /* EL1 took an exception: x0 is the vector's number */
#define CALL_EL2 0x7ffd /* EL2 took an exception, in a run of EL3 */

/* struct record and struct report of report.c. */
#define RECORD_SPSR 24
#define RECORD_X0 32
#define REPORT_EL 0
#define REPORT_VECTOR 8
#define REPORT_X0 16
#define REPORT_ESR 24
#define REPORT_ELR 32
#define REPORT_SPSR 40
#define REPORT_FAR 48
#define REPORT_HPFAR 56
#define REPORT_PSTATE 64
#define REPORT_SIZE 72

/* What `reset` leaves (lib.S). */
#define HCR_RW (1 << 31)
#define HCR_TGE (1 << 27)
#define SCTLR_EL1_OFF 0x30d50838 /* MMU off; UCI, UCT, UMA, DZE clear; nTWE, nTWI, SPAN, SA set */
#define CPTR_EL2_OFF 0x33ff
#define PSCI_SYSTEM_OFF 0x84000008

#ifdef __ASSEMBLER__
/* clang-format off */

#if RUN_EL == 3
#define RUN(reg) reg##_EL3
#define CALL smc
#else
#define RUN(reg) reg##_EL2
#define CALL hvc
#endif

.macro adr_l reg, symbol
    adrp    \reg, \symbol
    add     \reg, \reg, :lo12:\symbol
.endm

.macro function name
    .global \name
    .type   \name, %function
\name:
.endm

.macro end_function name
    .size   \name, . - \name
.endm

/* Write a value to a system register of the run's EL or below. */
.macro set reg, value
    ldr     x0, =(\value)
    msr     \reg, x0
    isb
.endm

/* All controls as they were at the start. */
.macro reset
    bl      controls_reset
.endm

/* A line of text of its own, to head what follows. */
.macro title text
    .pushsection .rodata
.Ltitle\@:
    .asciz  "# \text\n"
    .popsection
    adr_l   x0, .Ltitle\@
    bl      print
.endm

/*
 * Run `code` with x0 and x1 at the EL that `at` (an SPSR) says, and print `name` with what came of it. Code
 * that runs through ends in a call that prints its x0.
 */
.macro check name, at, code, x0=0, x1=0
    .pushsection .rodata
.Lname\@:
    .asciz  "\name"
    .popsection
    .pushsection .text.cases, "ax"
.Lcode\@:
    \code
    .if ((\at) & 15) == 0
    svc     #CALL_END
    .else
    CALL    #CALL_END
    .endif
.Lend\@:
    .popsection
    .pushsection .data.cases, "aw"
    .balign 8
.Lrecord\@:
    .quad   .Lname\@, .Lcode\@, .Lend\@, \at, \x0, \x1
    .popsection
    adr_l   x0, .Lrecord\@
    bl      check_run
.endm

/* A check that is not compared with QEMU, because of what the comment there says: its line begins with '!'. */
.macro own name, at, code, x0=0, x1=0
    check   "! \name", \at, "\code", \x0, \x1
.endm

/* Print a system register of the run's EL or below; `shown` prints x1. A name that begins with '!' is not
 * compared with QEMU. */
.macro shown name
    .pushsection .rodata
.Lshown\@:
    .asciz  "\name"
    .popsection
    adr_l   x0, .Lshown\@
    bl      print_line
.endm

.macro show name, reg
    mrs     x1, \reg
    shown   "\name"
.endm

/* A 32-bit register of a device: write, print. */
.macro poke address, value
    ldr     x0, =(\address)
    ldr     w1, =(\value)
    str     w1, [x0]
    dsb     sy
.endm

.macro peek name, address
    ldr     x0, =(\address)
    ldr     w1, [x0]
    shown   "\name"
.endm

/* clang-format on */
#endif /* __ASSEMBLER__ */
#endif
