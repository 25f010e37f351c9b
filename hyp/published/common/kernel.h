/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file kernel.h
 * What the host kernels here are made of, as the ones whose paths these are: spin locks, atomic
 * bits, masking of interrupts, and switches for tracing that are off.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** Ticket lock. */
struct spinlock {
    uint16_t owner, next;
};

static inline void spin_lock(struct spinlock *lock)
{
    uint16_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_ACQUIRE);

    while (__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket) {
        __asm__ volatile("wfe");
    }
}

static inline void spin_unlock(struct spinlock *lock)
{
    __atomic_store_n(&lock->owner, (uint16_t)(lock->owner + 1), __ATOMIC_RELEASE);
}

static inline bool test_bit(const uint64_t *bits, unsigned n)
{
    return __atomic_load_n(&bits[n / 64], __ATOMIC_RELAXED) >> (n % 64) & 1;
}

static inline void set_bit(uint64_t *bits, unsigned n)
{
    __atomic_fetch_or(&bits[n / 64], 1UL << (n % 64), __ATOMIC_RELAXED);
}

static inline void clear_bit(uint64_t *bits, unsigned n)
{
    __atomic_fetch_and(&bits[n / 64], ~(1UL << (n % 64)), __ATOMIC_RELAXED);
}

static inline bool test_and_clear_bit(uint64_t *bits, unsigned n)
{
    uint64_t bit = 1UL << (n % 64);

    return __atomic_fetch_and(&bits[n / 64], ~bit, __ATOMIC_SEQ_CST) & bit;
}

static inline void irqs_mask(void)
{
    __asm__ volatile("msr DAIFSet, #2" ::: "memory");
}

static inline void irqs_unmask(void)
{
    __asm__ volatile("msr DAIFClr, #2" ::: "memory");
}
