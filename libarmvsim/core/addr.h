/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file addr.h
 * Address kinds as types, so that a virtual, an intermediate physical and a physical address cannot be
 * mixed by accident (DDI 0487, D8.1.1 "Addresses"). Hot handlers in a64/ work on plain uint64_t virtual
 * addresses; everything behind the fast TLB uses these.
 */
#pragma once

#include <stdint.h>

typedef struct { uint64_t v; } va_t;  /* Virtual address, tag byte included. */
typedef struct { uint64_t v; } ipa_t; /* Intermediate physical address: output of stage 1. */
typedef struct { uint64_t v; } pa_t;  /* Physical address: what the bus sees. */

static inline va_t va(uint64_t v) { return (va_t){ v }; }
static inline ipa_t ipa(uint64_t v) { return (ipa_t){ v }; }
static inline pa_t pa(uint64_t v) { return (pa_t){ v }; }

#define AVS_PAGE_SHIFT 12
#define AVS_PAGE_SIZE  (UINT64_C(1) << AVS_PAGE_SHIFT)
#define AVS_PAGE_MASK  (~(AVS_PAGE_SIZE - 1))
