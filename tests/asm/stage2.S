/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Stage 2 (Arm ARM D8): faults of each kind and level, the syndrome of every kind of load and
 * store, faults on the walk of stage 1 (S1PTW), HPFAR_EL2 and FAR_EL2, and what AT leaves in PAR_EL1. Both
 * stages have 4 KiB granules, 39 bits and tables from level 1.
 */
#include "macros.h"

#define VTCR 0x80023559 /* PS 40 bits, inner shareable, cacheable, SL0 1, T0SZ 25 */
#define TCR_EL1_39 (2 << 32 | 1 << 23 | 3 << 12 | 1 << 10 | 1 << 8 | 25)
#define SCTLR_EL1_ON (SCTLR_EL1_OFF | 1)
#define HCR_VM (HCR_RW | 1)

/* Stage 2: block and page; S2AP is in bits 7:6, AF in 10, XN in 54. */
#define S2B 0x7fd
#define S2P 0x7ff
#define S2_AP 0xc0
#define S2_RO 0x40
#define S2_WO 0x80
#define AF 0x400
#define XN (1 << 54)
#define FAR_AWAY (1 << 41) /* beyond 40 bits of physical address */

/* Stage 1: MAIR attribute 0, AF, inner shareable; RO or RW at both ELs. */
#define S1B_RO 0x7c1
#define S1B_RW 0x741

/* Every access that can have a syndrome of its own, at one address (x0). */
.macro accesses el, at, address
    .irp    insn, "ldrb w1, [x0]", "ldrh w2, [x0]", "ldr w3, [x0]", "ldr x4, [x0]", \
            "ldrsb w5, [x0]", "ldrsb x6, [x0]", "ldrsh w7, [x0]", "ldrsh x8, [x0]", "ldrsw x9, [x0]", \
            "strb w10, [x0]", "strh w11, [x0]", "str w12, [x0]", "str x13, [x0]", "str xzr, [x0]", \
            "ldr w30, [x0, #8]", "ldr x30, [x0, x1]", "str w29, [x0, w1, uxtw #2]", "ldur x17, [x0, #16]", \
            "sturb w18, [x0, #1]", "ldursw x19, [x0, #4]", "ldtr x20, [x0]", "sttrh w21, [x0]", "ldtrsb x22, [x0]", \
            "ldar w23, [x0]", "ldarb w24, [x0]", "stlr x25, [x0]", "stlrh w26, [x0]", \
            "ldxr x1, [x0]", "ldaxr w1, [x0]", "ldxp x1, x2, [x0]", \
            "ldp x1, x2, [x0]", "stp w1, w2, [x0]", "ldpsw x1, x2, [x0]", "ldnp x1, x2, [x0]", \
            "ldr x1, [x0], #8", "str w1, [x0, #4]!", "ldrb w1, [x0, #1]!", "stp x1, x2, [x0, #16]!", \
            "ldr q1, [x0]", "str d1, [x0]", "ldr b1, [x0]", "stp q1, q2, [x0]"
    check   "\insn at \el", \at, "\insn", \address
    .endr
    /* QEMU 7.2 does not look at addresses of cache maintenance. */
    .irp    op, civac, cvac, ivac
    own     "dc \op at \el", \at, "dc \op, x0", \address
    .endr
.endm

/* RET, unlike BR, leaves PSTATE.BTYPE 0 on cores that have it. */
.macro kinds el, at, text, address, how=check
    \how    "read, \text, \el", \at, "ldr w0, [x0]; mov x0, #0", \address
    \how    "write, \text, \el", \at, "str w1, [x0]; mov x0, #0", \address
    \how    "fetch, \text, \el", \at, "ret x0", \address
.endm

/* `code` runs only where the address holds zeros: a fetch that works is an UDF. */
.macro faults el, at
    kinds   \el, \at, "L2 block", 0x40200000
    kinds   \el, \at, "L1 no entry", 0x3c0000000
    kinds   \el, \at, "L2 no entry", 0x40400100
    kinds   \el, \at, "L3 no entry", 0x41001200
    kinds   \el, \at, "L3 reserved", 0x41007000
    kinds   \el, \at, "L2 read only", 0x40600300
    kinds   \el, \at, "L3 read only", 0x41002000
    kinds   \el, \at, "L2 write only", 0x40800400
    kinds   \el, \at, "L3 write only", 0x41003ff8
    kinds   \el, \at, "L2 no access", 0x40a00500
    kinds   \el, \at, "L3 no access", 0x41004000
    kinds   \el, \at, "L1 access flag", 0xc0000600
    kinds   \el, \at, "L2 access flag", 0x40c00600
    kinds   \el, \at, "L3 access flag", 0x41005004
    kinds   \el, \at, "L2 execute never", 0x40e00700
    kinds   \el, \at, "L3 execute never", 0x41006000
    kinds   \el, \at, "L1 block far away", 0x100000000
    kinds   \el, \at, "L1 table far away", 0x140000000
    kinds   \el, \at, "L2 block far away", 0x41400000
    kinds   \el, \at, "L3 page far away", 0x41008000
.endm

.macro at_all address, how=check
    .irp    op, s1e1r, s1e1w, s1e0r, s1e0w
    \how    "AT \op of \address from EL1", EL1H, "at \op, x0; isb; mrs x0, PAR_EL1", \address
    .endr
    .irp    op, s1e1r, s1e1w, s1e0r, s1e0w, s12e1r, s12e1w, s12e0r, s12e0w
    \how    "AT \op of \address from EL2", EL2H, "at \op, x0; isb; mrs x0, PAR_EL1", \address
    .endr
.endm

.macro flush
    tlbi    alle1
    dsb     sy
    isb
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    set     VTCR_EL2, VTCR
    set     VTTBR_EL2, s2_l1
    set     MAIR_EL1, 0x4ff
    set     TCR_EL1, TCR_EL1_39
    set     TTBR0_EL1, s1_l1
    set     TTBR1_EL1, 0
    flush

    title   "stage 1 off"
    set     HCR_EL2, HCR_VM
    set     CPACR_EL1, (3 << 20)
    accesses EL1, EL1H, 0x40400000
    accesses EL0, EL0T, 0x41001000
    faults  EL1, EL1H
    check   "input address too large", EL1H, "ldr w0, [x0]", x0=0x8000000000
    title   "stage 1 off, HCR_EL2.DC"
    set     HCR_EL2, (HCR_VM | 1 << 12)
    flush
    kinds   EL1, EL1H, "L2 no entry", 0x40400100
    check   "dc zva", EL1H, "dc zva, x0", x0=0x40400104
    check   "page cross", EL1H, "ldr x0, [x0]", x0=0x41000ffc
    check   "page cross, store", EL1H, "str x0, [x0]", x0=0x41000ffd

    title   "stage 1 on"
    set     HCR_EL2, HCR_VM
    set     SCTLR_EL1, SCTLR_EL1_ON
    flush
    accesses EL1, EL1H, 0x1c0400000
    .irp    page, 0x1c0200010, 0x1c0400020, 0x1c0600030, 0x1c0800040, 0x1c0a00050, 0x1c0c00060, 0x1c1001070, \
            0x1c1002080, 0x1c1003090, 0x1c10040a0, 0x1c10050b0
    kinds   EL1, EL1H, "\page", \page
    .endr
    kinds   EL0, EL0T, "RO in stage 1, no entry in stage 2", 0x40400000
    kinds   EL0, EL0T, "RO in stage 1, no access in stage 2", 0x40a00000

    title   "faults on the walk of stage 1"
    .irp    address, 0x80000120, 0xc0200120, 0x180800120
    kinds   EL1, EL1H, "\address", \address
    kinds   EL0, EL0T, "\address", \address
    .endr
    /* The level is that of stage 2 (AArch64.S2Translate fills in the fault); QEMU 7.2 has stage 1's. */
    .irp    address, 0x100400120, 0x140600120, 0x200000120, 0x240000000
    kinds   EL1, EL1H, "\address", \address, own
    kinds   EL0, EL0T, "\address", \address, own
    .endr
    set     TTBR0_EL1, 0x40400000
    flush
    own     "fetch, L1 table without entry", EL1H, "nop"
    set     TTBR0_EL1, 0x41005000
    flush
    own     "fetch, L1 table without access flag", EL1H, "nop"
    set     TTBR0_EL1, s1_l1
    flush

    title   "AT, both stages"
    .irp    address, 0x40200123, 0x40080000, 0x1c0200456, 0x1c0400000, 0x1c0600000, 0x1c0a00000, 0x1c1005000, 0x300000000
    at_all  \address
    .endr
    /* A fault on the walk is an exception from EL1, and S and PTW in PAR_EL1 from EL2. */
    at_all  0x80000120
    at_all  0x100400120, own
    at_all  0x140600120, own
    title   "AT, stage 1 off"
    set     SCTLR_EL1, SCTLR_EL1_OFF
    flush
    /* PAR_EL1.SH of Device memory is 0b10 (PAREncodeShareability); QEMU 7.2 has 0b00. */
    at_all  0x40200000, own
    at_all  0x40400000, own
    title   "AT, stage 2 off"
    set     HCR_EL2, HCR_RW
    set     SCTLR_EL1, SCTLR_EL1_ON
    flush
    at_all  0x40200000
    at_all  0x300000000
    own     "AT S1E2R of 0x40200123", EL2H, "at s1e2r, x0; isb; mrs x0, PAR_EL1", x0=0x40200123
    reset
    flush
    ldp     x29, x30, [sp], #16
    ret

    .data
    .balign 4096
s2_l1:
    .quad   0, s2_l2 + 3, 0x40000000 + S2B, 0xc0000000 + S2B - AF, FAR_AWAY + S2B, FAR_AWAY + 3
    .fill   506, 8, 0
s2_l2:
    .quad   0x40000000 + S2B, 0x40200000 + S2B, 0
    .quad   0x40600000 + S2B - S2_AP + S2_RO, 0x40800000 + S2B - S2_AP + S2_WO, 0x40a00000 + S2B - S2_AP
    .quad   0x40c00000 + S2B - AF, 0x40e00000 + S2B + XN, s2_l3 + 3, 0x40600000 + S2B - 1, FAR_AWAY + S2B
    .fill   501, 8, 0
s2_l3:
    .quad   0x41000000 + S2P, 0, 0x41002000 + S2P - S2_AP + S2_RO, 0x41003000 + S2P - S2_AP + S2_WO
    .quad   0x41004000 + S2P - S2_AP, 0x41005000 + S2P - AF, 0x41006000 + S2P + XN, 0x41007000 + S2P - 2
    .quad   FAR_AWAY + S2P
    .fill   503, 8, 0

s1_l1:
    .quad   0, s1_l2 + 3
    .quad   0x40400000 + 3, 0x41002000 + 3, 0x41004000 + 3, 0x41005000 + 3, 0x40800000 + 3
    .quad   0x40000000 + S1B_RW     /* 0x1c0000000: every address of stage 2 */
    .quad   0x3c0000000 + 3, 0x8000000000 + 3
    .fill   502, 8, 0
s1_l2:
    .quad   0x40000000 + S1B_RO, 0x40200000 + S1B_RW, 0x40400000 + S1B_RO, 0, 0, 0x40a00000 + S1B_RO
    .fill   506, 8, 0
