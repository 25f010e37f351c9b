/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file boot.h
 * Start-up steps that a hypervisor and a kernel share, as assembly macros. They run with the MMU
 * off, where data accesses are not cacheable.
 */
#pragma once

#include "asm.h"
#include "sysreg.h"

/* Zeroes [start, end), both 16-byte aligned; start is advanced to end. */
.macro BOOT_ZERO start, end
.Lboot_zero_\@:
    cmp \start, \end
    b.hs .Lboot_zero_done_\@
    stp xzr, xzr, [\start], #16
    b .Lboot_zero_\@
.Lboot_zero_done_\@:
.endm

/*
 * Invalidates the data cache lines of [start, end): memory was written with the cache off, and a
 * line fetched before must not hide that when the cache goes on (Arm ARM D7.5.9).
 */
.macro BOOT_INVALIDATE start, end, line, tmp
    mrs \tmp, CTR_EL0
    ubfx \tmp, \tmp, #CTR_DMINLINE_SHIFT, #CTR_DMINLINE_WIDTH
    mov \line, #4
    lsl \line, \line, \tmp
    sub \tmp, \line, #1
    bic \start, \start, \tmp
.Lboot_invalidate_\@:
    dc ivac, \start
    add \start, \start, \line
    cmp \start, \end
    b.lo .Lboot_invalidate_\@
    dsb sy
.endm
