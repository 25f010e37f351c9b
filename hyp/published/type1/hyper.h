/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hyper.h
 * A hypervisor that lives at EL2 alone: the frame that its vectors make of the guest's registers.
 */
#pragma once

#define FRAME_X(n) ((n)*8)
#define FRAME_SP (31 * 8)
#define FRAME_PC (32 * 8)
#define FRAME_CPSR (33 * 8)
#define FRAME_SP_EL0 (34 * 8)
#define FRAME_SP_EL1 (35 * 8)
#define FRAME_ELR_EL1 (36 * 8)
#define FRAME_SPSR_EL1 (37 * 8)
#define FRAME_SIZE (38 * 8)

#define HYPERCALL_TAG 0x4e0

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct frame {
    uint64_t x[31], sp, pc, cpsr, sp_el0, sp_el1, elr_el1, spsr_el1;
};
_Static_assert(offsetof(struct frame, pc) == FRAME_PC, "the vectors rely on it");
_Static_assert(sizeof(struct frame) == FRAME_SIZE, "the vectors rely on it");

/** A synchronous exception of the guest. */
void hyper_sync(struct frame *frame);

/** Before going back: is there other work, or an interrupt to deliver? */
void hyper_leave(void);

extern char hyper_vectors[];
#endif
