/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * The chains: for each operation, loops of 16 and of 48 of it, each using what the one before made
 * (latency), and each on its own (throughput). The difference of a long and a short loop has no loop in
 * it. Adding an operation is adding a line at the end.
 */
#include "macros.h"

    .data
    .balign 64
cell:
    .quad   0, 0

/* Operands: x9 3, x10 5, x11 &cell, x13 1; v16 ones, v17 zeros (as doubles); x2 and v2 begin a chain. */
    .text
chain_operands:
    adr_l   x11, cell
    str     x11, [x11]
    str     xzr, [x11, #8]
    mov     x2, x11
    mov     x9, #3
    mov     x10, #5
    mov     x13, #1
    fmov    d16, #1.0
    movi    v17.2d, #0
    fmov    d2, #1.0
    ret

.macro chain_loop label, repeats, body
    .balign 512
\label:
    mov     x15, x30
    mov     x14, x1
    bl      chain_operands
1:  .rept   \repeats
    \body
    .endr
    subs    x14, x14, #1
    b.ne    1b
    mov     x0, #0
    ret     x15
.endm

/* The same operation on several registers \r in turn, \repeats times. */
.macro chain_spread label, repeats, body, registers:vararg
    .balign 512
\label:
    mov     x15, x30
    mov     x14, x1
    bl      chain_operands
1:  .rept   \repeats
    .irp    r, \registers
    \body
    .endr
    .endr
    subs    x14, x14, #1
    b.ne    1b
    mov     x0, #0
    ret     x15
.endm

/* An entry of the table: name, the loops, 0 for those that mean nothing. */
.macro chain_entry name, latency_short, latency_long, spread_short, spread_long
    .section .rodata.strings, "a"
9:  .asciz  "\name"
    .section .rodata.chains, "a"
    .balign 8
    .quad   9b, \latency_short, \latency_long, \spread_short, \spread_long
    .text
.endm

.macro latency id, name, body
    chain_loop latency_short_\id, 16, "\body"
    chain_loop latency_long_\id, 48, "\body"
    chain_entry "\name", latency_short_\id, latency_long_\id, 0, 0
.endm

.macro throughput id, name, body
    chain_spread spread_short_\id, 2, "\body", 2, 3, 4, 5, 6, 7, 8, 12
    chain_spread spread_long_\id, 6, "\body", 2, 3, 4, 5, 6, 7, 8, 12
    chain_entry "\name", 0, 0, spread_short_\id, spread_long_\id
.endm

/* Of vector registers: sixteen, since some are accumulators, and latencies are longer. */
.macro throughput_v id, name, body
    chain_spread spread_short_\id, 1, "\body", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19
    chain_spread spread_long_\id, 3, "\body", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19
    chain_entry "\name", 0, 0, spread_short_\id, spread_long_\id
.endm

    .section .rodata.chains, "a"
    .global chains
chains:
    .text

    latency    add, "ADD", "add x2, x2, x9"
    throughput add, "ADD", "add x\r, x9, x10"
    latency    adds, "ADD LSL 3", "add x2, x9, x2, lsl #3"
    throughput adds, "ADD LSL 3", "add x\r, x9, x10, lsl #3"
    latency    adc, "ADCS", "adcs x2, x2, x9"
    throughput adc, "ADCS", "adcs x\r, x9, x10"
    latency    csel, "CSEL", "csel x2, x2, x9, eq"
    throughput csel, "CSEL", "csel x\r, x9, x10, eq"
    latency    lslv, "LSLV", "lslv x2, x2, x9"
    throughput lslv, "LSLV", "lslv x\r, x9, x10"
    latency    ubfx, "UBFX", "ubfx x2, x2, #1, #60"
    throughput ubfx, "UBFX", "ubfx x\r, x9, #1, #60"
    latency    mul32, "MUL W", "mul w2, w2, w9"
    throughput mul32, "MUL W", "mul w\r, w9, w10"
    latency    mul64, "MUL X", "mul x2, x2, x9"
    throughput mul64, "MUL X", "mul x\r, x9, x10"
    latency    madd, "MADD X (acc.)", "madd x2, x9, x10, x2"
    throughput madd, "MADD X (acc.)", "madd x\r, x9, x10, x13"
    latency    smulh, "SMULH", "smulh x2, x2, x9"
    throughput smulh, "SMULH", "smulh x\r, x9, x10"
    latency    udiv, "UDIV X", "udiv x2, x2, x13"
    throughput udiv, "UDIV X", "udiv x\r, x9, x10"
    latency    ldr, "LDR", "ldr x2, [x2]"
    throughput ldr, "LDR", "ldr x\r, [x11]"
    throughput ldp, "LDP", "ldp x\r, x0, [x11]"
    throughput str, "STR", "str x9, [x11, #8]"
    latency    forward, "STR + LDR", "str x2, [x11, #8] ; ldr x2, [x11, #8]"
    latency    fadd, "FADD D", "fadd d2, d2, d17"
    throughput_v fadd, "FADD D", "fadd d\r, d16, d17"
    latency    fmul, "FMUL D", "fmul d2, d2, d16"
    throughput_v fmul, "FMUL D", "fmul d\r, d16, d17"
    latency    fmadd, "FMADD D", "fmadd d2, d2, d16, d17"
    throughput_v fmadd, "FMADD D", "fmadd d\r, d16, d16, d17"
    latency    fmacc, "FMADD D (acc.)", "fmadd d2, d16, d17, d2"
    throughput_v fmacc, "FMADD D (acc.)", "fmadd d\r, d16, d16, d17"
    latency    fdiv, "FDIV D", "fdiv d2, d2, d16"
    throughput_v fdiv, "FDIV D", "fdiv d\r, d16, d16"
    latency    fsqrt, "FSQRT D", "fsqrt d2, d2"
    throughput_v fsqrt, "FSQRT D", "fsqrt d\r, d16"
    latency    fmov, "FMOV X-D-X", "fmov d2, x2 ; fmov x2, d2"
    latency    vadd, "ADD 4S", "add v2.4s, v2.4s, v17.4s"
    throughput_v vadd, "ADD 4S", "add v\r\().4s, v16.4s, v17.4s"
    latency    vmul, "MUL 4S", "mul v2.4s, v2.4s, v16.4s"
    throughput_v vmul, "MUL 4S", "mul v\r\().4s, v16.4s, v17.4s"
    latency    vfmla, "FMLA 4S (acc.)", "fmla v2.4s, v16.4s, v17.4s"
    throughput_v vfmla, "FMLA 4S (acc.)", "fmla v\r\().4s, v16.4s, v17.4s"
    throughput_v ldrq, "LDR Q", "ldr q\r, [x11]"
    throughput nop, "NOP", "nop"
    throughput branch, "B (taken)", "b . + 4"

    .section .rodata.chains, "a"
    .quad   0
