/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sched.h
 * Which VM runs.
 */
#pragma once

#include <stdint.h>

struct vm;

/** Enters the first VM. Does not return. */
__attribute__((noreturn)) void sched_start(void);

/** Returns the VM to go on with after a trap of `vm`, loaded and ready to enter. */
struct vm *sched_resume(struct vm *vm);

/** Serves the pending physical interrupt, if there is one. */
void sched_interrupt(void);

/** WFI: waits for an interrupt, unless one is there already. */
void sched_wait_interrupt(struct vm *vm);

/** The turn to print, which goes round among the VMs that are on. */
void sched_wait_turn(struct vm *vm);
void sched_pass_turn(struct vm *vm);

/** Waits until every VM that is on has come to the barrier. */
void sched_barrier(struct vm *vm);

/** Takes a VM off; the last one ends the run. */
void sched_off(struct vm *vm);
