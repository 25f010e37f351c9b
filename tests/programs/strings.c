/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file strings.c
 * Memory and strings: copies of every size and alignment, structures by value, unaligned words, text.
 */
#include "runtime.h"

enum { AREA = 512 };

static uint8_t area[AREA], other[AREA];

struct record {
    char name[23];
    uint16_t half;
    uint64_t words[9];
    struct {
        uint8_t a;
        uint32_t b;
    } __attribute__((packed)) inner;
};

static __attribute__((noinline)) struct record changed(struct record r, unsigned i)
{
    r.words[i % 9] += i;
    r.inner.b ^= i << 9;
    r.name[i % 22] = (char)('a' + i % 26);
    return r;
}

static uint64_t copies(void)
{
    uint64_t sum = 0;

    for (unsigned len = 0; len < 130; len += 1 + len / 16)
        for (unsigned at = 0; at < 17; at += 3) {
            memcpy(other + at, area + 16 - at, len);
            memmove(other + at / 2 + 7, other + at, len);
            memset(other + at + len, (int)len, at);
            sum = fold_bytes(sum, other, 160);
            sum = fold(sum, (uint64_t)memcmp(other, area, len));
        }
    return sum;
}

static uint64_t records(void)
{
    struct record r = { .name = "somebody", .half = 7 }, s;
    uint64_t sum = 0;

    for (unsigned i = 0; i < 60; i++) {
        s = r;
        r = changed(s, i * 7);
        sum = fold(sum, (uint64_t)memcmp(&r, &s, sizeof(r)) & 1);
    }
    return fold_bytes(fold_bytes(sum, r.name, sizeof(r.name)), r.words, sizeof(r.words)) + r.inner.b;
}

static uint64_t unaligned(void)
{
    uint64_t sum = 0, d;
    uint32_t w;
    uint16_t h;

    for (unsigned i = 0; i < 64; i++) {
        memcpy(&d, area + i * 3, 8);
        memcpy(&w, area + i * 5 + 1, 4);
        memcpy(&h, area + i * 7 + 2, 2);
        d += w;
        w ^= h;
        memcpy(area + i * 3, &d, 8);
        memcpy(area + i * 5 + 1, &w, 4);
        sum = fold(sum, d ^ w ^ h);
    }
    return sum;
}

static unsigned words_of(char *text, char **words, unsigned room)
{
    unsigned count = 0;

    while (*text && count < room) {
        while (*text == ' ')
            *text++ = 0;
        if (*text)
            words[count++] = text;
        while (*text && *text != ' ')
            text++;
    }
    return count;
}

static uint64_t text(void)
{
    char line[] = "the quick brown  fox jumps over the lazy dog and the   hypervisor does not notice ";
    char *words[32];
    unsigned count = words_of(line, words, 32);
    uint64_t sum = count;

    for (unsigned i = 1; i < count; i++)
        for (unsigned j = i; j > 0 && strcmp(words[j - 1], words[j]) > 0; j--) {
            char *t = words[j];

            words[j] = words[j - 1];
            words[j - 1] = t;
        }
    for (unsigned i = 0; i < count; i++)
        sum = fold_bytes(sum, words[i], strlen(words[i]));
    return sum;
}

void program(void)
{
    random_bytes(area, sizeof(area));
    result("copies", copies());
    result("records", records());
    result("unaligned", unaligned());
    result("text", text());
}
