/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fpsimd.S
 * Saving and restoring the FP and SIMD registers of a VM (Arm ARM B1.2), always and whole.
 */
#include "asm.h"
#include "offsets.h"

    .text

.macro FPSIMD_ALL op
    \op q0, q1, [x0, #FPSIMD_Q(0)]
    \op q2, q3, [x0, #FPSIMD_Q(2)]
    \op q4, q5, [x0, #FPSIMD_Q(4)]
    \op q6, q7, [x0, #FPSIMD_Q(6)]
    \op q8, q9, [x0, #FPSIMD_Q(8)]
    \op q10, q11, [x0, #FPSIMD_Q(10)]
    \op q12, q13, [x0, #FPSIMD_Q(12)]
    \op q14, q15, [x0, #FPSIMD_Q(14)]
    \op q16, q17, [x0, #FPSIMD_Q(16)]
    \op q18, q19, [x0, #FPSIMD_Q(18)]
    \op q20, q21, [x0, #FPSIMD_Q(20)]
    \op q22, q23, [x0, #FPSIMD_Q(22)]
    \op q24, q25, [x0, #FPSIMD_Q(24)]
    \op q26, q27, [x0, #FPSIMD_Q(26)]
    \op q28, q29, [x0, #FPSIMD_Q(28)]
    \op q30, q31, [x0, #FPSIMD_Q(30)]
.endm

/* fpsimd_save(struct fpsimd_state *state) */
FUNC fpsimd_save
    FPSIMD_ALL stp
    mrs x1, FPCR
    mrs x2, FPSR
    str x1, [x0, #FPSIMD_FPCR]
    str x2, [x0, #FPSIMD_FPSR]
    ret
ENDFUNC fpsimd_save

/* fpsimd_restore(const struct fpsimd_state *state) */
FUNC fpsimd_restore
    FPSIMD_ALL ldp
    ldr x1, [x0, #FPSIMD_FPCR]
    ldr x2, [x0, #FPSIMD_FPSR]
    msr FPCR, x1
    msr FPSR, x2
    ret
ENDFUNC fpsimd_restore
