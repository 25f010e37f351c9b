/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file hyp_mmu.h
 * The hypervisor's own translation tables.
 */
#pragma once

/** Builds the EL2 stage 1 tables. Called once by start.S, with the MMU off. */
void hyp_mmu_build(void);
