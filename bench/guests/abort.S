/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The guest's side of the emulated device: each access is to an IPA that stage 2 does not map, so
 * each is one stage 2 data abort. Eight accesses a turn: words, a byte, a signed halfword and a
 * doubleword, on several registers, with what a driver does in between.
 */
#include "macros.h"

#define DEVICE_DATA 0
#define DEVICE_STEP 8

    .text
/* EL1: x0 accesses in all, a multiple of 8, to the device at VA x1. */
function abort_el1
    mov     x19, x0
    mov     x22, x1
    mov     x21, #0
    mov     w20, #1
1:  str     w20, [x22, #DEVICE_DATA]
    ldr     w3, [x22, #DEVICE_DATA]
    eor     x21, x3, x21, ror #7
    add     w20, w20, w3
    strb    w20, [x22, #DEVICE_STEP]
    ldrsh   x5, [x22, #DEVICE_DATA]
    eor     x21, x5, x21, ror #7
    add     w20, w20, w5
    str     x20, [x22, #DEVICE_DATA]
    ldr     x24, [x22, #DEVICE_DATA]
    eor     x21, x24, x21, ror #7
    add     x20, x20, x24, lsr #3
    str     wzr, [x22, #DEVICE_STEP]
    ldrb    w30, [x22, #DEVICE_STEP]
    eor     x21, x30, x21, ror #7
    add     w20, w20, #5
    subs    x19, x19, #8
    b.ne    1b
    mov     x0, x21
    hvc     #HVC_DONE
end_function abort_el1
