/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file lpi.h
 * Locality-specific peripheral interrupts of one redistributor (IHI 0069, chapter 5), as the rest of gic/
 * sees them: a second source of a PE's best interrupt, beside the words of 32.
 */
#pragma once

#include "gic/gic_priv.h"

/* INTIDs from 8192 to what GICD_TYPER.IDbits allows. */
enum { LPI_FIRST = 8192, LPI_ID_BITS = 16, LPI_END = 1 << LPI_ID_BITS };

static inline bool intid_is_lpi(const struct gic *g, uint64_t intid)
{
    return g->cfg.has_its && intid >= LPI_FIRST && intid < LPI_END;
}

/* NULL without LPIs. */
struct lpi *lpi_new(const struct gic_config *cfg);
void lpi_reset(struct gic_cpu *k);

/* Improves k->best by the best LPI that is pending, enabled and forwarded. */
void lpi_fold(struct gic_cpu *k);
/* What is not an LPI of this redistributor, and all of them while GICR_CTLR.EnableLPIs is 0, is ignored. */
void lpi_set_pending(struct gic_cpu *k, uint32_t intid, bool pending);
bool lpi_is_pending(const struct gic_cpu *k, uint32_t intid);
/* Forgets what was cached of the configuration table. For all LPIs, it takes effect with lpi_settle(). */
void lpi_invalidate(struct gic_cpu *k, uint32_t intid);
void lpi_invalidate_all(struct gic_cpu *k);
/* Pending LPIs of one redistributor become another's, with lpi_settle(). */
void lpi_move_all(struct gic_cpu *from, struct gic_cpu *to);
/* Ends a batch of the three above: every redistributor that they touched chooses anew. */
void lpi_settle(struct gic *g);

/* Memory as the GIC's own accesses reach it: Non-secure RAM. False: there is none at all of [pa, pa+len).
 */
bool gic_dma_read(struct gic *g, uint64_t pa, void *data, size_t len);
bool gic_dma_write(struct gic *g, uint64_t pa, const void *data, size_t len);

/* Registers of RD_base, for the table in gicr.c. */
uint64_t lpi_ctlr_read(const struct gic_access *a);
void lpi_ctlr_write(const struct gic_access *a, uint64_t val);
uint64_t lpi_propbaser_read(const struct gic_access *a);
void lpi_propbaser_write(const struct gic_access *a, uint64_t val);
uint64_t lpi_pendbaser_read(const struct gic_access *a);
void lpi_pendbaser_write(const struct gic_access *a, uint64_t val);

/* A 64-bit register accessed whole or by halves. */
static inline uint64_t half_read(const struct gic_access *a, uint64_t reg)
{
    return reg >> (a->off & 4) * 8;
}

static inline uint64_t half_write(const struct gic_access *a, uint64_t reg, uint64_t val)
{
    if (a->size == 8)
        return val;
    return a->off & 4 ? deposit(reg, 63, 32, val) : deposit(reg, 31, 0, val);
}
