/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Advanced SIMD at EL1 under two stages of translation, as intrinsics and gcc -O2 make it: a FIR filter and
 * a scaled sum of singles, a 3 by 3 filter of bytes, a dot product that widens, hexadecimal text by table
 * lookups and permutes, AES-128 in counter mode, GHASH by PMULL, and SHA-256. Armv8.0 with the
 * Cryptographic Extension. Every result goes into the checksum.
 *
 * 172,733 instructions a pass (counted by bench/count; as gcc 12.2 -O2 compiles it).
 */
#include <arm_neon.h>

#include "guest.h"
#include "space.h"

BENCH_ITERATIONS(1600);

enum {
    SAMPLES = 2048,
    TAPS = 8,
    WIDTH = 256,
    HEIGHT = 48,
    BYTES = 8192,
    BLOCK = 16,
    AES_ROUNDS = 10,
    SHA_BLOCK = 64,
};

static float signal[SAMPLES + TAPS], filtered[SAMPLES];
static uint8_t image[HEIGHT][WIDTH], smooth[HEIGHT][WIDTH];
static int16_t left[SAMPLES], right[SAMPLES];
static uint8_t data[BYTES], text[2 * BYTES];

/** Fills with the upper halves of four linear congruential generators. */
static void fill(void *to, unsigned bytes, uint32_t seed)
{
    const uint32x4_t factor = vdupq_n_u32(1664525), more = vdupq_n_u32(1013904223);
    uint32x4_t a = vdupq_n_u32(seed), b;

    a = vsetq_lane_u32(~seed,
                       vmulq_u32(a, vcombine_u32(vcreate_u32(0x100000003), vcreate_u32(0x500000007))), 0);
    for (unsigned i = 0; i < bytes; i += BLOCK) {
        a = vmlaq_u32(more, a, factor);
        b = vmlaq_u32(more, a, factor);
        vst1q_u8((uint8_t *)to + i, vreinterpretq_u8_u32(vsriq_n_u32(a, b, 16)));
        a = b;
    }
}

static uint64_t fold(uint64_t sum, uint8x16_t v)
{
    sum = checksum_fold(sum, vgetq_lane_u64(vreinterpretq_u64_u8(v), 0));
    return checksum_fold(sum, vgetq_lane_u64(vreinterpretq_u64_u8(v), 1));
}

/** y[i] = sum of c[k] * x[i + k], four at a time, then x += a * y. */
static uint64_t kernel_fir(uint32_t seed)
{
    static const float taps[TAPS] = { 0.0625f, 0.125f, 0.25f, 0.5f, 0.25f, 0.125f, 0.0625f, -0.375f };
    float32x4_t total = vdupq_n_f32(0);

    fill(signal, sizeof(signal), seed + 8);
    for (int i = 0; i < SAMPLES + TAPS; i += 4) {
        const uint32x4_t noise = vreinterpretq_u32_f32(vld1q_f32(&signal[i]));

        vst1q_f32(&signal[i], vcvtq_n_f32_s32(vreinterpretq_s32_u32(noise), 31));
    }
    for (int i = 0; i < SAMPLES; i += 4) {
        float32x4_t sum = vmulq_n_f32(vld1q_f32(&signal[i]), taps[0]);

        for (int k = 1; k < TAPS; k++)
            sum = vfmaq_n_f32(sum, vld1q_f32(&signal[i + k]), taps[k]);
        vst1q_f32(&filtered[i], sum);
    }
    for (int i = 0; i < SAMPLES; i += 4) {
        float32x4_t x = vfmaq_n_f32(vld1q_f32(&signal[i]), vld1q_f32(&filtered[i]), 0.75f);

        x = vminq_f32(vmaxq_f32(x, vdupq_n_f32(-2.0f)), vdupq_n_f32(2.0f));
        vst1q_f32(&signal[i], x);
        total = vaddq_f32(total, x);
    }
    return fold(0, vreinterpretq_u8_f32(total));
}

/** Left, twice the middle, right, in 16 bits: two halves. */
static inline uint16x8x2_t weigh(const uint8_t *at)
{
    const uint8x16_t a = vld1q_u8(at - 1), b = vld1q_u8(at), c = vld1q_u8(at + 1);
    uint16x8_t low = vaddl_u8(vget_low_u8(a), vget_low_u8(c)), high = vaddl_high_u8(a, c);

    low = vaddq_u16(low, vshll_n_u8(vget_low_u8(b), 1));
    high = vaddq_u16(high, vshll_high_n_u8(b, 1));
    return (uint16x8x2_t){ { low, high } };
}

/** A binomial filter of 3 by 3 pixels, then what differs by much is marked. */
static uint64_t kernel_image(uint32_t seed)
{
    uint8x16_t marks = vdupq_n_u8(0);

    fill(image, sizeof(image), seed + 1);
    for (int y = 1; y < HEIGHT - 1; y++) {
        for (int x = 16; x < WIDTH - 16; x += 16) {
            const uint16x8x2_t up = weigh(&image[y - 1][x]), at = weigh(&image[y][x]),
                               down = weigh(&image[y + 1][x]);
            const uint16x8_t low = vaddq_u16(vaddq_u16(up.val[0], down.val[0]), vshlq_n_u16(at.val[0], 1));
            const uint16x8_t high = vaddq_u16(vaddq_u16(up.val[1], down.val[1]), vshlq_n_u16(at.val[1], 1));
            const uint8x16_t pixel = vrshrn_high_n_u16(vrshrn_n_u16(low, 4), high, 4);

            vst1q_u8(&smooth[y][x], pixel);
            marks = vsubq_u8(marks, vcgtq_u8(vabdq_u8(pixel, vld1q_u8(&image[y][x])), vdupq_n_u8(48)));
        }
    }
    return fold(vaddlvq_u8(marks), vld1q_u8(&smooth[HEIGHT / 2][WIDTH / 2]));
}

/** The dot product of 16-bit numbers in 32 and 64 bits; the largest; saturating sums. */
static uint64_t kernel_dot(uint32_t seed)
{
    int32x4_t even = vdupq_n_s32(0), odd = even;
    int64x2_t wide = vdupq_n_s64(0);
    int16x8_t most = vdupq_n_s16(INT16_MIN), clipped = vdupq_n_s16(0);

    fill(left, sizeof(left), seed + 2);
    fill(right, sizeof(right), seed + 3);
    for (int i = 0; i < SAMPLES; i += 8) {
        const int16x8_t a = vld1q_s16(&left[i]), b = vshrq_n_s16(vld1q_s16(&right[i]), 6);

        even = vmlal_s16(even, vget_low_s16(a), vget_low_s16(b));
        odd = vmlal_high_s16(odd, a, b);
        most = vmaxq_s16(most, vqrdmulhq_s16(a, b));
        clipped = vqaddq_s16(clipped, b);
        if (i % 64 == 56) {
            wide = vpadalq_s32(vpadalq_s32(wide, even), odd);
            even = odd = vdupq_n_s32(0);
        }
    }
    return fold((uint64_t)vaddvq_s64(wide), vreinterpretq_u8_s16(veorq_s16(most, clipped)));
}

/** Bytes to hexadecimal text and back. */
static uint64_t kernel_text(uint32_t seed)
{
    static const uint8_t digits[BLOCK] = "0123456789abcdef";
    const uint8x16_t table = vld1q_u8(digits), nibble = vdupq_n_u8(15);
    uint8x16_t wrong = vdupq_n_u8(0), sum = wrong;

    fill(data, sizeof(data), seed + 4);
    for (int i = 0; i < BYTES; i += BLOCK) {
        const uint8x16_t v = vld1q_u8(&data[i]);
        const uint8x16_t high = vqtbl1q_u8(table, vshrq_n_u8(v, 4)),
                         low = vqtbl1q_u8(table, vandq_u8(v, nibble));

        vst1q_u8(&text[2 * i], vzip1q_u8(high, low));
        vst1q_u8(&text[2 * i + BLOCK], vzip2q_u8(high, low));
    }
    for (int i = 0; i < BYTES; i += BLOCK) {
        const uint8x16x2_t v = vld2q_u8(&text[2 * i]);
        const uint8x16_t letter0 = vcgtq_u8(v.val[0], vdupq_n_u8('9')),
                         letter1 = vcgtq_u8(v.val[1], vdupq_n_u8('9'));
        const uint8x16_t high =
            vsubq_u8(v.val[0], vbslq_u8(letter0, vdupq_n_u8('a' - 10), vdupq_n_u8('0')));
        const uint8x16_t low = vsubq_u8(v.val[1], vbslq_u8(letter1, vdupq_n_u8('a' - 10), vdupq_n_u8('0')));
        const uint8x16_t back = vsliq_n_u8(low, high, 4);

        wrong = vorrq_u8(wrong, veorq_u8(back, vld1q_u8(&data[i])));
        sum = vextq_u8(veorq_u8(sum, vrev64q_u8(vld1q_u8(&text[2 * i]))), sum, 3);
    }
    return fold(vmaxvq_u8(wrong), sum);
}

/** AES-128 of counters, the rounds with their keys in registers; the keys are any 11. */
static uint64_t kernel_aes(uint32_t seed)
{
    uint8x16_t keys[AES_ROUNDS + 1], sum = vdupq_n_u8(0);
    uint32x4_t counter = vdupq_n_u32(seed);
    const uint32x4_t one = vsetq_lane_u32(1, vdupq_n_u32(0), 3);

    fill(keys, sizeof(keys), seed + 5);
    for (int i = 0; i < BYTES; i += BLOCK) {
        uint8x16_t v = vreinterpretq_u8_u32(counter);

        for (int round = 0; round < AES_ROUNDS - 1; round++)
            v = vaesmcq_u8(vaeseq_u8(v, keys[round]));
        v = veorq_u8(vaeseq_u8(v, keys[AES_ROUNDS - 1]), keys[AES_ROUNDS]);
        v = veorq_u8(v, vld1q_u8(&data[i]));
        vst1q_u8(&text[i], v);
        sum = veorq_u8(sum, v);
        counter = vaddq_u32(counter, one);
    }
    return fold(0, sum);
}

/** Half of a product without carries, and the other; like GHASH, less its reduction's bit order. */
static uint64_t kernel_ghash(uint32_t seed)
{
    const poly64_t poly = 0x87;
    uint64x2_t sum = vdupq_n_u64(0);
    poly64x2_t key;

    fill(&key, sizeof(key), seed + 6);
    for (int i = 0; i < BYTES; i += BLOCK) {
        const poly64x2_t v =
            vreinterpretq_p64_u64(veorq_u64(sum, vreinterpretq_u64_u8(vld1q_u8(&text[i]))));
        const uint64x2_t low =
            vreinterpretq_u64_p128(vmull_p64(vgetq_lane_p64(v, 0), vgetq_lane_p64(key, 0)));
        const uint64x2_t high = vreinterpretq_u64_p128(vmull_high_p64(v, key));
        const poly64_t top = (poly64_t)vgetq_lane_u64(high, 1);

        sum = veorq_u64(veorq_u64(low, vextq_u64(high, high, 1)),
                        vreinterpretq_u64_p128(vmull_p64(top, poly)));
    }
    return fold(0, vreinterpretq_u8_u64(sum));
}

/** SHA-256's rounds over the data; any constants do as well as the standard's. */
static uint64_t kernel_sha(uint32_t seed)
{
    uint32_t constants[SHA_BLOCK];
    uint32x4_t abcd = vdupq_n_u32(0x6a09e667), efgh = vdupq_n_u32(0x510e527f);

    fill(constants, sizeof(constants), seed + 7);
    for (int i = 0; i < BYTES; i += SHA_BLOCK) {
        const uint32x4_t abcd_before = abcd, efgh_before = efgh;
        uint32x4_t w[4];

        for (int k = 0; k < 4; k++)
            w[k] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(&data[i + 16 * k])));
        for (int k = 0; k < SHA_BLOCK; k += 4) {
            const uint32x4_t wk = vaddq_u32(w[0], vld1q_u32(&constants[k])), abcd_now = abcd;
            const uint32x4_t next = vsha256su1q_u32(vsha256su0q_u32(w[0], w[1]), w[2], w[3]);

            abcd = vsha256hq_u32(abcd, efgh, wk);
            efgh = vsha256h2q_u32(efgh, abcd_now, wk);
            w[0] = w[1];
            w[1] = w[2];
            w[2] = w[3];
            w[3] = next;
        }
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    return fold(0, vreinterpretq_u8_u32(veorq_u32(abcd, efgh)));
}

/** EL1. A pass's data depends on the passes before; the instructions that it executes do not. */
static _Noreturn void simd_el1(uint64_t passes)
{
    register uint64_t x0 __asm__("x0");
    uint64_t sum = 0;

    for (uint64_t pass = 0; pass < passes; pass++) {
        const uint32_t seed = (uint32_t)sum;

        sum = checksum_fold(sum, kernel_fir(seed));
        sum = checksum_fold(sum, kernel_image(seed));
        sum = checksum_fold(sum, kernel_dot(seed));
        sum = checksum_fold(sum, kernel_text(seed));
        sum = checksum_fold(sum, kernel_aes(seed));
        sum = checksum_fold(sum, kernel_ghash(seed));
        sum = checksum_fold(sum, kernel_sha(seed));
    }
    x0 = sum;
    __asm__ volatile("hvc %1" : : "r"(x0), "i"(HVC_DONE) : "memory");
    __builtin_unreachable();
}

void bench_main(void)
{
    static struct el1_space space;
    uint64_t sum;

    WRITE_SYSREG(CPTR_EL2, CPTR_EL2_RES1); /* C may use q registers from here on. */
    ISB();
    space_init(&space);
    space_install(&space, 0);
    sum = guest_enter((uint64_t)simd_el1, el1_stack_top, bench_iterations, 0);
    bench_report("simd", bench_iterations, "172733", sum);
}
