/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file atomics.c
 * C11 atomics of every width and order, as exclusives or as the instructions of FEAT_LSE.
 */
#include <stdatomic.h>
#include <stdbool.h>

#include "runtime.h"

#define WIDTH(T)                                                                                           \
    static __attribute__((noinline)) uint64_t all_##T(void)                                                \
    {                                                                                                      \
        static _Atomic T v;                                                                                \
        uint64_t sum = 0;                                                                                  \
        for (unsigned i = 0; i < 40; i++) {                                                                \
            T x = (T)random64(), expected;                                                                 \
            sum = fold(sum, (uint64_t)atomic_fetch_add(&v, x));                                            \
            sum = fold(sum, (uint64_t)atomic_fetch_sub_explicit(&v, x / 3, memory_order_relaxed));         \
            sum = fold(sum, (uint64_t)atomic_fetch_or_explicit(&v, x, memory_order_acquire));              \
            sum = fold(sum, (uint64_t)atomic_fetch_and_explicit(&v, (T) ~(x >> 1), memory_order_release)); \
            sum = fold(sum, (uint64_t)atomic_fetch_xor_explicit(&v, x, memory_order_acq_rel));             \
            expected = (T)(i & 1 ? x : atomic_load_explicit(&v, memory_order_relaxed));                    \
            sum = fold(sum, atomic_compare_exchange_strong(&v, &expected, (T)(x + i)));                    \
            sum = fold(sum, (uint64_t)expected);                                                           \
            sum = fold(sum, (uint64_t)atomic_exchange_explicit(&v, (T)(x * 3), memory_order_acquire));     \
            atomic_fetch_add_explicit(&v, 1, memory_order_release);                                        \
            sum = fold(sum, (uint64_t)atomic_load(&v));                                                    \
            atomic_store_explicit(&v, (T)(v + x), memory_order_release);                                   \
            atomic_thread_fence(memory_order_seq_cst);                                                     \
        }                                                                                                  \
        return fold(sum, (uint64_t)v);                                                                     \
    }

WIDTH(uint8_t)
WIDTH(int16_t)
WIDTH(uint32_t)
WIDTH(int64_t)

static uint64_t flags(void)
{
    static atomic_flag f = ATOMIC_FLAG_INIT;
    uint64_t sum = 0;

    for (unsigned i = 0; i < 8; i++) {
        sum = sum << 1 | atomic_flag_test_and_set(&f);
        if (i % 3 == 1)
            atomic_flag_clear(&f);
    }
    return sum;
}

void program(void)
{
    result("8 bits", all_uint8_t());
    result("16 bits", all_int16_t());
    result("32 bits", all_uint32_t());
    result("64 bits", all_int64_t());
    result("flags", flags());
}
