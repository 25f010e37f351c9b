/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file stage2.h
 * Stage 2 translation of each VM, and the pages that appear when first touched.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct vm;

/** Sets VTCR_EL2 and makes sure that the TLBs hold nothing of any VM. */
void stage2_init(void);

/** Builds the stage 2 tables of VM `index` and its VTTBR_EL2 value. */
void stage2_create(struct vm *vm, unsigned index);

/** Maps a zeroed page at a lazy `ipa`; returns false if it is not lazy, or no page is left. */
bool stage2_map_lazy(struct vm *vm, uint64_t ipa);

/** Takes the page at a lazy `ipa` back from the loaded VM; returns false if there is none. */
bool stage2_release(struct vm *vm, uint64_t ipa);
