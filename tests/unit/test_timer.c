/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_timer.c
 * The Generic Timer (DDI 0487, D12): counts, conditions, outputs, and the cycle at which they change.
 */
#include "gic_fixture.h"

enum { ENABLE = 1, IMASK = 2, ISTATUS = 4 };

#define TGET(r, reg) timer_sysreg_read((r)->c, SR_##reg)
#define TSET(r, reg, val) timer_sysreg_write((r)->c, SR_##reg, val)

static struct rig *with_clock(uint64_t clock_hz, uint64_t cntfrq_hz)
{
    struct rig *r = rig_new((struct rig_config){ 0 });

    rig_start(r);
    cr_assert(timer_new(r->c, clock_hz, cntfrq_hz));
    timer_reset(r->c);
    return r;
}

/* 1 GHz and QEMU's 62.5 MHz: 16 cycles a tick. */
static struct rig *usual(void)
{
    return with_clock(1000000000, 62500000);
}

static void at_cycle(struct rig *r, uint64_t cycle)
{
    r->c->tick_base = cycle << TICK_SHIFT;
    r->c->acc = 0;
}

static uint32_t ppi_level(struct rig *r)
{
    return (uint32_t)gicr_get(r, 0, SGI + GIC_ISPENDR, 4);
}

Test(timer, count_is_the_exact_ratio)
{
    static const struct {
        uint64_t clock, freq;
    } rates[] = { { 1000000000, 62500000 },  { 1200000000, 62500000 },   { 1500000001, 19200000 },
                  { 62500000, 62500000 },    { 2000000000, 1000000000 }, { 100000000, 1000000000 },
                  { 4294967291, 4294967279 } };

    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        struct rig *r = with_clock(rates[i].clock, rates[i].freq);

        cr_assert_eq(r->c->sr[SR_CNTFRQ_EL0], rates[i].freq);
        for (unsigned shift = 0; shift < 64 - TICK_SHIFT; shift++) {
            uint64_t cycles = (UINT64_C(1) << shift) - 1 + shift * 7919;
            unsigned __int128 exact = (unsigned __int128)cycles * rates[i].freq / rates[i].clock;

            at_cycle(r, cycles);
            cr_assert_eq(TGET(r, CNTPCT_EL0), (uint64_t)exact, "rate %zu, 2^%u cycles", i, shift);
        }
        rig_free(r);
    }
}

Test(timer, deadline_is_the_first_cycle_that_meets_the_condition)
{
    static const struct {
        uint64_t clock, freq;
    } rates[] = { { 1000000000, 62500000 },
                  { 1200000000, 62500000 },
                  { 100000000, 1000000000 },
                  { 1500000001, 19200000 } };

    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        struct rig *r = with_clock(rates[i].clock, rates[i].freq);

        for (uint64_t cval = 1; cval < UINT64_C(1) << 50; cval = cval * 5 + 3) {
            uint64_t cycle;

            at_cycle(r, 0);
            TSET(r, CNTP_CVAL_EL0, cval);
            TSET(r, CNTP_CTL_EL0, ENABLE);
            cycle = timer_next_cycle(r->c);
            at_cycle(r, cycle);
            cr_assert_geq(TGET(r, CNTPCT_EL0), cval, "rate %zu, cval %lu", i, cval);
            at_cycle(r, cycle - 1);
            cr_assert_lt(TGET(r, CNTPCT_EL0), cval, "rate %zu, cval %lu", i, cval);
        }
        rig_free(r);
    }
}

Test(timer, output_is_istatus_enabled_and_not_masked)
{
    struct rig *r = usual();

    TSET(r, CNTP_CVAL_EL0, 100);
    cr_assert_eq(timer_next_cycle(r->c), UINT64_MAX, "not enabled");
    TSET(r, CNTP_CTL_EL0, ENABLE);
    cr_assert_eq(timer_next_cycle(r->c), 1600);
    cr_assert_eq(TGET(r, CNTP_CTL_EL0), ENABLE);
    at_cycle(r, 1600);
    timer_update(r->c);
    cr_assert_eq(ppi_level(r), BIT(30));
    cr_assert_eq(r->c->irq_lines, LINE_IRQ);
    cr_assert_eq(TGET(r, CNTP_CTL_EL0), ENABLE | ISTATUS);
    cr_assert_eq(timer_next_cycle(r->c), UINT64_MAX, "nothing more to come");
    TSET(r, CNTP_CTL_EL0, ENABLE | IMASK);
    cr_assert_eq(ppi_level(r), 0);
    cr_assert_eq(TGET(r, CNTP_CTL_EL0), ENABLE | IMASK | ISTATUS);
    TSET(r, CNTP_CTL_EL0, ENABLE);
    cr_assert_eq(ppi_level(r), BIT(30), "level, not edge");
    TSET(r, CNTP_CVAL_EL0, 200);
    cr_assert_eq(ppi_level(r), 0);
    cr_assert_eq(timer_next_cycle(r->c), 3200);
    TSET(r, CNTP_CTL_EL0, 0);
    cr_assert_eq(timer_next_cycle(r->c), UINT64_MAX);
    rig_free(r);
}

Test(timer, each_timer_has_its_ppi)
{
    static const struct {
        unsigned ctl, cval, tval, ppi;
    } rows[] = {
        { SR_CNTP_CTL_EL0, SR_CNTP_CVAL_EL0, SR_CNTP_TVAL_EL0, 30 },
        { SR_CNTV_CTL_EL0, SR_CNTV_CVAL_EL0, SR_CNTV_TVAL_EL0, 27 },
        { SR_CNTHP_CTL_EL2, SR_CNTHP_CVAL_EL2, SR_CNTHP_TVAL_EL2, 26 },
        { SR_CNTHV_CTL_EL2, SR_CNTHV_CVAL_EL2, SR_CNTHV_TVAL_EL2, 28 },
        { SR_CNTPS_CTL_EL1, SR_CNTPS_CVAL_EL1, SR_CNTPS_TVAL_EL1, 29 },
    };
    struct rig *r = usual();

    for (unsigned i = 0; i < 5; i++) {
        at_cycle(r, 16000);
        timer_sysreg_write(r->c, rows[i].cval, 999);
        timer_sysreg_write(r->c, rows[i].ctl, ENABLE);
        cr_assert_eq(ppi_level(r), BIT(rows[i].ppi), "row %u", i);
        timer_sysreg_write(r->c, rows[i].tval, 10);
        cr_assert_eq(timer_sysreg_read(r->c, rows[i].cval), 1010, "row %u", i);
        cr_assert_eq(timer_next_cycle(r->c), 16160, "row %u", i);
        timer_sysreg_write(r->c, rows[i].ctl, 0);
        cr_assert_eq(ppi_level(r), 0, "row %u", i);
    }
    rig_free(r);
}

Test(timer, tval_is_a_signed_downcounter)
{
    struct rig *r = usual();

    at_cycle(r, 16 * 1000);
    TSET(r, CNTP_TVAL_EL0, 0xfffffff6);
    cr_assert_eq(TGET(r, CNTP_CVAL_EL0), 990);
    cr_assert_eq(TGET(r, CNTP_TVAL_EL0), 0xfffffff6);
    at_cycle(r, 16 * 900);
    cr_assert_eq(TGET(r, CNTP_TVAL_EL0), 90);
    rig_free(r);
}

Test(timer, virtual_offset)
{
    struct rig *r = usual();

    at_cycle(r, 16 * 1000);
    TSET(r, CNTV_CVAL_EL0, 500);
    TSET(r, CNTV_CTL_EL0, ENABLE);
    cr_assert_eq(ppi_level(r), BIT(27));
    TSET(r, CNTVOFF_EL2, 600);
    cr_assert_eq(ppi_level(r), 0, "the virtual count went back to 400");
    cr_assert_eq(timer_next_cycle(r->c), 16 * 1100);
    r->c->el = 1;
    cr_assert_eq(TGET(r, CNTVCT_EL0), 400);
    cr_assert_eq(TGET(r, CNTV_TVAL_EL0), 100);
    r->c->el = 2;
    cr_assert_eq(TGET(r, CNTVCT_EL0), 400);
    r->c->sr[SR_HCR_EL2] = BIT(34); /* E2H */
    cr_assert_eq(TGET(r, CNTVCT_EL0), 1000, "a host reads the physical count");
    cr_assert_eq(TGET(r, CNTV_TVAL_EL0), 100, "the guest's timer keeps its offset");
    r->c->el = 0;
    cr_assert_eq(TGET(r, CNTVCT_EL0), 400);
    r->c->sr[SR_HCR_EL2] |= BIT(27); /* TGE */
    cr_assert_eq(TGET(r, CNTVCT_EL0), 1000);
    rig_free(r);
}

Test(timer, offset_ahead_of_the_count)
{
    struct rig *r = usual();

    at_cycle(r, 16 * 1000);
    TSET(r, CNTVOFF_EL2, 1500);
    TSET(r, CNTV_CVAL_EL0, 200);
    TSET(r, CNTV_CTL_EL0, ENABLE);
    cr_assert_eq(ppi_level(r), BIT(27), "a count below zero is a large one");
    cr_assert_eq(timer_next_cycle(r->c), 16 * 1500, "until it wraps to zero");
    at_cycle(r, 16 * 1500);
    timer_update(r->c);
    cr_assert_eq(ppi_level(r), 0);
    cr_assert_eq(timer_next_cycle(r->c), 16 * 1700);
    rig_free(r);
}

Test(timer, never_is_never)
{
    struct rig *r = usual();

    TSET(r, CNTP_CVAL_EL0, ~UINT64_C(0));
    TSET(r, CNTP_CTL_EL0, ENABLE);
    cr_assert_eq(timer_next_cycle(r->c), UINT64_MAX);
    TSET(r, CNTV_CVAL_EL0, ~UINT64_C(0) - 5);
    TSET(r, CNTVOFF_EL2, 1000);
    at_cycle(r, 16 * 1000);
    TSET(r, CNTV_CTL_EL0, ENABLE);
    cr_assert_eq(timer_next_cycle(r->c), UINT64_MAX);
    cr_assert_eq(ppi_level(r), 0);
    rig_free(r);
}

Test(timer, engine_is_stopped_only_for_an_earlier_deadline)
{
    struct rig *r = usual();

    at_cycle(r, 16 * 100);
    TSET(r, CNTHP_CVAL_EL2, 1000);
    TSET(r, CNTHP_CTL_EL2, ENABLE);
    cr_assert(r->c->acc & ACC_FORCE);
    cr_assert_eq(timer_next_cycle(r->c), 16000);
    r->c->acc = 0;
    TSET(r, CNTV_CVAL_EL0, 2000);
    TSET(r, CNTV_CTL_EL0, ENABLE);
    TSET(r, CNTV_CTL_EL0, 0);
    TSET(r, CNTVOFF_EL2, 10);
    cr_assert_eq(r->c->acc, 0, "a later timer");
    TSET(r, CNTV_CVAL_EL0, 500);
    cr_assert_eq(r->c->acc, 0, "a disabled timer");
    TSET(r, CNTV_CTL_EL0, ENABLE);
    cr_assert(r->c->acc & ACC_FORCE, "an earlier one");
    cr_assert_eq(timer_next_cycle(r->c), 16 * 510);
    rig_free(r);
}

Test(timer, without_el2_there_is_no_offset)
{
    struct rig *r = usual();

    r->m.has_el2 = false;
    r->c->el = 1;
    r->c->sr[SR_CNTVOFF_EL2] = 100;
    at_cycle(r, 16000);
    cr_assert_eq(TGET(r, CNTVCT_EL0), 1000);
    rig_free(r);
}

Test(timer, reset)
{
    struct rig *r = usual();

    TSET(r, CNTP_CTL_EL0, ENABLE);
    cr_assert_eq(ppi_level(r), BIT(30));
    timer_reset(r->c);
    cr_assert_eq(ppi_level(r), 0);
    cr_assert_eq(TGET(r, CNTP_CTL_EL0), 0);
    cr_assert_eq(timer_next_cycle(r->c), UINT64_MAX);
    rig_free(r);
}
