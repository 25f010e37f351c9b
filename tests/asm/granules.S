/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Granules and sizes (Arm ARM D8.2): the level at which a walk starts, entries, blocks and pages with 4,
 * 16 and 64 KiB granules, both halves, concatenated tables of stage 2, and invalid combinations of size
 * and start level. All by AT from EL2: nothing runs under these tables.
 */
#include "macros.h"

/* Tables are at these places, 64 KiB each; there is nothing but RAM. */
#define T0 0x47000000
#define T1 0x47010000
#define T2 0x47020000
#define T3 0x47030000
#define SPACE 0x47000000

#define ATTR 0x701 /* AF, inner shareable, attribute 0; a block */
#define S2_ATTR 0x7fd
#define AF 0x400
#define CONTIGUOUS (1 << 52)
#define TCR_BASE (2 << 32 | 3 << 28 | 1 << 26 | 1 << 24 | 3 << 12 | 1 << 10 | 1 << 8)
    .set TG0_4K, 0 << 14
    .set TG0_64K, 1 << 14
    .set TG0_16K, 2 << 14
    .set TG1_4K, 2 << 30
    .set TG1_16K, 1 << 30
    .set TG1_64K, 3 << 30
#define VTCR_BASE (1 << 31 | 2 << 16 | 3 << 12 | 1 << 10 | 1 << 8)

.macro store address, value
    ldr     x0, =(\address)
    ldr     x1, =(\value)
    str     x1, [x0]
.endm

.macro walk op, address, own
    ldr     x0, =(\address)
    at      \op, x0
    isb
    mrs     x1, PAR_EL1
    shown   "\own\op \address"
.endm

.macro flush
    dsb     sy
    tlbi    alle1
    dsb     sy
    isb
.endm

.macro clear
    ldr     x0, =SPACE
    add     x1, x0, #0x40000
1:  stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    1b
.endm

/* A half of stage 1 of `bits` bits from table T0: what the addresses of the list give. */
.macro low granule, bits, addresses:vararg
    title   "low half, \granule, \bits bits"
    set     TCR_EL1, (TCR_BASE | TG0_\granule | TG1_4K | 25 << 16 | (64 - \bits))
    set     TTBR0_EL1, T0
    flush
    .irp    address, \addresses
    walk    s1e1r, \address
    .endr
.endm

.macro high granule, bits, addresses:vararg
    title   "high half, \granule, \bits bits"
    set     TCR_EL1, (TCR_BASE | TG0_4K | TG1_\granule | (64 - \bits) << 16 | 25)
    set     TTBR1_EL1, T0
    flush
    .irp    address, \addresses
    walk    s1e1w, \address
    .endr
.endm

/* Stage 2 alone: stage 1 is off. */
.macro second granule, bits, sl0, addresses:vararg
    title   "stage 2, \granule, \bits bits, SL0 \sl0"
    set     VTCR_EL2, (VTCR_BASE | TG0_\granule | \sl0 << 6 | (64 - \bits))
    set     VTTBR_EL2, T0
    flush
    .irp    address, \addresses
    walk    s12e1r, \address
    .endr
.endm

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    set     MAIR_EL1, 0x44ff
    set     SCTLR_EL1, (SCTLR_EL1_OFF | 1)

    title   "4K"
    clear
    store   T0, T1 + 3
    store   T0 + 8, 0x40000000 + ATTR
    store   T0 + 0xff8, T2 + 3
    store   T0 + 24, 0x80000000 + ATTR
    store   T1, T2 + 3
    store   T1 + 8, 0x40000000 + ATTR
    store   T1 + 0xff8, 0x40200000 + ATTR
    store   T2, T3 + 3
    store   T2 + 8, 0x40200000 + ATTR
    store   T2 + 16, 0x40400000 + ATTR + CONTIGUOUS
    store   T3, 0x40001000 + ATTR + 2
    store   T3 + 8, 0x40002000 + ATTR + 2 - AF
    store   T3 + 128, 0x40010000 + ATTR + 2 + CONTIGUOUS
    low     4K, 48, 0, 0x40000123, 0x200456, 0x1000, 0x10010, 0x2000, 0xffff00000000, 0x1000000000000
    low     4K, 40, 0, 0x40000123, 0x7fc0000123, 0x10000000000
    /* Blocks at level 0, at level 1 of 16K and (without 52 bits) 64K do not exist; QEMU's max core takes them. */
    walk    s1e1r, 0x8000000000, !
    low     4K, 39, 0, 0x40000123, 0x7fc0000123, 0x7fc0200456, 0x8000000000, 0xc0000010
    low     4K, 33, 0x40000123, 0xc0000010, 0x200000000
    low     4K, 30, 0, 0x200000, 0x1000, 0x3fe00000, 0x40000000
    low     4K, 25, 0, 0x200000, 0x1ffffff, 0x2000000
    high    4K, 48, 0xffff000000000000, 0xffff000040000123, 0xffffff8000000000, 0xfffe000000000000
    high    4K, 39, 0xffffff8000000000, 0xffffff8040000123, 0xffffffffc0000000, 0xffffff7fffffffff
    high    4K, 30, 0xffffffffc0000000, 0xffffffffffe00000, 0xffffffff80000000

    title   "16K"
    clear
    store   T0, T1 + 3
    store   T0 + 8, T2 + 3
    store   T0 + 16, 0x42000000 + ATTR
    store   T0 + 24, 0x4000c000 + ATTR + 2
    store   T0 + 0x3ff8, 0x44000000 + ATTR
    store   T1, T2 + 3
    store   T1 + 8, 0x42000000 + ATTR
    store   T1 + 0x3ff8, 0x46000000 + ATTR
    store   T2, T3 + 3
    store   T2 + 8, 0x42000000 + ATTR
    store   T2 + 24, 0x40008000 + ATTR + 2
    store   T3, 0x40004000 + ATTR + 2
    store   T3 + 8, 0x40008000 + ATTR + 2 - AF
    store   T3 + 16, 0x40008000 + ATTR + 2 - 2
    low     16K, 48, 0, 0x4000, 0x8000, 0xc000, 0x2000123, 0x800000000000, 0x1000000000000
    low     16K, 47, 0, 0x4000, 0x2000123, 0x1000000000, 0x800000000000
    walk    s1e1r, 0x7ff000000000, !
    low     16K, 40, 0, 0x2000123, 0x1002000123, 0x10000000000
    low     16K, 36, 0, 0x2000123, 0x4000123, 0xffe000123, 0x1000000000
    low     16K, 30, 0x4000123, 0x6000123, 0x40000000
    low     16K, 25, 0, 0x4000, 0xc123, 0x1ffc000, 0x2000000
    high    16K, 47, 0xffff800000000000, 0xffff800002000123, 0xffff7fffffffffff
    high    16K, 36, 0xfffffff004000123, 0xffffffffffffffff
    high    16K, 25, 0xfffffffffe00c123, 0xfffffffffe000000

    title   "64K"
    clear
    store   T0, T1 + 3
    store   T0 + 8, 0x60000000 + ATTR
    store   T0 + 16, 0x40020000 + ATTR + 2
    store   T0 + 504, T2 + 3
    store   T0 + 0xfff8, 0x80000000 + ATTR
    store   T1, T2 + 3
    store   T1 + 8, 0x60000000 + ATTR
    store   T1 + 16, 0x40030000 + ATTR + 2
    store   T2, 0x40010000 + ATTR + 2
    store   T2 + 8, 0x40030000 + ATTR + 2 - AF
    low     64K, 48, 0, 0x20000000, 0x20000, 0x3ffffffffff, 0xfc0000000000, 0x1000000000000
    walk    s1e1r, 0x40000000000, !
    low     64K, 42, 0, 0x20123, 0x20000123, 0x40000000, 0x3ffe0000123, 0x40000000000
    low     64K, 36, 0x20000123, 0x1000000000
    low     64K, 29, 0, 0x20123, 0x10000, 0x1fff0000, 0x20000000
    low     64K, 25, 0x20123, 0x10000, 0x2000000
    high    64K, 48, 0xffff000000000000, 0xffff000000020123, 0xffffffffffffffff
    high    64K, 42, 0xfffffc0020000123, 0xffffffffe0000123, 0xfffffbffffffffff
    high    64K, 25, 0xfffffffffe020123, 0xfffffffffe000000

    title   "stage 2"
    set     SCTLR_EL1, SCTLR_EL1_OFF
    set     HCR_EL2, (HCR_RW | 1 | 1 << 12)
    clear
    store   T0, T1 + 3
    store   T0 + 8, 0x40000000 + S2_ATTR
    store   T0 + 0x1000, 0x80000000 + S2_ATTR
    store   T0 + 0x1008, T2 + 3
    store   T1 + 8, 0x40200000 + S2_ATTR
    store   T1 + 16, T2 + 3
    store   T2 + 8, 0x40005000 + S2_ATTR + 2
    store   T2 + 16, 0x40006000 + S2_ATTR + 2 - AF
    second  4K, 39, 1, 0, 0x40000123, 0x200123, 0x401010, 0x402000, 0x8000000000
    second  4K, 40, 1, 0x40000123, 0x8000000123, 0x8040001010
    second  4K, 32, 1, 0x40000123, 0x100000000
    second  4K, 30, 0, 0, 0x200123, 0x1010, 0x40000000
    second  4K, 31, 0, 0x40000123, 0x40201123, 0x80000000
    second  4K, 25, 0, 0x201, 0x2000000
    clear
    store   T0, T1 + 3
    store   T0 + 8, 0x42000000 + S2_ATTR
    store   T0 + 16, 0x40004000 + S2_ATTR + 2
    store   T0 + 0x4000, 0x44000000 + S2_ATTR
    store   T1 + 8, 0x42000000 + S2_ATTR
    store   T1 + 16, 0x40008000 + S2_ATTR + 2
    second  16K, 36, 1, 0, 0x2000123, 0x8123, 0x1000000000
    second  16K, 37, 1, 0x2000123, 0x1000000123, 0x2000000000
    second  16K, 40, 1, 0x2000123, 0x1000000123
    second  16K, 40, 2, 0, 0x2000123
    second  16K, 25, 0, 0x8123, 0x2000000
    clear
    store   T0, T1 + 3
    store   T0 + 8, 0x60000000 + S2_ATTR
    store   T0 + 16, 0x40010000 + S2_ATTR + 2
    store   T1 + 16, 0x40020000 + S2_ATTR + 2
    store   T1, 0x80000000 + S2_ATTR
    second  64K, 40, 1, 0, 0x20000123, 0x20123
    second  64K, 29, 0, 0x20123, 0x20000000
    second  64K, 30, 0, 0x20123, 0x20000000
    second  64K, 36, 1, 0x20000123, 0x1000000000
    reset
    flush
    ldp     x29, x30, [sp], #16
    ret
