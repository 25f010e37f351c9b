/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_timer_access.c
 * Who reaches the registers of the Generic Timer (DDI 0487, D24.10, the accessors of each): every register
 * from every EL, in both Security states, with each HCR_EL2.{E2H,TGE} and each bit of CNTKCTL_EL1 and
 * CNTHCTL_EL2, against a second account of the rules; and CNTPOFF_EL2 (FEAT_ECV) where it applies.
 */
#include "arch/timer.h"
#include "sysreg_fixture.h"

#define SCR_ST BIT(11)
#define SCR_ECVEN BIT(28)
#define CNTHCTL_ECV BIT(12)

/* A machine with everything: EL2, EL3, FEAT_VHE, FEAT_ECV_POFF; at EL3. */
static struct sr_rig everything(unsigned ecv)
{
    const struct sr_id ids[] = { { SR_ID_AA64MMFR0_EL1, (uint64_t)ecv << 60 },
                                 { SR_ID_AA64MMFR1_EL1, 0x00100100 },
                                 { SR_NONE, 0 } };
    struct sr_rig r = sr_rig("virt,virtualization=on,secure=on", ids);

    sr_el(&r, 3);
    return r;
}

/* What EL0 and EL1 find in their way to a register. */
struct guarded {
    unsigned reg;
    bool writable;
    uint64_t el0;    /* One of these bits of CNTKCTL_EL1, or for a host of CNTHCTL_EL2, lets EL0 in. */
    uint64_t plain;  /* Bit of CNTHCTL_EL2 that has to be set with E2H clear, */
    uint64_t guest;  /* and with E2H set, but not TGE. */
    uint64_t closed; /* Bit that has to be clear, but for a host. */
};

static const struct guarded guarded[] = {
    { SR_CNTFRQ_EL0, false, 0x003, 0, 0, 0 },         { SR_CNTPCT_EL0, false, 0x001, 0x1, 0x400, 0 },
    { SR_CNTPCTSS_EL0, false, 0x001, 0x1, 0x400, 0 }, { SR_CNTVCT_EL0, false, 0x002, 0, 0, 0x4000 },
    { SR_CNTVCTSS_EL0, false, 0x002, 0, 0, 0x4000 },  { SR_CNTP_CTL_EL0, true, 0x200, 0x2, 0x800, 0 },
    { SR_CNTP_CVAL_EL0, true, 0x200, 0x2, 0x800, 0 }, { SR_CNTP_TVAL_EL0, true, 0x200, 0x2, 0x800, 0 },
    { SR_CNTV_CTL_EL0, true, 0x100, 0, 0, 0x2000 },   { SR_CNTV_CVAL_EL0, true, 0x100, 0, 0, 0x2000 },
    { SR_CNTV_TVAL_EL0, true, 0x100, 0, 0, 0x2000 },
};
enum { GUARDED_COUNT = sizeof(guarded) / sizeof(guarded[0]) };

struct state {
    unsigned el;
    bool secure, e2h, tge;
    uint64_t kctl, hctl;
};

/* What becomes of an access: the EL that it traps to, and whose bit did it. */
struct outcome {
    unsigned target; /* 0: none. */
    unsigned reg;
};

static struct outcome expected(const struct guarded *g, const struct state *s)
{
    const bool el2 = !s->secure, host = el2 && s->e2h && s->tge;
    const struct outcome none = { 0, SR_NONE }, to_el2 = { 2, SR_CNTHCTL_EL2 };

    if (s->el >= 2)
        return none;
    if (s->el == 0 && host)
        return s->hctl & g->el0 ? none : to_el2;
    if (s->el == 0 && !(s->kctl & g->el0))
        return (struct outcome){ el2 && s->tge ? 2 : 1, SR_CNTKCTL_EL1 };
    if (!el2)
        return none;
    if ((s->e2h ? g->guest : g->plain) & ~s->hctl)
        return to_el2;
    return g->closed & s->hctl ? to_el2 : none;
}

static void enter(struct sr_rig *r, const struct state *s)
{
    sr_el(r, 3);
    sr_set(r, SR_SCR_EL3, s->secure ? 0 : SCR_NS);
    sr_set(r, SR_HCR_EL2, (s->e2h ? HCR_E2H : 0) | (s->tge ? HCR_TGE : 0));
    r->c->sr[SR_CNTKCTL_EL1] = s->kctl;
    r->c->sr[SR_CNTHCTL_EL2] = s->hctl;
    sr_el(r, s->el);
}

static void expect(struct sr_rig *r, const struct guarded *g, const struct state *s, bool write)
{
    const struct outcome want = expected(g, s);
    const struct exc *e = &r->c->exc;
    uint64_t val;
    bool taken = (write ? sr_try_write(r, g->reg, 0) : sr_try_read(r, g->reg, &val)) == SYSREG_EXC;
    unsigned target = taken ? e->target_el : 0, reg = taken ? trap_controls[e->cause].reg : SR_NONE;

    cr_assert(target == want.target && reg == want.reg,
              "%s of %s at %s EL%u, E2H %u, TGE %u, CNTKCTL_EL1 %#lx, CNTHCTL_EL2 %#lx: to EL%u by %s, not "
              "to EL%u",
              write ? "write" : "read", sysreg_name(g->reg), s->secure ? "Secure" : "Non-secure", s->el,
              s->e2h, s->tge, s->kctl, s->hctl, target, taken ? trap_name(e->cause) : "nothing",
              want.target);
    if (taken)
        cr_assert_eq(e->ec, EC_SYSREG);
}

/* The registers of every kind at one state. */
static void expect_all(struct sr_rig *r, const struct state *s)
{
    enter(r, s);
    for (unsigned i = 0; i < GUARDED_COUNT; i++) {
        expect(r, &guarded[i], s, false);
        if (guarded[i].writable)
            expect(r, &guarded[i], s, true);
    }
}

/* None, each alone, all but each, all. */
static uint64_t pattern(unsigned i, unsigned bits_count)
{
    const uint64_t all = BIT(bits_count) - 1, one = i / 2 < bits_count ? BIT(i / 2) : 0;

    return i % 2 ? all & ~one : one;
}

Test(timer_access, every_control_of_el0_and_el1)
{
    struct sr_rig r = everything(2);

    for (unsigned h = 0; h <= 37; h++)
        for (unsigned k = 0; k <= 21; k++)
            for (unsigned where = 0; where < 16; where++) {
                struct state s = { .el = where & 1,
                                   .secure = where & 2,
                                   .e2h = where & 4,
                                   .tge = where & 8,
                                   .hctl = pattern(h, 18),
                                   .kctl = pattern(k, 10) };

                if (s.el == 1 && !s.secure && s.tge)
                    continue; /* There is no EL1 then. */
                expect_all(&r, &s);
            }
    sr_rig_free(&r);
}

Test(timer_access, nothing_traps_from_el2_and_el3)
{
    struct sr_rig r = everything(2);

    for (unsigned h = 0; h <= 37; h++)
        for (unsigned where = 0; where < 8; where++) {
            struct state s = {
                .el = where & 1 ? 3 : 2, .e2h = where & 2, .tge = where & 4, .hctl = pattern(h, 18)
            };

            expect_all(&r, &s);
        }
    sr_rig_free(&r);
}

/* The others: the ELs that have access (bits 0 to 3 for EL0 to EL3). */
static void expect_els(struct sr_rig *r, unsigned reg, unsigned els, bool secure, bool e2h)
{
    for (unsigned el = 0; el < 4; el++)
        for (unsigned write = 0; write < 2; write++) {
            const struct state s = { .el = el, .secure = secure, .e2h = e2h, .hctl = 3, .kctl = 3 };
            uint64_t val;
            bool reached;

            if (el == 2 && secure)
                continue;
            enter(r, &s);
            r->c->sr[SR_SCR_EL3] |= SCR_ST | SCR_ECVEN;
            reached = (write ? sr_try_write(r, reg, 0) : sr_try_read(r, reg, &val)) != SYSREG_EXC;
            cr_assert_eq(reached, els >> el & 1, "%s of %s at EL%u, secure %u, E2H %u: %s",
                         write ? "write" : "read", sysreg_name(reg), el, secure, e2h,
                         reached ? "is defined" : "is not");
            if (!reached)
                cr_assert_eq(r->c->exc.ec, EC_UNKNOWN);
        }
}

Test(timer_access, by_el)
{
    static const struct {
        unsigned reg;
        uint8_t plain, e2h, secure, secure_e2h; /* ELs, by HCR_EL2.E2H and Security state. */
    } rows[] = {
        { SR_CNTKCTL_EL1, 0xe, 0xe, 0xa, 0xa },    { SR_CNTHCTL_EL2, 0xc, 0xc, 0x8, 0x8 },
        { SR_CNTVOFF_EL2, 0xc, 0xc, 0x8, 0x8 },    { SR_CNTPOFF_EL2, 0xc, 0xc, 0x8, 0x8 },
        { SR_CNTHP_CTL_EL2, 0xc, 0xc, 0x8, 0x8 },  { SR_CNTHP_CVAL_EL2, 0xc, 0xc, 0x8, 0x8 },
        { SR_CNTHP_TVAL_EL2, 0xc, 0xc, 0x8, 0x8 }, { SR_CNTHV_CTL_EL2, 0xc, 0xc, 0x8, 0x8 },
        { SR_CNTHV_CVAL_EL2, 0xc, 0xc, 0x8, 0x8 }, { SR_CNTHV_TVAL_EL2, 0xc, 0xc, 0x8, 0x8 },
        { SR_CNTPS_CTL_EL1, 0x8, 0x8, 0xa, 0xa },  { SR_CNTPS_CVAL_EL1, 0x8, 0x8, 0xa, 0xa },
        { SR_CNTPS_TVAL_EL1, 0x8, 0x8, 0xa, 0xa }, { SR_CNTKCTL_EL12, 0, 0xc, 0, 0 },
        { SR_CNTP_CTL_EL02, 0, 0xc, 0, 0 },        { SR_CNTP_CVAL_EL02, 0, 0xc, 0, 0 },
        { SR_CNTP_TVAL_EL02, 0, 0xc, 0, 0 },       { SR_CNTV_CTL_EL02, 0, 0xc, 0, 0 },
        { SR_CNTV_CVAL_EL02, 0, 0xc, 0, 0 },       { SR_CNTV_TVAL_EL02, 0, 0xc, 0, 0 },
    };
    struct sr_rig r = everything(2);

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        expect_els(&r, rows[i].reg, rows[i].plain, false, false);
        expect_els(&r, rows[i].reg, rows[i].e2h, false, true);
        expect_els(&r, rows[i].reg, rows[i].secure, true, false);
        expect_els(&r, rows[i].reg, rows[i].secure_e2h, true, true);
    }
    sr_rig_free(&r);
}

Test(timer_access, secure_timer_of_el1_is_behind_scr_st)
{
    static const uint16_t regs[] = { SR_CNTPS_CTL_EL1, SR_CNTPS_CVAL_EL1, SR_CNTPS_TVAL_EL1 };
    struct sr_rig r = everything(0);
    const struct state s = { .el = 1, .secure = true };

    enter(&r, &s);
    for (unsigned i = 0; i < 6; i++)
        sr_expect_trap(&r, regs[i / 2], i & 1, TRAP_SCR_ST, 3);
    sr_rig_free(&r);
}

/* CNTFRQ_EL0 is written at the highest EL alone. */
Test(timer_access, cntfrq_write)
{
    static const struct {
        const char *board;
        unsigned highest;
    } rows[] = { { "virt,virtualization=off", 1 },
                 { "virt,virtualization=on", 2 },
                 { "virt,virtualization=off,secure=on", 3 },
                 { "virt,virtualization=on,secure=on", 3 } };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sr_rig r = sr_rig(rows[i].board, NULL);

        for (unsigned el = 0; el <= rows[i].highest; el++) {
            sr_el(&r, el);
            if (el < rows[i].highest) {
                sr_expect_undefined(&r, SR_CNTFRQ_EL0, true);
            } else {
                sr_set(&r, SR_CNTFRQ_EL0, 0x123456789);
                cr_assert_eq(sr_get(&r, SR_CNTFRQ_EL0), 0x23456789);
            }
        }
        sr_rig_free(&r);
    }
}

/* The counts are not written anywhere. */
Test(timer_access, counts_are_read_only)
{
    static const uint16_t regs[] = { SR_CNTPCT_EL0, SR_CNTVCT_EL0, SR_CNTPCTSS_EL0, SR_CNTVCTSS_EL0 };
    struct sr_rig r = everything(2);

    for (unsigned el = 0; el < 4; el++) {
        const struct state s = { .el = el, .hctl = 3, .kctl = 3 };

        enter(&r, &s);
        for (unsigned i = 0; i < 4; i++)
            sr_expect_undefined(&r, regs[i], true);
    }
    sr_rig_free(&r);
}

/* The two layouts, and what ID_AA64MMFR0_EL1.ECV brings. */
Test(timer_access, fields_by_feature)
{
    static const struct {
        uint64_t cnthctl, cnthctl_e2h, cntkctl, scr;
    } want[3] = { { 0x000ff, 0x00fff, 0x003ff, 0 },
                  { 0x3e0ff, 0x3efff, 0x203ff, 0 },
                  { 0x3f0ff, 0x3ffff, 0x203ff, SCR_ECVEN } };

    for (unsigned ecv = 0; ecv < 3; ecv++) {
        struct sr_rig r = everything(ecv);

        sr_set(&r, SR_CNTHCTL_EL2, ~UINT64_C(0));
        cr_expect_eq(sr_get(&r, SR_CNTHCTL_EL2), want[ecv].cnthctl, "ECV %u: %#lx", ecv,
                     sr_get(&r, SR_CNTHCTL_EL2));
        sr_set(&r, SR_CNTKCTL_EL1, ~UINT64_C(0));
        cr_expect_eq(sr_get(&r, SR_CNTKCTL_EL1), want[ecv].cntkctl, "ECV %u: %#lx", ecv,
                     sr_get(&r, SR_CNTKCTL_EL1));
        sr_set(&r, SR_SCR_EL3, ~UINT64_C(0));
        cr_expect_eq(sr_get(&r, SR_SCR_EL3) & SCR_ECVEN, want[ecv].scr, "ECV %u", ecv);
        sr_set(&r, SR_HCR_EL2, HCR_E2H);
        sr_set(&r, SR_CNTHCTL_EL2, ~UINT64_C(0));
        cr_expect_eq(sr_get(&r, SR_CNTHCTL_EL2), want[ecv].cnthctl_e2h, "ECV %u: %#lx", ecv,
                     sr_get(&r, SR_CNTHCTL_EL2));
        if (ecv < 1)
            sr_expect_undefined(&r, SR_CNTPCTSS_EL0, false);
        if (ecv < 2)
            sr_expect_undefined(&r, SR_CNTPOFF_EL2, false);
        sr_rig_free(&r);
    }
}

Test(timer_access, cntpoff_is_behind_scr_ecven)
{
    struct sr_rig r = everything(2);
    const struct state s = { .el = 2 };

    enter(&r, &s);
    sr_expect_trap(&r, SR_CNTPOFF_EL2, false, TRAP_SCR_ECVEn, 3);
    sr_expect_trap(&r, SR_CNTPOFF_EL2, true, TRAP_SCR_ECVEn, 3);
    sr_rig_free(&r);
}

enum { NOW = 1000, OFFSET = 300, CYCLES = 16 };

/* Where CNTPOFF_EL2 applies: HCR_EL2, SCR_EL3 and CNTHCTL_EL2.ECV. */
static void offset_rig(struct sr_rig *r, uint64_t hcr, uint64_t scr, uint64_t cnthctl)
{
    r->c->tick_base = (NOW * CYCLES) << TICK_SHIFT;
    r->c->acc = 0;
    sr_el(r, 3);
    sr_set(r, SR_CNTKCTL_EL1, 0x303);
    sr_set(r, SR_CNTPOFF_EL2, OFFSET);
    sr_set(r, SR_CNTHCTL_EL2, cnthctl | 0xf03);
    sr_set(r, SR_SCR_EL3, scr);
    sr_set(r, SR_HCR_EL2, hcr);
    sr_set(r, SR_CNTHCTL_EL2, cnthctl | 0xf03); /* In the layout that is valid now. */
}

static void expect_offset(uint64_t hcr, uint64_t scr, uint64_t cnthctl, bool applies)
{
    struct sr_rig r = everything(2);
    const uint64_t offset = applies ? OFFSET : 0;

    for (unsigned el = 0; el < 4; el++) {
        uint64_t seen = NOW - (el < 2 ? offset : 0);

        if ((el == 1 && (hcr & HCR_TGE) && (scr & SCR_NS)) || (el == 2 && !(scr & SCR_NS)))
            continue;
        offset_rig(&r, hcr, scr, cnthctl);
        sr_el(&r, el);
        r.c->acc = 0;
        cr_expect_eq(timer_sysreg_read(r.c, SR_CNTPCT_EL0), seen, "EL%u, HCR_EL2 %#lx, SCR_EL3 %#lx: %lu",
                     el, hcr, scr, timer_sysreg_read(r.c, SR_CNTPCT_EL0));
        cr_expect_eq(timer_sysreg_read(r.c, SR_CNTPCTSS_EL0), seen);
        timer_sysreg_write(r.c, SR_CNTP_TVAL_EL0, 50);
        cr_expect_eq(timer_sysreg_read(r.c, SR_CNTP_CVAL_EL0), seen + 50);
        cr_expect_eq(timer_sysreg_read(r.c, SR_CNTP_TVAL_EL0), 50);
        /* The timer compares with EL1's view, whoever set it. */
        timer_sysreg_write(r.c, SR_CNTP_CVAL_EL0, NOW + 50);
        timer_sysreg_write(r.c, SR_CNTP_CTL_EL0, 1);
        cr_expect_eq(timer_next_cycle(r.c), (NOW + 50 + offset) * CYCLES);
        timer_sysreg_write(r.c, SR_CNTP_CTL_EL0, 0);
        /* The others do not. */
        timer_sysreg_write(r.c, SR_CNTHP_CVAL_EL2, NOW + 50);
        timer_sysreg_write(r.c, SR_CNTHP_CTL_EL2, 1);
        cr_expect_eq(timer_next_cycle(r.c), (NOW + 50) * CYCLES);
        timer_sysreg_write(r.c, SR_CNTHP_CTL_EL2, 0);
    }
    sr_rig_free(&r);
}

Test(timer_access, where_cntpoff_applies)
{
    const uint64_t on = SCR_NS | SCR_ECVEN;

    expect_offset(0, on, CNTHCTL_ECV, true);
    expect_offset(0, on, 0, false);
    expect_offset(0, SCR_NS, CNTHCTL_ECV, false);
    expect_offset(0, SCR_ECVEN, CNTHCTL_ECV, false); /* Secure: EL2 is not enabled. */
    expect_offset(HCR_E2H, on, CNTHCTL_ECV, true);
    expect_offset(HCR_TGE, on, CNTHCTL_ECV, true);
    expect_offset(HCR_E2H | HCR_TGE, on, CNTHCTL_ECV, false);
}

/* A change of any of the controls moves the timer at once. */
Test(timer_access, changes_move_the_timer)
{
    static const struct {
        unsigned reg;
        uint64_t val;
    } rows[] = { { SR_CNTHCTL_EL2, 0xf03 },
                 { SR_HCR_EL2, HCR_E2H | HCR_TGE },
                 { SR_SCR_EL3, SCR_NS },
                 { SR_SCR_EL3, SCR_ECVEN },
                 { SR_CNTPOFF_EL2, 0 } };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sr_rig r = everything(2);
        uint64_t before;

        offset_rig(&r, 0, SCR_NS | SCR_ECVEN, CNTHCTL_ECV);
        timer_sysreg_write(r.c, SR_CNTP_CVAL_EL0, NOW - 100); /* Past for EL2, future for EL1. */
        timer_sysreg_write(r.c, SR_CNTP_CTL_EL0, 1);
        cr_expect_eq(timer_sysreg_read(r.c, SR_CNTP_CTL_EL0), 1);
        before = r.c->sr[rows[i].reg];
        sr_set(&r, rows[i].reg, rows[i].val);
        cr_expect_eq(timer_sysreg_read(r.c, SR_CNTP_CTL_EL0), 5, "%s", sysreg_name(rows[i].reg));
        sr_set(&r, rows[i].reg, before);
        cr_expect_eq(timer_sysreg_read(r.c, SR_CNTP_CTL_EL0), 1, "%s", sysreg_name(rows[i].reg));
        sr_rig_free(&r);
    }
}

/* The _EL02 names reach the timers of EL1 while the plain ones reach EL2's. */
Test(timer_access, el02_names)
{
    static const uint16_t regs[][3] = {
        { SR_CNTP_CVAL_EL02, SR_CNTP_CVAL_EL0, SR_CNTHP_CVAL_EL2 },
        { SR_CNTV_CVAL_EL02, SR_CNTV_CVAL_EL0, SR_CNTHV_CVAL_EL2 },
        { SR_CNTP_CTL_EL02, SR_CNTP_CTL_EL0, SR_CNTHP_CTL_EL2 },
        { SR_CNTV_CTL_EL02, SR_CNTV_CTL_EL0, SR_CNTHV_CTL_EL2 },
    };
    struct sr_rig r = everything(2);
    const struct state s = { .el = 2, .e2h = true, .tge = true };

    enter(&r, &s);
    for (unsigned i = 0; i < 4; i++) {
        sr_set(&r, regs[i][0], 2);
        sr_set(&r, regs[i][1], 0);
        cr_expect_eq(r.c->sr[regs[i][1]], 2, "%s", sysreg_name(regs[i][0]));
        cr_expect_eq(sr_get(&r, regs[i][0]), 2);
        cr_expect_eq(sr_get(&r, regs[i][1]), 0);
        cr_expect_eq(r.c->sr[regs[i][2]], 0);
    }
    sr_rig_free(&r);
}
