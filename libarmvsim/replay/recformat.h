/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file recformat.h
 * The fixed parts of a recording's file (traces/FORMAT.md), for its writer and its reader.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* At the file's beginning: it is no text, and shows transfers that change line ends. */
#define REC_MAGIC "AVSREC\r\n"
enum {
    REC_MAGIC_BYTES = 8,
    REC_HEADER_BYTES = 16,
    REC_BLOCK_HEADER_BYTES = 16,
    REC_PACKED_MAX = 512 << 10
};

/* A block's header: "BLK1", bytes unpacked and packed, and the CRC-32 of these twelve and the packed bytes.
 */
#define REC_BLOCK_MAGIC UINT32_C(0x314b4c42)

/* CRC-32 (ITU-T V.42), going on from `crc`, which is 0 at first. */
uint32_t rec_crc(uint32_t crc, const void *bytes, size_t len);
