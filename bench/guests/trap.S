/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Entry to and return from a trap handler written in C, el2_trap(): every general-purpose register,
 * ELR_EL2 and SPSR_EL2 are in a struct trap_frame, so that the handler can emulate an instruction
 * on any register. Linked only with the benchmarks that have such a handler.
 */
#include "macros.h"

/* x2 to x29 are transferred alike both ways; x0, x1 and x30 serve for ELR_EL2 and SPSR_EL2. */
.macro frame_pairs op
    \op     x2, x3, [sp, #16]
    \op     x4, x5, [sp, #32]
    \op     x6, x7, [sp, #48]
    \op     x8, x9, [sp, #64]
    \op     x10, x11, [sp, #80]
    \op     x12, x13, [sp, #96]
    \op     x14, x15, [sp, #112]
    \op     x16, x17, [sp, #128]
    \op     x18, x19, [sp, #144]
    \op     x20, x21, [sp, #160]
    \op     x22, x23, [sp, #176]
    \op     x24, x25, [sp, #192]
    \op     x26, x27, [sp, #208]
    \op     x28, x29, [sp, #224]
.endm

    .text
function el2_lower_sync
    sub     sp, sp, #FRAME_SIZE
    stp     x0, x1, [sp]
    frame_pairs stp
    mrs     x0, ELR_EL2
    mrs     x1, SPSR_EL2
    stp     x30, x0, [sp, #FRAME_X30]
    str     x1, [sp, #FRAME_SPSR]
    mov     x0, sp
    bl      el2_trap
    ldr     x1, [sp, #FRAME_SPSR]
    ldp     x30, x0, [sp, #FRAME_X30]
    msr     SPSR_EL2, x1
    msr     ELR_EL2, x0
    frame_pairs ldp
    ldp     x0, x1, [sp]
    add     sp, sp, #FRAME_SIZE
    eret
end_function el2_lower_sync
