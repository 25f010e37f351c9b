/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicv2m.c
 * A GICv2m frame (Arm Server Base System Architecture, appendix "GICv2m"): writes become pulses on SPIs, so
 * that PCI devices can send message-signalled interrupts to a GICv2. One Non-secure frame. The SPIs have
 * to be configured as edge-triggered to be kept.
 */
#include "gic/gic_priv.h"

static uint64_t typer_read(const struct gic_access *a)
{
    return (uint64_t)a->g->cfg.msi_first << 16 | a->g->cfg.msi_count;
}

static void setspi_write(const struct gic_access *a, uint64_t val)
{
    unsigned intid = (unsigned)bits(val, 9, 0);

    if (intid - a->g->cfg.msi_first >= a->g->cfg.msi_count)
        return;
    gic_set_spi(a->g, intid, true);
    gic_set_spi(a->g, intid, false);
}

static uint64_t iidr_read(const struct gic_access *a)
{
    (void)a;
    return GIC_IIDR;
}

static const struct gic_reg regs[] = {
    { 0x008, 4, 0, 4, 0, typer_read, NULL },
    { 0x040, 4, 0, 4, 0, NULL, setspi_write },
    { 0xfcc, 4, 0, 4, 0, iidr_read, NULL },
};
static const struct gic_frame frame = { "GICv2m", regs, sizeof(regs) / sizeof(regs[0]), false };

static bool v2m_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    return gicv2_frame_read(&frame, dev, c, off, size, val);
}

static bool v2m_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    return gicv2_frame_write(&frame, dev, c, off, size, val);
}

const struct mmio_ops gicv2m_mmio = { "gicv2m", v2m_read, v2m_write };
