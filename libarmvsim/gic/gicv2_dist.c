/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicv2_dist.c
 * The distributor of a GICv2 (IHI 0048, 4.3; identification and input status as GIC-400's, DDI 0471): what
 * it has beyond the registers with a field per INTID, which are the GICv3's (gicreg.c): targets by PE, and
 * SGIs that are pending from each source by itself. Words of interrupts, priorities and the choice among
 * them are gic.c's. An SPI with several targets is signalled to all of them; the first to acknowledge it
 * has it. As in GIC-400, SGIs are always enabled. Does not model lockable SPIs (CFGSDISABLE).
 */
#include "gic/gic_priv.h"

#define GICD_IIDR UINT32_C(0x0200143b) /* GIC-400 r0p1 */

/* The one-bit registers whose writes leave SGIs alone: only GICD_SGIR and its kin make them pending. */
enum { ICENABLER0 = 0x180, ISPENDR0 = 0x200, ICPENDR0 = 0x280, SGIS = 0xffff };

enum { SGIR_LIST = 0, SGIR_OTHERS = 1, SGIR_SELF = 2 };

/* With one PE the targets are RAZ/WI, and the PE is every SPI's (4.3.12). */
void gicv2_reset_targets(struct gic *g)
{
    for (unsigned i = INTID_SPI; g->cfg.pe_count == 1 && i < gic_irq_count(g); i++)
        g->route[i] = 1;
}

static unsigned index_of(const struct gic_cpu *k)
{
    return (unsigned)(k - k->g->cpu);
}

/* A Non-secure access finds Group 1's enable at bit 0. */
static uint64_t ctlr_read(const struct gic_access *a)
{
    return a->secure ? a->g->ctlr & 3 : bit(a->g->ctlr, GRP_1NS);
}

static void ctlr_write(const struct gic_access *a, uint64_t val)
{
    uint32_t mask = a->secure ? 3 : 1 << GRP_1NS;

    if (!a->secure)
        val <<= GRP_1NS;
    a->g->ctlr = (a->g->ctlr & ~mask) | ((uint32_t)val & mask);
    gic_groups_changed(a->g, NULL);
}

/* SecurityExtn, CPUNumber, ITLinesNumber. */
static uint64_t typer_read(const struct gic_access *a)
{
    return (uint64_t)a->g->cfg.two_security << 10 | (a->g->cfg.pe_count - 1) << 5 | (a->g->word_count - 1);
}

static uint64_t iidr_read(const struct gic_access *a)
{
    (void)a;
    return GICD_IIDR;
}

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

/* GICD_PPISR, which has PPI n at bit n - 16, and GICD_SPISR: the inputs themselves. */
static uint64_t input_read(const struct gic_access *a)
{
    uint32_t level = a->w->level & a->mask;

    return a->word ? level : level >> 16;
}

/* Targets: a byte per INTID. Those of SGIs and PPIs say who reads. */

static uint64_t target_of(const struct gic_access *a, unsigned n)
{
    if (a->word)
        return a->g->route[a->word * 32 + n];
    return a->g->cfg.pe_count > 1 ? BIT(index_of(a->cpu)) : 0;
}

static bool targets_fixed(const struct gic_access *a)
{
    return a->word == 0 || a->g->cfg.pe_count == 1;
}

static uint64_t target_read(const struct gic_access *a)
{
    uint64_t val = 0;

    if (a->g->cfg.pe_count == 1)
        return 0;
    for (unsigned i = 0; i < a->size; i++)
        if (bit(a->mask, a->first + i))
            val |= target_of(a, a->first + i) << 8 * i;
    return val;
}

static void target_write(const struct gic_access *a, uint64_t val)
{
    if (targets_fixed(a))
        return;
    for (unsigned i = 0; i < a->size; i++, val >>= 8)
        if (bit(a->mask, a->first + i))
            a->g->route[a->word * 32 + a->first + i] = val & MASK(a->g->cfg.pe_count - 1, 0);
    /* A PE that has one of these as its best may lose it. */
    gic_groups_changed(a->g, NULL);
}

/* SGIs. */

static void set_sources(struct gic_cpu *k, unsigned intid, unsigned sources)
{
    k->sgi_sources[intid] = (uint8_t)sources;
    gic_latch(k->g, k, intid, sources != 0);
}

static uint64_t sources_read(const struct gic_access *a)
{
    uint64_t val = 0;

    for (unsigned i = 0; i < a->size; i++)
        if (bit(a->mask, a->first + i))
            val |= (uint64_t)a->cpu->sgi_sources[a->first + i] << 8 * i;
    return val;
}

static void sources_change(const struct gic_access *a, uint64_t val, bool set)
{
    for (unsigned i = 0; i < a->size; i++, val >>= 8) {
        unsigned intid = a->first + i;
        unsigned named = (unsigned)val & (unsigned)MASK(a->g->cfg.pe_count - 1, 0);
        unsigned had = a->cpu->sgi_sources[intid];

        if (bit(a->mask, intid) && named)
            set_sources(a->cpu, intid, set ? had | named : had & ~named);
    }
}

static void sources_set(const struct gic_access *a, uint64_t val)
{
    sources_change(a, val, true);
}

static void sources_clear(const struct gic_access *a, uint64_t val)
{
    sources_change(a, val, false);
}

/* Whether the sender may make this SGI pending at a PE (4.3.15): Secure software names the group that it
 * must have there (NSATT); Non-secure software reaches Group 1, and what GICD_NSACR opens. */
static bool sgi_allowed(const struct gic_access *a, const struct gic_cpu *k, unsigned intid, bool nsatt)
{
    bool group1 = gic_irq_group(k->g, &k->priv, intid) == GRP_1NS;

    if (!k->g->cfg.two_security)
        return true;
    if (a->secure)
        return group1 == nsatt;
    return group1 || bits(k->priv.nsacr, 2 * intid + 1, 2 * intid) >= 1;
}

static bool sgi_names(const struct gic_access *a, const struct gic_cpu *k, uint64_t val)
{
    switch (bits(val, 25, 24)) {
    case SGIR_LIST:
        return bit(val, 16 + index_of(k));
    case SGIR_OTHERS:
        return k != a->cpu;
    case SGIR_SELF:
        return k == a->cpu;
    default: /* Reserved. */
        return false;
    }
}

static void sgir_write(const struct gic_access *a, uint64_t val)
{
    unsigned intid = (unsigned)bits(val, 3, 0);

    for (unsigned i = 0; i < a->g->cfg.pe_count; i++) {
        struct gic_cpu *k = &a->g->cpu[i];

        if (sgi_names(a, k, val) && sgi_allowed(a, k, intid, bit(val, 15)))
            set_sources(k, intid, k->sgi_sources[intid] | 1U << index_of(a->cpu));
    }
}

/* PIDR4-7, PIDR0-3, CIDR0-3; architecture 2 in PIDR2. */
static uint64_t id_read(const struct gic_access *a)
{
    static const uint8_t id[] = { 0x04, 0, 0, 0, 0x90, 0xb4, 0x2b, 0, 0x0d, 0xf0, 0x05, 0xb1 };

    return id[a->off / 4];
}

static const struct gic_reg regs[] = {
    { 0x000, 4, 0, 4, 0, ctlr_read, ctlr_write },
    { 0x004, 4, 0, 4, 0, typer_read, NULL },
    { 0x008, 4, 0, 4, 0, iidr_read, NULL },
    { 0x800, 0x400, 8, 1 | 4, 3, target_read, target_write }, /* ITARGETSR */
    { 0xd00, 0x80, 1, 4, 0, input_read, ignored_write },      /* PPISR, SPISR */
    { 0xf00, 4, 0, 4, 0, NULL, sgir_write },
    { 0xf10, 0x10, 8, 1 | 4, 2, sources_read, sources_clear }, /* CPENDSGIR */
    { 0xf20, 0x10, 8, 1 | 4, 1, sources_read, sources_set },   /* SPENDSGIR */
    { 0xf30, 0xa0, 0, 4, 0, zero_read, ignored_write },        /* Reserved. */
    { 0xfd0, 0x30, 0, 4, 0, id_read, NULL },
};
static const struct gic_frame frame = { "GICD", regs, sizeof(regs) / sizeof(regs[0]), true };

static struct gic_access access_of(struct gic *g, const struct pe *c, unsigned size)
{
    return (struct gic_access){
        .g = g, .cpu = c ? c->gic : &g->cpu[0], .size = size, .secure = gic_access_secure(g, c)
    };
}

bool gicv2_frame_read(const struct gic_frame *f, struct gic *g, struct pe *c, uint64_t off, unsigned size,
                      uint64_t *val)
{
    struct gic_access a = access_of(g, c, size);

    *val = gic_frame_read(f, &a, (uint32_t)off) & (~UINT64_C(0) >> (64 - 8 * size));
    return true;
}

bool gicv2_frame_write(const struct gic_frame *f, struct gic *g, struct pe *c, uint64_t off, unsigned size,
                       uint64_t val)
{
    struct gic_access a = access_of(g, c, size);

    gic_frame_write(f, &a, (uint32_t)off, val & (~UINT64_C(0) >> (64 - 8 * size)));
    return true;
}

static bool dist_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    return gicv2_frame_read(&frame, dev, c, off, size, val);
}

static bool dist_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    if (off == ICENABLER0 || off == ISPENDR0 || off == ICPENDR0)
        val &= ~(uint64_t)SGIS;
    return gicv2_frame_write(&frame, dev, c, off, size, val);
}

const struct mmio_ops gicv2_gicd_mmio = { "gicd", dist_read, dist_write };
