/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Remapping one page at EL1 by break-before-make (Arm ARM D8.14.1): the entry is made invalid, the
 * translation is invalidated by TLBI VAE1IS, the entry gets the other of two pages, and the page is
 * read through its VA. The two pages hold different numbers, so that a translation that outlives
 * its TLBI, or a walk that sees the old entry, changes the checksum or faults.
 */
#include "macros.h"

    .text
/* EL1: x0 remaps of struct remap x1. x25 and x26 are the descriptors of this turn and the next. */
function tlbi_el1
    mov     x19, x0
    ldp     x22, x23, [x1]
    ldp     x24, x25, [x1, #16]
    ldr     x26, [x1, #32]
    mov     x21, #0
1:  str     xzr, [x24]
    dsb     ishst
    tlbi    vae1is, x23
    dsb     ish
    str     x25, [x24]
    dsb     ishst
    isb
    ldr     x0, [x22]
    add     x1, x0, x19
    str     x1, [x22]
    eor     x21, x0, x21, ror #7
    mov     x0, x25
    mov     x25, x26
    mov     x26, x0
    subs    x19, x19, #1
    b.ne    1b
    mov     x0, x21
    hvc     #HVC_DONE
end_function tlbi_el1
