/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file names.c
 * The dictionaries of traps: causes (the control bit, or the exception's class), sites (where in the code,
 * with symbol, instruction and source line), and classes (all that traps are counted by).
 */
#include <string.h>

#include "arch/trap_ids.h"
#include "core/symtab.h"
#include "ledger/internal.h"

static const char *ec_text(uint8_t ec)
{
    switch (ec) {
#define EC(value, name, text)                                                                              \
    case value:                                                                                            \
        return text;
#include "arch/ec.def"
#undef EC
    default:
        return "reserved exception class";
    }
}

const char *cause_name(const struct exc *e)
{
    static const char *const interrupts[] = {
        [EXC_IRQ] = "IRQ", [EXC_FIQ] = "FIQ", [EXC_SERROR] = "SError"
    };

    if (e->cause != TRAP_NONE)
        return trap_name(e->cause);
    return e->type == EXC_SYNC ? ec_text(e->ec) : interrupts[e->type];
}

static int64_t cause_find(struct ledger *l, const struct exc *e)
{
    uint64_t key = e->cause != TRAP_NONE ? e->cause : BIT(16) | (uint64_t)e->type << 8 | e->ec;
    bool fresh;
    uint32_t entry = dict_find(&l->causes, &key, &fresh);
    struct row *r;

    if (fresh) {
        r = row_add(l, TABLE_cause);
        r->v[0] = dict_id(&l->causes, entry);
        r->v[1] = row_text(cause_name(e));
        r->v[2] = row_text(trap_section(e->cause));
        r->nulls = e->cause == TRAP_NONE ? BIT(2) : 0;
    }
    return dict_id(&l->causes, entry);
}

static void write_site(struct ledger *l, int64_t id, const struct frame *f)
{
    const int vmid = context_symbols(f->context_key);
    const struct symbol *s = symbol_at(l, vmid, f->pc);
    const char *text = insn_text(l, f->pc, f->exc.insn);
    struct row *r = row_add(l, TABLE_site);

    r->v[0] = id;
    r->v[1] = (int64_t)f->pc;
    r->v[2] = row_text(s ? s->name : NULL);
    r->v[3] = (int64_t)(s ? f->pc - s->addr : 0);
    r->v[4] = f->exc.insn;
    r->v[5] = row_text(text);
    r->nulls = (s ? 0 : BIT(2) | BIT(3)) | (f->exc.insn ? 0 : BIT(4) | BIT(5)) |
               source_put(l, vmid, f->pc, &r->v[6]) << 6;
}

static void forget_names(struct ledger *l)
{
    for (unsigned i = 0; i < l->track_count; i++)
        memset(l->track[i].name, 0, sizeof(l->track[i].name));
}

static uint32_t site_find(struct ledger *l, const struct frame *f, const uint64_t *key)
{
    bool fresh;
    uint32_t entry = dict_find(&l->sites, key, &fresh);

    if (entry == DICT_FULL) {
        site_flush(l);
        dict_clear(&l->sites);
        forget_names(l);
        entry = dict_find(&l->sites, key, &fresh);
    }
    if (fresh)
        write_site(l, dict_id(&l->sites, entry), f);
    return entry;
}

void site_add(struct ledger *l, uint32_t entry, uint64_t cycles)
{
    struct site_stat *s;

    if (unlikely(entry >= l->site_capacity)) {
        uint32_t old = l->site_capacity;

        l->site_capacity = l->sites.capacity;
        l->site_stats = g_renew(struct site_stat, l->site_stats, l->site_capacity);
        memset(l->site_stats + old, 0, (l->site_capacity - old) * sizeof(*s));
    }
    s = &l->site_stats[entry];
    if (!s->count || cycles < s->min)
        s->min = cycles;
    if (cycles > s->max)
        s->max = cycles;
    s->count++;
    s->cycles += cycles;
}

void site_flush(struct ledger *l)
{
    for (uint32_t i = 0; i < l->site_capacity && i < l->sites.count; i++) {
        struct site_stat *s = &l->site_stats[i];

        if (s->count)
            ROW(l, TABLE_site_agg, dict_id(&l->sites, i), (int64_t)s->count, (int64_t)s->cycles,
                (int64_t)s->min, (int64_t)s->max);
        memset(s, 0, sizeof(*s));
    }
}

static void write_class(struct ledger *l, int64_t id, const struct frame *f, int64_t cause)
{
    const struct exc *e = &f->exc;
    struct row *r = row_add(l, TABLE_trap_class);
    bool has_ec = e->type == EXC_SYNC || e->type == EXC_SERROR;

    r->v[0] = id;
    r->v[1] = f->context;
    r->v[2] = f->from_el;
    r->v[3] = f->to_el;
    r->v[4] = e->type;
    r->v[5] = e->ec;
    r->v[6] = cause;
    r->v[7] = LEDGER_REG_SYS + e->sysreg;
    r->nulls = (has_ec ? 0 : BIT(5)) | (e->sysreg < SR_COUNT ? 0 : BIT(7));
}

static uint32_t class_find(struct ledger *l, const struct frame *f, const uint64_t *key)
{
    struct dict *d = &l->trap_classes.dict;
    bool fresh;
    uint32_t entry = dict_find(d, key, &fresh);

    if (entry == DICT_FULL) {
        totals_flush(l);
        dict_clear(d);
        forget_names(l);
        entry = dict_find(d, key, &fresh);
    }
    if (fresh)
        write_class(l, dict_id(d, entry), f, cause_find(l, &f->exc));
    return entry;
}

void trap_names(struct ledger *l, struct pe_track *t, const struct frame *f, uint32_t *class,
                uint32_t *site)
{
    const struct exc *e = &f->exc;
    struct name_memo *memo = &t->name[f->pc / 4 % NAME_MEMOS];
    const struct name_memo want = {
        .class_key = { (uint64_t)f->context, (uint64_t)e->cause << 32 | (uint64_t)e->sysreg << 16 |
                                                 (uint64_t)e->type << 12 | f->to_el << 10 |
                                                 f->from_el << 8 | e->ec },
        .site_key = { f->pc, (uint64_t)(context_symbols(f->context_key) + 1) << 32 | e->insn },
    };

    if (likely(memo->known && !memcmp(memo->class_key, want.class_key, sizeof(want.class_key)) &&
               !memcmp(memo->site_key, want.site_key, sizeof(want.site_key)))) {
        *class = memo->class;
        *site = memo->site;
        return;
    }
    *class = class_find(l, f, want.class_key);
    *site = site_find(l, f, want.site_key);
    *memo = want;
    memo->class = *class;
    memo->site = *site;
    memo->known = true;
}
