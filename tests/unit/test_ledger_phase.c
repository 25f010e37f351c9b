/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_ledger_phase.c
 * What the ledger finds out of programs that run: save and restore phases, where handlers begin and end,
 * the trapped instruction as text, refills after a trap. With --timing none each instruction is a cycle, so
 * phases are counted in the listings below.
 */
#include "fixture.h"
#include "ledger_util.h"

#define CODE FIXTURE_RAM

enum { NOP = 0xd503201f, ERET = 0xd69f03e0 };

/* From EL2 to EL1, where a guest gives X0-X5 values, makes a hypercall, and stays. */
static const uint32_t boot_el2[] = {
    0x10004000, /* adr x0, CODE + 0x800 */
    0xd51cc000, /* msr vbar_el2, x0 */
    0xd2b00000, /* mov x0, #0x80000000 */
    0xd51c1100, /* msr hcr_el2, x0 */
    0xd28078a0, /* mov x0, #0x3c5 */
    0xd51c4000, /* msr spsr_el2, x0 */
    0x100000a0, /* adr x0, guest */
    0xd51c4020, /* msr elr_el2, x0 */
    0xd2a80020, /* mov x0, #0x40010000 */
    0x9100001f, /* mov sp, x0 */
    0xd69f03e0, /* eret */
    0xd2800020, /* guest: mov x0, #1 */
    0xd2800041, /* mov x1, #2 */
    0xd2800062, /* mov x2, #3 */
    0xd2800083, /* mov x3, #4 */
    0xd28000a4, /* mov x4, #5 */
    0xd28000c5, /* mov x5, #6 */
    0xd4000002, /* hvc #0 */
    0x14000000, /* b . */
};
enum { HVC_AT = 17 };

/* The same from EL3, with EL2 in between; its vectors are at CODE + 0x1000. */
static const uint32_t boot_el3[] = {
    0x10004000, /* adr x0, CODE + 0x800 */
    0xd51ec000, /* msr vbar_el3, x0 */
    0x91200000, /* add x0, x0, #0x800 */
    0xd51cc000, /* msr vbar_el2, x0 */
    0xd280a020, /* mov x0, #0x501 */
    0xd51e1100, /* msr scr_el3, x0 */
    0xd2b00000, /* mov x0, #0x80000000 */
    0xd51c1100, /* msr hcr_el2, x0 */
    0xd28078a0, /* mov x0, #0x3c5 */
    0xd51e4000, /* msr spsr_el3, x0 */
    0x100000c0, /* adr x0, guest */
    0xd51e4020, /* msr elr_el3, x0 */
    0xd2a80020, /* mov x0, #0x40010000 */
    0x9100001f, /* mov sp, x0 */
    0xd51e4100, /* msr sp_el2, x0 */
    0xd69f03e0, /* eret */
    0xd2800020, /* guest: mov x0, #1 */
    0xd2800041, /* mov x1, #2 */
    0xd2800062, /* mov x2, #3 */
    0xd2800083, /* mov x3, #4 */
    0xd28000a4, /* mov x4, #5 */
    0xd28000c5, /* mov x5, #6 */
    0xd4000002, /* hvc #0 */
    0x14000000, /* b . */
};

/* A program under construction: words, and runs of NOP. */
struct code {
    uint32_t word[128];
    size_t count;
};

static void put(struct code *k, uint32_t word)
{
    k->word[k->count++] = word;
}

static void put_nops(struct code *k, unsigned n)
{
    while (n--)
        put(k, NOP);
}

/* A machine with a ledger, and what asks its database. */
struct run {
    avs_machine *m;
    struct rig ask;
};

static struct run run_new(const char *board, const char *cpu, const char *timing, const char *dispatch)
{
    avs_options o = AVS_OPTIONS_INIT;
    struct run r = { 0 };

    o.board = board;
    o.cpu = cpu;
    o.timing = timing;
    o.dispatch = dispatch;
    o.max_insns = 400;
    cr_assert_eq(avs_machine_new(&o, &r.m), AVS_OK, "%s", avs_last_error(NULL));
    r.ask.dir = g_dir_make_tmp("armvsim-phase-XXXXXX", NULL);
    r.ask.path = g_build_filename(r.ask.dir, "t.db", NULL);
    return r;
}

static void run_it(struct run *r)
{
    r->m->loaded = true;
    r->m->pe[0].pc = CODE;
    cr_assert_eq(avs_ledger_open(r->m, r->ask.path), AVS_OK, "%s", avs_last_error(r->m));
    cr_assert_eq(avs_run(r->m).end, AVS_END_LIMIT, "%s", r->m->crash_reason);
    avs_machine_free(r->m);
}

static void run_free(struct run *r)
{
    g_unlink(r->ask.path);
    g_rmdir(r->ask.dir);
    g_free(r->ask.path);
    g_free(r->ask.dir);
}

/* 56 instructions: the save phase has the first 4, the restore phase the last 8. */
static struct code handler(void)
{
    struct code k = { 0 };

    put(&k, NOP);
    put(&k, 0xa90007e0); /* stp x0, x1, [sp] */
    put(&k, 0xa9010fe2); /* stp x2, x3, [sp, #16] */
    put(&k, 0xd53c4020); /* mrs x0, elr_el2: the last save */
    put(&k, 0xd53c5201); /* mrs x1, esr_el2: not the context's */
    put(&k, 0xd28000a2); /* mov x2, #5 */
    put(&k, 0xf90013e2); /* str x2, [sp, #32]: not its value */
    put_nops(&k, 20);
    put(&k, 0xf90017e4); /* str x4, [sp, #40]: too late */
    put(&k, 0xf9400be0); /* ldr x0, [sp, #16]: x0 is loaded again */
    put(&k, 0xf9401be6); /* ldr x6, [sp, #48]: too early */
    put_nops(&k, 17);
    put(&k, 0xd53c4020); /* mrs x0, elr_el2 */
    put(&k, 0xd51c4020); /* msr elr_el2, x0: the first restore */
    put(&k, 0xa9410fe2); /* ldp x2, x3, [sp, #16] */
    put_nops(&k, 3);
    put(&k, 0xf94003e0); /* ldr x0, [sp] */
    put(&k, 0xa94007e0); /* ldp x0, x1, [sp] */
    put(&k, ERET);
    return k;
}

static void phases_of_a_handler(const char *dispatch)
{
    struct run r = run_new("virt,virtualization=on", NULL, "none", dispatch);
    const struct code k = handler();

    fixture_code(r.m, CODE, boot_el2, G_N_ELEMENTS(boot_el2));
    fixture_code(r.m, CODE + 0xc00, k.word, k.count);
    run_it(&r);
    ASK_INT(&r.ask, 1, "SELECT COUNT(*) FROM v_trap");
    ASK_TEXT(&r.ask, "56 4 8", "SELECT handler_cycles||' '||save_cycles||' '||restore_cycles FROM v_trap");
    ASK_TEXT(&r.ask, "4 8", "SELECT save_cycles||' '||restore_cycles FROM v_trap_agg");
    ASK_TEXT(&r.ask, "hvc #0", "SELECT text FROM v_trap");
    ASK_INT(&r.ask, CODE + 4 * HVC_AT, "SELECT pc FROM site");
    ASK_TEXT(&r.ask, "1073744896 1073745116",
             "SELECT v.pc||' '||x.pc FROM trap t JOIN place v ON v.id = t.vector "
             "JOIN place x ON x.id = t.eret");
    run_free(&r);
}

Test(ledger_phase, a_handler_saves_and_restores)
{
    phases_of_a_handler(NULL);
}

Test(ledger_phase, the_loop_dispatcher_sees_the_same)
{
    phases_of_a_handler("loop");
}

/* A handler of nothing but a return has neither phase. */
Test(ledger_phase, an_empty_handler_has_no_phases)
{
    struct run r = run_new("virt,virtualization=on", NULL, "none", NULL);
    const uint32_t eret = ERET;

    fixture_code(r.m, CODE, boot_el2, G_N_ELEMENTS(boot_el2));
    fixture_code(r.m, CODE + 0xc00, &eret, 1);
    run_it(&r);
    ASK_TEXT(&r.ask, "1 0 0", "SELECT handler_cycles||' '||save_cycles||' '||restore_cycles FROM v_trap");
    run_free(&r);
}

/* EL2 calls EL3 in its prologue: the 33 instructions there are no gap in it, but their cycles belong to it.
 */
Test(ledger_phase, nested_traps_have_phases_of_their_own)
{
    struct run r = run_new("virt,virtualization=on,secure=on", NULL, "none", NULL);
    struct code el3 = { 0 }, el2 = { 0 };

    put(&el3, 0xa90017e4); /* stp x4, x5, [sp] */
    put_nops(&el3, 30);
    put(&el3, 0xa94017e4); /* ldp x4, x5, [sp] */
    put(&el3, ERET);
    put(&el2, 0xa90007e0); /* stp x0, x1, [sp] */
    put(&el2, 0xd4000003); /* smc #0 */
    put(&el2, 0xa9010fe2); /* stp x2, x3, [sp, #16] */
    put(&el2, NOP);
    put(&el2, 0xa94007e0); /* ldp x0, x1, [sp] */
    put(&el2, ERET);
    fixture_code(r.m, CODE, boot_el3, G_N_ELEMENTS(boot_el3));
    fixture_code(r.m, CODE + 0xc00, el3.word, el3.count);
    fixture_code(r.m, CODE + 0x1400, el2.word, el2.count);
    run_it(&r);
    ASK_INT(&r.ask, 1, "SELECT parent FROM v_trap WHERE to_el = 3");
    ASK_TEXT(&r.ask, "33 1 2",
             "SELECT handler_cycles||' '||save_cycles||' '||restore_cycles FROM v_trap WHERE to_el = 3");
    ASK_TEXT(&r.ask, "39 36 2",
             "SELECT handler_cycles||' '||save_cycles||' '||restore_cycles FROM v_trap WHERE to_el = 2");
    run_free(&r);
}

/* The handler empties L1I; the guest's code is one line, which must be fetched again. */
Test(ledger_phase, a_handler_that_empties_l1i_makes_its_context_fetch_again)
{
    static const uint32_t empties[] = { 0xd508751f, /* ic iallu */ ERET };
    static const uint32_t keeps[] = { NOP, ERET };
    struct run r;

    for (unsigned i = 0; i < 2; i++) {
        r = run_new("virt,virtualization=on", "cortex-a53", "block", NULL);
        fixture_code(r.m, CODE, boot_el2, G_N_ELEMENTS(boot_el2));
        fixture_code(r.m, CODE + 0xc00, i ? keeps : empties, 2);
        r.m->pe[0].sr[SR_SCTLR_EL1] |= BIT(12); /* I: instruction caches are on. */
        r.m->pe[0].sr[SR_SCTLR_EL2] |= BIT(12);
        run_it(&r);
        if (i) {
            ASK_INT(&r.ask, 0, "SELECT COUNT(*) FROM trap_after");
            ASK_INT(&r.ask, 0, "SELECT COUNT(*) FROM after_agg");
        } else {
            ASK_TEXT(&r.ask, "1 1 0 0 0",
                     "SELECT after_l1i||' '||(after_cycles > 0)||' '||after_l1d||' '||after_utlb||' '||"
                     "after_tlb FROM v_trap");
            ASK_INT(&r.ask, 1, "SELECT traps = 1 AND l1i = 1 AND cycles > 0 FROM v_after");
        }
        run_free(&r);
    }
}
