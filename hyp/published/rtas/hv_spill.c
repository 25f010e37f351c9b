/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv_spill.c
 * More interrupts than list registers: the least urgent pending one waits in a list, and the
 * maintenance interrupt for no list register pending brings it back (IHI 0048 5.3.1, NPIE).
 */
#include "gicv2.h"
#include "hv.h"

#define HCR_NPIE (1U << 3)

static uint64_t priority_of(uint64_t lr)
{
    return lr >> GICH_LR_PRIORITY_SHIFT & 0x1f;
}

/** The list register with the least urgent interrupt that is pending alone, or hv_lr_count. */
static size_t find_least_urgent(void)
{
    size_t worst = hv_lr_count;
    uint64_t value, worst_value = 0;

    for (size_t i = 0; i < hv_lr_count; i++) {
        value = hv_gic_read_lr(i);
        if ((value >> 28 & 3) == HV_PENDING &&
            (worst == hv_lr_count || priority_of(value) > priority_of(worst_value))) {
            worst = i;
            worst_value = value;
        }
    }
    return worst;
}

static void push(struct hv_vm *vm, struct hv_interrupt *interrupt)
{
    hv_lock(&vm->spilled_lock);
    interrupt->in_lr = false;
    interrupt->state = HV_PENDING;
    interrupt->next_spilled = vm->spilled;
    vm->spilled = interrupt;
    hv_unlock(&vm->spilled_lock);
    hv_gic_set_control(hv_gic_control() | HCR_NPIE);
}

size_t hv_spill(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt)
{
    size_t lr = find_least_urgent();

    if (lr == hv_lr_count) {
        push(vcpu->vm, interrupt);
        return lr;
    }
    push(vcpu->vm, hv_vgic_get(vcpu, hv_gic_read_lr(lr) & GICC_IAR_ID_MASK));
    return lr;
}

void hv_maintenance(uint32_t intid)
{
    struct hv_vcpu *vcpu = hv_pe()->vcpu;
    struct hv_interrupt *interrupt;

    (void)intid;
    hv_lock(&vcpu->vm->spilled_lock);
    interrupt = vcpu->vm->spilled;
    if (interrupt) {
        vcpu->vm->spilled = interrupt->next_spilled;
    } else {
        hv_gic_set_control(hv_gic_control() & ~HCR_NPIE);
    }
    hv_unlock(&vcpu->vm->spilled_lock);
    if (interrupt) {
        hv_vgic_to_lr(vcpu, interrupt);
    }
}
