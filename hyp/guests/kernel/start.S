/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file start.S
 * Entry of the guest's kernel, at EL1 at the start of its memory, MMU and caches off. It builds
 * its translation tables, turns the MMU on from an identity mapping, and goes on in the upper half.
 */
#include "boot.h"
#include "layout.h"

    .section .text.start, "ax"
FUNC kernel_entry
    msr DAIFSet, #0xf
    ADR_L x0, kernel_bss_start
    ADR_L x1, kernel_bss_end
    BOOT_ZERO x0, x1
    ADR_L x0, kernel_stack_top
    mov sp, x0
    bl mmu_build

    ADR_L x0, kernel_bss_start
    ADR_L x1, kernel_bss_end
    BOOT_INVALIDATE x0, x1, x2, x3
    bl mmu_enable
    MOV_L x0, kernel_high
    br x0
ENDFUNC kernel_entry

/* mmu_enable(void): from here on at the IPA by TTBR0_EL1, and at the VA by TTBR1_EL1. */
FUNC mmu_enable
    MOV_L x0, MAIR_VALUE
    msr MAIR_EL1, x0
    MOV_L x0, KERNEL_TCR
    msr TCR_EL1, x0
    ADR_L x0, identity_tables
    msr TTBR0_EL1, x0
    ADR_L x0, kernel_tables
    msr TTBR1_EL1, x0
    isb
    tlbi vmalle1
    ic iallu
    dsb nsh
    isb
    MOV_L x0, KERNEL_SCTLR
    msr SCTLR_EL1, x0
    isb
    ret
ENDFUNC mmu_enable

    .text
FUNC kernel_high
    ADR_L x0, kernel_stack_top
    mov sp, x0
    ADR_L x0, kernel_vectors
    msr VBAR_EL1, x0
    isb
    mov x29, xzr
    mov x30, xzr
    b kernel_main
ENDFUNC kernel_high

    .section .bss.stack, "aw", %nobits
    .balign 16
    .space KERNEL_STACK_SIZE
kernel_stack_top:
