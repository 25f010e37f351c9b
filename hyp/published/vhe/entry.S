/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file entry.S
 * Into the guest and back, in the shape of KVM's with FEAT_VHE and FEAT_RAS (Linux 6.12): a
 * function call that returns when the guest exits. The vectors differ while the guest runs.
 */
#include "asm.h"
#include "esr.h"
#include "sysreg.h"
#include "vcpu.h"

#define DISR_EL1 S3_0_C12_C1_1
#define WORKAROUND_1 0x80008000
#define WORKAROUND_2_DIFFERENCE 0xffff /* 0x80007fff against 0x80008000 */

    .arch armv8.2-a
    .text

.macro CALLEE_SAVED op, base
    \op x18, x19, [\base, #CTXT_X(18)]
    \op x20, x21, [\base, #CTXT_X(20)]
    \op x22, x23, [\base, #CTXT_X(22)]
    \op x24, x25, [\base, #CTXT_X(24)]
    \op x26, x27, [\base, #CTXT_X(26)]
    \op x28, x29, [\base, #CTXT_X(28)]
.endm

.macro X4_X17 op, base
    \op x4, x5, [\base, #CTXT_X(4)]
    \op x6, x7, [\base, #CTXT_X(6)]
    \op x8, x9, [\base, #CTXT_X(8)]
    \op x10, x11, [\base, #CTXT_X(10)]
    \op x12, x13, [\base, #CTXT_X(12)]
    \op x14, x15, [\base, #CTXT_X(14)]
    \op x16, x17, [\base, #CTXT_X(16)]
.endm

/*
 * What the guest taught the branch predictor has to be forgotten where nothing of the core does it
 * (Spectre-BHB): on a Neoverse N1 24 rounds of two taken branches, and a barrier against speculation.
 * Such vectors are copies in a page that hides where the kernel is, so they go on by a register.
 */
.macro FORGET_BRANCHES counter
    mov \counter, #24
8:  b 9f
9:  subs \counter, \counter, #1
    b.ne 8b
    dsb nsh
    isb
.endm

/* uint64_t guest_enter(struct arch_vcpu *) */
FUNC guest_enter
    mrs x1, TPIDR_EL2
    CALLEE_SAVED stp, x1
    str x30, [x1, #CTXT_X(30)]
    mrs x2, SP_EL0
    str x2, [x1, #CTXT_SP_EL0]
    mrs x2, ISR_EL1
    cbz x2, 1f
    mov x0, #EXIT_IRQ
    ret
1:  str x0, [x1, #PERCPU_LOADED]
    add x29, x0, #VCPU_CTXT
    ldr x0, [x29, #CTXT_SP_EL0]
    msr SP_EL0, x0
    ldp x0, x1, [x29, #CTXT_X(0)]
    ldp x2, x3, [x29, #CTXT_X(2)]
    X4_X17 ldp, x29
    ldr x30, [x29, #CTXT_X(30)]
    CALLEE_SAVED ldp, x29
    eret
    dsb nsh
    isb
ENDFUNC guest_enter

/* x0 = why, x1 = vcpu; the guest's x0 and x1 are on the stack. */
FUNC guest_exit
    add x1, x1, #VCPU_CTXT
    msr PAN, #1
    stp x2, x3, [x1, #CTXT_X(2)]
    ldp x2, x3, [sp], #16
    stp x2, x3, [x1, #CTXT_X(0)]
    X4_X17 stp, x1
    CALLEE_SAVED stp, x1
    str x30, [x1, #CTXT_X(30)]
    mrs x2, SP_EL0
    str x2, [x1, #CTXT_SP_EL0]
    mrs x2, TPIDR_EL2
    ldr x3, [x2, #CTXT_SP_EL0]
    msr SP_EL0, x3
    CALLEE_SAVED ldp, x2
    ldr x30, [x2, #CTXT_X(30)]
    str xzr, [x2, #PERCPU_LOADED]
    mrs x2, DISR_EL1
    str x2, [x1, #(VCPU_FAULT_DISR - VCPU_CTXT)]
    cbz x2, 1f
    msr DISR_EL1, xzr
1:  ret
ENDFUNC guest_exit

FUNC guest_sync
    mrs x0, ESR_EL2
    ubfx x0, x0, #ESR_EC_SHIFT, #ESR_EC_WIDTH
    cmp x0, #EC_HVC64
    b.ne 1f
    ldr x1, [sp]
    eor w1, w1, #WORKAROUND_1
    cbz w1, 2f
    mov w0, #WORKAROUND_2_DIFFERENCE
    eor w1, w1, w0
    cbz w1, 2f
1:  mrs x1, TPIDR_EL2
    ldr x1, [x1, #PERCPU_LOADED]
    mov x0, #EXIT_TRAP
    b guest_exit
2:  str xzr, [sp]
    ldp x0, x1, [sp], #16
    eret
ENDFUNC guest_sync

    .balign 2048
FUNC guest_vectors
    .rept 8
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
    hint #16                            /* ESB: FEAT_RAS */
    stp x0, x1, [sp, #-16]!
    FORGET_BRANCHES x0
    movz x0, #:abs_g0_nc:guest_sync
    movk x0, #:abs_g1_nc:guest_sync
    movk x0, #:abs_g2:guest_sync
    br x0
    .rept 7
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
ENDFUNC guest_vectors

    .balign 2048
FUNC host_vectors
    .rept 16
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
ENDFUNC host_vectors

/*
 * vhe_on(void): TTBR0_EL1, TCR_EL1 and MAIR_EL1, whose format is EL2's too from here on, become
 * EL2's. The MMU is off meanwhile, and nothing is loaded or stored.
 */
FUNC vhe_on
    mrs x1, TTBR0_EL1
    mrs x2, TCR_EL1
    mrs x3, MAIR_EL1
    mrs x4, SCTLR_EL2
    bic x5, x4, #SCTLR_M
    bic x5, x5, #SCTLR_C
    msr SCTLR_EL2, x5
    isb
    mov x0, #(1 << 31)                  /* RW */
    orr x0, x0, #(1 << 34)              /* E2H */
    orr x0, x0, #(1 << 27)              /* TGE */
    msr HCR_EL2, x0
    isb
    msr TTBR0_EL2, x1
    msr TCR_EL2, x2
    msr MAIR_EL2, x3
    mov x0, #CPACR_FPEN
    msr CPTR_EL2, x0
    mov x0, #((3 << 10) | 3)            /* the counters and timers of EL0 and of a guest's EL1 */
    msr CNTHCTL_EL2, x0
    isb
    tlbi alle2
    dsb nsh
    isb
    msr SCTLR_EL2, x4
    isb
    ret
ENDFUNC vhe_on
