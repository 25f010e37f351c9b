/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file semihost_file.c
 * Names of the guest's in a folder of the host's. A name is walked component by component from the folder's
 * descriptor, and every component is opened without following symbolic links; "..", absolute names and
 * everything but regular files are refused. So no name leaves the folder, whatever it contains, on any
 * kernel (openat2's RESOLVE_BENEATH would need a second way where it does not exist).
 */
#define _GNU_SOURCE
#include "board/semihost_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COMPONENT_MAX = 255, NEW_FILE_MODE = 0666 };

/* The next component of *name, which then begins behind it. -1 with errno set when no good name has it. */
static int next_component(const char **name, char component[COMPONENT_MAX + 1])
{
    size_t len = strcspn(*name, "/");

    errno = len == 0 ? ENOENT : ENAMETOOLONG;
    if (len == 0 || len > COMPONENT_MAX)
        return -1;
    memcpy(component, *name, len);
    component[len] = '\0';
    *name += len;
    *name += strspn(*name, "/");
    errno = EACCES;
    return strcmp(component, "..") ? 0 : -1;
}

/* The folder that holds the last component of `name`, as a descriptor that the caller closes, and that
 * component. -1 with errno set. */
static int parent_of(int root, const char *name, char last[COMPONENT_MAX + 1])
{
    int at;

    errno = EACCES;
    if (root < 0 || *name == '/')
        return -1;
    at = dup(root);
    while (at >= 0) {
        int below = -1, why;

        if (next_component(&name, last) == 0) {
            if (!*name)
                return at;
            below = openat(at, last, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        }
        why = errno;
        close(at);
        errno = why;
        at = below;
    }
    return -1;
}

/* Closes a descriptor, and keeps the errno of what was done with it. */
static int done(int fd, int result)
{
    int why = errno;

    close(fd);
    errno = why;
    return result;
}

static int only_regular(int fd)
{
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        return fd < 0 ? -1 : done(fd, -1);
    errno = S_ISDIR(st.st_mode) ? EISDIR : EACCES;
    return S_ISREG(st.st_mode) ? fd : done(fd, -1);
}

int semihost_file_open(int root, const char *name, unsigned mode)
{
    /* As fopen's "r", "r+", "w", "w+", "a", "a+"; odd modes are the binary ones. */
    static const int flags[6] = {
        O_RDONLY,
        O_RDWR,
        O_WRONLY | O_CREAT | O_TRUNC,
        O_RDWR | O_CREAT | O_TRUNC,
        O_WRONLY | O_CREAT | O_APPEND,
        O_RDWR | O_CREAT | O_APPEND,
    };
    char last[COMPONENT_MAX + 1];
    int folder = parent_of(root, name, last);

    if (folder < 0)
        return -1;
    /* Without O_NONBLOCK, opening a FIFO would wait. */
    return only_regular(
        done(folder, openat(folder, last, flags[mode / 2] | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
                            NEW_FILE_MODE)));
}

int semihost_file_remove(int root, const char *name)
{
    char last[COMPONENT_MAX + 1];
    int folder = parent_of(root, name, last);

    return folder < 0 ? -1 : done(folder, unlinkat(folder, last, 0));
}

int semihost_file_rename(int root, const char *from, const char *to)
{
    char from_last[COMPONENT_MAX + 1], to_last[COMPONENT_MAX + 1];
    int from_folder = parent_of(root, from, from_last), to_folder;

    if (from_folder < 0)
        return -1;
    to_folder = parent_of(root, to, to_last);
    if (to_folder < 0)
        return done(from_folder, -1);
    return done(from_folder, done(to_folder, renameat(from_folder, from_last, to_folder, to_last)));
}
