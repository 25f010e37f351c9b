/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_block.c
 * Decoded blocks and the dispatchers: suffix sums, invalidation, exact counts on every way out of a block,
 * branches within and between pages, code that writes itself, state-set tracking. The machine is at EL1
 * with translation off and, but for tests of costs, without timing: one cycle an instruction. Each test
 * runs with both dispatchers.
 */
#include "fixture.h"

#include <string.h>

#include "a64/insn.h"
#include "mmu/access.h"
#include "timing/memory.h"
#include "timing/pipeline.h"

#define CODE FIXTURE_RAM
#define DATA (FIXTURE_RAM + 0x10000)

enum {
    NOP = 0xd503201f,
    UDF = 0,
    ADD_X0_1 = 0x91000400, /* add x0, x0, #1 */
    B_BACK_8 = 0x17fffffe, /* b .-8 */
};

static avs_machine *m;
static struct pe *c;

static void start(const struct a64_dispatcher *d, const char *timing)
{
    avs_options o = AVS_OPTIONS_INIT;

    o.board = "virt,virtualization=off";
    o.timing = timing;
    cr_assert_eq(avs_machine_new(&o, &m), AVS_OK, "machine: %s", avs_last_error(NULL));
    c = &m->pe[0];
    if (d)
        m->dispatcher = d;
}

/* Puts code at a physical address and finds its ops. */
static struct op *put(uint64_t at, const uint32_t *words, size_t count)
{
    fixture_code(m, at, words, count);
    cr_assert(mem_fetch_page(c, at));
    c->pc = at;
    return c->code_ops + (at >> 2) % OPS_PER_PAGE;
}

/* Runs from pc until the chain leaves for something else than another page. */
static enum pe_exit go(void)
{
    c->acc = 0;
    do {
        const struct op *op;

        cr_assert(mem_fetch_page(c, c->pc));
        op = c->code_ops + (c->pc >> 2) % OPS_PER_PAGE;
        m->dispatcher->run(c, op, c->acc + op->suffix);
    } while (c->exit == PE_EXIT_RESYNC);
    return c->exit;
}

static uint64_t insns(uint64_t acc)
{
    return acc >> 32;
}

#define BOTH(suite, name) BOTH_(suite, name, "none")
#define BOTH_TIMED(suite, name) BOTH_(suite, name, "block")
#define BOTH_(suite, name, timing)                                                                         \
    static void suite##_##name(void);                                                                      \
    Test(suite, name##_default)                                                                            \
    {                                                                                                      \
        start(NULL, timing);                                                                               \
        suite##_##name();                                                                                  \
        avs_machine_free(m);                                                                               \
    }                                                                                                      \
    Test(suite, name##_loop)                                                                               \
    {                                                                                                      \
        start(&a64_dispatch_loop, timing);                                                                 \
        suite##_##name();                                                                                  \
        avs_machine_free(m);                                                                               \
    }                                                                                                      \
    static void suite##_##name(void)

BOTH(block, suffixes_sum_to_the_blocks_end)
{
    const uint32_t code[] = { NOP, NOP, ADD_X0_1, UDF, NOP };
    struct op *op = put(CODE, code, 5);

    cr_assert_eq(op->suffix, 0);
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    for (unsigned i = 0; i < 4; i++)
        cr_expect_eq(op[i].suffix, (4 - i) * (ACC_INSN + ACC_CYCLE));
    cr_expect_eq(op[4].suffix, 0);
    cr_expect_eq(c->acc, 3 * (ACC_INSN + ACC_CYCLE));
    cr_expect_eq(c->pc, CODE + 12);
    cr_expect_eq(c->x[0], 1);
}

/* With the caches on, runs once, so that the code's lines are in L1I, and then again, for what is asserted.
 */
static void warm_up(void)
{
    const uint64_t from = c->pc;

    c->sr[SR_SCTLR_EL1] |= BIT(12); /* I */
    mmu_context_changed(c);
    mmu_select(c);
    go();
    c->pc = from;
}

BOTH_TIMED(block, costs_are_the_schedules)
{
    const uint32_t code[] = { ADD_X0_1, 0x9b017c00 /* mul x0, x0, x1 */, 0xf9400043 /* ldr x3, [x2] */, NOP,
                              UDF };
    struct op *op = put(CODE, code, 5);
    struct pipe_insn in[5];
    struct pipe_result want[5];
    uint64_t rest = 0;

    for (unsigned i = 0; i < 5; i++)
        pipe_insn_of(code[i], a64_decode(code[i]), &in[i]);
    pipeline_schedule(&m->model->pipeline, in, 5, want);
    c->x[2] = UINT64_C(1) << 52; /* Faults; the block is decoded all the same. */
    go();
    for (unsigned i = 5; i-- > 0;) {
        rest += ACC_INSN + want[i].ticks;
        cr_expect_eq(op[i].suffix, rest, "op %u: %#lx, not %#lx", i, op[i].suffix, rest);
    }
    cr_expect_geq(acc_ticks(op[0].suffix), 4 * ACC_CYCLE,
                  "a product waits for its operand, and the sum for it");
}

BOTH_TIMED(block, a_way_out_leaves_what_was_executed)
{
    const uint32_t code[] = { ADD_X0_1, 0x9b017c00 /* mul x0, x0, x1 */, UDF };
    struct op *op = put(CODE, code, 3);

    warm_up();
    go();
    cr_expect_eq(c->pc, CODE + 8);
    cr_expect_eq(c->acc, op[0].suffix - op[2].suffix, "%#lx", c->acc);
}

/* The first op of a line is behind a handler that asks for the line. */
BOTH_TIMED(block, each_line_is_fetched_once)
{
    uint32_t code[3 * OPS_PER_LINE];
    struct op *op;
    uint64_t first;

    for (unsigned i = 0; i < 3 * OPS_PER_LINE; i++)
        code[i] = i < 3 * OPS_PER_LINE - 1 ? ADD_X0_1 : UDF;
    op = put(CODE, code, 3 * OPS_PER_LINE);
    c->sr[SR_SCTLR_EL1] |= BIT(12); /* I */
    mmu_context_changed(c);
    mmu_select(c);
    go();
    first = acc_ticks(c->acc);
    cr_expect_eq(c->x[0], 3 * OPS_PER_LINE - 1);
    cr_expect_eq(op[0].fn, m->dispatcher->line);
    cr_expect_eq(op[OPS_PER_LINE].fn, m->dispatcher->line);
    cr_expect_neq(op[1].fn, m->dispatcher->line);
    c->pc = CODE;
    go();
    cr_expect_eq(acc_ticks(c->acc), acc_ticks(op[0].suffix) - acc_ticks(op[3 * OPS_PER_LINE - 1].suffix));
    cr_expect_gt(first, acc_ticks(c->acc), "the first time waits for lines");
    cr_expect_eq(c->code_lines->fetched & 7, 7);
}

BOTH(block, runs_into_what_is_decoded)
{
    const uint32_t code[] = { NOP, NOP, NOP, UDF };
    struct op *op = put(CODE, code, 4);

    c->pc = CODE + 8;
    go();
    cr_expect_eq(insns(op[2].suffix), 2);
    cr_expect_eq(op[1].suffix, 0);
    c->pc = CODE;
    go();
    cr_expect_eq(insns(op[0].suffix), 4);
    cr_expect_eq(insns(c->acc), 3);
}

BOTH(block, invalidation_reaches_back_to_the_block_before)
{
    const uint32_t code[] = { NOP, UDF, NOP, NOP, NOP, UDF };
    struct op *op = put(CODE, code, 6);

    go();
    c->pc = CODE + 8;
    go();
    cr_assert(bus_copy_in(m->bus, pa(CODE + 16), &(uint32_t){ ADD_X0_1 }, 4));
    cr_expect_eq(insns(op[0].suffix), 2);
    cr_expect_eq(insns(op[1].suffix), 1);
    for (unsigned i = 2; i < 5; i++)
        cr_expect_eq(op[i].suffix, 0, "op %u", i);
    cr_expect_eq(insns(op[5].suffix), 1);
    c->pc = CODE + 8;
    go();
    cr_expect_eq(c->x[0], 1);
    cr_expect_eq(insns(c->acc), 3);
}

BOTH(block, page_invalidate_tells_whether_it_did)
{
    const uint32_t code[] = { NOP, UDF };
    struct bus_region *r;

    put(CODE, code, 2);
    go();
    r = bus_find(m->bus, pa(CODE));
    cr_expect_not(a64_page_invalidate(r->code[0], 2, 1023));
    cr_expect(a64_page_invalidate(r->code[0], 1, 1));
    cr_expect_not(a64_page_invalidate(r->code[0], 0, 1023));
}

BOTH(block, code_that_writes_the_next_instruction)
{
    const uint32_t code[] = {
        0xb9000041, /* str w1, [x2] */
        NOP,        /* becomes add x0, x0, #1 */
        ADD_X0_1,
        UDF,
    };

    put(CODE, code, 4);
    go();
    c->pc = CODE;
    c->x[0] = 0;
    c->x[1] = ADD_X0_1;
    c->x[2] = CODE + 4;
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->x[0], 2);
    cr_expect_eq(c->pc, CODE + 12);
    cr_expect_eq(insns(c->acc), 3);
}

BOTH(block, fault_in_the_middle_is_exact)
{
    const uint32_t code[] = { ADD_X0_1, 0xf8408c41 /* ldr x1, [x2, #8]! */, ADD_X0_1, UDF };

    put(CODE, code, 4);
    c->x[1] = 7;
    c->x[2] = UINT64_C(1) << 52; /* Beyond every physical address. */
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->pc, CODE + 4);
    cr_expect_eq(insns(c->acc), 1);
    cr_expect_eq(c->x[0], 1);
    cr_expect_eq(c->x[1], 7);
    cr_expect_eq(c->x[2], UINT64_C(1) << 52);
}

BOTH(block, guard_stops_before_the_block)
{
    const uint32_t code[] = { ADD_X0_1, ADD_X0_1, B_BACK_8 };
    struct op *op = put(CODE, code, 3);

    c->acc = ACC_INSN_GUARD - 9 * ACC_INSN;
    m->dispatcher->run(c, op, c->acc);
    cr_expect_eq(c->exit, PE_EXIT_DEADLINE);
    cr_expect_eq(c->pc, CODE);
    cr_expect_eq(c->x[0], 4); /* The third time round would reach the deadline. */
    cr_expect_eq(c->acc >> 32, (ACC_INSN_GUARD >> 32) - 3);
}

BOTH(block, stop_is_exact)
{
    const uint32_t code[] = { ADD_X0_1, ADD_X0_1, ADD_X0_1, UDF };
    struct op *op = put(CODE, code, 4);
    op_fn saved;

    go();
    saved = op[2].fn;
    op[2].fn = m->dispatcher->stop;
    c->pc = CODE;
    c->x[0] = 0;
    cr_assert_eq(go(), PE_EXIT_BREAK);
    cr_expect_eq(c->pc, CODE + 8);
    cr_expect_eq(c->x[0], 2);
    cr_expect_eq(insns(c->acc), 2);
    op[2].fn = saved;
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->x[0], 3);
}

BOTH(block, page_end_and_branches_between_pages)
{
    const uint32_t last[] = { ADD_X0_1, ADD_X0_1 };
    const uint32_t next[] = { ADD_X0_1, 0x17fffffb /* b .-20, to the page before */ };
    const uint32_t far[] = { 0x94000404 /* bl .+0x1010 */, UDF };
    const uint32_t there[] = { ADD_X0_1, 0xd65f03c0 /* ret */ };

    put(CODE + 0x2000 + 8, there, 2);
    put(CODE + 0x1000, next, 2);
    put(CODE + 0xff8, last, 2);
    put(CODE + 0xff0, far, 2);
    c->pc = CODE + 0xff8;
    fixture_code(m, CODE + 0x2000, there, 2);
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->x[0], 4);
    cr_expect_eq(c->pc, CODE + 0xff4);
    cr_expect_eq(c->x[30], CODE + 0xff4);
    cr_expect_eq(insns(c->acc), 2 + 2 + 1 + 2);
}

BOTH(block, mrs_marks)
{
    const uint32_t code[] = { 0xd538d081 /* mrs x1, tpidr_el1 */, 0xd518d082 /* msr tpidr_el1, x2 */, UDF };

    put(CODE, code, 3);
    c->sr[SR_TPIDR_EL1] = 77;
    c->x[2] = 78;
    go();
    cr_expect_eq(c->x[1], 77);
    cr_expect_eq(c->sr[SR_TPIDR_EL1], 78);
    cr_expect(c->sr_read_set[SR_TPIDR_EL1 / 64] & BIT(SR_TPIDR_EL1 % 64));
    cr_expect(c->sr_write_set[SR_TPIDR_EL1 / 64] & BIT(SR_TPIDR_EL1 % 64));
    cr_expect_eq(insns(c->acc), 2);
}

BOTH_TIMED(block, system_registers_cost_what_the_model_says)
{
    const uint32_t code[] = { 0xd538d081 /* mrs x1, tpidr_el1 */, 0xd518d082 /* msr tpidr_el1, x2 */, UDF };
    struct op *op = put(CODE, code, 3);
    uint64_t want;

    warm_up();
    go();
    cr_assert_eq(acc_insns(op[0].suffix), 2, "MSR ends its block");
    want = acc_ticks(op[0].suffix) + c->cost[COST_SR_READ] + c->cost[COST_SR_WRITE];
    cr_expect_eq(acc_ticks(c->acc), want, "%lu ticks, not %lu", acc_ticks(c->acc), want);
}

BOTH(block, unallocated_and_refused_are_undefined)
{
    const uint32_t words[] = { 0xffffffff, 0xf8408421 /* ldr x1, [x1], #8 */, 0xd4400000 /* hlt #0 */ };

    for (unsigned i = 0; i < 3; i++) {
        put(CODE + 0x100 * i, &words[i], 1);
        cr_assert_eq(go(), PE_EXIT_EXCEPTION);
        cr_expect_eq(c->exc.ec, EC_UNKNOWN);
        cr_expect_eq(c->exc.insn, words[i]);
        cr_expect_eq(c->acc, 0);
    }
}

BOTH(block, fp_trap_leaves_before_the_op)
{
    const uint32_t code[] = { NOP, 0x3d800041 /* str q1, [x2] */, UDF };

    put(CODE, code, 3);
    c->fp_trap = 1;
    c->sr[SR_CPACR_EL1] = 0;
    c->x[2] = DATA;
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->exc.ec, EC_FP_ACCESS);
    cr_expect_eq(c->pc, CODE + 4);
    cr_expect_eq(insns(c->acc), 1);
}

BOTH(block, sp_alignment_is_checked_for_base_sp)
{
    const uint32_t code[] = { 0xf94003e1 /* ldr x1, [sp] */, UDF };

    put(CODE, code, 2);
    c->sp_check = 15;
    c->x[REG_SP] = DATA + 8;
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->exc.ec, EC_SP_ALIGN);
    cr_expect_eq(c->pc, CODE);
    c->x[REG_SP] = DATA;
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->exc.ec, EC_UNKNOWN);
    c->x[REG_SP] = DATA + 8; /* Misaligned again, now that the fast TLB knows the page. */
    c->pc = CODE;
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->exc.ec, EC_SP_ALIGN);
}

BOTH(block, exclusives)
{
    const uint32_t code[] = {
        0xc85f7c41,             /* ldxr x1, [x2] */
        0xc8037c44,             /* stxr w3, x4, [x2]: passes */
        0xc8057c44,             /* stxr w5, x4, [x2]: the monitor is clear */
        0xc85f7c41,             /* ldxr x1, [x2] */
        0xf9000046,             /* str x6, [x2] */
        0xc8077c44,             /* stxr w7, x4, [x2]: memory changed */
        0xc85f7c41, 0xd5033f5f, /* ldxr x1, [x2]; clrex */
        0xc8087c44,             /* stxr w8, x4, [x2] */
        UDF,
    };
    uint64_t value = 5;

    put(CODE, code, 10);
    cr_assert(bus_copy_in(m->bus, pa(DATA), &value, sizeof(value)));
    c->x[2] = DATA;
    c->x[4] = 9;
    c->x[6] = 11;
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->x[3], 0);
    cr_expect_eq(c->x[5], 1);
    cr_expect_eq(c->x[7], 1);
    cr_expect_eq(c->x[8], 1);
    cr_expect_eq(c->x[1], 11);
    cr_assert(bus_copy_out(m->bus, pa(DATA), &value, sizeof(value)));
    cr_expect_eq(value, 11);
}

/* Stage 1 on: RAM as Normal memory, by one 1 GiB block. */
static void map_normal(void)
{
    const uint64_t table[2] = { 0, FIXTURE_RAM | BIT(10) | UINT64_C(3) << 8 | 1 };

    cr_assert(bus_copy_in(m->bus, pa(CODE + 0x20000), table, sizeof(table)));
    c->sr[SR_MAIR_EL1] = 0xff;
    c->sr[SR_TCR_EL1] = 25 | BIT(23) | UINT64_C(2) << 32;
    c->sr[SR_TTBR0_EL1] = CODE + 0x20000;
    c->sr[SR_SCTLR_EL1] = 1;
    mmu_context_changed(c);
    mmu_select(c);
}

BOTH(block, dc_zva_to_device_memory_is_an_alignment_fault)
{
    const uint32_t code[] = { 0xd50b7422 /* dc zva, x2 */, UDF };
    uint64_t data = 0xaa;

    put(CODE, code, 2);
    cr_assert(bus_copy_in(m->bus, pa(DATA), &data, sizeof(data)));
    c->x[2] = DATA + 20;
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->pc, CODE);
    cr_expect_eq(c->exc.ec, EC_DABT_SAME);
    cr_expect_eq(c->exc.iss & 0x3f, FSC_ALIGNMENT);
    cr_expect_eq(c->exc.far, DATA + 20);
    cr_assert(bus_copy_out(m->bus, pa(DATA), &data, sizeof(data)));
    cr_expect_eq(data, 0xaa);
}

BOTH(block, dc_zva_zeroes_its_block)
{
    const uint32_t code[] = { 0xd50b7422 /* dc zva, x2 */, UDF };
    unsigned size = 4u << (c->sr[SR_DCZID_EL0] & 15);
    uint8_t data[256], want[256];

    memset(data, 0xaa, sizeof(data));
    memset(want, 0xaa, sizeof(want));
    memset(want + size, 0, size);
    map_normal();
    put(CODE, code, 2);
    cr_assert_leq(2 * size, sizeof(data));
    cr_assert(bus_copy_in(m->bus, pa(DATA), data, sizeof(data)));
    c->x[2] = DATA + size + 13;
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->pc, CODE + 4, "stopped at 0x%llx", (unsigned long long)c->pc);
    cr_assert(bus_copy_out(m->bus, pa(DATA), data, sizeof(data)));
    cr_expect_arr_eq(data, want, sizeof(data));
}

/* At EL2, when somebody listens, loads and stores name the registers that they move. */
static void tracking(bool listens)
{
    const uint32_t code[] = {
        0xa90007e0, /* stp x0, x1, [sp] */
        0xf94013e2, /* ldr x2, [sp, #32] */
        0xf9000fe2, /* str x2, [sp, #24]: was loaded before, so it is no save */
        0xad0007e0, /* stp q0, q1, [sp] */
        0x3dc003e3, /* ldr q3, [sp] */
        UDF,
    };

    m = fixture_machine(NULL, NULL);
    c = &m->pe[0];
    cr_assert_eq(c->el, 2);
    c->hooks = listens ? &m->hooks : NULL;
    put(CODE, code, 6);
    c->x[REG_SP] = DATA;
    c->fp_trap = 0;
    cr_assert_eq(go(), PE_EXIT_EXCEPTION);
    cr_expect_eq(c->gp_store_set, listens ? 3 : 0);
    cr_expect_eq(c->gp_load_set, listens ? 4 : 0);
    cr_expect_eq(c->fp_store_set, listens ? 3 : 0);
    cr_expect_eq(c->fp_load_set, listens ? 8 : 0);
    avs_machine_free(m);
}

Test(block, tracking_when_somebody_listens)
{
    tracking(true);
}

Test(block, no_tracking_when_nobody_listens)
{
    tracking(false);
}
