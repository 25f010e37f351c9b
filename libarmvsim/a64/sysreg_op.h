/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_op.h
 * The way on from instructions that write system registers or act like such a write.
 */
#pragma once

/* After an access that ended its block: goes on, or to the run loop when more may have changed. */
#define AFTER_WRITE(result)                                                                                \
    do {                                                                                                   \
        enum sysreg_result result_ = (result);                                                             \
        if (result_ == SYSREG_EXC)                                                                         \
            END_EXC();                                                                                     \
        acc = c->acc + op->suffix;                                                                         \
        if (result_ == SYSREG_RESYNC || c->irq_lines)                                                      \
            END_EXIT(PE_EXIT_RESYNC);                                                                      \
        A64_ENTER(op + 1);                                                                                 \
    } while (0)
