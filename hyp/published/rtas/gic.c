/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gic.c
 * The bare-metal programs' GICv2 (IHI 0048). The frames' addresses are variables, as in software
 * that finds its devices, so that an access loads the address first.
 */
#include "board.h"
#include "gicv2.h"
#include "irq.h"
#include "mmio.h"

static volatile uintptr_t gicc = BOARD_GICC;
static volatile uintptr_t gicd = BOARD_GICD;

void gic_on(void)
{
    gicv2_distributor_on(gicd);
    gicv2_interface_on(gicc, 0);
}

void gic_enable(unsigned intid)
{
    gicv2_enable_private(gicd, intid);
}

void gic_eoi(unsigned intid)
{
    mmio_write32(gicc + GICC_EOIR, intid);
}

void gic_send_sgi(uint64_t pe, uint64_t intid)
{
    mmio_write32(gicd + GICD_SGIR,
                 (uint32_t)((UL(1) << (GICD_SGIR_TARGETS_SHIFT + pe)) | (intid & 0xf)));
}

void gic_handle(void)
{
    uint32_t acknowledged = mmio_read32(gicc + GICC_IAR);
    uint32_t intid = acknowledged & GICC_IAR_ID_MASK;

    if (intid >= GICC_ID_SPECIAL) {
        return;
    }
    if (!irq_handle(intid)) {
        mmio_write32(gicc + GICC_EOIR, acknowledged);
    }
}
