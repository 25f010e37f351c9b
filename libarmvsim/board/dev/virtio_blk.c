/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file virtio_blk.c
 * The block device (OASIS virtio 1.2, 5.2) over a raw image file: read, write, flush, identification,
 * discard and write zeroes, in one queue. The file is locked while the machine lives, so that two runs
 * never write the same disk. Discarded sectors read as zero, whatever the host's file system can do. What
 * the host fails to do, and what is not on the disk, is VIRTIO_BLK_S_IOERR. Data is on the host's disk
 * after a flush. With snapshot=on the file is only read, and what is written stays in memory, sector by
 * sector.
 *
 * Not modelled: several queues, a cache mode that the driver can change (it is always write-back),
 * topology, geometry, secure erase, zones. Modelled time is that of a fast NVMe drive behind a hypervisor,
 * in orders of magnitude: 20 us a request and 4 GB/s.
 */
#define _GNU_SOURCE /* fallocate() */

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "board/dev/virtio.h"
#include "core/machine.h"

enum { SECTOR_BYTES = 512, ID_BYTES = 20 };
enum { REQUEST_NS = 20000, KIB_NS = 250 };
enum { SEG_MAX = 254 };              /* As QEMU's. */
enum { ZERO_SECTORS_MAX = 1 << 15 }; /* 16 MiB: what one request discards or zeroes at most. */

/* 5.2.3 */
enum {
    F_SEG_MAX = 1 << 2,
    F_RO = 1 << 5,
    F_BLK_SIZE = 1 << 6,
    F_FLUSH = 1 << 9,
    F_DISCARD = 1 << 13,
    F_WRITE_ZEROES = 1 << 14,
};

/* 5.2.6 */
enum { T_IN = 0, T_OUT = 1, T_FLUSH = 4, T_GET_ID = 8, T_DISCARD = 11, T_WRITE_ZEROES = 13 };
enum { S_OK = 0, S_IOERR = 1, S_UNSUPP = 2 };
enum { ZERO_FLAG_UNMAP = 1 };

/* What precedes the data of a request. */
struct header {
    uint32_t type, reserved;
    uint64_t sector;
};

/* The data of a discard or write zeroes. */
struct range {
    uint64_t sector;
    uint32_t count, flags;
};

/* 5.2.4, as far as its fields belong to features that are offered. */
struct config {
    uint64_t capacity;
    uint32_t size_max, seg_max, geometry, blk_size;
    uint8_t unused[12]; /* Topology, writeback, num_queues. */
    uint32_t max_discard_sectors, max_discard_seg, discard_sector_alignment;
    uint32_t max_write_zeroes_sectors, max_write_zeroes_seg;
    uint8_t write_zeroes_may_unmap, unused1[3];
};

struct blk {
    struct virtio *v;
    char *path;
    int fd;
    bool readonly;
    GHashTable *written; /* With snapshot=on: sectors by their number; else NULL. */
    uint64_t sectors;
    char id[ID_BYTES];
    struct header header; /* Of the request at hand. */
    uint8_t buffer[VIRTIO_STEP_BYTES];
};

/* ---- The file ---- */

/* Sectors that were written cover what was read of the file, or are written. `at` and len are whole
 * sectors. */
static void overlay_move(struct blk *b, uint64_t at, size_t len, bool write)
{
    for (size_t done = 0; done < len; done += SECTOR_BYTES) {
        const uint64_t sector = (at + done) / SECTOR_BYTES;
        uint8_t *kept = g_hash_table_lookup(b->written, &sector);

        if (write && !kept) {
            kept = g_malloc(SECTOR_BYTES);
            g_hash_table_insert(b->written, g_memdup2(&sector, sizeof(sector)), kept);
        }
        if (write)
            memcpy(kept, b->buffer + done, SECTOR_BYTES);
        else if (kept)
            memcpy(b->buffer + done, kept, SECTOR_BYTES);
    }
}

/* All of a piece of the file, or false. */
static bool host_move(struct blk *b, uint64_t at, size_t len, bool write)
{
    for (size_t done = 0; done < len;) {
        uint8_t *bytes = b->buffer + done;
        ssize_t n = write ? pwrite(b->fd, bytes, len - done, (off_t)(at + done))
                          : pread(b->fd, bytes, len - done, (off_t)(at + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            avs_log(b->v->env.m, LOG_ERROR, "%s: %s", b->path,
                    n < 0 ? strerror(errno) : "became shorter while it was in use");
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

static bool file_move(struct blk *b, uint64_t at, size_t len, bool write)
{
    if (!(write && b->written) && !host_move(b, at, len, write))
        return false;
    if (b->written)
        overlay_move(b, at, len, write);
    return true;
}

/* Makes up to VIRTIO_STEP_BYTES zero: a hole where the file system has holes. */
static bool file_zero(struct blk *b, uint64_t at, size_t len)
{
    if (!b->written && !fallocate(b->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)len))
        return true;
    memset(b->buffer, 0, len);
    return file_move(b, at, len, true);
}

/* ---- Requests ---- */

static bool on_disk(const struct blk *b, uint64_t sector, uint64_t count)
{
    return sector <= b->sectors && count <= b->sectors - sector;
}

static enum virtio_step finish(struct virtqueue *q, uint64_t written, uint8_t status)
{
    vq_write(q, q->chain.in_bytes - 1, &status, 1);
    q->chain.written = written + 1;
    return VIRTIO_DONE;
}

/* A step is done: the next one, or the end. */
static enum virtio_step go_on(struct virtqueue *q, uint64_t bytes, size_t len, uint64_t written)
{
    q->done += len;
    q->next_bytes = bytes - q->done;
    return q->next_bytes ? VIRTIO_MORE : finish(q, written, S_OK);
}

/* Reads and writes, a step of them. */
static enum virtio_step transfer(struct blk *b, struct virtqueue *q, bool write)
{
    const struct vq_chain *c = &q->chain;
    const uint64_t bytes = write ? c->out_bytes - sizeof(struct header) : c->in_bytes - 1;
    const uint64_t at = b->header.sector * SECTOR_BYTES + q->done;
    const size_t len = (size_t)MIN(bytes - q->done, VIRTIO_STEP_BYTES);

    if (bytes % SECTOR_BYTES || !on_disk(b, b->header.sector, bytes / SECTOR_BYTES) ||
        (write && b->readonly))
        return finish(q, 0, S_IOERR);
    if (write)
        vq_read(q, sizeof(struct header) + q->done, b->buffer, len);
    if (!file_move(b, at, len, write))
        return finish(q, write ? 0 : q->done, S_IOERR);
    if (!write)
        vq_write(q, q->done, b->buffer, len);
    return go_on(q, bytes, len, write ? 0 : bytes);
}

static enum virtio_step do_in(struct blk *b, struct virtqueue *q)
{
    return transfer(b, q, false);
}

static enum virtio_step do_out(struct blk *b, struct virtqueue *q)
{
    return transfer(b, q, true);
}

static enum virtio_step do_flush(struct blk *b, struct virtqueue *q)
{
    return finish(q, 0, !b->written && fdatasync(b->fd) ? S_IOERR : S_OK);
}

static enum virtio_step do_get_id(struct blk *b, struct virtqueue *q)
{
    size_t len = (size_t)MIN(q->chain.in_bytes - 1, ID_BYTES);

    return finish(q, vq_write(q, 0, b->id, len), S_OK);
}

/* What is wrong with the range of a discard or write zeroes. */
static uint8_t check_range(const struct blk *b, const struct range *r)
{
    const uint32_t allowed = b->header.type == T_WRITE_ZEROES ? ZERO_FLAG_UNMAP : 0;

    if (r->flags & ~allowed)
        return S_UNSUPP;
    return r->count > ZERO_SECTORS_MAX || !on_disk(b, r->sector, r->count) ? S_IOERR : S_OK;
}

/* Discard and write zeroes: one range, zero afterwards. */
static enum virtio_step do_zero(struct blk *b, struct virtqueue *q)
{
    struct range r;
    uint64_t bytes;
    uint8_t wrong;
    size_t len;

    if (q->chain.out_bytes != sizeof(struct header) + sizeof(r) || b->readonly)
        return finish(q, 0, S_IOERR);
    vq_read(q, sizeof(struct header), &r, sizeof(r));
    r = (struct range){ GUINT64_FROM_LE(r.sector), GUINT32_FROM_LE(r.count), GUINT32_FROM_LE(r.flags) };
    wrong = check_range(b, &r);
    bytes = (uint64_t)r.count * SECTOR_BYTES;
    if (wrong || bytes <= q->done)
        return finish(q, 0, wrong);
    len = (size_t)MIN(bytes - q->done, VIRTIO_STEP_BYTES);
    if (!file_zero(b, r.sector * SECTOR_BYTES + q->done, len))
        return finish(q, 0, S_IOERR);
    return go_on(q, bytes, len, 0);
}

static const struct {
    uint32_t type;
    enum virtio_step (*step)(struct blk *b, struct virtqueue *q);
} requests[] = {
    { T_IN, do_in },         { T_OUT, do_out },      { T_FLUSH, do_flush },
    { T_GET_ID, do_get_id }, { T_DISCARD, do_zero }, { T_WRITE_ZEROES, do_zero },
};

static enum virtio_step blk_step(void *dev, struct virtqueue *q)
{
    struct blk *b = dev;

    if (q->chain.out_bytes < sizeof(b->header) || q->chain.in_bytes < 1) {
        virtio_fail(b->v, "a request without a header or without a status byte");
        return VIRTIO_DONE;
    }
    if (q->done == 0) {
        vq_read(q, 0, &b->header, sizeof(b->header));
        b->header.type = GUINT32_FROM_LE(b->header.type);
        b->header.sector = GUINT64_FROM_LE(b->header.sector);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (requests[i].type == b->header.type)
            return requests[i].step(b, q);
    }
    return finish(q, 0, S_UNSUPP);
}

/* ---- Making ---- */

static avs_status check_file(struct blk *b, const struct stat *st)
{
    struct avs_machine *m = b->v->env.m;

    if (S_ISDIR(st->st_mode))
        return avs_fail(m, AVS_ERR_IO, "%s: is a directory", b->path);
    if (!S_ISREG(st->st_mode))
        return avs_fail(m, AVS_ERR_IO, "%s: is not a regular file", b->path);
    if (st->st_size == 0)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: is empty", b->path);
    if (st->st_size % SECTOR_BYTES)
        return avs_fail(m, AVS_ERR_FORMAT, "%s: its %lld bytes are not whole sectors of %d", b->path,
                        (long long)st->st_size, SECTOR_BYTES);
    if (flock(b->fd, (b->readonly || b->written ? LOCK_SH : LOCK_EX) | LOCK_NB))
        return avs_fail(m, AVS_ERR_IO, "%s: %s", b->path,
                        errno == EWOULDBLOCK ? "is in use by another machine" : strerror(errno));
    b->sectors = (uint64_t)st->st_size / SECTOR_BYTES;
    return AVS_OK;
}

static avs_status open_file(struct blk *b)
{
    struct stat st;

    b->fd =
        open(b->path, (b->readonly || b->written ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (b->fd < 0 || fstat(b->fd, &st))
        return avs_fail(b->v->env.m, AVS_ERR_IO, "%s: %s", b->path,
                        errno == EISDIR ? "is a directory" : strerror(errno));
    return check_file(b, &st);
}

static void set_config(struct blk *b)
{
    const struct config c = {
        .capacity = GUINT64_TO_LE(b->sectors),
        .seg_max = GUINT32_TO_LE(SEG_MAX),
        .blk_size = GUINT32_TO_LE(SECTOR_BYTES),
        .max_discard_sectors = GUINT32_TO_LE(ZERO_SECTORS_MAX),
        .max_discard_seg = GUINT32_TO_LE(1),
        .discard_sector_alignment = GUINT32_TO_LE(1),
        .max_write_zeroes_sectors = GUINT32_TO_LE(ZERO_SECTORS_MAX),
        .max_write_zeroes_seg = GUINT32_TO_LE(1),
        .write_zeroes_may_unmap = 1,
    };

    G_STATIC_ASSERT(offsetof(struct config, max_discard_sectors) == 36 &&
                    offsetof(struct config, write_zeroes_may_unmap) == 56);
    virtio_config_set(b->v, 0, &c, sizeof(c));
    b->v->features |= b->readonly ? F_RO : F_DISCARD | F_WRITE_ZEROES;
}

static void blk_destroy(void *dev)
{
    struct blk *b = dev;

    if (b->fd >= 0)
        close(b->fd);
    if (b->written)
        g_hash_table_destroy(b->written);
    g_free(b->path);
    g_free(b);
}

static avs_status blk_create(struct virtio *v, const struct plug *p, void **dev)
{
    const char *file = plug_get(p, "file"), *serial = plug_get(p, "serial");
    bool readonly = false, snapshot = false;
    avs_status s = plug_switch(p, "readonly", &readonly);
    struct blk *b;

    if (!s)
        s = plug_switch(p, "snapshot", &snapshot);
    if (s)
        return s;
    if (!file || !*file)
        return plug_fail(p, "file=FILE is missing");
    if (serial && strlen(serial) > ID_BYTES)
        return plug_fail(p, "serial: more than %d bytes", ID_BYTES);
    b = g_new0(struct blk, 1);
    b->v = v;
    b->path = g_strdup(file);
    b->readonly = readonly;
    if (snapshot)
        b->written = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    memcpy(b->id, serial ? serial : "", serial ? strlen(serial) : 0);
    s = open_file(b);
    if (s) {
        blk_destroy(b);
        return s;
    }
    set_config(b);
    *dev = b;
    return AVS_OK;
}

static const char *const blk_keys[] = { "file", "readonly", "serial", "snapshot", NULL };

const struct virtio_class virtio_blk = {
    .name = "virtio-blk",
    .device_id = 2,
    .queue_count = 1,
    .features = F_SEG_MAX | F_BLK_SIZE | F_FLUSH,
    .request_ns = REQUEST_NS,
    .kib_ns = KIB_NS,
    .keys = blk_keys,
    .create = blk_create,
    .destroy = blk_destroy,
    .step = blk_step,
};
