/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sysreg_trap.h
 * Trapped system registers.
 */
#pragma once

#include <stdint.h>

struct vm;

/** Emulates the MSR or MRS described by the syndrome, or injects Undefined. */
void sysreg_trap(struct vm *vm, uint64_t esr);
