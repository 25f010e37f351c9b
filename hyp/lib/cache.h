/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file cache.h
 * Data and instruction cache maintenance by address (Arm ARM D7.5), and zeroing of memory.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** Cleans and invalidates [start, start + size) to the point of coherency. */
void cache_flush(const void *start, size_t size_bytes);

/** Makes code that was written as data, and flushed, visible to instruction fetch. */
void cache_sync_code(void);

/** Zeroes whole pages of normal, cacheable memory. */
void cache_zero(void *start, size_t size_bytes);
