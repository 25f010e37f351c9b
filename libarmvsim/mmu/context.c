/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file context.c
 * Translation contexts in use: each distinct set of translation registers and access kind gets a number,
 * which tags fast-TLB slots. A world switch that comes back to a VM finds its number, and with it its
 * slots, again. When the numbers run out, all of them and the whole fast TLB are forgotten (never the
 * modelled TLB).
 */
#include <stdlib.h>
#include <string.h>

#include "arch/exception.h"
#include "core/machine.h"
#include "mmu/state.h"

static const struct {
    uint8_t el;
    bool unpriv, pan;
} roles[ROLE_COUNT] = {
    [ROLE_EL0] = { 0, false, false },       [ROLE_EL1] = { 1, false, false },
    [ROLE_EL2] = { 2, false, false },       [ROLE_EL3] = { 3, false, false },
    [ROLE_EL1_PAN] = { 1, false, true },    [ROLE_EL2_PAN] = { 2, false, true },
    [ROLE_EL1_UNPRIV] = { 1, true, false }, [ROLE_EL2_UNPRIV] = { 2, true, false },
};

static unsigned key_hash(const struct mmu_key *k)
{
    const uint64_t *w = (const uint64_t *)k;
    uint64_t h = 0;

    for (size_t i = 0; i < sizeof(*k) / sizeof(*w); i++)
        h = (h ^ w[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return (unsigned)(h >> 40);
}
_Static_assert(sizeof(struct mmu_key) % sizeof(uint64_t) == 0, "key is hashed by words");

static void forget_contexts(struct pe *c)
{
    struct mmu_state *s = c->mmu;

    fast_drop_all(c);
    memset(s->ctx_live, 0, sizeof(s->ctx_live));
    memset(s->role_ctx, 0, sizeof(s->role_ctx));
    s->ctx_count = 0;
    s->generation++;
}

/* The number of a context: open addressing from its hash, over numbers 1..FAST_CTX_COUNT-1. */
static unsigned context_number(struct pe *c, const struct mmu_ctx *x)
{
    struct mmu_state *s = c->mmu;
    unsigned n = 1 + key_hash(&x->key) % (FAST_CTX_COUNT - 1);

    while (s->ctx_live[n]) {
        if (!memcmp(&s->ctx[n].key, &x->key, sizeof(x->key)))
            return n;
        n = n % (FAST_CTX_COUNT - 1) + 1;
    }
    if (s->ctx_count >= FAST_CTX_COUNT / 2) {
        forget_contexts(c);
        n = 1 + key_hash(&x->key) % (FAST_CTX_COUNT - 1);
    }
    s->ctx_live[n] = true;
    s->ctx[n] = *x;
    s->ctx_count++;
    return n;
}

static unsigned role_context(struct pe *c, enum mmu_role role)
{
    struct mmu_state *s = c->mmu;
    struct mmu_ctx x;

    if (likely(s->role_ctx[role]))
        return s->role_ctx[role];
    memset(&x, 0, sizeof(x));
    mmu_ctx_build(c, roles[role].el, roles[role].unpriv, roles[role].pan, &x);
    s->role_ctx[role] = (uint8_t)context_number(c, &x);
    return s->role_ctx[role];
}

static enum mmu_role data_role(const struct pe *c)
{
    if (c->pan && c->el == 1)
        return ROLE_EL1_PAN;
    if (c->pan && c->el == 2)
        return ROLE_EL2_PAN;
    return (enum mmu_role)c->el;
}

/* Another address space of EL1&0 empties the micro-TLBs of cores where they have no ASID and VMID, and the
 * predictors of cores that do not let one VM train them for another. */
static void space_selected(struct pe *c)
{
    const struct mmu_ctx *x = &c->mmu->ctx[c->dctx >> FAST_CTX_SHIFT];
    const uint32_t space = (uint32_t)x->vmid << 16 | x->asid;

    if (likely(space == c->mmu->space) || x->key.regime != REGIME_EL10)
        return;
    if (c->m->model->translation.utlb_flush_context)
        utlb_flush(c);
    if (c->m->model->branch.flush_context && x->vmid != c->mmu->space >> 16)
        predictor_flush(&c->predict);
    c->mmu->space = space;
}

void mmu_select(struct pe *c)
{
    /* Numbering the second may forget the first: the loop ends at the latest with an empty cache. */
    do {
        c->dctx = (uint64_t)role_context(c, data_role(c)) << FAST_CTX_SHIFT;
        c->ictx = (uint64_t)role_context(c, (enum mmu_role)c->el) << FAST_CTX_SHIFT;
    } while (!c->mmu->role_ctx[data_role(c)]);
    c->mmu->changed = false;
    if (c->memory)
        space_selected(c);
}

void mmu_context_changed(struct pe *c)
{
    memset(c->mmu->role_ctx, 0, sizeof(c->mmu->role_ctx));
    c->mmu->changed = true;
}

/* The context of a role, for a slow access. If numbering it made all others forgotten, the current ones are
 * numbered anew, for c->dctx and c->ictx must stay live. */
static const struct mmu_ctx *context_of(struct pe *c, enum mmu_role role)
{
    unsigned generation = c->mmu->generation;
    unsigned n = role_context(c, role);

    if (unlikely(c->mmu->generation != generation))
        mmu_select(c);
    return &c->mmu->ctx[n];
}

const struct mmu_ctx *mmu_data_ctx(struct pe *c, bool unpriv)
{
    enum mmu_role role = data_role(c);

    /* LDTR and STTR are unprivileged at EL1, and at EL2 of a host (AArch64.IsUnprivAccessPriv); PSTATE.UAO
     * makes them ordinary. */
    if (unpriv && !c->uao && (c->el == 1 || (c->el == 2 && pe_in_host(c))))
        role = c->el == 1 ? ROLE_EL1_UNPRIV : ROLE_EL2_UNPRIV;
    return context_of(c, role);
}

const struct mmu_ctx *mmu_fetch_ctx(struct pe *c)
{
    return context_of(c, (enum mmu_role)c->el);
}

struct mmu_state *mmu_state_new(struct pe *c)
{
    const struct core_model *k = c->m->model;
    struct mmu_state *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    if (!tlb_init(&s->tlb, &k->translation, c->m->seed + c->index)) {
        free(s);
        return NULL;
    }
    if (c->m->timing == TIMING_BLOCK) {
        utlb_init(&s->utlb_data, k->translation.utlb_data_entries);
        utlb_init(&s->utlb_instr, k->translation.utlb_instr_entries);
    }
    for (unsigned i = 0; i < FAST_DATA_COUNT; i++)
        s->dtlb[i].tag_r = s->dtlb[i].tag_w = FAST_NONE;
    for (unsigned i = 0; i < FAST_FETCH_COUNT; i++)
        s->itlb[i].tag = FAST_NONE;
    c->dtlb = s->dtlb;
    c->dmeta = s->dmeta;
    c->itlb = s->itlb;
    return s;
}

void mmu_state_free(struct mmu_state *s)
{
    if (!s)
        return;
    tlb_free(&s->tlb);
    free(s);
}

void mmu_reset(struct pe *c)
{
    forget_contexts(c);
    tlb_reset(&c->mmu->tlb);
    mmu_context_changed(c);
}
