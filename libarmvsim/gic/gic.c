/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gic.c
 * The state of interrupts, their inputs, and the choice of the highest priority pending one for each PE
 * (IHI 0069, 4.1 "the interrupt lifecycle", 4.3 affinity routing, 4.7 groups and 4.8 prioritisation). The
 * choice is cached per PE and redone only for what changed. Among equal priorities the lowest INTID wins;
 * an SPI for any PE (IROUTER.IRM) goes to the first one that is awake and has its group enabled: both are
 * IMPLEMENTATION DEFINED. Does not model extended SPI and PPI ranges, NMIs.
 */
#include "gic/its.h"
#include "gic/lpi.h"

#include <stdlib.h>
#include <string.h>

static void link_pes(struct gic *g)
{
    for (unsigned i = 0; g->m->pe && i < g->cfg.pe_count; i++) {
        g->cpu[i].g = g;
        g->cpu[i].c = &g->m->pe[i];
        g->m->pe[i].gic = &g->cpu[i];
    }
}

struct gic *gic_new(struct avs_machine *m, const struct gic_config *cfg)
{
    struct gic *g = calloc(1, sizeof(*g) + cfg->pe_count * sizeof(g->cpu[0]));

    AVS_CHECK(g && cfg->spi_count % 32 == 0 && cfg->spi_count <= 988 && cfg->lr_count <= 16);
    AVS_CHECK(!cfg->gicv2 || cfg->pe_count <= GICV2_PES);
    g->m = m;
    g->cfg = *cfg;
    g->word_count = 1 + cfg->spi_count / 32;
    g->words = calloc(g->word_count, sizeof(g->words[0]));
    g->route = calloc(gic_irq_count(g), sizeof(g->route[0]));
    AVS_CHECK(g->words && g->route);
    for (unsigned i = 0; i < cfg->pe_count; i++)
        g->cpu[i].lpi = lpi_new(cfg);
    for (unsigned i = 0; i < cfg->pe_count; i++) {
        g->cpu[i].g = g;
        signal_init(&g->cpu[i]);
    }
    g->its = its_new(g);
    gic_reset(g);
    return g;
}

void gic_free(struct gic *g)
{
    if (!g)
        return;
    for (unsigned i = 0; i < g->cfg.pe_count; i++) {
        signal_remove(&g->cpu[i]);
        free(g->cpu[i].lpi);
    }
    free(g->its);
    free(g->words);
    free(g->route);
    free(g);
}

void gic_reset(struct gic *g)
{
    memset(g->words, 0, g->word_count * sizeof(g->words[0]));
    memset(g->route, 0, gic_irq_count(g) * sizeof(g->route[0]));
    g->ctlr = g->cfg.two_security ? 0 : GICD_CTLR_DS;
    if (g->cfg.gicv2)
        gicv2_reset_targets(g);
    else
        g->ctlr |= g->cfg.two_security ? GICD_CTLR_ARE_S | GICD_CTLR_ARE_NS : GICD_CTLR_ARE_S;
    g->statusr = 0;
    g->spi_ready = 0;
    g->one_of_n = false;
    link_pes(g);
    its_reset(g);
    for (unsigned i = 0; g->m->pe && i < g->cfg.pe_count; i++) {
        struct gic_cpu *k = &g->cpu[i];

        memset(&k->priv, 0, sizeof(k->priv));
        k->priv.edge = 0xffff; /* SGIs. */
        k->priv.enable = g->cfg.gicv2 ? 0xffff : 0;
        k->best = (struct gic_irq){ INTID_SPURIOUS, PRIO_IDLE, GRP_0 };
        k->asleep = !g->cfg.gicv2;
        k->statusr = 0;
        lpi_reset(k);
        cpuif_reset(k);
        virtif_reset(k);
    }
}

void gic_reset_pe(struct pe *c)
{
    if (c->gic->g->cfg.gicv2)
        return;
    gic_set_ppi(c->m->gic, c->index, INTID_MAINTENANCE, false);
    cpuif_reset(c->gic);
    virtif_reset(c->gic);
    gic_groups_changed(c->gic->g, c->gic);
}

void gic_wake_pe(struct pe *c)
{
    c->gic->asleep = false;
    gic_groups_changed(c->gic->g, c->gic);
}

/* The group of INTID `n` of a word (IHI 0069, 4.7): GICD_IGRPMODR counts with two Security states only. */
unsigned gic_irq_group(const struct gic *g, const struct irq_word *w, unsigned n)
{
    if (bit(w->group, n))
        return GRP_1NS;
    return !gic_ds(g) && bit(w->grpmod, n) ? GRP_1S : GRP_0;
}

/* Whether a group is enabled all the way from the distributor to the PE's CPU interface. */
bool gic_forwards(const struct gic *g, const struct gic_cpu *k, unsigned group)
{
    return !k->asleep && bit(g->ctlr & k->igrpen, group);
}

/* The INTIDs of a word that are ready and in a group that reaches the PE. */
static uint32_t word_forwarded(const struct gic *g, const struct gic_cpu *k, const struct irq_word *w)
{
    uint32_t ready = word_ready(w);
    uint32_t groups = k->asleep ? 0 : g->ctlr & k->igrpen & GICD_CTLR_GROUPS;
    uint32_t secure1 = gic_ds(g) ? 0 : ~w->group & w->grpmod;

    if (!bit(groups, GRP_1NS))
        ready &= ~w->group;
    if (!bit(groups, GRP_1S))
        ready &= ~secure1;
    if (!bit(groups, GRP_0))
        ready &= w->group | secure1;
    return ready;
}

static bool targets(const struct gic *g, const struct gic_cpu *k, unsigned intid, unsigned group)
{
    uint64_t route = g->route[intid];

    if (g->cfg.gicv2)
        return bit(route, k->c->index);
    if (!(route & IROUTER_IRM))
        return route == (k->c->sr[SR_MPIDR_EL1] & AFFINITY_MASK);
    for (const struct gic_cpu *other = g->cpu; other < k; other++)
        if (gic_forwards(g, other, group))
            return false;
    return true;
}

/* Improves k->best by what one word has. */
static void fold_word(struct gic_cpu *k, unsigned word)
{
    struct gic *g = k->g;
    const struct irq_word *w = gic_word(g, k, word);

    for (uint32_t left = word_forwarded(g, k, w); left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctz(left);
        unsigned intid = word * 32 + n;
        unsigned group = gic_irq_group(g, w, n);

        if (w->prio[n] > k->best.prio || (w->prio[n] == k->best.prio && intid >= k->best.intid))
            continue;
        if (word == 0 || targets(g, k, intid, group))
            k->best = (struct gic_irq){ (uint16_t)intid, w->prio[n], (uint8_t)group };
    }
}

static void rescan(struct gic_cpu *k)
{
    k->best = (struct gic_irq){ INTID_SPURIOUS, PRIO_IDLE, GRP_0 };
    fold_word(k, 0);
    for (uint32_t left = k->g->spi_ready; left; left &= left - 1)
        fold_word(k, (unsigned)__builtin_ctz(left));
    lpi_fold(k);
}

static void refresh(struct gic_cpu *k, unsigned word)
{
    if (k->best.intid / 32 == word)
        rescan(k);
    else
        fold_word(k, word);
    cpuif_update(k);
}

void gic_word_changed(struct gic *g, struct gic_cpu *k, unsigned word)
{
    if (word == 0) {
        refresh(k, 0);
        return;
    }
    g->spi_ready = (uint32_t)deposit(g->spi_ready, word, word, word_ready(&g->words[word]) != 0);
    for (unsigned i = 0; i < g->cfg.pe_count; i++)
        refresh(&g->cpu[i], word);
}

/* LPIs of a redistributor became better or worse. */
void gic_lpi_changed(struct gic_cpu *k)
{
    if (k->best.intid >= LPI_FIRST)
        rescan(k);
    else
        lpi_fold(k);
    cpuif_update(k);
}

void gic_groups_changed(struct gic *g, struct gic_cpu *k)
{
    for (unsigned i = 0; i < g->cfg.pe_count; i++) {
        if (k && !g->one_of_n && k != &g->cpu[i])
            continue;
        rescan(&g->cpu[i]);
        cpuif_update(&g->cpu[i]);
    }
}

/* Pending to active: an edge is consumed, a level stays (IHI 0069, 4.1.2); LPIs are never active. */
void gic_activate(struct gic_cpu *k, unsigned intid)
{
    struct irq_word *w;
    uint32_t b = UINT32_C(1) << intid % 32;

    if (intid >= LPI_FIRST) {
        lpi_set_pending(k, intid, false);
        return;
    }
    w = gic_word(k->g, k, intid / 32);
    w->active |= b;
    w->latch &= ~b;
    gic_word_changed(k->g, k, intid / 32);
}

void gic_deactivate(struct gic_cpu *k, unsigned intid)
{
    if (intid >= gic_irq_count(k->g))
        return;
    gic_word(k->g, k, intid / 32)->active &= ~(UINT32_C(1) << intid % 32);
    gic_word_changed(k->g, k, intid / 32);
}

void gic_set_input(struct gic *g, struct gic_cpu *k, unsigned intid, bool level)
{
    struct irq_word *w = gic_word(g, k, intid / 32);
    uint32_t b = UINT32_C(1) << intid % 32;

    if (likely(!(w->level & b) == !level))
        return;
    w->level ^= b;
    if (w->edge & b) {
        if (!level)
            return;
        w->latch |= b;
    }
    gic_word_changed(g, k, intid / 32);
}

void gic_latch(struct gic *g, struct gic_cpu *k, unsigned intid, bool pending)
{
    struct irq_word *w = gic_word(g, k, intid / 32);

    w->latch = (uint32_t)deposit(w->latch, intid % 32, intid % 32, pending);
    gic_word_changed(g, k, intid / 32);
}

void gic_set_spi(struct gic *g, unsigned intid, bool level)
{
    AVS_CHECK(intid >= INTID_SPI && intid < gic_irq_count(g));
    gic_set_input(g, NULL, intid, level);
}

void gic_set_ppi(struct gic *g, unsigned pe, unsigned intid, bool level)
{
    AVS_CHECK(intid >= 16 && intid < INTID_SPI && pe < g->cfg.pe_count);
    gic_set_input(g, &g->cpu[pe], intid, level);
}

void gic_update(struct pe *c)
{
    struct gic_cpu *k = c->gic;

    if (!k)
        return;
    if (k->virt_dirty)
        virtif_update(k);
    if (k->g->cfg.two_security)
        cpuif_update(k);
}
