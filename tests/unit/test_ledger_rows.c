/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_ledger_rows.c
 * How traps become rows: shapes that repeat and phases that do not, rows that come late, samples, and what
 * the ledger does when it is attached and detached while the machine runs.
 */
#include "ledger_util.h"

/* Everything about a row is in the views, however it is stored. */
Test(ledger_rows, what_repeats_is_stored_once)
{
    struct rig *r = rig_open();

    r->c.el = 1;
    rig_own(r, 1);
    for (unsigned i = 0; i < 5000; i++)
        rig_trap(r, 0x1000 + i % 4 * 4, 30 + i % 5);
    rig_close(r);
    ASK_INT(r, 5000, "SELECT COUNT(*) FROM v_trap");
    ASK_INT(r, 20, "SELECT COUNT(*) FROM trap_shape");
    ASK_INT(r, 0, "SELECT COUNT(*) FROM trap_row WHERE handler_cycles IS NOT NULL");
    ASK_INT(r, 5000 * 32, "SELECT SUM(handler_cycles) FROM trap");
    ASK_TEXT(
        r, "0x1004 31 5 10 7 1 0x1008",
        "SELECT pc||' '||handler_cycles||' '||insns||' '||entry_cycles||' '||return_cycles||' '||ret_el||"
        "' '||ret_pc FROM v_trap WHERE id = 2");
    rig_free(r);
}

Test(ledger_rows, phases_that_do_not_repeat_are_in_the_rows)
{
    struct rig *r = rig_open();

    r->c.el = 1;
    rig_own(r, 1);
    for (unsigned i = 0; i < 20000; i++)
        rig_trap(r, 0x1000, 100 + i);
    rig_close(r);
    ASK_INT(r, 1, "SELECT COUNT(*) < 1100 FROM trap_shape");
    ASK_INT(r, 20000, "SELECT COUNT(*) FROM trap WHERE handler_cycles = 99 + id AND insns = 5");
    ASK_INT(r, 1, "SELECT SUM(a.cycles) = (SELECT SUM(cycles) FROM v_trap) FROM v_trap_agg a");
    rig_free(r);
}

/* A trap that is open for as long as thousands of others has the first number and comes last. */
Test(ledger_rows, late_rows_are_in_their_place)
{
    struct rig *r = rig_open_el3();

    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    for (unsigned i = 0; i < 5000; i++) {
        rig_take(r, rig_smc(), 3, 0x2000, 10);
        rig_eret(r, 2, 0x2004, 5);
    }
    rig_eret(r, 1, 0x1004, 5);
    for (unsigned i = 0; i < 100; i++)
        rig_trap(r, 0x1000, 30);
    rig_close(r);
    ASK_TEXT(r, "5101 1 5101", "SELECT COUNT(*)||' '||MIN(id)||' '||MAX(id) FROM trap");
    ASK_INT(r, 5000, "SELECT COUNT(*) FROM trap WHERE parent = 1 AND id BETWEEN 2 AND 5001");
    ASK_TEXT(r, "ok", "PRAGMA integrity_check");
    rig_free(r);
}

/* A row can be added to the view by hand. */
Test(ledger_rows, view_takes_rows)
{
    struct rig *r = rig_open();
    sqlite3 *db;

    r->c.el = 1;
    rig_trap(r, 0x1000, 30);
    rig_close(r);
    cr_assert_eq(sqlite3_open(r->path, &db), SQLITE_OK);
    cr_expect_eq(
        sqlite3_exec(db,
                     "INSERT INTO trap(id, pe, class, site, entry_cycle, insns, entry_cycles, "
                     "handler_cycles, return_cycles, state) SELECT 9, pe, class, site, 77, 1, 2, 3, "
                     "4, 1 FROM trap",
                     NULL, NULL, NULL),
        SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    ASK_TEXT(r, "77 9 abandoned", "SELECT entry_cycle||' '||cycles||' '||state FROM v_trap WHERE id = 9");
    rig_free(r);
}

static void sampled_run(struct rig *r, uint64_t n)
{
    rig_el3(r);
    cr_assert_eq(ledger_sample(r->l, n), AVS_OK);
    cr_assert_eq(ledger_open_db(r->l, r->path), AVS_OK);
    ledger_hooks(r->l, &r->hooks);
    r->c.el = 1;
    for (unsigned i = 0; i < 1000; i++) {
        rig_own(r, 1 + i % 2);
        rig_take(r, rig_hvc(0), 2, 0x1000, 10);
        rig_take(r, rig_smc(), 3, 0x2000, 10);
        rig_eret(r, 2, 0x2004, 5);
        rig_run(r, 3, 20 + i);
        rig_own(r, 2 - i % 2);
        rig_eret(r, 1, 0x1004, 5);
    }
    rig_close(r);
}

Test(ledger_rows, samples)
{
    struct rig *r = rig_new();

    cr_expect_eq(ledger_sample(r->l, 0), AVS_ERR_ARG);
    sampled_run(r, 50);
    /* One of each fifty, with the trap nested in it and its world switch. */
    ASK_INT(r, 40, "SELECT COUNT(*) FROM trap");
    ASK_INT(r, 20, "SELECT COUNT(DISTINCT (id - 1) / 100) FROM trap WHERE parent IS NULL");
    ASK_INT(r, 20, "SELECT COUNT(*) FROM trap c JOIN trap p ON p.id = c.parent");
    ASK_INT(r, 20,
            "SELECT COUNT(*) FROM world_switch w JOIN trap t ON t.id = w.trap AND t.world_switch = w.id");
    ASK_INT(r, 1, "SELECT COUNT(DISTINCT (id - 1) % 100) > 5 FROM trap WHERE parent IS NULL");
    /* All are in the totals. */
    ASK_INT(r, 2000, "SELECT SUM(count) FROM trap_agg");
    ASK_INT(r, 1000, "SELECT SUM(count) FROM switch_agg");
    ASK_INT(r, 2000, "SELECT SUM(count) FROM trap_hist");
    ASK_INT(r, 2000, "SELECT SUM(count) FROM site_agg");
    ASK_TEXT(r, "50", "SELECT value FROM run WHERE key = 'sample'");
    rig_free(r);
}

/* Which traps are logged follows from the seed. */
Test(ledger_rows, samples_follow_the_seed)
{
    static const char ids[] = "SELECT group_concat(id, ' ') FROM (SELECT id FROM trap ORDER BY id)";
    struct rig *r[3];
    char *text[3];

    for (unsigned i = 0; i < 3; i++) {
        r[i] = rig_new();
        r[i]->m.seed = i == 2;
        ledger_free(r[i]->l);
        r[i]->l = ledger_new(&r[i]->m);
        sampled_run(r[i], 10);
        text[i] = rig_text(r[i], ids);
    }
    cr_expect_str_eq(text[0], text[1]);
    cr_expect_str_neq(text[0], text[2]);
    for (unsigned i = 0; i < 3; i++) {
        g_free(text[i]);
        rig_free(r[i]);
    }
}

/* Attached in the middle of a handler, detached in the middle of another: the first one's ERET is no
 * trap's, the other is unfinished, and time is that between. */
Test(ledger_rows, attach_and_detach)
{
    struct rig *r = rig_new();

    r->m.interval.state = INTERVAL_WAITING;
    r->m.interval.from = (struct run_point){ .kind = POINT_INSN, .text = "insn=120" };
    cr_assert_eq(ledger_open_db(r->l, r->path), AVS_OK);
    ledger_hooks(r->l, &r->hooks);
    r->c.el = 2;
    rig_run(r, 120, 1000);
    ASK_TEXT(r, "waiting", "SELECT value FROM run WHERE key = 'interval'");
    r->m.interval.state = INTERVAL_OPEN;
    ledger_attach(r->l);
    rig_run(r, 2, 20);
    rig_eret(r, 1, 0x1000, 5);
    rig_trap(r, 0x1000, 30);
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    rig_run(r, 3, 40);
    r->m.interval.state = INTERVAL_CLOSED;
    ledger_detach(r->l);
    rig_run(r, 10000, 100000);
    rig_close(r);
    ASK_TEXT(r, "complete unfinished",
             "SELECT group_concat(state, ' ') FROM (SELECT state FROM v_trap ORDER BY id)");
    ASK_INT(r, 40, "SELECT handler_cycles FROM trap WHERE id = 2");
    ASK_INT(r, 1, "SELECT SUM(count) FROM trap_agg");
    ASK_TEXT(
        r, "122 11 insn=120 closed complete",
        "SELECT c.value||' '||i.value||' '||f.value||' '||w.value||' '||s.value FROM run c, run i, run f, "
        "run w, run s WHERE c.key = 'cycles' AND i.key = 'insns' AND f.key = 'from' AND w.key = "
        "'interval' AND s.key = 'status'");
    ASK_TEXT(r, "122 11", "SELECT SUM(cycles)||' '||SUM(insns) FROM el_time");
    rig_free(r);
}

Test(ledger_rows, never_attached)
{
    struct rig *r = rig_new();

    r->m.interval.state = INTERVAL_WAITING;
    cr_assert_eq(ledger_open_db(r->l, r->path), AVS_OK);
    rig_run(r, 100, 1000);
    rig_close(r);
    ASK_TEXT(r, "never reached", "SELECT value FROM run WHERE key = 'interval'");
    ASK_TEXT(r, "complete", "SELECT value FROM run WHERE key = 'status'");
    ASK_TEXT(r, "0", "SELECT value FROM run WHERE key = 'cycles'");
    ASK_INT(r, 0, "SELECT COUNT(*) FROM el_time");
    rig_free(r);
}
