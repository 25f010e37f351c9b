/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file later.c
 * Armv8.3 to Armv8.6: complex numbers (FEAT_FCMA), JavaScript conversion (FEAT_JSCVT), rounding to 32 and
 * 64 bits (FEAT_FRINTTS), BFloat16 (FEAT_BF16) and integer matrices (FEAT_I8MM).
 */
#include <arm_acle.h>
#include <arm_neon.h>

#include "runtime.h"

enum { ROUNDS = 60 };

static float32x4_t floats(void)
{
    float f[4];

    for (unsigned i = 0; i < 4; i++)
        f[i] = (float)(int32_t)random64() / 0x1p16f;
    return vld1q_f32(f);
}

static uint64_t complexes(void)
{
    float32x4_t acc = vdupq_n_f32(0);

    for (unsigned i = 0; i < ROUNDS; i++) {
        float32x4_t a = floats(), b = floats();

        acc = vcmlaq_rot90_f32(vcmlaq_f32(acc, a, b), a, b);
        acc = vcaddq_rot270_f32(vmulq_n_f32(acc, 0.001f), vcaddq_rot90_f32(a, b));
    }
    return fold_bytes(0, &acc, sizeof(acc));
}

static uint64_t rounding(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        double d = (double)(int64_t)random64() / (double)(1ull << (i & 63));
        float f = (float)d;

        sum = fold(sum, (uint32_t)__jcvt(d));
        sum = fold(fold(sum, bits_of(__rint32z(d))), bits_of(__rint64x(d)));
        sum = fold(fold(sum, bits_of_float(__rint32xf(f))), bits_of_float(__rint64zf(f)));
    }
    return sum;
}

static uint64_t brains(void)
{
    float32x4_t acc = vdupq_n_f32(0);

    for (unsigned i = 0; i < ROUNDS; i++) {
        bfloat16x8_t a = vcvtq_high_bf16_f32(vcvtq_low_bf16_f32(floats()), floats());
        bfloat16x8_t b = vcvtq_high_bf16_f32(vcvtq_low_bf16_f32(floats()), floats());

        acc = vbfdotq_f32(acc, a, b);
        acc = vbfmlalbq_f32(vbfmlaltq_f32(acc, a, b), b, a);
        acc = vmulq_n_f32(vbfmmlaq_f32(acc, a, b), 0x1p-20f);
    }
    return fold_bytes(0, &acc, sizeof(acc));
}

static uint64_t matrices(void)
{
    int32x4_t s = vdupq_n_s32(0);
    uint32x4_t u = vdupq_n_u32(0);

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8_t b[32];
        uint8x16_t x, y;

        random_bytes(b, sizeof(b));
        x = vld1q_u8(b);
        y = vld1q_u8(b + 16);
        u = vmmlaq_u32(u, x, y);
        s = vmmlaq_s32(s, vreinterpretq_s8_u8(x), vreinterpretq_s8_u8(y));
        s = vusmmlaq_s32(s, x, vreinterpretq_s8_u8(y));
        s = vusdotq_s32(s, y, vreinterpretq_s8_u8(x));
    }
    return fold_bytes(fold_bytes(0, &s, sizeof(s)), &u, sizeof(u));
}

void program(void)
{
    result("complexes", complexes());
    result("rounding", rounding());
    result("bfloat16", brains());
    result("integer matrices", matrices());
}
