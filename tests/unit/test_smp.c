/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_smp.c
 * Turns of PEs and events by modelled time: at which cycle things happen, with one cycle an instruction.
 * What software sees of several PEs is in tests/asm/smp.c.
 */
#include "board/board.h"
#include "core/run.h"
#include "fixture.h"
#include "gic/gic.h"

#define CODE FIXTURE_RAM
#define CODE1 (FIXTURE_RAM + 0x1000)

enum {
    NOP = 0xd503201f,
    B_SELF = 0x14000000,
    WFI = 0xd503207f,
    WFE = 0xd503205f,
    SEV = 0xd503209f,
    ADD_X0_1 = 0x91000400,
    LDR_X0_X1 = 0xf9400020,
    LDXR_X0_X1 = 0xc85f7c20,
    STR_X1_X1 = 0xf9000021,
    SUBS_X2_1 = 0xf1000442,
    B_NE_BACK_1 = 0x54ffffe1,
    CBNZ_X0_2 = 0xb5000040,
    CBZ_X0_BACK_4 = 0xb4ffff80,
    MRS_X2_CNTPCT = 0xd53be022,
};

/* PE 0 runs `code`, PE 1 `code1`; further ones are off. */
static avs_machine *machine(unsigned pes, const uint32_t *code, size_t count, const uint32_t *code1,
                            size_t count1)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;

    o.pe_count = pes;
    o.timing = "none";
    o.quantum = 100;
    o.max_cycles = 100000;
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK, "%s", avs_last_error(NULL));
    fixture_code(m, CODE, code, count);
    m->pe[0].pc = CODE;
    if (pes > 1) {
        fixture_code(m, CODE1, code1, count1);
        m->pe[1].pc = CODE1;
        m->pe[1].halted = false;
    }
    m->loaded = true;
    return m;
}
#define MACHINE(pes, code, code1) machine(pes, code, sizeof(code) / 4, code1, sizeof(code1) / 4)

/* An event that notes when it fires, and does something. */
struct probe {
    struct event event;
    avs_machine *m;
    unsigned count;
    uint64_t at[64], insns[64], period;
    unsigned number;
    void (*act)(struct probe *p);
};

static void fire(void *user)
{
    struct probe *p = user;
    const struct pe *c = p->m->pe;

    if (p->count < 64) {
        p->at[p->count] = machine_cycle(p->m);
        p->insns[p->count] = pe_insns(&c[0]);
    }
    p->count++;
    if (p->period)
        event_arm(p->m, &p->event, machine_cycle(p->m) + p->period);
    if (p->act)
        p->act(p);
}

static void probe(struct probe *p, avs_machine *m, uint64_t cycle)
{
    p->m = m;
    event_init(m, &p->event, fire, p);
    event_arm(m, &p->event, cycle);
}

static const uint32_t spin[] = { NOP, NOP, NOP, NOP, NOP, 0x17fffffb };

Test(smp, events_fire_at_their_cycle)
{
    avs_machine *m = MACHINE(1, spin, spin);
    struct probe p[3] = { { .period = 0 }, { .period = 777 }, { .period = 0 } };

    m->max_cycles = 10000;
    probe(&p[0], m, 1234);
    probe(&p[1], m, 5);
    probe(&p[2], m, 4000);
    event_cancel(m, &p[2].event);
    avs_run(m);
    cr_expect_eq(p[0].count, 1);
    cr_expect_eq(p[0].at[0], 1234);
    cr_expect_eq(p[0].insns[0], 1234, "%lu instructions were executed", p[0].insns[0]);
    cr_expect_eq(p[1].count, 13);
    for (unsigned i = 0; i < 13; i++)
        cr_expect_eq(p[1].insns[i], 5 + 777 * i);
    cr_expect_eq(p[2].count, 0, "it was cancelled");
    avs_machine_free(m);
}

static void make_note(struct probe *p)
{
    p->m->pe[0].x[5] = p->m->pe[0].x[5] * 10 + p->number;
}

Test(smp, events_of_one_cycle_fire_in_the_order_of_making)
{
    avs_machine *m = MACHINE(1, spin, spin);
    struct probe p[3] = { { .act = make_note }, { .act = make_note }, { .act = make_note } };

    for (unsigned i = 0; i < 3; i++) {
        probe(&p[i], m, 500);
        p[i].number = i + 1;
    }
    event_arm(m, &p[0].event, 500);
    m->max_cycles = 600;
    avs_run(m);
    cr_expect_eq(m->pe[0].x[5], 123);
    avs_machine_free(m);
}

static void raise_spi(struct probe *p)
{
    gic_set_spi(p->m->gic, 40, true);
}

/* The GIC as a driver without affinity routing to others sets it up: SPI 40 to PE 0. */
static void enable_spi(avs_machine *m)
{
    uint64_t val = 0;

    gicd_mmio.write(m->gic, &m->pe[0], 0, 4, 2);
    gicr_mmio.write(m->gic, &m->pe[0], 0x14, 4, 0);
    gicd_mmio.write(m->gic, &m->pe[0], 0x84, 4, 0x100);
    gicd_mmio.write(m->gic, &m->pe[0], 0x104, 4, 0x100);
    gicd_mmio.read(m->gic, &m->pe[0], 0x104, 4, &val);
    cr_assert_eq(val, 0x100);
    gic_sysreg_write(&m->pe[0], SR_ICC_PMR_EL1, 0xff);
    gic_sysreg_write(&m->pe[0], SR_ICC_IGRPEN1_EL1, 1);
}

Test(smp, an_event_wakes_a_pe_at_its_cycle)
{
    static const uint32_t code[] = { NOP, WFI, ADD_X0_1, B_SELF };
    avs_machine *m = MACHINE(1, code, spin);
    struct probe p = { .act = raise_spi };

    enable_spi(m);
    probe(&p, m, 5000);
    m->max_cycles = 5001;
    avs_run(m);
    cr_expect_eq(m->pe[0].x[0], 1, "one instruction after waking");
    cr_expect_eq(pe_insns(&m->pe[0]), 3);
    cr_expect_eq(pe_cycles(&m->pe[0]), 5001);
    avs_machine_free(m);
}

Test(smp, sev_wakes_at_its_cycle)
{
    static const uint32_t code[] = { SUBS_X2_1, B_NE_BACK_1, SEV, B_SELF }; /* Longer than a turn. */
    static const uint32_t code1[] = { WFE, MRS_X2_CNTPCT, ADD_X0_1, WFI };
    avs_machine *m = MACHINE(2, code, code1);

    m->pe[0].x[2] = 200;
    m->max_cycles = 3000;
    avs_run(m);
    cr_expect_eq(m->pe[1].x[0], 1);
    cr_expect_eq(m->pe[1].event, false, "the event was taken");
    cr_expect_eq(pe_insns(&m->pe[1]), 4);
    avs_machine_free(m);

    /* It slept until cycle 400, and then executed two instructions. */
    m = MACHINE(2, code, code1);
    m->pe[0].x[2] = 200;
    m->max_cycles = 402;
    avs_run(m);
    cr_expect_eq(m->pe[1].x[0], 1);
    cr_expect_eq(pe_insns(&m->pe[1]), 3, "%lu instructions, %lu cycles", pe_insns(&m->pe[1]),
                 pe_cycles(&m->pe[1]));
    avs_machine_free(m);
}

/* Software waits in WFE with a marked location: only a store that changes it is an event. */
Test(smp, a_store_to_a_marked_location_wakes)
{
    /* Longer than a turn, so that the location is marked first. */
    static const uint32_t code[] = { SUBS_X2_1, B_NE_BACK_1, STR_X1_X1, B_SELF };
    static const uint32_t code1[] = { LDXR_X0_X1, WFE, ADD_X0_1, WFI };

    for (unsigned same = 0; same < 2; same++) {
        avs_machine *m = MACHINE(2, code, code1);

        m->pe[0].x[2] = 200;
        m->pe[1].x[1] = CODE + 0x2000;
        m->pe[0].x[1] = same ? CODE + 0x2000 : CODE + 0x2040;
        avs_run(m);
        cr_expect_eq(m->pe[1].x[0], same, "a store to %s location", same ? "the" : "another");
        avs_machine_free(m);
    }
}

/* Whichever instruction of the waiting loop a turn ends at. */
Test(smp, no_store_is_missed_between_marking_and_waiting)
{
    static const uint32_t code[] = { SUBS_X2_1, B_NE_BACK_1, STR_X1_X1, B_SELF };
    static const uint32_t code1[] = { SUBS_X2_1, B_NE_BACK_1,   LDXR_X0_X1, CBNZ_X0_2, WFE,
                                      LDR_X0_X1, CBZ_X0_BACK_4, ADD_X0_1,   WFI };

    for (unsigned delay = 1; delay < 200; delay++) {
        avs_machine *m = MACHINE(2, code, code1);

        m->max_cycles = 2000;
        m->pe[0].x[2] = 200;
        m->pe[1].x[2] = delay;
        m->pe[0].x[1] = m->pe[1].x[1] = CODE + 0x2000;
        avs_run(m);
        cr_expect_eq(m->pe[1].x[0], CODE + 0x2001, "marked at cycle %u: %#lx", 2 * delay, m->pe[1].x[0]);
        avs_machine_free(m);
    }
}

Test(smp, clocks_stay_within_a_quantum)
{
    uint64_t most = 0;

    for (unsigned limit = 300; limit < 3000; limit += 13) {
        avs_machine *m = MACHINE(2, spin, spin);
        int64_t apart;

        m->max_insns = limit;
        avs_run(m);
        apart = llabs((int64_t)(pe_cycles(&m->pe[0]) - pe_cycles(&m->pe[1])));
        most = (uint64_t)apart > most ? (uint64_t)apart : most;
        avs_machine_free(m);
    }
    cr_expect_leq(most, 100, "%lu cycles apart", most);
    cr_expect_geq(most, 80, "the PEs do take turns: %lu", most);
}

Test(smp, the_limit_of_instructions_is_of_all_pes)
{
    avs_machine *m = MACHINE(2, spin, spin);
    avs_result r;

    m->max_insns = 12345;
    r = avs_run(m);
    cr_expect_eq(r.end, AVS_END_LIMIT);
    cr_expect_eq(r.insns, 12345);
    cr_expect_eq(pe_insns(&m->pe[0]) + pe_insns(&m->pe[1]), 12345);
    cr_expect_gt(pe_insns(&m->pe[1]), 6000);
    avs_machine_free(m);
}

static void stop(struct probe *p)
{
    avs_stop(p->m);
}

/* Stopping for a moment, wherever that is in a turn, changes nothing. */
Test(smp, a_stopped_run_goes_on_unchanged)
{
    static const uint32_t code[] = { LDR_X0_X1, ADD_X0_1, 0xf9000020, 0x17fffffd }; /* (*x1)++ for ever. */
    uint64_t sum[2][3];

    for (unsigned stops = 0; stops < 2; stops++) {
        avs_machine *m = MACHINE(2, code, code);
        struct probe p = { .period = 41, .act = stops ? stop : NULL };
        avs_result r;

        m->pe[0].x[1] = m->pe[1].x[1] = CODE + 0x2000;
        m->max_cycles = 9999;
        probe(&p, m, 41);
        do
            r = avs_run(m);
        while (r.end == AVS_END_STOPPED);
        cr_expect_eq(r.end, AVS_END_LIMIT);
        cr_assert(avs_read_mem(m, CODE + 0x2000, &sum[stops][0], 8));
        sum[stops][1] = pe_insns(&m->pe[0]);
        sum[stops][2] = pe_insns(&m->pe[1]);
        avs_machine_free(m);
    }
    for (unsigned i = 0; i < 3; i++)
        cr_expect_eq(sum[0][i], sum[1][i], "%u: %lu, with stops %lu", i, sum[0][i], sum[1][i]);
}

Test(smp, cpu_on_begins_at_the_callers_time)
{
    static const uint32_t code[] = { NOP, NOP, NOP, NOP, 0xd4000003 /* smc #0 */, B_SELF };
    static const uint32_t code1[] = { ADD_X0_1, WFI };
    avs_machine *m = MACHINE(2, code, code1);
    struct pe *c = &m->pe[0], *to = &m->pe[1];

    to->halted = true;
    to->sr[SR_HCR_EL2] = BIT(0);
    to->x[7] = 7;
    c->x[0] = 0xc4000003;
    c->x[1] = 1;
    c->x[2] = CODE1;
    c->x[3] = 0x123;
    m->max_cycles = 6;
    avs_run(m);
    cr_expect_eq(c->x[0], 0);
    cr_expect_eq(to->x[0], 0x124, "%#lx", to->x[0]);
    cr_expect_eq(to->x[7], 0);
    cr_expect_eq(to->sr[SR_HCR_EL2], c->sr[SR_HCR_EL2], "it was reset: %#lx", to->sr[SR_HCR_EL2]);
    cr_expect_eq(pe_cycles(to), 6, "on at cycle 5, one instruction: %lu", pe_cycles(to));
    cr_expect_eq(pe_insns(to), 1);
    avs_machine_free(m);
}

Test(smp, too_many_pes_are_refused)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;

    o.pe_count = 9;
    cr_expect_eq(avs_machine_new(&o, &m), AVS_ERR_ARG);
    cr_expect(strstr(avs_last_error(NULL), "9 PEs"), "%s", avs_last_error(NULL));
}
