/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file format.h
 * A small printf: %c %s %d %u %x, an optional width with '-' or '0' before it, and 'l' for 64
 * bits. Output goes character by character to a function, so that no buffer is needed.
 */
#pragma once

#include <stdarg.h>

typedef void format_put(void *context, char c);

/** Formats into `put`, which gets `context` and each character in order. */
void format_va(format_put *put, void *context, const char *format, va_list args);
