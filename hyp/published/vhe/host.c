/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file host.c
 * The loop of a vCPU's thread in a host kernel at EL2, by the steps of KVM's in Linux 6.12 for
 * arm64: work of the thread and requests, PMU and list registers (the vCPU has no interrupts, so
 * they are left alone), the mode that others look at, debug, FP/SIMD; the guest; and all of that
 * backwards, with interrupts open for a moment, then the handler of the exit. How many instructions
 * the original's functions have was not published (models/PUBLISHED.md).
 */
#include "host.h"

#include "barrier.h"
#include "esr.h"
#include "report.h"
#include "sysreg.h"

#define NOINLINE __attribute__((noinline))
#define VMID_BITS 16
#define PSTATE_AARCH32 BIT(4)

/** What has to be done before the guest goes on, and is not here. */
NOINLINE static int thread_work(const struct thread *thread)
{
    if (__atomic_load_n(&thread->flags, __ATOMIC_RELAXED) & THREAD_WORK) {
        give_up("the thread has other work");
    }
    return 1;
}

NOINLINE static int check_requests(struct kvcpu *vcpu)
{
    if (__atomic_load_n(&vcpu->requests, __ATOMIC_RELAXED)) {
        give_up("no request is expected");
    }
    return 1;
}

/** Claims the VM's VMID for this PE, unless the generation has changed. */
NOINLINE static void vmid_update(struct machine *machine, const struct vm *vm)
{
    uint64_t vmid = __atomic_load_n(&vm->vmid, __ATOMIC_RELAXED);
    uint64_t active = __atomic_load_n(&machine->active_vmid, __ATOMIC_RELAXED);
    uint64_t generation = __atomic_load_n(&machine->vmid_generation, __ATOMIC_RELAXED);

    if (active == 0 || ((vmid ^ generation) >> VMID_BITS) != 0 ||
        !__atomic_compare_exchange_n(&machine->active_vmid, &active, vmid, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED)) {
        give_up("the VMIDs have not been used up");
    }
}

/** The overflow interrupt's level by the registers of the guest's PMU. */
static uint64_t pmu_overflow(const struct kvcpu *vcpu)
{
    if (!(vcpu->pmcr & 1)) {
        return 0;
    }
    return vcpu->pmovsset & vcpu->pmcntenset & vcpu->pmintenset;
}

NOINLINE static void pmu_update(struct kvcpu *vcpu)
{
    bool level;

    if (!vcpu->vm->has_pmu) {
        return;
    }
    level = pmu_overflow(vcpu) != 0;
    if (level == vcpu->pmu_level) {
        return;
    }
    give_up("no overflow is expected");
}

static bool direct_msis(const struct vm *vm)
{
    const struct machine *machine = vm->machine;

    return machine->msis_v41 || (machine->msis_v4 && vm->has_its);
}

NOINLINE static void vgic_flush(struct kvcpu *vcpu)
{
    if (list_is_empty(&vcpu->ap_list) && !direct_msis(vcpu->vm)) {
        return;
    }
    give_up("no interrupt is expected");
}

NOINLINE static void vgic_sync(struct kvcpu *vcpu)
{
    if (list_is_empty(&vcpu->ap_list)) {
        return;
    }
    give_up("no interrupt is expected");
}

NOINLINE static bool exit_requested(const struct kvcpu *vcpu)
{
    return vcpu->paused || vcpu->powered_off ||
           __atomic_load_n(&vcpu->requests, __ATOMIC_RELAXED) ||
           (__atomic_load_n(&vcpu->thread->flags, __ATOMIC_RELAXED) & THREAD_WORK);
}

NOINLINE static void debug_setup(struct kvcpu *vcpu)
{
    uint64_t before = vcpu->arch.mdcr;
    uint64_t mdcr = vcpu->host_mdcr | MDCR_TPM | MDCR_TDRA | MDCR_TDOSA;

    if (vcpu->guest_debug) {
        give_up("nobody debugs");
    }
    if (!(vcpu->flags & FLAG_DEBUG_DIRTY)) {
        mdcr |= MDCR_TDA;
    }
    vcpu->arch.mdcr = mdcr;
    if (mdcr != before) {
        sysreg_write(MDCR_EL2, mdcr);
    }
}

NOINLINE static void debug_clear(struct kvcpu *vcpu)
{
    if (vcpu->guest_debug) {
        give_up("nobody debugs");
    }
}

static void check_masked(void)
{
    if (!(sysreg_read(DAIF) & BIT(7))) {
        give_up("interrupts should be masked");
    }
}

NOINLINE static void fp_flush(struct kvcpu *vcpu)
{
    check_masked();
    if (vcpu->thread->flags & BIT(16)) {
        vcpu->fp_owner = FP_FREE;
    }
}

NOINLINE static void fp_sync(struct kvcpu *vcpu)
{
    check_masked();
    if (vcpu->fp_owner == FP_GUEST) {
        give_up("the guest uses no FP");
    }
}

static void account_enter(struct thread *thread)
{
    if (thread->accounts_time) {
        thread->entered = sysreg_read(CNTVCT_EL0);
    }
}

static void account_exit(struct thread *thread)
{
    if (thread->accounts_time) {
        thread->stime += sysreg_read(CNTVCT_EL0) - thread->entered;
    }
}

/** A guest that runs is a quiescent state of the PE. */
NOINLINE static void note_quiescence(struct quiescence *q)
{
    if (q->waited_for) {
        q->reported = q->passed;
        q->waited_for = false;
    }
    if (q->expedited) {
        give_up("nobody waits for this PE");
    }
    if (!__atomic_load_n(&q->urgent, __ATOMIC_ACQUIRE)) {
        return;
    }
    q->urgent = false;
    if (q->heavy) {
        q->passed += 2;
    }
}

NOINLINE static uint64_t enter_exit(struct kvcpu *vcpu)
{
    struct quiescence *q = &vcpu->vm->machine->quiescence;
    uint64_t why;

    q->waited_for = true;
    note_quiescence(q);
    vcpu->thread->runs_guest = true;
    why = vcpu_switch(vcpu);
    vcpu->thread->runs_guest = false;
    return why;
}

NOINLINE static int handle_hvc(struct kvcpu *vcpu)
{
    trace(&vcpu->vm->machine->hvc, vcpu->arch.ctxt.pc);
    vcpu->hvc_exits++;
    if (vcpu->arch.hcr & BIT(42)) {
        give_up("no nested guest is expected");
    }
    return smccc_call(vcpu);
}

NOINLINE static int handle_unknown(struct kvcpu *vcpu)
{
    (void)vcpu;
    give_up("the guest does what nobody expects");
}

static exit_handler *const handlers[64] = {
    [EC_UNKNOWN] = handle_unknown, [EC_WFX] = handle_unknown,        [EC_HVC64] = handle_hvc,
    [EC_SMC64] = handle_unknown,   [EC_DABT_LOWER] = handle_unknown,
};

NOINLINE static bool condition_holds(const struct kvcpu *vcpu)
{
    uint64_t esr = vcpu->arch.fault_esr;

    if (esr >> 30) {
        return true;
    }
    /* ESR_ELx.CV and COND of a conditional AArch32 instruction; always valid for AArch64. */
    return (esr >> 24 & 1) == 0 || (esr >> 20 & 0xf) >= 0xe;
}

NOINLINE static int handle_trap(struct kvcpu *vcpu)
{
    exit_handler *handler;

    if (!condition_holds(vcpu)) {
        vcpu->flags |= FLAG_INCREMENT_PC;
        return 1;
    }
    handler = handlers[vcpu->arch.fault_esr >> ESR_EC_SHIFT & 63];
    return handler ? handler(vcpu) : handle_unknown(vcpu);
}

NOINLINE static void handle_exit_early(const struct kvcpu *vcpu, uint64_t why)
{
    if (why == 1 || vcpu->arch.fault_disr) {
        give_up("no SError is expected");
    }
}

/** Exits because of an SError leave the guest where it was, which is not here. */
#define EXIT_WITH_SERROR BIT(31)

NOINLINE static int handle_exit(struct kvcpu *vcpu, uint64_t why)
{
    if (why & EXIT_WITH_SERROR) {
        vcpu->flags &= ~FLAG_INCREMENT_PC;
        return 1;
    }
    switch (why) {
    case EXIT_TRAP:
        return handle_trap(vcpu);
    case EXIT_IRQ:
        return 1;
    default:
        give_up("an exit that nobody knows");
    }
}

/** Everything up to the guest's border, with interrupts masked from the middle on. */
static void before_guest(struct kvcpu *vcpu)
{
    thread_work(vcpu->thread);
    check_requests(vcpu);
    vcpu->thread->preempt_count++;
    vmid_update(vcpu->vm->machine, vcpu->vm);
    pmu_update(vcpu);
    irqs_mask();
    vgic_flush(vcpu);
    __atomic_store_n(&vcpu->mode, MODE_INSIDE, __ATOMIC_RELAXED);
    __asm__ volatile("dmb ish" ::: "memory");
    if (exit_requested(vcpu)) {
        give_up("the vCPU may not run");
    }
    debug_setup(vcpu);
    fp_flush(vcpu);
    trace(&vcpu->vm->machine->entry, vcpu->arch.ctxt.pc);
    account_enter(vcpu->thread);
}

/** A guest that has gone to AArch32 where this VM or this core has none. */
static bool mode_is_bad(const struct kvcpu *vcpu)
{
    return (vcpu->arch.ctxt.pstate & PSTATE_AARCH32) && !test_bit(vcpu->vm->flags, VM_IS_AARCH32);
}

static void after_guest(struct kvcpu *vcpu, uint64_t why)
{
    vcpu->mode = MODE_OUTSIDE;
    vcpu->exits++;
    debug_clear(vcpu);
    pmu_update(vcpu);
    vgic_sync(vcpu);
    if (vcpu->vm->machine->user_irqchip) {
        give_up("the irqchip is in the kernel");
    }
    fp_sync(vcpu);
    irqs_unmask();
    isb();
    irqs_mask();
    account_exit(vcpu->thread);
    irqs_unmask();
    trace(&vcpu->vm->machine->exit, why);
    handle_exit_early(vcpu, why);
    if (--vcpu->thread->preempt_count == 0 && (vcpu->thread->flags & THREAD_RESCHEDULE)) {
        give_up("there is nobody else to run");
    }
    if (mode_is_bad(vcpu)) {
        give_up("the guest is in AArch32");
    }
}

int host_run_once(struct kvcpu *vcpu)
{
    uint64_t why;

    before_guest(vcpu);
    why = enter_exit(vcpu);
    after_guest(vcpu, why);
    return handle_exit(vcpu, why);
}
