/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vcpu.h
 * What a split-mode hypervisor keeps of a vCPU: the guest's registers and the host's, by the
 * classes that the published breakdown has. Offsets are for lowvisor.S.
 */
#pragma once

#define CONTEXT_X(n) ((n)*8)
#define CONTEXT_SP_EL0 (31 * 8)
#define CONTEXT_PC (32 * 8)
#define CONTEXT_PSTATE (33 * 8)
#define CONTEXT_SP_EL1 (34 * 8)
#define CONTEXT_ELR_EL1 (35 * 8)
#define CONTEXT_SPSR_EL1 (36 * 8)
#define CONTEXT_SYS(n) (37 * 8 + (n)*8)
#define CONTEXT_FPSR (60 * 8)
#define CONTEXT_FPCR (61 * 8)
#define CONTEXT_Q(n) (64 * 8 + (n)*16)
#define CONTEXT_SIZE (64 * 8 + 32 * 16)

#define VCPU_GUEST 0
#define VCPU_HOST CONTEXT_SIZE
#define VCPU_REST (2 * CONTEXT_SIZE)
#define VCPU_HCR (VCPU_REST + 0)
#define VCPU_ESR (VCPU_REST + 8)
#define VCPU_FAR (VCPU_REST + 16)
#define VCPU_HPFAR (VCPU_REST + 24)
#define VCPU_VTTBR (VCPU_REST + 32)
#define VCPU_TIMER_ENABLED (VCPU_REST + 40)
#define VCPU_CNTVOFF (VCPU_REST + 48)
#define VCPU_CNTV_CTL (VCPU_REST + 56)
#define VCPU_CNTV_CVAL (VCPU_REST + 64)
#define VCPU_GICH (VCPU_REST + 72)
#define VCPU_LR_COUNT (VCPU_REST + 80)
#define VCPU_VGIC (VCPU_REST + 88)
#define VGIC_HCR 0
#define VGIC_VMCR 4
#define VGIC_MISR 8
#define VGIC_EISR0 12
#define VGIC_EISR1 16
#define VGIC_ELRSR0 20
#define VGIC_ELRSR1 24
#define VGIC_APR 28
#define VGIC_LR0 32
#define VCPU_TIMED (VCPU_VGIC + 48)
#define VCPU_BEGAN (VCPU_TIMED + 8)
#define VCPU_TOOK(n) (VCPU_BEGAN + 8 + (n)*8)

/* Classes of state, as the breakdown of the published hypercall names them. */
#define CLASS_EMPTY 0
#define CLASS_GP_SAVE 1
#define CLASS_GP_RESTORE 2
#define CLASS_FP_SAVE 3
#define CLASS_FP_RESTORE 4
#define CLASS_EL1_SAVE 5
#define CLASS_EL1_RESTORE 6
#define CLASS_VGIC_SAVE 7
#define CLASS_VGIC_RESTORE 8
#define CLASS_TIMER_SAVE 9
#define CLASS_TIMER_RESTORE 10
#define CLASS_CONFIG_SAVE 11
#define CLASS_CONFIG_RESTORE 12
#define CLASS_VM_SAVE 13
#define CLASS_VM_RESTORE 14
#define CLASS_COUNT 15

#define VCPU_EXIT_TRAP 1

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct context {
    uint64_t x[31];
    uint64_t sp_el0, pc, pstate, sp_el1, elr_el1, spsr_el1;
    uint64_t sys[22];
    uint64_t unused;
    uint64_t fpsr, fpcr;
    uint64_t unused2[2];
    uint64_t q[64];
};

struct vgic {
    uint32_t hcr, vmcr, misr, eisr[2], elrsr[2], apr, lr[4];
};

struct vcpu {
    struct context guest, host;
    uint64_t hcr, esr, far, hpfar, vttbr;
    uint64_t timer_enabled, cntvoff, cntv_ctl, cntv_cval;
    uint64_t gich, lr_count;
    struct vgic vgic;
    uint64_t timed;
    uint64_t began, took[CLASS_COUNT]; /* cycles, of the last switch that was timed */
};
_Static_assert(offsetof(struct context, sys) == CONTEXT_SYS(0), "the assembly relies on it");
_Static_assert(offsetof(struct context, fpsr) == CONTEXT_FPSR, "the assembly relies on it");
_Static_assert(offsetof(struct context, q) == CONTEXT_Q(0), "the assembly relies on it");
_Static_assert(sizeof(struct context) == CONTEXT_SIZE, "the assembly relies on it");
_Static_assert(offsetof(struct vcpu, hcr) == VCPU_HCR, "the assembly relies on it");
_Static_assert(offsetof(struct vcpu, vgic) == VCPU_VGIC, "the assembly relies on it");
_Static_assert(offsetof(struct vcpu, took) == VCPU_TOOK(0), "the assembly relies on it");

/** From the host, by HVC: runs the guest until it exits, and returns why. */
uint64_t vcpu_enter(struct vcpu *vcpu);

/** The same, and leaves in vcpu->took what each class of state took. */
uint64_t vcpu_enter_timed(struct vcpu *vcpu);
#endif
