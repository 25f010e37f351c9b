/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The kernels of `int` that work on tables: CRC, hash table, matrices.
 */
#include "int.h"

#define CRC_BYTES 65536
#define CRC_POLYNOMIAL 0xedb88320u
#define BUCKETS 8192
#define KEYS 5000
#define LOOKUPS 12000
#define ORDER 48

struct bucket {
    uint64_t key;
    uint64_t value;
};

static uint32_t crc_table[256];
static uint8_t crc_data[CRC_BYTES];
static struct bucket buckets[BUCKETS];
static int32_t matrix_a[ORDER][ORDER], matrix_b[ORDER][ORDER], matrix_c[ORDER][ORDER];

/** Makes the table of the CRC and the data. */
static void crc_init(void)
{
    uint64_t random = 3;

    for (uint32_t i = 0; i < 256; i++) {
        uint32_t entry = i;

        for (unsigned int bit = 0; bit < 8; bit++)
            entry = entry & 1 ? entry >> 1 ^ CRC_POLYNOMIAL : entry >> 1;
        crc_table[i] = entry;
    }
    for (uint32_t i = 0; i < CRC_BYTES; i++)
        crc_data[i] = (uint8_t)random_next(&random);
}

uint32_t kernel_crc(uint32_t start)
{
    uint32_t crc = ~start;

    if (!crc_table[1])
        crc_init();
    for (uint32_t i = 0; i < CRC_BYTES; i++)
        crc = crc >> 8 ^ crc_table[(crc ^ crc_data[i]) & 255];
    return ~crc;
}

/** Returns the bucket of `key`, or the empty one where it would go. */
static struct bucket *bucket_find(uint64_t key)
{
    uint64_t i = key * 0x9e3779b97f4a7c15ull >> 51;

    while (buckets[i].key && buckets[i].key != key)
        i = (i + 1) % BUCKETS;
    return &buckets[i];
}

uint64_t kernel_hash(void)
{
    uint64_t random = 4;
    uint64_t sum = 0;

    for (unsigned int i = 0; i < BUCKETS; i++)
        buckets[i] = (struct bucket){ 0, 0 };
    for (unsigned int i = 0; i < KEYS; i++) {
        struct bucket *bucket = bucket_find(random_next(&random) % 16384 + 1);

        bucket->key = bucket->key ? bucket->key : 1 + (uint32_t)(random >> 32) % 16384;
        bucket->value += i;
    }
    for (unsigned int i = 0; i < LOOKUPS; i++) {
        const struct bucket *bucket = bucket_find(random_next(&random) % 16384 + 1);

        sum = bucket->key ? sum * 5 + bucket->value : sum + 1;
    }
    return sum;
}

uint64_t kernel_matrix(void)
{
    uint64_t random = 5;
    uint64_t sum = 0;

    for (unsigned int i = 0; i < ORDER; i++) {
        for (unsigned int j = 0; j < ORDER; j++) {
            matrix_a[i][j] = (int32_t)random_next(&random) >> 16;
            matrix_b[i][j] = (int32_t)random_next(&random) >> 16;
        }
    }
    for (unsigned int i = 0; i < ORDER; i++) {
        for (unsigned int j = 0; j < ORDER; j++) {
            uint32_t cell = 0;

            for (unsigned int k = 0; k < ORDER; k++)
                cell += (uint32_t)matrix_a[i][k] * (uint32_t)matrix_b[k][j];
            matrix_c[i][j] = (int32_t)cell;
        }
    }
    for (unsigned int i = 0; i < ORDER; i++)
        sum = sum * 7 + (uint32_t)matrix_c[i][ORDER - 1 - i];
    return sum;
}
