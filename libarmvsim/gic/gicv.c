/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file gicv.c
 * The guest's side of a GICv2's virtual CPU interface, GICV (IHI 0048, 5.5), which a hypervisor maps where
 * its guest expects GICC. Registers are those of a GICC without the Security Extensions; what they do is
 * vcpuif.c's, on GICH_VMCR, GICH_APR and the list registers. Ending a Group 1 interrupt through GICV_EOIR
 * while AckCtl is 0 is UNPREDICTABLE, and done here, as in gicv2_cpu.c; ending an SGI with another source
 * than was acknowledged is too, and finds no list register here.
 */
#include "gic/gic_priv.h"

/* These bits of GICV_CTLR are where GICH_VMCR has them: enables, AckCtl, FIQEn, CBPR, EOImode. */
#define CTLR_MASK UINT64_C(0x21f)

static uint64_t vmcr_of(const struct gic_access *a)
{
    return a->cpu->c->sr[SR_ICH_VMCR_EL2];
}

static void set_vmcr(const struct gic_access *a, uint64_t val)
{
    virtif_set_vmcr(a->cpu, val);
    virtif_changed(a->cpu);
}

static uint64_t ctlr_read(const struct gic_access *a)
{
    return vmcr_of(a) & CTLR_MASK;
}

static void ctlr_write(const struct gic_access *a, uint64_t val)
{
    set_vmcr(a, (vmcr_of(a) & ~CTLR_MASK) | (val & CTLR_MASK));
}

static uint64_t pmr_read(const struct gic_access *a)
{
    return icv_pmr_read(a->cpu, 0);
}

static void pmr_write(const struct gic_access *a, uint64_t val)
{
    icv_pmr_write(a->cpu, 0, val);
}

static uint64_t bpr_read(const struct gic_access *a)
{
    return icv_bpr_read(a->cpu, 0);
}

static void bpr_write(const struct gic_access *a, uint64_t val)
{
    icv_bpr_write(a->cpu, 0, val);
}

/* CBPR leaves it alone: it only stops to count. */
static uint64_t abpr_read(const struct gic_access *a)
{
    return bits(vmcr_of(a), 20, 18);
}

static void abpr_write(const struct gic_access *a, uint64_t val)
{
    set_vmcr(a, deposit(vmcr_of(a), 20, 18, val));
}

static uint64_t rpr_read(const struct gic_access *a)
{
    return icv_rpr_read(a->cpu, 0);
}

/* The special INTID that a register reads as instead of the list register's; 0 when it shows that. */
static unsigned refusal(const struct gic_access *a, uint64_t lr, bool alias)
{
    if (!(lr & LR_GROUP1))
        return alias ? INTID_SPURIOUS : 0;
    return alias || (vmcr_of(a) & VMCR_VACKCTL) ? 0 : INTID_GROUP1;
}

/* INTID and, of an SGI, the source. */
static uint64_t identity(uint64_t lr)
{
    return LR_VINTID(lr) | (uint64_t)LR_SOURCE(lr) << 10;
}

static uint64_t acknowledge(const struct gic_access *a, bool alias)
{
    int n = virtif_best(a->cpu);
    uint64_t lr = n < 0 ? 0 : *virtif_lr(a->cpu, (unsigned)n);
    unsigned refused = refusal(a, lr, alias);

    if (n < 0 || !virtif_preempts(a->cpu, lr))
        return INTID_SPURIOUS;
    if (refused)
        return refused;
    icv_iar_read(a->cpu, (lr & LR_GROUP1) != 0);
    return identity(lr);
}

static uint64_t hppir(const struct gic_access *a, bool alias)
{
    int n = virtif_best(a->cpu);
    uint64_t lr = n < 0 ? 0 : *virtif_lr(a->cpu, (unsigned)n);
    unsigned refused = refusal(a, lr, alias);

    if (n < 0)
        return INTID_SPURIOUS;
    return refused ? refused : identity(lr);
}

static uint64_t iar_read(const struct gic_access *a)
{
    return acknowledge(a, false);
}

static uint64_t aiar_read(const struct gic_access *a)
{
    return acknowledge(a, true);
}

static uint64_t hppir_read(const struct gic_access *a)
{
    return hppir(a, false);
}

static uint64_t ahppir_read(const struct gic_access *a)
{
    return hppir(a, true);
}

static unsigned source_in(uint64_t val)
{
    return bits(val, 9, 0) < 16 ? (unsigned)bits(val, 12, 10) : 0;
}

/* The list register that is active with this INTID says which group is ended. */
static void end(const struct gic_access *a, bool alias, uint64_t val)
{
    unsigned vintid = (unsigned)bits(val, 9, 0), source = source_in(val);
    int n = vcpuif_find_active(a->cpu, vintid, source);
    bool group1 = n < 0 ? alias : (*virtif_lr(a->cpu, (unsigned)n) & LR_GROUP1) != 0;

    if (group1 || !alias)
        vcpuif_end(a->cpu, group1, vintid, source);
}

static void eoir_write(const struct gic_access *a, uint64_t val)
{
    end(a, false, val);
}

static void aeoir_write(const struct gic_access *a, uint64_t val)
{
    end(a, true, val);
}

static void dir_write(const struct gic_access *a, uint64_t val)
{
    vcpuif_deactivate(a->cpu, (unsigned)bits(val, 9, 0), source_in(val));
}

/* The guest's view of GICH_APR: one register for both groups. */

static uint64_t apr_read(const struct gic_access *a)
{
    return a->off ? 0 : ich_apr_read(a->cpu, 0) | ich_apr_read(a->cpu, 1);
}

static void apr_write(const struct gic_access *a, uint64_t val)
{
    if (a->off)
        return;
    ich_apr_write(a->cpu, 1, 0);
    ich_apr_write(a->cpu, 0, val);
}

static uint64_t iidr_read(const struct gic_access *a)
{
    (void)a;
    return GICC_IIDR;
}

static const struct gic_reg regs[] = {
    { 0x0000, 4, 0, 4, 0, ctlr_read, ctlr_write }, { 0x0004, 4, 0, 4, 0, pmr_read, pmr_write },
    { 0x0008, 4, 0, 4, 0, bpr_read, bpr_write },   { 0x000c, 4, 0, 4, 0, iar_read, NULL },
    { 0x0010, 4, 0, 4, 0, NULL, eoir_write },      { 0x0014, 4, 0, 4, 0, rpr_read, NULL },
    { 0x0018, 4, 0, 4, 0, hppir_read, NULL },      { 0x001c, 4, 0, 4, 0, abpr_read, abpr_write },
    { 0x0020, 4, 0, 4, 0, aiar_read, NULL },       { 0x0024, 4, 0, 4, 0, NULL, aeoir_write },
    { 0x0028, 4, 0, 4, 0, ahppir_read, NULL },     { 0x00d0, 0x10, 0, 4, 0, apr_read, apr_write },
    { 0x00fc, 4, 0, 4, 0, iidr_read, NULL },       { 0x1000, 4, 0, 4, 0, NULL, dir_write },
};
static const struct gic_frame frame = { "GICV", regs, sizeof(regs) / sizeof(regs[0]), false };

static bool gicv_read(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t *val)
{
    return gicv2_frame_read(&frame, dev, c, off, size, val);
}

static bool gicv_write(void *dev, struct pe *c, uint64_t off, unsigned size, uint64_t val)
{
    return gicv2_frame_write(&frame, dev, c, off, size, val);
}

const struct mmio_ops gicv_mmio = { "gicv", gicv_read, gicv_write };
