/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Synchronous exceptions from EL0, EL1 and EL2: class, syndrome, return address, saved and new PSTATE
 * (Arm ARM D1.3, ESR_ELx in D24), misaligned PC and SP, and illegal returns (IllegalExceptionReturn).
 */
#include "macros.h"

/* A row of instructions at one EL. */
.macro calls el, at
    check   "SVC at \el", \at, "svc #0x1234"
    check   "BRK at \el", \at, "brk #0xbeef"
    check   "UDF at \el", \at, "udf #7"
    check   "unallocated at \el", \at, ".inst 0x02000000"
    check   "HLT at \el", \at, "hlt #1"
    check   "DCPS1 at \el", \at, "dcps1"
    check   "DCPS2 at \el", \at, "dcps2"
    check   "DCPS3 at \el", \at, "dcps3"
    check   "DRPS at \el", \at, "drps"
    check   "SYSL at \el", \at, "sysl x0, #3, c7, c1, #0"
    check   "unallocated register read at \el", \at, "mrs x0, S3_0_C1_C1_0"
    check   "unallocated register write at \el", \at, "msr S3_0_C3_C3_3, x0"
    check   "write of a read-only register at \el", \at, ".inst 0xd5180000"
    check   "read of a write-only register at \el", \at, "mrs x0, S3_0_C12_C11_5"
.endm

.macro el_registers el, at
    check   "MRS SCTLR_EL1 at \el", \at, "mrs x1, SCTLR_EL1"
    check   "MRS SCTLR_EL2 at \el", \at, "mrs x1, SCTLR_EL2"
    check   "MRS SCR_EL3 at \el", \at, "mrs x1, SCR_EL3"
    check   "MSR VBAR_EL3 at \el", \at, "msr VBAR_EL3, x1"
    check   "MRS SP_EL0 at \el", \at, "mrs x1, SP_EL0"
    check   "MRS SP_EL1 at \el", \at, "mrs x1, SP_EL1"
    check   "MRS ELR_EL1 at \el", \at, "mrs x1, ELR_EL1"
    check   "MRS CurrentEL at \el", \at, "mrs x0, CurrentEL"
    check   "MRS DAIF at \el", \at, "mrs x0, DAIF"
    check   "MRS NZCV at \el", \at, "mrs x0, NZCV"
    check   "MRS SPSel at \el", \at, "mrs x0, SPSel"
    check   "MRS MPIDR_EL1 at \el", \at, "mrs x0, MPIDR_EL1; and x0, x0, #0xffffff"
    check   "MRS CTR_EL0 at \el", \at, "mrs x1, CTR_EL0"
    check   "MRS DCZID_EL0 at \el", \at, "mrs x0, DCZID_EL0"
    check   "MRS TPIDR_EL0 at \el", \at, "msr TPIDR_EL0, x0; mrs x0, TPIDR_EL0", x0=0x1234
    check   "MSR TPIDRRO_EL0 at \el", \at, "msr TPIDRRO_EL0, x0", x0=0x55
    check   "MRS TPIDRRO_EL0 at \el", \at, "mrs x0, TPIDRRO_EL0"
    check   "TLBI VMALLE1 at \el", \at, "tlbi vmalle1"
    check   "TLBI ALLE2 at \el", \at, "tlbi alle2"
    check   "TLBI ALLE3 at \el", \at, "tlbi alle3"
    check   "IC IALLU at \el", \at, "ic iallu"
    check   "AT S1E1R at \el", \at, "at s1e1r, x0"
    check   "AT S12E1R at \el", \at, "at s12e1r, x0"
.endm

/*
 * ERET with an SPSR that is legal or not: an illegal one sets PSTATE.IL and stays (SetPSTATEFromPSR). Not mode 0x10: EL0 in
 * AArch32 state is legal on QEMU's cores and does not exist here.
 */
.macro returns el, at, name
    .irp    mode, 0x0, 0x4, 0x5, 0x8, 0x9, 0xc, 0xd, 0x1, 0x6, 0xb, 0x13, 0x1f
    check   "\el returns to \mode", \at, "msr SPSR_\name, x0; adr x1, 1f; msr ELR_\name, x1; isb; eret; 1: nop", x0=(0xf00003c0+\mode)
    .endr
.endm

.macro unaligned how, el, at
    \how    "LDR x at 1 at \el", \at, "ldr x1, [x0, #1]", x0=0x40200000
    \how    "LDRH at 1 at \el", \at, "ldrh w0, [x0]", x0=0x40200001
    \how    "STR w at 2 at \el", \at, "str w1, [x0]", x0=0x40200002
    \how    "STP x at 4 at \el", \at, "stp x1, x2, [x0]", x0=0x40200004
    \how    "LDP x at 8 at \el", \at, "ldp xzr, x2, [x0]; mov x0, #0", x0=0x40200008
    \how    "LDXR x at 4 at \el", \at, "ldxr x1, [x0]", x0=0x40200004
    \how    "LDAR w at 2 at \el", \at, "ldar w1, [x0]", x0=0x40200002
    \how    "STLR x at 1 at \el", \at, "stlr x1, [x0]", x0=0x40200001
.endm

    .text
function test_main
    stp     x29, x30, [sp, #-16]!
    title   "calls"
    calls   EL0, EL0T
    calls   EL1h, EL1H
    calls   EL1t, EL1T
    calls   EL2h, EL2H
    calls   EL2t, EL2T
    check   "HVC at EL0", EL0T, "hvc #1"
    check   "HVC at EL1", EL1H, "hvc #0x2345"
    check   "HVC at EL2", EL2H, "hvc #0x3456"
    check   "SMC at EL0", EL0T, "smc #1"
    set     HCR_EL2, (HCR_RW | 1 << 29)
    check   "HVC at EL2, HCD", EL2H, "hvc #1"
    reset

    title   "saved PSTATE"
    check   "NZCV", EL1H | 0xf0000000, "svc #0"
    check   "DAIF open", 0x5, "svc #0"
    check   "D open", 0x1c5, "svc #0"
    check   "A open", 0x2c5, "svc #0"
    check   "I open", 0x345, "svc #0"
    check   "F open", 0x385, "svc #0"
    check   "IL at EL0", EL0T | 1 << 20, "nop"
    check   "IL at EL1", EL1H | 1 << 20, "nop"
    check   "IL at EL2", EL2H | 1 << 20, "nop"
    check   "IL at EL1 before SVC", EL1H | 1 << 20, "svc #0"

    title   "registers by EL"
    el_registers EL0, EL0T
    el_registers EL1, EL1H
    check   "MSR SPSel and back", EL1H, "msr SPSel, #0; mrs x0, SPSel; msr SPSel, #1"
    check   "MSR DAIFClr at EL1", EL1H, "msr DAIFClr, #2; msr DAIFSet, #2"
    /* QEMU 7.2 has op1 and op2 of the syndrome the wrong way round. */
    own     "MSR DAIFClr at EL0", EL0T, "msr DAIFClr, #2"
    own     "MSR DAIFSet at EL0", EL0T, "msr DAIFSet, #15"
    check   "ERET at EL0", EL0T, "eret"
    check   "MSR SPSel at EL0", EL0T, "msr SPSel, #0"
    check   "MRS SP_EL0 at EL1t", EL1T, "mrs x1, SP_EL0"
    check   "MRS SCR_EL3 at EL2", EL2H, "mrs x1, SCR_EL3"
    check   "MRS SP_EL1 at EL2", EL2H, "mrs x1, SP_EL1"
    check   "MRS SP_EL2 at EL2", EL2H, "mrs x1, SP_EL2"
    check   "MRS SP_EL0 at EL2t", EL2T, "mrs x1, SP_EL0"
    check   "TLBI ALLE3 at EL2", EL2H, "tlbi alle3"
    check   "AT S1E3R at EL2", EL2H, "at s1e3r, x0"

    title   "alignment of PC and SP"
    .irp    at, EL0T, EL1H, EL2H
    check   "BR to 1 at \at", \at, "br x0", x0=0x40000001
    check   "BR to 2 at \at", \at, "br x0", x0=0x40000002
    check   "RET to 3 at \at", \at, "ret x0", x0=0x40000003
    check   "BLR to 2 at \at", \at, "blr x0", x0=0x40000002
    .endr
    /* QEMU 7.2 has no SP alignment checks (CheckSPAlignment); loads of bytes are checked like all. */
    own     "LDR from SP+8 at EL1h", EL1H, "mov x1, sp; add sp, x1, #8; ldr x0, [sp]"
    own     "STP to SP+4 at EL1h", EL1H, "mov x1, sp; add sp, x1, #4; stp x0, x1, [sp, #-16]!"
    own     "LDRB from SP+1 at EL1h", EL1H, "mov x1, sp; add sp, x1, #1; ldrb w0, [sp]"
    check   "PRFM from SP+8 at EL1h", EL1H, "mov x1, sp; add sp, x1, #8; prfm pldl1keep, [sp]; mov x0, #0"
    own     "LDR from SP+8 at EL0, SA0 set", EL0T, "mov x1, sp; add sp, x1, #8; ldr x0, [sp]"
    check   "LDR from SP+8 at EL2h, SA clear", EL2H, "mov x1, sp; add sp, x1, #8; ldr xzr, [sp]"
    set     SCTLR_EL2, 0x30c50838
    own     "LDR from SP+8 at EL2h, SA set", EL2H, "mov x1, sp; add sp, x1, #8; ldr xzr, [sp]"
    set     SCTLR_EL1, (SCTLR_EL1_OFF & ~0x18)
    own     "LDR from SP+8 at EL1h, SA clear", EL1H, "mov x1, sp; add sp, x1, #8; ldr xzr, [sp]"
    own     "LDR from SP+8 at EL0, SA0 clear", EL0T, "mov x1, sp; add sp, x1, #8; ldr xzr, [sp]"
    reset

    title   "alignment of data, SCTLR_ELx.A"
    set     SCTLR_EL1, (SCTLR_EL1_OFF | 2)
    set     SCTLR_EL2, 0x30c50832
    unaligned check, EL0, EL0T
    unaligned check, EL1, EL1H
    /* QEMU 7.2 sets ISV also for aborts that are not of stage 2. */
    unaligned own, EL2, EL2H
    reset
    check   "LDXR x at 4, A clear", EL1H, "ldxr x1, [x0]", x0=0x40200004
    check   "LDXP at 8, A clear", EL1H, "ldxp x1, x2, [x0]", x0=0x40200008

    title   "legal and illegal returns"
    returns EL1, EL1H, EL1
    returns EL2, EL2H, EL2
    ldp     x29, x30, [sp], #16
    ret
end_function test_main
