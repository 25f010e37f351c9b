/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file bits.h
 * Bits and fields of registers, usable from C and from assembly.
 *
 * A field is named by its least significant bit and its width: `FIELD_GET(esr, ESR_EC)`
 * with `ESR_EC_SHIFT` and `ESR_EC_WIDTH`. Bit positions are those of the Arm ARM
 * (DDI 0487), chapter D19.
 */
#pragma once

#ifdef __ASSEMBLER__
#define UL(value) value
#else
#define UL(value) value##UL
#endif

#define BIT(n) (UL(1) << (n))
#define MASK(width) (BIT(width) - UL(1))

#define FIELD_MASK(name) (MASK(name##_WIDTH) << name##_SHIFT)
#define FIELD_GET(value, name) (((value) >> name##_SHIFT) & MASK(name##_WIDTH))
#define FIELD_PREP(name, value) (((value)&MASK(name##_WIDTH)) << name##_SHIFT)

#define ALIGN_DOWN(value, size) ((value) & ~((size)-UL(1)))
#define ALIGN_UP(value, size) ALIGN_DOWN((value) + (size)-UL(1), size)
