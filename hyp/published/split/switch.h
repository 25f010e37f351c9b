/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file switch.h
 * Saving and restoring each class of state, as macros, with x0 = struct vcpu and x1 = struct
 * context. Which registers there are, and the order of the steps, is that of split-mode KVM in
 * Linux 4.0 (Arm 64-bit), whose hypercall was published: 31 general-purpose and 6 special
 * registers, 32 Q registers, 22 system registers, the GICH frame in full, timer, traps, VMID.
 */
#pragma once

#include "gicv2.h"
#include "vcpu.h"

/* clang-format off */

/*
 * With TIMED, barriers before and after each reading of the cycle counter, as the published
 * measurement had them; without it, nothing at all. x0 = vcpu; uses x16, x17.
 */
.macro CLASS_BEGIN
.if TIMED
    isb
    mrs x16, PMCCNTR_EL0
    isb
    str x16, [x0, #VCPU_BEGAN]
.endif
.endm

.macro CLASS_END class
.if TIMED
    isb
    mrs x16, PMCCNTR_EL0
    isb
    ldr x17, [x0, #VCPU_BEGAN]
    sub x16, x16, x17
    str x16, [x0, #VCPU_TOOK(\class)]
.endif
.endm

/* The special registers go with the general-purpose ones. Uses x19-x24. */
.macro SAVE_SPECIAL
    mrs x19, SP_EL0
    mrs x20, ELR_EL2
    mrs x21, SPSR_EL2
    mrs x22, SP_EL1
    mrs x23, ELR_EL1
    mrs x24, SPSR_EL1
    stp x19, x20, [x1, #CONTEXT_SP_EL0]
    stp x21, x22, [x1, #CONTEXT_PSTATE]
    stp x23, x24, [x1, #CONTEXT_ELR_EL1]
.endm

.macro RESTORE_SPECIAL
    ldp x19, x20, [x1, #CONTEXT_SP_EL0]
    ldp x21, x22, [x1, #CONTEXT_PSTATE]
    ldp x23, x24, [x1, #CONTEXT_ELR_EL1]
    msr SP_EL0, x19
    msr ELR_EL2, x20
    msr SPSR_EL2, x21
    msr SP_EL1, x22
    msr ELR_EL1, x23
    msr SPSR_EL1, x24
.endm

.macro CALLEE_SAVED op
    \op x19, x20, [x1, #CONTEXT_X(19)]
    \op x21, x22, [x1, #CONTEXT_X(21)]
    \op x23, x24, [x1, #CONTEXT_X(23)]
    \op x25, x26, [x1, #CONTEXT_X(25)]
    \op x27, x28, [x1, #CONTEXT_X(27)]
    \op x29, x30, [x1, #CONTEXT_X(29)]
.endm

/* x4-x18; x0-x3 are the vector's business. */
.macro CALLER_SAVED op, single
    \op x4, x5, [x1, #CONTEXT_X(4)]
    \op x6, x7, [x1, #CONTEXT_X(6)]
    \op x8, x9, [x1, #CONTEXT_X(8)]
    \op x10, x11, [x1, #CONTEXT_X(10)]
    \op x12, x13, [x1, #CONTEXT_X(12)]
    \op x14, x15, [x1, #CONTEXT_X(14)]
    \op x16, x17, [x1, #CONTEXT_X(16)]
    \single x18, [x1, #CONTEXT_X(18)]
.endm

.macro FP_PAIRS op
    \op q0, q1, [x2, #0 * 16]
    \op q2, q3, [x2, #2 * 16]
    \op q4, q5, [x2, #4 * 16]
    \op q6, q7, [x2, #6 * 16]
    \op q8, q9, [x2, #8 * 16]
    \op q10, q11, [x2, #10 * 16]
    \op q12, q13, [x2, #12 * 16]
    \op q14, q15, [x2, #14 * 16]
    \op q16, q17, [x2, #16 * 16]
    \op q18, q19, [x2, #18 * 16]
    \op q20, q21, [x2, #20 * 16]
    \op q22, q23, [x2, #22 * 16]
    \op q24, q25, [x2, #24 * 16]
    \op q26, q27, [x2, #26 * 16]
    \op q28, q29, [x2, #28 * 16]
    \op q30, q31, [x2, #30 * 16]
.endm

/* 32 Q registers, FPSR, FPCR. Uses x2-x4. */
.macro SAVE_FP
    add x2, x1, #CONTEXT_Q(0)
    FP_PAIRS stp
    mrs x3, FPSR
    mrs x4, FPCR
    stp x3, x4, [x1, #CONTEXT_FPSR]
.endm

.macro RESTORE_FP
    add x2, x1, #CONTEXT_Q(0)
    FP_PAIRS ldp
    ldp x3, x4, [x1, #CONTEXT_FPSR]
    msr FPSR, x3
    msr FPCR, x4
.endm

/* The 22 system registers of a guest. Uses x2-x23. */
.macro SAVE_EL1
    mrs x2, VMPIDR_EL2
    mrs x3, CSSELR_EL1
    mrs x4, SCTLR_EL1
    mrs x5, ACTLR_EL1
    mrs x6, CPACR_EL1
    mrs x7, TTBR0_EL1
    mrs x8, TTBR1_EL1
    mrs x9, TCR_EL1
    mrs x10, ESR_EL1
    mrs x11, AFSR0_EL1
    mrs x12, AFSR1_EL1
    mrs x13, FAR_EL1
    mrs x14, MAIR_EL1
    mrs x15, VBAR_EL1
    mrs x16, CONTEXTIDR_EL1
    mrs x17, TPIDR_EL0
    mrs x18, TPIDRRO_EL0
    mrs x19, TPIDR_EL1
    mrs x20, AMAIR_EL1
    mrs x21, CNTKCTL_EL1
    mrs x22, PAR_EL1
    mrs x23, MDSCR_EL1
    SYS_PAIRS stp
.endm

.macro RESTORE_EL1
    SYS_PAIRS ldp
    msr VMPIDR_EL2, x2
    msr CSSELR_EL1, x3
    msr SCTLR_EL1, x4
    msr ACTLR_EL1, x5
    msr CPACR_EL1, x6
    msr TTBR0_EL1, x7
    msr TTBR1_EL1, x8
    msr TCR_EL1, x9
    msr ESR_EL1, x10
    msr AFSR0_EL1, x11
    msr AFSR1_EL1, x12
    msr FAR_EL1, x13
    msr MAIR_EL1, x14
    msr VBAR_EL1, x15
    msr CONTEXTIDR_EL1, x16
    msr TPIDR_EL0, x17
    msr TPIDRRO_EL0, x18
    msr TPIDR_EL1, x19
    msr AMAIR_EL1, x20
    msr CNTKCTL_EL1, x21
    msr PAR_EL1, x22
    msr MDSCR_EL1, x23
.endm

.macro SYS_PAIRS op
    \op x2, x3, [x1, #CONTEXT_SYS(0)]
    \op x4, x5, [x1, #CONTEXT_SYS(2)]
    \op x6, x7, [x1, #CONTEXT_SYS(4)]
    \op x8, x9, [x1, #CONTEXT_SYS(6)]
    \op x10, x11, [x1, #CONTEXT_SYS(8)]
    \op x12, x13, [x1, #CONTEXT_SYS(10)]
    \op x14, x15, [x1, #CONTEXT_SYS(12)]
    \op x16, x17, [x1, #CONTEXT_SYS(14)]
    \op x18, x19, [x1, #CONTEXT_SYS(16)]
    \op x20, x21, [x1, #CONTEXT_SYS(18)]
    \op x22, x23, [x1, #CONTEXT_SYS(20)]
.endm

/* Seven reads, one write, and a read of each list register. Uses x2-x12. */
.macro SAVE_VGIC
    ldr x2, [x0, #VCPU_GICH]
    cbz x2, 9f
    add x3, x0, #VCPU_VGIC
    ldr w5, [x2, #GICH_VMCR]
    ldr w6, [x2, #GICH_MISR]
    ldr w7, [x2, #GICH_EISR0]
    ldr w8, [x2, #GICH_EISR1]
    ldr w9, [x2, #GICH_ELRSR0]
    ldr w10, [x2, #GICH_ELRSR1]
    ldr w11, [x2, #GICH_APR]
    str w5, [x3, #VGIC_VMCR]
    str w6, [x3, #VGIC_MISR]
    str w7, [x3, #VGIC_EISR0]
    str w8, [x3, #VGIC_EISR1]
    str w9, [x3, #VGIC_ELRSR0]
    str w10, [x3, #VGIC_ELRSR1]
    str w11, [x3, #VGIC_APR]
    str wzr, [x2, #GICH_HCR]
    add x2, x2, #GICH_LR0
    ldr w4, [x0, #VCPU_LR_COUNT]
    add x3, x3, #VGIC_LR0
8:  ldr w5, [x2], #4
    str w5, [x3], #4
    sub w4, w4, #1
    cbnz w4, 8b
9:
.endm

/* Three writes, and one of each list register. */
.macro RESTORE_VGIC
    ldr x2, [x0, #VCPU_GICH]
    cbz x2, 9f
    add x3, x0, #VCPU_VGIC
    ldr w4, [x3, #VGIC_HCR]
    ldr w5, [x3, #VGIC_VMCR]
    ldr w6, [x3, #VGIC_APR]
    str w4, [x2, #GICH_HCR]
    str w5, [x2, #GICH_VMCR]
    str w6, [x2, #GICH_APR]
    add x2, x2, #GICH_LR0
    ldr w4, [x0, #VCPU_LR_COUNT]
    add x3, x3, #VGIC_LR0
8:  ldr w5, [x3], #4
    str w5, [x2], #4
    sub w4, w4, #1
    cbnz w4, 8b
9:
.endm

/* The virtual timer stops; the physical one is the host's again. Uses x2, x3. */
.macro SAVE_TIMER
    ldr x2, [x0, #VCPU_TIMER_ENABLED]
    cbz x2, 9f
    mrs x3, CNTV_CTL_EL0
    and x3, x3, #3
    str x3, [x0, #VCPU_CNTV_CTL]
    bic x3, x3, #1
    msr CNTV_CTL_EL0, x3
    isb
    mrs x3, CNTV_CVAL_EL0
    str x3, [x0, #VCPU_CNTV_CVAL]
9:  mrs x2, CNTHCTL_EL2
    orr x2, x2, #3
    msr CNTHCTL_EL2, x2
    msr CNTVOFF_EL2, xzr
.endm

.macro RESTORE_TIMER
    mrs x2, CNTHCTL_EL2
    orr x2, x2, #1
    bic x2, x2, #2
    msr CNTHCTL_EL2, x2
    ldr x2, [x0, #VCPU_TIMER_ENABLED]
    cbz x2, 9f
    ldr x3, [x0, #VCPU_CNTVOFF]
    msr CNTVOFF_EL2, x3
    ldr x2, [x0, #VCPU_CNTV_CVAL]
    msr CNTV_CVAL_EL0, x2
    isb
    ldr x2, [x0, #VCPU_CNTV_CTL]
    and x2, x2, #3
    msr CNTV_CTL_EL0, x2
9:
.endm

/* EL2's own controls: what the guest traps on, against nothing for the host. Uses x2, x3. */
.macro SAVE_CONFIG
    mov x2, #HCR_RW
    msr HCR_EL2, x2
    MOV_L x2, CPTR_EL2_RES1
    msr CPTR_EL2, x2
    msr HSTR_EL2, xzr
    mrs x2, MDCR_EL2
    and x2, x2, #MDCR_HPMN_MASK
    msr MDCR_EL2, x2
.endm

.macro RESTORE_CONFIG
    ldr x2, [x0, #VCPU_HCR]
    msr HCR_EL2, x2
    MOV_L x2, (CPTR_EL2_RES1 | (1 << 20))
    msr CPTR_EL2, x2
    mov x2, #(1 << 15)
    msr HSTR_EL2, x2
    mrs x2, MDCR_EL2
    and x2, x2, #MDCR_HPMN_MASK
    orr x2, x2, #MDCR_TDRA
    orr x2, x2, #MDCR_TDOSA
    msr MDCR_EL2, x2
.endm

/* The VMID and stage 2. */
.macro SAVE_VM
    msr VTTBR_EL2, xzr
.endm

.macro RESTORE_VM
    ldr x2, [x0, #VCPU_VTTBR]
    msr VTTBR_EL2, x2
.endm
