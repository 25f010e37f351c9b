/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file start.S
 * Entry of the task, at EL0 with a stack, and its system calls.
 */
#include "asm.h"
#include "task_abi.h"

    .section .text.start, "ax"
FUNC task_entry
    mov x29, xzr
    mov x30, xzr
    bl task_main
    mov x8, #SYS_EXIT
    svc #0
ENDFUNC task_entry

/* void task_print(const char *line) */
FUNC task_print
    mov x8, #SYS_PRINT
    svc #0
    ret
ENDFUNC task_print

/* uint64_t task_null(void) */
FUNC task_null
    mov x8, #SYS_NULL
    svc #0
    ret
ENDFUNC task_null

/* uint64_t task_read(uint64_t va): a load that may fault; then x0 is the fault's code. */
FUNC task_read
    ldr x0, [x0]
    ret
ENDFUNC task_read

    .section .data.stack, "aw"
    .balign 4096
task_stack:
    .space 4096
