/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file writer.c
 * Writing of recordings (recfile.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "replay/recfile.h"
#include "replay/recformat.h"

enum { LEVEL = 9 };

struct rec_writer {
    struct avs_machine *m;
    char *path;
    int fd;
    int error; /* errno of the first failure. */
    GByteArray *block;
    uint8_t packed[REC_PACKED_MAX];
};

uint32_t rec_crc(uint32_t crc, const void *bytes, size_t len)
{
    static const uint32_t nibble[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    const uint8_t *b = bytes;

    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        crc ^= b[i];
        crc = crc >> 4 ^ nibble[crc & 15];
        crc = crc >> 4 ^ nibble[crc & 15];
    }
    return ~crc;
}

static void write_all(struct rec_writer *w, const uint8_t *bytes, size_t len)
{
    while (len > 0 && !w->error) {
        ssize_t n = write(w->fd, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            w->error = n < 0 ? errno : EIO;
        bytes += MAX(n, 0);
        len -= (size_t)MAX(n, 0);
    }
}

static void put32(uint8_t *to, uint32_t value)
{
    value = GUINT32_TO_LE(value);
    memcpy(to, &value, sizeof(value));
}

static void write_header(struct rec_writer *w)
{
    uint8_t header[REC_HEADER_BYTES] = REC_MAGIC;

    put32(header + REC_MAGIC_BYTES, REC_VERSION);
    put32(header + REC_MAGIC_BYTES + 4, rec_crc(0, header, REC_MAGIC_BYTES + 4));
    write_all(w, header, sizeof(header));
}

/* Whether what is there may be replaced: nothing, an empty file, a recording. */
static bool replaceable(int fd)
{
    char magic[REC_MAGIC_BYTES];
    const ssize_t n = pread(fd, magic, sizeof(magic), 0);

    return n == 0 || (n == sizeof(magic) && !memcmp(magic, REC_MAGIC, sizeof(magic)));
}

static avs_status open_file(struct avs_machine *m, const char *path, int *fd)
{
    struct stat st;

    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
    if (*fd < 0 || fstat(*fd, &st))
        return avs_fail(m, AVS_ERR_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return avs_fail(m, AVS_ERR_IO, "%s: is not a regular file", path);
    if (!replaceable(*fd))
        return avs_fail(m, AVS_ERR_FORMAT, "%s: exists, and is not a recording", path);
    if (ftruncate(*fd, 0))
        return avs_fail(m, AVS_ERR_IO, "%s: %s", path, strerror(errno));
    return AVS_OK;
}

avs_status rec_create(struct avs_machine *m, const char *path, struct rec_writer **out)
{
    struct rec_writer *w;
    int fd;
    avs_status s = open_file(m, path, &fd);

    *out = NULL;
    if (s) {
        if (fd >= 0)
            close(fd);
        return s;
    }
    w = g_new0(struct rec_writer, 1);
    w->m = m;
    w->path = g_strdup(path);
    w->fd = fd;
    w->block = g_byte_array_new();
    write_header(w);
    *out = w;
    return AVS_OK;
}

void rec_add(struct rec_writer *w, enum rec_type type, const GByteArray *payload)
{
    const uint8_t byte = (uint8_t)type;

    if (w->block->len + payload->len + 16 > REC_BLOCK_MAX)
        rec_flush(w);
    g_byte_array_append(w->block, &byte, 1);
    rec_put_bytes(w->block, payload->data, payload->len);
}

avs_status rec_flush(struct rec_writer *w)
{
    uint8_t header[REC_BLOCK_HEADER_BYTES];
    size_t packed;

    if (w->block->len && !w->error) {
        packed = ZSTD_compress(w->packed, sizeof(w->packed), w->block->data, w->block->len, LEVEL);
        if (ZSTD_isError(packed)) {
            w->error = ENOMEM;
            packed = 0;
        }
        put32(header, REC_BLOCK_MAGIC);
        put32(header + 4, w->block->len);
        put32(header + 8, (uint32_t)packed);
        put32(header + 12, rec_crc(rec_crc(0, header, 12), w->packed, packed));
        write_all(w, header, sizeof(header));
        write_all(w, w->packed, packed);
        g_byte_array_set_size(w->block, 0);
    }
    return w->error ? avs_fail(w->m, AVS_ERR_IO, "%s: %s", w->path, strerror(w->error)) : AVS_OK;
}

avs_status rec_finish(struct rec_writer *w)
{
    avs_status s = rec_flush(w);

    if (close(w->fd) && !s)
        s = avs_fail(w->m, AVS_ERR_IO, "%s: %s", w->path, strerror(errno));
    g_byte_array_free(w->block, TRUE);
    g_free(w->path);
    g_free(w);
    return s;
}
