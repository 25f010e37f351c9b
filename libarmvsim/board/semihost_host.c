/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file semihost_host.c
 * Files of the host, or the recorded answers of another host (semihost_host.h, core/tap.h).
 */
#include "board/semihost_host.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "board/semihost_file.h"
#include "core/machine.h"

/* The operations' numbers, as semihosting has them. */
enum {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_SEEK = 0x0a,
    SYS_FLEN = 0x0c,
    SYS_REMOVE = 0x0e,
    SYS_RENAME = 0x0f,
};

/* Whether the answer is known without the host. */
static bool is_known(struct avs_machine *m, struct tap_host *h)
{
    return m->tap.ops && m->tap.ops->ask && m->tap.ops->ask(m->tap.user, h);
}

/* The host's answer. */
static void tell(struct avs_machine *m, struct tap_host *h, int64_t result)
{
    h->result = result < 0 ? -1 : result;
    h->error_number = errno;
    if (m->tap.ops && m->tap.ops->told)
        m->tap.ops->told(m->tap.user, h);
}

static int64_t answer(const struct tap_host *h)
{
    if (h->result < 0)
        errno = h->error_number;
    return h->result;
}

int semihost_open(struct avs_machine *m, int root, const char *name, unsigned mode, int *fd)
{
    struct tap_host h = { .operation = SYS_OPEN };

    *fd = -1;
    if (!is_known(m, &h)) {
        *fd = semihost_file_open(root, name, mode);
        tell(m, &h, *fd < 0 ? -1 : 0);
    }
    return (int)answer(&h);
}

int semihost_close(struct avs_machine *m, int fd)
{
    struct tap_host h = { .operation = SYS_CLOSE };

    if (!is_known(m, &h))
        tell(m, &h, close(fd));
    return (int)answer(&h);
}

int64_t semihost_read(struct avs_machine *m, int fd, void *bytes, size_t len)
{
    struct tap_host h = { .operation = SYS_READ, .data = bytes, .size = len };

    if (!is_known(m, &h))
        tell(m, &h, read(fd, bytes, len));
    return answer(&h);
}

int64_t semihost_write(struct avs_machine *m, int fd, const void *bytes, size_t len)
{
    struct tap_host h = { .operation = SYS_WRITE };

    if (!is_known(m, &h))
        tell(m, &h, write(fd, bytes, len));
    return answer(&h);
}

int semihost_seek(struct avs_machine *m, int fd, uint64_t at)
{
    struct tap_host h = { .operation = SYS_SEEK };

    if (!is_known(m, &h))
        tell(m, &h, lseek(fd, (off_t)at, SEEK_SET) < 0 ? -1 : 0);
    return (int)answer(&h);
}

int64_t semihost_length(struct avs_machine *m, int fd)
{
    struct tap_host h = { .operation = SYS_FLEN };
    struct stat st;

    if (!is_known(m, &h))
        tell(m, &h, fstat(fd, &st) ? -1 : (int64_t)st.st_size);
    return answer(&h);
}

int semihost_remove(struct avs_machine *m, int root, const char *name)
{
    struct tap_host h = { .operation = SYS_REMOVE };

    if (!is_known(m, &h))
        tell(m, &h, semihost_file_remove(root, name));
    return (int)answer(&h);
}

int semihost_rename(struct avs_machine *m, int root, const char *from, const char *to)
{
    struct tap_host h = { .operation = SYS_RENAME };

    if (!is_known(m, &h))
        tell(m, &h, semihost_file_rename(root, from, to));
    return (int)answer(&h);
}
