/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hyper.c
 * What the hypervisor does about an exception, in the steps of Xen 4.5: clean up after the list
 * registers in use (none), find the handler by exception class, find the hypercall by number,
 * and before the return look for softirqs and for interrupts to inject (none). GICH is not
 * accessed: what the hypervisor knows of list registers it keeps in memory.
 */
#include "hyper.h"

#include "board.h"
#include "esr.h"
#include "kernel.h"
#include "report.h"
#include "sysreg.h"

#define NOINLINE __attribute__((noinline))
#define HYPERCALLS 48
#define HYPERCALL_NULL 17

typedef uint64_t hypercall(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4);

struct virtual_gic {
    struct spinlock lock;
    struct virtual_irq *pending;
};

struct domain_vcpu {
    uint64_t id;
    bool idle;
    struct virtual_gic gic;
};

static struct domain_vcpu vcpu;
static struct domain_vcpu *current = &vcpu;
static uint64_t lr_mask, softirqs;
static unsigned lr_count = 4;

static bool from_guest(const struct frame *frame)
{
    return (frame->cpsr & SPSR_MODE_MASK) <= SPSR_EL1H;
}

NOINLINE static void clear_lrs(struct domain_vcpu *v)
{
    if (v->idle) {
        return;
    }
    spin_lock(&v->gic.lock);
    for (unsigned lr = 0; lr < lr_count; lr++) {
        if (lr_mask >> lr == 0) {
            break;
        }
        if (lr_mask >> lr & 1) {
            give_up("no list register should be in use");
        }
    }
    spin_unlock(&v->gic.lock);
}

static uint64_t do_null(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
    (void)a1;
    (void)a2;
    (void)a3;
    (void)a4;
    return a0 == 0 ? 0x40005 : ~0UL;
}

static hypercall *const hypercalls[HYPERCALLS] = { [HYPERCALL_NULL] = do_null };

NOINLINE static void do_hypercall(struct frame *frame, uint64_t iss)
{
    uint64_t number = frame->x[16];
    hypercall *call;

    if (iss != HYPERCALL_TAG) {
        give_up("not a hypercall");
    }
    call = number < HYPERCALLS ? hypercalls[number] : NULL;
    if (!call) {
        frame->x[0] = ~0UL;
        return;
    }
    frame->x[0] = call(frame->x[0], frame->x[1], frame->x[2], frame->x[3], frame->x[4]);
}

void hyper_sync(struct frame *frame)
{
    uint64_t esr = sysreg_read(ESR_EL2);

    if (from_guest(frame)) {
        clear_lrs(current);
    }
    switch (FIELD_GET(esr, ESR_EC)) {
    case EC_HVC64:
        do_hypercall(frame, esr & 0xffff);
        break;
    default:
        give_up("the guest does what nobody expects");
    }
}

NOINLINE static void inject(struct domain_vcpu *v)
{
    spin_lock(&v->gic.lock);
    if (v->gic.pending) {
        give_up("no interrupt is expected");
    }
    spin_unlock(&v->gic.lock);
}

void hyper_leave(void)
{
    if (softirqs) {
        give_up("no softirq is expected");
    }
    inject(current);
}
