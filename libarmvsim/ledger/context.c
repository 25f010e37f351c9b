/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file context.c
 * Contexts: who owns the lower ELs. A context is {Security state, VMID or host, vCPU}: a VM's while
 * HCR_EL2.VM is 1 and HCR_EL2.TGE is 0, told apart by VTTBR_EL2.VMID and VMPIDR_EL2; else the host's, which
 * EL2 and EL3 always are. DDI 0487: D8.13.2 (VMID), D24.2 (HCR_EL2, SCR_EL3, VMPIDR_EL2, VTTBR_EL2).
 * Also: cycles and instructions by EL and context.
 *
 * A key in one word:
 *
 *       57        56     55          40 39    32 31                0
 *     +--------+------+---------------+--------+------------------+
 *     | secure |  VM  |     VMID      |  Aff3  | VMPIDR_EL2<23:0> |
 *     +--------+------+---------------+--------+------------------+
 */
#include <string.h>

#include "arch/regbits.h"
#include "ledger/internal.h"

#define KEY_SECURE BIT(57)
#define KEY_VM BIT(56)

bool context_is_secure(const struct pe *c, unsigned el)
{
    return c->m->has_el3 && (el == 3 || !(c->sr[SR_SCR_EL3] & SCR_NS));
}

static bool in_vm(const struct pe *c, unsigned el, bool secure)
{
    if (el >= 2 || !c->m->has_el2 || (secure && !(c->sr[SR_SCR_EL3] & SCR_EEL2)))
        return false;
    return (c->sr[SR_HCR_EL2] & (HCR_VM | HCR_TGE)) == HCR_VM;
}

uint64_t context_key(const struct pe *c, unsigned el)
{
    bool secure = context_is_secure(c, el);
    uint64_t key = secure ? KEY_SECURE : 0, vmpidr, vmid;

    if (!in_vm(c, el, secure))
        return key;
    vmpidr = c->sr[SR_VMPIDR_EL2];
    vmid = bits(c->sr[SR_VTTBR_EL2], 63, 48);
    if (!(c->sr[SR_VTCR_EL2] & VTCR_VS))
        vmid &= 0xff;
    return key | KEY_VM | vmid << 40 | bits(vmpidr, 39, 32) << 32 | bits(vmpidr, 23, 0);
}

unsigned context_vmid(uint64_t key)
{
    return key & KEY_VM ? (unsigned)bits(key, 55, 40) : 0;
}

int context_symbols(uint64_t key)
{
    return key & KEY_VM ? (int)context_vmid(key) : -1;
}

int ledger_symbols_of(const struct pe *c)
{
    return context_symbols(context_key(c, c->el));
}

/* Aff3 goes above Aff2: the vCPU's number as people write it. */
static uint32_t vcpu_of(uint64_t key)
{
    return (uint32_t)(bits(key, 39, 32) << 24 | bits(key, 23, 0));
}

/* Whether Aff0 alone tells this vCPU from those of its VM that were seen before. */
static bool aff0_is_enough(const struct ledger *l, uint64_t key)
{
    const uint64_t same = KEY_SECURE | KEY_VM | MASK(55, 40) | MASK(7, 0);

    for (uint32_t i = 0; i < l->contexts.count; i++) {
        uint64_t other = *dict_key(&l->contexts, i);

        if (other != key && (other & same) == (key & same))
            return false;
    }
    return true;
}

static const char *context_name(struct ledger *l, uint64_t key)
{
    const char *world = key & KEY_SECURE ? "secure " : "";
    char name[48];

    if (!(key & KEY_VM))
        g_snprintf(name, sizeof(name), "%shost", world);
    else if (aff0_is_enough(l, key))
        g_snprintf(name, sizeof(name), "%svm%u.%u", world, context_vmid(key), vcpu_of(key) & 0xff);
    else
        g_snprintf(name, sizeof(name), "%svm%u.0x%x", world, context_vmid(key), vcpu_of(key));
    return g_string_chunk_insert(l->text, name);
}

static void write_context(struct ledger *l, const struct pe *c, int64_t id, uint64_t key)
{
    bool vm = key & KEY_VM;
    struct row *r;

    if (!l->sink)
        return;
    r = row_add(l, TABLE_context);
    r->v[0] = id;
    r->v[1] = row_text(context_name(l, key));
    r->v[2] = !!(key & KEY_SECURE);
    r->v[3] = context_vmid(key);
    r->v[4] = vcpu_of(key);
    r->v[5] = (int64_t)(vm ? c->sr[SR_VTTBR_EL2] : 0);
    r->nulls = vm ? 0 : BIT(3) | BIT(4) | BIT(5);
}

static void forget_contexts(struct ledger *l)
{
    context_flush(l);
    dict_clear(&l->contexts);
    for (unsigned i = 0; i < l->track_count; i++)
        memset(l->track[i].context, 0, sizeof(l->track[i].context));
}

static uint32_t find_entry(struct ledger *l, const struct pe *c, uint64_t key)
{
    bool fresh;
    uint32_t entry = dict_find(&l->contexts, &key, &fresh);

    if (entry == DICT_FULL) {
        forget_contexts(l);
        entry = dict_find(&l->contexts, &key, &fresh);
    }
    if (fresh)
        write_context(l, c, dict_id(&l->contexts, entry), key);
    return entry;
}

uint32_t context_entry(struct ledger *l, struct pe_track *t, const struct pe *c, unsigned el)
{
    uint64_t key = context_key(c, el);
    struct context_memo *memo = &t->context[el >= 2];
    uint32_t entry;

    if (likely(memo->known && key == memo->key))
        return memo->entry;
    entry = find_entry(l, c, key); /* Which may forget all memos. */
    *memo = (struct context_memo){ .known = true, .key = key, .entry = entry };
    return entry;
}

int64_t context_id(struct ledger *l, struct pe_track *t, const struct pe *c, unsigned el)
{
    return dict_id(&l->contexts, context_entry(l, t, c, el));
}

static struct el_cell *cell_of(struct ledger *l, struct pe_track *t, const struct pe *c, unsigned el)
{
    uint32_t entry = context_entry(l, t, c, el), grown;

    if (unlikely(entry >= t->cell_count)) {
        grown = l->contexts.capacity;
        t->cells = g_realloc(t->cells, grown * sizeof(*t->cells));
        memset(t->cells + t->cell_count, 0, (grown - t->cell_count) * sizeof(*t->cells));
        t->cell_count = grown;
    }
    return &t->cells[entry][el];
}

void context_account(struct ledger *l, struct pe_track *t, const struct pe *c, unsigned el, uint64_t cycle)
{
    struct el_cell *cell = cell_of(l, t, c, el);
    uint64_t insns = pe_insns(c);

    cell->cycles += cycle - t->last_cycle;
    cell->insns += insns - t->last_insn;
    t->last_cycle = cycle;
    t->last_insn = insns;
}

void context_idle(struct ledger *l, struct pe_track *t, const struct pe *c, uint64_t cycles)
{
    cell_of(l, t, c, c->el)->idle += cycles;
}

static void flush_cells(struct ledger *l, unsigned pe, uint32_t entry)
{
    struct el_cell *cells = l->track[pe].cells[entry];

    for (unsigned el = 0; el < 4; el++)
        if (cells[el].cycles | cells[el].insns)
            ROW(l, TABLE_el_time, pe, el, dict_id(&l->contexts, entry), (int64_t)cells[el].cycles,
                (int64_t)cells[el].insns, (int64_t)cells[el].idle);
    memset(cells, 0, 4 * sizeof(*cells));
}

void context_flush(struct ledger *l)
{
    for (unsigned pe = 0; pe < l->track_count; pe++)
        for (uint32_t i = 0; i < l->track[pe].cell_count && i < l->contexts.count; i++)
            flush_cells(l, pe, i);
}
