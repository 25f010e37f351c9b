/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file vtimer.h
 * The virtual timer of each VM.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct vm;

/** Starts the virtual time of a new VM at zero. */
void vtimer_create(struct vm *vm);

/** Stops the timer and keeps its state. After vgic_save(). */
void vtimer_save(struct vm *vm);

/** Puts the timer back; its interrupt is made pending if it came due. Before vgic_restore(). */
void vtimer_restore(struct vm *vm);

/** Forwards the physical interrupt of the timer, which fired while the VM was loaded. */
void vtimer_interrupt(struct vm *vm);

/** Returns whether the timer of a VM that is switched out can interrupt, now or later. */
bool vtimer_armed(const struct vm *vm);

/** Returns the physical count at which the timer of a VM that is switched out is due. */
uint64_t vtimer_deadline(const struct vm *vm);

/** Returns whether the timer of a VM that is switched out is due now. */
bool vtimer_expired(const struct vm *vm);
