/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vcpu.h
 * A vCPU of a hypervisor that lives in a kernel at EL2 (FEAT_VHE): only what a round trip into the
 * guest saves and restores; everything else of EL1 stays in its registers while the vCPU is loaded.
 */
#pragma once

#define CTXT_X(n) ((n)*8)
#define CTXT_SP_EL0 (31 * 8)
#define CTXT_PC (32 * 8)
#define CTXT_PSTATE (33 * 8)
#define CTXT_DISR (34 * 8)
#define CTXT_MDSCR (35 * 8)
#define CTXT_SIZE (36 * 8)

#define VCPU_CTXT 0
#define VCPU_FAULT_DISR CTXT_SIZE
#define PERCPU_HOST_CTXT 0
#define PERCPU_LOADED (CTXT_SIZE)

#define EXIT_TRAP 2
#define EXIT_IRQ 0

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct ctxt {
    uint64_t x[31], sp_el0, pc, pstate, disr, mdscr;
};
_Static_assert(offsetof(struct ctxt, mdscr) == CTXT_MDSCR, "the assembly relies on it");
_Static_assert(sizeof(struct ctxt) == CTXT_SIZE, "the assembly relies on it");

/** The part of a vCPU that the assembly knows. */
struct arch_vcpu {
    struct ctxt ctxt;
    uint64_t fault_disr, fault_esr, fault_far, fault_hpfar;
    uint64_t hcr, mdcr;
};
_Static_assert(offsetof(struct arch_vcpu, fault_disr) == VCPU_FAULT_DISR,
               "the assembly relies on it");

struct percpu {
    struct ctxt host;
    struct arch_vcpu *loaded;
};
_Static_assert(offsetof(struct percpu, loaded) == PERCPU_LOADED, "the assembly relies on it");

/** Runs the guest until it exits; returns why. TPIDR_EL2 points to the struct percpu. */
uint64_t guest_enter(struct arch_vcpu *vcpu);

extern char host_vectors[], guest_vectors[];

/** Makes EL2 the host's: HCR_EL2.E2H and TGE, and translation by the tables of EL1&0. */
void vhe_on(void);
#endif
