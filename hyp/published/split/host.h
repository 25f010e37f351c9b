/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file host.h
 * The host kernel's own view of a vCPU, its VM, and the thread that runs it.
 */
#pragma once

#include "kernel.h"
#include "vcpu.h"

#define VM_SHARED 256
#define VGIC_HCR_UNDERFLOW 2U
#define VGIC_MISR_EOI 1U
#define VGIC_MISR_UNDERFLOW 2U
#define FEATURE_PSCI 2
#define FUNCTION_PSCI_VERSION 0x84000000U
#define FUNCTION_64_BIT 0x40000000U

#define THREAD_SIGNAL 1UL
#define THREAD_RESCHEDULE 2UL
#define THREAD_GUEST 4UL
enum { MODE_HOST, MODE_GUEST };

/** A trace point: off, and nothing but a test of that. */
struct trace_point {
    volatile uint32_t on;
    uint64_t last;
};

static inline void trace(struct trace_point *point, uint64_t value)
{
    if (point->on) {
        point->last = value;
    }
}

struct machine {
    uint64_t vmid_generation;
    struct spinlock vmid_lock;
    struct trace_point trace_entry, trace_exit, trace_hvc;
};

struct thread {
    uint64_t flags;
    uint32_t preempt_count, pe;
    struct machine *machine;
    bool quiescent;
    uint64_t entered, guest_time;
};

struct vm {
    uint64_t vmid_generation;
    bool has_vgic;
    struct spinlock vgic_lock;
    uint64_t pending_on[1], active_on[1];
    uint64_t shared_pending[VM_SHARED / 64], shared_enabled[VM_SHARED / 64];
};

struct host_vcpu {
    struct vcpu switched;
    unsigned id;
    bool paused, timer_armed, timed;
    struct vm *vm;
    struct thread *thread;
    uint32_t mode, last_pe;
    uint64_t features[1];
    uint64_t private_pending, private_enabled, shared_target[VM_SHARED / 64];
    uint64_t lr_used;
    uint64_t exits, hvc_exits;
};

typedef int exit_handler(struct host_vcpu *vcpu);

/** Enters the guest once, and handles why it came back; > 0 to go on. */
int host_run_once(struct host_vcpu *vcpu);
