/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file crc.c
 * CRC-32 and CRC-32C by instruction (FEAT_CRC32), beside the same by polynomial division.
 */
#include <arm_acle.h>

#include "runtime.h"

static uint32_t divide(uint32_t crc, const uint8_t *from, size_t len, uint32_t polynomial)
{
    for (size_t i = 0; i < len; i++) {
        crc ^= from[i];
        for (unsigned k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
    }
    return crc;
}

void program(void)
{
    static uint8_t data[120];
    uint32_t a = ~0u, c = ~0u;

    random_bytes(data, sizeof(data));
    for (size_t i = 0; i < sizeof(data); i += 15) {
        uint64_t d;
        uint32_t w;
        uint16_t h;

        memcpy(&d, data + i, 8);
        memcpy(&w, data + i + 8, 4);
        memcpy(&h, data + i + 12, 2);
        a = __crc32b(__crc32h(__crc32w(__crc32d(a, d), w), h), data[i + 14]);
        c = __crc32cb(__crc32ch(__crc32cw(__crc32cd(c, d), w), h), data[i + 14]);
    }
    print("crc32 %x %s\n", a, a == divide(~0u, data, sizeof(data), 0xedb88320) ? "right" : "WRONG");
    print("crc32c %x %s\n", c, c == divide(~0u, data, sizeof(data), 0x82f63b78) ? "right" : "WRONG");
}
