/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file track.c
 * Records of one kind, one after the other (track.h).
 */
#include "replay/track.h"

#include <errno.h>
#include <string.h>

#include "core/tap.h"

static bool is_wanted(const struct track *t)
{
    const bool marked = t->place.kind == REC_AT_MARK;

    switch (t->record.type) {
    case REC_HASH:
    case REC_END:
        return t->kind == TRACK_MARKS;
    case REC_INPUT:
        return t->kind == (marked ? TRACK_MARKS : TRACK_EVENTS);
    case REC_HOST:
        return t->kind != TRACK_MARKS;
    default:
        return false;
    }
}

/* Hashes have an instruction alone, answers of the host nothing. */
static struct rec_place place_of(struct rec_record *r)
{
    if (r->type == REC_HASH)
        return (struct rec_place){ REC_AT_MARK, rec_get(&r->payload), 0 };
    if (r->type == REC_INPUT || r->type == REC_END)
        return rec_get_place(&r->payload);
    return (struct rec_place){ 0 };
}

void track_next(struct track *t)
{
    do {
        t->any = rec_read(t->reader, &t->record) == REC_OK;
        if (!t->any)
            return;
        t->place = place_of(&t->record);
    } while (!is_wanted(t));
}

avs_status track_open(struct track *t, const char *path, enum track_kind kind)
{
    avs_status s;

    track_close(t);
    *t = (struct track){ .kind = kind };
    s = rec_open(path, &t->reader);
    if (!s)
        track_next(t);
    return s;
}

void track_close(struct track *t)
{
    rec_close(t->reader);
    t->reader = NULL;
}

bool track_answer(struct track *t, struct tap_host *h)
{
    struct rec_cursor c = t->record.payload;
    const uint8_t *data;
    size_t len;

    h->result = -1;
    h->error_number = EIO;
    if (!t->any || t->record.type != REC_HOST || rec_get(&c) != h->operation)
        return false;
    h->result = (int64_t)rec_get(&c) - 1;
    h->error_number = (int)rec_get(&c);
    data = rec_get_bytes(&c, &len);
    if (h->data)
        memcpy(h->data, data, MIN(len, h->size));
    if (c.bad || (h->data && h->result > (int64_t)MIN(len, h->size)))
        h->result = -1;
    track_next(t);
    return true;
}
