/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file string.c
 * memcpy and memset in words where the alignment of both ends allows it.
 */
#include "string.h"

#include <stdint.h>

#define WORD_BYTES sizeof(uint64_t)

void *memcpy(void *restrict to, const void *restrict from, size_t size_bytes)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    if ((((uintptr_t)out | (uintptr_t)in) % WORD_BYTES) == 0) {
        for (; size_bytes >= WORD_BYTES; size_bytes -= WORD_BYTES) {
            *(uint64_t *)(void *)out = *(const uint64_t *)(const void *)in;
            out += WORD_BYTES;
            in += WORD_BYTES;
        }
    }
    while (size_bytes-- > 0) {
        *out++ = *in++;
    }
    return to;
}

void *memset(void *to, int byte, size_t size_bytes)
{
    uint8_t *out = to;
    uint64_t word = (uint8_t)byte * 0x0101010101010101UL;

    if (((uintptr_t)out % WORD_BYTES) == 0) {
        for (; size_bytes >= WORD_BYTES; size_bytes -= WORD_BYTES) {
            *(uint64_t *)(void *)out = word;
            out += WORD_BYTES;
        }
    }
    while (size_bytes-- > 0) {
        *out++ = (uint8_t)byte;
    }
    return to;
}
