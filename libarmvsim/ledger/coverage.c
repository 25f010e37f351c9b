/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file coverage.c
 * Which instructions were executed. An op tells when it runs for the first time since it was decoded
 * (a64/block.c), so every word of a page of memory is known exactly, and nothing is asked again in a loop.
 * Where a context has that page is known from this and from the fetches that had to look for it
 * (mmu/fetch.c), which show the contexts that come to a page later. The table `code` has the two joined, as
 * intervals of virtual addresses by context. An instruction that trapped was executed.
 *
 * Not exact in two ways: what two contexts, or two addresses, have of one page of memory counts for each of
 * them, whichever executed it; and fetches are looked for by VMID, not by vCPU, so a VM's code counts for
 * the vCPU that came to it first.
 */
#include <string.h>

#include "a64/op.h"
#include "ledger/internal.h"

enum { PAGE_LIMIT = 1 << 20, MAP_LIMIT = 1 << 20, BITS_WORDS = OPS_PER_PAGE / 64 };

/* A page of memory: bit n is its word n. */
struct page_bits {
    uint64_t word[BITS_WORDS];
};

struct coverage {
    struct dict pages; /* By the page's first byte. */
    struct dict maps;  /* {context id, virtual address, entry in pages} */
    GArray *bits;      /* struct page_bits by entry in pages. */
};

struct executed {
    int64_t context;
    uint64_t lo, hi; /* Up to and without hi; 0 is the end of the address space. */
};

void ledger_set_coverage(struct ledger *l)
{
    struct coverage *v = l->coverage;

    if (v)
        return;
    v = l->coverage = g_new0(struct coverage, 1);
    dict_init(&v->pages, 1, PAGE_LIMIT);
    dict_init(&v->maps, 3, MAP_LIMIT);
    v->bits = g_array_new(FALSE, TRUE, sizeof(struct page_bits));
}

void coverage_free(struct coverage *v)
{
    if (!v)
        return;
    dict_destroy(&v->pages);
    dict_destroy(&v->maps);
    g_array_unref(v->bits);
    g_free(v);
}

bool coverage_begun(const struct coverage *v)
{
    return v && v->maps.count;
}

/* DICT_FULL beyond 4 GiB of code. */
static uint32_t page_entry(struct coverage *v, const void *page)
{
    const uint64_t key = (uintptr_t)page;
    bool fresh;
    uint32_t entry = dict_find(&v->pages, &key, &fresh);

    if (fresh)
        g_array_set_size(v->bits, entry + 1);
    return entry;
}

/* The context that executes has this page at c->code_va. */
static void note_map(struct ledger *l, struct pe *c, uint32_t entry)
{
    const uint64_t key[3] = { (uint64_t)context_id(l, &l->track[c->index], c, c->el), c->code_va, entry };
    bool fresh;

    dict_find(&l->coverage->maps, key, &fresh);
}

void coverage_fetch(void *user, struct pe *c, const void *page)
{
    struct ledger *l = user;
    uint32_t entry = page_entry(l->coverage, page);

    if (entry != DICT_FULL)
        note_map(l, c, entry);
}

void coverage_executed(void *user, struct pe *c, const void *page, unsigned word)
{
    struct ledger *l = user;
    uint32_t entry = page_entry(l->coverage, page);

    if (entry == DICT_FULL)
        return;
    g_array_index(l->coverage->bits, struct page_bits, entry).word[word / 64] |= BIT(word % 64);
    note_map(l, c, entry);
}

/* The runs of set bits of a page as intervals. */
static void add_page(GArray *out, int64_t context, uint64_t va, const struct page_bits *b)
{
    for (unsigned i = 0; i < OPS_PER_PAGE; i++) {
        unsigned first = i;

        while (i < OPS_PER_PAGE && b->word[i / 64] & BIT(i % 64))
            i++;
        if (i > first) {
            const struct executed n = { context, va + first * 4, va + i * 4 };

            g_array_append_val(out, n);
        }
    }
}

static gint by_address(gconstpointer a, gconstpointer b)
{
    const struct executed *x = a, *y = b;

    if (x->context != y->context)
        return x->context < y->context ? -1 : 1;
    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* Several pages of memory may have been at one address, and intervals go on over the ends of pages. */
static void write_merged(struct ledger *l, const GArray *all)
{
    struct executed open = { 0 };

    for (guint i = 0; i < all->len; i++) {
        const struct executed n = g_array_index(all, struct executed, i);

        if (n.context == open.context && n.lo <= open.hi) {
            if (n.hi - n.lo > open.hi - n.lo)
                open.hi = n.hi;
            continue;
        }
        if (open.context)
            ROW(l, TABLE_code, open.context, (int64_t)open.lo, (int64_t)open.hi);
        open = n;
    }
    if (open.context)
        ROW(l, TABLE_code, open.context, (int64_t)open.lo, (int64_t)open.hi);
}

void coverage_flush(struct ledger *l)
{
    const struct coverage *v = l->coverage;
    g_autoptr(GArray) all = NULL;

    if (!v)
        return;
    all = g_array_new(FALSE, FALSE, sizeof(struct executed));
    for (uint32_t i = 0; i < v->maps.count; i++) {
        const uint64_t *key = dict_key(&v->maps, i);

        add_page(all, (int64_t)key[0], key[1], &g_array_index(v->bits, struct page_bits, key[2]));
    }
    g_array_sort(all, by_address);
    write_merged(l, all);
}
