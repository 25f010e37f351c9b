/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file host.h
 * What the host kernel knows of a vCPU, its VM and the thread that runs it.
 */
#pragma once

#include "bits.h"
#include "kernel.h"
#include "vcpu.h"

struct list {
    struct list *next, *previous;
};

static inline bool list_is_empty(const struct list *list)
{
    return __atomic_load_n(&list->next, __ATOMIC_RELAXED) == list;
}

struct trace_point {
    volatile uint32_t on;
    uint64_t last;
};

static inline void trace(struct trace_point *point, uint64_t value)
{
    if (__builtin_expect(point->on, 0)) {
        point->last = value;
    }
}

/* struct thread.flags: what has to be done before anything of a guest runs again. */
#define THREAD_SIGNAL 1UL
#define THREAD_RESCHEDULE 2UL
#define THREAD_NOTIFY 4UL
#define THREAD_WORK (THREAD_SIGNAL | THREAD_RESCHEDULE | THREAD_NOTIFY)

#define THREAD_FP_FOREIGN BIT(16)
#define THREAD_RUNS_GUEST BIT(17)

/** Whose a thread's time is, in ticks of the scheduler; read by others under `sequence`. */
enum { TIME_IDLE, TIME_SYSTEM, TIME_GUEST, TIME_USER };
struct vtime {
    uint32_t sequence, state, pe;
    uint64_t started, user, system, guest;
};

struct thread {
    uint64_t flags;
    uint32_t preempt_count, pe;
    struct vtime time;
};

/** Read-copy-update: what a PE reports when it passes a quiescent state. */
struct quiescence {
    bool urgent, heavy, expedited, waited_for;
    uint64_t passed, reported;
};

/** What the kernel knows of a PE. */
enum { CONTEXT_KERNEL, CONTEXT_GUEST };
struct pe {
    uint32_t number, flags;
    uint64_t active_vmid, context;
    struct quiescence quiescence;
    struct kvcpu *running;
    const void *fp_last; /* whose FP/SIMD registers were loaded last */
};

/* struct machine.capabilities: what was found in the core when the kernel began. */
enum {
    CAN_SVE,
    CAN_SME,
    CAN_MPAM,
    CAN_PAUTH,
    CAN_HDBGWTR,
    CAN_NESTED,
    CAN_RAS,
    CAN_TCR2,
    CAN_S1POE,
    CAN_S2_FWB,
    CAN_CNTPOFF,
    CAN_WFXT,
    ERRATUM_SPECULATIVE_AT,
    ERRATUM_HCR_SYNC,
    ERRATUM_ADDRESS,
    ERRATUM_TRBE,
    ERRATUM_VECTORS,
    GICV3_INTERFACE,
};

#define PES_MAX 4

struct machine {
    uint64_t capabilities[1];
    uint64_t vmid_generation; /* above the VMID's bits */
    uint64_t ticks;
    struct pe pes[PES_MAX];
    struct trace_point entry, exit, hvc;
    bool msis_v4, msis_v41, user_irqchip;
};

/* struct vm.flags */
#define VM_HAS_FILTER 6
#define VM_IS_AARCH32 7

struct vm {
    uint64_t vmid;
    uint64_t features[3], flags[1];
    uint32_t psci_version;
    bool has_vgic, has_its, has_pmu;
    uint32_t dirty_ring_size, pmu_counters;
    struct machine *machine;
};

/* Who the FP/SIMD registers belong to. */
enum { FP_FREE, FP_HOST, FP_GUEST };
/* struct kvcpu.flags */
#define FLAG_DEBUG_DIRTY 1U
#define FLAG_PENDING_EXCEPTION 2U
#define FLAG_INCREMENT_PC 4U
#define FLAG_PMU_RESTORE 8U

enum { MODE_OUTSIDE, MODE_INSIDE };

/** What user space and the kernel share of a vCPU. */
struct run_page {
    uint32_t reason, immediate_exit, device_levels;
};

/** The vCPU's side of the GIC: list registers in use, and whether a GICv4 delivers to it. */
struct vgic_cpu {
    uint32_t used;
    bool resident;
};

/** A timer of the guest: its registers while it is not loaded, and the offset of its count. */
struct guest_timer {
    uint64_t control, compare, offset;
    bool loaded, level;
};
enum { TIMERS = 2 };

struct kvcpu {
    struct arch_vcpu arch;
    struct vm *vm;
    struct thread *thread;
    uint64_t requests;
    uint32_t mode, flags, fp_owner, guest_debug;
    bool paused, powered_off, pmu_loaded;
    struct list ap_list; /* interrupts that are pending or active */
    bool pmu_level;
    uint64_t pmcr, pmovsset, pmcntenset, pmintenset;
    uint64_t pmu_events[2], pmu_host_events[2];
    struct run_page *run;
    struct vgic_cpu vgic;
    struct guest_timer timers[TIMERS];
    uint64_t exits, hvc_exits, signal_exits;
    struct {
        uint64_t sve_length;
        const void *state;
        uint32_t type;
        bool dirty;
    } fp;
    uint64_t host_mdcr;
};

/** The PE that the thread is on. */
static inline struct pe *this_pe(const struct kvcpu *vcpu)
{
    return &vcpu->vm->machine->pes[__atomic_load_n(&vcpu->thread->pe, __ATOMIC_RELAXED)];
}

static inline bool machine_has(const struct kvcpu *vcpu, unsigned capability)
{
    return test_bit(vcpu->vm->machine->capabilities, capability);
}

/** Around the guest, vhe/account.c. */
void account_enter(struct kvcpu *vcpu);
void account_exit(struct kvcpu *vcpu);

typedef int exit_handler(struct kvcpu *vcpu);

/** One round of the loop of the vCPU's thread: into the guest, and what it came back for. */
int host_run_once(struct kvcpu *vcpu);

/** The part at the guest's border, vhe/switch.c. */
uint64_t vcpu_switch(struct kvcpu *vcpu);

/** What the guest called by HVC, vhe/smccc.c. */
int smccc_call(struct kvcpu *vcpu);
