/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file crypto_hash.c
 * Hash functions' rounds and message schedules (DDI 0487, C7.2 SHA1C..., SHA256H..., SHA512H..., SM3...;
 * pseudocode SHA256hash, SHAchoose, SHAmajority, SHAparity), which are FIPS 180-4's and GB/T 32905's, four
 * rounds (SHA-512: two, SM3: one) an instruction.
 */
#include "a64/crypto.h"

#define ROL crypto_rol32
#define ROR32(x, by) crypto_rol32((x), 32 - (by))
#define ROR64 crypto_ror64

/* FIPS 180-4, 4.1. */
#define CHOOSE(x, y, z) (((x) & ((y) ^ (z))) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))

/* d = { a, b, c, d }, n = { e }, m = four words with their constants added. */
#define SHA1_ROUNDS(name, function)                                                                        \
    void crypto_##name(union vreg *d, const union vreg *n, const union vreg *m)                            \
    {                                                                                                      \
        const union vreg w = *m;                                                                           \
        uint32_t e = n->s[0];                                                                              \
                                                                                                           \
        for (unsigned i = 0; i < 4; i++) {                                                                 \
            uint32_t f = function(d->s[1], d->s[2], d->s[3]), a = ROL(d->s[0], 5) + f + e + w.s[i];        \
                                                                                                           \
            e = d->s[3];                                                                                   \
            *d = (union vreg){ .s = { a, d->s[0], ROL(d->s[1], 30), d->s[2] } };                           \
        }                                                                                                  \
    }
SHA1_ROUNDS(sha1c, CHOOSE)
SHA1_ROUNDS(sha1p, PARITY)
SHA1_ROUNDS(sha1m, MAJORITY)

void crypto_sha1h(union vreg *d, const union vreg *n)
{
    *d = (union vreg){ .s = { ROL(n->s[0], 30) } };
}

void crypto_sha1su0(union vreg *d, const union vreg *n, const union vreg *m)
{
    *d = (union vreg){ .d = { d->d[1] ^ d->d[0] ^ m->d[0], n->d[0] ^ d->d[1] ^ m->d[1] } };
}

void crypto_sha1su1(union vreg *d, const union vreg *n)
{
    uint32_t first = d->s[0] ^ n->s[1];

    *d = (union vreg){ .s = { ROL(first, 1), ROL(d->s[1] ^ n->s[2], 1), ROL(d->s[2] ^ n->s[3], 1),
                              ROL(d->s[3], 1) ^ ROL(first, 2) } };
}

/* SHA256hash: four rounds on { a, b, c, d } in x and { e, f, g, h } in y. */
static void sha256_rounds(union vreg *x, union vreg *y, const union vreg *w)
{
    for (unsigned i = 0; i < 4; i++) {
        uint32_t e = y->s[0], a = x->s[0];
        uint32_t s1 = ROR32(e, 6) ^ ROR32(e, 11) ^ ROR32(e, 25);
        uint32_t s0 = ROR32(a, 2) ^ ROR32(a, 13) ^ ROR32(a, 22);
        uint32_t t1 = y->s[3] + s1 + CHOOSE(e, y->s[1], y->s[2]) + w->s[i];
        uint32_t t2 = s0 + MAJORITY(a, x->s[1], x->s[2]);

        *y = (union vreg){ .s = { x->s[3] + t1, e, y->s[1], y->s[2] } };
        *x = (union vreg){ .s = { t1 + t2, a, x->s[1], x->s[2] } };
    }
}

void crypto_sha256h(union vreg *d, const union vreg *n, const union vreg *m)
{
    const union vreg w = *m;
    union vreg y = *n;

    sha256_rounds(d, &y, &w);
}

void crypto_sha256h2(union vreg *d, const union vreg *n, const union vreg *m)
{
    const union vreg w = *m;
    union vreg x = *n;

    sha256_rounds(&x, d, &w);
}

void crypto_sha256su0(union vreg *d, const union vreg *n)
{
    const uint32_t t[4] = { d->s[1], d->s[2], d->s[3], n->s[0] };

    for (unsigned i = 0; i < 4; i++)
        d->s[i] += ROR32(t[i], 7) ^ ROR32(t[i], 18) ^ t[i] >> 3;
}

void crypto_sha256su1(union vreg *d, const union vreg *n, const union vreg *m)
{
    const uint32_t add[4] = { n->s[1], n->s[2], n->s[3], m->s[0] };
    const uint32_t last[2] = { m->s[2], m->s[3] };

    for (unsigned i = 0; i < 4; i++) {
        uint32_t t = i < 2 ? last[i] : d->s[i - 2];

        d->s[i] += add[i] + (ROR32(t, 17) ^ ROR32(t, 19) ^ t >> 10);
    }
}

static uint64_t sha512_sum1(uint64_t x)
{
    return ROR64(x, 14) ^ ROR64(x, 18) ^ ROR64(x, 41);
}

static uint64_t sha512_sum0(uint64_t x)
{
    return ROR64(x, 28) ^ ROR64(x, 34) ^ ROR64(x, 39);
}

void crypto_sha512h(union vreg *d, const union vreg *n, const union vreg *m)
{
    uint64_t e = m->d[1], high, low;

    high = d->d[1] + sha512_sum1(e) + CHOOSE(e, n->d[0], n->d[1]);
    e = high + m->d[0];
    low = d->d[0] + sha512_sum1(e) + CHOOSE(e, m->d[1], n->d[0]);
    *d = (union vreg){ .d = { low, high } };
}

void crypto_sha512h2(union vreg *d, const union vreg *n, const union vreg *m)
{
    uint64_t high = d->d[1] + sha512_sum0(m->d[0]) + MAJORITY(n->d[0], m->d[1], m->d[0]);
    uint64_t low = d->d[0] + sha512_sum0(high) + MAJORITY(high, m->d[0], m->d[1]);

    *d = (union vreg){ .d = { low, high } };
}

static uint64_t sha512_sigma0(uint64_t x)
{
    return ROR64(x, 1) ^ ROR64(x, 8) ^ x >> 7;
}

static uint64_t sha512_sigma1(uint64_t x)
{
    return ROR64(x, 19) ^ ROR64(x, 61) ^ x >> 6;
}

void crypto_sha512su0(union vreg *d, const union vreg *n)
{
    *d = (union vreg){ .d = { d->d[0] + sha512_sigma0(d->d[1]), d->d[1] + sha512_sigma0(n->d[0]) } };
}

void crypto_sha512su1(union vreg *d, const union vreg *n, const union vreg *m)
{
    *d = (union vreg){ .d = { d->d[0] + sha512_sigma1(n->d[0]) + m->d[0],
                              d->d[1] + sha512_sigma1(n->d[1]) + m->d[1] } };
}

void crypto_sm3ss1(union vreg *d, const union vreg *n, const union vreg *m, const union vreg *a)
{
    *d = (union vreg){ .s = { 0, 0, 0, ROL(ROL(n->s[3], 12) + m->s[3] + a->s[3], 7) } };
}

/* d = { d, c, b, a }; n's top word is SS1; word i of m is W'. */
#define SM3_TT1(name, function)                                                                            \
    void crypto_##name(union vreg *d, const union vreg *n, const union vreg *m, unsigned i)                \
    {                                                                                                      \
        uint32_t ss2 = n->s[3] ^ ROL(d->s[3], 12);                                                         \
        uint32_t tt1 = function(d->s[1], d->s[2], d->s[3]) + d->s[0] + ss2 + m->s[i];                      \
                                                                                                           \
        *d = (union vreg){ .s = { d->s[1], ROL(d->s[2], 9), d->s[3], tt1 } };                              \
    }
SM3_TT1(sm3tt1a, PARITY)
SM3_TT1(sm3tt1b, MAJORITY)

/* d = { h, g, f, e }; n's top word is SS1; word i of m is W. */
#define SM3_TT2(name, function)                                                                            \
    void crypto_##name(union vreg *d, const union vreg *n, const union vreg *m, unsigned i)                \
    {                                                                                                      \
        uint32_t tt2 = function(d->s[3], d->s[2], d->s[1]) + d->s[0] + n->s[3] + m->s[i];                  \
                                                                                                           \
        *d =                                                                                               \
            (union vreg){ .s = { d->s[1], ROL(d->s[2], 19), d->s[3], tt2 ^ ROL(tt2, 9) ^ ROL(tt2, 17) } }; \
    }
SM3_TT2(sm3tt2a, PARITY)
SM3_TT2(sm3tt2b, CHOOSE)

/* P1 of GB/T 32905, 4.4. */
static uint32_t sm3_p1(uint32_t x)
{
    return x ^ ROL(x, 15) ^ ROL(x, 23);
}

void crypto_sm3partw1(union vreg *d, const union vreg *n, const union vreg *m)
{
    uint32_t next[3] = { m->s[1], m->s[2], m->s[3] };

    for (unsigned i = 0; i < 4; i++)
        d->s[i] = sm3_p1(d->s[i] ^ n->s[i] ^ ROL(i < 3 ? next[i] : d->s[0], 15));
}

void crypto_sm3partw2(union vreg *d, const union vreg *n, const union vreg *m)
{
    uint32_t first = n->s[0] ^ ROL(m->s[0], 7);

    for (unsigned i = 4; i-- > 0;)
        d->s[i] ^= n->s[i] ^ ROL(m->s[i], 7) ^ (i == 3 ? sm3_p1(ROL(first, 15)) : 0);
}
