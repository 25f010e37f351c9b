/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtif.c
 * The hypervisor's side of the virtual CPU interface: ICH_*_EL2, list registers and the maintenance
 * interrupt (IHI 0069, chapter 6 and 12.4). Registers are kept in c->sr[]; masks of list registers by state
 * follow every change, so that ICH_ELRSR, EISR and MISR, and with them the maintenance interrupt, are
 * always exact at no cost. The virtual lines only matter below EL2: a change made at EL2 or EL3 marks them,
 * and gic_update() recomputes them when the PE leaves. Does not model GICv4 (virtual LPIs and SGIs) and
 * NMIs.
 */
#include "gic/gic_priv.h"

_Static_assert(SR_ICH_LR15_EL2 - SR_ICH_LR0_EL2 == 15, "the list registers are consecutive");

/* Everything but DVIM and vSGIEOICount (no GICv4), and TSEI (ICH_VTR_EL2.SEIS is 0). */
#define HCR_MASK (ICH_HCR_EOICOUNT | BIT(14) | MASK(12, 10) | MASK(7, 0))
#define VMCR_MASK (MASK(31, 27) | MASK(23, 18) | VMCR_VEOIM | VMCR_VCBPR | VMCR_VENG1 | VMCR_VENG0)
#define LR_MASK (LR_STATE | LR_HW | LR_GROUP1 | (uint64_t)PRIO_MASK << 48 | MASK(15, 0))

/* ICH_MISR_EL2 */
enum { MISR_EOI = 1, MISR_U = 2, MISR_LRENP = 4, MISR_NP = 8, MISR_VGRP_SHIFT = 4 };

uint8_t virtif_running(const struct gic_cpu *k)
{
    return prio_active((uint32_t)(k->c->sr[SR_ICH_AP0R0_EL2] | k->c->sr[SR_ICH_AP1R0_EL2]));
}

/* Which bits of a virtual priority preempt (IHI 0069, VGroupBits). */
uint8_t virtif_group_mask(const struct gic_cpu *k, bool group1)
{
    uint64_t vmcr = k->c->sr[SR_ICH_VMCR_EL2];

    if (group1 && !(vmcr & VMCR_VCBPR))
        return prio_group_mask((unsigned)bits(vmcr, 20, 18) - 1);
    return prio_group_mask((unsigned)bits(vmcr, 23, 21));
}

/* The list register of the highest priority pending virtual interrupt whose group is enabled; -1: none. */
int virtif_best(const struct gic_cpu *k)
{
    uint64_t vmcr = k->c->sr[SR_ICH_VMCR_EL2];
    uint8_t best_prio = PRIO_IDLE;
    int best = -1;

    for (uint32_t left = k->lr_pending; left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctz(left);
        uint64_t lr = *virtif_lr(k, n);

        if (!(vmcr & (lr & LR_GROUP1 ? VMCR_VENG1 : VMCR_VENG0)) || LR_PRIO(lr) >= best_prio)
            continue;
        best = (int)n;
        best_prio = LR_PRIO(lr);
    }
    return best;
}

/* Whether the interface is on, and the interrupt passes the mask and the running priority. */
bool virtif_preempts(const struct gic_cpu *k, uint64_t lr)
{
    uint8_t run = virtif_running(k);
    uint8_t mask;

    if (!(k->c->sr[SR_ICH_HCR_EL2] & ICH_HCR_EN) || LR_PRIO(lr) >= bits(k->c->sr[SR_ICH_VMCR_EL2], 31, 24))
        return false;
    if (run == PRIO_IDLE)
        return true;
    mask = virtif_group_mask(k, lr & LR_GROUP1);
    return (LR_PRIO(lr) & mask) < (run & mask);
}

static uint32_t virtual_line(const struct gic_cpu *k, uint64_t lr)
{
    bool fiq = !(lr & LR_GROUP1) && (k->c->sr[SR_ICH_VMCR_EL2] & VMCR_VFIQEN);

    return fiq ? LINE_VFIQ : LINE_VIRQ;
}

void virtif_update(struct gic_cpu *k)
{
    uint32_t lines = 0;
    int n = virtif_best(k);

    k->virt_dirty = false;
    if (n >= 0 && virtif_preempts(k, *virtif_lr(k, (unsigned)n)))
        lines = virtual_line(k, *virtif_lr(k, (unsigned)n));
    if (k->g->cfg.gicv2)
        signal_lines(k, LINE_VIRQ | LINE_VFIQ, lines);
    else
        pe_set_lines(k->c, LINE_VIRQ | LINE_VFIQ, lines);
}

void virtif_event(struct gic_cpu *k, unsigned event, unsigned n)
{
    const struct pe_hooks *hooks = k->c->hooks;
    uint64_t lr = *virtif_lr(k, n);

    if (hooks && hooks->virq)
        hooks->virq(hooks->user, k->c, event, LR_VINTID(lr), lr & LR_HW ? LR_PINTID(lr) : 0, n);
}

/* The reasons for maintenance that hold now (IHI 0069, ICH_MISR_EL2). */
static uint32_t misr(const struct gic_cpu *k)
{
    uint64_t hcr = k->c->sr[SR_ICH_HCR_EL2];
    uint64_t vmcr = k->c->sr[SR_ICH_VMCR_EL2];
    uint32_t groups = bit(vmcr, 0) ? 1 : 2; /* E or D of Group 0, then of Group 1. */
    uint32_t val = k->lr_eoi ? MISR_EOI : 0;

    groups |= bit(vmcr, 1) ? 4 : 8;
    if ((hcr & ICH_HCR_UIE) && !(k->lr_valid & (k->lr_valid - 1)))
        val |= MISR_U;
    if ((hcr & ICH_HCR_LRENPIE) && (hcr & ICH_HCR_EOICOUNT))
        val |= MISR_LRENP;
    if ((hcr & ICH_HCR_NPIE) && !k->lr_pending)
        val |= MISR_NP;
    return val | (groups & (uint32_t)bits(hcr, 7, 4)) << MISR_VGRP_SHIFT;
}

static void update_maintenance(struct gic_cpu *k)
{
    const struct pe_hooks *hooks = k->c->hooks;
    bool level = (k->c->sr[SR_ICH_HCR_EL2] & ICH_HCR_EN) && misr(k);

    if (likely(level == k->maintenance))
        return;
    k->maintenance = level;
    if (level && hooks && hooks->virq)
        hooks->virq(hooks->user, k->c, VIRQ_MAINTENANCE, 0, INTID_MAINTENANCE, 0);
    gic_set_input(k->g, k, INTID_MAINTENANCE, level);
}

/* Something of the virtual interface changed: maintenance now, the lines when they can matter. */
void virtif_changed(struct gic_cpu *k)
{
    update_maintenance(k);
    if (k->c->el >= 2)
        k->virt_dirty = true;
    else
        virtif_update(k);
}

/* Stores a list register and follows its state in the masks. */
void virtif_set_lr(struct gic_cpu *k, unsigned n, uint64_t val)
{
    uint16_t b = (uint16_t)(1U << n);
    uint64_t state = val & LR_STATE;

    *virtif_lr(k, n) = val;
    k->lr_pending = state == LR_PENDING ? k->lr_pending | b : k->lr_pending & ~b;
    k->lr_active = state & LR_ACTIVE ? k->lr_active | b : k->lr_active & ~b;
    k->lr_valid = state ? k->lr_valid | b : k->lr_valid & ~b;
    k->lr_eoi = !state && !(val & LR_HW) && (val & LR_EOI) ? k->lr_eoi | b : k->lr_eoi & ~b;
}

/* VFIQEn is RES1 and VAckCtl RES0 with system registers; binary points have their minimum. */
void virtif_set_vmcr(struct gic_cpu *k, uint64_t val)
{
    if (k->g->cfg.gicv2)
        val &= VMCR_MASK | VMCR_VACKCTL | VMCR_VFIQEN;
    else
        val = (val & VMCR_MASK) | VMCR_VFIQEN;
    if (bits(val, 23, 21) < BPR_MIN)
        val = deposit(val, 23, 21, BPR_MIN);
    if (bits(val, 20, 18) < BPR_MIN + 1)
        val = deposit(val, 20, 18, BPR_MIN + 1);
    k->c->sr[SR_ICH_VMCR_EL2] = val;
}

void virtif_reset(struct gic_cpu *k)
{
    for (unsigned n = 0; n < 16; n++)
        virtif_set_lr(k, n, 0);
    k->c->sr[SR_ICH_HCR_EL2] = 0;
    k->c->sr[SR_ICH_AP0R0_EL2] = k->c->sr[SR_ICH_AP1R0_EL2] = 0;
    k->c->sr[SR_ICH_VTR_EL2] = ich_vtr_read(k, 0);
    k->maintenance = false;
    virtif_set_vmcr(k, 0);
    virtif_update(k);
}

/* Priority and preemption bits, 16-bit INTIDs, A3V, no GICv4, TDIR's trap, count of list registers. Of
 * these GICH_VTR has the first two and the last. */
uint64_t ich_vtr_read(struct gic_cpu *k, unsigned arg)
{
    uint64_t gicv3 = k->g->cfg.gicv2 ? 0 : BIT(21) | BIT(20) | BIT(19);

    (void)arg;
    return (uint64_t)(PRIO_BITS - 1) << 29 | (PRIO_BITS - 1) << 26 | gicv3 | (k->g->cfg.lr_count - 1);
}

uint64_t ich_hcr_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return k->c->sr[SR_ICH_HCR_EL2];
}

void ich_hcr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    (void)arg;
    k->c->sr[SR_ICH_HCR_EL2] = val & HCR_MASK;
    virtif_changed(k);
}

uint64_t ich_vmcr_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return k->c->sr[SR_ICH_VMCR_EL2];
}

void ich_vmcr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    (void)arg;
    virtif_set_vmcr(k, val);
    virtif_changed(k);
}

uint64_t ich_misr_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return misr(k);
}

uint64_t ich_eisr_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return k->lr_eoi;
}

/* Empty: invalid, and no EOI maintenance outstanding. */
uint64_t ich_elrsr_read(struct gic_cpu *k, unsigned arg)
{
    (void)arg;
    return ~(uint32_t)(k->lr_valid | k->lr_eoi) & ((1U << k->g->cfg.lr_count) - 1);
}

uint64_t ich_apr_read(struct gic_cpu *k, unsigned arg)
{
    return k->c->sr[arg ? SR_ICH_AP1R0_EL2 : SR_ICH_AP0R0_EL2];
}

void ich_apr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    k->c->sr[arg ? SR_ICH_AP1R0_EL2 : SR_ICH_AP0R0_EL2] = (uint32_t)val;
    virtif_changed(k);
}

uint64_t ich_lr_read(struct gic_cpu *k, unsigned arg)
{
    return *virtif_lr(k, arg);
}

/* The hypervisor's write of a list register, with the bits that there are. */
void virtif_write_lr(struct gic_cpu *k, unsigned n, uint64_t val)
{
    virtif_set_lr(k, n, val);
    if (val & LR_STATE)
        virtif_event(k, VIRQ_LR_WRITTEN, n);
    virtif_changed(k);
}

/* Without HW, of pINTID only the EOI bit is there. */
void ich_lr_write(struct gic_cpu *k, unsigned arg, uint64_t val)
{
    if (arg >= k->g->cfg.lr_count)
        return;
    virtif_write_lr(k, arg, val & (LR_MASK | (val & LR_HW ? MASK(44, 32) : LR_EOI)));
}
