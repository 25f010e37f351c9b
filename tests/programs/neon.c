/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file neon.c
 * Advanced SIMD intrinsics of Armv8.0 that compilers rarely choose: saturation, rounding, narrowing,
 * tables, permutes, structures, estimates, polynomials.
 */
#include <arm_neon.h>

#include "runtime.h"

enum { ROUNDS = 50 };

#define FOLD(sum, v)                                                                                       \
    do {                                                                                                   \
        __typeof__(v) v_ = (v);                                                                            \
        sum = fold_bytes(sum, &v_, sizeof(v_));                                                            \
    } while (0)

static uint8x16_t any(void)
{
    uint8_t b[16];

    random_bytes(b, sizeof(b));
    return vld1q_u8(b);
}

static uint64_t saturating(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8x16_t a = any(), b = any();
        int16x8_t c = vreinterpretq_s16_u8(a), d = vreinterpretq_s16_u8(b);
        int32x4_t e = vreinterpretq_s32_u8(a), f = vreinterpretq_s32_u8(b);

        FOLD(sum, vqaddq_u8(a, b));
        FOLD(sum, vqsubq_s16(c, d));
        FOLD(sum, vqdmulhq_s16(c, d));
        FOLD(sum, vqrdmulhq_s32(e, f));
        FOLD(sum, vqdmlal_s16(e, vget_low_s16(c), vget_high_s16(d)));
        FOLD(sum, vqmovn_s32(e));
        FOLD(sum, vqmovun_s16(c));
        FOLD(sum, vqrshrn_n_s32(e, 7));
        FOLD(sum, vqshlq_s16(c, d));
        FOLD(sum, vqrshlq_u8(a, vreinterpretq_s8_u8(b)));
        FOLD(sum, vqabsq_s16(c));
        FOLD(sum, vsqaddq_u8(a, vreinterpretq_s8_u8(b)));
        FOLD(sum, vuqaddq_s16(c, vreinterpretq_u16_s16(d)));
    }
    return sum;
}

static uint64_t arithmetic(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8x16_t a = any(), b = any();
        uint16x8_t c = vreinterpretq_u16_u8(a), d = vreinterpretq_u16_u8(b);

        FOLD(sum, vrhaddq_u8(a, b));
        FOLD(sum, vhsubq_u16(c, d));
        FOLD(sum, vabaq_u8(a, b, a));
        FOLD(sum, vabdl_u8(vget_low_u8(a), vget_high_u8(b)));
        FOLD(sum, vmull_high_u8(a, b));
        FOLD(sum, vmlsl_u16(vreinterpretq_u32_u8(a), vget_low_u16(c), vget_low_u16(d)));
        FOLD(sum, vraddhn_u16(c, d));
        FOLD(sum, vpadalq_u8(c, b));
        FOLD(sum, vmull_p8(vget_low_p8(vreinterpretq_p8_u8(a)), vget_low_p8(vreinterpretq_p8_u8(b))));
        FOLD(sum, vaddlvq_u8(a));
        FOLD(sum, vmaxvq_u16(c));
        FOLD(sum, vminvq_s8(vreinterpretq_s8_u8(b)));
        FOLD(sum, vcntq_u8(a));
        FOLD(sum, vclsq_s32(vreinterpretq_s32_u8(b)));
        FOLD(sum, vsliq_n_u16(c, d, 5));
        FOLD(sum, vrsraq_n_u8(a, b, 3));
        FOLD(sum, vrbitq_u8(a));
    }
    return sum;
}

static uint64_t permutes(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8x16_t a = any(), b = any(), index = vandq_u8(any(), vdupq_n_u8(63));
        uint8x16x4_t table = { { a, b, veorq_u8(a, b), vaddq_u8(a, b) } };

        FOLD(sum, vqtbl4q_u8(table, index));
        FOLD(sum, vqtbx2q_u8(a, (uint8x16x2_t){ { b, a } }, index));
        FOLD(sum, vzip1q_u16(vreinterpretq_u16_u8(a), vreinterpretq_u16_u8(b)));
        FOLD(sum, vuzp2q_u8(a, b));
        FOLD(sum, vtrn1q_u32(vreinterpretq_u32_u8(a), vreinterpretq_u32_u8(b)));
        FOLD(sum, vextq_u8(a, b, 11));
        FOLD(sum, vrev64q_u16(vreinterpretq_u16_u8(a)));
        FOLD(sum, vbslq_u8(index, a, b));
    }
    return sum;
}

static uint64_t structures(void)
{
    static uint8_t from[256], to[256];
    uint8x16x3_t three;
    uint16x8x4_t four;
    uint32x2x2_t two;

    random_bytes(from, sizeof(from));
    three = vld3q_u8(from + 1);
    four = vld4q_u16((const uint16_t *)(from + 50));
    two = vld2_dup_u32((const uint32_t *)(from + 12));
    three.val[1] = vaddq_u8(three.val[0], three.val[2]);
    four = vld4q_lane_u16((const uint16_t *)(from + 120), four, 5);
    vst3q_u8(to, three);
    vst4q_u16((uint16_t *)(to + 64), four);
    vst2_u32((uint32_t *)(to + 130), two);
    vst3q_lane_u8(to + 200, three, 9);
    return fold_bytes(0, to, sizeof(to));
}

static uint64_t floats(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        float32x4_t a = vcvtq_f32_s32(vreinterpretq_s32_u8(any())),
                    b = vcvtq_n_f32_u32(vreinterpretq_u32_u8(any()), 9);
        float64x2_t d = vcvt_f64_f32(vget_low_f32(a));

        FOLD(sum, vrecpeq_f32(a));
        FOLD(sum, vrsqrteq_f32(b));
        FOLD(sum, vrecpsq_f32(a, b));
        FOLD(sum, vrsqrtsq_f32(b, vrecpeq_f32(b)));
        FOLD(sum, vfmaq_f32(a, b, a));
        FOLD(sum, vfmsq_laneq_f64(d, d, d, 1));
        FOLD(sum, vmaxnmq_f32(a, b));
        FOLD(sum, vabdq_f64(d, vsqrtq_f64(vabsq_f64(d))));
        FOLD(sum, vpaddq_f32(a, b));
        FOLD(sum, vcvtnq_s32_f32(vdivq_f32(a, b)));
        FOLD(sum, vcvtq_n_s32_f32(b, 3));
        FOLD(sum, vrndaq_f32(vmulq_n_f32(b, 0.37f)));
        FOLD(sum, vcgeq_f32(a, b));
        FOLD(sum, vcvtx_f32_f64(vmulq_f64(d, d)));
        FOLD(sum, vrecpeq_u32(vreinterpretq_u32_f32(a)));
        FOLD(sum, vcvt_f16_f32(vmulq_n_f32(a, 0x1p-20f)));
    }
    return sum;
}

void program(void)
{
    result("saturating", saturating());
    result("arithmetic", arithmetic());
    result("permutes", permutes());
    result("structures", structures());
    result("floats", floats());
}
