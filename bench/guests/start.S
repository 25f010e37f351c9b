/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * From the reset state to C at EL2. The stage 1 table of EL2 is constant data, so that nothing is
 * written while the caches are off; the guest then runs entirely on cacheable memory, as a real
 * hypervisor does. Two 1 GiB blocks, flat: devices below 0x40000000 and RAM above.
 */
#include "macros.h"

/* Block descriptors, Arm ARM D8.3: AF, SH, AP[1] (RES1 at EL2), AttrIndx, type 0b01. */
#define BLOCK_NORMAL (1 << 10 | 3 << 8 | 1 << 6 | 0 << 2 | 1)
#define BLOCK_DEVICE (1 << 54 | 1 << 10 | 1 << 6 | 1 << 2 | 1)

#define HCR_EL2_START (1 << 31)                                          /* RW: EL1 is AArch64 */
#define TCR_EL2_START (1 << 31 | 1 << 23 | 2 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 25)
#define SCTLR_EL2_START (0x30c50830 | 1 << 12 | 1 << 3 | 1 << 2 | 1)     /* I, SA, C, M */
#define MAIR_EL2_START 0x04ff

    .section .text.start, "ax"
function _start
    msr     DAIFSet, #15
    mrs     x0, CurrentEL
    cmp     x0, #2 << 2
    b.ne    power_off
    ldr     x0, =HCR_EL2_START
    msr     HCR_EL2, x0
    adr_l   x0, el2_vectors
    msr     VBAR_EL2, x0
    adr_l   x0, el2_stage1
    msr     TTBR0_EL2, x0
    ldr     x0, =TCR_EL2_START
    msr     TCR_EL2, x0
    ldr     x0, =MAIR_EL2_START
    msr     MAIR_EL2, x0
    isb
    tlbi    alle2
    tlbi    alle1
    ic      iallu
    dsb     nsh
    isb
    ldr     x0, =SCTLR_EL2_START
    msr     SCTLR_EL2, x0
    isb
    adr_l   x0, el2_stack_top
    mov     sp, x0
    bl      bench_main
    b       power_off
end_function _start

/* PSCI SYSTEM_OFF; does not return. */
function power_off
    ldr     w0, =PSCI_SYSTEM_OFF
    smc     #0
1:  wfi
    b       1b
end_function power_off

    .section .rodata
    .balign 4096
el2_stage1:
    .quad   0x00000000 + BLOCK_DEVICE
    .quad   0x40000000 + BLOCK_NORMAL
    .fill   510, 8, 0

    .bss
    .balign 16
    .skip   8192
el2_stack_top:
