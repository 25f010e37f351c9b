/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vectors.S
 * The bare-metal programs' EL1 vectors: an IRQ saves what a C function may change and calls
 * gic_handle(); everything else is fatal.
 */
#include "asm.h"

    .text
/* irq_on(void) */
FUNC irq_on
    ADR_L x0, irq_vectors
    msr VBAR_EL1, x0
    isb
    msr DAIFClr, #2
    ret
ENDFUNC irq_on

.macro CALLER_SAVED op
    \op x0, x1, [sp, #0]
    \op x2, x3, [sp, #16]
    \op x4, x5, [sp, #32]
    \op x6, x7, [sp, #48]
    \op x8, x9, [sp, #64]
    \op x10, x11, [sp, #80]
    \op x12, x13, [sp, #96]
    \op x14, x15, [sp, #112]
    \op x16, x17, [sp, #128]
    \op x18, x19, [sp, #144]
    \op x29, x30, [sp, #160]
.endm

    .balign 2048
FUNC irq_vectors
    .rept 5
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
    sub sp, sp, #176
    CALLER_SAVED stp
    bl gic_handle
    CALLER_SAVED ldp
    add sp, sp, #176
    eret
    .rept 10
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
ENDFUNC irq_vectors
