/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_path.c
 * What sysreg.def means for one PE: which registers its core and the machine's Exception levels have, reset
 * values, write masks, and how each EL reaches each register (struct sysreg_path), so that an access asks
 * no question twice. DDI 0487: D1.2 (which ELs there are), D24 (accessibility of each register), D24.2.10
 * and the like for HCR_EL2.E2H's redirection.
 *
 * Not modelled: EL2 in Secure state, AArch32 at any EL.
 */
#include <stdlib.h>
#include <string.h>

#include "arch/exception.h"
#include "arch/pmu.h"
#include "arch/regbits.h"
#include "arch/sysreg_table.h"
#include "arch/trap.h"
#include "core/path.h"

#define PMCR_KEPT 0xffff0000u /* IMP and IDCODE, of what a core model says. */

bool sysreg_feature(const struct pe *c, enum sysreg_feature f, unsigned id)
{
    const struct core_model *model = c->m->model;
    const bool el2 = c->m->has_el2, el3 = c->m->has_el3, gicv3 = !c->m->has_gicv2;
    const unsigned crm = sysreg_crm(sysreg_table[id].enc), op2 = sysreg_op2(sysreg_table[id].enc);

    switch (f) {
#define F(reg, lsb) bits(c->sr[SR_##reg], (lsb) + 3, (lsb))
#define SYSREG_FEATURE(name, expr, text)                                                                   \
    case SRF_##name:                                                                                       \
        return expr;
#include "arch/sysreg_feature.def"
#undef SYSREG_FEATURE
#undef F
    case SRF_COUNT:
        break;
    }
    return false;
}

/* ID registers of AArch32 (D24.2.1): it is not implemented, whatever the modelled core has. */
static bool describes_aarch32(unsigned enc)
{
    return enc >= SYSREG_ENC(3, 0, 0, 1, 0) && enc <= SYSREG_ENC(3, 0, 0, 3, 7);
}

/* ID_AA64DFR0_EL1.PMUVer 0xf is no version, but some monitor that is not PMUv3. */
static bool is_impdef_pmu(unsigned id, unsigned lsb, uint64_t val)
{
    return id == SR_ID_AA64DFR0_EL1 && lsb == 8 && bits(val, 11, 8) == 0xf;
}

/* What a core model says of an ID register, as far as it is modelled: sysreg_limit.def. */
static uint64_t limited(unsigned id, uint64_t val)
{
    static const struct {
        uint16_t reg;
        uint8_t lsb, max;
    } limits[] = {
#define SYSREG_LIMIT(reg, lsb, max, text) { SR_##reg, lsb, max },
#include "arch/sysreg_limit.def"
#undef SYSREG_LIMIT
    };

    for (unsigned i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        const unsigned lsb = limits[i].lsb;

        if (limits[i].reg != id || bits(val, lsb + 3, lsb) <= limits[i].max)
            continue;
        if (!is_impdef_pmu(id, lsb, val))
            val = deposit(val, lsb + 3, lsb, limits[i].max);
    }
    return val;
}

/* PMCR_EL0.N, and MDCR_EL2.HPMN at reset: what the core model says, as far as there are registers for it.
 */
static uint64_t event_counters(const struct core_model *k)
{
    uint64_t n = k->id_set[SR_PMCR_EL0] ? bits(k->id[SR_PMCR_EL0], 15, 11) : PMU_EVENT_COUNTERS;

    return n < PMU_EVENT_COUNTERS ? n : PMU_EVENT_COUNTERS;
}

static uint64_t reset_value(const struct pe *c, unsigned id)
{
    const struct core_model *k = machine_identity(c->m);
    uint64_t model = k->id_set[id] ? limited(id, k->id[id]) : sysreg_table[id].reset;

    if (describes_aarch32(sysreg_table[id].enc))
        return 0;
    switch (id) {
    case SR_ID_AA64PFR0_EL1: /* EL0 to EL3 in AArch64 state only; the GIC's System registers. */
        model = deposit(deposit(model, 7, 0, 0x11), 27, 24, !c->m->has_gicv2);
        return deposit(deposit(model, 11, 8, c->m->has_el2), 15, 12, c->m->has_el3);
    case SR_ID_AA64PFR1_EL1: /* FEAT_RNG_TRAP is a trap to EL3. */
        return c->m->has_el3 ? model : deposit(model, 31, 28, 0);
    case SR_MPIDR_EL1: /* Sixteen to a cluster, as a GICv3's SGI target lists like it. */
        return BIT(31) | (uint64_t)(c->index / 16) << 8 | (c->index % 16);
    case SR_PMCR_EL0:
        return (model & PMCR_KEPT) | event_counters(k) << 11 | sysreg_table[id].reset;
    case SR_MDCR_EL2:
        return pmu_exists(k) ? event_counters(k) : 0;
    case SR_PMCEID0_EL0:
        return pmu_ceid(c->m, 0);
    case SR_PMCEID1_EL0:
        return pmu_ceid(c->m, 1);
    default:
        return model;
    }
}

/* A register of EL2 that EL3 still finds, as RES0, in a machine without EL2 (D1.2.2). */
static bool res0_at_el3(const struct pe *c, const struct sysreg_info *t)
{
    const bool of_el2 = t->feature == SRF_EL2 || (t->feature == SRF_GIC_EL2 && !c->m->has_gicv2);

    return c->m->has_el3 && !c->m->has_el2 && of_el2 && sysreg_op0(t->enc) != 1;
}

static void set_masks(struct pe *c, struct sysreg_tables *s)
{
    static const struct {
        uint16_t reg;
        uint8_t hi, lo, feature;
    } fields[] = {
#define SYSREG_FIELD(reg, hi, lo, feature) { SR_##reg, hi, lo, SRF_##feature },
#include "arch/sysreg_field.def"
#undef SYSREG_FIELD
    };

    for (unsigned id = 0; id < SR_COUNT; id++)
        s->wmask[id] = sysreg_table[id].mask;
    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (sysreg_feature(c, fields[i].feature, fields[i].reg))
            s->wmask[fields[i].reg] |= MASK(fields[i].hi, fields[i].lo);
}

static uint8_t charge_of(const struct sysreg_info *t, bool write)
{
    switch ((enum sysreg_class)t->class) {
    case SRC_special:
    case SRC_cache: /* Charged where the work is done. */
        return COST_FREE;
    case SRC_gic_cpu: /* The physical interface's; sysreg.c knows when it is the virtual one. */
        return write ? COST_SR_GIC_WRITE : COST_SR_GIC_READ;
    case SRC_vgic_control:
    case SRC_list_register:
        return write ? COST_SR_VGIC_WRITE : COST_SR_VGIC_READ;
    case SRC_timer:
        return COST_SR_TIMER;
    case SRC_tlb:
        return COST_TLBI;
    case SRC_at:
        return COST_AT;
    default:
        return write ? COST_SR_WRITE : COST_SR_READ;
    }
}

/* TLBI and AT for the EL2 regime, which EL3 can name only while there is one. */
static bool is_el2_regime_op(const struct sysreg_info *t)
{
    unsigned crm = sysreg_crm(t->enc), op2 = sysreg_op2(t->enc);

    return sysreg_op0(t->enc) == 1 && sysreg_op1(t->enc) == 4 && crm != 0 && crm != 4 &&
           (op2 == 0 || op2 == 1 || (op2 == 5 && t->class == SRC_tlb));
}

/* Conditions that are asked at each access, because what they depend on changes often. */
static unsigned conditions(const struct pe *c, const struct sysreg_info *t, unsigned el)
{
    unsigned how = 0;

    if (t->feature == SRF_RNDR && !sysreg_feature(c, SRF_RNG, 0))
        how |= SRP_TRNDR;

    if (el == 3 && (t->alias == SRL_OF || is_el2_regime_op(t)))
        how |= SRP_NEEDS_EL2;
    if (el == 3 && t->alias == SRL_OF)
        how |= SRP_NEEDS_E2H;
    if (el == 1 && sysreg_op0(t->enc) == 3 && sysreg_op1(t->enc) == 7)
        how |= SRP_SECURE;
    if (t->enc == SYSREG_ENC(3, 0, 4, 1, 0))
        how |= SRP_SP_EL0;
    return how;
}

static unsigned highest_el(const struct pe *c)
{
    return c->m->has_el3 ? 3 : c->m->has_el2 ? 2 : 1;
}

static bool accessible(const struct pe *c, const struct sysreg_info *t, unsigned id, unsigned el,
                       bool write)
{
    bool e2h = c->sr[SR_HCR_EL2] & HCR_E2H;

    if (!(t->access[el] >> write & 1) && !(write && t->access[el] == SRA_RH && el == highest_el(c)))
        return false;
    if (!sysreg_tables(c)->present[id])
        return el == 3 && res0_at_el3(c, t);
    return el != 2 || t->alias != SRL_OF || e2h;
}

/* Whether a write needs the register's function now. */
static bool writes_by_function(const struct pe *c, const struct sysreg_info *t)
{
    return t->write && (t->write != sysreg_wr_pmwatched || c->pmu.used);
}

static void set_path(struct pe *c, unsigned id, unsigned el, bool write)
{
    struct sysreg_tables *s = sysreg_tables(c);
    const struct sysreg_info *t = &sysreg_table[id], *to;
    const size_t at = (el * 2 + write) * SR_COUNT + id;
    const bool e2h = c->m->has_el2 && (c->sr[SR_HCR_EL2] & HCR_E2H);
    unsigned how = conditions(c, t, el), slot = id;

    s->path[at] = (struct sysreg_path){ SR_PATH_UNDEF, COST_FREE, (uint16_t)id };
    s->how[at] = 0;
    if (!accessible(c, t, id, el, write))
        return;
    if (t->alias == SRL_OF || (t->alias == SRL_E2H && el == 2 && e2h))
        slot = t->other;
    if (t->alias == SRL_E2H && el == 0)
        how |= SRP_HOST_EL0;
    if (s->rules[el * 2 + write][t->group][0].values)
        how |= SRP_GUARDED;
    if (!s->present[id])
        how |= SRP_RES0;
    to = &sysreg_table[slot];
    s->how[at] = (uint8_t)how;
    s->path[at].slot = (uint16_t)slot;
    s->path[at].charge = charge_of(to, write);
    if (how || (write ? writes_by_function(c, to) : to->read != NULL))
        s->path[at].kind = SR_PATH_SLOW;
    else
        s->path[at].kind = SR_PATH_DIRECT;
}

void sysreg_update_paths(struct pe *c)
{
    for (unsigned el = 0; el < 4; el++)
        for (unsigned id = 0; id < SR_COUNT; id++) {
            set_path(c, id, el, false);
            set_path(c, id, el, true);
        }
}

void sysreg_update_watched(struct pe *c)
{
    for (unsigned id = 0; id < SR_COUNT; id++)
        for (unsigned el = 0; el < 4 && sysreg_table[id].write == sysreg_wr_pmwatched; el++)
            set_path(c, id, el, true);
}

/* A GICv2 keeps GICH's registers where a GICv3 has ICH_*_EL2 (gic/gich.c): the GIC resets them, not the PE.
 */
static bool is_gicv2s(const struct pe *c, unsigned id)
{
    enum sysreg_class k = sysreg_class(id);

    return c->m->has_gicv2 && (k == SRC_vgic_control || k == SRC_list_register);
}

void sysreg_reset(struct pe *c)
{
    struct sysreg_tables *s = sysreg_tables(c);

    if (!s) {
        s = calloc(1, sizeof(*s));
        AVS_CHECK(s != NULL);
        c->sr_path = s->path;
        c->sr_wmask = s->wmask;
    }
    for (unsigned id = 0; id < SR_COUNT; id++)
        if (!is_gicv2s(c, id))
            c->sr[id] = reset_value(c, id);
    c->sr[SR_VPIDR_EL2] = c->sr[SR_MIDR_EL1];
    c->sr[SR_VMPIDR_EL2] = c->sr[SR_MPIDR_EL1];
    for (unsigned id = 0; id < SR_COUNT; id++) {
        const struct sysreg_info *t = &sysreg_table[id];

        s->present[id] = sysreg_feature(c, t->feature, id);
        if (res0_at_el3(c, t) && id != SR_VPIDR_EL2 && id != SR_VMPIDR_EL2)
            c->sr[id] = 0;
    }
    for (unsigned i = 0; i < 4 * 2 * TRAP_GROUP_COUNT; i++)
        trap_prepare(c, i / 8, i % 8 / 2, i % 2, s->rules[i % 8][i / 8]);
    set_masks(c, s);
    sysreg_update_paths(c);
}
