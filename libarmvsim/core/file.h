/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file file.h
 * Input files: read whole and checked before anything is done with them.
 */
#pragma once

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/* Reads a regular file of 1 byte to 2 GiB; the caller frees *bytes with free(). AVS_ERR_IO when it cannot
 * be read, AVS_ERR_FORMAT when it is empty or too large, AVS_ERR_NOMEM. */
avs_status file_read(struct avs_machine *m, const char *path, uint8_t **bytes, size_t *len);

/* Whether the bytes begin like an ELF file of any kind. */
bool file_is_elf(const uint8_t *bytes, size_t len);
/* Opens the bytes of a 64-bit little-endian AArch64 ELF file, which must stay; the caller calls elf_end().
 * AVS_ERR_FORMAT for any other. */
avs_status file_open_elf(struct avs_machine *m, const char *path, const uint8_t *bytes, size_t len,
                         Elf **out);
