/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file test_crypto.c
 * The cryptographic instructions put together as programs do, against published vectors: FIPS 197 C.1,
 * FIPS 180-4's "abc" (NIST CSRC examples), GB/T 32905-2016 A.1 and GB/T 32907-2016 A.1, and the carry-less
 * products of Intel's white paper 323640-001, figure 5.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "a64/crypto.h"

#define ADD(x, y)                                                                                          \
    (union vreg)                                                                                           \
    {                                                                                                      \
        .s = {(x).s[0] + (y).s[0], (x).s[1] + (y).s[1], (x).s[2] + (y).s[2], (x).s[3] + (y).s[3] }         \
    }
#define XOR(x, y)                                                                                          \
    (union vreg)                                                                                           \
    {                                                                                                      \
        .d = {(x).d[0] ^ (y).d[0], (x).d[1] ^ (y).d[1] }                                                   \
    }

/* FIPS 180-4, 4.2.3: fractions of cube roots of primes. The upper halves of the first 64 are SHA-256's. */
static const uint64_t k512[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/* "abc", padded, in words of 32 or 64 bits. */
static const union vreg abc32[4] = {
    { .s = { 0x61626380 } }, { .s = { 0 } }, { .s = { 0 } }, { .s = { 0, 0, 0, 24 } }
};
static const union vreg abc64[8] = { { .d = { 0x6162638000000000, 0 } }, [7] = { .d = { 0, 24 } } };

static void expect_words(const char *what, union vreg got, uint32_t w0, uint32_t w1, uint32_t w2,
                         uint32_t w3)
{
    const union vreg wanted = { .s = { w0, w1, w2, w3 } };

    for (unsigned i = 0; i < 4; i++)
        cr_expect_eq(got.s[i], wanted.s[i], "%s word %u: 0x%08x, not 0x%08x", what, i, got.s[i],
                     wanted.s[i]);
}

/* Words 0..3 of the two registers x:y from word n on: EXT. */
static union vreg from_word(union vreg x, union vreg y, unsigned n)
{
    union vreg r;

    for (unsigned i = 0; i < 4; i++)
        r.s[i] = i + n < 4 ? x.s[i + n] : y.s[i + n - 4];
    return r;
}

/* FIPS 197, 5.2 for 128-bit keys, with AESE as the S-box. */
static void expand_key(union vreg keys[11])
{
    uint8_t rcon = 1;

    for (unsigned r = 0; r < 10; r++) {
        const union vreg zero = { .d = { 0, 0 } };
        union vreg t = { .s = { keys[r].s[3], keys[r].s[3], keys[r].s[3], keys[r].s[3] } };
        uint32_t w;

        crypto_aese(&t, &zero); /* All columns equal: no row moves anything. */
        w = (t.s[0] >> 8 | t.s[0] << 24) ^ rcon;
        rcon = (uint8_t)(rcon << 1 ^ (rcon & 0x80 ? 0x1b : 0));
        for (unsigned i = 0; i < 4; i++)
            keys[r + 1].s[i] = w ^= keys[r].s[i];
    }
}

Test(crypto, aes_128)
{
    static const uint8_t wanted[16] = { 0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
                                        0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a };
    union vreg keys[11], plain, s, k;

    for (unsigned i = 0; i < 16; i++) {
        keys[0].b[i] = (uint8_t)i;
        plain.b[i] = (uint8_t)(i * 0x11);
    }
    expand_key(keys);
    s = plain;
    for (unsigned r = 0; r < 10; r++) {
        crypto_aese(&s, &keys[r]);
        if (r < 9)
            crypto_aesmc(&s, &s);
    }
    s = XOR(s, keys[10]);
    cr_assert_arr_eq(s.b, wanted, 16);

    crypto_aesd(&s, &keys[10]);
    for (unsigned r = 9; r > 0; r--) {
        crypto_aesimc(&s, &s);
        crypto_aesimc(&k, &keys[r]);
        crypto_aesd(&s, &k);
    }
    s = XOR(s, keys[0]);
    cr_assert_arr_eq(s.b, plain.b, 16);
}

Test(crypto, carry_less_products)
{
    union vreg d;

    crypto_pmull(&d, 0x63746f725d53475d, 0x5b477565726f6e5d);
    cr_expect_eq(d.d[1], 0x1d4d84c85c3440c0);
    cr_expect_eq(d.d[0], 0x929633d5d36f0451);
    crypto_pmull(&d, 0x63746f725d53475d, 0x4869285368617929);
    cr_expect_eq(d.d[1], 0x1bd17c8d556ab5a1);
    cr_expect_eq(d.d[0], 0x7fa540ac2a281315);
}

Test(crypto, sha1_of_abc)
{
    static const uint32_t k[4] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
    static void (*const rounds[4])(union vreg *, const union vreg *,
                                   const union vreg *) = { crypto_sha1c, crypto_sha1p, crypto_sha1m,
                                                           crypto_sha1p };
    const union vreg first = { .s = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 } };
    union vreg w[4], state = first, e = { .s = { 0xc3d2e1f0 } }, next_e;

    memcpy(w, abc32, sizeof(w));
    for (unsigned g = 0; g < 20; g++) {
        union vreg wk = ADD(w[0], ((union vreg){ .s = { k[g / 5], k[g / 5], k[g / 5], k[g / 5] } })),
                   n = w[0];

        crypto_sha1h(&next_e, &state);
        rounds[g / 5](&state, &e, &wk);
        e = next_e;
        crypto_sha1su0(&n, &w[1], &w[2]);
        crypto_sha1su1(&n, &w[3]);
        memmove(w, w + 1, 3 * sizeof(w[0]));
        w[3] = n;
    }
    expect_words("a..d", ADD(state, first), 0xa9993e36, 0x4706816a, 0xba3e2571, 0x7850c26c);
    cr_expect_eq(e.s[0] + 0xc3d2e1f0, 0x9cd0d89d);
}

Test(crypto, sha256_of_abc)
{
    const union vreg abcd0 = { .s = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a } };
    const union vreg efgh0 = { .s = { 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
    union vreg w[4], abcd = abcd0, efgh = efgh0;

    memcpy(w, abc32, sizeof(w));
    for (unsigned g = 0; g < 16; g++) {
        union vreg before = abcd, n = w[0], wk = w[0];

        for (unsigned i = 0; i < 4; i++)
            wk.s[i] += (uint32_t)(k512[4 * g + i] >> 32);
        crypto_sha256h(&abcd, &efgh, &wk);
        crypto_sha256h2(&efgh, &before, &wk);
        crypto_sha256su0(&n, &w[1]);
        crypto_sha256su1(&n, &w[2], &w[3]);
        memmove(w, w + 1, 3 * sizeof(w[0]));
        w[3] = n;
    }
    expect_words("a..d", ADD(abcd, abcd0), 0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223);
    expect_words("e..h", ADD(efgh, efgh0), 0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad);
}

/* Two rounds: ab, cd, ef, gh with the first letter in the lower half. */
static void sha512_two(union vreg v[4], union vreg w, const uint64_t *k)
{
    union vreg sum = { .d = { v[3].d[0] + w.d[1] + k[1], v[3].d[1] + w.d[0] + k[0] } };
    const union vreg fg = { .d = { v[2].d[1], v[3].d[0] } }, de = { .d = { v[1].d[1], v[2].d[0] } };
    union vreg ef;

    crypto_sha512h(&sum, &fg, &de);
    ef = (union vreg){ .d = { v[1].d[0] + sum.d[0], v[1].d[1] + sum.d[1] } };
    crypto_sha512h2(&sum, &v[1], &v[0]);
    v[3] = v[2];
    v[2] = ef;
    v[1] = v[0];
    v[0] = sum;
}

Test(crypto, sha512_of_abc)
{
    static const uint64_t first[8] = { 0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                       0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                       0x1f83d9abfb41bd6b, 0x5be0cd19137e2179 };
    static const uint64_t wanted[8] = { 0xddaf35a193617aba, 0xcc417349ae204131, 0x12e6fa4e89a97ea2,
                                        0x0a9eeee64b55d39a, 0x2192992a274fc1a8, 0x36ba3c23a3feebbd,
                                        0x454d4423643ce80e, 0x2a9ac94fa54ca49f };
    union vreg w[8], v[4];

    memcpy(w, abc64, sizeof(w));
    memcpy(v, first, sizeof(v));
    for (unsigned g = 0; g < 40; g++) {
        const union vreg nine = { .d = { w[4].d[1], w[5].d[0] } };
        union vreg n = w[0];

        sha512_two(v, w[0], &k512[2 * g]);
        crypto_sha512su0(&n, &w[1]);
        crypto_sha512su1(&n, &w[7], &nine);
        memmove(w, w + 1, 7 * sizeof(w[0]));
        w[7] = n;
    }
    for (unsigned i = 0; i < 8; i++)
        cr_expect_eq(v[i / 2].d[i & 1] + first[i], wanted[i], "word %u", i);
}

/* A round; state is { d, c, b, a } and { h, g, f, e }. `w` starts at W[j]. */
static void sm3_round(union vreg *abcd, union vreg *efgh, const union vreg w[4], unsigned j)
{
    const uint32_t t = j < 16 ? 0x79cc4519 : 0x7a879d8a;
    const union vreg constant = { .s = { 0, 0, 0, j % 32 ? crypto_rol32(t, j % 32) : t } };
    const union vreg changed = XOR(w[0], w[1]);
    union vreg ss1;

    crypto_sm3ss1(&ss1, abcd, efgh, &constant);
    if (j < 16) {
        crypto_sm3tt1a(abcd, &ss1, &changed, j & 3);
        crypto_sm3tt2a(efgh, &ss1, &w[0], j & 3);
    } else {
        crypto_sm3tt1b(abcd, &ss1, &changed, j & 3);
        crypto_sm3tt2b(efgh, &ss1, &w[0], j & 3);
    }
}

Test(crypto, sm3_of_abc)
{
    const union vreg abcd0 = { .s = { 0xda8a0600, 0x172442d7, 0x4914b2b9, 0x7380166f } };
    const union vreg efgh0 = { .s = { 0xb0fb0e4e, 0xe38dee4d, 0x163138aa, 0xa96f30bc } };
    union vreg w[4], abcd = abcd0, efgh = efgh0;

    memcpy(w, abc32, sizeof(w));
    for (unsigned g = 0; g < 16; g++) {
        const union vreg seven = from_word(w[1], w[2], 3), three = from_word(w[0], w[1], 3),
                         ten = from_word(w[2], w[3], 2);
        union vreg n = w[0];

        for (unsigned i = 0; i < 4; i++)
            sm3_round(&abcd, &efgh, w, 4 * g + i);
        crypto_sm3partw1(&n, &seven, &w[3]);
        crypto_sm3partw2(&n, &ten, &three);
        memmove(w, w + 1, 3 * sizeof(w[0]));
        w[3] = n;
    }
    expect_words("d..a", XOR(abcd, abcd0), 0xdc10e4e2, 0xd1f2d46b, 0x62eeedd9, 0x66c7f0f4);
    expect_words("h..e", XOR(efgh, efgh0), 0x8f4ba8e0, 0x297da02b, 0x5cf2f7a2, 0x4167c487);
}

/* GB/T 32907: the system parameter FK, and CK, whose byte j of word i is 7 (4 i + j). */
Test(crypto, sm4)
{
    const union vreg text = { .s = { 0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210 } };
    const union vreg fk = { .s = { 0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc } };
    union vreg key = XOR(text, fk), state = text;

    for (unsigned g = 0; g < 8; g++) {
        union vreg ck = { .d = { 0, 0 } };

        for (unsigned i = 0; i < 16; i++)
            ck.s[i / 4] = ck.s[i / 4] << 8 | (uint8_t)(7 * (16 * g + i));
        crypto_sm4ekey(&key, &key, &ck);
        crypto_sm4e(&state, &key);
    }
    expect_words("text, reversed", state, 0x536e4246, 0x86b3e94f, 0xd206965e, 0x681edf34);
}
