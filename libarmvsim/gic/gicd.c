/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicd.c
 * The distributor's own registers (IHI 0069, 12.9): control, identification, message-based SPIs and
 * affinity routing; what has a field per SPI is in gicreg.c. Affinity routing is always on in both Security
 * states, so ITARGETSR, SGIR and their kin are RAZ/WI. Register writes complete at once: RWP reads as 0.
 */
#include "gic/gic_priv.h"

static uint64_t ctlr_read(const struct gic_access *a)
{
    uint32_t ctlr = a->g->ctlr;

    if (a->secure)
        return ctlr;
    /* The Non-secure view: ARE_NS at bit 4, EnableGrp1A at bit 1. */
    return (ctlr & GICD_CTLR_ARE_NS) >> 1 | (ctlr & (1 << GRP_1NS));
}

static void ctlr_write(const struct gic_access *a, uint64_t val)
{
    struct gic *g = a->g;
    uint32_t mask = 1 << GRP_1NS;

    if (a->secure)
        mask |= 1 << GRP_0 | GICD_CTLR_E1NWF | (gic_ds(g) ? 0 : GICD_CTLR_DS | 1 << GRP_1S);
    g->ctlr = (g->ctlr & ~mask) | ((uint32_t)val & mask);
    if (gic_ds(g)) /* One Security state from here to the next reset. */
        g->ctlr &= ~(GICD_CTLR_ARE_NS | 1 << GRP_1S);
    gic_groups_changed(g, NULL);
}

/* A3V, 16-bit INTIDs, message-based SPIs, 1 of N; LPIs, SecurityExtn and ITLinesNumber as configured. */
static uint64_t typer_read(const struct gic_access *a)
{
    return BIT(24) | 15 << 19 | BIT(16) | (uint64_t)a->g->cfg.has_its << 17 |
           (uint64_t)!gic_ds(a->g) << 10 | (a->g->word_count - 1);
}

static uint64_t iidr_read(const struct gic_access *a)
{
    (void)a;
    return GIC_IIDR;
}

/* TYPER2, and a word after it that Linux reads: no vPEs. */
static uint64_t zero_read(const struct gic_access *a)
{
    (void)a;
    return 0;
}

static void ignored_write(const struct gic_access *a, uint64_t val)
{
    (void)a;
    (void)val;
}

static uint64_t statusr_read(const struct gic_access *a)
{
    return a->g->statusr;
}

static void statusr_write(const struct gic_access *a, uint64_t val)
{
    a->g->statusr &= ~(uint32_t)val;
}

/* Message-based SPIs: an edge is latched, a level stays until it is cleared. */
static void message(const struct gic_access *a, uint64_t val, unsigned nsacr, bool set)
{
    unsigned intid = (unsigned)bits(val, 12, 0);
    struct irq_word *w;

    if (intid < INTID_SPI || intid >= gic_irq_count(a->g))
        return;
    w = &a->g->words[intid / 32];
    if (!bit(gic_access_mask(a->g, w, a->secure, nsacr), intid % 32))
        return;
    if (bit(w->edge, intid % 32))
        gic_latch(a->g, NULL, intid, set);
    else
        gic_set_input(a->g, NULL, intid, set);
}

static void setspi_nsr_write(const struct gic_access *a, uint64_t val)
{
    message(a, val, 1, true);
}

static void clrspi_nsr_write(const struct gic_access *a, uint64_t val)
{
    message(a, val, 2, false);
}

static void setspi_sr_write(const struct gic_access *a, uint64_t val)
{
    if (a->secure && !gic_ds(a->g))
        message(a, val, 0, true);
}

static void clrspi_sr_write(const struct gic_access *a, uint64_t val)
{
    if (a->secure && !gic_ds(a->g))
        message(a, val, 0, false);
}

static uint64_t irouter_read(const struct gic_access *a)
{
    uint64_t route = a->g->route[a->word * 32 + a->first];

    return bit(a->mask, a->first) ? route >> (a->off & 4) * 8 : 0;
}

static void irouter_write(const struct gic_access *a, uint64_t val)
{
    uint64_t *route = &a->g->route[a->word * 32 + a->first];

    if (!bit(a->mask, a->first))
        return;
    if (a->size == 4)
        val = a->off & 4 ? deposit(*route, 63, 32, val) : deposit(*route, 31, 0, val);
    *route = val & (AFFINITY_MASK | IROUTER_IRM);
    if (val & IROUTER_IRM)
        a->g->one_of_n = true;
    /* A PE that has this SPI as its best may lose it. */
    gic_groups_changed(a->g, NULL);
}

static uint64_t id_read(const struct gic_access *a)
{
    return gic_id_read(a, 0x92);
}

static const struct gic_reg regs[] = {
    { 0x0000, 4, 0, 4, 0, ctlr_read, ctlr_write },
    { 0x0004, 4, 0, 4, 0, typer_read, NULL },
    { 0x0008, 4, 0, 4, 0, iidr_read, NULL },
    { 0x000c, 4, 0, 4, 0, zero_read, NULL }, /* TYPER2 */
    { 0x0010, 4, 0, 4, 0, statusr_read, statusr_write },
    { 0x0040, 4, 0, 2 | 4, 0, NULL, setspi_nsr_write },
    { 0x0048, 4, 0, 2 | 4, 0, NULL, clrspi_nsr_write },
    { 0x0050, 4, 0, 2 | 4, 0, NULL, setspi_sr_write },
    { 0x0058, 4, 0, 2 | 4, 0, NULL, clrspi_sr_write },
    { 0x0800, 0x400, 0, 1 | 4, 0, zero_read, ignored_write }, /* ITARGETSR */
    { 0x0f00, 4, 0, 4, 0, NULL, ignored_write },              /* SGIR */
    { 0x0f10, 0x20, 0, 1 | 4, 0, zero_read, ignored_write },  /* CPENDSGIR, SPENDSGIR */
    { 0x6000, 0x2000, 64, 4 | 8, 3, irouter_read, irouter_write },
    { 0xffd0, 0x30, 0, 4, 0, id_read, NULL },
};
static const struct gic_frame frame = { "GICD", regs, sizeof(regs) / sizeof(regs[0]), true };

static bool gicd_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    struct gic_access a = { .g = dev, .size = size, .secure = gic_access_secure(dev, c) };

    *val = gic_frame_read(&frame, &a, (uint32_t)off) & (~UINT64_C(0) >> (64 - 8 * size));
    return true;
}

static bool gicd_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    struct gic_access a = { .g = dev, .size = size, .secure = gic_access_secure(dev, c) };

    gic_frame_write(&frame, &a, (uint32_t)off, val & (~UINT64_C(0) >> (64 - 8 * size)));
    return true;
}

const struct mmio_ops gicd_mmio = { "gicd", gicd_read, gicd_write };
