/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file start.S
 * From the reset state to C at EL2, for test programs: stage 1 on and flat (two 1 GiB blocks, devices below
 * RAM), so that unaligned accesses work; FP and Advanced SIMD enabled; pointer authentication enabled where
 * it exists; RAM guarded (FEAT_BTI) when the linker is told a `guard` of 1 << 50. An exception is printed and
 * ends the program. Also setjmp and longjmp.
 */
#define BLOCK_NORMAL (1 << 10 | 3 << 8 | 1 << 6 | 0 << 2 | 1) /* AF, inner shareable, AttrIndx 0 */
#define BLOCK_DEVICE (1 << 54 | 1 << 10 | 1 << 6 | 1 << 2 | 1) /* XN, AF, AttrIndx 1 */
#define TCR_START (1 << 31 | 1 << 23 | 2 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 25)
#define SCTLR_PAUTH (1 << 31 | 1 << 30 | 1 << 27 | 1 << 13) /* EnIA, EnIB, EnDA, EnDB: else RES0 */
#define SCTLR_BT (1 << 36) /* PACIASP is no target of jumps: else RES0 */
#define SCTLR_START (0x30c50830 | 1 << 12 | 1 << 3 | 1 << 2 | 1) /* I, SA, C, M */
#define CPTR_START 0x33ff /* RES1 bits alone: nothing traps. */
#define PSCI_SYSTEM_OFF 0x84000008

.macro function name
    .global \name
    .type   \name, %function
\name:
.endm

.macro vector
    .balign 128
    b       exception
.endm

    .section .text.start, "ax"
function _start
    msr     DAIFSet, #15
    ldr     x0, =vectors
    msr     VBAR_EL2, x0
    mov     x0, #CPTR_START
    msr     CPTR_EL2, x0
    mov     x0, #1 << 31 /* HCR_EL2.RW */
    msr     HCR_EL2, x0
    ldr     x0, =stage1
    msr     TTBR0_EL2, x0
    ldr     x0, =TCR_START
    msr     TCR_EL2, x0
    mov     x0, #0x04ff
    msr     MAIR_EL2, x0
    isb
    tlbi    alle2
    dsb     nsh
    isb
    ldr     x0, =SCTLR_START | SCTLR_PAUTH | SCTLR_BT
    msr     SCTLR_EL2, x0
    isb
    msr     FPCR, xzr
    msr     FPSR, xzr
    ldr     x0, =stack_top
    mov     sp, x0
    bl      program
    b       power_off

function power_off
    ldr     w0, =PSCI_SYSTEM_OFF
    smc     #0
1:  wfi
    b       1b

exception:
    ldr     x0, =stack_top
    mov     sp, x0
    mrs     x0, ESR_EL2
    mrs     x1, ELR_EL2
    mrs     x2, FAR_EL2
    bl      report_exception
    b       power_off

    .balign 2048
vectors:
    .rept 16
    vector
    .endr

/* AAPCS64: x19 to x30, SP and the low halves of v8 to v15 survive calls. */
function setjmp
    stp     x19, x20, [x0]
    stp     x21, x22, [x0, #16]
    stp     x23, x24, [x0, #32]
    stp     x25, x26, [x0, #48]
    stp     x27, x28, [x0, #64]
    stp     x29, x30, [x0, #80]
    mov     x1, sp
    str     x1, [x0, #96]
    stp     d8, d9, [x0, #104]
    stp     d10, d11, [x0, #120]
    stp     d12, d13, [x0, #136]
    stp     d14, d15, [x0, #152]
    mov     w0, #0
    ret

function longjmp
    ldp     x19, x20, [x0]
    ldp     x21, x22, [x0, #16]
    ldp     x23, x24, [x0, #32]
    ldp     x25, x26, [x0, #48]
    ldp     x27, x28, [x0, #64]
    ldp     x29, x30, [x0, #80]
    ldr     x2, [x0, #96]
    mov     sp, x2
    ldp     d8, d9, [x0, #104]
    ldp     d10, d11, [x0, #120]
    ldp     d12, d13, [x0, #136]
    ldp     d14, d15, [x0, #152]
    cmp     w1, #0
    csinc   w0, w1, wzr, ne
    ret

    .section .rodata
    .balign 4096
stage1:
    .quad   0x00000000 + BLOCK_DEVICE
    .quad   0x40000000 + BLOCK_NORMAL + guard
    .fill   510, 8, 0

    .bss
    .balign 16
    .skip   65536
stack_top:
