/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_engine_timing.c
 * The engine and the model of time together: which accesses, fetches, branches and walks reach caches,
 * micro-TLBs and predictors, how often, and what is charged. Small programs run at EL1 behind stage 1, on a
 * core without prefetching, so that every count can be worked out; with both dispatchers.
 */
#include "a64/op.h"
#include "arch/exception.h"
#include "arch/pmu.h"
#include "core/run.h"
#include "mmu_util.h"
#include "timing/counts.h"
#include "timing/memory.h"

enum { PAGES = 16, LDR_X0_X1 = 0xf9400020, STR_X0_X1 = 0xf9000020, B_SELF = 0x14000000, NOP = 0xd503201f };
#define CODE (FIXTURE_RAM + UINT64_C(0x3000000))
#define SCTLR_CACHES (BIT(2) | BIT(12)) /* C, I */

static struct world w;
static struct pe *c;
static struct tables t;
static const char *const dispatchers[] = { NULL, "loop" };

static struct world machine_of(const char *dispatch, const char *timing, const char *set)
{
    const char *sets[] = { "core.memory.prefetch-streams=0", "core.memory.fetch-prefetch=0",
                           "core.memory.write-streaming=0", set, NULL };
    struct world made = { .next = TABLES_AT };
    avs_options o = AVS_OPTIONS_INIT;

    o.board = "virt,virtualization=on";
    o.cpu = "cortex-a53";
    o.dispatch = dispatch;
    o.timing = timing;
    o.set = sets;
    cr_assert_eq(avs_machine_new(&o, &made.m), AVS_OK, "%s", avs_last_error(NULL));
    made.m->loaded = true;
    made.c = &made.m->pe[0];
    return made;
}

/* EL1 with the caches on; PAGES pages of data and one of code, each by a page of its own. */
static void begin(const char *dispatch, const char *timing, const char *set)
{
    w = machine_of(dispatch, timing, set);
    c = w.c;
    c->sr[SR_MAIR_EL1] = MAIR;
    t = tables_new(&w, 12, 39, 1);
    for (unsigned i = 0; i < PAGES; i++)
        map(&w, &t, DATA_AT + i * UINT64_C(4096), DATA_AT + i * UINT64_C(4096), 3, S1_RW | S1_NG);
    map(&w, &t, CODE, CODE, 3, S1_RW | S1_NG);
    use_s1(&w, &t, 1);
    c->sr[SR_SCTLR_EL1] |= SCTLR_CACHES;
    c->sr[SR_HCR_EL2] = BIT(31); /* RW */
    mmu_context_changed(c);
    pe_set_el(c, 1, 1);
}

static void end(void)
{
    avs_machine_free(w.m);
}

static void run_insns(struct pe *p, unsigned insns)
{
    p->m->stop = STOP_NONE;
    p->m->max_insns = pe_insns(p) + insns;
    machine_run(p->m);
}

static uint64_t ticks(const struct pe *p)
{
    return p->tick_base + acc_ticks(p->acc);
}

/* Runs n instructions from `pc`; how long they took. */
static uint64_t run_at(uint64_t pc, unsigned n)
{
    const uint64_t before = ticks(c);

    c->pc = pc;
    run_insns(c, n);
    return ticks(c) - before;
}

static uint64_t count(enum counter_id id)
{
    timing_counts_sync(c);
    return c->ctr[id];
}

/* Counters from here on. */
static uint64_t base[CTR_COUNT];
static void count_anew(void)
{
    timing_counts_sync(c);
    memcpy(base, c->ctr, sizeof(base));
}

#define EXPECT_COUNT(counter, n)                                                                           \
    do {                                                                                                   \
        const unsigned long got_ = count(CTR_##counter) - base[CTR_##counter], want_ = (n);                \
        cr_expect_eq(got_, want_, "%s: " #counter " is %lu, not %lu", w.m->dispatcher->name, got_, want_); \
    } while (0)

/* Code at CODE + 0x100, and translations of its page and the first of data, by a load in other lines. */
#define PROGRAM (CODE + 0x100)
static void put(const uint32_t *words, size_t n)
{
    static const uint32_t first[] = { LDR_X0_X1, B_SELF };

    fixture_code(w.m, CODE, first, 2);
    fixture_code(w.m, PROGRAM, words, n);
    c->x[1] = DATA_AT + 0xf00;
    run_at(CODE, 2);
    count_anew();
}

#define EACH_DISPATCHER(d) for (unsigned d = 0; d < sizeof(dispatchers) / sizeof(dispatchers[0]); d++)

Test(engine_timing, lines_are_filled_once)
{
    static const uint32_t code[] = { STR_X0_X1, 0xf9400022 /* ldr x2, [x1] */,
                                     0xf9402023 /* ldr x3, [x1, #64] */,
                                     0xf9404024 /* ldr x4, [x1, #128] */, B_SELF };

    EACH_DISPATCHER(d)
    {
        uint64_t first, second;

        begin(dispatchers[d], NULL, NULL);
        put(code, 5);
        c->x[1] = DATA_AT;
        first = run_at(PROGRAM, 4);
        EXPECT_COUNT(mem_access, 4);
        EXPECT_COUNT(l1d_access, 4);
        EXPECT_COUNT(l1d_refill, 3);
        EXPECT_COUNT(l1i_refill, 1);
        EXPECT_COUNT(mem_uncached, 0);
        EXPECT_COUNT(l2_access, 4);
        second = run_at(PROGRAM, 4);
        EXPECT_COUNT(mem_access, 8);
        EXPECT_COUNT(l1d_refill, 3);
        EXPECT_COUNT(l1i_refill, 1);
        cr_expect_gt(first, second + 100 * ACC_CYCLE, "DRAM is 120 cycles away");
        cr_expect_eq(second, run_at(PROGRAM, 4), "all hit, so it takes what the schedule says");
        end();
    }
}

/* A pair in two lines, and one register across two: accesses as registers, misses as lines. */
Test(engine_timing, accesses_across_lines)
{
    static const uint32_t code[] = { 0xa9438c22 /* ldp x2, x3, [x1, #56] */, 0xa9008c22 /* stp, [x1, #8] */,
                                     0xf9400044 /* ldr x4, [x2] */, B_SELF };

    EACH_DISPATCHER(d)
    {
        begin(dispatchers[d], NULL, NULL);
        put(code, 4);
        write64(&w, DATA_AT + 56, DATA_AT + 0x1fc);
        write64(&w, DATA_AT + 0x1fc, 77);
        c->x[1] = DATA_AT;
        run_at(PROGRAM, 1);
        EXPECT_COUNT(mem_access, 2);
        EXPECT_COUNT(l1d_refill, 2);
        run_at(PROGRAM + 4, 1);
        EXPECT_COUNT(mem_access, 4);
        EXPECT_COUNT(l1d_refill, 2);
        run_at(PROGRAM + 8, 1);
        cr_expect_eq(c->x[4], 77);
        EXPECT_COUNT(mem_access, 5);
        EXPECT_COUNT(l1d_refill, 4);
        run_at(PROGRAM, 3);
        EXPECT_COUNT(mem_access, 10);
        EXPECT_COUNT(l1d_refill, 4);
        end();
    }
}

Test(engine_timing, memory_that_is_not_cacheable)
{
    static const uint32_t code[] = { 0xf9400022 /* ldr x2, [x1] */, 0xf9400423 /* ldr x3, [x1, #8] */,
                                     B_SELF };

    EACH_DISPATCHER(d)
    {
        uint64_t waited;

        begin(dispatchers[d], NULL, NULL);
        put(code, 3);
        c->sr[SR_SCTLR_EL1] &= ~BIT(2);
        mmu_context_changed(c);
        mmu_select(c);
        c->x[1] = DATA_AT;
        run_at(PROGRAM, 2);
        waited = count(CTR_stall_data);
        for (unsigned i = 2; i < 4; i++) {
            EXPECT_COUNT(mem_uncached, 2 * (i - 1));
            EXPECT_COUNT(mem_access, 2 * (i - 1));
            EXPECT_COUNT(l1d_access, count(CTR_l1d_walk) - base[CTR_l1d_walk]);
            run_at(PROGRAM, 2);
        }
        cr_expect_gt(count(CTR_stall_data), waited + 100, "each pass goes to memory");
        c->sr[SR_SCTLR_EL1] |= BIT(2);
        mmu_context_changed(c);
        mmu_select(c);
        count_anew();
        run_at(PROGRAM, 2);
        EXPECT_COUNT(mem_uncached, 0);
        EXPECT_COUNT(l1d_refill, 1);
        end();
    }
}

/* Each page by another line, so that all of them stay in L1D. */
static uint64_t in_page(unsigned i)
{
    return DATA_AT + (uint64_t)i * (4096 + 64);
}

static void load_pages(unsigned first, unsigned n)
{
    for (unsigned i = first; i < first + n; i++) {
        c->x[1] = in_page(i);
        run_at(PROGRAM, 1);
    }
}

/* First in, first out: one page more than entries, in turns, misses each time, and the main TLB is not
 * asked. */
Test(engine_timing, micro_tlb_is_a_fifo)
{
    static const uint32_t code[] = { LDR_X0_X1, B_SELF };

    EACH_DISPATCHER(d)
    {
        unsigned n;

        begin(dispatchers[d], NULL, NULL);
        put(code, 2);
        n = w.m->model->translation.utlb_data_entries;
        cr_assert(n && n + 2 < PAGES);
        load_pages(1, n);
        EXPECT_COUNT(utlb_data_refill, n);
        load_pages(1, n);
        EXPECT_COUNT(utlb_data_refill, n);
        load_pages(n + 1, 1);
        EXPECT_COUNT(utlb_data_refill, n + 1);
        count_anew();
        load_pages(1, n + 1);
        EXPECT_COUNT(utlb_data_refill, n + 1);
        EXPECT_COUNT(tlb_lookup, 0); /* Parked slots live again. */
        EXPECT_COUNT(tlb_miss, 0);
        EXPECT_COUNT(stall_walk_data, 0);
        end();
    }
}

/* What a miss of the micro-TLB takes is what [tlb] latency says, when the value is waited for. */
Test(engine_timing, micro_tlb_misses_take_their_latency)
{
    static const uint32_t code[] = { LDR_X0_X1, 0x8b000002 /* add x2, x0, x0 */, B_SELF };

    EACH_DISPATCHER(d)
    {
        uint64_t hit, miss;
        unsigned n;

        begin(dispatchers[d], NULL, "core.tlb.latency=50");
        put(code, 3);
        n = w.m->model->translation.utlb_data_entries;
        for (unsigned pass = 0; pass < 2; pass++)
            load_pages(1, n + 1);
        hit = run_at(PROGRAM, 2);
        c->x[1] = in_page(1);
        count_anew();
        miss = run_at(PROGRAM, 2);
        EXPECT_COUNT(utlb_data_refill, 1);
        EXPECT_COUNT(l1d_refill, 0);
        EXPECT_COUNT(stall_data, 50);
        EXPECT_COUNT(tlb_lookup, 0);
        cr_expect_eq(miss - hit, 50 * ACC_CYCLE, "%lu and %lu ticks", miss, hit);
        end();
    }
}

Test(engine_timing, micro_tlb_after_maintenance_and_eviction)
{
    static const uint32_t code[] = { LDR_X0_X1, B_SELF };

    EACH_DISPATCHER(d)
    {
        struct utlb *u;

        begin(dispatchers[d], NULL, "core.tlb.entries=4");
        put(code, 2);
        u = &c->mmu->utlb_data;
        load_pages(1, 2);
        cr_expect_geq(u->count, 1);
        mmu_tlbi(c, SR_TLBI_VMALLE1, 0);
        cr_expect_eq(u->count, 0, "TLBI empties it");
        cr_expect_eq(c->mmu->utlb_instr.count, 0);
        count_anew();
        load_pages(2, 1);
        EXPECT_COUNT(utlb_data_refill, 1);
        EXPECT_COUNT(utlb_instr_refill, 1);
        EXPECT_COUNT(tlb_miss, 2);
        load_pages(1, PAGES - 1);
        cr_expect_leq(u->count, 4, "%u entries of a TLB with 4", u->count);
        for (uint32_t i = 0; i < u->count; i++)
            cr_expect(c->mmu->tlb.main.valid[u->owner[i] / 64] >> u->owner[i] % 64 & 1, "owner %u is gone",
                      u->owner[i]);
        end();
    }
}

/* Walks: descriptors that are read. */

static void two_stages(struct tables *s1, const char *set)
{
    struct tables s2;

    w = machine_of(NULL, NULL, set);
    c = w.c;
    c->sr[SR_ID_AA64MMFR0_EL1] = 0x1124; /* 44 bits of PA: stage 2 can begin at level 0. */
    c->sr[SR_MAIR_EL1] = MAIR;
    c->sr[SR_HCR_EL2] = BIT(31);
    *s1 = tables_new(&w, 12, 48, 0);
    for (unsigned i = 0; i < 4; i++)
        map(&w, s1, DATA_AT + i * UINT64_C(4096), DATA_AT + i * UINT64_C(4096), 3, S1_RW);
    s2 = tables_new(&w, 12, 44, 0);
    for (uint64_t at = TABLES_AT; at < TABLES_AT + 0x20000; at += 4096)
        map(&w, &s2, at, at, 3, S2_RW);
    for (unsigned i = 0; i < 4; i++)
        map(&w, &s2, DATA_AT + i * UINT64_C(4096), DATA_AT + i * UINT64_C(4096), 3, S2_RW);
    use_s1(&w, s1, 1);
    use_s2(&w, &s2, 1);
    count_anew();
}

Test(engine_timing, a_walk_of_two_stages_reads_24_descriptors)
{
    struct tables s1;

    two_stages(&s1, NULL);
    EXPECT_PA(&w, 1, DATA_AT, DATA_AT);
    EXPECT_COUNT(walk_access, 24);
    EXPECT_COUNT(l1d_walk, 24);
    EXPECT_COUNT(walk_cache_hit, 0);
    EXPECT_COUNT(ipa_cache_hit, 0);
    cr_expect_gt(c->mmu->late, 24, "%u cycles", c->mmu->late);
    count_anew();
    /* The walk cache has the last table, the IPA cache where it is: its descriptor, and the page's stage 2.
     */
    EXPECT_PA(&w, 1, DATA_AT + 4096, DATA_AT + 4096);
    EXPECT_COUNT(walk_access, 5);
    EXPECT_COUNT(walk_cache_hit, 1);
    EXPECT_COUNT(ipa_cache_hit, 1);
    count_anew();
    EXPECT_PA(&w, 1, DATA_AT + 4096, DATA_AT + 4096);
    EXPECT_COUNT(walk_access, 0);
    EXPECT_COUNT(tlb_miss, 0);
    end();
}

Test(engine_timing, without_a_walk_cache_stage_1_begins_at_the_top)
{
    struct tables s1;

    two_stages(&s1, "core.walk-cache.entries=0");
    EXPECT_PA(&w, 1, DATA_AT, DATA_AT);
    EXPECT_COUNT(walk_access, 24);
    count_anew();
    EXPECT_PA(&w, 1, DATA_AT + 4096, DATA_AT + 4096);
    EXPECT_COUNT(walk_access, 4 + 4);
    EXPECT_COUNT(ipa_cache_hit, 4);
    end();
}

Test(engine_timing, a_walk_of_stage_1_reads_a_descriptor_a_level)
{
    static const unsigned bits_of[] = { 48, 39, 30 };

    for (unsigned i = 0; i < 3; i++) {
        struct tables s1;

        w = machine_of(NULL, NULL, NULL);
        c = w.c;
        c->sr[SR_MAIR_EL1] = MAIR;
        c->sr[SR_HCR_EL2] = BIT(31);
        s1 = tables_new(&w, 12, bits_of[i], i);
        map(&w, &s1, 0x1000, DATA_AT, 3, S1_RW);
        map(&w, &s1, 0x2000, DATA_AT, 3, S1_RW);
        use_s1(&w, &s1, 1);
        count_anew();
        EXPECT_PA(&w, 1, 0x1000, DATA_AT);
        EXPECT_COUNT(walk_access, 4 - i);
        EXPECT_PA(&w, 1, 0x2000, DATA_AT);
        EXPECT_COUNT(walk_access, 4 - i + 1);
        end();
    }
}

/* PMCCNTR_EL0 in the middle of blocks: the same however blocks are run, and never back. */
static void read_counter(const char *dispatch, unsigned at_once, uint64_t *out)
{
    static const uint32_t code[] = {
        0xd51b9c2a, /* msr pmcntenset_el0, x10 */
        0xd51b9c0b, /* msr pmcr_el0, x11 */
        0xd53b9d02, /* mrs x2, pmccntr_el0 */
        0x9b017c25, /* mul x5, x1, x1 */
        0x9b057ca5, /* mul x5, x5, x5 */
        0xd53b9d03, /* mrs x3, pmccntr_el0 */
        0xf9400027, /* ldr x7, [x1] */
        0x8b0700e7, /* add x7, x7, x7 */
        0xd53b9d04, /* mrs x4, pmccntr_el0 */
        B_SELF,
    };
    const unsigned n = sizeof(code) / 4;

    begin(dispatch, NULL, NULL);
    put(code, n);
    c->x[1] = DATA_AT;
    c->x[10] = BIT(31);
    c->x[11] = 1;
    c->pc = PROGRAM;
    for (unsigned done = 0; done < n; done += at_once)
        run_insns(c, at_once);
    memcpy(out, &c->x[2], 3 * sizeof(*out));
    end();
}

Test(engine_timing, counter_reads_are_exact)
{
    uint64_t want[3], got[3];

    read_counter(NULL, 1, want);
    cr_expect_gt(want[0], 0);
    cr_expect_geq(want[1] - want[0], 8, "two products that depend on each other: %lu", want[1] - want[0]);
    cr_expect_gt(want[2] - want[1], 100, "a load from memory: %lu", want[2] - want[1]);
    EACH_DISPATCHER(d)
    {
        read_counter(dispatchers[d], 10, got);
        cr_expect_arr_eq(got, want, sizeof(got), "%lu %lu %lu", got[0], got[1], got[2]);
        read_counter(dispatchers[d], 3, got);
        cr_expect_arr_eq(got, want, sizeof(got), "three at a time: %lu %lu %lu", got[0], got[1], got[2]);
    }
}

/* Stores that miss wait in their buffer; DSB waits for them. */
Test(engine_timing, dsb_waits_for_stores)
{
    static const uint32_t code[] = { STR_X0_X1, 0xf9002020 /* str x0, [x1, #64] */, 0xd5033f9f /* dsb sy */,
                                     B_SELF };

    EACH_DISPATCHER(d)
    {
        uint64_t cold, warm;

        begin(dispatchers[d], NULL, NULL);
        put(code, 4);
        run_at(PROGRAM + 12, 1); /* Its line is there. */
        c->x[1] = DATA_AT;
        cr_expect_lt(run_at(PROGRAM, 2), 40 * ACC_CYCLE, "stores do not wait");
        cold = run_at(PROGRAM + 8, 1);
        run_at(PROGRAM, 2);
        warm = run_at(PROGRAM + 8, 1);
        cr_expect_gt(cold, 100 * ACC_CYCLE, "%lu ticks", cold);
        cr_expect_lt(warm, 30 * ACC_CYCLE, "%lu ticks", warm);
        end();
    }
}

/* Ticks of a branch by X0, after it went one way so often that the other is not predicted, or is. */
static uint64_t branch_after(unsigned before, unsigned now)
{
    for (unsigned i = 0; i < 40; i++) {
        c->x[0] = before;
        run_at(PROGRAM, 1);
    }
    count_anew();
    c->x[0] = now;
    return run_at(PROGRAM, 1);
}

Test(engine_timing, a_wrong_prediction_costs_once)
{
    static const uint32_t code[] = { 0xb4000040 /* cbz x0, .+8 */, B_SELF, B_SELF };

    EACH_DISPATCHER(d)
    {
        uint64_t right, wrong;

        begin(dispatchers[d], NULL, NULL);
        put(code, 3);
        for (unsigned taken = 0; taken < 2; taken++) {
            right = branch_after(taken, taken);
            EXPECT_COUNT(mispredict_conditional, 0);
            wrong = branch_after(!taken, taken);
            EXPECT_COUNT(mispredict_conditional, 1);
            EXPECT_COUNT(branch_conditional, 1);
            cr_expect_eq(wrong - right, w.m->model->branch.mispredict * ACC_CYCLE, "%lu and %lu ticks",
                         wrong, right);
        }
        end();
    }
}

/* Of the timing model's counters none moves, every line is there, and an instruction is a cycle. */
Test(engine_timing, none_charges_nothing)
{
    static const uint32_t code[] = { STR_X0_X1, 0xf9400022 /* ldr x2, [x1] */, 0xb4000040 /* cbz x0, .+8 */,
                                     NOP,       0xd5033f9f /* dsb sy */,       0xd5033fdf /* isb */,
                                     B_SELF };

    EACH_DISPATCHER(d)
    {
        const struct fast_slot *s;
        uint64_t took, insns;

        begin(dispatchers[d], "none", NULL);
        cr_expect_null(c->memory);
        fixture_code(w.m, CODE, code, 7);
        c->x[1] = DATA_AT;
        insns = pe_insns(c);
        took = run_at(CODE, 9);
        cr_expect_eq(took, (pe_insns(c) - insns) * ACC_CYCLE);
        s = &c->dtlb[fast_index(DATA_AT, c->dctx)];
        cr_expect_eq(s->tag_w, DATA_AT | c->dctx);
        cr_expect_eq(s->lines, &line_map_all);
        cr_expect_eq(c->code_lines, &line_map_all);
        timing_counts_sync(c);
        for (unsigned i = CTR_mem_access; i < CTR_COUNT; i++)
            if (i != CTR_tlb_miss_instr && i != CTR_tlb_miss_data) /* Of the modelled TLB. */
                cr_expect_eq(c->ctr[i], 0, "%s", counter_name((enum counter_id)i));
        end();
    }
}

/* Machines of one process do not know of each other: turns by turns, each does what it does alone. */
static const uint32_t walker[] = {
    0xf9400022, /* ldr x2, [x1] */
    0x8b020000, /* add x0, x0, x2 */
    0xf9000020, /* str x0, [x1] */
    0x91010021, /* add x1, x1, #64 */
    0x17fffffc, /* b .-16 */
};

struct outcome {
    uint64_t ticks, ctr[CTR_COUNT];
};

static void outcome_of(struct outcome *o)
{
    timing_counts_sync(c);
    o->ticks = ticks(c);
    memcpy(o->ctr, c->ctr, sizeof(o->ctr));
}

static void walker_begin(const char *dispatch)
{
    begin(dispatch, NULL, NULL);
    fixture_code(w.m, CODE, walker, sizeof(walker) / 4);
    c->x[1] = DATA_AT;
    c->pc = CODE;
}

Test(engine_timing, machines_do_not_disturb_each_other)
{
    enum { TURNS = 20, TURN = 100 };
    struct world two[2];
    struct outcome alone, got;

    walker_begin(NULL);
    for (unsigned i = 0; i < TURNS; i++)
        run_insns(c, TURN);
    outcome_of(&alone);
    end();
    cr_expect_gt(alone.ctr[CTR_l1d_refill], TURNS);
    for (unsigned i = 0; i < 2; i++) {
        walker_begin(dispatchers[i]);
        two[i] = w;
    }
    for (unsigned i = 0; i < TURNS; i++) {
        run_insns(two[0].c, TURN);
        run_insns(two[1].c, TURN);
    }
    for (unsigned i = 0; i < 2; i++) {
        w = two[i];
        c = w.c;
        outcome_of(&got);
        cr_expect_eq(got.ticks, alone.ticks, "machine %u: %lu, alone %lu", i, got.ticks, alone.ticks);
        for (unsigned n = 0; n < CTR_COUNT; n++)
            cr_expect_eq(got.ctr[n], alone.ctr[n], "machine %u: %s", i, counter_name((enum counter_id)n));
        end();
    }
}
