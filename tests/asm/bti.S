/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Branch Target Identification (Arm ARM D8.4, FEAT_BTI) at EL1 and EL0: branches from and to guarded pages and
 * others, to every kind of target, with SCTLR_EL1.BT0 and BT1; what SPSR_ELx.BTYPE is when the target aborts,
 * is misaligned, or is a breakpoint; what an exception return to a target does. The image is mapped three times:
 * as it is for the machinery, for what is checked not guarded at PLAIN above, and guarded at GUARDED above.
 */
    .arch   armv8.5-a
#include "macros.h"

#define TCR_39 (2 << 32 | 1 << 23 | 25 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 25)
#define BLOCK 0x7c1 /* AF, inner shareable, attribute 0, read-only for both ELs */
#define GP (1 << 50)
#define SCTLR_ON (SCTLR_EL1_OFF | 1)
#define BT0 (1 << 35)
#define BT1 (1 << 36)
#define PAUTH_ON (1 << 41 | 1 << 40) /* HCR_EL2.API and APK: no trap */
#define SPSR_BTYPE(n) ((n) << 10)

/* For the assembler, which sees into strings. */
    .equ    PLAIN, 0x40000000
    .equ    GUARDED, 0x80000000
    .equ    NOWHERE, 0x100000000

/* To `source`, by RET, which sets no BTYPE; from there to x0. */
.macro route name, at, branch, from, target, to
    check   "\name", \at, "ldr x2, =(source_\branch + \from); ret x2", x0=(target_\target + \to)
.endm

/* A branch from both kinds of page to a target in both. */
.macro to_target el, at, branch, target
    route   "\branch to \target, \el", \at, \branch, PLAIN, \target, PLAIN
    route   "\branch to guarded \target, \el", \at, \branch, PLAIN, \target, GUARDED
    route   "guarded \branch to \target, \el", \at, \branch, GUARDED, \target, PLAIN
    route   "guarded \branch to guarded \target, \el", \at, \branch, GUARDED, \target, GUARDED
.endm

.macro to_all el, at, branch
    .irp    target, nop, bti, btic, btij, btijc, hint33, paciasp, pacibsp, paciaz, brk
    to_target \el, \at, \branch, \target
    .endr
.endm

.macro branches el, at
    .irp    branch, br, br16, br17, blr, blr16, ret, braaz, brab, blraa, retaa
    to_all  \el, \at, \branch
    .endr
.endm

/* Where the target itself is at fault: the exception saves BTYPE. */
.macro no_target el, at, branch, from
    check   "\branch to nowhere from \from, \el", \at, "ldr x2, =(source_\branch + \from); ret x2", x0=NOWHERE
    check   "\branch to odd from \from, \el", \at, "ldr x2, =(source_\branch + \from); ret x2", x0=(target_btijc + GUARDED + 2)
.endm

.macro return_to el, at, target, to
    .irp    btype, 0, 1, 2, 3
    check_at "return with BTYPE \btype to \target, \el", (\at + SPSR_BTYPE(\btype)), target_\target + \to
    .endr
.endm

/* `check` of code that is elsewhere. */
.macro check_at name, at, address
    .pushsection .rodata
.Lname\@:
    .asciz  "\name"
    .popsection
    .pushsection .data.cases, "aw"
    .balign 8
.Lrecord\@:
    .quad   .Lname\@, \address, \address + 16, \at, 0, 0
    .popsection
    adr_l   x0, .Lrecord\@
    bl      check_run
.endm

/* Sources and targets, first in their section and that at a round address: lines name addresses in it. */
    .section .text.cases, "ax"
    .balign 0x10000
.macro source name, insns
    .global source_\name
source_\name:
    \insns
.endm
    source  br, "br x0"
    source  br16, "mov x16, x0; br x16"
    source  br17, "mov x17, x0; br x17"
    source  blr, "blr x0"
    source  blr16, "mov x16, x0; blr x16"
    source  ret, "ret x0"
    source  braaz, "braaz x0"
    source  brab, "brab x0, x1"
    source  blraa, "blraa x0, x1"
    source  retaa, "mov x30, x0; retaa"

/* A target; then the end by SVC, which both ELs have. */
.macro target name, insn
    .balign 16
target_\name:
    \insn
    b       finish
.endm
    target  nop, "nop"
    target  bti, "bti"
    target  btic, "bti c"
    target  btij, "bti j"
    target  btijc, "bti jc"
    target  hint33, "hint #33"
    target  paciasp, "paciasp"
    target  pacibsp, "pacibsp"
    target  paciaz, "paciaz"
    target  brk, "brk #7"
    target  btij_to_br, "bti j; adr x2, target_nop; br x2"
    target  b, "b finish_guarded"
    target  svc, "svc #1"
    target  udf, "udf #1"
    target  hlt, "hlt #1"
finish:
    mov     x0, #0x600d
    svc     #CALL_END
finish_guarded:
    nop
    b       finish
    .ltorg

    .text
    .global test_main
test_main:
    stp     x29, x30, [sp, #-16]!
    set     MAIR_EL1, 0x04ff
    set     TCR_EL1, TCR_39
    set     TTBR0_EL1, level1
    tlbi    alle1
    dsb     sy
    set     HCR_EL2, (HCR_RW | PAUTH_ON)
    set     SCTLR_EL1, (SCTLR_ON | BT0)

    title   "EL1"
    branches EL1, EL1H
    .irp    branch, br, br16, blr, ret
    no_target EL1, EL1H, \branch, PLAIN
    no_target EL1, EL1H, \branch, GUARDED
    .endr
    title   "EL1, BT1"
    set     SCTLR_EL1, (SCTLR_ON | BT1)
    .irp    branch, br, br16, blr
    to_target EL1, EL1H, \branch, paciasp
    to_target EL1, EL1H, \branch, pacibsp
    to_target EL1, EL1H, \branch, btij
    .endr

    title   "EL0"
    branches EL0, EL0T
    no_target EL0, EL0T, br, GUARDED
    no_target EL0, EL0T, blr, PLAIN
    title   "EL0, BT0"
    set     SCTLR_EL1, (SCTLR_ON | BT0)
    .irp    branch, br, br16, blr
    to_target EL0, EL0T, \branch, paciasp
    to_target EL0, EL0T, \branch, pacibsp
    to_target EL0, EL0T, \branch, btij
    .endr

    title   "returns"
    .irp    target, nop, bti, btic, btij, btijc, paciasp, brk
    return_to EL1, EL1H, \target, PLAIN
    return_to "guarded, EL1", EL1H, \target, GUARDED
    .endr
    return_to "guarded, EL0", EL0T, btij, GUARDED
    check_at "illegal state comes first, EL1", (EL1H | 1 << 20 | SPSR_BTYPE(3)), (target_nop + GUARDED)

    title   "sequences"
    check   "a branch to a branch", EL1H, "ldr x2, =(source_br + GUARDED); ret x2", x0=(target_btij_to_br + GUARDED)
    check   "a direct branch clears it", EL1H, "ldr x2, =(source_br + PLAIN); ret x2", x0=(target_b + PLAIN)
    check   "SVC", EL1H, "ldr x2, =(source_blr + GUARDED); ret x2", x0=(target_svc + GUARDED)
    check   "UDF", EL1H, "ldr x2, =(source_blr + GUARDED); ret x2", x0=(target_udf + GUARDED)
    check   "HLT", EL1H, "ldr x2, =(source_ret + GUARDED); ret x2", x0=(target_hlt + GUARDED)
    set     SCTLR_EL1, SCTLR_EL1_OFF
    tlbi    alle1
    dsb     sy
    check   "stage 1 off", EL1H, "adr x2, 1f; br x2; 1: nop"
    mrs     x1, ID_AA64PFR1_EL1
    and     x1, x1, #15
    shown   "ID_AA64PFR1_EL1.BT"
    reset
    ldp     x29, x30, [sp], #16
    ret

    .data
    .balign 4096
level1:
    .quad   0, 0x40000000 + BLOCK, 0x40000000 + BLOCK, 0x40000000 + BLOCK + GP
    .fill   508, 8, 0
