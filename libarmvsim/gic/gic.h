/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gic.h
 * The generic interrupt controller, GICv3 (IHI 0069): distributor, redistributors, CPU interface (ICC_*),
 * virtual interface (ICH_*, ICV_*) with list registers, and interrupt translation service; or GICv2
 * (IHI 0048), which has all but the last in memory: GICD, GICC, GICH, GICV, and a GICv2m frame. Drives the
 * interrupt inputs of the PEs.
 */
#pragma once

#include "board/bus.h"
#include "core/pe.h"

struct gic;

struct gic_config {
    unsigned pe_count;
    unsigned spi_count; /* Multiple of 32. */
    unsigned lr_count;  /* List registers per PE, 1..16. */
    bool has_el2;       /* The virtual interface exists. */
    bool two_security;  /* GICD_CTLR.DS is 0 at reset: EL3 is there. */
    bool has_its;       /* LPIs and an interrupt translation service exist. */
    bool gicv2;         /* As GIC-400; GICV2_PES PEs at most, and no ICC_ and ICH_ registers. */
    unsigned msi_first; /* GICv2m: the first INTID of its SPIs, */
    unsigned msi_count; /*   and how many. */
    uint32_t signal_cycles; /* Until a PE sees a line that rises. */
};

enum { GICV2_PES = 8 };

struct gic *gic_new(struct avs_machine *m, const struct gic_config *cfg);
void gic_free(struct gic *g);
void gic_reset(struct gic *g);
/* A PE was reset: with a GICv3 its CPU interface and virtual interface, which are part of it, are; its
 * redistributor is not. All of a GICv2 is outside the PE, with a reset of its own (GIC-400: nRESET). */
void gic_reset_pe(struct pe *c);
/* Clears GICR_WAKER.ProcessorSleep, as the firmware that turns a PE on does. */
void gic_wake_pe(struct pe *c);
extern const struct mmio_ops gicd_mmio; /* dev is the struct gic; 64 KiB. */
extern const struct mmio_ops gicr_mmio; /* dev is the struct gic; 128 KiB per PE. */
extern const struct mmio_ops gits_mmio; /* dev is the struct gic, with has_its; 128 KiB. */

/* The frames of a GICv2, each with the struct gic as dev. GICC, GICH and GICV are those of the accessing
 * PE. */
enum { GICV2_GICD_BYTES = 0x1000, GICC_BYTES = 0x2000, GICH_BYTES = 0x1000, GICV2M_BYTES = 0x1000 };
extern const struct mmio_ops gicv2_gicd_mmio;
extern const struct mmio_ops gicc_mmio;
extern const struct mmio_ops gich_mmio;
extern const struct mmio_ops gicv_mmio; /* GICC_BYTES */
extern const struct mmio_ops gicv2m_mmio;

/* Interrupt inputs: SPI `intid` 32.., PPI `intid` 16..31 of one PE. Level-sensitive: keep until lowered. */
void gic_set_spi(struct gic *g, unsigned intid, bool level);
void gic_set_ppi(struct gic *g, unsigned pe, unsigned intid, bool level);
/* A message-signalled interrupt: what a device's write of `event_id` to GITS_TRANSLATER does. */
void gic_its_msi(struct gic *g, uint32_t device_id, uint32_t event_id);

/* System register side: called by sysreg.c for the ICC_ and ICH_ registers after access checks and traps.
 * ICC_ encodings reach the virtual interface (ICV_) here when HCR_EL2.IMO/FMO say so at EL1. */
uint64_t gic_sysreg_read(struct pe *c, unsigned id);
void gic_sysreg_write(struct pe *c, unsigned id, uint64_t val);
/* Whether an access from the current state to this ICC_ register reaches the virtual interface. */
bool gic_sysreg_is_virtual(const struct pe *c, unsigned id);
/* HCR_EL2 or the Security state changed: recompute what the PE's lines show. */
void gic_update(struct pe *c);

/* Virtual interrupt events for hooks->virq. `pintid` is 0 for a list register without HW; for
 * VIRQ_MAINTENANCE (its level rose) it is 25, and vintid and lr are 0. VIRQ_SIGNALLED: physical interrupt `pintid`
 * became the pending one of highest priority that the CPU interface signals to the PE; the time is path_own_now(),
 * and vintid and lr are 0. */
enum virq_event { VIRQ_LR_WRITTEN, VIRQ_ACKNOWLEDGED, VIRQ_COMPLETED, VIRQ_MAINTENANCE, VIRQ_SIGNALLED };
