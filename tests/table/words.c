/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file words.c
 * Two fifths of the sampled encodings are random words, which find what no line is near to; the others are
 * spread evenly over the lines, with random fields that lean to zeros, to ones, or to neither. The corners
 * of a line (see corner_of()) are those of each field, with the others all zeros, all ones and random, and
 * those of each two fields together. A field is all bits that have the same letter in the line's pattern.
 */
#include "words.h"

#include <stdlib.h>
#include <string.h>

#include "a64/insn.h"

enum { FIELDS_MAX = 16, CORNER_COUNT = 4, BACKGROUND_COUNT = 3 };

struct stream {
    words_fn *use;
    void *to;
    uint64_t seed;
    unsigned line;
};

/* SplitMix64. */
static uint32_t next_random(struct stream *s)
{
    uint64_t x = s->seed += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(x ^ x >> 31);
}

static void put(struct stream *s, uint32_t insn)
{
    s->use(s->to, insn, s->line);
}

/* Random bits: evenly, or three quarters of them ones, or zeros. */
static uint32_t leaning_random(struct stream *s, unsigned long i)
{
    uint32_t a = next_random(s), b = next_random(s);

    return i & 1 ? a : i & 2 ? a | b : a & b;
}

/* The bits of each field of a line; returns how many fields it has. */
static unsigned fields_of(const struct a64_info *info, uint32_t *fields)
{
    char letters[FIELDS_MAX + 1] = "";
    unsigned count = 0;

    for (unsigned i = 0; i < 32; i++) {
        char ch = info->pattern[i];
        const char *at = strchr(letters, ch);

        if (ch == '0' || ch == '1')
            continue;
        if (!at) {
            at = &letters[count];
            letters[count] = ch;
            fields[count++] = 0;
        }
        fields[at - letters] |= UINT32_C(1) << (31 - i);
    }
    return count;
}

/* Corner values of a field: all zeros, all ones, its lowest bit alone, its highest bit alone. */
static uint32_t corner_of(uint32_t field, unsigned which)
{
    switch (which) {
    case 0:
        return 0;
    case 1:
        return field;
    case 2:
        return field & -field;
    default:
        return UINT32_C(1) << (31 - __builtin_clz(field));
    }
}

static uint32_t background(struct stream *s, const struct a64_info *info, unsigned which)
{
    uint32_t rest = which == 0 ? 0 : which == 1 ? UINT32_MAX : next_random(s);

    return info->value | (rest & ~info->mask);
}

static void put_corners(struct stream *s, const struct a64_info *info, uint32_t field)
{
    for (unsigned k = 0; k < CORNER_COUNT; k++)
        for (unsigned b = 0; b < BACKGROUND_COUNT; b++)
            put(s, (background(s, info, b) & ~field) | corner_of(field, k));
}

static void put_pair_corners(struct stream *s, const struct a64_info *info, uint32_t one, uint32_t other)
{
    for (unsigned k = 0; k < CORNER_COUNT * CORNER_COUNT; k++)
        put(s, (background(s, info, 2) & ~(one | other)) | corner_of(one, k % CORNER_COUNT) |
                   corner_of(other, k / CORNER_COUNT));
}

/* Each fixed bit flipped, and each two of them. */
static void put_flips(struct stream *s, const struct a64_info *info)
{
    for (uint32_t left = info->mask; left; left &= left - 1) {
        for (unsigned b = 0; b < BACKGROUND_COUNT; b++)
            put(s, background(s, info, b) ^ (left & -left));
        for (uint32_t other = left & (left - 1); other; other &= other - 1)
            put(s, background(s, info, 2) ^ (left & -left) ^ (other & -other));
    }
}

static void put_line(struct stream *s, const struct a64_info *info, unsigned long sampled)
{
    uint32_t fields[FIELDS_MAX];
    unsigned field_count = fields_of(info, fields);

    for (unsigned long i = 0; i < sampled; i++)
        put(s, info->value | (leaning_random(s, i) & ~info->mask));
    for (unsigned i = 0; i < field_count; i++)
        put_corners(s, info, fields[i]);
    for (unsigned i = 0; i < field_count; i++)
        for (unsigned k = i + 1; k < field_count; k++)
            put_pair_corners(s, info, fields[i], fields[k]);
    put_flips(s, info);
}

unsigned long words_wanted(void)
{
    const char *wanted = getenv("ARMVSIM_TEST_WORDS");

    return wanted ? strtoul(wanted, NULL, 10) : WORDS_FULL;
}

void words_each(unsigned long sampled, words_fn *use, void *to)
{
    struct stream s = { .use = use, .to = to, .seed = 1, .line = A64_UNALLOCATED };
    unsigned long random = sampled / 5 * 2, lines = A64_ID_COUNT - 1;

    for (unsigned long i = 0; i < random; i++)
        put(&s, next_random(&s));
    for (s.line = 1; s.line < A64_ID_COUNT; s.line++)
        put_line(&s, a64_info(s.line), (sampled - random + lines - 1) / lines);
}

struct count_down {
    unsigned long left;
    unsigned line;
};

static void note_line(void *to, uint32_t insn, unsigned line)
{
    struct count_down *c = to;

    (void)insn;
    if (c->left-- == 0)
        c->line = line;
}

unsigned words_line(unsigned long sampled, unsigned long index)
{
    struct count_down c = { .left = index, .line = A64_UNALLOCATED };

    words_each(sampled, note_line, &c);
    return c.line;
}
