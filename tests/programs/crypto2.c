/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file crypto2.c
 * SHA-512, SHA-3, SM3 and SM4 by instruction (FEAT_SHA512, FEAT_SHA3, FEAT_SM3, FEAT_SM4), on random
 * operands.
 */
#include <arm_neon.h>

#include "runtime.h"

static uint64x2_t any(void)
{
    return vcombine_u64(vcreate_u64(random64()), vcreate_u64(random64()));
}

static uint64_t fold_vector(uint64_t sum, uint64x2_t v)
{
    return fold_bytes(sum, &v, sizeof(v));
}

static uint64_t sha512(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < 40; i++) {
        uint64x2_t a = any(), b = any(), c = any();

        sum = fold_vector(fold_vector(sum, vsha512hq_u64(a, b, c)), vsha512h2q_u64(a, b, c));
        sum = fold_vector(fold_vector(sum, vsha512su0q_u64(a, b)), vsha512su1q_u64(a, b, c));
    }
    return sum;
}

static uint64_t sha3(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < 40; i++) {
        uint64x2_t a = any(), b = any(), c = any();

        sum = fold_vector(fold_vector(sum, veor3q_u64(a, b, c)), vbcaxq_u64(a, b, c));
        sum = fold_vector(fold_vector(sum, vrax1q_u64(a, b)), vxarq_u64(a, c, 23));
    }
    return sum;
}

static uint64_t sm(void)
{
    uint32x4_t state = vreinterpretq_u32_u64(any());
    uint64_t sum = 0;

    for (unsigned i = 0; i < 40; i++) {
        uint32x4_t a = vreinterpretq_u32_u64(any()), b = vreinterpretq_u32_u64(any());

        state = vsm3ss1q_u32(state, a, b);
        state = vsm3tt1aq_u32(vsm3tt1bq_u32(state, a, b, 1), b, a, 3);
        state = vsm3tt2aq_u32(vsm3tt2bq_u32(state, a, b, 0), b, a, 2);
        state = vsm3partw1q_u32(state, a, b);
        state = vsm3partw2q_u32(state, b, a);
        state = vsm4eq_u32(state, a);
        state = vsm4ekeyq_u32(state, b);
        sum = fold_vector(sum, vreinterpretq_u64_u32(state));
    }
    return sum;
}

void program(void)
{
    result("sha512", sha512());
    result("sha3", sha3());
    result("sm3, sm4", sm());
}
