/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Into EL1 and back, as a call from C at EL2: guest_enter() does not return until a handler
 * branches to guest_leave, which drops whatever the handler had on the stack.
 */
#include "macros.h"

    .text
/* uint64_t guest_enter(uint64_t pc, void *sp, uint64_t x0, const void *x1) */
function guest_enter
    remember_caller
    msr     ELR_EL2, x0
    msr     SP_EL1, x1
    mov     x4, #SPSR_EL1H_MASKED
    msr     SPSR_EL2, x4
    mov     x0, x2
    mov     x1, x3
    eret
end_function guest_enter

/* _Noreturn void guest_leave(uint64_t result): makes guest_enter return `result`. */
function guest_leave
    adr_l   x1, guest_caller_sp
    ldr     x1, [x1]
    mov     sp, x1
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret
end_function guest_leave

    .bss
    .balign 8
    .global guest_caller_sp
guest_caller_sp:
    .skip   8

    .balign 16
    .skip   16384
    .global el1_stack_top
el1_stack_top:
