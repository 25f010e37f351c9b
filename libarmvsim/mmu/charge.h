/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file charge.h
 * What an access costs beyond its place in its block's schedule: translation that took time, lines that are
 * not in L1. The engine comes here when a line map's bit is clear, or from the slow ways of accesses. All
 * of it does nothing with TIMING_NONE. c->acc is exact.
 */
#pragma once

#include "core/pe.h"
#include "timing/memory.h"

struct bus_region;
struct mmu_ctx;
struct mmu_result;

/* The line map of the page of a region's memory at off; the one that always hits with TIMING_NONE, the one
 * that never hits when accesses by this translation are not cacheable. */
struct line_map *charge_lines(struct pe *c, const struct mmu_ctx *x, const struct mmu_result *r,
                              const struct bus_region *region, uint64_t off, bool fetch);
/* A load or store of c->pc's instruction, in one page: what its translation took, and its lines. */
void charge_data(struct pe *c, struct line_map *lines, uint64_t va, unsigned size, bool write);
/* The line of va, in the page that executes, is not in L1I. */
void charge_fetch_line(struct pe *c, uint64_t va);
/* A descriptor at pa is read by a walk, which waits for it. */
void charge_walk_read(struct pe *c, uint64_t pa, struct line_map *lines);
/* What the last translation took, where nothing overlaps with it. */
void charge_late(struct pe *c, bool fetch);
