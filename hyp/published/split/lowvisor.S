/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file lowvisor.S
 * The part of a split-mode hypervisor that runs at EL2 (without VHE): the world switch between a
 * host kernel at EL1 and a guest at EL1, which share every EL1 register, so that all of it moves
 * each way. VTTBR_EL2 tells whose an HVC is: it is zero while the host runs.
 */
#include "asm.h"
#include "esr.h"
#include "sysreg.h"
#include "switch.h"

    .text

/*
 * A host's call: x0 = vcpu, and the host expects x0 = why the guest came back. The name ends in
 * `suffix`, and \timed says whether the classes are timed.
 */
.macro WORLD_SWITCH suffix, timed
    .set TIMED, \timed
FUNC switch_to_guest\suffix
    msr TPIDR_EL2, x0
    add x1, x0, #VCPU_HOST
    CALLEE_SAVED stp
    SAVE_SPECIAL
    SAVE_FP
    SAVE_EL1

    CLASS_BEGIN
    CLASS_END CLASS_EMPTY
    CLASS_BEGIN
    RESTORE_CONFIG
    CLASS_END CLASS_CONFIG_RESTORE
    CLASS_BEGIN
    RESTORE_VM
    CLASS_END CLASS_VM_RESTORE
    CLASS_BEGIN
    RESTORE_VGIC
    CLASS_END CLASS_VGIC_RESTORE
    CLASS_BEGIN
    RESTORE_TIMER
    CLASS_END CLASS_TIMER_RESTORE
    add x1, x0, #VCPU_GUEST
    CLASS_BEGIN
    RESTORE_EL1
    CLASS_END CLASS_EL1_RESTORE
    CLASS_BEGIN
    RESTORE_FP
    CLASS_END CLASS_FP_RESTORE
    CLASS_BEGIN
    RESTORE_SPECIAL
    CALLEE_SAVED ldp
    CALLER_SAVED ldp, ldr
    CLASS_END CLASS_GP_RESTORE
.if TIMED
    ldp x16, x17, [x1, #CONTEXT_X(16)]
.endif
    ldp x2, x3, [x1, #CONTEXT_X(2)]
    ldp x0, x1, [x1, #CONTEXT_X(0)]
    eret
ENDFUNC switch_to_guest\suffix

/* x0 = vcpu, x1 = why; the guest's x0-x3 are on the stack. */
FUNC switch_to_host\suffix
    str x1, [sp, #-16]!
    add x1, x0, #VCPU_GUEST
.if TIMED
    stp x16, x17, [x1, #CONTEXT_X(16)]
.endif
    CLASS_BEGIN
.if TIMED
    ldp x16, x17, [x1, #CONTEXT_X(16)]
.endif
    CALLER_SAVED stp, str
    CALLEE_SAVED stp
    ldr x4, [sp], #16
    ldp x2, x3, [sp], #16
    stp x2, x3, [x1, #CONTEXT_X(2)]
    ldp x2, x3, [sp], #16
    stp x2, x3, [x1, #CONTEXT_X(0)]
    str x4, [sp, #-16]!
    SAVE_SPECIAL
    CLASS_END CLASS_GP_SAVE
    CLASS_BEGIN
    SAVE_FP
    CLASS_END CLASS_FP_SAVE
    CLASS_BEGIN
    SAVE_EL1
    CLASS_END CLASS_EL1_SAVE
    CLASS_BEGIN
    SAVE_TIMER
    CLASS_END CLASS_TIMER_SAVE
    CLASS_BEGIN
    SAVE_VGIC
    CLASS_END CLASS_VGIC_SAVE
    CLASS_BEGIN
    SAVE_CONFIG
    CLASS_END CLASS_CONFIG_SAVE
    CLASS_BEGIN
    SAVE_VM
    CLASS_END CLASS_VM_SAVE

    add x1, x0, #VCPU_HOST
    RESTORE_EL1
    RESTORE_FP
    RESTORE_SPECIAL
    CALLEE_SAVED ldp
    ldr x0, [sp], #16
    eret
ENDFUNC switch_to_host\suffix
.endm

    WORLD_SWITCH _plain, 0
    WORLD_SWITCH _timed, 1

/* The host asks by x0 = vcpu, x1 = whether it wants the classes timed. */
FUNC host_call
    ldp x2, x3, [sp], #16
    ldp x0, x1, [sp], #16
    str x1, [x0, #VCPU_TIMED]
    cbnz x1, switch_to_guest_timed
    b switch_to_guest_plain
ENDFUNC host_call

/* x1 = why. The way back is timed when the way in was. */
FUNC guest_exit
    mrs x0, TPIDR_EL2
    mrs x2, FAR_EL2
    mrs x3, HPFAR_EL2
    str x2, [x0, #VCPU_FAR]
    str x3, [x0, #VCPU_HPFAR]
    ldr x2, [x0, #VCPU_TIMED]
    cbnz x2, switch_to_host_timed
    b switch_to_host_plain
ENDFUNC guest_exit

FUNC el1_sync
    stp x0, x1, [sp, #-16]!
    stp x2, x3, [sp, #-16]!
    mrs x1, ESR_EL2
    lsr x2, x1, #ESR_EC_SHIFT
    cmp x2, #EC_HVC64
    b.ne 1f
    mrs x3, VTTBR_EL2
    cbz x3, host_call
1:  mrs x0, TPIDR_EL2
    str x1, [x0, #VCPU_ESR]
    mov x1, #VCPU_EXIT_TRAP
    b guest_exit
ENDFUNC el1_sync

    .balign 2048
FUNC lowvisor_vectors
    .rept 8
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
    b el1_sync
    .rept 7
    .balign 128
    b fatal_vectors
    .endr
    .balign 128
ENDFUNC lowvisor_vectors

/* At EL2: context_capture(struct context *) fills in the EL1 registers as they are now. */
FUNC context_capture
    stp x19, x20, [sp, #-48]!
    stp x21, x22, [sp, #16]
    str x23, [sp, #32]
    mov x1, x0
    SAVE_EL1
    ldr x23, [sp, #32]
    ldp x21, x22, [sp, #16]
    ldp x19, x20, [sp], #48
    ret
ENDFUNC context_capture

/* At EL1: uint64_t vcpu_enter(struct vcpu *), vcpu_enter_timed(struct vcpu *). */
FUNC vcpu_enter
    mov x1, #0
    hvc #0
    ret
ENDFUNC vcpu_enter

FUNC vcpu_enter_timed
    mov x1, #1
    hvc #0
    ret
ENDFUNC vcpu_enter_timed
