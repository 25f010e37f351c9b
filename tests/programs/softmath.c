/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file softmath.c
 * Quad precision (long double), which libgcc computes with integers and FP register moves.
 */
#include "runtime.h"

enum { ROUNDS = 60 };

static uint64_t fold_quad(uint64_t sum, long double q)
{
    uint64_t u[2];

    memcpy(u, &q, sizeof(q));
    return fold(fold(sum, u[0]), u[1]);
}

static long double operand(unsigned i)
{
    long double q = (long double)(int64_t)random64();

    return i % 3 ? q / ((int64_t)(random64() >> 20) + 1) : q;
}

void program(void)
{
    uint64_t sums[3] = { 0 };
    long double root = 1;

    for (unsigned i = 0; i < ROUNDS; i++) {
        long double a = operand(i), b = operand(i + 1);

        sums[0] = fold_quad(fold_quad(fold_quad(fold_quad(sums[0], a + b), a - b), a * b), a / b);
        sums[1] = fold(fold(sums[1], (uint64_t)(int64_t)(a / 2)), (uint64_t)(int32_t)(b / 0x1p40L));
        sums[1] = fold(fold(sums[1], bits_of((double)a)), bits_of_float((float)b));
        sums[2] = fold(sums[2], (uint64_t)((a < b) | (a == b) << 1 | (a >= 0) << 2));
        root = (root + 2 / root) / 2;
    }
    result("arithmetic", sums[0]);
    result("conversions", sums[1]);
    result("compares", sums[2]);
    result("root of 2", fold_quad(0, root));
}
