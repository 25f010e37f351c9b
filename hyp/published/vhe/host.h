/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file host.h
 * What the host kernel knows of a vCPU, its VM and the thread that runs it.
 */
#pragma once

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

struct thread {
    uint64_t flags;
    uint32_t preempt_count, pe;
    uint64_t utime, stime, entered;
    bool accounts_time, runs_guest;
};

/** Read-copy-update: what a PE reports when it passes a quiescent state. */
struct quiescence {
    bool urgent, heavy, expedited, waited_for;
    uint64_t passed, reported;
};

struct machine {
    uint64_t vmid_generation; /* above the VMID's bits */
    uint64_t active_vmid;     /* of this PE */
    struct trace_point entry, exit, hvc;
    bool msis_v4, msis_v41, user_irqchip;
    struct quiescence quiescence;
};

/* struct vm.flags */
#define VM_HAS_FILTER 6
#define VM_IS_AARCH32 7

struct vm {
    uint64_t vmid;
    uint64_t features[3], flags[1];
    uint32_t psci_version;
    bool has_vgic, has_its, has_pmu;
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
    uint64_t exits, hvc_exits;
    uint64_t host_mdcr;
};

typedef int exit_handler(struct kvcpu *vcpu);

/** One round of the loop of the vCPU's thread: into the guest, and what it came back for. */
int host_run_once(struct kvcpu *vcpu);

/** The part at the guest's border, vhe/switch.c. */
uint64_t vcpu_switch(struct kvcpu *vcpu);

/** What the guest called by HVC, vhe/smccc.c. */
int smccc_call(struct kvcpu *vcpu);
