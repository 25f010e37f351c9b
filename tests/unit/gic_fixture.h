/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gic_fixture.h
 * PEs and a GIC with nothing around them, for tests that need several PEs, two Security states or a certain
 * number of list registers. Registers are reached as the bus and sysreg.c reach them.
 */
#pragma once

#include <criterion/criterion.h>
#include <stdlib.h>

#include "arch/timer.h"
#include "core/machine.h"
#include "gic/gic.h"

struct rig {
    struct avs_machine m;
    struct pe *c; /* PE 0. */
};

struct rig_config {
    unsigned pe_count, lr_count;
    bool el3, gicv2;
    bool its; /* With RIG_RAM_BYTES of RAM at RIG_RAM. */
};

#define RIG_RAM UINT64_C(0x40000000)
#define RIG_RAM_BYTES UINT64_C(0x400000)

/* PE n has affinity 0.0.0.n, is at EL2, and its redistributor sleeps. A GICv2 has a frame of MSIs, 80 to
 * 143. */
static inline struct rig *rig_new(struct rig_config k)
{
    struct rig *r = calloc(1, sizeof(*r));
    struct gic_config cfg = { .pe_count = k.pe_count ? k.pe_count : 1,
                              .spi_count = 256,
                              .lr_count = k.lr_count ? k.lr_count : 4,
                              .has_el2 = true,
                              .two_security = k.el3,
                              .has_its = k.its,
                              .gicv2 = k.gicv2,
                              .msi_first = 80,
                              .msi_count = 64 };

    r->m.pe_count = cfg.pe_count;
    r->m.has_el2 = true;
    r->m.has_el3 = k.el3;
    r->m.has_gicv2 = k.gicv2;
    r->m.pe = calloc(cfg.pe_count, sizeof(*r->m.pe));
    for (unsigned i = 0; i < cfg.pe_count; i++) {
        struct pe *c = &r->m.pe[i];

        c->m = &r->m;
        c->index = i;
        c->el = 2;
        c->sr[SR_MPIDR_EL1] = BIT(31) | i;
        c->sr[SR_SCR_EL3] = 1; /* NS */
    }
    if (k.its) {
        r->m.bus = bus_new(&r->m);
        cr_assert_eq(bus_add_ram(r->m.bus, "RAM", RIG_RAM, RIG_RAM_BYTES, BUS_RAM, false), AVS_OK);
    }
    r->m.gic = gic_new(&r->m, &cfg);
    r->c = &r->m.pe[0];
    return r;
}

static inline void rig_free(struct rig *r)
{
    for (unsigned i = 0; i < r->m.pe_count; i++)
        timer_free(r->m.pe[i].timer);
    gic_free(r->m.gic);
    bus_free(r->m.bus);
    free(r->m.pe);
    free(r);
}

static inline uint64_t gicd_get(struct rig *r, uint32_t off, unsigned size)
{
    uint64_t val = ~UINT64_C(0);

    cr_assert(gicd_mmio.read(r->m.gic, r->c, off, size, &val));
    return val;
}

static inline void gicd_set(struct rig *r, uint32_t off, unsigned size, uint64_t val)
{
    cr_assert(gicd_mmio.write(r->m.gic, r->c, off, size, val));
}

/* Offsets from RD_base of PE n; SGI_base is at 0x10000. */
static inline uint64_t gicr_get(struct rig *r, unsigned n, uint32_t off, unsigned size)
{
    uint64_t val = ~UINT64_C(0);

    cr_assert(gicr_mmio.read(r->m.gic, r->c, n * 0x20000 + off, size, &val));
    return val;
}

static inline void gicr_set(struct rig *r, unsigned n, uint32_t off, unsigned size, uint64_t val)
{
    cr_assert(gicr_mmio.write(r->m.gic, r->c, n * 0x20000 + off, size, val));
}

#define SYSGET(c, reg) gic_sysreg_read(c, SR_##reg)
#define SYSSET(c, reg, val) gic_sysreg_write(c, SR_##reg, val)

enum {
    GICD_CTLR = 0x0,
    GICR_WAKER = 0x14,
    GIC_IGROUPR = 0x80,
    GIC_ISENABLER = 0x100,
    GIC_ICENABLER = 0x180,
    GIC_ISPENDR = 0x200,
    GIC_ICPENDR = 0x280,
    GIC_ISACTIVER = 0x300,
    GIC_ICACTIVER = 0x380,
    GIC_IPRIORITYR = 0x400,
    GIC_ICFGR = 0xc00,
    GIC_IGRPMODR = 0xd00,
    GIC_NSACR = 0xe00,
    GICD_IROUTER = 0x6000,
    SGI = 0x10000,
};

/* Brings the GIC up as a Group 1 driver with one Security state does: every PE awake, mask open, all
 * interrupts in Group 1, enabled, at priority 0xa0, SPIs routed to PE 0. */
static inline void rig_start(struct rig *r)
{
    gicd_set(r, GICD_CTLR, 4, 2);
    for (unsigned w = 1; w <= 8; w++) {
        gicd_set(r, GIC_IGROUPR + 4 * w, 4, 0xffffffff);
        gicd_set(r, GIC_ISENABLER + 4 * w, 4, 0xffffffff);
    }
    for (unsigned i = 32; i < 288; i += 4)
        gicd_set(r, GIC_IPRIORITYR + i, 4, 0xa0a0a0a0);
    for (unsigned n = 0; n < r->m.pe_count; n++) {
        gicr_set(r, n, GICR_WAKER, 4, 0);
        gicr_set(r, n, SGI + GIC_IGROUPR, 4, 0xffffffff);
        gicr_set(r, n, SGI + GIC_ISENABLER, 4, 0xffffffff);
        for (unsigned i = 0; i < 32; i += 4)
            gicr_set(r, n, SGI + GIC_IPRIORITYR + i, 4, 0xa0a0a0a0);
        SYSSET(&r->m.pe[n], ICC_PMR_EL1, 0xff);
        SYSSET(&r->m.pe[n], ICC_IGRPEN1_EL1, 1);
    }
}
