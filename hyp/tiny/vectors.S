/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vectors.S
 * The EL2 vector table (Arm ARM D1.4.1) and the way into and out of a VM.
 *
 * TPIDR_EL2 holds the struct vm that runs. On a trap its general-purpose registers, ELR_EL2 and
 * SPSR_EL2 are stored there, and C is called with it; C returns the struct vm to go on with, the
 * same or another, and vm_enter() restores that one. C uses no FP registers, so those stay as the
 * VM left them until world_switch().
 */
#include "asm.h"
#include "offsets.h"

    .text

/* Stores the registers of the VM; leaves its struct vm in x0. */
.macro SAVE_VM
    stp x0, x1, [sp, #-16]!
    mrs x0, TPIDR_EL2
    stp x2, x3, [x0, #REGS_X(2)]
    ldp x2, x3, [sp], #16
    stp x2, x3, [x0, #REGS_X(0)]
    stp x4, x5, [x0, #REGS_X(4)]
    stp x6, x7, [x0, #REGS_X(6)]
    stp x8, x9, [x0, #REGS_X(8)]
    stp x10, x11, [x0, #REGS_X(10)]
    stp x12, x13, [x0, #REGS_X(12)]
    stp x14, x15, [x0, #REGS_X(14)]
    stp x16, x17, [x0, #REGS_X(16)]
    stp x18, x19, [x0, #REGS_X(18)]
    stp x20, x21, [x0, #REGS_X(20)]
    stp x22, x23, [x0, #REGS_X(22)]
    stp x24, x25, [x0, #REGS_X(24)]
    stp x26, x27, [x0, #REGS_X(26)]
    stp x28, x29, [x0, #REGS_X(28)]
    mrs x2, ELR_EL2
    mrs x3, SPSR_EL2
    stp x30, x2, [x0, #REGS_X(30)]
    str x3, [x0, #REGS_SPSR]
.endm

/* vm_enter(struct vm *vm): restores its registers and goes there. Does not return. */
FUNC vm_enter
    ldp x2, x3, [x0, #REGS_ELR]
    msr ELR_EL2, x2
    msr SPSR_EL2, x3
    ldp x2, x3, [x0, #REGS_X(2)]
    ldp x4, x5, [x0, #REGS_X(4)]
    ldp x6, x7, [x0, #REGS_X(6)]
    ldp x8, x9, [x0, #REGS_X(8)]
    ldp x10, x11, [x0, #REGS_X(10)]
    ldp x12, x13, [x0, #REGS_X(12)]
    ldp x14, x15, [x0, #REGS_X(14)]
    ldp x16, x17, [x0, #REGS_X(16)]
    ldp x18, x19, [x0, #REGS_X(18)]
    ldp x20, x21, [x0, #REGS_X(20)]
    ldp x22, x23, [x0, #REGS_X(22)]
    ldp x24, x25, [x0, #REGS_X(24)]
    ldp x26, x27, [x0, #REGS_X(26)]
    ldp x28, x29, [x0, #REGS_X(28)]
    ldr x30, [x0, #REGS_X(30)]
    ldp x0, x1, [x0, #REGS_X(0)]
    eret
ENDFUNC vm_enter

/* vm_enter_first(struct vm *vm): as vm_enter(), from a stack that nobody returns to. */
FUNC vm_enter_first
    ADR_L x1, hyp_stack_top
    mov sp, x1
    b vm_enter
ENDFUNC vm_enter_first

FUNC entry_sync
    SAVE_VM
    bl trap_sync
    b vm_enter
ENDFUNC entry_sync

FUNC entry_irq
    SAVE_VM
    bl trap_irq
    b vm_enter
ENDFUNC entry_irq

/* One of the sixteen vectors: 32 instructions long. */
.macro VECTOR target
    .balign 128
    b \target
.endm

/* A vector that nothing should come to: says which and stops the machine. */
.macro VECTOR_BAD number
    .balign 128
    mov x0, #\number
    b trap_unexpected
.endm

    .balign 2048
FUNC vectors
    VECTOR_BAD 0x000
    VECTOR_BAD 0x080
    VECTOR_BAD 0x100
    VECTOR_BAD 0x180
    VECTOR_BAD 0x200
    VECTOR_BAD 0x280
    VECTOR_BAD 0x300
    VECTOR_BAD 0x380
    VECTOR entry_sync
    VECTOR entry_irq
    VECTOR_BAD 0x500
    VECTOR_BAD 0x580
    VECTOR_BAD 0x600
    VECTOR_BAD 0x680
    VECTOR_BAD 0x700
    VECTOR_BAD 0x780
ENDFUNC vectors
