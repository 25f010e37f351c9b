/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The vector tables of EL2 and EL1 (Arm ARM D1.3.1). A benchmark supplies the handlers it needs by
 * name: el2_lower_sync, and el1_irq. What it does not supply is weak here: el2_lower_sync then only
 * knows the end of the run, and every other exception is reported with its syndrome and ends the
 * run, so that a simulator's mistake is seen and named rather than looping in silence.
 */
#include "macros.h"

/* One of the sixteen 128-byte entries: a branch to a handler. */
.macro vector target
    .balign 128
    b       \target
.endm

/* An entry of EL2 that is not expected; x0 tells which. */
.macro vector_crash_el2 index
    .balign 128
    mov     x0, #\index
    b       el2_crash
.endm

/* An entry of EL1 that is not expected: EL2 reports it. x0 tells which. */
.macro vector_crash_el1 index
    .balign 128
    mov     x0, #\index
    hvc     #HVC_CRASH
    b       .
.endm

    .text
    .balign 2048
    .global el2_vectors
el2_vectors:
    .irp    index, 0, 1, 2, 3, 4, 5, 6, 7
    vector_crash_el2 \index
    .endr
    vector  el2_lower_sync
    .irp    index, 9, 10, 11, 12, 13, 14, 15
    vector_crash_el2 \index
    .endr

    .balign 2048
    .global el1_vectors
el1_vectors:
    .irp    index, 0, 1, 2, 3, 4
    vector_crash_el1 \index
    .endr
    vector  el1_irq
    .irp    index, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vector_crash_el1 \index
    .endr

    .balign 128
    .weak   el1_irq
el1_irq:
    vector_crash_el1 5

/* The default for a benchmark whose EL2 has nothing to do until EL1 is done. */
    .weak   el2_lower_sync
el2_lower_sync:
    b       el2_end_or_crash

/*
 * Where every handler goes with an exception that is not its benchmark's own: HVC #HVC_DONE returns
 * to the caller of guest_enter with x0, anything else is a crash. Only x0 is used by either.
 */
function el2_end_or_crash
    mrs     x1, ESR_EL2
    lsr     x2, x1, #EC_SHIFT
    cmp     x2, #EC_HVC64
    b.ne    1f
    and     x2, x1, #0xffff
    cmp     x2, #HVC_DONE
    b.eq    guest_leave
1:  mov     x0, #8
    b       el2_crash
end_function el2_end_or_crash
