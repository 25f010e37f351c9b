/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dict.h
 * Dictionaries: keys of a fixed number of words to numbers in order of appearance. Open addressing,
 * bounded: when one is full its owner writes out what it keeps per entry and clears it; ids go on, so that
 * one key may get several ids in a very long run, never one id two keys.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { DICT_FULL = UINT32_MAX };

struct dict {
    unsigned words; /* Of a key. */
    uint32_t limit; /* Entries at most. */
    uint32_t count;
    uint32_t capacity; /* Of keys. */
    uint32_t mask;     /* Slots - 1. */
    uint32_t *slots;   /* Entry + 1; 0 is free. */
    uint64_t *keys;
    int64_t first_id; /* Of entry 0. */
};

void dict_init(struct dict *d, unsigned words, uint32_t limit);
void dict_destroy(struct dict *d);
/* Forgets all entries; ids go on. */
void dict_clear(struct dict *d);
/* The entry of a key, made when it is new; DICT_FULL when there is no place for it. */
uint32_t dict_find(struct dict *d, const uint64_t *key, bool *fresh);
/* The entry of a key; DICT_FULL when it has none. */
uint32_t dict_peek(const struct dict *d, const uint64_t *key);

static inline int64_t dict_id(const struct dict *d, uint32_t entry)
{
    return d->first_id + entry;
}

static inline const uint64_t *dict_key(const struct dict *d, uint32_t entry)
{
    return d->keys + (uint64_t)entry * d->words;
}
