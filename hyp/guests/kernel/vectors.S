/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vectors.S
 * The EL1 vector table (Arm ARM D1.4.1), the way into and out of the task, and accesses that are
 * expected to fault.
 */
#include "asm.h"
#include "frame.h"
#include "sysreg.h"

    .text

/* Pushes a struct frame, and leaves its address in x0. FP registers are the task's: untouched. */
.macro PUSH_FRAME
    sub sp, sp, #FRAME_SIZE
    stp x0, x1, [sp, #FRAME_X(0)]
    stp x2, x3, [sp, #FRAME_X(2)]
    stp x4, x5, [sp, #FRAME_X(4)]
    stp x6, x7, [sp, #FRAME_X(6)]
    stp x8, x9, [sp, #FRAME_X(8)]
    stp x10, x11, [sp, #FRAME_X(10)]
    stp x12, x13, [sp, #FRAME_X(12)]
    stp x14, x15, [sp, #FRAME_X(14)]
    stp x16, x17, [sp, #FRAME_X(16)]
    stp x18, x19, [sp, #FRAME_X(18)]
    stp x20, x21, [sp, #FRAME_X(20)]
    stp x22, x23, [sp, #FRAME_X(22)]
    stp x24, x25, [sp, #FRAME_X(24)]
    stp x26, x27, [sp, #FRAME_X(26)]
    stp x28, x29, [sp, #FRAME_X(28)]
    mrs x1, ELR_EL1
    mrs x2, SPSR_EL1
    stp x30, x1, [sp, #FRAME_X(30)]
    str x2, [sp, #FRAME_SPSR]
    mov x0, sp
.endm

FUNC exception_return
    ldp x1, x2, [sp, #FRAME_ELR]
    msr ELR_EL1, x1
    msr SPSR_EL1, x2
    ldp x0, x1, [sp, #FRAME_X(0)]
    ldp x2, x3, [sp, #FRAME_X(2)]
    ldp x4, x5, [sp, #FRAME_X(4)]
    ldp x6, x7, [sp, #FRAME_X(6)]
    ldp x8, x9, [sp, #FRAME_X(8)]
    ldp x10, x11, [sp, #FRAME_X(10)]
    ldp x12, x13, [sp, #FRAME_X(12)]
    ldp x14, x15, [sp, #FRAME_X(14)]
    ldp x16, x17, [sp, #FRAME_X(16)]
    ldp x18, x19, [sp, #FRAME_X(18)]
    ldp x20, x21, [sp, #FRAME_X(20)]
    ldp x22, x23, [sp, #FRAME_X(22)]
    ldp x24, x25, [sp, #FRAME_X(24)]
    ldp x26, x27, [sp, #FRAME_X(26)]
    ldp x28, x29, [sp, #FRAME_X(28)]
    ldr x30, [sp, #FRAME_X(30)]
    add sp, sp, #FRAME_SIZE
    eret
ENDFUNC exception_return

.macro ENTRY name, handler
FUNC \name
    PUSH_FRAME
    bl \handler
    b exception_return
ENDFUNC \name
.endm

    ENTRY entry_kernel_sync, trap_kernel
    ENTRY entry_task_sync, trap_task
    ENTRY entry_irq, irq_handle
    ENTRY entry_unexpected, trap_unexpected

.macro VECTOR target
    .balign 128
    b \target
.endm

    .balign 2048
FUNC kernel_vectors
    VECTOR entry_unexpected
    VECTOR entry_unexpected
    VECTOR entry_unexpected
    VECTOR entry_unexpected
    VECTOR entry_kernel_sync
    VECTOR entry_irq
    VECTOR entry_unexpected
    VECTOR entry_unexpected
    VECTOR entry_task_sync
    VECTOR entry_irq
    VECTOR entry_unexpected
    VECTOR entry_unexpected
    VECTOR entry_unexpected
    VECTOR entry_unexpected
    VECTOR entry_unexpected
    VECTOR entry_unexpected
ENDFUNC kernel_vectors

/* uint64_t task_enter(entry, stack_top): runs the task at EL0; returns its exit status. */
FUNC task_enter
    stp x29, x30, [sp, #-96]!
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    msr DAIFSet, #0xf
    msr ELR_EL1, x0
    msr SP_EL0, x1
    mov x2, #SPSR_EL0T
    msr SPSR_EL1, x2
    eret
ENDFUNC task_enter

/* Where the exit system call returns to, at EL1, with the status in x0 and the stack as it was. */
FUNC task_exit
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp x29, x30, [sp], #96
    ret
ENDFUNC task_exit

/*
 * Accesses that are expected to fault: the handler goes on at the caller, whose address is in x30
 * all the time.
 */
FUNC probe_read
    ldr x0, [x0]
    ret
ENDFUNC probe_read

FUNC probe_write
    str xzr, [x0]
    ret
ENDFUNC probe_write

FUNC probe_fetch
    br x0
ENDFUNC probe_fetch

FUNC probe_pmu
    mrs x0, PMCR_EL0
    ret
ENDFUNC probe_pmu
