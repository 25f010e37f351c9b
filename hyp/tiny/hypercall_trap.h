/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hypercall_trap.h
 * Hypercalls, from the hypervisor's side.
 */
#pragma once

struct vm;

/** Serves the call in X0, with its argument in X1; the result goes into X0. */
void hypercall_trap(struct vm *vm);
