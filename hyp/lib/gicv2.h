/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicv2.h
 * Arm GICv2 (IHI 0048): the registers of the distributor, the CPU interface and the virtual
 * interface control that software here uses, and what turns the first two on.
 */
#pragma once

#include <stdint.h>

#include "bits.h"

/* Distributor (4.3). */
#define GICD_CTLR 0x000UL
#define GICD_ISENABLER 0x100UL
#define GICD_ICENABLER 0x180UL
#define GICD_ICACTIVER 0x380UL
#define GICD_IPRIORITYR 0x400UL
#define GICD_SGIR 0xf00UL
#define GICD_SGIR_TARGETS_SHIFT 16

/* CPU interface (4.4); GICV has the same layout. */
#define GICC_CTLR 0x000UL
#define GICC_PMR 0x004UL
#define GICC_IAR 0x00cUL
#define GICC_EOIR 0x010UL
#define GICC_DIR 0x1000UL
#define GICC_CTLR_ENABLE BIT(0)
#define GICC_CTLR_EOIMODE BIT(9)
#define GICC_IAR_ID_MASK 0x3ffUL
#define GICC_ID_SPECIAL 1020UL

/* Virtual interface control (5.3). */
#define GICH_HCR 0x000UL
#define GICH_VTR 0x004UL
#define GICH_VMCR 0x008UL
#define GICH_MISR 0x010UL
#define GICH_EISR0 0x020UL
#define GICH_EISR1 0x024UL
#define GICH_ELRSR0 0x030UL
#define GICH_ELRSR1 0x034UL
#define GICH_APR 0x0f0UL
#define GICH_LR0 0x100UL
#define GICH_HCR_EN BIT(0)
#define GICH_VTR_LISTREGS_MASK 0x3fUL
#define GICH_LR_PENDING BIT(28)
#define GICH_LR_HW BIT(31)
#define GICH_LR_PRIORITY_SHIFT 23
#define GICH_LR_PHYSICAL_SHIFT 10

/** Turns on the distributor for every PE. */
void gicv2_distributor_on(uintptr_t gicd);

/** Turns on this PE's interface; `control` goes to GICC_CTLR beside the enable bit. */
void gicv2_interface_on(uintptr_t gicc, uint32_t control);

/** Enables an SGI or PPI of this PE with the highest priority. */
void gicv2_enable_private(uintptr_t gicd, uint32_t intid);
