/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dots.c
 * Dot products (FEAT_DotProd) and rounding doubling multiply-accumulate (FEAT_RDM).
 */
#include <arm_neon.h>

#include "runtime.h"

static uint8x16_t any(void)
{
    uint8_t b[16];

    random_bytes(b, sizeof(b));
    return vld1q_u8(b);
}

void program(void)
{
    uint32x4_t u = vdupq_n_u32(0);
    int32x4_t s = vdupq_n_s32(0), q = vdupq_n_s32(5);
    int16x8_t h = vdupq_n_s16(0);

    for (unsigned i = 0; i < 100; i++) {
        uint8x16_t a = any(), b = any();
        int16x8_t c = vreinterpretq_s16_u8(a), d = vreinterpretq_s16_u8(b);

        u = vdotq_u32(u, a, b);
        s = vdotq_laneq_s32(s, vreinterpretq_s8_u8(a), vreinterpretq_s8_u8(b), 2);
        h = vqrdmlahq_s16(h, c, d);
        h = vqrdmlshq_lane_s16(h, d, vget_low_s16(c), 1);
        q = vqrdmlahq_s32(q, vreinterpretq_s32_u8(a), vreinterpretq_s32_u8(b));
    }
    result("udot", fold_bytes(0, &u, sizeof(u)));
    result("sdot", fold_bytes(0, &s, sizeof(s)));
    result("sqrdmlah, halves", fold_bytes(0, &h, sizeof(h)));
    result("sqrdmlah, words", fold_bytes(0, &q, sizeof(q)));
}
