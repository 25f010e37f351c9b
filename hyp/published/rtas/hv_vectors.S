/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv_vectors.S
 * The way from the VM to EL2 and back. While the VM runs, SP_EL2 is the address of its registers.
 */
#include "asm.h"
#include "hv.h"

    .text

.macro GUEST_REGISTERS pair, single
    \pair x0, x1, [sp, #HV_REGS_X(0)]
    \pair x2, x3, [sp, #HV_REGS_X(2)]
    \pair x4, x5, [sp, #HV_REGS_X(4)]
    \pair x6, x7, [sp, #HV_REGS_X(6)]
    \pair x8, x9, [sp, #HV_REGS_X(8)]
    \pair x10, x11, [sp, #HV_REGS_X(10)]
    \pair x12, x13, [sp, #HV_REGS_X(12)]
    \pair x14, x15, [sp, #HV_REGS_X(14)]
    \pair x16, x17, [sp, #HV_REGS_X(16)]
    \pair x18, x19, [sp, #HV_REGS_X(18)]
    \pair x20, x21, [sp, #HV_REGS_X(20)]
    \pair x22, x23, [sp, #HV_REGS_X(22)]
    \pair x24, x25, [sp, #HV_REGS_X(24)]
    \pair x26, x27, [sp, #HV_REGS_X(26)]
    \pair x28, x29, [sp, #HV_REGS_X(28)]
    \single x30, [sp, #HV_REGS_X(30)]
.endm

/* hv_begin(pe): this PE is EL2's from here on; goes on with its vCPU, and with no caller. */
FUNC hv_begin
    msr DAIFSet, #0xf
    msr TPIDR_EL2, x0
    ADR_L x1, hv_vectors
    msr VBAR_EL2, x1
    ic iallu
    dsb nsh
    isb
    mov x29, xzr
    mov x30, xzr
    b hv_enter
ENDFUNC hv_begin

/* hv_enter: goes on with this PE's vCPU. */
FUNC hv_enter
    mrs x0, TPIDR_EL2
    ldr x0, [x0, #HV_PE_VCPU]
    add x0, x0, #HV_VCPU_REGS
    mov sp, x0
    ldp x0, x1, [sp, #HV_REGS_ELR]
    msr ELR_EL2, x0
    msr SPSR_EL2, x1
    GUEST_REGISTERS ldp, ldr
    eret
ENDFUNC hv_enter

    .balign 2048
FUNC hv_vectors
    .rept 9
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
    GUEST_REGISTERS stp, str
    mrs x0, ELR_EL2
    mrs x1, SPSR_EL2
    stp x0, x1, [sp, #HV_REGS_ELR]
    mrs x0, TPIDR_EL2
    mov x1, #HV_PE_STACK_TOP
    add x0, x0, x1
    mov sp, x0
    bl hv_irq
    b hv_enter
    .rept 6
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
ENDFUNC hv_vectors
