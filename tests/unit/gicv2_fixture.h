/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicv2_fixture.h
 * PEs and a GICv2: the frames as PE n reaches them, 32 bits at a time, and a driver's start.
 */
#pragma once

#include "gic_fixture.h"

static inline uint32_t v2_get(const struct mmio_ops *ops, struct rig *r, unsigned n, uint32_t off)
{
    uint64_t val = ~UINT64_C(0);

    cr_assert(ops->read(r->m.gic, &r->m.pe[n], off, 4, &val));
    return (uint32_t)val;
}

static inline void v2_set(const struct mmio_ops *ops, struct rig *r, unsigned n, uint32_t off, uint32_t val)
{
    cr_assert(ops->write(r->m.gic, &r->m.pe[n], off, 4, val));
}

#define D_GET(r, n, off) v2_get(&gicv2_gicd_mmio, r, n, off)
#define D_SET(r, n, off, val) v2_set(&gicv2_gicd_mmio, r, n, off, val)
#define C_GET(r, n, off) v2_get(&gicc_mmio, r, n, off)
#define C_SET(r, n, off, val) v2_set(&gicc_mmio, r, n, off, val)
#define H_GET(r, off) v2_get(&gich_mmio, r, 0, off)
#define H_SET(r, off, val) v2_set(&gich_mmio, r, 0, off, val)
#define V_GET(r, off) v2_get(&gicv_mmio, r, 0, off)
#define V_SET(r, off, val) v2_set(&gicv_mmio, r, 0, off, val)

enum {
    GICD_ITARGETSR = 0x800,
    GICD_SPISR = 0xd04,
    GICD_SGIR = 0xf00,
    GICD_CPENDSGIR = 0xf10,
    GICD_SPENDSGIR = 0xf20,

    GICC_CTLR = 0x0,
    GICC_PMR = 0x4,
    GICC_BPR = 0x8,
    GICC_IAR = 0xc,
    GICC_EOIR = 0x10,
    GICC_RPR = 0x14,
    GICC_HPPIR = 0x18,
    GICC_ABPR = 0x1c,
    GICC_AIAR = 0x20,
    GICC_AEOIR = 0x24,
    GICC_AHPPIR = 0x28,
    GICC_APR = 0xd0,
    GICC_NSAPR = 0xe0,
    GICC_DIR = 0x1000,

    GICH_HCR = 0x0,
    GICH_VTR = 0x4,
    GICH_VMCR = 0x8,
    GICH_MISR = 0x10,
    GICH_EISR = 0x20,
    GICH_ELRSR = 0x30,
    GICH_APR = 0xf0,
    GICH_LR = 0x100,
};

/* Both groups on in the distributor, Group 0 alone in the CPU interfaces, masks open, everything enabled at
 * priority 0xa0 in Group 0; SPIs go to PE 0. */
static inline struct rig *v2_start(struct rig_config k)
{
    struct rig *r;

    k.gicv2 = true;
    r = rig_new(k);
    D_SET(r, 0, GICD_CTLR, 3);
    for (unsigned w = 1; w <= 8; w++)
        D_SET(r, 0, GIC_ISENABLER + 4 * w, 0xffffffff);
    for (unsigned i = 32; i < 288; i += 4) {
        D_SET(r, 0, GIC_IPRIORITYR + i, 0xa0a0a0a0);
        D_SET(r, 0, GICD_ITARGETSR + i, 0x01010101);
    }
    for (unsigned n = 0; n < r->m.pe_count; n++) {
        D_SET(r, n, GIC_ISENABLER, 0xffffffff);
        for (unsigned i = 0; i < 32; i += 4)
            D_SET(r, n, GIC_IPRIORITYR + i, 0xa0a0a0a0);
        C_SET(r, n, GICC_PMR, 0xff);
        C_SET(r, n, GICC_CTLR, 1);
    }
    return r;
}
