/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicreg.c
 * Register frames of the GIC as data, and the registers that have a field per INTID, which the distributor
 * (SPIs) and a redistributor's SGI_base (SGIs and PPIs) have at the same offsets (IHI 0069, 12.9
 * and 12.11). What a frame does not decode reads as zero and ignores writes; GICx_STATUSR and the log tell.
 */
#include "gic/gic_priv.h"

#include "arch/exception.h"

/* GICD_STATUSR, GICR_STATUSR. */
enum { STATUS_RRD = 1, STATUS_WRD = 2, STATUS_RWOD = 4, STATUS_WROD = 8 };

bool gic_access_secure(const struct gic *g, const struct pe *c)
{
    return !g->cfg.two_security || gic_ds(g) || !c || pe_is_secure(c);
}

/* INTIDs that an access may see: a Non-secure one has Non-secure Group 1 and what GICD_NSACR opens. */
uint32_t gic_access_mask(const struct gic *g, const struct irq_word *w, bool secure, unsigned nsacr)
{
    uint32_t mask = w->group;

    if (secure || gic_ds(g))
        return ~UINT32_C(0);
    for (unsigned n = 0; nsacr && w->nsacr && n < 32; n++)
        if (bits(w->nsacr, 2 * n + 1, 2 * n) >= nsacr)
            mask |= UINT32_C(1) << n;
    return mask;
}

static const struct gic_reg *find_in(const struct gic_reg *table, unsigned count, uint32_t off,
                                     unsigned size)
{
    for (unsigned i = 0; i < count; i++)
        if (off - table[i].offset < table[i].length)
            return table[i].sizes & size ? &table[i] : NULL;
    return NULL;
}

/* Finds the register of an access and completes *a for it. False: nothing is there, and nothing is wrong.
 */
static bool locate(const struct gic_frame *f, struct gic_access *a, uint32_t off,
                   const struct gic_reg **out)
{
    const struct gic_reg *r = find_in(f->regs, f->count, off, a->size);
    unsigned intid;

    if (!r && f->has_irqs)
        r = find_in(gic_irq_regs, gic_irq_reg_count, off, a->size);
    *out = r;
    if (!r)
        return true;
    a->off = off - r->offset;
    if (!r->bits)
        return true;
    intid = a->off * 8 / r->bits;
    a->word = intid / 32;
    a->first = intid % 32;
    if (a->word >= a->g->word_count)
        return false;
    /* Affinity routing: word 0 is in the redistributors, and only there. */
    if (!a->g->cfg.gicv2 && (a->word == 0) != (a->cpu != NULL))
        return false;
    a->w = gic_word(a->g, a->cpu, a->word);
    a->mask = gic_access_mask(a->g, a->w, a->secure, r->nsacr);
    return true;
}

static void complain(const struct gic_frame *f, struct gic_access *a, const char *what, uint32_t off,
                     uint32_t status)
{
    *(a->statusr ? a->statusr : a->cpu ? &a->cpu->statusr : &a->g->statusr) |= status;
    avs_log(a->g->m, LOG_DEBUG, "%s: guest %s at offset 0x%04x, %u bytes: RAZ/WI", f->name, what,
            (unsigned)off, a->size);
}

uint64_t gic_frame_read(const struct gic_frame *f, struct gic_access *a, uint32_t off)
{
    const struct gic_reg *r;

    if (!locate(f, a, off, &r))
        return 0;
    if (!r || !r->read) {
        complain(f, a, r ? "read of a write-only register" : "read of nothing", off,
                 r ? STATUS_RWOD : STATUS_RRD);
        return 0;
    }
    return r->read(a);
}

void gic_frame_write(const struct gic_frame *f, struct gic_access *a, uint32_t off, uint64_t val)
{
    const struct gic_reg *r;

    if (!locate(f, a, off, &r))
        return;
    if (!r || !r->write)
        complain(f, a, r ? "write of a read-only register" : "write of nothing", off,
                 r ? STATUS_WROD : STATUS_WRD);
    else
        r->write(a, val);
}

/* The identification registers at 0xFFD0..0xFFFC: PIDR4-7, PIDR0-3, CIDR0-3; architecture 3 in PIDR2. */
uint64_t gic_id_read(const struct gic_access *a, uint8_t pidr0)
{
    static const uint8_t id[] = { 0x44, 0, 0, 0, 0, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1 };
    unsigned n = a->off / 4;

    return n == 4 ? pidr0 : id[n];
}

/* One bit per INTID. */

static void changed(const struct gic_access *a)
{
    gic_word_changed(a->g, a->cpu, a->word);
}

static uint64_t group_read(const struct gic_access *a)
{
    return a->secure ? a->w->group : 0;
}

static void group_write(const struct gic_access *a, uint64_t val)
{
    if (!a->secure)
        return;
    a->w->group = (uint32_t)val;
    changed(a);
}

static uint64_t grpmod_read(const struct gic_access *a)
{
    return a->secure && !gic_ds(a->g) ? a->w->grpmod : 0;
}

static void grpmod_write(const struct gic_access *a, uint64_t val)
{
    if (!a->secure || gic_ds(a->g))
        return;
    a->w->grpmod = (uint32_t)val;
    changed(a);
}

static uint64_t enable_read(const struct gic_access *a)
{
    return a->w->enable & a->mask;
}

static void enable_set(const struct gic_access *a, uint64_t val)
{
    a->w->enable |= (uint32_t)val & a->mask;
    changed(a);
}

static void enable_clear(const struct gic_access *a, uint64_t val)
{
    a->w->enable &= ~((uint32_t)val & a->mask);
    changed(a);
}

static uint64_t pending_read(const struct gic_access *a)
{
    return word_pending(a->w) & a->mask;
}

static void pending_set(const struct gic_access *a, uint64_t val)
{
    a->w->latch |= (uint32_t)val & a->mask;
    changed(a);
}

static void pending_clear(const struct gic_access *a, uint64_t val)
{
    a->w->latch &= ~((uint32_t)val & a->mask);
    changed(a);
}

static uint64_t active_read(const struct gic_access *a)
{
    return a->w->active & a->mask;
}

static void active_set(const struct gic_access *a, uint64_t val)
{
    a->w->active |= (uint32_t)val & a->mask;
    changed(a);
}

static void active_clear(const struct gic_access *a, uint64_t val)
{
    a->w->active &= ~((uint32_t)val & a->mask);
    changed(a);
}

/* Priorities: a byte per INTID. A Non-secure access sees the lower half of the range as all of it (4.8.1).
 */

static uint64_t priority_read(const struct gic_access *a)
{
    uint64_t val = 0;

    for (unsigned i = 0; i < a->size; i++) {
        uint8_t prio = a->w->prio[a->first + i];

        if (!bit(a->mask, a->first + i))
            prio = 0;
        else if (!a->secure)
            prio = (uint8_t)(prio << 1);
        val |= (uint64_t)prio << 8 * i;
    }
    return val;
}

static void priority_write(const struct gic_access *a, uint64_t val)
{
    for (unsigned i = 0; i < a->size; i++, val >>= 8) {
        uint8_t prio = (uint8_t)val;

        if (!bit(a->mask, a->first + i))
            continue;
        if (!a->secure)
            prio = (uint8_t)(0x80 | prio >> 1);
        a->w->prio[a->first + i] = prio & PRIO_MASK;
    }
    changed(a);
}

/* Two bits per INTID. */

static uint64_t config_read(const struct gic_access *a)
{
    uint64_t val = 0;

    for (unsigned i = 0; i < 16; i++)
        val |= (uint64_t)bit(a->w->edge & a->mask, a->first + i) << (2 * i + 1);
    return val;
}

/* SGIs are always edge-triggered. */
static void config_write(const struct gic_access *a, uint64_t val)
{
    uint32_t mask = a->mask & (UINT32_C(0xffff) << a->first);
    uint32_t edge = 0;

    if (a->word == 0 && a->first == 0)
        return;
    for (unsigned i = 0; i < 16; i++)
        edge |= (uint32_t)bit(val, 2 * i + 1) << (a->first + i);
    a->w->edge = (a->w->edge & ~mask) | (edge & mask);
    changed(a);
}

static uint64_t nsacr_read(const struct gic_access *a)
{
    return a->secure && !gic_ds(a->g) ? bits(a->w->nsacr, 2 * a->first + 31, 2 * a->first) : 0;
}

static void nsacr_write(const struct gic_access *a, uint64_t val)
{
    if (a->secure && !gic_ds(a->g))
        a->w->nsacr = deposit(a->w->nsacr, 2 * a->first + 31, 2 * a->first, val);
}

const struct gic_reg gic_irq_regs[] = {
    { 0x0080, 0x80, 1, 4, 0, group_read, group_write },            /* IGROUPR */
    { 0x0100, 0x80, 1, 4, 0, enable_read, enable_set },            /* ISENABLER */
    { 0x0180, 0x80, 1, 4, 0, enable_read, enable_clear },          /* ICENABLER */
    { 0x0200, 0x80, 1, 4, 1, pending_read, pending_set },          /* ISPENDR */
    { 0x0280, 0x80, 1, 4, 2, pending_read, pending_clear },        /* ICPENDR */
    { 0x0300, 0x80, 1, 4, 2, active_read, active_set },            /* ISACTIVER */
    { 0x0380, 0x80, 1, 4, 2, active_read, active_clear },          /* ICACTIVER */
    { 0x0400, 0x400, 8, 1 | 4, 0, priority_read, priority_write }, /* IPRIORITYR */
    { 0x0c00, 0x100, 2, 4, 0, config_read, config_write },         /* ICFGR */
    { 0x0d00, 0x80, 1, 4, 0, grpmod_read, grpmod_write },          /* IGRPMODR */
    { 0x0e00, 0x100, 2, 4, 0, nsacr_read, nsacr_write },           /* NSACR */
};
const unsigned gic_irq_reg_count = sizeof(gic_irq_regs) / sizeof(gic_irq_regs[0]);
