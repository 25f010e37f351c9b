/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file model_check.c
 * What the keys of a .core file must be together: sets that are powers of two, levels that grow, tables
 * that can be indexed. Without this a wrong number would be a strange result, not a message.
 */
#include "timing/model_read.h"

static bool power_of_two(uint64_t n)
{
    return n && !(n & (n - 1));
}

enum { CCSIDR_SETS_MAX = 1 << 15 };

static void check_cache(const struct model_reader *r, const char *group, const struct core_cache *c)
{
    if (!c->size)
        return;
    if (c->size % (c->ways * c->line))
        model_bad(r, group, "size", "is not a multiple of ways x line");
    else if (!power_of_two(c->size / (c->ways * c->line)))
        model_bad(r, group, "size", "size / (ways x line), its sets, is not a power of two");
    else if (c->size / (c->ways * c->line) > CCSIDR_SETS_MAX)
        model_bad(r, group, "size", "has more than the 32768 sets that CCSIDR_EL1 can tell");
}

static void check_l1(const struct model_reader *r, const char *group, const struct core_cache *c)
{
    check_cache(r, group, c);
    if (c->replacement == CACHE_LRU)
        model_bad(r, group, "replacement", "lru is for l2 and l3 only: hits of L1 leave no trace");
}

/* A level beside the one before it, which is there. */
static void check_order(const struct model_reader *r, const char *group, const struct core_cache *c,
                        const char *before, const struct core_cache *b)
{
    g_autofree char *size = g_strdup_printf("is less than [%s] size", before);
    g_autofree char *latency = g_strdup_printf("is not more than [%s] latency", before);

    if (!c->size)
        return;
    if (c->size < b->size)
        model_bad(r, group, "size", size);
    if (c->latency <= b->latency)
        model_bad(r, group, "latency", latency);
}

static void check_caches(const struct model_reader *r, const struct core_memory *m)
{
    check_l1(r, "l1i", &m->l1i);
    check_l1(r, "l1d", &m->l1d);
    check_cache(r, "l2", &m->l2);
    check_cache(r, "l3", &m->l3);
    check_order(r, "l2", &m->l2, "l1i", &m->l1i);
    check_order(r, "l2", &m->l2, "l1d", &m->l1d);
    if (m->l2.size)
        check_order(r, "l3", &m->l3, "l2", &m->l2);
    if (m->l3.size && !m->l2.size)
        model_bad(r, "l3", "size", "there is no [l2]");
    if (m->l2.shared && m->l3.size && !m->l3.shared)
        model_bad(r, "l3", "shared", "is no, and [l2] is shared");
    if (m->walk_level == 2 && !m->l2.size)
        model_bad(r, "memory", "walk-level", "is 2, and there is no [l2]");
}

static void check_ways(const struct model_reader *r, const char *group, uint32_t entries, uint32_t ways)
{
    if (entries % ways)
        model_bad(r, group, "entries", "is not a multiple of ways");
    else if (entries && !power_of_two(entries / ways))
        model_bad(r, group, "entries", "entries / ways is not a power of two");
}

static void check_power(const struct model_reader *r, const char *key, uint32_t n)
{
    if (!power_of_two(n))
        model_bad(r, "branch", key, "is not a power of two");
}

static void check_branch(const struct model_reader *r, const struct core_branch *b)
{
    check_power(r, "direction-entries", b->direction_entries);
    check_power(r, "target-entries", b->target_entries);
    check_power(r, "return-entries", b->return_entries);
    if (b->direction_entries >> b->history_bits == 0)
        model_bad(r, "branch", "history-bits", "is more than direction-entries can be indexed by");
}

void model_check(const struct model_reader *r, const struct core_model *k)
{
    const struct core_translation *t = &k->translation;

    check_caches(r, &k->memory);
    check_ways(r, "tlb", t->tlb_entries, t->tlb_ways);
    check_ways(r, "walk-cache", t->walk_entries, t->walk_ways);
    check_ways(r, "ipa-cache", t->ipa_entries, t->ipa_ways);
    check_branch(r, &k->branch);
    if (k->id_set[SR_CCSIDR_EL1])
        model_bad(r, "id", "CCSIDR_EL1", "follows from the groups of the caches");
}
