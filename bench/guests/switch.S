/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The full world switch and the code of the VMs. At HVC #0 EL2 saves all that the VM owns into the
 * struct vm at TPIDR_EL2 (general-purpose and SIMD&FP registers, EL1 and EL2 system registers, four
 * list registers and the rest of the virtual CPU interface, the virtual timer, VTTBR_EL2) and loads
 * the next VM's.
 */
#include "macros.h"
#include "switch.h"

/* x2 to x29 of the VM at x0. */
.macro vm_general op
    \op     x2, x3, [x0, #16]
    \op     x4, x5, [x0, #32]
    \op     x6, x7, [x0, #48]
    \op     x8, x9, [x0, #64]
    \op     x10, x11, [x0, #80]
    \op     x12, x13, [x0, #96]
    \op     x14, x15, [x0, #112]
    \op     x16, x17, [x0, #128]
    \op     x18, x19, [x0, #144]
    \op     x20, x21, [x0, #160]
    \op     x22, x23, [x0, #176]
    \op     x24, x25, [x0, #192]
    \op     x26, x27, [x0, #208]
    \op     x28, x29, [x0, #224]
.endm

/* q0 to q31 of the VM at x0. */
.macro vm_simd op
    \op     q0, q1, [x0, #VM_Q]
    \op     q2, q3, [x0, #VM_Q + 32]
    \op     q4, q5, [x0, #VM_Q + 64]
    \op     q6, q7, [x0, #VM_Q + 96]
    \op     q8, q9, [x0, #VM_Q + 128]
    \op     q10, q11, [x0, #VM_Q + 160]
    \op     q12, q13, [x0, #VM_Q + 192]
    \op     q14, q15, [x0, #VM_Q + 224]
    \op     q16, q17, [x0, #VM_Q + 256]
    \op     q18, q19, [x0, #VM_Q + 288]
    \op     q20, q21, [x0, #VM_Q + 320]
    \op     q22, q23, [x0, #VM_Q + 352]
    \op     q24, q25, [x0, #VM_Q + 384]
    \op     q26, q27, [x0, #VM_Q + 416]
    \op     q28, q29, [x0, #VM_Q + 448]
    \op     q30, q31, [x0, #VM_Q + 480]
.endm

/* A pair of system registers to and from \base + \offset, by x2 and x3. */
.macro save_pair first, second, base, offset
    mrs     x2, \first
    mrs     x3, \second
    stp     x2, x3, [\base, #\offset]
.endm

.macro load_pair first, second, base, offset
    ldp     x2, x3, [\base, #\offset]
    msr     \first, x2
    msr     \second, x3
.endm

.macro save_sysreg first, second, index
    save_pair \first, \second, x0, (VM_SYSREG + 16 * \index)
.endm

.macro load_sysreg first, second, index
    load_pair \first, \second, x0, (VM_SYSREG + 16 * \index)
.endm

    .text
function el2_lower_sync
    stp     x0, x1, [sp, #-16]!
    mrs     x0, TPIDR_EL2
    vm_general stp
    mrs     x2, ELR_EL2
    stp     x30, x2, [x0, #VM_X30]
    ldp     x2, x3, [sp], #16
    stp     x2, x3, [x0]
    mrs     x2, ESR_EL2
    lsr     x3, x2, #EC_SHIFT
    cmp     x3, #EC_HVC64
    b.ne    1f
    ands    w2, w2, #0xffff
    b.eq    vm_save
1:  b       el2_end_or_crash
end_function el2_lower_sync

/* Saves the rest of the VM at x0, and loads the next one or ends the run. */
function vm_save
    sysreg_pairs save_sysreg
    vm_simd stp
    add     x1, x0, #VM_SECOND
    save_pair FPCR, FPSR, x1, VM_FP
    save_pair ICH_LR0_EL2, ICH_LR1_EL2, x1, VM_LR
    save_pair ICH_LR2_EL2, ICH_LR3_EL2, x1, VM_LR + 16
    save_pair ICH_VMCR_EL2, ICH_AP1R0_EL2, x1, VM_GIC
    mrs     x2, ICH_HCR_EL2
    mrs     x3, CNTVOFF_EL2
    msr     ICH_HCR_EL2, xzr
    mrs     x4, CNTV_CTL_EL0
    msr     CNTV_CTL_EL0, xzr
    mrs     x5, CNTV_CVAL_EL0
    isb
    stp     x2, x3, [x1, #VM_TIMER]
    stp     x4, x5, [x1, #VM_TIMER + 16]
    ldr     x0, [x1, #VM_NEXT]
    adr_l   x2, switches_left
    ldr     x3, [x2]
    subs    x3, x3, #1
    str     x3, [x2]
    b.ne    vm_load
    b       guest_leave
end_function vm_save

/* Loads the VM at x0 and returns into it. */
function vm_load
    msr     TPIDR_EL2, x0
    sysreg_pairs load_sysreg
    vm_simd ldp
    add     x1, x0, #VM_SECOND
    load_pair FPCR, FPSR, x1, VM_FP
    load_pair ICH_LR0_EL2, ICH_LR1_EL2, x1, VM_LR
    load_pair ICH_LR2_EL2, ICH_LR3_EL2, x1, VM_LR + 16
    load_pair ICH_VMCR_EL2, ICH_AP1R0_EL2, x1, VM_GIC
    ldp     x2, x3, [x1, #VM_TIMER]
    ldp     x4, x5, [x1, #VM_TIMER + 16]
    msr     ICH_HCR_EL2, x2
    msr     CNTVOFF_EL2, x3
    msr     CNTV_CVAL_EL0, x5
    isb
    msr     CNTV_CTL_EL0, x4
    ldp     x30, x2, [x0, #VM_X30]
    msr     ELR_EL2, x2
    vm_general ldp
    ldp     x0, x1, [x0]
    eret
end_function vm_load

/* void vm_run(struct vm *vm, uint64_t switches) */
function vm_run
    remember_caller
    adr_l   x2, switches_left
    str     x1, [x2]
    b       vm_load
end_function vm_run

/*
 * EL1, for ever: a turn folds what the VM owns into x20 and yields. x19 points at two pages of the
 * VM's own. The condition flags are live across the yield, and so is all else.
 */
function vm_el1
1:  stp     q0, q31, [x19]
    mrs     x0, MPIDR_EL1
    mrs     x1, TPIDRRO_EL0
    mrs     x2, TPIDR_EL1
    mrs     x3, CONTEXTIDR_EL1
    mrs     x4, SP_EL0
    mrs     x5, FPCR
    mrs     x6, FPSR
    mrs     x7, CNTV_CVAL_EL0
    eor     x20, x20, x0
    add     x20, x20, x1
    eor     x20, x20, x2
    add     x20, x20, x3
    eor     x20, x20, x4, ror #17
    add     x20, x20, x5, lsr #4
    eor     x20, x20, x6, lsl #32
    add     x20, x20, x7
    mov     x8, #0
2:  ldr     x9, [x19, x8, lsl #3]
    eor     x20, x9, x20, ror #9
    str     x20, [x19, x8, lsl #3]
    add     x8, x8, #1
    cmp     x8, #8
    b.ne    2b
    ldr     x10, [x19, #4096]
    add     x10, x10, x20
    str     x10, [x19, #4096]
    add     x2, x2, x10
    msr     TPIDR_EL1, x2
    ldp     q31, q0, [x19, #32]
    mrs     x11, ISR_EL1
    eor     x21, x21, x11
    cmp     x10, x20
    hvc     #HVC_BENCH
    cinc    x21, x21, hi
    add     x20, x20, x21
    b       1b
end_function vm_el1

    .bss
    .balign 8
switches_left:
    .skip   8
