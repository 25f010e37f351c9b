/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_ledger_virq.c
 * Lives of virtual interrupts in the ledger. Events are told by hand, so every expected number is written
 * here.
 */
#include "gic/gic.h"
#include "ledger_util.h"

Test(ledger_virq, virq_lives)
{
    struct rig *r = rig_open();

    r->c.el = 2;
    rig_run(r, 1, 100);
    r->hooks.virq(r->hooks.user, &r->c, VIRQ_LR_WRITTEN, 27, 27, 0); /* Before VTTBR_EL2 is set. */
    rig_run(r, 1, 10);
    rig_own(r, 1);
    rig_eret(r, 1, 0x1000, 5);
    rig_trap(r, 0x1000, 20);
    rig_take(r, rig_hvc(0), 2, 0x1000, 10);
    rig_own(r, 2); /* VM 2 runs with a vIRQ of the same number. */
    r->hooks.virq(r->hooks.user, &r->c, VIRQ_LR_WRITTEN, 27, 0, 0);
    rig_eret(r, 1, 0x2000, 5);
    r->hooks.virq(r->hooks.user, &r->c, VIRQ_ACKNOWLEDGED, 27, 0, 0);
    rig_take(r, rig_hvc(0), 2, 0x2000, 10);
    rig_own(r, 1);
    r->hooks.virq(r->hooks.user, &r->c, VIRQ_LR_WRITTEN, 27, 27, 0); /* Restored: no new life. */
    rig_eret(r, 1, 0x1000, 5);
    rig_run(r, 1, 100);
    r->hooks.virq(r->hooks.user, &r->c, VIRQ_ACKNOWLEDGED, 27, 27, 0);
    rig_run(r, 1, 30);
    r->hooks.virq(r->hooks.user, &r->c, VIRQ_COMPLETED, 27, 27, 0);
    rig_close(r);
    ASK_INT(r, 2, "SELECT COUNT(*) FROM virq");
    ASK_TEXT(r, "vm1.0|27|27|100|282|312",
             "SELECT context||'|'||vintid||'|'||pintid||'|'||lr_cycle||'|'||ack_cycle||'|'||eoi_cycle "
             "FROM v_virq WHERE id = 1");
    ASK_TEXT(r, "vm2.0|1|1",
             "SELECT context||'|'||(pintid IS NULL)||'|'||(eoi_cycle IS NULL) FROM v_virq "
             "WHERE id = 2");
    rig_free(r);
}

/* Every stage of a life: signalled at 110, the handler entered, the list register written at 130, and so
 * on. */
Test(ledger_virq, virq_stages)
{
    struct rig *r = rig_open();
    const struct pe_hooks *h = &r->hooks;
    const struct exc irq = { .type = EXC_IRQ, .target_el = 2, .sysreg = SR_NONE, .cause = TRAP_NONE };
    const struct exc virq = {
        .type = EXC_IRQ, .target_el = 1, .sysreg = SR_NONE, .cause = TRAP_NONE, .virt = true
    };

    r->m.sched.current = &r->c;
    r->c.el = 1;
    rig_own(r, 1);
    rig_run(r, 1, 110);
    h->virq(h->user, &r->c, VIRQ_SIGNALLED, 0, 40, 0);
    rig_take(r, irq, 2, 0x1000, 10);
    rig_run(r, 1, 10);
    h->virq(h->user, &r->c, VIRQ_LR_WRITTEN, 50, 0,
            0); /* Of software's making, by the interrupt's handler. */
    rig_eret(r, 1, 0x1000, 5);
    rig_take(r, virq, 1, 0x1000, 7);
    rig_run(r, 1, 20);
    h->virq(h->user, &r->c, VIRQ_ACKNOWLEDGED, 50, 0, 0);
    rig_run(r, 1, 30);
    h->virq(h->user, &r->c, VIRQ_COMPLETED, 50, 0, 0);
    h->virq(h->user, &r->c, VIRQ_MAINTENANCE, 0, 25, 0);
    rig_run(r, 1, 4);
    rig_take(r, irq, 2, 0x1000, 10);
    rig_run(r, 1, 100);
    h->virq(h->user, &r->c, VIRQ_LR_WRITTEN, 51, 41, 1); /* Its own interrupt was never signalled. */
    rig_eret(r, 1, 0x1000, 5);
    rig_close(r);
    ASK_TEXT(r, "110|130|135|162|192|196",
             "SELECT phys_cycle||'|'||lr_cycle||'|'||taken_cycle||'|'||ack_cycle||'|'||eoi_cycle||'|'||"
             "maint_cycle FROM virq WHERE vintid = 50");
    ASK_TEXT(r, "inject 20 enter 5 acknowledge 27 handle 30 maintain 4 respond 52 live 82",
             "SELECT group_concat(stage||' '||p50, ' ') FROM v_virq_latency WHERE vintid = 50");
    ASK_INT(r, 0, "SELECT COUNT(*) FROM v_virq_latency WHERE vintid <> 50");
    rig_free(r);
}

/* Active and pending: the second injection is a life of its own, from its list register write on. */
Test(ledger_virq, virq_injected_again_while_active)
{
    struct rig *r = rig_open();
    const struct pe_hooks *h = &r->hooks;

    r->c.el = 2;
    rig_own(r, 1);
    rig_run(r, 1, 100);
    r->c.sr[SR_ICH_LR0_EL2] = BIT(62);
    h->virq(h->user, &r->c, VIRQ_LR_WRITTEN, 40, 0, 0);
    rig_eret(r, 1, 0x1000, 5);
    h->virq(h->user, &r->c, VIRQ_ACKNOWLEDGED, 40, 0, 0);
    for (unsigned n = 0; n < 2; n++) { /* The second time is a world switch's restore. */
        rig_take(r, rig_hvc(0), 2, 0x1000, 10);
        r->c.sr[SR_ICH_LR0_EL2] = UINT64_C(3) << 62;
        h->virq(h->user, &r->c, VIRQ_LR_WRITTEN, 40, 33, 0);
        rig_eret(r, 1, 0x1000, 5);
    }
    h->virq(h->user, &r->c, VIRQ_COMPLETED, 40, 0, 0);
    rig_run(r, 1, 7);
    h->virq(h->user, &r->c, VIRQ_ACKNOWLEDGED, 40, 33, 0);
    rig_run(r, 1, 8);
    h->virq(h->user, &r->c, VIRQ_COMPLETED, 40, 33, 0);
    rig_take(r, rig_hvc(0), 2, 0x1000, 10); /* Active alone, restored: no injection. */
    r->c.sr[SR_ICH_LR0_EL2] = BIT(63);
    rig_eret(r, 1, 0x1000, 5);
    rig_close(r);
    ASK_INT(r, 2, "SELECT COUNT(*) FROM virq");
    ASK_TEXT(r, "1|1", "SELECT (pintid IS NULL)||'|'||(eoi_cycle > ack_cycle) FROM virq WHERE id = 1");
    ASK_TEXT(r, "33|7|8",
             "SELECT b.pintid||'|'||(b.ack_cycle - a.eoi_cycle)||'|'||(b.eoi_cycle - b.ack_cycle) "
             "FROM virq a, virq b WHERE a.id = 1 AND b.id = 2");
    ASK_INT(r, 1,
            "SELECT a.ack_cycle < b.lr_cycle AND b.lr_cycle < a.eoi_cycle FROM virq a, virq b "
            "WHERE a.id = 1 AND b.id = 2");
    rig_free(r);
}
