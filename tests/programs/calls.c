/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file calls.c
 * Control flow: recursion, function pointers, jump tables, variable-length frames, many arguments, variadic
 * functions, setjmp.
 */
#include "runtime.h"

typedef uint64_t (*binary)(uint64_t, uint64_t);

static uint64_t add(uint64_t a, uint64_t b)
{
    return a + b;
}

static uint64_t xor_(uint64_t a, uint64_t b)
{
    return a ^ b;
}

static uint64_t mul(uint64_t a, uint64_t b)
{
    return a * b;
}

static const binary operations[] = { add, xor_, mul };

static __attribute__((noinline)) uint64_t ackermann(uint64_t m, uint64_t n)
{
    if (m == 0)
        return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static __attribute__((noinline)) uint64_t interpret(const uint8_t *code, unsigned len)
{
    uint64_t a = 1, b = 2;

    for (unsigned pc = 0; pc < len; pc++) {
        switch (code[pc] % 11) {
        case 0:
            a += b;
            break;
        case 1:
            b -= a;
            break;
        case 2:
            a = operations[pc % 3](a, b);
            break;
        case 3:
            b ^= a >> 3;
            break;
        case 4:
            a = a << 1 | a >> 63;
            break;
        case 5:
            b = ~b;
            break;
        case 6:
            a ^= 0x55aa55aa;
            break;
        case 7:
            b *= 17;
            break;
        case 8:
            pc += b & 1;
            break;
        case 9:
            a = b > a ? b : a;
            break;
        default:
            b = fold(a, b);
            break;
        }
    }
    return fold(a, b);
}

static __attribute__((noinline)) uint64_t ten(uint64_t a, uint32_t b, int8_t c, uint16_t d, int64_t e,
                                              uint8_t f, uint64_t g, int32_t h, uint8_t i, int16_t j,
                                              uint64_t k)
{
    return fold(fold(a + b, (uint64_t)(c * d)), (uint64_t)e + f + g) + (uint64_t)(h + i * j) + k;
}

static __attribute__((noinline)) uint64_t variadic(unsigned count, ...)
{
    va_list args, again;
    uint64_t sum = 0;

    va_start(args, count);
    va_copy(again, args);
    for (unsigned i = 0; i < count; i++)
        sum = i & 1 ? fold(sum, va_arg(args, uint64_t)) : fold(sum, va_arg(args, uint32_t));
    sum += va_arg(again, uint32_t);
    va_end(again);
    va_end(args);
    return sum;
}

static __attribute__((noinline)) uint64_t frame_of(unsigned size)
{
    uint8_t room[size];

    for (unsigned i = 0; i < size; i++)
        room[i] = (uint8_t)(i * 5 + size);
    return fold_bytes(size, room, size);
}

static jmp_buf env;

static __attribute__((noinline)) void dig(unsigned depth, unsigned how)
{
    volatile uint64_t room[4] = { depth, how };

    if (depth == 0)
        longjmp(env, (int)how);
    if (depth > 100)
        return;
    dig(depth - 1, how + (unsigned)room[0]);
    room[1]++;
}

static uint64_t jumps(void)
{
    volatile unsigned round = 0;
    volatile uint64_t sum = 0;
    int got = setjmp(env);

    sum = fold(sum, (uint64_t)got);
    if (round++ < 10)
        dig(round, round == 5 ? 0 : round * 3);
    return sum;
}

void program(void)
{
    static uint8_t code[600];
    uint64_t sum = 0;

    random_bytes(code, sizeof(code));
    result("recursion", ackermann(2, 9));
    result("jump table", interpret(code, sizeof(code)));
    result("arguments", ten(1, 2, -3, 4, -5, 6, 7, -8, 9, -10, 11));
    result("variadic", variadic(11, 1u, UINT64_MAX, 2u, UINT64_C(3), 4u, UINT64_C(5) << 40, 6u, UINT64_C(7),
                                8u, UINT64_C(9), 10u));
    for (unsigned i = 1; i < 300; i += 37)
        sum = fold(sum, frame_of(i));
    result("frames", sum);
    result("setjmp", jumps());
}
