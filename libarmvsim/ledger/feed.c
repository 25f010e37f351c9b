/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file feed.c
 * Plays a trace of another machine to the ledger. There is a machine whose PEs never execute: their clocks,
 * ELs and contexts are set to what the trace says, and the hooks that a run calls are called
 * (core/hooks.h). So a trace becomes rows and aggregates in the one way in which a run does.
 */
#include "ledger/feed.h"

#include <stdlib.h>

#include "arch/regbits.h"
#include "core/symtab.h"
#include "ledger/internal.h"

struct feed {
    struct avs_machine m;
    struct ledger *ledger;
    struct pe_hooks hooks;
    unsigned pe_count; /* The highest PE that was used, and one. */
    uint64_t last_ns;
};

static struct feed *feed_new(void)
{
    struct feed *f = g_new0(struct feed, 1);

    f->m.has_el2 = true;
    f->m.timing = TIMING_NONE;
    f->m.pe_count = FEED_PE_LIMIT;
    f->m.pe = calloc(FEED_PE_LIMIT, sizeof(*f->m.pe));
    AVS_CHECK(f->m.pe);
    for (unsigned i = 0; i < FEED_PE_LIMIT; i++) {
        f->m.pe[i].index = i;
        f->m.pe[i].m = &f->m;
        f->m.pe[i].el = 2;
    }
    f->m.symbols = symtab_new();
    f->ledger = ledger_new(&f->m);
    AVS_CHECK(f->ledger);
    return f;
}

static void feed_free(struct feed *f)
{
    ledger_free(f->ledger);
    symtab_free(f->m.symbols);
    free(f->m.pe);
    g_free(f);
}

struct feed *feed_open(const char *path, char **why)
{
    struct feed *f = feed_new();

    feed_meta(f, "clock_hz", "1000000000");
    feed_meta(f, "cycle_unit", "ns");
    feed_meta(f, "timing", "measured");
    feed_meta(f, "core", "measured");
    feed_meta(f, "core_title", "A real machine");
    feed_meta(f, "end", "trace");
    if (ledger_open_db(f->ledger, path) != AVS_OK) {
        *why = g_strdup(f->m.last_error);
        feed_free(f);
        return NULL;
    }
    ledger_hooks(f->ledger, &f->hooks);
    return f;
}

void feed_meta(struct feed *f, const char *key, const char *value)
{
    ledger_set_meta(f->ledger, key, value);
}

static void feed_number(struct feed *f, const char *key, uint64_t value)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);

    feed_meta(f, key, text);
}

bool feed_symbols(struct feed *f, const char *elf, int vmid, char **why)
{
    if (symtab_add_elf(f->m.symbols, &f->m, elf, vmid) == AVS_OK)
        return true;
    *why = g_strdup(f->m.last_error);
    return false;
}

/* The PE with its clock at `ns`. */
static struct pe *pe_at(struct feed *f, unsigned pe, uint64_t ns)
{
    struct pe *c = &f->m.pe[pe];

    c->tick_base = ns << TICK_SHIFT;
    f->pe_count = MAX(f->pe_count, pe + 1);
    f->last_ns = MAX(f->last_ns, ns);
    return c;
}

static void set_context(struct pe *c, unsigned vm, unsigned vcpu)
{
    c->sr[SR_HCR_EL2] = HCR_VM;
    c->sr[SR_VTCR_EL2] = VTCR_VS;
    c->sr[SR_VTTBR_EL2] = (uint64_t)vm << 48;
    c->sr[SR_VMPIDR_EL2] = vcpu;
}

void feed_exit(struct feed *f, unsigned pe, uint64_t ns, unsigned vm, unsigned vcpu, const struct exc *exc,
               uint64_t pc)
{
    struct pe *c = pe_at(f, pe, ns);

    set_context(c, vm, vcpu);
    c->el = 2;
    f->hooks.exception(f->hooks.user, c, exc, 1, pc, ns);
}

void feed_idle(struct feed *f, unsigned pe, uint64_t ns)
{
    f->hooks.idle(f->hooks.user, &f->m.pe[pe], ns);
}

void feed_enter(struct feed *f, unsigned pe, uint64_t ns, unsigned vm, unsigned vcpu, uint64_t pc)
{
    struct pe *c = pe_at(f, pe, ns);

    set_context(c, vm, vcpu);
    c->pc = pc;
    c->el = 1;
    f->hooks.eret(f->hooks.user, c, 2, 0, ns);
}

void feed_host(struct feed *f, unsigned pe, uint64_t ns)
{
    struct pe *c = pe_at(f, pe, ns);

    c->el = 2;
    f->hooks.eret(f->hooks.user, c, 2, 0, ns);
}

/* A return over the handler's head is what makes a trap an abandoned one. */
void feed_abandon(struct feed *f, unsigned pe, uint64_t ns)
{
    struct pe *c = &f->m.pe[pe];

    feed_host(f, pe, ns);
    c->el = 1;
    f->hooks.eret(f->hooks.user, c, 3, 0, ns);
    c->el = 2;
}

bool feed_failed(const struct feed *f)
{
    return ledger_failed(f->ledger);
}

uint64_t feed_traps(const struct feed *f)
{
    return f->ledger->trap_count;
}

uint64_t feed_switches(const struct feed *f)
{
    return f->ledger->switch_count;
}

bool feed_close(struct feed *f, char **why)
{
    bool ok;

    feed_number(f, "pe_count", f->pe_count);
    feed_number(f, "cycles", f->last_ns);
    feed_number(f, "traps", feed_traps(f));
    feed_number(f, "world_switches", feed_switches(f));
    f->m.pe_count = 0; /* There are no event counters. */
    ok = ledger_close_db(f->ledger) == AVS_OK;
    if (!ok)
        *why = g_strdup(f->m.last_error);
    feed_free(f);
    return ok;
}
