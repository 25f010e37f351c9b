/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file integer.c
 * Integer arithmetic of every width: multiply, divide, shift, 128 bits, bit fields, counting, sorting.
 */
#include "runtime.h"

enum { ROUNDS = 300, SORTED = 200 };

static uint64_t arithmetic(uint64_t sum, uint64_t a, uint64_t b)
{
    unsigned __int128 wide = (unsigned __int128)a * b;
    __int128 narrow = (__int128)(int64_t)a * (int64_t)b;

    sum = fold(sum, (uint64_t)wide ^ (uint64_t)(wide >> 64));
    sum = fold(sum, (uint64_t)(narrow >> 64));
    sum = fold(sum, (uint64_t)((wide + a) >> 1));
    sum = fold(sum, (uint64_t)(wide / (b | 1)));
    sum = fold(sum, a / (b | 1) + a % (b >> 32 | 1));
    sum = fold(sum, (uint64_t)((int64_t)a / (int32_t)(b | 1)));
    sum = fold(sum, (uint32_t)((int32_t)(a | 1) % (int16_t)(b | 3)));
    sum = fold(sum, (uint64_t)((int64_t)(int32_t)a * (int32_t)b + (int64_t)a));
    sum = fold(sum, (uint64_t)(uint32_t)a * (uint32_t)b - a);
    return fold(sum, a - (b << 7) + (a >> 3) + ((uint64_t)((int64_t)b >> 11) & ~a));
}

static uint64_t shifts(uint64_t sum, uint64_t a, unsigned by)
{
    uint32_t w = (uint32_t)a;

    sum = fold(sum, a << (by & 63) | a >> (-by & 63));
    sum = fold(sum, w << (by & 31) | w >> (-by & 31));
    sum = fold(sum, (uint64_t)((int64_t)a >> (by & 63)) ^ (uint32_t)((int32_t)w >> (by & 31)));
    sum = fold(sum, (a >> 13 & 0x3ff) << 5 | (w & 0xf0) | (uint64_t)(int8_t)a);
    sum = fold(sum, __builtin_bswap64(a) ^ __builtin_bswap32(w) ^ __builtin_bswap16((uint16_t)w));
    return fold(sum, (uint64_t)__builtin_clzll(a | 1) << 16 |
                         (uint64_t)__builtin_ctzll(a | 1ull << 63) << 8 |
                         (uint64_t)__builtin_clrsb((int)w));
}

static uint64_t compares(uint64_t sum, int64_t a, int64_t b)
{
    int64_t low = a < b ? a : b, high = a < b ? b : a, saturated;

    if (__builtin_add_overflow(a, b, &saturated))
        saturated = a < 0 ? INT64_MIN : INT64_MAX;
    sum = fold(sum, (uint64_t)low ^ (uint64_t)high << 1);
    sum = fold(sum, (uint64_t)saturated);
    sum = fold(sum, (uint64_t)((a > 0 && b > 0) | (a == b) << 1 | ((uint64_t)a > (uint64_t)b) << 2 |
                               ((int32_t)a >= (int32_t)b) << 3));
    return fold(sum, (uint64_t)(a < 0 ? -a : b < 0 ? ~b : a + 1));
}

struct packed {
    uint32_t a : 3, b : 11, c : 18;
    int64_t d : 37;
    uint64_t e : 27;
};

static uint64_t fields(uint64_t sum, struct packed *p, uint64_t v)
{
    p->a += v;
    p->b ^= v >> 5;
    p->c = (uint32_t)(v >> 20) + p->a;
    p->d += (int64_t)(v << 9) >> 9;
    p->e = v >> 30;
    return fold(fold(fold(sum, p->a | p->b << 3), p->c), (uint64_t)p->d ^ p->e);
}

static void sort(int32_t *v, int count)
{
    for (int gap = count / 2; gap > 0; gap /= 2)
        for (int i = gap; i < count; i++)
            for (int j = i - gap; j >= 0 && v[j] > v[j + gap]; j -= gap) {
                int32_t t = v[j];

                v[j] = v[j + gap];
                v[j + gap] = t;
            }
}

void program(void)
{
    static int32_t v[SORTED];
    struct packed p = { 0 };
    uint64_t sums[4] = { 0 };

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t a = random64(), b = random64() >> (i & 63);

        sums[0] = arithmetic(sums[0], a, b);
        sums[1] = shifts(sums[1], a, i);
        sums[2] = compares(sums[2], (int64_t)a, (int64_t)(b - (i & 1)));
        sums[3] = fields(sums[3], &p, a);
    }
    result("arithmetic", sums[0]);
    result("shifts", sums[1]);
    result("compares", sums[2]);
    result("fields", sums[3]);
    for (int i = 0; i < SORTED; i++)
        v[i] = (int32_t)random64();
    sort(v, SORTED);
    result("sort", fold_bytes(0, v, sizeof(v)));
}
