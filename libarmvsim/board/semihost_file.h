/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file semihost_file.h
 * Host files for semihosting: names below one folder, and nothing else of the host.
 */
#pragma once

#include <stdint.h>

/* Opens `name` below the folder `root` with a mode of SYS_OPEN (0 to 11). Regular files alone. A
 * descriptor, or -1 with errno set. A `root` of -1 has no files. */
int semihost_file_open(int root, const char *name, unsigned mode);
/* 0, or -1 with errno set. */
int semihost_file_remove(int root, const char *name);
int semihost_file_rename(int root, const char *from, const char *to);
