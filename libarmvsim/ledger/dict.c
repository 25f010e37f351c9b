/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dict.c
 * Dictionaries by open addressing with linear probing, at most half full. The hash depends on the key
 * alone, so that runs are alike.
 */
#include "ledger/dict.h"

#include <glib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

void dict_init(struct dict *d, unsigned words, uint32_t limit)
{
    d->words = words;
    d->limit = limit;
    d->count = 0;
    d->first_id = 1;
    d->capacity = FIRST_CAPACITY;
    d->mask = 2 * FIRST_CAPACITY - 1;
    d->keys = g_new(uint64_t, (size_t)d->capacity * words);
    d->slots = g_new0(uint32_t, d->mask + 1);
}

void dict_destroy(struct dict *d)
{
    g_free(d->keys);
    g_free(d->slots);
}

void dict_clear(struct dict *d)
{
    memset(d->slots, 0, ((size_t)d->mask + 1) * sizeof(*d->slots));
    d->first_id += d->count;
    d->count = 0;
}

/* A sum of products, which processors compute side by side, and a finalizer over it. */
static inline __attribute__((always_inline)) uint32_t hash_words(const uint64_t *key, unsigned words)
{
    uint64_t h = 0, odd = UINT64_C(0x9e3779b97f4a7c15);

    for (unsigned i = 0; i < words; i++) {
        uint64_t x = key[i] * odd;

        h += x ^ x >> 32;
        odd = odd * 5 + 4;
    }
    h ^= h >> 29;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    return (uint32_t)(h >> 32);
}

static uint32_t hash(const struct dict *d, const uint64_t *key)
{
    return hash_words(key, d->words);
}

static inline __attribute__((always_inline)) uint32_t probe(const struct dict *d, const uint64_t *key,
                                                            unsigned words, uint32_t *at)
{
    for (*at = hash_words(key, words) & d->mask; d->slots[*at]; *at = (*at + 1) & d->mask)
        if (!memcmp(d->keys + (size_t)(d->slots[*at] - 1) * words, key, words * sizeof(*key)))
            return d->slots[*at] - 1;
    return DICT_FULL;
}

/* The slot of a key and its entry, or where it would be and DICT_FULL. Loops over the words of usual keys
 * are unrolled. */
static uint32_t find_slot(const struct dict *d, const uint64_t *key, uint32_t *at)
{
    switch (d->words) {
    case 1:
        return probe(d, key, 1, at);
    case 2:
        return probe(d, key, 2, at);
    case 12:
        return probe(d, key, 12, at);
    default:
        return probe(d, key, d->words, at);
    }
}

static void grow(struct dict *d)
{
    d->capacity *= 2;
    d->mask = 2 * d->capacity - 1;
    d->keys = g_renew(uint64_t, d->keys, (size_t)d->capacity * d->words);
    g_free(d->slots);
    d->slots = g_new0(uint32_t, (size_t)d->mask + 1);
    for (uint32_t i = 0; i < d->count; i++) {
        uint32_t at = hash(d, dict_key(d, i)) & d->mask;

        while (d->slots[at])
            at = (at + 1) & d->mask;
        d->slots[at] = i + 1;
    }
}

uint32_t dict_peek(const struct dict *d, const uint64_t *key)
{
    uint32_t at;

    return find_slot(d, key, &at);
}

uint32_t dict_find(struct dict *d, const uint64_t *key, bool *fresh)
{
    uint32_t at, entry = find_slot(d, key, &at);

    *fresh = false;
    if (entry != DICT_FULL || d->count == d->limit)
        return entry;
    memcpy(d->keys + (size_t)d->count * d->words, key, d->words * sizeof(*key));
    d->slots[at] = ++d->count;
    if (d->count == d->capacity)
        grow(d);
    *fresh = true;
    return d->count - 1;
}
