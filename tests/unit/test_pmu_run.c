/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_pmu_run.c
 * The Performance Monitors under programs: the instruction at which an overflow interrupts, counts by EL
 * and of exceptions, and that all of it repeats with both dispatchers.
 */
#include "gic/gic.h"
#include "pmu_fixture.h"

#define CODE FIXTURE_RAM

/* Programs, with both dispatchers and one cycle an instruction. */

enum {
    NOP = 0xd503201f,
    B_SELF = 0x14000000,
    WFI = 0xd503207f,
    ERET = 0xd69f03e0,
    SVC_0 = 0xd4000001,
    HVC_0 = 0xd4000002,
    ADD_X0_1 = 0x91000400, /* add x0, x0, #1 */
    MRS_X1_ELR_EL1 = 0xd5384021,
};

static const char *const dispatchers[] = { "loop", NULL };

/* At EL2, with PPI 23 enabled at the GIC, IRQs taken to EL2's vectors, which loop. */
static struct sr_rig program(const uint32_t *code, size_t count, uint64_t max_insns, const char *dispatch)
{
    static const uint32_t loop[] = { B_SELF };
    avs_options o = AVS_OPTIONS_INIT;
    struct sr_rig r;

    o.max_insns = max_insns;
    o.dispatch = dispatch;
    o.timing = "none";
    cr_assert_eq(avs_machine_new(&o, &r.m), AVS_OK, "%s", avs_last_error(NULL));
    r.c = &r.m->pe[0];
    fixture_code(r.m, CODE, code, count);
    for (uint64_t vector = 0; vector < 0x800; vector += 0x80)
        fixture_code(r.m, CODE + 0x1000 + vector, loop, 1);
    r.m->loaded = true;
    r.c->pc = CODE;
    r.c->sr[SR_VBAR_EL2] = CODE + 0x1000;
    r.c->daif = 0;
    sr_set(&r, SR_HCR_EL2, BIT(31) | BIT(4));                             /* RW, IMO */
    cr_assert(gicd_mmio.write(r.m->gic, NULL, 0x000, 4, 0x12));           /* GICD_CTLR: ARE, group 1 */
    cr_assert(gicr_mmio.write(r.m->gic, NULL, 0x014, 4, 0));              /* GICR_WAKER */
    cr_assert(gicr_mmio.write(r.m->gic, NULL, 0x10080, 4, BIT(PMU_PPI))); /* IGROUPR0 */
    cr_assert(gicr_mmio.write(r.m->gic, NULL, 0x10100, 4, BIT(PMU_PPI))); /* ISENABLER0 */
    gic_sysreg_write(r.c, SR_ICC_PMR_EL1, 0xff);
    gic_sysreg_write(r.c, SR_ICC_IGRPEN1_EL1, 1);
    return r;
}

static const uint32_t five[] = { ADD_X0_1, ADD_X0_1, ADD_X0_1, ADD_X0_1, 0x17fffffc };

/* A counter that is n events from overflow interrupts after exactly n instructions, which are n cycles. */
static void expect_interrupt_after(struct sr_rig *r, uint64_t n, const char *what)
{
    avs_run(r->m);
    cr_expect_eq(r->c->pc, CODE + 0x1280, "%s, %lu: not interrupted", what, n);
    cr_expect_eq(r->c->sr[SR_ELR_EL2], CODE + 4 * (n % 5), "%s, %lu: at %#lx", what, n,
                 r->c->sr[SR_ELR_EL2]);
    cr_expect_eq(r->c->x[0], n - n / 5, "%s, %lu: x0 is %lu", what, n, r->c->x[0]);
    cr_expect(r->c->pmu.level);
    sr_rig_free(r);
}

Test(pmu_run, interrupts_at_the_exact_instruction)
{
    static const unsigned events[] = { EVENT_INSNS, EVENT_CYCLES };

    for (unsigned d = 0; d < 2; d++)
        for (unsigned e = 0; e < 2; e++)
            for (uint64_t n = 1; n < 30; n++) {
                struct sr_rig r = program(five, 5, n + 10, dispatchers[d]);

                start(&r, 3, events[e] | NSH);
                sr_set(&r, cntr(3), 0x100000000 - n);
                sr_set(&r, SR_PMINTENSET_EL1, BIT(3));
                expect_interrupt_after(&r, n, e ? "cycles" : "instructions");
            }
}

Test(pmu_run, cycle_counter_interrupts_at_the_exact_cycle)
{
    for (uint64_t n = 1; n < 30; n++) {
        struct sr_rig r = program(five, 5, n + 10, NULL);

        sr_set(&r, SR_PMCCFILTR_EL0, NSH);
        sr_set(&r, SR_PMCCNTR_EL0, 0 - n);
        sr_set(&r, SR_PMINTENSET_EL1, CYCLES);
        sr_set(&r, SR_PMCNTENSET_EL0, CYCLES);
        sr_set(&r, SR_PMCR_EL0, PMCR_E);
        expect_interrupt_after(&r, n, "PMCCNTR_EL0");
    }
}

Test(pmu_run, chained_counters_interrupt_at_the_exact_instruction)
{
    for (uint64_t n = 1; n < 30; n++) {
        struct sr_rig r = program(five, 5, n + 10, NULL);

        sr_set(&r, typer(3), EVENT_CHAIN | NSH);
        sr_set(&r, SR_PMCNTENSET_EL0, BIT(3));
        start(&r, 2, EVENT_INSNS | NSH);
        sr_set(&r, cntr(3), 0xffffffff);
        sr_set(&r, cntr(2), 0x100000000 - n);
        sr_set(&r, SR_PMINTENSET_EL1, BIT(3));
        expect_interrupt_after(&r, n, "chain");
    }
}

/* The WFI is the instruction that overflows: nothing else would ever wake the PE. */
Test(pmu_run, overflow_by_wfi_ends_the_wait)
{
    static const uint32_t code[] = { NOP, NOP, WFI, B_SELF };

    for (uint64_t n = 1; n <= 3; n++) {
        struct sr_rig r = program(code, 4, 20, NULL);

        start(&r, 0, EVENT_INSNS | NSH);
        sr_set(&r, cntr(0), 0x100000000 - n);
        sr_set(&r, SR_PMINTENSET_EL1, 1);
        r.c->daif = n == 3 ? 2 : 0; /* Masked or not. */
        cr_expect_eq(avs_run(r.m).end, AVS_END_LIMIT, "%lu: waits for ever", n);
        sr_rig_free(&r);
    }
}

/* Down to EL0 and back through EL1: eret; 3 nop, svc; (EL1) 5 nop, mrs, hvc. */
static void counts_by_el(const char *dispatch, uint64_t *out)
{
    static const uint32_t el2[] = { ERET }, el0[] = { NOP, NOP, NOP, SVC_0 };
    static const uint32_t el1[] = { NOP, NOP, NOP, NOP, NOP, MRS_X1_ELR_EL1, HVC_0 };
    static const struct {
        uint64_t type, want;
    } rows[N] = {
        { BIT(31) | EVENT_INSNS, 4 },                  /* EL0 */
        { BIT(30) | EVENT_INSNS, 7 },                  /* EL1 */
        { BIT(31) | BIT(30) | NSH | EVENT_INSNS, 10 }, /* EL2: the eret, and nine in the vector */
        { NSH | 0x09, 2 },                             /* EXC_TAKEN */
        { BIT(30) | NSH | 0x8a, 1 },                   /* EXC_HVC, not at EL0 */
        { BIT(31) | BIT(30) | NSH | 0x0a, 1 },         /* EXC_RETURN, at EL2 */
    };
    struct sr_rig r = program(el2, 1, 21, dispatch);

    fixture_code(r.m, CODE + 0x2000, el0, 4);
    fixture_code(r.m, CODE + 0x3400, el1, 7);
    r.c->sr[SR_VBAR_EL1] = CODE + 0x3000;
    r.c->sr[SR_ELR_EL2] = CODE + 0x2000;
    r.c->sr[SR_SPSR_EL2] = 0x3c0;
    for (unsigned n = 0; n < N; n++)
        start(&r, n, rows[n].type);
    sr_set(&r, SR_PMCNTENSET_EL0, CYCLES);
    sr_set(&r, SR_PMCCFILTR_EL0, NSH);
    sr_set(&r, SR_PMCR_EL0, PMCR_E | PMCR_P | PMCR_C);
    avs_run(r.m);
    cr_expect_eq(pe_insns(r.c), 21);
    pmu_sync(r.c);
    for (unsigned n = 0; n < N; n++) {
        out[n] = r.c->sr[cntr(n)];
        cr_expect_eq(out[n], rows[n].want, "counter %u: %lu", n, out[n]);
    }
    out[N] = r.c->sr[SR_PMCCNTR_EL0];
    cr_expect_eq(out[N], 21);
    sr_rig_free(&r);
}

Test(pmu_run, counts_by_el_and_dispatcher)
{
    uint64_t counts[2][N + 1];

    for (unsigned d = 0; d < 2; d++)
        counts_by_el(dispatchers[d], counts[d]);
    cr_expect_arr_eq(counts[0], counts[1], sizeof(counts[0]));
}

/* Each kind of exception has its event, and another when it is not taken locally. */
Test(pmu_run, exceptions_by_kind)
{
    static const struct {
        unsigned from, to, type, ec, event;
    } rows[] = {
        { 0, 1, EXC_SYNC, EC_SVC, PMU_EXC_SVC },
        { 1, 1, EXC_SYNC, EC_SVC, PMU_EXC_SVC },
        { 0, 2, EXC_SYNC, EC_SVC, PMU_EXC_TRAP_OTHER },
        { 1, 2, EXC_SYNC, EC_HVC, PMU_EXC_HVC },
        { 2, 2, EXC_SYNC, EC_HVC, PMU_EXC_HVC },
        { 1, 3, EXC_SYNC, EC_SMC, PMU_EXC_SMC },
        { 1, 2, EXC_SYNC, EC_SMC, PMU_EXC_TRAP_OTHER },
        { 1, 1, EXC_SYNC, EC_UNKNOWN, PMU_EXC_UNDEF },
        { 1, 2, EXC_SYNC, EC_SYSREG, PMU_EXC_TRAP_OTHER },
        { 0, 1, EXC_SYNC, EC_IABT_LOWER, PMU_EXC_PABORT },
        { 1, 2, EXC_SYNC, EC_IABT_LOWER, PMU_EXC_TRAP_PABORT },
        { 1, 1, EXC_SYNC, EC_DABT_SAME, PMU_EXC_DABORT },
        { 1, 2, EXC_SYNC, EC_DABT_LOWER, PMU_EXC_TRAP_DABORT },
        { 1, 2, EXC_SERROR, EC_SERROR, PMU_EXC_TRAP_DABORT },
        { 1, 1, EXC_IRQ, 0, PMU_EXC_IRQ },
        { 1, 2, EXC_IRQ, 0, PMU_EXC_TRAP_IRQ },
        { 0, 1, EXC_FIQ, 0, PMU_EXC_FIQ },
        { 2, 3, EXC_FIQ, 0, PMU_EXC_TRAP_FIQ },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sr_rig r = rig_of("virt,virtualization=on,secure=on", 1);
        const struct pmu_event_info *event = pmu_event_info(rows[i].event);

        sr_set(&r, SR_SCR_EL3, 1);
        start(&r, 0, event->number | NSH);
        start(&r, 1, 0x09 | NSH);
        sr_el(&r, rows[i].from);
        r.c->exc = (struct exc){ .type = rows[i].type,
                                 .target_el = (uint8_t)rows[i].to,
                                 .ec = (uint8_t)rows[i].ec };
        exc_take(r.c);
        cr_expect_eq(r.c->sr[cntr(0)], 1, "row %zu: %s", i, event->name);
        cr_expect_eq(r.c->sr[cntr(1)], 1, "row %zu: EXC_TAKEN", i);
        sr_rig_free(&r);
    }
}

/* The interrupts of a run with costs and devices come at the same instructions, whatever the dispatcher. */
Test(pmu_run, sampling_repeats)
{
    uint64_t at[2];

    for (unsigned d = 0; d < 2; d++) {
        struct sr_rig r = program(five, 5, 100000, dispatchers[d]);

        start(&r, 0, EVENT_INSNS | NSH);
        sr_set(&r, cntr(0), 0xffff3cb0);
        sr_set(&r, SR_PMINTENSET_EL1, 1);
        avs_run(r.m);
        at[d] = r.c->x[0] << 32 | (uint32_t)r.c->sr[SR_ELR_EL2];
        sr_rig_free(&r);
    }
    cr_expect_eq(at[0], at[1]);
    cr_expect_eq(at[0] >> 32, 40000, "50000 instructions");
}
