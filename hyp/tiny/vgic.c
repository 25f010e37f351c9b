/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vgic.c
 * Virtual interrupts by list registers (GIC IHI 0069 chapter 6, ICH_LR<n>_EL2 12.4.6).
 *
 *    63 62 61  60  59 56 55      48 47 45 44       32 31                  0
 *   +-----+--+-----+----+----------+-----+-----------+---------------------+
 *   |State|HW|Group|    | Priority |     |  pINTID   |       vINTID        |
 *   +-----+--+-----+----+----------+-----+-----------+---------------------+
 *                        pINTID bit 41 of the LR, with HW = 0: EOI maintenance
 *
 * A guest has as many interrupts as there are list registers, at most, so one is always free:
 * the timer (HW, linked to the physical PPI 27), one SGI, and the doorbell, whose end is reported
 * by a maintenance interrupt.
 */
#include "vgic.h"

#include "console.h"
#include "sysreg.h"
#include "vm.h"

#define LR_VINTID_SHIFT 0
#define LR_VINTID_WIDTH 32
#define LR_PINTID_SHIFT 32
#define LR_PINTID_WIDTH 13
#define LR_EOI BIT(41)
#define LR_PRIORITY_SHIFT 48
#define LR_PRIORITY_WIDTH 8
#define LR_GROUP1 BIT(60)
#define LR_HW BIT(61)
#define LR_PENDING BIT(62)
#define LR_ACTIVE BIT(63)

#define ICH_HCR_EN BIT(0)
#define ICH_VTR_LISTREGS_SHIFT 0
#define ICH_VTR_LISTREGS_WIDTH 5

#define GUEST_INTERRUPTS (BIT(GIC_INTID_CNTV) | BIT(GUEST_INTID_SGI) | BIT(GUEST_INTID_DOORBELL))
_Static_assert(__builtin_popcountl(GUEST_INTERRUPTS) <= VGIC_LR_COUNT, "one LR each");

static uint64_t lr_read(unsigned n)
{
    switch (n) {
    case 0:
        return sysreg_read(ICH_LR0_EL2);
    case 1:
        return sysreg_read(ICH_LR1_EL2);
    case 2:
        return sysreg_read(ICH_LR2_EL2);
    default:
        return sysreg_read(ICH_LR3_EL2);
    }
}

static void lr_write(unsigned n, uint64_t value)
{
    switch (n) {
    case 0:
        sysreg_write(ICH_LR0_EL2, value);
        break;
    case 1:
        sysreg_write(ICH_LR1_EL2, value);
        break;
    case 2:
        sysreg_write(ICH_LR2_EL2, value);
        break;
    default:
        sysreg_write(ICH_LR3_EL2, value);
        break;
    }
}

void vgic_init(void)
{
    uint64_t count = FIELD_GET(sysreg_read(ICH_VTR_EL2), ICH_VTR_LISTREGS) + 1;

    if (count < VGIC_LR_COUNT) {
        hyp_panic("%lu list registers, %u needed", count, VGIC_LR_COUNT);
    }
    sysreg_write(ICH_HCR_EL2, 0);
    for (unsigned n = 0; n < VGIC_LR_COUNT; n++) {
        lr_write(n, 0);
    }
}

void vgic_save(struct vm *vm)
{
    struct vgic *vgic = &vm->vgic;

    vgic->lr[0] = sysreg_read(ICH_LR0_EL2);
    vgic->lr[1] = sysreg_read(ICH_LR1_EL2);
    vgic->lr[2] = sysreg_read(ICH_LR2_EL2);
    vgic->lr[3] = sysreg_read(ICH_LR3_EL2);
    vgic->ap1r0 = sysreg_read(ICH_AP1R0_EL2);
    vgic->vmcr = sysreg_read(ICH_VMCR_EL2);
    sysreg_write(ICH_HCR_EL2, 0);
}

void vgic_restore(const struct vm *vm)
{
    const struct vgic *vgic = &vm->vgic;

    sysreg_write(ICH_LR0_EL2, vgic->lr[0]);
    sysreg_write(ICH_LR1_EL2, vgic->lr[1]);
    sysreg_write(ICH_LR2_EL2, vgic->lr[2]);
    sysreg_write(ICH_LR3_EL2, vgic->lr[3]);
    sysreg_write(ICH_AP1R0_EL2, vgic->ap1r0);
    sysreg_write(ICH_VMCR_EL2, vgic->vmcr);
    sysreg_write(ICH_HCR_EL2, ICH_HCR_EN);
}

void vgic_pend(struct vm *vm, uint32_t intid)
{
    vm->vgic.pending |= BIT(intid);
}

static bool lr_holds(uint64_t lr, uint32_t intid)
{
    return (lr & (LR_PENDING | LR_ACTIVE)) && FIELD_GET(lr, LR_VINTID) == intid;
}

/** A new list register value for an interrupt. */
static uint64_t lr_make(const struct vgic *vgic, uint32_t intid)
{
    uint64_t lr = LR_PENDING | LR_GROUP1 | FIELD_PREP(LR_VINTID, (uint64_t)intid) |
                  FIELD_PREP(LR_PRIORITY, (uint64_t)vgic->priority[intid]);

    if (intid == GIC_INTID_CNTV) {
        lr |= LR_HW | FIELD_PREP(LR_PINTID, (uint64_t)GIC_INTID_CNTV);
    } else if (intid == GUEST_INTID_DOORBELL) {
        lr |= LR_EOI;
    }
    return lr;
}

/** Makes an interrupt that is in a list register pending again; one with HW set stays. */
static bool lr_merge(uint32_t intid)
{
    uint64_t lr;

    for (unsigned n = 0; n < VGIC_LR_COUNT; n++) {
        lr = lr_read(n);
        if (lr_holds(lr, intid)) {
            lr_write(n, (lr & LR_HW) ? lr : lr | LR_PENDING);
            return true;
        }
    }
    return false;
}

void vgic_flush(struct vm *vm)
{
    struct vgic *vgic = &vm->vgic;
    uint64_t deliver = vgic->pending & vgic->enabled & vgic->group1;
    uint64_t empty;

    if (deliver == 0 || !(vgic->ctlr & GICD_CTLR_ENABLE_GRP1)) {
        return;
    }
    empty = sysreg_read(ICH_ELRSR_EL2) & MASK(VGIC_LR_COUNT);
    for (; deliver != 0; deliver &= deliver - 1) {
        uint32_t intid = (uint32_t)__builtin_ctzl(deliver);

        if (!lr_merge(intid)) {
            if (empty == 0) {
                return;
            }
            lr_write((unsigned)__builtin_ctzl(empty), lr_make(vgic, intid));
            empty &= empty - 1;
        }
        vgic->pending &= ~BIT(intid);
    }
}

bool vgic_in_flight(const struct vm *vm, uint32_t intid)
{
    bool found = vm->vgic.pending & BIT(intid);

    for (unsigned n = 0; n < VGIC_LR_COUNT; n++) {
        found = found || lr_holds(vm->vgic.lr[n], intid);
    }
    return found;
}

bool vgic_has_pending(const struct vm *vm)
{
    bool found = vm->vgic.pending & vm->vgic.enabled;

    for (unsigned n = 0; n < VGIC_LR_COUNT; n++) {
        found = found || ((vm == hyp.loaded ? lr_read(n) : vm->vgic.lr[n]) & LR_PENDING);
    }
    return found;
}

void vgic_maintenance(struct vm *vm)
{
    uint64_t ended = sysreg_read(ICH_EISR_EL2) & MASK(VGIC_LR_COUNT);

    for (; ended != 0; ended &= ended - 1) {
        lr_write((unsigned)__builtin_ctzl(ended), 0);
        vm->stats.maintenance++;
    }
}
