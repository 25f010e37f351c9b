/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicv3.c
 * GICv3 driver with affinity routing and one security state (IHI 0069 12.9.4, 12.11). Group 1
 * only, no LPIs.
 */
#include "gicv3.h"

#include "mmio.h"

static void gicd_wait(uintptr_t gicd)
{
    while (mmio_read32(gicd + GICD_CTLR) & GICD_CTLR_RWP) {
    }
}

static void gicr_wait(uintptr_t gicr)
{
    while (mmio_read32(gicr + GICR_CTLR) & GICR_CTLR_RWP) {
    }
}

/** Walks the redistributors to the one whose affinity is that of this PE. */
static uintptr_t gicr_find(uintptr_t gicr)
{
    uint32_t affinity = (uint32_t)(sysreg_read(MPIDR_EL1) & MPIDR_AFF_MASK);
    uint64_t typer = mmio_read64(gicr + GICR_TYPER);

    while ((uint32_t)(typer >> GICR_TYPER_AFFINITY_SHIFT) != affinity &&
           !(typer & GICR_TYPER_LAST)) {
        gicr += GICR_SIZE;
        typer = mmio_read64(gicr + GICR_TYPER);
    }
    return gicr;
}

static void gicr_wake(uintptr_t gicr)
{
    mmio_write32(gicr + GICR_WAKER, mmio_read32(gicr + GICR_WAKER) & ~GICR_WAKER_SLEEP);
    while (mmio_read32(gicr + GICR_WAKER) & GICR_WAKER_CHILDREN_ASLEEP) {
    }
}

void gic_init(struct gic *gic, uintptr_t gicd, uintptr_t gicr)
{
    gic->gicd = gicd;
    gic->gicr = gicr_find(gicr);
    mmio_write32(gicd + GICD_CTLR, GICD_CTLR_ARE);
    gicd_wait(gicd);
    mmio_write32(gicd + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_ENABLE_GRP1);
    gicd_wait(gicd);
    gicr_wake(gic->gicr);
    mmio_write32(gic->gicr + GICR_SGI_FRAME + GIC_ICENABLER, ~0U);
    gicr_wait(gic->gicr);
    mmio_write32(gic->gicr + GICR_SGI_FRAME + GIC_ICACTIVER, ~0U);
    mmio_write32(gic->gicr + GICR_SGI_FRAME + GIC_IGROUPR, ~0U);
}

void gic_cpu_init(bool split_eoi)
{
    sysreg_write(ICC_SRE_EL1, ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB);
    isb();
    sysreg_write(ICC_CTLR_EL1, split_eoi ? ICC_CTLR_EOIMODE : 0);
    sysreg_write(ICC_PMR_EL1, ICC_PMR_ALL);
    sysreg_write(ICC_BPR1_EL1, 0);
    sysreg_write(ICC_IGRPEN1_EL1, ICC_IGRPEN1_ENABLE);
    isb();
}

/** The frame that holds the registers of an interrupt: private ones are in the redistributor. */
static uintptr_t frame_of(const struct gic *gic, uint32_t intid)
{
    return intid < GIC_SPI_FIRST ? gic->gicr + GICR_SGI_FRAME : gic->gicd;
}

void gic_enable(const struct gic *gic, uint32_t intid)
{
    uintptr_t frame = frame_of(gic, intid);
    uintptr_t word = intid / 32 * sizeof(uint32_t);
    uint32_t bit = 1U << (intid % 32);

    mmio_write32(frame + GIC_IGROUPR + word, mmio_read32(frame + GIC_IGROUPR + word) | bit);
    mmio_write8(frame + GIC_IPRIORITYR + intid, GIC_PRIORITY_DEFAULT);
    if (intid >= GIC_SPI_FIRST) {
        mmio_write64(frame + GICD_IROUTER + intid * sizeof(uint64_t),
                     sysreg_read(MPIDR_EL1) & MPIDR_AFF_MASK);
    }
    mmio_write32(frame + GIC_ISENABLER + word, bit);
}

void gic_set_active(const struct gic *gic, uint32_t intid, bool active)
{
    uintptr_t frame = gic->gicr + GICR_SGI_FRAME;

    mmio_write32(frame + (active ? GIC_ISACTIVER : GIC_ICACTIVER), 1U << intid);
    dsb_sy();
}
