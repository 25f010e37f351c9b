/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file world_switch.h
 * Changing the VM whose state is in the registers.
 */
#pragma once

struct vm;

/** Loads the state of the first VM, when none is in the registers. */
void world_load(struct vm *to);

/** Saves the state of `from` and loads that of `to`. The vectors did the GP registers. */
void world_switch(struct vm *from, struct vm *to);
