/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_gic_surface.c
 * Every register of the GIC that U-Boot, EDK2, TF-A, Linux, Xen, KVM and Bao touch on QEMU's virt board is
 * decoded, at the size that they use: none of these accesses shows in GICx_STATUSR.
 */
#include "its_util.h"

enum { READ = 1, WRITE = 2 };

struct touched {
    uint32_t first, last, step;
    uint8_t size, how;
};

static const struct touched gicd[] = {
    { 0x0000, 0x0000, 4, 4, READ | WRITE }, /* CTLR */
    { 0x0004, 0x000c, 4, 4, READ },         /* TYPER, IIDR, TYPER2 */
    { 0x0010, 0x0010, 4, 4, READ | WRITE }, /* STATUSR */
    { 0x0084, 0x00a0, 4, 4, READ | WRITE }, /* IGROUPR */
    { 0x0104, 0x0120, 4, 4, READ | WRITE }, /* ISENABLER */
    { 0x0184, 0x01a0, 4, 4, READ | WRITE }, /* ICENABLER */
    { 0x0204, 0x0220, 4, 4, READ | WRITE }, /* ISPENDR */
    { 0x0284, 0x02a0, 4, 4, READ | WRITE }, /* ICPENDR */
    { 0x0304, 0x0320, 4, 4, READ | WRITE }, /* ISACTIVER */
    { 0x0384, 0x03a0, 4, 4, READ | WRITE }, /* ICACTIVER */
    { 0x0420, 0x051c, 4, 4, READ | WRITE }, /* IPRIORITYR */
    { 0x0420, 0x051f, 1, 1, READ | WRITE }, /* by bytes: Xen, TF-A */
    { 0x0820, 0x091c, 4, 4, READ | WRITE }, /* ITARGETSR */
    { 0x0c08, 0x0c44, 4, 4, READ | WRITE }, /* ICFGR */
    { 0x0d04, 0x0d20, 4, 4, READ | WRITE }, /* IGRPMODR */
    { 0x6100, 0x68f8, 8, 8, READ | WRITE }, /* IROUTER */
    { 0x6100, 0x68fc, 4, 4, READ | WRITE }, /* by halves */
    { 0xffd0, 0xfffc, 4, 4, READ },         /* PIDR, CIDR */
};

static const struct touched gicr[] = {
    { 0x00000, 0x00000, 4, 4, READ | WRITE }, /* CTLR */
    { 0x00004, 0x00004, 4, 4, READ },         /* IIDR */
    { 0x00008, 0x00008, 8, 8, READ },         /* TYPER */
    { 0x00008, 0x0000c, 4, 4, READ },
    { 0x00014, 0x00014, 4, 4, READ | WRITE }, /* WAKER */
    { 0x00070, 0x00078, 8, 8, READ | WRITE }, /* PROPBASER, PENDBASER */
    { 0x0ffe8, 0x0ffe8, 4, 4, READ },         /* PIDR2 */
    { 0x10080, 0x10080, 4, 4, READ | WRITE }, /* IGROUPR0 */
    { 0x10100, 0x10100, 4, 4, READ | WRITE }, /* ISENABLER0 */
    { 0x10180, 0x10180, 4, 4, READ | WRITE },
    { 0x10200, 0x10200, 4, 4, READ | WRITE }, /* ISPENDR0 */
    { 0x10280, 0x10280, 4, 4, READ | WRITE },
    { 0x10300, 0x10300, 4, 4, READ | WRITE }, /* ISACTIVER0: KVM, at each switch */
    { 0x10380, 0x10380, 4, 4, READ | WRITE },
    { 0x10400, 0x1041c, 4, 4, READ | WRITE }, /* IPRIORITYR */
    { 0x10400, 0x1041f, 1, 1, READ | WRITE },
    { 0x10c00, 0x10c04, 4, 4, READ | WRITE }, /* ICFGR0, ICFGR1 */
    { 0x10d00, 0x10d00, 4, 4, READ | WRITE }, /* IGRPMODR0 */
};

static const struct touched gits[] = {
    { 0x0000, 0x0000, 4, 4, READ | WRITE },                                 /* CTLR */
    { 0x0004, 0x0004, 4, 4, READ },                                         /* IIDR */
    { 0x0008, 0x0008, 8, 8, READ },                                         /* TYPER */
    { 0x0080, 0x0080, 8, 8, READ | WRITE },                                 /* CBASER */
    { 0x0088, 0x0088, 8, 8, READ | WRITE },                                 /* CWRITER */
    { 0x0088, 0x0088, 4, 4, WRITE },        { 0x0090, 0x0090, 4, 4, READ }, /* CREADR */
    { 0x0100, 0x0138, 8, 8, READ | WRITE },                                 /* BASER */
    { 0xffe8, 0xffe8, 4, 4, READ },                                         /* PIDR2 */
};

static void touch(struct rig *r, const struct mmio_ops *ops, const struct touched *t, uint32_t status_off)
{
    for (uint32_t off = t->first; off <= t->last; off += t->step) {
        uint64_t val = 0, status = ~UINT64_C(0);

        if (t->how & READ)
            cr_assert(ops->read(r->m.gic, r->c, off, t->size, &val));
        if (t->how & WRITE)
            cr_assert(ops->write(r->m.gic, r->c, off, t->size, val));
        cr_assert(ops->read(r->m.gic, r->c, status_off, 4, &status));
        cr_assert_eq(status, 0, "%s+%#x, %u bytes: STATUSR %#lx", ops->name, off, t->size,
                     (unsigned long)status);
    }
}

Test(gic_surface, everything_that_software_touches_is_decoded)
{
    struct rig *r = rig_new((struct rig_config){ .its = true });

    rig_start(r);
    for (size_t i = 0; i < sizeof(gicd) / sizeof(gicd[0]); i++)
        touch(r, &gicd_mmio, &gicd[i], 0x10);
    for (size_t i = 0; i < sizeof(gicr) / sizeof(gicr[0]); i++)
        touch(r, &gicr_mmio, &gicr[i], 0x10);
    for (size_t i = 0; i < sizeof(gits) / sizeof(gits[0]); i++)
        touch(r, &gits_mmio, &gits[i], 0x40);
    rig_free(r);
}

/* The same with two Security states, from Non-secure and Secure state. */
Test(gic_surface, and_in_both_security_states)
{
    struct rig *r = rig_new((struct rig_config){ .its = true, .el3 = true });

    for (unsigned ns = 0; ns < 2; ns++) {
        r->c->el = ns ? 2 : 3;
        r->c->sr[SR_SCR_EL3] = ns;
        for (size_t i = 0; i < sizeof(gicd) / sizeof(gicd[0]); i++)
            touch(r, &gicd_mmio, &gicd[i], 0x10);
        for (size_t i = 0; i < sizeof(gicr) / sizeof(gicr[0]); i++)
            touch(r, &gicr_mmio, &gicr[i], 0x10);
    }
    rig_free(r);
}
