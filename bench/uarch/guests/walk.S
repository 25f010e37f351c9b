/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The load whose translation is measured.
 */
#include "macros.h"

    .text
/*
 * uint64_t load_once(const void *va, uint64_t count). What comes after the load needs it: cores that execute
 * out of order would hide a part of the miss behind anything else.
 */
    .balign 256
function load_once
    ldr     x0, [x0]
    .rept   48
    add     x0, x0, xzr
    .endr
    ret
end_function load_once

/* uint64_t load_forget(const void *va, uint64_t count): loads, and invalidates the last level of va. */
    .balign 64
function load_forget
    ldr     x2, [x0]
    lsl     x1, x0, #8 /* Bits 43:0 of the operand are VA[55:12]; the ASID is of no matter, see walk.c. */
    lsr     x1, x1, #20
    orr     x1, x1, #1 << 48
    tlbi    vale1is, x1
    dsb     ish
    isb
    mov     x0, x2
    ret
end_function load_forget
