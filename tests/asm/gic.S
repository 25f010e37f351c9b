/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * GICv3 (IHI 0069): delivery of SGIs and PPIs by priority, masks, groups, preemption, EOImode, routing of
 * interrupts by HCR_EL2, virtual interrupts by HCR_EL2.VI/VF/VSE and by list registers with their
 * maintenance. One Security state (GICD_CTLR.DS): Group 0 is FIQ, Group 1 is IRQ. An interrupt is pending
 * before the checked code is entered, so that it is taken at its first instruction.
 */
#include "macros.h"

#define GICD_CTLR 0x08000000
#define GICR_WAKER 0x080a0014
#define GICR_SGI 0x080b0000
#define GICR_IGROUPR0 (GICR_SGI + 0x80)
#define GICR_ISENABLER0 (GICR_SGI + 0x100)
#define GICR_ICENABLER0 (GICR_SGI + 0x180)
#define GICR_ISPENDR0 (GICR_SGI + 0x200)
#define GICR_ICPENDR0 (GICR_SGI + 0x280)
#define GICR_ISACTIVER0 (GICR_SGI + 0x300)
#define GICR_ICACTIVER0 (GICR_SGI + 0x380)
#define GICR_IPRIORITYR (GICR_SGI + 0x400)

#define HCR_FMO (1 << 3)
#define HCR_IMO (1 << 4)
#define HCR_AMO (1 << 5)
#define HCR_VF (1 << 6)
#define HCR_VI (1 << 7)
#define HCR_VSE (1 << 8)

/* ICH_LRn_EL2: state, group, priority, INTIDs. */
#define LR_PENDING (1 << 62)
#define LR_ACTIVE (2 << 62)
#define LR_HW (1 << 61)
#define LR_GROUP1 (1 << 60)
#define LR(priority, intid) ((priority) << 48 | (intid))
#define LR_EOI (1 << 41)
#define LR_PHYSICAL(intid) ((intid) << 32)

#define SPSR_I 0x80
#define SPSR_F 0x40

/* An SPSR with I, or F, or A clear. */
#define IRQ(mode) ((mode) & ~0x80)
#define FIQ(mode) ((mode) & ~0x40)
#define SERROR(mode) ((mode) & ~0x100)

.macro sgi intid
    ldr     x0, =(\intid << 24 | 1)
    msr     ICC_SGI1R_EL1, x0
    isb
.endm

.macro state
    peek    "GICR_ISPENDR0", GICR_ISPENDR0
    peek    "GICR_ISACTIVER0", GICR_ISACTIVER0
    show    "ICC_RPR_EL1", ICC_RPR_EL1
    show    "ICC_HPPIR1_EL1", ICC_HPPIR1_EL1
    show    "ICC_AP1R0_EL1", ICC_AP1R0_EL1
    show    "ISR_EL1", ISR_EL1
.endm

.macro virtual_state
    show    "ICH_LR0_EL2", ICH_LR0_EL2
    show    "ICH_LR1_EL2", ICH_LR1_EL2
    show    "ICH_MISR_EL2", ICH_MISR_EL2
    show    "ICH_EISR_EL2", ICH_EISR_EL2
    show    "ICH_ELRSR_EL2", ICH_ELRSR_EL2
    show    "ICH_AP1R0_EL2", ICH_AP1R0_EL2
    show    "ICH_AP0R0_EL2", ICH_AP0R0_EL2
    show    "ICH_VMCR_EL2", ICH_VMCR_EL2
    show    "ICH_HCR_EL2", ICH_HCR_EL2
.endm

.macro eoi intid
    set     ICC_EOIR1_EL1, \intid
.endm

/* Entering every EL with the mask open and closed. */
.macro deliver text, mask
    check   "\text, EL0, open", (EL0T & ~\mask), "nop"
    check   "\text, EL1, open", (EL1H & ~\mask), "nop"
    check   "\text, EL2, open", (EL2H & ~\mask), "nop"
    check   "\text, EL0, masked", EL0T, "nop"
    check   "\text, EL1, masked", EL1H, "nop"
    check   "\text, EL2, masked", EL2H, "nop"
    check   "\text, ISR_EL1 at EL1", EL1H, "mrs x0, ISR_EL1"
    check   "\text, ISR_EL1 at EL2", EL2H, "mrs x0, ISR_EL1"
.endm

.macro virtual text, code, value=0
    check   "\text", EL1H, "\code", \value
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    poke    GICD_CTLR, 0x13
    poke    GICR_WAKER, 0
    poke    GICR_ICENABLER0, 0xffffffff
    poke    GICR_IGROUPR0, 0xffffffff
    poke    GICR_IPRIORITYR, 0xa0804000     /* SGI 1: 0x40, 2: 0x80, 3: 0xa0 */
    poke    GICR_IPRIORITYR + 4, 0xf8f0e8b0 /* SGI 4: 0xb0 */
    poke    GICR_IPRIORITYR + 20, 0x60      /* PPI 20 */
    poke    GICR_ISENABLER0, 0x0010001e
    set     ICC_PMR_EL1, 0xff
    set     ICC_BPR1_EL1, 0
    set     ICC_IGRPEN1_EL1, 1
    set     ICC_IGRPEN0_EL1, 1

    title   "priorities and preemption"
    state
    sgi     2
    state
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    state
    sgi     3
    show    "lower priority", ICC_HPPIR1_EL1
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    sgi     1
    state
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    state
    eoi     1
    state
    eoi     2
    state
    poke    GICR_ISPENDR0, 1 << 20
    state
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    eoi     20
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    eoi     3
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    state

    title   "ICC_PMR_EL1"
    sgi     2
    .irp    mask, 0x78, 0x80, 0x88, 0x00, 0xff
    set     ICC_PMR_EL1, \mask
    show    "ICC_PMR_EL1", ICC_PMR_EL1
    show    "ISR_EL1", ISR_EL1
    show    "ICC_HPPIR1_EL1", ICC_HPPIR1_EL1
    .endr

    title   "ICC_BPR1_EL1: 0x80 and 0xa0 in one group do not preempt"
    set     ICC_BPR1_EL1, 6
    show    "ICC_BPR1_EL1", ICC_BPR1_EL1
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    sgi     1
    show    "ICC_IAR1_EL1, another group", ICC_IAR1_EL1
    state
    eoi     1
    poke    GICR_IPRIORITYR, 0xa0808800
    sgi     1
    state
    show    "ICC_IAR1_EL1, the same group", ICC_IAR1_EL1
    poke    GICR_IPRIORITYR, 0xa0804000
    eoi     2
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    eoi     1
    set     ICC_BPR1_EL1, 0
    state

    title   "EOImode 1"
    mrs     x1, ICC_CTLR_EL1
    and     x1, x1, #3
    shown   "ICC_CTLR_EL1, CBPR and EOImode"
    mrs     x0, ICC_CTLR_EL1
    orr     x0, x0, #2
    msr     ICC_CTLR_EL1, x0
    isb
    sgi     2
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    eoi     2
    state
    sgi     2
    state
    show    "ICC_IAR1_EL1, still active", ICC_IAR1_EL1
    set     ICC_DIR_EL1, 2
    state
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    eoi     2
    set     ICC_DIR_EL1, 2
    mrs     x0, ICC_CTLR_EL1
    bic     x0, x0, #2
    msr     ICC_CTLR_EL1, x0
    isb
    state

    title   "enables"
    sgi     4
    poke    GICR_ICENABLER0, 1 << 4
    state
    poke    GICR_ISENABLER0, 1 << 4
    state
    set     ICC_IGRPEN1_EL1, 0
    state
    set     ICC_IGRPEN1_EL1, 1
    poke    GICD_CTLR, 0x11
    state
    poke    GICD_CTLR, 0x13
    state
    poke    GICR_ISACTIVER0, 1 << 4
    state
    poke    GICR_ICACTIVER0, 1 << 4
    poke    GICR_ICPENDR0, 1 << 4
    state
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1

    title   "IRQ by HCR_EL2"
    sgi     2
    deliver "IRQ", SPSR_I
    set     HCR_EL2, (HCR_RW | HCR_IMO)
    deliver "IRQ, IMO", SPSR_I
    set     HCR_EL2, (HCR_RW | HCR_FMO)
    deliver "IRQ, FMO", SPSR_I
    set     HCR_EL2, (HCR_RW | HCR_TGE)
    check   "IRQ, TGE, EL0, open", IRQ(EL0T), "nop"
    check   "IRQ, TGE, EL0, masked", EL0T, "nop"
    check   "IRQ, TGE, EL2, open", IRQ(EL2H), "nop"
    reset
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    eoi     2
    title   "FIQ by HCR_EL2"
    poke    GICR_IGROUPR0, ~4
    poke    GICR_ISPENDR0, 4
    show    "ICC_HPPIR0_EL1", ICC_HPPIR0_EL1
    show    "ICC_HPPIR1_EL1", ICC_HPPIR1_EL1
    deliver "FIQ", SPSR_F
    deliver "FIQ, but I open", SPSR_I
    set     HCR_EL2, (HCR_RW | HCR_IMO)
    deliver "FIQ, IMO", SPSR_F
    set     HCR_EL2, (HCR_RW | HCR_FMO)
    deliver "FIQ, FMO", SPSR_F
    reset
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    show    "ICC_IAR0_EL1", ICC_IAR0_EL1
    show    "ICC_AP0R0_EL1", ICC_AP0R0_EL1
    set     ICC_EOIR0_EL1, 2
    poke    GICR_IGROUPR0, 0xffffffff
    state

    title   "HCR_EL2.VI, VF, VSE"
    /* IMO and VI; FMO and VF; VI and VF alone; all four. */
    .irp    bits, 0x90, 0x48, 0xc0, 0xd8
    set     HCR_EL2, (HCR_RW | \bits)
    deliver "\bits, I", SPSR_I
    deliver "\bits, F", SPSR_F
    .endr
    set     HCR_EL2, (HCR_RW | HCR_AMO | HCR_VSE)
    check   "VSE, masked", EL1H, "nop"
    check   "VSE, ISR_EL1", EL1H, "mrs x0, ISR_EL1"
    check   "VSE, EL2", SERROR(EL2H), "nop"
    check   "VSE, open", SERROR(EL1H), "nop"
    show    "HCR_EL2", HCR_EL2
    check   "VSE, gone", SERROR(EL1H), "nop"
    set     HCR_EL2, (HCR_RW | HCR_VSE)
    check   "VSE without AMO", SERROR(EL1H), "nop"

    title   "list registers"
    set     HCR_EL2, (HCR_RW | HCR_IMO | HCR_FMO)
    /* VPMR has five bits; QEMU 7.2 keeps more when ICH_VMCR_EL2 is written. */
    set     ICH_VMCR_EL2, 0xf8000003
    set     ICH_LR0_EL2, (LR_PENDING | LR_GROUP1 | LR(0x80, 40))
    set     ICH_LR1_EL2, (LR_PENDING | LR_GROUP1 | LR(0x40, 41))
    virtual_state
    check   "disabled interface", IRQ(EL1H), "nop"
    set     ICH_HCR_EL2, 1
    virtual_state
    deliver "virtual", SPSR_I
    virtual "HPPIR1", "mrs x0, ICC_HPPIR1_EL1"
    virtual "IAR1", "mrs x0, ICC_IAR1_EL1"
    virtual_state
    virtual "RPR", "mrs x0, ICC_RPR_EL1"
    virtual "HPPIR1", "mrs x0, ICC_HPPIR1_EL1"
    check   "not preempting", IRQ(EL1H), "nop"
    virtual "IAR1, not preempting", "mrs x0, ICC_IAR1_EL1"
    virtual "EOIR1", "msr ICC_EOIR1_EL1, x0", 41
    virtual_state
    virtual "IAR1", "mrs x0, ICC_IAR1_EL1"
    virtual "PMR", "mov x0, #0x70; msr ICC_PMR_EL1, x0; mrs x0, ICC_PMR_EL1"
    virtual_state
    virtual "EOIR1", "msr ICC_EOIR1_EL1, x0", 40
    virtual_state
    virtual "IAR1, nothing", "mrs x0, ICC_IAR1_EL1"
    set     ICH_LR0_EL2, (LR_PENDING | LR_GROUP1 | LR(0x80, 40))
    check   "below the priority mask", IRQ(EL1H), "nop"
    virtual "PMR", "mov x0, #0xff; msr ICC_PMR_EL1, x0; mrs x0, ICC_PMR_EL1"
    check   "above the priority mask", IRQ(EL1H), "nop"
    virtual "IGRPEN1", "msr ICC_IGRPEN1_EL1, xzr; mrs x0, ICC_IGRPEN1_EL1"
    virtual_state
    check   "group disabled", IRQ(EL1H), "nop"
    virtual "IGRPEN1", "mov x0, #1; msr ICC_IGRPEN1_EL1, x0; mrs x0, ICC_IGRPEN1_EL1"
    title   "group 0"
    set     ICH_LR0_EL2, (LR_PENDING | LR(0x80, 42))
    check   "group 0, F open", FIQ(EL1H), "nop"
    check   "group 0, I open", IRQ(EL1H), "nop"
    virtual "IAR1", "mrs x0, ICC_IAR1_EL1"
    virtual "IAR0", "mrs x0, ICC_IAR0_EL1"
    virtual_state
    virtual "EOIR0", "msr ICC_EOIR0_EL1, x0", 42
    virtual_state

    title   "maintenance"
    set     ICH_LR0_EL2, (LR_PENDING | LR_GROUP1 | LR_EOI | LR(0x80, 43))
    virtual "IAR1, EOIR1", "mrs x0, ICC_IAR1_EL1; msr ICC_EOIR1_EL1, x0"
    virtual_state
    set     ICH_LR0_EL2, 0
    virtual_state
    .irp    bits, 0x3, 0x5, 0x9, 0x11, 0x21, 0x41, 0x81
    set     ICH_HCR_EL2, \bits
    show    "no LR, ICH_MISR_EL2", ICH_MISR_EL2
    set     ICH_LR0_EL2, (LR_PENDING | LR_GROUP1 | LR(0x80, 44))
    show    "one pending, ICH_MISR_EL2", ICH_MISR_EL2
    set     ICH_LR1_EL2, (LR_ACTIVE | LR_GROUP1 | LR(0x40, 45))
    show    "two, ICH_MISR_EL2", ICH_MISR_EL2
    set     ICH_LR0_EL2, 0
    set     ICH_LR1_EL2, 0
    .endr
    title   "EOI without a list register counts"
    set     ICH_HCR_EL2, 5
    set     ICH_AP1R0_EL2, (1 << 16)
    virtual "EOIR1", "msr ICC_EOIR1_EL1, x0", 50
    virtual_state
    set     ICH_HCR_EL2, 1
    set     ICH_AP1R0_EL2, 0

    title   "active and pending; EOImode 1"
    set     ICH_LR0_EL2, (LR_PENDING | LR_ACTIVE | LR_GROUP1 | LR(0x80, 46))
    check   "active and pending", IRQ(EL1H), "nop"
    virtual "IAR1", "mrs x0, ICC_IAR1_EL1"
    virtual "EOImode", "mrs x0, ICC_CTLR_EL1; orr x0, x0, #2; msr ICC_CTLR_EL1, x0; mrs x0, ICC_CTLR_EL1; and x0, x0, #3"
    set     ICH_LR0_EL2, (LR_PENDING | LR_GROUP1 | LR(0x80, 46))
    virtual "IAR1", "mrs x0, ICC_IAR1_EL1"
    virtual "EOIR1", "msr ICC_EOIR1_EL1, x0", 46
    virtual_state
    virtual "DIR", "msr ICC_DIR_EL1, x0", 46
    virtual_state
    virtual "EOImode", "mrs x0, ICC_CTLR_EL1; bic x0, x0, #2; msr ICC_CTLR_EL1, x0; mov x0, #0"

    title   "a physical interrupt behind the virtual one"
    poke    GICR_ISPENDR0, 1 << 20
    mrs     x0, ICC_CTLR_EL1
    orr     x0, x0, #2
    msr     ICC_CTLR_EL1, x0
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    eoi     20
    state
    set     ICH_LR0_EL2, (LR_PENDING | LR_HW | LR_GROUP1 | LR_PHYSICAL(20) | LR(0x80, 47))
    virtual "IAR1, EOIR1", "mrs x0, ICC_IAR1_EL1; msr ICC_EOIR1_EL1, x0"
    virtual_state
    state
    set     ICH_HCR_EL2, 0
    reset
    ldp     x29, x30, [sp], #16
    ret
