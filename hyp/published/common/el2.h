/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file el2.h
 * What a hypervisor here needs to have a guest: EL1's registers, stage 2, and where a guest begins.
 */
#pragma once

#include <stdint.h>

#define SPSR_GUEST (SPSR_EL1H | SPSR_DAIF)

/**
 * At EL2: gives EL1 its stage 1 and the VM stage 2, timers and counters. `hcr` goes to HCR_EL2
 * beside RW and VM.
 */
void el2_prepare_guest(uint64_t hcr);

/** Goes to EL1, to `entry` with that stack, interrupts masked, and never comes back here. */
void el2_enter(void (*entry)(void), uint64_t stack) __attribute__((noreturn));

/** The ends of the stacks of a host kernel at EL1, and of a guest. */
uint64_t el2_host_stack(void);
uint64_t el2_guest_stack(void);
