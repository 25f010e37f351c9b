/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vm.h
 * The state of the VMs, each with one vCPU, and of the hypervisor. What is saved at every trap
 * comes first, at offsets that the vectors know; the rest changes hands at a world switch.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gicv3.h"
#include "hypercall.h"
#include "layout.h"
#include "offsets.h"
#include "pgtable.h"

#define STAGE2_TABLES 8
#define VGIC_LR_COUNT 4
#define VGIC_INTID_COUNT 64
#define CONSOLE_LINE_MAX 120

/** General-purpose registers and the return state of the last trap. */
struct cpu_regs {
    uint64_t x[31];
    uint64_t elr;
    uint64_t spsr;
    uint64_t reserved;
};

/** FP and SIMD registers. */
struct fpsimd_state {
    uint64_t q[32][2];
    uint64_t fpcr;
    uint64_t fpsr;
} __attribute__((aligned(16)));

/** System registers of EL1 and EL0. */
struct el1_state {
#define EL1_STATE(field, reg) uint64_t field;
#include "el1_state.def"
#undef EL1_STATE
};

/** The virtual GIC: its registers as the guest sees them, and the CPU interface when switched. */
struct vgic {
    uint64_t pending; /* by INTID: waiting for a list register */
    uint64_t enabled;
    uint64_t group1;
    uint32_t ctlr;
    uint32_t waker;
    uint8_t priority[VGIC_INTID_COUNT];
    uint64_t lr[VGIC_LR_COUNT];
    uint64_t vmcr;
    uint64_t ap1r0;
};

/** The virtual timer while the VM is switched out; virtual time goes on. */
struct vtimer {
    uint64_t ctl;
    uint64_t cval;
    uint64_t offset;
};

/** The emulated UART: the line that is not complete yet. */
struct vuart {
    char line[CONSOLE_LINE_MAX];
    size_t length;
    uint32_t lcr_h;
    uint32_t cr;
    uint32_t imsc;
};

struct vm_stats {
#define STAT(field, text) uint64_t field;
#include "stats.def"
#undef STAT
};

enum vm_state {
    VM_RUNNABLE,
    VM_WAIT_INTERRUPT, /* in WFI */
    VM_WAIT_TURN,
    VM_WAIT_BARRIER,
    VM_OFF,
};

struct vm {
    struct cpu_regs regs;
    struct fpsimd_state fpsimd;
    struct el1_state el1;
    struct vgic vgic;
    struct vtimer vtimer;
    uint64_t hcr;
    uint64_t vttbr;
    enum vm_state state;
    unsigned id; /* 1 or 2; also the VMID */
    struct pgtable stage2;
    struct guest_info *info;
    struct vuart uart;
    struct vm_stats stats;
};

struct hyp {
    struct vm vm[VM_COUNT];
    struct vm *loaded; /* whose EL1 state is in the registers */
    bool reschedule;   /* the loaded VM gives way at the end of this trap */
    unsigned turn;     /* id of the VM that may print */
    uint64_t slice_ticks;
    struct gic gic;
};

extern struct hyp hyp;

_Static_assert(offsetof(struct vm, regs) == 0, "the vectors use struct vm as cpu_regs");
_Static_assert(offsetof(struct cpu_regs, x[30]) == REGS_X(30), "REGS_X");
_Static_assert(offsetof(struct cpu_regs, elr) == REGS_ELR, "REGS_ELR");
_Static_assert(offsetof(struct cpu_regs, spsr) == REGS_SPSR, "REGS_SPSR");
_Static_assert(sizeof(struct cpu_regs) == REGS_SIZE, "REGS_SIZE");
_Static_assert(offsetof(struct fpsimd_state, q[31]) == FPSIMD_Q(31), "FPSIMD_Q");
_Static_assert(offsetof(struct fpsimd_state, fpcr) == FPSIMD_FPCR, "FPSIMD_FPCR");
_Static_assert(offsetof(struct fpsimd_state, fpsr) == FPSIMD_FPSR, "FPSIMD_FPSR");
_Static_assert(sizeof(struct fpsimd_state) == FPSIMD_SIZE, "FPSIMD_SIZE");

/** Makes VM `index`: its memory, stage 2, registers and the guest image. */
void vm_create(struct vm *vm, unsigned index);

/** Returns register `n` as an instruction reads it: 31 is XZR. */
static inline uint64_t vm_read_x(const struct vm *vm, unsigned n)
{
    return n < 31 ? vm->regs.x[n] : 0;
}

/** Writes register `n` as an instruction does: 31 is discarded. */
static inline void vm_write_x(struct vm *vm, unsigned n, uint64_t value)
{
    if (n < 31) {
        vm->regs.x[n] = value;
    }
}

/** Steps over the trapped A64 instruction. */
static inline void vm_skip_instruction(struct vm *vm)
{
    vm->regs.elr += 4;
}
