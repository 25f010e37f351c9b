/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vectors.c
 * Loops that a compiler vectorizes: every element size, widening, narrowing, reductions, saturation,
 * selections, strides, FP.
 */
#include "runtime.h"

enum { COUNT = 259 };

static uint8_t b8[COUNT], c8[COUNT];
static int16_t b16[COUNT], c16[COUNT];
static uint32_t b32[COUNT], c32[COUNT];
static int64_t b64[COUNT], c64[COUNT];
static float bf[COUNT], cf[COUNT];
static double bd[COUNT], cd[COUNT];

static __attribute__((noinline)) void bytes(void)
{
    for (int i = 0; i < COUNT; i++) {
        int t = b8[i] * 3 - c8[i];

        c8[i] = (uint8_t)(t < 0 ? 0 : t > 255 ? 255 : t);
        b8[i] = (uint8_t)((b8[i] + c8[i] + 1) >> 1);
    }
}

static __attribute__((noinline)) void halves(void)
{
    for (int i = 0; i < COUNT; i++) {
        c16[i] = (int16_t)(b16[i] * c16[i] >> 15);
        b16[i] = (int16_t)(b16[i] > c16[i] ? b16[i] - c16[i] : c16[i] - b16[i]);
    }
}

static __attribute__((noinline)) uint64_t words(void)
{
    uint64_t wide = 0;
    uint32_t most = 0, any = 0;

    for (int i = 0; i < COUNT; i++) {
        c32[i] = c32[i] << 3 ^ b32[i] >> (i & 7);
        wide += (uint64_t)b32[i] * c32[i];
        most = b32[i] > most ? b32[i] : most;
        any |= c32[i] & ~b32[i];
    }
    return fold(fold(wide, most), any);
}

static __attribute__((noinline)) int64_t doubles(void)
{
    int64_t sum = 0;

    for (int i = 0; i < COUNT; i++) {
        c64[i] += b64[i] >> 5;
        sum += c64[i] < 0 ? -c64[i] : b16[i];
    }
    return sum;
}

static __attribute__((noinline)) void mixed(void)
{
    for (int i = 0; i < COUNT; i++) {
        c32[i] += b8[i];
        c64[i] ^= b16[i];
        c16[i] = (int16_t)(c16[i] + (int8_t)c8[i]);
        c8[i] = (uint8_t)(c32[i] >> 9);
    }
    for (int i = 0; i < COUNT / 3; i++) {
        uint8_t t = b8[3 * i];

        b8[3 * i] = b8[3 * i + 2];
        b8[3 * i + 2] = (uint8_t)(t + b8[3 * i + 1]);
    }
}

static __attribute__((noinline)) void floats(void)
{
    for (int i = 0; i < COUNT; i++) {
        cf[i] = bf[i] * 1.5f + cf[i] / (float)(i + 1);
        cd[i] = bd[i] > cd[i] ? __builtin_sqrt(bd[i]) : cd[i] - (double)bf[i];
        c32[i] = (uint32_t)(int32_t)bf[i];
        bd[i] = (double)b64[i];
    }
}

void program(void)
{
    uint64_t sum = 0;

    random_bytes(b8, sizeof(b8));
    random_bytes(b16, sizeof(b16));
    random_bytes(b32, sizeof(b32));
    random_bytes(b64, sizeof(b64));
    for (int i = 0; i < COUNT; i++) {
        bf[i] = (float)(int16_t)random64() / 16;
        bd[i] = (double)(random64() >> 12);
    }
    for (int i = 0; i < 4; i++) {
        bytes();
        halves();
        sum = fold(fold(sum, words()), (uint64_t)doubles());
        mixed();
    }
    result("reductions", sum);
    result("bytes", fold_bytes(fold_bytes(0, b8, sizeof(b8)), c8, sizeof(c8)));
    result("halves", fold_bytes(fold_bytes(0, b16, sizeof(b16)), c16, sizeof(c16)));
    result("words", fold_bytes(0, c32, sizeof(c32)));
    result("doublewords", fold_bytes(0, c64, sizeof(c64)));
    floats();
    result("floats", fold_bytes(fold_bytes(0, cf, sizeof(cf)), c32, sizeof(c32)));
    result("doubles", fold_bytes(fold_bytes(0, cd, sizeof(cd)), bd, sizeof(bd)));
}
