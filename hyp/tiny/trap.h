/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trap.h
 * Where vectors.S goes: each handler gets the VM that trapped and returns the VM to enter.
 */
#pragma once

#include <stdint.h>

struct vm;

/** A synchronous exception from EL1 or EL0. */
struct vm *trap_sync(struct vm *vm);

/** A physical IRQ that arrived while a VM ran. */
struct vm *trap_irq(struct vm *vm);

/** Any other exception: a bug of the hypervisor. */
__attribute__((noreturn)) void trap_unexpected(uint64_t vector);
