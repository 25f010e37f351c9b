/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file signal.c
 * From a CPU interface to the PE's interrupt inputs. On some machines a controller outside of the cores,
 * with a clock of its own, takes a time to drive them (`signal-ns` of a board's [gic]): a line that rises
 * is seen that much later, one that falls at once. Lines of a GICv3's virtual interface are inside the core
 * and not delayed.
 */
#include "core/machine.h"
#include "gic/gic_priv.h"

static void arrive(void *user)
{
    struct gic_cpu *k = user;

    pe_set_lines(k->c, k->asserted, k->asserted);
}

void signal_init(struct gic_cpu *k)
{
    event_init(k->g->m, &k->signal, arrive, k);
}

void signal_remove(struct gic_cpu *k)
{
    event_remove(k->g->m, &k->signal);
}

void signal_lines(struct gic_cpu *k, uint32_t mask, uint32_t lines)
{
    const uint32_t before = k->asserted & mask;

    k->asserted = (k->asserted & ~mask) | lines;
    if (!k->g->cfg.signal_cycles) {
        pe_set_lines(k->c, mask, lines);
        return;
    }
    pe_set_lines(k->c, mask, k->c->irq_lines & lines);
    if (lines & ~before)
        event_arm(k->g->m, &k->signal, machine_arrival_cycle(k->g->m) + k->g->cfg.signal_cycles);
    else if (!(k->asserted & ~k->c->irq_lines))
        event_cancel(k->g->m, &k->signal);
}
