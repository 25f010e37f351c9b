/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file syndrome.h
 * The instruction syndrome of a stage-2 data abort.
 */
#pragma once

#include <stdint.h>

/* ISV, SAS, SSE, SRT, SF and AR (ISS<24:14>) of the load or store `insn`; 0 (ISV clear) for instructions
 * that the manual excludes: pairs, exclusives, atomics, SIMD, and those with writeback. */
uint32_t syndrome_isv(uint32_t insn);
