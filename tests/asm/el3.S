/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * EL3, with secure=on (Arm ARM D1.3, SCR_EL3 in D24): SMC and what disables it, HVC, routing of IRQ, FIQ and
 * aborts by SCR_EL3, Security states of EL1, traps of CPTR_EL3, MDCR_EL3 and SCR_EL3, and registers of EL3
 * from below.
 */
#include "macros.h"

#define GICD_CTLR 0x08000000
#define GICR_WAKER 0x080a0014
#define GICR_SGI 0x080b0000
#define GICR_IGROUPR0 (GICR_SGI + 0x80)
#define GICR_ISENABLER0 (GICR_SGI + 0x100)
#define GICR_ISPENDR0 (GICR_SGI + 0x200)
#define GICR_IGRPMODR0 (GICR_SGI + 0xd00)

#define SCR_NS 0x1
#define SCR_IRQ 0x2
#define SCR_FIQ 0x4
#define SCR_EA 0x8
#define SCR_SMD 0x80
#define SCR_BASE 0x530 /* RW, HCE, RES1 */
#define SCR_NO_HCE 0x430

.macro scr bits, text
    title   "SCR_EL3: \text"
    set     SCR_EL3, (\bits)
.endm

.macro calls hvc
    check   "SMC at EL0", EL0T, "smc #1"
    check   "SMC at EL1", EL1H, "smc #0x1234"
    check   "SMC at EL3", EL3H, "smc #0x4321"
    \hvc    "HVC at EL1", EL1H, "hvc #0x2345"
    /* To EL3 (AArch64.CallHypervisor); QEMU 7.2 goes down to EL2. */
    own     "HVC at EL3", EL3H, "hvc #0x5432"
    check   "SVC at EL1", EL1H, "svc #1"
    check   "SVC at EL3", EL3H, "svc #2"
    check   "SCR_EL3 at EL1", EL1H, "mrs x0, SCR_EL3"
    check   "VBAR_EL2 at EL1", EL1H, "mrs x0, VBAR_EL2"
    check   "ELR_EL3 at EL3", EL3H, "mrs x0, ELR_EL3; mov x0, #0"
.endm

.macro calls_el2
    check   "SMC at EL2", EL2H, "smc #0x2222"
    check   "HVC at EL2", EL2H, "hvc #0x3333"
    check   "SVC at EL2", EL2H, "svc #3"
    check   "SCR_EL3 at EL2", EL2H, "mrs x0, SCR_EL3"
    check   "SCTLR_EL3 at EL2", EL2H, "msr SCTLR_EL3, x0"
    check   "TLBI ALLE3 at EL2", EL2H, "tlbi alle3"
    check   "TLBI ALLE1 at EL2", EL2H, "tlbi alle1"
.endm

.macro deliver text, mask
    check   "\text, EL0, open", (EL0T & ~\mask), "nop"
    check   "\text, EL1, open", (EL1H & ~\mask), "nop"
    check   "\text, EL3, open", (EL3H & ~\mask), "nop"
    check   "\text, EL1, masked", EL1H, "nop"
    check   "\text, ISR_EL1 at EL1", EL1H, "mrs x0, ISR_EL1"
.endm

.macro deliver_el2 text, mask
    check   "\text, EL2, open", (EL2H & ~\mask), "nop"
    check   "\text, EL2, masked", EL2H, "nop"
.endm

.macro fp
    .irp    at, EL0T, EL1H, EL2H, EL3H
    check   "fmov at \at", \at, "fmov d0, x0"
    .endr
    check   "CPACR_EL1 at EL1", EL1H, "mrs x0, CPACR_EL1; mov x0, #0"
    check   "CPACR_EL1 at EL2", EL2H, "mrs x0, CPACR_EL1; mov x0, #0"
    check   "CPTR_EL2 at EL2", EL2H, "mrs x0, CPTR_EL2; mov x0, #0"
    check   "CPTR_EL2 at EL3", EL3H, "mrs x0, CPTR_EL2; mov x0, #0"
.endm

.macro debug
    .irp    at, EL1H, EL2H
    check   "MDSCR_EL1 at \at", \at, "mrs x0, MDSCR_EL1; mov x0, #0"
    check   "DBGBCR0_EL1 at \at", \at, "mrs x0, DBGBCR0_EL1; mov x0, #0"
    check   "OSLSR_EL1 at \at", \at, "mrs x0, OSLSR_EL1; mov x0, #0"
    check   "OSDLR_EL1 at \at", \at, "mrs x0, OSDLR_EL1; mov x0, #0"
    check   "MDRAR_EL1 at \at", \at, "mrs x0, MDRAR_EL1; mov x0, #0"
    check   "PMCCNTR_EL0 at \at", \at, "mrs x0, PMCCNTR_EL0; mov x0, #0"
    check   "PMINTENSET_EL1 at \at", \at, "mrs x0, PMINTENSET_EL1; mov x0, #0"
    .endr
    /* MDCR_EL3.TDA traps it (the register's accessor in D24); QEMU 7.2 does not. */
    own     "MDCR_EL2 at EL2", EL2H, "mrs x0, MDCR_EL2; mov x0, #0"
.endm

.macro cpu_interface
    .irp    at, EL1H, EL2H
    check   "ICC_IAR0_EL1 at \at", \at, "mrs x0, ICC_IAR0_EL1; mov x0, #0"
    check   "ICC_IAR1_EL1 at \at", \at, "mrs x0, ICC_IAR1_EL1; mov x0, #0"
    check   "ICC_PMR_EL1 at \at", \at, "mrs x0, ICC_PMR_EL1; mov x0, #0"
    check   "ICC_CTLR_EL1 at \at", \at, "mrs x0, ICC_CTLR_EL1; mov x0, #0"
    check   "ICC_SGI1R_EL1 at \at", \at, "msr ICC_SGI1R_EL1, x0; mov x0, #0", 0x10000000000
    check   "ICC_BPR0_EL1 at \at", \at, "mrs x0, ICC_BPR0_EL1; mov x0, #0"
    .endr
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    title   "Non-secure"
    calls   check
    calls_el2
    scr     SCR_BASE | SCR_NS | SCR_SMD, "SMD"
    check   "SMC at EL3", EL3H, "smc #1"
    scr     SCR_NO_HCE | SCR_NS, "HCE clear"
    check   "HVC at EL1", EL1H, "hvc #1"
    check   "HVC at EL2", EL2H, "hvc #1"
    check   "HVC at EL3, HCE clear", EL3H, "hvc #1"
    reset
    scr     SCR_BASE, "NS clear"
    /* There is no Secure EL2: HVC is UNDEFINED at Secure EL1. QEMU 7.2 goes to EL2. */
    calls   own
    check   "return to EL2", EL2H, "nop"
    set     HCR_EL2, (HCR_RW | 1 << 27 | 1 << 26)
    check   "HCR_EL2 does not apply: SVC at EL0", EL0T, "svc #1"
    check   "HCR_EL2 does not apply: TTBR0_EL1", EL1H, "msr TTBR0_EL1, x0"
    reset

    title   "traps"
    set     CPTR_EL3, (1 << 10)
    fp
    set     CPTR_EL2, (CPTR_EL2_OFF | 1 << 10)
    title   "CPTR_EL2.TFP before CPTR_EL3.TFP"
    fp
    set     CPTR_EL2, CPTR_EL2_OFF
    title   "CPTR_EL3.TCPAC"
    set     CPTR_EL3, (1 << 31)
    fp
    reset
    .irp    bit, 6, 9, 10
    title   "MDCR_EL3 bit \bit"
    set     MDCR_EL3, (1 << \bit)
    debug
    .endr
    reset
    scr     SCR_BASE | SCR_NS | 1 << 12, "TWI"
    check   "WFI at EL0", EL0T, "wfi"
    check   "WFI at EL1", EL1H, "wfi"
    check   "WFI at EL2", EL2H, "wfi"
    set     HCR_EL2, (HCR_RW | 1 << 13)
    check   "WFI at EL1, HCR_EL2.TWI", EL1H, "wfi"
    reset
    scr     SCR_BASE, "Secure timer, ST clear"
    check   "CNTPS_CTL_EL1 at EL1", EL1H, "mrs x0, CNTPS_CTL_EL1"
    check   "CNTPS_CTL_EL1 at EL3", EL3H, "mrs x0, CNTPS_CTL_EL1"
    scr     SCR_BASE | 1 << 11, "ST"
    check   "CNTPS_CTL_EL1 at EL1", EL1H, "mrs x0, CNTPS_CTL_EL1"
    scr     SCR_BASE | 1 << 11 | SCR_NS, "ST, NS"
    check   "CNTPS_CTL_EL1 at EL1", EL1H, "mrs x0, CNTPS_CTL_EL1"
    check   "CNTPS_CTL_EL1 at EL2", EL2H, "mrs x0, CNTPS_CTL_EL1"

    title   "illegal returns"
    scr     SCR_BASE | SCR_NS, "NS"
    .irp    mode, 0x0, 0x4, 0x5, 0x8, 0x9, 0xc, 0xd, 0x1, 0x6, 0xf
    check   "to \mode", EL3H, "msr SPSR_EL3, x0; adr x1, 1f; msr ELR_EL3, x1; isb; eret; 1: nop", (0xf00003c0+\mode)
    .endr

    title   "interrupts"
    poke    GICD_CTLR, 0x37             /* ARE of both Security states; both enables of Secure Group 1 and 0 */
    poke    GICR_WAKER, 0
    poke    GICR_IGROUPR0, 0xfffffffa   /* SGI 0: Group 0; 1: Non-secure Group 1; 2: Secure Group 1 */
    poke    GICR_IGRPMODR0, 4
    poke    GICR_ISENABLER0, 7
    set     ICC_SRE_EL3, 0xf
    set     SCR_EL3, (SCR_BASE | SCR_NS)
    set     ICC_IGRPEN1_EL3, 3
    set     ICC_IGRPEN0_EL1, 1
    set     ICC_PMR_EL1, 0xff
    cpu_interface
    .irp    bits, 0x2, 0x4, 0x6
    title   "SCR_EL3 IRQ, FIQ: \bits"
    set     SCR_EL3, (SCR_BASE | SCR_NS | \bits)
    cpu_interface
    .endr
    .irp    intid, 0, 1, 2
    poke    GICR_ISPENDR0, 1 << \intid
    .irp    routing, 0x1, 0x3, 0x5, 0x7, 0x0, 0x6
    title   "SGI \intid, SCR_EL3 \routing"
    set     SCR_EL3, (SCR_BASE | \routing)
    deliver "I", 0x80
    deliver "F", 0x40
    .if (\routing) & 1
    deliver_el2 "I", 0x80
    deliver_el2 "F", 0x40
    .endif
    .endr
    set     SCR_EL3, (SCR_BASE | SCR_NS)
    set     HCR_EL2, (HCR_RW | 3 << 3)
    title   "SGI \intid, IMO and FMO"
    deliver "I", 0x80
    deliver "F", 0x40
    deliver_el2 "I", 0x80
    deliver_el2 "F", 0x40
    set     HCR_EL2, HCR_RW
    show    "ICC_HPPIR0_EL1", ICC_HPPIR0_EL1
    show    "ICC_HPPIR1_EL1, Non-secure", ICC_HPPIR1_EL1
    set     SCR_EL3, SCR_BASE
    show    "ICC_HPPIR1_EL1, Secure", ICC_HPPIR1_EL1
    poke    GICR_SGI + 0x280, 7         /* GICR_ICPENDR0 */
    .endr
    reset
    ldp     x29, x30, [sp], #16
    ret
