/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file crypto.h
 * What the cryptographic instructions compute, on whole vector registers (DDI 0487, C7.2, and the
 * shared/functions/crypto pseudocode). `d` is Vd, read where the instruction reads it; `n`, `m`, `a` are
 * Vn, Vm, Va, and may be the same register as d.
 */
#pragma once

#include <stdint.h>

#include "core/pe.h"

/* FIPS 197: a round's steps. */
void crypto_aese(union vreg *d, const union vreg *n);
void crypto_aesd(union vreg *d, const union vreg *n);
void crypto_aesmc(union vreg *d, const union vreg *n);
void crypto_aesimc(union vreg *d, const union vreg *n);

/* PolynomialMult of 64 by 64 bits. */
void crypto_pmull(union vreg *d, uint64_t a, uint64_t b);

/* FIPS 180-4. */
void crypto_sha1c(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sha1p(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sha1m(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sha1h(union vreg *d, const union vreg *n);
void crypto_sha1su0(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sha1su1(union vreg *d, const union vreg *n);
void crypto_sha256h(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sha256h2(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sha256su0(union vreg *d, const union vreg *n);
void crypto_sha256su1(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sha512h(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sha512h2(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sha512su0(union vreg *d, const union vreg *n);
void crypto_sha512su1(union vreg *d, const union vreg *n, const union vreg *m);

/* GB/T 32905 (SM3) and GB/T 32907 (SM4). `i` is the index of Vm's word. */
void crypto_sm3ss1(union vreg *d, const union vreg *n, const union vreg *m, const union vreg *a);
void crypto_sm3tt1a(union vreg *d, const union vreg *n, const union vreg *m, unsigned i);
void crypto_sm3tt1b(union vreg *d, const union vreg *n, const union vreg *m, unsigned i);
void crypto_sm3tt2a(union vreg *d, const union vreg *n, const union vreg *m, unsigned i);
void crypto_sm3tt2b(union vreg *d, const union vreg *n, const union vreg *m, unsigned i);
void crypto_sm3partw1(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sm3partw2(union vreg *d, const union vreg *n, const union vreg *m);
void crypto_sm4e(union vreg *d, const union vreg *n);
void crypto_sm4ekey(union vreg *d, const union vreg *n, const union vreg *m);

/* Rotations; `by` is 1 to one less than the width. */
static inline uint32_t crypto_rol32(uint32_t x, unsigned by)
{
    return x << by | x >> (32 - by);
}

static inline uint64_t crypto_ror64(uint64_t x, unsigned by)
{
    return x >> by | x << (-by & 63);
}
