/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file
 * What aftermath.S and aftermath.c share.
 */
#ifndef AFTERMATH_H
#define AFTERMATH_H

#define HVC_SWITCH                                                                                         \
    3 /* Beside those of macros.h: to the other VM. HVC_BENCH: the handler touches memory.                 \
       */

#define ROUNDS 4       /* Over the working set, after the interruption. */
#define CHUNK_LOADS 16 /* Between two looks at the counter. */

/* Offsets of struct aftermath. */
#define AFTERMATH_LOADS 8
#define AFTERMATH_CALL 16
#define AFTERMATH_STRIDE 32
#define AFTERMATH_KIND 40
#define AFTERMATH_CHUNKS 48
#define AFTERMATH_EVENTS 56
#define AFTERMATH_CYCLES 72

/* Offsets of struct context. */
#define CONTEXT_ELR 248
#define CONTEXT_SP 264
#define CONTEXT_VTTBR 280
#define CONTEXT_NEXT 288

#endif
