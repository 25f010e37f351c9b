/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv_vgic.c
 * A VM's interrupts, and how one gets into a list register (IHI 0048 5.3.8).
 */
#include "gicv2.h"
#include "hv.h"

void hv_vgic_init(struct hv_vcpu *vcpu)
{
    for (uint16_t i = 0; i < HV_INTERRUPTS; i++) {
        struct hv_interrupt *interrupt =
            i < HV_PRIVATE ? &vcpu->private_interrupts[i] : &vcpu->vm->shared[i - HV_PRIVATE];

        *interrupt = (struct hv_interrupt){ .intid = i, .enabled = true, .hw = true, .targets = 1 };
    }
}

struct hv_interrupt *hv_vgic_find(struct hv_vcpu *vcpu, uint32_t intid)
{
    if (intid < HV_PRIVATE) {
        return &vcpu->private_interrupts[intid];
    }
    return intid < HV_INTERRUPTS ? &vcpu->vm->shared[intid - HV_PRIVATE] : NULL;
}

/** Takes the list register from the shared interrupt that was in it. */
__attribute__((noinline)) static void evict(struct hv_vcpu *vcpu, uint32_t intid, size_t lr)
{
    struct hv_interrupt *other = hv_vgic_find(vcpu, intid);

    if (!other) {
        return;
    }
    hv_lock(&other->lock);
    if (other->owner == vcpu && other->in_lr && other->lr == lr) {
        other->in_lr = false;
    }
    hv_unlock(&other->lock);
}

/** An SGI names who sent it; of several, the others come when this one has ended. */
static uint32_t sgi_bits(struct hv_interrupt *interrupt)
{
    for (unsigned source = 0; source < HV_PES_MAX; source++) {
        if (interrupt->sgi_sources >> source & 1) {
            interrupt->sgi_sources &= (uint8_t) ~(1U << source);
            return source << GICH_LR_SOURCE_SHIFT |
                   (interrupt->sgi_sources ? (uint32_t)GICH_LR_EOI : 0);
        }
    }
    return 0;
}

void hv_vgic_write_lr(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt, size_t lr)
{
    uint32_t value = interrupt->intid;
    uint32_t before = (uint32_t)vcpu->lr_intid[lr];

    if (before != value && before >= HV_PRIVATE) {
        evict(vcpu, before, lr);
    }
    value |= (uint32_t)(interrupt->priority >> 3) << GICH_LR_PRIORITY_SHIFT;
    value |= (uint32_t)interrupt->state << 28;
    if (interrupt->intid < HV_SGIS) {
        value |= sgi_bits(interrupt);
    } else if (interrupt->hw) {
        value |= (uint32_t)interrupt->intid << GICH_LR_PHYSICAL_SHIFT;
        value |= (uint32_t)GICH_LR_HW;
    } else if (interrupt->intid >= HV_PRIVATE) {
        value |= (uint32_t)GICH_LR_EOI;
    }
    interrupt->state = HV_INACTIVE;
    interrupt->in_lr = true;
    interrupt->lr = (uint8_t)lr;
    vcpu->lr_intid[lr] = interrupt->intid;
    hv_gic_write_lr(lr, value);
}

void hv_vgic_to_lr(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt)
{
    uint64_t empty;

    if (!interrupt->enabled || interrupt->in_lr) {
        return;
    }
    empty = hv_gic_empty_lrs();
    for (size_t lr = 0; lr < hv_lr_count; lr++) {
        if (empty >> lr & 1) {
            hv_vgic_write_lr(vcpu, interrupt, lr);
            return;
        }
    }
    hv_spill(vcpu, interrupt);
}

/** Puts a pending interrupt where it can be taken: into a list register of a target. */
__attribute__((noinline)) static void route(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt)
{
    if (interrupt->state == HV_INACTIVE || !interrupt->enabled) {
        return;
    }
    if (interrupt->intid < HV_PRIVATE || (interrupt->targets >> vcpu->pe_id & 1)) {
        hv_vgic_to_lr(vcpu, interrupt);
    }
}

void hv_vgic_inject(struct hv_vcpu *vcpu, uint32_t intid)
{
    struct hv_interrupt *interrupt = hv_vgic_find(vcpu, intid);

    if (!interrupt) {
        return;
    }
    hv_lock(&interrupt->lock);
    interrupt->owner = vcpu;
    interrupt->state = HV_PENDING;
    interrupt->in_lr = false;
    route(vcpu, interrupt);
    hv_unlock(&interrupt->lock);
}
