/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file string.h
 * The memory functions that a freestanding compiler may call.
 */
#pragma once

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size_bytes);
void *memset(void *to, int byte, size_t size_bytes);
