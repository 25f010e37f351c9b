/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vectors.S
 * From the guest into the hypervisor's C and back, in the shape of Xen 4.5's for 64-bit guests: a
 * frame of all general-purpose registers and of what EL1 could change, interrupts unmasked while
 * C runs, and masked again before the guest's registers come back.
 */
#include "asm.h"
#include "hyper.h"

    .text
.macro FRAME_PAIRS op
    \op x0, x1, [sp, #FRAME_X(0)]
    \op x2, x3, [sp, #FRAME_X(2)]
    \op x4, x5, [sp, #FRAME_X(4)]
    \op x6, x7, [sp, #FRAME_X(6)]
    \op x8, x9, [sp, #FRAME_X(8)]
    \op x10, x11, [sp, #FRAME_X(10)]
    \op x12, x13, [sp, #FRAME_X(12)]
    \op x14, x15, [sp, #FRAME_X(14)]
    \op x16, x17, [sp, #FRAME_X(16)]
    \op x18, x19, [sp, #FRAME_X(18)]
    \op x20, x21, [sp, #FRAME_X(20)]
    \op x22, x23, [sp, #FRAME_X(22)]
    \op x24, x25, [sp, #FRAME_X(24)]
    \op x26, x27, [sp, #FRAME_X(26)]
    \op x28, x29, [sp, #FRAME_X(28)]
.endm

FUNC guest_sync
    sub sp, sp, #FRAME_SIZE
    FRAME_PAIRS stp
    mrs x21, SP_EL0
    mrs x22, SP_EL1
    stp x21, x22, [sp, #FRAME_SP_EL0]
    mrs x21, ELR_EL1
    mrs x22, SPSR_EL1
    stp x21, x22, [sp, #FRAME_ELR_EL1]
    add x21, sp, #FRAME_SIZE
    stp x30, x21, [sp, #FRAME_X(30)]
    mrs x21, ELR_EL2
    mrs x22, SPSR_EL2
    stp x21, x22, [sp, #FRAME_PC]
    msr DAIFClr, #2
    mov x0, sp
    bl hyper_sync
    msr DAIFSet, #2
    bl hyper_leave
    ldp x21, x22, [sp, #FRAME_PC]
    msr ELR_EL2, x21
    msr SPSR_EL2, x22
    FRAME_PAIRS ldp
    ldr x30, [sp, #FRAME_X(30)]
    add sp, sp, #FRAME_SIZE
    eret
ENDFUNC guest_sync

    .balign 2048
FUNC hyper_vectors
    .rept 8
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
    b guest_sync
    .rept 7
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
ENDFUNC hyper_vectors
