/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv_vgic.c
 * A VM's interrupts, and how one gets into a list register (IHI 0048 5.3.8).
 */
#include "gicv2.h"
#include "hv.h"

#define LR_INTID_MASK 0x3ffU
#define LR_STATE_SHIFT 28
#define LR_STATE(lr) ((lr) >> LR_STATE_SHIFT & 3)
#define LR_ACTIVE (2U << LR_STATE_SHIFT)
#define LR_PENDING (1U << LR_STATE_SHIFT)

static void init(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt, uint16_t intid)
{
    *interrupt = (struct hv_interrupt){
        .owner = vcpu, .intid = intid, .enabled = true, .hw = intid >= HV_SGIS
    };
}

void hv_vgic_init(struct hv_vcpu *vcpu)
{
    for (uint16_t i = 0; i < HV_PRIVATE; i++) {
        init(vcpu, &vcpu->gic.interrupts[i], i);
    }
    for (uint16_t i = HV_PRIVATE; i < vcpu->vm->distributor.interrupt_count; i++) {
        init(NULL, &vcpu->vm->distributor.interrupts[i - HV_PRIVATE], i);
    }
}

/** Interrupt `intid` of the VM, or of vCPU number `of` where each vCPU has its own. */
static inline struct hv_interrupt *get(struct hv_vcpu *vcpu, uint64_t intid, uint64_t of)
{
    if (intid < HV_PRIVATE) {
        struct hv_vcpu *target = of == vcpu->id ? vcpu : &vcpu->vm->vcpus[of];

        return &target->gic.interrupts[intid];
    }
    if (intid < vcpu->vm->distributor.interrupt_count) {
        return &vcpu->vm->distributor.interrupts[intid - HV_PRIVATE];
    }
    return NULL;
}

struct hv_interrupt *hv_vgic_get(struct hv_vcpu *vcpu, uint64_t intid)
{
    return get(vcpu, intid, vcpu->id);
}

static inline bool is_hw(const struct hv_interrupt *interrupt)
{
    return interrupt->intid >= HV_SGIS && interrupt->hw;
}

/** The list register's value while an interrupt is in one of this PE; else an empty one. */
static inline uint64_t current_lr(const struct hv_interrupt *interrupt)
{
    uint64_t value;

    if (interrupt->owner->pe_id != hv_pe()->id) {
        return 0;
    }
    value = hv_gic_read_lr(interrupt->lr);
    return (value & LR_INTID_MASK) == interrupt->intid ? value : 0;
}

static inline uint8_t state_of(const struct hv_interrupt *interrupt)
{
    uint8_t state = interrupt->state;
    uint8_t shown;

    if (interrupt->in_lr) {
        shown = (uint8_t)LR_STATE(current_lr(interrupt));
        state = shown == HV_INACTIVE ? state : shown;
    }
    if (interrupt->intid < HV_SGIS && interrupt->sgi_sources) {
        state |= HV_PENDING;
    }
    return state;
}

/** Takes the list register from the shared interrupt that was in it. */
static inline void evict(struct hv_vcpu *vcpu, uint64_t intid, size_t lr)
{
    struct hv_interrupt *other = get(vcpu, intid, vcpu->id);

    if (!other) {
        return;
    }
    hv_lock(&other->lock);
    if (other->owner == vcpu && other->in_lr && other->lr == lr) {
        other->in_lr = false;
        if (!(state_of(other) & HV_ACTIVE)) {
            other->owner = NULL;
        }
    }
    hv_unlock(&other->lock);
}

/** An SGI names who sent it; of several, the others come when this one has ended. */
static inline uint32_t sgi_bits(struct hv_interrupt *interrupt, uint8_t state)
{
    uint32_t bits = 0;

    if (state & HV_ACTIVE) {
        bits = (uint32_t)interrupt->sgi_active << GICH_LR_SOURCE_SHIFT | LR_ACTIVE;
    } else {
        for (int source = HV_PES_MAX - 1; source >= 0; source--) {
            if (interrupt->sgi_sources & 1U << source) {
                interrupt->sgi_sources &= (uint8_t) ~(1U << source);
                bits = (uint32_t)source << GICH_LR_SOURCE_SHIFT | LR_PENDING;
                break;
            }
        }
    }
    return interrupt->sgi_sources ? bits | (uint32_t)GICH_LR_EOI : bits;
}

/** What depends on whether the interrupt is of hardware, an SGI, or another of software. */
static inline uint32_t kind_bits(struct hv_interrupt *interrupt, uint8_t state)
{
    uint32_t bits = (uint32_t)state << LR_STATE_SHIFT;

    if (is_hw(interrupt)) {
        bits = state == HV_PENDING_ACTIVE ? LR_ACTIVE : bits;
        return bits | (uint32_t)GICH_LR_HW | (uint32_t)interrupt->intid << GICH_LR_PHYSICAL_SHIFT;
    }
    if (interrupt->intid < HV_SGIS) {
        return sgi_bits(interrupt, state);
    }
    return interrupt->intid >= HV_PRIVATE ? bits | (uint32_t)GICH_LR_EOI : bits;
}

static inline __attribute__((always_inline)) void
write_lr(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt, size_t lr)
{
    uint64_t before = (uint64_t)vcpu->gic.lr_intid[lr];
    uint32_t value;

    if (before != interrupt->intid && before >= HV_PRIVATE) {
        evict(vcpu, before, lr);
    }
    value = kind_bits(interrupt, state_of(interrupt));
    value |= interrupt->intid & LR_INTID_MASK;
    value |= (uint32_t)(interrupt->priority >> 3) << GICH_LR_PRIORITY_SHIFT;
    interrupt->state = HV_INACTIVE;
    interrupt->in_lr = true;
    interrupt->lr = (uint8_t)lr;
    vcpu->gic.lr_intid[lr] = (int16_t)interrupt->intid;
    hv_gic_write_lr(lr, value);
}

/** None is empty: into the one that another interrupt leaves for it, if one does. */
__attribute__((noinline)) static void make_room(struct hv_vcpu *vcpu,
                                                struct hv_interrupt *interrupt)
{
    size_t lr = hv_spill(vcpu, interrupt);

    if (lr < hv_lr_count) {
        write_lr(vcpu, interrupt, lr);
    }
}

void hv_vgic_to_lr(struct hv_vcpu *vcpu, struct hv_interrupt *interrupt)
{
    uint64_t empty;

    if (!interrupt->enabled || interrupt->in_lr) {
        return;
    }
    empty = hv_gic_empty_lrs();
    for (size_t i = 0; i < hv_lr_count; i++) {
        if (empty >> i & 1) {
            write_lr(vcpu, interrupt, i);
            return;
        }
    }
    make_room(vcpu, interrupt);
}

void hv_vgic_inject_hw(struct hv_vcpu *vcpu, uint64_t intid)
{
    struct hv_interrupt *interrupt = get(vcpu, intid, vcpu->id);

    if (!interrupt) {
        return;
    }
    hv_lock(&interrupt->lock);
    interrupt->owner = vcpu;
    interrupt->state = HV_PENDING;
    interrupt->in_lr = false;
    hv_vgic_to_lr(vcpu, interrupt);
    hv_unlock(&interrupt->lock);
}
