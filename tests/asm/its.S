/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * LPIs and the ITS of the GICv3 (IHI 0069, chapter 5): tables, the commands MAPD, MAPC, MAPTI, MAPI, MOVI,
 * MOVALL, INT, CLEAR, DISCARD, INV, INVALL, SYNC and their errors, GITS_TRANSLATER; LPIs that are taken,
 * masked, prioritised, ended; pending tables. One PE: collections differ in whether they are mapped. Tables
 * are beyond the image, in memory that is zero at the start.
 */
#include "macros.h"

#define GICD_CTLR 0x08000000
#define GICD_TYPER 0x08000004
#define GICR_CTLR 0x080a0000
#define GICR_TYPER 0x080a0008
#define GICR_WAKER 0x080a0014
#define GICR_PROPBASER 0x080a0070
#define GICR_PENDBASER 0x080a0078
#define GICR_SGI 0x080b0000
#define GITS_CTLR 0x08080000
#define GITS_TYPER 0x08080008
#define GITS_CBASER 0x08080080
#define GITS_CWRITER 0x08080088
#define GITS_CREADR 0x08080090
#define GITS_BASER0 0x08080100
#define GITS_BASER1 0x08080108
#define GITS_PIDR2 0x0808ffe8
#define GITS_TRANSLATER 0x08090040

#define CONFIG 0x42000000
#define PENDING 0x42010000
#define QUEUE 0x42020000
#define DEVICES 0x42030000
#define COLLECTIONS 0x42040000
#define ITT 0x42050000
#define LEVEL2 0x42060000
#define NOWHERE 0x3000000000
#define FIELDS (5 << 59 | 2 << 53 | 1 << 10) /* Cacheability, shareability. */

#define VALID (1 << 63)
#define PTZ (1 << 62)
#define INDIRECT (1 << 62)
#define LPI(n) (8192 + (n))

#define IRQ(mode) ((mode) & ~0x80)
#define HCR_IMO (1 << 4)

.macro poke64 address, value
    ldr     x0, =(\address)
    ldr     x1, =(\value)
    str     x1, [x0]
    dsb     sy
.endm

.macro peek64 name, address
    ldr     x0, =(\address)
    ldr     x1, [x0]
    shown   "\name"
.endm

/* Puts a command into the queue of one page, and waits until it is executed, or stalled. */
.macro command dw0, dw1=0, dw2=0, dw3=0
    ldr     x0, =GITS_CWRITER
    ldr     x1, [x0]
    ldr     x2, =QUEUE
    add     x2, x2, x1
    ldr     x3, =(\dw0)
    ldr     x4, =(\dw1)
    stp     x3, x4, [x2]
    ldr     x3, =(\dw2)
    ldr     x4, =(\dw3)
    stp     x3, x4, [x2, #16]
    dsb     sy
    add     x1, x1, #32
    and     x1, x1, #0xfff
    str     x1, [x0]
.endm

.macro mapd device, bits, itt
    command (\device << 32 | 8), (\bits - 1), (VALID | \itt)
.endm
.macro mapc icid, pe=0
    command 9, 0, (VALID | \pe << 16 | \icid)
.endm
.macro mapti device, event, intid, icid
    command (\device << 32 | 10), (\intid << 32 | \event), \icid
.endm
.macro mapi device, event, icid
    command (\device << 32 | 11), \event, \icid
.endm
.macro int device, event
    command (\device << 32 | 3), \event
.endm
.macro clear device, event
    command (\device << 32 | 4), \event
.endm
.macro inv device, event
    command (\device << 32 | 12), \event
.endm
.macro discard device, event
    command (\device << 32 | 15), \event
.endm
.macro movi device, event, icid
    command (\device << 32 | 1), \event, \icid
.endm
.macro invall icid
    command 13, 0, \icid
.endm

/* The configuration of an LPI: a byte. */
.macro config intid, byte
    ldr     x0, =(CONFIG + \intid - 8192)
    mov     w1, #\byte
    strb    w1, [x0]
    dsb     sy
.endm

.macro queue
    peek64  "GITS_CREADR", GITS_CREADR
.endm

/* QEMU 7.2 leaves GITS_CREADR.Stalled set when a Retry went well. */
.macro queue_offset
    ldr     x0, =GITS_CREADR
    ldr     x1, [x0]
    bic     x1, x1, #1
    shown   "GITS_CREADR, offset"
    peek64  "! GITS_CREADR", GITS_CREADR
.endm

.macro pending
    show    "ICC_HPPIR1_EL1", ICC_HPPIR1_EL1
    show    "ISR_EL1", ISR_EL1
.endm

/* Acknowledge and end. */
.macro taken
    mrs     x19, ICC_IAR1_EL1
    show    "ICC_RPR_EL1", ICC_RPR_EL1
    show    "ICC_AP1R0_EL1", ICC_AP1R0_EL1
    msr     ICC_EOIR1_EL1, x19
    isb
    mov     x1, x19
    shown   "ICC_IAR1_EL1"
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    str     x19, [sp, #-16]!
    title   "identification"
    ldr     x0, =GICD_TYPER
    ldr     w1, [x0]
    and     x1, x1, #(1 << 17)
    shown   "GICD_TYPER.LPIS"
    ldr     x0, =GICR_TYPER
    ldr     x1, [x0]
    and     x1, x1, #0xf
    shown   "GICR_TYPER: PLPIS, VLPIS, Dirty, DirectLPI"
    ldr     x0, =GITS_TYPER
    ldr     x1, [x0]
    bic     x1, x1, #0xf0 /* The size of an event's entry. */
    shown   "GITS_TYPER"
    peek64  "! GITS_TYPER", GITS_TYPER
    peek    "GITS_CTLR", GITS_CTLR
    peek    "GITS_PIDR2", GITS_PIDR2
    /* The page size after reset is UNKNOWN, and 64 KiB in QEMU. */
    peek64  "! GITS_BASER0", GITS_BASER0
    peek64  "! GITS_BASER1", GITS_BASER1
    peek64  "GITS_BASER2", (GITS_BASER1 + 8)
    peek    "GICR_CTLR", GICR_CTLR

    poke    GICD_CTLR, 0x13
    poke    GICR_WAKER, 0
    poke    (GICR_SGI + 0x80), 0xffffffff
    poke    (GICR_SGI + 0x400), 0xa0a0a040 /* SGI 0: 0x40 */
    poke    (GICR_SGI + 0x100), 1
    set     ICC_PMR_EL1, 0xff
    set     ICC_BPR1_EL1, 0
    set     ICC_IGRPEN1_EL1, 1

    title   "tables"
    /* Every LPI up to 8192 + 63 is enabled at 0xa0; 65535 too. */
    ldr     x0, =CONFIG
    ldr     x1, =0xa1a1a1a1a1a1a1a1
    mov     x2, #8
1:  str     x1, [x0], #8
    subs    x2, x2, #1
    b.ne    1b
    config  65535, 0xa1
    poke64  GICR_PROPBASER, (CONFIG | 5 << 56 | 2 << 7 | 1 << 10 | 15)
    peek64  "GICR_PROPBASER", GICR_PROPBASER
    poke64  GICR_PENDBASER, (PENDING | 5 << 56 | 2 << 7 | 1 << 10 | PTZ)
    /* PTZ is write-only; QEMU 7.2 shows it. */
    peek64  "! GICR_PENDBASER", GICR_PENDBASER
    poke    GICR_CTLR, 1
    peek    "GICR_CTLR", GICR_CTLR
    poke64  GITS_BASER0, (VALID | FIELDS | DEVICES)
    peek64  "GITS_BASER0", GITS_BASER0
    poke64  GITS_BASER1, (VALID | FIELDS | COLLECTIONS | 1)
    peek64  "GITS_BASER1", GITS_BASER1
    poke64  GITS_CBASER, (VALID | FIELDS | QUEUE)
    peek64  "GITS_CBASER", GITS_CBASER
    peek64  "GITS_CWRITER", GITS_CWRITER
    queue
    poke    GITS_CTLR, 1
    peek    "GITS_CTLR", GITS_CTLR

    title   "mapping"
    mapc    0
    queue
    mapd    5, 5, ITT
    mapti   5, 0, LPI(0), 0
    mapti   5, 1, LPI(1), 0
    mapti   5, 31, 65535, 0
    mapti   5, 4, LPI(4), 1 /* Collection 1 is not mapped. */
    command 5 /* SYNC */
    queue
    pending

    title   "INT"
    int     5, 0
    pending
    taken
    pending
    int     5, 31
    int     5, 31
    int     5, 1
    pending
    taken
    taken
    taken
    title   "an LPI that comes again while it runs"
    int     5, 1
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    int     5, 1
    pending
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    set     ICC_EOIR1_EL1, LPI(1)
    pending
    taken
    taken

    title   "GITS_TRANSLATER"
    mapd    0, 16, ITT + 0x1000
    mapti   0, 2, LPI(2), 0
    poke    GITS_TRANSLATER, 2
    taken
    poke    GITS_TRANSLATER, 3
    pending
    poke    GITS_CTLR, 0
    peek    "GITS_CTLR", GITS_CTLR
    poke    GITS_TRANSLATER, 2
    pending
    poke    GITS_CTLR, 1

    title   "MAPI"
    /* Event 8200 of an ITT with 16 bits of EventID is beyond 64 KiB. */
    mapd    6, 16, 0x42100000
    mapi    6, 8200, 0
    int     6, 8200
    taken

    title   "delivery"
    int     5, 0
    check   "LPI, EL1, open", IRQ(EL1H), "nop"
    check   "LPI, EL1, masked", EL1H, "nop"
    check   "LPI, EL2, open", IRQ(EL2H), "nop"
    set     HCR_EL2, (HCR_RW | HCR_IMO)
    check   "LPI, IMO, EL1, masked", EL1H, "nop"
    reset
    set     ICC_PMR_EL1, 0xa0
    pending
    set     ICC_PMR_EL1, 0xff
    set     ICC_IGRPEN1_EL1, 0
    pending
    set     ICC_IGRPEN1_EL1, 1
    poke    GICD_CTLR, 0x11
    pending
    poke    GICD_CTLR, 0x13
    pending
    taken

    title   "priorities"
    config  LPI(1), 0x81
    inv     5, 1
    int     5, 0
    int     5, 1
    pending
    taken
    ldr     x0, =(0 << 24 | 1)
    msr     ICC_SGI1R_EL1, x0
    isb
    pending
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    pending
    set     ICC_EOIR1_EL1, 0
    show    "ICC_IAR1_EL1", ICC_IAR1_EL1
    int     5, 1
    pending
    show    "ICC_IAR1_EL1, preempting", ICC_IAR1_EL1
    show    "ICC_AP1R0_EL1", ICC_AP1R0_EL1
    set     ICC_EOIR1_EL1, LPI(1)
    show    "ICC_RPR_EL1", ICC_RPR_EL1
    set     ICC_EOIR1_EL1, LPI(0)
    show    "ICC_RPR_EL1", ICC_RPR_EL1

    title   "EOImode 1: no deactivation"
    mrs     x0, ICC_CTLR_EL1
    orr     x0, x0, #2
    msr     ICC_CTLR_EL1, x0
    isb
    int     5, 0
    taken
    set     ICC_DIR_EL1, LPI(0)
    int     5, 0
    taken
    mrs     x0, ICC_CTLR_EL1
    bic     x0, x0, #2
    msr     ICC_CTLR_EL1, x0
    isb

    title   "INV, INVALL"
    config  LPI(0), 0xa0
    inv     5, 0
    int     5, 0
    pending
    config  LPI(0), 0x41
    invall  0
    pending
    taken
    config  LPI(0), 0xa1
    config  LPI(1), 0xa1
    invall  0
    queue

    title   "CLEAR, DISCARD"
    int     5, 0
    clear   5, 0
    pending
    int     5, 0
    discard 5, 0
    pending
    int     5, 0
    pending
    queue
    mapti   5, 0, LPI(0), 0
    int     5, 0
    taken

    title   "MOVI, MOVALL"
    mapc    1
    movi    5, 4, 1
    int     5, 4
    movi    5, 4, 0
    pending
    taken
    command 14, 0, 0, 0
    pending
    queue

    title   "errors are skipped"
    .irp    code, 1, 3, 4, 12, 15
    command (7 << 32 | \code), 0, 0
    queue
    command (5 << 32 | \code), 32, 0
    queue
    command (5 << 32 | \code), 9, 0
    queue
    command (600 << 32 | \code), 0, 0
    queue
    .endr
    mapti   7, 0, LPI(0), 0
    mapti   5, 32, LPI(0), 0
    mapti   5, 9, 4000, 0
    int     5, 9
    mapti   5, 9, 65536, 0
    int     5, 9
    queue
    mapc    3, 1
    mapti   5, 9, LPI(9), 3
    int     5, 9
    movi    5, 0, 3
    queue
    int     5, 0
    taken
    mapd    8, 17, ITT
    mapti   8, 0, LPI(9), 0
    int     8, 0
    mapd    600, 4, ITT
    mapc    2000, 0
    command 0x77
    command 14, 0, 0, 1 << 16
    command 5, 0, 1 << 16
    queue
    pending

    title   "unmapping"
    command 9, 0, 1
    mapti   5, 4, LPI(4), 1
    int     5, 4
    pending
    command (5 << 32 | 8), 0, 0
    int     5, 0
    pending
    queue

    title   "a table outside of memory stalls the queue"
    mapd    5, 5, NOWHERE
    queue
    mapti   5, 0, LPI(0), 0
    queue
    mapd    5, 5, ITT
    queue
    /* The command that stalls is made a SYNC, and the queue is told to go on. */
    ldr     x0, =GITS_CREADR
    ldr     x1, [x0]
    and     x1, x1, #0xfffe0
    ldr     x2, =QUEUE
    add     x2, x2, x1
    mov     x3, #5
    stp     x3, xzr, [x2]
    stp     xzr, xzr, [x2, #16]
    dsb     sy
    ldr     x0, =GITS_CWRITER
    ldr     x1, [x0]
    orr     x1, x1, #1
    str     x1, [x0]
    queue_offset
    peek64  "GITS_CWRITER", GITS_CWRITER
    mapti   5, 0, LPI(0), 0
    int     5, 0
    taken

    title   "two levels"
    poke    GITS_CTLR, 0
    poke64  GITS_BASER0, (VALID | INDIRECT | (DEVICES + 0x1000))
    peek64  "GITS_BASER0", GITS_BASER0
    poke64  (DEVICES + 0x1000 + 8), (VALID | LEVEL2) /* Devices 512..1023 */
    poke    GITS_CTLR, 1
    mapd    1023, 2, ITT + 0x2000
    mapti   1023, 3, LPI(20), 0
    int     1023, 3
    taken
    mapd    511, 2, ITT
    mapd    1024, 2, ITT
    mapti   1024, 0, LPI(21), 0
    int     1024, 0
    pending
    queue_offset

    title   "pending tables"
    int     1023, 3
    poke    GICR_CTLR, 0
    peek    "GICR_CTLR", GICR_CTLR
    pending
    peek64  "pending table", (PENDING + 1024)
    poke64  (PENDING + 1024), 5
    poke64  GICR_PENDBASER, PENDING
    poke    GICR_CTLR, 1
    pending
    taken
    taken
    taken
    poke64  (PENDING + 1024), 0

    title   "a virtual LPI is never active"
    set     HCR_EL2, (HCR_RW | HCR_IMO)
    set     ICH_HCR_EL2, 1
    set     ICH_VMCR_EL2, 0xf8000003
    set     ICH_LR0_EL2, (1 << 62 | 1 << 60 | 0xa0 << 48 | LPI(7))
    check   "open", IRQ(EL1H), "nop"
    check   "IAR1", EL1H, "mrs x0, ICC_IAR1_EL1"
    /* QEMU 7.2 makes it active, as an SPI. */
    show    "! ICH_LR0_EL2", ICH_LR0_EL2
    show    "ICH_AP1R0_EL2", ICH_AP1R0_EL2
    check   "EOIR1", EL1H, "msr ICC_EOIR1_EL1, x0", LPI(7)
    show    "ICH_LR0_EL2", ICH_LR0_EL2
    show    "ICH_AP1R0_EL2", ICH_AP1R0_EL2
    show    "! ICH_HCR_EL2", ICH_HCR_EL2
    set     ICH_HCR_EL2, 0
    reset
    ldr     x19, [sp], #16
    ldp     x29, x30, [sp], #16
    ret
