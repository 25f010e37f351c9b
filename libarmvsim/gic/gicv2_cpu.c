/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicv2_cpu.c
 * The CPU interface of a GICv2, GICC (IHI 0048, 4.4), with its Secure and Non-secure views. Priorities,
 * preemption, acknowledging and the lines to the PE are cpuif.c's; Group 0 and Group 1 have the same active
 * priorities there. Without EL3 there is one view, the Secure one. Ending a Group 1 interrupt through
 * GICC_EOIR while AckCtl is 0 is UNPREDICTABLE, and done here. Interrupt bypass has nothing to bypass.
 */
#include "gic/gic_priv.h"

#define CTLR_SHARED (GICC_CTLR_ENABLE_GRP0 | GICC_CTLR_ENABLE_GRP1 | GICC_CTLR_ACKCTL | GICC_CTLR_FIQEN)
#define CTLR_ONE_VIEW (CTLR_SHARED | GICC_CTLR_CBPR | GICC_CTLR_BYPASS | GICC_CTLR_EOIMODE_S)
#define CTLR_BYPASS_GRP1 UINT32_C(0x180)
#define CTLR_NONSECURE (GICC_CTLR_ENABLE_GRP1 | CTLR_BYPASS_GRP1 | GICC_CTLR_EOIMODE_NS)

/* The Non-secure copy of GICC_CTLR: Group 1's enable at bit 0, its bypass at 5 and 6, EOImodeNS at 9. */

static uint64_t ctlr_read(const struct gic_access *a)
{
    uint32_t ctlr = a->cpu->gicc_ctlr;

    if (a->secure)
        return ctlr;
    return (ctlr & GICC_CTLR_ENABLE_GRP1) >> 1 | (ctlr & CTLR_BYPASS_GRP1) >> 2 |
           (ctlr & GICC_CTLR_EOIMODE_NS) >> 1;
}

static void ctlr_write(const struct gic_access *a, uint64_t val)
{
    struct gic_cpu *k = a->cpu;
    uint32_t mask = a->g->cfg.two_security ? CTLR_ONE_VIEW | GICC_CTLR_EOIMODE_NS : CTLR_ONE_VIEW;
    uint32_t new = (uint32_t)val;

    if (!a->secure) {
        mask = CTLR_NONSECURE;
        new = (new << 1 & (GICC_CTLR_ENABLE_GRP1 | GICC_CTLR_EOIMODE_NS)) | (new << 2 & CTLR_BYPASS_GRP1);
    }
    k->gicc_ctlr = (k->gicc_ctlr & ~mask) | (new &mask);
    k->igrpen = (uint8_t)(k->gicc_ctlr & (GICC_CTLR_ENABLE_GRP0 | GICC_CTLR_ENABLE_GRP1));
    k->ctlr[0] = k->gicc_ctlr & GICC_CTLR_CBPR ? ICC_CTLR_CBPR : 0;
    gic_groups_changed(a->g, k);
}

/* Priorities: Non-secure software sees the lower half of the range as all of it (3.9.4). */

static uint64_t priority_view(const struct gic_access *a, uint8_t prio)
{
    if (a->secure || prio == PRIO_IDLE)
        return prio;
    return prio & 0x80 ? (uint8_t)(prio << 1) : 0;
}

static uint64_t pmr_read(const struct gic_access *a)
{
    return priority_view(a, a->cpu->pmr);
}

static void pmr_write(const struct gic_access *a, uint64_t val)
{
    uint8_t prio = (uint8_t)val;

    if (!a->secure) {
        if (!(a->cpu->pmr & 0x80))
            return;
        prio = (uint8_t)(0x80 | prio >> 1);
    }
    a->cpu->pmr = prio & PRIO_MASK;
    cpuif_update(a->cpu);
}

static uint64_t rpr_read(const struct gic_access *a)
{
    return priority_view(a, cpuif_running(a->cpu));
}

/* Binary points. GICC_BPR is Group 0's, and Group 1's for Non-secure software; GICC_ABPR is Group 1's. With
 * CBPR, Non-secure software sees Group 0's plus one and cannot change it. */

static void set_bpr(struct gic_cpu *k, unsigned group, uint64_t val)
{
    uint8_t least = group == GRP_1NS ? BPR_MIN + 1 : BPR_MIN;
    uint8_t bpr = val & 7;

    k->bpr[group] = bpr < least ? least : bpr;
    cpuif_update(k);
}

static uint64_t bpr_read(const struct gic_access *a)
{
    const struct gic_cpu *k = a->cpu;

    if (a->secure)
        return k->bpr[GRP_0];
    if (!(k->gicc_ctlr & GICC_CTLR_CBPR))
        return k->bpr[GRP_1NS];
    return k->bpr[GRP_0] == 7 ? 7 : k->bpr[GRP_0] + 1U;
}

static void bpr_write(const struct gic_access *a, uint64_t val)
{
    if (a->secure)
        set_bpr(a->cpu, GRP_0, val);
    else if (!(a->cpu->gicc_ctlr & GICC_CTLR_CBPR))
        set_bpr(a->cpu, GRP_1NS, val);
}

/* Aliases for Group 1: Secure software's alone. */

static uint64_t abpr_read(const struct gic_access *a)
{
    return a->secure ? a->cpu->bpr[GRP_1NS] : 0;
}

static void abpr_write(const struct gic_access *a, uint64_t val)
{
    if (a->secure)
        set_bpr(a->cpu, GRP_1NS, val);
}

/* Acknowledge. */

/* What an access sees of the highest priority pending interrupt (4.4.4, 4.4.7). */
static unsigned visible_intid(const struct gic_access *a, bool alias)
{
    const struct gic_irq *best = &a->cpu->best;

    if (best->prio == PRIO_IDLE)
        return INTID_SPURIOUS;
    if (best->group == GRP_0)
        return a->secure && !alias ? best->intid : INTID_SPURIOUS;
    if (a->secure && !alias && !(a->cpu->gicc_ctlr & GICC_CTLR_ACKCTL))
        return INTID_GROUP1;
    return best->intid;
}

/* The source of a pending SGI: the lowest numbered one. */
static unsigned source_of(const struct gic_cpu *k, unsigned intid)
{
    return intid < 16 && k->sgi_sources[intid] ? (unsigned)__builtin_ctz(k->sgi_sources[intid]) : 0;
}

static uint64_t hppir(const struct gic_access *a, bool alias)
{
    unsigned intid = visible_intid(a, alias);

    return intid | (uint64_t)source_of(a->cpu, intid) << 10;
}

/* The same SGI from another source stays pending while this one is active. */
static uint64_t acknowledge(const struct gic_access *a, bool alias)
{
    struct gic_cpu *k = a->cpu;
    unsigned intid = visible_intid(a, alias);
    unsigned source = source_of(k, intid);

    if (intid == INTID_SPURIOUS || !cpuif_preempts(k))
        return INTID_SPURIOUS;
    if (intid == INTID_GROUP1)
        return intid;
    cpuif_acknowledge(k);
    if (intid < 16) {
        k->sgi_sources[intid] &= (uint8_t) ~(1U << source);
        gic_latch(k->g, k, intid, k->sgi_sources[intid] != 0);
    }
    return intid | source << 10;
}

static uint64_t hppir_read(const struct gic_access *a)
{
    return hppir(a, false);
}

static uint64_t ahppir_read(const struct gic_access *a)
{
    return a->secure ? hppir(a, true) : 0;
}

static uint64_t iar_read(const struct gic_access *a)
{
    return acknowledge(a, false);
}

static uint64_t aiar_read(const struct gic_access *a)
{
    return a->secure ? acknowledge(a, true) : 0;
}

/* End of interrupt. */

static bool eoi_split(const struct gic_access *a)
{
    return a->cpu->gicc_ctlr & (a->secure ? GICC_CTLR_EOIMODE_S : GICC_CTLR_EOIMODE_NS);
}

/* Whether an access may end or deactivate this interrupt: a Non-secure one, and an alias, Group 1 alone. */
static bool may_end(const struct gic_access *a, bool alias, unsigned intid)
{
    if (intid >= gic_irq_count(a->g))
        return false;
    return (a->secure && !alias) ||
           gic_irq_group(a->g, gic_word(a->g, a->cpu, intid / 32), intid % 32) == GRP_1NS;
}

static void end(const struct gic_access *a, bool alias, uint64_t val)
{
    unsigned intid = (unsigned)bits(val, 9, 0);
    unsigned group = cpuif_running_group(a->cpu);

    if (group == GRP_COUNT || !may_end(a, alias, intid))
        return;
    if (group == GRP_0 && (alias || !a->secure))
        return;
    cpuif_drop(a->cpu, group);
    if (!eoi_split(a))
        gic_deactivate(a->cpu, intid);
    cpuif_update(a->cpu);
}

static void eoir_write(const struct gic_access *a, uint64_t val)
{
    end(a, false, val);
}

static void aeoir_write(const struct gic_access *a, uint64_t val)
{
    if (a->secure)
        end(a, true, val);
}

/* UNPREDICTABLE without EOImode; ignored here. */
static void dir_write(const struct gic_access *a, uint64_t val)
{
    unsigned intid = (unsigned)bits(val, 9, 0);

    if (eoi_split(a) && may_end(a, false, intid))
        gic_deactivate(a->cpu, intid);
}

/* Active priorities. GICC_APR0 is Group 0's, GICC_NSAPR0 Group 1's; Non-secure software sees the upper half
 * of the latter as its GICC_APR0 (4.4.14, 4.4.15). With five bits there is one of each. */

static uint64_t apr_read(const struct gic_access *a)
{
    if (a->off)
        return 0;
    return a->secure ? a->cpu->apr[GRP_0] : a->cpu->apr[GRP_1NS] >> 16;
}

static void apr_write(const struct gic_access *a, uint64_t val)
{
    uint32_t *group1 = &a->cpu->apr[GRP_1NS];

    if (a->off)
        return;
    if (a->secure)
        a->cpu->apr[GRP_0] = (uint32_t)val;
    else
        *group1 = (uint32_t)deposit(*group1, 31, 16, val);
    cpuif_update(a->cpu);
}

static uint64_t nsapr_read(const struct gic_access *a)
{
    return a->off || !a->secure ? 0 : a->cpu->apr[GRP_1NS];
}

static void nsapr_write(const struct gic_access *a, uint64_t val)
{
    if (a->off || !a->secure)
        return;
    a->cpu->apr[GRP_1NS] = (uint32_t)val;
    cpuif_update(a->cpu);
}

static uint64_t iidr_read(const struct gic_access *a)
{
    (void)a;
    return GICC_IIDR;
}

static const struct gic_reg regs[] = {
    { 0x0000, 4, 0, 4, 0, ctlr_read, ctlr_write },
    { 0x0004, 4, 0, 4, 0, pmr_read, pmr_write },
    { 0x0008, 4, 0, 4, 0, bpr_read, bpr_write },
    { 0x000c, 4, 0, 4, 0, iar_read, NULL },
    { 0x0010, 4, 0, 4, 0, NULL, eoir_write },
    { 0x0014, 4, 0, 4, 0, rpr_read, NULL },
    { 0x0018, 4, 0, 4, 0, hppir_read, NULL },
    { 0x001c, 4, 0, 4, 0, abpr_read, abpr_write },
    { 0x0020, 4, 0, 4, 0, aiar_read, NULL },
    { 0x0024, 4, 0, 4, 0, NULL, aeoir_write },
    { 0x0028, 4, 0, 4, 0, ahppir_read, NULL },
    { 0x00d0, 0x10, 0, 4, 0, apr_read, apr_write },
    { 0x00e0, 0x10, 0, 4, 0, nsapr_read, nsapr_write },
    { 0x00fc, 4, 0, 4, 0, iidr_read, NULL },
    { 0x1000, 4, 0, 4, 0, NULL, dir_write },
};
static const struct gic_frame frame = { "GICC", regs, sizeof(regs) / sizeof(regs[0]), false };

static bool gicc_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    return gicv2_frame_read(&frame, dev, c, off, size, val);
}

static bool gicc_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    return gicv2_frame_write(&frame, dev, c, off, size, val);
}

const struct mmio_ops gicc_mmio = { "gicc", gicc_read, gicc_write };
