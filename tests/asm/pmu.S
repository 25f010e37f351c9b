/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The Performance Monitors (Arm ARM, chapter D13): what registers hold, who may reach them, MDCR_EL2.HPMN's
 * partition, software increments with their filters, overflow, and the interrupt at the GIC. Counts of
 * instructions and cycles are not compared: QEMU counts in host time.
 */
#include "macros.h"

#define GICD_CTLR 0x08000000
#define GICR_WAKER 0x080a0014
#define GICR_SGI 0x080b0000
#define GICR_IGROUPR0 (GICR_SGI + 0x80)
#define GICR_ISENABLER0 (GICR_SGI + 0x100)
#define GICR_ISPENDR0 (GICR_SGI + 0x200)

#define PMCR_E 1
#define PMCR_P 2
#define PMCR_C 4
#define ALL 0x8000003f
#define COUNTERS 6

#define P (1 << 31)
#define U (1 << 30)
#define NSH (1 << 27)
#define EVERYWHERE NSH
#define SW_INCR 0
#define CHAIN 0x1e

#define MDCR_TPM (1 << 6)
#define MDCR_TPMCR (1 << 5)
#define MDCR_HPME (1 << 7)

/* A register after a write of all ones, and of zero. */
.macro holds reg
    set     \reg, 0xffffffffffffffff
    show    "\reg, ones", \reg
    set     \reg, 0
    show    "\reg, zeros", \reg
.endm

/* The same, where QEMU has bits that are RES0 or RES1 here. */
.macro own_holds reg
    set     \reg, 0xffffffffffffffff
    show    "! \reg, ones", \reg
    set     \reg, 0
    show    "! \reg, zeros", \reg
.endm

/* Bits of a set/clear pair. */
.macro pair set_reg, clear_reg
    set     \set_reg, 0x80000005
    set     \set_reg, 0x10
    show    "\set_reg", \set_reg
    show    "\clear_reg", \clear_reg
    set     \clear_reg, 0x80000004
    show    "\set_reg, some cleared", \set_reg
    set     \clear_reg, 0xffffffff
    show    "\clear_reg, all cleared", \clear_reg
.endm

/* Everything stopped and zero. */
.macro fresh
    reset
    set     PMCNTENCLR_EL0, ALL
    set     PMINTENCLR_EL1, ALL
    set     PMCR_EL0, PMCR_P | PMCR_C
    .irp    type, PMEVTYPER0_EL0, PMEVTYPER1_EL0, PMEVTYPER2_EL0, PMEVTYPER3_EL0, PMEVTYPER4_EL0, PMEVTYPER5_EL0
    set     \type, 0
    .endr
    set     PMCCFILTR_EL0, 0
    set     PMSELR_EL0, 0
    set     PMOVSCLR_EL0, ALL
.endm

/* MDCR_EL2 with HPMN and more. */
.macro hpmn n, more=0
    set     MDCR_EL2, (\n | \more)
.endm

.macro counters text
    .irp    counter, PMEVCNTR0_EL0, PMEVCNTR1_EL0, PMEVCNTR2_EL0, PMEVCNTR3_EL0, PMEVCNTR4_EL0, PMEVCNTR5_EL0
    show    "\text: \counter", \counter
    .endr
.endm

.macro accesses el, at
    check   "PMCR_EL0 at \el", \at, "mrs x0, PMCR_EL0; and x0, x0, #0xf800"
    check   "PMCNTENSET_EL0 at \el", \at, "mrs x0, PMCNTENSET_EL0"
    check   "PMSELR_EL0 at \el", \at, "mrs x0, PMSELR_EL0"
    check   "PMSELR_EL0 of \el", \at, "msr PMSELR_EL0, xzr"
    check   "PMSWINC_EL0 of \el", \at, "msr PMSWINC_EL0, xzr"
    check   "PMCCNTR_EL0 at \el", \at, "mrs x0, PMCCNTR_EL0"
    check   "PMCCNTR_EL0 of \el", \at, "msr PMCCNTR_EL0, xzr"
    check   "PMXEVCNTR_EL0 at \el", \at, "mrs x0, PMXEVCNTR_EL0"
    check   "PMXEVCNTR_EL0 of \el", \at, "msr PMXEVCNTR_EL0, xzr"
    check   "PMEVCNTR2_EL0 at \el", \at, "mrs x0, PMEVCNTR2_EL0"
    check   "PMEVCNTR2_EL0 of \el", \at, "msr PMEVCNTR2_EL0, xzr"
    check   "PMEVTYPER2_EL0 at \el", \at, "mrs x0, PMEVTYPER2_EL0"
    check   "PMEVTYPER2_EL0 of \el", \at, "msr PMEVTYPER2_EL0, xzr"
    check   "PMXEVTYPER_EL0 at \el", \at, "mrs x0, PMXEVTYPER_EL0"
    check   "PMCCFILTR_EL0 at \el", \at, "mrs x0, PMCCFILTR_EL0"
    check   "PMOVSSET_EL0 of \el", \at, "msr PMOVSSET_EL0, xzr"
    check   "PMUSERENR_EL0 at \el", \at, "mrs x0, PMUSERENR_EL0"
    check   "PMUSERENR_EL0 of \el", \at, "msr PMUSERENR_EL0, xzr"
    check   "PMINTENSET_EL1 at \el", \at, "mrs x0, PMINTENSET_EL1"
.endm

/* What EL1 sees and does with HPMN, of all of what EL2 has set. QEMU 7.2 shows HPMN in PMCR_EL0.N, and otherwise
 * lets EL1 have all counters. */
.macro partition n, run, mark
    fresh
    set     PMCNTENSET_EL0, ALL
    set     PMOVSSET_EL0, ALL
    set     PMINTENSET_EL1, ALL
    set     PMEVCNTR0_EL0, 0x10
    set     PMEVCNTR4_EL0, 0x14
    set     PMEVTYPER4_EL0, (U | 4)
    hpmn    \n
    set     PMSELR_EL0, 4
    check   "HPMN \n, PMCR_EL0.N", EL1H, "mrs x0, PMCR_EL0; and x0, x0, #0xf800"
    check   "HPMN \n, PMCR_EL0.N at EL2", EL2H, "mrs x0, PMCR_EL0; and x0, x0, #0xf800"
    check   "HPMN \n, PMEVCNTR0", EL1H, "mrs x0, PMEVCNTR0_EL0"
    \run    "HPMN \n, PMCNTENSET", EL1H, "mrs x0, PMCNTENSET_EL0"
    \run    "HPMN \n, PMOVSSET", EL1H, "mrs x0, PMOVSSET_EL0"
    \run    "HPMN \n, PMINTENSET", EL1H, "mrs x0, PMINTENSET_EL1"
    \run    "HPMN \n, PMEVCNTR4", EL1H, "mrs x0, PMEVCNTR4_EL0"
    \run    "HPMN \n, PMEVTYPER4", EL1H, "mrs x0, PMEVTYPER4_EL0"
    \run    "HPMN \n, PMXEVCNTR", EL1H, "mrs x0, PMXEVCNTR_EL0"
    \run    "HPMN \n, PMXEVTYPER", EL1H, "mrs x0, PMXEVTYPER_EL0"
    check   "HPMN \n, clear", EL1H, "msr PMCNTENCLR_EL0, x0; msr PMOVSCLR_EL0, x0; msr PMINTENCLR_EL1, x0", 0xffffffff
    show    "\mark\()HPMN \n, PMCNTENSET left", PMCNTENSET_EL0
    show    "\mark\()HPMN \n, PMOVSSET left", PMOVSSET_EL0
    show    "\mark\()HPMN \n, PMINTENSET left", PMINTENSET_EL1
    check   "HPMN \n, P", EL1H, "msr PMCR_EL0, x0", PMCR_P
    show    "HPMN \n, PMEVCNTR0 after P", PMEVCNTR0_EL0
    show    "\mark\()HPMN \n, PMEVCNTR4 after P", PMEVCNTR4_EL0
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    poke    GICD_CTLR, 0x13
    poke    GICR_WAKER, 0
    poke    GICR_IGROUPR0, 0xffffffff
    poke    GICR_ISENABLER0, 1 << 23
    set     ICC_PMR_EL1, 0xff
    set     ICC_IGRPEN1_EL1, 1
    fresh

    title   "what registers hold"
    mrs     x1, PMCR_EL0
    and     x1, x1, #0xf800
    shown   "PMCR_EL0.N"
    /* LC is RES1 and D RES0 without AArch32, which QEMU's cores have. */
    set     PMCR_EL0, 0xffffffff
    mrs     x1, PMCR_EL0
    and     x1, x1, #0xff
    shown   "! PMCR_EL0<7:0>, ones"
    set     PMCR_EL0, 0
    mrs     x1, PMCR_EL0
    and     x1, x1, #0xff
    shown   "! PMCR_EL0<7:0>, zeros"
    pair    PMCNTENSET_EL0, PMCNTENCLR_EL0
    pair    PMOVSSET_EL0, PMOVSCLR_EL0
    pair    PMINTENSET_EL1, PMINTENCLR_EL1
    holds   PMSELR_EL0
    holds   PMUSERENR_EL0
    holds   PMEVCNTR0_EL0
    holds   PMEVCNTR5_EL0
    /* NSK, NSU and M are RES0 without EL3, and evtCount<15:10> without FEAT_PMUv3p1; so is MT. */
    own_holds PMEVTYPER0_EL0
    own_holds PMCCFILTR_EL0
    set     PMCCNTR_EL0, 0xfedcba9876543210
    show    "PMCCNTR_EL0", PMCCNTR_EL0
    check   "PMEVCNTR6_EL0", EL2H, "mrs x0, S3_3_C14_C8_6"
    check   "PMEVCNTR30_EL0", EL2H, "mrs x0, S3_3_C14_C11_6"
    check   "PMMIR_EL1", EL2H, "mrs x0, S3_0_C9_C14_6"

    title   "PMCEID<n>_EL0"
    mrs     x1, PMCEID0_EL0
    ldr     x2, =(1 << SW_INCR | 1 << 0x11)
    and     x1, x1, x2
    shown   "SW_INCR, CPU_CYCLES"
    /* QEMU counts few events. Without timing there are none of branches and memory. */
    mrs     x1, PMCEID0_EL0
    ldr     x2, =(1 << 8 | 7 << 9 | 7 << 28)
    and     x1, x1, x2
    shown   "! INST_RETIRED, exceptions, writes, BUS_CYCLES, CHAIN"
    mrs     x1, PMCEID0_EL0
    ldr     x2, =(1 << 0xd | 1 << 0xe | 1 << 0x10 | 1 << 0x12 | 1 << 0x13)
    and     x1, x1, x2
    cmp     x1, #0
    ccmp    x1, x2, #4, ne
    cset    x1, eq
    shown   "! branches and MEM_ACCESS: all or none"
    mrs     x1, PMCEID1_EL0
    lsr     x1, x1, #32
    shown   "events of the second range of numbers"
    check   "PMCEID0_EL0 of EL1", EL1H, "msr S3_3_C9_C12_6, x0"

    title   "PMSELR_EL0"
    fresh
    .irp    n, 0, 3, 5
    set     PMSELR_EL0, \n
    set     PMXEVTYPER_EL0, (U | \n)
    set     PMXEVCNTR_EL0, 0x100 + \n
    show    "PMEVTYPER\n", PMEVTYPER\n\()_EL0
    show    "PMEVCNTR\n", PMEVCNTR\n\()_EL0
    show    "PMXEVTYPER", PMXEVTYPER_EL0
    show    "PMXEVCNTR", PMXEVCNTR_EL0
    .endr
    set     PMSELR_EL0, 31
    set     PMXEVTYPER_EL0, (P | NSH)
    show    "PMCCFILTR by PMXEVTYPER", PMCCFILTR_EL0
    show    "PMXEVTYPER", PMXEVTYPER_EL0
    set     PMSELR_EL0, COUNTERS
    set     PMXEVTYPER_EL0, (P | U)
    set     PMXEVCNTR_EL0, 5
    show    "PMXEVTYPER beyond N", PMXEVTYPER_EL0
    show    "PMXEVCNTR beyond N", PMXEVCNTR_EL0

    title   "PMCR_EL0.P and C"
    fresh
    .irp    n, 0, 1, 2, 3, 4, 5
    set     PMEVCNTR\n\()_EL0, 0x10 + \n
    .endr
    set     PMCCNTR_EL0, 99
    set     PMOVSSET_EL0, 0x3
    set     PMCR_EL0, PMCR_P
    counters "P"
    show    "P: PMCCNTR", PMCCNTR_EL0
    set     PMCR_EL0, PMCR_C
    show    "C: PMCCNTR", PMCCNTR_EL0
    show    "PMOVSSET stays", PMOVSSET_EL0

    title   "PMUSERENR_EL0"
    fresh
    .irp    enr, 0, 1, 2, 4, 8, 15
    set     PMUSERENR_EL0, \enr
    accesses "EL0, \enr", EL0T
    .endr
    accesses "EL1", EL1H

    title   "MDCR_EL2.TPM and TPMCR"
    fresh
    set     PMUSERENR_EL0, 1
    hpmn    COUNTERS, MDCR_TPM
    accesses "EL1, TPM", EL1H
    accesses "EL0, TPM", EL0T
    hpmn    COUNTERS, MDCR_TPMCR
    /* QEMU 7.2 does not trap by TPMCR. */
    own     "PMCR_EL0 at EL1, TPMCR", EL1H, "mrs x0, PMCR_EL0"
    own     "PMCR_EL0 of EL0, TPMCR", EL0T, "msr PMCR_EL0, x0"
    check   "PMCNTENSET_EL0 at EL1, TPMCR", EL1H, "mrs x0, PMCNTENSET_EL0"
    set     PMUSERENR_EL0, 0
    hpmn    COUNTERS, MDCR_TPM
    accesses "EL0, TPM, EN clear", EL0T

    title   "MDCR_EL2.HPMN"
    partition 1, own, "! "
    partition 4, own, "! "
    partition 6, check, ""

    title   "PMSWINC_EL0"
    fresh
    .irp    n, 0, 1, 2, 3, 4, 5
    set     PMEVTYPER\n\()_EL0, (EVERYWHERE | SW_INCR)
    .endr
    set     PMSWINC_EL0, 0x3f
    counters "E clear"
    set     PMCR_EL0, PMCR_E
    set     PMSWINC_EL0, 0x3f
    counters "not enabled"
    set     PMCNTENSET_EL0, 0x3d
    set     PMEVTYPER2_EL0, (EVERYWHERE | 0x3ff)
    set     PMSWINC_EL0, 0x1f
    counters "enabled"
    hpmn    4
    set     PMSWINC_EL0, 0x3f
    counters "EL2, HPMN 4"
    hpmn    4, MDCR_HPME
    check   "at EL1", EL1H, "msr PMSWINC_EL0, x0", 0x3f
    counters "! EL1, HPMN 4, HPME"
    set     PMCR_EL0, 0
    set     PMSWINC_EL0, 0x3f
    counters "! EL2, HPMN 4, HPME alone"

    title   "filters"
    fresh
    set     PMUSERENR_EL0, 0xf
    set     PMEVTYPER0_EL0, SW_INCR
    set     PMEVTYPER1_EL0, P
    set     PMEVTYPER2_EL0, U
    set     PMEVTYPER3_EL0, NSH
    set     PMEVTYPER4_EL0, (P | U | NSH)
    set     PMEVTYPER5_EL0, (P | U)
    set     PMCNTENSET_EL0, 0x3f
    set     PMCR_EL0, PMCR_E
    set     PMSWINC_EL0, 0x3f
    counters "EL2"
    check   "EL1", EL1H, "msr PMSWINC_EL0, x0", 0x3f
    counters "EL1"
    check   "EL0", EL0T, "msr PMSWINC_EL0, x0", 0x3f
    counters "EL0"

    title   "overflow"
    fresh
    set     PMEVTYPER2_EL0, EVERYWHERE
    set     PMEVCNTR2_EL0, 0xfffffffe
    set     PMCNTENSET_EL0, 4
    set     PMCR_EL0, PMCR_E
    set     PMSWINC_EL0, 4
    show    "PMEVCNTR2", PMEVCNTR2_EL0
    show    "PMOVSSET", PMOVSSET_EL0
    set     PMINTENSET_EL1, 4
    peek    "GICR_ISPENDR0", GICR_ISPENDR0
    set     PMSWINC_EL0, 4
    show    "PMEVCNTR2", PMEVCNTR2_EL0
    show    "PMOVSSET", PMOVSSET_EL0
    peek    "GICR_ISPENDR0", GICR_ISPENDR0
    set     PMSWINC_EL0, 4
    show    "PMEVCNTR2", PMEVCNTR2_EL0
    show    "ICC_HPPIR1_EL1", ICC_HPPIR1_EL1

    title   "the interrupt is level-sensitive"
    set     PMINTENCLR_EL1, 4
    peek    "PMINTENCLR: GICR_ISPENDR0", GICR_ISPENDR0
    set     PMINTENSET_EL1, 4
    peek    "PMINTENSET: GICR_ISPENDR0", GICR_ISPENDR0
    set     PMCR_EL0, 0
    /* QEMU 7.2 leaves the level as it was. */
    peek    "! E clear: GICR_ISPENDR0", GICR_ISPENDR0
    set     PMCR_EL0, PMCR_E
    peek    "E set: GICR_ISPENDR0", GICR_ISPENDR0
    set     PMCNTENCLR_EL0, 4
    peek    "counter off: GICR_ISPENDR0", GICR_ISPENDR0
    set     PMOVSCLR_EL0, 4
    peek    "PMOVSCLR: GICR_ISPENDR0", GICR_ISPENDR0
    set     PMOVSSET_EL0, 4
    peek    "PMOVSSET: GICR_ISPENDR0", GICR_ISPENDR0
    /* QEMU asks PMCR_EL0.E of every counter; the architecture asks MDCR_EL2.HPME of those from HPMN on. */
    hpmn    2
    peek    "! HPMN 2: GICR_ISPENDR0", GICR_ISPENDR0
    hpmn    2, MDCR_HPME
    peek    "HPMN 2, HPME: GICR_ISPENDR0", GICR_ISPENDR0
    set     PMCR_EL0, 0
    peek    "! HPME alone: GICR_ISPENDR0", GICR_ISPENDR0
    hpmn    COUNTERS
    set     PMCR_EL0, PMCR_E
    set     HCR_EL2, (HCR_RW | 1 << 4)
    check   "taken at EL1", (EL1H & ~0x80), "nop"
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    set     PMOVSCLR_EL0, 4
    set     ICC_EOIR1_EL1, 23
    set     PMUSERENR_EL0, 0xf
    set     PMCNTENSET_EL0, 4
    set     PMEVCNTR2_EL0, 0xffffffff
    check   "overflow at EL0", (EL0T & ~0x80), "msr PMSWINC_EL0, x0; mov x0, #1; mov x0, #2", 4
    set     PMOVSCLR_EL0, 4

    /* QEMU 7.2 has no CHAIN. */
    title   "CHAIN"
    fresh
    set     PMEVTYPER2_EL0, EVERYWHERE
    set     PMEVTYPER3_EL0, (EVERYWHERE | CHAIN)
    set     PMEVCNTR2_EL0, 0xffffffff
    set     PMCNTENSET_EL0, 0xc
    set     PMINTENSET_EL1, 8
    set     PMCR_EL0, PMCR_E
    set     PMSWINC_EL0, 4
    show    "! PMEVCNTR3", PMEVCNTR3_EL0
    show    "PMEVCNTR2", PMEVCNTR2_EL0
    set     PMEVCNTR3_EL0, 0xffffffff
    set     PMEVCNTR2_EL0, 0xffffffff
    set     PMSWINC_EL0, 4
    show    "! PMOVSSET", PMOVSSET_EL0
    peek    "! GICR_ISPENDR0", GICR_ISPENDR0
    fresh

    /* Exact here: QEMU counts in host time without -icount. */
    title   "instructions"
    fresh
    set     PMEVTYPER0_EL0, (P | U | NSH | 8)
    set     PMEVTYPER1_EL0, (P | 8)
    set     PMEVTYPER2_EL0, (U | 8)
    set     PMCNTENSET_EL0, 7
    mov     x2, #PMCR_E
    msr     PMCR_EL0, x2
    nop
    nop
    mrs     x1, PMEVCNTR0_EL0
    shown   "! EL2: the write and two more"
    check   "at EL0", EL0T, "nop; nop; nop"
    check   "at EL1", EL1H, "nop"
    show    "! EL0: three and the SVC", PMEVCNTR1_EL0
    show    "! EL1: three in the vector, one and the HVC", PMEVCNTR2_EL0
    fresh
    ldp     x29, x30, [sp], #16
    ret
