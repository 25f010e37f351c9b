/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * List-register injection (Arm IHI 0069, chapter 6): at a hypercall EL2 puts a new pending virtual
 * interrupt into a free list register; EL1 takes it as a vIRQ, acknowledges it by ICC_IAR1_EL1 and
 * ends it by ICC_EOIR1_EL1. EL1 waits until the interrupt was counted, so that the result does not
 * depend on how soon it is taken. The four list registers are used in turn, with INTIDs from 32 to
 * 95.
 */
#include "macros.h"

#define LR_PENDING_GROUP1_0xA0 0x50a0 /* bits 63:48: State 01, Group 1, Priority 0xa0 */

    .text
/* EL1: x0 injections. x20 of them have been asked for, x22 points at what el1_irq counts. */
function lr_el1
    mov     x19, x0
    mov     x20, #0
    adr_l   x22, taken
    mov     x0, #0xf
    msr     ICC_SRE_EL1, x0
    isb
    mov     x0, #0xf0
    msr     ICC_PMR_EL1, x0
    mov     x0, #1
    msr     ICC_IGRPEN1_EL1, x0
    isb
    msr     DAIFClr, #2
1:  add     x20, x20, #1
    hvc     #HVC_BENCH
2:  ldr     x0, [x22]
    cmp     x0, x20
    b.ne    2b
    subs    x19, x19, #1
    b.ne    1b
    msr     DAIFSet, #2
    ldr     x0, [x22, #8]
    eor     x0, x0, x20, lsl #40
    hvc     #HVC_DONE
end_function lr_el1

/* EL1's vIRQ handler: {count, checksum} at `taken`. */
function el1_irq
    stp     x0, x1, [sp, #-160]!
    caller_saved stp
    mrs     x0, ICC_IAR1_EL1
    dsb     sy
    cmp     w0, #1020
    b.hs    1f
    adr_l   x1, taken
    ldp     x2, x3, [x1]
    add     x2, x2, #1
    eor     x3, x0, x3, ror #7
    stp     x2, x3, [x1]
    msr     ICC_EOIR1_EL1, x0
    isb
1:  caller_saved ldp
    ldp     x0, x1, [sp], #160
    eret
end_function el1_irq

/* EL2: injects INTID 32 + n % 64 by list register n % 4, which must be empty. */
function el2_lower_sync
    stp     x0, x1, [sp, #-64]!
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x30, [sp, #48]
    mrs     x0, ESR_EL2
    lsr     x1, x0, #EC_SHIFT
    cmp     x1, #EC_HVC64
    b.ne    2f
    ands    w1, w0, #0xffff
    b.ne    2f
    adr_l   x1, injected
    ldr     x2, [x1]
    add     x3, x2, #1
    str     x3, [x1]
    and     x4, x2, #3
    mrs     x3, ICH_ELRSR_EL2
    lsr     x3, x3, x4
    tbz     x3, #0, 3f
    and     x3, x2, #63
    add     x3, x3, #32
    movk    x3, #LR_PENDING_GROUP1_0xA0, lsl #48
    adr     x5, lr_writes
    add     x5, x5, x4, lsl #3
    br      x5
lr_writes:
    msr     ICH_LR0_EL2, x3
    b       1f
    msr     ICH_LR1_EL2, x3
    b       1f
    msr     ICH_LR2_EL2, x3
    b       1f
    msr     ICH_LR3_EL2, x3
    b       1f
1:  ldp     x6, x30, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp], #64
    eret
2:  ldr     x0, [sp]
    b       el2_end_or_crash
3:  mov     x0, #8
    b       el2_crash
end_function el2_lower_sync

    .bss
    .balign 16
injected:
    .skip   16
taken:
    .skip   16
