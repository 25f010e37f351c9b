/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv.h
 * A small hypervisor for one VM on a GICv2 with list registers, in the shape of a static
 * partitioning hypervisor: physical interrupts come to EL2, are found to be the VM's, and go on
 * to it by a list register with HW set. It keeps what such a hypervisor keeps: a structure for
 * the PE, the VM, its vCPU, each interrupt, with a lock where several vCPUs could meet.
 */
#pragma once

#define HV_REGS_X(n) ((n)*8)
#define HV_REGS_ELR (31 * 8)
#define HV_PE_VCPU 8
#define HV_PE_STACK_TOP 4096
#define HV_VCPU_REGS 0

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HV_SGIS 16
#define HV_PRIVATE 32 /* interrupts of each PE: SGIs, PPIs */
#define HV_PES_MAX 8
#define HV_INTERRUPTS 256
#define HV_LRS_MAX 64

#define HV_LINE __attribute__((aligned(64)))

/** A lock has a cache line of its own, so that who waits does not take the data's away. */
struct hv_lock {
    volatile uint32_t taken;
} HV_LINE;

struct hv_regs {
    uint64_t x[31];
    uint64_t elr, spsr;
};

enum hv_state { HV_INACTIVE = 0, HV_PENDING = 1, HV_ACTIVE = 2 };

struct hv_vcpu;

/** An interrupt of a VM, as its distributor shows it. */
struct hv_interrupt {
    struct hv_interrupt *next_spilled;
    struct hv_vcpu *owner;
    struct hv_lock lock;
    uint32_t intid;
    uint32_t state; /* enum hv_state, while it is in no list register */
    uint32_t configuration;
    uint8_t priority, targets, lr, sgi_sources;
    bool enabled, in_lr, hw;
};

struct hv_vm {
    uint64_t id;
    struct hv_lock lock, spilled_lock;
    struct hv_interrupt *spilled;
    uint32_t distributor_control;
    struct hv_interrupt shared[HV_INTERRUPTS - HV_PRIVATE];
    uint64_t interrupts[HV_INTERRUPTS / 64]; /* those that are the VM's */
};

struct hv_vcpu {
    struct hv_regs regs;
    uint64_t id HV_LINE;
    uint64_t pe_id;
    struct hv_vm *vm;
    struct hv_interrupt private_interrupts[HV_PRIVATE];
    uint64_t lr_intid[HV_LRS_MAX];
};

/** What EL2 knows of a PE, with its stack behind it. TPIDR_EL2 points to it. */
struct hv_pe {
    uint64_t id;
    struct hv_vcpu *vcpu;
    uint8_t room_and_stack[4080];
};
_Static_assert(offsetof(struct hv_pe, vcpu) == HV_PE_VCPU, "the vectors rely on it");
_Static_assert(sizeof(struct hv_pe) == HV_PE_STACK_TOP, "the vectors rely on it");
_Static_assert(offsetof(struct hv_vcpu, regs) == HV_VCPU_REGS, "the vectors rely on it");
_Static_assert(offsetof(struct hv_regs, elr) == HV_REGS_ELR, "the vectors rely on it");

enum hv_outcome { HV_FORWARDED, HV_HANDLED };
typedef void hv_handler(uint32_t intid);

static inline struct hv_pe *hv_pe(void)
{
    struct hv_pe *pe;

    __asm__ volatile("mrs %0, TPIDR_EL2" : "=r"(pe));
    return pe;
}

static inline void hv_lock(struct hv_lock *lock)
{
    uint32_t was;

    __asm__ volatile("1: ldaxr %w0, %1\n"
                     "cbnz %w0, 1b\n"
                     "stxr %w0, %w2, %1\n"
                     "cbnz %w0, 1b"
                     : "=&r"(was), "+Q"(lock->taken)
                     : "r"(1)
                     : "memory");
}

static inline void hv_unlock(struct hv_lock *lock)
{
    __asm__ volatile("stlr wzr, %0" : "=Q"(lock->taken)::"memory");
}

/* hv_gic.c: the physical GIC. */
void hv_gic_frames(uintptr_t distributor, uintptr_t interface, uintptr_t control);
void hv_gic_on(void);
void hv_irq(void); /* the vector calls it */
uint32_t hv_gic_acknowledge(void);
void hv_gic_drop(uint32_t acknowledged);
void hv_gic_deactivate(uint32_t acknowledged);
uint64_t hv_gic_empty_lrs(void);
uint32_t hv_gic_read_lr(size_t n);
void hv_gic_write_lr(size_t n, uint32_t value);
extern size_t hv_lr_count;

/* hv_interrupt.c: whose interrupt it is. */
enum hv_outcome hv_interrupt(uint32_t intid);
void hv_interrupt_own(uint32_t intid, hv_handler *handler);

/* hv_vgic.c: the VM's interrupts and the list registers. */
void hv_vgic_init(struct hv_vcpu *vcpu);
void hv_vgic_inject(struct hv_vcpu *vcpu, uint32_t intid);
struct hv_interrupt *hv_vgic_find(struct hv_vcpu *vcpu, uint32_t intid) __attribute__((noinline));
void hv_vgic_to_lr(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt);
void hv_vgic_write_lr(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt, size_t lr)
    __attribute__((noinline));

/* hv_spill.c: what happens when the list registers are not enough. */
void hv_spill(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt);
void hv_maintenance(uint32_t intid);

/* hv_vectors.S */
void hv_enter(void) __attribute__((noreturn));
extern char hv_vectors[];
#endif
