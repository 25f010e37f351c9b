/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_event_stream.c
 * Event streams of the Generic Timer (DDI 0487, D12.2.3): the cycle at which they wake WFE, what they leave
 * in the Event Register of a PE that executes, and several PEs. One cycle an instruction, 16 cycles a
 * count.
 */
#include "arch/timer.h"
#include "board/board.h"
#include "core/run.h"
#include "fixture.h"
#include "gic/gic.h"

#define CODE FIXTURE_RAM
#define CODE1 (FIXTURE_RAM + 0x1000)

enum {
    B_SELF = 0x14000000,
    B_BACK_1 = 0x17ffffff,
    B_BACK_2 = 0x17fffffe,
    WFI = 0xd503207f,
    WFE = 0xd503205f,
    WFET_X1 = 0xd5031001,
    SEV = 0xd503209f,
    ADD_X0_1 = 0x91000400,
    SUBS_X2_1 = 0xf1000442,
    B_NE_BACK_1 = 0x54ffffe1,
    MRS_X3_CNTPCT = 0xd53be023,
    MRS_X4_CNTPCT = 0xd53be024,
    MSR_CNTKCTL_X5 = 0xd518e105,
};
enum { CYCLES = 16 };

#define EVNTEN BIT(2)
#define EVNTDIR BIT(3)
#define EVNTI(n) ((uint64_t)(n) << 4)
#define EVNTIS BIT(17)
#define E2H BIT(34)
#define TGE BIT(27)

static avs_machine *machine(const uint32_t *code, size_t count, const uint32_t *code1, size_t count1)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;

    o.board = "virt,virtualization=on";
    o.cpu = "max";
    o.pe_count = code1 ? 2 : 1;
    o.timing = "none";
    o.quantum = 1000;
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK, "%s", avs_last_error(NULL));
    fixture_code(m, CODE, code, count);
    m->pe[0].pc = CODE;
    if (code1) {
        fixture_code(m, CODE1, code1, count1);
        m->pe[1].pc = CODE1;
        m->pe[1].halted = false;
    }
    m->loaded = true;
    return m;
}
#define MACHINE(code) machine(code, sizeof(code) / 4, NULL, 0)
#define MACHINE2(code, code1) machine(code, sizeof(code) / 4, code1, sizeof(code1) / 4)

static void run_to(avs_machine *m, uint64_t cycle)
{
    m->max_cycles = cycle;
    cr_expect_eq(avs_run(m).end, AVS_END_LIMIT);
}

/* The first transition after the machine's start is at `count`. */
static void expect_first(unsigned reg, uint64_t control, uint64_t cntvoff, uint64_t count)
{
    static const uint32_t code[] = { WFE, ADD_X0_1, B_SELF };

    for (unsigned after = 0; after < 2; after++) {
        avs_machine *m = MACHINE(code);
        struct pe *c = &m->pe[0];

        timer_sysreg_write(c, SR_CNTVOFF_EL2, cntvoff);
        timer_sysreg_write(c, reg, control);
        run_to(m, count * CYCLES + after);
        cr_expect_eq(c->x[0], after,
                     "%s %#lx, CNTVOFF_EL2 %#lx: %lu instructions at count %lu and %u cycles",
                     reg == SR_CNTKCTL_EL1 ? "CNTKCTL_EL1" : "CNTHCTL_EL2", control, cntvoff, pe_insns(c),
                     count, after);
        cr_expect_eq(pe_insns(c), 1 + after);
        avs_machine_free(m);
    }
}

Test(event_stream, wakes_wfe_at_the_cycle_of_the_transition)
{
    static const unsigned regs[] = { SR_CNTKCTL_EL1, SR_CNTHCTL_EL2 };

    for (unsigned i = 0; i < 2; i++)
        for (unsigned n = 0; n < 16; n++) {
            expect_first(regs[i], EVNTEN | EVNTI(n), 0, UINT64_C(1) << n);
            expect_first(regs[i], EVNTEN | EVNTDIR | EVNTI(n), 0, UINT64_C(2) << n);
            expect_first(regs[i], EVNTEN | EVNTIS | EVNTI(n), 0, UINT64_C(1) << (n + 8));
            expect_first(regs[i], EVNTEN | EVNTIS | EVNTDIR | EVNTI(n), 0, UINT64_C(2) << (n + 8));
        }
}

Test(event_stream, the_virtual_counts_bit_decides)
{
    expect_first(SR_CNTKCTL_EL1, EVNTEN | EVNTI(4), 3, 16 + 3);
    expect_first(SR_CNTKCTL_EL1, EVNTEN | EVNTDIR | EVNTI(4), 3, 3);
    expect_first(SR_CNTKCTL_EL1, EVNTEN | EVNTI(4), 20, 4); /* From -20: bit 4 rises at -16. */
    expect_first(SR_CNTKCTL_EL1, EVNTEN | EVNTI(4), 16, 32);
    expect_first(SR_CNTHCTL_EL2, EVNTEN | EVNTI(4), 3, 16);
}

Test(event_stream, wakes_once_a_period)
{
    static const uint32_t code[] = { WFE, ADD_X0_1, B_BACK_2 };

    for (unsigned n = 3; n < 12; n++) {
        avs_machine *m = MACHINE(code);

        timer_sysreg_write(&m->pe[0], SR_CNTKCTL_EL1, EVNTEN | EVNTI(n));
        run_to(m, (UINT64_C(2) << n) * CYCLES * 10);
        cr_expect_eq(m->pe[0].x[0], 10, "EVNTI %u: %lu times", n, m->pe[0].x[0]);
        avs_machine_free(m);
    }
}

Test(event_stream, two_streams)
{
    static const uint32_t code[] = { WFE, ADD_X0_1, B_BACK_2 };
    avs_machine *m = MACHINE(code);

    /* At 16, 48, 80, 112, and at 128, 384. */
    timer_sysreg_write(&m->pe[0], SR_CNTKCTL_EL1, EVNTEN | EVNTI(4));
    timer_sysreg_write(&m->pe[0], SR_CNTHCTL_EL2, EVNTEN | EVNTI(7));
    run_to(m, 128 * CYCLES + 2);
    cr_expect_eq(m->pe[0].x[0], 5);
    avs_machine_free(m);
}

/* A PE that executes is not stopped; its next WFE finds the event. Two that passed are one in the register.
 */
Test(event_stream, an_event_that_passed_is_in_the_event_register)
{
    static const uint32_t code[] = {
        SUBS_X2_1, B_NE_BACK_1, WFE, MRS_X3_CNTPCT, WFE, MRS_X4_CNTPCT, B_SELF
    };
    static const struct {
        uint64_t busy, first, second; /* Counts. There are events at 64, 192, 320, 448. */
    } rows[] = { { 60, 64, 192 }, { 70, 70, 192 }, { 200, 200, 320 }, { 321, 321, 448 } };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        avs_machine *m = MACHINE(code);
        struct pe *c = &m->pe[0];

        c->x[2] = rows[i].busy * CYCLES / 2;
        timer_sysreg_write(c, SR_CNTKCTL_EL1, EVNTEN | EVNTI(6));
        cr_assert_eq(timer_next_cycle(c), UINT64_MAX, "nothing to stop for");
        run_to(m, 64 * 8 * CYCLES);
        cr_expect_eq(c->x[3], rows[i].first, "busy until %lu: %lu", rows[i].busy, c->x[3]);
        cr_expect_eq(c->x[4], rows[i].second, "busy until %lu: %lu", rows[i].busy, c->x[4]);
        avs_machine_free(m);
    }
}

Test(event_stream, is_nothing_to_wfi)
{
    static const uint32_t code[] = { WFI, WFE, ADD_X0_1, B_SELF };
    avs_machine *m = MACHINE(code);

    timer_sysreg_write(&m->pe[0], SR_CNTKCTL_EL1, EVNTEN | EVNTI(3));
    cr_expect_eq(avs_run(m).end, AVS_END_IDLE);
    cr_expect_eq(pe_insns(&m->pe[0]), 1);
    avs_machine_free(m);
}

Test(event_stream, what_passed_in_wfi_ends_the_next_wfe)
{
    static const uint32_t code[] = { 0xd5031021 /* WFIT X1 */, WFE, MRS_X3_CNTPCT, B_SELF };
    avs_machine *m = MACHINE(code);

    timer_sysreg_write(&m->pe[0], SR_CNTKCTL_EL1, EVNTEN | EVNTI(3));
    m->pe[0].x[1] = 10;
    run_to(m, 1000);
    cr_expect_eq(m->pe[0].x[3], 10, "%lu", m->pe[0].x[3]);
    avs_machine_free(m);
}

Test(event_stream, wfet_ends_by_the_first_of_both)
{
    static const uint32_t code[] = { WFET_X1, MRS_X3_CNTPCT, WFET_X1, MRS_X4_CNTPCT, B_SELF };
    avs_machine *m = MACHINE(code);

    timer_sysreg_write(&m->pe[0], SR_CNTKCTL_EL1, EVNTEN | EVNTI(5)); /* At 32 and 96. */
    m->pe[0].x[1] = 50;
    run_to(m, 200 * CYCLES);
    cr_expect_eq(m->pe[0].x[3], 32, "%lu", m->pe[0].x[3]);
    cr_expect_eq(m->pe[0].x[4], 50, "%lu", m->pe[0].x[4]);
    avs_machine_free(m);
}

/* What a stream did before its controls changed stays; what it would have done does not come. */
Test(event_stream, a_change_of_the_controls)
{
    static const uint32_t code[] = { SUBS_X2_1,     B_NE_BACK_1, MSR_CNTKCTL_X5, WFE,
                                     MRS_X3_CNTPCT, WFE,         MRS_X4_CNTPCT,  B_SELF };
    avs_machine *m = MACHINE(code);
    struct pe *c = &m->pe[0];

    c->el = 1;
    c->spsel = 1;
    c->x[2] = 100 * CYCLES / 2;
    c->x[5] = 0;
    timer_sysreg_write(c, SR_CNTKCTL_EL1, EVNTEN | EVNTI(6));
    cr_expect_eq(avs_run(m).end, AVS_END_IDLE, "no stream any more");
    cr_expect_eq(c->x[3], 100, "its event at 64 is there: %lu", c->x[3]);
    avs_machine_free(m);

    m = MACHINE(code); /* No event before the change, and none from before the stream was there. */
    c = &m->pe[0];
    c->el = 1;
    c->spsel = 1;
    c->x[2] = 100 * CYCLES / 2;
    c->x[5] = EVNTEN | EVNTI(5);
    run_to(m, 200 * CYCLES);
    cr_expect_eq(c->x[3], 160, "%lu", c->x[3]);
    avs_machine_free(m);
}

/* CNTKCTL_EL1 makes no events while HCR_EL2.{E2H,TGE} is {1,1}. */
Test(event_stream, a_host_has_none_of_the_virtual_count)
{
    static const uint32_t code[] = { WFE, MRS_X3_CNTPCT, B_SELF };
    static const struct {
        uint64_t hcr;
        bool none;
    } rows[] = { { 0, false }, { E2H, false }, { TGE, false }, { E2H | TGE, true } };

    for (unsigned i = 0; i < 4; i++) {
        avs_machine *m = MACHINE(code);
        struct pe *c = &m->pe[0];

        timer_sysreg_write(c, SR_CNTKCTL_EL1, EVNTEN | EVNTI(6));
        c->sr[SR_HCR_EL2] = rows[i].hcr;
        timer_controls_changed(c);
        cr_expect_eq(timer_next_event_cycle(c), rows[i].none ? UINT64_MAX : 64 * CYCLES);
        timer_sysreg_write(c, SR_CNTHCTL_EL2, EVNTEN | EVNTI(8));
        run_to(m, 1000 * CYCLES);
        cr_expect_eq(c->x[3], rows[i].none ? 256 : 64, "HCR_EL2 %#lx: %lu", rows[i].hcr, c->x[3]);
        avs_machine_free(m);
    }
}

/* HCR_EL2.TWE traps a WFE that would wait. */
Test(event_stream, an_event_that_passed_is_no_reason_to_trap)
{
    static const uint32_t code[] = { SUBS_X2_1, B_NE_BACK_1, WFE, ADD_X0_1, B_SELF };

    for (unsigned on = 0; on < 2; on++) {
        avs_machine *m = MACHINE(code);
        struct pe *c = &m->pe[0];

        c->el = 1;
        c->spsel = 1;
        c->sr[SR_HCR_EL2] = BIT(31) | BIT(14);
        c->x[2] = 1000;
        timer_sysreg_write(c, SR_CNTKCTL_EL1, on ? EVNTEN | EVNTI(3) : 0);
        m->max_cycles = 3000;
        avs_run(m);
        cr_expect_eq(c->x[0], on);
        cr_expect_eq(c->el, on ? 1 : 2);
        avs_machine_free(m);
    }
}

/* Delays of software: each PE has a stream of its own, and wakes at its own cycles. */
Test(event_stream, of_several_pes)
{
    static const uint32_t code[] = { WFE, ADD_X0_1, B_BACK_2 };
    static const uint32_t code1[] = { ADD_X0_1, B_BACK_1 };

    for (unsigned executes = 0; executes < 2; executes++) {
        avs_machine *m = executes ? MACHINE2(code, code1) : MACHINE2(code, code);

        timer_sysreg_write(&m->pe[0], SR_CNTKCTL_EL1, EVNTEN | EVNTI(5));
        if (!executes)
            timer_sysreg_write(&m->pe[1], SR_CNTKCTL_EL1, EVNTEN | EVNTI(3));
        run_to(m, 64 * 100 * CYCLES);
        cr_expect_eq(m->pe[0].x[0], 100, "%lu", m->pe[0].x[0]);
        cr_expect_eq(m->pe[1].x[0], executes ? 64 * 100 * CYCLES / 2 : 400, "%lu", m->pe[1].x[0]);
        avs_machine_free(m);
    }
}

enum wait { BY_STREAM, BY_TIMEOUT, BY_TIMER, WAIT_COUNT };

static void enable_timer(avs_machine *m, uint64_t cval)
{
    struct pe *c = &m->pe[0];

    gicd_mmio.write(m->gic, c, 0, 4, 2);
    gicr_mmio.write(m->gic, c, 0x14, 4, 0);
    gicr_mmio.write(m->gic, c, 0x10080, 4, BIT(30));
    gicr_mmio.write(m->gic, c, 0x10100, 4, BIT(30));
    gic_sysreg_write(c, SR_ICC_PMR_EL1, 0xff);
    gic_sysreg_write(c, SR_ICC_IGRPEN1_EL1, 1);
    timer_sysreg_write(c, SR_CNTP_CVAL_EL0, cval);
    timer_sysreg_write(c, SR_CNTP_CTL_EL0, 1);
}

/* However long its turn could be, PE 1 does not get to its event before PE 0 went on by itself. */
Test(event_stream, another_pes_later_event_comes_later)
{
    static const uint32_t waits[WAIT_COUNT] = { WFE, WFET_X1, WFI };
    static const uint32_t code1[] = { SUBS_X2_1, B_NE_BACK_1, SEV, B_SELF };

    for (unsigned how = 0; how < WAIT_COUNT; how++) {
        const uint32_t code[] = { waits[how], MRS_X3_CNTPCT, WFE, MRS_X4_CNTPCT, B_SELF };
        avs_machine *m = MACHINE2(code, code1);
        struct pe *c = &m->pe[0];

        if (how == BY_STREAM)
            timer_sysreg_write(c, SR_CNTKCTL_EL1, EVNTEN | EVNTI(6));
        if (how == BY_TIMER)
            enable_timer(m, 64);
        c->x[1] = 64;
        m->pe[1].x[2] = (64 * CYCLES + 600) / 2;
        run_to(m, 120 * CYCLES);
        cr_expect_eq(c->x[3], 64, "%u: woke at %lu", how, c->x[3]);
        cr_expect_eq(c->x[4], 101, "%u: the event of PE 1 came at %lu", how, c->x[4]);
        avs_machine_free(m);
    }
}

Test(event_stream, none_after_reset)
{
    static const uint32_t code[] = { WFE, B_SELF };
    avs_machine *m = MACHINE(code);

    timer_sysreg_write(&m->pe[0], SR_CNTKCTL_EL1, EVNTEN);
    cr_assert_neq(timer_next_event_cycle(&m->pe[0]), UINT64_MAX);
    machine_reset_pe(&m->pe[0]);
    cr_assert_eq(timer_next_event_cycle(&m->pe[0]), UINT64_MAX);
    avs_machine_free(m);
}
