/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicr.c
 * The redistributors (IHI 0069, 12.11): 128 KiB per PE, RD_base then SGI_base. What has a field per SGI or
 * PPI is in gicreg.c. A redistributor forwards nothing while GICR_WAKER.ProcessorSleep is set, which it is
 * at reset. What has to do with LPIs is in lpi.c.
 */
#include "gic/lpi.h"

#define FRAME_SIZE 0x10000
#define WAKER_PROCESSOR_SLEEP 2
#define WAKER_CHILDREN_ASLEEP 4

static uint64_t iidr_read(const struct gic_access *a)
{
    (void)a;
    return GIC_IIDR;
}

static uint64_t typer_read(const struct gic_access *a)
{
    const struct pe *c = a->cpu->c;
    uint64_t mpidr = c->sr[SR_MPIDR_EL1];
    uint64_t affinity = bits(mpidr, 39, 32) << 24 | bits(mpidr, 23, 0);
    bool last = c->index + 1 == a->g->cfg.pe_count;

    return half_read(a, affinity << 32 | (uint64_t)c->index << 8 | (uint64_t)last << 4 | a->g->cfg.has_its);
}

static uint64_t statusr_read(const struct gic_access *a)
{
    return a->cpu->statusr;
}

static void statusr_write(const struct gic_access *a, uint64_t val)
{
    a->cpu->statusr &= ~(uint32_t)val;
}

/* Secure accesses only, with two Security states. */
static uint64_t waker_read(const struct gic_access *a)
{
    return a->secure && a->cpu->asleep ? WAKER_PROCESSOR_SLEEP | WAKER_CHILDREN_ASLEEP : 0;
}

static void waker_write(const struct gic_access *a, uint64_t val)
{
    if (!a->secure)
        return;
    a->cpu->asleep = val & WAKER_PROCESSOR_SLEEP;
    gic_groups_changed(a->g, a->cpu);
}

static uint64_t id_read(const struct gic_access *a)
{
    return gic_id_read(a, 0x93);
}

static const struct gic_reg rd_regs[] = {
    { 0x0000, 4, 0, 4, 0, lpi_ctlr_read, lpi_ctlr_write },
    { 0x0004, 4, 0, 4, 0, iidr_read, NULL },
    { 0x0008, 8, 0, 4 | 8, 0, typer_read, NULL },
    { 0x0010, 4, 0, 4, 0, statusr_read, statusr_write },
    { 0x0014, 4, 0, 4, 0, waker_read, waker_write },
    { 0x0070, 8, 0, 4 | 8, 0, lpi_propbaser_read, lpi_propbaser_write },
    { 0x0078, 8, 0, 4 | 8, 0, lpi_pendbaser_read, lpi_pendbaser_write },
    { 0xffd0, 0x30, 0, 4, 0, id_read, NULL },
};
static const struct gic_frame rd_base = { "GICR RD_base", rd_regs, sizeof(rd_regs) / sizeof(rd_regs[0]),
                                          false };
static const struct gic_frame sgi_base = { "GICR SGI_base", NULL, 0, true };

static struct gic_access access_of(struct gic *g, const struct pe *c, uint64_t off, unsigned size)
{
    struct gic_access a = { .g = g, .size = size, .secure = gic_access_secure(g, c) };

    if (off / FRAME_SIZE / 2 < g->cfg.pe_count)
        a.cpu = &g->cpu[off / FRAME_SIZE / 2];
    return a;
}

static const struct gic_frame *frame_of(uint64_t off)
{
    return off & FRAME_SIZE ? &sgi_base : &rd_base;
}

static bool gicr_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    struct gic_access a = access_of(dev, c, off, size);

    if (!a.cpu)
        return false;
    *val = gic_frame_read(frame_of(off), &a, off % FRAME_SIZE) & (~UINT64_C(0) >> (64 - 8 * size));
    return true;
}

static bool gicr_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    struct gic_access a = access_of(dev, c, off, size);

    if (!a.cpu)
        return false;
    gic_frame_write(frame_of(off), &a, off % FRAME_SIZE, val & (~UINT64_C(0) >> (64 - 8 * size)));
    return true;
}

const struct mmio_ops gicr_mmio = { "gicr", gicr_read, gicr_write };
