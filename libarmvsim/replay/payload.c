/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file payload.c
 * What records are made of (recfile.h): numbers, bytes, places.
 */
#include <string.h>

#include "replay/recfile.h"

void rec_put(GByteArray *to, uint64_t value)
{
    do {
        const uint8_t byte = (uint8_t)((value & 0x7f) | (value > 0x7f) << 7);

        g_byte_array_append(to, &byte, 1);
        value >>= 7;
    } while (value);
}

void rec_put_bytes(GByteArray *to, const void *bytes, size_t len)
{
    rec_put(to, len);
    g_byte_array_append(to, bytes, (guint)len);
}

void rec_put_place(GByteArray *to, const struct rec_place *p)
{
    rec_put(to, p->kind);
    rec_put(to, p->at);
    rec_put(to, p->cycle);
}

/* The tenth byte has room for one bit alone. */
uint64_t rec_get(struct rec_cursor *c)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && c->at < c->end; shift += 7) {
        const uint8_t byte = *c->at++;

        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    c->bad = true;
    c->at = c->end;
    return 0;
}

const uint8_t *rec_get_bytes(struct rec_cursor *c, size_t *len)
{
    const uint64_t count = rec_get(c);
    const uint8_t *bytes = c->at;

    if (count > (uint64_t)(c->end - c->at)) {
        c->bad = true;
        c->at = c->end;
        *len = 0;
        return c->end;
    }
    *len = (size_t)count;
    c->at += count;
    return bytes;
}

char *rec_get_text(struct rec_cursor *c)
{
    size_t len;
    const uint8_t *bytes = rec_get_bytes(c, &len);

    c->bad = c->bad || memchr(bytes, 0, len);
    return g_strndup((const char *)bytes, len);
}

struct rec_place rec_get_place(struct rec_cursor *c)
{
    struct rec_place p;
    const uint64_t kind = rec_get(c);

    c->bad = c->bad || kind >= REC_PLACE_COUNT;
    p.kind = c->bad ? REC_AT_START : (enum rec_place_kind)kind;
    p.at = rec_get(c);
    p.cycle = rec_get(c);
    return p;
}
