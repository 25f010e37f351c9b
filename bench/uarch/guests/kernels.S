/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * How EL1 starts, and the chase that several guests use. Loops are aligned, so that no block of theirs is
 * cut by the end of a page.
 */
#include "macros.h"

    .text
/* EL1: calls x0 with x1, and ends with its result. */
function el1_trampoline
    mov     x2, x0
    mov     x0, x1
    blr     x2
    hvc     #HVC_DONE
end_function el1_trampoline

/* uint64_t chase(const void *first, uint64_t loads): the last node reached. */
    .balign 128
function chase
1:  .rept   16
    ldr     x0, [x0]
    .endr
    subs    x1, x1, #16
    b.ne    1b
    ret
end_function chase
