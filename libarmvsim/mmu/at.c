/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file at.c
 * Address translation instructions and PAR_EL1 (DDI 0487, C5.4 and D24.2 "PAR_EL1"; pseudocode AArch64.AT,
 * AArch64.EncodePAR).
 *
 * PAR_EL1 after success and after a fault:
 *
 *      63   56 55  48 47                    12 11 10  9  8 7 6        1  0
 *     +-------+------+------------------------+--+--+--+----+----------+--+
 *     | ATTR  |  0   | PA                     | 1| 0|NS| SH |    0     | 0|
 *     +-------+------+------------------------+--+--+--+----+----------+--+
 *     |                 0                     | 1| 0| S|PTW0|   FST    | 1|
 *     +---------------------------------------+--+--+--+----+----------+--+
 */
#include "arch/exception.h"
#include "core/machine.h"
#include "mmu/charge.h"
#include "mmu/walk.h"

struct at_op {
    uint8_t el; /* 0 for none: the table is by system register id. */
    bool unpriv, write, both_stages, pan;
};

static const struct at_op at_ops[SR_COUNT] = {
    [SR_AT_S1E1R] = { .el = 1 },
    [SR_AT_S1E1W] = { .el = 1, .write = true },
    [SR_AT_S1E0R] = { .el = 1, .unpriv = true },
    [SR_AT_S1E0W] = { .el = 1, .unpriv = true, .write = true },
    [SR_AT_S1E1RP] = { .el = 1, .pan = true },
    [SR_AT_S1E1WP] = { .el = 1, .write = true, .pan = true },
    [SR_AT_S1E2R] = { .el = 2 },
    [SR_AT_S1E2W] = { .el = 2, .write = true },
    [SR_AT_S1E3R] = { .el = 3 },
    [SR_AT_S1E3W] = { .el = 3, .write = true },
    [SR_AT_S12E1R] = { .el = 1, .both_stages = true },
    [SR_AT_S12E1W] = { .el = 1, .write = true, .both_stages = true },
    [SR_AT_S12E0R] = { .el = 1, .unpriv = true, .both_stages = true },
    [SR_AT_S12E0W] = { .el = 1, .unpriv = true, .write = true, .both_stages = true },
};

static uint64_t par_success(const struct mmu_result *r)
{
    return (uint64_t)r->attr << 56 | (r->pa.v & MASK(47, 12)) | BIT(11) | (uint64_t)r->ns << 9 |
           (uint64_t)r->sh << 7;
}

static uint64_t par_fault(const struct mmu_fault *f)
{
    return BIT(11) | (uint64_t)f->stage2 << 9 | (uint64_t)f->s1ptw << 8 | (uint64_t)f->fsc << 1 | 1;
}

/* What PAR_EL1 cannot tell: an external abort on the walk, and for EL1 a stage-2 fault on it. */
static bool fault_is_taken(const struct pe *c, const struct mmu_fault *f)
{
    return (f->fsc & 0x3c) == FSC_EXTERNAL_WALK || (c->el == 1 && f->s1ptw);
}

bool mmu_at(struct pe *c, unsigned op, uint64_t arg)
{
    const struct at_op *t = &at_ops[op];
    enum mmu_access acc = t->write ? MMU_WRITE : MMU_READ;
    struct mmu_result r;
    struct mmu_fault f;
    struct mmu_ctx x;

    AVS_CHECK(t->el != 0);
    /* The stage-1 forms for EL1 and EL0 work on EL2&0 while a host owns EL0. */
    bool host = t->el == 1 && !t->both_stages && mmu_in_host(c);

    mmu_ctx_build(c, host ? 2 : t->el, t->unpriv, t->pan && c->pan, &x);
    bool ok = t->both_stages ? mmu_translate(c, &x, va(arg), acc, &r, &f)
                             : mmu_translate_s1(c, &x, va(arg), acc, &r, &f);
    charge_late(c, false);

    if (!ok && fault_is_taken(c, &f)) {
        f.cm = true;
        f.write = true;
        exc_data_abort(c, &f, 0);
        return false;
    }
    c->sr[SR_PAR_EL1] = ok ? par_success(&r) : par_fault(&f);
    return true;
}
