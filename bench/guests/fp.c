/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Scalar double precision at EL1 under two stages of translation: a matrix product, the Mandelbrot set and
 * five bodies under gravity, as gcc -O2 compiles them, with fused multiply-adds and without vectors. Every
 * bit of the results goes into the checksum.
 *
 * 1,405,887 instructions a pass (counted by bench/count; as gcc 12.2 -O2 compiles it).
 */
#include "guest.h"
#include "space.h"

BENCH_ITERATIONS(200);

enum { ORDER = 40, WIDTH = 48, HEIGHT = 32, DEPTH = 100, BODIES = 5, STEPS = 300 };

struct body {
    double x[3], v[3], mass;
};

static double matrix_a[ORDER][ORDER], matrix_b[ORDER][ORDER], matrix_c[ORDER][ORDER];
static struct body bodies[BODIES];

static uint64_t double_bits(double value)
{
    uint64_t bits;

    __builtin_memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/** A number in [1, 2) from a step of a linear congruential generator: its upper bits are the fraction. */
static double random_double(uint64_t *state)
{
    uint64_t bits;
    double value;

    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    bits = 0x3ffull << 52 | *state >> 12;
    __builtin_memcpy(&value, &bits, sizeof(value));
    return value;
}

/** Multiplies two matrices of random numbers. */
static uint64_t kernel_matrix(uint64_t seed)
{
    uint64_t sum = 0;

    for (int i = 0; i < ORDER; i++) {
        for (int j = 0; j < ORDER; j++) {
            matrix_a[i][j] = random_double(&seed) - 1.5;
            matrix_b[i][j] = random_double(&seed) - 1.5;
        }
    }
    for (int i = 0; i < ORDER; i++) {
        for (int j = 0; j < ORDER; j++) {
            double cell = 0;

            for (int k = 0; k < ORDER; k++)
                cell += matrix_a[i][k] * matrix_b[k][j];
            matrix_c[i][j] = cell;
        }
        sum = checksum_fold(sum, double_bits(matrix_c[i][ORDER - 1 - i]));
    }
    return sum;
}

/** The steps until a point leaves the circle of radius 2, at most DEPTH. */
static int mandelbrot(double cx, double cy)
{
    double x = 0, y = 0;
    int n = 0;

    for (; n < DEPTH && x * x + y * y <= 4.0; n++) {
        double next = x * x - y * y + cx;

        y = 2.0 * x * y + cy;
        x = next;
    }
    return n;
}

static uint64_t kernel_mandelbrot(uint64_t seed)
{
    const double shift = random_double(&seed) / 1024.0;
    uint64_t sum = 0;

    for (int i = 0; i < HEIGHT; i++)
        for (int j = 0; j < WIDTH; j++)
            sum += (uint64_t)mandelbrot(3.0 * j / WIDTH - 2.0 - shift, 2.0 * i / HEIGHT - 1.0);
    return sum;
}

/** Changes the velocities of a pair of bodies by their attraction. */
static void attract(struct body *a, struct body *b, double time)
{
    double d[3], distance2 = 0.01, pull;

    for (int k = 0; k < 3; k++) {
        d[k] = a->x[k] - b->x[k];
        distance2 += d[k] * d[k];
    }
    pull = time / (distance2 * __builtin_sqrt(distance2));
    for (int k = 0; k < 3; k++) {
        a->v[k] -= d[k] * b->mass * pull;
        b->v[k] += d[k] * a->mass * pull;
    }
}

static uint64_t kernel_bodies(uint64_t seed)
{
    const double time = 0.001;
    uint64_t sum = 0;

    for (int i = 0; i < BODIES; i++) {
        for (int k = 0; k < 3; k++) {
            bodies[i].x[k] = random_double(&seed);
            bodies[i].v[k] = random_double(&seed) - 1.5;
        }
        bodies[i].mass = random_double(&seed);
    }
    for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < BODIES; i++)
            for (int j = i + 1; j < BODIES; j++)
                attract(&bodies[i], &bodies[j], time);
        for (int i = 0; i < BODIES; i++)
            for (int k = 0; k < 3; k++)
                bodies[i].x[k] += time * bodies[i].v[k];
    }
    for (int i = 0; i < BODIES; i++)
        sum = checksum_fold(sum, double_bits(bodies[i].x[i % 3]));
    return sum;
}

/** EL1. Seeds are fixed, so that each pass executes the same instructions. */
static _Noreturn void fp_el1(uint64_t passes)
{
    register uint64_t x0 __asm__("x0");
    uint64_t sum = 0;

    for (uint64_t pass = 0; pass < passes; pass++) {
        sum = checksum_fold(sum, kernel_matrix(1));
        sum = checksum_fold(sum, kernel_mandelbrot(2));
        sum = checksum_fold(sum, kernel_bodies(3));
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
    sum = guest_enter((uint64_t)fp_el1, el1_stack_top, bench_iterations, 0);
    bench_report("fp", bench_iterations, "1405887", sum);
}
