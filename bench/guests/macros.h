/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Constants that assembly and C share, and the assembler macros of the bench guests. Only what can
 * be read by both sides lives here; C-only helpers are in regs.h.
 */
#ifndef BENCH_MACROS_H
#define BENCH_MACROS_H

/* HVC immediates understood at EL2 by every guest. Each benchmark's own call is HVC #0. */
#define HVC_BENCH 0 /* the operation being measured */
#define HVC_DONE 1  /* EL1 has finished: x0 is the checksum */
#define HVC_CRASH 2 /* EL1 took an exception nobody expected */

/* ESR_ELx.EC, Arm ARM D17.2.37. */
#define EC_SHIFT 26
#define EC_HVC64 0x16
#define EC_MSR_MRS 0x18
#define EC_DATA_ABORT_LOWER 0x24

#define PSCI_SYSTEM_OFF 0x84000008

#define SPSR_EL1H_MASKED 0x3c5 /* EL1h with D, A, I and F masked */

/* struct trap_frame of guest.h, for the assembler. */
#define FRAME_X30 240
#define FRAME_SPSR 256
#define FRAME_SIZE 272

#ifdef __ASSEMBLER__
/* clang-format off */

/* Put the address of a symbol in a register, anywhere within 4 GiB. */
.macro adr_l reg, symbol
    adrp    \reg, \symbol
    add     \reg, \reg, :lo12:\symbol
.endm

.macro function name
    .global \name
    .type   \name, %function
\name:
.endm

.macro end_function name
    .size   \name, . - \name
.endm

/* What AAPCS64 lets a callee change, and x30, but not x0 and x1: in a 160-byte frame at sp. */
.macro caller_saved op
    \op     x2, x3, [sp, #16]
    \op     x4, x5, [sp, #32]
    \op     x6, x7, [sp, #48]
    \op     x8, x9, [sp, #64]
    \op     x10, x11, [sp, #80]
    \op     x12, x13, [sp, #96]
    \op     x14, x15, [sp, #112]
    \op     x16, x17, [sp, #128]
    \op     x18, x30, [sp, #144]
.endm

/* The start of a function at EL2 that enters EL1: guest_leave (world.S) returns from it. */
.macro remember_caller
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    adr_l   x4, guest_caller_sp
    mov     x5, sp
    str     x5, [x4]
.endm

/* clang-format on */
#endif /* __ASSEMBLER__ */
#endif
