/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sink_file.c
 * Which files a ledger may be written to. A new or empty file and an earlier ledger (by the application id
 * in SQLite's header) are fine; everything else is somebody's data and refused. The file is emptied rather
 * than unlinked, so that a replaced ledger is byte for byte what a new one would be, and a link stays a
 * link.
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/bits.h"
#include "ledger/schema.h"
#include "ledger/sink.h"

enum { HEADER_BYTES = 100, HEADER_APPLICATION_ID = 68 };

static avs_status fail_errno(struct avs_machine *m, const char *path)
{
    return avs_fail(m, AVS_ERR_IO, "%s: %s", path, strerror(errno));
}

/* SQLite's file format, section 1.3: the magic string, and at offset 68 the application id, big-endian. */
static bool is_ledger(const uint8_t *h)
{
    uint32_t id = (uint32_t)h[HEADER_APPLICATION_ID] << 24 | (uint32_t)h[HEADER_APPLICATION_ID + 1] << 16 |
                  (uint32_t)h[HEADER_APPLICATION_ID + 2] << 8 | h[HEADER_APPLICATION_ID + 3];

    return !memcmp(h, "SQLite format 3", 16) && id == LEDGER_APPLICATION_ID;
}

static avs_status check_file(struct avs_machine *m, const char *path, int fd, bool *empty)
{
    uint8_t header[HEADER_BYTES] = { 0 };
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st))
        return fail_errno(m, path);
    if (!S_ISREG(st.st_mode))
        return avs_fail(m, AVS_ERR_IO, "%s: not a regular file", path);
    *empty = st.st_size == 0;
    if (*empty)
        return AVS_OK;
    n = pread(fd, header, sizeof(header), 0);
    if (n < 0)
        return fail_errno(m, path);
    if (n < HEADER_BYTES || !is_ledger(header))
        return avs_fail(m, AVS_ERR_DB, "%s: not an armvsim ledger; refusing to overwrite", path);
    return AVS_OK;
}

/* Whether another process writes or reads this ledger now. Also rolls back what a killed run left. */
static avs_status check_unlocked(struct avs_machine *m, const char *path)
{
    sqlite3 *db = NULL;
    avs_status s = AVS_OK;
    int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "BEGIN EXCLUSIVE; ROLLBACK", NULL, NULL, NULL);
    if (rc == SQLITE_BUSY)
        s = avs_fail(m, AVS_ERR_DB, "%s: database is locked by another process", path);
    sqlite3_close(db);
    return s;
}

avs_status sink_prepare_file(struct avs_machine *m, const char *path, bool *created)
{
    struct stat st;
    bool empty = false;
    avs_status s;
    int fd;

    *created = stat(path, &st) != 0;
    if (!*created && S_ISDIR(st.st_mode))
        return avs_fail(m, AVS_ERR_IO, "%s: is a directory", path);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (fd < 0)
        return fail_errno(m, path);
    s = check_file(m, path, fd, &empty);
    if (!s && !empty)
        s = check_unlocked(m, path);
    if (!s && ftruncate(fd, 0))
        s = fail_errno(m, path);
    close(fd);
    return s;
}
