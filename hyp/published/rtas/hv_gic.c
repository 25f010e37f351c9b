/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hv_gic.c
 * The physical GICv2 of the hypervisor (IHI 0048): CPU interface with split priority drop, so that
 * the VM's end of interrupt deactivates, and the virtual interface control.
 */
#include "barrier.h"
#include "gicv2.h"
#include "hv.h"
#include "mmio.h"
#include "report.h"

/* Where the frames are, as a hypervisor learns from its board's description. */
static uintptr_t gicd, gicc, gich;

size_t hv_lr_count;

/** Called once: the frames could be elsewhere. */
void hv_gic_frames(uintptr_t distributor, uintptr_t interface, uintptr_t control)
{
    gicd = distributor;
    gicc = interface;
    gich = control;
}

void hv_gic_on(void)
{
    gicv2_distributor_on(gicd);
    gicv2_interface_on(gicc, (uint32_t)GICC_CTLR_EOIMODE);
    hv_lr_count = (mmio_read32(gich + GICH_VTR) & GICH_VTR_LISTREGS_MASK) + 1;
    for (size_t i = 0; i < hv_lr_count; i++) {
        hv_gic_write_lr(i, 0);
    }
    mmio_write32(gich + GICH_HCR, (uint32_t)GICH_HCR_EN);
}

uint32_t hv_gic_acknowledge(void)
{
    return mmio_read32(gicc + GICC_IAR);
}

void hv_gic_drop(uint32_t acknowledged)
{
    mmio_write32(gicc + GICC_EOIR, acknowledged);
}

void hv_gic_deactivate(uint32_t acknowledged)
{
    mmio_write32(gicc + GICC_DIR, acknowledged);
}

uint64_t hv_gic_empty_lrs(void)
{
    uint64_t empty = mmio_read32(gich + GICH_ELRSR0);

    if (hv_lr_count > 32) {
        empty |= (uint64_t)mmio_read32(gich + GICH_ELRSR1) << 32;
    }
    return empty;
}

uint32_t hv_gic_read_lr(size_t n)
{
    if (n >= hv_lr_count) {
        give_up("no such list register");
    }
    return mmio_read32(gich + GICH_LR0 + n * sizeof(uint32_t));
}

void hv_gic_write_lr(size_t n, uint32_t value)
{
    if (n >= hv_lr_count) {
        give_up("no such list register");
    }
    mmio_write32(gich + GICH_LR0 + n * sizeof(uint32_t), value);
}

void hv_irq(void)
{
    uint32_t acknowledged = hv_gic_acknowledge();
    uint32_t intid = acknowledged & GICC_IAR_ID_MASK;

    if (intid >= GICC_ID_SPECIAL) {
        return;
    }
    if (hv_interrupt(intid) == HV_HANDLED) {
        hv_gic_drop(acknowledged);
        hv_gic_deactivate(acknowledged);
        return;
    }
    hv_gic_drop(acknowledged);
}
