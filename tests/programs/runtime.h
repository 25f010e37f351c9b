/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file runtime.h
 * What a test program has: a console, a checksum, a reproducible source of operands, and the functions that
 * a compiler calls by itself. Each program defines program(), prints lines of checksums and returns.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

void program(void);

/** Prints `format`: %s, %u (uint32_t), %x (uint32_t) and %X (uint64_t, 16 digits). */
void print(const char *format, ...) __attribute__((noinline));
void vprint(const char *format, va_list args);

/** Prints a line: what was computed, and its checksum. */
void result(const char *what, uint64_t sum);

/** One step of a checksum. */
uint64_t fold(uint64_t sum, uint64_t value);
/** The checksum of memory. */
uint64_t fold_bytes(uint64_t sum, const void *from, size_t len);

/** A generator with fixed seed: every run has the same numbers. */
uint64_t random64(void);
void random_bytes(void *to, size_t len);

void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);

typedef uint64_t jmp_buf[21];
int setjmp(jmp_buf env) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf env, int value);

/** The bits of a floating-point value. */
static inline uint64_t bits_of(double d)
{
    uint64_t u;

    memcpy(&u, &d, sizeof(u));
    return u;
}

static inline uint32_t bits_of_float(float f)
{
    uint32_t u;

    memcpy(&u, &f, sizeof(u));
    return u;
}
