/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_pmu_timing.c
 * The Performance Monitors' events of caches, TLBs, branches and stalls: which a core has, what each of
 * them counts, and at which EL. The counts are put there by hand.
 */
#include "pmu_fixture.h"
#include "timing/counts.h"

/* A machine whose core has all that can be counted; made without timing, so that nothing else counts. */
static struct sr_rig full_rig(void)
{
    avs_options o = AVS_OPTIONS_INIT;
    struct sr_rig r;
    struct core_model *k;

    o.board = "virt,virtualization=on";
    o.timing = "none";
    cr_assert_eq(avs_machine_new(&o, &r.m), AVS_OK, "%s", avs_last_error(NULL));
    r.c = &r.m->pe[0];
    r.m->timing = TIMING_BLOCK;
    k = r.m->model;
    k->memory.l1i.size = k->memory.l1d.size = 32768;
    k->memory.l2.size = k->memory.l3.size = 1048576;
    k->translation.utlb_instr_entries = k->translation.utlb_data_entries = 10;
    sysreg_reset(r.c);
    pmu_reset(r.c);
    return r;
}

static bool has(struct sr_rig *r, unsigned number)
{
    const unsigned id = number < 32 ? SR_PMCEID0_EL0 : SR_PMCEID1_EL0;

    return sr_get(r, id) >> number % 32 & 1;
}

enum part { ALWAYS, TIMED, L1I, L1D, L2, L3, UTLB_I, UTLB_D, PART_COUNT };

static void take_away(struct sr_rig *r, enum part part)
{
    struct core_memory *mem = &r->m->model->memory;
    struct core_translation *t = &r->m->model->translation;
    uint32_t *const sizes[PART_COUNT] = { [L1I] = &mem->l1i.size,
                                          [L1D] = &mem->l1d.size,
                                          [L2] = &mem->l2.size,
                                          [L3] = &mem->l3.size,
                                          [UTLB_I] = &t->utlb_instr_entries,
                                          [UTLB_D] = &t->utlb_data_entries };

    if (part == TIMED)
        r->m->timing = TIMING_NONE;
    else if (sizes[part])
        *sizes[part] = 0;
    sysreg_reset(r->c);
    pmu_reset(r->c);
}

/* Of which parts an event is: it is not there without. */
static const struct {
    unsigned number;
    unsigned parts; /* A set. */
} events[] = {
    { 0x00, 0 },
    { 0x01, BIT(TIMED) | BIT(L1I) },
    { 0x02, BIT(TIMED) | BIT(UTLB_I) },
    { 0x03, BIT(TIMED) | BIT(L1D) },
    { 0x04, BIT(TIMED) | BIT(L1D) },
    { 0x05, BIT(TIMED) | BIT(UTLB_D) },
    { 0x08, 0 },
    { 0x0d, BIT(TIMED) },
    { 0x0e, BIT(TIMED) },
    { 0x10, BIT(TIMED) },
    { 0x11, 0 },
    { 0x12, BIT(TIMED) },
    { 0x13, BIT(TIMED) },
    { 0x15, BIT(TIMED) | BIT(L1D) },
    { 0x16, BIT(TIMED) | BIT(L2) },
    { 0x17, BIT(TIMED) | BIT(L2) },
    { 0x18, BIT(TIMED) | BIT(L2) },
    { 0x19, BIT(TIMED) | BIT(L1D) },
    { 0x1d, 0 },
    { 0x21, BIT(TIMED) },
    { 0x22, BIT(TIMED) },
    { 0x23, BIT(TIMED) | BIT(L1I) },
    { 0x24, BIT(TIMED) | BIT(L1D) },
    { 0x2a, BIT(TIMED) | BIT(L3) },
    { 0x2b, BIT(TIMED) | BIT(L3) },
    { 0x2d, 0 },
    { 0x2f, BIT(TIMED) | BIT(UTLB_I) | BIT(UTLB_D) },
    { 0x34, BIT(TIMED) },
    { 0x35, BIT(TIMED) },
};

Test(pmu_timing, cores_have_the_events_of_their_parts)
{
    for (enum part p = ALWAYS; p < PART_COUNT; p++) {
        struct sr_rig r = full_rig();

        take_away(&r, p);
        for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
            const bool want = p == ALWAYS || !(events[i].parts & BIT(p));

            cr_expect_eq(has(&r, events[i].number), want, "part %u, event %#x", p, events[i].number);
        }
        sr_rig_free(&r);
    }
}

Test(pmu_timing, absent_events_count_nothing)
{
    struct sr_rig r = full_rig();

    take_away(&r, L3);
    start(&r, 0, 0x2b | NSH);
    r.c->ctr[CTR_l3_access] += 5;
    cr_expect_eq(sr_get(&r, cntr(0)), 0);
    cr_expect_eq(sr_get(&r, typer(0)), 0x2b | NSH, "reads as written");
    sr_rig_free(&r);
}

/* Each part counts a power of ten's worth of its own, so that a sum tells what it is of. */
static void count(struct pe *c)
{
    const struct memory_counts memory = { .l1i_refill = 11,
                                          .l1d_refill = 12,
                                          .l1d_writeback = 13,
                                          .l2_access = 14,
                                          .l2_refill = 15,
                                          .l2_writeback = 16,
                                          .l3_access = 17,
                                          .l3_refill = 18,
                                          .bus_access = 19,
                                          .prefetch = 20,
                                          .snoop = 21,
                                          .stall_data = 100,
                                          .stall_fetch = 1000,
                                          .stall_store = 10000 };

    timing_counts_memory(c, &memory);
    c->predict.direct = 1;
    c->predict.conditional = 10;
    c->predict.indirect = 100;
    c->predict.returned = 1000;
    c->predict.conditional_wrong = 2;
    c->predict.indirect_wrong = 20;
    c->predict.returned_wrong = 200;
    c->predict.penalty = 8; /* Half a cycle. */
    c->mem_access = 5000;
    c->ctr[CTR_mem_uncached] += 300;
    c->ctr[CTR_l1d_walk] += 7;
    c->ctr[CTR_mmio_waited] += 4000;
    c->ctr[CTR_tlb_miss] += 50;
    c->ctr[CTR_tlb_miss_instr] += 20;
    c->ctr[CTR_utlb_instr_refill] += 70;
    c->ctr[CTR_utlb_data_refill] += 800;
    c->ctr[CTR_stall_walk_instr] += 100000;
    c->ctr[CTR_stall_walk_data] += 1000000;
}

static const struct {
    unsigned number;
    uint64_t want;
} counts[] = {
    { 0x01, 11 },   { 0x02, 70 },     { 0x03, 12 },      { 0x04, 5000 - 300 + 7 },
    { 0x05, 800 },  { 0x0d, 11 },     { 0x0e, 1000 },    { 0x10, 222 },
    { 0x12, 1111 }, { 0x13, 5000 },   { 0x15, 13 },      { 0x16, 14 },
    { 0x17, 15 },   { 0x18, 16 },     { 0x19, 4019 },    { 0x21, 1111 },
    { 0x22, 222 },  { 0x23, 101111 }, { 0x24, 1010100 }, { 0x2a, 18 },
    { 0x2b, 17 },   { 0x2d, 50 },     { 0x2f, 870 },     { 0x34, 30 },
    { 0x35, 20 },
};

Test(pmu_timing, what_is_counted)
{
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct sr_rig r = full_rig();

        start(&r, 1, counts[i].number | NSH);
        count(r.c);
        cr_expect_eq(sr_get(&r, cntr(1)), counts[i].want, "event %#x: %lu", counts[i].number,
                     sr_get(&r, cntr(1)));
        sr_rig_free(&r);
    }
}

/* What happens at one EL is counted where the filter says, whatever the source, and what happened before
 * not. */
Test(pmu_timing, filtered_by_el)
{
    static const struct {
        uint64_t filter;
        unsigned counts; /* A set of ELs. */
    } rows[] = {
        { NSH | BIT(31) | BIT(30), BIT(2) }, { BIT(30), BIT(1) },      { BIT(31), BIT(0) },
        { NSH, BIT(0) | BIT(1) | BIT(2) },   { BIT(31) | BIT(30), 0 },
    };

    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        struct sr_rig r = full_rig();
        uint64_t want = 0;

        r.c->mem_access = r.c->predict.direct = 12345;
        start(&r, 0, 0x13 | rows[row].filter);
        start(&r, 1, 0x21 | rows[row].filter);
        start(&r, 2, 0x17 | rows[row].filter);
        for (unsigned i = 0; i < 9; i++) {
            const unsigned el = i % 3;

            sr_el(&r, el);
            r.c->mem_access += 1U << i;
            r.c->predict.direct += 1U << i;
            r.c->ctr[CTR_l2_refill] += 1U << i;
            want += bit(rows[row].counts, el) << i;
        }
        sr_el(&r, 2);
        for (unsigned n = 0; n < 3; n++)
            cr_expect_eq(sr_get(&r, cntr(n)), want, "filter %#lx, counter %u: %#lx for %#lx",
                         rows[row].filter, n, sr_get(&r, cntr(n)), want);
        sr_rig_free(&r);
    }
}

Test(pmu_timing, overflow_is_looked_for)
{
    struct sr_rig r = full_rig();

    start(&r, 0, 0x10 | NSH);
    sr_set(&r, cntr(0), 0xffffff00);
    sr_set(&r, SR_PMINTENSET_EL1, 1);
    cr_expect_leq(r.c->pmu.next_insn - pe_insns(r.c), 32);
    r.c->predict.indirect_wrong += 200;
    r.c->predict.conditional_wrong += 55;
    pmu_update(r.c);
    cr_expect(!r.c->pmu.level);
    r.c->predict.returned_wrong++;
    pmu_update(r.c);
    cr_expect(r.c->pmu.level);
    sr_rig_free(&r);
}

/* Stalls can come as quickly as cycles. */
Test(pmu_timing, overflow_of_stalls_is_looked_for)
{
    static const uint64_t left[][2] = { { 100000, 100000 }, { 33, 33 }, { 32, 32 }, { 5, 32 } };

    for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
        struct sr_rig r = full_rig();

        sr_set(&r, SR_PMINTENSET_EL1, 1);
        start(&r, 0, 0x24 | NSH);
        sr_set(&r, cntr(0), 0x100000000 - left[i][0]);
        cr_expect_eq(r.c->pmu.next_cycle - pe_cycles(r.c), left[i][1], "%lu left", left[i][0]);
        cr_expect_eq(r.c->pmu.next_insn, UINT64_MAX);
        r.c->ctr[CTR_stall_walk_data] += left[i][0];
        pmu_update(r.c);
        cr_expect(r.c->pmu.level, "%lu left", left[i][0]);
        sr_rig_free(&r);
    }
}

/* Reports and the library's users see the same. */
Test(pmu_timing, counters_of_the_machine)
{
    struct sr_rig r = full_rig();

    count(r.c);
    cr_expect_eq(avs_counter(r.m, 0, CTR_branch_return), 1000);
    cr_expect_eq(avs_counter(r.m, 0, CTR_mispredict_indirect), 20);
    cr_expect_eq(avs_counter(r.m, 0, CTR_stall_mispredict), 111);
    cr_expect_eq(avs_counter(r.m, 0, CTR_mem_access), 5000);
    cr_expect_eq(avs_counter(r.m, 0, CTR_tlb_miss_data), 30);
    cr_expect_eq(avs_counter(r.m, 0, CTR_prefetch), 20);
    cr_expect_eq(avs_counter(r.m, 0, CTR_snoop), 21);
    cr_expect_eq(avs_counter(r.m, 1, CTR_snoop), 0, "no such PE");
    sr_rig_free(&r);
}
