/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Streams over memory, 64 bytes a turn.
 */
#include "macros.h"

/* struct stream { uint64_t from, to, turns; }: each kernel goes over it x1 times. */
.macro stream name, body
    .balign 128
    function \name
1:  ldp     x2, x3, [x0]
    ldr     x4, [x0, #16]
2:  \body
    subs    x4, x4, #1
    b.ne    2b
    subs    x1, x1, #1
    b.ne    1b
    add     x0, x2, x3
    ret
    end_function \name
.endm

.macro read_line
    ldp     q0, q1, [x2]
    ldp     q2, q3, [x2, #32]
    add     x2, x2, #64
.endm

.macro write_line base
    stp     q0, q1, [\base]
    stp     q2, q3, [\base, #32]
    add     \base, \base, #64
.endm

.macro copy_line
    read_line
    write_line x3
.endm

.macro read_line_backward
    ldp     q0, q1, [x3, #-32]
    ldp     q2, q3, [x3, #-64]
    sub     x3, x3, #64
.endm

    .text
    stream stream_read, read_line
    stream stream_write, "write_line x2"
    stream stream_copy, copy_line
    stream stream_backward, read_line_backward
