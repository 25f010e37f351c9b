/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The Generic Timer (Arm ARM, "The Generic Timer in AArch64 state"): conditions and masks of each timer,
 * CNTVOFF_EL2, the TVAL views, the interrupts at the GIC, event streams. Nothing printed depends on how fast time
 * goes: comparators are far in the past or the future.
 */
#include "macros.h"

#define GICD_CTLR 0x08000000
#define GICR_WAKER 0x080a0014
#define GICR_SGI 0x080b0000
#define GICR_IGROUPR0 (GICR_SGI + 0x80)
#define GICR_ISENABLER0 (GICR_SGI + 0x100)
#define GICR_ISPENDR0 (GICR_SGI + 0x200)

#define PAST 1
#define FUTURE 0x7000000000000000

/* ENABLE, IMASK and ISTATUS of a timer in each state; its PPI. */
.macro conditions timer, ctl, cval, tval
    .irp    when, PAST, FUTURE
    set     \cval, \when
    .irp    control, 0, 1, 2, 3
    set     \ctl, \control
    show    "\timer, \when, \control: CTL", \ctl
    peek    "\timer, \when, \control: GICR_ISPENDR0", GICR_ISPENDR0
    .endr
    .endr
    set     \ctl, 0
    show    "\timer CVAL", \cval
    /* TVAL is signed and relative: far past, far future. */
    set     \tval, 0x7fffffff
    set     \ctl, 1
    show    "\timer TVAL 0x7fffffff: CTL", \ctl
    set     \tval, 0x80000000
    show    "\timer TVAL 0x80000000: CTL", \ctl
    set     \cval, 0x0000000100000000
    mrs     x1, \cval
    lsr     x1, x1, #32
    shown   "\timer CVAL, upper half"
    set     \ctl, 0xffffffff
    show    "\timer CTL of all ones", \ctl
    set     \ctl, 0
.endm

/* Is x1, a difference of two counts, small? */
.macro near text
    lsr     x1, x1, #30
    shown   "\text"
.endm

/* Enable a stream by bit 15 of its count; after two events, whole periods to the next one. QEMU 7.2 has no event
 * streams, and its WFE does not wait. */
.macro stream text, ctl, count, value
    set     \ctl, \value
    own     "\text", EL2H, "wfe; wfe; isb; mrs x1, \count; wfe; isb; mrs x0, \count; sub x0, x0, x1; add x0, x0, #0x8000; lsr x0, x0, #16"
    set     \ctl, 3
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    poke    GICD_CTLR, 0x13
    poke    GICR_WAKER, 0
    poke    GICR_IGROUPR0, 0xffffffff
    poke    GICR_ISENABLER0, 0x7e000000
    set     ICC_PMR_EL1, 0xff
    set     ICC_IGRPEN1_EL1, 1
    set     CNTVOFF_EL2, 0
    show    "CNTFRQ_EL0", CNTFRQ_EL0

    title   "conditions and interrupts"
    conditions virtual, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTV_TVAL_EL0
    conditions physical, CNTP_CTL_EL0, CNTP_CVAL_EL0, CNTP_TVAL_EL0
    conditions hyp, CNTHP_CTL_EL2, CNTHP_CVAL_EL2, CNTHP_TVAL_EL2

    title   "TVAL reads CVAL less the count"
    mrs     x2, CNTPCT_EL0
    mov     x3, #0x50000000
    add     x2, x2, x3
    msr     CNTP_CVAL_EL0, x2
    isb
    mrs     x1, CNTP_TVAL_EL0
    sub     x1, x3, x1
    near    "physical, CVAL ahead of TVAL"
    msr     CNTP_TVAL_EL0, x3
    isb
    mrs     x1, CNTP_CVAL_EL0
    mrs     x2, CNTPCT_EL0
    sub     x1, x1, x2
    sub     x1, x3, x1
    near    "physical, TVAL to CVAL"
    mov     w3, #0xffff0000
    msr     CNTP_TVAL_EL0, x3
    isb
    mrs     x2, CNTPCT_EL0
    mrs     x1, CNTP_CVAL_EL0
    sub     x1, x2, x1
    near    "physical, negative TVAL"

    title   "CNTVOFF_EL2"
    set     CNTVOFF_EL2, 0
    mrs     x2, CNTPCT_EL0
    mrs     x1, CNTVCT_EL0
    sub     x1, x1, x2
    near    "offset 0"
    set     CNTVOFF_EL2, 0x100000000000
    mrs     x1, CNTVCT_EL0
    mrs     x2, CNTPCT_EL0
    sub     x1, x2, x1
    ldr     x3, =0x100000000000
    sub     x1, x1, x3
    near    "offset"
    check   "CNTVCT_EL0 at EL1, bits 63:40", EL1H, "mrs x0, CNTVCT_EL0; lsr x0, x0, #40"
    set     CNTVOFF_EL2, 0xffff000000000000
    check   "CNTVCT_EL0 at EL1, bits 63:40", EL1H, "mrs x0, CNTVCT_EL0; lsr x0, x0, #40"
    set     CNTV_CVAL_EL0, 0x0000f00000000000
    set     CNTV_CTL_EL0, 1
    show    "virtual count past the comparator: CTL", CNTV_CTL_EL0
    set     CNTVOFF_EL2, 0
    show    "after the offset's change: CTL", CNTV_CTL_EL0
    peek    "GICR_ISPENDR0", GICR_ISPENDR0
    set     CNTVOFF_EL2, 0xffff000000000000
    peek    "GICR_ISPENDR0", GICR_ISPENDR0
    set     CNTV_CTL_EL0, 0
    set     CNTVOFF_EL2, 0

    title   "delivery"
    set     CNTP_CVAL_EL0, PAST
    set     CNTP_CTL_EL0, 1
    show    "ICC_HPPIR1_EL1", ICC_HPPIR1_EL1
    set     HCR_EL2, (HCR_RW | 1 << 4)
    check   "physical timer, IMO, EL1", EL1H, "nop"
    check   "masked at EL1, enters EL2", (EL1H & ~0x80), "nop"
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    peek    "GICR_ISPENDR0", GICR_ISPENDR0
    set     CNTP_CTL_EL0, 3
    peek    "GICR_ISPENDR0", GICR_ISPENDR0
    set     ICC_EOIR1_EL1, 30
    set     CNTP_CTL_EL0, 1
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    set     CNTP_CTL_EL0, 0
    set     ICC_EOIR1_EL1, 30
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    reset

    title   "WFI wakes for a masked interrupt"
    set     CNTP_CVAL_EL0, PAST
    set     CNTP_CTL_EL0, 1
    set     HCR_EL2, (HCR_RW | 1 << 13)
    check   "WFI at EL1, TWI, pending", EL1H, "wfi"
    set     CNTP_CTL_EL0, 0
    check   "WFI at EL1, TWI, nothing pending", EL1H, "wfi"
    mov     x1, #0x1000
    msr     CNTP_TVAL_EL0, x1
    set     HCR_EL2, HCR_RW
    set     CNTP_CTL_EL0, 1
    check   "WFI at EL1 until the timer", EL1H, "wfi; mrs x0, CNTP_CTL_EL0"
    set     CNTP_CTL_EL0, 0
    reset

    title   "event streams"
    stream  "virtual, rising", CNTKCTL_EL1, CNTVCT_EL0, 0xf4
    stream  "virtual, falling", CNTKCTL_EL1, CNTVCT_EL0, 0xfc
    stream  "physical, rising", CNTHCTL_EL2, CNTPCT_EL0, 0xf7
    stream  "physical, falling", CNTHCTL_EL2, CNTPCT_EL0, 0xff
    set     HCR_EL2, (HCR_RW | 1 << 14)
    /* WFE of QEMU 7.2, with a thread a PE, does nothing, and so never traps. */
    own     "WFE at EL1, TWE, after an event", EL1H, "wfe; msr CNTKCTL_EL1, x0; isb; mrs x1, CNTVCT_EL0; add x1, x1, #64; 1: isb; mrs x2, CNTVCT_EL0; cmp x2, x1; b.lo 1b; wfe", 0x14
    set     CNTKCTL_EL1, 0
    own     "WFE at EL1, TWE, no stream", EL1H, "sevl; wfe; wfe"
    reset

    title   "CNTFRQ_EL0 is written at the highest EL"
    mrs     x20, CNTFRQ_EL0
    check   "at EL2", EL2H, "msr CNTFRQ_EL0, x0; isb; mrs x0, CNTFRQ_EL0", 0x12345678
    msr     CNTFRQ_EL0, x20
    check   "at EL1", EL1H, "msr CNTFRQ_EL0, x0"
    check   "at EL0", EL0T, "msr CNTFRQ_EL0, x0"

    title   "without FEAT_ECV"
    check   "CNTPCTSS_EL0", EL2H, "mrs x0, S3_3_C14_C0_5"
    check   "CNTVCTSS_EL0", EL1H, "mrs x0, S3_3_C14_C0_6"
    check   "CNTPOFF_EL2", EL2H, "mrs x0, S3_4_C14_C0_6"
    reset
    ldp     x29, x30, [sp], #16
    ret
