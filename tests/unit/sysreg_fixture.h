/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_fixture.h
 * A PE for tests of system registers and traps: a machine of the virt board, whose ID registers a test may
 * change before reset; the instruction words of MRS, MSR, SYS; and reads and writes that say what happened.
 */
#pragma once

#include "fixture.h"

#include "arch/exception.h"
#include "arch/sysreg.h"
#include "arch/sysreg_table.h"
#include "arch/trap.h"
#include "timing/timing.h"

struct sr_rig {
    avs_machine *m;
    struct pe *c;
};

struct sr_id {
    unsigned id;
    uint64_t val;
};

#define HCR_E2H BIT(34)
#define HCR_TGE BIT(27)
#define HCR_TVM BIT(26)
#define SCR_NS BIT(0)

/* A plain Armv8.0-A PE, but for the ID registers in `ids` (ends with SR_NONE; NULL for none). */
static inline struct sr_rig sr_rig(const char *board, const struct sr_id *ids)
{
    struct sr_rig r = { .m = fixture_machine(board, NULL) };

    r.c = &r.m->pe[0];
    for (unsigned id = SR_ID_AA64PFR0_EL1; id <= SR_S3_0_C0_C7_7; id++) {
        r.m->model->id[id] = 0;
        r.m->model->id_set[id] = false;
    }
    for (; ids && ids->id != SR_NONE; ids++) {
        r.m->model->id[ids->id] = ids->val;
        r.m->model->id_set[ids->id] = true;
    }
    sysreg_reset(r.c);
    return r;
}

/* A machine with EL2, without EL3. */
static inline struct sr_rig sr_rig_el2(void)
{
    return sr_rig("virt,virtualization=on", NULL);
}

/* The same with FEAT_VHE and FEAT_PAN. */
static inline struct sr_rig sr_rig_vhe(void)
{
    static const struct sr_id vhe[] = { { SR_ID_AA64MMFR1_EL1, 0x00100100 }, { SR_NONE, 0 } };

    return sr_rig("virt,virtualization=on", vhe);
}

/* EL2 and EL3. */
static inline struct sr_rig sr_rig_el3(void)
{
    struct sr_rig r = sr_rig("virt,virtualization=on,secure=on", NULL);

    r.c->sr[SR_SCR_EL3] |= SCR_NS;
    return r;
}

static inline void sr_rig_free(struct sr_rig *r)
{
    avs_machine_free(r->m);
}

static inline void sr_el(struct sr_rig *r, unsigned el)
{
    pe_set_el(r->c, el, el ? 1 : 0);
}

/* MRS Xt (read) or MSR/SYS Xt of an encoding. */
static inline uint32_t sr_insn(unsigned enc, bool read, unsigned rt)
{
    return 0xd5000000u | (uint32_t)read << 21 | (uint32_t)enc << 5 | rt;
}

static inline enum sysreg_result sr_try_read(struct sr_rig *r, unsigned id, uint64_t *val)
{
    *val = 0xdeadbeef;
    return sysreg_read(r->c, id, sr_insn(sysreg_encoding(id), true, 7), val);
}

static inline enum sysreg_result sr_try_write(struct sr_rig *r, unsigned id, uint64_t val)
{
    return sysreg_write(r->c, id, sr_insn(sysreg_encoding(id), false, 7), val);
}

static inline uint64_t sr_get(struct sr_rig *r, unsigned id)
{
    uint64_t val;

    cr_assert_neq(sr_try_read(r, id, &val), SYSREG_EXC, "read of %s at EL%u: EC %#x cause %s",
                  sysreg_name(id), r->c->el, r->c->exc.ec, trap_name(r->c->exc.cause));
    return val;
}

static inline enum sysreg_result sr_set(struct sr_rig *r, unsigned id, uint64_t val)
{
    enum sysreg_result result = sr_try_write(r, id, val);

    cr_assert_neq(result, SYSREG_EXC, "write of %s at EL%u: EC %#x cause %s", sysreg_name(id), r->c->el,
                  r->c->exc.ec, trap_name(r->c->exc.cause));
    return result;
}

static inline void sr_expect_undefined(struct sr_rig *r, unsigned id, bool write)
{
    uint64_t val;
    enum sysreg_result result = write ? sr_try_write(r, id, 0) : sr_try_read(r, id, &val);

    cr_assert_eq(result, SYSREG_EXC, "%s of %s at EL%u is defined", write ? "write" : "read",
                 sysreg_name(id), r->c->el);
    cr_assert_eq(r->c->exc.ec, EC_UNKNOWN, "%s of %s at EL%u: EC %#x", write ? "write" : "read",
                 sysreg_name(id), r->c->el, r->c->exc.ec);
}

static inline void sr_expect_trap(struct sr_rig *r, unsigned id, bool write, unsigned cause,
                                  unsigned target)
{
    uint64_t val;
    enum sysreg_result result = write ? sr_try_write(r, id, 0) : sr_try_read(r, id, &val);
    const char *what = write ? "write" : "read";

    cr_assert_eq(result, SYSREG_EXC, "%s of %s at EL%u does not trap by %s", what, sysreg_name(id),
                 r->c->el, trap_name(cause));
    cr_assert_eq(r->c->exc.cause, cause, "%s of %s at EL%u: EC %#x by %s, not %s", what, sysreg_name(id),
                 r->c->el, r->c->exc.ec, trap_name(r->c->exc.cause), trap_name(cause));
    cr_assert_eq(r->c->exc.target_el, target, "%s of %s: to EL%u", what, sysreg_name(id),
                 r->c->exc.target_el);
}
