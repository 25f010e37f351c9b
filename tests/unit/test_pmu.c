/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_pmu.c
 * The Performance Monitors (DDI 0487, D13): what the registers hold, when counters count, what they count,
 * and the instruction at which an overflow interrupts.
 */
#include "core/run.h"
#include "pmu_fixture.h"

static struct sr_rig rig_el2(void)
{
    return rig_of("virt,virtualization=on", 1);
}

/* What counter n counts of 100 cycles, now. */
static uint64_t cycles_counted(struct sr_rig *r, unsigned n)
{
    const unsigned id = n == 31 ? SR_PMCCNTR_EL0 : cntr(n);
    uint64_t before;

    pmu_sync(r->c);
    before = r->c->sr[id];
    pe_add_cycles(r->c, 100);
    pmu_sync(r->c);
    return r->c->sr[id] - before;
}

/* Registers. */

Test(pmu_reg, write_masks)
{
    static const struct {
        const char *board;
        unsigned version, id;
        uint64_t want; /* After a write of all ones. */
    } rows[] = {
        { "virt,virtualization=on", 1, SR_PMCR_EL0, 0x3071 },
        { "virt,virtualization=on", 4, SR_PMCR_EL0, 0x3071 },
        { "virt,virtualization=on", 6, SR_PMCR_EL0, 0x30f1 },
        { "virt,virtualization=on", 1, SR_PMSELR_EL0, 0x1f },
        { "virt,virtualization=on", 1, SR_PMUSERENR_EL0, 0xf },
        { "virt,virtualization=on", 1, SR_PMCCNTR_EL0, ~UINT64_C(0) },
        { "virt,virtualization=on", 1, SR_PMCCFILTR_EL0, 0xc8000000 },
        { "virt,virtualization=off", 1, SR_PMCCFILTR_EL0, 0xc0000000 },
        { "virt,virtualization=off,secure=on", 1, SR_PMCCFILTR_EL0, 0xf4000000 },
        { "virt,virtualization=on,secure=on", 1, SR_PMCCFILTR_EL0, 0xfc000000 },
        { "virt,virtualization=on", 1, SR_PMEVTYPER0_EL0, 0xc80003ff },
        { "virt,virtualization=on", 4, SR_PMEVTYPER5_EL0, 0xc800ffff },
        { "virt,virtualization=on,secure=on", 4, SR_PMEVTYPER3_EL0, 0xfc00ffff },
        { "virt,virtualization=on", 1, SR_PMEVCNTR0_EL0, 0xffffffff },
        { "virt,virtualization=on", 4, SR_PMEVCNTR5_EL0, 0xffffffff },
        { "virt,virtualization=on", 6, SR_PMEVCNTR5_EL0, ~UINT64_C(0) },
        { "virt,virtualization=on", 1, SR_PMCNTENSET_EL0, 0x8000003f },
        { "virt,virtualization=on", 1, SR_PMOVSSET_EL0, 0x8000003f },
        { "virt,virtualization=on", 1, SR_PMINTENSET_EL1, 0x8000003f },
        { "virt,virtualization=on", 1, SR_PMCNTENCLR_EL0, 0 },
        { "virt,virtualization=on", 1, SR_MDCR_EL2, 0xfff },
        { "virt,virtualization=on", 4, SR_MDCR_EL2, 0x20fff },
        { "virt,virtualization=on", 6, SR_MDCR_EL2, 0x4820fff },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sr_rig r = rig_of(rows[i].board, rows[i].version);

        sr_set(&r, rows[i].id, ~UINT64_C(0));
        cr_expect_eq(sr_get(&r, rows[i].id), rows[i].want, "%s, PMUVer %u, %s: %#lx", rows[i].board,
                     rows[i].version, sysreg_name(rows[i].id), sr_get(&r, rows[i].id));
        sr_rig_free(&r);
    }
}

Test(pmu_reg, set_and_clear_are_one_register)
{
    static const unsigned pairs[][2] = { { SR_PMCNTENSET_EL0, SR_PMCNTENCLR_EL0 },
                                         { SR_PMOVSSET_EL0, SR_PMOVSCLR_EL0 },
                                         { SR_PMINTENSET_EL1, SR_PMINTENCLR_EL1 } };
    struct sr_rig r = rig_el2();

    for (unsigned i = 0; i < 3; i++) {
        sr_set(&r, pairs[i][0], 0x80000005);
        sr_set(&r, pairs[i][0], 0x10);
        cr_expect_eq(sr_get(&r, pairs[i][1]), 0x80000015, "%s", sysreg_name(pairs[i][1]));
        sr_set(&r, pairs[i][1], 0x80000004);
        cr_expect_eq(sr_get(&r, pairs[i][0]), 0x11, "%s", sysreg_name(pairs[i][0]));
        cr_expect_eq(sr_get(&r, pairs[i][1]), 0x11, "%s", sysreg_name(pairs[i][1]));
    }
    sr_rig_free(&r);
}

Test(pmu_reg, selected_by_pmselr)
{
    struct sr_rig r = rig_el2();

    for (unsigned n = 0; n < N; n++) {
        sr_set(&r, SR_PMSELR_EL0, n);
        sr_set(&r, SR_PMXEVTYPER_EL0, BIT(30) | n);
        sr_set(&r, SR_PMXEVCNTR_EL0, 0x1000 + n);
    }
    sr_set(&r, SR_PMSELR_EL0, 31);
    sr_set(&r, SR_PMXEVTYPER_EL0, NSH | 0x3ff);
    sr_set(&r, SR_PMXEVCNTR_EL0, 5); /* No event counter. */
    cr_expect_eq(sr_get(&r, SR_PMXEVTYPER_EL0), NSH);
    cr_expect_eq(sr_get(&r, SR_PMXEVCNTR_EL0), 0);
    cr_expect_eq(sr_get(&r, SR_PMCCFILTR_EL0), NSH);
    sr_set(&r, SR_PMSELR_EL0, N);
    sr_set(&r, SR_PMXEVTYPER_EL0, 5);
    cr_expect_eq(sr_get(&r, SR_PMXEVTYPER_EL0), 0);
    for (unsigned n = 0; n < N; n++) {
        cr_expect_eq(sr_get(&r, typer(n)), BIT(30) | n);
        cr_expect_eq(sr_get(&r, cntr(n)), 0x1000 + n);
        sr_set(&r, SR_PMSELR_EL0, n);
        cr_expect_eq(sr_get(&r, SR_PMXEVTYPER_EL0), BIT(30) | n);
        cr_expect_eq(sr_get(&r, SR_PMXEVCNTR_EL0), 0x1000 + n);
    }
    sr_rig_free(&r);
}

Test(pmu_reg, number_of_counters_is_the_cores)
{
    struct sr_rig r = rig_el2();

    r.m->model->id_set[SR_PMCR_EL0] = true;
    r.m->model->id[SR_PMCR_EL0] = 0x41032000; /* Four. */
    sysreg_reset(r.c);
    cr_expect_eq(sr_get(&r, SR_PMCR_EL0), 0x41032040);
    cr_expect_eq(sr_get(&r, SR_MDCR_EL2), 4, "HPMN at reset");
    (void)sr_get(&r, cntr(3));
    sr_expect_undefined(&r, cntr(4), false);
    sr_expect_undefined(&r, typer(4), true);
    r.m->model->id[SR_PMCR_EL0] = 31 << 11; /* There are registers for six. */
    sysreg_reset(r.c);
    cr_expect_eq(bits(sr_get(&r, SR_PMCR_EL0), 15, 11), N);
    sr_rig_free(&r);
}

Test(pmu_reg, versions)
{
    static const struct {
        uint64_t core, shown;
    } rows[] = { { 0, 0 }, { 1, 1 }, { 4, 4 }, { 5, 5 }, { 6, 6 }, { 7, 6 }, { 9, 6 }, { 0xf, 0xf } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sr_rig r = rig_of("virt,virtualization=on", rows[i].core);
        const bool there = rows[i].core != 0 && rows[i].core != 0xf;

        cr_expect_eq(bits(sr_get(&r, SR_ID_AA64DFR0_EL1), 11, 8), rows[i].shown);
        cr_expect_eq(pmu_exists(r.m->model), there);
        if (there)
            (void)sr_get(&r, SR_PMCR_EL0);
        else
            sr_expect_undefined(&r, SR_PMCR_EL0, false);
        if (rows[i].core < 5 || rows[i].core == 0xf)
            sr_expect_undefined(&r, SR_PMMIR_EL1, false);
        else
            cr_expect_eq(sr_get(&r, SR_PMMIR_EL1), 0);
        sr_rig_free(&r);
    }
}

/* PMCEID<n>_EL0 show the common events that the core has, and the table is well formed. */
Test(pmu_reg, events_that_are_there)
{
    struct sr_rig r = rig_el2();
    uint64_t want[2] = { 0, 0 };

    for (unsigned e = 1; e < PMU_EVENT_COUNT; e++) {
        const struct pmu_event_info *i = pmu_event_info(e);

        if (i->number < 0x40 && pmu_has_event(r.m, e))
            want[i->number / 32] |= BIT(i->number % 32);
        cr_expect_gt(strlen(i->text), 0, "%s", i->name);
        for (unsigned f = 1; f < e; f++)
            cr_expect_neq(pmu_event_info(f)->number, i->number, "%s has the number of %s", i->name,
                          pmu_event_info(f)->name);
    }
    cr_expect_null(pmu_event_info(PMU_NO_EVENT));
    cr_expect_null(pmu_event_info(PMU_EVENT_COUNT));
    cr_expect_eq(sr_get(&r, SR_PMCEID0_EL0), want[0]);
    cr_expect_eq(sr_get(&r, SR_PMCEID1_EL0), want[1]);
    cr_expect_eq(want[0] & (BIT(0) | BIT(8) | BIT(0x11) | BIT(0x1e)), 0x40020101);
    sr_rig_free(&r);
}

Test(pmu_reg, resets)
{
    struct sr_rig r = rig_el2();

    for (unsigned n = 0; n < N; n++)
        sr_set(&r, cntr(n), 100 + n);
    sr_set(&r, SR_PMCCNTR_EL0, 77);
    sr_set(&r, SR_PMCR_EL0, PMCR_P);
    for (unsigned n = 0; n < N; n++)
        cr_expect_eq(sr_get(&r, cntr(n)), 0);
    cr_expect_eq(sr_get(&r, SR_PMCCNTR_EL0), 77);
    sr_set(&r, SR_PMCR_EL0, PMCR_C);
    cr_expect_eq(sr_get(&r, SR_PMCCNTR_EL0), 0);
    cr_expect_eq(sr_get(&r, SR_PMCR_EL0) & (PMCR_P | PMCR_C), 0);
    start(&r, 0, EVENT_CYCLES | NSH);
    cr_expect_eq(cycles_counted(&r, 0), 100);
    machine_reset_pe(r.c);
    cr_expect(!r.c->pmu.on);
    cr_expect_eq(r.c->sr[SR_PMCNTENSET_EL0], 0);
    cr_expect_eq(cycles_counted(&r, 0), 0);
    sr_rig_free(&r);
}

/* When counters count. */

Test(pmu_count, enables)
{
    struct sr_rig r = rig_el2();

    start(&r, 2, EVENT_CYCLES | NSH);
    cr_expect_eq(cycles_counted(&r, 2), 100);
    cr_expect_eq(cycles_counted(&r, 1), 0);
    cr_expect_eq(cycles_counted(&r, 31), 0);
    sr_set(&r, SR_PMCNTENCLR_EL0, BIT(2));
    cr_expect_eq(cycles_counted(&r, 2), 0);
    sr_set(&r, SR_PMCNTENSET_EL0, BIT(2) | CYCLES);
    cr_expect_eq(cycles_counted(&r, 31), 0, "filtered at EL2");
    sr_set(&r, SR_PMCCFILTR_EL0, NSH);
    cr_expect_eq(cycles_counted(&r, 31), 100);
    sr_set(&r, SR_PMCR_EL0, 0);
    cr_expect_eq(cycles_counted(&r, 31), 0);
    cr_expect_eq(cycles_counted(&r, 2), 0);
    cr_expect_geq(sr_get(&r, cntr(2)), 200);
    sr_rig_free(&r);
}

/* The filter bits at every EL and in both Security states, from the pseudocode's four cases. */
Test(pmu_count, filters)
{
    for (uint64_t f = 0; f < 64; f++) {
        const bool m = f & 1, nsh = f & 2, nsu = f & 4, nsk = f & 8, u = f & 16, p = f & 32;
        const struct {
            unsigned el;
            bool ns, want;
        } rows[] = { { 0, true, u == nsu }, { 1, true, p == nsk }, { 2, true, nsh },
                     { 0, false, !u },      { 1, false, !p },      { 3, true, p == m } };

        struct sr_rig r = rig_of("virt,virtualization=on,secure=on", 1);

        sr_set(&r, SR_MDCR_EL3, SPME);
        sr_set(&r, SR_PMCCFILTR_EL0, f << 26);
        sr_set(&r, SR_PMCNTENSET_EL0, CYCLES);
        start(&r, 1, f << 26 | EVENT_CYCLES);
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            sr_el(&r, 3);
            sr_set(&r, SR_SCR_EL3, rows[i].ns);
            sr_el(&r, rows[i].el);
            cr_expect_eq(cycles_counted(&r, 1), rows[i].want ? 100 : 0, "filter %#lx, EL%u, NS %d", f,
                         rows[i].el, rows[i].ns);
            cr_expect_eq(cycles_counted(&r, 31), rows[i].want ? 100 : 0, "filter %#lx, EL%u, NS %d", f,
                         rows[i].el, rows[i].ns);
        }
        sr_rig_free(&r);
    }
}

/* Counters from HPMN on are EL2's: its enable, invisible to EL1. */
Test(pmu_count, hpmn_partitions)
{
    struct sr_rig r = rig_el2();

    for (unsigned n = 0; n < N; n++)
        sr_set(&r, typer(n), EVENT_CYCLES | NSH);
    sr_set(&r, SR_PMCNTENSET_EL0, 0x8000003f);
    sr_set(&r, SR_PMCR_EL0, PMCR_E);
    sr_set(&r, SR_MDCR_EL2, 4);
    for (unsigned n = 0; n < N; n++)
        cr_expect_eq(cycles_counted(&r, n), n < 4 ? 100 : 0, "E, counter %u", n);
    sr_set(&r, SR_PMCR_EL0, 0);
    sr_set(&r, SR_MDCR_EL2, HPME | 4);
    for (unsigned n = 0; n < N; n++)
        cr_expect_eq(cycles_counted(&r, n), n < 4 ? 0 : 100, "HPME, counter %u", n);
    sr_rig_free(&r);
}

Test(pmu_count, first_range_is_all_that_el1_sees)
{
    struct sr_rig r = rig_el2();

    sr_set(&r, typer(4), EVENT_CYCLES | NSH);
    for (unsigned n = 0; n < N; n++)
        sr_set(&r, cntr(n), 10);
    sr_set(&r, SR_PMCNTENSET_EL0, 0x8000003f);
    sr_set(&r, SR_PMOVSSET_EL0, 0x3f);
    sr_set(&r, SR_MDCR_EL2, HPME | 4);
    cr_expect_eq(bits(sr_get(&r, SR_PMCR_EL0), 15, 11), N);
    cr_expect_eq(sr_get(&r, SR_PMCNTENSET_EL0), 0x8000003f);
    sr_el(&r, 1);
    cr_expect_eq(bits(sr_get(&r, SR_PMCR_EL0), 15, 11), 4);
    cr_expect_eq(sr_get(&r, SR_PMCNTENSET_EL0), 0x8000000f);
    cr_expect_eq(sr_get(&r, SR_PMOVSCLR_EL0), 0xf);
    sr_set(&r, SR_PMOVSCLR_EL0, 0x3f);
    sr_set(&r, SR_PMCR_EL0, PMCR_P);
    cr_expect_eq(sr_get(&r, cntr(3)), 0);
    cr_expect_eq(sr_get(&r, cntr(4)), 0, "RAZ");
    sr_set(&r, cntr(4), 5);
    sr_set(&r, typer(4), 5);
    sr_set(&r, SR_PMSELR_EL0, 5);
    sr_set(&r, SR_PMXEVCNTR_EL0, 5);
    sr_set(&r, SR_PMCNTENCLR_EL0, 0x3f);
    sr_el(&r, 2);
    cr_expect_eq(sr_get(&r, SR_PMCNTENSET_EL0), 0x80000030);
    cr_expect_eq(sr_get(&r, SR_PMOVSSET_EL0), 0x30);
    cr_expect_eq(sr_get(&r, typer(4)), EVENT_CYCLES | NSH);
    cr_expect_geq(sr_get(&r, cntr(4)), 10);
    cr_expect_geq(sr_get(&r, cntr(5)), 10);
    sr_set(&r, SR_MDCR_EL2, 31);
    sr_el(&r, 1);
    cr_expect_eq(bits(sr_get(&r, SR_PMCR_EL0), 15, 11), N, "HPMN beyond N is N");
    sr_rig_free(&r);
}

/* CountPMUEvents: where counting is prohibited, and that DP is what stops the cycle counter there. */
static const struct {
    unsigned version, el;
    bool ns;
    uint64_t mdcr2, mdcr3, pmcr;
    bool first, second, cycle; /* Which count: a counter below HPMN, one from HPMN on, PMCCNTR_EL0. */
} prohibitions[] = {
    { 1, 3, true, 0, 0, 0, false, false, true },
    { 1, 3, true, 0, 0, PMCR_DP, false, false, false },
    { 1, 3, true, 0, SPME, PMCR_DP, true, true, true },
    { 1, 1, false, 0, 0, 0, false, false, true },
    { 1, 1, false, 0, 0, PMCR_DP, false, false, false },
    { 1, 1, false, 0, SPME, PMCR_DP, true, true, true },
    { 1, 1, true, 0, 0, PMCR_DP, true, true, true },
    { 1, 2, true, HPMD, 0, PMCR_DP, true, true, true }, /* HPMD is RES0. */
    { 4, 2, true, HPMD, 0, 0, false, true, true },
    { 4, 2, true, HPMD, 0, PMCR_DP, false, true, false },
    { 4, 1, true, HPMD, 0, PMCR_DP, true, true, true },
    { 4, 2, true, BIT(23), 0, 0, true, true, true }, /* HCCD and SCCD are RES0. */
    { 6, 2, true, BIT(23), 0, 0, true, true, false },
    { 6, 1, true, BIT(23), 0, 0, true, true, true },
    { 4, 3, true, 0, SPME | BIT(23), 0, true, true, true },
    { 6, 3, true, 0, SPME | BIT(23), 0, true, true, false },
    { 6, 1, true, 0, SPME | BIT(23), 0, true, true, true },
};

Test(pmu_count, prohibited)
{
    for (size_t i = 0; i < sizeof(prohibitions) / sizeof(prohibitions[0]); i++) {
        struct sr_rig r = rig_of("virt,virtualization=on,secure=on", prohibitions[i].version);

        sr_el(&r, 3);
        sr_set(&r, SR_SCR_EL3, prohibitions[i].ns);
        sr_set(&r, SR_MDCR_EL2, prohibitions[i].mdcr2 | HPME | 3);
        sr_set(&r, SR_MDCR_EL3, prohibitions[i].mdcr3);
        sr_set(&r, typer(0), EVENT_CYCLES | NSH);
        sr_set(&r, typer(3), EVENT_CYCLES | NSH);
        sr_set(&r, SR_PMCCFILTR_EL0, NSH);
        sr_set(&r, SR_PMCNTENSET_EL0, 0x80000009);
        sr_set(&r, SR_PMCR_EL0, prohibitions[i].pmcr | PMCR_E);
        sr_el(&r, prohibitions[i].el);
        cr_expect_eq(cycles_counted(&r, 0), prohibitions[i].first ? 100 : 0, "row %zu, first range", i);
        cr_expect_eq(cycles_counted(&r, 3), prohibitions[i].second ? 100 : 0, "row %zu, second range", i);
        cr_expect_eq(cycles_counted(&r, 31), prohibitions[i].cycle ? 100 : 0, "row %zu, cycle counter", i);
        sr_rig_free(&r);
    }
}

/* What is counted. */

Test(pmu_count, counters_of_the_core)
{
    struct sr_rig r = rig_el2();

    start(&r, 0, EVENT_TLB_REFILL | NSH);
    r.c->ctr[CTR_tlb_miss] += 5;
    cr_expect_eq(sr_get(&r, cntr(0)), 5);
    sr_set(&r, typer(0), 0x3ff | NSH); /* No event. */
    r.c->ctr[CTR_tlb_miss] += 5;
    cr_expect_eq(sr_get(&r, cntr(0)), 5);
    cr_expect_eq(sr_get(&r, typer(0)), 0x3ff | NSH, "reads as written");
    sr_set(&r, typer(0), EVENT_TLB_REFILL | NSH);
    cr_expect_eq(sr_get(&r, cntr(0)), 5, "counts from here");
    r.c->ctr[CTR_tlb_miss]++;
    cr_expect_eq(sr_get(&r, cntr(0)), 6);
    sr_set(&r, cntr(0), 0xfffffffe);
    sr_set(&r, SR_PMINTENSET_EL1, 1);
    cr_expect_leq(r.c->pmu.next_insn - pe_insns(r.c), 32, "looked for while it is near");
    r.c->ctr[CTR_tlb_miss] += 2;
    pmu_update(r.c);
    cr_expect_eq(sr_get(&r, SR_PMOVSSET_EL0), 1);
    cr_expect(r.c->pmu.level);
    sr_rig_free(&r);
}

Test(pmu_count, software_increment)
{
    struct sr_rig r = rig_el2();

    sr_el(&r, 2);
    for (unsigned n = 0; n < N; n++)
        start(&r, n, (n == 3 ? EVENT_INSNS : EVENT_SW_INCR) | (n == 2 ? 0 : NSH));
    sr_set(&r, SR_PMSWINC_EL0, 0x3f);
    for (unsigned n = 0; n < N; n++)
        cr_expect_eq(sr_get(&r, cntr(n)), n != 2 && n != 3, "counter %u", n);
    sr_set(&r, SR_MDCR_EL2, HPME | 5);
    sr_el(&r, 1);
    sr_set(&r, SR_PMSWINC_EL0, 0x25);
    sr_el(&r, 2);
    cr_expect_eq(sr_get(&r, cntr(0)), 2);
    cr_expect_eq(sr_get(&r, cntr(1)), 1, "not named");
    cr_expect_eq(sr_get(&r, cntr(2)), 1, "counts at EL1 alone");
    cr_expect_eq(sr_get(&r, cntr(5)), 1, "not EL1's");
    sr_rig_free(&r);
}

Test(pmu_count, writes_of_registers_by_name)
{
    static const struct sr_id vhe[] = { { SR_ID_AA64MMFR1_EL1, 0x00100100 }, { SR_NONE, 0 } };
    struct sr_rig r = sr_rig("virt,virtualization=on", vhe);

    sr_el(&r, 2);
    start(&r, 0, 0x1c | NSH);
    start(&r, 1, 0x0b | NSH);
    sr_set(&r, SR_TTBR0_EL1, 0x1000);
    sr_set(&r, SR_TTBR1_EL1, 0x2000);
    sr_set(&r, SR_TTBR0_EL2, 0x1000);
    sr_set(&r, SR_CONTEXTIDR_EL1, 1);
    sr_set(&r, SR_CONTEXTIDR_EL2, 1);
    cr_expect_eq(sr_get(&r, cntr(0)), 2);
    cr_expect_eq(sr_get(&r, cntr(1)), 1);
    sr_set(&r, SR_HCR_EL2, HCR_E2H);
    sr_set(&r, SR_CONTEXTIDR_EL1, 2);
    sr_set(&r, SR_CONTEXTIDR_EL12, 2);
    sr_set(&r, SR_TTBR0_EL1, 0x3000);
    cr_expect_eq(sr_get(&r, cntr(0)), 3);
    cr_expect_eq(sr_get(&r, cntr(1)), 2);
    cr_expect_eq(r.c->sr[SR_CONTEXTIDR_EL2], 2);
    sr_rig_free(&r);
}

Test(pmu_count, no_cycles_while_waiting)
{
    struct sr_rig r = rig_el2();

    start(&r, 0, EVENT_CYCLES | NSH);
    sr_set(&r, SR_PMCCFILTR_EL0, NSH);
    sr_set(&r, SR_PMCNTENSET_EL0, CYCLES);
    r.c->waiting = PE_WAITS_WFI;
    r.c->wait_until = pe_cycles(r.c) + 5000;
    cr_expect(sched_wait_out(r.c));
    cr_expect_geq(pe_cycles(r.c), 5000);
    cr_expect_lt(sr_get(&r, SR_PMCCNTR_EL0), 1000);
    cr_expect_lt(sr_get(&r, cntr(0)), 1000);
    sr_rig_free(&r);
}

/* Overflow. */

Test(pmu_overflow, of_32_and_64_bits)
{
    static const struct {
        unsigned version;
        uint64_t pmcr, value, after;
        bool overflows;
    } rows[] = {
        { 1, 0, 0xffffff9b, 0xffffffff, false },
        { 1, 0, 0xffffff9c, 0, true },
        { 1, 0, 0xffffffff, 99, true },
        { 6, 0, 0xffffffff, 0x100000063, true },
        { 6, 0, 0x3ffffff9b, 0x3ffffffff, false },
        { 6, PMCR_LP, 0xffffffff, 0x100000063, false },
        { 6, PMCR_LP, ~UINT64_C(0), 99, true },
        { 6, 0, ~UINT64_C(0), 99, true },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sr_rig r = rig_of("virt,virtualization=on", rows[i].version);

        start(&r, 1, EVENT_CYCLES | NSH);
        sr_set(&r, SR_PMCR_EL0, rows[i].pmcr | PMCR_E);
        sr_set(&r, cntr(1), rows[i].value);
        (void)cycles_counted(&r, 1);
        cr_expect_eq(r.c->sr[cntr(1)], rows[i].after, "row %zu: %#lx", i, r.c->sr[cntr(1)]);
        cr_expect_eq(r.c->sr[SR_PMOVSSET_EL0], rows[i].overflows ? 2 : 0, "row %zu", i);
        sr_rig_free(&r);
    }
}

Test(pmu_overflow, cycle_counter_at_64_bits)
{
    struct sr_rig r = rig_el2();

    sr_set(&r, SR_PMCCFILTR_EL0, NSH);
    sr_set(&r, SR_PMCNTENSET_EL0, CYCLES);
    sr_set(&r, SR_PMCR_EL0, PMCR_E);
    sr_set(&r, SR_PMCCNTR_EL0, 0xffffffff);
    (void)cycles_counted(&r, 31);
    cr_expect_eq(sr_get(&r, SR_PMOVSSET_EL0), 0, "LC is RES1");
    sr_set(&r, SR_PMCCNTR_EL0, ~UINT64_C(0));
    (void)cycles_counted(&r, 31);
    cr_expect_eq(sr_get(&r, SR_PMOVSSET_EL0), CYCLES);
    sr_rig_free(&r);
}

Test(pmu_overflow, chain)
{
    static const struct {
        unsigned version, even, hpmn;
        uint64_t odd_type, pmcr, enable;
        unsigned counts;
    } rows[] = {
        { 1, 0, 6, EVENT_CHAIN | NSH, 0, 3, 1 }, { 1, 4, 6, EVENT_CHAIN | NSH, 0, 0x30, 1 },
        { 1, 0, 6, EVENT_CHAIN, 0, 3, 0 },       /* Filtered. */
        { 1, 0, 6, EVENT_CHAIN | NSH, 0, 1, 0 }, /* Not enabled. */
        { 1, 1, 6, EVENT_CHAIN | NSH, 0, 6, 0 }, /* 2 is even. */
        { 1, 0, 1, EVENT_CHAIN | NSH, 0, 3, 0 }, /* Across HPMN. */
        { 6, 0, 6, EVENT_CHAIN | NSH, 0, 3, 1 }, { 6, 0, 6, EVENT_CHAIN | NSH, PMCR_LP, 3, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sr_rig r = rig_of("virt,virtualization=on", rows[i].version);
        const unsigned odd = rows[i].even + 1;

        sr_set(&r, typer(rows[i].even), EVENT_CYCLES | NSH);
        sr_set(&r, typer(odd), rows[i].odd_type);
        sr_set(&r, SR_MDCR_EL2, HPME | rows[i].hpmn);
        sr_set(&r, SR_PMCNTENSET_EL0, rows[i].enable);
        sr_set(&r, SR_PMCR_EL0, rows[i].pmcr | PMCR_E);
        sr_set(&r, cntr(rows[i].even), 0xfffffff0);
        (void)cycles_counted(&r, rows[i].even);
        cr_expect_eq(r.c->sr[cntr(odd)], rows[i].counts, "row %zu", i);
        sr_set(&r, cntr(odd), 0xffffffff);
        sr_set(&r, cntr(rows[i].even), 0xfffffff0);
        (void)cycles_counted(&r, rows[i].even);
        cr_expect_eq(r.c->sr[SR_PMOVSSET_EL0] >> odd & 1, rows[i].counts, "row %zu", i);
        sr_rig_free(&r);
    }
}

/* The level: PMOVSSET_EL0, PMINTENSET_EL1, and the enable of the counter's range. */
Test(pmu_overflow, interrupt_level)
{
    struct sr_rig r = rig_el2();

    sr_set(&r, SR_PMOVSSET_EL0, 0x9);
    cr_expect(!r.c->pmu.level);
    sr_set(&r, SR_PMINTENSET_EL1, 0x8);
    cr_expect(!r.c->pmu.level, "not enabled");
    sr_set(&r, SR_PMCR_EL0, PMCR_E);
    cr_expect(r.c->pmu.level, "though the counter itself is not");
    sr_set(&r, SR_MDCR_EL2, 3);
    cr_expect(!r.c->pmu.level, "EL2's counter now");
    sr_set(&r, SR_MDCR_EL2, HPME | 3);
    cr_expect(r.c->pmu.level);
    sr_set(&r, SR_PMCR_EL0, 0);
    cr_expect(r.c->pmu.level);
    sr_set(&r, SR_PMOVSCLR_EL0, 0x8);
    cr_expect(!r.c->pmu.level);
    sr_set(&r, SR_PMOVSSET_EL0, CYCLES);
    sr_set(&r, SR_PMINTENSET_EL1, CYCLES);
    cr_expect(!r.c->pmu.level);
    sr_set(&r, SR_PMCR_EL0, PMCR_E);
    cr_expect(r.c->pmu.level);
    sr_set(&r, SR_PMINTENCLR_EL1, CYCLES);
    cr_expect(!r.c->pmu.level);
    sr_rig_free(&r);
}

/* A world switch writes MDCR_EL2 and CONTEXTIDR_EL1 directly while no counter is in use. */
Test(pmu_reg, written_directly_while_nothing_counts)
{
    static const unsigned regs[] = { SR_MDCR_EL2, SR_CONTEXTIDR_EL1 };
    struct sr_rig r = rig_el2();

    sr_el(&r, 2);
    for (unsigned used = 0; used < 3; used++) {
        for (unsigned i = 0; i < 2; i++)
            cr_expect_eq(sysreg_path(r.c, 2, true, regs[i])->kind,
                         used == 1 ? SR_PATH_SLOW : SR_PATH_DIRECT);
        sr_set(&r, used ? SR_PMCNTENCLR_EL0 : SR_PMCNTENSET_EL0, 1);
    }
    sr_set(&r, SR_PMOVSSET_EL0, 4);
    cr_expect_eq(sysreg_path(r.c, 2, true, SR_MDCR_EL2)->kind, SR_PATH_SLOW, "HPME gates the interrupt");
    sr_rig_free(&r);
}
