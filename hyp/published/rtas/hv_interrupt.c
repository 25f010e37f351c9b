/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv_interrupt.c
 * Whose a physical interrupt is: the VM's that runs here, or the hypervisor's own.
 */
#include "hv.h"
#include "report.h"

static hv_handler *own[HV_INTERRUPTS];
static uint64_t own_bits[HV_INTERRUPTS / 64];

static bool bit_of(const uint64_t *bits, uint32_t n)
{
    return bits[n / 64] >> (n % 64) & 1;
}

void hv_interrupt_own(uint32_t intid, hv_handler *handler)
{
    own[intid] = handler;
    own_bits[intid / 64] |= 1UL << (intid % 64);
}

__attribute__((noinline)) static bool vm_has(const struct hv_vm *vm, uint32_t intid)
{
    return bit_of(vm->interrupts, intid);
}

enum hv_outcome hv_interrupt(uint32_t intid)
{
    if (vm_has(hv_pe()->vcpu->vm, intid)) {
        hv_vgic_inject(hv_pe()->vcpu, intid);
        return HV_FORWARDED;
    }
    if (!bit_of(own_bits, intid)) {
        give_up("an interrupt of nobody");
    }
    own[intid](intid);
    return HV_HANDLED;
}
