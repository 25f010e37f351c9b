/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv.h
 * A small hypervisor for one VM on a GICv2 with list registers, in the shape of Bao's (a static
 * partitioning hypervisor), as far as a physical interrupt of the VM goes: it comes to EL2, is
 * found to be the VM's, and goes on to it by a list register with HW set. What is measured is how
 * many instructions, lines of code and lines of data that takes, so the steps are Bao's function by
 * function and file by file; the code is our own. Which fields are in lines of their own is chosen
 * by how many lines the original was counted to miss (models/PUBLISHED.md).
 */
#pragma once

#define HV_REGS_X(n) ((n)*8)
#define HV_REGS_ELR (31 * 8)
#define HV_PE_VCPU 72
#define HV_PE_STACK_TOP (8192 - 48)
#define HV_VCPU_REGS 16

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HV_SGIS 16
#define HV_PRIVATE 32 /* interrupts of each PE: SGIs, PPIs */
#define HV_PES_MAX 8
#define HV_INTERRUPTS 256
#define HV_INTERRUPTS_MAX 1024
#define HV_LRS_MAX 64
#define HV_PAGE 4096

/** What another object file, or another allocation, has: it shares no line with its neighbours. */
#define HV_OWN_LINE __attribute__((aligned(64)))

struct hv_lock {
    volatile uint32_t taken;
};

struct hv_regs {
    uint64_t x[31];
    uint64_t elr, spsr;
} __attribute__((aligned(16)));

enum hv_state { HV_INACTIVE = 0, HV_PENDING = 1, HV_ACTIVE = 2, HV_PENDING_ACTIVE = 3 };

struct hv_vcpu;

/**
 * An interrupt of a VM, as its distributor shows it. Whose it is, its lock, its state, and what the
 * list registers have of it are in lines of their own.
 */
struct hv_interrupt {
    struct hv_interrupt *next_spilled;
    struct hv_vcpu *owner;
    struct hv_lock lock HV_OWN_LINE;
    uint64_t intid HV_OWN_LINE;
    uint64_t route;
    uint8_t state; /* enum hv_state, while it is in no list register */
    uint8_t priority, configuration;
    uint8_t targets, sgi_active, sgi_sources;
    bool hw;
    bool in_lr HV_OWN_LINE;
    bool enabled;
    uint8_t lr;
};

/** A translation regime: where its tables are, and the lock of who changes it. */
struct hv_space {
    uint64_t *root;
    uint64_t parange;
    const void *levels; /* how a table of each level looks */
    uint64_t kind, colours, id;
    struct hv_lock lock;
};

struct hv_distributor {
    struct hv_interrupt *interrupts;
    struct hv_lock lock;
    uint64_t interrupt_count;
    uint32_t control, type, implementer;
};

struct hv_vm {
    uint64_t id;
    const char *name;
    struct hv_lock lock, barrier_lock;
    uint64_t barrier_size, barrier_count;
    uint64_t master;
    struct hv_vcpu *vcpus;
    uint64_t pe_count, pes;
    struct hv_space space;
    struct hv_distributor distributor;
    struct hv_interrupt *spilled;
    struct hv_lock spilled_lock;
    struct {
        uint64_t first, last;
        void *handler;
    } emulated[4];                               /* regions whose accesses trap */
    uint32_t interrupts[HV_INTERRUPTS_MAX / 32]; /* those that are the VM's */
};

/**
 * A vCPU's side of the GIC: what its redistributor shows (with a GICv2 nothing), its interrupts,
 * and which are in the list registers.
 */
struct hv_private {
    struct {
        uint64_t type, control;
        uint32_t identity;
        struct hv_lock lock;
        uint64_t sleeping;
    } redistributor;
    struct hv_interrupt interrupts[HV_PRIVATE];
    int16_t lr_intid[HV_LRS_MAX];
};

struct hv_vcpu {
    struct hv_vcpu *next;
    struct hv_regs regs;
    uint64_t vmpidr;
    struct hv_private gic;
    struct hv_interrupt *spilled;
    struct {
        struct hv_lock lock;
        uint32_t state;
        uint64_t entry, context;
    } power; /* what PSCI turns it on with */
    uint64_t id, pe_id;
    bool active;
    struct hv_vm *vm;
};

/** What EL2 knows of a PE, with its stack in the page behind it. TPIDR_EL2 points to it. */
struct hv_pe {
    uint64_t id;
    bool handles_messages;
    struct hv_space space;
    struct hv_vcpu *vcpu;
    uint8_t stack[HV_PAGE - 48] __attribute__((aligned(HV_PAGE)));
    struct {
        uint64_t mark, limit;
        uint64_t fault_address, fault_syndrome, fault_link, fault_state;
    } stack_end; /* where EL2's own faults leave what they were */
};
_Static_assert(sizeof(struct hv_interrupt) == 256, "the distance between two is counted on");
_Static_assert(offsetof(struct hv_pe, vcpu) == HV_PE_VCPU, "the vectors rely on it");
_Static_assert(offsetof(struct hv_pe, stack_end) == HV_PE_STACK_TOP, "the vectors rely on it");
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

/* hv_gic.c: the physical GICv2. */
void hv_gic_frames(uintptr_t distributor, uintptr_t interface, uintptr_t control);
void hv_gic_on(void);
uint32_t hv_gic_acknowledge(void);
void hv_gic_drop(uint32_t acknowledged);
void hv_gic_deactivate(uint32_t acknowledged);
uint64_t hv_gic_empty_lrs(void);
uint64_t hv_gic_read_lr(size_t n);
void hv_gic_write_lr(size_t n, uint64_t value);
uint32_t hv_gic_control(void);
void hv_gic_set_control(uint32_t value);
extern size_t hv_lr_count;

/* hv_irq.c: what the vector calls. */
void hv_irq(void);

/* hv_interrupt.c: whose interrupt it is. */
enum hv_outcome hv_interrupt(uint64_t intid);
void hv_interrupt_own(uint32_t intid, hv_handler *handler);

/* hv_vgic.c: the VM's interrupts and the list registers. */
void hv_vgic_init(struct hv_vcpu *vcpu);
void hv_vgic_inject_hw(struct hv_vcpu *vcpu, uint64_t intid);
struct hv_interrupt *hv_vgic_get(struct hv_vcpu *vcpu, uint64_t intid);
void hv_vgic_to_lr(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt);

/* hv_spill.c: what happens when the list registers are not enough. */
size_t hv_spill(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt);
void hv_maintenance(uint32_t intid);

/* hv_vectors.S */
void hv_begin(struct hv_pe *pe) __attribute__((noreturn));
extern char hv_vectors[];
#endif
