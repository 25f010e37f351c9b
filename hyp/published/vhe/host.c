/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file host.c
 * The loop of a vCPU's thread in a host kernel at EL2, by the steps of KVM's in Linux 6.12 for
 * arm64: work of the thread and requests, PMU and list registers (the vCPU has no interrupts, so
 * they are left alone), timers, the mode that others look at, debug, FP/SIMD; the guest; and all of
 * that backwards, with interrupts open for a moment, then the handler of the exit. What a kernel
 * finds out of its core, it tests where it matters. How many instructions the original's functions
 * have was not published; these have as many as was estimated (models/PUBLISHED.md).
 */
#include "host.h"

#include "barrier.h"
#include "esr.h"
#include "report.h"
#include "sysreg.h"

#define NOINLINE __attribute__((noinline))
#define VMID_BITS 16
#define MDCR_TDE BIT(8)
#define PSTATE_AARCH32 BIT(4)

/** What has to be done before the guest goes on, and is not here. */
NOINLINE static int thread_work(const struct thread *thread)
{
    if (__atomic_load_n(&thread->flags, __ATOMIC_RELAXED) & THREAD_WORK) {
        give_up("the thread has other work");
    }
    return 1;
}

/** A log of written pages that is full has to be emptied first. */
static bool dirty_ring_full(const struct kvcpu *vcpu)
{
    return vcpu->vm->dirty_ring_size && test_bit(&vcpu->requests, 31);
}

NOINLINE static int check_requests(struct kvcpu *vcpu)
{
    if (dirty_ring_full(vcpu)) {
        return 0;
    }
    if (__atomic_load_n(&vcpu->requests, __ATOMIC_RELAXED)) {
        give_up("no request is expected");
    }
    return 1;
}

/** Claims the VM's VMID for this PE, unless the generation has changed. */
NOINLINE static void vmid_update(struct kvcpu *vcpu)
{
    struct machine *machine = vcpu->vm->machine;
    struct pe *pe = this_pe(vcpu);
    uint64_t vmid = __atomic_load_n(&vcpu->vm->vmid, __ATOMIC_RELAXED);
    uint64_t active = __atomic_load_n(&pe->active_vmid, __ATOMIC_RELAXED);
    uint64_t generation = __atomic_load_n(&machine->vmid_generation, __ATOMIC_RELAXED);

    if (active == 0 || ((vmid ^ generation) >> VMID_BITS) != 0 ||
        !__atomic_compare_exchange_n(&pe->active_vmid, &active, vmid, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED)) {
        give_up("the VMIDs have not been used up");
    }
}

/** The counters that the VM has: the cycle counter and the first of the others. */
static uint64_t pmu_counters(const struct kvcpu *vcpu)
{
    return BIT(31) | (BIT(vcpu->vm->pmu_counters) - 1);
}

/** Events that count only in the guest or only in the host are changed over, when there are any. */
NOINLINE static void pmu_switch_events(struct kvcpu *vcpu, bool to_guest)
{
    uint64_t on = vcpu->pmu_events[to_guest], off = vcpu->pmu_host_events[to_guest];

    if (!vcpu->vm->has_pmu || !vcpu->pmu_loaded) {
        return;
    }
    if ((on | off) & pmu_counters(vcpu)) {
        give_up("the host counts no events");
    }
}

/** The overflow interrupt's level by the registers of the guest's PMU. */
static uint64_t pmu_overflow(const struct kvcpu *vcpu)
{
    if (!(vcpu->pmcr & 1)) {
        return 0;
    }
    return vcpu->pmovsset & vcpu->pmcntenset & vcpu->pmintenset & pmu_counters(vcpu);
}

NOINLINE static void pmu_update(struct kvcpu *vcpu)
{
    bool level;

    if (!vcpu->vm->has_pmu) {
        return;
    }
    if (vcpu->run->device_levels & 4U) {
        give_up("the PMU's interrupt is in the kernel");
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

/** List registers in use would go to memory. */
NOINLINE static void vgic_save(const struct kvcpu *vcpu)
{
    if (!machine_has(vcpu, GICV3_INTERFACE)) {
        give_up("the GIC is another");
    }
    if (vcpu->vgic.used || vcpu->vgic.resident) {
        give_up("no interrupt is expected");
    }
}

/** Level and output of a timer, by what its registers were when it was loaded last. */
static bool timer_expired(const struct guest_timer *timer, uint64_t now)
{
    if ((timer->control & 3) != 1) {
        return false;
    }
    return now - timer->offset >= timer->compare;
}

/** A timer that is loaded is the guest's own business; one that is not may have expired. */
NOINLINE static void timers_sync(struct kvcpu *vcpu)
{
    uint64_t now = __atomic_load_n(&vcpu->vm->machine->ticks, __ATOMIC_RELAXED);

    for (unsigned i = 0; i < TIMERS; i++) {
        struct guest_timer *timer = &vcpu->timers[i];
        bool level = timer_expired(timer, now);

        if (timer->loaded && machine_has(vcpu, CAN_NESTED)) {
            give_up("no nested guest is expected");
        }
        if (level != timer->level) {
            timer->level = level;
            vcpu->requests |= BIT(2);
        }
    }
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
    vgic_save(vcpu);
    if (list_is_empty(&vcpu->ap_list)) {
        return;
    }
    give_up("no interrupt is expected");
}

NOINLINE static bool exit_requested(const struct kvcpu *vcpu)
{
    if (vcpu->run->immediate_exit || vcpu->run->reason) {
        return true;
    }
    return vcpu->paused || vcpu->powered_off ||
           __atomic_load_n(&vcpu->requests, __ATOMIC_RELAXED) ||
           (__atomic_load_n(&vcpu->thread->flags, __ATOMIC_RELAXED) & THREAD_WORK);
}

NOINLINE static void debug_setup(struct kvcpu *vcpu)
{
    uint64_t before = vcpu->arch.mdcr;
    uint64_t mdcr = (vcpu->host_mdcr & MASK(5)) | MDCR_TPM | MDCR_TDRA | MDCR_TDOSA;

    if (vcpu->guest_debug) {
        give_up("nobody debugs");
    }
    if (!(vcpu->flags & FLAG_DEBUG_DIRTY)) {
        mdcr |= MDCR_TDA;
    }
    if (vcpu->arch.hcr & BIT(42)) {
        mdcr |= MDCR_TDE;
    }
    if (machine_has(vcpu, CAN_HDBGWTR)) {
        give_up("the core has no fine traps of debug registers");
    }
    vcpu->arch.mdcr = mdcr;
    if (mdcr != before) {
        sysreg_write(MDCR_EL2, mdcr);
    }
}

NOINLINE static void debug_clear(struct kvcpu *vcpu)
{
    if (vcpu->flags & FLAG_DEBUG_DIRTY) {
        vcpu->flags &= ~FLAG_DEBUG_DIRTY;
    }
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
    if (vcpu->thread->flags & THREAD_FP_FOREIGN) {
        vcpu->fp_owner = FP_FREE;
    }
    if (machine_has(vcpu, CAN_SME) || vcpu->fp.dirty) {
        give_up("the core has no streaming mode");
    }
}

NOINLINE static void fp_sync(struct kvcpu *vcpu)
{
    check_masked();
    if (vcpu->fp_owner == FP_GUEST) {
        give_up("the guest uses no FP");
    }
    if (machine_has(vcpu, CAN_SVE) && vcpu->fp.sve_length) {
        give_up("the core has no SVE");
    }
    vcpu->fp.type = vcpu->fp_owner == FP_HOST;
    if (this_pe(vcpu)->fp_last == &vcpu->fp) {
        give_up("the guest's registers are not loaded");
    }
}

NOINLINE static uint64_t enter_exit(struct kvcpu *vcpu)
{
    uint64_t why;

    account_enter(vcpu);
    this_pe(vcpu)->running = vcpu;
    why = vcpu_switch(vcpu);
    this_pe(vcpu)->running = NULL;
    return why;
}

NOINLINE static int handle_hvc(struct kvcpu *vcpu)
{
    trace(&vcpu->vm->machine->hvc, vcpu->arch.ctxt.pc);
    vcpu->hvc_exits++;
    if ((vcpu->arch.fault_esr & MASK(16)) != 0) {
        give_up("no other immediate is expected");
    }
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
    vcpu->run->reason = 0;
    thread_work(vcpu->thread);
    if (!check_requests(vcpu)) {
        give_up("the log is full");
    }
    vcpu->thread->preempt_count++;
    vmid_update(vcpu);
    pmu_update(vcpu);
    pmu_switch_events(vcpu, true);
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
    pmu_switch_events(vcpu, false);
    vgic_sync(vcpu);
    timers_sync(vcpu);
    if (vcpu->vm->machine->user_irqchip) {
        give_up("the irqchip is in the kernel");
    }
    fp_sync(vcpu);
    irqs_unmask();
    isb();
    irqs_mask();
    account_exit(vcpu);
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
