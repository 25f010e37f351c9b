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

/** Goes to EL1, to `entry` with the guest's stack, and never comes back here. */
void el2_enter_guest(void (*entry)(void)) __attribute__((noreturn));

/** The end of the guest's stack. */
uint64_t el2_guest_stack(void);
