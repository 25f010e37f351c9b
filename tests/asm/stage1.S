/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Stage 1 of EL1&0 and of EL2 (Arm ARM D8): faults by level and kind, permissions of both ELs
 * with AP, PXN, UXN and WXN, the halves of TTBR0_EL1 and TTBR1_EL1, EPDn, tagged addresses, and address
 * sizes.
 */
#include "macros.h"

/* 39 bits both halves, 4 KiB, 40 bits of physical address, 16-bit ASIDs in TTBR0. */
#define TCR_BASE (2 << 32 | 2 << 30 | 3 << 28 | 1 << 26 | 1 << 24 | 25 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 25)
#define TCR_TBI0 (1 << 37)
#define TCR_TBI1 (1 << 38)
#define TCR_EPD0 (1 << 7)
#define TCR_EPD1 (1 << 23)
#define TCR_HPD0 (1 << 41)
#define TCR_EL2_39 (1 << 31 | 1 << 23 | 2 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 25)
#define SCTLR_ON (SCTLR_EL1_OFF | 1)

#define BLOCK 0x701 /* AF, inner shareable, attribute 0, AP 0 */
#define PAGE 0x703
#define AF 0x400
#define AP_EL0 0x40
#define AP_RO 0x80
#define NG 0x800
#define PXN (1 << 53)
#define UXN (1 << 54)
#define APT_NO_EL0 (1 << 61)
#define APT_RO (1 << 62)
#define PXNT (1 << 59)
#define UXNT (1 << 60)
#define FAR_AWAY (1 << 41)

/* RET, unlike BR, leaves PSTATE.BTYPE 0 on cores that have it. */
.macro kinds el, at, text, address
    check   "read, \text, \el", \at, "ldr w0, [x0]; mov x0, #0", \address
    check   "write, \text, \el", \at, "str wzr, [x0]; mov x0, #0", \address
    check   "fetch, \text, \el", \at, "ret x0", \address
.endm

/* At EL2 with pairs, whose ISV is 0 in any case: QEMU 7.2 sets ISV also for aborts that are not of stage 2. */
.macro kinds_el2 text, address
    check   "read pair, \text, EL2", EL2H, "ldp w0, w1, [x0]; mov x0, #0", \address
    check   "write pair, \text, EL2", EL2H, "stp wzr, wzr, [x0]; mov x0, #0", \address
    check   "fetch, \text, EL2", EL2H, "ret x0", \address
    own     "read, \text, EL2", EL2H, "ldr w0, [x0]; mov x0, #0", \address
.endm

.macro both text, address
    kinds   EL1, EL1H, "\text", \address
    kinds   EL0, EL0T, "\text", \address
.endm

/* The 32 pages from 0x41000000: AP in bits 0 and 1 of the number, PXN in 2, UXN in 3. */
.macro permissions
    .irp    page, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    both    "permissions \page", (0x41000000+0x1000*\page)
    .endr
.endm

.macro at_ops address
    .irp    op, s1e1r, s1e1w, s1e0r, s1e0w
    check   "AT \op of \address", EL1H, "at \op, x0; isb; mrs x0, PAR_EL1", \address
    .endr
.endm

.macro flush
    tlbi    alle1
    tlbi    alle2
    dsb     sy
    isb
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    set     MAIR_EL1, 0x04ff
    set     TCR_EL1, TCR_BASE
    set     TTBR0_EL1, low_l1
    set     TTBR1_EL1, high_l1
    set     SCTLR_EL1, SCTLR_ON
    flush

    title   "permissions"
    permissions
    title   "permissions, WXN"
    set     SCTLR_EL1, (SCTLR_ON | 1 << 19)
    flush
    permissions
    set     SCTLR_EL1, SCTLR_ON
    flush

    title   "levels and kinds"
    both    "L1 no entry", 0x3c0000000
    both    "L1 reserved", 0x380000002 - 2
    both    "L2 no entry", 0x41200008
    both    "L3 no entry", 0x41010010
    both    "L3 reserved", 0x41011000
    both    "L1 access flag", 0x80000000
    both    "L2 access flag", 0x41400000
    both    "L3 access flag", 0x41012000
    both    "L1 block far away", 0x100000000
    both    "L1 table far away", 0x140000000
    both    "L2 block far away", 0x41600000
    both    "L2 table far away", 0x41800000
    both    "L3 page far away", 0x41013000
    both    "L2 permission", 0x40a00000
    both    "L1 permission", 0x180000000
    both    "access flag before permission", 0x41014000
    both    "APTable RO", 0x1c0200000
    both    "APTable no EL0", 0x200200000
    both    "PXNTable", 0x240200000
    both    "UXNTable", 0x280200000
    check   "page cross, read", EL1H, "ldr x0, [x0]", x0=0x4100fffc
    check   "page cross, write", EL1H, "str xzr, [x0]", x0=0x4100fffd
    check   "pair cross, read", EL1H, "ldp x1, x2, [x0]", x0=0x4100fff8
    check   "unprivileged read", EL1H, "ldtr w1, [x0]; mov x0, #0", x0=0x41000000
    check   "unprivileged read allowed", EL1H, "ldtr w1, [x0]; mov x0, #0", x0=0x41001000
    check   "unprivileged write", EL1H, "sttr w1, [x0]; mov x0, #0", x0=0x41003000
    at_ops  0x40200123
    at_ops  0x41003010
    at_ops  0x41010020
    at_ops  0x41012000
    at_ops  0x380000000
    at_ops  0xffffff8040000000
    at_ops  0x100000000

    title   "halves of the address space"
    both    "top of the low half, no entry", 0x7fffff0000
    both    "above the low half", 0x8000000000
    both    "between", 0x1000000000000
    both    "below the high half", 0xffffff7fffffff00
    both    "high half, L1 no entry", 0xffffff8000000000
    both    "high half, block", 0xffffff8040200000
    both    "high half, top", 0xffffffffffffff00
    both    "tagged low", 0x5a00000040200000
    both    "tagged high", 0xa5ffff8040200000
    both    "sign bit wrong", 0x0080000040200000
    title   "TBI0"
    set     TCR_EL1, (TCR_BASE | TCR_TBI0)
    flush
    both    "tagged low", 0x5a00000040200000
    both    "tagged low, no entry", 0x5a00000041200000
    both    "tagged high", 0xa5ffff8040200000
    check   "tagged branch", EL1H, "adr x1, 1f; orr x1, x1, #0x7f00000000000000; ret x1; 1: adr x2, 1b; sub x0, x1, x2; lsr x0, x0, #56"
    check   "tagged branch at EL0", EL0T, "adr x1, 1f; orr x1, x1, #0x7f00000000000000; ret x1; 1: adr x2, 1b; lsr x0, x2, #56"
    check   "tagged RET to nothing", EL1H, "ret x0", x0=0x7f00000041200000
    title   "TBI1"
    set     TCR_EL1, (TCR_BASE | TCR_TBI1)
    flush
    both    "tagged low", 0x5a00000040200000
    both    "tagged high", 0xa5ffff8040200000
    both    "tagged high, no entry", 0xa5ffff8000000000
    title   "EPD0 and EPD1"
    set     TCR_EL1, (TCR_BASE | TCR_EPD1)
    flush
    both    "high half disabled", 0xffffff8040200000
    title   "smaller halves, other granules"
    set     TCR_EL1, (TCR_BASE + 7 + (3 << 16))
    flush
    both    "T0SZ 32, L1 no entry", 0xc0000000
    both    "T0SZ 32, above", 0x100000000
    both    "T1SZ 28, below", 0xffffffe040200000
    set     TCR_EL1, TCR_BASE
    flush

    title   "EL2"
    set     MAIR_EL2, 0x04ff
    set     TCR_EL2, TCR_EL2_39
    set     TTBR0_EL2, el2_l1
    set     SCTLR_EL2, 0x30c50831
    flush
    .irp    address, 0x3c0000000, 0x80000000, 0x100000000, 0x41000000, 0x41001000, 0x41002000, 0x41008000, \
            0x41010000, 0x41012000, 0x41013000, 0x8000000000, 0xffffff8000000000, 0x5a00000040200000
    kinds_el2 "\address", \address
    .endr
    check   "AT S1E2R", EL2H, "at s1e2r, x0; isb; mrs x0, PAR_EL1", x0=0x41001010
    check   "AT S1E2W, no entry", EL2H, "at s1e2w, x0; isb; mrs x0, PAR_EL1", x0=0x41010010
    check   "AT S1E2W, read only", EL2H, "at s1e2w, x0; isb; mrs x0, PAR_EL1", x0=0x41002010
    set     TCR_EL2, (TCR_EL2_39 | 1 << 20)
    flush
    kinds_el2 "tagged, TBI", 0x5a00000040200000
    set     SCTLR_EL2, 0x30c50830
    reset
    flush
    ldp     x29, x30, [sp], #16
    ret

    .data
    .balign 4096
/* 0x40000000 is the image, read-only at both ELs; the rest as the tests name it. */
low_l1:
    .quad   0, low_l2 + 3, 0x40000000 + BLOCK - AF, 0, FAR_AWAY + BLOCK, FAR_AWAY + 3
    .quad   0x40000000 + BLOCK + AP_RO + PXN + UXN
    .quad   low_l2 + 3 + APT_RO, low_l2 + 3 + APT_NO_EL0, low_l2 + 3 + PXNT, low_l2 + 3 + UXNT
    .fill   3, 8, 0
    .quad   0x40000002
    .fill   497, 8, 0
low_l2:
    .quad   0x40000000 + BLOCK + AP_RO + AP_EL0, 0x40200000 + BLOCK + AP_EL0, 0, 0, 0
    .quad   0x40a00000 + BLOCK + AP_RO + PXN + UXN, 0, 0, low_l3 + 3
    .quad   0, 0x41400000 + BLOCK - AF, FAR_AWAY + BLOCK, FAR_AWAY + 3
    .fill   499, 8, 0
low_l3:
    .set    page, 0
    .rept   16
    .quad   0x41000000 + page * 4096 + PAGE + (page & 3) * AP_EL0 + (page >> 2 & 1) * PXN + (page >> 3 & 1) * UXN
    .set    page, page + 1
    .endr
    .quad   0, 0x41011000 + PAGE - 2, 0x41012000 + PAGE - AF, FAR_AWAY + PAGE, 0x41014000 + PAGE + AP_RO - AF
    .fill   491, 8, 0
high_l1:
    .quad   0, 0x40000000 + BLOCK + AP_EL0 + NG
    .fill   510, 8, 0
el2_l1:
    .quad   0x00000000 + BLOCK + 4 + UXN + AP_EL0, low_l2_el2 + 3, 0x40000000 + BLOCK - AF, 0, FAR_AWAY + BLOCK
    .fill   507, 8, 0
low_l2_el2:
    .quad   0x40000000 + BLOCK + AP_EL0, 0x40200000 + BLOCK + AP_EL0
    .fill   6, 8, 0
    .quad   low_l3 + 3
    .fill   503, 8, 0
