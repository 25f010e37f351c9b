/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_ledger_needless.c
 * Saves that a world switch could have left out: unchanged registers, and needless ones. A handler's reads
 * and stores are told by hand, as the engine's tracking handlers tell them.
 */
#include "ledger_util.h"

/* The handler reads a register for the first time. */
static void save_sr(struct rig *r, unsigned id)
{
    r->c.sr_read_set[id / 64] |= BIT(id % 64);
    if (bit(r->c.track.held_sr[id / 64], id % 64))
        track_save_sr(&r->c, r->c.acc, id);
}

/* Registers that the switches below save. */
static const unsigned saved[] = { SR_TPIDR_EL0, SR_TPIDR_EL1, SR_SCTLR_EL1, SR_CNTV_CTL_EL0,
                                  SR_CNTV_CVAL_EL0 };

/* From the guest that runs to that of another VM, whose registers are `values`. */
static void to_vm(struct rig *r, unsigned vmid, const uint64_t *values)
{
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    for (unsigned i = 0; i < G_N_ELEMENTS(saved); i++)
        save_sr(r, saved[i]);
    r->c.gp_store_set = 3;
    r->c.fp_store_set = 1;
    rig_run(r, 10, 1000);
    for (unsigned i = 0; i < G_N_ELEMENTS(saved); i++) {
        r->c.sr[saved[i]] = values[i];
        r->c.sr_write_set[saved[i] / 64] |= BIT(saved[i] % 64);
    }
    r->c.gp_load_set = 3;
    r->c.x[0] = vmid;
    r->c.x[1] = vmid + 1;
    r->c.v[0].d[0] = vmid;
    rig_own(r, vmid);
    rig_eret(r, 1, 0x2000, 7);
}

static const uint64_t vm1[] = { 10, 11, 12, 0, 14 }, vm2[] = { 20, 21, 22, 1, 24 };

/* VM 1 has been here and comes back; then VM 2 runs, and VM 1 is next. */
static struct rig *started(void)
{
    struct rig *r = rig_open();

    r->c.el = 1;
    rig_own(r, 2);
    to_vm(r, 1, vm1); /* Switch 1: makes known what is saved. */
    to_vm(r, 2, vm2);
    to_vm(r, 1, vm1);
    return r;
}

Test(ledger_needless, what_a_guest_left_alone_is_unchanged)
{
    struct rig *r = started();

    r->c.x[1] = 99; /* VM 1 changes a bank of registers, not the other. */
    r->c.sr[SR_TPIDR_EL0] = 99;
    to_vm(r, 2, vm2);
    rig_close(r);
    ASK_TEXT(
        r, "CNTV_CTL_EL0 CNTV_CVAL_EL0 Q0 SCTLR_EL1 TPIDR_EL1",
        "SELECT group_concat(name, ' ') FROM (SELECT g.name FROM v_switch w JOIN state_set_reg s ON "
        "s.state_set = w.state_set JOIN register g ON g.id = s.register WHERE w.id = 4 AND s.unchanged "
        "ORDER BY g.name)");
    ASK_TEXT(r, "5 3", "SELECT unchanged||' '||needless FROM v_switch WHERE id = 4");
    ASK_INT(r, 0, "SELECT SUM(unchanged) FROM v_switch WHERE id = 1");
    rig_free(r);
}

Test(ledger_needless, a_bank_is_unchanged_as_a_whole)
{
    struct rig *r = started();

    to_vm(r, 2, vm2);
    rig_close(r);
    ASK_INT(
        r, 2,
        "SELECT SUM(s.unchanged) FROM v_switch w JOIN state_set_reg s ON s.state_set = w.state_set WHERE "
        "w.id = 4 AND s.register < 32");
    rig_free(r);
}

/* SCTLR_EL1 is always in use; a timer that is off is not, and neither is a thread's ID. */
Test(ledger_needless, what_nobody_used_is_needless)
{
    struct rig *r = started();

    to_vm(r, 2, vm2);
    rig_close(r);
    ASK_INT(r, 4, "SELECT needless FROM v_switch WHERE id = 4");
    ASK_INT(r, 0,
            "SELECT SUM(s.needless) FROM v_switch w JOIN state_set_reg s ON s.state_set = w.state_set JOIN "
            "register g ON g.id = s.register WHERE w.id = 4 AND g.name IN ('SCTLR_EL1', 'X0', 'Q0')");
    ASK_INT(
        r, 4,
        "SELECT SUM(c.needless) FROM state_set_class c JOIN v_switch w USING (state_set) WHERE w.id = 4");
    rig_free(r);
}

Test(ledger_needless, a_read_in_any_turn_makes_a_save_needed)
{
    struct rig *r = started();

    r->c.sr_read_set[SR_TPIDR_EL1 / 64] |= BIT(SR_TPIDR_EL1 % 64); /* The guest reads it, */
    rig_trap(r, 0x3000, 50); /* and traps once more before it leaves. */
    to_vm(r, 2, vm2);
    rig_close(r);
    ASK_TEXT(r, "8 3", "SELECT unchanged||' '||needless FROM v_switch WHERE id = 4");
    ASK_INT(
        r, 0,
        "SELECT s.needless FROM v_switch w JOIN state_set_reg s ON s.state_set = w.state_set JOIN register "
        "g ON g.id = s.register WHERE w.id = 4 AND g.name = 'TPIDR_EL1'");
    rig_free(r);
}

/* VM 2's timer runs: hardware looks at it. */
Test(ledger_needless, a_timer_that_runs_is_in_use)
{
    struct rig *r = started();

    to_vm(r, 2, vm2);
    to_vm(r, 1, vm1);
    rig_close(r);
    ASK_TEXT(r, "TPIDR_EL0 TPIDR_EL1",
             "SELECT group_concat(name, ' ') FROM (SELECT g.name FROM v_switch w JOIN state_set_reg s ON "
             "s.state_set = w.state_set JOIN register g ON g.id = s.register WHERE w.id = 5 AND s.needless "
             "ORDER BY g.name)");
    rig_free(r);
}
