/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file host.c
 * The host kernel of a split-mode hypervisor: its loop around the guest, at EL1. Each step is one
 * that Linux 4.0 takes between two entries of a vCPU: may it go on, has its VMID expired, its
 * interrupts into list registers, its timer, into the guest; and back: account, timer, list
 * registers, handler of the exit. It is 380 instructions a round, beside 430 of the world switch
 * and its vectors; how many the original takes was not published, 400 to 600 by the size of code
 * like it.
 */
#include "host.h"

#include "esr.h"
#include "report.h"
#include "sysreg.h"

#define NOINLINE __attribute__((noinline))

static bool vmid_expired(const struct machine *machine, const struct vm *vm)
{
    return vm->vmid_generation != __atomic_load_n(&machine->vmid_generation, __ATOMIC_RELAXED);
}

NOINLINE static void vmid_update(struct machine *machine, struct vm *vm)
{
    if (!vmid_expired(machine, vm)) {
        return;
    }
    spin_lock(&machine->vmid_lock);
    vm->vmid_generation = machine->vmid_generation;
    spin_unlock(&machine->vmid_lock);
}

NOINLINE static bool interrupts_pending(struct host_vcpu *vcpu)
{
    return test_bit(vcpu->vm->pending_on, vcpu->id) || test_bit(vcpu->vm->active_on, vcpu->id);
}

/** Private and shared interrupts that are enabled and pending, for the list registers. */
NOINLINE static bool compute_pending(struct host_vcpu *vcpu)
{
    uint64_t any = vcpu->private_pending & vcpu->private_enabled;

    for (unsigned i = 0; i < VM_SHARED / 64; i++) {
        any |= vcpu->vm->shared_pending[i] & vcpu->vm->shared_enabled[i] & vcpu->shared_target[i];
    }
    return any != 0;
}

NOINLINE static void vgic_flush(struct host_vcpu *vcpu)
{
    struct vm *vm = vcpu->vm;

    if (!vm->has_vgic) {
        return;
    }
    spin_lock(&vm->vgic_lock);
    if (interrupts_pending(vcpu) && compute_pending(vcpu)) {
        give_up("no interrupt is expected");
    }
    vcpu->switched.vgic.hcr &= ~VGIC_HCR_UNDERFLOW;
    clear_bit(vm->pending_on, vcpu->id);
    spin_unlock(&vm->vgic_lock);
}

/** End of interrupt maintenance: which list registers ended with a level still high. */
NOINLINE static bool vgic_maintenance(struct host_vcpu *vcpu)
{
    uint32_t misr = vcpu->switched.vgic.misr;
    bool level = false;

    if (misr & VGIC_MISR_EOI) {
        level = vcpu->switched.vgic.eisr[0] != 0 || vcpu->switched.vgic.eisr[1] != 0;
    }
    if (misr & VGIC_MISR_UNDERFLOW) {
        vcpu->switched.vgic.hcr &= ~VGIC_HCR_UNDERFLOW;
    }
    return level;
}

NOINLINE static void vgic_sync(struct host_vcpu *vcpu)
{
    struct vm *vm = vcpu->vm;
    uint64_t empty;
    bool level;

    if (!vm->has_vgic) {
        return;
    }
    spin_lock(&vm->vgic_lock);
    level = vgic_maintenance(vcpu);
    empty = vcpu->switched.vgic.elrsr[0] | (uint64_t)vcpu->switched.vgic.elrsr[1] << 32;
    for (unsigned lr = 0; lr < vcpu->switched.lr_count; lr++) {
        if ((empty >> lr & 1) && test_and_clear_bit(&vcpu->lr_used, lr)) {
            vcpu->switched.vgic.lr[lr] = 0;
        }
    }
    if (level || ~empty & ((1UL << vcpu->switched.lr_count) - 1)) {
        set_bit(vm->pending_on, vcpu->id);
    }
    spin_unlock(&vm->vgic_lock);
}

NOINLINE static void timer_flush(struct host_vcpu *vcpu)
{
    if (vcpu->timer_armed) {
        vcpu->timer_armed = false;
    }
}

NOINLINE static void timer_sync(struct host_vcpu *vcpu)
{
    uint64_t control = vcpu->switched.cntv_ctl;

    if (vcpu->timer_armed) {
        give_up("the timer is armed in the guest");
    }
    if ((control & CNT_CTL_IMASK) || !(control & CNT_CTL_ENABLE)) {
        return;
    }
    if (sysreg_read(CNTPCT_EL0) - vcpu->switched.cntvoff >= vcpu->switched.cntv_cval) {
        vcpu->private_pending |= 1UL << 27;
        set_bit(vcpu->vm->pending_on, vcpu->id);
        return;
    }
    vcpu->timer_armed = true;
}

NOINLINE static void account_enter(struct thread *thread)
{
    thread->flags |= THREAD_GUEST;
    thread->quiescent = true;
    thread->entered = sysreg_read(CNTVCT_EL0);
}

NOINLINE static void account_exit(struct thread *thread)
{
    thread->guest_time += sysreg_read(CNTVCT_EL0) - thread->entered;
    thread->flags &= ~THREAD_GUEST;
}

NOINLINE static uint64_t call_lowvisor(struct host_vcpu *vcpu)
{
    return vcpu->timed ? vcpu_enter_timed(&vcpu->switched) : vcpu_enter(&vcpu->switched);
}

/** The guest's function, as the PSCI of the version that the VM has sees it. */
NOINLINE static bool psci_call(struct host_vcpu *vcpu)
{
    uint32_t function = (uint32_t)vcpu->switched.guest.x[0];

    if (!test_bit(vcpu->features, FEATURE_PSCI)) {
        return false;
    }
    switch (function & ~FUNCTION_64_BIT) {
    case FUNCTION_PSCI_VERSION:
        vcpu->switched.guest.x[0] = 2;
        return true;
    default:
        vcpu->switched.guest.x[0] = ~0UL;
        return true;
    }
}

NOINLINE static int handle_hvc(struct host_vcpu *vcpu)
{
    trace(&vcpu->thread->machine->trace_hvc, vcpu->switched.guest.pc);
    vcpu->hvc_exits++;
    if (!psci_call(vcpu)) {
        give_up("a hypercall without PSCI");
    }
    return 1;
}

NOINLINE static int handle_unknown(struct host_vcpu *vcpu)
{
    (void)vcpu;
    give_up("the guest does what nobody expects");
}

static exit_handler *const exit_handlers[64] = {
    [EC_UNKNOWN] = handle_unknown,
    [EC_WFX] = handle_unknown,
    [EC_HVC64] = handle_hvc,
    [EC_DABT_LOWER] = handle_unknown,
};

NOINLINE static exit_handler *find_handler(const struct host_vcpu *vcpu)
{
    exit_handler *handler = exit_handlers[vcpu->switched.esr >> ESR_EC_SHIFT & 63];

    if (!handler) {
        give_up("an exit without a handler");
    }
    return handler;
}

NOINLINE static int handle_exit(struct host_vcpu *vcpu, uint64_t why)
{
    if (why != VCPU_EXIT_TRAP) {
        give_up("an exit that is no trap");
    }
    return find_handler(vcpu)(vcpu);
}

NOINLINE static bool must_leave(struct host_vcpu *vcpu)
{
    return (vcpu->thread->flags & THREAD_SIGNAL) || vmid_expired(vcpu->thread->machine, vcpu->vm);
}

int host_run_once(struct host_vcpu *vcpu)
{
    struct thread *thread = vcpu->thread;
    uint64_t why;

    if (thread->flags & THREAD_RESCHEDULE) {
        give_up("there is nobody else to run");
    }
    vmid_update(thread->machine, vcpu->vm);
    if (vcpu->paused) {
        give_up("the vCPU is paused");
    }
    vgic_flush(vcpu);
    timer_flush(vcpu);
    thread->preempt_count++;
    irqs_mask();
    if (must_leave(vcpu)) {
        give_up("the vCPU may not run");
    }
    trace(&thread->machine->trace_entry, vcpu->switched.guest.pc);
    account_enter(thread);
    vcpu->mode = MODE_GUEST;
    why = call_lowvisor(vcpu);
    vcpu->mode = MODE_HOST;
    vcpu->last_pe = thread->pe;
    vcpu->exits++;
    account_exit(thread);
    trace(&thread->machine->trace_exit, vcpu->switched.guest.pc);
    irqs_unmask();
    thread->preempt_count--;
    timer_sync(vcpu);
    vgic_sync(vcpu);
    return handle_exit(vcpu, why);
}
