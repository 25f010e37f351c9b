/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicv3.h
 * Arm GICv3 (IHI 0069): the registers that the driver uses and the hypervisor emulates, and the
 * driver for the distributor, one redistributor and the CPU interface. It runs at EL2 on the
 * physical GIC and, unchanged, at EL1 on the virtual one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "barrier.h"
#include "bits.h"
#include "sysreg.h"

/* Distributor, offsets from GICD (12.9). */
#define GICD_CTLR 0x0000UL
#define GICD_TYPER 0x0004UL
#define GICD_IROUTER 0x6000UL
#define GICD_SIZE 0x10000UL
#define GICD_CTLR_ENABLE_GRP1 (1U << 1)
#define GICD_CTLR_ARE (1U << 4)
#define GICD_CTLR_RWP (1U << 31)

/* Redistributor, offsets from RD_base (12.11); the SGI frame follows at 64 KiB. */
#define GICR_CTLR 0x0000UL
#define GICR_TYPER 0x0008UL
#define GICR_WAKER 0x0014UL
#define GICR_SGI_FRAME 0x10000UL
#define GICR_SIZE 0x20000UL
#define GICR_CTLR_RWP (1U << 3)
#define GICR_TYPER_LAST BIT(4)
#define GICR_TYPER_AFFINITY_SHIFT 32
#define GICR_WAKER_SLEEP (1U << 1)
#define GICR_WAKER_CHILDREN_ASLEEP (1U << 2)

/* In the distributor and in the SGI frame alike: one bit, or one byte, per interrupt. */
#define GIC_IGROUPR 0x0080UL
#define GIC_ISENABLER 0x0100UL
#define GIC_ICENABLER 0x0180UL
#define GIC_ISACTIVER 0x0300UL
#define GIC_ICACTIVER 0x0380UL
#define GIC_IPRIORITYR 0x0400UL

/* CPU interface. */
#define ICC_SRE_SRE BIT(0)
#define ICC_SRE_DFB BIT(1)
#define ICC_SRE_DIB BIT(2)
#define ICC_SRE_ENABLE BIT(3)
#define ICC_CTLR_EOIMODE BIT(1)
#define ICC_IGRPEN1_ENABLE BIT(0)
#define ICC_PMR_ALL UL(0xff)
#define ICC_SGI1R_INTID_SHIFT 24
#define ICC_SGI1R_INTID_WIDTH 4
#define ICC_SGI1R_AFF1_SHIFT 16
#define ICC_SGI1R_AFF1_WIDTH 8
#define ICC_SGI1R_TARGETS_SHIFT 0
#define ICC_SGI1R_TARGETS_WIDTH 16

/* Interrupt IDs: 0-15 SGI, 16-31 PPI, from 32 SPI; from 1020 special. */
#define GIC_SPI_FIRST 32U
#define GIC_SPECIAL_FIRST 1020U
#define GIC_INTID_MAINTENANCE 25U
#define GIC_INTID_CNTHP 26U
#define GIC_INTID_CNTV 27U

#define GIC_PRIORITY_DEFAULT 0xa0U

struct gic {
    uintptr_t gicd;
    uintptr_t gicr; /* of this PE, found by its affinity */
};

/** Finds this PE's redistributor from `gicr` on, and turns on distributor and redistributor. */
void gic_init(struct gic *gic, uintptr_t gicd, uintptr_t gicr);

/** Turns on the CPU interface for group 1; `split_eoi` makes EOI drop the priority only. */
void gic_cpu_init(bool split_eoi);

/** Enables an interrupt as group 1 with the default priority; an SPI is routed to this PE. */
void gic_enable(const struct gic *gic, uint32_t intid);

/** Sets or clears the active state of a private interrupt. */
void gic_set_active(const struct gic *gic, uint32_t intid, bool active);

/** Acknowledges the highest pending interrupt and returns its INTID. */
static inline uint32_t gic_acknowledge(void)
{
    uint32_t intid = (uint32_t)sysreg_read(ICC_IAR1_EL1);

    dsb_sy();
    return intid;
}

/** Ends an interrupt; with split EOI it only drops the running priority. */
static inline void gic_eoi(uint32_t intid)
{
    sysreg_write(ICC_EOIR1_EL1, intid);
    isb();
}

/** Deactivates an interrupt after gic_eoi(), with split EOI. */
static inline void gic_deactivate(uint32_t intid)
{
    sysreg_write(ICC_DIR_EL1, intid);
    isb();
}
