/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The loop of the translation ladder.
 */
#include "macros.h"

    .text
/*
 * uint64_t visit(const struct visit *v, uint64_t count): loads from v->base + offset, where the offset
 * goes on by v->step modulo v->limit and depends on what was loaded, which is zero. One load and four
 * dependent cycles of arithmetic; returns the last offset.
 */
    .balign 128
function visit
    ldp     x2, x3, [x0]
    ldr     x4, [x0, #16]
    mov     x0, #0
1:  ldr     x5, [x2, x0]
    add     x0, x0, x5
    add     x0, x0, x4
    subs    x6, x0, x3
    csel    x0, x6, x0, hs
    subs    x1, x1, #1
    b.ne    1b
    ret
end_function visit
