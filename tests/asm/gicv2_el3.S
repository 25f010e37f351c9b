/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The Security Extensions of a GICv2 (IHI 0048, 4.1.4 and the Secure and Non-secure views of each
 * register): EL3 configures, Non-secure EL1 looks and writes. Group 0 is Secure and signalled as FIQ, Group
 * 1 as IRQ. Priorities and binary points are such that five and eight priority bits agree (gicv2.S).
 */
#include "macros.h"

#define GICD 0x08000000
#define GICD_CTLR GICD
#define GICD_TYPER (GICD + 0x4)
#define GICD_IGROUPR0 (GICD + 0x80)
#define GICD_ISENABLER0 (GICD + 0x100)
#define GICD_ICENABLER0 (GICD + 0x180)
#define GICD_ISPENDR0 (GICD + 0x200)
#define GICD_ICPENDR0 (GICD + 0x280)
#define GICD_ISACTIVER0 (GICD + 0x300)
#define GICD_IPRIORITYR (GICD + 0x400)
#define GICD_NSACR (GICD + 0xe00)
#define GICD_SGIR (GICD + 0xf00)
#define GICD_CPENDSGIR (GICD + 0xf10)
#define GICD_SPENDSGIR (GICD + 0xf20)

#define GICC 0x08010000
#define GICC_CTLR GICC
#define GICC_PMR (GICC + 0x4)
#define GICC_BPR (GICC + 0x8)
#define GICC_IAR (GICC + 0xc)
#define GICC_EOIR (GICC + 0x10)
#define GICC_RPR (GICC + 0x14)
#define GICC_HPPIR (GICC + 0x18)
#define GICC_ABPR (GICC + 0x1c)
#define GICC_AHPPIR (GICC + 0x28)
#define GICC_APR0 (GICC + 0xd0)
#define GICC_NSAPR0 (GICC + 0xe0)
#define GICC_DIR (GICC + 0x1000)

/* GICC_CTLR, Secure. */
#define GRP0 1
#define GRP1 2
#define ACKCTL 4
#define FIQEN 8
#define CBPR 0x10
#define EOIMODE_S 0x200
#define EOIMODE_NS 0x400

#define SCR_OFF 0x531 /* What `reset` leaves: NS, no routing. */
#define SCR_IRQ 2
#define SCR_FIQ 4

#define IRQ(mode) ((mode) & ~0x80)
#define FIQ(mode) ((mode) & ~0x40)

/* Non-secure accesses of EL1. */
.macro ns_read text, address
    check   "\text, NS", EL1H, "ldr w0, [x1]", 0, \address
.endm

.macro ns_write text, address, value
    check   "\text, NS", EL1H, "str w0, [x1]; ldr w0, [x1]", \value, \address
.endm

.macro ns_poke text, address, value
    check   "\text, NS", EL1H, "str w0, [x1]; mov w0, #0", \value, \address
.endm

.macro state
    peek    "GICD_ISPENDR0", GICD_ISPENDR0
    peek    "GICD_ISACTIVER0", GICD_ISACTIVER0
    peek    "GICC_RPR", GICC_RPR
    peek    "GICC_HPPIR", GICC_HPPIR
    show    "ISR_EL1", ISR_EL1
    ns_read "GICC_RPR", GICC_RPR
    ns_read "GICC_HPPIR", GICC_HPPIR
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    poke    GICD_IGROUPR0, 0x0010000c           /* SGIs 2 and 3, PPI 20 */
    poke    GICD_ISENABLER0, 0x00300000         /* PPI 21 is Secure */
    poke    GICD_IPRIORITYR, 0xa0c04000         /* SGI 1: 0x40, 2: 0xc0, 3: 0xa0 */
    poke    GICD_IPRIORITYR + 20, 0x000060e0    /* PPI 20: 0xe0, 21: 0x60 */
    poke    GICC_PMR, 0xf8
    poke    GICC_BPR, 2
    poke    GICC_ABPR, 4

    title   "distributor views"
    peek    "GICD_TYPER", GICD_TYPER
    ns_write "GICD_CTLR", GICD_CTLR, 3
    peek    "GICD_CTLR", GICD_CTLR
    poke    GICD_CTLR, 3
    ns_write "GICD_IGROUPR0", GICD_IGROUPR0, 0xffffffff
    peek    "GICD_IGROUPR0", GICD_IGROUPR0
    ns_read "GICD_ISENABLER0", GICD_ISENABLER0
    ns_poke "GICD_ICENABLER0", GICD_ICENABLER0, 0xffffffff
    peek    "GICD_ISENABLER0", GICD_ISENABLER0
    ns_poke "GICD_ISENABLER0", GICD_ISENABLER0, 0xffff0000
    peek    "GICD_ISENABLER0", GICD_ISENABLER0
    poke    GICD_ICENABLER0, 0xffff0000
    poke    GICD_ISENABLER0, 0x00300000
    ns_read "GICD_IPRIORITYR0", GICD_IPRIORITYR
    ns_write "GICD_IPRIORITYR0", GICD_IPRIORITYR, 0x20802020
    peek    "GICD_IPRIORITYR0", GICD_IPRIORITYR
    ns_poke "GICD_ISPENDR0", GICD_ISPENDR0, 0x00300000
    peek    "GICD_ISPENDR0", GICD_ISPENDR0
    poke    GICD_ISPENDR0, 1 << 21
    ns_read "GICD_ISPENDR0", GICD_ISPENDR0
    ns_poke "GICD_ICPENDR0", GICD_ICPENDR0, 0x00300000
    peek    "GICD_ISPENDR0", GICD_ISPENDR0
    poke    GICD_ICPENDR0, 1 << 21

    title   "CPU interface views"
    poke    GICC_CTLR, 0
    ns_write "GICC_CTLR", GICC_CTLR, 0x61f
    peek    "GICC_CTLR", GICC_CTLR
    poke    GICC_CTLR, (GRP0 | GRP1 | FIQEN | EOIMODE_S)
    peek    "GICC_CTLR", GICC_CTLR
    ns_read "GICC_CTLR", GICC_CTLR
    poke    GICC_CTLR, (GRP0 | GRP1 | FIQEN)
    ns_read "GICC_PMR", GICC_PMR
    ns_write "GICC_PMR", GICC_PMR, 0x80
    peek    "GICC_PMR", GICC_PMR
    poke    GICC_PMR, 0x78
    ns_read "GICC_PMR, Secure range", GICC_PMR
    ns_poke "GICC_PMR", GICC_PMR, 0x80
    peek    "GICC_PMR", GICC_PMR
    poke    GICC_PMR, 0xf8
    ns_read "GICC_BPR", GICC_BPR
    ns_write "GICC_BPR", GICC_BPR, 5
    peek    "GICC_BPR", GICC_BPR
    peek    "GICC_ABPR", GICC_ABPR
    ns_read "GICC_ABPR", GICC_ABPR
    poke    GICC_CTLR, (GRP0 | GRP1 | FIQEN | CBPR)
    ns_read "GICC_BPR, CBPR", GICC_BPR
    ns_write "GICC_BPR, CBPR", GICC_BPR, 6
    peek    "GICC_ABPR", GICC_ABPR
    poke    GICC_ABPR, 3
    poke    GICC_CTLR, (GRP0 | GRP1 | FIQEN)

    title   "who sees which interrupt"
    /* QEMU 7.2 asks neither for the group nor for NSATT. */
    ns_poke "GICD_SGIR, group 0", GICD_SGIR, 0x02000001
    peek    "!GICD_SPENDSGIR0", GICD_SPENDSGIR
    ldr     x0, =(GICD_CPENDSGIR + 1)
    mov     w1, #1
    strb    w1, [x0]
    ns_poke "GICD_SGIR, group 1", GICD_SGIR, 0x02000002
    state
    check   "group 1 is an IRQ", IRQ(EL1H), "nop"
    ns_read "GICC_IAR", GICC_IAR
    state
    /* One active priorities register of five bits; QEMU's preemption has seven. */
    peek    "!GICC_NSAPR0", GICC_NSAPR0
    check   "! GICC_APR0, NS", EL1H, "ldr w0, [x1]", 0, GICC_APR0
    ns_read "GICC_NSAPR0", GICC_NSAPR0
    poke    GICD_ISPENDR0, 1 << 21
    state
    check   "group 0 is a FIQ", FIQ(EL1H), "nop"
    set     SCR_EL3, (SCR_OFF | SCR_FIQ)
    check   "group 0 is a FIQ of EL3", EL1H, "nop"
    reset
    ns_read "GICC_IAR", GICC_IAR
    peek    "GICC_IAR", GICC_IAR
    state
    ns_poke "GICC_EOIR, group 0", GICC_EOIR, 21
    state
    poke    GICC_EOIR, 21
    state
    ns_poke "GICC_EOIR", GICC_EOIR, 2
    state

    title   "AckCtl"
    poke    GICD_ISPENDR0, 1 << 20
    peek    "GICC_HPPIR", GICC_HPPIR
    peek    "GICC_IAR", GICC_IAR
    poke    GICC_CTLR, (GRP0 | GRP1 | FIQEN | ACKCTL)
    peek    "GICC_HPPIR, AckCtl", GICC_HPPIR
    peek    "GICC_IAR, AckCtl", GICC_IAR
    poke    GICC_EOIR, 20
    state
    poke    GICC_CTLR, (GRP0 | GRP1 | FIQEN)

    title   "EOImodeNS"
    ns_write "GICC_CTLR", GICC_CTLR, 0x201
    poke    GICD_ISPENDR0, 1 << 20
    ns_read "GICC_IAR", GICC_IAR
    ns_poke "GICC_EOIR", GICC_EOIR, 20
    state
    ns_poke "GICC_DIR", GICC_DIR, 20
    state
    poke    GICD_ISPENDR0, 1 << 21
    peek    "GICC_IAR", GICC_IAR
    ns_poke "GICC_DIR, group 0", GICC_DIR, 21
    state
    poke    GICC_EOIR, 21
    state
    ns_write "GICC_CTLR", GICC_CTLR, 1

    title   "GICD_NSACR"
    ns_write "GICD_NSACR0", GICD_NSACR, 0xffffffff
    poke    GICD_NSACR, 0x00000004              /* SGI 1 */
    peek    "!GICD_NSACR0", GICD_NSACR
    check   "! GICD_SGIR, group 0", EL1H, "str w0, [x1]; mov w0, #0", 0x02000001, GICD_SGIR
    peek    "!GICC_HPPIR", GICC_HPPIR
    peek    "!GICC_IAR", GICC_IAR
    poke    GICC_EOIR, 1
    poke    GICD_SGIR, 0x02008001               /* NSATT: Group 1 only */
    peek    "!NSATT and group 0", GICD_SPENDSGIR
    poke    GICD_SGIR, 0x02008002
    peek    "!NSATT and group 1", GICD_SPENDSGIR
    poke    GICD_SGIR, 0x02000003
    peek    "!no NSATT and group 1", GICD_SPENDSGIR
    poke    GICD_CTLR, 0                        /* Nothing pending wakes the end's WFI. */
    reset
    ldp     x29, x30, [sp], #16
    ret
