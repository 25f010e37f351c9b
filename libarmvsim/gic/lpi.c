/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file lpi.c
 * LPIs in a redistributor (IHI 0069, 5.1 and 12.11): GICR_PROPBASER and GICR_PENDBASER, configurations
 * cached from the configuration table, pending bits, and the choice of the best one. LPIs are edges without
 * an active state, in Non-secure Group 1.
 *
 * A configuration is read when its LPI first becomes pending and kept until INV or INVALL, as hardware may:
 * software that changes a table and forgets to invalidate sees no change. Pending bits are read from the
 * pending table when LPIs are enabled (unless PENDBASER.PTZ) and written back when they are disabled
 * (GICR_CTLR.CES is 1); the table's first KiB is left alone. The cacheability and shareability fields are
 * kept as written and mean nothing. GICR_TYPER.DirectLPI is 0, as on QEMU's board: GICR_SETLPIR, INVLPIR
 * and their kin are not there, and LPIs exist only together with an ITS.
 */
#include "gic/lpi.h"

#include <stdlib.h>
#include <string.h>

#define CTLR_ENABLE_LPIS UINT32_C(1)
#define CTLR_CES UINT32_C(2)
#define PROPBASER_MASK (MASK(58, 56) | MASK(51, 12) | MASK(11, 7) | MASK(4, 0))
#define PENDBASER_MASK (MASK(58, 56) | MASK(51, 16) | MASK(11, 7))
#define PENDBASER_PTZ BIT(62)

/* A byte of the configuration table: bit 1 is RES1 there, and marks what is cached here. */
enum { CONFIG_ENABLE = 1, CONFIG_CACHED = 2, CONFIG_PRIO = 0xfc };

/* The best of all LPIs is the root of a tree of minima: rows of priorities, each the least of 16 of the row
 * above. A change costs one pass down, a choice one pass up, however many LPIs are pending. */
enum {
    LPI_COUNT = LPI_END - LPI_FIRST,
    FANOUT = 16,
    ROWS = 4,
    ROOTS = LPI_COUNT / FANOUT / FANOUT / FANOUT
};

static const uint32_t row_start[ROWS] = {
    0,
    LPI_COUNT,
    LPI_COUNT + LPI_COUNT / FANOUT,
    LPI_COUNT + LPI_COUNT / FANOUT + LPI_COUNT / FANOUT / FANOUT,
};
_Static_assert(ROOTS *FANOUT *FANOUT *FANOUT == LPI_COUNT, "the tree's rows are full");

struct lpi {
    uint64_t propbaser, pendbaser;
    bool enabled;
    bool ptz;     /* The last write of GICR_PENDBASER promised an empty table. */
    bool stale;   /* Configurations and the tree are rebuilt by lpi_settle(). */
    bool told;    /* That the configuration table is not in memory. */
    uint32_t end; /* The first INTID beyond this redistributor's tables. */
    uint8_t config[LPI_COUNT];
    uint8_t pending[LPI_END / 8]; /* As the table in memory. */
    uint8_t
        ready[LPI_COUNT + LPI_COUNT / (FANOUT - 1)]; /* Priorities, PRIO_IDLE: not pending or enabled. */
};

struct lpi *lpi_new(const struct gic_config *cfg)
{
    struct lpi *l = cfg->has_its ? calloc(1, sizeof(*l)) : NULL;

    AVS_CHECK(l || !cfg->has_its);
    return l;
}

static void forget(struct lpi *l)
{
    memset(l->config, 0, sizeof(l->config));
    memset(l->pending, 0, sizeof(l->pending));
    memset(l->ready, PRIO_IDLE, sizeof(l->ready));
    l->stale = l->told = false;
}

void lpi_reset(struct gic_cpu *k)
{
    struct lpi *l = k->lpi;

    if (!l)
        return;
    l->propbaser = l->pendbaser = 0;
    l->enabled = l->ptz = false;
    forget(l);
}

/* Memory. */

static const struct bus_region *dma_region(struct gic *g, uint64_t pa, size_t len)
{
    const struct bus_region *r = g->m->bus ? bus_find(g->m->bus, (pa_t){ pa }) : NULL;

    if (!r || r->kind != BUS_RAM || r->secure_only || len > r->size - (pa - r->base))
        return NULL;
    return r;
}

bool gic_dma_read(struct gic *g, uint64_t pa, void *data, size_t len)
{
    return dma_region(g, pa, len) && bus_copy_out(g->m->bus, (pa_t){ pa }, data, len);
}

bool gic_dma_write(struct gic *g, uint64_t pa, const void *data, size_t len)
{
    return dma_region(g, pa, len) && bus_copy_in(g->m->bus, (pa_t){ pa }, data, len);
}

/* The tree. */

static unsigned least(const uint8_t *prio, unsigned count)
{
    unsigned at = 0;

    for (unsigned i = 1; i < count; i++)
        if (prio[i] < prio[at])
            at = i;
    return at;
}

static void set_ready(struct lpi *l, uint32_t n, uint8_t prio)
{
    for (unsigned row = 0; row < ROWS; row++) {
        uint8_t *at = &l->ready[row_start[row]];

        if (at[n] == prio)
            return;
        at[n] = prio;
        n /= FANOUT;
        at += n * FANOUT;
        prio = row + 1 < ROWS ? at[least(at, FANOUT)] : prio;
    }
}

/* The LPI of the highest priority, the lowest INTID among equals; *prio as the tables have it. */
static uint32_t find_best(const struct lpi *l, uint8_t *prio)
{
    uint32_t n = least(&l->ready[row_start[ROWS - 1]], ROOTS);

    for (unsigned row = ROWS - 1; row-- > 0;)
        n = n * FANOUT + least(&l->ready[row_start[row] + n * FANOUT], FANOUT);
    *prio = l->ready[n];
    return LPI_FIRST + n;
}

/* State of single LPIs. */

static uint8_t config_of(struct gic_cpu *k, uint32_t n)
{
    struct lpi *l = k->lpi;
    uint8_t byte = 0;

    if (l->config[n] & CONFIG_CACHED)
        return l->config[n];
    if (!gic_dma_read(k->g, (l->propbaser & MASK(51, 12)) + n, &byte, 1) && !l->told) {
        l->told = true;
        avs_log(k->g->m, LOG_GUEST, "PE %u: GICR_PROPBASER: no memory for the configuration of LPI %u",
                k->c->index, LPI_FIRST + (unsigned)n);
    }
    l->config[n] = byte | CONFIG_CACHED;
    return l->config[n];
}

static bool pending_bit(const struct lpi *l, uint32_t intid)
{
    return bit(l->pending[intid / 8], intid % 8);
}

static void update(struct gic_cpu *k, uint32_t intid)
{
    uint32_t n = intid - LPI_FIRST;
    uint8_t config = pending_bit(k->lpi, intid) ? config_of(k, n) : 0;

    set_ready(k->lpi, n, config & CONFIG_ENABLE ? config & CONFIG_PRIO : PRIO_IDLE);
}

static bool is_ours(const struct gic_cpu *k, uint32_t intid)
{
    return k->lpi && k->lpi->enabled && intid >= LPI_FIRST && intid < k->lpi->end;
}

static void changed(struct gic_cpu *k, uint32_t intid)
{
    if (k->lpi->stale)
        return;
    update(k, intid);
    gic_lpi_changed(k);
}

void lpi_set_pending(struct gic_cpu *k, uint32_t intid, bool pending)
{
    if (!is_ours(k, intid) || pending_bit(k->lpi, intid) == pending)
        return;
    k->lpi->pending[intid / 8] ^= (uint8_t)(1U << intid % 8);
    changed(k, intid);
}

bool lpi_is_pending(const struct gic_cpu *k, uint32_t intid)
{
    return is_ours(k, intid) && pending_bit(k->lpi, intid);
}

void lpi_invalidate(struct gic_cpu *k, uint32_t intid)
{
    if (!is_ours(k, intid))
        return;
    k->lpi->config[intid - LPI_FIRST] = 0;
    changed(k, intid);
}

/* What the tables say of a priority is in the Non-secure view while there are two Security states. */
void lpi_fold(struct gic_cpu *k)
{
    uint32_t intid;
    uint8_t prio;

    if (!k->lpi || !k->lpi->enabled || !gic_forwards(k->g, k, GRP_1NS))
        return;
    intid = find_best(k->lpi, &prio);
    if (prio == PRIO_IDLE)
        return;
    prio = gic_ds(k->g) ? prio & PRIO_MASK : (uint8_t)(0x80 | prio >> 1) & PRIO_MASK;
    if (prio < k->best.prio)
        k->best = (struct gic_irq){ (uint16_t)intid, prio, GRP_1NS };
}

/* All at once. */

void lpi_invalidate_all(struct gic_cpu *k)
{
    if (k->lpi && k->lpi->enabled)
        k->lpi->stale = true;
}

/* Those that the other one's tables have no room for are lost. */
void lpi_move_all(struct gic_cpu *from, struct gic_cpu *to)
{
    struct lpi *a = from->lpi, *b = to->lpi;

    if (from == to || !a || !b || !a->enabled || !b->enabled)
        return;
    for (uint32_t i = LPI_FIRST / 8; i < a->end / 8; i++) {
        b->pending[i] |= i < b->end / 8 ? a->pending[i] : 0;
        a->pending[i] = 0;
    }
    a->stale = b->stale = true;
}

/* The tree from scratch: work for every pending LPI. */
static void rebuild(struct gic_cpu *k)
{
    struct lpi *l = k->lpi;

    memset(l->config, 0, sizeof(l->config));
    memset(l->ready, PRIO_IDLE, sizeof(l->ready));
    l->stale = false;
    for (uint32_t i = LPI_FIRST / 8; i < l->end / 8; i++)
        for (unsigned left = l->pending[i]; left; left &= left - 1)
            update(k, i * 8 + (unsigned)__builtin_ctz(left));
    gic_lpi_changed(k);
}

void lpi_settle(struct gic *g)
{
    for (unsigned i = 0; i < g->cfg.pe_count; i++)
        if (g->cpu[i].lpi && g->cpu[i].lpi->stale)
            rebuild(&g->cpu[i]);
}

/* GICR_CTLR.EnableLPIs. */

/* IDbits below 13 leaves no LPIs: they are out of range. */
static uint32_t id_end(uint64_t propbaser)
{
    unsigned id_bits = (unsigned)bits(propbaser, 4, 0) + 1;

    return id_bits < LPI_ID_BITS ? UINT32_C(1) << id_bits : LPI_END;
}

static void enable(struct gic_cpu *k)
{
    struct lpi *l = k->lpi;
    uint64_t table = l->pendbaser & MASK(51, 16);

    l->enabled = true;
    l->end = id_end(l->propbaser);
    forget(l);
    if (l->end > LPI_FIRST && !l->ptz &&
        !gic_dma_read(k->g, table + LPI_FIRST / 8, &l->pending[LPI_FIRST / 8], (l->end - LPI_FIRST) / 8))
        avs_log(k->g->m, LOG_GUEST, "PE %u: GICR_PENDBASER: no memory for the pending table", k->c->index);
    rebuild(k);
}

static void disable(struct gic_cpu *k)
{
    struct lpi *l = k->lpi;
    uint64_t table = l->pendbaser & MASK(51, 16);

    if (l->end > LPI_FIRST &&
        !gic_dma_write(k->g, table + LPI_FIRST / 8, &l->pending[LPI_FIRST / 8], (l->end - LPI_FIRST) / 8))
        avs_log(k->g->m, LOG_GUEST, "PE %u: GICR_PENDBASER: no memory for the pending table", k->c->index);
    l->enabled = false;
    forget(l);
    gic_lpi_changed(k);
}

/* RWP and UWP read as 0: writes complete at once. */
uint64_t lpi_ctlr_read(const struct gic_access *a)
{
    const struct lpi *l = a->cpu->lpi;

    return l ? CTLR_CES | (l->enabled ? CTLR_ENABLE_LPIS : 0) : 0;
}

void lpi_ctlr_write(const struct gic_access *a, uint64_t val)
{
    const struct lpi *l = a->cpu->lpi;

    if (!l || l->enabled == (val & CTLR_ENABLE_LPIS))
        return;
    if (l->enabled)
        disable(a->cpu);
    else
        enable(a->cpu);
}

/* Changing a table's place while LPIs are enabled is UNPREDICTABLE; here it has no effect. */
static bool may_write(const struct gic_access *a, const char *name)
{
    if (!a->cpu->lpi)
        return false;
    if (a->cpu->lpi->enabled)
        avs_log(a->g->m, LOG_GUEST, "PE %u: %s: written while LPIs are enabled: ignored", a->cpu->c->index,
                name);
    return !a->cpu->lpi->enabled;
}

uint64_t lpi_propbaser_read(const struct gic_access *a)
{
    return a->cpu->lpi ? half_read(a, a->cpu->lpi->propbaser) : 0;
}

void lpi_propbaser_write(const struct gic_access *a, uint64_t val)
{
    if (may_write(a, "GICR_PROPBASER"))
        a->cpu->lpi->propbaser = half_write(a, a->cpu->lpi->propbaser, val) & PROPBASER_MASK;
}

uint64_t lpi_pendbaser_read(const struct gic_access *a)
{
    return a->cpu->lpi ? half_read(a, a->cpu->lpi->pendbaser) : 0;
}

/* PTZ is write-only. */
void lpi_pendbaser_write(const struct gic_access *a, uint64_t val)
{
    struct lpi *l = a->cpu->lpi;
    uint64_t reg;

    if (!may_write(a, "GICR_PENDBASER"))
        return;
    reg = half_write(a, l->pendbaser | (l->ptz ? PENDBASER_PTZ : 0), val);
    l->ptz = reg & PENDBASER_PTZ;
    l->pendbaser = reg & PENDBASER_MASK;
}
