/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv_interrupt.c
 * Whose a physical interrupt is: the VM's that runs here, or the hypervisor's own.
 */
#include "hv.h"
#include "report.h"

static uint32_t taken[HV_INTERRUPTS_MAX / 32]; /* by the hypervisor itself */
static hv_handler *own[HV_INTERRUPTS_MAX];

static bool bit_of(const uint32_t *bits, uint64_t n)
{
    return bits[n / 32] & 1U << (n % 32);
}

void hv_interrupt_own(uint32_t intid, hv_handler *handler)
{
    own[intid] = handler;
    taken[intid / 32] |= 1U << (intid % 32);
}

/** What is not the VM's should be the hypervisor's. */
__attribute__((noinline)) static enum hv_outcome handle_own(uint64_t intid)
{
    if (!own[intid]) {
        give_up("an interrupt of nobody");
    }
    own[intid]((uint32_t)intid);
    return HV_HANDLED;
}

enum hv_outcome hv_interrupt(uint64_t intid)
{
    struct hv_vcpu *vcpu = hv_pe()->vcpu;

    if (!bit_of(taken, intid) && bit_of(vcpu->vm->interrupts, intid)) {
        hv_vgic_inject_hw(vcpu, intid);
        return HV_FORWARDED;
    }
    return handle_own(intid);
}
