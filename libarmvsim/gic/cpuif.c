/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cpuif.c
 * The physical CPU interface: what it does, and its System registers ICC_*_EL1, ICC_*_EL3 and the
 * generation of SGIs (IHI 0069, 12.2; 4.8 for priorities and preemption; 4.6.2 for which of IRQ and FIQ is
 * signalled). Five priority bits, 16-bit INTIDs, system register access only (SRE is RAO/WI); a GICv2's
 * registers are in gicv2_cpu.c. Does not model PMHE, range selectors, NMIs.
 */
#include "gic/lpi.h"

#include "arch/exception.h"
#include "arch/regbits.h"

#include <string.h>

#define SCR_FIQ BIT(2)
#define SCR_IRQ BIT(1)

/* ICC_CTLR_EL3 */
#define CTLR_EL3_CBPR_S BIT(0)
#define CTLR_EL3_CBPR_NS BIT(1)
#define CTLR_EL3_EOIMODE BIT(2)
#define CTLR_EL3_EOIMODE_S BIT(3)
#define CTLR_EL3_EOIMODE_NS BIT(4)

/* The bank of banked registers: SCR_EL3.NS chooses, at EL3 too. */
static bool secure_bank(const struct gic_cpu *k)
{
    return k->g->cfg.two_security && !(k->c->sr[SR_SCR_EL3] & SCR_NS);
}

static bool at_el3(const struct gic_cpu *k)
{
    return k->c->el == 3;
}

/* The PE's Security state, which EL3 is always in. */
static bool secure_state(const struct gic_cpu *k)
{
    return k->g->cfg.two_security && (at_el3(k) || secure_bank(k));
}

/* The group that a Group 1 register means. */
static unsigned group_of(const struct gic_cpu *k, unsigned arg)
{
    if (arg == 0)
        return GRP_0;
    return secure_bank(k) ? GRP_1S : GRP_1NS;
}

/* Priorities appear in the Non-secure view: Group 0 belongs to EL3 (IHI 0069, 4.8.1). */
static bool nonsecure_view(const struct gic_cpu *k)
{
    return k->g->cfg.two_security && !secure_state(k) && (k->c->sr[SR_SCR_EL3] & SCR_FIQ);
}

uint8_t cpuif_running(const struct gic_cpu *k)
{
    return prio_active(k->apr[GRP_0] | k->apr[GRP_1NS] | k->apr[GRP_1S]);
}

/* Which bits of a priority preempt in a group (IHI 0069, GroupBits). */
static uint8_t group_mask(const struct gic_cpu *k, unsigned group)
{
    if (group == GRP_1NS && !(k->ctlr[0] & ICC_CTLR_CBPR))
        return prio_group_mask(k->bpr[GRP_1NS] - 1U);
    if (group == GRP_1S && !(k->ctlr[1] & ICC_CTLR_CBPR))
        return prio_group_mask(k->bpr[GRP_1S]);
    return prio_group_mask(k->bpr[GRP_0]);
}

bool cpuif_preempts(const struct gic_cpu *k)
{
    uint8_t run = cpuif_running(k);
    uint8_t mask;

    if (k->best.prio >= k->pmr)
        return false;
    if (run == PRIO_IDLE)
        return true;
    mask = group_mask(k, k->best.group);
    return (k->best.prio & mask) < (run & mask);
}

/* Group 1 of the other Security state, and Secure Group 1 at EL3, come as FIQs (IHI 0069, 4.6.2). With a
 * GICv2, Group 0 does if software wants so (IHI 0048, 2.3.1). */
static bool signalled_as_fiq(const struct gic_cpu *k)
{
    if (k->g->cfg.gicv2)
        return k->best.group == GRP_0 && (k->gicc_ctlr & GICC_CTLR_FIQEN);
    switch (k->best.group) {
    case GRP_0:
        return true;
    case GRP_1S:
        return !secure_state(k) || at_el3(k);
    default:
        return secure_state(k);
    }
}

/* Tells once of each interrupt that is signalled, until another one is or none. */
static void tell_signalled(struct gic_cpu *k, bool signalled)
{
    const struct pe_hooks *hooks = k->c->hooks;
    const uint32_t intid = signalled ? k->best.intid : INTID_SPURIOUS;

    if (k->signalled == intid)
        return;
    k->signalled = intid;
    if (signalled && hooks && hooks->virq)
        hooks->virq(hooks->user, k->c, VIRQ_SIGNALLED, 0, intid, 0);
}

void cpuif_update(struct gic_cpu *k)
{
    uint32_t lines = 0;

    if (k->best.prio != PRIO_IDLE && cpuif_preempts(k))
        lines = signalled_as_fiq(k) ? LINE_FIQ : LINE_IRQ;
    tell_signalled(k, lines);
    signal_lines(k, LINE_IRQ | LINE_FIQ, lines);
}

void cpuif_reset(struct gic_cpu *k)
{
    k->pmr = 0;
    k->igrpen = 0;
    k->bpr[GRP_0] = k->bpr[GRP_1S] = BPR_MIN;
    k->bpr[GRP_1NS] = BPR_MIN + 1;
    k->apr[GRP_0] = k->apr[GRP_1NS] = k->apr[GRP_1S] = 0;
    k->ctlr[0] = k->ctlr[1] = 0;
    k->ctlr_el3 = 0;
    k->gicc_ctlr = 0;
    memset(k->sgi_sources, 0, sizeof(k->sgi_sources));
    if (!k->g->cfg.gicv2) {
        k->c->sr[SR_ICC_SRE_EL1] = 0x7;
        k->c->sr[SR_ICC_SRE_EL2] = k->c->sr[SR_ICC_SRE_EL3] = 0xf;
    }
    cpuif_update(k);
}

/* Priority mask and running priority. */

static uint64_t priority_view(const struct gic_cpu *k, uint8_t prio)
{
    if (!nonsecure_view(k) || prio == PRIO_IDLE)
        return prio;
    return prio & 0x80 ? (uint8_t)(prio << 1) : 0;
}

uint64_t icc_pmr_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return priority_view(k, k->pmr);
}

void icc_pmr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    uint8_t prio = (uint8_t)val;

    (void)arg;
    if (nonsecure_view(k)) {
        if (!(k->pmr & 0x80))
            return;
        prio = (uint8_t)(0x80 | prio >> 1);
    }
    k->pmr = prio & PRIO_MASK;
    cpuif_update(k);
}

uint64_t icc_rpr_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return priority_view(k, cpuif_running(k));
}

/* Acknowledge. */

/* What ICC_HPPIR0 or 1 shows of the best pending interrupt in this state; special INTIDs for EL3. */
static unsigned visible_intid(const struct gic_cpu *k, unsigned arg)
{
    unsigned group = k->best.group;
    bool is_secure = group != GRP_1NS && !gic_ds(k->g);

    if (k->best.prio == PRIO_IDLE)
        return INTID_SPURIOUS;
    if (is_secure && !secure_state(k))
        return INTID_SPURIOUS;
    if (arg == 0) {
        if (group == GRP_0)
            return k->best.intid;
        if (!at_el3(k))
            return INTID_SPURIOUS;
        return is_secure ? INTID_SECURE : INTID_NONSECURE;
    }
    if (group == GRP_0 || (group == GRP_1NS && secure_state(k) && !at_el3(k)))
        return INTID_SPURIOUS;
    return k->best.intid;
}

uint64_t icc_hppir_read(struct gic_cpu *k, unsigned arg)
{
    return visible_intid(k, arg);
}

/* Makes the highest priority pending interrupt active, in the distributor and in the active priorities. */
void cpuif_acknowledge(struct gic_cpu *k)
{
    struct gic_irq irq = k->best;

    k->apr[irq.group] |= UINT32_C(1) << ((irq.prio & group_mask(k, irq.group)) >> PRIO_SHIFT);
    gic_activate(k, irq.intid);
    cpuif_update(k);
}

uint64_t icc_iar_read(struct gic_cpu *k, unsigned arg)
{
    unsigned intid = visible_intid(k, arg);

    if (intid == INTID_SPURIOUS || !cpuif_preempts(k))
        return INTID_SPURIOUS;
    if (intid_is_special(intid))
        return intid;
    cpuif_acknowledge(k);
    return intid;
}

/* End of interrupt: priority drop, then deactivation unless split off by EOImode. */

static bool eoi_split(const struct gic_cpu *k)
{
    if (at_el3(k))
        return k->ctlr_el3 & CTLR_EL3_EOIMODE;
    return k->ctlr[secure_bank(k)] & ICC_CTLR_EOIMODE;
}

/* The group of the highest active priority; GRP_COUNT when nothing is active. */
unsigned cpuif_running_group(const struct gic_cpu *k)
{
    uint8_t run = cpuif_running(k);

    for (unsigned group = 0; run != PRIO_IDLE && group < GRP_COUNT; group++)
        if (prio_active(k->apr[group]) == run)
            return group;
    return GRP_COUNT;
}

/* Priority drop: a group's highest active priority. */
void cpuif_drop(struct gic_cpu *k, unsigned group)
{
    k->apr[group] &= k->apr[group] - 1;
}

static bool may_end(const struct gic_cpu *k, unsigned arg, unsigned group)
{
    if ((arg == 0) != (group == GRP_0))
        return false;
    if (group == GRP_1NS)
        return at_el3(k) || !secure_state(k);
    return secure_state(k) || (group == GRP_0 && gic_ds(k->g)) || !k->g->cfg.two_security;
}

void icc_eoir_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    unsigned intid = (unsigned)bits(val, 23, 0);
    unsigned group = cpuif_running_group(k);

    if ((intid >= gic_irq_count(k->g) && !intid_is_lpi(k->g, intid)) || group == GRP_COUNT ||
        !may_end(k, arg, group))
        return;
    cpuif_drop(k, group);
    if (!eoi_split(k))
        gic_deactivate(k, intid);
    cpuif_update(k);
}

/* Whether this EL and state may deactivate an interrupt of the group (IHI 0069, ICC_DIR_EL1). */
static bool may_deactivate(const struct gic_cpu *k, unsigned group)
{
    uint64_t scr = k->g->cfg.two_security && !at_el3(k) ? k->c->sr[SR_SCR_EL3] : 0;

    if (at_el3(k))
        return true;
    if (group == GRP_0)
        return (gic_ds(k->g) || secure_state(k)) && !(scr & SCR_FIQ);
    return (group == GRP_1NS || secure_state(k)) && !(scr & SCR_IRQ);
}

void icc_dir_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    unsigned intid = (unsigned)bits(val, 23, 0);

    (void)arg;
    if (intid >= gic_irq_count(k->g) || !eoi_split(k))
        return;
    if (may_deactivate(k, gic_irq_group(k->g, gic_word(k->g, k, intid / 32), intid % 32)))
        gic_deactivate(k, intid);
}

/* Binary points, active priorities, group enables. */

/* Below EL3, CBPR makes ICC_BPR1 show ICC_BPR0: the Secure one itself, the Non-secure one plus one. */
uint64_t icc_bpr_read(struct gic_cpu *k, unsigned arg)
{
    unsigned group = group_of(k, arg);
    unsigned common = k->bpr[GRP_0];

    if (group == GRP_0 || at_el3(k) || !(k->ctlr[group == GRP_1S] & ICC_CTLR_CBPR))
        return k->bpr[group];
    return group == GRP_1S || common == 7 ? common : common + 1;
}

void icc_bpr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    unsigned group = group_of(k, arg);
    uint8_t bpr = val & 7;
    uint8_t least;

    if (group != GRP_0 && !at_el3(k) && (k->ctlr[group == GRP_1S] & ICC_CTLR_CBPR)) {
        if (group == GRP_1NS)
            return;
        group = GRP_0;
    }
    least = group == GRP_1NS ? BPR_MIN + 1 : BPR_MIN;
    k->bpr[group] = bpr < least ? least : bpr;
    cpuif_update(k);
}

uint64_t icc_apr_read(struct gic_cpu *k, unsigned arg)
{
    return k->apr[group_of(k, arg)];
}

void icc_apr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    k->apr[group_of(k, arg)] = (uint32_t)val;
    cpuif_update(k);
}

static void set_igrpen(struct gic_cpu *k, unsigned group, bool on)
{
    k->igrpen = (uint8_t)deposit(k->igrpen, group, group, on);
    if (on && k->asleep)
        avs_log(k->g->m, LOG_GUEST, "PE %u: interrupts enabled while its redistributor sleeps (GICR_WAKER)",
                k->c->index);
    gic_groups_changed(k->g, k);
}

uint64_t icc_igrpen_read(struct gic_cpu *k, unsigned arg)
{
    return bit(k->igrpen, group_of(k, arg));
}

void icc_igrpen_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    set_igrpen(k, group_of(k, arg), bit(val, 0));
}

uint64_t icc_igrpen1_el3_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return (uint64_t)bit(k->igrpen, GRP_1NS) | (uint64_t)bit(k->igrpen, GRP_1S) << 1;
}

void icc_igrpen1_el3_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    (void)arg;
    set_igrpen(k, GRP_1NS, bit(val, 0));
    set_igrpen(k, GRP_1S, bit(val, 1));
}

/* Control. */

uint64_t icc_ctlr_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return k->ctlr[secure_bank(k)] | ICC_CTLR_PRIBITS | ICC_CTLR_A3V;
}

/* CBPR is EL3's to write while there are two Security states. */
void icc_ctlr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    uint32_t mask = gic_ds(k->g) ? ICC_CTLR_EOIMODE | ICC_CTLR_CBPR : ICC_CTLR_EOIMODE;
    uint32_t *ctlr = &k->ctlr[secure_bank(k)];

    (void)arg;
    *ctlr = (*ctlr & ~mask) | ((uint32_t)val & mask);
    cpuif_update(k);
}

uint64_t icc_ctlr_el3_read(struct gic_cpu *k, unsigned arg)
{
    uint64_t val = k->ctlr_el3 | ICC_CTLR_PRIBITS | ICC_CTLR_A3V;

    (void)arg;
    for (unsigned s = 0; s < 2; s++) {
        if (k->ctlr[s] & ICC_CTLR_CBPR)
            val |= s ? CTLR_EL3_CBPR_S : CTLR_EL3_CBPR_NS;
        if (k->ctlr[s] & ICC_CTLR_EOIMODE)
            val |= s ? CTLR_EL3_EOIMODE_S : CTLR_EL3_EOIMODE_NS;
    }
    return val;
}

void icc_ctlr_el3_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    (void)arg;
    k->ctlr_el3 = (uint32_t)(val & CTLR_EL3_EOIMODE);
    k->ctlr[0] =
        (val & CTLR_EL3_CBPR_NS ? ICC_CTLR_CBPR : 0) | (val & CTLR_EL3_EOIMODE_NS ? ICC_CTLR_EOIMODE : 0);
    k->ctlr[1] =
        (val & CTLR_EL3_CBPR_S ? ICC_CTLR_CBPR : 0) | (val & CTLR_EL3_EOIMODE_S ? ICC_CTLR_EOIMODE : 0);
    cpuif_update(k);
}

uint64_t icc_sre_read(struct gic_cpu *k, unsigned arg)
{
    (void)k;
    return arg;
}

/* Software generated interrupts (IHI 0069, 4.5). */

/* One PE's share of an SGI: pending if its configured group is the one asked for, or, for a Secure Group 1
 * request, Group 0; from Non-secure state GICR_NSACR must open Secure ones. */
static void take_sgi(struct gic_cpu *k, unsigned intid, unsigned group, bool from_secure)
{
    unsigned own = gic_irq_group(k->g, &k->priv, intid);
    unsigned nsacr = (unsigned)bits(k->priv.nsacr, 2 * intid + 1, 2 * intid);

    if (own != group && !(group == GRP_1S && own == GRP_0))
        return;
    if (!from_secure && !gic_ds(k->g) && ((own == GRP_0 && nsacr < 1) || (own == GRP_1S && nsacr < 2)))
        return;
    gic_latch(k->g, k, intid, true);
}

/* Whether SGIR's affinity fields and target list, or IRM, name this PE. */
static bool sgi_names(const struct gic_cpu *k, const struct gic_cpu *from, uint64_t val)
{
    uint64_t mpidr = k->c->sr[SR_MPIDR_EL1];

    if (bit(val, 40))
        return k != from;
    return bits(mpidr, 39, 32) == bits(val, 55, 48) && bits(mpidr, 23, 16) == bits(val, 39, 32) &&
           bits(mpidr, 15, 8) == bits(val, 23, 16) && bits(mpidr, 7, 0) < 16 && bits(val, 47, 44) == 0 &&
           bit(val, (unsigned)bits(mpidr, 7, 0));
}

/* arg 0: Group 0; 1: Group 1 of this Security state; 2: Group 1 of the other one. */
void icc_sgi_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    bool secure = secure_bank(k);
    unsigned intid = (unsigned)bits(val, 27, 24);
    unsigned group = GRP_0;

    if (arg)
        group = secure == (arg == 1) && !gic_ds(k->g) ? GRP_1S : GRP_1NS;
    for (unsigned i = 0; i < k->g->cfg.pe_count; i++)
        if (sgi_names(&k->g->cpu[i], k, val))
            take_sgi(&k->g->cpu[i], intid, group, secure_state(k));
}
