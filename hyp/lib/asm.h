/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file asm.h
 * What every assembly file here needs: functions with a type and a size, so that tools which
 * symbolise a program counter get a name and an end, and PC-relative addresses, which are right
 * at the virtual address that was linked and at the physical one that code starts from.
 */
#pragma once

.macro FUNC name
    .global \name
    .type \name, %function
    .balign 4
\name:
.endm

.macro ENDFUNC name
    .size \name, . - \name
.endm

/* Puts the address of a symbol within 4 GiB of this instruction into a register. */
.macro ADR_L reg, symbol
    adrp \reg, \symbol
    add \reg, \reg, :lo12:\symbol
.endm

/* Puts a 64-bit constant into a register. */
.macro MOV_L reg, value
    movz \reg, #:abs_g0_nc:\value
    movk \reg, #:abs_g1_nc:\value
    movk \reg, #:abs_g2_nc:\value
    movk \reg, #:abs_g3:\value
.endm
