/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file halfmath.c
 * Half precision (FEAT_FP16), scalar and vector, and its widening multiplies (FEAT_FHM).
 */
#include <arm_neon.h>

#include "runtime.h"

enum { COUNT = 64 };

static _Float16 a[COUNT], b[COUNT], c[COUNT];

static uint64_t fold_half(uint64_t sum, _Float16 h)
{
    uint16_t u;

    memcpy(&u, &h, sizeof(u));
    return fold(sum, h != h ? 0x7e00 : u);
}

static uint64_t scalars(void)
{
    uint64_t sum = 0;

    for (int i = 0; i < COUNT; i++) {
        _Float16 x = a[i], y = b[i];

        sum = fold_half(fold_half(fold_half(fold_half(sum, x + y), x - y), x * y), x / y);
        sum = fold(sum, (uint64_t)(int64_t)x + (uint32_t)(int32_t)(y * (_Float16)8) + (uint64_t)(x < y));
        sum = fold_half(fold_half(sum, (_Float16)i), (_Float16)((float)x * 1.25f));
        sum = fold(sum, bits_of((double)y));
    }
    return sum;
}

static uint64_t loops(void)
{
    for (int i = 0; i < COUNT; i++)
        c[i] = a[i] * b[i] + (a[i] > b[i] ? a[i] : -b[i]);
    return fold_bytes(0, c, sizeof(c));
}

static uint64_t intrinsics(void)
{
    uint64_t sum = 0;

    for (int i = 0; i < COUNT; i += 8) {
        float16x8_t x = vld1q_f16((const float16_t *)a + i), y = vld1q_f16((const float16_t *)b + i);
        float16x8_t r[6] = { vfmaq_f16(x, y, x), vmaxnmq_f16(x, y), vsqrtq_f16(vabsq_f16(x)),
                             vrndnq_f16(y),      vpaddq_f16(x, y),  vrecpeq_f16(x) };
        float32x4_t w = vfmlalq_low_f16(vcvt_f32_f16(vget_low_f16(x)), x, y);

        sum = fold_bytes(fold_bytes(sum, r, sizeof(r)), &w, sizeof(w));
        w = vfmlslq_high_f16(w, y, x);
        sum = fold_bytes(sum, &w, sizeof(w));
    }
    return sum;
}

void program(void)
{
    for (int i = 0; i < COUNT; i++) {
        a[i] = (_Float16)(int16_t)random64() / (_Float16)16;
        b[i] = (_Float16)(1 + (uint8_t)random64()) / (_Float16)3;
    }
    result("scalars", scalars());
    result("loops", loops());
    result("intrinsics", intrinsics());
}
