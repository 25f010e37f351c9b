/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file frame.h
 * What the kernel's vectors push for an exception.
 */
#pragma once

#define FRAME_X(n) ((n)*8)
#define FRAME_ELR 248
#define FRAME_SPSR 256
#define FRAME_SIZE 272

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct frame {
    uint64_t x[31];
    uint64_t elr;
    uint64_t spsr;
    uint64_t reserved;
};

_Static_assert(offsetof(struct frame, x[30]) == FRAME_X(30), "FRAME_X");
_Static_assert(offsetof(struct frame, elr) == FRAME_ELR, "FRAME_ELR");
_Static_assert(offsetof(struct frame, spsr) == FRAME_SPSR, "FRAME_SPSR");
_Static_assert(sizeof(struct frame) == FRAME_SIZE, "FRAME_SIZE");
#endif
