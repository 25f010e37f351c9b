/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vcpuif.c
 * The guest's side of the virtual CPU interface: ICV_*_EL1, which the ICC encodings reach at EL1 under
 * HCR_EL2.IMO or FMO (IHI 0069, 12.3). State is ICH_VMCR, ICH_AP<m>R0 and the list registers. An EOI drops
 * the priority before its checks, an IMPLEMENTATION DEFINED choice. A list register may hold an LPI, which
 * is never active; GICv4's direct injection of virtual LPIs is not modelled.
 */
#include "gic/lpi.h"

static uint64_t *vmcr_of(const struct gic_cpu *k)
{
    return &k->c->sr[SR_ICH_VMCR_EL2];
}

uint64_t icv_pmr_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return bits(*vmcr_of(k), 31, 24);
}

void icv_pmr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    (void)arg;
    virtif_set_vmcr(k, deposit(*vmcr_of(k), 31, 24, val));
    virtif_changed(k);
}

uint64_t icv_rpr_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return virtif_running(k);
}

uint64_t icv_hppir_read(struct gic_cpu *k, unsigned arg)
{
    int n = virtif_best(k);
    uint64_t lr = n < 0 ? 0 : *virtif_lr(k, (unsigned)n);

    return n < 0 || !(lr & LR_GROUP1) != !arg ? INTID_SPURIOUS : LR_VINTID(lr);
}

/* A special INTID in a list register is read, and is no interrupt; an LPI is one without active state. */
uint64_t icv_iar_read(struct gic_cpu *k, unsigned arg)
{
    int best = virtif_best(k);
    unsigned n = (unsigned)best;
    uint64_t lr;
    bool special;

    if (best < 0)
        return INTID_SPURIOUS;
    lr = *virtif_lr(k, n);
    if (!(lr & LR_GROUP1) != !arg || !virtif_preempts(k, lr))
        return INTID_SPURIOUS;
    special = intid_is_special(LR_VINTID(lr));
    virtif_set_lr(k, n, special || LR_VINTID(lr) >= LPI_FIRST ? lr & ~LR_STATE : lr ^ LR_STATE);
    if (!special) {
        uint8_t prio = LR_PRIO(lr) & virtif_group_mask(k, arg);

        k->c->sr[arg ? SR_ICH_AP1R0_EL2 : SR_ICH_AP0R0_EL2] |= BIT(prio >> PRIO_SHIFT);
        virtif_event(k, VIRQ_ACKNOWLEDGED, n);
    }
    virtif_changed(k);
    return LR_VINTID(lr);
}

/* Clears the highest active priority of either group and returns it; PRIO_IDLE when there was none. */
static uint8_t drop_priority(struct gic_cpu *k)
{
    uint64_t *apr = &k->c->sr[SR_ICH_AP0R0_EL2];
    uint8_t run = virtif_running(k);

    if (run == PRIO_IDLE)
        return run;
    if (prio_active((uint32_t)*apr) != run)
        apr = &k->c->sr[SR_ICH_AP1R0_EL2];
    *apr &= *apr - 1;
    return run;
}

/* The list register that has an interrupt active; -1: none. */
int vcpuif_find_active(const struct gic_cpu *k, unsigned vintid, unsigned source)
{
    for (uint32_t left = k->lr_active; left; left &= left - 1) {
        int n = __builtin_ctz(left);
        uint64_t lr = *virtif_lr(k, (unsigned)n);

        if (LR_VINTID(lr) == vintid && LR_SOURCE(lr) == source)
            return n;
    }
    return -1;
}

/* Active to invalid, active and pending to pending; with HW the physical interrupt is deactivated too. */
static void deactivate(struct gic_cpu *k, unsigned n)
{
    uint64_t lr = *virtif_lr(k, n);

    virtif_set_lr(k, n, lr & ~LR_ACTIVE);
    virtif_event(k, VIRQ_COMPLETED, n);
    if ((lr & LR_HW) && LR_PINTID(lr) < INTID_SPECIAL)
        gic_deactivate(k, LR_PINTID(lr));
}

/* A deactivation that no list register has: ICH_HCR_EL2.EOIcount, which wraps. */
static void count_eoi(struct gic_cpu *k)
{
    uint64_t *hcr = &k->c->sr[SR_ICH_HCR_EL2];

    *hcr = deposit(*hcr, 31, 27, bits(*hcr, 31, 27) + 1);
}

/* The end of an LPI that some list register held. */
static void end_lpi(struct gic_cpu *k, unsigned vintid)
{
    const struct pe_hooks *hooks = k->c->hooks;

    if (hooks && hooks->virq)
        hooks->virq(hooks->user, k->c, VIRQ_COMPLETED, vintid, 0, 0);
}

/* Deactivation at the priority drop, when list register `n` is of the group and priority that were ended.
 */
static void end_and_deactivate(struct gic_cpu *k, bool group1, int n, uint8_t dropped)
{
    uint64_t lr = n < 0 ? 0 : *virtif_lr(k, (unsigned)n);

    if (n < 0)
        count_eoi(k);
    else if (!(lr & LR_GROUP1) == !group1 && (LR_PRIO(lr) & virtif_group_mask(k, group1)) == dropped)
        deactivate(k, (unsigned)n);
}

void vcpuif_end(struct gic_cpu *k, bool group1, unsigned vintid, unsigned source)
{
    uint8_t dropped;

    if (intid_is_special(vintid))
        return;
    dropped = drop_priority(k);
    if (dropped == PRIO_IDLE)
        return;
    if (vintid >= LPI_FIRST)
        end_lpi(k, vintid);
    else if (!(*vmcr_of(k) & VMCR_VEOIM))
        end_and_deactivate(k, group1, vcpuif_find_active(k, vintid, source), dropped);
    virtif_changed(k);
}

void icv_eoir_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    vcpuif_end(k, arg, (unsigned)bits(val, 23, 0), 0);
}

void vcpuif_deactivate(struct gic_cpu *k, unsigned vintid, unsigned source)
{
    int n;

    if (intid_is_special(vintid) || vintid >= LPI_FIRST || !(*vmcr_of(k) & VMCR_VEOIM))
        return;
    n = vcpuif_find_active(k, vintid, source);
    if (n < 0)
        count_eoi(k);
    else
        deactivate(k, (unsigned)n);
    virtif_changed(k);
}

void icv_dir_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    (void)arg;
    vcpuif_deactivate(k, (unsigned)bits(val, 23, 0), 0);
}

uint64_t icv_bpr_read(struct gic_cpu *k, unsigned arg)
{
    uint64_t vmcr = *vmcr_of(k);
    uint64_t bpr0 = bits(vmcr, 23, 21);

    if (!arg)
        return bpr0;
    if (vmcr & VMCR_VCBPR)
        return bpr0 == 7 ? 7 : bpr0 + 1;
    return bits(vmcr, 20, 18);
}

void icv_bpr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    uint64_t vmcr = *vmcr_of(k);

    if (arg && (vmcr & VMCR_VCBPR))
        return;
    virtif_set_vmcr(k, arg ? deposit(vmcr, 20, 18, val) : deposit(vmcr, 23, 21, val));
    virtif_changed(k);
}

uint64_t icv_ctlr_read(struct gic_cpu *k, unsigned arg)
{
    uint64_t vmcr = *vmcr_of(k);

    (void)arg;
    return (vmcr & VMCR_VCBPR ? ICC_CTLR_CBPR : 0) | (vmcr & VMCR_VEOIM ? ICC_CTLR_EOIMODE : 0) |
           ICC_CTLR_PRIBITS | ICC_CTLR_A3V;
}

void icv_ctlr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    uint64_t vmcr = *vmcr_of(k) & ~(VMCR_VCBPR | VMCR_VEOIM);

    (void)arg;
    vmcr |= val & ICC_CTLR_CBPR ? VMCR_VCBPR : 0;
    vmcr |= val & ICC_CTLR_EOIMODE ? VMCR_VEOIM : 0;
    virtif_set_vmcr(k, vmcr);
    virtif_changed(k);
}

uint64_t icv_igrpen_read(struct gic_cpu *k, unsigned arg)
{
    return bit(*vmcr_of(k), arg);
}

void icv_igrpen_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    virtif_set_vmcr(k, deposit(*vmcr_of(k), arg, arg, val));
    virtif_changed(k);
}
