/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv_gic.c
 * The physical GICv2 of the hypervisor (IHI 0048): CPU interface with split priority drop, so that
 * the VM's end of interrupt deactivates, and the virtual interface control. Everybody else asks by
 * a call, so that only this file knows which GIC there is.
 */
#include "gicv2.h"
#include "hv.h"
#include "report.h"

#define GICC_REG(offset) gicc.base[(offset) / sizeof(uint32_t)]
#define GICH_REG(offset) gich.base[(offset) / sizeof(uint32_t)]

/** A frame, as a hypervisor learns of it from its board's description. */
static struct frame {
    volatile uint32_t *base;
    uint64_t physical, size;
    uint32_t interrupts[8];
    char name[48];
} gicd HV_OWN_LINE, gicc HV_OWN_LINE, gich HV_OWN_LINE;

size_t hv_lr_count HV_OWN_LINE;

uint64_t hv_gic_read_lr(size_t n)
{
    if (n >= hv_lr_count) {
        give_up("no such list register");
    }
    return gich.base[GICH_LR0 / sizeof(uint32_t) + n];
}

void hv_gic_write_lr(size_t n, uint64_t value)
{
    if (n >= hv_lr_count) {
        give_up("no such list register");
    }
    gich.base[GICH_LR0 / sizeof(uint32_t) + n] = (uint32_t)value;
}

uint64_t hv_gic_empty_lrs(void)
{
    uint64_t empty = GICH_REG(GICH_ELRSR0);

    if (hv_lr_count > 32) {
        empty |= (uint64_t)GICH_REG(GICH_ELRSR1) << 32;
    }
    return empty;
}

void hv_gic_on(void)
{
    gicv2_distributor_on(gicd.physical);
    gicv2_interface_on(gicc.physical, (uint32_t)GICC_CTLR_EOIMODE);
    hv_lr_count = (GICH_REG(GICH_VTR) & GICH_VTR_LISTREGS_MASK) + 1;
    for (size_t i = 0; i < hv_lr_count; i++) {
        hv_gic_write_lr(i, 0);
    }
    hv_gic_set_control((uint32_t)GICH_HCR_EN);
}

void hv_gic_drop(uint32_t acknowledged)
{
    GICC_REG(GICC_EOIR) = acknowledged;
}

void hv_gic_deactivate(uint32_t acknowledged)
{
    GICC_REG(GICC_DIR) = acknowledged;
}

uint32_t hv_gic_control(void)
{
    return GICH_REG(GICH_HCR);
}

void hv_gic_set_control(uint32_t value)
{
    GICH_REG(GICH_HCR) = value;
}

uint32_t hv_gic_acknowledge(void)
{
    return GICC_REG(GICC_IAR);
}

/** Called once: the frames could be elsewhere. */
void hv_gic_frames(uintptr_t distributor, uintptr_t interface, uintptr_t control)
{
    gicd = (struct frame){ (volatile uint32_t *)distributor, distributor, 0x1000, { 0 }, "gicd" };
    gicc = (struct frame){ (volatile uint32_t *)interface, interface, 0x2000, { 0 }, "gicc" };
    gich = (struct frame){ (volatile uint32_t *)control, control, 0x2000, { 0 }, "gich" };
}
