/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file scalar.h
 * Words that the scalar floating-point ops share: the three sizes of an operand, a result that clears the
 * rest of its register, and a list of one op for each size.
 */
#pragma once

#include "a64/alu.h"
#include "a64/dispatch.h"
#include "a64/fp.h"

#define H(r) (V(r).h[0])
#define S(r) (V(r).s[0])
#define D(r) (V(r).d[0])
#define FPCR (c->sr[SR_FPCR])
#define FPSR (&c->sr[SR_FPSR])

static inline void set_scalar(union vreg *v, uint64_t value)
{
    v->d[0] = value;
    v->d[1] = 0;
}
#define RESULT(value) set_scalar(&V(rd), (value))

/* One op for each size: op(bits, letter of the size, ...). */
#define EACH_SIZE(op, ...) op(16, H, __VA_ARGS__) op(32, S, __VA_ARGS__) op(64, D, __VA_ARGS__)
