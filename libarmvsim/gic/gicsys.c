/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicsys.c
 * The way in for the GIC's system registers: gicsys.def as a table by register id, and the choice between
 * the physical (ICC_*) and the virtual (ICV_*) CPU interface at EL1 (IHI 0069, 6.1 and the accessibility
 * pseudocode of each ICC register). Access checks and traps were done by the caller.
 */
#include "gic/gic_priv.h"

#include "arch/exception.h"

#define NONE 0
#define FMO BIT(3)
#define IMO BIT(4)

struct gicsys {
    uint64_t (*read)(struct gic_cpu *k, unsigned arg);
    void (*write)(struct gic_cpu *k, unsigned arg, uint64_t val);
    uint64_t (*virt_read)(struct gic_cpu *k, unsigned arg);
    void (*virt_write)(struct gic_cpu *k, unsigned arg, uint64_t val);
    uint32_t hcr;
    uint32_t arg;
};

static const struct gicsys rows[SR_COUNT] = {
#define GICSYS(id, rd, wr, vmask, vrd, vwr, arg) [SR_##id] = { rd, wr, vrd, vwr, (uint32_t)(vmask), arg },
#include "gic/gicsys.def"
};

static bool is_virtual(const struct pe *c, const struct gicsys *r)
{
    return r->hcr && c->el == 1 && c->gic->g->cfg.has_el2 && (pe_hcr(c) & r->hcr);
}

bool gic_sysreg_is_virtual(const struct pe *c, unsigned id)
{
    return is_virtual(c, &rows[id]);
}

uint64_t gic_sysreg_read(struct pe *c, unsigned id)
{
    const struct gicsys *r = &rows[id];
    uint64_t (*read)(struct gic_cpu *, unsigned) = is_virtual(c, r) ? r->virt_read : r->read;

    return read ? read(c->gic, r->arg) : 0;
}

void gic_sysreg_write(struct pe *c, unsigned id, uint64_t val)
{
    const struct gicsys *r = &rows[id];
    void (*write)(struct gic_cpu *, unsigned, uint64_t) = is_virtual(c, r) ? r->virt_write : r->write;

    if (write)
        write(c->gic, r->arg, val);
}
