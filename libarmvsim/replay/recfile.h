/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file recfile.h
 * The file of a recording, as traces/FORMAT.md specifies it: a header, then blocks, each compressed and
 * checked on its own, that hold records. What was written before a run was killed can be read: up to the
 * last whole block. Both sides work with one block's memory.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

enum {
    REC_VERSION = 1,
    REC_BLOCK_MAX = 256 << 10,  /* Bytes of a block, unpacked. */
    REC_PAYLOAD_MAX = 64 << 10, /* Of a record. */
};

/* What a record tells. */
enum rec_type {
    REC_OPTION = 'O', /* What the machine was made from: a recipe's entry. */
    REC_BEGIN = 'B',  /* The machine is made. */
    REC_INPUT = 'I',  /* Console input, and where it came. */
    REC_HOST = 'D',   /* What the host answered to semihosting. */
    REC_HASH = 'H',   /* The state at an instruction. */
    REC_END = 'E',    /* How the run ended. */
};

/* Where in a run something happened. */
enum rec_place_kind {
    REC_AT_START,   /* Before the first instruction. */
    REC_AT_MARK,    /* When all PEs together had retired `at` instructions. */
    REC_AT_CONSOLE, /* During the console output number `at`. */
    REC_AT_IDLE,    /* While all PEs waited: `at` instructions, cycle `cycle`. */
    REC_AT_ITSELF,  /* The end: the run came there by itself. */
    REC_PLACE_COUNT,
};
struct rec_place {
    enum rec_place_kind kind;
    uint64_t at, cycle;
};

/* ---- Payloads ---- */

/* Numbers are little-endian base 128, bit 7 of a byte: more follow. */
void rec_put(GByteArray *to, uint64_t value);
/* A number of bytes, and they. */
void rec_put_bytes(GByteArray *to, const void *bytes, size_t len);
void rec_put_place(GByteArray *to, const struct rec_place *p);

/* What is left of a payload. Reading beyond it, or nonsense, makes it bad, and gives zeros. */
struct rec_cursor {
    const uint8_t *at, *end;
    bool bad;
};
uint64_t rec_get(struct rec_cursor *c);
const uint8_t *rec_get_bytes(struct rec_cursor *c, size_t *len);
/* The same as a string, which the caller frees; never NULL. */
char *rec_get_text(struct rec_cursor *c);
struct rec_place rec_get_place(struct rec_cursor *c);

/* ---- Writing ---- */

struct rec_writer;
/* Replaces a recording; any other file is refused. */
avs_status rec_create(struct avs_machine *m, const char *path, struct rec_writer **out);
/* Appends a record. Failures are kept, and told by rec_flush() and rec_finish(). */
void rec_add(struct rec_writer *w, enum rec_type type, const GByteArray *payload);
/* What was added is in the file. */
avs_status rec_flush(struct rec_writer *w);
/* The same, and frees it. */
avs_status rec_finish(struct rec_writer *w);

/* ---- Reading ---- */

enum rec_result { REC_OK, REC_CUT_OFF, REC_BAD };

struct rec_record {
    enum rec_type type;
    struct rec_cursor payload; /* Valid until the next read. */
};

struct rec_reader;
/* AVS_ERR_IO, AVS_ERR_FORMAT (not a recording, or a newer one). */
avs_status rec_open(const char *path, struct rec_reader **out);
/* The next record. REC_CUT_OFF: the file ends here, REC_BAD: what follows is damaged; rec_error() says how.
 */
enum rec_result rec_read(struct rec_reader *r, struct rec_record *out);
const char *rec_error(const struct rec_reader *r);
void rec_close(struct rec_reader *r);
