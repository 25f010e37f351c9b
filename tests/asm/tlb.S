/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * What must be seen after TLB maintenance (Arm ARM D8, "TLB maintenance"): a changed entry after each TLBI that covers it,
 * at each stage and level, by address, ASID and VMID; that another ASID's or VMID's entries are not its
 * own. What may be seen without the TLBI is up to the core and not tested.
 */
#include "macros.h"

#define VTCR 0x80023559
#define TCR_EL1_39 (1 << 36 | 2 << 32 | 1 << 23 | 3 << 12 | 1 << 10 | 1 << 8 | 25)
#define SCTLR_ON (SCTLR_EL1_OFF | 1)
#define HCR_VM (HCR_RW | 1)

#define S2B 0x7fd
#define S2P 0x7ff
#define S2_AP 0xc0
#define S2_RO 0x40
#define BLOCK_RO 0x7c1
#define BLOCK_RW 0x741
#define PAGE_RW 0x743
#define PAGE_RO 0x7c3
#define NG 0x800

/* Writes a table entry. */
.macro entry table, index, value
    adr_l   x0, \table
    ldr     x1, =(\value)
    str     x1, [x0, #8 * \index]
    dsb     sy
    isb
.endm

/* Writes 64 bits of memory. */
.macro store address, value
    ldr     x0, =(\address)
    ldr     x1, =(\value)
    str     x1, [x0]
    dsb     sy
.endm

.macro load text, address
    check   "load, \text", EL1H, "ldr x0, [x0]", \address
.endm

.macro save text, address
    check   "store, \text", EL1H, "str xzr, [x0, #8]; mov x0, #0", \address
.endm

/* At EL1: map, use, change, TLBI, use. */
.macro by_address op
    title   "tlbi \op"
    entry   s1_l3, 0, 0x40400000 + PAGE_RW
    check   "flush", EL1H, "tlbi vmalle1; dsb sy; isb"
    load    "first page", 0x41000000
    entry   s1_l3, 0, 0x40401000 + PAGE_RW
    check   "tlbi \op", EL1H, "tlbi \op, x0; dsb sy; isb; mov x0, #0", 0x41000
    load    "second page", 0x41000000
    entry   s1_l3, 0, 0x40401000 + PAGE_RO
    check   "tlbi \op", EL1H, "tlbi \op, x0; dsb sy; isb; mov x0, #0", 0x41000
    save    "now read-only", 0x41000000
    entry   s1_l3, 0, 0
    check   "tlbi \op", EL1H, "tlbi \op, x0; dsb sy; isb; mov x0, #0", 0x41000
    load    "now without entry", 0x41000000
.endm

.macro by_all op
    title   "\op"
    entry   s1_l3, 0, 0x40400000 + PAGE_RW
    \op
    dsb     sy
    load    "first page", 0x41000000
    entry   s1_l3, 0, 0x40401000 + PAGE_RW
    \op
    dsb     sy
    isb
    load    "second page", 0x41000000
    entry   s1_l2, 8, 0x40400000 + BLOCK_RW
    \op
    dsb     sy
    isb
    load    "a block instead of the table", 0x41002000
    entry   s1_l2, 8, s1_l3 + 3
    \op
    dsb     sy
    isb
    load    "the table again", 0x41000000
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
    store   0x40400000, 0x1111
    store   0x40401000, 0x2222
    store   0x40402000, 0x3333
    store   0x40403000, 0x4444
    set     VTCR_EL2, VTCR
    set     VTTBR_EL2, s2_l1
    set     MAIR_EL1, 0x4ff
    set     TCR_EL1, TCR_EL1_39
    set     TTBR0_EL1, s1_l1
    set     TTBR1_EL1, 0
    flush
    set     HCR_EL2, HCR_VM
    set     SCTLR_EL1, SCTLR_ON

    title   "an entry that was invalid is never cached"
    entry   s1_l3, 0, 0
    flush
    load    "no entry", 0x41000000
    entry   s1_l3, 0, 0x40400000 + PAGE_RW
    load    "now an entry", 0x41000000
    entry   s2_l3, 3, 0
    flush
    load    "no entry in stage 2", 0x1c0403000
    entry   s2_l3, 3, 0x40403000 + S2P
    load    "now an entry in stage 2", 0x1c0403000

    by_address vae1
    by_address vaae1
    by_address vale1
    by_address vaale1
    by_address vae1is
    by_all  "tlbi vmalle1"
    by_all  "tlbi vmalls12e1"
    by_all  "tlbi alle1"
    by_all  "tlbi vmalle1is"
    by_all  "tlbi alle1is"

    title   "ASIDs"
    entry   s1_l3, 0, 0x40400000 + PAGE_RW + NG
    set     TTBR0_EL1, s1_l1 + (1 << 48)
    flush
    load    "ASID 1", 0x41000000
    entry   s1_l3, 0, 0x40401000 + PAGE_RW + NG
    set     TTBR0_EL1, s1_l1 + (2 << 48)
    load    "ASID 2 has no entry of ASID 1", 0x41000000
    check   "tlbi aside1, ASID 1", EL1H, "tlbi aside1, x0; dsb sy; isb; mov x0, #0", (1 << 48)
    set     TTBR0_EL1, s1_l1 + (1 << 48)
    load    "ASID 1 after its invalidation", 0x41000000
    entry   s1_l3, 0, 0x40402000 + PAGE_RW + NG
    check   "tlbi vae1, ASID 1", EL1H, "tlbi vae1, x0; dsb sy; isb; mov x0, #0", (1 << 48 | 0x41000)
    load    "ASID 1 by address", 0x41000000
    check   "tlbi vaae1, all ASIDs", EL1H, "tlbi vaae1, x0; dsb sy; isb; mov x0, #0", 0x41000
    set     TTBR0_EL1, s1_l1 + (2 << 48)
    load    "ASID 2 by address of all ASIDs", 0x41000000
    set     TTBR0_EL1, s1_l1
    entry   s1_l3, 0, 0x40400000 + PAGE_RW
    flush

    title   "stage 2"
    load    "before", 0x1c0400000
    entry   s2_l3, 0, 0x40402000 + S2P
    ldr     x0, =(0x40400000 >> 12)
    tlbi    ipas2e1, x0
    dsb     sy
    tlbi    vmalle1
    dsb     sy
    isb
    load    "TLBI IPAS2E1 and VMALLE1", 0x1c0400000
    load    "the same by another address", 0x41000000
    entry   s2_l3, 0, 0x40403000 + S2P
    ldr     x0, =(0x40400000 >> 12)
    tlbi    ipas2le1is, x0
    dsb     sy
    tlbi    vmalle1is
    dsb     sy
    isb
    load    "TLBI IPAS2LE1IS and VMALLE1IS", 0x1c0400000
    entry   s2_l3, 0, 0x40400000 + S2P - S2_AP + S2_RO
    tlbi    vmalls12e1
    dsb     sy
    isb
    load    "TLBI VMALLS12E1", 0x1c0400000
    save    "read-only now", 0x1c0400000
    entry   s2_l3, 0, 0x40400000 + S2P
    tlbi    vmalls12e1
    dsb     sy
    isb
    save    "writable again", 0x1c0400000

    title   "VMIDs"
    load    "VMID 0", 0x1c0400000
    entry   s2_l3, 0, 0x40401000 + S2P
    set     VTTBR_EL2, s2_l1 + (1 << 48)
    load    "VMID 1 has no entry of VMID 0", 0x1c0400000
    set     VTTBR_EL2, s2_l1 + (0 << 48)
    tlbi    vmalls12e1
    dsb     sy
    isb
    load    "VMID 0 after its invalidation", 0x1c0400000
    entry   s2_l3, 0, 0x40402000 + S2P
    tlbi    alle1
    dsb     sy
    isb
    load    "VMID 0 after ALLE1", 0x1c0400000
    set     VTTBR_EL2, s2_l1 + (1 << 48)
    load    "VMID 1 after ALLE1", 0x1c0400000
    set     HCR_EL2, HCR_RW
    flush
    load    "without stage 2", 0x1c0400000

    title   "code"
    set     HCR_EL2, HCR_VM
    store   0x40400ff0, 0xd65f03c0d2800020  /* mov x0, #1; ret */
    store   0x40401ff0, 0xd65f03c0d2800040  /* mov x0, #2; ret */
    ic      iallu
    dsb     sy
    set     VTTBR_EL2, s2_l1
    entry   s2_l3, 0, 0x40400000 + S2P
    entry   s1_l3, 0, 0x40400000 + PAGE_RO
    flush
    check   "call", EL1H, "blr x0", 0x41000ff0
    entry   s1_l3, 0, 0x40401000 + PAGE_RO
    check   "tlbi vae1", EL1H, "tlbi vae1, x0; dsb sy; isb; mov x0, #0", 0x41000
    check   "call, changed in stage 1", EL1H, "blr x0", 0x41000ff0
    entry   s1_l3, 0, 0x40400000 + PAGE_RO
    entry   s2_l3, 0, 0x40401000 + S2P
    flush
    check   "call, changed in stage 2", EL1H, "blr x0", 0x41000ff0
    reset
    flush
    ldp     x29, x30, [sp], #16
    ret

    .data
    .balign 4096
s2_l1:
    .quad   0, s2_l2 + 3
    .fill   510, 8, 0
s2_l2:
    .quad   0x40000000 + S2B, 0x40200000 + S2B, s2_l3 + 3
    .fill   509, 8, 0
s2_l3:
    .quad   0x40400000 + S2P, 0x40401000 + S2P, 0x40402000 + S2P, 0x40403000 + S2P
    .fill   508, 8, 0
s1_l1:
    .quad   0, s1_l2 + 3, 0, 0, 0, 0, 0, 0x40000000 + BLOCK_RW
    .fill   504, 8, 0
s1_l2:
    .quad   0x40000000 + BLOCK_RO, 0, 0, 0, 0, 0, 0, 0, s1_l3 + 3
    .fill   503, 8, 0
s1_l3:
    .fill   512, 8, 0
