/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trap_row.c
 * How traps are stored. What repeats of a trap is its shape: where it was, what it was, how it ended and,
 * as far as that repeats too, how long its phases took; shapes are a dictionary, so that a row is a few
 * integers. Where phases do not repeat (caches, contention), a trap has its own in the row, beside a shape
 * without. Which of the two is decided by how often shapes with phases were found again until now.
 *
 * Columns of trap_row that few traps need come last: a batch is written up to the last one that any of its
 * traps has.
 */
#include <string.h>

#include "ledger/internal.h"

/* Shapes with phases that are made whether they repeat or not; each one more wants this many traps that had
 * one already. */
enum { SHAPE_START = 1024, SHAPE_WORTH = 4 };

/* Columns of trap_row: after the first four come groups, each for some traps. */
enum { ROW_SHORT = 4, ROW_ADDRESSES = 6, ROW_LINKS = 8, ROW_PHASES = 15 };

/* A key of the dictionary: all columns of trap_shape. */
enum { NO_RETURN = 1, NO_PHASES = 2 };
struct shape_key {
    uint64_t class, site, ret_delta, places; /* vector << 32 | eret */
    uint64_t what;                           /* iss << 32 | pe << 16 | ret_el << 12 | state << 8 | NO_ */
    uint64_t insns, entry, handler, ret, idle, save, restore;
};
_Static_assert(sizeof(struct shape_key) == TRAP_SHAPE_WORDS * sizeof(uint64_t), "the key has no holes");

static void write_shape(struct ledger *l, int64_t id, const struct shape_key *k)
{
    struct row *r = row_add(l, TABLE_trap_shape);
    unsigned none = (unsigned)k->what & 0xff;
    const int64_t v[] = {
        id,
        (int64_t)(k->what >> 16 & 0xffff),
        (int64_t)k->class,
        (int64_t)k->site,
        (int64_t)(k->what >> 32),
        (int64_t)(k->what >> 12 & 0xf),
        (int64_t)k->ret_delta,
        (int64_t)(k->what >> 8 & 0xf),
        (int64_t)(k->places >> 32),
        (int64_t)(uint32_t)k->places,
        (int64_t)k->insns,
        (int64_t)k->entry,
        (int64_t)k->handler,
        (int64_t)k->ret,
        (int64_t)k->idle,
        (int64_t)k->save,
        (int64_t)k->restore,
    };

    memcpy(r->v, v, sizeof(v));
    r->nulls = (none & NO_RETURN ? BIT(5) | BIT(6) : 0) | (k->places >> 32 ? 0 : BIT(8)) |
               ((uint32_t)k->places ? 0 : BIT(9)) | (none & NO_PHASES ? (uint32_t)MASK(16, 10) : 0);
}

static int64_t shape_find(struct ledger *l, const struct shape_key *k)
{
    uint64_t words[TRAP_SHAPE_WORDS];
    bool fresh;
    uint32_t entry;

    memcpy(words, k, sizeof(words));
    entry = dict_find(&l->shapes, words, &fresh);
    if (entry == DICT_FULL) {
        dict_clear(&l->shapes);
        memset(l->shape_memo, 0, sizeof(l->shape_memo));
        entry = dict_find(&l->shapes, words, &fresh);
    }
    if (fresh)
        write_shape(l, dict_id(&l->shapes, entry), k);
    return dict_id(&l->shapes, entry);
}

/* The shape with the trap's phases, if there is one or a new one is worth it; 0 if not. Shapes that were
 * found a short while ago are looked for first. */
static int64_t shape_with_phases(struct ledger *l, const struct shape_key *k)
{
    struct shape_memo *memo = &l->shape_memo[(k->site ^ k->handler ^ k->insns << 3) % SHAPE_MEMOS];
    uint64_t words[TRAP_SHAPE_WORDS];
    uint32_t entry;

    if (memo->id && !memcmp(memo->key, k, sizeof(memo->key))) {
        l->shape_hits++;
        return memo->id;
    }
    memcpy(words, k, sizeof(words));
    entry = dict_peek(&l->shapes, words);
    if (entry != DICT_FULL) {
        l->shape_hits++;
        memcpy(memo->key, words, sizeof(words));
        memo->id = dict_id(&l->shapes, entry);
        return memo->id;
    }
    if (l->shapes_made >= SHAPE_START + l->shape_hits / SHAPE_WORTH)
        return 0;
    l->shapes_made++;
    return shape_find(l, k);
}

static int64_t shape_without_phases(struct ledger *l, const struct shape_key *k)
{
    const struct shape_key without = {
        .class = k->class,
        .site = k->site,
        .ret_delta = k->ret_delta,
        .places = k->places,
        .what = k->what | NO_PHASES,
    };

    return shape_find(l, &without);
}

static struct shape_key key_of(const struct pe *c, const struct frame *f, const struct span *s, int state)
{
    bool returned = state == TRAP_COMPLETE;

    return (struct shape_key){
        .ret_delta = returned ? c->pc - f->pc : 0,
        .what = (uint64_t)f->exc.iss << 32 | c->index << 16 | (returned ? (unsigned)c->el : 0) << 12 |
                (unsigned)state << 8 | (returned ? 0 : NO_RETURN),
        .insns = s->insns,
        .entry = s->entry,
        .handler = s->handler,
        .ret = s->ret,
        .idle = s->idle,
        .save = s->save,
        .restore = s->restore,
    };
}

/* Where its handler begins and returns. PEs that a trace is fed to execute nothing. */
static uint64_t places_of(struct ledger *l, struct pe_track *t, const struct frame *f, int state)
{
    uint64_t vector, eret = 0;

    if (!l->m->bus)
        return 0;
    vector = (uint64_t)place_find(l, &t->vector, f->vector_pc);
    if (state == TRAP_COMPLETE)
        eret = (uint64_t)place_find(l, &t->eret, f->eret_pc);
    return vector << 32 | (uint32_t)eret;
}

static void write_row(struct ledger *l, const struct frame *f, const struct span *s, uint64_t world_switch,
                      const struct shape_key *k)
{
    int64_t shape = shape_with_phases(l, k);
    unsigned n = f->exc.far_valid || f->exc.ipa_valid ? ROW_ADDRESSES : ROW_SHORT;
    struct row *r;

    if (f->parent || world_switch)
        n = ROW_LINKS;
    if (!shape) {
        shape = shape_without_phases(l, k);
        n = ROW_PHASES;
    }
    r = row_add_short(l, TABLE_trap_row, n);
    const int64_t v[ROW_PHASES] = {
        (int64_t)f->id,         shape,
        (int64_t)s->entry_insn, (int64_t)s->entry_cycle,
        (int64_t)f->exc.far,    (int64_t)f->exc.ipa,
        (int64_t)f->parent,     (int64_t)world_switch,
        (int64_t)s->insns,      (int64_t)s->entry,
        (int64_t)s->handler,    (int64_t)s->ret,
        (int64_t)s->idle,       (int64_t)s->save,
        (int64_t)s->restore,
    };
    memcpy(r->v, v, n * sizeof(*v));
    r->nulls = (f->exc.far_valid ? 0 : BIT(4)) | (f->exc.ipa_valid ? 0 : BIT(5)) |
               (f->parent ? 0 : BIT(6)) | (world_switch ? 0 : BIT(7));
}

void trap_row_write(struct ledger *l, const struct pe *c, const struct frame *f, const struct span *s,
                    int state, uint64_t world_switch)
{
    struct shape_key k = key_of(c, f, s, state);
    struct pe_track *t = &l->track[c->index];
    uint32_t class, site;

    trap_names(l, t, f, &class, &site);
    k.class = (uint64_t)dict_id(&l->trap_classes.dict, class);
    k.site = (uint64_t)dict_id(&l->sites, site);
    if (f->logged) {
        k.places = places_of(l, t, f, state);
        write_row(l, f, s, world_switch, &k);
    }
    if (state != TRAP_COMPLETE)
        return;
    site_add(l, site, span_cycles(s));
    agg_dict_add(l, &l->trap_classes, class, s);
    if (t->depth == 1)
        aftermath_leave(l, t, f->logged ? f->id : 0, class);
}
