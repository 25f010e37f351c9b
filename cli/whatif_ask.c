/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file whatif_ask.c
 * Changes to a run that are not run again: which of its cycles would go, by its ledger, and which would
 * come instead, by the prices of its core model. Nothing here knows a guest: causes, classes and registers
 * are those of the ledger.
 */
#include <string.h>

#include "a64/op.h"
#include "arch/sysreg.h"
#include "core/machine.h"
#include "timing/pipeline.h"
#include "whatif.h"

#define NO_TRAP "no-trap="

static void add(struct whatif_answer *a, const char *part, uint64_t times, double cycles, bool measured)
{
    a->part[a->count++] = (struct whatif_part){ part, times, cycles, measured };
}

/* Cycles of one instruction of a class among others, and of what the model charges beside it. */
static double price(const struct avs_machine *m, enum insn_class k, unsigned charge)
{
    double ticks = m->timing == TIMING_NONE ? ACC_CYCLE : pipeline_price(&m->model->pipeline, k);

    return (ticks + (charge < COST_COUNT ? m->cost[charge] : 0)) / ACC_CYCLE;
}

/* What an instruction would cost at EL1 if it did not trap: a system register by its price there. */
static double native_price(const struct avs_machine *m, uint32_t insn)
{
    struct pipe_insn in = { 0 };
    unsigned reg = SR_NONE;
    bool write;

    pipe_insn_of(insn, a64_decode(insn), &in);
    write = in.insn_class != INSN_MRS;
    if (in.insn_class == INSN_MRS || in.insn_class == INSN_MSR || in.insn_class == INSN_SYSTEM)
        reg = sysreg_find(insn >> 5 & 0xffff);
    return price(m, in.insn_class,
                 reg == SR_NONE ? COST_FREE : sysreg_path(&m->pe[0], 1, write, reg)->charge);
}

/* no-trap=BIT */

struct untrapped {
    const struct avs_machine *m;
    uint64_t count, after_count;
    double cycles, after, native;
};

static bool add_insn(void *user, sqlite3_stmt *row)
{
    struct untrapped *u = user;
    const uint64_t count = (uint64_t)sqlite3_column_int64(row, 1);

    u->count += count;
    u->cycles += sqlite3_column_double(row, 2);
    u->after_count += (uint64_t)sqlite3_column_int64(row, 3);
    u->after += sqlite3_column_double(row, 4);
    u->native += (double)count * native_price(u->m, (uint32_t)sqlite3_column_int64(row, 0));
    return true;
}

static bool add_name(void *user, sqlite3_stmt *row)
{
    GString *s = user;

    g_string_append_printf(s, "%s%s", s->len ? ", " : "", (const char *)sqlite3_column_text(row, 0));
    return true;
}

static int no_such_cause(struct db *db, const char *cause)
{
    g_autoptr(GString) names = g_string_new(NULL);
    int status = db_query(db, "SELECT cause FROM v_trap_by_cause", add_name, names);

    return status ? status
                  : cli_error("--what-if " NO_TRAP "%s: no trap has this cause; there are %s", cause,
                              names->len ? names->str : "no traps");
}

/* Time that was spent waiting would be spent so all the same. */
static int no_trap(struct whatif_run *r, const char *cause, struct whatif_answer *out)
{
    char *causes[] = { (char *)cause, NULL };
    struct untrapped u = { .m = r->m };
    int status;

    r->db.causes = causes;
    status = db_query(&r->db,
                      "SELECT s.insn, COUNT(*), SUM(t.entry_cycles + t.handler_cycles + t.return_cycles"
                      " - t.idle_cycles), COUNT(a.trap), COALESCE(SUM(a.cycles), 0)"
                      " FROM trap t JOIN trap_class k ON k.id = t.class JOIN cause c ON c.id = k.cause"
                      " JOIN site s ON s.id = t.site LEFT JOIN trap_after a ON a.trap = t.id"
                      " WHERE c.name IN (SELECT value FROM json_each(:cause)) GROUP BY s.insn",
                      add_insn, &u);
    r->db.causes = NULL;
    if (status)
        return status;
    if (!u.count)
        return no_such_cause(&r->db, cause);
    add(out, "traps that do not happen", u.count, -u.cycles, true);
    if (u.after_count)
        add(out, "misses after them", u.after_count, -u.after, true);
    add(out, "the instructions without a trap", u.count, u.native, false);
    return EXIT_OK;
}

/* vhe */

static bool get_pair(void *user, sqlite3_stmt *row)
{
    double *v = user;

    v[0] = sqlite3_column_double(row, 0);
    v[1] = sqlite3_column_double(row, 1);
    return true;
}

/* A host kernel at EL1 calls its part at EL2 by HVC, and its EL1 registers are exchanged with the VM's;
 * with FEAT_VHE and HCR_EL2.E2H it is at EL2 itself (DDI 0487, D8.1.3), calls functions, and has registers
 * of its own. */
static int vhe(struct whatif_run *r, const char *none, struct whatif_answer *out)
{
    double calls[2] = { 0 }, moved[2] = { 0 };
    int status;

    (void)none;
    status = db_query(&r->db,
                      "SELECT COALESCE(SUM(count), 0), COALESCE(SUM(entry_cycles + return_cycles), 0)"
                      " FROM v_trap_agg WHERE context = 'host' AND from_el = 1 AND to_el = 2"
                      " AND ec_name LIKE 'HVC%'",
                      get_pair, calls);
    if (!status)
        status = db_query(&r->db,
                          "SELECT COALESCE(SUM(switches), 0),"
                          " COALESCE(SUM(switches * (save_cycles + restore_cycles)), 0)"
                          " FROM v_state_by_pair WHERE class = 'el1_system'"
                          " AND (from_context = 'host') <> (to_context = 'host')",
                          get_pair, moved);
    if (status)
        return status;
    if (calls[0] == 0 || moved[0] == 0) {
        out->nothing = "no host at EL1";
        return EXIT_OK;
    }
    add(out, "entry and return of the host's calls to EL2", (uint64_t)calls[0], -calls[1], true);
    add(out, "EL1 registers moved between host and VM", (uint64_t)moved[0], -moved[1], false);
    return EXIT_OK;
}

/* gicv3 */

static bool get_gich(void *user, sqlite3_stmt *row)
{
    double *v = user;

    for (int i = 0; i < 3; i++)
        v[i] = sqlite3_column_double(row, i);
    return true;
}

/* The list registers and what belongs to them are memory with a GICv2, System registers with a GICv3 (IHI
 * 0069, chapter 6). */
static int gicv3(struct whatif_run *r, const char *none, struct whatif_answer *out)
{
    enum { READS, WRITES, WAITED, VALUES };
    double v[VALUES] = { 0 }, as_registers;
    int status;

    (void)none;
    if (!r->m->has_gicv2) {
        out->nothing = "a GICv3 already";
        return EXIT_OK;
    }
    status = db_query(&r->db,
                      "SELECT SUM(value) FILTER (WHERE name = 'gich_read'),"
                      " SUM(value) FILTER (WHERE name = 'gich_write'),"
                      " SUM(value) FILTER (WHERE name = 'gich_wait') FROM counter",
                      get_gich, v);
    if (status)
        return status;
    if (v[READS] + v[WRITES] == 0) {
        out->nothing = "GICH is not used";
        return EXIT_OK;
    }
    as_registers = v[READS] * price(r->m, INSN_MRS, COST_SR_GIC_READ) +
                   v[WRITES] * price(r->m, INSN_MSR, COST_SR_GIC_WRITE);
    add(out, "waiting for GICH, a device", (uint64_t)(v[READS] + v[WRITES]), -v[WAITED], true);
    add(out, "the same as System registers ICH_*", (uint64_t)(v[READS] + v[WRITES]), as_registers, false);
    return EXIT_OK;
}

/* One line a change: its name, or with '=' at its end what stands before its argument. */
static const struct {
    const char *name;
    int (*ask)(struct whatif_run *r, const char *argument, struct whatif_answer *out);
} changes[] = { { "vhe", vhe }, { "gicv3", gicv3 }, { NO_TRAP, no_trap } };

/* The change's number, and where its argument is. -1: none. */
static int find(const char *question, const char **argument)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(changes); i++) {
        const size_t len = strlen(changes[i].name);

        *argument = question + len;
        if (changes[i].name[len - 1] == '=' ? !strncmp(question, changes[i].name, len) && question[len]
                                            : !strcmp(question, changes[i].name))
            return (int)i;
    }
    return -1;
}

bool whatif_known(const char *question)
{
    const char *argument;

    return find(question, &argument) >= 0;
}

int whatif_ask(struct whatif_run *r, const char *question, struct whatif_answer *out)
{
    const char *argument;
    const int i = find(question, &argument);

    *out = (struct whatif_answer){ 0 };
    return i < 0 ? EXIT_USAGE : changes[i].ask(r, argument, out);
}
