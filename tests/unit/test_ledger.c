/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_ledger.c
 * The ledger's rows: traps, nesting, world switches, state sets, leaks, aggregates. Exceptions are
 * told by hand, so every expected number is written here.
 */
#include "ledger/agg.h"
#include "ledger/dict.h"
#include "ledger_util.h"

static void count_trap(void *user, const avs_trap *t)
{
    avs_trap *last = user;

    *last = *t;
}

static void count_switch(void *user, const avs_switch *s)
{
    avs_switch *last = user;

    *last = *s;
}

Test(ledger, trap_row)
{
    struct rig *r = rig_open();
    struct exc e = rig_hvc(0x12);
    avs_trap last = { 0 };

    ledger_set_trap_fn(r->l, count_trap, &last);
    r->c.el = 1;
    rig_own(r, 3);
    rig_run(r, 100, 200);
    rig_take(r, e, 2, 0x40001000, 10);
    rig_run(r, 20, 50);
    rig_eret(r, 1, 0x40001004, 7);
    rig_close(r);

    ASK_INT(r, 1, "SELECT COUNT(*) FROM trap");
    ASK_TEXT(r, "vm3.0|HVC|1|2|18|0x40001000|0x40001004|100|200|121|267|21|67|10|50|7|complete",
             "SELECT context||'|'||ec_name||'|'||from_el||'|'||to_el||'|'||iss||'|'||pc||'|'||ret_pc||'|'||"
             "entry_insn||'|'||entry_cycle||'|'||exit_insn||'|'||exit_cycle||'|'||insns||'|'||cycles||'|'||"
             "entry_cycles||'|'||handler_cycles||'|'||return_cycles||'|'||state FROM v_trap");
    ASK_TEXT(r, trap_name(TRAP_HVC), "SELECT cause FROM v_trap");
    ASK_TEXT(r, "0xd4000002", "SELECT insn FROM v_trap");
    ASK_INT(r, 1,
            "SELECT parent IS NULL AND va IS NULL AND ipa IS NULL AND world_switch IS NULL FROM trap");
    cr_expect_eq(last.vmid, 3);
    cr_expect_eq(last.pc, 0x40001000);
    cr_expect_eq(last.entry_cycle, 200);
    cr_expect_eq(last.exit_cycle, 267);
    cr_expect_eq(last.exit_insn, 121);
    cr_expect_str_eq(last.cause, trap_name(TRAP_HVC));
    cr_expect_null(last.reg);
    rig_free(r);
}

Test(ledger, abort_and_sysreg_columns)
{
    struct rig *r = rig_open();
    struct exc abort = { .ec = EC_DABT_LOWER,
                         .cause = TRAP_S2_TRANSLATION,
                         .sysreg = SR_NONE,
                         .far_valid = true,
                         .ipa_valid = true,
                         .far = UINT64_C(0xffff000009000004),
                         .ipa = 0x9000004 };
    struct exc reg = { .ec = EC_SYSREG, .cause = TRAP_HCR_TVM, .sysreg = SR_SCTLR_EL1 };
    struct exc irq = { .type = EXC_IRQ, .ec = EC_SERROR, .cause = TRAP_NONE, .sysreg = SR_NONE };

    r->c.el = 1;
    rig_take(r, abort, 2, UINT64_C(0xffff000000001000), 1);
    rig_eret(r, 1, UINT64_C(0xffff000000001004), 1);
    rig_take(r, reg, 2, 0x2000, 1);
    rig_eret(r, 1, 0x2004, 1);
    rig_take(r, irq, 2, 0x3000, 1);
    rig_eret(r, 1, 0x3000, 1);
    rig_close(r);
    ASK_TEXT(r, "0xffff000000001000|0xffff000009000004|0x9000004|host",
             "SELECT pc||'|'||va||'|'||ipa||'|'||context FROM v_trap WHERE id = 1");
    ASK_TEXT(r, "SCTLR_EL1", "SELECT register FROM v_trap WHERE id = 2");
    ASK_TEXT(r, trap_name(TRAP_HCR_TVM), "SELECT cause FROM v_trap_by_cause WHERE cause LIKE '%TVM%'");
    ASK_TEXT(r, "irq|IRQ|none",
             "SELECT type||'|'||cause||'|'||COALESCE(ec, 'none') FROM v_trap WHERE id = 3");
    ASK_INT(r, 1, "SELECT COUNT(*) FROM v_trap_by_register");
    rig_free(r);
}

Test(ledger, nested_traps)
{
    struct rig *r = rig_open_el3();

    rig_own(r, 1);
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    rig_run(r, 5, 20);
    rig_take(r, rig_smc(), 3, 0x2000, 30);
    r->c.gp_load_set |= 1u << 9;
    rig_run(r, 5, 40);
    r->hooks.idle(r->hooks.user, &r->c, 15);
    rig_eret(r, 2, 0x2004, 5);
    rig_run(r, 5, 20);
    rig_own(r, 2);
    rig_eret(r, 1, 0x1004, 6);
    rig_close(r);
    ASK_TEXT(
        r, "1:-:10+115+6 2:1:30+40+5",
        "SELECT group_concat(id||':'||COALESCE(parent,'-')||':'||entry_cycles||'+'||handler_cycles||'+'||"
        "return_cycles, ' ') FROM (SELECT * FROM trap ORDER BY id)");
    ASK_TEXT(r, "host", "SELECT context FROM v_trap WHERE id = 2");
    ASK_TEXT(r, "15 15", "SELECT group_concat(idle_cycles, ' ') FROM trap");
    /* What EL3 loaded counts for the switch that EL2 made. */
    ASK_INT(r, 1, "SELECT restored FROM v_switch");
    rig_free(r);
}

Test(ledger, exceptions_that_are_no_traps)
{
    struct rig *r = rig_open();
    struct exc svc = { .ec = EC_SVC, .sysreg = SR_NONE };
    struct exc irq = { .type = EXC_IRQ, .sysreg = SR_NONE };

    r->c.el = 0;
    rig_take(r, svc, 1, 0x1000, 3);
    rig_eret(r, 0, 0x1004, 3);
    r->c.el = 1;
    rig_take(r, rig_hvc(0), 2, 0x1000, 3);
    rig_take(r, irq, 2, 0x2000, 3);
    rig_eret(r, 2, 0x2000, 3);
    rig_run(r, 1, 10);
    rig_eret(r, 1, 0x1004, 3);
    rig_close(r);
    ASK_INT(r, 1, "SELECT COUNT(*) FROM trap");
    ASK_INT(r, 16, "SELECT handler_cycles FROM trap");
    ASK_TEXT(r, "0>1 sync SVC 1",
             "SELECT from_el||'>'||to_el||' '||type||' '||ec_name||' '||count "
             "FROM v_exception WHERE from_el = 0");
    ASK_TEXT(r, "irq 1", "SELECT type||' '||count FROM v_exception WHERE from_el = 2");
    rig_free(r);
}

Test(ledger, abandoned_and_unfinished)
{
    struct rig *r = rig_open_el3();

    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    rig_take(r, rig_smc(), 3, 0x2000, 10);
    rig_eret(r, 1, 0x3000, 5); /* EL3 goes over EL2's head. */
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    rig_run(r, 3, 30);
    rig_close(r);
    ASK_TEXT(r, "abandoned complete unfinished",
             "SELECT group_concat(state, ' ') FROM (SELECT state FROM v_trap ORDER BY id)");
    ASK_INT(r, 30, "SELECT handler_cycles FROM trap WHERE id = 3");
    ASK_INT(r, 1, "SELECT SUM(count) FROM trap_agg");
    rig_free(r);
}

/* A trap of VM 1 whose handler touches what the caller set up, and returns into VM 2. */
static void switch_worlds(struct rig *r, uint64_t handler)
{
    rig_run(r, 50, handler);
    rig_own(r, 2);
    rig_eret(r, 1, 0x5000, 7);
}

static void touch(uint64_t *set, unsigned id)
{
    set[id / 64] |= UINT64_C(1) << (id % 64);
}

Test(ledger, world_switch_and_state_set)
{
    struct rig *r = rig_open();
    avs_switch last = { 0 };

    ledger_set_switch_fn(r->l, count_switch, &last);
    r->c.el = 1;
    rig_own(r, 1);
    r->c.fp_store_set = 1u << 31; /* Of before the trap: forgotten at its entry. */
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    r->c.gp_store_set = 0x7fffffff;
    r->c.gp_load_set = 0x7fffffff;
    r->c.fp_store_set |= 0xff;
    r->c.fp_load_set = 0xf;
    touch(r->c.sr_read_set, SR_TTBR0_EL1);
    touch(r->c.sr_write_set, SR_TTBR0_EL1);
    touch(r->c.sr_write_set, SR_TTBR1_EL12); /* Another name of TTBR1_EL1. */
    touch(r->c.sr_write_set, SR_ICH_LR0_EL2);
    touch(r->c.sr_read_set, SR_ICH_VTR_EL2);   /* Read-only: no state. */
    touch(r->c.sr_write_set, SR_TLBI_VMALLE1); /* An instruction: no state. */
    touch(r->c.sr_write_set, SR_DAIF);         /* PSTATE of the handler itself. */
    switch_worlds(r, 400);
    rig_close(r);

    ASK_TEXT(r, "1|1|vm1.0|vm2.0|10|400|7|417|51",
             "SELECT id||'|'||trap||'|'||from_context||'|'||to_context||'|'||entry_cycles||'|'||"
             "handler_cycles||'|'||return_cycles||'|'||cycles||'|'||insns FROM v_switch");
    ASK_INT(r, 1, "SELECT world_switch FROM trap WHERE id = 1");
    ASK_TEXT(r, "el1_system 1/2 fpsimd 8/4 gp 31/31 list_register 0/1",
             "SELECT group_concat(class||' '||CAST(saved AS INTEGER)||'/'||CAST(restored AS INTEGER), ' ') "
             "FROM (SELECT * FROM v_state ORDER BY class)");
    ASK_TEXT(r, "ICH_LR0_EL2 TTBR0_EL1 TTBR1_EL1",
             "SELECT group_concat(name, ' ') FROM (SELECT g.name FROM state_set_reg s JOIN register g "
             "ON g.id = s.register WHERE s.restored AND g.class > 1 ORDER BY g.name)");
    ASK_TEXT(r, "40 38", "SELECT saved||' '||restored FROM state_set");
    cr_expect_eq(last.from_vmid, 1);
    cr_expect_eq(last.to_vmid, 2);
    cr_expect_eq(last.exit_cycle - last.entry_cycle, 417);
    rig_free(r);
}

Test(ledger, leaks)
{
    struct rig *r = rig_open();

    r->c.el = 1;
    rig_own(r, 1);
    for (unsigned i = 0; i < 31; i++)
        r->c.x[i] = 0x100 + i;
    r->c.x[4] = 0;
    r->c.v[3].d[1] = 0x77;
    r->c.v[5].d[0] = 0x55;
    r->c.sr[SR_TPIDR_EL1] = 0x1234;
    r->c.sr[SR_TTBR0_EL1] = 0x5678;
    r->c.sr[SR_HCR_EL2] |= UINT64_C(1) << 31; /* Not the guest's to see. */
    r->c.sp_el[1] = 0x9000;
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    r->c.gp_load_set = 0x7fffffff & ~(1u << 4 | 1u << 7 | 1u << 8);
    r->c.x[8] = 0x999; /* By a move, not a load. */
    r->c.fp_load_set = 1u << 5;
    touch(r->c.sr_write_set, SR_TTBR0_EL1);
    switch_worlds(r, 400);
    rig_close(r);
    ASK_TEXT(r, "Q3 SP_EL1 TPIDR_EL1 X7",
             "SELECT group_concat(register, ' ') FROM (SELECT register FROM v_leak ORDER BY register)");
    ASK_INT(r, 4, "SELECT leaked FROM v_switch");
    ASK_INT(r, 1, "SELECT value FROM v_summary WHERE item = 'switches that leak'");
    rig_free(r);
}

Test(ledger, reset_values_are_no_leaks)
{
    struct rig *r = rig_new();

    r->c.sr[SR_SCTLR_EL1] = 0x30d00800;
    cr_assert_eq(ledger_open_db(r->l, r->path), AVS_OK);
    ledger_hooks(r->l, &r->hooks);
    r->c.el = 1;
    rig_own(r, 1);
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    switch_worlds(r, 100);
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    r->c.sr[SR_SCTLR_EL1] |= 1;
    rig_own(r, 1);
    rig_eret(r, 1, 0x1004, 7);
    rig_close(r);
    ASK_INT(r, 1, "SELECT COUNT(*) FROM v_leak");
    ASK_TEXT(r, "vm2.0 SCTLR_EL1", "SELECT from_context||' '||register FROM v_leak");
    rig_free(r);
}

Test(ledger, breakdown_adds_up)
{
    struct rig *r = rig_open();

    r->c.el = 1;
    for (unsigned i = 0; i < 20; i++) {
        rig_own(r, 1);
        rig_take(r, rig_hvc(0), 2, 0x1000, 10);
        r->c.gp_store_set = r->c.gp_load_set = 0x7fffffff;
        touch(r->c.sr_write_set, SR_TTBR0_EL1);
        rig_run(r, 1, 11);
        if (i == 3 && r->hooks.idle)
            r->hooks.idle(r->hooks.user, &r->c, 11);
        switch_worlds(r, i < 10 ? 300 + i : 12); /* 12 cycles: less than the prices of the set. */
    }
    rig_close(r);
    ASK_TEXT(r, "10.0|16.0|0.5|7.0",
             "SELECT (SELECT mean FROM v_switch_breakdown WHERE part = 'entry')||'|'||"
             "(SELECT mean FROM v_switch_breakdown WHERE part = 'gp')||'|'||"
             "(SELECT mean FROM v_switch_breakdown WHERE part = 'el1_system')||'|'||"
             "(SELECT mean FROM v_switch_breakdown WHERE part = 'return')");
    ASK_INT(r, 1,
            "SELECT abs(SUM(mean) - (SELECT mean FROM v_switch_by_pair)) < 1e-6 FROM v_switch_breakdown");
    ASK_INT(r, 0, "SELECT COUNT(*) FROM v_switch_breakdown WHERE mean < 0");
    ASK_TEXT(r, "entry gp el1_system other idle return",
             "SELECT group_concat(part, ' ') FROM (SELECT part FROM v_switch_breakdown ORDER BY ord)");
    ASK_INT(r, 2, "SELECT COUNT(*) FROM state_set");
    ASK_INT(r, 11, "SELECT SUM(idle_cycles) FROM world_switch");
    rig_free(r);
}

/* A GICv2's list registers are in memory: their price is that of a load or store of a device. */
Test(ledger, list_registers_in_memory_cost_more)
{
    struct rig *r = rig_open();

    r->m.has_gicv2 = true;
    r->m.cost[COST_MMIO_READ] = 60 * ACC_CYCLE;
    r->m.cost[COST_MMIO_WRITE] = 40 * ACC_CYCLE;
    r->c.el = 1;
    rig_own(r, 1);
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    touch(r->c.sr_read_set, SR_ICH_LR0_EL2);
    touch(r->c.sr_write_set, SR_ICH_LR0_EL2);
    touch(r->c.sr_write_set, SR_ICH_VMCR_EL2);
    touch(r->c.sr_write_set, SR_TTBR0_EL1);
    switch_worlds(r, 1000);
    rig_close(r);
    ASK_TEXT(r, "list_register 61 41 vgic_control 0 41 el1_system 0 1",
             "SELECT group_concat(part, ' ') FROM (SELECT c.name||' '||s.save_cycles||' '||"
             "s.restore_cycles AS part FROM state_set_class s JOIN reg_class c ON c.id = s.class "
             "ORDER BY s.restore_cycles DESC, s.save_cycles DESC)");
    rig_free(r);
}

Test(ledger, el_time_covers_the_run)
{
    struct rig *r = rig_open();

    r->c.el = 2;
    rig_run(r, 10, 100);
    rig_own(r, 1);
    rig_eret(r, 1, 0x1000, 20);
    rig_run(r, 50, 60);
    rig_trap(r, 0x1000, 33);
    rig_run(r, 5, 8);
    rig_close(r);
    ASK_TEXT(r, "EL1 vm1.0 68/55 EL2 host 170/16",
             "SELECT group_concat('EL'||el||' '||context||' '||cycles||'/'||insns, ' ') FROM v_el_time");
    ASK_INT(r, 1,
            "SELECT SUM(cycles) = (SELECT CAST(value AS INTEGER) FROM run WHERE key = 'cycles') "
            "FROM v_el_time");
    rig_free(r);
}

Test(ledger, aggregates_equal_rows)
{
    struct rig *r = rig_open();
    uint32_t seed = 1;

    r->c.el = 1;
    for (unsigned i = 0; i < 5000; i++) {
        seed = seed * 1664525u + 1013904223u;
        rig_own(r, 1 + seed % 3);
        rig_trap(r, 0x1000 + (seed >> 8) % 64 * 4, 20 + (seed >> 20) % 1500);
    }
    rig_close(r);
    ASK_INT(r, 5000, "SELECT SUM(count) FROM v_trap_by_cause");
    ASK_INT(r, 0,
            "SELECT COUNT(*) FROM (SELECT context, COUNT(*), SUM(cycles), MIN(cycles), MAX(cycles) "
            "FROM v_trap GROUP BY context EXCEPT SELECT context, count, cycles, min, max "
            "FROM v_trap_by_context)");
    ASK_INT(r, 0,
            "SELECT COUNT(*) FROM (SELECT pc, COUNT(*), SUM(cycles), MIN(cycles), MAX(cycles) "
            "FROM v_trap GROUP BY pc EXCEPT SELECT symbol, count, cycles, min, max FROM v_trap_by_symbol)");
    ASK_INT(r, 1,
            "SELECT cycles_sq = (SELECT SUM(1.0 * cycles * cycles) FROM v_trap) FROM "
            "(SELECT SUM(cycles_sq) AS cycles_sq FROM v_trap_agg)");
    /* Quantiles: within a bucket (1/32) of the exact ones. */
    ASK_INT(r, 1,
            "SELECT abs(p50 - x) * 32 <= x FROM v_trap_by_cause, (SELECT cycles AS x FROM v_trap "
            "ORDER BY cycles LIMIT 1 OFFSET 2499)");
    ASK_INT(r, 1,
            "SELECT abs(p99 - x) * 32 <= x FROM v_trap_by_cause, (SELECT cycles AS x FROM v_trap "
            "ORDER BY cycles LIMIT 1 OFFSET 4949)");
    rig_free(r);
}

Test(ledger, context_names)
{
    static const uint64_t vmpidr[] = { 0x80000000, 0x80000001, 0x80000100, 0x180000002 };
    struct rig *r = rig_open();

    r->c.el = 1;
    rig_own(r, 0x1234); /* VTCR_EL2.VS is 0: eight bits count. */
    for (unsigned i = 0; i < 4; i++) {
        r->c.sr[SR_VMPIDR_EL2] = vmpidr[i];
        rig_trap(r, 0x1000, 10);
    }
    r->c.sr[SR_HCR_EL2] |= UINT64_C(1) << 27; /* TGE: EL0 is the host's. */
    r->c.el = 0;
    rig_trap(r, 0x1000, 10);
    rig_close(r);
    ASK_TEXT(r, "vm52.0 host vm52.1 vm52.0x100 vm52.2", "SELECT group_concat(name, ' ') FROM context");
    ASK_TEXT(r, "host", "SELECT context FROM v_trap WHERE id = 5");
    ASK_INT(r, 0x1000002, "SELECT vcpu FROM context WHERE id = 5");
    rig_free(r);
}

Test(ledger, more_sites_than_the_dictionary_holds)
{
    struct rig *r = rig_open();
    enum { TRAPS = 140000 };

    r->c.el = 1;
    for (unsigned i = 0; i < TRAPS; i++)
        rig_trap(r, 0x1000 + 4 * (uint64_t)i, 20);
    rig_trap(r, 0x1000, 20); /* Seen before the dictionary was cleared. */
    rig_close(r);
    ASK_INT(r, TRAPS + 1, "SELECT COUNT(*) FROM v_trap");
    ASK_INT(r, TRAPS + 1, "SELECT SUM(count) FROM v_trap_by_symbol");
    ASK_INT(r, 2, "SELECT count FROM v_trap_by_symbol WHERE symbol = '0x1000'");
    rig_free(r);
}

Test(ledger, callbacks_without_database)
{
    struct rig *r = rig_new();
    avs_trap trap = { 0 };
    avs_switch sw = { 0 };

    cr_expect_not(ledger_hooks(r->l, &r->hooks));
    ledger_set_trap_fn(r->l, count_trap, &trap);
    ledger_set_switch_fn(r->l, count_switch, &sw);
    cr_expect(ledger_hooks(r->l, &r->hooks));
    r->c.el = 1;
    rig_own(r, 1);
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    switch_worlds(r, 100);
    cr_expect_eq(trap.exit_cycle, 117);
    cr_expect_eq(sw.to_vmid, 2);
    cr_expect_eq(ledger_finish(r->l), AVS_OK);
    rig_free(r);
}

Test(ledger, dictionary)
{
    struct dict d;
    bool fresh;

    dict_init(&d, 2, 1000);
    for (uint64_t i = 0; i < 1000; i++) {
        const uint64_t key[2] = { i << 32, i * 64 };

        cr_assert_eq(dict_find(&d, key, &fresh), i);
        cr_assert(fresh);
    }
    for (uint64_t i = 0; i < 1000; i++) {
        const uint64_t key[2] = { i << 32, i * 64 };

        cr_assert_eq(dict_find(&d, key, &fresh), i);
        cr_assert_not(fresh);
    }
    cr_assert_eq(dict_find(&d, (const uint64_t[]){ 1, 1 }, &fresh), DICT_FULL);
    dict_clear(&d);
    cr_assert_eq(dict_find(&d, (const uint64_t[]){ 1, 1 }, &fresh), 0);
    cr_assert(fresh);
    cr_assert_eq(dict_id(&d, 0), 1001);
    dict_destroy(&d);
}

/* Each value falls into a bucket that holds it, and buckets are no wider than 1/32 of their values. */
Test(ledger, histogram_buckets)
{
    for (unsigned e = 0; e < 63; e++) {
        for (int near = -1; near <= 1; near++) {
            struct agg a = { 0 };
            uint64_t v = (UINT64_C(1) << e) + (uint64_t)near, wide = v + v / 32 + 1;
            const struct span one = { .handler = v }, other = { .handler = wide };
            unsigned buckets = 0;

            agg_add(&a, &one);
            agg_add(&a, &other);
            for (unsigned o = 0; o < HIST_OCTAVES; o++)
                for (unsigned b = 0; a.octave[o] && b < HIST_BUCKETS; b++)
                    buckets += a.octave[o]->bucket[b].count == 1;
            cr_expect_eq(buckets, 2, "%llu and %llu share a bucket", (unsigned long long)v,
                         (unsigned long long)wide);
            agg_reset(&a);
        }
    }
}
