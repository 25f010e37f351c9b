/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file qarma.h
 * QARMA-64, the tweakable block cipher of pointer authentication codes.
 */
#pragma once

#include <stdint.h>

/* QARMA5-64 with S-box sigma 2: ComputePAC of FEAT_PACQARMA5. w0 is the key's upper half, k0 its lower. */
uint64_t qarma5(uint64_t text, uint64_t tweak, uint64_t w0, uint64_t k0);
