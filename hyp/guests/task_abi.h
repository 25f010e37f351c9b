/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file task_abi.h
 * What a guest's kernel and its EL0 task agree on: system calls and the task's memory. SVC #0
 * with the number in X8, arguments and result from X0 on.
 */
#pragma once

#include "bits.h"

#define SYS_EXIT 0  /* ends the task; X0 is its status */
#define SYS_PRINT 1 /* prints the line at X0, when it is this VM's turn */
#define SYS_NULL 2  /* does nothing: the price of a system call */

/* The kernel is in the upper half, where every IPA is at a constant distance. */
#define KERNEL_OFFSET UL(0xffffff8000000000)
#define KERNEL_VA(ipa) ((ipa) + KERNEL_OFFSET)

#define TASK_VA UL(0x400000)
#define TASK_INFO_VA UL(0x600000)   /* struct guest_info */
#define TASK_SHARED_VA UL(0x601000) /* struct guest_shared */
