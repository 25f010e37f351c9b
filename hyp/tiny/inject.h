/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file inject.h
 * Exceptions that the hypervisor makes the loaded VM take to its EL1.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct vm;

/** A synchronous external abort at `va`, for an access that the VM may not make. */
void inject_external_abort(struct vm *vm, uint64_t va, bool is_fetch);

/** An Undefined Instruction exception, for a register that the VM does not have. */
void inject_undefined(struct vm *vm);
