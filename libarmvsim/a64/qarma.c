/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file qarma.c
 * QARMA5-64 with S-box sigma 2 (R. Avanzi, "The QARMA Block Cipher Family", IACR ToSC 2017/1), which is
 * ComputePAC of FEAT_PACQARMA5 (DDI 0487, aarch64/functions/pac/computepac; pseudocode PACCellShuffle,
 * PACMult, PACSub, TweakShuffle and their inverses). Cell 0 of the state is the top nibble. The tweaks of
 * the rounds back are those of the rounds out, so they are kept rather than undone.
 */
#include "a64/qarma.h"

enum { ROUNDS = 5, CELLS = 16 };

static const uint64_t round_constants[ROUNDS] = { 0, 0x13198a2e03707344, 0xa4093822299f31d0,
                                                  0x082efa98ec4e6c89, 0x452821e638d01377 };
static const uint64_t alpha = 0xc0ac29b7c97c50dd;
/* Where a cell of the result comes from: tau, its inverse, and h of the tweak. */
static const uint8_t tau[CELLS] = { 0, 11, 6, 13, 10, 1, 12, 7, 5, 14, 3, 8, 15, 4, 9, 2 };
static const uint8_t tau_inverse[CELLS] = { 0, 5, 15, 10, 13, 8, 2, 7, 11, 14, 4, 1, 6, 3, 9, 12 };
static const uint8_t tweak_h[CELLS] = { 6, 5, 14, 15, 0, 1, 2, 3, 7, 12, 13, 4, 8, 9, 10, 11 };
static const uint8_t sigma2[16] = { 11, 6, 8, 15, 12, 0, 9, 14, 3, 7, 4, 5, 13, 2, 1, 10 };
static const uint8_t sigma2_inverse[16] = { 5, 14, 13, 8, 10, 11, 1, 9, 2, 6, 15, 0, 4, 12, 7, 3 };
/* Cells 0, 1, 3, 4, 8, 11 and 13, which the tweak's LFSR updates. */
static const uint64_t lfsr_cells = 0xff0ff000f00f0f00;

static uint64_t shuffle(uint64_t x, const uint8_t *from)
{
    uint64_t r = 0;

    for (unsigned i = 0; i < CELLS; i++)
        r = r << 4 | (x >> (60 - 4 * from[i]) & 15);
    return r;
}

static uint64_t substitute(uint64_t x, const uint8_t *box)
{
    uint64_t r = 0;

    for (unsigned i = 0; i < 64; i += 4)
        r |= (uint64_t)box[x >> i & 15] << i;
    return r;
}

static uint64_t rol(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

/* Every cell rotated left by one. */
static uint64_t rol_cells(uint64_t x)
{
    return (x << 1 & 0xeeeeeeeeeeeeeeee) | (x >> 3 & 0x1111111111111111);
}

/* The matrix circ(0, rho, rho^2, rho) over columns; a row is 16 bits. It is its own inverse. */
static uint64_t mix(uint64_t x)
{
    return rol_cells(rol(x, 16) ^ rol(x, 48)) ^ rol_cells(rol_cells(rol(x, 32)));
}

/* h, and on some cells b3 b2 b1 b0 becomes (b0 ^ b1) b3 b2 b1. */
static uint64_t next_tweak(uint64_t t)
{
    uint64_t h = shuffle(t, tweak_h);
    uint64_t low = h & 0x1111111111111111, feedback = low ^ (h >> 1 & 0x1111111111111111);
    uint64_t stepped = (h >> 1 & 0x7777777777777777) | feedback << 3;

    return (stepped & lfsr_cells) | (h & ~lfsr_cells);
}

static uint64_t reflect(uint64_t s, uint64_t k1)
{
    return shuffle(mix(shuffle(s, tau)) ^ k1, tau_inverse);
}

uint64_t qarma5(uint64_t text, uint64_t tweak, uint64_t w0, uint64_t k0)
{
    const uint64_t w1 = (w0 >> 1 | w0 << 63) ^ w0 >> 63;
    uint64_t s = text ^ w0, t[ROUNDS + 1] = { tweak };

    for (unsigned i = 0; i < ROUNDS; i++) {
        s ^= k0 ^ t[i] ^ round_constants[i];
        s = substitute(i ? mix(shuffle(s, tau)) : s, sigma2);
        t[i + 1] = next_tweak(t[i]);
    }
    s = substitute(mix(shuffle(s ^ w1 ^ t[ROUNDS], tau)), sigma2);
    s = reflect(s, k0);
    s = shuffle(mix(substitute(s, sigma2_inverse)), tau_inverse) ^ w0 ^ t[ROUNDS];
    for (unsigned i = ROUNDS; i-- > 0;) {
        s = substitute(s, sigma2_inverse);
        s = i ? shuffle(mix(s), tau_inverse) : s;
        s ^= k0 ^ t[i] ^ round_constants[i] ^ alpha;
    }
    return s ^ w1;
}
