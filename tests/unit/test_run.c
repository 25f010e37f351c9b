/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_run.c
 * The run loop: limits at the exact instruction, interrupts at the exact cycle, exact counts wherever
 * something looks, waiting, crashes, self-modifying code, and two machines in one process.
 */
#include "a64/insn.h"
#include "arch/exception.h"
#include "arch/timer.h"
#include "core/run.h"
#include "fixture.h"
#include "gic/gic.h"

#define CODE FIXTURE_RAM

/* Encodings used below. */
enum {
    NOP = 0xd503201f,
    B_SELF = 0x14000000,
    WFE = 0xd503205f,
    WFI = 0xd503207f,
    SEV = 0xd503209f,
    SEVL = 0xd50320bf,
    WFET_X1 = 0xd5031001,
    WFIT_X1 = 0xd5031021,
    MRS_X2_CNTVCT = 0xd53be042,
    ERET = 0xd69f03e0,
    ADD_X0_1 = 0x91000400,      /* add x0, x0, #1 */
    B_BACK_1 = 0x17ffffff,      /* b .-4 */
    MRS_X1_CNTPCT = 0xd53be021, /* mrs x1, cntpct_el0 */
    HVC_0 = 0xd4000002,
    SMC_0 = 0xd4000003,
};

static avs_machine *machine(const uint32_t *code, size_t count, uint64_t max_insns, const char *dispatch)
{
    avs_options o = AVS_OPTIONS_INIT;
    avs_machine *m;

    o.max_insns = max_insns;
    o.dispatch = dispatch;
    o.timing = "none";
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK, "%s", avs_last_error(NULL));
    fixture_code(m, CODE, code, count);
    m->loaded = true;
    m->pe[0].pc = CODE;
    return m;
}

Test(run, stops_at_the_exact_instruction_inside_a_block)
{
    static const uint32_t code[] = { ADD_X0_1, ADD_X0_1, ADD_X0_1, ADD_X0_1, ADD_X0_1, 0x17fffffb };

    for (uint64_t limit = 1; limit < 40; limit++) {
        avs_machine *m = machine(code, 6, limit, NULL);
        avs_result r = avs_run(m);

        cr_expect_eq(r.end, AVS_END_LIMIT);
        cr_expect_eq(r.insns, limit);
        cr_expect_eq(m->pe[0].x[0], limit - limit / 6, "limit %lu: x0 is %lu", limit, m->pe[0].x[0]);
        cr_expect_eq(m->pe[0].pc, CODE + 4 * (limit % 6));
        avs_machine_free(m);
    }
}

Test(run, steps_one_instruction)
{
    static const uint32_t code[] = { ADD_X0_1, B_BACK_1, NOP };
    avs_machine *m = machine(code, 3, 0, NULL);
    struct pe *c = &m->pe[0];

    for (uint64_t i = 1; i <= 10; i++) {
        pe_step(c);
        cr_expect_eq(pe_insns(c), i);
        cr_expect_eq(c->pc, CODE + 4 * (i % 2));
    }
    cr_expect_eq(c->x[0], 5);
    avs_machine_free(m);
}

/* cntpct in a block, with one cycle an instruction: the count of the instructions before it. */
Test(run, counters_are_exact_in_the_middle_of_a_block)
{
    static const uint32_t code[] = { NOP, NOP, NOP, MRS_X1_CNTPCT, NOP, NOP, B_SELF };
    avs_machine *m = machine(code, 7, 100, NULL);
    struct pe *c = &m->pe[0];

    m->max_insns = 40;
    /* 62.5 MHz over 1 GHz is 1/16: start just below a tick, so that the third NOP makes it. */
    pe_skip_cycles(c, 13);
    avs_run(m);
    cr_expect_eq(c->x[1], 1, "count %lu: not that of cycle 16", c->x[1]);
    avs_machine_free(m);
}

static void arm_hyp_timer(struct pe *c, uint64_t count)
{
    c->sr[SR_HCR_EL2] = BIT(4); /* IMO */
    c->sr[SR_VBAR_EL2] = CODE + 0x1000;
    c->daif = 0;
    timer_sysreg_write(c, SR_CNTHP_CVAL_EL2, count);
    timer_sysreg_write(c, SR_CNTHP_CTL_EL2, 1);
    c->next_timer = 0;
}

static void enable_ppi(avs_machine *m, unsigned intid)
{
    uint64_t all = UINT64_C(1) << intid;

    m->pe[0].sr[SR_SCR_EL3] = 0;
    cr_assert(gicd_mmio.write(m->gic, NULL, 0x000, 4, 0x12));      /* GICD_CTLR: ARE, group 1 */
    cr_assert(gicr_mmio.write(m->gic, NULL, 0x014, 4, 0));         /* GICR_WAKER */
    cr_assert(gicr_mmio.write(m->gic, NULL, 0x10080, 4, all));     /* IGROUPR0 */
    cr_assert(gicr_mmio.write(m->gic, NULL, 0x10100, 4, all));     /* ISENABLER0 */
    gic_sysreg_write(&m->pe[0], SR_ICC_PMR_EL1, 0xff);
    gic_sysreg_write(&m->pe[0], SR_ICC_IGRPEN1_EL1, 1);
}

Test(run, a_timer_interrupts_at_its_exact_cycle)
{
    static const uint32_t loop[] = { ADD_X0_1, ADD_X0_1, ADD_X0_1, ADD_X0_1, 0x17fffffc };
    static const uint32_t vector[] = { B_SELF };

    for (uint64_t count = 1; count < 30; count++) {
        avs_machine *m = machine(loop, 5, 16 * count + 10, NULL);
        struct pe *c = &m->pe[0];

        fixture_code(m, CODE + 0x1280, vector, 1);
        enable_ppi(m, TIMER_PPI_HYP);
        arm_hyp_timer(c, count);
        avs_run(m);
        cr_expect_eq(c->pc, CODE + 0x1280, "count %lu: not interrupted", count);
        cr_expect_eq(c->sr[SR_ELR_EL2], CODE + 4 * (16 * count % 5), "count %lu: at %#lx", count,
                     c->sr[SR_ELR_EL2]);
        avs_machine_free(m);
    }
}

Test(run, waiting_is_skipped_in_modelled_time)
{
    static const uint32_t code[] = { WFI, B_SELF };
    static const uint32_t vector[] = { B_SELF };
    avs_machine *m = machine(code, 2, 1000, NULL);
    struct pe *c = &m->pe[0];

    fixture_code(m, CODE + 0x1280, vector, 1);
    enable_ppi(m, TIMER_PPI_HYP);
    arm_hyp_timer(c, 62500000); /* One second. */
    avs_run(m);
    cr_expect_eq(c->sr[SR_ELR_EL2], CODE + 4);
    cr_expect_geq(pe_cycles(c), 1000000000);
    cr_expect_lt(pe_cycles(c), 1000001100);
    cr_expect_eq(pe_insns(c), 1000);
    avs_machine_free(m);
}

Test(run, waiting_for_nothing_ends_the_run)
{
    static const uint32_t code[] = { WFI, B_SELF };
    avs_machine *m = machine(code, 2, 1000, NULL);

    cr_expect_eq(avs_run(m).end, AVS_END_IDLE);
    avs_machine_free(m);
}

/* FEAT_WFxT: `code` with a timeout of `count` in x1. The counter is 16 cycles. */
static avs_machine *machine_wfxt(const uint32_t *code, size_t count, uint64_t timeout)
{
    avs_machine *m = machine(code, count, 3, NULL);

    m->pe[0].sr[SR_ID_AA64ISAR2_EL1] = 2;
    m->pe[0].x[1] = timeout;
    return m;
}

Test(run, a_timeout_ends_waiting)
{
    static const uint32_t code[2][3] = { { WFIT_X1, MRS_X2_CNTVCT, B_SELF }, { WFET_X1, MRS_X2_CNTVCT, B_SELF } };

    for (unsigned wfe = 0; wfe < 2; wfe++) {
        avs_machine *m = machine_wfxt(code[wfe], 3, 1000);

        cr_expect_eq(avs_run(m).end, AVS_END_LIMIT);
        cr_expect_eq(m->pe[0].x[2], 1000);
        cr_expect_eq(pe_cycles(&m->pe[0]), 16002, "%lu cycles", pe_cycles(&m->pe[0]));
        avs_machine_free(m);
        m = machine_wfxt(code[wfe], 3, 0); /* Over already. */
        avs_run(m);
        cr_expect_eq(pe_cycles(&m->pe[0]), 3);
        avs_machine_free(m);
        m = machine_wfxt(code[wfe], 3, UINT64_MAX);
        cr_expect_eq(avs_run(m).end, AVS_END_IDLE);
        avs_machine_free(m);
    }
}

Test(run, an_event_ends_wfet)
{
    static const uint32_t code[] = { WFET_X1, B_SELF };
    avs_machine *m = machine_wfxt(code, 2, 1000);

    m->pe[0].event = true;
    avs_run(m);
    cr_expect_not(m->pe[0].event);
    cr_expect_eq(pe_cycles(&m->pe[0]), 3);
    avs_machine_free(m);
}

/* SendEvent and SendEventLocal set the event register; the WFE that finds it set clears it, so the next
 * waits. */
Test(run, an_event_is_for_one_wfe)
{
    static const uint32_t events[] = { SEV, SEVL };

    for (unsigned i = 0; i < 2; i++) {
        const uint32_t code[] = { events[i], events[i], WFE, ADD_X0_1, WFE, ADD_X0_1, B_SELF };
        avs_machine *m = machine(code, 7, 100, NULL);

        cr_expect_eq(avs_run(m).end, AVS_END_IDLE, "0x%08x", events[i]);
        cr_expect_eq(m->pe[0].x[0], 1, "0x%08x: %lu WFEs went on", events[i], m->pe[0].x[0]);
        avs_machine_free(m);
    }
}

/* Runs one instruction, which may change nothing but the pc. */
static void expect_nop(avs_machine *m, uint32_t insn)
{
    const uint32_t code[] = { insn, B_SELF };
    struct pe *c = &m->pe[0];
    uint64_t insns = pe_insns(c), cycles = pe_cycles(c), pc;
    uint32_t nzcv = pe_nzcv(c);

    fixture_code(m, c->pc = CODE + insn % 0x1000 / 8 * 8 + 0x1000, code, 2);
    for (unsigned i = 0; i < 31; i++)
        c->x[i] = UINT64_C(0xdead00000000) + i;
    pc = c->pc;
    pe_step(c);
    cr_expect_eq(c->pc, pc + 4, "0x%08x: pc 0x%lx", insn, c->pc);
    cr_expect_eq(pe_insns(c), insns + 1, "0x%08x", insn);
    cr_expect_eq(pe_cycles(c), cycles + 1, "0x%08x", insn);
    cr_expect_eq(pe_nzcv(c), nzcv, "0x%08x", insn);
    for (unsigned i = 0; i < 31; i++)
        cr_expect_eq(c->x[i], UINT64_C(0xdead00000000) + i, "0x%08x: x%u is 0x%lx", insn, i, c->x[i]);
}

/* Of nothing that is mapped, and of every operation, allocated or not: the same as NOP (C6.2 PRFM). */
Test(run, prefetches_do_nothing)
{
    static const uint32_t prefetches[] = {
        0xf9800420, /* prfm #0, [x1, #8] */
        0xf89f8020, /* prfum #0, [x1, #-8] */
        0xf8a26820, /* prfm #0, [x1, x2] */
        0xf8a2d820, /* prfm #0, [x1, w2, sxtw #3] */
        0xd8ffffe0, /* prfm #0, .-4 */
        0xd8800000, /* prfm #0, .-0x100000 */
    };
    static const uint32_t self[] = { B_SELF };
    avs_machine *m = machine(self, 1, 0, NULL);

    for (unsigned i = 0; i < sizeof(prefetches) / sizeof(prefetches[0]); i++)
        for (uint32_t operation = 0; operation < 32; operation++)
            expect_nop(m, prefetches[i] | operation);
    avs_machine_free(m);
}

/* HINT: what no other line of the tables is, DGH and CSDB among them, on every core. */
Test(run, hints_without_a_meaning_are_nops)
{
    static const uint32_t self[] = { B_SELF };
    avs_machine *m = machine(self, 1, 0, NULL);
    unsigned count = 0;

    for (uint32_t hint = 0; hint < 128; hint++) {
        if (a64_decode(NOP | hint << 5) != A64_HINT)
            continue;
        expect_nop(m, NOP | hint << 5);
        count++;
    }
    cr_expect_geq(count, 80);
    avs_machine_free(m);
}

/* ISS: TI says which, RN and RV the register. Without the feature it is UNDEFINED. */
Test(run, wfxt_traps)
{
    static const uint32_t code[2][2] = { { WFIT_X1, B_SELF }, { WFET_X1, B_SELF } };
    static const uint32_t vector[] = { B_SELF };

    for (unsigned wfe = 0; wfe < 2; wfe++) {
        for (unsigned there = 0; there < 2; there++) {
            avs_machine *m = machine_wfxt(code[wfe], 2, 1000);
            struct pe *c = &m->pe[0];

            fixture_code(m, CODE + 0x1400, vector, 1);
            fixture_code(m, CODE + 0x2200, vector, 1);
            c->sr[SR_VBAR_EL2] = CODE + 0x1000;
            c->sr[SR_VBAR_EL1] = CODE + 0x2000;
            c->sr[SR_HCR_EL2] = BIT(31) | BIT(14) | BIT(13);
            c->sr[SR_ID_AA64ISAR2_EL1] = there ? 2 : 0;
            pe_set_el(c, 1, 1);
            avs_run(m);
            if (there)
                cr_expect_eq(c->sr[SR_ESR_EL2], 0x07e00026 | wfe, "ESR_EL2 0x%lx", c->sr[SR_ESR_EL2]);
            else
                cr_expect_eq(c->sr[SR_ESR_EL1], 0x02000000, "ESR_EL1 0x%lx", c->sr[SR_ESR_EL1]);
            avs_machine_free(m);
        }
    }
}

Test(run, a_jump_into_nothing_without_vectors_crashes)
{
    static const uint32_t code[] = { 0xd61f0000 }; /* br x0 */
    avs_machine *m = machine(code, 1, 1000, NULL);
    avs_result r;

    m->pe[0].x[0] = 0x12345000;
    r = avs_run(m);
    cr_expect_eq(r.end, AVS_END_CRASH);
    cr_expect(strstr(r.reason, "vector"), "%s", r.reason);
    avs_machine_free(m);
}

Test(run, an_undefined_instruction_in_a_vector_crashes)
{
    static const uint32_t code[] = { 0 };
    avs_machine *m = machine(code, 1, 1000, NULL);

    m->pe[0].sr[SR_VBAR_EL2] = CODE + 0x1000; /* All zero there: UDF. */
    cr_expect_eq(avs_run(m).end, AVS_END_CRASH);
    avs_machine_free(m);
}

Test(run, psci_by_smc_powers_off)
{
    static const uint32_t code[] = { SMC_0, B_SELF };
    avs_machine *m = machine(code, 2, 1000, NULL);
    avs_result r;

    m->pe[0].x[0] = 0x84000008;
    r = avs_run(m);
    cr_expect_eq(r.end, AVS_END_POWER_OFF);
    cr_expect_eq(r.insns, 1);
    avs_machine_free(m);
}

/* The store replaces the add that follows it in the same block by a sub. */
Test(run, stores_into_the_executing_block_take_effect)
{
    static const uint32_t code[] = { 0xb9000041, ADD_X0_1, B_SELF }; /* str w1, [x2] */
    static const char *const dispatch[] = { "loop", NULL };

    for (unsigned i = 0; i < 2; i++) {
        avs_machine *m = machine(code, 3, 10, dispatch[i]);
        struct pe *c = &m->pe[0];

        c->x[1] = 0xd1000400; /* sub x0, x0, #1 */
        c->x[2] = CODE + 4;
        c->x[0] = 100;
        avs_run(m);
        cr_expect_eq(c->x[0], 99, "x0 is %lu", c->x[0]);
        cr_expect_eq(pe_insns(c), 10);
        avs_machine_free(m);
    }
}

/* Again and again: the first such store misses the fast TLB, the others find the page's slot. */
Test(run, every_store_into_code_takes_effect)
{
    static const uint32_t code[] = { 0xb9000041, NOP, 0x4a030021, 0x17fffffd }; /* str; slot; eor w1, w1, w3; b */
    static const char *const dispatch[] = { "loop", NULL };

    for (unsigned i = 0; i < 2; i++) {
        for (uint64_t rounds = 1; rounds < 8; rounds++) {
            avs_machine *m = machine(code, 4, 4 * rounds, dispatch[i]);
            struct pe *c = &m->pe[0];

            c->x[1] = 0xd1000400; /* sub x0, x0, #1 */
            c->x[3] = 0xd1000400 ^ ADD_X0_1;
            c->x[2] = CODE + 4;
            c->x[0] = 100;
            avs_run(m);
            cr_expect_eq(c->x[0], 100 - rounds % 2, "after %lu rounds x0 is %lu", rounds, c->x[0]);
            cr_expect_eq(c->ctr[CTR_code_write], rounds);
            avs_machine_free(m);
        }
    }
}

Test(run, two_machines_do_not_know_each_other)
{
    static const uint32_t one[] = { ADD_X0_1, B_BACK_1 }, two[] = { 0xd1000400, B_BACK_1 };
    avs_machine *a = machine(one, 2, 1000, NULL), *b = machine(two, 2, 1000, NULL);

    a->max_insns = b->max_insns = 0;
    for (uint64_t i = 1; i <= 100; i++) {
        pe_step(&a->pe[0]);
        pe_step(&b->pe[0]);
    }
    cr_expect_eq(a->pe[0].x[0], 50);
    cr_expect_eq(b->pe[0].x[0], (uint64_t)-50);
    avs_machine_free(a);
    avs_machine_free(b);
}

Test(run, a_stopped_run_goes_on_unchanged)
{
    static const uint32_t code[] = { ADD_X0_1, B_BACK_1 };
    avs_machine *m = machine(code, 2, 100000, NULL);

    avs_stop(m);
    cr_expect_eq(avs_run(m).end, AVS_END_STOPPED);
    cr_expect_eq(avs_run(m).end, AVS_END_LIMIT);
    cr_expect_eq(m->pe[0].x[0], 50000);
    avs_machine_free(m);
}

Test(run, without_an_image_there_is_nothing_to_run)
{
    avs_machine *m = fixture_machine(NULL, NULL);

    cr_expect_eq(avs_run(m).end, AVS_END_ERROR);
    cr_expect_str_eq(avs_last_error(m), "no image is loaded");
    avs_machine_free(m);
}
