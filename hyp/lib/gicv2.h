/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicv2.h
 * Arm GICv2 (IHI 0048): the registers of the distributor, the CPU interface and the virtual
 * interface control that software here uses, and what turns the first two on.
 */
#pragma once

#include "bits.h"

/* Distributor (4.3). */
#define GICD_CTLR UL(0x000)
#define GICD_ISENABLER UL(0x100)
#define GICD_ICENABLER UL(0x180)
#define GICD_ICACTIVER UL(0x380)
#define GICD_IPRIORITYR UL(0x400)
#define GICD_SGIR UL(0xf00)
#define GICD_SGIR_TARGETS_SHIFT 16

/* CPU interface (4.4); GICV has the same layout. */
#define GICC_CTLR UL(0x000)
#define GICC_PMR UL(0x004)
#define GICC_IAR UL(0x00c)
#define GICC_EOIR UL(0x010)
#define GICC_DIR UL(0x1000)
#define GICC_CTLR_ENABLE BIT(0)
#define GICC_CTLR_EOIMODE BIT(9)
#define GICC_IAR_ID_MASK UL(0x3ff)
#define GICC_ID_SPECIAL UL(1020)

/* Virtual interface control (5.3). */
#define GICH_HCR UL(0x000)
#define GICH_VTR UL(0x004)
#define GICH_VMCR UL(0x008)
#define GICH_MISR UL(0x010)
#define GICH_EISR0 UL(0x020)
#define GICH_EISR1 UL(0x024)
#define GICH_ELRSR0 UL(0x030)
#define GICH_ELRSR1 UL(0x034)
#define GICH_APR UL(0x0f0)
#define GICH_LR0 UL(0x100)
#define GICH_HCR_EN BIT(0)
#define GICH_VTR_LISTREGS_MASK UL(0x3f)
#define GICH_LR_PENDING BIT(28)
#define GICH_LR_HW BIT(31)
#define GICH_LR_PRIORITY_SHIFT 23
#define GICH_LR_PHYSICAL_SHIFT 10
#define GICH_LR_SOURCE_SHIFT 10 /* of an SGI, without HW */
#define GICH_LR_EOI BIT(19)     /* maintenance interrupt at its end, without HW */

#ifndef __ASSEMBLER__
#include <stdint.h>

/** Turns on the distributor for every PE. */
void gicv2_distributor_on(uintptr_t gicd);

/** Turns on this PE's interface; `control` goes to GICC_CTLR beside the enable bit. */
void gicv2_interface_on(uintptr_t gicc, uint32_t control);

/** Enables an SGI or PPI of this PE with the highest priority. */
void gicv2_enable_private(uintptr_t gicd, uint32_t intid);
#endif
