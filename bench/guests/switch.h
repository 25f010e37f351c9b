/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The state of a VM while it is not running, as switch.S saves and loads it, and the lists that say
 * which register lives where. Read by C and by the assembler.
 */
#ifndef BENCH_SWITCH_H
#define BENCH_SWITCH_H

/* clang-format off */

#define VM_X30 240 /* x30 and the PC, ELR_EL2 */
#define VM_SYSREG 256
#define VM_Q 512
#define VM_SECOND 1024 /* what STP cannot reach from the base; offsets below are from here */
#define VM_FP 0
#define VM_LR 16
#define VM_GIC 48
#define VM_TIMER 64
#define VM_NEXT 96

#ifdef __ASSEMBLER__

/*
 * op REG, REG, index: the pairs of system registers from VM_SYSREG on, first those that EL1 (or the
 * exception to EL2) changes, then what only EL2 decides. struct vm has them in the same order.
 */
.macro sysreg_pairs op
    \op     SPSR_EL2, SP_EL0, 0
    \op     SP_EL1, ELR_EL1, 1
    \op     SPSR_EL1, SCTLR_EL1, 2
    \op     CPACR_EL1, VBAR_EL1, 3
    \op     TTBR0_EL1, TTBR1_EL1, 4
    \op     TCR_EL1, MAIR_EL1, 5
    \op     CONTEXTIDR_EL1, TPIDR_EL0, 6
    \op     TPIDRRO_EL0, TPIDR_EL1, 7
    \op     ESR_EL1, FAR_EL1, 8
    \op     CNTKCTL_EL1, VMPIDR_EL2, 9
    \op     VTTBR_EL2, HCR_EL2, 10
    \op     VPIDR_EL2, CPTR_EL2, 11
    \op     AMAIR_EL1, ACTLR_EL1, 12
    \op     AFSR0_EL1, AFSR1_EL1, 13
    \op     PAR_EL1, CSSELR_EL1, 14
    \op     MDSCR_EL1, CNTHCTL_EL2, 15
.endm

#else

#include <stdint.h>

/** The system registers, in the order of sysreg_pairs. */
enum vm_sysreg {
    VM_SPSR_EL2, VM_SP_EL0, VM_SP_EL1, VM_ELR_EL1, VM_SPSR_EL1, VM_SCTLR_EL1, VM_CPACR_EL1,
    VM_VBAR_EL1, VM_TTBR0_EL1, VM_TTBR1_EL1, VM_TCR_EL1, VM_MAIR_EL1, VM_CONTEXTIDR_EL1,
    VM_TPIDR_EL0, VM_TPIDRRO_EL0, VM_TPIDR_EL1, VM_ESR_EL1, VM_FAR_EL1, VM_CNTKCTL_EL1,
    VM_VMPIDR_EL2, VM_VTTBR_EL2, VM_HCR_EL2, VM_VPIDR_EL2, VM_CPTR_EL2,
    VM_PORTABLE, /* the value of what follows may depend on the core: not in the checksum */
    VM_AMAIR_EL1 = VM_PORTABLE, VM_ACTLR_EL1, VM_AFSR0_EL1, VM_AFSR1_EL1, VM_PAR_EL1,
    VM_CSSELR_EL1, VM_MDSCR_EL1, VM_CNTHCTL_EL2,
    VM_SYSREGS
};

/* clang-format on */

/** One VM. */
struct vm {
    uint64_t x[31];
    uint64_t pc;
    uint64_t sysreg[VM_SYSREGS];
    uint64_t q[32][2];
    uint64_t fpcr, fpsr;
    uint64_t ich_lr[4];
    uint64_t ich_vmcr, ich_ap1r0;
    uint64_t ich_hcr, cntvoff;
    uint64_t cntv_ctl, cntv_cval;
    struct vm *next;
} __attribute__((aligned(16)));

/** Runs `vm` and those after it by turns, until HVC #0 was called `switches` times. */
void vm_run(struct vm *vm, uint64_t switches);

/** What the VMs execute at EL1. */
void vm_el1(void);

#endif
#endif
