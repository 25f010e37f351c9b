/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file semihost_host.h
 * What semihosting has the host do with files. The answers are inputs of the run: a recorder keeps them,
 * and a replay gives them instead of the host. Each function sets errno when it fails, and returns -1.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct avs_machine;

/* The descriptor is in *fd; -1 when no host has been asked. */
int semihost_open(struct avs_machine *m, int root, const char *name, unsigned mode, int *fd);
int semihost_close(struct avs_machine *m, int fd);
int64_t semihost_read(struct avs_machine *m, int fd, void *bytes, size_t len);
int64_t semihost_write(struct avs_machine *m, int fd, const void *bytes, size_t len);
int semihost_seek(struct avs_machine *m, int fd, uint64_t at);
int64_t semihost_length(struct avs_machine *m, int fd);
int semihost_remove(struct avs_machine *m, int root, const char *name);
int semihost_rename(struct avs_machine *m, int root, const char *from, const char *to);
