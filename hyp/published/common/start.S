/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file start.S
 * Entry at the EL that RUN_EL says: EL1 comes down from EL2 where the board starts there. Zeroes
 * .bss, makes a stack, turns on MMU and caches, calls main(). PEs that PSCI turns on begin at
 * secondary_entry with their number in x0 and call secondary_main(number).
 */
#include "boot.h"
#include "board.h"
#include "smccc.h"

#define SPSR_EL1H_MASKED (SPSR_EL1H | SPSR_DAIF)

/* To EL1, where `next` goes on; nothing traps, and the timers and the cycle counter are EL1's. */
.macro DROP_TO_EL1 next
    mov x1, #HCR_RW
    msr HCR_EL2, x1
    mov x1, #(CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN)
    msr CNTHCTL_EL2, x1
    msr CNTVOFF_EL2, xzr
    mov x1, #CPTR_EL2_RES1
    msr CPTR_EL2, x1
    mrs x1, PMCR_EL0
    ubfx x1, x1, #11, #5
    msr MDCR_EL2, x1
    mrs x1, MIDR_EL1
    msr VPIDR_EL2, x1
    mrs x1, MPIDR_EL1
    msr VMPIDR_EL2, x1
    mov x1, #SPSR_EL1H_MASKED
    msr SPSR_EL2, x1
    adr x1, \next
    msr ELR_EL2, x1
    MOV_L x1, SCTLR_EL1_RES1
    msr SCTLR_EL1, x1
    isb
    eret
.endm

    .section .text.start, "ax"
FUNC _start
    msr DAIFSet, #0xf
    mrs x1, CurrentEL
    mov w20, #0
#if RUN_EL == 1
    cmp x1, #CURRENTEL_EL2
    cset w20, ne
    b.ne 1f
    DROP_TO_EL1 1f
1:  ADR_L x1, fatal_vectors
    msr VBAR_EL1, x1
#elif RUN_EL == 2
    cmp x1, #CURRENTEL_EL2
    b.ne wrong_el
    mov x1, #HCR_RW
    msr HCR_EL2, x1
    mov x1, #CPTR_EL2_RES1
    msr CPTR_EL2, x1
    ADR_L x1, fatal_vectors
    msr VBAR_EL2, x1
#else
    cmp x1, #(3 << 2)
    b.ne wrong_el
    ADR_L x1, fatal_vectors
    msr VBAR_EL3, x1
    msr CPTR_EL3, xzr
#endif
    isb
    msr SPSel, #1
    ADR_L x0, stacks + STACK_SIZE
    mov sp, x0
    ADR_L x0, bss_start
    ADR_L x1, bss_end
    BOOT_ZERO x0, x1
    ADR_L x0, bss_start
    ADR_L x1, bss_end
    BOOT_INVALIDATE x0, x1, x2, x3
    ic iallu
    dsb nsh
    isb
    bl mmu_on
    ADR_L x0, conduit_is_hvc
    str w20, [x0]
    bl main
    b finish
ENDFUNC _start

wrong_el:
    bl power_off

FUNC secondary_entry
    msr DAIFSet, #0xf
    mov x19, x0
#if RUN_EL == 1
    mrs x1, CurrentEL
    cmp x1, #CURRENTEL_EL2
    b.ne 1f
    DROP_TO_EL1 1f
1:
#endif
    ADR_L x0, stacks + STACK_SIZE
    add x0, x0, x19, lsl #STACK_SHIFT
    mov sp, x0
    bl mmu_on
    mov x0, x19
    .weak secondary_main
    bl secondary_main
1:  wfi
    b 1b
ENDFUNC secondary_entry

    .text
#if RUN_EL == 3
/*
 * At EL3 the virt board's power switch, a PL061 that only Secure accesses reach; line 0 turns it
 * off. Below, the monitor.
 */
FUNC power_off
    mrs x0, CurrentEL
    cmp x0, #(3 << 2)
    b.eq 2f
    MOV_L x0, PSCI_SYSTEM_OFF
    smc #0
2:  MOV_L x0, BOARD_SECURE_GPIO
    mov w1, #1
    str w1, [x0, #0x400]
    str w1, [x0, #0x004]
1:  wfi
    b 1b
ENDFUNC power_off
#else
/* PSCI SYSTEM_OFF by the board's conduit: SMC when there is an EL2 to use it, HVC when not. */
FUNC power_off
    MOV_L x0, PSCI_SYSTEM_OFF
#if RUN_EL == 1
    ADR_L x1, conduit_is_hvc
    ldr w1, [x1]
    cbnz w1, 1f
#endif
    smc #0
1:  hvc #0
    b 1b
ENDFUNC power_off
#endif

/* What comes to these vectors should not: say so and stop. */
    .balign 2048
FUNC fatal_vectors
    .rept 16
    .balign 128
    b fatal
    .endr
    .balign 128
ENDFUNC fatal_vectors

fatal:
    ADR_L x0, fatal_text
    b give_up

    .section .rodata
fatal_text:
    .asciz "unexpected exception"

    .bss
    .balign 4
    .global conduit_is_hvc
conduit_is_hvc:
    .space 4

    .section .bss.stacks, "aw", %nobits
    .balign 64
    .global stacks
stacks:
    .space 3 * STACK_SIZE
