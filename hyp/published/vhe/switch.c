/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file switch.c
 * The system registers that a round trip into the guest moves with FEAT_VHE, as KVM of Linux 6.12
 * does on a core with FEAT_RAS, one that needs no barrier between HCR_EL2 and the rest: HCR_EL2,
 * CPTR_EL2 and VBAR_EL2 each way, MDSCR_EL1, ELR_EL2, SPSR_EL2, VDISR_EL2; FP/SIMD registers only
 * when their owner changes, debug registers only when they are in use.
 */
#include "barrier.h"
#include "host.h"
#include "report.h"
#include "sysreg.h"

#define NOINLINE __attribute__((noinline))
#define HCR_HOST (HCR_RW | BIT(34) | BIT(27))
#define CPACR_GUEST_FP CPACR_FPEN
#define SPSR_MODE_EL1H UL(0x5)

#define read_vdisr() sysreg_read(S3_4_C12_C1_1)
#define write_vdisr(value) sysreg_write(S3_4_C12_C1_1, value)

static struct percpu *percpu(void)
{
    return (struct percpu *)sysreg_read(TPIDR_EL2);
}

/** The vectors of the guest, by what of its branches this core has to forget. */
NOINLINE static const char *vectors_of_guest(const struct kvcpu *vcpu)
{
    if (machine_has(vcpu, ERRATUM_VECTORS)) {
        give_up("no core needs other vectors here");
    }
    return guest_vectors;
}

/** Traps that depend on what the core can do and the VM may see, beside those of HCR_EL2. */
NOINLINE static void activate_common_traps(const struct kvcpu *vcpu)
{
    if (machine_has(vcpu, CAN_SME) || machine_has(vcpu, CAN_MPAM)) {
        give_up("the core has no traps of these");
    }
    if (machine_has(vcpu, CAN_TCR2) || machine_has(vcpu, CAN_CNTPOFF)) {
        give_up("the core has no second registers");
    }
}

/** FP/SIMD and SVE of the guest trap until it uses them. */
static uint64_t cpacr_of_guest(const struct kvcpu *vcpu)
{
    uint64_t cpacr = 0;

    if (vcpu->fp_owner == FP_GUEST) {
        cpacr |= CPACR_GUEST_FP;
        if (machine_has(vcpu, CAN_SVE) && vcpu->fp.sve_length) {
            cpacr |= BIT(16) | BIT(17);
        }
    }
    if (machine_has(vcpu, CAN_NESTED) && (vcpu->arch.hcr & BIT(42))) {
        give_up("no nested guest is expected");
    }
    return cpacr;
}

static void activate_traps(struct kvcpu *vcpu)
{
    uint64_t hcr = vcpu->arch.hcr;

    if (machine_has(vcpu, ERRATUM_HCR_SYNC)) {
        hcr |= BIT(31);
    }
    sysreg_write(HCR_EL2, hcr);
    if (machine_has(vcpu, CAN_RAS) && (hcr & BIT(8))) {
        give_up("no virtual SError is expected");
    }
    activate_common_traps(vcpu);
    sysreg_write(CPACR_EL1, cpacr_of_guest(vcpu));
    sysreg_write(VBAR_EL1, (uint64_t)vectors_of_guest(vcpu));
}

static void deactivate_traps(struct kvcpu *vcpu)
{
    if (vcpu->arch.hcr & BIT(8)) {
        vcpu->arch.hcr &= ~BIT(8);
    }
    sysreg_write(HCR_EL2, HCR_HOST);
    if (machine_has(vcpu, ERRATUM_SPECULATIVE_AT)) {
        give_up("no core here has that erratum");
    }
    activate_common_traps(vcpu);
    sysreg_write(CPACR_EL1, CPACR_FPEN);
    sysreg_write(VBAR_EL1, (uint64_t)host_vectors);
}

static void restore_guest_state(const struct ctxt *ctxt)
{
    uint64_t pstate = ctxt->pstate;

    sysreg_write(MDSCR_EL1, ctxt->mdscr);
    if ((pstate & MASK(4)) > SPSR_MODE_EL1H) {
        pstate = SPSR_MODE_EL1H | BIT(20);
    }
    sysreg_write(ELR_EL1, ctxt->pc);
    sysreg_write(SPSR_EL1, pstate);
    write_vdisr(ctxt->disr);
}

static void save_guest_state(struct ctxt *ctxt)
{
    ctxt->mdscr = sysreg_read(MDSCR_EL1);
    ctxt->pc = sysreg_read(ELR_EL1);
    ctxt->pstate = sysreg_read(SPSR_EL1);
    ctxt->disr = read_vdisr();
}

NOINLINE static void adjust_pc(struct kvcpu *vcpu)
{
    if (vcpu->flags & FLAG_PENDING_EXCEPTION) {
        give_up("no exception is expected");
    } else if (vcpu->flags & FLAG_INCREMENT_PC) {
        vcpu->arch.ctxt.pc += 4;
        vcpu->flags &= ~FLAG_INCREMENT_PC;
    }
}

NOINLINE static void debug_switch(struct kvcpu *vcpu)
{
    if (machine_has(vcpu, ERRATUM_TRBE)) {
        give_up("the core traces nothing");
    }
    if (vcpu->flags & FLAG_DEBUG_DIRTY) {
        give_up("nobody debugs");
    }
}

typedef bool fixup(struct kvcpu *vcpu);

/* What is handled without leaving to the kernel: aborts, FP/SIMD, some registers; not HVC. */
static fixup *const fixups[64];

/** What the core's errata want of the state that the guest left. */
NOINLINE static void repair_state(struct kvcpu *vcpu)
{
    if (machine_has(vcpu, ERRATUM_ADDRESS) && (vcpu->arch.ctxt.pstate & BIT(4))) {
        give_up("no core here has that erratum");
    }
    if (machine_has(vcpu, CAN_NESTED)) {
        vcpu->flags &= ~FLAG_PENDING_EXCEPTION;
    }
}

/** True when the guest goes on at once. */
NOINLINE static bool fixup_exit(struct kvcpu *vcpu, uint64_t why)
{
    fixup *fix;

    if (why != EXIT_IRQ) {
        vcpu->arch.fault_esr = sysreg_read(ESR_EL1);
    }
    if (vcpu->arch.fault_disr) {
        give_up("no SError is expected");
    }
    if (why != EXIT_TRAP) {
        return false;
    }
    repair_state(vcpu);
    fix = fixups[vcpu->arch.fault_esr >> 26 & 63];
    return fix && fix(vcpu);
}

NOINLINE static uint64_t switch_masked(struct kvcpu *vcpu)
{
    struct ctxt *host = &percpu()->host;
    uint64_t why;

    host->mdscr = sysreg_read(MDSCR_EL1);
    activate_traps(vcpu);
    adjust_pc(vcpu);
    restore_guest_state(&vcpu->arch.ctxt);
    debug_switch(vcpu);
    if (vcpu->arch.hcr & BIT(42)) {
        vcpu->flags |= FLAG_PENDING_EXCEPTION;
    }
    do {
        why = guest_enter(&vcpu->arch);
    } while (fixup_exit(vcpu, why));
    save_guest_state(&vcpu->arch.ctxt);
    deactivate_traps(vcpu);
    sysreg_write(MDSCR_EL1, host->mdscr);
    if (vcpu->fp_owner == FP_GUEST && vcpu->guest_debug) {
        give_up("nobody debugs");
    }
    debug_switch(vcpu);
    return why;
}

/** Masks everything, and returns what was masked before. */
static uint64_t daif_save_and_mask(void)
{
    uint64_t flags = sysreg_read(DAIF);

    __asm__ volatile("msr DAIFSet, #0xf" ::: "memory");
    return flags;
}

/** Unmasks what `flags` do not mask: interrupts stay masked in the loop around the guest. */
static void daif_restore(uint64_t flags)
{
    if (!(flags & BIT(7))) {
        give_up("interrupts are masked around the guest");
    }
    sysreg_write(DAIF, flags);
}

uint64_t vcpu_switch(struct kvcpu *vcpu)
{
    uint64_t flags = daif_save_and_mask();
    uint64_t why = switch_masked(vcpu);

    daif_restore(flags);
    isb();
    return why;
}
