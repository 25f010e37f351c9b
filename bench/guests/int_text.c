/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The kernels of `int` that work on text: counting words, and packing by back references.
 */
#include "int.h"

#include <stddef.h>

#define TEXT_BYTES 49152
#define WORDS 512
#define WORD_BYTES 16
#define WINDOW_SLOTS 4096
#define MATCH_MIN 4
#define MATCH_MAX 131

struct entry {
    char text[WORD_BYTES];
    uint32_t count;
    uint32_t first;
};

static char text[TEXT_BYTES + 2]; /* pack() looks two bytes ahead */
static struct entry entries[WORDS];
static uint8_t packed[TEXT_BYTES * 2];
static char unpacked[TEXT_BYTES];
static uint32_t window[WINDOW_SLOTS];

/** Writes a text of words of two to nine letters; few of the possible words are frequent. */
static void text_init(void)
{
    uint64_t random = 6;
    size_t at = 0;

    while (at < TEXT_BYTES - 1) {
        uint32_t draw = random_next(&random);
        uint32_t word = (draw & 255) * (draw >> 8 & 255) >> 8;
        uint64_t letters = word * 0x9e3779b97f4a7c15ull;

        for (size_t length = 2 + word % 8; length && at < TEXT_BYTES - 2; length--) {
            text[at++] = (char)('a' + letters % 26);
            letters = letters >> 5 ^ length;
        }
        text[at++] = ' ';
    }
}

/** Compares as strcmp() does. */
static int string_compare(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

/** Returns the entry of `word`, taking a free one when it is new. */
static struct entry *entry_find(const char *word, uint32_t hash)
{
    struct entry *entry = &entries[hash % WORDS];

    while (entry->count && string_compare(entry->text, word) != 0)
        entry = entry == &entries[WORDS - 1] ? entries : entry + 1;
    return entry;
}

/** Counts one word, which began at `at`. */
static void word_count(const char *word, uint32_t hash, uint32_t at)
{
    struct entry *entry = entry_find(word, hash);

    if (!entry->count) {
        for (unsigned int i = 0; i < WORD_BYTES; i++)
            entry->text[i] = word[i];
        entry->first = at;
    }
    entry->count++;
}

uint64_t kernel_words(void)
{
    char word[WORD_BYTES] = { 0 };
    unsigned int length = 0;
    uint32_t hash = 0;
    uint64_t sum = 0;

    if (!text[0])
        text_init();
    for (unsigned int i = 0; i < WORDS; i++)
        entries[i].count = 0;
    for (uint32_t i = 0; i < TEXT_BYTES; i++) {
        if (text[i] >= 'a' && text[i] <= 'z' && length < WORD_BYTES - 1) {
            word[length++] = text[i];
            hash = hash * 31 + (uint8_t)text[i];
        } else if (length) {
            word[length] = '\0';
            word_count(word, hash, i - length);
            length = 0;
            hash = 0;
        }
    }
    for (unsigned int i = 0; i < WORDS; i++)
        sum = sum * 3 + entries[i].count * (entries[i].first + 1ull);
    return sum;
}

/** The length of what is alike at `a` and `b`, with `b` the later. */
static uint32_t match_length(uint32_t a, uint32_t b)
{
    uint32_t length = 0;

    while (length < MATCH_MAX && b + length < TEXT_BYTES && text[a + length] == text[b + length])
        length++;
    return length;
}

/** Packs `text`: a byte below 128 is a letter, else a length, then two bytes of distance. */
static size_t pack(void)
{
    size_t out = 0;
    uint32_t at = 0;

    while (at < TEXT_BYTES) {
        uint32_t three = (uint8_t)text[at] | (uint32_t)(uint8_t)text[at + 1] << 8 |
                         (uint32_t)(uint8_t)text[at + 2] << 16;
        uint32_t *slot = &window[three * 2654435761u >> 20];
        uint32_t length = *slot < at ? match_length(*slot, at) : 0;

        if (length >= MATCH_MIN) {
            packed[out++] = (uint8_t)(128 + length - MATCH_MIN);
            packed[out++] = (uint8_t)(at - *slot);
            packed[out++] = (uint8_t)((at - *slot) >> 8);
        } else {
            packed[out++] = (uint8_t)text[at];
            length = 1;
        }
        *slot = at;
        at += length;
    }
    return out;
}

/** Unpacks `size` bytes of `packed`; returns how many letters came out. */
static size_t unpack(size_t size)
{
    size_t out = 0;

    for (size_t i = 0; i < size; i++) {
        if (packed[i] < 128) {
            unpacked[out++] = (char)packed[i];
        } else {
            unsigned int length = packed[i] - 128u + MATCH_MIN;
            size_t distance = packed[i + 1] | (size_t)packed[i + 2] << 8;

            for (; length; length--, out++)
                unpacked[out] = unpacked[out - distance];
            i += 2;
        }
    }
    return out;
}

uint64_t kernel_pack(void)
{
    uint64_t sum;
    size_t size;

    for (unsigned int i = 0; i < WINDOW_SLOTS; i++)
        window[i] = 0;
    size = pack();
    sum = size * 1000003 + unpack(size);
    for (uint32_t i = 0; i < TEXT_BYTES; i++)
        sum = sum * 3 + (text[i] == unpacked[i]) + packed[i % size];
    return sum;
}
