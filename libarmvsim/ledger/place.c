/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file place.c
 * What a program's source says of an address: text and line of the trapped instruction (table site), and
 * the dictionary of places in handlers, where they begin and where they return (table place). Handlers are
 * code of EL2 and EL3, so their symbols are the host's. All of it is looked up once, when a row is made.
 */
#include <string.h>

#include "a64/op.h"
#include "core/symtab.h"
#include "ledger/internal.h"

/* An untyped symbol (size 0: assembly labels) is believed this far. */
enum { LABEL_REACH = 64 << 10, TEXT_BYTES = 192 };

const struct symbol *symbol_at(const struct ledger *l, int vmid, uint64_t pc)
{
    const struct symbol *s = l->m->symbols ? symtab_find(l->m->symbols, vmid, pc) : NULL;

    if (!s || pc - s->addr >= (s->size ? s->size : LABEL_REACH))
        return NULL;
    return s;
}

uint32_t source_put(const struct ledger *l, int vmid, uint64_t pc, int64_t *file_line)
{
    const char *file;
    int line;

    if (!l->m->symbols || !symtab_source(l->m->symbols, vmid, pc, &file, &line)) {
        file_line[0] = row_text(NULL);
        return 3;
    }
    file_line[0] = row_text(file);
    file_line[1] = line;
    return 0;
}

const char *insn_text(struct ledger *l, uint64_t pc, uint32_t insn)
{
    char text[TEXT_BYTES];

    if (!insn)
        return NULL;
    a64_disas(pc, insn, text, sizeof(text));
    return g_string_chunk_insert_const(l->text, text);
}

static void write_place(struct ledger *l, int64_t id, uint64_t pc)
{
    const struct symbol *s = symbol_at(l, -1, pc);
    struct row *r = row_add(l, TABLE_place);

    r->v[0] = id;
    r->v[1] = (int64_t)pc;
    r->v[2] = row_text(s ? s->name : NULL);
    r->v[3] = (int64_t)(s ? pc - s->addr : 0);
    r->nulls = (s ? 0 : BIT(2) | BIT(3)) | source_put(l, -1, pc, &r->v[4]) << 4;
}

static void forget_places(struct ledger *l)
{
    dict_clear(&l->places);
    for (unsigned i = 0; i < l->track_count; i++)
        l->track[i].vector.known = l->track[i].eret.known = false;
}

int64_t place_find(struct ledger *l, struct place_memo *memo, uint64_t pc)
{
    uint32_t entry;
    bool fresh;

    if (likely(memo->known && memo->pc == pc))
        return memo->id;
    entry = dict_find(&l->places, &pc, &fresh);
    if (entry == DICT_FULL) {
        forget_places(l);
        entry = dict_find(&l->places, &pc, &fresh);
    }
    if (fresh)
        write_place(l, dict_id(&l->places, entry), pc);
    *memo = (struct place_memo){ .known = true, .pc = pc, .id = dict_id(&l->places, entry) };
    return memo->id;
}
