/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The interpreter kernel of `int`: a stack machine whose program counts primes by a sieve. Each
 * instruction ends with an indirect branch to the next (GNU C labels as values).
 */
#include "int.h"

#define SIEVE 4000
#define STACK 16

/* The program, in variables a, b and the sieve; a jump's operand is the index to go to. */
enum opcode { PUSH, GET, SET, ADD, LESS, JUMP, JUMP_ZERO, LOAD, STORE, HALT };
enum variable { I, J, COUNT, VARIABLES };

struct instruction {
    uint16_t opcode;
    int16_t operand;
};

/* clang-format off */
static const struct instruction program[] = {
    {PUSH, 2}, {SET, I},                                          /*  0: i = 2 */
    {GET, I}, {PUSH, SIEVE}, {LESS, 0}, {JUMP_ZERO, 33},          /*  2: while (i < SIEVE) { */
    {GET, I}, {LOAD, 0}, {JUMP_ZERO, 10}, {JUMP, 28},             /*  6: if (!sieve[i]) { */
    {GET, COUNT}, {PUSH, 1}, {ADD, 0}, {SET, COUNT},              /* 10: count++ */
    {GET, I}, {GET, I}, {ADD, 0}, {SET, J},                       /* 14: j = i + i */
    {GET, J}, {PUSH, SIEVE}, {LESS, 0}, {JUMP_ZERO, 28},          /* 18: while (j < SIEVE) { */
    {GET, J}, {STORE, 1},                                         /* 22: sieve[j] = 1 */
    {GET, J}, {GET, I}, {ADD, 0}, {JUMP, 32},                     /* 24: j += i; } } */
    {GET, I}, {PUSH, 1}, {ADD, 0}, {JUMP, 34},                    /* 28: i++; } */
    {JUMP, 36},                                                   /* 32: to the store of j */
    {HALT, 0},                                                    /* 33 */
    {SET, I}, {JUMP, 2},                                          /* 34 */
    {SET, J}, {JUMP, 18},                                         /* 36 */
};
/* clang-format on */

static uint8_t sieve[SIEVE];

/** Goes on to the next instruction. */
#define NEXT                                                                                               \
    do {                                                                                                   \
        steps++;                                                                                           \
        goto *labels[(++pc)->opcode];                                                                      \
    } while (0)

/** Runs the program on an empty stack; returns the number of steps and what is in COUNT. */
static uint64_t run(int32_t *variables, int32_t *top)
{
    static const void *const labels[] = { &&push, &&get,       &&set,  &&add,   &&less,
                                          &&jump, &&jump_zero, &&load, &&store, &&halt };
    const struct instruction *pc = program;
    uint64_t steps = 0;

    goto *labels[pc->opcode];
push:
    *top++ = pc->operand;
    NEXT;
get:
    *top++ = variables[pc->operand];
    NEXT;
set:
    variables[pc->operand] = *--top;
    NEXT;
add:
    top--;
    top[-1] += *top;
    NEXT;
less:
    top--;
    top[-1] = top[-1] < *top;
    NEXT;
jump_zero:
    if (*--top)
        NEXT;
jump:
    pc = program + pc->operand - 1;
    NEXT;
load:
    top[-1] = sieve[top[-1]];
    NEXT;
store:
    sieve[*--top] = (uint8_t)pc->operand;
    NEXT;
halt:
    return steps << 16 | (uint64_t)variables[COUNT];
}

uint64_t kernel_interpreter(void)
{
    int32_t variables[VARIABLES] = { 0 };
    int32_t stack[STACK];

    for (unsigned int i = 0; i < SIEVE; i++)
        sieve[i] = 0;
    return run(variables, stack);
}
