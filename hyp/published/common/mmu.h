/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file mmu.h
 * Translation at each Exception level, all of it the identity map of board.h by 2 MiB blocks.
 */
#pragma once

/** Turns on MMU and caches of this PE at the EL that it runs at. The first PE builds the tables. */
void mmu_on(void);

/** Builds stage 2 for VMID 1 and points VTTBR_EL2 and VTCR_EL2 to it; at EL2. */
void mmu_stage2_init(void);

/** Builds stage 1 of EL1&0 and points its registers to it, MMU and caches on; at EL2 or EL3. */
void mmu_el1_init(void);
