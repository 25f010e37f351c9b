/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vectors.S
 * An SMC through an EL3 monitor, in the shape of TF-A 1.4's BL31: x4 to x7 and x18 to x29 go to the
 * context (the SMC Calling Convention of the time leaves x8 to x17 to whoever is called), SP_EL0
 * becomes the C stack, the service is found by the function's owner, and everything comes back.
 */
#include "asm.h"
#include "esr.h"
#include "monitor.h"

    .text

.macro CONTEXT_X18_X29 op
    \op x18, x19, [sp, #CTX_X(18)]
    \op x20, x21, [sp, #CTX_X(20)]
    \op x22, x23, [sp, #CTX_X(22)]
    \op x24, x25, [sp, #CTX_X(24)]
    \op x26, x27, [sp, #CTX_X(26)]
    \op x28, x29, [sp, #CTX_X(28)]
.endm

FUNC smc_handler64
    stp x4, x5, [sp, #CTX_X(4)]
    stp x6, x7, [sp, #CTX_X(6)]
    CONTEXT_X18_X29 stp
    mrs x18, SP_EL0
    str x18, [sp, #CTX_SP_EL0]
    mov x5, xzr
    mov x6, sp
    ubfx x16, x0, #FID_OWNER_SHIFT, #FID_OWNER_WIDTH
    ubfx x15, x0, #FID_TYPE_SHIFT, #1
    orr x16, x16, x15, lsl #FID_OWNER_WIDTH
    adr x11, services + SERVICE_HANDLER
    adr x14, service_index
    ldrb w15, [x14, x16]
    ldr x12, [x6, #CTX_RUNTIME_SP]
    tbnz w15, #7, smc_unknown
    msr SPSel, #0
    lsl w10, w15, #SERVICE_SHIFT
    ldr x15, [x11, w10, uxtw]
    mrs x16, SPSR_EL3
    mrs x17, ELR_EL3
    mrs x18, SCR_EL3
    stp x16, x17, [x6, #CTX_SPSR]
    str x18, [x6, #CTX_SCR]
    bfi x7, x18, #0, #1
    mov sp, x12
    blr x15
    b el3_exit
ENDFUNC smc_handler64

smc_unknown:
    mov x0, #-1
    str x0, [sp, #CTX_X(0)]
    ldp x4, x5, [sp, #CTX_X(4)]
    ldr x30, [sp, #CTX_LR]
    eret

/* From C on SP_EL0, back to the world whose context SP_EL3 points to. */
FUNC el3_exit
    mov x17, sp
    msr SPSel, #1
    str x17, [sp, #CTX_RUNTIME_SP]
    ldr x18, [sp, #CTX_SCR]
    ldp x16, x17, [sp, #CTX_SPSR]
    msr SCR_EL3, x18
    msr SPSR_EL3, x16
    msr ELR_EL3, x17
    ldp x0, x1, [sp, #CTX_X(0)]
    ldp x2, x3, [sp, #CTX_X(2)]
    ldp x4, x5, [sp, #CTX_X(4)]
    ldp x6, x7, [sp, #CTX_X(6)]
    ldp x8, x9, [sp, #CTX_X(8)]
    ldp x10, x11, [sp, #CTX_X(10)]
    ldp x12, x13, [sp, #CTX_X(12)]
    ldp x14, x15, [sp, #CTX_X(14)]
    b restore_callee_saved
ENDFUNC el3_exit

/* x16 and x17 come last: x17 holds SP_EL0 on its way. */
FUNC restore_callee_saved
    CONTEXT_X18_X29 ldp
    ldp x30, x17, [sp, #CTX_LR]
    msr SP_EL0, x17
    ldp x16, x17, [sp, #CTX_X(16)]
    eret
ENDFUNC restore_callee_saved

/* monitor_exit(struct cpu_context *): the first way down. */
FUNC monitor_exit
    mov x1, sp
    mov sp, x0
    msr SPSel, #0
    mov sp, x1
    b el3_exit
ENDFUNC monitor_exit

    .balign 2048
FUNC monitor_vectors
    .rept 8
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
    msr DAIFClr, #4
    str x30, [sp, #CTX_LR]
    mrs x30, ESR_EL3
    ubfx x30, x30, #ESR_EC_SHIFT, #ESR_EC_WIDTH
    cmp x30, #EC_SMC32                  /* of AArch32 callers */
    b.eq fatal_vectors
    cmp x30, #EC_SMC64
    b.eq smc_handler64
    b fatal_vectors
    .rept 7
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
ENDFUNC monitor_vectors

/*
 * The caller's side: struct smc_values smc_call(fid, x1, ... x7): eight arguments in registers, eight
 * results into memory at x8, which an SMC may change.
 */
FUNC smc_call
    str x8, [sp, #-16]!
    smc #0
    ldr x9, [sp], #16
    stp x0, x1, [x9]
    stp x2, x3, [x9, #16]
    stp x4, x5, [x9, #32]
    stp x6, x7, [x9, #48]
    ret
ENDFUNC smc_call
