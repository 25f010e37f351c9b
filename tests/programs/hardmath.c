/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hardmath.c
 * Single and double precision by instruction: arithmetic, conversions, comparisons, rounding, square roots,
 * a series for sine and exponential, matrices, the Mandelbrot set, and special values.
 */
#include "runtime.h"

enum { ROUNDS = 200, SIZE = 12 };

static double double_of(uint64_t u)
{
    double d;

    memcpy(&d, &u, sizeof(d));
    return d;
}

/* NaNs are all one: which one a program gets may depend on the order of operands that a compiler chose. */
static uint64_t fold_double(uint64_t sum, double d)
{
    return fold(sum, d != d ? 0x7ff8 : bits_of(d));
}

static uint64_t fold_float(uint64_t sum, float f)
{
    return fold(sum, f != f ? 0x7fc0 : bits_of_float(f));
}

static uint64_t any_bits(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        double a = double_of(random64()), b = i & 1 ? double_of(random64()) : a * 1.0000001;
        float x = (float)a, y = (float)(b * 0x1p-900);

        sum = fold_double(fold_double(fold_double(fold_double(sum, a + b), a - b), a * b), a / b);
        sum = fold_float(fold_float(fold_float(fold_float(sum, x + y), x - y), x * y), x / y);
        sum = fold_double(sum, __builtin_sqrt(__builtin_fabs(a)));
        sum = fold_float(sum, __builtin_sqrtf(__builtin_fabsf(y)));
        sum = fold_double(sum, __builtin_fma(a, 0x1p-300, b));
        sum = fold(sum,
                   (uint64_t)((a < b) | (a >= b) << 1 | (x == y) << 2 | __builtin_isunordered(a, b) << 3));
    }
    return sum;
}

static uint64_t conversions(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        int64_t v = (int64_t)random64() >> (i & 63);
        double d = (double)v, e = (double)(uint64_t)v;
        float f = (float)(int32_t)v, g = (float)(uint32_t)v;

        sum = fold_double(fold_double(sum, d), e);
        sum = fold_float(fold_float(fold_float(sum, f), g), (float)d);
        d /= 1024;
        sum = fold(fold(sum, (uint64_t)(int64_t)d), (uint64_t)(int32_t)(f / 4096));
        sum = fold(sum, (uint64_t)(e / 3) + (uint32_t)(g / 3));
        sum = fold_double(fold_double(sum, __builtin_floor(d)), __builtin_ceil(d));
        sum = fold_double(fold_double(sum, __builtin_trunc(d)), __builtin_round(d));
        sum = fold_double(fold_double(sum, __builtin_rint(d)), __builtin_nearbyint(-d));
    }
    return sum;
}

static double sine(double x)
{
    double term = x, sum = x;

    for (int i = 1; i < 12; i++) {
        term *= -x * x / (2 * i * (2 * i + 1));
        sum += term;
    }
    return sum;
}

static float exponential(float x)
{
    float term = 1, sum = 1;

    for (int i = 1; i < 20; i++) {
        term *= x / (float)i;
        sum += term;
    }
    return sum;
}

static uint64_t series(void)
{
    uint64_t sum = 0;

    for (int i = -20; i <= 20; i++) {
        sum = fold_double(sum, sine(i * 0.15));
        sum = fold_float(sum, exponential((float)i * 0.2f));
    }
    return sum;
}

static uint64_t matrices(void)
{
    static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            a[i][j] = (double)(int16_t)random64() / 7;
            b[i][j] = 1.0 / (i + j + 1);
        }
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++)
            for (int k = 0; k < SIZE; k++)
                c[i][j] += a[i][k] * b[k][j];
    return fold_bytes(0, c, sizeof(c));
}

static uint64_t mandelbrot(void)
{
    uint64_t sum = 0;

    for (int y = -8; y <= 8; y++)
        for (int x = -16; x <= 6; x++) {
            float re = 0, im = 0, cre = (float)x / 8, cim = (float)y / 7;
            unsigned n = 0;

            while (n < 50 && re * re + im * im < 4) {
                float t = re * re - im * im + cre;

                im = 2 * re * im + cim;
                re = t;
                n++;
            }
            sum = fold(sum, n);
        }
    return sum;
}

static __attribute__((noinline)) double sum_of(unsigned count, ...)
{
    va_list args;
    double sum = 0;

    va_start(args, count);
    for (unsigned i = 0; i < count; i++)
        sum += i & 1 ? va_arg(args, double) : (double)va_arg(args, int);
    va_end(args);
    return sum;
}

void program(void)
{
    result("any bits", any_bits());
    result("conversions", conversions());
    result("series", series());
    result("matrices", matrices());
    result("mandelbrot", mandelbrot());
    result("variadic", bits_of(sum_of(12, 1, 2.5, 3, 4.25, 5, 6.125, 7, 8.5, 9, 1e10, 11, 1e-3)));
}
