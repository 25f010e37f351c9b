/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Chases side by side: parallel_1 to parallel_16.
 */
#include "macros.h"

/* K chains, from x0[0..K-1] on; x1 turns of four loads of each. The next call goes on where this one ends. */
.macro parallel k
    .balign 512
    function parallel_\k
    mov     x17, x0
    mov     x16, x1
    stp     x29, x30, [sp, #-16]!
    .irp    r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .if     \r < \k
    ldr     x\r, [x17, #8 * \r]
    .endif
    .endr
1:  .rept   4
    .irp    r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .if     \r < \k
    ldr     x\r, [x\r]
    .endif
    .endr
    .endr
    subs    x16, x16, #1
    b.ne    1b
    .irp    r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .if     \r < \k
    str     x\r, [x17, #8 * \r]
    .endif
    .endr
    .irp    r, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .if     \r < \k
    add     x0, x0, x\r
    .endif
    .endr
    ldp     x29, x30, [sp], #16
    ret
    end_function parallel_\k
.endm

    .text
    .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    parallel \n
    .endr

    .section .rodata
    .balign 8
    .global parallel_kernels
parallel_kernels:
    .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    .quad   parallel_\n
    .endr
