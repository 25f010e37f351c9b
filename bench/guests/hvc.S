/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * Hypercall round trips: the caller at EL1 and a minimal handler at EL2, which saves the registers
 * that a C function may change, checks ESR_EL2, and calls by number through a table. 49
 * instructions a round trip: 8 in hvc_el1's loop, 41 at EL2 (counted by bench/count).
 */
#include "macros.h"

#define CALL_COUNT 0
#define CALLS 1

    .text
/* EL1: x0 round trips; the results go into the checksum, x21. */
function hvc_el1
    mov     x19, x0
    mov     x20, #0
    mov     x21, #0
1:  mov     x0, #CALL_COUNT
    mov     x1, x20
    hvc     #HVC_BENCH
    eor     x21, x0, x21, ror #7
    add     x20, x20, #3
    add     x21, x21, x20
    subs    x19, x19, #1
    b.ne    1b
    mov     x0, x21
    hvc     #HVC_DONE
end_function hvc_el1

/* EL2: x0 is the number of the call, x1 its argument; the result is x0. */
function el2_lower_sync
    stp     x0, x1, [sp, #-160]!
    caller_saved stp
    mrs     x2, ESR_EL2
    lsr     x3, x2, #EC_SHIFT
    cmp     x3, #EC_HVC64
    b.ne    1f
    ands    w3, w2, #0xffff
    b.ne    1f
    cmp     x0, #CALLS
    b.hs    1f
    adr     x3, calls
    ldr     x3, [x3, x0, lsl #3]
    blr     x3
    str     x0, [sp]
    caller_saved ldp
    ldp     x0, x1, [sp], #160
    eret
1:  b       el2_end_or_crash
end_function el2_lower_sync

/* uint64_t call_count(uint64_t number, uint64_t argument): the calls so far + `argument`. */
call_count:
    adr_l   x2, count
    ldr     x4, [x2]
    add     x4, x4, #1
    str     x4, [x2]
    add     x0, x1, x4
    ret

    .balign 8
calls:
    .quad   call_count

    .bss
    .balign 8
count:
    .skip   8
