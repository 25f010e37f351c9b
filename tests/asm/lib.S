/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The machinery of the assembly tests: start, vectors of every EL (Arm ARM D1.3.1), and check_run, which
 * enters the checked code and comes back with a struct report whichever EL took the exception. Exceptions
 * taken below the run's EL are passed on by a call. Memory is used with the run's MMU off.
 */
#include "macros.h"

    .section .text.start, "ax"
function _start
    msr     DAIFSet, #15
    adr_l   x0, run_vectors
    msr     RUN(VBAR), x0
#if RUN_EL == 3
    mrs     x0, CurrentEL
    cmp     x0, #3 << 2
    b.ne    power_off
#endif
    isb
    adr_l   x0, stack_top
    mov     sp, x0
    bl      controls_reset
    bl      test_main
    adr_l   x0, end_text
    bl      print
    b       power_off
end_function _start

/* Ends the run: PSCI, and without it the Secure power-off line. */
function power_off
#if RUN_EL == 3
    adr_l   x0, power_vectors
    msr     VBAR_EL3, x0
    isb
    ldr     x0, =0x090b0000
    mov     w1, #1
    str     w1, [x0, #0x400]
    str     w1, [x0, #4]
    .balign 2048
power_vectors:
    .rept   32
    wfi
    b       .
    .balign 64
    .endr
#else
    ldr     w0, =PSCI_SYSTEM_OFF
    smc     #0
    b       .
#endif
end_function power_off

    .text
/* Every control that tests change, as macros.h has it. Uses x0 alone. */
function controls_reset
#if RUN_EL == 3
    set     SCR_EL3, 0x531              /* RW, HCE, RES1, NS */
    set     CPTR_EL3, 0
    set     MDCR_EL3, 0
#endif
    set     HCR_EL2, HCR_RW
    set     SCTLR_EL2, 0x30c50830
    set     SCTLR_EL1, SCTLR_EL1_OFF
    set     CPTR_EL2, CPTR_EL2_OFF
    set     CPACR_EL1, 3 << 20
    mrs     x0, PMCR_EL0
    ubfx    x0, x0, #11, #5
    msr     MDCR_EL2, x0
    set     CNTHCTL_EL2, 3
    set     CNTKCTL_EL1, 0
    set     HSTR_EL2, 0
    set     VTTBR_EL2, 0
    set     PMUSERENR_EL0, 0
    set     MDSCR_EL1, 0
#if GIC_VERSION == 3
    set     S3_4_C12_C9_5, 0xf          /* ICC_SRE_EL2 */
    set     S3_0_C12_C12_5, 7           /* ICC_SRE_EL1 */
    set     S3_4_C12_C11_0, 0           /* ICH_HCR_EL2 */
#endif
    adr_l   x0, el1_vectors
    msr     VBAR_EL1, x0
#if RUN_EL == 3
    adr_l   x0, el2_vectors
    msr     VBAR_EL2, x0
#endif
    isb
    ret
end_function controls_reset

.macro save_pair op
    \op     x19, x20, [sp, #0]
    \op     x21, x22, [sp, #16]
    \op     x23, x24, [sp, #32]
    \op     x25, x26, [sp, #48]
    \op     x27, x28, [sp, #64]
    \op     x29, x30, [sp, #80]
.endm

/* x0: struct record. Runs it, prints its line. */
function check_run
    sub     sp, sp, #112
    save_pair stp
    str     x0, [sp, #96]
    mov     x1, sp
    adr_l   x2, run_sp
    str     x1, [x2]
    ldr     x2, [x0, #8]
    msr     RUN(ELR), x2
    adr_l   x2, stack_el1
    msr     SP_EL1, x2
    msr     SP_EL0, x2
    ldr     x2, [x0, #RECORD_SPSR]
    msr     RUN(SPSR), x2
    ldp     x0, x1, [x0, #RECORD_X0]
    isb
    eret
end_function check_run

/* x0: the vector's number, its former value in TPIDR of the run's EL. Ends check_run. */
run_exception:
    msr     SPSel, #1
    adr_l   x1, report
    str     x0, [x1, #REPORT_VECTOR]
    mov     x3, #RUN_EL
    mrs     x2, RUN(TPIDR)
    stp     x3, xzr, [x1, #REPORT_EL]
    stp     x0, x2, [x1, #REPORT_VECTOR]
    mrs     x2, RUN(ESR)
    mrs     x3, RUN(ELR)
    stp     x2, x3, [x1, #REPORT_ESR]
    mrs     x2, RUN(SPSR)
    mrs     x3, RUN(FAR)
    stp     x2, x3, [x1, #REPORT_SPSR]
    mrs     x2, HPFAR_EL2
    mrs     x3, DAIF
    stp     x2, x3, [x1, #REPORT_HPFAR]
    /* Was it the call of a lower EL's vector? Interrupts leave ESR as it was. */
    tst     x0, #3
    b.ne    3f
    ldr     w2, [x1, #REPORT_ESR]
    and     w3, w2, #0xffff
    lsr     w4, w2, #27
    cmp     w4, #0x16 >> 1              /* HVC or SMC */
    b.ne    3f
    mov     w4, #CALL_EL1
    cmp     w3, w4
    b.eq    1f
#if RUN_EL == 3
    mov     w4, #CALL_EL2
    cmp     w3, w4
    b.eq    2f
#endif
    b       3f
1:  mov     x3, #1
    mrs     x2, TPIDR_EL1
    ldr     x0, [x1, #REPORT_X0]
    str     x3, [x1, #REPORT_EL]
    stp     x0, x2, [x1, #REPORT_VECTOR]
    mrs     x2, HCR_EL2
    tbnz    x2, #34, 4f
    mrs     x2, ESR_EL1
    mrs     x3, ELR_EL1
    stp     x2, x3, [x1, #REPORT_ESR]
    mrs     x2, SPSR_EL1
    mrs     x3, FAR_EL1
    stp     x2, x3, [x1, #REPORT_SPSR]
    b       3f
4:  mrs     x2, S3_5_C5_C2_0            /* ESR_EL12: the names are EL2's with E2H */
    mrs     x3, S3_5_C4_C0_1
    stp     x2, x3, [x1, #REPORT_ESR]
    mrs     x2, S3_5_C4_C0_0
    mrs     x3, S3_5_C6_C0_0
    stp     x2, x3, [x1, #REPORT_SPSR]
    b       3f
#if RUN_EL == 3
2:  mov     x3, #2
    mrs     x2, TPIDR_EL2
    ldr     x0, [x1, #REPORT_X0]
    str     x3, [x1, #REPORT_EL]
    stp     x0, x2, [x1, #REPORT_VECTOR]
    mrs     x2, ESR_EL2
    mrs     x3, ELR_EL2
    stp     x2, x3, [x1, #REPORT_ESR]
    mrs     x2, SPSR_EL2
    mrs     x3, FAR_EL2
    stp     x2, x3, [x1, #REPORT_SPSR]
#endif
3:  adr_l   x2, run_sp
    ldr     x2, [x2]
    mov     sp, x2
    ldr     x0, [sp, #96]
    bl      report_print
    save_pair ldp
    add     sp, sp, #112
    ret

.macro vectors name, el, call
    .balign 2048
    .global \name
\name:
    .irp    index, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    .balign 128
    msr     TPIDR_EL\el, x0
    mov     x0, #\index
    .if \el == RUN_EL
    b       run_exception
    .else
    CALL    #\call
    .endif
    .endr
.endm

    vectors run_vectors, RUN_EL, 0
    vectors el1_vectors, 1, CALL_EL1
#if RUN_EL == 3
    vectors el2_vectors, 2, CALL_EL2
#endif

    .section .rodata
end_text:
    .asciz  "end\n"

    .bss
    .balign 16
    .skip   8192
stack_top:
    .skip   4096
stack_el1:
    .skip   64
    .global report, run_sp
report:
    .skip   REPORT_SIZE
    .balign 8
run_sp:
    .skip   8
