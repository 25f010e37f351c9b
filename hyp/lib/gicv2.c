/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicv2.c
 * GICv2 driver for private interrupts (IHI 0048). Interrupts stay in the group that they have
 * after reset, which is the one that this Security state's registers show.
 */
#include "gicv2.h"

#include "mmio.h"

void gicv2_distributor_on(uintptr_t gicd)
{
    mmio_write32(gicd + GICD_CTLR, 1);
}

void gicv2_interface_on(uintptr_t gicc, uint32_t control)
{
    mmio_write32(gicc + GICC_PMR, 0xff);
    mmio_write32(gicc + GICC_CTLR, (uint32_t)GICC_CTLR_ENABLE | control);
}

void gicv2_enable_private(uintptr_t gicd, uint32_t intid)
{
    mmio_write8(gicd + GICD_IPRIORITYR + intid, 0);
    mmio_write32(gicd + GICD_ISENABLER, 1U << intid);
}
