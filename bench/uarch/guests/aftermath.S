/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * An interrupted context at EL1, what interrupts it at EL2, and another VM.
 */
#include "aftermath.h"
#include "macros.h"

/* x2 to x30 of the context at x0. */
.macro context_general op
    .irp    r, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    \op     x\r, [x0, #8 * \r]
    .endr
    .irp    r, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    \op     x\r, [x0, #8 * \r]
    .endr
.endm

/* x1 words, x2 bytes apart from x0 on; x1 is 0 or more. Uses x9 and x10. */
.macro touch_words
    mov     x9, x0
    cbz     x1, 2f
1:  ldr     x10, [x9]
    add     x9, x9, x2
    subs    x1, x1, #1
    b.ne    1b
2:
.endm

    .text
/*
 * EL1: uint64_t aftermath(struct aftermath *a, uint64_t count): warms the working set, is interrupted, and
 * goes over the set again; notes the cycles since the return after each chunk.
 */
    .balign 256
function aftermath
    stp     x29, x30, [sp, #-32]!
    stp     x19, x20, [sp, #16]
    mov     x19, x0
    ldr     x0, [x19]
    ldr     x1, [x19, #AFTERMATH_LOADS]
    bl      chase
    mov     x20, x0
    ldr     x3, [x19, #AFTERMATH_KIND]
    ldr     x6, [x19, #AFTERMATH_CHUNKS]
    add     x7, x19, #AFTERMATH_CYCLES
    ldp     x0, x1, [x19, #AFTERMATH_CALL]
    ldr     x2, [x19, #AFTERMATH_STRIDE]
    cbz     x3, 2f
    tbnz    x3, #1, 1f
    hvc     #HVC_BENCH
    b       2f
1:  hvc     #HVC_SWITCH
2:  mrs     x11, PMEVCNTR0_EL0
    mrs     x12, PMEVCNTR1_EL0
    isb
    mrs     x4, PMCCNTR_EL0
3:  .rept   CHUNK_LOADS
    ldr     x20, [x20]
    .endr
    mrs     x5, PMCCNTR_EL0
    sub     x5, x5, x4
    str     x5, [x7], #8
    subs    x6, x6, #1
    b.ne    3b
    mrs     x5, PMEVCNTR0_EL0
    mrs     x6, PMEVCNTR1_EL0
    sub     x5, x5, x11
    sub     x6, x6, x12
    stp     x5, x6, [x19, #AFTERMATH_EVENTS]
    mov     x0, x20
    ldp     x19, x20, [sp, #16]
    ldp     x29, x30, [sp], #32
    ret
end_function aftermath

/* EL1, the other VM, for ever: touches x1 words from x0 on, x2 bytes apart, and yields. */
    .balign 256
function other_vm
    mov     x8, x1
3:  mov     x1, x8
    touch_words
    hvc     #HVC_SWITCH
    b       3b
end_function other_vm

/* EL2: touches words for a hypercall, or goes to the other VM. */
    .balign 256
function el2_lower_sync
    stp     x0, x1, [sp, #-16]!
    mrs     x0, ESR_EL2
    lsr     x1, x0, #EC_SHIFT
    cmp     x1, #EC_HVC64
    b.ne    4f
    and     x0, x0, #0xffff
    cmp     x0, #HVC_SWITCH
    b.eq    context_switch
    cbnz    x0, 4f
    ldp     x0, x1, [sp], #16
    touch_words
    eret
4:  ldp     x0, x1, [sp], #16
    b       el2_end_or_crash
end_function el2_lower_sync

/* TPIDR_EL2 is the context that runs; x0 and x1 are on the stack. */
function context_switch
    mrs     x0, TPIDR_EL2
    context_general str
    ldp     x2, x3, [sp], #16
    stp     x2, x3, [x0]
    mrs     x2, ELR_EL2
    mrs     x3, SPSR_EL2
    stp     x2, x3, [x0, #CONTEXT_ELR]
    mrs     x2, SP_EL1
    mrs     x3, TTBR0_EL1
    stp     x2, x3, [x0, #CONTEXT_SP]
    mrs     x2, VTTBR_EL2
    str     x2, [x0, #CONTEXT_VTTBR]
    ldr     x0, [x0, #CONTEXT_NEXT]
    msr     TPIDR_EL2, x0
    ldp     x2, x3, [x0, #CONTEXT_ELR]
    msr     ELR_EL2, x2
    msr     SPSR_EL2, x3
    ldp     x2, x3, [x0, #CONTEXT_SP]
    msr     SP_EL1, x2
    msr     TTBR0_EL1, x3
    ldr     x2, [x0, #CONTEXT_VTTBR]
    msr     VTTBR_EL2, x2
    context_general ldr
    ldp     x0, x1, [x0]
    eret
end_function context_switch
