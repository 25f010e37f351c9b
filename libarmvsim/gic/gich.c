/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gich.c
 * The hypervisor's side of a GICv2's virtual CPU interface, GICH (IHI 0048, 5.3). Its state is the GICv3's:
 * each register is a layout of an ICH_<x>_EL2 (virtif.c), so that list registers, maintenance and the lines
 * to the guest are one machine. An access counts for state sets as one of that System register. There is
 * one GICH_APR for both groups: writes go to ICH_AP0R0_EL2, reads show both. Each PE reaches its own frame
 * alone; the frames at fixed addresses for the other PEs' (5.3, "processor-specific") are not there.
 */
#include "gic/gic_priv.h"

/* GICH_LR<n> against ICH_LR<n>_EL2:
 *
 *    31  30  29 28  27      23  22 20  19       10  9       0
 *   +---+---+------+----------+------+------------+----------+
 *   |HW |Grp|State | Priority |  0   | PhysicalID | VirtualID|   HW = 0: bit 19 is EOI, 12:10 is CPUID
 *   +---+---+------+----------+------+------------+----------+
 */
#define PHYSICAL MASK(41, 32)
#define SOURCE MASK(34, 32)
#define HCR_MASK (ICH_HCR_EOICOUNT | MASK(7, 0))

static uint64_t lr_expand(uint32_t lr)
{
    uint64_t val =
        bits(lr, 9, 0) | bits(lr, 19, 10) << 32 | bits(lr, 27, 23) << 51 | bits(lr, 29, 28) << 62;

    val |= bit(lr, 30) ? LR_GROUP1 : 0;
    return bit(lr, 31) ? val | LR_HW : val & (~PHYSICAL | LR_EOI | SOURCE);
}

static uint32_t lr_pack(uint64_t val)
{
    return (uint32_t)(bits(val, 9, 0) | bits(val, 41, 32) << 10 | bits(val, 55, 51) << 23 |
                      bits(val, 63, 62) << 28 | bits(val, 60, 60) << 30 | bits(val, 61, 61) << 31);
}

/* Marks the System register that a register here stands for as read or written by the running handler. */

static void note_read(const struct gic_access *a, unsigned id)
{
    struct pe *c = a->cpu->c;

    c->sr_read_set[id / 64] |= BIT(id % 64);
    if (bit(c->track.held_sr[id / 64], id % 64))
        track_save_sr(c, c->acc, id);
}

static void note_write(const struct gic_access *a, unsigned id)
{
    struct pe *c = a->cpu->c;

    c->sr_write_set[id / 64] |= BIT(id % 64);
    c->track.held_sr[id / 64] &= ~BIT(id % 64);
    if (c->hooks)
        track_write_sr(c, c->acc, id);
}

static uint64_t hcr_read(const struct gic_access *a)
{
    note_read(a, SR_ICH_HCR_EL2);
    return ich_hcr_read(a->cpu, 0);
}

static void hcr_write(const struct gic_access *a, uint64_t val)
{
    note_write(a, SR_ICH_HCR_EL2);
    ich_hcr_write(a->cpu, 0, val & HCR_MASK);
}

static uint64_t vtr_read(const struct gic_access *a)
{
    return ich_vtr_read(a->cpu, 0);
}

static uint64_t vmcr_read(const struct gic_access *a)
{
    note_read(a, SR_ICH_VMCR_EL2);
    return ich_vmcr_read(a->cpu, 0);
}

static void vmcr_write(const struct gic_access *a, uint64_t val)
{
    note_write(a, SR_ICH_VMCR_EL2);
    ich_vmcr_write(a->cpu, 0, val);
}

static uint64_t misr_read(const struct gic_access *a)
{
    return ich_misr_read(a->cpu, 0);
}

/* EISR1 and ELRSR1 are for list registers that are never there. */

static uint64_t eisr_read(const struct gic_access *a)
{
    return a->off ? 0 : ich_eisr_read(a->cpu, 0);
}

static uint64_t elrsr_read(const struct gic_access *a)
{
    return a->off ? 0 : ich_elrsr_read(a->cpu, 0);
}

static uint64_t apr_read(const struct gic_access *a)
{
    note_read(a, SR_ICH_AP0R0_EL2);
    return ich_apr_read(a->cpu, 0) | ich_apr_read(a->cpu, 1);
}

static void apr_write(const struct gic_access *a, uint64_t val)
{
    note_write(a, SR_ICH_AP0R0_EL2);
    ich_apr_write(a->cpu, 1, 0);
    ich_apr_write(a->cpu, 0, val);
}

static uint64_t lr_read(const struct gic_access *a)
{
    unsigned n = a->off / 4;

    if (n >= a->g->cfg.lr_count)
        return 0;
    note_read(a, SR_ICH_LR0_EL2 + n);
    return lr_pack(ich_lr_read(a->cpu, n));
}

static void lr_write(const struct gic_access *a, uint64_t val)
{
    unsigned n = a->off / 4;

    if (n >= a->g->cfg.lr_count)
        return;
    note_write(a, SR_ICH_LR0_EL2 + n);
    virtif_write_lr(a->cpu, n, lr_expand((uint32_t)val));
}

static const struct gic_reg regs[] = {
    { 0x000, 4, 0, 4, 0, hcr_read, hcr_write },   { 0x004, 4, 0, 4, 0, vtr_read, NULL },
    { 0x008, 4, 0, 4, 0, vmcr_read, vmcr_write }, { 0x010, 4, 0, 4, 0, misr_read, NULL },
    { 0x020, 8, 0, 4, 0, eisr_read, NULL },       { 0x030, 8, 0, 4, 0, elrsr_read, NULL },
    { 0x0f0, 4, 0, 4, 0, apr_read, apr_write },   { 0x100, 0x100, 0, 4, 0, lr_read, lr_write },
};
static const struct gic_frame frame = { "GICH", regs, sizeof(regs) / sizeof(regs[0]), false };

/* There is no PE when a device reads or writes. */
static void count(struct pe *c, enum counter_id id)
{
    if (c)
        c->ctr[id]++;
}

static bool gich_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    count(c, CTR_gich_read);
    return gicv2_frame_read(&frame, dev, c, off, size, val);
}

static bool gich_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    count(c, CTR_gich_write);
    return gicv2_frame_write(&frame, dev, c, off, size, val);
}

const struct mmio_ops gich_mmio = { "gich", gich_read, gich_write };
