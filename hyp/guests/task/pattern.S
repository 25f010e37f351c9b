/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file pattern.S
 * Fills the registers of EL0 with values that only this VM has, and checks them over and over
 * while the hypervisor switches VMs underneath.
 *
 * uint64_t pattern_hold(uint64_t seed, const volatile uint64_t *preemptions, uint64_t enough,
 *                       volatile uint64_t *done, const volatile uint64_t *other_done)
 *
 * Goes on until *preemptions is at least `enough`, when *done is set, and until *other_done is set
 * too: as long as one VM needs to be preempted, the other one must want to run. Returns 0 if all
 * registers kept their values, else the number of the check that failed.
 *
 * Xn holds seed + n, for n = 8 to 30. Qn holds seed + n in the lower half and its complement in the
 * upper one. FPCR has a rounding mode and FPSR cumulative flags by the lowest bits of the seed.
 */
#include "asm.h"

#define FPCR_RMODE_SHIFT 22
#define CHECK_X 1
#define CHECK_Q 2
#define CHECK_FPCR 3
#define CHECK_FPSR 4

    .text

.macro FILL_Q n
    add x6, x0, #\n
    mvn x7, x6
    fmov d\n, x6
    ins v\n\().d[1], x7
.endm

.macro CHECK_X_REG n
    add x6, x0, #\n
    cmp x\n, x6
    b.ne 3f
.endm

.macro CHECK_Q_REG n
    add x6, x0, #\n
    umov x7, v\n\().d[0]
    cmp x7, x6
    b.ne 4f
    mvn x6, x6
    umov x7, v\n\().d[1]
    cmp x7, x6
    b.ne 4f
.endm

FUNC pattern_hold
    stp x29, x30, [sp, #-112]!
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    str x18, [sp, #96]

    .irp n, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    add x\n, x0, #\n
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    FILL_Q \n
    .endr
    .irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    FILL_Q \n
    .endr
    and x5, x0, #3
    msr FPSR, x5
    lsl x6, x5, #FPCR_RMODE_SHIFT
    msr FPCR, x6

1:  .irp n, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    CHECK_X_REG \n
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    CHECK_Q_REG \n
    .endr
    .irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    CHECK_Q_REG \n
    .endr
    mrs x6, FPCR
    cmp x6, x5, lsl #FPCR_RMODE_SHIFT
    b.ne 5f
    mrs x6, FPSR
    cmp x6, x5
    b.ne 6f

    ldr x6, [x1]
    cmp x6, x2
    b.lo 1b
    mov x6, #1
    str x6, [x3]
    ldr x6, [x4]
    cbz x6, 1b
    mov x0, xzr
2:  msr FPCR, xzr
    msr FPSR, xzr
    ldr x18, [sp, #96]
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp x29, x30, [sp], #112
    ret

    /* A check failed: nobody is to wait for this VM. */
3:  mov x0, #CHECK_X
    b 7f
4:  mov x0, #CHECK_Q
    b 7f
5:  mov x0, #CHECK_FPCR
    b 7f
6:  mov x0, #CHECK_FPSR
7:  mov x6, #1
    str x6, [x3]
    b 2b
ENDFUNC pattern_hold
