/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file explain_how.c
 * The second half of an explanation: what the handler did, where its cycles went beside those of other
 * traps with this cause, what it left behind, and what a world switch moved.
 */
#include <string.h>

#include "explain.h"

enum { BAR_WIDTH = 30 };

/* Asks with :id set, and back to what it was. */
static int ask(struct explain *e, const char *query, int64_t id, struct record *out)
{
    int64_t before = e->db->id;

    e->db->id = id;
    if (!e->status)
        e->status = db_query(e->db, query, record_row, out);
    e->db->id = before;
    return e->status;
}

static void end_line(const struct explain *e, struct doc_section *s)
{
    const struct record *t = e->trap;
    const char *state = record_text(t, "state");
    uint64_t delta = g_ascii_strtoull(record_text(t, "ret_pc"), NULL, 16) -
                     g_ascii_strtoull(record_text(t, "pc"), NULL, 16);

    if (!strcmp(state, "unfinished")) {
        doc_line(s, "The run ended before it did.");
        return;
    }
    if (!strcmp(state, "abandoned")) {
        doc_line(s, "It was never left by an ERET of its own: EL3 returned to a lower Exception level over "
                    "its head.");
        return;
    }
    if (record_has(t, "world_switch"))
        doc_line(s, "The ERET went to EL%d of another context, at %s.", (int)record_int(t, "ret_el"),
                 record_text(t, "ret_pc"));
    else
        doc_line(s, "The ERET went back to EL%d at %s: %s.", (int)record_int(t, "ret_el"),
                 record_text(t, "ret_pc"),
                 delta == 0   ? "the same instruction once more"
                 : delta == 4 ? "the next instruction"
                              : "another place than where it came from");
}

static void place_line(const struct explain *e, struct doc_section *s)
{
    g_autofree char *vector = explain_place(e->trap, "vector_");
    g_autofree char *eret = explain_place(e->trap, "eret_");
    g_autofree char *insns = explain_number(record_int(e->trap, "insns"));

    if (vector && eret)
        doc_line(s, "It began at %s and ended by the ERET at %s.", vector, eret);
    else if (vector)
        doc_line(s, "It began at %s.", vector);
    doc_line(s, "It took %s instructions.", insns);
}

static const char children_query[] =
    "SELECT id, from_el, to_el, cause, LOWER(COALESCE(ec_name, type)) AS class, cycles, symbol FROM v_trap"
    " WHERE parent = :id ORDER BY id LIMIT 20";

static void children(struct explain *e, struct doc_section *s)
{
    struct table *t = table_new("Traps while it was handled", "");

    if (!e->status)
        e->status = db_fill(e->db, children_query, t);
    if (t->row_count)
        s->table = t;
    else
        table_free(t);
}

void explain_handler(struct explain *e)
{
    struct doc_section *s = doc_section(e->doc, "What the handler did");

    place_line(e, s);
    end_line(e, s);
    children(e, s);
}

/* A phase of this trap beside the mean of its cause. */
struct phase {
    const char *name;
    double cycles, mean;
};

static char *bar(double cycles, double whole)
{
    unsigned length = whole > 0 && cycles > 0 ? (unsigned)(BAR_WIDTH * cycles / whole + 0.5) : 0;
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < length; i++)
        g_string_append(out, "█");
    return g_string_free(out, FALSE);
}

static void add_phase(struct table *t, const struct phase *p, double whole, bool has_mean)
{
    g_autofree char *text = bar(p->cycles, whole);

    table_text(t, p->name);
    table_int(t, (int64_t)p->cycles);
    table_real(t, whole > 0 ? p->cycles / whole : 0);
    table_text(t, *text ? text : NULL);
    if (has_mean)
        table_real(t, p->mean);
    else
        table_null(t);
    if (has_mean && p->mean > 0)
        table_real(t, 100 * (p->cycles - p->mean) / p->mean);
    else
        table_null(t);
}

static double of_mean(const struct explain *e, const char *name)
{
    double count = record_real(e->cause, "count");

    return count > 0 ? record_real(e->cause, name) / count : 0;
}

static struct table *phase_table(const struct explain *e)
{
    static const char *const parts[] = { "entry", "save", "handler", "restore", "idle", "return" };
    static const char *const names[] = { "entry", "save", "handler", "restore", "waiting", "return" };
    struct table *t = table_new("Phases", "");
    bool has_mean = record_real(e->cause, "count") > 0;

    table_columns(t, "phase trap_cycles share @bar cause_mean mean_percent");
    t->totals = true;
    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *column = g_strconcat(parts[i], "_cycles", NULL);
        struct phase p = { names[i], record_real(e->trap, column), of_mean(e, column) };

        if (!strcmp(parts[i], "handler")) {
            p.cycles -= record_real(e->trap, "save_cycles") + record_real(e->trap, "restore_cycles") +
                        record_real(e->trap, "idle_cycles");
            p.mean -= of_mean(e, "save_cycles") + of_mean(e, "restore_cycles") + of_mean(e, "idle_cycles");
        }
        if (p.cycles || p.mean)
            add_phase(t, &p, record_real(e->trap, "cycles"), has_mean);
    }
    return t;
}

static const char rank_query[] =
    "SELECT COALESCE(SUM(count) FILTER (WHERE hi < :id), 0) AS shorter,"
    " COALESCE(SUM(count) FILTER (WHERE lo > :id), 0) AS longer, SUM(count) AS count FROM v_trap_hist"
    " WHERE cause = :text";

/* Where it stands among the complete traps with its cause. */
static char *rank_text(const struct record *r)
{
    g_autofree char *all = explain_number(record_int(r, "count"));
    bool slowest = !record_int(r, "longer"), quickest = !record_int(r, "shorter");

    if (slowest && quickest)
        return g_strdup_printf("All %s traps with this cause took as long.", all);
    if (slowest || quickest)
        return g_strdup_printf("None of the %s traps with this cause was %s.", all,
                               slowest ? "slower" : "quicker");
    return g_strdup_printf("Of the %s traps with this cause %.1f%% were quicker and %.1f%% slower.", all,
                           100 * record_real(r, "shorter") / record_real(r, "count"),
                           100 * record_real(r, "longer") / record_real(r, "count"));
}

static void rank_line(struct explain *e, struct doc_section *s)
{
    struct record *r = record_new();
    double mean = of_mean(e, "cycles"), cycles = record_real(e->trap, "cycles");

    e->db->text = record_text(e->trap, "cause");
    ask(e, rank_query, record_int(e->trap, "cycles"), r);
    e->db->text = NULL;
    if (record_int(r, "count") > 1 && mean > 0) {
        g_autofree char *rank = rank_text(r);
        g_autofree char *mean_text = explain_number((int64_t)(mean + 0.5));

        doc_line(s, "%s Their mean is %s cycles (this one: %+.1f%%).", rank, mean_text,
                 100 * (cycles - mean) / mean);
    }
    doc_record_free(r);
}

void explain_cycles(struct explain *e)
{
    struct doc_section *s = doc_section(e->doc, "Where the cycles went");
    g_autofree char *cycles = explain_number(record_int(e->trap, "cycles"));

    if (e->db->clock_hz > 0)
        doc_line(s, "It took %s cycles, %.3f us at %.0f MHz.", cycles,
                 1e6 * record_real(e->trap, "cycles") / e->db->clock_hz, e->db->clock_hz / 1e6);
    else
        doc_line(s, "It took %s cycles.", cycles);
    rank_line(e, s);
    s->table = phase_table(e);
}

void explain_after(struct explain *e)
{
    static const struct {
        const char *column, *one, *many;
    } kinds[] = {
        { "after_l1i", "line of L1I", "lines of L1I" },
        { "after_l1d", "line of L1D", "lines of L1D" },
        { "after_l2", "line of L2", "lines of L2" },
        { "after_utlb", "entry of a micro-TLB", "entries of micro-TLBs" },
        { "after_tlb", "entry of the TLB", "entries of the TLB" },
    };
    g_autofree char *cycles = explain_number(record_int(e->trap, "after_cycles"));
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        int64_t n = record_int(e->trap, kinds[i].column);

        if (n)
            g_string_append_printf(out, "%s%" G_GINT64_FORMAT " %s", out->len ? ", " : "", n,
                                   n == 1 ? kinds[i].one : kinds[i].many);
    }
    if (out->len)
        doc_line(doc_section(e->doc, "Afterwards"),
                 "The handler had replaced what the interrupted context needed again: %s. To get that back "
                 "took %s cycles more.",
                 out->str, cycles);
    g_string_free(out, TRUE);
}

static const char switch_query[] = "SELECT * FROM v_switch WHERE id = :id";
static const char class_query[] =
    "SELECT k.meaning AS class_meaning, c.saved AS moved_saved, c.restored AS moved_restored, c.unchanged "
    "AS moved_unchanged,"
    " c.needless AS moved_needless, c.leaked AS moved_leaked, c.save_cycles AS moved_save_cycles,"
    " c.restore_cycles AS moved_restore_cycles FROM state_set_class c JOIN reg_class k ON k.id = c.class"
    " WHERE c.state_set = :id ORDER BY c.class";
/* Runs of numbered registers (X0-X30, Q0-Q31) as "Q0-Q7". */
static const char register_query[] =
    "WITH r AS (SELECT r.*, g.name, CASE WHEN r.register < 32 THEN 1 WHEN r.register < 64 THEN 2 ELSE 0 "
    "END AS bank"
    "           FROM state_set_reg r JOIN register g ON g.id = r.register WHERE r.state_set = :id),"
    " k AS (SELECT 'leaked' AS kind, register, name, bank FROM r WHERE leaked"
    " UNION ALL SELECT 'needless', register, name, bank FROM r WHERE needless"
    " UNION ALL SELECT 'unchanged', register, name, bank FROM r WHERE unchanged AND NOT COALESCE(needless, "
    "0)),"
    " i AS (SELECT *, register - CASE WHEN bank THEN ROW_NUMBER() OVER (PARTITION BY kind, bank ORDER BY "
    "register)"
    "              ELSE 0 END AS run FROM k),"
    " n AS (SELECT kind, MIN(register) AS lo, MAX(register) AS hi FROM i GROUP BY kind, bank, run),"
    " t AS (SELECT n.*, a.name || CASE WHEN hi > lo THEN '-' || b.name ELSE '' END AS text"
    "       FROM n JOIN register a ON a.id = lo JOIN register b ON b.id = hi ORDER BY lo)"
    "SELECT GROUP_CONCAT(text, ', ') FILTER (WHERE kind = 'leaked') AS leaked,"
    " GROUP_CONCAT(text, ', ') FILTER (WHERE kind = 'needless') AS needless,"
    " GROUP_CONCAT(text, ', ') FILTER (WHERE kind = 'unchanged') AS unchanged FROM t";

static void register_lines(struct explain *e, struct doc_section *s, int64_t set)
{
    struct record *r = record_new();

    ask(e, register_query, set, r);
    if (record_has(r, "leaked"))
        doc_line(s, "Leaks: the next context can read what this one left in %s.", record_text(r, "leaked"));
    if (record_has(r, "needless"))
        doc_line(s, "Saved needlessly, neither changed nor read since they were restored: %s.",
                 record_text(r, "needless"));
    if (record_has(r, "unchanged"))
        doc_line(s, "Saved though unchanged since they were restored: %s.", record_text(r, "unchanged"));
    doc_record_free(r);
}

static struct table *class_table(struct explain *e, int64_t set)
{
    struct table *t = table_new("What it moved", "nothing");
    int64_t before = e->db->id;

    e->db->id = set;
    if (!e->status)
        e->status = db_fill(e->db, class_query, t);
    e->db->id = before;
    t->totals = true;
    return t;
}

void explain_switch(struct explain *e)
{
    struct record *w = record_new();
    struct doc_section *s;
    int64_t set;

    if (record_has(e->trap, "world_switch") &&
        !ask(e, switch_query, record_int(e->trap, "world_switch"), w) && record_filled(w)) {
        s = doc_section(e->doc, "World switch");
        set = record_int(w, "state_set");
        doc_line(s,
                 "%s gave way to %s (switch %" G_GINT64_FORMAT "): %" G_GINT64_FORMAT
                 " registers were saved and %" G_GINT64_FORMAT " restored.",
                 record_text(w, "from_context"), record_text(w, "to_context"), record_int(w, "id"),
                 record_int(w, "saved"), record_int(w, "restored"));
        register_lines(e, s, set);
        s->table = class_table(e, set);
    }
    doc_record_free(w);
}
