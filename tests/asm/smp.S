/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Several PEs: what smp.c cannot say in C. PSCI calls, where a PE that was turned on begins, the IRQ vector,
 * and the instructions whose place between others matters.
 */
#include "macros.h"

    .text
/* long psci(function, x1, x2, x3) */
function psci
    smc     #0
    ret
end_function psci

/* x0, the context identifier, is the PE's number, and its stack is at the end of its part of `stacks`. */
function pe_entry
    adr_l   x1, smp_vectors
    msr     VBAR_EL2, x1
    mrs     x1, SCTLR_EL2
    mrs     x2, CurrentEL
    mrs     x3, DAIF
    adr_l   x4, stacks
    add     x5, x0, #1
    add     x4, x4, x5, lsl #12
    mov     sp, x4
    bl      pe_main
    b       .
end_function pe_entry

    .balign 2048
function smp_vectors
    .skip   0x280                       /* IRQ, EL2 with SP_EL2 */
    stp     x0, x1, [sp, #-32]!
    stp     x2, x30, [sp, #16]
    bl      pe_irq
    ldp     x2, x30, [sp, #16]
    ldp     x0, x1, [sp], #32
    eret
    .balign 2048
end_function smp_vectors

/* void add_exclusive(uint64_t *counter, uint64_t times) */
function add_exclusive
1:  ldxr    x2, [x0]
    add     x2, x2, #1
    stxr    w3, x2, [x0]
    cbnz    w3, 1b
    subs    x1, x1, #1
    b.ne    1b
    ret
end_function add_exclusive

/* A ticket lock whose waiters sleep in WFE, on the event that the store of the owner's release sends by
 * clearing their monitors: void locked_add(uint32_t *lock, uint64_t *counter, uint64_t times); lock[0] is the
 * next ticket, lock[1] the one that is served. */
function locked_add
    mov     x7, x0
1:  ldaxr   w3, [x7]
    add     w4, w3, #1
    stxr    w5, w4, [x7]
    cbnz    w5, 1b
    add     x6, x7, #4
    sevl
2:  wfe
    ldaxr   w4, [x6]
    cmp     w4, w3
    b.ne    2b
    ldr     x4, [x1]
    add     x4, x4, #1
    str     x4, [x1]
    add     w3, w3, #1
    stlr    w3, [x6]
    subs    x2, x2, #1
    b.ne    1b
    ret
end_function locked_add

/* Marks *word, tells another PE by *flag, waits until it answers by clearing it, and stores: STXR's status. */
function mark_and_store
    ldxr    x2, [x0]
    mov     w3, #1
    stlr    w3, [x1]
    sev
1:  ldar    w3, [x1]
    cbnz    w3, 1b
    mov     x2, #99
    stxr    w3, x2, [x0]
    mov     w0, w3
    ret
end_function mark_and_store

    .bss
    .balign 4096
stacks:
    .skip   4 * 4096
