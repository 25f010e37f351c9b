/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file case.S
 * case_run(in, slot): loads every register from a state, runs a slot, and stores every register to case_out,
 * whether the slot comes back by its branch or by an exception.
 */
#include "image.h"

#define FRAME 96

.altmacro
.macro load_vectors n, m
    ldp     q\n, q\m, [x0, #STATE_V + 16 * \n]
.endm

.macro store_vectors n, m
    stp     q\n, q\m, [x0, #STATE_V + 16 * \n]
.endm

.macro load_pair n, m
    ldp     x\n, x\m, [x0, #8 * \n]
.endm

.macro store_pair n, m
    stp     x\n, x\m, [x0, #8 * \n]
.endm

.macro by_twos do, from, to
    .set    twos, \from
    .rept   (\to - \from) / 2
    \do     %twos, %(twos + 1)
    .set    twos, twos + 2
    .endr
.endm

    .text
    .global case_run
    .type   case_run, %function
case_run:
    stp     x19, x20, [sp, #-FRAME - 16]!
    stp     x21, x22, [sp, #16]
    stp     x23, x24, [sp, #32]
    stp     x25, x26, [sp, #48]
    stp     x27, x28, [sp, #64]
    stp     x29, x30, [sp, #80]
    mrs     x2, VBAR_EL2
    str     x2, [sp, #FRAME]
    ldr     x2, =case_vectors
    msr     VBAR_EL2, x2
    ldr     x2, =case_sp
    mov     x3, sp
    str     x3, [x2]
    by_twos load_vectors, 0, 32
    ldr     x2, [x0, #STATE_NZCV]
    msr     NZCV, x2
    ldr     x2, [x0, #STATE_FPCR]
    msr     FPCR, x2
    ldr     x2, [x0, #STATE_FPSR]
    msr     FPSR, x2
    ldr     x2, [x0, #STATE_SP]
    mov     sp, x2
    ldr     x2, [x0]
    msr     TPIDR_EL2, x2 /* X0: the slot takes it from there. */
    by_twos load_pair, 2, 30
    ldr     x30, [x0, #8 * 30]
    msr     TPIDR_EL0, x1
    ldr     x1, [x0, #8]
    mrs     x0, TPIDR_EL0
    br      x0

    .global case_exit
case_exit:
    msr     TPIDR_EL2, x0
    ldr     x0, =case_out
    str     x1, [x0, #8]
    by_twos store_pair, 2, 30
    str     x30, [x0, #8 * 30]
    mov     x1, sp
    str     x1, [x0, #STATE_SP]
    mrs     x1, TPIDR_EL2
    str     x1, [x0]
    mrs     x1, NZCV
    str     x1, [x0, #STATE_NZCV]
    mrs     x1, FPCR
    str     x1, [x0, #STATE_FPCR]
    mrs     x1, FPSR
    str     x1, [x0, #STATE_FPSR]
    by_twos store_vectors, 0, 32
    ldr     x0, =case_sp
    ldr     x1, [x0]
    mov     sp, x1
    ldr     x1, [sp, #FRAME]
    msr     VBAR_EL2, x1
    ldp     x21, x22, [sp, #16]
    ldp     x23, x24, [sp, #32]
    ldp     x25, x26, [sp, #48]
    ldp     x27, x28, [sp, #64]
    ldp     x29, x30, [sp, #80]
    ldp     x19, x20, [sp], #FRAME + 16
    ret

/* The flags are those that were saved: AArch64.TakeException leaves PSTATE's as they are, QEMU 7.2 clears them. */
    .balign 2048
case_vectors:
    .rept   16
    .balign 128
    msr     TPIDR_EL2, x0
    ldr     x0, =case_out
    str     x1, [x0, #8]
    mrs     x1, ESR_EL2
    str     x1, [x0, #STATE_ESR]
    mrs     x1, ELR_EL2
    str     x1, [x0, #STATE_ELR]
    mrs     x1, SPSR_EL2
    msr     NZCV, x1
    ldr     x1, [x0, #8]
    mrs     x0, TPIDR_EL2
    b       case_exit
    .endr

    .bss
    .balign 16
    .global case_out
case_out:
    .skip   STATE_BYTES
case_sp:
    .skip   8
