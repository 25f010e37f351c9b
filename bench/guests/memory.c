/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * What gcc may call for assignments of structures and loops that clear, even in freestanding code.
 * The attribute keeps gcc from making a call of the very function out of its loop.
 */
#include <stddef.h>
#include <stdint.h>

/** Eight bytes of anything. */
typedef uint64_t __attribute__((may_alias)) word_t;

#define NO_IDIOMS __attribute__((optimize("no-tree-loop-distribute-patterns")))

void *memset(void *to, int value, size_t size);
void *memcpy(void *restrict to, const void *restrict from, size_t size);

NO_IDIOMS void *memset(void *to, int value, size_t size)
{
    uint64_t pattern = (uint8_t)value * 0x0101010101010101ull;
    uint8_t *p = to;

    for (; size && (uintptr_t)p % 8; size--)
        *p++ = (uint8_t)value;
    for (; size >= 8; size -= 8, p += 8)
        *(word_t *)p = pattern;
    for (; size; size--)
        *p++ = (uint8_t)value;
    return to;
}

NO_IDIOMS void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    const uint8_t *in = from;
    uint8_t *out = to;

    if (!(((uintptr_t)in | (uintptr_t)out) % 8))
        for (; size >= 8; size -= 8, in += 8, out += 8)
            *(word_t *)out = *(const word_t *)in;
    for (; size; size--)
        *out++ = *in++;
    return to;
}
