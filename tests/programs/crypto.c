/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file crypto.c
 * AES, SHA-1, SHA-256 and polynomial multiplies by instruction; the first three against the examples of
 * FIPS 197 and FIPS 180.
 */
#include <arm_neon.h>

#include "runtime.h"

static const uint8_t message_abc[64] = { 'a', 'b', 'c', 0x80, [63] = 24 };

static void verdict(const char *what, const void *got, const void *wanted, size_t len)
{
    print("%s %s\n", what, memcmp(got, wanted, len) ? "WRONG" : "right");
}

/* SubWord of one word: AESE's ShiftRows does nothing when all columns are alike, and a key of zero. */
static uint32_t sub_word(uint32_t w)
{
    uint8x16_t v = vreinterpretq_u8_u32(vdupq_n_u32(w));

    return vgetq_lane_u32(vreinterpretq_u32_u8(vaeseq_u8(v, vdupq_n_u8(0))), 0);
}

static void expand(uint32_t *w)
{
    uint32_t rcon = 1;

    for (int i = 4; i < 44; i++) {
        uint32_t t = w[i - 1];

        if (i % 4 == 0) {
            t = sub_word(t >> 8 | t << 24) ^ rcon;
            rcon = rcon << 1 ^ (rcon & 0x80 ? 0x11b : 0);
        }
        w[i] = w[i - 4] ^ t;
    }
}

/* FIPS 197, appendix C.1. */
static void aes(void)
{
    static const uint8_t wanted[16] = { 0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
                                        0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a };
    uint8_t plain[16], w[176];
    uint8x16_t state, back;

    for (unsigned i = 0; i < 16; i++) {
        plain[i] = (uint8_t)(i * 0x11);
        w[i] = (uint8_t)i;
    }
    expand((uint32_t *)(void *)w);
    state = vld1q_u8(plain);
    for (int i = 0; i < 9; i++)
        state = vaesmcq_u8(vaeseq_u8(state, vld1q_u8(w + 16 * i)));
    state = veorq_u8(vaeseq_u8(state, vld1q_u8(w + 144)), vld1q_u8(w + 160));
    verdict("aes encrypts", &state, wanted, 16);
    back = vaesimcq_u8(vaesdq_u8(state, vld1q_u8(w + 160)));
    for (int i = 8; i > 0; i--)
        back = vaesimcq_u8(vaesdq_u8(back, vaesimcq_u8(vld1q_u8(w + 16 * (i + 1)))));
    back = veorq_u8(vaesdq_u8(back, vaesimcq_u8(vld1q_u8(w + 16))), vld1q_u8(w));
    verdict("aes decrypts", &back, plain, 16);
}

static uint32x4_t big_endian(const uint8_t *from)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(from)));
}

/* FIPS 180-4, 5.1, of one block. */
static void sha1(void)
{
    static const uint32_t start[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
    static const uint32_t wanted[5] = { 0xa9993e36, 0x4706816a, 0xba3e2571, 0x7850c26c, 0x9cd0d89d };
    static const uint32_t k[4] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
    uint32x4_t m[20], abcd = vld1q_u32(start);
    uint32_t e = 0xc3d2e1f0, got[5];

    for (int i = 0; i < 4; i++)
        m[i] = big_endian(message_abc + 16 * i);
    for (int i = 4; i < 20; i++)
        m[i] = vsha1su1q_u32(vsha1su0q_u32(m[i - 4], m[i - 3], m[i - 2]), m[i - 1]);
    for (int i = 0; i < 20; i++) {
        uint32_t next = vsha1h_u32(vgetq_lane_u32(abcd, 0));
        uint32x4_t wk = vaddq_u32(m[i], vdupq_n_u32(k[i / 5]));

        if (i < 5)
            abcd = vsha1cq_u32(abcd, e, wk);
        else if (i / 5 == 2)
            abcd = vsha1mq_u32(abcd, e, wk);
        else
            abcd = vsha1pq_u32(abcd, e, wk);
        e = next;
    }
    vst1q_u32(got, vaddq_u32(abcd, vld1q_u32(start)));
    got[4] = e + 0xc3d2e1f0;
    verdict("sha1", got, wanted, sizeof(wanted));
}

static const uint32_t sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static void sha256(void)
{
    static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    static const uint32_t wanted[8] = { 0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                                        0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad };
    uint32x4_t m[16], abcd = vld1q_u32(start), efgh = vld1q_u32(start + 4);
    uint32_t got[8];

    for (int i = 0; i < 4; i++)
        m[i] = big_endian(message_abc + 16 * i);
    for (int i = 4; i < 16; i++)
        m[i] = vsha256su1q_u32(vsha256su0q_u32(m[i - 4], m[i - 3]), m[i - 2], m[i - 1]);
    for (int i = 0; i < 16; i++) {
        uint32x4_t wk = vaddq_u32(m[i], vld1q_u32(sha256_k + 4 * i)), old = abcd;

        abcd = vsha256hq_u32(abcd, efgh, wk);
        efgh = vsha256h2q_u32(efgh, old, wk);
    }
    vst1q_u32(got, vaddq_u32(abcd, vld1q_u32(start)));
    vst1q_u32(got + 4, vaddq_u32(efgh, vld1q_u32(start + 4)));
    verdict("sha256", got, wanted, sizeof(wanted));
}

static void pmull(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < 30; i++) {
        uint64_t a = random64(), b = random64(), low = 0, high = 0;
        poly128_t p = vmull_p64(a, b);

        for (unsigned k = 0; k < 64; k++)
            if (b >> k & 1) {
                low ^= a << k;
                high ^= k ? a >> (64 - k) : 0;
            }
        sum = fold(sum, ((uint64_t)p ^ low) | ((uint64_t)(p >> 64) ^ high));
    }
    result("pmull", sum);
}

void program(void)
{
    aes();
    sha1();
    sha256();
    pmull();
}
