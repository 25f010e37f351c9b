/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Branches that are hard to predict, each in a loop of its own. Random numbers are made in registers, so
 * that no cache has a part in it.
 */
#include "macros.h"

#define TARGETS 256 /* branch.c has the same. */
#define DEPTH 64

/* x7 is the next number of a sequence; its high half is good. */
.macro random_constants
    ldr     x8, =6364136223846793005
    ldr     x9, =1442695040888963407
    mov     x7, #1
.endm
.macro random_next
    madd    x7, x7, x8, x9
.endm

/* The end of a loop whose result is x6. */
.macro loop_end label
    subs    x1, x1, #1
    b.ne    \label
    mov     x0, x6
    ret
.endm

    .text
/* uint64_t branch_pattern({ const uint8_t *taken, uint64_t period }, uint64_t count) */
    .balign 128
function branch_pattern
    ldp     x2, x3, [x0]
    mov     x5, #0
    mov     x6, #0
1:  ldrb    w4, [x2, x5]
    add     x5, x5, #1
    cmp     x5, x3
    csel    x5, xzr, x5, eq
    cbnz    w4, 2f
    add     x6, x6, #1
2:  loop_end 1b
end_function branch_pattern

/* uint64_t branch_random({ uint64_t threshold }, uint64_t count): taken when below, of 2^24. */
    .balign 128
function branch_random
    random_constants
    ldr     x3, [x0]
    mov     x6, #0
1:  random_next
    lsr     x4, x7, #40
    cmp     x4, x3
    b.lo    2f
    add     x6, x6, #1
2:  loop_end 1b
end_function branch_random

/* uint64_t branch_cyclic({ const uint64_t *targets, uint64_t n }, uint64_t count): in turn. */
    .balign 128
function branch_cyclic
    ldp     x2, x3, [x0]
    mov     x5, #0
    mov     x6, #0
cyclic_next:
    ldr     x4, [x2, x5, lsl #3]
    add     x5, x5, #1
    cmp     x5, x3
    csel    x5, xzr, x5, eq
    br      x4
cyclic_back:
    loop_end cyclic_next
end_function branch_cyclic

/* The same, in random order. */
    .balign 128
function branch_any
    random_constants
    ldp     x2, x3, [x0]
    mov     x6, #0
any_next:
    random_next
    lsr     x4, x7, #32
    mul     x4, x4, x3
    lsr     x4, x4, #32
    ldr     x4, [x2, x4, lsl #3]
    br      x4
any_back:
    loop_end any_next
end_function branch_any

/* Targets, 32 bytes apart; each goes back by a direct branch of its own. */
.macro targets name, back
    .balign 4096
    .global \name
\name:
    .rept   TARGETS
    .balign 32
    add     x6, x6, #1
    b       \back
    .endr
.endm
    targets cyclic_targets, cyclic_back
    targets any_targets, any_back

/*
 * uint64_t branch_returns({ entry }, uint64_t count): calls the entry, which calls on to the last of
 * return_chain. Each call has a return address of its own.
 */
    .balign 128
function branch_returns
    stp     x29, x30, [sp, #-16]!
    ldr     x4, [x0]
    mov     x6, #0
1:  blr     x4
    subs    x1, x1, #1
    b.ne    1b
    ldp     x29, x30, [sp], #16
    mov     x0, x6
    ret
end_function branch_returns

    .balign 4096
    .global return_chain
return_chain:
    .rept   DEPTH
    stp     x29, x30, [sp, #-16]!
    bl      . + 12
    ldp     x29, x30, [sp], #16
    ret
    .endr
    add     x6, x6, #1
    ret
