/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * From reset to C at EL2, calls of functions at EL1, and the vectors of EL2: an HVC ends a call; whatever
 * else EL1 traps on is recorded, and its instruction skipped. The MMU stays off.
 */
    .section .text.start, "ax"
    .global _start
_start:
    adrp    x0, stack_el2
    add     x0, x0, :lo12:stack_el2
    mov     sp, x0
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    msr     VBAR_EL2, x0
    isb
    bl      guest_main
    ldr     w0, =0x84000008 /* PSCI SYSTEM_OFF */
    smc     #0
1:  wfi
    b       1b

    .text
/* call_el1(function): runs it at EL1; gets there by an ERETAA of a signed address. */
    .global call_el1
call_el1:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    mov     x1, sp
    pacia   x0, x1
    msr     ELR_EL2, x0
    mov     x1, #0x3c5 /* EL1h, masked */
    msr     SPSR_EL2, x1
    adrp    x1, stack_el1
    add     x1, x1, :lo12:stack_el1
    msr     SP_EL1, x1
    adrp    x30, end_el1
    add     x30, x30, :lo12:end_el1
    isb
    eretaa
end_el1:
    hvc     #0

lower_sync:
    stp     x0, x1, [sp, #-16]!
    mrs     x0, ESR_EL2
    lsr     x1, x0, #26
    cmp     x1, #0x16
    b.eq    1f
    adrp    x1, trapped_esr
    str     x0, [x1, :lo12:trapped_esr]
    mrs     x0, ELR_EL2
    add     x0, x0, #4
    msr     ELR_EL2, x0
    ldp     x0, x1, [sp], #16
    eret
1:  add     sp, sp, #16
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret

/* pauth_jumps(function): reaches it by each form of branch, which must all come back. */
    .global pauth_jumps
pauth_jumps:
    paciasp
    stp     x29, x30, [sp, #-32]!
    stp     x19, x20, [sp, #16]
    mov     x19, x0
    mov     x20, #0x1234
    mov     x1, x19
    pacia   x1, x20
    blraa   x1, x20
    mov     x1, x19
    pacib   x1, sp
    blrab   x1, sp
    mov     x1, x19
    paciza  x1
    blraaz  x1
    mov     x1, x19
    pacizb  x1
    blrabz  x1
    mov     x1, x19
    pacia   x1, x20
    adr     x30, 1f
    braa    x1, x20
1:  mov     x1, x19
    pacizb  x1
    adr     x30, 2f
    brabz   x1
2:  ldp     x19, x20, [sp, #16]
    ldp     x29, x30, [sp], #32
    retaa

    .balign 2048
vectors:
    .rept   8
    b       .
    .balign 128
    .endr
    b       lower_sync
    .balign 128
    .rept   7
    b       .
    .balign 128
    .endr

    .bss
    .balign 16
    .skip   8192
stack_el2:
    .skip   8192
stack_el1:
