/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file abort.h
 * Stage 2 faults.
 */
#pragma once

#include <stdint.h>

struct vm;

/** Emulates, maps or refuses the access that faulted. */
void abort_trap(struct vm *vm, uint64_t esr);
