/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file export_folded.c
 * Folded stacks (Brendan Gregg's form): "frame;frame;frame COUNT", a line a stack, in cycles.
 *
 *     vm1.0;guest_yield;[HVC];el2_vector;psci_call;[SMC];el3_vector 1200
 *
 * A trap adds three frames: what was interrupted, the cause in brackets, the handler by its vector. A trap
 * that a handler makes stands on the handler's frames. A stack's count is the trap's own cycles, without
 * nested traps; what of it passed waiting has the frame [idle]. So all counts together are the cycles of
 * all traps, and with
 * --guest those of EL0 and EL1 besides.
 *
 * Traps are read from the last to the first, so that nested ones come before those they are in, which then
 * hand them on: memory grows with the number of different stacks alone.
 */
#include <inttypes.h>
#include <string.h>

#include "export.h"

/* The stacks below a trap, or all, and what the nested traps took. */
struct stacks {
    GHashTable *count; /* Text to uint64_t. */
    int64_t cycles, idle;
};

struct folded {
    struct stacks *all;
    GHashTable *open; /* Trap id to the stacks of its nested traps. */
};

static struct stacks *stacks_new(void)
{
    struct stacks *s = g_new0(struct stacks, 1);

    s->count = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return s;
}

static void stacks_free(void *p)
{
    struct stacks *s = p;

    g_hash_table_unref(s->count);
    g_free(s);
}

static void add(struct stacks *s, const char *stack, uint64_t cycles)
{
    uint64_t *n = g_hash_table_lookup(s->count, stack);

    if (!cycles)
        return;
    if (!n) {
        n = g_new0(uint64_t, 1);
        g_hash_table_insert(s->count, g_strdup(stack), n);
    }
    *n += cycles;
}

/* A frame must not have what separates frames and lines. */
static void append_frame(GString *out, const char *text)
{
    if (out->len)
        g_string_append_c(out, ';');
    for (; *text; text++)
        g_string_append_c(out, *text == ';' ? ':' : (unsigned char)*text < ' ' ? '?' : *text);
}

enum { ID, PARENT, CONTEXT, SYMBOL, PC, CAUSE, REGISTER, VECTOR, TO_EL, CYCLES, IDLE };
static const char traps[] =
    "SELECT id, parent, context, symbol, pc, cause, register, vector_symbol, to_el, cycles, idle_cycles "
    "FROM v_trap ORDER BY id DESC";

static void append_trap(GString *out, sqlite3_stmt *row)
{
    const char *reg = export_text(row, REGISTER), *vector = export_text(row, VECTOR);
    g_autofree char *cause = g_strdup_printf("[%s%s%s]", export_text(row, CAUSE), *reg ? " " : "", reg);
    g_autofree char *el = g_strdup_printf("EL%d", sqlite3_column_int(row, TO_EL));

    append_frame(out, export_text(row, *export_text(row, SYMBOL) ? SYMBOL : PC));
    append_frame(out, cause);
    append_frame(out, *vector ? vector : el);
}

/* Where the stacks of a trap go: to the trap that it is in, or to all. */
static struct stacks *target(struct folded *f, sqlite3_stmt *row)
{
    int64_t parent = sqlite3_column_int64(row, PARENT);
    struct stacks *s;

    if (sqlite3_column_type(row, PARENT) == SQLITE_NULL)
        return f->all;
    s = g_hash_table_lookup(f->open, &parent);
    if (!s) {
        s = stacks_new();
        g_hash_table_insert(f->open, g_memdup2(&parent, sizeof(parent)), s);
    }
    return s;
}

static void add_below(struct stacks *to, const char *frames, const struct stacks *nested)
{
    GHashTableIter i;
    gpointer stack, cycles;

    g_hash_table_iter_init(&i, nested->count);
    while (g_hash_table_iter_next(&i, &stack, &cycles)) {
        g_autofree char *whole = g_strjoin(";", frames, stack, NULL);

        add(to, whole, *(uint64_t *)cycles);
    }
}

static bool add_trap(void *user, sqlite3_stmt *row)
{
    struct folded *f = user;
    int64_t id = sqlite3_column_int64(row, ID);
    int64_t own = sqlite3_column_int64(row, CYCLES), idle = sqlite3_column_int64(row, IDLE);
    const struct stacks *nested = g_hash_table_lookup(f->open, &id);
    struct stacks *to = target(f, row);
    g_autoptr(GString) frames = g_string_new(NULL);

    to->cycles += own;
    to->idle += idle;
    if (to == f->all)
        append_frame(frames, export_text(row, CONTEXT));
    append_trap(frames, row);
    if (nested) {
        own -= nested->cycles;
        idle -= nested->idle;
        add_below(to, frames->str, nested);
        g_hash_table_remove(f->open, &id);
    }
    add(to, frames->str, (uint64_t)MAX(own - idle, 0));
    append_frame(frames, "[idle]");
    add(to, frames->str, (uint64_t)MAX(idle, 0));
    return true;
}

static bool add_guest(void *user, sqlite3_stmt *row)
{
    struct folded *f = user;
    g_autoptr(GString) frames = g_string_new(NULL);
    int64_t idle = sqlite3_column_int64(row, 3);

    append_frame(frames, export_text(row, 0));
    append_frame(frames, export_text(row, 1));
    add(f->all, frames->str, (uint64_t)(sqlite3_column_int64(row, 2) - idle));
    append_frame(frames, "[idle]");
    add(f->all, frames->str, (uint64_t)idle);
    return true;
}

/* Traps whose outer trap is not in the ledger (it logged a part of them, or was cut off). */
static void add_orphans(struct folded *f)
{
    GHashTableIter i;
    gpointer nested;

    g_hash_table_iter_init(&i, f->open);
    while (g_hash_table_iter_next(&i, NULL, &nested))
        add_below(f->all, "[not logged]", nested);
}

static void write_all(const struct folded *f, FILE *out)
{
    GList *stacks = g_list_sort(g_hash_table_get_keys(f->all->count), (GCompareFunc)strcmp);

    for (const GList *s = stacks; s; s = s->next)
        fprintf(out, "%s %" PRIu64 "\n", (const char *)s->data,
                *(uint64_t *)g_hash_table_lookup(f->all->count, s->data));
    g_list_free(stacks);
}

int export_folded(struct export *e)
{
    struct folded f = { stacks_new(),
                        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, stacks_free) };
    int status = db_query(&e->db, traps, add_trap, &f);

    if (!status && e->guest)
        status =
            db_query(&e->db,
                     "SELECT context, '[EL' || el || ']', SUM(cycles), SUM(idle_cycles) FROM v_el_time "
                     "WHERE el < 2 GROUP BY context, el",
                     add_guest, &f);
    add_orphans(&f);
    if (!status && !g_hash_table_size(f.all->count))
        status = cli_error("%s: has no traps to export", e->db.path);
    if (!status)
        write_all(&f, e->out);
    g_hash_table_unref(f.open);
    stacks_free(f.all);
    return status;
}
