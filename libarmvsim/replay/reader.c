/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file reader.c
 * Reading of recordings (recfile.h). A file may end anywhere and hold anything; the reader gives what is
 * whole and checked, in order, and says what follows it. It reads by offset, so that processes that were
 * forked from each other can go on reading on their own.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "replay/recfile.h"
#include "replay/recformat.h"

struct rec_reader {
    char *path;
    int fd;
    uint64_t next; /* Offset of the next block. */
    uint8_t *block, *packed;
    size_t len, at; /* Of the block. */
    enum rec_result state;
    char error[192];
};

static uint32_t get32(const uint8_t *from)
{
    uint32_t value;

    memcpy(&value, from, sizeof(value));
    return GUINT32_FROM_LE(value);
}

/* As much as the file has, up to len. */
static size_t read_at(const struct rec_reader *r, uint64_t offset, uint8_t *to, size_t len)
{
    size_t done = 0;

    while (done < len) {
        ssize_t n = pread(r->fd, to + done, len - done, (off_t)(offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return done;
}

static enum rec_result ends(struct rec_reader *r, enum rec_result how, const char *why)
{
    g_snprintf(r->error, sizeof(r->error), "%s at byte %" G_GUINT64_FORMAT, why, r->next);
    return r->state = how;
}

/* Reads and checks the next block. */
static enum rec_result next_block(struct rec_reader *r)
{
    uint8_t header[REC_BLOCK_HEADER_BYTES];
    uint32_t len, packed;

    if (read_at(r, r->next, header, sizeof(header)) < sizeof(header))
        return ends(r, REC_CUT_OFF, "the file is cut off");
    len = get32(header + 4);
    packed = get32(header + 8);
    if (get32(header) != REC_BLOCK_MAGIC || !len || len > REC_BLOCK_MAX || packed > REC_PACKED_MAX)
        return ends(r, REC_BAD, "there is no block");
    if (read_at(r, r->next + sizeof(header), r->packed, packed) < packed)
        return ends(r, REC_CUT_OFF, "the file is cut off");
    if (rec_crc(rec_crc(0, header, 12), r->packed, packed) != get32(header + 12))
        return ends(r, REC_BAD, "a block is damaged");
    if (ZSTD_decompress(r->block, REC_BLOCK_MAX, r->packed, packed) != len)
        return ends(r, REC_BAD, "a block cannot be unpacked");
    r->next += sizeof(header) + packed;
    r->len = len;
    r->at = 0;
    return REC_OK;
}

enum rec_result rec_read(struct rec_reader *r, struct rec_record *out)
{
    struct rec_cursor c;
    size_t len;

    if (r->state == REC_OK && r->at == r->len)
        next_block(r);
    if (r->state != REC_OK)
        return r->state;
    c = (struct rec_cursor){ .at = r->block + r->at + 1, .end = r->block + r->len };
    out->type = (enum rec_type)r->block[r->at];
    out->payload.at = rec_get_bytes(&c, &len);
    out->payload.end = out->payload.at + len;
    out->payload.bad = false;
    if (c.bad)
        return ends(r, REC_BAD, "a record is longer than its block, before that");
    r->at = (size_t)(c.at - r->block);
    return REC_OK;
}

const char *rec_error(const struct rec_reader *r)
{
    return r->error;
}

static avs_status check_header(struct rec_reader *r)
{
    uint8_t header[REC_HEADER_BYTES];
    const size_t n = read_at(r, 0, header, sizeof(header));

    if (n < REC_MAGIC_BYTES || memcmp(header, REC_MAGIC, REC_MAGIC_BYTES))
        return avs_fail(NULL, AVS_ERR_FORMAT, "%s: is not a recording", r->path);
    if (n < sizeof(header) || get32(header + 12) != rec_crc(0, header, 12))
        return avs_fail(NULL, AVS_ERR_FORMAT, "%s: its header is damaged", r->path);
    if (get32(header + REC_MAGIC_BYTES) > REC_VERSION)
        return avs_fail(NULL, AVS_ERR_FORMAT, "%s: made by a newer armvsim (format %u, this one knows %d)",
                        r->path, get32(header + REC_MAGIC_BYTES), REC_VERSION);
    return AVS_OK;
}

avs_status rec_open(const char *path, struct rec_reader **out)
{
    struct rec_reader *r;
    struct stat st;
    avs_status s;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    *out = NULL;
    if (fd < 0)
        return avs_fail(NULL, AVS_ERR_IO, "%s: %s", path, strerror(errno));
    r = g_new0(struct rec_reader, 1);
    r->fd = fd;
    r->path = g_strdup(path);
    r->next = REC_HEADER_BYTES;
    r->block = g_malloc(REC_BLOCK_MAX);
    r->packed = g_malloc(REC_PACKED_MAX);
    if (fstat(fd, &st) || !S_ISREG(st.st_mode))
        s = avs_fail(NULL, AVS_ERR_IO, "%s: is not a regular file", path);
    else
        s = check_header(r);
    if (s)
        rec_close(r);
    else
        *out = r;
    return s;
}

void rec_close(struct rec_reader *r)
{
    if (!r)
        return;
    close(r->fd);
    g_free(r->block);
    g_free(r->packed);
    g_free(r->path);
    g_free(r);
}
