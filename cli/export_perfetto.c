/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file export_perfetto.c
 * The trace event format, which ui.perfetto.dev and chrome://tracing open. A PE is a process; its tracks
 * are EL3, EL2, the world switches, and the lower ELs of each context. Virtual interrupts are a process of
 * their own, with a track for each INTID of each context; a flow leads there from the handler that injected
 * one, where a physical interrupt was behind it.
 *
 * Everything is a complete event (X), in the order of time by track, and on a track slices nest: times are
 * cut to nanoseconds, which keeps order, and one that would end after the slice that it begins in begins
 * after that (a trap that was abandoned for it). What lower ELs did is known between two traps, not before
 * the first.
 */
#include <inttypes.h>
#include <string.h>

#include "export.h"

enum {
    TRACKS = 1000,
    EL3_TRACK = 1,
    EL2_TRACK,
    SWITCH_TRACK,
    CONTEXT_TRACK,
    DEPTH = 16,
    VIRQ_PROCESS = 1000
};
enum { LANES = 8 };

/* Where slices of a track end that are open. */
struct track {
    int64_t end[DEPTH];
    unsigned depth;
};

struct trace {
    struct export *e;
    bool any; /* An event was written: a comma comes first. */
    int64_t hz;
    int pe;
    GHashTable *contexts; /* Name to track number, by PE. */
    struct track el[4], switches;
    int64_t guest_from;  /* End of the last trap from a lower EL; -1: none yet. */
    bool whole;          /* Every trap is in the ledger, so that between two the guest ran. */
    sqlite3_stmt *virqs; /* Injections of the PE with a physical interrupt, in time order. */
    bool virq_left;
    GByteArray *flows;       /* Bit by virq id: a flow begins for it. */
    char virq_key[128];      /* Context and INTID of the tracks being written, */
    unsigned virq_tracks;    /* how many there are, */
    int64_t lane_end[LANES]; /* and where their last slices end. */
    unsigned lane_track[LANES];
};

static void put_string(FILE *f, const char *text)
{
    fputc('"', f);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fprintf(f, "\\%c", *text);
        else if ((unsigned char)*text < ' ' || *text == 0x7f)
            fprintf(f, "\\u%04x", (unsigned char)*text);
        else
            fputc(*text, f);
    }
    fputc('"', f);
}

static int64_t ns_of(const struct trace *t, int64_t cycle)
{
    return (int64_t)((__int128)cycle * 1000000000 / t->hz);
}

/* Microseconds, as the format has it. */
static void put_time(FILE *f, const char *key, int64_t ns)
{
    fprintf(f, ",\"%s\":%" PRId64 ".%03d", key, ns / 1000, (int)(ns % 1000));
}

static unsigned tid(unsigned process, unsigned track)
{
    return process * TRACKS + track;
}

/* Opens an event: its kind, track and name. */
static FILE *begin(struct trace *t, const char *ph, unsigned process, unsigned track, const char *name)
{
    FILE *f = t->e->out;

    fprintf(f, "%s{\"ph\":\"%s\",\"pid\":%u,\"tid\":%u,\"name\":", t->any ? ",\n" : "\n", ph, process,
            tid(process, track));
    t->any = true;
    put_string(f, name);
    return f;
}

static FILE *begin_slice(struct trace *t, unsigned process, unsigned track, const char *name, int64_t from,
                         int64_t to)
{
    FILE *f = begin(t, "X", process, track, name);

    put_time(f, "ts", from);
    put_time(f, "dur", to - from);
    return f;
}

static void name_it(struct trace *t, const char *what, unsigned process, unsigned track, const char *name)
{
    FILE *f = begin(t, "M", process, track, what);

    fputs(",\"args\":{\"name\":", f);
    put_string(f, name);
    fputs("}}", f);
}

static void name_track(struct trace *t, unsigned process, unsigned track, const char *name)
{
    name_it(t, "thread_name", process, track, name);
    fprintf(begin(t, "M", process, track, "thread_sort_index"), ",\"args\":{\"sort_index\":%u}}", track);
}

/* Where a slice begins so that it nests in what is open. */
static int64_t nest(struct track *k, int64_t from, int64_t to)
{
    while (k->depth && k->end[k->depth - 1] <= from)
        k->depth--;
    if (k->depth && k->end[k->depth - 1] < to) {
        from = k->end[k->depth - 1];
        k->depth = 0;
    }
    if (k->depth < DEPTH)
        k->end[k->depth++] = to;
    return from;
}

/* "key": value, as the row has it; nothing for NULL. */
static void put_arg(FILE *f, const char **comma, sqlite3_stmt *row, int column)
{
    int type = sqlite3_column_type(row, column);

    if (type == SQLITE_NULL)
        return;
    fprintf(f, "%s\"%s\":", *comma, sqlite3_column_name(row, column));
    if (type == SQLITE_TEXT)
        put_string(f, export_text(row, column));
    else
        fputs(export_text(row, column), f);
    *comma = ",";
}

static void put_args(FILE *f, sqlite3_stmt *row, int first)
{
    const char *comma = "";

    fputs(",\"args\":{", f);
    for (int c = first; c < sqlite3_column_count(row); c++)
        put_arg(f, &comma, row, c);
    fputs("}}", f);
}

/* The track of the lower ELs of a context on this PE. */
static unsigned context_track(struct trace *t, const char *context)
{
    unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(t->contexts, context));
    g_autofree char *name = NULL;

    if (n)
        return n;
    n = CONTEXT_TRACK + g_hash_table_size(t->contexts);
    g_hash_table_insert(t->contexts, g_strdup(context), GUINT_TO_POINTER(n));
    name = g_strdup_printf("%s (EL0, EL1)", context);
    name_track(t, (unsigned)t->pe + 1, n, name);
    return n;
}

static void grow_flows(struct trace *t, guint len)
{
    guint old = t->flows->len;

    g_byte_array_set_size(t->flows, len);
    memset(t->flows->data + old, 0, len - old);
}

/* Injections while a trap was handled: a flow from there. */
static void begin_flows(struct trace *t, unsigned track, int64_t from, int64_t to)
{
    while (t->virq_left) {
        int64_t id = sqlite3_column_int64(t->virqs, 0), at = ns_of(t, sqlite3_column_int64(t->virqs, 1));
        int64_t phys = ns_of(t, sqlite3_column_int64(t->virqs, 2));

        if (at > to)
            return;
        if (at >= from && id >= 0 && id / 8 < G_MAXINT32) {
            FILE *f = begin(t, "s", (unsigned)t->pe + 1, track, "injection");

            put_time(f, "ts", CLAMP(phys, from, at));
            fprintf(f, ",\"cat\":\"virq\",\"id\":%" PRId64 "}", id);
            if (id / 8 >= t->flows->len)
                grow_flows(t, (guint)(id / 8 + 1));
            t->flows->data[id / 8] |= (guint8)(1 << id % 8);
        }
        t->virq_left = sqlite3_step(t->virqs) == SQLITE_ROW;
    }
}

enum { T_CAUSE, T_REGISTER, T_ENTRY, T_EXIT, T_PARENT, T_TO_EL, T_CONTEXT };
static const char traps[] = "SELECT cause, register, entry_cycle, exit_cycle, parent, to_el, context, id "
                            "AS trap, from_el, type, ec_name AS class, "
                            "symbol, pc, text AS insn, file, line, iss, va, ipa, cycles, idle_cycles, "
                            "vector_symbol AS vector, state "
                            "FROM v_trap WHERE pe = %d ORDER BY id";

static void put_guest(struct trace *t, const char *context, int64_t to)
{
    if (t->guest_from < 0 || to <= t->guest_from || !t->whole)
        return;
    fputc('}', begin_slice(t, (unsigned)t->pe + 1, context_track(t, context), context, t->guest_from, to));
}

static bool put_trap(void *user, sqlite3_stmt *row)
{
    struct trace *t = user;
    const char *reg = export_text(row, T_REGISTER);
    g_autofree char *name = g_strdup_printf("%s%s%s", export_text(row, T_CAUSE), *reg ? " " : "", reg);
    int64_t from = ns_of(t, sqlite3_column_int64(row, T_ENTRY)),
            to = ns_of(t, sqlite3_column_int64(row, T_EXIT));
    unsigned el = sqlite3_column_int(row, T_TO_EL) == 3 ? 3 : 2;
    unsigned track = el == 3 ? EL3_TRACK : EL2_TRACK;

    if (sqlite3_column_type(row, T_PARENT) == SQLITE_NULL) {
        put_guest(t, export_text(row, T_CONTEXT), from);
        t->guest_from = MAX(to, t->guest_from);
    }
    to = MAX(from, to);
    from = nest(&t->el[el], from, to);
    put_args(begin_slice(t, (unsigned)t->pe + 1, track, name, from, to), row, T_CONTEXT);
    begin_flows(t, track, from, to);
    return !ferror(t->e->out);
}

static bool put_switch(void *user, sqlite3_stmt *row)
{
    struct trace *t = user;
    g_autofree char *name = g_strdup_printf("%s → %s", export_text(row, 0), export_text(row, 1));
    int64_t from = ns_of(t, sqlite3_column_int64(row, 2)), to = ns_of(t, sqlite3_column_int64(row, 3));

    to = MAX(from, to);
    from = nest(&t->switches, from, to);
    put_args(begin_slice(t, (unsigned)t->pe + 1, SWITCH_TRACK, name, from, to), row, 4);
    return !ferror(t->e->out);
}

static int prepare_virqs(struct trace *t)
{
    struct db *db = &t->e->db;
    g_autofree char *query =
        g_strdup_printf("SELECT id, lr_cycle, COALESCE(phys_cycle, lr_cycle) FROM v_virq "
                        "WHERE pe = %d AND pintid IS NOT NULL AND lr_cycle IS NOT NULL ORDER BY lr_cycle",
                        t->pe);

    if (sqlite3_prepare_v2(db->sql, query, -1, &t->virqs, NULL) != SQLITE_OK)
        return cli_error("%s: %s", db->path, sqlite3_errmsg(db->sql));
    t->virq_left = sqlite3_step(t->virqs) == SQLITE_ROW;
    return EXIT_OK;
}

static int put_pe_tracks(struct trace *t)
{
    g_autofree char *trap_query = g_strdup_printf(traps, t->pe);
    g_autofree char *switch_query = g_strdup_printf(
        "SELECT from_context, to_context, entry_cycle, exit_cycle, id AS switch, trap, cycles, saved, "
        "restored, leaked FROM v_switch WHERE pe = %d ORDER BY id",
        t->pe);
    int status = prepare_virqs(t);

    if (!status)
        status = db_query(&t->e->db, trap_query, put_trap, t);
    sqlite3_finalize(t->virqs);
    return status ? status : db_query(&t->e->db, switch_query, put_switch, t);
}

static int put_pe(struct trace *t)
{
    g_autofree char *name = g_strdup_printf("PE %d", t->pe);
    unsigned process = (unsigned)t->pe + 1;
    int status;

    t->contexts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    t->guest_from = -1;
    t->switches.depth = 0;
    memset(t->el, 0, sizeof(t->el));
    name_it(t, "process_name", process, EL2_TRACK, name);
    name_track(t, process, EL3_TRACK, "EL3");
    name_track(t, process, EL2_TRACK, "EL2");
    name_track(t, process, SWITCH_TRACK, "world switches");
    status = put_pe_tracks(t);
    g_hash_table_unref(t->contexts);
    return status;
}

enum { V_ID, V_CONTEXT, V_INTID, V_LR, V_ACK, V_EOI };
static const char lives[] =
    "SELECT id, context, vintid, lr_cycle, ack_cycle, eoi_cycle, id AS virq, pe, pintid, "
    "inject_latency, ack_latency, active_cycles FROM v_virq WHERE lr_cycle IS NOT NULL "
    "ORDER BY context, vintid, lr_cycle";

/* The track for a life: that of its context and INTID, or another when there is a life on that still. */
static unsigned life_track(struct trace *t, sqlite3_stmt *row, int64_t from, int64_t to)
{
    g_autofree char *key =
        g_strdup_printf("%s vIRQ %d", export_text(row, V_CONTEXT), sqlite3_column_int(row, V_INTID));
    unsigned lane = 0;

    if (strcmp(key, t->virq_key) != 0) {
        g_strlcpy(t->virq_key, key, sizeof(t->virq_key));
        memset(t->lane_track, 0, sizeof(t->lane_track));
    }
    while (t->lane_track[lane] && t->lane_end[lane] > from && lane < LANES - 1)
        lane++;
    if (!t->lane_track[lane]) {
        t->lane_track[lane] = ++t->virq_tracks;
        name_track(t, VIRQ_PROCESS, t->lane_track[lane], key);
        t->lane_end[lane] = 0;
    }
    t->lane_end[lane] = MAX(to, t->lane_end[lane]);
    return t->lane_track[lane];
}

/* The cycle of a column in ns, not before `least`; `otherwise` when it is NULL. */
static int64_t when(const struct trace *t, sqlite3_stmt *row, int column, int64_t least, int64_t otherwise)
{
    int64_t ns = ns_of(t, sqlite3_column_int64(row, column));

    return sqlite3_column_type(row, column) == SQLITE_NULL ? otherwise : MAX(ns, least);
}

/* One life: pending up to its acknowledgement, then active up to its end. */
static bool put_life(void *user, sqlite3_stmt *row)
{
    struct trace *t = user;
    int64_t lr = when(t, row, V_LR, 0, 0), ack = when(t, row, V_ACK, lr, -1);
    int64_t eoi = when(t, row, V_EOI, MAX(lr, ack), MAX(lr, ack)), id = sqlite3_column_int64(row, V_ID);
    unsigned track = life_track(t, row, lr, eoi);
    FILE *f;

    put_args(begin_slice(t, VIRQ_PROCESS, track, t->virq_key, lr, eoi), row, V_EOI + 1);
    if (id >= 0 && id / 8 < t->flows->len && t->flows->data[id / 8] >> id % 8 & 1) {
        f = begin(t, "f", VIRQ_PROCESS, track, "injection");
        put_time(f, "ts", lr);
        fprintf(f, ",\"cat\":\"virq\",\"id\":%" PRId64 ",\"bp\":\"e\"}", id);
    }
    if (ack >= 0)
        fputc('}', begin_slice(t, VIRQ_PROCESS, track, "pending", lr, ack));
    if (ack >= 0 && sqlite3_column_type(row, V_EOI) != SQLITE_NULL)
        fputc('}', begin_slice(t, VIRQ_PROCESS, track, "active", ack, eoi));
    return !ferror(t->e->out);
}

static void put_head(struct trace *t)
{
    static const char *const keys[] = { "image", "core", "board", "timing", "source" };
    FILE *f = t->e->out;

    fputs("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"clock_hz\":", f);
    fprintf(f, "\"%" PRId64 "\"", t->hz);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *value = db_run_value(&t->e->db, keys[i]);

        if (!value)
            continue;
        fprintf(f, ",\"%s\":", keys[i]);
        put_string(f, value);
    }
    fputs("},\"traceEvents\":[", f);
}

static bool add_pe(void *user, sqlite3_stmt *row)
{
    int pe = sqlite3_column_int(row, 0);

    if (pe >= 0 && pe < VIRQ_PROCESS - 1)
        g_array_append_val((GArray *)user, pe);
    return true;
}

static int put_events(struct trace *t)
{
    g_autoptr(GArray) pes = g_array_new(FALSE, FALSE, sizeof(int));
    int status = db_query(&t->e->db, "SELECT DISTINCT pe FROM v_trap ORDER BY pe", add_pe, pes);

    if (!status && !pes->len)
        return cli_error("%s: has no traps to export", t->e->db.path);
    for (guint i = 0; i < pes->len && !status; i++) {
        t->pe = g_array_index(pes, int, i);
        status = put_pe(t);
    }
    if (status)
        return status;
    name_it(t, "process_name", VIRQ_PROCESS, 0, "virtual interrupts");
    return db_query(&t->e->db, lives, put_life, t);
}

/* A ledger of one in N traps says so. */
static bool has_every_trap(struct export *e)
{
    g_autofree char *sample = db_run_value(&e->db, "sample");

    return !sample || !*sample || !strcmp(sample, "1");
}

int export_perfetto(struct export *e)
{
    struct trace t = { .e = e, .hz = e->db.clock_hz > 0 ? (int64_t)e->db.clock_hz : 1000000000 };
    int status;

    t.whole = has_every_trap(e);
    t.flows = g_byte_array_new();
    put_head(&t);
    status = put_events(&t);
    fputs("\n]}\n", e->out);
    g_byte_array_unref(t.flows);
    return status;
}
