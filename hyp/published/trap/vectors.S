/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vectors.S
 * A trap with nothing in it. The handler reads the cycle counter first and last, so that entry and
 * return can be told apart: x1 is when it began, x2 when it was about to return. With x0 set it
 * also makes a virtual interrupt pending in list register 0.
 */
#include "asm.h"
#include "board.h"
#include "gicv2.h"

    .text
    .balign 2048
FUNC trap_vectors
    .rept 8
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
    mrs x1, PMCCNTR_EL0
    cbnz x0, 1f
    isb
    mrs x2, PMCCNTR_EL0
    eret
1:  MOV_L x1, BOARD_GICH + GICH_LR0
    str w0, [x1]
    eret
    .rept 7
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
ENDFUNC trap_vectors

/* void trap(struct trap_times *): four readings, of which the first two have nothing between them. */
FUNC trap
    mov x5, x0
    mov x0, #0
    isb
    mrs x6, PMCCNTR_EL0
    mrs x3, PMCCNTR_EL0
    hvc #0
    mrs x4, PMCCNTR_EL0                 /* after a return, which is as good as a barrier */
    sub x6, x3, x6
    sub x1, x1, x3
    sub x2, x4, x2
    sub x4, x4, x3
    stp x6, x1, [x5]
    stp x2, x4, [x5, #16]
    ret
ENDFUNC trap
