/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file start.S
 * Entry of the hypervisor at EL2, in the state a PE has after reset (Arm ARM D1.3.1): MMU and
 * caches off, most registers UNKNOWN. It makes a stack, zeroes .bss, lets C build the translation
 * tables, and turns the MMU on.
 */
#include "boot.h"
#include "layout.h"
#include "offsets.h"
#include "pl011.h"
#include "smccc.h"

    .section .text.start, "ax"
FUNC _start
    msr DAIFSet, #0xf
    mrs x0, CurrentEL
    cmp x0, #CURRENTEL_EL2
    b.ne not_el2

    MOV_L x0, SCTLR_EL2_RES1
    msr SCTLR_EL2, x0
    mov x0, #HCR_RW
    msr HCR_EL2, x0
    ADR_L x0, vectors
    msr VBAR_EL2, x0
    isb
    msr SPSel, #1
    ADR_L x0, hyp_stack_top
    mov sp, x0

    ADR_L x0, hyp_bss_start
    ADR_L x1, hyp_bss_end
    BOOT_ZERO x0, x1
    bl hyp_mmu_build

    ADR_L x0, hyp_bss_start
    ADR_L x1, hyp_bss_end
    BOOT_INVALIDATE x0, x1, x2, x3
    bl hyp_mmu_enable
    b hyp_main
ENDFUNC _start

/* Not started at EL2: says so, and at EL1 turns the board off by the conduit that it then has. */
FUNC not_el2
    ADR_L x1, not_el2_text
    MOV_L x2, BOARD_UART_PA
1:  ldrb w3, [x1], #1
    cbz w3, 2f
    str w3, [x2, #PL011_DR]
    b 1b
2:  cmp x0, #CURRENTEL_EL1
    b.ne 3f
    MOV_L x0, PSCI_SYSTEM_OFF
    hvc #0
3:  wfi
    b 3b
ENDFUNC not_el2

/*
 * hyp_mmu_enable(void): TLBs hold unknown entries after reset, so they are invalidated first, then
 * the tables that hyp_mmu_build() left in hyp_stage1 are used. Code runs at the same address
 * before and after.
 */
FUNC hyp_mmu_enable
    ADR_L x0, hyp_stage1_tables
    msr TTBR0_EL2, x0
    MOV_L x0, HYP_TCR
    msr TCR_EL2, x0
    MOV_L x0, MAIR_VALUE
    msr MAIR_EL2, x0
    isb
    tlbi alle2
    tlbi alle1
    ic iallu
    dsb sy
    isb
    MOV_L x0, HYP_SCTLR
    msr SCTLR_EL2, x0
    isb
    ret
ENDFUNC hyp_mmu_enable

    .section .rodata
not_el2_text:
    .asciz "[hyp] tiny needs EL2: start the board with virtualization=on\n"

    .section .bss.stack, "aw", %nobits
    .balign 16
hyp_stack:
    .space STACK_SIZE
    .global hyp_stack_top
hyp_stack_top:
